// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Requests that name their provider.

use aivm_market_math::{least_price, quote, Balance, Split};
use aivm_traits::{PolicyGate, Verifier, VersionInfo, VersionRef};
use frame_support::{
	ensure,
	traits::{fungible::Inspect, Get},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};

use crate::{
	Config, Error, Event, InferError, Input, InputOf, Pallet, RequestQuote, Task, TaskState, TermsOf, WeightInfo,
};

/// What is known of a request before its input is.
pub(crate) struct Offer<AccountId> {
	/// The version.
	info: VersionInfo<AccountId>,
	/// Who gets what.
	payment: Split,
	/// The least price: from there on the provider's part is at least the existential deposit, so that whoever it is can
	/// be paid.
	least_price: Balance,
}

impl<AccountId> Offer<AccountId> {
	fn input_len(&self) -> Option<u32> {
		self.info.summary.map(|summary| summary.input_len)
	}

	fn output_len(&self) -> Option<u32> {
		self.info.summary.map(|summary| summary.output_len)
	}
}

impl<T: Config> Pallet<T> {
	/// The weight of a request with this input.
	pub(crate) fn request_weight(input: &InputOf<T>) -> Weight {
		let commitment = match input {
			Input::Public(bytes) => T::Verifier::commit_weight(u32::try_from(bytes.len()).unwrap_or(u32::MAX)),
			Input::Committed(_) => Weight::zero(),
		};
		T::WeightInfo::request().saturating_add(commitment)
	}

	/// Whether `version` can be requested under `terms`, and who gets what of which payment.
	fn offer(version: VersionRef, terms: &TermsOf<T>, price: Balance) -> Result<Offer<T::AccountId>, DispatchError> {
		let info = Self::runnable(version).map_err(Error::<T>::from)?;
		T::Verifier::accepts(terms, version)?;
		let shares = T::Shares::get();
		let (payment, least_price) = quote(price, info.royalty, shares)
			.and_then(|payment| Ok((payment, least_price(T::Currency::minimum_balance(), info.royalty.share, shares)?)))
			.map_err(InferError::NoPrice)
			.map_err(Error::<T>::from)?;
		Ok(Offer { info, payment, least_price })
	}

	/// The latest deadline that a request in block `now` may have.
	fn last_deadline(now: BlockNumberFor<T>) -> BlockNumberFor<T> {
		now.saturating_add(T::MaxTaskBlocks::get())
	}

	/// The commitment to the input, which must suit the program.
	fn commitment(offer: &Offer<T::AccountId>, input: &InputOf<T>) -> Result<H256, DispatchError> {
		match input {
			Input::Public(bytes) => {
				if let Some(expected) = offer.input_len() {
					ensure!(u32::try_from(bytes.len()) == Ok(expected), Error::<T>::WrongInputLength);
				}
				Ok(T::Verifier::commit(bytes).ok_or(Error::<T>::InputTooLong)?)
			}
			Input::Committed(commitment) => {
				ensure!(T::Verifier::is_commitment(commitment), Error::<T>::NotACommitment);
				Ok(*commitment)
			}
		}
	}

	/// See [`Pallet::request`].
	#[allow(clippy::too_many_arguments, reason = "they are the call's")]
	pub(crate) fn do_request(
		who: T::AccountId,
		version: VersionRef,
		provider: T::AccountId,
		input: InputOf<T>,
		terms: TermsOf<T>,
		price: Balance,
		max_payment: Balance,
		deadline: BlockNumberFor<T>,
	) -> DispatchResult {
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(deadline > now && deadline <= Self::last_deadline(now), Error::<T>::DeadlineOutOfRange);
		let offer = Self::offer(version, &terms, price)?;
		ensure!(price >= offer.least_price, Error::<T>::PriceTooLow);
		let output_len = offer.output_len();
		ensure!(output_len.is_none_or(|length| length <= T::MaxProvenLen::get()), Error::<T>::OutputTooLong);
		let commitment = Self::commitment(&offer, &input)?;
		let escrow = offer.payment.total();
		ensure!(escrow <= max_payment, Error::<T>::PaymentAboveMaximum);
		let deposit = Self::deposit_for_task();
		Self::ensure_can_pay(&who, escrow.saturating_add(deposit), 0).map_err(Error::<T>::from)?;

		let task = Self::open(Task {
			requester: who.clone(),
			version,
			artefact_hash: offer.info.artefact_hash,
			path: T::Verifier::path(&terms),
			state: TaskState::Requested,
			provider: Some(provider.clone()),
			royalty_to: offer.info.owner,
			payment: offer.payment,
			escrow,
			deposit,
			input_hash: commitment,
			output_len,
			deadline,
			terms: Some(terms.clone()),
			policy: T::Policy::decision().into(),
		})?;
		// The requester matched the task itself.
		Self::advance(task, TaskState::Matching, deadline)?;
		Self::advance(task, TaskState::Assigned, deadline)?;
		Self::deposit_event(Event::Requested {
			task,
			version,
			requester: who,
			provider,
			input,
			commitment,
			terms,
			escrow,
			deposit,
			deadline,
		});
		Ok(())
	}

	/// See [`Pallet::quote_request`].
	pub(crate) fn view_quote_request(
		version: VersionRef,
		terms: &TermsOf<T>,
		price: Balance,
	) -> Result<RequestQuote<BlockNumberFor<T>>, DispatchError> {
		let offer = Self::offer(version, terms, price)?;
		Ok(RequestQuote {
			state: offer.info.state,
			input_len: offer.input_len(),
			output_len: offer.output_len(),
			longest: T::MaxProvenLen::get(),
			payment: offer.payment,
			total: offer.payment.total(),
			least_price: offer.least_price,
			deposit: Self::deposit_for_task(),
			last_deadline: Self::last_deadline(frame_system::Pallet::<T>::block_number()),
		})
	}
}
