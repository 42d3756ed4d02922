// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Verifying standalone, and remembering statements.

use frame_support::{weights::Weight, BoundedVec};
use sp_runtime::TokenError;

use super::{points::Group, *};
use crate::Event;

/// A registered key of each curve, with a proof for some inputs.
fn cases() -> Vec<(KeyId, Vec<Scalar>, Vec<u8>)> {
	let inputs = numbers(&[3, 0, 255]);
	let bn = Circuit::<Bn254>::new(3, 1);
	let bls = Circuit::<Bls12_381>::new(3, 1);
	vec![
		(register(Curve::Bn254, &bn.wire_key(), standalone()), inputs.clone(), bn.prove(&inputs)),
		(register(Curve::Bls12_381, &bls.wire_key(), standalone()), inputs.clone(), bls.prove(&inputs)),
	]
}

fn verify(who: AccountId32, key: KeyId, inputs: &[Scalar], proof: &[u8]) -> DispatchResult {
	Verification::verify(signed(who), key, proven(inputs, proof))
}

#[test]
fn verify_should_announce_and_remember_what_was_proved() {
	run_test(|| {
		for (key, inputs, proof) in cases() {
			assert_eq!(Verification::check(key, inputs.clone(), proof.clone()), Ok(()));
			assert!(!Verification::is_nullified(key, inputs.clone()));
			let before = held(HoldReason::Statement, &bob());
			assert_ok!(verify(bob(), key, &inputs, &proof));
			let statement = Verification::statement_hash(key, inputs.clone());
			let bounded = inputs.clone().try_into().unwrap();
			assert_eq!(last_event(), Event::Verified { key, statement, inputs: bounded, submitter: bob() }.into());
			assert_eq!(held(HoldReason::Statement, &bob()) - before, Verification::statement_deposit());
			assert!(Verification::is_nullified(key, inputs));
		}
	});
}

#[test]
fn verify_should_fail_when_the_statement_was_verified_before() {
	run_test(|| {
		let circuit = Circuit::<Bn254>::new(3, 1);
		for (key, inputs, proof) in cases() {
			assert_ok!(verify(bob(), key, &inputs, &proof));
			for who in [alice(), bob()] {
				assert_noop!(verify(who, key, &inputs, &proof), Error::<Test>::AlreadyVerified);
			}
			if key == 0 {
				// Anybody can make another proof of the same statement; it is the statement that is remembered.
				let other = circuit.rerandomise(&proof);
				assert_ne!(other, proof);
				assert_noop!(verify(alice(), key, &inputs, &other), Error::<Test>::AlreadyVerified);
				assert_eq!(Verification::check(key, inputs, other), Err(Error::<Test>::AlreadyVerified.into()));
			}
		}
	});
}

#[test]
fn verify_should_take_another_proof_of_what_was_not_verified() {
	run_test(|| {
		let circuit = Circuit::<Bn254>::new(3, 1);
		let (key, inputs, proof) = cases().remove(0);
		assert_ok!(verify(bob(), key, &inputs, &circuit.rerandomise(&proof)));
	});
}

#[test]
fn verify_should_fail_when_the_inputs_are_others() {
	run_test(|| {
		for (key, inputs, proof) in cases() {
			for (other, fault) in [
				(numbers(&[3, 0, 254]), ProofFault::Equation),
				(numbers(&[0, 3, 255]), ProofFault::Equation),
				(numbers(&[3, 0]), ProofFault::InputCount),
				(numbers(&[3, 0, 255, 0]), ProofFault::InputCount),
				(vec![], ProofFault::InputCount),
			] {
				assert_noop!(verify(bob(), key, &other, &proof), Error::<Test>::WrongProof(fault));
			}
			let mut large = inputs.clone();
			large[1] = [0xff; 32];
			assert_noop!(verify(bob(), key, &large, &proof), Error::<Test>::WrongProof(ProofFault::Input(1)));
		}
	});
}

