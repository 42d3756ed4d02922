// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! FRAME's view of agents as non-fungible tokens. There is one collection, `()`.

use aivm_traits::AgentId;
use alloc::vec::Vec;
use core::iter::{Map, Once};
use frame_support::{
	storage::KeyPrefixIterator,
	traits::tokens::nonfungibles_v2::{Inspect, InspectEnumerable, Transfer},
};
use sp_core::crypto::AccountId32;
use sp_runtime::DispatchResult;

use crate::{Agents, Config, OwnedAgents, Pallet};

impl<T: Config> Inspect<AccountId32> for Pallet<T> {
	type CollectionId = ();
	type ItemId = AgentId;

	fn owner(_: &(), agent: &AgentId) -> Option<AccountId32> {
		Agents::<T>::get(agent).map(|record| record.owner)
	}

	/// The metadata entry, `agentWallet` among them.
	fn attribute(_: &(), agent: &AgentId, key: &[u8]) -> Option<Vec<u8>> {
		Some(Self::view_metadata(*agent, key.to_vec())).filter(|value| !value.is_empty())
	}

	/// ERC-721's `name` and `symbol`, as the reference contract has them.
	fn collection_attribute(_: &(), key: &[u8]) -> Option<Vec<u8>> {
		match key {
			b"name" => Some(b"AgentIdentity".to_vec()),
			b"symbol" => Some(b"AGENT".to_vec()),
			_ => None,
		}
	}

	fn can_transfer(_: &(), agent: &AgentId) -> bool {
		Agents::<T>::contains_key(agent)
	}
}

impl<T: Config> InspectEnumerable<AccountId32> for Pallet<T> {
	type CollectionsIterator = Once<()>;
	type ItemsIterator = KeyPrefixIterator<AgentId>;
	type OwnedIterator = Map<KeyPrefixIterator<[u8; 8]>, fn([u8; 8]) -> ((), AgentId)>;
	type OwnedInCollectionIterator = Map<KeyPrefixIterator<[u8; 8]>, fn([u8; 8]) -> AgentId>;

	fn collections() -> Self::CollectionsIterator {
		core::iter::once(())
	}

	fn items(_: &()) -> Self::ItemsIterator {
		Agents::<T>::iter_keys()
	}

	fn owned(who: &AccountId32) -> Self::OwnedIterator {
		OwnedAgents::<T>::iter_key_prefix(who).map(|id| ((), AgentId::from_be_bytes(id)))
	}

	fn owned_in_collection(_: &(), who: &AccountId32) -> Self::OwnedInCollectionIterator {
		OwnedAgents::<T>::iter_key_prefix(who).map(AgentId::from_be_bytes)
	}
}

impl<T: Config> Transfer<AccountId32> for Pallet<T> {
	/// Transfers without asking who may, as the trait has it. Everything else happens as in [`Pallet::transfer`].
	fn transfer(_: &(), agent: &AgentId, destination: &AccountId32) -> DispatchResult {
		Self::change_owner(*agent, Self::existing(*agent)?, destination.clone())
	}
}
