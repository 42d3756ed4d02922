// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Registering and revoking keys.

use aivm_traits::VersionState;
use sp_io::hashing::blake2_256;
use sp_runtime::TokenError;

use super::{points::Group, *};
use crate::{kinds::groth16::trapdoor, Event};

/// The wire form of a sound key.
fn key(curve: Curve, inputs: usize) -> Vec<u8> {
	trapdoor::key(curve, inputs)
}

#[test]
fn register_key_should_store_what_it_was_given() {
	run_test(|| {
		let version = publish(alice());
		for (id, curve, wire, binding, inputs) in [
			(0, Curve::Bn254, Circuit::<Bn254>::new(2, 1).wire_key(), standalone(), 2),
			(1, Curve::Bls12_381, Circuit::<Bls12_381>::new(4, 1).wire_key(), of_version(version), 4),
			(2, Curve::Bn254, key(Curve::Bn254, 16), standalone(), 16),
			(3, Curve::Bls12_381, key(Curve::Bls12_381, 0), standalone(), 0),
		] {
			let before = held(HoldReason::Key, &alice());
			assert_eq!(register(curve, &wire, binding.clone()), id);
			let digest = H256(blake2_256(&wire));
			assert_eq!(
				last_event(),
				Event::KeyRegistered { key: id, owner: alice(), curve, inputs, digest, single_party: false }.into()
			);
			let deposit = held(HoldReason::Key, &alice()) - before;
			assert_eq!(deposit, Verification::key_deposit(curve, inputs));
			assert_eq!(
				Verification::key(id),
				Some(KeyView {
					id,
					owner: alice(),
					curve,
					inputs,
					binding,
					setup: CEREMONY,
					single_party: false,
					state: KeyState::Active,
					digest,
					deposit,
				})
			);
		}
	});
}

#[test]
fn register_key_should_mark_a_key_of_a_single_party() {
	run_test(|| {
		assert_ok!(register_as(bob(), Curve::Bn254, &key(Curve::Bn254, 1), standalone(), Setup::SingleParty));
		assert!(matches!(last_event(), RuntimeEvent::Verification(Event::KeyRegistered { single_party: true, .. })));
		assert!(Verification::key(0).unwrap().single_party);
	});
}

#[test]
fn register_key_should_fail_when_a_ceremony_has_one_party() {
	run_test(|| {
		for contributions in [0, 1] {
			let setup = Setup::Ceremony { contributions, has_beacon: true, transcript: H256::zero() };
			assert_noop!(
				register_as(alice(), Curve::Bn254, &key(Curve::Bn254, 1), standalone(), setup),
				Error::<Test>::TooFewParties
			);
		}
	});
}

/// What is said to Alice's key.
fn fault(curve: Curve, key: &[u8]) -> KeyFault {
	match register_as(alice(), curve, key, standalone(), CEREMONY) {
		Err(sp_runtime::DispatchError::Module(error)) => {
			let Error::<Test>::InvalidKey(fault) = codec::Decode::decode(&mut &error.error[..]).unwrap() else {
				panic!("{error:?}")
			};
			fault
		}
		other => panic!("{other:?}"),
	}
}

#[test]
fn register_key_should_fail_when_the_length_is_of_no_key() {
	run_test(|| {
		for curve in [Curve::Bn254, Curve::Bls12_381] {
			let key = key(curve, 3);
			for wrong in [&[][..], &key[..1], &key[..key.len() - 1], &[&key[..], &[0]].concat()] {
				assert_eq!(fault(curve, wrong), KeyFault::Length, "{} bytes", wrong.len());
			}
			// A key without IC[0].
			assert_eq!(fault(curve, &key[..curve.point_len() * 7]), KeyFault::Length);
			if curve == Curve::Bn254 {
				assert_eq!(fault(curve, &trapdoor::key(curve, 17)), KeyFault::TooManyInputs);
			}
		}
	});
}

#[test]
fn register_key_should_fail_when_a_point_is_not_one() {
	run_test(|| {
		for curve in [Curve::Bn254, Curve::Bls12_381] {
			let key = key(curve, 1);
			let unit = curve.point_len();
			// Where each point of the key starts.
			for (place, start) in (0..).zip([0, 1, 3, 5, 7, 8]) {
				let mut broken = key.clone();
				broken[start * unit..][..unit].fill(0xff);
				assert_eq!(fault(curve, &broken), KeyFault::Encoding(place), "{curve:?}");
			}
		}
		// A key of one curve is none of the other, whose points have another length: 12 * 48 = 18 * 32.
		assert!(matches!(fault(Curve::Bn254, &trapdoor::key(Curve::Bls12_381, 4)), KeyFault::Encoding(_)));
	});
}

/// Every point of a key with two inputs but IC[0]: its place, where it starts, in units of a point of G1, and its group.
const POINTS: [(u8, usize, Group); 6] =
	[(0, 0, Group::G1), (1, 1, Group::G2), (2, 3, Group::G2), (3, 5, Group::G2), (5, 8, Group::G1), (6, 9, Group::G1)];

