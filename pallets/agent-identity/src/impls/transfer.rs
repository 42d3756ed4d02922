// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Passing an agent on. Every path ends in [`Pallet::change_owner`].

use aivm_traits::AgentId;
use frame_support::ensure;
use sp_core::crypto::AccountId32;
use sp_runtime::DispatchResult;

use crate::{Agent, Agents, Config, Error, Event, Links, Pallet};

impl<T: Config> Pallet<T> {
	/// See [`Pallet::transfer`].
	pub(crate) fn do_transfer(who: AccountId32, agent: AgentId, to: AccountId32) -> DispatchResult {
		let record = Self::authorized(&who, agent)?;
		Self::change_owner(agent, record, to)
	}

	/// Makes `to` the owner. First the wallet ends, so that nobody pays the former owner for the new one's agent; what the
	/// former owner granted ends with it.
	pub(crate) fn change_owner(agent: AgentId, mut record: Agent, to: AccountId32) -> DispatchResult {
		ensure!(!Self::is_zero(&to) && to != Self::agent_account(agent), Error::<T>::InvalidReceiver);
		record.wallet_nonce = record.wallet_nonce.checked_add(1).ok_or(Error::<T>::Overflow)?;
		record.transfers = record.transfers.checked_add(1).ok_or(Error::<T>::Overflow)?;
		record.proposed_wallet = None;
		record.approved = None;
		Self::put_wallet(agent, &mut record, None);
		Self::emit_wallet(agent, &record);
		if Links::<T>::take(agent).is_some() {
			Self::deposit_event(Event::AgentUnlinked { agent });
		}
		let from = core::mem::replace(&mut record.owner, to.clone());
		Self::remove_from_owner(agent, &from);
		Self::add_to_owner(agent, &to)?;
		Agents::<T>::insert(agent, record);
		Self::deposit_event(Event::Transferred { agent, from: Some(from), to });
		Ok(())
	}
}
