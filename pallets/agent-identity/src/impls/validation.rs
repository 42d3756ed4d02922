// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Validations and their responses.

use aivm_traits::AgentId;
use codec::MaxEncodedLen;
use frame_support::ensure;
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::DispatchResult;

use crate::{
	AgentValidationCount, AgentValidations, Config, Error, Event, FirstByHash, Pallet, Tag, Uri, Validation,
	ValidationRef, Validations, ValidatorRequestCount, ValidatorRequests,
};

/// The best response.
const MAX_RESPONSE: u8 = 100;
/// Bytes of a place in a list.
const PLACE: usize = 8;

impl<T: Config> Pallet<T> {
	/// See [`Pallet::validation_request`].
	pub(crate) fn do_validation_request(
		who: AccountId32,
		validator: AccountId32,
		agent: AgentId,
		uri: Uri,
		request_hash: H256,
	) -> DispatchResult {
		ensure!(!Self::is_zero(&validator), Error::<T>::BadValidator);
		ensure!(!Validations::<T>::contains_key(agent, request_hash), Error::<T>::Exists);
		Self::authorized(&who, agent)?;

		let mut items = 3u32;
		let id = ValidationRef { agent, request_hash };
		let place = AgentValidationCount::<T>::get(agent);
		AgentValidations::<T>::insert(agent, place, request_hash);
		AgentValidationCount::<T>::insert(agent, place.checked_add(1).ok_or(Error::<T>::Overflow)?);
		let asked = ValidatorRequestCount::<T>::get(&validator);
		ValidatorRequests::<T>::insert(&validator, asked, id);
		ValidatorRequestCount::<T>::insert(&validator, asked.checked_add(1).ok_or(Error::<T>::Overflow)?);
		if !FirstByHash::<T>::contains_key(request_hash) {
			FirstByHash::<T>::insert(request_hash, agent);
			items = items.saturating_add(1);
		}
		for count in [place, asked] {
			if count == 0 {
				items = items.saturating_add(1);
			}
		}
		// The record is counted at its largest, so that responses cost nothing. The keys and entries of the lists: the
		// validation's name four times, the validator twice, places and counts.
		let bytes = Validation::max_encoded_len()
			.saturating_add(ValidationRef::max_encoded_len().saturating_mul(4))
			.saturating_add(AccountId32::max_encoded_len().saturating_mul(2))
			.saturating_add(PLACE.saturating_mul(4));
		Self::charge(&who, items, bytes)?;

		Validations::<T>::insert(
			agent,
			request_hash,
			Validation {
				validator: validator.clone(),
				response: 0,
				response_hash: H256::zero(),
				tag: Tag::default(),
				last_update: Self::now(),
				has_response: false,
			},
		);
		Self::deposit_event(Event::ValidationRequested { validator, agent, uri, request_hash });
		Ok(())
	}

	/// See [`Pallet::validation_response`].
	pub(crate) fn do_validation_response(
		who: AccountId32,
		id: ValidationRef,
		response: u8,
		uri: Uri,
		response_hash: H256,
		tag: Tag,
	) -> DispatchResult {
		let ValidationRef { agent, request_hash } = id;
		let mut validation = Validations::<T>::get(agent, request_hash).ok_or(Error::<T>::Unknown)?;
		ensure!(validation.validator == who, Error::<T>::NotValidator);
		ensure!(response <= MAX_RESPONSE, Error::<T>::RespOver100);
		validation.response = response;
		validation.response_hash = response_hash;
		validation.tag = tag.clone();
		validation.last_update = Self::now();
		validation.has_response = true;
		Validations::<T>::insert(agent, request_hash, validation);
		Self::deposit_event(Event::ValidationResponded {
			validator: who,
			agent,
			request_hash,
			response,
			uri,
			response_hash,
			tag,
		});
		Ok(())
	}
}
