// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What must be true of the storage at the end of every block.

use aivm_market_math::Balance;
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::TryRuntimeError;

use crate::{Config, Deadlines, HoldReason, NextTaskId, Pallet, Tasks};

impl<T: Config> Pallet<T> {
	/// Checks, over all tasks and all accounts:
	///
	/// 1. Every stored task is open, its deadline has not passed, its identifier was given out, and its escrow is the
	///    total of its payment.
	/// 2. What each account has on hold for [`HoldReason::Escrow`] is exactly the escrow of its tasks, and for
	///    [`HoldReason::Deposit`] their deposits; nobody without a task has anything on hold.
	/// 3. The lists of deadlines name exactly the stored tasks, each once and at its deadline, and no list is empty.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let next = NextTaskId::<T>::get();
		let now = frame_system::Pallet::<T>::block_number();
		let mut tasks = 0usize;
		let mut held = BTreeMap::<T::AccountId, (Balance, Balance)>::new();
		for (id, task) in Tasks::<T>::iter() {
			ensure!(id < next, "a task's identifier was never given out");
			ensure!(!task.state.is_final(), "a final task is still in storage");
			ensure!(task.deadline >= now, "a task outlived its deadline");
			ensure!(task.escrow == task.payment.total(), "a task's escrow is not the total of its payment");
			ensure!(Deadlines::<T>::get(task.deadline).contains(&id), "nobody watches a task's deadline");
			tasks = tasks.saturating_add(1);
			let (escrow, deposit) = held.entry(task.requester).or_default();
			*escrow = escrow.checked_add(task.escrow).ok_or("the escrow of an account overflows")?;
			*deposit = deposit.checked_add(task.deposit).ok_or("the deposits of an account overflow")?;
		}

		let on_hold = |who: &T::AccountId| {
			let of = |reason: HoldReason| T::Currency::balance_on_hold(&reason.into(), who);
			(of(HoldReason::Escrow), of(HoldReason::Deposit))
		};
		for (who, (escrow, deposit)) in &held {
			ensure!(on_hold(who).0 == *escrow, "an account's hold is not its tasks' escrow");
			ensure!(on_hold(who).1 == *deposit, "an account's hold is not its tasks' deposits");
		}
		for who in frame_system::Account::<T>::iter_keys() {
			ensure!(held.contains_key(&who) || on_hold(&who) == (0, 0), "an account has a hold without a task");
		}

		let mut watched = 0usize;
		for list in Deadlines::<T>::iter_values() {
			ensure!(!list.is_empty(), "a list of deadlines is empty");
			watched = watched.saturating_add(list.len());
		}
		// Every task is in the list of its deadline, so what is more than the tasks names none, or one twice.
		ensure!(watched == tasks, "a deadline is watched without a task");
		Ok(())
	}
}
