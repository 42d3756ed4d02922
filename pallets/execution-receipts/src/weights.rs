// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_execution_receipts`
//!
//! Estimates, to be replaced by measured weights. Storage that only lives within a block is whitelisted: it never
//! reaches the database.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens)]
#![allow(unused_imports)]
#![allow(missing_docs)]
#![allow(dead_code)]

use frame_support::{traits::Get, weights::{Weight, constants::RocksDbWeight}};
use core::marker::PhantomData;

/// Weight functions needed for `pallet_execution_receipts`.
pub trait WeightInfo {
	fn record(n: u32, ) -> Weight;
	fn on_finalize(n: u32, ) -> Weight;
}

/// Weights for `pallet_execution_receipts` using the Substrate node and recommended hardware.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// The range of component `n` is `[1, 2000]`.
	fn record(n: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `0`
		//  Estimated: `0`
		// Minimum execution time: 5_000_000 picoseconds.
		Weight::from_parts(5_000_000, 0)
			// Standard Error: 0
			.saturating_add(Weight::from_parts(12_000_000, 0).saturating_mul(n.into()))
	}
	/// Storage: `ExecutionReceipts::LatestRoot` (r:0 w:1)
	/// Proof: `ExecutionReceipts::LatestRoot` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[0, 2000]`.
	fn on_finalize(n: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `0`
		//  Estimated: `0`
		// Minimum execution time: 10_000_000 picoseconds.
		Weight::from_parts(20_000_000, 0)
			// Standard Error: 0
			.saturating_add(Weight::from_parts(4_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}

// For backwards compatibility and tests.
impl WeightInfo for () {
	/// The range of component `n` is `[1, 2000]`.
	fn record(n: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `0`
		//  Estimated: `0`
		// Minimum execution time: 5_000_000 picoseconds.
		Weight::from_parts(5_000_000, 0)
			// Standard Error: 0
			.saturating_add(Weight::from_parts(12_000_000, 0).saturating_mul(n.into()))
	}
	/// Storage: `ExecutionReceipts::LatestRoot` (r:0 w:1)
	/// Proof: `ExecutionReceipts::LatestRoot` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[0, 2000]`.
	fn on_finalize(n: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `0`
		//  Estimated: `0`
		// Minimum execution time: 10_000_000 picoseconds.
		Weight::from_parts(20_000_000, 0)
			// Standard Error: 0
			.saturating_add(Weight::from_parts(4_000_000, 0).saturating_mul(n.into()))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
}
