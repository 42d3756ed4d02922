// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What view functions compute from feedback and validations. Each answer visits a bounded number of entries.

use aivm_market_math::{FeedbackError, FeedbackSum, FeedbackSummary, PaidSummary};
use aivm_traits::AgentId;
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use sp_core::crypto::AccountId32;

use crate::{
	AgentValidationCount, AgentValidations, ClientAt, Clients, Config, Feedback, FeedbackCursor, FeedbackIndex,
	FeedbackView, Feedbacks, Page, Pallet, Read, ReadError, Reputations, ResponseScope, Responses, SumPage, Tag,
	ValidationSum, ValidationSummary, Validations,
};

impl<T: Config> Pallet<T> {
	/// See [`Pallet::summary`].
	pub(crate) fn view_summary(
		agent: AgentId,
		clients: Vec<AccountId32>,
		tag1: Tag,
		tag2: Tag,
	) -> Read<FeedbackSummary> {
		ensure!(!clients.is_empty(), ReadError::ClientsRequired);
		Self::ensure_few(&clients)?;
		let limit = T::MaxScan::get();
		let visits = clients
			.iter()
			.map(|client| Self::last_index(agent, client.clone()).max(1))
			.fold(0u64, |sum, visits| sum.saturating_add(visits));
		ensure!(visits <= limit.into(), ReadError::TooManyEntries { limit });
		let page = Self::view_summary_page(agent, clients, tag1, tag2, None, limit)?;
		page.sum.summary().map_err(Self::unreadable)
	}

	/// See [`Pallet::summary_page`].
	pub(crate) fn view_summary_page(
		agent: AgentId,
		clients: Vec<AccountId32>,
		tag1: Tag,
		tag2: Tag,
		start: Option<FeedbackCursor>,
		limit: u32,
	) -> Read<SumPage> {
		Self::ensure_few(&clients)?;
		let mut sum = FeedbackSum::default();
		let mut added = Ok(());
		let limit = limit.clamp(1, T::MaxScan::get().max(1));
		let next = Self::scan(agent, &clients, start, limit, |_, _, feedback| {
			if !feedback.is_revoked && Self::has_tags(&feedback, &tag1, &tag2) && added.is_ok() {
				added = sum.add(feedback.value, feedback.decimals);
			}
		});
		added.map_err(Self::unreadable)?;
		Ok(SumPage { sum, next })
	}

	/// See [`Pallet::summary_all`].
	pub(crate) fn view_summary_all(agent: AgentId) -> Read<FeedbackSummary> {
		Reputations::<T>::get(agent).all.summary().map_err(Self::unreadable)
	}

	/// See [`Pallet::summary_paid`].
	pub(crate) fn view_summary_paid(agent: AgentId) -> Read<Option<PaidSummary>> {
		Self::readable(agent)?;
		Ok(Reputations::<T>::get(agent).paid.summary(Self::now()))
	}

	/// See [`Pallet::read_feedback`].
	pub(crate) fn view_read_feedback(agent: AgentId, client: AccountId32, index: FeedbackIndex) -> Read<Feedback> {
		ensure!(index > 0, ReadError::IndexZero);
		Feedbacks::<T>::get((agent, client, index)).ok_or(ReadError::OutOfBounds)
	}

	/// See [`Pallet::read_all_feedback`].
	pub(crate) fn view_read_all_feedback(
		agent: AgentId,
		clients: Vec<AccountId32>,
		tag1: Tag,
		tag2: Tag,
		include_revoked: bool,
		start: Option<FeedbackCursor>,
		limit: u32,
	) -> Read<Page<FeedbackView, FeedbackCursor>> {
		Self::ensure_few(&clients)?;
		let mut items = Vec::new();
		let next = Self::scan(agent, &clients, start, Self::page_size(limit), |client, index, feedback| {
			if (include_revoked || !feedback.is_revoked) && Self::has_tags(&feedback, &tag1, &tag2) {
				items.push(FeedbackView { client, index, feedback });
			}
		});
		Ok(Page { items, next })
	}

	/// See [`Pallet::response_count`].
	pub(crate) fn view_response_count(
		agent: AgentId,
		client: Option<AccountId32>,
		index: FeedbackIndex,
		responders: Vec<AccountId32>,
	) -> Read<u64> {
		Self::ensure_few(&responders)?;
		let scope = match (client, index) {
			(None, _) => ResponseScope::Agent,
			(Some(client), 0) => ResponseScope::Client(client),
			(Some(client), index) => ResponseScope::Feedback(client, index),
		};
		if responders.is_empty() {
			return Ok(Responses::<T>::get((agent, scope, None::<AccountId32>)));
		}
		let counts = responders.into_iter().map(|responder| Responses::<T>::get((agent, &scope, Some(responder))));
		Ok(counts.fold(0, |sum, count| sum.saturating_add(count)))
	}

