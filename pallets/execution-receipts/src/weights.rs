// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_execution_receipts`, measured by `scripts/weights`. Do not edit.
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
	fn record(n: u32, ) -> Weight;
	fn on_finalize(n: u32, ) -> Weight;
}

/// Measured weights, with the storage costs of the runtime's database.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// The range of component `n` is `[1, 2000]`.
	fn record(n: u32, ) -> Weight {
		// Shortest run: 10_185_000 picoseconds.
		Weight::from_parts(10_486_000, 0)
			// Standard error: 1_275
			.saturating_add(Weight::from_parts(8_111_802, 0).saturating_mul(n.into()))
	}
	/// Storage: `ExecutionReceipts::LatestRoot` (r:0 w:1)
	/// Proof: `ExecutionReceipts::LatestRoot` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[0, 2000]`.
	fn on_finalize(n: u32, ) -> Weight {
		// Shortest run: 1_532_000 picoseconds.
		Weight::from_parts(16_250_057, 0)
			// Standard error: 4_323
			.saturating_add(Weight::from_parts(773_421, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}

// For tests and mocks.
impl WeightInfo for () {
	fn record(n: u32, ) -> Weight {
		Weight::from_parts(10_486_000, 0)
			.saturating_add(Weight::from_parts(8_111_802, 0).saturating_mul(n.into()))
	}
	fn on_finalize(n: u32, ) -> Weight {
		Weight::from_parts(16_250_057, 0)
			.saturating_add(Weight::from_parts(773_421, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
}
