// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Paying out of escrow.

use aivm_market_math::Balance;
use aivm_receipts::Payment;
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, MutateHold},
		tokens::{DepositConsequence, Fortitude, Precision, Provenance, Restriction},
		Get,
	},
};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};

use crate::{Config, Error, HoldReason, Pallet, TaskOf};

impl<T: Config> Pallet<T> {
	/// Pays a task's escrow out, to the last unit, and tells who really got what.
	///
	/// A part without a receiver, or with one that cannot take it, goes to the treasury; what the treasury cannot take
	/// is burnt. So this fails only if the escrow is not what the task says. It may have paid a part by then: it must
	/// run in a storage transaction, as every dispatch does.
	pub(crate) fn settle(task: &TaskOf<T>) -> Result<Payment, DispatchError> {
		let due = task.payment;
		ensure!(due.total() == task.escrow, Error::<T>::EscrowMismatch);

		let provider = match &task.provider {
			Some(provider) => Self::pay(task, provider, due.provider)?,
			None => 0,
		};
		let royalty = Self::pay(task, &task.royalty_to, due.royalty)?;

		let left = |due: Balance, paid: Balance| due.checked_sub(paid).ok_or(ArithmeticError::Underflow);
		let to_treasury = due
			.treasury
			.checked_add(left(due.provider, provider)?)
			.and_then(|sum| sum.checked_add(due.royalty.checked_sub(royalty)?))
			.ok_or(ArithmeticError::Overflow)?;
		let treasury = Self::pay(task, &T::Treasury::get(), to_treasury)?;

		let burn = due.burn.checked_add(left(to_treasury, treasury)?).ok_or(ArithmeticError::Overflow)?;
		Self::burn(task, burn)?;
		Ok(Payment { provider, royalty, treasury, burn })
	}

	/// Pays `amount` to `to` if that account can take it. Returns what was paid: all or nothing.
	fn pay(task: &TaskOf<T>, to: &T::AccountId, amount: Balance) -> Result<Balance, DispatchError> {
		if amount == 0 || T::Currency::can_deposit(to, amount, Provenance::Extant) != DepositConsequence::Success {
			return Ok(0);
		}
		// Escrow was taken from money that was not frozen. Freezes that came later must not keep it from who earned it.
		T::Currency::transfer_on_hold(
			&HoldReason::Escrow.into(),
			&task.requester,
			to,
			amount,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)
	}

	/// Takes `amount` of the escrow out of the total issuance.
	fn burn(task: &TaskOf<T>, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		T::Currency::burn_held(
			&HoldReason::Escrow.into(),
			&task.requester,
			amount,
			Precision::Exact,
			Fortitude::Force,
		)?;
		Ok(())
	}
}
