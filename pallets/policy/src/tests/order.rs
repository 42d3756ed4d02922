// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! When a policy is stricter than another one.

use frame_support::weights::Weight;
use proptest::prelude::*;

use super::model::{random_policy, Random};
use crate::{mock::*, tightens, CallRule, Destinations, Hours, Models, Policy as Rules};

fn with(change: impl FnOnce(&mut Rules)) -> Rules {
	let mut changed = policy();
	change(&mut changed);
	changed
}

#[test]
fn each_rule_should_decide_when_it_alone_is_changed() {
	let rule = |pallet, call| CallRule { pallet, call };
	let base = with(|policy| {
		policy.calls = vec![rule(2, None), rule(4, Some(1))].try_into().unwrap();
		policy.destinations = Destinations::Only(vec![account(2), account(3)].try_into().unwrap());
		policy.denied = vec![account(3)].try_into().unwrap();
		policy.hours = Hours::Weekly([0b110; 7]);
		policy.models = Models::Only(vec![1, 2].try_into().unwrap());
		policy.expires = Some(100);
	});
	let change = |change: &dyn Fn(&mut Rules)| {
		let mut changed = base.clone();
		change(&mut changed);
		assert!(changed.is_canonical());
		(tightens(&base, &changed), tightens(&changed, &base))
	};
	let (stricter, looser, equal) = ((true, false), (false, true), (true, true));
	assert_eq!(change(&|_| {}), equal);
	for (per_transaction, per_day, lifetime) in [(9, 50, 200), (10, 49, 200), (10, 50, 199)] {
		let limit = native(per_transaction * UNIT, per_day * UNIT, lifetime * UNIT);
		assert_eq!(change(&|policy| policy.limits = vec![limit].try_into().unwrap()), stricter);
	}
	assert_eq!(change(&|policy| policy.limits = Default::default()), stricter);
	assert_eq!(change(&|policy| policy.calls = vec![rule(2, Some(7)), rule(4, Some(1))].try_into().unwrap()), stricter);
	assert_eq!(change(&|policy| policy.calls = vec![rule(2, None), rule(4, None)].try_into().unwrap()), looser);
	assert_eq!(change(&|policy| policy.calls = vec![rule(2, None)].try_into().unwrap()), stricter);
	assert_eq!(change(&|policy| policy.destinations = Destinations::Any), looser);
	let only_bob = Destinations::Only(vec![account(2)].try_into().unwrap());
	assert_eq!(change(&|policy| policy.destinations = only_bob.clone()), equal, "the other one was denied");
	assert_eq!(change(&|policy| policy.denied = Default::default()), looser);
	assert_eq!(change(&|policy| policy.denied = vec![account(2), account(3)].try_into().unwrap()), stricter);
	assert_eq!(change(&|policy| policy.hours = Hours::Weekly([0b10; 7])), stricter);
	assert_eq!(change(&|policy| policy.hours = Hours::Always), looser);
	assert_eq!(change(&|policy| policy.max_weight -= Weight::from_parts(1, 0)), stricter);
	assert_eq!(change(&|policy| policy.max_weight -= Weight::from_parts(0, 1)), stricter);
	assert_eq!(change(&|policy| policy.max_fee += 1), looser);
	assert_eq!(change(&|policy| policy.transactions_per_hour -= 1), stricter);
	assert_eq!(change(&|policy| policy.models = Models::Any), looser);
	assert_eq!(change(&|policy| policy.models = Models::Only(vec![2].try_into().unwrap())), stricter);
	assert_eq!(change(&|policy| policy.max_task_price += 1), looser);
	assert_eq!(change(&|policy| policy.expires = None), looser);
	assert_eq!(change(&|policy| policy.expires = Some(99)), stricter);
	assert_eq!(change(&|policy| policy.loosening_delay += 1), stricter);
	let neither = change(&|policy| {
		policy.max_fee += 1;
		policy.transactions_per_hour -= 1;
	});
	assert_eq!(neither, (false, false));
}

#[test]
fn every_hour_should_be_the_same_as_always() {
	let weekly = with(|policy| policy.hours = Hours::Weekly([Hours::WHOLE_DAY; 7]));
	assert!(tightens(&policy(), &weekly) && tightens(&weekly, &policy()));
}

proptest! {
	#[test]
	fn order_should_be_reflexive_and_transitive(seed: u64) {
		let mut random = Random(seed);
		let policies = [(); 3].map(|()| random_policy(&mut random));
		for policy in &policies {
			prop_assert!(tightens(policy, policy));
		}
		// Random policies are seldom comparable: make a chain out of them by taking the stricter of each rule.
		let [first, second, third] = policies;
		let middle = stricter_of(&first, &second);
		let last = stricter_of(&middle, &third);
		prop_assert!(tightens(&first, &middle) && tightens(&second, &middle));
		prop_assert!(tightens(&middle, &last) && tightens(&first, &last));
	}
}

/// The policy that allows what both allow.
fn stricter_of(left: &Rules, right: &Rules) -> Rules {
	let mut limits = Vec::new();
	for limit in &left.limits {
		if let Some(other) = right.limit(limit.asset) {
			limits.push(crate::Limit {
				asset: limit.asset,
				per_transaction: limit.per_transaction.min(other.per_transaction),
				per_day: limit.per_day.min(other.per_day),
				lifetime: limit.lifetime.min(other.lifetime),
			});
		}
	}
	let mut denied = left.denied.iter().chain(&right.denied).cloned().collect::<Vec<_>>();
	denied.sort();
	denied.dedup();
	let masks = |index: usize| left.hours.masks()[index] & right.hours.masks()[index];
	Rules {
		limits: limits.try_into().unwrap(),
		calls: left
			.calls
			.iter()
			.filter(|rule| right.calls.contains(rule))
			.copied()
			.collect::<Vec<_>>()
			.try_into()
			.unwrap(),
		destinations: match (&left.destinations, &right.destinations) {
			(Destinations::Any, other) | (other, Destinations::Any) => other.clone(),
			(Destinations::Only(left), Destinations::Only(right)) => {
				let both = left.iter().filter(|account| right.contains(account)).cloned().collect::<Vec<_>>();
				Destinations::Only(both.try_into().unwrap())
			}
		},
		denied: denied.try_into().unwrap(),
		hours: Hours::Weekly(core::array::from_fn(masks)),
		max_weight: left.max_weight.min(right.max_weight),
		max_fee: left.max_fee.min(right.max_fee),
		transactions_per_hour: left.transactions_per_hour.min(right.transactions_per_hour),
		models: match (&left.models, &right.models) {
			(Models::Any, other) | (other, Models::Any) => other.clone(),
			(Models::Only(left), Models::Only(right)) => {
				let both = left.iter().filter(|model| right.contains(model)).copied().collect::<Vec<_>>();
				Models::Only(both.try_into().unwrap())
			}
		},
		max_task_price: left.max_task_price.min(right.max_task_price),
		expires: left.expires.into_iter().chain(right.expires).min(),
		loosening_delay: left.loosening_delay.max(right.loosening_delay),
	}
}
