// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks.
//!
//! What a receipt costs must be measured inside of one block: between set-up and measurement, pending receipts would be
//! written to the database, where they never are in a real block. So `record` records all `n` receipts in the measured
//! part, and its weight for `n = 1` is the base plus the slope: more than any single receipt costs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use aivm_receipts::{digest, Evidence, Payment, PolicyDecision, ReceiptBody, TrustPath, Verdict};
use aivm_traits::ReceiptSink;
use frame_benchmarking::v2::*;
use frame_support::traits::Get;
use frame_system::Pallet as System;
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::traits::One;

use crate::*;

/// The longest receipt.
fn body(task: u32) -> ReceiptBody {
	ReceiptBody {
		task: task.into(),
		requester: AccountId32::new([1; 32]),
		provider: AccountId32::new([2; 32]),
		model: u32::MAX,
		version: u32::MAX,
		artefact_hash: H256::repeat_byte(3),
		input_hash: H256::repeat_byte(4),
		output_hash: H256::repeat_byte(5),
		path: TrustPath::OnChain,
		evidence: Evidence::Consensus,
		policy: PolicyDecision::NotApplied,
		verdict: Verdict::Accepted,
		payment: Payment { provider: u128::MAX, royalty: u128::MAX, treasury: u128::MAX, burn: u128::MAX },
	}
}

fn record_all<T: Config>(n: u32) {
	for task in 0..n {
		assert!(Pallet::<T>::record(body(task)).is_ok());
	}
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn record(n: Linear<1, { T::MaxReceiptsPerBlock::get() }>) {
		// Events are dropped in the genesis block.
		System::<T>::set_block_number(One::one());
		#[block]
		{
			record_all::<T>(n);
		}
		assert_eq!(PendingCount::<T>::get(), n);
	}

	#[benchmark]
	fn on_finalize(n: Linear<0, { T::MaxReceiptsPerBlock::get() }>) {
		System::<T>::set_block_number(One::one());
		LatestRoot::<T>::put(H256::repeat_byte(1));
		record_all::<T>(n);
		#[block]
		{
			Pallet::<T>::compile();
		}
		assert_eq!(PendingCount::<T>::get(), 0);
		assert_eq!(digest::receipts_root(&System::<T>::digest()).is_some(), n > 0);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
