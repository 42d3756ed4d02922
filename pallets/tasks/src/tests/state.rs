// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Opening tasks and moving them on, as every trust path does.

use frame_support::{
	assert_noop, assert_ok,
	traits::fungible::{Inspect, Mutate, MutateFreeze},
};

use super::*;
use crate::Error;

#[test]
fn open_should_take_the_escrow_and_store_the_task() {
	run_test(|| {
		assert_eq!(Tasks::open(task()), Ok(0));
		assert_eq!(Tasks::open(task()), Ok(1));
		assert_eq!((escrow_of(&alice()), deposits_of(&alice())), (2 * TOTAL, 2 * DEPOSIT));
		assert_eq!(free(alice()), FUNDS - 2 * (TOTAL + DEPOSIT));
		assert_eq!(Tasks::task(1), Some(task()));
	});
}

#[test]
fn open_should_fail_when_the_task_is_not_in_its_first_state() {
	run_test(|| {
		for state in TaskState::ALL {
			if state != TaskState::Requested {
				assert_noop!(Tasks::open(Task { state, ..task() }), Error::<Test>::BadTransition);
			}
		}
	});
}

#[test]
fn open_should_fail_when_the_escrow_is_not_the_total() {
	run_test(|| {
		for escrow in [TOTAL - 1, TOTAL + 1] {
			assert_noop!(Tasks::open(Task { escrow, ..task() }), Error::<Test>::EscrowMismatch);
		}
	});
}

/// A task on the on-chain path, which is never stored.
fn on_chain() -> TaskOf<Test> {
	Task { path: TrustPath::OnChain, escrow: 0, deposit: 0, ..task() }
}

#[test]
fn step_should_pay_from_free_money_when_the_task_is_on_chain() {
	run_test(|| {
		let executed = Tasks::step(on_chain(), TaskState::Executed, 1).unwrap().task;
		assert_eq!((escrow_of(&alice()), free(alice())), (0, FUNDS));
		assert_eq!(Tasks::step(executed, TaskState::Settled, 1).unwrap().payment, payment(650, 250, 100, 50));
		assert_eq!((escrow_of(&alice()), free(alice())), (0, FUNDS - TOTAL));
	});
}

#[test]
fn step_should_fail_when_an_on_chain_task_cannot_be_paid() {
	run_test(|| {
		let executed = Tasks::step(on_chain(), TaskState::Executed, 1).unwrap().task;
		Balances::set_balance(&alice(), EXISTENTIAL_DEPOSIT + TOTAL - 1);
		assert!(unchanged(|| Tasks::step(executed, TaskState::Settled, 1).map(|_| ())).is_err());
	});
}

#[test]
fn advance_should_follow_only_the_edges_of_the_table() {
	for from in TaskState::ALL.into_iter().filter(|state| !state.is_final()) {
		for to in TaskState::ALL {
			run_test(|| {
				let id = task_in(from);
				if !from.may_become(to) {
					assert_noop!(Tasks::advance(id, to, 7).map(|_| ()), Error::<Test>::BadTransition);
					return;
				}
				let step = Tasks::advance(id, to, 7).unwrap();
				assert_eq!(step.task, Task { state: to, deadline: 7, ..task() });
				if to.is_final() {
					assert_eq!(Tasks::task(id), None);
					assert_eq!((escrow_of(&alice()), deposits_of(&alice())), (0, 0));
				} else {
					assert_eq!(Tasks::task(id), Some(step.task));
					assert_eq!((escrow_of(&alice()), deposits_of(&alice())), (TOTAL, DEPOSIT));
				}
			});
		}
	}
}

#[test]
fn advance_should_fail_when_there_is_no_such_task() {
	run_test(|| {
		assert_noop!(Tasks::advance(0, TaskState::Executed, 7).map(|_| ()), Error::<Test>::NoSuchTask);
		let id = task_in(TaskState::Executed);
		assert_ok!(Tasks::advance(id, TaskState::Settled, 7).map(|_| ()));
		assert_noop!(Tasks::advance(id, TaskState::Settled, 7).map(|_| ()), Error::<Test>::NoSuchTask);
	});
}

