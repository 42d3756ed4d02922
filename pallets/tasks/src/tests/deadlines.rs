// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tasks that nobody ends in time.

use aivm_receipts::{Evidence, ReceiptId, Verdict};
use frame_support::{assert_noop, assert_ok, traits::Hooks};

use super::{proven::*, *};
use crate::{Deadlines, Error, Event, WeightInfo};

fn start(block: u64) -> Weight {
	System::set_block_number(block);
	Tasks::on_initialize(block)
}

#[test]
fn sweep_should_refund_the_requester_when_the_deadline_passed() {
	run_test(|| {
		let task = requested();
		let right = proof(task);
		for block in 2..=DEADLINE {
			start(block);
			assert!(Tasks::task(task).is_some(), "block {block}");
		}
		start(DEADLINE + 1);
		assert_eq!(Tasks::task(task), None);
		assert_eq!((free(alice()), escrow_of(&alice()), deposits_of(&alice())), (FUNDS, 0, 0));
		assert_eq!(free(carol()), FUNDS);
		assert_eq!(
			last_event(),
			Event::Expired {
				task,
				requester: alice(),
				provider: carol(),
				refunded: TOTAL,
				receipt: Some(ReceiptId { block: DEADLINE as u32 + 1, index: 0 }),
			}
			.into()
		);
		let receipt = &Recorded::get()[0];
		assert_eq!((receipt.verdict, receipt.evidence), (Verdict::Expired, Evidence::Absent));
		assert_eq!((receipt.output_hash, receipt.payment), (H256::zero(), Payment::default()));
		// Too late.
		assert_noop!(submit(task, output(), evidence(&right)), Error::<Test>::NoSuchTask);
		assert_noop!(Tasks::cancel(RuntimeOrigin::signed(carol()), task), Error::<Test>::NoSuchTask);
	});
}

#[test]
fn sweep_should_end_exactly_the_tasks_of_its_block() {
	run_test(|| {
		let at = |deadline| Tasks::open(Task { deadline, ..task() }).unwrap();
		let (early, due, also_due, late) = (at(5), at(6), at(6), at(7));
		assert_ok!(Tasks::advance(also_due, TaskState::Matching, 6).map(|_| ()));
		start(6);
		assert_eq!((Tasks::task(early), Tasks::task(due).is_some()), (None, true));
		start(7);
		assert_eq!((Tasks::task(due), Tasks::task(also_due)), (None, None));
		assert!(Tasks::task(late).is_some());
		assert_eq!((escrow_of(&alice()), deposits_of(&alice())), (TOTAL, DEPOSIT));
	});
}

#[test]
fn sweep_should_follow_a_deadline_that_was_moved() {
	run_test(|| {
		let id = task_in(TaskState::Requested);
		assert_ok!(Tasks::advance(id, TaskState::Matching, 30).map(|_| ()));
		assert_eq!((Deadlines::<Test>::get(9).len(), Deadlines::<Test>::get(30).into_inner()), (0, vec![id]));
		start(10);
		assert!(Tasks::task(id).is_some());
		start(31);
		assert_eq!(Tasks::task(id), None);
	});
}

#[test]
fn sweep_should_refund_the_requester_from_every_state() {
	for state in TaskState::ALL.into_iter().filter(|state| !state.is_final()) {
		run_test(|| {
			let id = task_in(state);
			start(10);
			assert_eq!(Tasks::task(id), None, "{state:?}");
			assert_eq!((free(alice()), free(author())), (FUNDS, FUNDS), "{state:?}");
			assert_eq!(Recorded::get()[0].verdict, Verdict::Expired);
		});
	}
}

#[test]
fn sweep_should_refund_the_requester_though_the_block_takes_no_more_receipts() {
	run_test(|| {
		let (first, second) = (task_in(TaskState::Assigned), task_in(TaskState::Assigned));
		Room::set(&1);
		start(10);
		assert_eq!((Tasks::task(first), Tasks::task(second)), (None, None));
		assert_eq!(free(alice()), FUNDS);
		assert!(matches!(last_event(), RuntimeEvent::Tasks(Event::Expired { receipt: None, .. })));
	});
}

#[test]
fn sweep_should_go_on_when_one_task_cannot_be_ended() {
	new_test_ext().execute_with(|| {
		let (first, second) = (task_in(TaskState::Assigned), task_in(TaskState::Assigned));
		// A fault of the chain: there is less on hold than the tasks have in escrow.
		crate::Tasks::<Test>::mutate(first, |task| task.as_mut().unwrap().escrow = 3 * TOTAL);
		start(10);
		assert!(Tasks::task(first).is_some());
		assert_eq!(Tasks::task(second), None);
		assert_eq!(escrow_of(&alice()), TOTAL);
	});
}

#[test]
fn sweep_should_weigh_what_it_ends() {
	run_test(|| {
		assert_eq!(start(9), <() as WeightInfo>::sweep(0));
		task_in(TaskState::Assigned);
		task_in(TaskState::Assigned);
		assert_eq!(start(10), <() as WeightInfo>::sweep(2) + ReceiptWeight::get() * 2);
		assert_eq!(start(11), <() as WeightInfo>::sweep(0));
	});
}

#[test]
fn open_should_fail_when_the_deadline_is_over() {
	run_test(|| {
		System::set_block_number(10);
		assert_noop!(
			frame_support::storage::with_storage_layer(|| Tasks::open(task())),
			Error::<Test>::DeadlineOutOfRange
		);
	});
}

#[test]
fn lists_should_be_gone_when_their_last_task_is() {
	run_test(|| {
		let (first, second) = (task_in(TaskState::Accepted), task_in(TaskState::Running));
		assert_ok!(Tasks::advance(first, TaskState::Settled, 9).map(|_| ()));
		assert_eq!(Deadlines::<Test>::get(9).into_inner(), vec![second]);
		assert_ok!(Tasks::advance(second, TaskState::Failed, 9).map(|_| ()));
		assert!(!Deadlines::<Test>::contains_key(9));
	});
}
