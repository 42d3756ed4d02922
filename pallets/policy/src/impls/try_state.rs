// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What is true of the storage after every transaction.

use aivm_traits::{AgentId, AgentInspect, Balance};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::TryRuntimeError;

use crate::{
	Acting, Activities, AgentKeys, AgentState, Agents, Config, Counter, Counters, HoldReason, Keys, Pallet, Running,
	SessionKeyOf, Spender,
};

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the pallet:
	///
	/// 1. what is on hold on every account is exactly the sum of the deposits of the agent that it belongs to, and the
	///    deposits are the price of what is stored;
	/// 2. policies and restrictions are canonical and have the hash that is stored with them;
	/// 3. keys and the index by agent name each other, agents know how many keys they have, and every key's account is
	///    kept alive;
	/// 4. no window has paid more than a counter's lifetime, and a key is counted only while it can act;
	/// 5. no session key's transaction is running.
	///
	/// # Errors
	///
	/// The first invariant that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		ensure!(!Running::<T>::exists() && !Acting::<T>::exists(), "a session key's transaction is running");
		let mut held = BTreeMap::<AgentId, (Balance, Balance)>::new();
		for (agent, state) in Agents::<T>::iter() {
			held.entry(agent).or_default().0 = Self::check_agent(agent, &state)?;
		}
		for (key, record) in Keys::<T>::iter() {
			Self::check_key(&key, &record)?;
			let sum = &mut held.entry(record.agent).or_default().1;
			*sum = sum.checked_add(record.deposit).ok_or("deposits overflow")?;
		}
		for (agent, key, ()) in AgentKeys::<T>::iter() {
			let record = Keys::<T>::get(&key).ok_or("the index names a key that does not exist")?;
			ensure!(record.agent == agent && record.grant.is_some(), "the index names a key that cannot act");
		}
		Self::check_holds(held)?;
		Self::check_counters()
	}

	fn check_agent(agent: AgentId, state: &AgentState) -> Result<Balance, TryRuntimeError> {
		let mut deposits: Balance = 0;
		if let Some(current) = &state.current {
			ensure!(current.policy.is_canonical(), "a policy is not canonical");
			ensure!(current.policy.hash(state.version) == current.hash, "a policy's hash is wrong");
			ensure!(Self::policy_deposit(&current.policy) == current.deposit, "a policy's deposit is wrong");
			deposits = deposits.saturating_add(current.deposit);
		}
		if let Some(pending) = &state.pending {
			ensure!(state.current.is_some(), "a policy is pending without one in force");
			ensure!(pending.policy.is_canonical(), "a pending policy is not canonical");
			let version = state.version.saturating_add(1);
			ensure!(pending.policy.hash(version) == pending.hash, "a pending policy's hash is wrong");
			ensure!(Self::policy_deposit(&pending.policy) == pending.deposit, "a pending policy's deposit is wrong");
			deposits = deposits.saturating_add(pending.deposit);
		}
		let keys = AgentKeys::<T>::iter_key_prefix(agent).count();
		ensure!(usize::try_from(state.keys).is_ok_and(|count| count == keys), "the number of keys is wrong");
		Ok(deposits)
	}

	fn check_key(key: &T::AccountId, record: &SessionKeyOf<T>) -> Result<(), TryRuntimeError> {
		ensure!(frame_system::Pallet::<T>::sufficients(key) > 0, "a key's account can die");
		let indexed = AgentKeys::<T>::contains_key(record.agent, key);
		ensure!(indexed == record.grant.is_some(), "a key is not in the index of its agent");
		let price = match &record.grant {
			Some(grant) => {
				ensure!(grant.restriction.is_canonical(), "a restriction is not canonical");
				ensure!(grant.restriction.hash(0) == grant.hash, "a restriction's hash is wrong");
				Self::key_deposit(&grant.restriction)
			}
			None => Self::removed_key_deposit(),
		};
		ensure!(record.deposit == price, "a key's deposit is wrong");
		Ok(())
	}

	fn check_holds(held: BTreeMap<AgentId, (Balance, Balance)>) -> Result<(), TryRuntimeError> {
		let mut accounts = BTreeMap::new();
		for (agent, sums) in held {
			accounts.insert(T::Agents::account(agent), sums);
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let expected = accounts.remove(&account).unwrap_or_default();
			for (reason, expected) in [(HoldReason::Policy, expected.0), (HoldReason::SessionKey, expected.1)] {
				ensure!(
					T::Currency::balance_on_hold(&reason.into(), &account) == expected,
					"a hold is not the sum of the deposits"
				);
			}
		}
		ensure!(accounts.into_values().all(|sums| sums == (0, 0)), "an account that does not exist has deposits");
		Ok(())
	}

	fn check_counters() -> Result<(), TryRuntimeError> {
		for (spender, _, counter) in Counters::<T>::iter() {
			Self::check_spender(&spender)?;
			Self::check_counter(&counter)?;
		}
		for (spender, activity) in Activities::<T>::iter() {
			Self::check_spender(&spender)?;
			Self::check_counter(&activity.native)?;
		}
		Ok(())
	}

	fn check_counter(counter: &Counter) -> Result<(), TryRuntimeError> {
		ensure!(counter.day.sum_at(counter.day.slot) <= counter.lifetime, "a day is more than a lifetime");
		Ok(())
	}

	fn check_spender(spender: &Spender) -> Result<(), TryRuntimeError> {
		if let Spender::Key(key) = spender {
			let record = Keys::<T>::get(key).ok_or("what is no key is counted")?;
			ensure!(record.grant.is_some(), "a removed key is counted");
		}
		Ok(())
	}
}
