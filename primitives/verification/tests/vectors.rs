// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Keys and proofs that other tools made: `vectors/README.md` says where they come from.

use aivm_verification::{
	external::{risc0, sp1},
	groth16::{KeyPoint, ProofPoint},
	Groth16 as _, KeyError, Portable, ProofError,
};
use ark_ec::{short_weierstrass::Affine, CurveGroup};
use ark_ff::{Field, UniformRand};
use ark_serialize::CanonicalDeserialize;

use aivm_oracle::{
	compressed, ethereum_proof, gnark_key, hex_of, json, random, read, snarkjs, snarkjs_key, Oracle, Vector,
};

type Bn254 = ark_bn254::Bn254;
type Bls12_381 = ark_bls12_381::Bls12_381;

/// The vector verifies, and no longer if any input or point is another one.
fn check(vector: &Vector) {
	let prepared = Portable::prepare_key(vector.curve, &vector.key).unwrap();
	let verify = |proof: &[u8], inputs: &[_]| Portable::verify(vector.curve, &prepared, proof, inputs);
	assert_eq!(verify(&vector.proof, &vector.inputs), Ok(()));
	for place in 0..vector.inputs.len() {
		let mut inputs = vector.inputs.clone();
		inputs[place][0] ^= 1;
		assert_eq!(verify(&vector.proof, &inputs), Err(ProofError::Equation), "input {place}");
	}
	for bit in 0..vector.proof.len() * 8 {
		let mut proof = vector.proof.clone();
		proof[bit / 8] ^= 1 << (bit % 8);
		assert!(verify(&proof, &vector.inputs).is_err(), "bit {bit}");
	}
}

#[test]
fn proof_of_the_multiplier_should_verify() {
	check(&snarkjs::<Bn254>("multiplier"));
}

#[test]
fn proof_of_a_contributed_key_should_verify() {
	check(&snarkjs::<Bn254>("with-contribution"));
}

#[test]
fn proof_by_snarkjs_on_bls12_381_should_verify() {
	check(&snarkjs::<Bls12_381>("bls12-381"));
}

#[test]
fn key_without_contribution_should_be_refused() {
	let vector = snarkjs::<Bn254>("without-contribution");
	let related = KeyError::Related { first: KeyPoint::Gamma, second: KeyPoint::Delta };
	assert_eq!(Portable::prepare_key(vector.curve, &vector.key), Err(related));
}

/// What the refused key would let happen: for any inputs at all, a proof that the equation takes.
#[test]
fn key_without_contribution_should_be_forgeable() {
	use ark_ec::{pairing::Pairing, AffineRepr};
	let points = snarkjs_key::<Bn254>("without-contribution/verification_key.json");
	let g1 = |start: usize| ark_bn254::G1Affine::deserialize_compressed(&points[start..start + 32]).unwrap();
	let g2 = |start: usize| ark_bn254::G2Affine::deserialize_compressed(&points[start..start + 64]).unwrap();
	let (alpha, beta, gamma, delta) = (g1(0), g2(32), g2(96), g2(160));
	let inputs = (g1(224) + g1(256) * ark_bn254::Fr::from(12_345)).into_affine();
	// A = alpha, B = beta, C = -L.
	let c = (-inputs.into_group()).into_affine();
	let right = Bn254::multi_pairing([alpha, inputs, c], [beta, gamma, delta]);
	assert_eq!(Bn254::pairing(alpha, beta), right);
}

fn risc0() -> (Vector, risc0::Version, [u8; 32]) {
	let receipt = json("risc0/receipt.json");
	let version = risc0::Version {
		control_root: hex_of(&receipt["control_root"]),
		control_id: hex_of(&receipt["bn254_control_id"]),
	};
	let journal = hex::decode(receipt["journal"].as_str().unwrap()).unwrap();
	let claim = risc0::claim_digest(&hex_of(&receipt["image_id"]), &journal);
	let seal = hex::decode(receipt["seal"].as_str().unwrap()).unwrap();
	let vector = Vector {
		curve: Bn254::CURVE,
		key: snarkjs_key::<Bn254>("risc0/verification_key.json"),
		proof: ethereum_proof(&seal[4..]),
		inputs: risc0::public_inputs(&version, &claim).to_vec(),
	};
	(vector, version, claim)
}

#[test]
fn receipt_of_risc_zero_should_verify() {
	let (vector, _, _) = risc0();
	check(&vector);
}

