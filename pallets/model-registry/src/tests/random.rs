// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Random calls in random order.

use super::*;
use frame_support::dispatch::GetDispatchInfo;
use proptest::prelude::*;
use sp_runtime::traits::Dispatchable;

/// A call on one of few models and versions, so that calls meet each other.
fn any_call() -> impl Strategy<Value = Call<Test>> {
	let id = || (0..2u32, 1..4u32);
	let account = || prop_oneof![Just(ALICE), Just(BOB)];
	let format = prop_oneof![4 => Just(Format::Program), 1 => Just(Format::Wasm), 1 => Just(Format::Container)];
	let parent = proptest::option::weighted(0.2, id().prop_map(|(model, version)| version_ref(model, version)));
	prop_oneof![
		1 => Just(Call::register_model { name: name("digits") }),
		4 => (0..2u32, 0..2u8, format, parent).prop_map(|(model, seed, format, parent)| {
			Call::publish_version { model, spec: VersionSpec { parent, ..spec(format, &program(seed)) } }
		}),
		3 => (id(), 0..2u8, 0..5usize).prop_map(|((model, version), seed, place)| {
			let (index, bytes) = chunks(&program(seed)).swap_remove(place);
			Call::upload_chunk { model, version, index, bytes }
		}),
		4 => id().prop_map(|(model, version)| Call::finalise_version { model, version }),
		4 => id().prop_map(|(model, version)| Call::activate { model, version }),
		2 => (id(), proptest::option::of(1..4u32))
			.prop_map(|((model, version), successor)| Call::deprecate { model, version, successor }),
		1 => id().prop_map(|(model, version)| Call::revoke { model, version, reason: reason("wrong") }),
		2 => id().prop_map(|(model, version)| Call::remove_version { model, version }),
		1 => (0..2u32).prop_map(|model| Call::remove_model { model }),
		2 => (0..2u32, account()).prop_map(|(model, new_owner)| Call::transfer_ownership { model, new_owner }),
		1 => (0..2u32).prop_map(|model| Call::cancel_transfer { model }),
		2 => (0..2u32).prop_map(|model| Call::accept_transfer { model }),
	]
}

/// One call, or all that upload and finalise a program.
fn any_calls() -> impl Strategy<Value = Vec<Call<Test>>> {
	let upload = (0..2u32, 1..4u32, 0..2u8).prop_map(|(model, version, seed)| {
		let chunks = chunks(&program(seed)).into_iter();
		let mut calls =
			chunks.map(|(index, bytes)| Call::upload_chunk { model, version, index, bytes }).collect::<Vec<_>>();
		calls.push(Call::finalise_version { model, version });
		calls
	});
	prop_oneof![3 => any_call().prop_map(|call| vec![call]), 1 => upload]
}

fn totals() -> [Balance; 2] {
	use frame_support::traits::fungible::Inspect;
	[ALICE, BOB].map(|who| Balances::total_balance(&who))
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

	/// Whatever happens, the state stays consistent, failures change nothing, nobody gains or loses a unit, and no call needs
	/// more weight than was charged for it.
	#[test]
	fn state_should_stay_consistent_when_calls_come_in_any_order(
		calls in proptest::collection::vec((any_calls(), 0..3u8), 1..120),
	) {
		run_test(|| {
			for _ in 0..2 {
				let model = register(ALICE);
				publish(ALICE, model, spec(Format::Program, &program(0)));
				publish(ALICE, model, spec(Format::Program, &program(1)));
			}
			let before = totals();
			let mut done = 0;
			// Alice most often, so that calls succeed.
			let signer = |who: u8| [ALICE, ALICE, BOB][usize::from(who)].clone();
			let calls = calls.into_iter().flat_map(|(calls, who)| calls.into_iter().map(move |call| (call, signer(who))));
			for (call, who) in calls {
				let call = RuntimeCall::Registry(call);
				let charged = call.get_dispatch_info().call_weight;
				let root = sp_io::storage::root(sp_runtime::StateVersion::V1);
				let post_info = match call.dispatch(signed(who)) {
					Ok(post_info) => {
						done += 1;
						assert_ok!(Registry::do_try_state());
						post_info
					},
					Err(error) => {
						assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), root);
						error.post_info
					},
				};
				if let Some(actual) = post_info.actual_weight {
					assert!(actual.all_lte(charged));
				}
				assert_eq!(totals(), before);
			}
			let events = System::events().len();
			assert!(events >= done, "{done} calls succeeded with {events} events");
		});
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

	/// Chunks cover every program exactly, whatever its size.
	#[test]
	fn chunks_should_cover_the_program_when_it_has_any_size(bytes in 1..=MAX_PROGRAM_BYTES) {
		let count = Pallet::<Test>::chunk_count(bytes);
		let sizes = (0..count).map(|index| Pallet::<Test>::chunk_len(bytes, index).expect("the chunk has a place"));
		prop_assert_eq!(sizes.sum::<u32>(), bytes);
		prop_assert_eq!(Pallet::<Test>::chunk_len(bytes, count), None);
		prop_assert!(count <= Pallet::<Test>::max_chunks());
	}
}
