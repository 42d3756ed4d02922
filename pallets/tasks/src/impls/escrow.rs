// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Taking money into escrow and giving it back. This pallet's only producer of [`HoldReason::Escrow`].

use aivm_market_math::Balance;
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, MutateHold},
		tokens::{Fortitude, Precision, Preservation},
	},
};
use sp_runtime::DispatchResult;

use crate::{Config, HoldReason, InferError, Pallet};

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

	/// Puts `amount` of `who` into escrow, if it is free and not frozen, and the account stays alive without it.
	pub(crate) fn take_escrow(who: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		T::Currency::hold(&HoldReason::Escrow.into(), who, amount)
	}

	/// Gives `amount` in escrow back to `who`, all of it or nothing.
	pub(crate) fn refund_escrow(who: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		T::Currency::release(&HoldReason::Escrow.into(), who, amount, Precision::Exact)?;
		Ok(())
	}
}