	/// See [`Pallet::validation_summary`].
	pub(crate) fn view_validation_summary(
		agent: AgentId,
		validators: Vec<AccountId32>,
		tag: Tag,
	) -> Read<ValidationSummary> {
		let limit = T::MaxScan::get();
		ensure!(AgentValidationCount::<T>::get(agent) <= limit.into(), ReadError::TooManyEntries { limit });
		let ValidationSum { count, total, .. } = Self::view_validation_summary_page(agent, validators, tag, 0, limit)?;
		let average = total.checked_div(count).and_then(|average| u8::try_from(average).ok()).unwrap_or_default();
		Ok(ValidationSummary { count, average })
	}

	/// See [`Pallet::validation_summary_page`].
	pub(crate) fn view_validation_summary_page(
		agent: AgentId,
		validators: Vec<AccountId32>,
		tag: Tag,
		start: u64,
		limit: u32,
	) -> Read<ValidationSum> {
		Self::ensure_few(&validators)?;
		let end = AgentValidationCount::<T>::get(agent);
		let stop = start.saturating_add(limit.clamp(1, T::MaxScan::get().max(1)).into()).min(end);
		let mut sum = ValidationSum { count: 0, total: 0, next: (stop < end).then_some(stop) };
		for hash in (start..stop).filter_map(|place| AgentValidations::<T>::get(agent, place)) {
			let Some(validation) = Validations::<T>::get(agent, hash) else { continue };
			let counts = validation.has_response
				&& (validators.is_empty() || validators.contains(&validation.validator))
				&& (tag.is_empty() || tag == validation.tag);
			if counts {
				sum.count = sum.count.saturating_add(1);
				sum.total = sum.total.saturating_add(validation.response.into());
			}
		}
		Ok(sum)
	}

	/// Visits the feedback of `clients`, or of all clients if the list is empty, in order of client and number, and tells
	/// where to go on. A client without feedback counts as one visit.
	fn scan(
		agent: AgentId,
		clients: &[AccountId32],
		start: Option<FeedbackCursor>,
		limit: u32,
		mut visit: impl FnMut(AccountId32, FeedbackIndex, Feedback),
	) -> Option<FeedbackCursor> {
		let end = if clients.is_empty() { Reputations::<T>::get(agent).clients } else { Self::saturated_len(clients) };
		let FeedbackCursor { client: mut place, mut index } = start.unwrap_or(FeedbackCursor { client: 0, index: 1 });
		index = index.max(1);
		let mut left = limit;
		while place < end && left > 0 {
			let client = if clients.is_empty() {
				ClientAt::<T>::get(agent, place)
			} else {
				usize::try_from(place).ok().and_then(|place| clients.get(place)).cloned()
			};
			let last =
				client.as_ref().and_then(|client| Clients::<T>::get(agent, client)).map(|client| client.last_index);
			let (Some(client), Some(last)) = (client, last) else {
				(place, index, left) = (place.saturating_add(1), 1, left.saturating_sub(1));
				continue;
			};
			while index <= last && left > 0 {
				if let Some(feedback) = Feedbacks::<T>::get((agent, &client, index)) {
					visit(client.clone(), index, feedback);
				}
				(index, left) = (index.saturating_add(1), left.saturating_sub(1));
			}
			if index > last {
				(place, index) = (place.saturating_add(1), 1);
			}
		}
		(place < end).then_some(FeedbackCursor { client: place, index })
	}

	/// An empty tag matches all, another one only itself.
	fn has_tags(feedback: &Feedback, tag1: &Tag, tag2: &Tag) -> bool {
		(tag1.is_empty() || feedback.tag1 == *tag1) && (tag2.is_empty() || feedback.tag2 == *tag2)
	}

	/// Lists of accounts are short.
	fn ensure_few(accounts: &[AccountId32]) -> Read<()> {
		let limit = T::MaxAccounts::get();
		ensure!(Self::saturated_len(accounts) <= limit, ReadError::TooManyAccounts { limit });
		Ok(())
	}

	/// Why a sum has no summary. The stored values passed the checks when they came, so only the last step can fail.
	fn unreadable(_: FeedbackError) -> ReadError {
		ReadError::SummaryOverflow
	}
}
