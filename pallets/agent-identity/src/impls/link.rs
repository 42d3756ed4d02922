// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Links to Ethereum agents: claimed with a signature, proven by nothing yet.

use aivm_identifiers::{
	eip712::{AgentLink, TypedData},
	ethereum,
};
use aivm_traits::AgentId;
use frame_support::ensure;
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::DispatchResult;

use crate::{Agent, Agents, Config, Error, EthereumAgent, EthereumSignature, Event, Link, Links, Pallet};

impl<T: Config> Pallet<T> {
	/// See [`Pallet::link_ethereum_agent`].
	pub(crate) fn do_link_ethereum_agent(
		who: AccountId32,
		agent: AgentId,
		ethereum: EthereumAgent,
		deadline: u64,
		signature: EthereumSignature,
	) -> DispatchResult {
		let mut record = Self::authorized(&who, agent)?;
		Self::ensure_in_time(deadline)?;
		let digest = Self::digest_of_link(agent, &record, &ethereum, deadline);
		ensure!(ethereum::recover(&digest.0, &signature) == Ok(ethereum.owner), Error::<T>::InvalidLinkSig);
		record.link_nonce = record.link_nonce.checked_add(1).ok_or(Error::<T>::Overflow)?;
		Agents::<T>::insert(agent, record);
		let link = Link { ethereum, claimed_by: who, claimed_at: Self::now() };
		Links::<T>::insert(agent, &link);
		Self::deposit_event(Event::AgentLinked { agent, link });
		Ok(())
	}

	/// See [`Pallet::unlink_ethereum_agent`].
	pub(crate) fn do_unlink_ethereum_agent(who: AccountId32, agent: AgentId) -> DispatchResult {
		Self::authorized(&who, agent)?;
		ensure!(Links::<T>::take(agent).is_some(), Error::<T>::NotLinked);
		Self::deposit_event(Event::AgentUnlinked { agent });
		Ok(())
	}

	/// What the key of `ethereum.owner` must sign to link this agent as it is now. It names both agents, this chain, the
	/// owner here, a nonce and a deadline.
	pub(crate) fn digest_of_link(agent: AgentId, record: &Agent, ethereum: &EthereumAgent, deadline: u64) -> H256 {
		let statement = AgentLink {
			chain_id: ethereum.chain_id,
			registry: ethereum.registry,
			agent_id: ethereum.agent_id,
			genesis: Self::genesis().0,
			native_agent_id: agent,
			native_owner: record.owner.clone(),
			deadline,
			nonce: record.link_nonce.into(),
		};
		H256(statement.digest(&Self::domain()))
	}
}
