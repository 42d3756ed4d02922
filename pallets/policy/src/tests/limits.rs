// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Limits per transaction, day and lifetime, and their edges.

use aivm_traits::AssetKind;

use crate::{mock::*, Refusal};

/// The agent and the key have these limits, the other one [`policy`].
fn each_scope(limit: crate::Limit, test: impl Fn()) {
	for of_key in [false, true] {
		run_test(|| {
			let mut changed = policy();
			changed.limits = vec![limit].try_into().unwrap();
			let (agents, keys) = if of_key { (policy(), changed) } else { (changed, policy()) };
			set_policy(agents).unwrap();
			add_key(1, keys);
			test();
		});
	}
}

#[test]
fn transfer_should_be_refused_when_it_is_above_the_transaction_limit() {
	each_scope(native(2 * UNIT, 50 * UNIT, 200 * UNIT), || {
		passes(&key(1), transfer(&bob(), 2 * UNIT));
		assert_eq!(refused(&key(1), transfer(&bob(), 2 * UNIT + 1)), Refusal::AboveTransactionLimit);
		let sum = act(batch(vec![transfer(&bob(), UNIT), transfer(&carol(), UNIT + 1)]));
		assert_eq!(refused(&key(1), sum), Refusal::AboveTransactionLimit);
		let huge = act(batch(vec![transfer(&bob(), u128::MAX), transfer(&carol(), 2)]));
		assert_eq!(refused(&key(1), huge), Refusal::AboveTransactionLimit);
	});
}

#[test]
fn day_should_be_used_up_to_the_unit_when_amounts_and_fees_add_up() {
	each_scope(native(10 * UNIT, 10 * UNIT, 200 * UNIT), || {
		passes(&key(1), transfer(&bob(), 9 * UNIT));
		let left = 10 * UNIT - Policy::spent(0, AssetKind::Native).day;
		let fee = Transaction::new(&key(1), transfer(&bob(), left)).fee();
		assert_eq!(refused(&key(1), transfer(&bob(), left - fee + 1)), Refusal::AboveDayLimit);
		passes(&key(1), transfer(&bob(), left - fee));
		// A part of the last fee was given back, and is left.
		let left = 10 * UNIT - Policy::spent(0, AssetKind::Native).day;
		assert!(left < fee);
		assert_eq!(refused(&key(1), remark(1)), Refusal::AboveDayLimit);
		// An hour that began 24 hours ago still counts in full, as a part of it may be within the last 24 hours.
		set_time(MONDAY + 24 * 3_600);
		assert_eq!(refused(&key(1), remark(1)), Refusal::AboveDayLimit);
		set_time(MONDAY + 25 * 3_600);
		assert_eq!(Policy::spent(0, AssetKind::Native).day, 0);
		passes(&key(1), transfer(&bob(), 9 * UNIT));
	});
}

#[test]
fn lifetime_should_be_used_up_when_amounts_and_fees_add_up() {
	each_scope(native(10 * UNIT, 50 * UNIT, 20 * UNIT), || {
		for day in 0..2 {
			set_time(MONDAY + day * 48 * 3_600);
			passes(&key(1), transfer(&bob(), 9 * UNIT));
		}
		set_time(MONDAY + 1_000 * 3_600);
		assert_eq!(refused(&key(1), transfer(&bob(), 2 * UNIT)), Refusal::AboveLifetimeLimit);
		passes(&key(1), transfer(&bob(), UNIT));
	});
}

#[test]
fn agents_day_should_be_shared_when_several_keys_spend() {
	run_test(|| {
		let mut agents = policy();
		agents.limits = vec![native(10 * UNIT, 10 * UNIT, 200 * UNIT)].try_into().unwrap();
		set_policy(agents).unwrap();
		add_key(1, policy());
		add_key(2, policy());
		passes(&key(1), transfer(&bob(), 6 * UNIT));
		assert_eq!(refused(&key(2), transfer(&bob(), 6 * UNIT)), Refusal::AboveDayLimit);
		passes(&key(2), transfer(&bob(), 3 * UNIT));
	});
}

#[test]
fn keys_should_do_nothing_when_no_fee_is_budgeted() {
	run_test(|| {
		let mut without = policy();
		without.limits = Default::default();
		set_policy(without).unwrap();
		add_key(1, policy());
		assert_eq!(refused(&key(1), remark(1)), Refusal::AssetNotListed);
	});
}

#[test]
fn reader_should_pay_fees_alone_when_its_transaction_limit_is_nothing() {
	each_scope(native(0, UNIT, UNIT), || {
		passes(&key(1), remark(1));
		assert_eq!(refused(&key(1), transfer(&bob(), 1)), Refusal::AboveTransactionLimit);
	});
}

#[test]
fn limits_should_stay_used_when_the_policy_changes() {
	run_session(|| {
		passes(&key(1), transfer(&bob(), 9 * UNIT));
		let mut lower = policy();
		lower.limits = vec![native(9 * UNIT, 10 * UNIT, 200 * UNIT)].try_into().unwrap();
		set_policy(lower).unwrap();
		assert_eq!(refused(&key(1), transfer(&bob(), 2 * UNIT)), Refusal::AboveDayLimit);
	});
}

#[test]
fn transaction_should_be_refused_when_the_agent_cannot_pay_the_fee() {
	run_session(|| {
		let all = free(&agent());
		Balances::transfer_allow_death(RuntimeOrigin::signed(alice()), bob(), free(&alice()) - EXISTENTIAL_DEPOSIT)
			.unwrap();
		let drain = pallet_balances::Call::transfer_allow_death { dest: bob(), value: all };
		Policy::control(RuntimeOrigin::signed(alice()), 0, Box::new(drain.into())).unwrap();
		assert_eq!(free(&agent()), 0);
		use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
		let payment = Err(TransactionValidityError::Invalid(InvalidTransaction::Payment));
		assert_eq!(send(&key(1), remark(1)), payment);
	});
}
