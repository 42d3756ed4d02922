// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What must always hold.

use aivm_receipts::{digest, ReceiptId};
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;

use crate::{Config, LatestRoot, Pallet, Pending, PendingCount, PendingLeaves};

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - count, receipts and leaf hashes tell of the same receipts, and not of more than fit;
	/// - each receipt has the running block's height and its own place in its id;
	/// - once the block ended, nothing is pending and its header has the stored root.
	///
	/// # Errors
	/// The first thing that does not hold.
	#[cfg_attr(not(any(test, feature = "try-runtime")), allow(dead_code))]
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		let (count, receipts, leaves) = (PendingCount::<T>::get(), Pending::<T>::get(), PendingLeaves::<T>::get());
		ensure!(count <= T::MaxReceiptsPerBlock::get(), "more receipts are pending than a block takes");
		ensure!(u32::try_from(receipts.len()) == Ok(count), "the pending receipts are not as many as their count says");
		ensure!(receipts.len() == leaves.len(), "there are not as many leaf hashes as pending receipts");
		let block = Self::current_block();
		for ((index, receipt), leaf) in (0..).zip(&receipts).zip(&leaves) {
			ensure!(receipt.id() == ReceiptId { block, index }, "a pending receipt has the id of another place");
			ensure!(receipt.leaf_hash() == *leaf, "a leaf hash is not the one of its receipt");
		}
		// The header has a receipts root only after the end of a block with receipts.
		if let Some(root) = digest::receipts_root(&frame_system::Pallet::<T>::digest()) {
			ensure!(count == 0, "the block ended and receipts are still pending");
			ensure!(LatestRoot::<T>::get() == root, "the latest root is not the one in the header");
		}
		Ok(())
	}
}
