// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Compiling receipts into what the chain commits to: headers and the MMR.

use aivm_receipts::{merkle, offchain_key, BlockLeaf, ReceiptLog};
use frame_support::{defensive, storage::unhashed};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_mmr_primitives::{LeafDataProvider, OnNewRoot};
use sp_runtime::{traits::One, SaturatedConversion, Saturating};

use crate::{Config, LatestRoot, Pallet, Pending, PendingCount, PendingLeaves};

impl<T: Config> Pallet<T> {
	/// Ends the block: stores its receipts root, puts it into the header, hands the receipts to the node, and starts
	/// afresh.
	pub(crate) fn compile() {
		let leaves = PendingLeaves::<T>::take();
		PendingCount::<T>::kill();
		let Some(root) = merkle::root(&leaves) else {
			defensive!("more receipts than a tree has leaves");
			Pending::<T>::kill();
			LatestRoot::<T>::kill();
			return;
		};
		if leaves.is_empty() {
			// Zero by definition, and what a missing value reads as.
			LatestRoot::<T>::kill();
			return;
		}
		// The stored bytes are the encoded list: they pass through without being decoded.
		match unhashed::get_raw(&Pending::<T>::hashed_key()) {
			Some(receipts) => sp_io::offchain_index::set(&offchain_key(root), &receipts),
			None => {
				defensive!("leaves without receipts");
			}
		}
		Pending::<T>::kill();
		LatestRoot::<T>::put(root);
		frame_system::Pallet::<T>::deposit_log(ReceiptLog::ReceiptsRoot(root).into());
	}

	/// Puts a new root of the chain's MMR into the header. `pallet-mmr` calls this once when a block starts, as its
	/// `OnNewRoot`.
	pub fn deposit_mmr_root(root: H256) {
		frame_system::Pallet::<T>::deposit_log(ReceiptLog::MmrRoot(root).into());
	}
}

impl<T: Config> OnNewRoot<H256> for Pallet<T> {
	fn on_new_root(root: &H256) {
		Self::deposit_mmr_root(*root);
	}
}

impl<T: Config> LeafDataProvider for Pallet<T> {
	type LeafData = BlockLeaf;

	/// The leaf of the block before the running one.
	fn leaf_data() -> BlockLeaf {
		let parent: BlockNumberFor<T> = frame_system::Pallet::<T>::block_number().saturating_sub(One::one());
		BlockLeaf::new(parent.saturated_into(), frame_system::Pallet::<T>::parent_hash(), LatestRoot::<T>::get())
	}
}
