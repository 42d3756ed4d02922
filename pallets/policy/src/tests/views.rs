// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What clients can ask.

use aivm_traits::AssetKind;
use codec::Encode;

use crate::{mock::*, Check, Destinations, NoVerdict, Refusal, Scope, Verdict};

fn verdict(call: impl Into<RuntimeCall>) -> Verdict {
	Policy::would_allow(0, Some(key(1)), call.into().encode(), None).unwrap()
}

fn find(verdict: &Verdict, rule: Refusal, scope: Scope) -> (Check, u128) {
	*verdict.checks.iter().find(|(check, _)| check.rule == rule && check.scope == scope).unwrap()
}

#[test]
fn verdict_should_have_every_number_when_the_call_is_allowed() {
	run_session(|| {
		passes(&key(1), transfer(&bob(), 5 * UNIT));
		let used = Policy::spent(0, AssetKind::Native).day;
		let verdict = verdict(transfer(&bob(), 2 * UNIT));
		assert!(verdict.allowed && !verdict.needs_act);
		for scope in [Scope::Agent, Scope::Key] {
			let (check, remaining) = find(&verdict, Refusal::AboveTransactionLimit, scope);
			assert_eq!((check.limit, check.used, check.requested), (10 * UNIT, 0, 2 * UNIT));
			assert_eq!(remaining, 8 * UNIT);
			let (check, remaining) = find(&verdict, Refusal::AboveDayLimit, scope);
			assert_eq!((check.limit, check.used, check.requested), (50 * UNIT, used, 2 * UNIT + verdict.fee));
			assert_eq!(remaining, 48 * UNIT - used - verdict.fee);
			let (check, remaining) = find(&verdict, Refusal::TooManyTransactions, scope);
			assert_eq!((check.limit, check.used, check.requested, remaining), (1_000, 1, 1, 998));
			for rule in [Refusal::OutsideHours, Refusal::CallNotAllowed, Refusal::DestinationNotAllowed] {
				assert!(find(&verdict, rule, scope).0.allowed);
			}
		}
	});
}

#[test]
fn verdict_should_name_every_broken_rule_when_there_are_several() {
	run_session(|| {
		let mut stricter = policy();
		stricter.destinations = Destinations::Only(vec![carol()].try_into().unwrap());
		stricter.max_fee = 1;
		set_policy(stricter).unwrap();
		Policy::freeze(RuntimeOrigin::signed(alice()), 0).unwrap();
		let verdict = verdict(transfer(&bob(), 60 * UNIT));
		assert!(!verdict.allowed);
		let mut broken = verdict.checks.iter().filter(|(check, _)| !check.allowed).collect::<Vec<_>>();
		broken.sort_by_key(|(check, _)| (check.rule, check.scope));
		let broken = broken.into_iter().map(|(check, _)| (check.rule, check.scope)).collect::<Vec<_>>();
		assert_eq!(
			broken,
			[
				(Refusal::AgentFrozen, Scope::Transaction),
				(Refusal::FeeAboveMaximum, Scope::Agent),
				(Refusal::DestinationNotAllowed, Scope::Agent),
				(Refusal::AboveTransactionLimit, Scope::Agent),
				(Refusal::AboveTransactionLimit, Scope::Key),
				(Refusal::AboveDayLimit, Scope::Agent),
				(Refusal::AboveDayLimit, Scope::Key),
			]
		);
	});
}

#[test]
fn verdict_should_be_about_act_when_the_call_needs_it() {
	run_session(|| {
		let (bare, wrapped) = (verdict(batch(vec![remark(1)])), verdict(act(batch(vec![remark(1)]))));
		assert!(bare.allowed && bare.needs_act && !wrapped.needs_act);
		assert_eq!((bare.checks, bare.fee), (wrapped.checks, wrapped.fee));
	});
}

#[test]
fn verdict_should_agree_with_the_pool_when_the_call_is_sent() {
	run_session(|| {
		for call in [
			transfer(&bob(), 10 * UNIT),
			transfer(&bob(), 10 * UNIT + 1),
			act(batch(vec![transfer(&bob(), 6 * UNIT), transfer(&bob(), 6 * UNIT)])),
			crate::Call::freeze { agent: 0 }.into(),
			remark(9),
		] {
			let said = verdict(call.clone());
			match send(&key(1), call) {
				Ok(_) => assert!(said.allowed),
				other => {
					let rule = refusal_of(other);
					assert!(said.checks.iter().any(|(check, _)| check.rule == rule && !check.allowed));
				}
			}
		}
	});
}

#[test]
fn verdict_should_be_about_the_agent_alone_when_no_key_is_given() {
	run_session(|| {
		let said = Policy::would_allow(0, None, remark(1).encode(), Some(200)).unwrap();
		assert!(said.allowed && said.checks.iter().all(|(check, _)| check.scope != Scope::Key));
		let more = Policy::would_allow(0, None, remark(1).encode(), Some(300)).unwrap();
		assert_eq!(more.fee, said.fee + 100);
	});
}

#[test]
fn verdict_should_say_why_when_there_is_none() {
	run_session(|| {
		let call = || remark(1).encode();
		assert_eq!(Policy::would_allow(1, None, call(), None), Err(NoVerdict::UnknownAgent));
		assert_eq!(Policy::would_allow(0, Some(key(2)), call(), None), Err(NoVerdict::UnknownKey));
		let trailing = [call(), vec![0]].concat();
		assert_eq!(Policy::would_allow(0, None, trailing, None), Err(NoVerdict::UndecodableCall));
		Policy::remove_session_key(RuntimeOrigin::signed(alice()), 0, key(1)).unwrap();
		let said = verdict(remark(1));
		assert!(!said.allowed);
		assert!(!find(&said, Refusal::KeyRemoved, Scope::Transaction).0.allowed);
		let other = Registry::register(alice());
		let said = Policy::would_allow(other, None, call(), None).unwrap();
		assert!(!find(&said, Refusal::NoPolicy, Scope::Transaction).0.allowed);
	});
}

#[test]
fn keys_should_come_in_pages() {
	run_session(|| {
		for number in 2..=4 {
			add_key(number, policy());
		}
		let first = Policy::session_keys(0, None, 3);
		assert_eq!(first.len(), 3);
		let second = Policy::session_keys(0, Some(first[2].0.clone()), 3);
		assert_eq!(second.len(), 1);
		let mut all = first.into_iter().chain(second).map(|(key, _)| key).collect::<Vec<_>>();
		all.sort();
		let mut expected = [1, 2, 3, 4].map(key);
		expected.sort();
		assert_eq!(all, expected);
		Policy::remove_session_key(RuntimeOrigin::signed(alice()), 0, key(3)).unwrap();
		assert_eq!(Policy::session_keys(0, None, 100).len(), 3);
		assert!(Policy::session_key(key(3)).unwrap().grant.is_none());
		assert_eq!(Policy::session_key(key(9)), None);
	});
}
