// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks.
//!
//! What a receipt costs must be measured inside of one block: between set-up and measurement, pending receipts would be
//! written to the database, where they never are in a real block. So `record` records all `n` receipts in the measured
//! part, and its weight for `n = 1` is the base plus the slope: more than any single receipt costs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use aivm_receipts::{
	digest, merkle, mmr_root, BlockLeaf, Evidence, Header, LeafProof, Payment, PolicyDecision, Receipt, ReceiptBody,
	ReceiptId, ReceiptLog, ReceiptProof, ReceiptV1, TrustPath, Verdict, MAX_MMR_ITEMS,
};
use aivm_traits::ReceiptSink;
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::traits::Get;
use frame_system::{pallet_prelude::BlockNumberFor, Pallet as System};
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::{
	traits::{Header as _, One, SaturatedConversion},
	DigestItem,
};

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

/// See [`aivm_traits::ReceiptInspect::set_up_proof`]: against a header as high as there can be, so that the path in the MMR
/// is long, with a digest that fills the length.
pub(crate) fn set_up_proof<T: Config>(body: ReceiptBody, len: u32) -> Vec<u8> {
	const HIGHEST: u32 = u32::MAX;
	let receipt = Receipt::V1(ReceiptV1 { id: ReceiptId { block: 1, index: 0 }, body });
	let root = merkle::root(&[receipt.leaf_hash()]).unwrap();
	let leaf = BlockLeaf::new(1, H256::repeat_byte(6), root);
	let path = |items: usize| LeafProof {
		leaf_indices: vec![1],
		leaf_count: HIGHEST.into(),
		items: vec![H256::repeat_byte(7); items],
	};
	let mmr = (0..=MAX_MMR_ITEMS).rev().map(path).find(|path| mmr_root(&leaf, path).is_some()).unwrap();
	let proof = |filler: u32| {
		let mut header = Header::new(HIGHEST, H256::zero(), H256::zero(), H256::zero(), Default::default());
		header.digest.push(ReceiptLog::MmrRoot(mmr_root(&leaf, &mmr).unwrap()).into());
		header.digest.push(DigestItem::PreRuntime(*b"BABE", vec![0; filler as usize]));
		let proof =
			ReceiptProof::against_later_header(core::slice::from_ref(&receipt), 0, leaf, mmr.clone(), header.encode());
		(proof.unwrap().to_bytes(), header.hash())
	};
	let shortest = proof(0).0.len() as u32;
	// The prefixes of longer lists have up to three more bytes each.
	let (proof, hash) = proof(len.saturating_sub(shortest + 12));
	frame_system::BlockHash::<T>::insert(HIGHEST.saturated_into::<BlockNumberFor<T>>(), hash);
	proof
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
