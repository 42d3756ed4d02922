// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_verification`, measured by `scripts/weights`. Do not edit.
//!
//! Estimates until the first measurement.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens, unused_imports, missing_docs)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::ParityDbWeight, Weight}};

/// What the pallet asks of its weights.
pub trait WeightInfo {
	fn register_key_bn254(n: u32, ) -> Weight;
	fn register_key_bls12_381(n: u32, ) -> Weight;
	fn revoke_key() -> Weight;
	fn verify_bn254(n: u32, ) -> Weight;
	fn verify_bls12_381(n: u32, ) -> Weight;
	fn verify_batch_bn254(n: u32, p: u32, ) -> Weight;
	fn verify_batch_bls12_381(n: u32, p: u32, ) -> Weight;
	fn forget() -> Weight;
	fn judge_bn254(n: u32, ) -> Weight;
	fn judge_bls12_381(n: u32, ) -> Weight;
	fn commit(p: u32, ) -> Weight;
}

/// Measured weights, with the storage costs of the runtime's database.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn register_key_bn254(n: u32, ) -> Weight {
		Weight::from_parts(1_300_000_000, 4000)
			.saturating_add(Weight::from_parts(100_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	fn register_key_bls12_381(n: u32, ) -> Weight {
		Weight::from_parts(1_900_000_000, 4000)
			.saturating_add(Weight::from_parts(90_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	fn revoke_key() -> Weight {
		Weight::from_parts(40_000_000, 4000)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	fn verify_bn254(n: u32, ) -> Weight {
		Weight::from_parts(1_050_000_000, 4000)
			.saturating_add(Weight::from_parts(75_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	fn verify_bls12_381(n: u32, ) -> Weight {
		Weight::from_parts(1_550_000_000, 4000)
			.saturating_add(Weight::from_parts(130_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	fn verify_batch_bn254(n: u32, p: u32, ) -> Weight {
		Weight::from_parts(1_100_000_000, 4000)
			.saturating_add(Weight::from_parts(110_000_000, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(400_000_000, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
	}
	fn verify_batch_bls12_381(n: u32, p: u32, ) -> Weight {
		Weight::from_parts(1_700_000_000, 4000)
			.saturating_add(Weight::from_parts(180_000_000, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(550_000_000, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
	}
	fn forget() -> Weight {
		Weight::from_parts(40_000_000, 4000)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	fn judge_bn254(n: u32, ) -> Weight {
		Weight::from_parts(1_000_000_000, 4000)
			.saturating_add(Weight::from_parts(75_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
	}
	fn judge_bls12_381(n: u32, ) -> Weight {
		Weight::from_parts(1_500_000_000, 4000)
			.saturating_add(Weight::from_parts(130_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
	}
	fn commit(p: u32, ) -> Weight {
		Weight::from_parts(5_000_000, 0)
			.saturating_add(Weight::from_parts(300_000_000, 0).saturating_mul(p.into()))
	}
}

// For tests and mocks.
impl WeightInfo for () {
	fn register_key_bn254(n: u32, ) -> Weight {
		Weight::from_parts(1_300_000_000, 4000)
			.saturating_add(Weight::from_parts(100_000_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn register_key_bls12_381(n: u32, ) -> Weight {
		Weight::from_parts(1_900_000_000, 4000)
			.saturating_add(Weight::from_parts(90_000_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn revoke_key() -> Weight {
		Weight::from_parts(40_000_000, 4000)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn verify_bn254(n: u32, ) -> Weight {
		Weight::from_parts(1_050_000_000, 4000)
			.saturating_add(Weight::from_parts(75_000_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn verify_bls12_381(n: u32, ) -> Weight {
		Weight::from_parts(1_550_000_000, 4000)
			.saturating_add(Weight::from_parts(130_000_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn verify_batch_bn254(n: u32, p: u32, ) -> Weight {
		Weight::from_parts(1_100_000_000, 4000)
			.saturating_add(Weight::from_parts(110_000_000, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(400_000_000, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(p.into())))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(p.into())))
	}
	fn verify_batch_bls12_381(n: u32, p: u32, ) -> Weight {
		Weight::from_parts(1_700_000_000, 4000)
			.saturating_add(Weight::from_parts(180_000_000, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(550_000_000, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(p.into())))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(p.into())))
	}
	fn forget() -> Weight {
		Weight::from_parts(40_000_000, 4000)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn judge_bn254(n: u32, ) -> Weight {
		Weight::from_parts(1_000_000_000, 4000)
			.saturating_add(Weight::from_parts(75_000_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(3_u64))
	}
	fn judge_bls12_381(n: u32, ) -> Weight {
		Weight::from_parts(1_500_000_000, 4000)
			.saturating_add(Weight::from_parts(130_000_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(3_u64))
	}
	fn commit(p: u32, ) -> Weight {
		Weight::from_parts(5_000_000, 0)
			.saturating_add(Weight::from_parts(300_000_000, 0).saturating_mul(p.into()))
	}
}