#[test]
fn advance_should_refund_everything_when_a_task_ends_without_success() {
	for (from, to) in [
		(TaskState::Requested, TaskState::Expired),
		(TaskState::Running, TaskState::Failed),
		(TaskState::Resolved, TaskState::Slashed),
	] {
		run_test(|| {
			let issuance = Balances::total_issuance();
			let id = task_in(from);
			let other = task_in(TaskState::Running);
			assert_eq!(Tasks::advance(id, to, 1).unwrap().payment, Payment::default());
			assert_eq!(free(alice()), FUNDS - TOTAL - DEPOSIT);
			assert_eq!((escrow_of(&alice()), deposits_of(&alice())), (TOTAL, DEPOSIT));
			assert_eq!(free(author()), FUNDS);
			assert_eq!(Balances::total_issuance(), issuance);
			assert!(Tasks::task(other).is_some());
		});
	}
}

#[test]
fn advance_should_pay_only_its_own_escrow_when_a_task_is_settled() {
	run_test(|| {
		let id = task_in(TaskState::Accepted);
		task_in(TaskState::Running);
		assert_eq!(Tasks::advance(id, TaskState::Settled, 1).unwrap().payment, payment(650, 250, 100, 50));
		assert_eq!((escrow_of(&alice()), deposits_of(&alice())), (TOTAL, DEPOSIT));
		assert_eq!(free(alice()), FUNDS - 2 * TOTAL - DEPOSIT);
		assert_eq!(free(author()), FUNDS + 650);
		assert_eq!(free(bob()), FUNDS + 250);
	});
}

#[test]
fn advance_should_pay_the_provider_when_the_requester_was_frozen_meanwhile() {
	run_test(|| {
		let id = task_in(TaskState::Accepted);
		assert_ok!(Balances::set_freeze(
			&other_holds::FreezeReason::Vesting.into(),
			&alice(),
			Balances::total_balance(&alice())
		));
		assert_eq!(Tasks::advance(id, TaskState::Settled, 1).unwrap().payment, payment(650, 250, 100, 50));
	});
}

#[test]
fn advance_should_give_the_deposit_back_when_its_price_changed_meanwhile() {
	run_test(|| {
		let id = Tasks::open(Task { deposit: 3 * DEPOSIT, ..task() }).unwrap();
		assert_eq!(deposits_of(&alice()), 3 * DEPOSIT);
		assert_ok!(Tasks::advance(id, TaskState::Expired, 1).map(|_| ()));
		assert_eq!((deposits_of(&alice()), free(alice())), (0, FUNDS));
	});
}

#[test]
fn advance_should_fail_when_the_deposit_is_not_there() {
	run_test(|| {
		let id = task_in(TaskState::Accepted);
		crate::Tasks::<Test>::mutate(id, |task| task.as_mut().unwrap().deposit += 1);
		for to in [TaskState::Settled, TaskState::Expired] {
			let advance = || frame_support::storage::with_storage_layer(|| Tasks::advance(id, to, 1).map(|_| ()));
			assert!(unchanged(advance).is_err());
		}
		crate::Tasks::<Test>::mutate(id, |task| task.as_mut().unwrap().deposit -= 1);
	});
}

#[test]
fn advance_should_fail_when_the_escrow_was_tampered_with() {
	run_test(|| {
		let id = task_in(TaskState::Accepted);
		crate::Tasks::<Test>::mutate(id, |task| task.as_mut().unwrap().escrow -= 1);
		assert_noop!(Tasks::advance(id, TaskState::Settled, 1).map(|_| ()), Error::<Test>::EscrowMismatch);
		crate::Tasks::<Test>::mutate(id, |task| task.as_mut().unwrap().escrow += 1);
	});
}
