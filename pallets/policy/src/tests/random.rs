// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Random transactions of a session key.

use aivm_traits::AssetKind;
use codec::{Decode, DecodeLimit, Encode};
use frame_support::assert_ok;

use super::model::Random;
use crate::{mock::*, Agents, CallRule, Destinations, Keys, Limit, Policy as Rules};

/// Calls to begin with, so that the bytes of most transactions decode.
fn samples() -> Vec<RuntimeCall> {
	let boxed = |call| Box::new(call);
	vec![
		remark(5),
		transfer(&bob(), 3 * UNIT),
		transfer(&carol(), 9 * UNIT),
		pallet_balances::Call::transfer_allow_death { dest: carol(), value: 9 * UNIT }.into(),
		pallet_balances::Call::transfer_all { dest: carol(), keep_alive: false }.into(),
		pallet_balances::Call::force_transfer { source: agent(), dest: carol(), value: UNIT }.into(),
		pallet_balances::Call::burn { value: UNIT, keep_alive: true }.into(),
		pallet_assets::Call::transfer_keep_alive { id: 1, target: carol(), amount: 3 }.into(),
		pallet_assets::Call::transfer_all { id: 2, dest: carol(), keep_alive: false }.into(),
		pallet_assets::Call::approve_transfer { id: 2, delegate: carol(), amount: 9 }.into(),
		pallet_assets::Call::transfer { id: 2, target: carol(), amount: 9 }.into(),
		shop::Call::infer { model: 1, max_payment: UNIT }.into(),
		shop::Call::buy { price: UNIT }.into(),
		shop::Call::order { price: UNIT }.into(),
		batch(vec![transfer(&carol(), UNIT), remark(1), transfer(&bob(), UNIT)]),
		pallet_utility::Call::as_derivative { index: 1, call: boxed(transfer(&carol(), UNIT)) }.into(),
		pallet_proxy::Call::proxy { real: agent(), force_proxy_type: None, call: boxed(transfer(&carol(), UNIT)) }
			.into(),
		pallet_proxy::Call::add_proxy { delegate: carol(), proxy_type: ProxyType::Any, delay: 0 }.into(),
		pallet_scheduler::Call::schedule {
			when: 5,
			maybe_periodic: None,
			priority: 0,
			call: boxed(transfer(&carol(), UNIT)),
		}
		.into(),
		crate::Call::set_policy { agent: 0, policy: Box::default() }.into(),
		crate::Call::remove_session_key { agent: 0, key: key(1) }.into(),
		crate::Call::control { agent: 0, call: boxed(transfer(&carol(), UNIT)) }.into(),
		act(transfer(&carol(), UNIT)),
	]
}

/// Random bytes, or a call with random changes.
fn random_bytes(random: &mut Random, samples: &[RuntimeCall]) -> Vec<u8> {
	let mut bytes = random.pick(samples).encode();
	match random.below(4) {
		0 => {
			let len = 2 + random.below(60) as usize;
			bytes = (0..len).map(|_| random.next() as u8).collect();
			bytes[0] %= 15;
			bytes[1] %= 16;
		}
		1 => {}
		_ => {
			for _ in 0..=random.below(3) {
				let at = random.below(bytes.len() as u64) as usize;
				bytes[at] = random.next() as u8;
			}
		}
	}
	bytes
}

/// Everything that belongs to neither the agent nor those who may be paid.
fn of_others() -> u128 {
	let allowed = [agent(), bob(), SHOP];
	let accounts = frame_system::Account::<Test>::iter().filter(|(account, _)| !allowed.contains(account));
	accounts.map(|(_, info)| info.data.free + info.data.reserved).sum()
}

