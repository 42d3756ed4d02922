// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Taking receipts while the block runs.

use aivm_receipts::{BlockNumber, Receipt, ReceiptBody, ReceiptId, ReceiptV1};
use aivm_traits::{ReceiptSink, ReceiptsFull};
use frame_support::{traits::Get, weights::Weight};
use sp_runtime::SaturatedConversion;

use crate::{Config, Event, Pallet, Pending, PendingCount, PendingLeaves, WeightInfo};

impl<T: Config> Pallet<T> {
	/// What one receipt costs a block: to record it, and its share of the work when the block ends.
	///
	/// Who records a receipt adds this to its own weight. A recorder whose benchmark runs with this pallet already has
	/// the first part in it and may add [`Self::finalize_share`] alone.
	pub fn record_weight() -> Weight {
		T::WeightInfo::record(1).saturating_add(Self::finalize_share())
	}

	/// What one receipt adds to the work when the block ends.
	pub fn finalize_share() -> Weight {
		T::WeightInfo::on_finalize(1).saturating_sub(T::WeightInfo::on_finalize(0))
	}

	/// Height of the running block. The integrity test ensures that it fits.
	pub(crate) fn current_block() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	fn do_record(body: ReceiptBody) -> Result<ReceiptId, ReceiptsFull> {
		let index = PendingCount::<T>::get();
		if index >= T::MaxReceiptsPerBlock::get() {
			return Err(ReceiptsFull);
		}
		let id = ReceiptId { block: Self::current_block(), index };
		let task = body.task;
		let receipt = Receipt::V1(ReceiptV1 { id, body });
		let hash = receipt.leaf_hash();
		// Appending does not read what is there, so a receipt costs the same however many there are.
		Pending::<T>::append(receipt);
		PendingLeaves::<T>::append(hash);
		PendingCount::<T>::put(index.saturating_add(1));
		Self::deposit_event(Event::ReceiptRecorded { id, task, hash });
		Ok(id)
	}
}

impl<T: Config> ReceiptSink for Pallet<T> {
	fn has_room() -> bool {
		PendingCount::<T>::get() < T::MaxReceiptsPerBlock::get()
	}

	fn record(body: ReceiptBody) -> Result<ReceiptId, ReceiptsFull> {
		Self::do_record(body)
	}
}