#[test]
fn verify_should_fail_when_an_input_is_written_above_the_order() {
	use ark_ff::{BigInteger, PrimeField};
	run_test(|| {
		let (key, mut inputs, proof) = cases().remove(0);
		// 3 + r, which is 3 to who reduces it.
		let mut alias = ark_bn254::Fr::MODULUS;
		alias.add_with_carry(&3u64.into());
		inputs[0].copy_from_slice(&alias.to_bytes_le());
		assert_noop!(verify(bob(), key, &inputs, &proof), Error::<Test>::WrongProof(ProofFault::Input(0)));
	});
}

#[test]
fn verify_should_fail_when_one_bit_of_the_proof_is_another() {
	run_test(|| {
		for (key, inputs, proof) in cases() {
			for byte in 0..proof.len() {
				let mut altered = proof.clone();
				altered[byte] ^= 1 << (byte % 8);
				assert_noop!(
					verify(bob(), key, &inputs, &altered).map_err(|error| {
						assert!(matches!(error, sp_runtime::DispatchError::Module(_)));
						"refused"
					}),
					"refused"
				);
			}
		}
	});
}

#[test]
fn verify_should_fail_when_a_point_of_the_proof_is_none() {
	run_test(|| {
		for (key, inputs, proof) in cases() {
			let curve = Verification::key(key).unwrap().curve;
			for (place, start, group) in [(0, 0, Group::G1), (1, 1, Group::G2), (2, 3, Group::G1)] {
				let mut wrong = vec![(points::infinity(curve, group), ProofFault::Infinity(place))];
				wrong.extend(points::outside(curve, group).map(|point| (point, ProofFault::Subgroup(place))));
				wrong.push((vec![0xff; points::infinity(curve, group).len()], ProofFault::Encoding(place)));
				for (point, fault) in wrong {
					let mut broken = proof.clone();
					broken[start * curve.point_len()..][..point.len()].copy_from_slice(&point);
					assert_noop!(verify(bob(), key, &inputs, &broken), Error::<Test>::WrongProof(fault));
				}
			}
		}
	});
}

#[test]
fn verify_should_fail_when_the_proof_has_another_length() {
	run_test(|| {
		for (key, inputs, proof) in cases() {
			for wrong in [&[][..], &proof[1..], &proof[..proof.len() - 1]] {
				assert_noop!(verify(bob(), key, &inputs, wrong), Error::<Test>::WrongProof(ProofFault::Length));
			}
		}
		let (_, inputs, short) = cases().remove(0);
		assert_noop!(verify(bob(), 1, &inputs, &short), Error::<Test>::WrongProof(ProofFault::Length));
	});
}

#[test]
fn verify_should_fail_when_the_key_does_not_count() {
	run_test(|| {
		for (key, inputs, proof) in cases() {
			assert_noop!(verify(bob(), key + 50, &inputs, &proof), Error::<Test>::KeyNotFound);
			assert_ok!(Verification::revoke_key(signed(alice()), key));
			assert_noop!(verify(bob(), key, &inputs, &proof), Error::<Test>::KeyRevoked);
		}
		// The proof of one set-up is none of another.
		let (inputs, other) = (numbers(&[3, 0, 255]), Circuit::<Bn254>::new(3, 2));
		let key = register(Curve::Bn254, &other.wire_key(), standalone());
		let proof = Circuit::<Bn254>::new(3, 1).prove(&inputs);
		assert_noop!(verify(bob(), key, &inputs, &proof), Error::<Test>::WrongProof(ProofFault::Equation));
	});
}

#[test]
fn verify_should_fail_when_the_deposit_cannot_be_paid() {
	run_test(|| {
		let (key, inputs, proof) = cases().remove(0);
		assert_noop!(verify(poor(), key, &inputs, &proof), TokenError::FundsUnavailable);
	});
}

/// Ten proofs of one circuit.
fn ten() -> (KeyId, Vec<Proven>) {
	let circuit = Circuit::<Bls12_381>::new(1, 1);
	let key = register(Curve::Bls12_381, &circuit.wire_key(), standalone());
	let batch = (0..10).map(|number| {
		let inputs = numbers(&[number]);
		proven(&inputs, &circuit.prove(&inputs))
	});
	(key, batch.collect())
}