#[test]
fn receipt_of_risc_zero_should_not_verify_for_another_journal_or_image() {
	let (vector, version, _) = risc0();
	let prepared = Portable::prepare_key(vector.curve, &vector.key).unwrap();
	let image = hex_of(&json("risc0/receipt.json")["image_id"]);
	for claim in [
		risc0::claim_digest(&image, b"just a simple receipt."),
		risc0::claim_digest(&[1; 32], b"just a simple receipt"),
	] {
		let inputs = risc0::public_inputs(&version, &claim);
		let result = Portable::verify(vector.curve, &prepared, &vector.proof, &inputs);
		assert_eq!(result, Err(ProofError::Equation));
	}
}

#[test]
fn keys_of_sp1_should_be_accepted() {
	for (version, inputs) in [("sp1/v5.bin", sp1::INPUTS_V5), ("sp1/v6.bin", sp1::INPUTS_V6)] {
		let key = gnark_key(&read(version));
		assert_eq!(Bn254::CURVE.inputs(key.len()), Some(inputs));
		let prepared = Portable::prepare_key(Bn254::CURVE, &key).unwrap();
		assert_eq!(prepared.len(), Bn254::CURVE.prepared_len(inputs));
	}
}

#[test]
fn public_values_of_sp1_should_be_scalars() {
	for byte in 0..=255 {
		let inputs = sp1::public_inputs_v5(&[0; 32], &[byte]);
		assert!(aivm_verification::scalar_of::<ark_bn254::Fr>(&inputs[1]).is_some());
	}
}

/// The same proof in another form is as good: (sA, s^-1 B, C). So what was proved must be remembered, not the proof.
fn check_malleability<E: Oracle>(vector: &Vector) {
	let half = vector.curve.point_len();
	let a = Affine::<E::P1>::deserialize_compressed(&vector.proof[..half]).unwrap();
	let b = Affine::<E::P2>::deserialize_compressed(&vector.proof[half..3 * half]).unwrap();
	let prepared = Portable::prepare_key(vector.curve, &vector.key).unwrap();
	let mut random = random(6);
	for _ in 0..4 {
		let factor = E::ScalarField::rand(&mut random);
		let a = (a * factor).into_affine();
		let b = (b * factor.inverse().unwrap()).into_affine();
		let other = [compressed(&a), compressed(&b), vector.proof[3 * half..].to_vec()].concat();
		assert_ne!(other, vector.proof);
		assert_eq!(Portable::verify(vector.curve, &prepared, &other, &vector.inputs), Ok(()));
	}
	// With one factor alone it is no proof.
	let a = (a * E::ScalarField::from(2u8)).into_affine();
	let other = [compressed(&a), vector.proof[half..].to_vec()].concat();
	let result = Portable::verify(vector.curve, &prepared, &other, &vector.inputs);
	assert_eq!(result, Err(ProofError::Equation));
}

#[test]
fn changed_proofs_of_the_same_statement_should_verify() {
	check_malleability::<Bn254>(&snarkjs::<Bn254>("multiplier"));
	check_malleability::<Bn254>(&risc0().0);
	check_malleability::<Bls12_381>(&snarkjs::<Bls12_381>("bls12-381"));
}

#[test]
fn vectors_of_one_curve_should_be_refused_by_the_other() {
	let bn254 = snarkjs::<Bn254>("multiplier");
	let bls12_381 = snarkjs::<Bls12_381>("bls12-381");
	assert!(Portable::prepare_key(bls12_381.curve, &bn254.key).is_err());
	assert!(Portable::prepare_key(bn254.curve, &bls12_381.key).is_err());
	let prepared = Portable::prepare_key(bn254.curve, &bn254.key).unwrap();
	assert_eq!(Portable::verify(bls12_381.curve, &prepared, &bls12_381.proof, &bls12_381.inputs), Err(ProofError::Key));
	let flipped = [&bn254.proof[96..], &bn254.proof[32..96], &bn254.proof[..32]].concat();
	assert_eq!(Portable::verify(bn254.curve, &prepared, &flipped, &bn254.inputs), Err(ProofError::Equation));
	let infinity = [&bn254.proof[..96], &[vec![0; 31], vec![0x40]].concat()[..]].concat();
	let error = ProofError::Infinity { point: ProofPoint::C };
	assert_eq!(Portable::verify(bn254.curve, &prepared, &infinity, &bn254.inputs), Err(error));
}