#[test]
fn register_key_should_fail_when_a_point_is_infinity() {
	run_test(|| {
		for curve in [Curve::Bn254, Curve::Bls12_381] {
			for (place, start, group) in POINTS {
				let mut broken = key(curve, 2);
				let point = points::infinity(curve, group);
				broken[start * curve.point_len()..][..point.len()].copy_from_slice(&point);
				assert_eq!(fault(curve, &broken), KeyFault::Infinity(place), "{curve:?}");
			}
		}
	});
}

#[test]
fn register_key_should_fail_when_a_point_is_outside_the_group() {
	run_test(|| {
		for curve in [Curve::Bn254, Curve::Bls12_381] {
			for (place, start, group) in POINTS {
				let Some(point) = points::outside(curve, group) else { continue };
				let mut broken = key(curve, 2);
				broken[start * curve.point_len()..][..point.len()].copy_from_slice(&point);
				assert_eq!(fault(curve, &broken), KeyFault::Subgroup(place), "{curve:?}");
			}
		}
	});
}

#[test]
fn register_key_should_fail_when_anybody_could_forge_proofs() {
	run_test(|| {
		for curve in [Curve::Bn254, Curve::Bls12_381] {
			let unit = curve.point_len();
			let (gamma, delta) = (unit * 3..unit * 5, unit * 5..unit * 7);
			// Nobody contributed to the second phase.
			let mut broken = key(curve, 1);
			let point = broken[gamma].to_vec();
			broken[delta.clone()].copy_from_slice(&point);
			assert_eq!(fault(curve, &broken), KeyFault::Related(2, 3), "{curve:?}");

			let mut broken = key(curve, 1);
			broken[delta].copy_from_slice(&points::generator(curve, Group::G2));
			assert_eq!(fault(curve, &broken), KeyFault::Related(3, 255), "{curve:?}");
		}
	});
}

#[test]
fn register_key_should_fail_when_the_signer_does_not_own_the_model() {
	run_test(|| {
		let version = publish(alice());
		let (bls, bn) = (key(Curve::Bls12_381, 4), key(Curve::Bn254, 2));
		let runs = of_runs(version, Layout::Statement { at: 1 });
		for (curve, key, binding) in [(Curve::Bls12_381, &bls, of_version(version)), (Curve::Bn254, &bn, runs)] {
			assert_noop!(register_as(bob(), curve, key, binding.clone(), CEREMONY), Error::<Test>::NotModelOwner);
			assert_ok!(register_as(alice(), curve, key, binding, CEREMONY));
		}
		let missing = VersionRef { model: version.model, version: 9 };
		assert_noop!(
			register_as(alice(), Curve::Bls12_381, &bls, of_version(missing), CEREMONY),
			Error::<Test>::VersionNotFound
		);
		set_state(version, VersionState::Revoked);
		assert_noop!(
			register_as(alice(), Curve::Bls12_381, &bls, of_version(version), CEREMONY),
			Error::<Test>::VersionRevoked
		);
	});
}

#[test]
fn register_key_should_take_keys_for_versions_that_are_not_active_yet() {
	run_test(|| {
		let version = publish(alice());
		for state in [VersionState::Uploading, VersionState::Ready, VersionState::Deprecated { successor: None }] {
			set_state(version, state);
			register(Curve::Bls12_381, &key(Curve::Bls12_381, 4), of_version(version));
		}
	});
}

#[test]
fn register_key_should_fail_when_the_key_does_not_suit_its_purpose() {
	run_test(|| {
		let version = publish(alice());
		let zero = [0; 32];
		let risc0 = Layout::Risc0 { control_root: zero, control_id: zero, image: zero };
		let (sp1_v5, sp1_v6) = (Layout::Sp1V5 { program: zero }, Layout::Sp1V6 { program: zero, vk_root: zero });
		for (curve, inputs, binding, error) in [
			(Curve::Bn254, 4, of_version(version), Error::<Test>::WrongCurve),
			(Curve::Bls12_381, 3, of_version(version), Error::<Test>::WrongInputCount),
			(Curve::Bls12_381, 5, of_version(version), Error::<Test>::WrongInputCount),
			(Curve::Bls12_381, 5, of_runs(version, risc0), Error::<Test>::WrongCurve),
			(Curve::Bn254, 4, of_runs(version, risc0), Error::<Test>::WrongInputCount),
			(Curve::Bls12_381, 2, of_runs(version, sp1_v5), Error::<Test>::WrongCurve),
			(Curve::Bn254, 5, of_runs(version, sp1_v5), Error::<Test>::WrongInputCount),
			(Curve::Bls12_381, 5, of_runs(version, sp1_v6), Error::<Test>::WrongCurve),
			(Curve::Bn254, 2, of_runs(version, sp1_v6), Error::<Test>::WrongInputCount),
			(Curve::Bn254, 2, of_runs(version, Layout::Statement { at: 2 }), Error::<Test>::WrongInputCount),
		] {
			assert_noop!(register_as(alice(), curve, &key(curve, inputs), binding, CEREMONY), error);
		}
		for (inputs, layout) in [(5, risc0), (2, sp1_v5), (5, sp1_v6), (2, Layout::Statement { at: 1 })] {
			register(Curve::Bn254, &key(Curve::Bn254, inputs), of_runs(version, layout));
		}
	});
}

