// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Feedback and the responses to it.

use aivm_market_math::{check_feedback, FeedbackError};
use aivm_receipts::ReceiptId;
use aivm_traits::AgentId;
use codec::{Encode, MaxEncodedLen};
use frame_support::{ensure, traits::Get};
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::{DispatchError, DispatchResult};

use crate::{
	Agent, Client, ClientAt, Clients, Config, Error, Event, Feedback, FeedbackIndex, FeedbackInput, Feedbacks, PaidFor,
	Pallet, Reputation, Reputations, ResponseScope, Responses, Uri,
};

/// Bytes of an agent's id, and of a number of feedback.
const NUMBER: usize = 8;

impl<T: Config> Pallet<T> {
	/// See [`Pallet::give_feedback`].
	pub(crate) fn do_give_feedback(who: AccountId32, agent: AgentId, input: FeedbackInput) -> DispatchResult {
		Self::ensure_may_rate(&who, agent, &input)?;
		Self::record_feedback(who, agent, input, None)
	}

	/// The agent, if `who` may rate it so.
	pub(crate) fn ensure_may_rate(
		who: &AccountId32,
		agent: AgentId,
		input: &FeedbackInput,
	) -> Result<Agent, DispatchError> {
		check_feedback(input.value, input.decimals).map_err(Self::maths)?;
		let record = Self::existing(agent)?;
		// The keyless account does what those want who act for the agent.
		let is_self = Self::may_act(who, &record) || *who == Self::agent_account(agent);
		ensure!(!is_self, Error::<T>::SelfFeedback);
		Ok(record)
	}

	/// Stores feedback that may be given, adds it to the sums, charges for it, and tells.
	pub(crate) fn record_feedback(
		who: AccountId32,
		agent: AgentId,
		input: FeedbackInput,
		paid: Option<PaidFor>,
	) -> DispatchResult {
		let (mut items, mut bytes) = (1u32, 0usize);
		if !Reputations::<T>::contains_key(agent) {
			items = items.saturating_add(1);
			bytes = bytes.saturating_add(Reputation::max_encoded_len());
		}
		let mut reputation = Reputations::<T>::get(agent);
		reputation.given = reputation.given.checked_add(1).ok_or(Error::<T>::Overflow)?;
		reputation.all.add(input.value, input.decimals).map_err(Self::maths)?;
		if let Some(paid) = &paid {
			reputation
				.paid
				.add(paid.at, T::PaidHalfLife::get(), input.value, input.decimals, paid.amount)
				.map_err(Self::maths)?;
			items = items.saturating_add(1);
			bytes = bytes.saturating_add(ReceiptId::max_encoded_len());
		}

		let mut client = match Clients::<T>::get(agent, &who) {
			Some(client) => client,
			None => {
				let place = reputation.clients;
				reputation.clients = place.checked_add(1).ok_or(Error::<T>::Overflow)?;
				ClientAt::<T>::insert(agent, place, &who);
				items = items.saturating_add(2);
				bytes = bytes
					.saturating_add(Client::max_encoded_len())
					.saturating_add(AccountId32::max_encoded_len().saturating_mul(2))
					.saturating_add(NUMBER.saturating_mul(2));
				Client { place, last_index: 0 }
			}
		};
		let index = client.last_index.checked_add(1).ok_or(Error::<T>::Overflow)?;
		client.last_index = index;
		Clients::<T>::insert(agent, &who, client);
		Reputations::<T>::insert(agent, reputation);

		let feedback = Feedback {
			value: input.value,
			decimals: input.decimals,
			tag1: input.tag1.clone(),
			tag2: input.tag2.clone(),
			is_revoked: false,
			paid,
		};
		bytes = bytes
			.saturating_add(feedback.encoded_size())
			.saturating_add(AccountId32::max_encoded_len())
			.saturating_add(NUMBER.saturating_mul(2));
		Self::charge(&who, items, bytes)?;
		Feedbacks::<T>::insert((agent, &who, index), feedback);
		Self::deposit_event(Event::NewFeedback { agent, client: who, index, feedback: input, paid });
		Ok(())
	}

	/// See [`Pallet::revoke_feedback`].
	pub(crate) fn do_revoke_feedback(who: AccountId32, agent: AgentId, index: FeedbackIndex) -> DispatchResult {
		ensure!(index > 0, Error::<T>::IndexZero);
		let mut feedback = Feedbacks::<T>::get((agent, &who, index)).ok_or(Error::<T>::OutOfBounds)?;
		ensure!(!feedback.is_revoked, Error::<T>::AlreadyRevoked);
		feedback.is_revoked = true;
		Reputations::<T>::try_mutate(agent, |reputation| -> DispatchResult {
			let (value, decimals) = (feedback.value, feedback.decimals);
			reputation.revoked = reputation.revoked.checked_add(1).ok_or(Error::<T>::Overflow)?;
			reputation.all.remove(value, decimals).map_err(Self::maths)?;
			if let Some(PaidFor { amount, at, .. }) = feedback.paid {
				let half_life = T::PaidHalfLife::get();
				reputation.paid.remove(Self::now(), half_life, at, value, decimals, amount).map_err(Self::maths)?;
			}
			Ok(())
		})?;
		Feedbacks::<T>::insert((agent, &who, index), feedback);
		Self::deposit_event(Event::FeedbackRevoked { agent, client: who, index });
		Ok(())
	}

	/// See [`Pallet::append_response`].
	pub(crate) fn do_append_response(
		responder: AccountId32,
		agent: AgentId,
		client: AccountId32,
		index: FeedbackIndex,
		uri: Uri,
		hash: H256,
	) -> DispatchResult {
		ensure!(index > 0, Error::<T>::IndexZero);
		ensure!(!uri.is_empty(), Error::<T>::EmptyUri);
		ensure!(Feedbacks::<T>::contains_key((agent, &client, index)), Error::<T>::OutOfBounds);
		let mut new = 0u32;
		for scope in [
			ResponseScope::Agent,
			ResponseScope::Client(client.clone()),
			ResponseScope::Feedback(client.clone(), index),
		] {
			for by in [None, Some(&responder)] {
				let count = Responses::<T>::get((agent, &scope, by));
				if count == 0 {
					new = new.saturating_add(1);
				}
				Responses::<T>::insert((agent, &scope, by), count.checked_add(1).ok_or(Error::<T>::Overflow)?);
			}
		}
		let bytes = ResponseScope::max_encoded_len()
			.saturating_add(Option::<AccountId32>::max_encoded_len())
			.saturating_add(NUMBER.saturating_mul(2));
		Self::charge(&responder, new, bytes.saturating_mul(usize::try_from(new).unwrap_or(usize::MAX)))?;
		Self::deposit_event(Event::ResponseAppended { agent, client, index, responder, uri, hash });
		Ok(())
	}

	/// What the sums refuse, as a call's error.
	fn maths(error: FeedbackError) -> DispatchError {
		match error {
			FeedbackError::TooManyDecimals => Error::<T>::TooManyDecimals,
			FeedbackError::ValueTooLarge => Error::<T>::ValueTooLarge,
			FeedbackError::NotCounted | FeedbackError::TooManyFeedbacks | FeedbackError::SummaryOverflow => {
				Error::<T>::Overflow
			}
		}
		.into()
	}
}
