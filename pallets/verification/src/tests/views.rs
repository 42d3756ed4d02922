// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What clients read.

use super::*;
use crate::kinds::groth16::trapdoor;

fn ids(page: &Page<KeyViewOf<Test>>) -> Vec<KeyId> {
	page.items.iter().map(|key| key.id).collect()
}

/// Seven keys, of which the odd ones are of a version.
fn seven() -> VersionRef {
	let version = publish(alice());
	for number in 0..7 {
		let binding = if number % 2 == 1 { of_version(version) } else { standalone() };
		register(Curve::Bls12_381, &trapdoor::key(Curve::Bls12_381, 4), binding);
	}
	version
}

#[test]
fn keys_should_come_in_pages() {
	run_test(|| {
		seven();
		let first = Verification::keys(0, 100);
		assert_eq!((ids(&first), first.next), (vec![0, 1, 2], Some(3)));
		let second = Verification::keys(3, 2);
		assert_eq!((ids(&second), second.next), (vec![3, 4], Some(5)));
		let last = Verification::keys(5, 3);
		assert_eq!((ids(&last), last.next), (vec![5, 6], None));
		for start in [7, u32::MAX] {
			let none = Verification::keys(start, 3);
			assert_eq!((ids(&none), none.next), (vec![], None));
		}
	});
}

#[test]
fn keys_of_should_name_only_the_keys_of_the_version() {
	run_test(|| {
		let version = seven();
		assert_ok!(Verification::revoke_key(signed(alice()), 3));
		let all = Verification::keys_of(version, 0, 100);
		assert_eq!((ids(&all), all.next), (vec![1, 3, 5], None));
		assert_eq!(all.items[1].state, KeyState::Revoked);
		let first = Verification::keys_of(version, 1, 1);
		assert_eq!((ids(&first), first.next), (vec![1], Some(3)));
		let last = Verification::keys_of(version, 4, 1);
		assert_eq!((ids(&last), last.next), (vec![5], None));
		let other = VersionRef { model: version.model, version: 8 };
		assert_eq!(ids(&Verification::keys_of(other, 0, 100)), Vec::<KeyId>::new());
	});
}

#[test]
fn views_should_tell_nothing_of_what_is_not_there() {
	run_test(|| {
		assert_eq!(Verification::key(0), None);
		assert!(!Verification::is_nullified(0, vec![]));
		assert_eq!(Verification::check(0, vec![], vec![]), Err(Error::<Test>::KeyNotFound.into()));
		assert_eq!(Verification::pinned_weights(VersionRef { model: 0, version: 1 }), None);
	});
}

#[test]
fn views_should_need_no_host_functions_of_the_chain() {
	run_test(|| {
		let circuit = Circuit::<Bls12_381>::new(3, 1);
		let inputs = numbers(&[1, 2, 3]);
		let proof = circuit.prove(&inputs);
		let key = register(Curve::Bls12_381, &circuit.wire_key(), standalone());
		let calls = HostCalls::get();
		assert!(calls > 0, "calls do need them");
		assert_eq!(Verification::check(key, inputs.clone(), proof.clone()), Ok(()));
		assert!(Verification::check(key, inputs.clone(), vec![0; proof.len()]).is_err());
		assert_eq!(HostCalls::get(), calls);
		assert_ok!(Verification::verify(signed(alice()), key, proven(&inputs, &proof)));
		assert_eq!(HostCalls::get(), calls + 1);
	});
}

#[test]
fn deposits_should_grow_with_the_key() {
	run_test(|| {
		let mut before = 0;
		for inputs in 0..=16 {
			let deposit = Verification::key_deposit(Curve::Bn254, inputs);
			assert!(deposit > before && deposit < Verification::key_deposit(Curve::Bls12_381, inputs));
			before = deposit;
		}
		assert!(Verification::statement_deposit() > 0);
	});
}
