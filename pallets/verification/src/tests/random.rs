// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Bytes from anywhere never panic, and never pass.

use aivm_traits::{Verifier, Work};
use proptest::prelude::*;

use super::*;
use crate::kinds::{
	groth16::{self, trapdoor},
	Evidence, Terms,
};

fn curve() -> impl Strategy<Value = Curve> {
	prop_oneof![Just(Curve::Bn254), Just(Curve::Bls12_381)]
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 48, ..Default::default() })]

	#[test]
	fn register_key_should_refuse_random_bytes(curve in curve(), key in prop::collection::vec(any::<u8>(), 0..1_152)) {
		run_test(|| assert!(register_as(alice(), curve, &key, standalone(), CEREMONY).is_err()));
	}

	#[test]
	fn register_key_should_refuse_a_key_with_random_bytes_in_it(
		curve in curve(),
		place in 0usize..9 * 32,
		bytes in prop::collection::vec(any::<u8>(), 1..40),
	) {
		let key = trapdoor::key(curve, 1);
		let mut broken = key.clone();
		for (to, from) in broken.iter_mut().skip(place).zip(bytes) {
			*to = from;
		}
		// An encoding of another point of the group is a key too; random bytes hit one in a very long while, but a changed sign
		// is enough.
		run_test(|| {
			if let Ok(()) = register_as(alice(), curve, &broken, standalone(), CEREMONY) {
				assert_eq!(Keys::<Test>::iter().count(), 1);
			}
		});
	}

	#[test]
	fn verify_should_refuse_random_proofs_and_inputs(
		curve in curve(),
		proof in prop::collection::vec(any::<u8>(), 0..=192),
		full in any::<bool>(),
		inputs in prop::collection::vec(any::<[u8; 32]>(), 0..=16),
	) {
		run_test(|| {
			let key = register(curve, &trapdoor::key(curve, 2), standalone());
			let mut proof = proof;
			if full {
				proof.resize(curve.proof_len(), 0);
			}
			assert!(Verification::verify(signed(bob()), key, proven(&inputs, &proof)).is_err());
			assert!(Verification::check(key, inputs, proof).is_err());
		});
	}

	#[test]
	fn judge_should_not_be_convinced_by_random_evidence(
		proof in prop::collection::vec(any::<u8>(), 192..=192),
		free in prop::collection::vec(any::<[u8; 32]>(), 0..=16),
		output in prop::collection::vec(any::<u8>(), 0..100),
		input in any::<[u8; 32]>(),
	) {
		run_test(|| {
			let version = publish(alice());
			let key = register(Curve::Bls12_381, &trapdoor::key(Curve::Bls12_381, 4), of_version(version));
			let terms = Terms::Groth16(groth16::Terms { key, accept_single_party: false });
			let provider = bob();
			let work = Work {
				task: 0,
				version,
				artefact_hash: ARTEFACT,
				input: H256(input),
				output: &output,
				provider: &provider,
			};
			let evidence = Evidence::Groth16(groth16::Evidence {
				proof: proof.try_into().unwrap(),
				free: free.try_into().unwrap(),
			});
			let judgement = Verification::judge(&terms, &work, &evidence);
			assert!(!judgement.is_ok_and(|judgement| judgement.convinces));
		});
	}
}
