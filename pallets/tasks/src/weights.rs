// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_tasks`, measured by `scripts/weights`. Do not edit.
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
	fn infer(i: u32, ) -> Weight;
	fn check_inference() -> Weight;
	fn run_dense(m: u32, ) -> Weight;
	fn run_trees(m: u32, ) -> Weight;
	fn run_bytes(k: u32, ) -> Weight;
}

/// Measured weights, with the storage costs of the runtime's database.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `ModelRegistry::Models` (r:1 w:0)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Versions` (r:1 w:0)
	/// Proof: `ModelRegistry::Versions` (`max_values`: None, `max_size`: Some(622), added: 3097, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:5 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(211), added: 2686, mode: `MaxEncodedLen`)
	/// Storage: `Tasks::NextTaskId` (r:1 w:1)
	/// Proof: `Tasks::NextTaskId` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Programs` (r:1 w:0)
	/// Proof: `ModelRegistry::Programs` (`max_values`: None, `max_size`: Some(524308), added: 526783, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Tasks::Tasks` (r:0 w:1)
	/// Proof: `Tasks::Tasks` (`max_values`: None, `max_size`: Some(271), added: 2746, mode: `MaxEncodedLen`)
	/// The range of component `i` is `[1, 262144]`.
	fn infer(i: u32, ) -> Weight {
		// Shortest run: 285_643_000 picoseconds.
		Weight::from_parts(293_671_664, 527773)
			// Standard error: 1
			.saturating_add(Weight::from_parts(1_774, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(13_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:0)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Versions` (r:1 w:0)
	/// Proof: `ModelRegistry::Versions` (`max_values`: None, `max_size`: Some(622), added: 3097, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:5 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:0)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(211), added: 2686, mode: `MaxEncodedLen`)
	fn check_inference() -> Weight {
		// Shortest run: 36_774_000 picoseconds.
		Weight::from_parts(38_697_000, 13545)
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// The range of component `m` is `[1, 2000]`.
	fn run_dense(m: u32, ) -> Weight {
		// Shortest run: 6_129_000 picoseconds.
		Weight::from_parts(1_515_553, 0)
			// Standard error: 74
			.saturating_add(Weight::from_parts(265_541, 0).saturating_mul(m.into()))
	}
	/// The range of component `m` is `[1, 4000]`.
	fn run_trees(m: u32, ) -> Weight {
		// Shortest run: 73_710_000 picoseconds.
		Weight::from_parts(16_196_672, 0)
			// Standard error: 726
			.saturating_add(Weight::from_parts(432_539, 0).saturating_mul(m.into()))
	}
	/// Storage: `ModelRegistry::Programs` (r:1 w:0)
	/// Proof: `ModelRegistry::Programs` (`max_values`: None, `max_size`: Some(524308), added: 526783, mode: `MaxEncodedLen`)
	/// The range of component `k` is `[1, 500]`.
	fn run_bytes(k: u32, ) -> Weight {
		// Shortest run: 9_955_000 picoseconds.
		Weight::from_parts(11_315_324, 527773)
			// Standard error: 1_001
			.saturating_add(Weight::from_parts(744_035, 0).saturating_mul(k.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
}

// For tests and mocks.
impl WeightInfo for () {
	fn infer(i: u32, ) -> Weight {
		Weight::from_parts(293_671_664, 527773)
			.saturating_add(Weight::from_parts(1_774, 0).saturating_mul(i.into()))
			.saturating_add(ParityDbWeight::get().reads(13_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
	}
	fn check_inference() -> Weight {
		Weight::from_parts(38_697_000, 13545)
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn run_dense(m: u32, ) -> Weight {
		Weight::from_parts(1_515_553, 0)
			.saturating_add(Weight::from_parts(265_541, 0).saturating_mul(m.into()))
	}
	fn run_trees(m: u32, ) -> Weight {
		Weight::from_parts(16_196_672, 0)
			.saturating_add(Weight::from_parts(432_539, 0).saturating_mul(m.into()))
	}
	fn run_bytes(k: u32, ) -> Weight {
		Weight::from_parts(11_315_324, 527773)
			.saturating_add(Weight::from_parts(744_035, 0).saturating_mul(k.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
}
