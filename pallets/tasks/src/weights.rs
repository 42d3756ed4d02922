// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_tasks`, measured by `scripts/weights`. Do not edit.
//!
//! Tool version 64.0.0, 2026-11-20, 50 steps, 20 repeats, Compiled WASM.
//! CPU: AMD EPYC.
//! `request`, `submit`, `submit_collected`, `authorize_submit_collected`, `cancel` and `sweep` are estimates until the next
//! measurement.

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
	fn request() -> Weight;
	fn submit() -> Weight;
	fn submit_collected() -> Weight;
	fn authorize_submit_collected() -> Weight;
	fn cancel() -> Weight;
	fn sweep(n: u32, ) -> Weight;
}

/// Measured weights, with the storage costs of the runtime's database.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `ModelRegistry::Models` (r:1 w:0)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Versions` (r:1 w:0)
	/// Proof: `ModelRegistry::Versions` (`max_values`: None, `max_size`: Some(622), added: 3097, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:2 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(68), added: 2543, mode: `MaxEncodedLen`)
	/// Storage: `Tasks::NextTaskId` (r:1 w:1)
	/// Proof: `Tasks::NextTaskId` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Programs` (r:1 w:0)
	/// Proof: `ModelRegistry::Programs` (`max_values`: None, `max_size`: Some(524308), added: 526783, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `i` is `[1, 262144]`.
	fn infer(i: u32, ) -> Weight {
		// Shortest run: 136_081_000 picoseconds.
		Weight::from_parts(139_935_087, 527773)
			// Standard error: 2
			.saturating_add(Weight::from_parts(1_921, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:0)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Versions` (r:1 w:0)
	/// Proof: `ModelRegistry::Versions` (`max_values`: None, `max_size`: Some(622), added: 3097, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:2 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(68), added: 2543, mode: `MaxEncodedLen`)
	fn check_inference() -> Weight {
		// Shortest run: 23_324_000 picoseconds.
		Weight::from_parts(25_277_000, 6076)
			.saturating_add(T::DbWeight::get().reads(4_u64))
	}
	/// The range of component `m` is `[1, 2000]`.
	fn run_dense(m: u32, ) -> Weight {
		// Shortest run: 6_140_000 picoseconds.
		Weight::from_parts(969_970, 0)
			// Standard error: 144
			.saturating_add(Weight::from_parts(268_655, 0).saturating_mul(m.into()))
	}
	/// The range of component `m` is `[1, 4000]`.
	fn run_trees(m: u32, ) -> Weight {
		// Shortest run: 75_401_000 picoseconds.
		Weight::from_parts(17_658_928, 0)
			// Standard error: 828
			.saturating_add(Weight::from_parts(434_166, 0).saturating_mul(m.into()))
	}
	/// Storage: `ModelRegistry::Programs` (r:1 w:0)
	/// Proof: `ModelRegistry::Programs` (`max_values`: None, `max_size`: Some(524308), added: 526783, mode: `MaxEncodedLen`)
	/// The range of component `k` is `[1, 500]`.
	fn run_bytes(k: u32, ) -> Weight {
		// Shortest run: 10_325_000 picoseconds.
		Weight::from_parts(10_626_000, 527773)
			// Standard error: 1_117
			.saturating_add(Weight::from_parts(930_487, 0).saturating_mul(k.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	fn request() -> Weight {
		Weight::from_parts(85_000_000, 14000)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	fn submit() -> Weight {
		Weight::from_parts(190_000_000, 14000)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	fn submit_collected() -> Weight {
		Weight::from_parts(40_000_000, 3000)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn authorize_submit_collected() -> Weight {
		Weight::from_parts(120_000_000, 14000)
			.saturating_add(T::DbWeight::get().reads(7_u64))
	}
	fn cancel() -> Weight {
		Weight::from_parts(90_000_000, 14000)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	fn sweep(n: u32, ) -> Weight {
		Weight::from_parts(8_000_000, 4000)
			.saturating_add(Weight::from_parts(70_000_000, 2603).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(n.into())))
	}
}

// For tests and mocks.
impl WeightInfo for () {
	fn infer(i: u32, ) -> Weight {
		Weight::from_parts(139_935_087, 527773)
			.saturating_add(Weight::from_parts(1_921, 0).saturating_mul(i.into()))
			.saturating_add(ParityDbWeight::get().reads(9_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn check_inference() -> Weight {
		Weight::from_parts(25_277_000, 6076)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
	}
	fn run_dense(m: u32, ) -> Weight {
		Weight::from_parts(969_970, 0)
			.saturating_add(Weight::from_parts(268_655, 0).saturating_mul(m.into()))
	}
	fn run_trees(m: u32, ) -> Weight {
		Weight::from_parts(17_658_928, 0)
			.saturating_add(Weight::from_parts(434_166, 0).saturating_mul(m.into()))
	}
	fn run_bytes(k: u32, ) -> Weight {
		Weight::from_parts(10_626_000, 527773)
			.saturating_add(Weight::from_parts(930_487, 0).saturating_mul(k.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
	fn request() -> Weight {
		Weight::from_parts(85_000_000, 14000)
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
	}
	fn submit() -> Weight {
		Weight::from_parts(190_000_000, 14000)
			.saturating_add(ParityDbWeight::get().reads(9_u64))
			.saturating_add(ParityDbWeight::get().writes(9_u64))
	}
	fn submit_collected() -> Weight {
		Weight::from_parts(40_000_000, 3000)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn authorize_submit_collected() -> Weight {
		Weight::from_parts(120_000_000, 14000)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
	}
	fn cancel() -> Weight {
		Weight::from_parts(90_000_000, 14000)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
	}
	fn sweep(n: u32, ) -> Weight {
		Weight::from_parts(8_000_000, 4000)
			.saturating_add(Weight::from_parts(70_000_000, 2603).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().reads((3_u64).saturating_mul(n.into())))
			.saturating_add(ParityDbWeight::get().writes((3_u64).saturating_mul(n.into())))
	}
}
