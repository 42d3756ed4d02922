// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Corrupts the storage and the configuration, and expects the checks to notice.

use aivm_market_math::Price;
use frame_support::{assert_ok, traits::fungible::MutateHold};

use super::*;
use crate::{Deadlines, HoldReason, NextTaskId};

/// Opens a task, corrupts it, and tells what `do_try_state` says.
fn corrupted(corrupt: impl FnOnce(TaskId)) -> &'static str {
	new_test_ext().execute_with(|| {
		let id = task_in(TaskState::Running);
		assert_ok!(Tasks::do_try_state());
		corrupt(id);
		match Tasks::do_try_state() {
			Err(DispatchError::Other(reason)) => reason,
			other => panic!("not noticed: {other:?}"),
		}
	})
}

fn change(id: TaskId, change: impl FnOnce(&mut TaskOf<Test>)) {
	crate::Tasks::<Test>::mutate(id, |task| change(task.as_mut().unwrap()));
}

fn watched(tasks: &[TaskId]) -> BoundedVec<TaskId, <Test as crate::Config>::MaxDeadlinesPerBlock> {
	tasks.to_vec().try_into().unwrap()
}

#[test]
fn try_state_should_fail_when_storage_is_corrupt() {
	for (reason, found) in [
		("a task's identifier was never given out", corrupted(NextTaskId::<Test>::put)),
		("a final task is still in storage", corrupted(|id| change(id, |task| task.state = TaskState::Settled))),
		("a task outlived its deadline", corrupted(|_| System::set_block_number(10))),
		("a task's escrow is not the total of its payment", corrupted(|id| change(id, |task| task.escrow -= 1))),
		("an account's hold is not its tasks' escrow", corrupted(|id| change(id, |task| task.requester = bob()))),
		("an account's hold is not its tasks' deposits", corrupted(|id| change(id, |task| task.deposit -= 1))),
		("an account has a hold without a task", corrupted(crate::Tasks::<Test>::remove)),
		("nobody watches a task's deadline", corrupted(|_| Deadlines::<Test>::remove(9))),
		("nobody watches a task's deadline", corrupted(|id| change(id, |task| task.deadline = 8))),
		("a list of deadlines is empty", corrupted(|_| Deadlines::<Test>::insert(8, watched(&[])))),
		("a deadline is watched without a task", corrupted(|id| Deadlines::<Test>::insert(9, watched(&[id, id])))),
		("a deadline is watched without a task", corrupted(|id| Deadlines::<Test>::insert(8, watched(&[id])))),
	] {
		assert_eq!(found, reason);
	}
}

#[test]
fn try_state_should_fail_when_a_hold_differs_by_one_unit() {
	for (reason, held, message) in [
		(HoldReason::Escrow, TOTAL, "an account's hold is not its tasks' escrow"),
		(HoldReason::Deposit, DEPOSIT, "an account's hold is not its tasks' deposits"),
	] {
		let reason: RuntimeHoldReason = reason.into();
		for change in [held - 1, held + 1] {
			assert_eq!(corrupted(|_| Balances::set_on_hold(&reason, &alice(), change).unwrap()), message);
		}
		assert_eq!(
			corrupted(|_| Balances::set_on_hold(&reason, &bob(), 1).unwrap()),
			"an account has a hold without a task"
		);
	}
}

#[test]
fn config_should_pass_when_it_makes_sense() {
	new_test_ext().execute_with(Tasks::check_config);
}

#[test]
#[should_panic(expected = "exceed 100 %")]
fn config_should_fail_when_shares_exceed_the_whole() {
	new_test_ext().execute_with(|| {
		let half = Permill::from_parts(500_001);
		Cut::set(&Shares { treasury: half, burn: half });
		Tasks::check_config();
	});
}

#[test]
#[should_panic(expected = "leaves no room for the price")]
fn config_should_fail_when_the_base_price_is_the_largest_number() {
	new_test_ext().execute_with(|| {
		Prices::set(&Price { base: Balance::MAX, ..Default::default() });
		Tasks::check_config();
	});
}

#[test]
#[should_panic(expected = "must be able to do every run")]
fn config_should_fail_when_dry_runs_are_more_limited_than_blocks() {
	new_test_ext().execute_with(|| {
		DryRunLimit::set(&Weight::from_parts(1, 1));
		Tasks::check_config();
	});
}

#[test]
#[should_panic(expected = "no program has an empty output")]
fn config_should_fail_when_no_output_fits() {
	new_test_ext().execute_with(|| {
		MaxOutput::set(&0);
		Tasks::check_config();
	});
}
