// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_policy`, measured by `scripts/weights`. Do not edit.
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
	fn set_policy() -> Weight;
	fn cancel_pending() -> Weight;
	fn remove_policy() -> Weight;
	fn add_session_key() -> Weight;
	fn remove_session_key() -> Weight;
	fn rotate_session_key() -> Weight;
	fn freeze() -> Weight;
	fn unfreeze() -> Weight;
	fn control() -> Weight;
	fn act() -> Weight;
	fn as_agent_plain() -> Weight;
	fn as_agent_direct() -> Weight;
	fn as_agent_act(n: u32, ) -> Weight;
}

/// Measured weights, with the storage costs of the runtime's database.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:1)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn set_policy() -> Weight {
		// Shortest run: 142_151_000 picoseconds.
		Weight::from_parts(148_590_000, 9392)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:1)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn cancel_pending() -> Weight {
		// Shortest run: 90_054_000 picoseconds.
		Weight::from_parts(94_791_000, 9392)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:1)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn remove_policy() -> Weight {
		// Shortest run: 88_080_000 picoseconds.
		Weight::from_parts(93_159_000, 9392)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Keys` (r:1 w:1)
	/// Proof: `Policy::Keys` (`max_values`: None, `max_size`: Some(2984), added: 5459, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:1)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
	/// Storage: `Policy::AgentKeys` (r:0 w:1)
	/// Proof: `Policy::AgentKeys` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn add_session_key() -> Weight {
		// Shortest run: 188_489_000 picoseconds.
		Weight::from_parts(204_764_000, 9392)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Keys` (r:1 w:1)
	/// Proof: `Policy::Keys` (`max_values`: None, `max_size`: Some(2984), added: 5459, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:1)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Counters` (r:8 w:8)
	/// Proof: `Policy::Counters` (`max_values`: None, `max_size`: Some(486), added: 2961, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Rates` (r:0 w:1)
	/// Proof: `Policy::Rates` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Policy::AgentKeys` (r:0 w:1)
	/// Proof: `Policy::AgentKeys` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn remove_session_key() -> Weight {
		// Shortest run: 158_375_000 picoseconds.
		Weight::from_parts(167_198_000, 24678)
			.saturating_add(T::DbWeight::get().reads(14_u64))
			.saturating_add(T::DbWeight::get().writes(15_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Keys` (r:2 w:2)
	/// Proof: `Policy::Keys` (`max_values`: None, `max_size`: Some(2984), added: 5459, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(283), added: 2758, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:1)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Counters` (r:8 w:8)
	/// Proof: `Policy::Counters` (`max_values`: None, `max_size`: Some(486), added: 2961, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Rates` (r:0 w:1)
	/// Proof: `Policy::Rates` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Policy::AgentKeys` (r:0 w:2)
	/// Proof: `Policy::AgentKeys` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn rotate_session_key() -> Weight {
		// Shortest run: 332_693_000 picoseconds.
		Weight::from_parts(361_596_000, 24678)
			.saturating_add(T::DbWeight::get().reads(18_u64))
			.saturating_add(T::DbWeight::get().writes(18_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:1)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	fn freeze() -> Weight {
		// Shortest run: 25_598_000 picoseconds.
		Weight::from_parts(31_888_000, 9392)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:1)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	fn unfreeze() -> Weight {
		// Shortest run: 26_680_000 picoseconds.
		Weight::from_parts(33_420_000, 9392)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	fn control() -> Weight {
		// Shortest run: 14_842_000 picoseconds.
		Weight::from_parts(16_574_000, 3649)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `System::Account` (r:1 w:0)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Assets::Account` (r:7 w:0)
	/// Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:0)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Keys` (r:1 w:0)
	/// Proof: `Policy::Keys` (`max_values`: None, `max_size`: Some(2984), added: 5459, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Counters` (r:16 w:0)
	/// Proof: `Policy::Counters` (`max_values`: None, `max_size`: Some(486), added: 2961, mode: `MaxEncodedLen`)
	fn act() -> Weight {
		// Shortest run: 207_458_000 picoseconds.
		Weight::from_parts(222_871_000, 48366)
			.saturating_add(T::DbWeight::get().reads(27_u64))
	}
	/// Storage: `Policy::Keys` (r:1 w:0)
	/// Proof: `Policy::Keys` (`max_values`: None, `max_size`: Some(2984), added: 5459, mode: `MaxEncodedLen`)
	fn as_agent_plain() -> Weight {
		// Shortest run: 2_674_000 picoseconds.
		Weight::from_parts(2_975_000, 6449)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `Policy::Keys` (r:1 w:0)
	/// Proof: `Policy::Keys` (`max_values`: None, `max_size`: Some(2984), added: 5459, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:0)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Rates` (r:2 w:2)
	/// Proof: `Policy::Rates` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Counters` (r:4 w:4)
	/// Proof: `Policy::Counters` (`max_values`: None, `max_size`: Some(486), added: 2961, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:0)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Assets::Account` (r:7 w:0)
	/// Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	fn as_agent_direct() -> Weight {
		// Shortest run: 198_194_000 picoseconds.
		Weight::from_parts(206_596_000, 19253)
			.saturating_add(T::DbWeight::get().reads(18_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Policy::Keys` (r:1 w:0)
	/// Proof: `Policy::Keys` (`max_values`: None, `max_size`: Some(2984), added: 5459, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:0)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Rates` (r:2 w:2)
	/// Proof: `Policy::Rates` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Counters` (r:16 w:16)
	/// Proof: `Policy::Counters` (`max_values`: None, `max_size`: Some(486), added: 2961, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:0)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[10, 64]`.
	fn as_agent_act(n: u32, ) -> Weight {
		// Shortest run: 248_529_000 picoseconds.
		Weight::from_parts(263_878_032, 48366)
			// Standard error: 13_737
			.saturating_add(Weight::from_parts(160_597, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(23_u64))
			.saturating_add(T::DbWeight::get().writes(18_u64))
	}
}

// For tests and mocks.
impl WeightInfo for () {
	fn set_policy() -> Weight {
		Weight::from_parts(148_590_000, 9392)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn cancel_pending() -> Weight {
		Weight::from_parts(94_791_000, 9392)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn remove_policy() -> Weight {
		Weight::from_parts(93_159_000, 9392)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn add_session_key() -> Weight {
		Weight::from_parts(204_764_000, 9392)
			.saturating_add(ParityDbWeight::get().reads(9_u64))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
	}
	fn remove_session_key() -> Weight {
		Weight::from_parts(167_198_000, 24678)
			.saturating_add(ParityDbWeight::get().reads(14_u64))
			.saturating_add(ParityDbWeight::get().writes(15_u64))
	}
	fn rotate_session_key() -> Weight {
		Weight::from_parts(361_596_000, 24678)
			.saturating_add(ParityDbWeight::get().reads(18_u64))
			.saturating_add(ParityDbWeight::get().writes(18_u64))
	}
	fn freeze() -> Weight {
		Weight::from_parts(31_888_000, 9392)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn unfreeze() -> Weight {
		Weight::from_parts(33_420_000, 9392)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn control() -> Weight {
		Weight::from_parts(16_574_000, 3649)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
	fn act() -> Weight {
		Weight::from_parts(222_871_000, 48366)
			.saturating_add(ParityDbWeight::get().reads(27_u64))
	}
	fn as_agent_plain() -> Weight {
		Weight::from_parts(2_975_000, 6449)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
	fn as_agent_direct() -> Weight {
		Weight::from_parts(206_596_000, 19253)
			.saturating_add(ParityDbWeight::get().reads(18_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
	}
	fn as_agent_act(n: u32, ) -> Weight {
		Weight::from_parts(263_878_032, 48366)
			.saturating_add(Weight::from_parts(160_597, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(23_u64))
			.saturating_add(ParityDbWeight::get().writes(18_u64))
	}
}
