// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Keys and proofs that others made, through the pallet. Where they come from is written beside them, in
//! `primitives/verification/tests/vectors`.

use aivm_verification::{external::risc0, scalar, scalar_of};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, PrimeField};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use serde_json::Value;

use super::*;
use crate::Event;

macro_rules! vector {
	($file:literal) => {
		include_str!(concat!("../../../../primitives/verification/tests/vectors/", $file))
	};
}

/// The points of one curve, and how snarkjs writes them.
mod points {
	use super::*;

	fn number<F: PrimeField>(value: &Value) -> F {
		F::from_str(value.as_str().unwrap()).unwrap_or_else(|_| panic!("{value} is no number"))
	}

	fn compressed(point: impl CanonicalSerialize) -> Vec<u8> {
		let mut bytes = vec![];
		point.serialize_compressed(&mut bytes).unwrap();
		bytes
	}

	pub fn g1(curve: Curve, value: &Value) -> Vec<u8> {
		assert_eq!(value[2], "1");
		match curve {
			Curve::Bn254 => compressed(ark_bn254::G1Affine::new_unchecked(number(&value[0]), number(&value[1]))),
			Curve::Bls12_381 => {
				compressed(ark_bls12_381::G1Affine::new_unchecked(number(&value[0]), number(&value[1])))
			}
		}
	}

	pub fn g2(curve: Curve, value: &Value) -> Vec<u8> {
		assert_eq!(value[2], serde_json::json!(["1", "0"]));
		match curve {
			Curve::Bn254 => {
				let pair = |value: &Value| ark_bn254::Fq2::new(number(&value[0]), number(&value[1]));
				compressed(ark_bn254::G2Affine::new_unchecked(pair(&value[0]), pair(&value[1])))
			}
			Curve::Bls12_381 => {
				let pair = |value: &Value| ark_bls12_381::Fq2::new(number(&value[0]), number(&value[1]));
				compressed(ark_bls12_381::G2Affine::new_unchecked(pair(&value[0]), pair(&value[1])))
			}
		}
	}

	pub fn input(curve: Curve, value: &Value) -> Scalar {
		match curve {
			Curve::Bn254 => scalar(number::<ark_bn254::Fr>(value)),
			Curve::Bls12_381 => scalar(number::<ark_bls12_381::Fr>(value)),
		}
	}
}

fn snarkjs_key(curve: Curve, json: &str) -> Vec<u8> {
	let key: Value = serde_json::from_str(json).unwrap();
	let mut bytes = points::g1(curve, &key["vk_alpha_1"]);
	for point in ["vk_beta_2", "vk_gamma_2", "vk_delta_2"] {
		bytes.extend(points::g2(curve, &key[point]));
	}
	for point in key["IC"].as_array().unwrap() {
		bytes.extend(points::g1(curve, point));
	}
	bytes
}

fn snarkjs_proof(curve: Curve, json: &str) -> Vec<u8> {
	let proof: Value = serde_json::from_str(json).unwrap();
	[points::g1(curve, &proof["pi_a"]), points::g2(curve, &proof["pi_b"]), points::g1(curve, &proof["pi_c"])].concat()
}

fn snarkjs_inputs(curve: Curve, json: &str) -> Vec<Scalar> {
	let inputs: Value = serde_json::from_str(json).unwrap();
	inputs.as_array().unwrap().iter().map(|input| points::input(curve, input)).collect()
}

/// Registers the key, and verifies the proof: right, with another input, twice.
fn assert_verifies(curve: Curve, key: &[u8], inputs: &[Scalar], proof: &[u8]) {
	let key = register(curve, key, standalone());
	let mut other = inputs.to_vec();
	other[0][0] ^= 1;
	assert_noop!(
		Verification::verify(signed(bob()), key, proven(&other, proof)),
		Error::<Test>::WrongProof(ProofFault::Equation)
	);
	assert_ok!(Verification::verify(signed(bob()), key, proven(inputs, proof)));
	assert!(matches!(last_event(), RuntimeEvent::Verification(Event::Verified { .. })));
	assert_noop!(Verification::verify(signed(bob()), key, proven(inputs, proof)), Error::<Test>::AlreadyVerified);
}