#[test]
fn register_key_should_fail_when_a_fixed_input_is_no_scalar() {
	run_test(|| {
		let version = publish(alice());
		let (zero, large) = ([0; 32], [0xff; 32]);
		let private = Binding::Version { version, weights: Weights::Private { commitment: large } };
		assert_noop!(
			register_as(alice(), Curve::Bls12_381, &key(Curve::Bls12_381, 4), private, CEREMONY),
			Error::<Test>::ScalarNotCanonical
		);
		for (inputs, layout) in [
			(5, Layout::Risc0 { control_root: zero, control_id: large, image: zero }),
			(2, Layout::Sp1V5 { program: large }),
			(5, Layout::Sp1V6 { program: large, vk_root: zero }),
			(5, Layout::Sp1V6 { program: zero, vk_root: large }),
		] {
			assert_noop!(
				register_as(alice(), Curve::Bn254, &key(Curve::Bn254, inputs), of_runs(version, layout), CEREMONY),
				Error::<Test>::ScalarNotCanonical
			);
		}
	});
}

#[test]
fn register_key_should_fail_when_other_weights_are_pinned() {
	run_test(|| {
		let version = publish(alice());
		let key = key(Curve::Bls12_381, 4);
		let private =
			|first| Binding::Version { version, weights: Weights::Private { commitment: numbers(&[first])[0] } };
		register(Curve::Bls12_381, &key, private(1));
		register(Curve::Bls12_381, &key, private(1));
		assert_eq!(Verification::pinned_weights(version), Some(numbers(&[1])[0]));
		assert_noop!(register_as(alice(), Curve::Bls12_381, &key, private(2), CEREMONY), Error::<Test>::OtherWeights);
		// Also when no key is left.
		assert_ok!(Verification::revoke_key(signed(alice()), 0));
		assert_ok!(Verification::revoke_key(signed(alice()), 1));
		assert_noop!(register_as(alice(), Curve::Bls12_381, &key, private(2), CEREMONY), Error::<Test>::OtherWeights);
	});
}

#[test]
fn register_key_should_fail_when_the_system_has_no_name() {
	run_test(|| {
		for system in [vec![], vec![0xff]] {
			let binding = Binding::External { system: system.try_into().unwrap(), runs: None };
			assert_noop!(
				register_as(alice(), Curve::Bn254, &key(Curve::Bn254, 1), binding, CEREMONY),
				Error::<Test>::InvalidSystem
			);
		}
	});
}

#[test]
fn register_key_should_fail_when_the_deposit_cannot_be_paid() {
	run_test(|| {
		assert_noop!(
			register_as(poor(), Curve::Bn254, &key(Curve::Bn254, 1), standalone(), CEREMONY),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn register_key_should_fail_when_ids_are_used_up() {
	new_test_ext().execute_with(|| {
		NextKeyId::<Test>::put(u32::MAX);
		assert_noop!(
			register_as(alice(), Curve::Bn254, &key(Curve::Bn254, 1), standalone(), CEREMONY),
			Error::<Test>::IdsExhausted
		);
	});
}

#[test]
fn revoke_key_should_return_the_deposit_for_the_prepared_key() {
	run_test(|| {
		let id = register(Curve::Bn254, &key(Curve::Bn254, 3), standalone());
		let before = held(HoldReason::Key, &alice());
		assert_ok!(Verification::revoke_key(signed(alice()), id));
		assert_eq!(last_event(), Event::KeyRevoked { key: id }.into());
		let left = held(HoldReason::Key, &alice());
		// An item of the id and the prepared key.
		assert_eq!(before - left, 100 + 4 + Curve::Bn254.prepared_len(3) as u128);
		let view = Verification::key(id).unwrap();
		assert_eq!((view.state, view.deposit), (KeyState::Revoked, left));
		assert!(!Prepared::<Test>::contains_key(id));
		assert_noop!(Verification::revoke_key(signed(alice()), id), Error::<Test>::KeyRevoked);
		assert_noop!(Verification::revoke_key(signed(alice()), 7), Error::<Test>::KeyNotFound);
	});
}

#[test]
fn revoke_key_should_be_for_the_owners_and_governance() {
	run_test(|| {
		let version = publish(alice());
		for _ in 0..3 {
			register(Curve::Bls12_381, &key(Curve::Bls12_381, 4), of_version(version));
		}
		assert_noop!(Verification::revoke_key(signed(bob()), 0), Error::<Test>::NotOwner);
		assert_ok!(Verification::revoke_key(signed(alice()), 0));
		// The model has a new owner, the deposit does not.
		Versions::mutate(version, |info| info.as_mut().unwrap().owner = bob());
		let before = held(HoldReason::Key, &alice());
		assert_ok!(Verification::revoke_key(signed(bob()), 1));
		assert!(held(HoldReason::Key, &alice()) < before);
		assert_ok!(Verification::revoke_key(RuntimeOrigin::root(), 2));
		assert_noop!(Verification::revoke_key(RuntimeOrigin::none(), 2), sp_runtime::DispatchError::BadOrigin);
	});
}
