// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_agent_identity`, measured by `scripts/weights`. Do not edit.
//!
//! Tool version 64.0.0, 2026-11-20, 50 steps, 20 repeats, Compiled WASM.
//! CPU: AMD EPYC.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens, unused_imports, missing_docs)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::ParityDbWeight, Weight}};

/// What the pallet asks of its weights.
pub trait WeightInfo {
	fn register(m: u32, ) -> Weight;
	fn set_agent_uri() -> Weight;
	fn set_metadata() -> Weight;
	fn set_agent_wallet() -> Weight;
	fn unset_agent_wallet() -> Weight;
	fn propose_agent_wallet() -> Weight;
	fn accept_agent_wallet() -> Weight;
	fn transfer() -> Weight;
	fn approve() -> Weight;
	fn set_approval_for_all() -> Weight;
	fn link_ethereum_agent() -> Weight;
	fn unlink_ethereum_agent() -> Weight;
	fn give_feedback() -> Weight;
	fn give_paid_feedback(p: u32, ) -> Weight;
	fn revoke_feedback() -> Weight;
	fn append_response() -> Weight;
	fn validation_request() -> Weight;
	fn validation_response() -> Weight;
}

/// Measured weights, with the storage costs of the runtime's database.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `AgentIdentity::NextAgentId` (r:1 w:1)
	/// Proof: `AgentIdentity::NextAgentId` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::OwnedCount` (r:1 w:1)
	/// Proof: `AgentIdentity::OwnedCount` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Metadata` (r:64 w:64)
	/// Proof: `AgentIdentity::Metadata` (`max_values`: None, `max_size`: Some(4196), added: 6671, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Agents` (r:0 w:1)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::WalletAgents` (r:0 w:1)
	/// Proof: `AgentIdentity::WalletAgents` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Cards` (r:0 w:1)
	/// Proof: `AgentIdentity::Cards` (`max_values`: None, `max_size`: Some(2099), added: 4574, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::OwnedAgents` (r:0 w:1)
	/// Proof: `AgentIdentity::OwnedAgents` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// The range of component `m` is `[0, 64]`.
	fn register(m: u32, ) -> Weight {
		// Shortest run: 90_083_000 picoseconds.
		Weight::from_parts(94_274_127, 3748)
			// Standard error: 6_661
			.saturating_add(Weight::from_parts(12_118_657, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(8_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(m.into())))
			.saturating_add(Weight::from_parts(0, 6671).saturating_mul(m.into()))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:1)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Operators` (r:1 w:0)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Cards` (r:0 w:1)
	/// Proof: `AgentIdentity::Cards` (`max_values`: None, `max_size`: Some(2099), added: 4574, mode: `MaxEncodedLen`)
	fn set_agent_uri() -> Weight {
		// Shortest run: 82_232_000 picoseconds.
		Weight::from_parts(85_697_000, 6196)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:1)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Operators` (r:1 w:0)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Metadata` (r:1 w:1)
	/// Proof: `AgentIdentity::Metadata` (`max_values`: None, `max_size`: Some(4196), added: 6671, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Cards` (r:1 w:0)
	/// Proof: `AgentIdentity::Cards` (`max_values`: None, `max_size`: Some(2099), added: 4574, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn set_metadata() -> Weight {
		// Shortest run: 98_586_000 picoseconds.
		Weight::from_parts(103_143_000, 7661)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:1)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Operators` (r:1 w:0)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::WalletAgents` (r:0 w:2)
	/// Proof: `AgentIdentity::WalletAgents` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
	fn set_agent_wallet() -> Weight {
		// Shortest run: 126_107_000 picoseconds.
		Weight::from_parts(132_977_000, 3649)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:1)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Operators` (r:1 w:0)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::WalletAgents` (r:0 w:1)
	/// Proof: `AgentIdentity::WalletAgents` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
	fn unset_agent_wallet() -> Weight {
		// Shortest run: 22_223_000 picoseconds.
		Weight::from_parts(24_817_000, 3649)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:1)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Operators` (r:1 w:0)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	fn propose_agent_wallet() -> Weight {
		// Shortest run: 19_208_000 picoseconds.
		Weight::from_parts(21_262_000, 3649)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:1)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::WalletAgents` (r:0 w:2)
	/// Proof: `AgentIdentity::WalletAgents` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
	fn accept_agent_wallet() -> Weight {
		// Shortest run: 19_349_000 picoseconds.
		Weight::from_parts(21_272_000, 3649)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:1)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Operators` (r:1 w:0)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Links` (r:1 w:1)
	/// Proof: `AgentIdentity::Links` (`max_values`: None, `max_size`: Some(136), added: 2611, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::OwnedCount` (r:2 w:2)
	/// Proof: `AgentIdentity::OwnedCount` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::WalletAgents` (r:0 w:1)
	/// Proof: `AgentIdentity::WalletAgents` (`max_values`: None, `max_size`: Some(57), added: 2532, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::OwnedAgents` (r:0 w:2)
	/// Proof: `AgentIdentity::OwnedAgents` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	fn transfer() -> Weight {
		// Shortest run: 45_187_000 picoseconds.
		Weight::from_parts(48_021_000, 6052)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:1)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Operators` (r:1 w:0)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	fn approve() -> Weight {
		// Shortest run: 19_269_000 picoseconds.
		Weight::from_parts(21_051_000, 3649)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `AgentIdentity::Operators` (r:1 w:1)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
	fn set_approval_for_all() -> Weight {
		// Shortest run: 64_276_000 picoseconds.
		Weight::from_parts(66_839_000, 3748)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:1)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Operators` (r:1 w:0)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Links` (r:0 w:1)
	/// Proof: `AgentIdentity::Links` (`max_values`: None, `max_size`: Some(136), added: 2611, mode: `MaxEncodedLen`)
	fn link_ethereum_agent() -> Weight {
		// Shortest run: 95_712_000 picoseconds.
		Weight::from_parts(105_567_000, 3649)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Operators` (r:1 w:0)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Links` (r:1 w:1)
	/// Proof: `AgentIdentity::Links` (`max_values`: None, `max_size`: Some(136), added: 2611, mode: `MaxEncodedLen`)
	fn unlink_ethereum_agent() -> Weight {
		// Shortest run: 22_133_000 picoseconds.
		Weight::from_parts(23_995_000, 3649)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Operators` (r:1 w:0)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Reputations` (r:1 w:1)
	/// Proof: `AgentIdentity::Reputations` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Clients` (r:1 w:1)
	/// Proof: `AgentIdentity::Clients` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::ClientAt` (r:0 w:1)
	/// Proof: `AgentIdentity::ClientAt` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Feedbacks` (r:0 w:1)
	/// Proof: `AgentIdentity::Feedbacks` (`max_values`: None, `max_size`: Some(263), added: 2738, mode: `MaxEncodedLen`)
	fn give_feedback() -> Weight {
		// Shortest run: 101_150_000 picoseconds.
		Weight::from_parts(104_976_000, 6196)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Operators` (r:1 w:0)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::UsedReceipts` (r:1 w:1)
	/// Proof: `AgentIdentity::UsedReceipts` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Reputations` (r:1 w:1)
	/// Proof: `AgentIdentity::Reputations` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Clients` (r:1 w:1)
	/// Proof: `AgentIdentity::Clients` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::ClientAt` (r:0 w:1)
	/// Proof: `AgentIdentity::ClientAt` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Feedbacks` (r:0 w:1)
	/// Proof: `AgentIdentity::Feedbacks` (`max_values`: None, `max_size`: Some(263), added: 2738, mode: `MaxEncodedLen`)
	/// The range of component `p` is `[1, 16384]`.
	fn give_paid_feedback(p: u32, ) -> Weight {
		// Shortest run: 176_822_000 picoseconds.
		Weight::from_parts(170_721_735, 6196)
			// Standard error: 17
			.saturating_add(Weight::from_parts(6_895, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `AgentIdentity::Feedbacks` (r:1 w:1)
	/// Proof: `AgentIdentity::Feedbacks` (`max_values`: None, `max_size`: Some(263), added: 2738, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Reputations` (r:1 w:1)
	/// Proof: `AgentIdentity::Reputations` (`max_values`: None, `max_size`: Some(359), added: 2834, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn revoke_feedback() -> Weight {
		// Shortest run: 40_040_000 picoseconds.
		Weight::from_parts(42_453_000, 3824)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `AgentIdentity::Feedbacks` (r:1 w:0)
	/// Proof: `AgentIdentity::Feedbacks` (`max_values`: None, `max_size`: Some(263), added: 2738, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Responses` (r:6 w:6)
	/// Proof: `AgentIdentity::Responses` (`max_values`: None, `max_size`: Some(130), added: 2605, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn append_response() -> Weight {
		// Shortest run: 135_581_000 picoseconds.
		Weight::from_parts(140_529_000, 16620)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `AgentIdentity::Validations` (r:1 w:1)
	/// Proof: `AgentIdentity::Validations` (`max_values`: None, `max_size`: Some(204), added: 2679, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Operators` (r:1 w:0)
	/// Proof: `AgentIdentity::Operators` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::AgentValidationCount` (r:1 w:1)
	/// Proof: `AgentIdentity::AgentValidationCount` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::ValidatorRequestCount` (r:1 w:1)
	/// Proof: `AgentIdentity::ValidatorRequestCount` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::FirstByHash` (r:1 w:1)
	/// Proof: `AgentIdentity::FirstByHash` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::ValidatorRequests` (r:0 w:1)
	/// Proof: `AgentIdentity::ValidatorRequests` (`max_values`: None, `max_size`: Some(104), added: 2579, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::AgentValidations` (r:0 w:1)
	/// Proof: `AgentIdentity::AgentValidations` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn validation_request() -> Weight {
		// Shortest run: 98_987_000 picoseconds.
		Weight::from_parts(104_335_000, 6196)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `AgentIdentity::Validations` (r:1 w:1)
	/// Proof: `AgentIdentity::Validations` (`max_values`: None, `max_size`: Some(204), added: 2679, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn validation_response() -> Weight {
		// Shortest run: 23_224_000 picoseconds.
		Weight::from_parts(25_448_000, 3669)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}

// For tests and mocks.
impl WeightInfo for () {
	fn register(m: u32, ) -> Weight {
		Weight::from_parts(94_274_127, 3748)
			.saturating_add(Weight::from_parts(12_118_657, 0).saturating_mul(m.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(m.into())))
			.saturating_add(ParityDbWeight::get().writes(8_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(m.into())))
			.saturating_add(Weight::from_parts(0, 6671).saturating_mul(m.into()))
	}
	fn set_agent_uri() -> Weight {
		Weight::from_parts(85_697_000, 6196)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn set_metadata() -> Weight {
		Weight::from_parts(103_143_000, 7661)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn set_agent_wallet() -> Weight {
		Weight::from_parts(132_977_000, 3649)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn unset_agent_wallet() -> Weight {
		Weight::from_parts(24_817_000, 3649)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn propose_agent_wallet() -> Weight {
		Weight::from_parts(21_262_000, 3649)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn accept_agent_wallet() -> Weight {
		Weight::from_parts(21_272_000, 3649)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn transfer() -> Weight {
		Weight::from_parts(48_021_000, 6052)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
	}
	fn approve() -> Weight {
		Weight::from_parts(21_051_000, 3649)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn set_approval_for_all() -> Weight {
		Weight::from_parts(66_839_000, 3748)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn link_ethereum_agent() -> Weight {
		Weight::from_parts(105_567_000, 3649)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn unlink_ethereum_agent() -> Weight {
		Weight::from_parts(23_995_000, 3649)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn give_feedback() -> Weight {
		Weight::from_parts(104_976_000, 6196)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
	}
	fn give_paid_feedback(p: u32, ) -> Weight {
		Weight::from_parts(170_721_735, 6196)
			.saturating_add(Weight::from_parts(6_895, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads(9_u64))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
	}
	fn revoke_feedback() -> Weight {
		Weight::from_parts(42_453_000, 3824)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn append_response() -> Weight {
		Weight::from_parts(140_529_000, 16620)
			.saturating_add(ParityDbWeight::get().reads(9_u64))
			.saturating_add(ParityDbWeight::get().writes(8_u64))
	}
	fn validation_request() -> Weight {
		Weight::from_parts(104_335_000, 6196)
			.saturating_add(ParityDbWeight::get().reads(9_u64))
			.saturating_add(ParityDbWeight::get().writes(8_u64))
	}
	fn validation_response() -> Weight {
		Weight::from_parts(25_448_000, 3669)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
}
