// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Watching the deadlines of stored tasks, and ending those that pass.

use aivm_receipts::{Evidence, ReceiptId, TaskId, Verdict};
use aivm_traits::ReceiptSink;
use frame_support::{ensure, storage::with_storage_layer, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{
	traits::{One, Saturating},
	DispatchError, DispatchResult,
};

use crate::{impls::infer::LOG_TARGET, Config, Deadlines, Error, Event, Pallet, Tasks, WeightInfo};

impl<T: Config> Pallet<T> {
	/// Lists a task among those whose deadline is this block.
	pub(crate) fn watch(id: TaskId, deadline: BlockNumberFor<T>) -> DispatchResult {
		ensure!(deadline >= frame_system::Pallet::<T>::block_number(), Error::<T>::DeadlineOutOfRange);
		Deadlines::<T>::try_append(deadline, id).map_err(|()| Error::<T>::DeadlineFull.into())
	}

	/// Takes a task out of that list.
	pub(crate) fn unwatch(id: TaskId, deadline: BlockNumberFor<T>) {
		Deadlines::<T>::mutate_exists(deadline, |list| {
			if let Some(tasks) = list {
				tasks.retain(|task| *task != id);
				if tasks.is_empty() {
					*list = None;
				}
			}
		});
	}

	/// Ends the tasks whose deadline was the block before `now`. Returns the weight.
	pub(crate) fn sweep(now: BlockNumberFor<T>) -> Weight {
		let due = Deadlines::<T>::get(now.saturating_sub(One::one()));
		let count = u32::try_from(due.len()).unwrap_or(u32::MAX);
		for id in due {
			// What fails leaves the task and its escrow as they were.
			if let Err(error) = with_storage_layer(|| Self::expire(id)) {
				log::error!(target: LOG_TARGET, "task {id} cannot be ended at its deadline: {error:?}");
			}
		}
		T::WeightInfo::sweep(count).saturating_add(T::ReceiptWeight::get().saturating_mul(count.into()))
	}

	/// Ends a task whose deadline passed: its requester gets the escrow back.
	fn expire(id: TaskId) -> Result<(), DispatchError> {
		let mut task = Tasks::<T>::get(id).ok_or(Error::<T>::NoSuchTask)?;
		let mut states = alloc::vec::Vec::new();
		// Silence leads to a final state in at most two steps.
		while let Some(timeout) = task.state.on_timeout() {
			states.push(timeout.next);
			task.state = timeout.next;
		}
		let ended = Self::finish(id, &states)?;
		let receipt: Option<ReceiptId> =
			T::Receipts::record(Self::receipt_of(id, &ended, H256::zero(), Evidence::Absent, Verdict::Expired)).ok();
		let task = ended.task;
		Self::deposit_event(Event::Expired {
			task: id,
			requester: task.requester,
			provider: task.provider.unwrap_or_else(T::Treasury::get),
			refunded: task.escrow,
			receipt,
		});
		Ok(())
	}
}
