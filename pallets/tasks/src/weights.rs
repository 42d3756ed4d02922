// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Weights for `pallet_tasks`
//!
//! Estimates of a 2 GHz core that runs WASM; `scripts/weights` replaces them by measured ones.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens)]
#![allow(unused_imports)]
#![allow(missing_docs)]
#![allow(dead_code)]

use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};
use core::marker::PhantomData;

/// Weight functions needed for `pallet_tasks`.
pub trait WeightInfo {
	fn infer(i: u32, ) -> Weight;
	fn check_inference() -> Weight;
	fn run_dense(m: u32, ) -> Weight;
	fn run_trees(m: u32, ) -> Weight;
	fn run_bytes(k: u32, ) -> Weight;
}

/// Weights for `pallet_tasks` using the Substrate node and recommended hardware.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: the registry's model, version and program (r:3 w:0)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Storage: `System::Account` (r:4 w:4)
	/// Storage: `Tasks::Tasks` (r:1 w:1)
	/// Storage: `Tasks::NextTaskId` (r:1 w:1)
	/// Storage: the block's receipts (r:2 w:2)
	/// The range of component `i` is `[1, 1048576]`.
	fn infer(i: u32, ) -> Weight {
		Weight::from_parts(250_000_000, 24_000)
			// Standard Error: 0
			.saturating_add(Weight::from_parts(2_000, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	/// Storage: the registry's model and version (r:2 w:0)
	/// Storage: `System::Account` (r:1 w:0)
	/// Storage: `Balances::Holds` (r:1 w:0)
	/// Storage: the block's receipts (r:1 w:0)
	fn check_inference() -> Weight {
		Weight::from_parts(30_000_000, 12_000)
			.saturating_add(T::DbWeight::get().reads(5_u64))
	}
	/// The range of component `m` is `[1, 4000]`.
	fn run_dense(m: u32, ) -> Weight {
		Weight::from_parts(20_000_000, 0)
			// Standard Error: 0
			.saturating_add(Weight::from_parts(1_000_000, 0).saturating_mul(m.into()))
	}
	/// The range of component `m` is `[1, 4000]`.
	fn run_trees(m: u32, ) -> Weight {
		Weight::from_parts(20_000_000, 0)
			// Standard Error: 0
			.saturating_add(Weight::from_parts(1_000_000, 0).saturating_mul(m.into()))
	}
	/// The range of component `k` is `[1, 4096]`.
	fn run_bytes(k: u32, ) -> Weight {
		Weight::from_parts(20_000_000, 0)
			// Standard Error: 0
			.saturating_add(Weight::from_parts(1_500_000, 1_024).saturating_mul(k.into()))
	}
}

// For backwards compatibility and tests.
impl WeightInfo for () {
	/// Storage: the registry's model, version and program (r:3 w:0)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Storage: `System::Account` (r:4 w:4)
	/// Storage: `Tasks::Tasks` (r:1 w:1)
	/// Storage: `Tasks::NextTaskId` (r:1 w:1)
	/// Storage: the block's receipts (r:2 w:2)
	/// The range of component `i` is `[1, 1048576]`.
	fn infer(i: u32, ) -> Weight {
		Weight::from_parts(250_000_000, 24_000)
			// Standard Error: 0
			.saturating_add(Weight::from_parts(2_000, 0).saturating_mul(i.into()))
			.saturating_add(RocksDbWeight::get().reads(12_u64))
			.saturating_add(RocksDbWeight::get().writes(9_u64))
	}
	/// Storage: the registry's model and version (r:2 w:0)
	/// Storage: `System::Account` (r:1 w:0)
	/// Storage: `Balances::Holds` (r:1 w:0)
	/// Storage: the block's receipts (r:1 w:0)
	fn check_inference() -> Weight {
		Weight::from_parts(30_000_000, 12_000)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
	}
	/// The range of component `m` is `[1, 4000]`.
	fn run_dense(m: u32, ) -> Weight {
		Weight::from_parts(20_000_000, 0)
			// Standard Error: 0
			.saturating_add(Weight::from_parts(1_000_000, 0).saturating_mul(m.into()))
	}
	/// The range of component `m` is `[1, 4000]`.
	fn run_trees(m: u32, ) -> Weight {
		Weight::from_parts(20_000_000, 0)
			// Standard Error: 0
			.saturating_add(Weight::from_parts(1_000_000, 0).saturating_mul(m.into()))
	}
	/// The range of component `k` is `[1, 4096]`.
	fn run_bytes(k: u32, ) -> Weight {
		Weight::from_parts(20_000_000, 0)
			// Standard Error: 0
			.saturating_add(Weight::from_parts(1_500_000, 1_024).saturating_mul(k.into()))
	}
}
