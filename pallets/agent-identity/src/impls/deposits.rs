// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What storage costs. The only producer of this pallet's holds.

use aivm_traits::{AgentId, Balance, Wallet};
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	traits::{
		fungible::{hold::Unbalanced as _, Inspect, InspectHold, Mutate, MutateHold, Unbalanced},
		tokens::{Fortitude, Precision, Preservation, Restriction},
		Get,
	},
};
use sp_core::crypto::AccountId32;
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult, TokenError};

use crate::{Agent, Config, HoldReason, Link, Pallet};

/// An id in an index.
const ID_BYTES: usize = 8;

impl<T: Config> Pallet<T> {
	/// Items and bytes that an agent with this record and a URI of `uri` bytes is charged for: the largest record, its hash,
	/// its entries in the indices and a link; the URI; and the metadata. The parts that may come and go without a call of
	/// the owner are always counted, so that a transfer moves no money.
	pub(crate) fn footprint(record: &Agent, uri: usize) -> (u32, u64) {
		let fixed = Agent::max_encoded_len()
			.saturating_add(Option::<sp_core::H256>::max_encoded_len())
			.saturating_add(AccountId32::max_encoded_len())
			.saturating_add(Wallet::max_encoded_len())
			.saturating_add(ID_BYTES.saturating_mul(2))
			.saturating_add(Link::max_encoded_len());
		let bytes = u64::try_from(fixed.saturating_add(uri)).unwrap_or(u64::MAX);
		(record.metadata_count.saturating_add(1), bytes.saturating_add(record.metadata_bytes.into()))
	}

	/// Price of so many items and bytes.
	fn price(items: u32, bytes: u64, item: Balance, byte: Balance) -> Result<Balance, ArithmeticError> {
		let items = item.checked_mul(items.into()).ok_or(ArithmeticError::Overflow)?;
		let bytes = byte.checked_mul(bytes.into()).ok_or(ArithmeticError::Overflow)?;
		items.checked_add(bytes).ok_or(ArithmeticError::Overflow)
	}

	/// Deposit for so many items and bytes.
	pub(crate) fn deposit_of((items, bytes): (u32, u64)) -> Result<Balance, ArithmeticError> {
		Self::price(items, bytes, T::ItemDeposit::get(), T::ByteDeposit::get())
	}

	/// Makes an agent's deposit the one of its present footprint: takes what is missing from `payer`, and gives what is too
	/// much to the owner. The caller stores the record.
	pub(crate) fn adjust_deposit(
		agent: AgentId,
		record: &mut Agent,
		uri: usize,
		payer: &AccountId32,
	) -> DispatchResult {
		let (former, deposit) = (record.deposit, Self::deposit_of(Self::footprint(record, uri))?);
		let account = Self::agent_account(agent);
		let reason = HoldReason::Agent.into();
		if let Some(more) = deposit.checked_sub(former).filter(|more| *more > 0) {
			Self::pay_and_hold(payer, &account, more)?;
		} else if let Some(less) = former.checked_sub(deposit).filter(|less| *less > 0) {
			T::Currency::transfer_on_hold(
				&reason,
				&account,
				&record.owner,
				less,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Polite,
			)?;
		}
		record.deposit = deposit;
		Ok(())
	}

	/// Moves free money of `payer` into an agent's hold.
	///
	/// As [`MutateHold::transfer_and_hold`], but the agent needs no free balance: that function refuses sums below the
	/// existential deposit for accounts without one. The agent's account exists by the reference that registration made.
	fn pay_and_hold(payer: &AccountId32, account: &AccountId32, amount: Balance) -> DispatchResult {
		let reason = HoldReason::Agent.into();
		ensure!(T::Currency::hold_available(&reason, account), TokenError::CannotCreateHold);
		T::Currency::total_balance(account).checked_add(amount).ok_or(ArithmeticError::Overflow)?;
		let paid =
			T::Currency::decrease_balance(payer, amount, Precision::Exact, Preservation::Preserve, Fortitude::Polite)?;
		T::Currency::increase_balance_on_hold(&reason, account, paid, Precision::Exact)?;
		T::Currency::done_transfer_and_hold(&reason, payer, account, paid);
		Ok(())
	}

	/// Takes the deposit for one operator from its owner.
	pub(crate) fn take_operator_deposit(owner: &AccountId32) -> Result<Balance, DispatchError> {
		let bytes = AccountId32::max_encoded_len().saturating_mul(2).saturating_add(Balance::max_encoded_len());
		let deposit = Self::deposit_of((1, u64::try_from(bytes).unwrap_or(u64::MAX)))?;
		T::Currency::hold(&HoldReason::Operator.into(), owner, deposit)?;
		Ok(deposit)
	}

	/// Returns the deposit for one operator.
	pub(crate) fn return_operator_deposit(owner: &AccountId32, deposit: Balance) -> DispatchResult {
		T::Currency::release(&HoldReason::Operator.into(), owner, deposit, Precision::Exact)?;
		Ok(())
	}

	/// Charges `who` for records that stay for ever.
	pub(crate) fn charge(who: &AccountId32, items: u32, bytes: usize) -> DispatchResult {
		let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
		let fee = Self::price(items, bytes, T::ItemFee::get(), T::ByteFee::get())?;
		if fee > 0 {
			T::Currency::transfer(who, &T::Treasury::get(), fee, Preservation::Preserve)?;
		}
		Ok(())
	}
}
