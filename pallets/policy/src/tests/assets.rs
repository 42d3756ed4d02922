// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Assets besides the native token.

use aivm_traits::AssetKind;
use frame_support::{assert_ok, dispatch::GetDispatchInfo};
use sp_runtime::traits::{DispatchTransaction, Dispatchable, TransactionExtension};

use crate::{mock::*, Event, Limit, Refusal};

/// Asset 1 has a limit of 100 at once and 150 in a day; asset 2 has none. The agent has 1,000 of both.
fn run_assets(test: impl FnOnce()) {
	run_test(|| {
		for id in [1, 2] {
			assert_ok!(Assets::force_create(RuntimeOrigin::root(), id, SHOP, true, 10));
			assert_ok!(Assets::mint(RuntimeOrigin::signed(SHOP), id, agent(), 1_000));
		}
		let mut both = policy();
		let limit = Limit { asset: AssetKind::Asset(1), per_transaction: 100, per_day: 150, lifetime: 1_000 };
		both.limits.try_push(limit).unwrap();
		set_policy(both.clone()).unwrap();
		add_key(1, both);
		test();
	});
}

fn pay(id: u32, amount: u128) -> RuntimeCall {
	pallet_assets::Call::transfer_keep_alive { id, target: bob(), amount }.into()
}

fn sweep(id: u32) -> RuntimeCall {
	pallet_assets::Call::transfer_all { id, dest: bob(), keep_alive: false }.into()
}

#[test]
fn listed_asset_should_leave_within_its_own_limits() {
	run_assets(|| {
		passes(&key(1), pay(1, 100));
		assert_eq!(Assets::balance(1, bob()), 100);
		assert_eq!(Policy::spent(0, AssetKind::Asset(1)).day, 100);
		assert_eq!(refused(&key(1), pay(1, 101)), Refusal::AboveTransactionLimit);
		assert_eq!(refused(&key(1), pay(1, 51)), Refusal::AboveDayLimit);
		passes(&key(1), pay(1, 50));
		assert_eq!(refused(&key(1), pay(1, 1)), Refusal::AboveDayLimit);
	});
}

#[test]
fn asset_should_be_refused_when_only_one_of_both_policies_lists_it() {
	run_assets(|| {
		add_key(2, policy());
		assert_eq!(refused(&key(2), pay(1, 1)), Refusal::AssetNotListed);
		passes(&key(2), act(sweep(1)));
		assert!(matches!(last_event(), Event::Acted { result: Err(_), .. }));
		assert_eq!(Assets::balance(1, agent()), 1_000);
	});
}

#[test]
fn unlisted_asset_should_stay_when_any_call_tries_to_move_it() {
	run_assets(|| {
		assert_eq!(refused(&key(1), pay(2, 1)), Refusal::AssetNotListed);
		assert_eq!(refused(&key(1), act(pay(2, 1))), Refusal::AssetNotListed);
		for call in [
			sweep(2),
			pallet_assets::Call::transfer { id: 2, target: bob(), amount: 5 }.into(),
			pallet_assets::Call::transfer { id: 2, target: bob(), amount: 1_000 }.into(),
			batch(vec![remark(1), sweep(2)]),
		] {
			passes(&key(1), act(call.clone()));
			// A sweep of nothing is no error.
			assert!(matches!(last_event(), Event::Acted { .. }), "{call:?}");
			assert_eq!(Assets::balance(2, agent()), 1_000);
			assert_eq!(Assets::balance(2, bob()), 0);
		}
		// Only while a session key's transaction runs: the owner can move it.
		assert_ok!(Policy::control(RuntimeOrigin::signed(alice()), 0, Box::new(sweep(2))));
		assert_eq!(Assets::balance(2, bob()), 1_000);
	});
}

#[test]
fn listed_asset_should_be_measured_when_a_call_does_not_say_what_it_pays() {
	run_assets(|| {
		passes(&key(1), act(sweep(1)));
		let (rule, asset) = (Refusal::AboveTransactionLimit, AssetKind::Asset(1));
		let (limit, value) = (100, 1_000);
		assert_eq!(last_event(), Event::Refused { agent: 0, key: key(1), rule, asset, limit, value });
		assert_eq!(Assets::balance(1, agent()), 1_000);
		let call = pallet_assets::Call::transfer { id: 1, target: bob(), amount: 80 };
		assert_eq!(refused(&key(1), call.clone()), Refusal::NeedsAct);
		passes(&key(1), act(call));
		assert_eq!(Policy::spent(0, AssetKind::Asset(1)).day, 80);
	});
}

#[test]
fn allowance_of_the_owner_should_not_let_keys_move_more_when_somebody_else_draws_on_it() {
	run_assets(|| {
		// The owner lets Bob draw, and makes the agent Bob's proxy.
		let approve = pallet_assets::Call::approve_transfer { id: 2, delegate: bob(), amount: 500 };
		assert_ok!(Policy::control(RuntimeOrigin::signed(alice()), 0, Box::new(approve.into())));
		assert_ok!(Proxy::add_proxy(RuntimeOrigin::signed(bob()), agent(), ProxyType::Any, 0));
		let draw = pallet_assets::Call::transfer_approved { id: 2, owner: agent(), destination: bob(), amount: 500 };
		let proxied = pallet_proxy::Call::proxy { real: bob(), force_proxy_type: None, call: Box::new(draw.into()) };
		passes(&key(1), act(proxied));
		assert_eq!(Assets::balance(2, agent()), 1_000);
		assert_eq!(Assets::balance(2, bob()), 0);
	});
}

#[test]
fn listed_asset_should_stay_when_a_call_that_says_nothing_of_it_moves_it() {
	run_assets(|| {
		let (extension, call) = (extension(0, 0), remark(1));
		let mut info = call.get_dispatch_info();
		info.extension_weight = extension.weight(&call);
		let substitute = |origin: RuntimeOrigin| {
			assert!(pay(1, 1).dispatch(RuntimeOrigin::signed(agent())).is_err());
			assert_ok!(pay(1, 10).dispatch(RuntimeOrigin::signed(SHOP)));
			call.clone().dispatch(origin)
		};
		assert_ok!(Assets::mint(RuntimeOrigin::signed(SHOP), 1, SHOP, 100));
		let origin = RuntimeOrigin::signed(key(1));
		assert_ok!(extension.test_run(origin, &call, &info, 120, 0, substitute).unwrap());
		assert_eq!(Assets::balance(1, agent()), 1_000);
	});
}
