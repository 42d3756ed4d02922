// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Feedback with proof of payment.

use aivm_receipts::{ReceiptV1, Verdict};
use aivm_traits::{AgentId, Balance, ReceiptInspect, ReceiptRefused, Wallet};
use frame_support::ensure;
use sp_core::crypto::AccountId32;
use sp_runtime::{DispatchError, DispatchResult};

use crate::{Agent, Config, Error, FeedbackInput, PaidFor, Pallet, UsedReceipts};

impl<T: Config> Pallet<T> {
	/// See [`Pallet::give_paid_feedback`].
	pub(crate) fn do_give_paid_feedback(
		who: AccountId32,
		agent: AgentId,
		input: FeedbackInput,
		proof: &[u8],
	) -> DispatchResult {
		let record = Self::ensure_may_rate(&who, agent, &input)?;
		let receipt = T::Receipts::prove(proof).map_err(|refused| match refused {
			ReceiptRefused::UnknownBlock => Error::<T>::ReceiptBlockUnknown,
			ReceiptRefused::Proof(_) => Error::<T>::ReceiptInvalid,
		})?;
		let amount = Self::payment_by(&who, agent, &record, &receipt)?;
		ensure!(!UsedReceipts::<T>::contains_key(receipt.id), Error::<T>::ReceiptUsed);
		UsedReceipts::<T>::insert(receipt.id, ());
		Self::record_feedback(who, agent, input, Some(PaidFor { receipt: receipt.id, amount, at: Self::now() }))
	}

	/// What `who` paid to the agent by this receipt.
	fn payment_by(
		who: &AccountId32,
		agent: AgentId,
		record: &Agent,
		receipt: &ReceiptV1,
	) -> Result<Balance, DispatchError> {
		let body = &receipt.body;
		ensure!(body.requester == *who, Error::<T>::NotRequester);
		match body.verdict {
			Verdict::Accepted => {}
			Verdict::Rejected | Verdict::Expired | Verdict::Cancelled => return Err(Error::<T>::NotAccepted.into()),
		}
		let provider = &body.provider;
		let is_wallet = matches!(&record.wallet, Some(Wallet::Account(wallet)) if wallet == provider);
		ensure!(
			is_wallet || *provider == record.owner || *provider == Self::agent_account(agent),
			Error::<T>::NotProvider
		);
		let payment = &body.payment;
		let amount = [payment.royalty, payment.treasury, payment.burn]
			.into_iter()
			.try_fold(payment.provider, |sum, part| sum.checked_add(part))
			.ok_or(Error::<T>::Overflow)?;
		ensure!(amount > 0, Error::<T>::NothingPaid);
		Ok(amount)
	}
}