/// Sends this many random transactions of key 1 and checks after each one what left.
fn run(seed: u64, transactions: u32, change: impl Fn(&mut Rules), closed: bool) {
	new_test_ext().execute_with(|| {
		for id in [1, 2] {
			assert_ok!(Assets::force_create(RuntimeOrigin::root(), id, SHOP, true, 1));
			assert_ok!(Assets::mint(RuntimeOrigin::signed(SHOP), id, agent(), 1_000_000));
		}
		let mut rules = policy();
		rules.calls = (0..15).map(|pallet| CallRule { pallet, call: None }).collect::<Vec<_>>().try_into().unwrap();
		rules.limits = vec![
			native(2 * UNIT, 20 * UNIT, 200 * UNIT),
			Limit { asset: AssetKind::Asset(1), per_transaction: 2, per_day: 20, lifetime: 50 },
		]
		.try_into()
		.unwrap();
		change(&mut rules);
		set_policy(rules.clone()).unwrap();
		add_key(1, rules.clone());
		let owners =
			(Agents::<Test>::get(0), Keys::<Test>::get(key(1)), registry::Table::<Test>::get(0), free(&alice()));
		let others = of_others();

		let (mut random, samples) = (Random(seed), samples());
		let (mut sent, mut decoded, mut passed) = (0, 0, 0);
		let mut payments: Vec<(u64, [u128; 2])> = Vec::new();
		while sent < transactions {
			sent += 1;
			let bytes = random_bytes(&mut random, &samples);
			let Ok(call) = RuntimeCall::decode_all_with_depth_limit(64, &mut &bytes[..]) else { continue };
			decoded += 1;
			let call = if random.one_in(2) { call } else { act(call) };
			let mut transaction = Transaction::new(&key(1), call.clone());
			transaction.tip = if random.one_in(8) { random.below(2 * UNIT as u64).into() } else { 0 };
			if random.one_in(4) {
				set_time(now() + random.below(20_000));
			}
			System::reset_events();
			let had = [free(&agent()), Assets::balance(1, agent())];
			let applied = transaction.apply();
			let left = [had[0].saturating_sub(free(&agent())), had[1].saturating_sub(Assets::balance(1, agent()))];
			if applied.is_err() {
				assert_eq!(left, [0, 0], "{call:?}");
				continue;
			}
			passed += 1;
			assert!(left[0] <= 2 * UNIT + rules.max_fee && left[1] <= 2, "{call:?}");
			payments.push((now(), left));
			let day = payments.iter().filter(|(at, _)| at + 86_400 >= now());
			let day = day.fold([0, 0], |sum, (_, left)| [sum[0] + left[0], sum[1] + left[1]]);
			assert!(day[0] <= 20 * UNIT && day[1] <= 20, "{call:?}");
			assert_eq!(Assets::balance(2, agent()), 1_000_000, "{call:?}");
			if closed {
				assert!(of_others() <= others, "{call:?}");
			}
			// Nothing but money and the shop's holds changed.
			let state =
				(Agents::<Test>::get(0), Keys::<Test>::get(key(1)), registry::Table::<Test>::get(0), free(&alice()));
			assert_eq!(state, owners, "{call:?}");
			assert_eq!(pallet_proxy::Proxies::<Test>::iter().count(), 0, "{call:?}");
			assert_eq!(pallet_assets::Approvals::<Test>::iter().count(), 0, "{call:?}");
			assert_eq!(pallet_scheduler::Agenda::<Test>::iter().count(), 0, "{call:?}");
		}
		let lifetime = payments.iter().map(|(_, left)| left[0]).sum::<u128>();
		assert!(lifetime <= 200 * UNIT);
		assert!(decoded > transactions / 4 && passed > 20, "{decoded} decoded, {passed} passed");
		Policy::do_try_state().unwrap();
	});
}

#[test]
fn random_transactions_should_move_no_more_than_the_policy_allows() {
	run(1, 5_000, |_| {}, false);
}

#[test]
fn random_transactions_should_pay_nobody_else_when_destinations_are_listed() {
	run(2, 5_000, |rules| rules.destinations = Destinations::Only(vec![bob()].try_into().unwrap()), true);
}

#[test]
fn random_bytes_should_be_no_call_when_they_do_not_decode() {
	run_session(|| {
		assert!(RuntimeCall::decode(&mut &[250_u8, 0][..]).is_err());
		assert_eq!(Policy::would_allow(0, None, vec![250, 0], None), Err(crate::NoVerdict::UndecodableCall));
	});
}
