// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Measuring what calls do.

use aivm_traits::AssetKind;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, TokenError};

use crate::{mock::*, Error, Event, Refusal};

/// What an `act` that is sent changes in the agent's funds, besides the fee: the fee is what the counters have on top.
fn acts(call: impl Into<RuntimeCall>) -> (u128, Event<Test>) {
	let before = (free(&agent()), Policy::spent(0, AssetKind::Native).lifetime);
	passes(&key(1), act(call));
	let counted = Policy::spent(0, AssetKind::Native).lifetime - before.1;
	assert!(counted >= before.0 - free(&agent()));
	(before.0 - free(&agent()), last_event())
}

#[test]
fn call_should_be_the_agents_when_what_it_does_is_allowed() {
	run_session(|| {
		let (paid, event) = acts(shop::Call::buy { price: 4 * UNIT });
		assert!(paid > 4 * UNIT && paid < 5 * UNIT);
		assert_eq!(Policy::spent(0, AssetKind::Native).day, paid);
		let policy_hash = policy().hash(1);
		assert_eq!(event, Event::Acted { agent: 0, key: key(1), policy_hash, version: 1, result: Ok(()) });
	});
}

#[test]
fn call_should_be_rolled_back_and_its_fee_kept_when_it_pays_too_much_at_once() {
	run_session(|| {
		let (paid, event) = acts(batch(vec![
			transfer(&bob(), UNIT),
			shop::Call::buy { price: 6 * UNIT }.into(),
			shop::Call::buy { price: 4 * UNIT }.into(),
		]));
		assert!(paid > 0 && paid < UNIT);
		assert_eq!(Policy::spent(0, AssetKind::Native).day, paid);
		assert_eq!((free(&bob()), free(&SHOP)), (FUNDS, FUNDS));
		let (rule, asset) = (Refusal::AboveTransactionLimit, AssetKind::Native);
		let (limit, value) = (10 * UNIT, 11 * UNIT);
		assert_eq!(event, Event::Refused { agent: 0, key: key(1), rule, asset, limit, value });
	});
}

#[test]
fn call_should_be_rolled_back_when_it_pays_too_much_in_a_day() {
	run_test(|| {
		let mut agents = policy();
		agents.limits = vec![native(10 * UNIT, 20 * UNIT, 200 * UNIT)].try_into().unwrap();
		set_policy(agents).unwrap();
		add_key(1, policy());
		acts(shop::Call::buy { price: 10 * UNIT });
		let used = Policy::spent(0, AssetKind::Native).day;
		let transaction = Transaction::new(&key(1), act(shop::Call::buy { price: 10 * UNIT }));
		let fee = transaction.fee();
		send_transaction(transaction).unwrap().unwrap();
		let (rule, asset) = (Refusal::AboveDayLimit, AssetKind::Native);
		let (limit, value) = (20 * UNIT, used + fee + 10 * UNIT);
		assert_eq!(last_event(), Event::Refused { agent: 0, key: key(1), rule, asset, limit, value });
		assert_eq!(free(&SHOP), FUNDS + 10 * UNIT);
	});
}

#[test]
fn call_should_be_rolled_back_when_only_the_keys_own_limit_is_broken() {
	run_test(|| {
		set_policy(policy()).unwrap();
		let mut keys = policy();
		keys.limits = vec![native(UNIT, 50 * UNIT, 200 * UNIT)].try_into().unwrap();
		add_key(1, keys);
		let (_, event) = acts(shop::Call::buy { price: UNIT + 1 });
		assert!(matches!(event, Event::Refused { rule: Refusal::AboveTransactionLimit, limit: UNIT, .. }));
		assert_eq!(free(&SHOP), FUNDS);
	});
}

#[test]
fn hold_should_count_as_paid_when_a_call_places_it() {
	run_session(|| {
		let (paid, event) = acts(shop::Call::order { price: 9 * UNIT });
		assert!(matches!(event, Event::Acted { result: Ok(()), .. }));
		assert_eq!(Policy::spent(0, AssetKind::Native).day, paid);
		assert!(paid > 9 * UNIT);
		let (_, event) = acts(shop::Call::order { price: 11 * UNIT });
		assert!(matches!(event, Event::Refused { rule: Refusal::AboveTransactionLimit, .. }));
	});
}

#[test]
fn known_payments_should_count_in_full_when_money_comes_back() {
	run_session(|| {
		let before = Policy::spent(0, AssetKind::Native).day;
		let (paid, _) = acts(batch(vec![transfer(&agent(), 5 * UNIT), transfer(&agent(), 5 * UNIT)]));
		assert!(paid < UNIT);
		assert_eq!(Policy::spent(0, AssetKind::Native).day - before, paid + 10 * UNIT);
		let more = batch(vec![transfer(&agent(), 5 * UNIT), transfer(&agent(), 5 * UNIT + 1)]);
		assert_eq!(refused(&key(1), act(more)), Refusal::AboveTransactionLimit);
	});
}

