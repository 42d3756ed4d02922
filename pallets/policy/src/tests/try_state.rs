// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Each invariant, broken.

use aivm_traits::PolicyApplied;
use frame_support::traits::fungible::MutateHold;

use crate::{mock::*, Acting, Activities, AgentKeys, Agents, Counters, HoldReason, Keys, Running, Spender};

#[track_caller]
fn broken(change: impl FnOnce(), message: &'static str) {
	new_test_ext().execute_with(|| {
		set_policy(policy()).unwrap();
		add_key(1, policy());
		let mut looser = policy();
		looser.max_fee += 1;
		set_policy(looser).unwrap();
		passes(&key(1), transfer(&bob(), UNIT));
		Policy::do_try_state().unwrap();
		change();
		assert_eq!(Policy::do_try_state(), Err(message.into()));
	});
}

fn change_agent(change: impl FnOnce(&mut crate::AgentState)) {
	Agents::<Test>::mutate(0, change);
}

#[test]
fn broken_agents_should_be_found() {
	let current = |change: fn(&mut crate::Current)| change_agent(|state| change(state.current.as_mut().unwrap()));
	let pending = |change: fn(&mut crate::Pending)| change_agent(|state| change(state.pending.as_mut().unwrap()));
	broken(|| current(|current| current.hash.0[0] ^= 1), "a policy's hash is wrong");
	broken(|| current(|current| current.deposit += 1), "a policy's deposit is wrong");
	broken(
		|| current(|current| current.policy.hours = crate::Hours::Weekly([u32::MAX; 7])),
		"a policy is not canonical",
	);
	broken(|| pending(|pending| pending.hash.0[0] ^= 1), "a pending policy's hash is wrong");
	broken(|| pending(|pending| pending.deposit += 1), "a pending policy's deposit is wrong");
	broken(
		|| pending(|pending| pending.policy.hours = crate::Hours::Weekly([u32::MAX; 7])),
		"a pending policy is not canonical",
	);
	broken(|| change_agent(|state| state.current = None), "a policy is pending without one in force");
	broken(|| change_agent(|state| state.keys += 1), "the number of keys is wrong");
}

#[test]
fn broken_keys_should_be_found() {
	let record = |change: fn(&mut crate::SessionKeyOf<Test>)| {
		Keys::<Test>::mutate(key(1), |record| change(record.as_mut().unwrap()))
	};
	broken(|| record(|record| record.deposit += 1), "a key's deposit is wrong");
	broken(|| record(|record| record.grant = None), "a key is not in the index of its agent");
	broken(
		|| record(|record| record.grant.as_mut().unwrap().restriction.hours = crate::Hours::Weekly([u32::MAX; 7])),
		"a restriction is not canonical",
	);
	broken(
		|| record(|record| record.grant.as_mut().unwrap().restriction.max_fee += 1),
		"a restriction's hash is wrong",
	);
	broken(
		|| {
			System::dec_sufficients(&key(1));
		},
		"a key's account can die",
	);
	broken(|| AgentKeys::<Test>::insert(0, key(7), ()), "the number of keys is wrong");
	broken(
		|| {
			AgentKeys::<Test>::insert(7, key(7), ());
			Agents::<Test>::mutate(7, |state| state.keys = 1);
		},
		"the index names a key that does not exist",
	);
}

#[test]
fn broken_holds_should_be_found() {
	let hold = |who, reason: HoldReason| Balances::hold(&reason.into(), &who, 1).unwrap();
	broken(|| hold(agent(), HoldReason::Policy), "a hold is not the sum of the deposits");
	broken(|| hold(agent(), HoldReason::SessionKey), "a hold is not the sum of the deposits");
	broken(|| hold(bob(), HoldReason::Policy), "a hold is not the sum of the deposits");
}

#[test]
fn broken_counters_should_be_found() {
	let agents = Spender::Agent(0);
	broken(
		|| Activities::<Test>::mutate(&agents, |activity| activity.native.lifetime = 0),
		"a day is more than a lifetime",
	);
	broken(|| Counters::<Test>::mutate(&agents, 1, |counter| counter.day.add(1, 1)), "a day is more than a lifetime");
	broken(|| Counters::<Test>::mutate(Spender::Key(key(7)), 1, |_| {}), "what is no key is counted");
	broken(|| Activities::<Test>::mutate(Spender::Key(key(7)), |_| {}), "what is no key is counted");
	broken(
		|| {
			Policy::remove_session_key(RuntimeOrigin::signed(alice()), 0, key(1)).unwrap();
			Activities::<Test>::mutate(Spender::Key(key(1)), |_| {});
		},
		"a removed key is counted",
	);
	broken(
		|| {
			let applied = PolicyApplied {
				agent: 0,
				key: key(1),
				policy_hash: Default::default(),
				version: 1,
				restriction_hash: Default::default(),
				checked: 0,
			};
			Running::<Test>::put(crate::Session { applied, account: agent(), measured: Default::default() })
		},
		"a session key's transaction is running",
	);
	broken(|| Acting::<Test>::put(crate::Act::Running), "a session key's transaction is running");
}
