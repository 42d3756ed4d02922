// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Registering agents, their URIs, metadata and who may act for them.

use aivm_traits::{AgentId, Wallet};
use frame_support::{ensure, traits::Get};
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::{DispatchError, DispatchResult};

use crate::{
	Agent, Agents, Card, Cards, Config, Error, Event, Key, Metadata, MetadataOf, NextAgentId, Operators, OwnedAgents,
	OwnedCount, Pallet, Uri, Value, WALLET_KEY,
};

/// How often registration refers to the agent's account.
pub(crate) const ACCOUNT_REFERENCES: u32 = 2;

impl<T: Config> Pallet<T> {
	/// See [`Pallet::register`].
	pub(crate) fn do_register(
		owner: AccountId32,
		uri: Option<Uri>,
		card_hash: Option<H256>,
		metadata: MetadataOf<T>,
	) -> Result<AgentId, DispatchError> {
		ensure!(metadata.iter().all(|(key, _)| key.as_slice() != WALLET_KEY), Error::<T>::ReservedKey);
		let agent = NextAgentId::<T>::get();
		NextAgentId::<T>::put(agent.checked_add(1).ok_or(Error::<T>::Overflow)?);
		// One reference lets the account hold money without free balance. With two, all its free balance can be spent: as
		// long as there is another one, the hold needs none of the money's. No agent ends, so neither do they.
		for _ in 0..ACCOUNT_REFERENCES {
			frame_system::Pallet::<T>::inc_providers(&Self::agent_account(agent));
		}

		let mut record = Agent {
			owner: owner.clone(),
			wallet: None,
			wallet_nonce: 0,
			proposed_wallet: None,
			approved: None,
			transfers: 0,
			link_nonce: 0,
			metadata_count: 0,
			metadata_bytes: 0,
			deposit: 0,
		};
		Self::add_to_owner(agent, &owner)?;
		Self::put_wallet(agent, &mut record, Some(Wallet::Account(owner.clone())));

		Self::deposit_event(Event::Transferred { agent, from: None, to: owner.clone() });
		if uri.is_some() {
			Self::deposit_event(Event::MetadataUpdate { agent });
		}
		let uri = uri.unwrap_or_default();
		Self::put_card(agent, Card { uri: uri.clone(), hash: card_hash });
		let uri_len = uri.len();
		Self::deposit_event(Event::Registered { agent, uri, card_hash, owner: owner.clone() });
		Self::emit_wallet(agent, &record);
		for (key, value) in metadata {
			Self::put_metadata(agent, &mut record, key, value)?;
		}
		Self::adjust_deposit(agent, &mut record, uri_len, &owner)?;
		Agents::<T>::insert(agent, record);
		Ok(agent)
	}

	/// See [`Pallet::set_agent_uri`].
	pub(crate) fn do_set_agent_uri(
		who: AccountId32,
		agent: AgentId,
		uri: Uri,
		card_hash: Option<H256>,
	) -> DispatchResult {
		let mut record = Self::authorized(&who, agent)?;
		Self::adjust_deposit(agent, &mut record, uri.len(), &who)?;
		Self::put_card(agent, Card { uri: uri.clone(), hash: card_hash });
		Agents::<T>::insert(agent, record);
		Self::deposit_event(Event::MetadataUpdate { agent });
		Self::deposit_event(Event::UriUpdated { agent, uri, card_hash, by: who });
		Ok(())
	}

	/// See [`Pallet::set_metadata`].
	pub(crate) fn do_set_metadata(who: AccountId32, agent: AgentId, key: Key, value: Value) -> DispatchResult {
		let mut record = Self::authorized(&who, agent)?;
		ensure!(key.as_slice() != WALLET_KEY, Error::<T>::ReservedKey);
		Self::put_metadata(agent, &mut record, key, value)?;
		Self::adjust_deposit(agent, &mut record, Cards::<T>::get(agent).uri.len(), &who)?;
		Agents::<T>::insert(agent, record);
		Ok(())
	}

	/// See [`Pallet::approve`].
	pub(crate) fn do_approve(who: AccountId32, agent: AgentId, to: Option<AccountId32>) -> DispatchResult {
		let mut record = Self::existing(agent)?;
		ensure!(record.owner == who || Operators::<T>::contains_key(&record.owner, &who), Error::<T>::NotAuthorized);
		record.approved = to.clone();
		let owner = record.owner.clone();
		Agents::<T>::insert(agent, record);
		Self::deposit_event(Event::Approval { agent, owner, approved: to });
		Ok(())
	}

	/// See [`Pallet::set_approval_for_all`].
	pub(crate) fn do_set_approval_for_all(owner: AccountId32, operator: AccountId32, approved: bool) -> DispatchResult {
		ensure!(operator != owner && !Self::is_zero(&operator), Error::<T>::InvalidOperator);
		match (Operators::<T>::get(&owner, &operator), approved) {
			(None, true) => {
				let deposit = Self::take_operator_deposit(&owner)?;
				Operators::<T>::insert(&owner, &operator, deposit);
			}
			(Some(deposit), false) => {
				Self::return_operator_deposit(&owner, deposit)?;
				Operators::<T>::remove(&owner, &operator);
			}
			(None, false) | (Some(_), true) => {}
		}
		Self::deposit_event(Event::ApprovalForAll { owner, operator, approved });
		Ok(())
	}

	/// Stores or removes a metadata entry, counts it in the record, and tells.
	fn put_metadata(agent: AgentId, record: &mut Agent, key: Key, value: Value) -> DispatchResult {
		let bytes = |value: &Value| Self::saturated_len(&key).saturating_add(Self::saturated_len(value));
		let former = Metadata::<T>::get(agent, &key);
		let (count, size) = former.map(|value| (1, bytes(&value))).unwrap_or_default();
		let rest = record.metadata_count.saturating_sub(count);
		let rest_bytes = record.metadata_bytes.saturating_sub(size);
		if value.is_empty() {
			Metadata::<T>::remove(agent, &key);
			(record.metadata_count, record.metadata_bytes) = (rest, rest_bytes);
		} else {
			ensure!(rest < T::MaxMetadata::get(), Error::<T>::TooManyEntries);
			record.metadata_count = rest.checked_add(1).ok_or(Error::<T>::Overflow)?;
			record.metadata_bytes = rest_bytes.checked_add(bytes(&value)).ok_or(Error::<T>::Overflow)?;
			Metadata::<T>::insert(agent, &key, &value);
		}
		Self::deposit_event(Event::MetadataSet { agent, key, value });
		Ok(())
	}

	/// Stores where the registration file is found.
	fn put_card(agent: AgentId, card: Card) {
		if card == Card::default() {
			Cards::<T>::remove(agent);
		} else {
			Cards::<T>::insert(agent, card);
		}
	}

	/// Adds an agent to its owner's.
	pub(crate) fn add_to_owner(agent: AgentId, owner: &AccountId32) -> DispatchResult {
		OwnedAgents::<T>::insert(owner, agent.to_be_bytes(), ());
		OwnedCount::<T>::try_mutate(owner, |count| {
			*count = count.checked_add(1).ok_or(Error::<T>::Overflow)?;
			Ok(())
		})
	}

	/// Takes an agent from its owner's.
	pub(crate) fn remove_from_owner(agent: AgentId, owner: &AccountId32) {
		OwnedAgents::<T>::remove(owner, agent.to_be_bytes());
		OwnedCount::<T>::mutate_exists(owner, |count| {
			*count = count.and_then(|count| count.checked_sub(1)).filter(|count| *count > 0);
		});
	}
}
