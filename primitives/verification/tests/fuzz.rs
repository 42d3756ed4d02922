// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A bounded run of what `fuzz/fuzz_targets` does with the help of coverage: any bytes, and bytes that are almost right.

use aivm_verification::{
	groth16::{KeyPoint, MAX_INPUTS},
	Claim, Curve, Groth16 as _, KeyError, Portable,
};
use ark_std::rand::Rng;
use codec::Decode;

use aivm_oracle::{random, Circuit, Oracle};

/// Everything that a chain does with bytes from outside. It must never panic, and batches must agree with single proofs.
fn everything(curve: Curve, key: &[u8], prepared: &[u8], claims: &[Claim]) {
	let prepared_now = Portable::prepare_key(curve, key);
	for prepared in [prepared, prepared_now.as_deref().unwrap_or(&[])] {
		let batch = Portable::verify_batch(curve, prepared, claims);
		for (claim, verdict) in claims.iter().zip(batch) {
			assert_eq!(Portable::verify(curve, prepared, &claim.proof, &claim.inputs), verdict);
		}
	}
}

#[test]
fn random_bytes_should_be_refused() {
	let mut random = random(20);
	for number in 0..2_000 {
		let curve = if number % 2 == 0 { Curve::Bn254 } else { Curve::Bls12_381 };
		let mut bytes = |length: usize| (0..length).map(|_| random.gen::<u8>()).collect::<Vec<_>>();
		let length = if number % 3 == 0 { curve.key_len(number % (MAX_INPUTS + 2)) } else { number };
		let (key, proof) = (bytes(length), bytes(if number % 5 == 0 { number } else { curve.proof_len() }));
		let inputs = (0..number % 4).map(|_| bytes(32).try_into().unwrap()).collect();
		let prepared = bytes(curve.prepared_len(number % 4) + usize::from(number % 7 == 0));
		assert!(Portable::prepare_key(curve, &key).is_err());
		assert!(Portable::verify(curve, &prepared, &proof, &[]).is_err());
		everything(curve, &key, &prepared, &[Claim { proof, inputs }]);
	}
}

fn check_almost_right<E: Oracle>() {
	let mut random = random(21);
	let circuit = Circuit::<E>::new(2, &mut random);
	let claims: Vec<_> = (0..4).map(|_| circuit.claim(&mut random)).collect();
	for _ in 0..60 {
		let mut key = circuit.key.clone();
		let mut claims = claims.clone();
		let place = random.gen_range(0..key.len());
		key[place] ^= 1 << random.gen_range(0..8);
		let claim = &mut claims[random.gen_range(0..4)];
		match random.gen_range(0..4) {
			0 => claim.inputs[random.gen_range(0..2)][random.gen_range(0..32)] ^= 1 << random.gen_range(0..8),
			1 => claim.proof.truncate(random.gen_range(0..claim.proof.len())),
			_ => {
				let place = random.gen_range(0..claim.proof.len());
				claim.proof[place] ^= 1 << random.gen_range(0..8);
			}
		}
		everything(E::CURVE, &key, &circuit.prepared, &claims);
	}
}

#[test]
fn bytes_that_are_almost_right_should_not_panic() {
	check_almost_right::<ark_bn254::Bn254>();
	check_almost_right::<ark_bls12_381::Bls12_381>();
}

/// A prepared key is only ever taken from `prepare_key`. Even so, another one must not make the verifier panic.
fn check_prepared<E: Oracle>() {
	let mut random = random(22);
	let circuit = Circuit::<E>::new(1, &mut random);
	let claims = [circuit.claim(&mut random), circuit.claim(&mut random)];
	for _ in 0..60 {
		let mut prepared = circuit.prepared.clone();
		let place = random.gen_range(0..prepared.len());
		match random.gen_range(0..3) {
			0 => prepared[place..].fill(0),
			1 => prepared[place..].fill(0xff),
			_ => prepared[place] ^= 1 << random.gen_range(0..8),
		}
		everything(E::CURVE, &circuit.key, &prepared, &claims);
	}
	everything(E::CURVE, &circuit.key, &vec![0; circuit.prepared.len()], &claims);
}

#[test]
fn other_prepared_keys_should_not_panic() {
	check_prepared::<ark_bn254::Bn254>();
	check_prepared::<ark_bls12_381::Bls12_381>();
}

#[test]
fn errors_should_say_how_to_leave_them() {
	let error = KeyError::Related { first: KeyPoint::Gamma, second: KeyPoint::Delta };
	assert!(error.to_string().contains("contribute to the second phase"));
	let error = KeyError::Infinity { point: KeyPoint::Ic(3) };
	assert!(error.to_string().starts_with("IC[3] is infinity;"));
}

/// The seeds of the fuzzer are whole: keys with proofs that hold, but for the key without contribution.
#[test]
fn seeds_of_the_fuzzer_should_reach_the_pairing() {
	for (name, is_good) in
		[("multiplier", true), ("with-contribution", true), ("without-contribution", false), ("bls12-381", true)]
	{
		let path = format!("{}/fuzz/corpus/groth16/{name}", env!("CARGO_MANIFEST_DIR"));
		let bytes = std::fs::read(path).unwrap();
		let (curve, key, claims) = <(Curve, Vec<u8>, Vec<Claim>)>::decode(&mut &bytes[..]).unwrap();
		let prepared = Portable::prepare_key(curve, &key);
		assert_eq!(prepared.is_ok(), is_good, "{name}");
		if let Ok(prepared) = prepared {
			assert_eq!(Portable::verify_batch(curve, &prepared, &claims), [Ok(()), Ok(())], "{name}");
		}
	}
}