fn verify_batch(key: KeyId, batch: &[Proven]) -> Result<Option<Weight>, sp_runtime::DispatchError> {
	Verification::verify_batch(signed(bob()), key, batch.to_vec().try_into().unwrap())
		.map(|info| info.actual_weight)
		.map_err(|error| error.error)
}

#[test]
fn verify_batch_should_announce_and_remember_each() {
	run_test(|| {
		let (key, batch) = ten();
		let weight = verify_batch(key, &batch).unwrap().unwrap();
		assert_eq!(weight, Verification::batch_weight(&batch, false));
		assert!(weight.all_lt(Verification::batch_weight(&batch, true)));
		assert_eq!(held(HoldReason::Statement, &bob()), 10 * Verification::statement_deposit());
		for proven in &batch {
			assert!(Verification::is_nullified(key, proven.inputs.to_vec()));
		}
		assert_eq!(Statements::<Test>::iter().count(), 10);
	});
}

#[test]
fn verify_batch_should_name_the_first_wrong_proof() {
	run_test(|| {
		let (key, batch) = ten();
		for wrong in [0, 4, 9] {
			let mut batch = batch.clone();
			batch[wrong].inputs = numbers(&[77]).try_into().unwrap();
			assert_noop!(verify_batch(key, &batch), Error::<Test>::WrongProofInBatch(wrong as u8));
		}
		let mut two = batch.clone();
		two[3].proof = BoundedVec::new();
		two[6].inputs = BoundedVec::new();
		assert_noop!(verify_batch(key, &two), Error::<Test>::WrongProofInBatch(3));
		// Two proofs that are wrong in opposite ways must not add up to something right.
		let mut swapped = batch;
		(swapped[1].proof, swapped[2].proof) = (swapped[2].proof.clone(), swapped[1].proof.clone());
		assert_noop!(verify_batch(key, &swapped), Error::<Test>::WrongProofInBatch(1));
	});
}

#[test]
fn verify_batch_should_fail_when_a_statement_comes_twice() {
	run_test(|| {
		let (key, batch) = ten();
		let twice = [&batch[..2], &batch[1..2]].concat();
		assert_noop!(
			frame_support::storage::with_storage_layer(|| verify_batch(key, &twice)),
			Error::<Test>::AlreadyVerified
		);
		assert_ok!(verify(bob(), key, &batch[0].inputs, &batch[0].proof));
		assert_noop!(
			frame_support::storage::with_storage_layer(|| verify_batch(key, &batch)),
			Error::<Test>::AlreadyVerified
		);
	});
}

#[test]
fn verify_batch_should_fail_when_there_is_nothing_to_verify() {
	run_test(|| {
		let (key, batch) = ten();
		assert_noop!(verify_batch(key, &[]), Error::<Test>::EmptyBatch);
		assert_noop!(verify_batch(9, &batch), Error::<Test>::KeyNotFound);
		assert_ok!(Verification::revoke_key(signed(alice()), key));
		assert_noop!(verify_batch(key, &batch), Error::<Test>::KeyRevoked);
	});
}

#[test]
fn forget_should_return_the_deposit_once_the_key_is_revoked() {
	run_test(|| {
		let (key, inputs, proof) = cases().remove(0);
		assert_ok!(verify(bob(), key, &inputs, &proof));
		let statement = Verification::statement_hash(key, inputs.clone());
		assert_noop!(Verification::forget(signed(bob()), statement), Error::<Test>::KeyStillActive);
		assert_ok!(Verification::revoke_key(signed(alice()), key));
		assert_noop!(Verification::forget(signed(alice()), statement), Error::<Test>::NotSubmitter);
		assert_ok!(Verification::forget(signed(bob()), statement));
		assert_eq!(last_event(), Event::Forgotten { statement }.into());
		assert_eq!(held(HoldReason::Statement, &bob()), 0);
		assert_noop!(Verification::forget(signed(bob()), statement), Error::<Test>::StatementNotFound);
		assert_noop!(verify(bob(), key, &inputs, &proof), Error::<Test>::KeyRevoked);
	});
}
