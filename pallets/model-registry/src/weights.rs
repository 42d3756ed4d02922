// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_model_registry`, measured by `scripts/weights`. Do not edit.
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
	fn register_model() -> Weight;
	fn publish_version() -> Weight;
	fn upload_chunk(b: u32, ) -> Weight;
	fn finalise_version(c: u32, ) -> Weight;
	fn activate() -> Weight;
	fn deprecate() -> Weight;
	fn revoke(c: u32, ) -> Weight;
	fn remove_version(c: u32, ) -> Weight;
	fn remove_model() -> Weight;
	fn transfer_ownership() -> Weight;
	fn cancel_transfer() -> Weight;
	fn accept_transfer(n: u32, ) -> Weight;
}

/// Measured weights, with the storage costs of the runtime's database.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `ModelRegistry::NextModelId` (r:1 w:1)
	/// Proof: `ModelRegistry::NextModelId` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(211), added: 2686, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::OwnedModels` (r:0 w:1)
	/// Proof: `ModelRegistry::OwnedModels` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Models` (r:0 w:1)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	fn register_model() -> Weight {
		// Shortest run: 66_659_000 picoseconds.
		Weight::from_parts(69_303_000, 3676)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:1)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:2 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Versions` (r:1 w:1)
	/// Proof: `ModelRegistry::Versions` (`max_values`: None, `max_size`: Some(622), added: 3097, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(211), added: 2686, mode: `MaxEncodedLen`)
	fn publish_version() -> Weight {
		// Shortest run: 136_322_000 picoseconds.
		Weight::from_parts(140_398_000, 6012)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:0)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Versions` (r:1 w:0)
	/// Proof: `ModelRegistry::Versions` (`max_values`: None, `max_size`: Some(622), added: 3097, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Chunks` (r:0 w:1)
	/// Proof: `ModelRegistry::Chunks` (`max_values`: None, `max_size`: Some(32800), added: 35275, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[1, 32768]`.
	fn upload_chunk(b: u32, ) -> Weight {
		// Shortest run: 21_773_000 picoseconds.
		Weight::from_parts(23_766_895, 4087)
			// Standard error: 0
			.saturating_add(Weight::from_parts(1_310, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:0)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Versions` (r:1 w:1)
	/// Proof: `ModelRegistry::Versions` (`max_values`: None, `max_size`: Some(622), added: 3097, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Chunks` (r:16 w:16)
	/// Proof: `ModelRegistry::Chunks` (`max_values`: None, `max_size`: Some(32800), added: 35275, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Programs` (r:0 w:1)
	/// Proof: `ModelRegistry::Programs` (`max_values`: None, `max_size`: Some(524308), added: 526783, mode: `MaxEncodedLen`)
	/// The range of component `c` is `[1, 16]`.
	fn finalise_version(c: u32, ) -> Weight {
		// Shortest run: 2_250_037_000 picoseconds.
		Weight::from_parts(2_110_475_362, 4087)
			// Standard error: 87_228
			.saturating_add(Weight::from_parts(198_352_046, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 35275).saturating_mul(c.into()))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:1)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Versions` (r:1 w:1)
	/// Proof: `ModelRegistry::Versions` (`max_values`: None, `max_size`: Some(622), added: 3097, mode: `MaxEncodedLen`)
	fn activate() -> Weight {
		// Shortest run: 22_343_000 picoseconds.
		Weight::from_parts(25_788_000, 4087)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:1)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Versions` (r:2 w:1)
	/// Proof: `ModelRegistry::Versions` (`max_values`: None, `max_size`: Some(622), added: 3097, mode: `MaxEncodedLen`)
	fn deprecate() -> Weight {
		// Shortest run: 27_310_000 picoseconds.
		Weight::from_parts(29_383_000, 7184)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:1)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Versions` (r:1 w:1)
	/// Proof: `ModelRegistry::Versions` (`max_values`: None, `max_size`: Some(622), added: 3097, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(211), added: 2686, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Chunks` (r:0 w:16)
	/// Proof: `ModelRegistry::Chunks` (`max_values`: None, `max_size`: Some(32800), added: 35275, mode: `MaxEncodedLen`)
	/// The range of component `c` is `[1, 16]`.
	fn revoke(c: u32, ) -> Weight {
		// Shortest run: 75_572_000 picoseconds.
		Weight::from_parts(77_329_763, 4087)
			// Standard error: 4_547
			.saturating_add(Weight::from_parts(2_637_234, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:1)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Versions` (r:1 w:1)
	/// Proof: `ModelRegistry::Versions` (`max_values`: None, `max_size`: Some(622), added: 3097, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(211), added: 2686, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Chunks` (r:0 w:16)
	/// Proof: `ModelRegistry::Chunks` (`max_values`: None, `max_size`: Some(32800), added: 35275, mode: `MaxEncodedLen`)
	/// The range of component `c` is `[1, 16]`.
	fn remove_version(c: u32, ) -> Weight {
		// Shortest run: 112_787_000 picoseconds.
		Weight::from_parts(115_535_379, 4087)
			// Standard error: 6_468
			.saturating_add(Weight::from_parts(2_630_049, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:1)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(211), added: 2686, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::OwnedModels` (r:0 w:1)
	/// Proof: `ModelRegistry::OwnedModels` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	fn remove_model() -> Weight {
		// Shortest run: 59_889_000 picoseconds.
		Weight::from_parts(62_382_000, 3676)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:1)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	fn transfer_ownership() -> Weight {
		// Shortest run: 14_421_000 picoseconds.
		Weight::from_parts(15_814_000, 3637)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:1)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	fn cancel_transfer() -> Weight {
		// Shortest run: 14_231_000 picoseconds.
		Weight::from_parts(15_513_000, 3637)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `ModelRegistry::Models` (r:1 w:1)
	/// Proof: `ModelRegistry::Models` (`max_values`: None, `max_size`: Some(172), added: 2647, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:2 w:2)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(211), added: 2686, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::Versions` (r:101 w:100)
	/// Proof: `ModelRegistry::Versions` (`max_values`: None, `max_size`: Some(622), added: 3097, mode: `MaxEncodedLen`)
	/// Storage: `ModelRegistry::OwnedModels` (r:0 w:2)
	/// Proof: `ModelRegistry::OwnedModels` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[0, 100]`.
	fn accept_transfer(n: u32, ) -> Weight {
		// Shortest run: 124_595_000 picoseconds.
		Weight::from_parts(129_479_164, 6362)
			// Standard error: 73_229
			.saturating_add(Weight::from_parts(182_435_803, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(7_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 3097).saturating_mul(n.into()))
	}
}

// For tests and mocks.
impl WeightInfo for () {
	fn register_model() -> Weight {
		Weight::from_parts(69_303_000, 3676)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn publish_version() -> Weight {
		Weight::from_parts(140_398_000, 6012)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn upload_chunk(b: u32, ) -> Weight {
		Weight::from_parts(23_766_895, 4087)
			.saturating_add(Weight::from_parts(1_310, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn finalise_version(c: u32, ) -> Weight {
		Weight::from_parts(2_110_475_362, 4087)
			.saturating_add(Weight::from_parts(198_352_046, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(c.into())))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 35275).saturating_mul(c.into()))
	}
	fn activate() -> Weight {
		Weight::from_parts(25_788_000, 4087)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn deprecate() -> Weight {
		Weight::from_parts(29_383_000, 7184)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn revoke(c: u32, ) -> Weight {
		Weight::from_parts(77_329_763, 4087)
			.saturating_add(Weight::from_parts(2_637_234, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(c.into())))
	}
	fn remove_version(c: u32, ) -> Weight {
		Weight::from_parts(115_535_379, 4087)
			.saturating_add(Weight::from_parts(2_630_049, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(c.into())))
	}
	fn remove_model() -> Weight {
		Weight::from_parts(62_382_000, 3676)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn transfer_ownership() -> Weight {
		Weight::from_parts(15_814_000, 3637)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn cancel_transfer() -> Weight {
		Weight::from_parts(15_513_000, 3637)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn accept_transfer(n: u32, ) -> Weight {
		Weight::from_parts(129_479_164, 6362)
			.saturating_add(Weight::from_parts(182_435_803, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 3097).saturating_mul(n.into()))
	}
}
