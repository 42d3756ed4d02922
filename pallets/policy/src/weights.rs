// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_policy`, measured by `scripts/weights`. Do not edit.
//!
//! Tool version 64.0.0, 2026-11-20, 8 steps, 10 repeats, Compiled WASM.
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
	fn act(a: u32, ) -> Weight;
	fn as_agent_plain() -> Weight;
	fn as_agent_first(a: u32, ) -> Weight;
	fn as_agent_direct() -> Weight;
	fn as_agent_asset() -> Weight;
	fn as_agent_act(n: u32, a: u32, ) -> Weight;
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
		// Shortest run: 142_461_000 picoseconds.
		Weight::from_parts(152_115_000, 9392)
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
		// Shortest run: 91_255_000 picoseconds.
		Weight::from_parts(96_914_000, 9392)
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
		// Shortest run: 88_942_000 picoseconds.
		Weight::from_parts(95_932_000, 9392)
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
		// Shortest run: 191_975_000 picoseconds.
		Weight::from_parts(256_661_000, 9392)
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
	/// Storage: `Policy::Counters` (r:7 w:7)
	/// Proof: `Policy::Counters` (`max_values`: None, `max_size`: Some(485), added: 2960, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Activities` (r:0 w:1)
	/// Proof: `Policy::Activities` (`max_values`: None, `max_size`: Some(693), added: 3168, mode: `MaxEncodedLen`)
	/// Storage: `Policy::AgentKeys` (r:0 w:1)
	/// Proof: `Policy::AgentKeys` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn remove_session_key() -> Weight {
		// Shortest run: 158_866_000 picoseconds.
		Weight::from_parts(189_390_000, 21710)
			.saturating_add(T::DbWeight::get().reads(13_u64))
			.saturating_add(T::DbWeight::get().writes(14_u64))
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
	/// Storage: `Policy::Counters` (r:7 w:7)
	/// Proof: `Policy::Counters` (`max_values`: None, `max_size`: Some(485), added: 2960, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Activities` (r:0 w:1)
	/// Proof: `Policy::Activities` (`max_values`: None, `max_size`: Some(693), added: 3168, mode: `MaxEncodedLen`)
	/// Storage: `Policy::AgentKeys` (r:0 w:2)
	/// Proof: `Policy::AgentKeys` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn rotate_session_key() -> Weight {
		// Shortest run: 353_514_000 picoseconds.
		Weight::from_parts(400_154_000, 21710)
			.saturating_add(T::DbWeight::get().reads(17_u64))
			.saturating_add(T::DbWeight::get().writes(17_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:1)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	fn freeze() -> Weight {
		// Shortest run: 28_022_000 picoseconds.
		Weight::from_parts(46_939_000, 9392)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:1)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	fn unfreeze() -> Weight {
		// Shortest run: 26_990_000 picoseconds.
		Weight::from_parts(46_850_000, 9392)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	fn control() -> Weight {
		// Shortest run: 15_172_000 picoseconds.
		Weight::from_parts(17_566_000, 3649)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `System::Account` (r:1 w:0)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Assets::Account` (r:7 w:0)
	/// Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	/// The range of component `a` is `[0, 7]`.
	fn act(a: u32, ) -> Weight {
		// Shortest run: 36_364_000 picoseconds.
		Weight::from_parts(67_675_203, 3593)
			// Standard error: 252_472
			.saturating_add(Weight::from_parts(11_759_792, 0).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 2609).saturating_mul(a.into()))
	}
	/// Storage: `Policy::Keys` (r:1 w:0)
	/// Proof: `Policy::Keys` (`max_values`: None, `max_size`: Some(2984), added: 5459, mode: `MaxEncodedLen`)
	fn as_agent_plain() -> Weight {
		// Shortest run: 2_794_000 picoseconds.
		Weight::from_parts(3_155_000, 6449)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `AgentIdentity::Agents` (r:1 w:0)
	/// Proof: `AgentIdentity::Agents` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Keys` (r:1 w:0)
	/// Proof: `Policy::Keys` (`max_values`: None, `max_size`: Some(2984), added: 5459, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Agents` (r:1 w:0)
	/// Proof: `Policy::Agents` (`max_values`: None, `max_size`: Some(5927), added: 8402, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Activities` (r:2 w:2)
	/// Proof: `Policy::Activities` (`max_values`: None, `max_size`: Some(693), added: 3168, mode: `MaxEncodedLen`)
	/// Storage: `Policy::Counters` (r:14 w:14)
	/// Proof: `Policy::Counters` (`max_values`: None, `max_size`: Some(485), added: 2960, mode: `MaxEncodedLen`)
	/// The range of component `a` is `[0, 7]`.
	fn as_agent_first(a: u32, ) -> Weight {
		// Shortest run: 33_841_000 picoseconds.
		Weight::from_parts(41_164_375, 9392)
			// Standard error: 127_786
			.saturating_add(Weight::from_parts(5_313_492, 0).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(a.into())))
			.saturating_add(T::DbWeight::get().writes(3_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 5920).saturating_mul(a.into()))
	}
	fn as_agent_direct() -> Weight {
		// Shortest run: 56_204_000 picoseconds.
		Weight::from_parts(74_761_000, 0)
	}
	/// Storage: `Assets::Account` (r:1 w:0)
	/// Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	fn as_agent_asset() -> Weight {
		// Shortest run: 94_270_000 picoseconds.
		Weight::from_parts(107_239_000, 3599)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// The range of component `n` is `[10, 64]`.
	/// The range of component `a` is `[0, 7]`.
	fn as_agent_act(n: u32, a: u32, ) -> Weight {
		// Shortest run: 78_656_000 picoseconds.
		Weight::from_parts(73_218_933, 0)
			// Standard error: 58_205
			.saturating_add(Weight::from_parts(310_404, 0).saturating_mul(n.into()))
			// Standard error: 452_731
			.saturating_add(Weight::from_parts(13_442_427, 0).saturating_mul(a.into()))
	}
}

// For tests and mocks.
impl WeightInfo for () {
	fn set_policy() -> Weight {
		Weight::from_parts(152_115_000, 9392)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn cancel_pending() -> Weight {
		Weight::from_parts(96_914_000, 9392)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn remove_policy() -> Weight {
		Weight::from_parts(95_932_000, 9392)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn add_session_key() -> Weight {
		Weight::from_parts(256_661_000, 9392)
			.saturating_add(ParityDbWeight::get().reads(9_u64))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
	}
	fn remove_session_key() -> Weight {
		Weight::from_parts(189_390_000, 21710)
			.saturating_add(ParityDbWeight::get().reads(13_u64))
			.saturating_add(ParityDbWeight::get().writes(14_u64))
	}
	fn rotate_session_key() -> Weight {
		Weight::from_parts(400_154_000, 21710)
			.saturating_add(ParityDbWeight::get().reads(17_u64))
			.saturating_add(ParityDbWeight::get().writes(17_u64))
	}
	fn freeze() -> Weight {
		Weight::from_parts(46_939_000, 9392)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn unfreeze() -> Weight {
		Weight::from_parts(46_850_000, 9392)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn control() -> Weight {
		Weight::from_parts(17_566_000, 3649)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
	fn act(a: u32, ) -> Weight {
		Weight::from_parts(67_675_203, 3593)
			.saturating_add(Weight::from_parts(11_759_792, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 2609).saturating_mul(a.into()))
	}
	fn as_agent_plain() -> Weight {
		Weight::from_parts(3_155_000, 6449)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
	fn as_agent_first(a: u32, ) -> Weight {
		Weight::from_parts(41_164_375, 9392)
			.saturating_add(Weight::from_parts(5_313_492, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(a.into())))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 5920).saturating_mul(a.into()))
	}
	fn as_agent_direct() -> Weight {
		Weight::from_parts(74_761_000, 0)
	}
	fn as_agent_asset() -> Weight {
		Weight::from_parts(107_239_000, 3599)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
	fn as_agent_act(n: u32, a: u32, ) -> Weight {
		Weight::from_parts(73_218_933, 0)
			.saturating_add(Weight::from_parts(310_404, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(13_442_427, 0).saturating_mul(a.into()))
	}
}
