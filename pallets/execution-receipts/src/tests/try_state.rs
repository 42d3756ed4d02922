// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `try_state` sees each way in which the storage can be wrong.

use super::*;
use crate::{LatestRoot, Pending, PendingCount, PendingLeaves};
use sp_runtime::TryRuntimeError;

/// Records three receipts in block 1, then breaks something.
fn broken(breaks: impl FnOnce()) -> TryRuntimeError {
	new_test_ext().execute_with(|| {
		System::set_block_number(1);
		(1..=3).for_each(|task| {
			record(task);
		});
		Receipts::do_try_state().unwrap();
		breaks();
		Receipts::do_try_state().unwrap_err()
	})
}

#[test]
fn try_state_should_fail_when_there_are_more_receipts_than_fit() {
	assert_eq!(broken(|| MaxReceipts::set(2)), "more receipts are pending than a block takes".into());
}

#[test]
fn try_state_should_fail_when_the_counts_differ() {
	let count = "the pending receipts are not as many as their count says";
	assert_eq!(broken(|| PendingCount::<Test>::put(2)), count.into());
	assert_eq!(broken(Pending::<Test>::kill), count.into());
	assert_eq!(broken(PendingLeaves::<Test>::kill), "there are not as many leaf hashes as pending receipts".into());
}

#[test]
fn try_state_should_fail_when_an_id_is_wrong() {
	let place = "a pending receipt has the id of another place";
	assert_eq!(broken(|| Pending::<Test>::mutate(|receipts| receipts.swap(0, 1))), place.into());
	assert_eq!(broken(|| System::set_block_number(2)), place.into());
}

#[test]
fn try_state_should_fail_when_a_leaf_is_wrong() {
	let leaf = "a leaf hash is not the one of its receipt";
	assert_eq!(broken(|| PendingLeaves::<Test>::mutate(|leaves| leaves[1] = H256::zero())), leaf.into());
}

#[test]
fn try_state_should_fail_when_the_ended_block_is_inconsistent() {
	let mut chain = TestChain::new();
	chain.block_with(2);
	chain.read(|| {
		Receipts::do_try_state().unwrap();
		let root = LatestRoot::<Test>::take();
		assert_eq!(Receipts::do_try_state(), Err("the latest root is not the one in the header".into()));
		LatestRoot::<Test>::put(root);
		record(9);
		assert_eq!(Receipts::do_try_state(), Err("the block ended and receipts are still pending".into()));
	});
}
