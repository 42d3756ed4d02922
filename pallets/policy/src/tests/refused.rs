// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Every refusal, with balances unchanged to the unit.

use frame_support::weights::Weight;

use crate::{mock::*, CallRule, Destinations, Expiry, Hours, Models, Refusal};

/// Runs with this policy for the agent and then, on a new chain, for the key.
fn each_scope(change: impl Fn(&mut crate::Policy), test: impl Fn()) {
	for of_key in [false, true] {
		run_test(|| {
			let mut changed = policy();
			change(&mut changed);
			let (agents, keys) = if of_key { (policy(), changed) } else { (changed, policy()) };
			set_policy(agents).unwrap();
			add_key(1, keys);
			test();
		});
	}
}

#[test]
fn key_should_be_refused_when_it_was_removed() {
	run_session(|| {
		Policy::remove_session_key(RuntimeOrigin::signed(alice()), 0, key(1)).unwrap();
		assert_eq!(refused(&key(1), remark(1)), Refusal::KeyRemoved);
	});
}

#[test]
fn removed_key_should_be_an_ordinary_account_when_it_has_money_of_its_own() {
	run_session(|| {
		Balances::transfer_keep_alive(RuntimeOrigin::signed(bob()), key(1), 5 * UNIT).unwrap();
		passes(&key(1), transfer(&bob(), UNIT));
		assert_eq!(free(&key(1)), 5 * UNIT);
		Policy::remove_session_key(RuntimeOrigin::signed(alice()), 0, key(1)).unwrap();
		let agents = free(&agent());
		passes(&key(1), transfer(&bob(), UNIT));
		assert!(free(&key(1)) < 4 * UNIT);
		assert_eq!(free(&agent()), agents);
	});
}

#[test]
fn key_should_be_refused_from_its_expiry_on() {
	run_session(|| {
		add_key_until(2, policy(), Expiry::Block(5)).unwrap();
		add_key_until(3, policy(), Expiry::Time(MONDAY + 60)).unwrap();
		System::set_block_number(4);
		set_time(MONDAY + 59);
		passes(&key(2), remark(1));
		passes(&key(3), remark(1));
		System::set_block_number(5);
		assert_eq!(refused(&key(2), remark(1)), Refusal::KeyExpired);
		set_time(MONDAY + 60);
		assert_eq!(refused(&key(3), remark(1)), Refusal::KeyExpired);
		passes(&key(1), remark(1));
	});
}

#[test]
fn key_should_be_refused_when_its_agent_is_gone() {
	run_session(|| {
		let info = registry::Table::<Test>::take(0);
		assert_eq!(refused(&key(1), remark(1)), Refusal::NoSuchAgent);
		registry::Table::<Test>::set(0, info);
	});
}

#[test]
fn keys_should_be_refused_when_the_agent_was_transferred() {
	run_session(|| {
		Registry::transfer(RuntimeOrigin::signed(alice()), 0, bob()).unwrap();
		assert_eq!(refused(&key(1), remark(1)), Refusal::AgentTransferred);
		// Giving it back does not revive them.
		Registry::transfer(RuntimeOrigin::signed(bob()), 0, alice()).unwrap();
		assert_eq!(refused(&key(1), remark(1)), Refusal::AgentTransferred);
		add_key(2, policy());
		passes(&key(2), remark(1));
	});
}

#[test]
fn keys_should_be_refused_while_the_agent_is_frozen() {
	run_session(|| {
		Policy::freeze(RuntimeOrigin::signed(alice()), 0).unwrap();
		assert_eq!(refused(&key(1), remark(1)), Refusal::AgentFrozen);
		Policy::unfreeze(RuntimeOrigin::signed(alice()), 0).unwrap();
		passes(&key(1), remark(1));
	});
}

#[test]
fn keys_should_be_refused_when_there_is_no_policy() {
	run_test(|| {
		add_key(1, policy());
		assert_eq!(refused(&key(1), remark(1)), Refusal::NoPolicy);
	});
}

#[test]
fn keys_should_be_refused_from_the_policys_expiry_on() {
	each_scope(
		|policy| policy.expires = Some(MONDAY + 100),
		|| {
			set_time(MONDAY + 99);
			passes(&key(1), remark(1));
			set_time(MONDAY + 100);
			assert_eq!(refused(&key(1), remark(1)), Refusal::PolicyExpired);
		},
	);
}

