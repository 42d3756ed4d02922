// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Opening tasks and moving them along the edges of their life. Every trust path goes through these two functions.

use aivm_receipts::{Payment, TaskId};
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::DispatchError;

use crate::{Config, Error, NextTaskId, Pallet, TaskOf, TaskState, Tasks};

/// A step that a task made.
pub(crate) struct Step<T: Config> {
	/// The task after it.
	pub task: TaskOf<T>,
	/// What was paid: nothing, unless the task was settled.
	pub payment: Payment,
}

impl<T: Config> Pallet<T> {
	/// Takes the task's payment into escrow and stores the task.
	///
	/// The task must be in its first state, and [`Self::ensure_can_pay`] must have passed for its escrow.
	pub(crate) fn open(task: TaskOf<T>) -> Result<TaskId, DispatchError> {
		ensure!(task.state == TaskState::Requested, Error::<T>::BadTransition);
		ensure!(task.payment.total() == task.escrow, Error::<T>::EscrowMismatch);
		let id = NextTaskId::<T>::get();
		let next = id.checked_add(1).ok_or(Error::<T>::TaskIdsExhausted)?;
		Self::take_escrow(&task.requester, task.escrow)?;
		NextTaskId::<T>::put(next);
		Tasks::<T>::insert(id, task);
		Ok(id)
	}

	/// Moves a task to `next`, which it must leave by `deadline` unless it is final.
	///
	/// A final state takes the task out of storage and its escrow out of hold: [`TaskState::Settled`] pays it out, the
	/// others refund it.
	pub(crate) fn advance(id: TaskId, next: TaskState, deadline: BlockNumberFor<T>) -> Result<Step<T>, DispatchError> {
		let mut task = Tasks::<T>::get(id).ok_or(Error::<T>::NoSuchTask)?;
		ensure!(task.state.may_become(next), Error::<T>::BadTransition);
		task.state = next;
		task.deadline = deadline;

		let mut payment = Payment::default();
		if next.is_final() {
			match next {
				TaskState::Settled => payment = Self::settle(&task)?,
				_ => Self::refund_escrow(&task.requester, task.escrow)?,
			}
			Tasks::<T>::remove(id);
		} else {
			Tasks::<T>::insert(id, &task);
		}
		Ok(Step { task, payment })
	}
}
