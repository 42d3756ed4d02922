// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Every way to hide a call in another one.

use aivm_traits::AssetKind;
use frame_support::assert_ok;
use frame_system::RawOrigin;

use crate::{mock::*, Event, Refusal};

/// A wrapper and whether it runs what it holds as the agent.
struct Wrapper {
	name: &'static str,
	wrap: fn(RuntimeCall) -> RuntimeCall,
	as_agent: bool,
}

fn boxed(call: RuntimeCall) -> Box<RuntimeCall> {
	Box::new(call)
}

const WRAPPERS: [Wrapper; 9] = [
	Wrapper {
		name: "batch",
		wrap: |call| pallet_utility::Call::batch { calls: vec![remark(1), call] }.into(),
		as_agent: true,
	},
	Wrapper {
		name: "batch_all",
		wrap: |call| pallet_utility::Call::batch_all { calls: vec![remark(1), call] }.into(),
		as_agent: true,
	},
	Wrapper {
		name: "force_batch",
		wrap: |call| pallet_utility::Call::force_batch { calls: vec![remark(1), call] }.into(),
		as_agent: true,
	},
	Wrapper {
		name: "if_else",
		wrap: |call| {
			// The first one fails, so that the second one runs.
			let main = boxed(transfer(&account(9), 1));
			pallet_utility::Call::if_else { main, fallback: boxed(call) }.into()
		},
		as_agent: true,
	},
	Wrapper {
		name: "as_derivative",
		wrap: |call| pallet_utility::Call::as_derivative { index: 7, call: boxed(call) }.into(),
		as_agent: false,
	},
	Wrapper {
		name: "proxy",
		wrap: |call| pallet_proxy::Call::proxy { real: carol(), force_proxy_type: None, call: boxed(call) }.into(),
		as_agent: false,
	},
	Wrapper {
		name: "as_multi_threshold_1",
		wrap: |call| {
			let other_signatories = vec![carol()];
			pallet_multisig::Call::as_multi_threshold_1 { other_signatories, call: boxed(call) }.into()
		},
		as_agent: false,
	},
	Wrapper {
		name: "as_multi",
		wrap: |call| {
			pallet_multisig::Call::as_multi {
				threshold: 2,
				other_signatories: vec![carol()],
				maybe_timepoint: None,
				call: boxed(call),
				max_weight: frame_support::weights::Weight::from_parts(1_000_000_000, 100_000),
			}
			.into()
		},
		as_agent: false,
	},
	Wrapper {
		name: "dispatch_as",
		wrap: |call| {
			let as_origin = Box::new(OriginCaller::system(RawOrigin::Signed(agent())));
			pallet_utility::Call::dispatch_as { as_origin, call: boxed(call) }.into()
		},
		as_agent: false,
	},
];

fn run_wrappers(test: impl Fn(&Wrapper)) {
	for wrapper in &WRAPPERS {
		run_session(|| {
			assert_ok!(Proxy::add_proxy(RuntimeOrigin::signed(carol()), agent(), ProxyType::Any, 0));
			let mut signatories = vec![agent(), carol()];
			signatories.sort();
			for account in
				[pallet_utility::derivative_account_id(agent(), 7), Multisig::multi_account_id(&signatories, 1)]
			{
				assert_ok!(Balances::transfer_keep_alive(RuntimeOrigin::signed(bob()), account, 100 * UNIT));
			}
			test(wrapper);
		});
	}
}

#[test]
fn overspend_should_be_refused_in_the_pool_when_it_is_known() {
	run_wrappers(|wrapper| {
		let hidden = (wrapper.wrap)(transfer(&bob(), 10 * UNIT + 1));
		assert_eq!(refused(&key(1), act(hidden)), Refusal::AboveTransactionLimit, "{}", wrapper.name);
		// Two levels deep, too.
		let hidden = batch(vec![(wrapper.wrap)(transfer(&bob(), 6 * UNIT)), transfer(&bob(), 6 * UNIT)]);
		assert_eq!(refused(&key(1), act(hidden)), Refusal::AboveTransactionLimit, "{}", wrapper.name);
	});
}

#[test]
fn wrapper_should_be_refused_when_it_is_sent_directly() {
	run_wrappers(|wrapper| {
		let direct = (wrapper.wrap)(transfer(&bob(), UNIT));
		assert_eq!(refused(&key(1), direct), Refusal::NeedsAct, "{}", wrapper.name);
	});
}

#[test]
fn denied_receiver_should_be_refused_in_the_pool_when_it_is_hidden() {
	run_wrappers(|wrapper| {
		let mut stricter = policy();
		stricter.denied = vec![account(66)].try_into().unwrap();
		set_policy(stricter).unwrap();
		let hidden = (wrapper.wrap)(transfer(&account(66), UNIT));
		let refusal = refused(&key(1), act(hidden));
		// Who a multisig pays is not known to the policy in the first place.
		let expected = [Refusal::DestinationDenied, Refusal::DestinationUnknown];
		assert!(expected.contains(&refusal), "{}: {refusal:?}", wrapper.name);
	});
}

#[test]
fn call_that_hands_over_control_should_be_refused_in_the_pool_when_it_is_hidden() {
	run_wrappers(|wrapper| {
		for call in [
			crate::Call::freeze { agent: 0 }.into(),
			act(remark(1)),
			RuntimeCall::from(pallet_proxy::Call::add_proxy { delegate: bob(), proxy_type: ProxyType::Any, delay: 0 }),
		] {
			let hidden = (wrapper.wrap)(call);
			assert_eq!(refused(&key(1), act(hidden)), Refusal::CallForbidden, "{}", wrapper.name);
		}
	});
}

