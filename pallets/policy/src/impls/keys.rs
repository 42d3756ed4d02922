// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Session keys.

use aivm_traits::{AgentId, AgentInspect};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::Get;
use sp_runtime::{
	traits::{Saturating, Verify, Zero},
	DispatchResult, MultiSignature, SaturatedConversion,
};

use crate::{
	Activities, AgentKeys, Agents, Config, Counters, Error, Event, Expiry, ExpiryOf, Grant, HoldReason, Keys, Pallet,
	Policy, SessionKeyOf, Spender, MAX_LIMITS,
};

/// What a key's proof begins with, so that it is no signature over anything else.
const PROOF_CONTEXT: &[u8; 24] = b"aivm/policy/session-key\0";

impl<T: Config> Pallet<T> {
	/// What a key must sign before `owner` can add it.
	pub(crate) fn proof_payload(agent: AgentId, owner: &T::AccountId, expiry: &ExpiryOf<T>) -> Vec<u8> {
		let genesis = frame_system::BlockHash::<T>::get(BlockNumberFor::<T>::zero());
		(PROOF_CONTEXT, genesis, agent, owner, expiry).encode()
	}

	/// Whether a key with this expiry is refused now.
	pub(crate) fn is_expired(expiry: &ExpiryOf<T>, now: u64) -> bool {
		match expiry {
			Expiry::Block(block) => *block <= frame_system::Pallet::<T>::block_number(),
			Expiry::Time(time) => *time <= now,
		}
	}

	pub(crate) fn do_add_key(
		who: &T::AccountId,
		agent: AgentId,
		key: T::AccountId,
		expiry: ExpiryOf<T>,
		restriction: Policy,
		proof: &MultiSignature,
	) -> DispatchResult {
		let info = Self::owned(who, agent)?;
		ensure!(restriction.is_canonical(), Error::<T>::NotCanonical);
		ensure!(!Self::is_expired(&expiry, Self::now()), Error::<T>::AlreadyExpired);
		let payload = Self::proof_payload(agent, who, &expiry);
		let wrapped = [&b"<Bytes>"[..], &payload, &b"</Bytes>"[..]].concat();
		ensure!(proof.verify(&payload[..], &key) || proof.verify(&wrapped[..], &key), Error::<T>::BadProof);

		let account = frame_system::Account::<T>::get(&key);
		let fresh = account.nonce.is_zero()
			&& account.providers.is_zero()
			&& account.consumers.is_zero()
			&& account.sufficients.is_zero();
		ensure!(fresh && !Keys::<T>::contains_key(&key), Error::<T>::KeyInUse);
		Agents::<T>::try_mutate(agent, |state| {
			ensure!(Self::has_room(state), Error::<T>::TooManyKeys);
			state.keys = state.keys.saturating_add(1);
			Ok::<_, Error<T>>(())
		})?;

		let deposit = Self::key_deposit(&restriction);
		Self::change_deposit(HoldReason::SessionKey, who, &T::Agents::account(agent), 0, deposit)?;
		// This reference is never given back: see the pallet's documentation about nonces.
		frame_system::Pallet::<T>::inc_sufficients(&key);
		let hash = restriction.hash(0);
		let grant = Some(Grant { expiry, restriction, hash, transfers: info.transfers });
		Keys::<T>::insert(&key, SessionKeyOf::<T> { agent, deposit, grant });
		AgentKeys::<T>::insert(agent, &key, ());
		Self::deposit_event(Event::SessionKeyAdded { agent, key, expiry });
		Ok(())
	}

	pub(crate) fn do_remove_key(who: &T::AccountId, agent: AgentId, key: &T::AccountId) -> DispatchResult {
		Self::owned(who, agent)?;
		let record = Keys::<T>::get(key)
			.filter(|record| record.agent == agent && record.grant.is_some())
			.ok_or(Error::<T>::UnknownKey)?;
		let deposit = Self::removed_key_deposit().min(record.deposit);
		Self::change_deposit(HoldReason::SessionKey, who, &T::Agents::account(agent), record.deposit, deposit)?;
		Keys::<T>::insert(key, SessionKeyOf::<T> { agent, deposit, grant: None });
		AgentKeys::<T>::remove(agent, key);
		Agents::<T>::mutate(agent, |state| state.keys = state.keys.saturating_sub(1));
		// A key is counted in no other assets than those that it was added with.
		let spender = Spender::Key(key.clone());
		let _ = Counters::<T>::clear_prefix(&spender, MAX_LIMITS, None);
		Activities::<T>::remove(&spender);
		Self::deposit_event(Event::SessionKeyRemoved { agent, key: key.clone() });
		Ok(())
	}

	/// For how many blocks a transaction of a key with this expiry is valid at most.
	pub(crate) fn longevity(expiry: &ExpiryOf<T>, now: u64) -> u64 {
		match expiry {
			Expiry::Block(block) => {
				block.saturating_sub(frame_system::Pallet::<T>::block_number()).saturated_into::<u64>()
			}
			Expiry::Time(time) => {
				time.saturating_sub(now).checked_div(T::SecondsPerBlock::get()).unwrap_or_default().saturating_add(1)
			}
		}
	}
}
