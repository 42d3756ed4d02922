// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Opening tasks and moving them along the edges of their life. Every trust path goes through here.

use aivm_receipts::{Payment, TaskId};
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::DispatchError;

use crate::{Config, Error, HoldReason, NextTaskId, Pallet, TaskOf, TaskState, Tasks};

/// A step that a task made.
pub struct Step<T: Config> {
	/// The task after it.
	pub task: TaskOf<T>,
	/// What was paid: nothing, unless the task was settled.
	pub payment: Payment,
}

impl<T: Config> Pallet<T> {
	/// Gives the next task its identifier.
	pub(crate) fn number() -> Result<TaskId, DispatchError> {
		let id = NextTaskId::<T>::get();
		NextTaskId::<T>::put(id.checked_add(1).ok_or(Error::<T>::TaskIdsExhausted)?);
		Ok(id)
	}

	/// Puts the task's payment and its deposit on hold, stores the task and watches its deadline.
	///
	/// The task must be in its first state. A task that ends in the call that opens it is not stored.
	pub fn open(task: TaskOf<T>) -> Result<TaskId, DispatchError> {
		ensure!(task.state == TaskState::Requested, Error::<T>::BadTransition);
		ensure!(task.payment.total() == task.escrow, Error::<T>::EscrowMismatch);
		Self::hold(HoldReason::Escrow, &task.requester, task.escrow)?;
		Self::hold(HoldReason::Deposit, &task.requester, task.deposit)?;
		let id = Self::number()?;
		Self::watch(id, task.deadline)?;
		Tasks::<T>::insert(id, task);
		Ok(id)
	}

	/// Moves a stored task to `next`, which it must leave by `deadline` unless it is final. A final state takes the task
	/// out of storage.
	pub fn advance(id: TaskId, next: TaskState, deadline: BlockNumberFor<T>) -> Result<Step<T>, DispatchError> {
		let task = Tasks::<T>::get(id).ok_or(Error::<T>::NoSuchTask)?;
		let watched = task.deadline;
		let step = Self::step(task, next, deadline)?;
		if next.is_final() {
			Self::unwatch(id, watched);
			Tasks::<T>::remove(id);
			return Ok(step);
		}
		if deadline != watched {
			Self::unwatch(id, watched);
			Self::watch(id, deadline)?;
		}
		Tasks::<T>::insert(id, &step.task);
		Ok(step)
	}

	/// Takes a stored task out of storage and moves it through `states`, the last of which is final.
	pub(crate) fn finish(id: TaskId, states: &[TaskState]) -> Result<Step<T>, DispatchError> {
		let task = Tasks::<T>::take(id).ok_or(Error::<T>::NoSuchTask)?;
		ensure!(states.last().is_some_and(|state| state.is_final()), Error::<T>::BadTransition);
		let deadline = task.deadline;
		Self::unwatch(id, deadline);
		let first = Step { task, payment: Payment::default() };
		states.iter().try_fold(first, |step, next| Self::step(step.task, *next, deadline))
	}

	/// Moves a task to `next`, if there is such an edge.
	///
	/// A final state ends its holds: [`TaskState::Settled`] pays the escrow out, the others refund it, and each gives the
	/// deposit back.
	pub(crate) fn step(
		mut task: TaskOf<T>,
		next: TaskState,
		deadline: BlockNumberFor<T>,
	) -> Result<Step<T>, DispatchError> {
		ensure!(task.state.may_become(next), Error::<T>::BadTransition);
		task.state = next;
		task.deadline = deadline;
		let mut payment = Payment::default();
		if next == TaskState::Settled {
			payment = Self::settle(&task)?;
		} else if next.is_final() {
			Self::release(HoldReason::Escrow, &task.requester, task.escrow)?;
		}
		if next.is_final() {
			Self::release(HoldReason::Deposit, &task.requester, task.deposit)?;
		}
		Ok(Step { task, payment })
	}
}
