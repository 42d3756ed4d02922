// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What view functions show.

use aivm_traits::{AgentId, Wallet};
use alloc::vec::Vec;
use frame_support::storage::KeyPrefixIterator;
use sp_core::{crypto::AccountId32, H256};

use crate::{
	AgentValidationCount, AgentValidations, AgentView, Agents, Cards, ClientAt, Config, FirstByHash, Key, Metadata,
	NextAgentId, OwnedAgents, Page, Pallet, Read, ReadError, Reputations, ValidationRef, ValidationView, Validations,
	ValidatorRequestCount, ValidatorRequests, Value, WalletAgents, WALLET_KEY,
};

impl<T: Config> Pallet<T> {
	/// See [`Pallet::agent`].
	pub(crate) fn view_agent(id: AgentId) -> Option<AgentView> {
		let record = Agents::<T>::get(id)?;
		let card = Cards::<T>::get(id);
		let reputation = Reputations::<T>::get(id);
		Some(AgentView {
			id,
			owner: record.owner,
			account: Self::agent_account(id),
			uri: card.uri,
			card_hash: card.hash,
			wallet: record.wallet,
			proposed_wallet: record.proposed_wallet,
			wallet_nonce: record.wallet_nonce,
			approved: record.approved,
			transfers: record.transfers,
			metadata_count: record.metadata_count,
			clients: reputation.clients,
			feedback: reputation.given.saturating_sub(reputation.revoked),
			validations: AgentValidationCount::<T>::get(id),
			deposit: record.deposit,
		})
	}

	/// See [`Pallet::agents`].
	pub(crate) fn view_agents(start: AgentId, limit: u32) -> Page<AgentView, AgentId> {
		Self::page(start, NextAgentId::<T>::get(), limit, Self::view_agent)
	}

	/// See [`Pallet::agents_of`].
	pub(crate) fn view_agents_of(owner: AccountId32, start: AgentId, limit: u32) -> Page<AgentView, AgentId> {
		Self::page_of_index(
			match start.checked_sub(1) {
				None => OwnedAgents::<T>::iter_key_prefix(&owner),
				// Iteration starts after the given key, which need not exist.
				Some(before) => {
					let after = OwnedAgents::<T>::hashed_key_for(&owner, before.to_be_bytes());
					OwnedAgents::<T>::iter_key_prefix_from(&owner, after)
				}
			},
			limit,
		)
	}

	/// See [`Pallet::agents_of_wallet`].
	pub(crate) fn view_agents_of_wallet(wallet: Wallet, start: AgentId, limit: u32) -> Page<AgentView, AgentId> {
		Self::page_of_index(
			match start.checked_sub(1) {
				None => WalletAgents::<T>::iter_key_prefix(&wallet),
				Some(before) => {
					let after = WalletAgents::<T>::hashed_key_for(&wallet, before.to_be_bytes());
					WalletAgents::<T>::iter_key_prefix_from(&wallet, after)
				}
			},
			limit,
		)
	}

	/// See [`Pallet::metadata`].
	pub(crate) fn view_metadata(agent: AgentId, key: Vec<u8>) -> Vec<u8> {
		if key == WALLET_KEY {
			return Agents::<T>::get(agent).map(|record| Self::wallet_bytes(&record)).unwrap_or_default();
		}
		// What is longer than a key can be names no entry.
		let value = Key::try_from(key).ok().and_then(|key| Metadata::<T>::get(agent, key));
		value.unwrap_or_default().into_inner()
	}

	/// See [`Pallet::metadata_of`].
	pub(crate) fn view_metadata_of(agent: AgentId, after: Option<Key>, limit: u32) -> Page<(Key, Value), Key> {
		let mut entries = match after {
			None => Metadata::<T>::iter_prefix(agent),
			Some(key) => Metadata::<T>::iter_prefix_from(agent, Metadata::<T>::hashed_key_for(agent, key)),
		};
		let items = entries.by_ref().take(Self::items(limit)).collect::<Vec<_>>();
		let last = items.last().map(|(key, _)| key.clone());
		Page { next: entries.next().and(last), items }
	}

	/// See [`Pallet::clients`].
	pub(crate) fn view_clients(agent: AgentId, start: u32, limit: u32) -> Page<AccountId32, u32> {
		let end = Reputations::<T>::get(agent).clients;
		let stop = start.saturating_add(Self::page_size(limit)).min(end);
		Page {
			items: (start..stop).filter_map(|place| ClientAt::<T>::get(agent, place)).collect(),
			next: (stop < end).then_some(stop),
		}
	}

	/// See [`Pallet::validation_status_by_hash`].
	pub(crate) fn view_validation_by_hash(request_hash: H256) -> Read<ValidationView> {
		let agent = FirstByHash::<T>::get(request_hash).ok_or(ReadError::Unknown)?;
		Self::view_validation(ValidationRef { agent, request_hash }).ok_or(ReadError::Unknown)
	}

	/// See [`Pallet::validations_of`].
	pub(crate) fn view_validations_of(agent: AgentId, start: u64, limit: u32) -> Page<ValidationView, u64> {
		Self::page(start, AgentValidationCount::<T>::get(agent), limit, |place| {
			let request_hash = AgentValidations::<T>::get(agent, place)?;
			Self::view_validation(ValidationRef { agent, request_hash })
		})
	}

	/// See [`Pallet::validator_requests`].
	pub(crate) fn view_validator_requests(validator: AccountId32, start: u64, limit: u32) -> Page<ValidationView, u64> {
		Self::page(start, ValidatorRequestCount::<T>::get(&validator), limit, |place| {
			Self::view_validation(ValidatorRequests::<T>::get(&validator, place)?)
		})
	}

	/// One validation.
	fn view_validation(id: ValidationRef) -> Option<ValidationView> {
		Some(ValidationView { id, validation: Validations::<T>::get(id.agent, id.request_hash)? })
	}

	/// Visits one page of an index by id.
	fn page_of_index(keys: KeyPrefixIterator<[u8; 8]>, limit: u32) -> Page<AgentView, AgentId> {
		let mut ids = keys.map(AgentId::from_be_bytes);
		let items = ids.by_ref().take(Self::items(limit)).filter_map(Self::view_agent).collect();
		Page { items, next: ids.next() }
	}

	/// Visits the places of one page from `start` to below `end`.
	fn page<Item>(start: u64, end: u64, limit: u32, view: impl Fn(u64) -> Option<Item>) -> Page<Item, u64> {
		let stop = start.saturating_add(Self::page_size(limit).into()).min(end);
		Page { items: (start..stop).filter_map(view).collect(), next: (stop < end).then_some(stop) }
	}

	/// How many items a page has.
	fn items(limit: u32) -> usize {
		usize::try_from(Self::page_size(limit)).unwrap_or(usize::MAX)
	}
}