#[test]
fn circom_proofs_should_verify() {
	run_test(|| {
		for (curve, key, inputs, proof) in [
			(
				Curve::Bn254,
				vector!("multiplier/verification_key.json"),
				vector!("multiplier/public.json"),
				vector!("multiplier/proof.json"),
			),
			(
				Curve::Bn254,
				vector!("with-contribution/verification_key.json"),
				vector!("with-contribution/public.json"),
				vector!("with-contribution/proof.json"),
			),
			(
				Curve::Bls12_381,
				vector!("bls12-381/verification_key.json"),
				vector!("bls12-381/public.json"),
				vector!("bls12-381/proof.json"),
			),
		] {
			let inputs = snarkjs_inputs(curve, inputs);
			assert_eq!(inputs, numbers(&[33]));
			assert_verifies(curve, &snarkjs_key(curve, key), &inputs, &snarkjs_proof(curve, proof));
		}
	});
}

#[test]
fn a_key_without_contributions_should_be_refused() {
	run_test(|| {
		let key = snarkjs_key(Curve::Bn254, vector!("without-contribution/verification_key.json"));
		assert_noop!(
			register_as(alice(), Curve::Bn254, &key, standalone(), CEREMONY),
			Error::<Test>::InvalidKey(KeyFault::Related(2, 3))
		);
	});
}

#[test]
fn a_malleated_proof_should_count_as_the_same_statement() {
	run_test(|| {
		let curve = Curve::Bn254;
		let inputs = snarkjs_inputs(curve, vector!("multiplier/public.json"));
		let proof = snarkjs_proof(curve, vector!("multiplier/proof.json"));
		// (s A, B / s, C)
		let s = ark_bn254::Fr::from(5u64);
		let a = ark_bn254::G1Affine::deserialize_compressed(&proof[..32]).unwrap();
		let b = ark_bn254::G2Affine::deserialize_compressed(&proof[32..96]).unwrap();
		let mut malleated = vec![];
		(a * s).into_affine().serialize_compressed(&mut malleated).unwrap();
		(b * s.inverse().unwrap()).into_affine().serialize_compressed(&mut malleated).unwrap();
		malleated.extend(&proof[96..]);
		assert_ne!(malleated, proof);

		let key = register(curve, &snarkjs_key(curve, vector!("multiplier/verification_key.json")), standalone());
		assert_eq!(Verification::check(key, inputs.clone(), malleated.clone()), Ok(()));
		assert_ok!(Verification::verify(signed(bob()), key, proven(&inputs, &proof)));
		assert_noop!(
			Verification::verify(signed(bob()), key, proven(&inputs, &malleated)),
			Error::<Test>::AlreadyVerified
		);
	});
}

/// A point of BN254's G1 in the order of the Ethereum precompiles.
fn ethereum_g1(bytes: &[u8]) -> Vec<u8> {
	let number = |place: usize| ark_bn254::Fq::from_be_bytes_mod_order(&bytes[place * 32..][..32]);
	let mut point = vec![];
	ark_bn254::G1Affine::new_unchecked(number(0), number(1)).serialize_compressed(&mut point).unwrap();
	point
}

fn ethereum_g2(bytes: &[u8]) -> Vec<u8> {
	let number = |place: usize| ark_bn254::Fq::from_be_bytes_mod_order(&bytes[place * 32..][..32]);
	let (x, y) = (ark_bn254::Fq2::new(number(1), number(0)), ark_bn254::Fq2::new(number(3), number(2)));
	let mut point = vec![];
	ark_bn254::G2Affine::new_unchecked(x, y).serialize_compressed(&mut point).unwrap();
	point
}

