// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Recording while a block runs.

use super::*;
use crate::{Config, Event, Pending, PendingCount, PendingLeaves, WeightInfo};
use aivm_receipts::ReceiptV1;
use aivm_traits::ReceiptsFull;
use frame_support::{
	assert_storage_noop,
	storage::{with_transaction, TransactionOutcome},
};
use sp_runtime::DispatchError;

#[test]
fn record_should_give_ids_in_order_and_announce_each_receipt() {
	in_block(|| {
		for index in 0..3 {
			let id = ReceiptId { block: 1, index };
			assert_eq!(record(u64::from(10 + index)), id);
			let receipt = Receipt::V1(ReceiptV1 { id, body: body(u64::from(10 + index)) });
			System::assert_last_event(
				Event::ReceiptRecorded { id, task: u64::from(10 + index), hash: receipt.leaf_hash() }.into(),
			);
			assert_eq!(Pending::<Test>::get().last(), Some(&receipt));
			assert_eq!(PendingLeaves::<Test>::get().last(), Some(&receipt.leaf_hash()));
		}
		assert_eq!(Receipts::pending_count(), 3);
		assert_eq!(System::event_count(), 3);
	});
}

#[test]
fn record_should_change_nothing_when_the_block_is_full() {
	in_block(|| {
		MaxReceipts::set(2);
		assert!(Receipts::has_room());
		record(1);
		assert!(Receipts::has_room());
		record(2);
		assert!(!Receipts::has_room());
		assert_storage_noop!(assert_eq!(Receipts::record(body(3)), Err(ReceiptsFull)));
	});
}

#[test]
fn receipt_should_vanish_when_its_call_fails() {
	in_block(|| {
		record(1);
		let before = (Pending::<Test>::get(), PendingLeaves::<Test>::get());
		let failed: Result<(), DispatchError> = with_transaction(|| {
			assert_eq!(record(2).index, 1);
			assert_eq!(record(3).index, 2);
			TransactionOutcome::Rollback(Err(DispatchError::Other("the call fails")))
		});
		assert!(failed.is_err());
		assert_eq!((Pending::<Test>::get(), PendingLeaves::<Test>::get()), before);
		assert_eq!(Receipts::pending_count(), 1);
		// The place is free again.
		let kept: Result<ReceiptId, DispatchError> = with_transaction(|| TransactionOutcome::Commit(Ok(record(4))));
		assert_eq!(kept.unwrap().index, 1);
		assert_eq!(Pending::<Test>::get().len(), 2);
	});
}

#[test]
fn weights_should_cover_the_blocks_end_when_each_receipt_pays_its_share() {
	new_test_ext().execute_with(|| {
		let end = |receipts| <<Test as Config>::WeightInfo as WeightInfo>::on_finalize(receipts);
		let share = Receipts::finalize_share();
		assert!(share.ref_time() > 0);
		assert_eq!(Receipts::record_weight(), <<Test as Config>::WeightInfo as WeightInfo>::record(1) + share);
		for receipts in [0, 1, 1_000] {
			let paid = Receipts::on_initialize(1) + share * u64::from(receipts);
			assert!(end(receipts).all_lte(paid), "{receipts} receipts");
		}
	});
}

#[test]
#[should_panic(expected = "MaxReceiptsPerBlock is 0")]
fn integrity_test_should_fail_when_no_receipt_fits() {
	integrity_with(0, 1);
}

#[test]
#[should_panic(expected = "a tree has at most 65536 leaves")]
fn integrity_test_should_fail_when_receipts_outnumber_the_tree() {
	integrity_with(aivm_receipts::merkle::MAX_LEAVES + 1, 1);
}

#[test]
#[should_panic(expected = "more than half of a block")]
fn integrity_test_should_fail_when_the_blocks_end_takes_too_long() {
	integrity_with(1_000, 1_000);
}

#[test]
fn integrity_test_should_pass_when_the_largest_tree_fits() {
	integrity_with(aivm_receipts::merkle::MAX_LEAVES, 1);
}

fn integrity_with(max: u32, slowdown: u64) {
	use frame_support::traits::Hooks;
	new_test_ext().execute_with(|| {
		MaxReceipts::set(max);
		Slowdown::set(slowdown);
		<Receipts as Hooks<u32>>::integrity_test();
	});
}

#[test]
fn pending_count_should_not_read_the_receipts() {
	// `has_room` and `record` rely on the count alone: a count without receipts is believed.
	new_test_ext().execute_with(|| {
		System::set_block_number(1);
		PendingCount::<Test>::put(1_000);
		assert!(!Receipts::has_room());
		assert_eq!(Receipts::record(body(1)), Err(ReceiptsFull));
	});
}