#[test]
fn keys_should_be_refused_outside_the_active_hours() {
	// Monday 08:00 to 10:00, and the whole Sunday.
	let masks = [0b11 << 8, 0, 0, 0, 0, 0, Hours::WHOLE_DAY];
	each_scope(
		|policy| policy.hours = Hours::Weekly(masks),
		|| {
			let hour = 3_600;
			for (second, allowed) in [
				(0, false),
				(8 * hour - 1, false),
				(8 * hour, true),
				(10 * hour - 1, true),
				(10 * hour, false),
				(24 * hour + 8 * hour, false),
				(6 * 24 * hour - 1, false),
				(6 * 24 * hour, true),
				(7 * 24 * hour - 1, true),
				(7 * 24 * hour, false),
			] {
				set_time(MONDAY + second);
				if allowed {
					passes(&key(1), remark(1));
				} else {
					assert_eq!(refused(&key(1), remark(1)), Refusal::OutsideHours, "{second}");
				}
			}
		},
	);
}

#[test]
fn transactions_should_be_refused_when_there_were_too_many_within_an_hour() {
	each_scope(
		|policy| policy.transactions_per_hour = 3,
		|| {
			for _ in 0..3 {
				passes(&key(1), remark(1));
			}
			assert_eq!(refused(&key(1), remark(1)), Refusal::TooManyTransactions);
			set_time(MONDAY + 3_599);
			assert_eq!(refused(&key(1), remark(1)), Refusal::TooManyTransactions);
			// By five minutes, so an hour and five minutes later at the latest.
			set_time(MONDAY + 3_900);
			passes(&key(1), remark(1));
		},
	);
}

#[test]
fn call_should_be_refused_when_it_is_too_heavy() {
	use frame_support::dispatch::GetDispatchInfo;
	let weight = remark(1).get_dispatch_info().call_weight;
	each_scope(|policy| policy.max_weight = weight, || passes(&key(1), remark(1)));
	for max_weight in [weight - Weight::from_parts(1, 0), Weight::from_parts(weight.ref_time() - 1, u64::MAX)] {
		each_scope(
			|policy| policy.max_weight = max_weight,
			|| assert_eq!(refused(&key(1), remark(1)), Refusal::WeightAboveMaximum),
		);
	}
}

#[test]
fn transaction_should_be_refused_when_the_fee_with_the_tip_is_too_high() {
	each_scope(
		|_| {},
		|| {
			let mut transaction = Transaction::new(&key(1), remark(1));
			transaction.tip = UNIT - transaction.fee();
			let mut higher = transaction.clone();
			higher.tip += 1;
			assert_eq!(refusal_of(send_transaction(higher)), Refusal::FeeAboveMaximum);
			send_transaction(transaction).unwrap().unwrap();
		},
	);
}

#[test]
fn calls_that_hand_over_control_should_be_refused_whatever_the_policy_says() {
	run_session(|| {
		let remark = || Box::new(remark(1));
		let owners: Vec<RuntimeCall> = vec![
			crate::Call::freeze { agent: 0 }.into(),
			crate::Call::set_policy { agent: 0, policy: Box::new(policy()) }.into(),
			crate::Call::control { agent: 0, call: remark() }.into(),
			pallet_proxy::Call::add_proxy { delegate: bob(), proxy_type: ProxyType::Any, delay: 0 }.into(),
			pallet_proxy::Call::create_pure { proxy_type: ProxyType::Any, delay: 0, index: 0 }.into(),
			pallet_assets::Call::approve_transfer { id: 1, delegate: bob(), amount: 1 }.into(),
			pallet_scheduler::Call::schedule { when: 9, maybe_periodic: None, priority: 0, call: remark() }.into(),
			registry::Call::transfer { agent: 0, to: bob() }.into(),
			pallet_multisig::Call::approve_as_multi {
				threshold: 2,
				other_signatories: vec![carol()],
				maybe_timepoint: None,
				call_hash: [7; 32],
				max_weight: Weight::zero(),
			}
			.into(),
			act(act(crate::mock::remark(1))),
		];
		for call in owners {
			assert_eq!(refused(&key(1), call.clone()), Refusal::CallForbidden, "{call:?}");
			assert_eq!(refused(&key(1), act(call.clone())), Refusal::CallForbidden, "{call:?}");
			assert_eq!(refused(&key(1), act(batch(vec![call.clone()]))), Refusal::CallForbidden, "{call:?}");
		}
	});
}