#[test]
fn unknown_overspend_should_be_rolled_back_when_it_is_hidden() {
	run_wrappers(|wrapper| {
		let before = (free(&agent()), free(&SHOP));
		passes(&key(1), act((wrapper.wrap)(shop::Call::buy { price: 11 * UNIT }.into())));
		assert!(before.0 - free(&agent()) < UNIT, "{}", wrapper.name);
		match last_event() {
			Event::Refused { rule: Refusal::AboveTransactionLimit, value, .. } => {
				assert!(wrapper.as_agent && value == 11 * UNIT, "{}", wrapper.name);
				assert_eq!(free(&SHOP), before.1, "{}", wrapper.name);
			}
			Event::Acted { .. } => assert!(!wrapper.as_agent, "{}", wrapper.name),
			other => panic!("{}: {other:?}", wrapper.name),
		}
	});
}

#[test]
fn payment_should_pass_and_count_when_it_is_within_the_limits() {
	run_wrappers(|wrapper| {
		let bobs = free(&bob());
		passes(&key(1), act((wrapper.wrap)(transfer(&bob(), UNIT))));
		let (paid, counted) = (free(&bob()) - bobs, Policy::spent(0, AssetKind::Native).day);
		match last_event() {
			Event::Acted { result: Ok(()), .. } => {
				assert_eq!(paid, if wrapper.name == "as_multi" { 0 } else { UNIT }, "{}", wrapper.name);
				assert!((UNIT..2 * UNIT).contains(&counted), "{}: {counted}", wrapper.name);
			}
			// Only root can.
			Event::Acted { result: Err(_), .. } => assert_eq!((wrapper.name, paid), ("dispatch_as", 0)),
			other => panic!("{}: {other:?}", wrapper.name),
		}
	});
}

#[test]
fn scheduled_call_should_be_refused_when_a_session_key_schedules_it() {
	run_session(|| {
		let call = || Box::new(transfer(&bob(), 100 * UNIT));
		for hidden in [
			pallet_scheduler::Call::schedule { when: 2, maybe_periodic: None, priority: 0, call: call() },
			pallet_scheduler::Call::schedule_after { after: 1, maybe_periodic: None, priority: 0, call: call() },
			pallet_scheduler::Call::schedule_named {
				id: [1; 32],
				when: 2,
				maybe_periodic: None,
				priority: 0,
				call: call(),
			},
		] {
			assert_eq!(refused(&key(1), hidden.clone()), Refusal::CallForbidden);
			assert_eq!(refused(&key(1), act(batch(vec![hidden.into()]))), Refusal::CallForbidden);
		}
		assert!(pallet_scheduler::Agenda::<Test>::iter().next().is_none());
	});
}

#[test]
fn approved_multisig_should_be_checked_when_the_agent_completes_it() {
	run_session(|| {
		let mut signatories = vec![agent(), carol()];
		signatories.sort();
		let multisig = Multisig::multi_account_id(&signatories, 2);
		assert_ok!(Balances::transfer_keep_alive(RuntimeOrigin::signed(bob()), multisig.clone(), 100 * UNIT));
		let max_weight = frame_support::weights::Weight::from_parts(1_000_000_000, 100_000);
		for value in [10 * UNIT + 1, 10 * UNIT] {
			let call = transfer(&bob(), value);
			assert_ok!(Multisig::as_multi(
				RuntimeOrigin::signed(carol()),
				2,
				vec![agent()],
				None,
				Box::new(call.clone()),
				max_weight
			));
			let maybe_timepoint = Some(Multisig::timepoint());
			let complete = pallet_multisig::Call::as_multi {
				threshold: 2,
				other_signatories: vec![carol()],
				maybe_timepoint,
				call: Box::new(call),
				max_weight,
			};
			if value > 10 * UNIT {
				assert_eq!(refused(&key(1), act(complete)), Refusal::AboveTransactionLimit);
			} else {
				passes(&key(1), act(complete));
				assert_eq!(free(&multisig), 90 * UNIT);
			}
		}
	});
}

#[test]
fn nested_call_should_be_filtered_when_it_is_dispatched_as_the_agent() {
	run_session(|| {
		// What the pool checked is checked again at each dispatch: the origin itself refuses.
		use frame_support::{dispatch::GetDispatchInfo, traits::OriginTrait};
		use sp_runtime::traits::{DispatchTransaction, TransactionExtension};
		let call = act(remark(1));
		let extension = extension(0, 0);
		let mut info = call.get_dispatch_info();
		info.extension_weight = extension.weight(&call);
		let substitute = |origin: RuntimeOrigin| {
			assert!(origin.filter_call(&remark(1)));
			assert!(origin.filter_call(&act(remark(1))));
			assert!(!origin.filter_call(&crate::Call::freeze { agent: 0 }.into()));
			assert!(!origin.filter_call(&registry::Call::transfer { agent: 0, to: bob() }.into()));
			Ok(().into())
		};
		extension.test_run(RuntimeOrigin::signed(key(1)), &call, &info, 120, 0, substitute).unwrap().unwrap();
	});
}
