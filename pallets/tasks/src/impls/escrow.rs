// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Putting escrow and deposits on hold and giving them back. This pallet's only producer of its holds.

use aivm_market_math::Balance;
use aivm_receipts::TaskId;
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, MutateHold},
		tokens::{Fortitude, Precision, Preservation},
		Footprint,
	},
};
use sp_runtime::{traits::Convert, DispatchResult};

use crate::{Config, HoldReason, InferError, Pallet, TaskOf};

impl<T: Config> Pallet<T> {
	/// Whether `who` can pay `amount`, after another `fee` was taken.
	///
	/// The account must keep its existential deposit, and frozen money (vesting, votes) does not count.
	pub(crate) fn ensure_can_pay(who: &T::AccountId, amount: Balance, fee: Balance) -> Result<(), InferError> {
		if amount == 0 {
			return Ok(());
		}
		let available =
			T::Currency::reducible_balance(who, Preservation::Preserve, Fortitude::Polite).saturating_sub(fee);
		ensure!(amount <= available, InferError::InsufficientBalance { required: amount, available });
		Ok(())
	}

	/// The deposit for the record of a task and the list of its deadline, which it may be the only one in.
	pub(crate) fn deposit_for_task() -> Balance {
		let record = TaskId::max_encoded_len().saturating_add(TaskOf::<T>::max_encoded_len());
		let bytes = record.saturating_add(TaskId::max_encoded_len());
		T::DepositPrice::convert(Footprint::from_parts(2, bytes))
	}

	/// Puts `amount` of `who` on hold, if it is free and not frozen, and the account stays alive without it.
	pub(crate) fn hold(reason: HoldReason, who: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		T::Currency::hold(&reason.into(), who, amount)
	}

	/// Gives `amount` on hold back to `who`, all of it or nothing.
	pub(crate) fn release(reason: HoldReason, who: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		T::Currency::release(&reason.into(), who, amount, Precision::Exact)?;
		Ok(())
	}
}