#[test]
fn call_should_be_refused_when_it_is_not_listed() {
	each_scope(
		|policy| {
			let rules = vec![CallRule { pallet: 0, call: Some(0) }, CallRule { pallet: 4, call: None }];
			policy.calls = rules.try_into().unwrap();
		},
		|| {
			passes(&key(1), remark(1));
			let with_event = frame_system::Call::remark_with_event { remark: vec![] };
			assert_eq!(refused(&key(1), with_event), Refusal::CallNotAllowed);
			assert_eq!(refused(&key(1), transfer(&bob(), 1)), Refusal::CallNotAllowed);
			assert_eq!(refused(&key(1), act(transfer(&bob(), 1))), Refusal::CallNotAllowed);
			assert_eq!(refused(&key(1), act(batch(vec![remark(1), transfer(&bob(), 1)]))), Refusal::CallNotAllowed);
			passes(&key(1), act(batch(vec![remark(1), remark(1)])));
		},
	);
}

#[test]
fn call_should_be_refused_directly_when_it_must_be_measured() {
	run_session(|| {
		for call in [
			batch(vec![remark(1)]),
			shop::Call::buy { price: 1 }.into(),
			pallet_balances::Call::transfer_all { dest: bob(), keep_alive: true }.into(),
		] {
			assert_eq!(refused(&key(1), call), Refusal::NeedsAct);
		}
	});
}

#[test]
fn call_should_be_refused_when_it_holds_too_many_calls() {
	run_session(|| {
		// The batch counts as well.
		passes(&key(1), act(batch(vec![remark(1); 63])));
		assert_eq!(refused(&key(1), act(batch(vec![remark(1); 64]))), Refusal::TooManyCalls);
		let nested = |depth| (0..depth).fold(remark(1), |call, _| batch(vec![call]));
		passes(&key(1), act(nested(63)));
		assert_eq!(refused(&key(1), act(nested(64))), Refusal::TooManyCalls);
	});
}

#[test]
fn transfer_should_be_refused_when_the_receiver_is_not_a_destination() {
	each_scope(
		|policy| policy.destinations = Destinations::Only(vec![bob()].try_into().unwrap()),
		|| {
			passes(&key(1), transfer(&bob(), UNIT));
			assert_eq!(refused(&key(1), transfer(&carol(), UNIT)), Refusal::DestinationNotAllowed);
			let hidden = act(batch(vec![transfer(&bob(), 1), transfer(&carol(), 1)]));
			assert_eq!(refused(&key(1), hidden), Refusal::DestinationNotAllowed);
			assert_eq!(refused(&key(1), act(shop::Call::buy { price: 1 })), Refusal::DestinationUnknown);
			// Nobody is chosen as the receiver.
			passes(&key(1), shop::Call::infer { model: 1, max_payment: UNIT });
		},
	);
}

#[test]
fn transfer_should_be_refused_when_the_receiver_is_denied() {
	each_scope(
		|policy| policy.denied = vec![carol()].try_into().unwrap(),
		|| {
			passes(&key(1), transfer(&bob(), UNIT));
			assert_eq!(refused(&key(1), transfer(&carol(), UNIT)), Refusal::DestinationDenied);
			assert_eq!(refused(&key(1), act(shop::Call::buy { price: 1 })), Refusal::DestinationUnknown);
		},
	);
}

#[test]
fn use_of_a_model_should_be_refused_when_model_or_price_is_not_allowed() {
	each_scope(
		|policy| {
			policy.models = Models::Only(vec![3, 5].try_into().unwrap());
			policy.max_task_price = 2 * UNIT;
		},
		|| {
			passes(&key(1), shop::Call::infer { model: 5, max_payment: 2 * UNIT });
			let call = shop::Call::infer { model: 4, max_payment: UNIT };
			assert_eq!(refused(&key(1), call), Refusal::ModelNotAllowed);
			let call = shop::Call::infer { model: 3, max_payment: 2 * UNIT + 1 };
			assert_eq!(refused(&key(1), call), Refusal::TaskPriceAboveMaximum);
		},
	);
}

#[test]
fn every_code_should_have_a_sentence_when_it_is_looked_up() {
	for (index, refusal) in Refusal::ALL.into_iter().enumerate() {
		assert_eq!(usize::from(refusal.code()), 64 + index);
		assert_eq!(Refusal::from_code(refusal.code()), Some(refusal));
		assert_eq!(codec::Encode::encode(&refusal), vec![refusal.code()]);
		assert_eq!(Policy::explain_refusal(refusal.code()), Some(refusal.to_string().into_bytes()));
		assert!(refusal.code() <= 111);
	}
	assert_eq!(Policy::explain_refusal(63), None);
	assert_eq!(Policy::explain_refusal(89), None);
}
