// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Policies of agents, and what owners do with their agents.

use aivm_traits::{AgentId, AgentInfo, AgentInspect};
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, GetDispatchInfo, PostDispatchInfo},
	ensure,
	traits::{Get, UnixTime},
};
use frame_system::RawOrigin;
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResult};

use crate::{
	tightens, AgentState, Agents, Config, Current, Error, Event, HoldReason, Pallet, Pending, Policy, RuntimeCallOf,
	WeightInfo,
};

impl<T: Config> Pallet<T> {
	/// The second of the Unix epoch that it is now.
	pub(crate) fn now() -> u64 {
		T::Time::now().as_secs()
	}

	/// The agent, if `who` owns it.
	pub(crate) fn owned(who: &T::AccountId, agent: AgentId) -> Result<AgentInfo<T::AccountId>, DispatchError> {
		let info = T::Agents::agent(agent).ok_or(Error::<T>::UnknownAgent)?;
		ensure!(info.owner == *who, Error::<T>::NotOwner);
		Ok(info)
	}

	/// The state of an agent with a policy that is due in force. Nothing is written.
	pub(crate) fn state_at(agent: AgentId, now: u64) -> AgentState {
		let mut state = Agents::<T>::get(agent);
		if let Some(pending) = state.pending.take_if(|pending| pending.due <= now) {
			state.version = state.version.saturating_add(1);
			state.current = Some(Current { policy: pending.policy, hash: pending.hash, deposit: pending.deposit });
		}
		state
	}

	/// The state of an agent of `owner`, with a policy that is due in force and the deposit of the one before returned.
	fn settled(owner: &T::AccountId, agent: AgentId, now: u64) -> Result<AgentState, DispatchError> {
		let stored = Agents::<T>::get(agent);
		let state = Self::state_at(agent, now);
		if let Some(before) = stored.current.filter(|_| stored.pending.is_some() && state.pending.is_none()) {
			let account = T::Agents::account(agent);
			Self::change_deposit(HoldReason::Policy, owner, &account, before.deposit, 0)?;
		}
		Ok(state)
	}

	pub(crate) fn do_set_policy(who: &T::AccountId, agent: AgentId, policy: Policy) -> DispatchResult {
		Self::owned(who, agent)?;
		ensure!(policy.is_canonical(), Error::<T>::NotCanonical);
		let now = Self::now();
		let mut state = Self::settled(who, agent, now)?;
		let account = T::Agents::account(agent);
		let version = state.version.checked_add(1).ok_or(Error::<T>::VersionsExhausted)?;
		let hash = policy.hash(version);
		let deposit = Self::policy_deposit(&policy);

		let pending = state.pending.take().map_or(0, |pending| pending.deposit);
		let (old, due) = match &state.current {
			Some(current) if !tightens(&current.policy, &policy) => {
				(pending, Some(now.saturating_add(current.policy.loosening_delay)))
			}
			Some(current) => (pending.saturating_add(current.deposit), None),
			None => (pending, None),
		};
		Self::change_deposit(HoldReason::Policy, who, &account, old, deposit)?;
		match due {
			Some(due) => {
				state.pending = Some(Pending { policy, hash, due, deposit });
				Self::deposit_event(Event::PolicyPending { agent, due, hash });
			}
			None => {
				state.version = version;
				state.current = Some(Current { policy, hash, deposit });
				Self::deposit_event(Event::PolicySet { agent, version, hash });
			}
		}
		Agents::<T>::insert(agent, state);
		Ok(())
	}

	pub(crate) fn do_cancel_pending(who: &T::AccountId, agent: AgentId) -> DispatchResult {
		Self::owned(who, agent)?;
		let mut state = Self::settled(who, agent, Self::now())?;
		let pending = state.pending.take().ok_or(Error::<T>::NothingPending)?;
		Self::change_deposit(HoldReason::Policy, who, &T::Agents::account(agent), pending.deposit, 0)?;
		Agents::<T>::insert(agent, state);
		Self::deposit_event(Event::PendingCancelled { agent });
		Ok(())
	}

	pub(crate) fn do_remove_policy(who: &T::AccountId, agent: AgentId) -> DispatchResult {
		Self::owned(who, agent)?;
		let mut state = Self::settled(who, agent, Self::now())?;
		ensure!(state.keys == 0, Error::<T>::HasKeys);
		let current = state.current.take().ok_or(Error::<T>::NoPolicy)?;
		let pending = state.pending.take().map_or(0, |pending| pending.deposit);
		let deposit = current.deposit.saturating_add(pending);
		Self::change_deposit(HoldReason::Policy, who, &T::Agents::account(agent), deposit, 0)?;
		Agents::<T>::insert(agent, state);
		Self::deposit_event(Event::PolicyRemoved { agent });
		Ok(())
	}

	pub(crate) fn do_freeze(who: &T::AccountId, agent: AgentId) -> DispatchResult {
		Self::owned(who, agent)?;
		Agents::<T>::try_mutate(agent, |state| {
			ensure!(!state.frozen, Error::<T>::AlreadyFrozen);
			state.frozen = true;
			Self::deposit_event(Event::Frozen { agent });
			Ok(())
		})
	}

	pub(crate) fn do_unfreeze(who: &T::AccountId, agent: AgentId) -> DispatchResult {
		Self::owned(who, agent)?;
		Agents::<T>::try_mutate(agent, |state| {
			ensure!(state.frozen, Error::<T>::NotFrozen);
			state.frozen = false;
			Self::deposit_event(Event::Unfrozen { agent });
			Ok(())
		})
	}

	pub(crate) fn do_control(who: &T::AccountId, agent: AgentId, call: RuntimeCallOf<T>) -> DispatchResultWithPostInfo {
		Self::owned(who, agent)?;
		let info = call.get_dispatch_info();
		let result = call.dispatch(RawOrigin::Signed(T::Agents::account(agent)).into());
		let post = match &result {
			Ok(post) => post,
			Err(error) => &error.post_info,
		};
		let weight = T::WeightInfo::control().saturating_add(post.calc_actual_weight(&info));
		Self::deposit_event(Event::Controlled { agent, result: result.map(|_| ()).map_err(|error| error.error) });
		Ok(PostDispatchInfo { actual_weight: Some(weight), ..Default::default() })
	}

	/// Whether one more session key fits.
	pub(crate) fn has_room(state: &AgentState) -> bool {
		state.keys < T::MaxKeys::get()
	}
}