#[test]
fn known_payments_should_count_in_full_when_many_others_pay_nothing() {
	run_session(|| {
		let nothing = |id| pallet_assets::Call::transfer_keep_alive { id, target: bob(), amount: 0 }.into();
		let mut calls = (0..20).map(nothing).collect::<Vec<RuntimeCall>>();
		calls.insert(7, transfer(&agent(), 5 * UNIT));
		passes(&key(1), act(pallet_utility::Call::force_batch { calls }));
		assert!(Policy::spent(0, AssetKind::Native).day > 5 * UNIT);
	});
}

#[test]
fn account_should_stay_when_a_call_empties_it() {
	run_session(|| {
		let everything = pallet_balances::Call::transfer_all { dest: alice(), keep_alive: false };
		Policy::control(RuntimeOrigin::signed(alice()), 0, Box::new(everything.into())).unwrap();
		Balances::transfer_keep_alive(RuntimeOrigin::signed(bob()), agent(), 2 * UNIT).unwrap();
		let probe = pallet_balances::Call::transfer_allow_death { dest: bob(), value: UNIT };
		let fee = Transaction::new(&key(1), probe).fee();
		// All but a part of the existential deposit, directly: what is left is no dust, as deposits are on hold.
		let value = 2 * UNIT - fee - EXISTENTIAL_DEPOSIT / 2;
		let bobs = free(&bob());
		passes(&key(1), pallet_balances::Call::transfer_allow_death { dest: bob(), value });
		assert_eq!(free(&bob()) - bobs, value);
		let paid = 2 * UNIT - free(&agent());
		assert_eq!(Policy::spent(0, AssetKind::Native).day, paid);
		assert!(!Policy::policy_of(0).unwrap().frozen);
	});
}

#[test]
fn counters_should_have_the_fee_alone_when_the_call_fails() {
	run_session(|| {
		let (paid, event) = acts(batch(vec![transfer(&bob(), UNIT), transfer(&account(9), 1)]));
		let result = Err(DispatchError::Token(TokenError::BelowMinimum));
		assert!(matches!(event, Event::Acted { result: found, .. } if found == result));
		assert_eq!(Policy::spent(0, AssetKind::Native).day, paid);
		assert_eq!(free(&bob()), FUNDS);
	});
}

#[test]
fn act_should_fail_when_no_session_key_signed() {
	run_session(|| {
		let call = || Box::new(remark(1));
		assert_noop!(Policy::act(RuntimeOrigin::signed(agent()), call()), Error::<Test>::NotASession);
		assert_noop!(Policy::act(RuntimeOrigin::root(), call()), DispatchError::BadOrigin);
		let result = send(&bob(), act(remark(1))).unwrap();
		assert_eq!(result.unwrap_err().error, Error::<Test>::NotASession.into());
		// Not as the owner either.
		assert_ok!(Policy::control(RuntimeOrigin::signed(alice()), 0, Box::new(act(remark(1)))));
		let result = Err(Error::<Test>::NotASession.into());
		assert_eq!(last_event(), Event::Controlled { agent: 0, result });
	});
}

#[test]
fn agent_should_be_frozen_when_a_direct_call_spends_more_than_it_says() {
	run_session(|| {
		passes(&key(1), shop::Call::cheat { price: UNIT });
		let (bound, spent) = (UNIT, UNIT + 1);
		assert_eq!(last_event(), Event::BoundExceeded { agent: 0, asset: AssetKind::Native, bound, spent });
		assert!(Policy::policy_of(0).unwrap().frozen);
		assert_eq!(refused(&key(1), remark(1)), Refusal::AgentFrozen);
	});
}

#[test]
fn fee_for_unused_weight_should_be_given_back_and_not_counted() {
	run_session(|| {
		// The second call is not dispatched, as the first one succeeds.
		let fallback = Box::new(batch(vec![transfer(&bob(), 1_000); 20]));
		let call = pallet_utility::Call::if_else { main: Box::new(remark(1)), fallback };
		let transaction = Transaction::new(&key(1), act(call));
		let (most, before) = (transaction.fee(), free(&agent()));
		send_transaction(transaction).unwrap().unwrap();
		let paid = before - free(&agent());
		assert!(paid < most / 2, "{paid} of {most}");
		// The transfers count in full, as they are known; of the fee, what was paid.
		assert_eq!(Policy::spent(0, AssetKind::Native).day, paid + 20_000);
	});
}
