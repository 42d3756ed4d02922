// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Paying for a task that succeeded.

use aivm_market_math::Balance;
use aivm_receipts::{Payment, TrustPath};
use frame_support::{
	ensure,
	traits::{
		fungible::{Balanced, BalancedHold, Credit},
		tokens::{Fortitude, Precision, Preservation},
		Get, Imbalance,
	},
};
use sp_runtime::{traits::Zero, DispatchError};

use crate::{Config, Error, HoldReason, Pallet, TaskOf};

/// Money that was taken from the requester and not paid to anybody yet. What is dropped is burnt.
type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

impl<T: Config> Pallet<T> {
	/// Pays for a task, to the last unit, and tells who really got what.
	///
	/// A part without a receiver, or with one that cannot take it, goes to the treasury; what the treasury cannot take
	/// is burnt. So this fails only if the requester's money is not there.
	pub(crate) fn settle(task: &TaskOf<T>) -> Result<Payment, DispatchError> {
		let due = task.payment;
		let (provider, rest) = Self::collect(task)?.split(due.provider);
		let (royalty, rest) = rest.split(due.royalty);
		let (treasury, burn) = rest.split(due.treasury);

		let (provider, unpaid) = match &task.provider {
			Some(to) => Self::pay(to, provider),
			None => (0, provider),
		};
		let treasury = treasury.merge(unpaid);
		let (royalty, unpaid) = Self::pay(&task.royalty_to, royalty);
		let (treasury, unpaid) = Self::pay(&T::Treasury::get(), treasury.merge(unpaid));
		let burn = burn.merge(unpaid).peek();
		Ok(Payment { provider, royalty, treasury, burn })
	}

	/// Takes the whole payment from the requester.
	///
	/// It lies in escrow, from money that was not frozen then: freezes that came later do not keep it from who earned it.
	/// A task on the on-chain path ends in the call that opened it, so its payment comes from the free balance at once.
	fn collect(task: &TaskOf<T>) -> Result<CreditOf<T>, DispatchError> {
		let total = task.payment.total();
		ensure!(task.path == TrustPath::OnChain || task.escrow == total, Error::<T>::EscrowMismatch);
		if total == 0 {
			return Ok(CreditOf::<T>::zero());
		}
		match task.path {
			TrustPath::OnChain => T::Currency::withdraw(
				&task.requester,
				total,
				Precision::Exact,
				Preservation::Preserve,
				Fortitude::Polite,
			),
			_ => {
				let (credit, missing) = T::Currency::slash(&HoldReason::Escrow.into(), &task.requester, total);
				ensure!(missing.is_zero(), Error::<T>::EscrowMismatch);
				Ok(credit)
			}
		}
	}

	/// Pays `part` to `to` if that account can take it. Returns what was paid, and what was not: all or nothing.
	fn pay(to: &T::AccountId, part: CreditOf<T>) -> (Balance, CreditOf<T>) {
		let amount = part.peek();
		if amount == 0 {
			return (0, part);
		}
		match T::Currency::resolve(to, part) {
			Ok(()) => (amount, CreditOf::<T>::zero()),
			Err(unpaid) => (0, unpaid),
		}
	}
}