#[test]
fn a_risc0_receipt_should_verify() {
	run_test(|| {
		let receipt: Value = serde_json::from_str(vector!("risc0/receipt.json")).unwrap();
		let bytes = |field: &str| hex::decode(receipt[field].as_str().unwrap()).unwrap();
		let digest = |field: &str| <[u8; 32]>::try_from(bytes(field)).unwrap();
		let seal = bytes("seal");
		let seal = &seal[4..];
		let proof = [ethereum_g1(&seal[..64]), ethereum_g2(&seal[64..192]), ethereum_g1(&seal[192..])].concat();

		let version = risc0::Version { control_root: digest("control_root"), control_id: digest("bn254_control_id") };
		let claim = risc0::claim_digest(&digest("image_id"), &bytes("journal"));
		let inputs = risc0::public_inputs(&version, &claim);
		let key = snarkjs_key(Curve::Bn254, vector!("risc0/verification_key.json"));
		assert_verifies(Curve::Bn254, &key, &inputs, &proof);
		// Another journal.
		let other = risc0::public_inputs(&version, &risc0::claim_digest(&digest("image_id"), b"another"));
		assert_noop!(
			Verification::verify(signed(bob()), 0, proven(&other, &proof)),
			Error::<Test>::WrongProof(ProofFault::Equation)
		);
	});
}

/// A point as gnark compresses it: big-endian, with 0b10 on top if the smaller `y` is meant and 0b11 for the larger one.
fn gnark<P: AffineRepr<BaseField: Field>>(bytes: &[u8], x: impl Fn(&[u8]) -> P::BaseField) -> (bool, P::BaseField) {
	let larger = match bytes[0] >> 6 {
		0b10 => false,
		0b11 => true,
		other => panic!("the flags {other:b}"),
	};
	let mut bytes = bytes.to_vec();
	bytes[0] &= 0x3f;
	(larger, x(&bytes))
}

fn gnark_g1(bytes: &[u8]) -> Vec<u8> {
	let (larger, x) = gnark::<ark_bn254::G1Affine>(bytes, ark_bn254::Fq::from_be_bytes_mod_order);
	let mut point = vec![];
	let affine = ark_bn254::G1Affine::get_point_from_x_unchecked(x, larger).unwrap();
	affine.serialize_compressed(&mut point).unwrap();
	point
}

fn gnark_g2(bytes: &[u8]) -> Vec<u8> {
	let (larger, x) = gnark::<ark_bn254::G2Affine>(bytes, |bytes| {
		let number = |place: usize| ark_bn254::Fq::from_be_bytes_mod_order(&bytes[place * 32..][..32]);
		ark_bn254::Fq2::new(number(1), number(0))
	});
	let mut point = vec![];
	let affine = ark_bn254::G2Affine::get_point_from_x_unchecked(x, larger).unwrap();
	affine.serialize_compressed(&mut point).unwrap();
	point
}

#[test]
fn sp1_keys_should_be_accepted_for_their_layouts() {
	run_test(|| {
		let version = publish(alice());
		let (program, vk_root) = ([1; 32], [2; 32]);
		for (file, inputs, layout) in [
			(
				&include_bytes!("../../../../primitives/verification/tests/vectors/sp1/v5.bin")[..],
				2,
				Layout::Sp1V5 { program },
			),
			(
				&include_bytes!("../../../../primitives/verification/tests/vectors/sp1/v6.bin")[..],
				5,
				Layout::Sp1V6 { program, vk_root },
			),
		] {
			// alpha and beta in G1; beta and gamma in G2; delta in both; the number of IC, and those.
			let mut key = gnark_g1(&file[..32]);
			for start in [64, 128, 224] {
				key.extend(gnark_g2(&file[start..][..64]));
			}
			assert_eq!(file[288..292], (inputs as u32 + 1).to_be_bytes());
			for place in 0..=inputs {
				key.extend(gnark_g1(&file[292 + place * 32..][..32]));
			}
			let id = register(Curve::Bn254, &key, of_runs(version, layout));
			assert_eq!(usize::from(Verification::key(id).unwrap().inputs), inputs);
		}
		assert!(scalar_of::<ark_bn254::Fr>(&program).is_some());
	});
}
