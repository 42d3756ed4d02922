// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Every rule for keys, proofs and public inputs, on both curves.

use aivm_verification::{
	groth16::{KeyPoint, ProofPoint, MAX_BATCH, MAX_KEY_LEN, MAX_PREPARED_LEN, MAX_PROOF_LEN},
	scalar, Claim, Curve, Groth16 as _, KeyError, Portable, ProofError, Scalar, MAX_INPUTS,
};
use ark_ec::{
	short_weierstrass::{Affine, Projective},
	AffineRepr, CurveGroup,
};
use ark_ff::{BigInteger, Field, PrimeField, UniformRand};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};

use aivm_oracle::{any_point, bad_points, claim, compressed, key_bytes, random, Circuit, Oracle};

type Bn254 = ark_bn254::Bn254;
type Bls12_381 = ark_bls12_381::Bls12_381;

fn verify<E: Oracle>(circuit: &Circuit<E>, claim: &Claim) -> Result<(), ProofError> {
	Portable::verify(E::CURVE, &circuit.prepared, &claim.proof, &claim.inputs)
}

#[test]
fn lengths_should_be_those_that_are_documented() {
	assert_eq!(Curve::Bn254.proof_len(), 128);
	assert_eq!(Curve::Bls12_381.proof_len(), 192);
	for inputs in [0, 1, 16, 17] {
		assert_eq!(Curve::Bn254.key_len(inputs), 224 + 32 * (inputs + 1));
		assert_eq!(Curve::Bls12_381.key_len(inputs), 336 + 48 * (inputs + 1));
		for curve in [Curve::Bn254, Curve::Bls12_381] {
			assert_eq!(curve.inputs(curve.key_len(inputs)), Some(inputs));
			assert_eq!(curve.inputs(curve.key_len(inputs) + 1), None);
		}
	}
	assert_eq!(Curve::Bn254.inputs(7 * 32), None);
	assert_eq!((MAX_KEY_LEN, MAX_PROOF_LEN, MAX_PREPARED_LEN), (1_152, 192, 2_592));
}

fn check_against_arkworks<E: Oracle>() {
	let mut random = random(1);
	for inputs in [0, 1, 2, 5, 16] {
		let circuit = Circuit::<E>::new(inputs, &mut random);
		assert_eq!(circuit.prepared.len(), E::CURVE.prepared_len(inputs));
		let (proof, values) = circuit.prove(&mut random);
		assert!(circuit.holds(&proof, &values));
		assert_eq!(verify(&circuit, &claim(&proof, &values)), Ok(()), "{inputs} inputs");
		for place in 0..inputs {
			let mut other = values.clone();
			other[place] += E::ScalarField::ONE;
			assert!(!circuit.holds(&proof, &other));
			assert_eq!(verify(&circuit, &claim(&proof, &other)), Err(ProofError::Equation));
		}
		// Each point replaced by another one of its group.
		for place in 0..3 {
			let mut other = proof.clone();
			match place {
				0 => other.a = E::G1::rand(&mut random).into_affine(),
				1 => other.b = E::G2::rand(&mut random).into_affine(),
				_ => other.c = (-other.c.into_group()).into_affine(),
			}
			assert!(!circuit.holds(&other, &values));
			assert_eq!(verify(&circuit, &claim(&other, &values)), Err(ProofError::Equation));
		}
	}
}

#[test]
fn verdicts_should_be_those_of_arkworks() {
	check_against_arkworks::<Bn254>();
	check_against_arkworks::<Bls12_381>();
}

/// ark-groth16 0.6 ignores inputs that are too many, and takes missing ones for 0.
fn check_input_count<E: Oracle>() {
	let mut random = random(2);
	let circuit = Circuit::<E>::new(2, &mut random);
	let (proof, inputs) = circuit.prove(&mut random);
	let with_another = [&inputs[..], &[E::ScalarField::from(7u8)]].concat();
	assert!(circuit.holds(&proof, &with_another), "arkworks takes it");
	let count = |given| Err(ProofError::InputCount { expected: 2, given });
	assert_eq!(verify(&circuit, &claim(&proof, &with_another)), count(3));
	assert_eq!(verify(&circuit, &claim(&proof, &inputs[..1])), count(1));
	assert_eq!(verify(&circuit, &claim(&proof, &[])), count(0));
	// A proof whose last input is 0 would hold without it.
	let mut zero = Claim { proof: claim(&proof, &inputs).proof, inputs: vec![scalar(inputs[0])] };
	assert_eq!(verify(&circuit, &zero), count(1));
	zero.inputs = vec![[0; 32]; 1_000];
	assert_eq!(verify(&circuit, &zero), count(1_000));
}

#[test]
fn another_number_of_inputs_should_be_refused() {
	check_input_count::<Bn254>();
	check_input_count::<Bls12_381>();
}

fn check_canonical_inputs<E: Oracle>() {
	let mut random = random(3);
	let circuit = Circuit::<E>::new(3, &mut random);
	let good = circuit.claim(&mut random);
	assert_eq!(verify(&circuit, &good), Ok(()));
	for number in 0..3 {
		// The same value modulo the order.
		let mut value = E::ScalarField::from_le_bytes_mod_order(&good.inputs[usize::from(number)]).into_bigint();
		let carry = value.add_with_carry(&E::ScalarField::MODULUS);
		if carry {
			continue;
		}
		let mut other = good.clone();
		other.inputs[usize::from(number)].copy_from_slice(&value.to_bytes_le());
		assert_eq!(verify(&circuit, &other), Err(ProofError::Input { number }));
	}
	let mut modulus: Scalar = [0; 32];
	modulus.copy_from_slice(&E::ScalarField::MODULUS.to_bytes_le());
	for bad in [modulus, [0xff; 32]] {
		let mut other = good.clone();
		other.inputs[2] = bad;
		assert_eq!(verify(&circuit, &other), Err(ProofError::Input { number: 2 }));
	}
}

#[test]
fn inputs_that_are_not_reduced_should_be_refused() {
	check_canonical_inputs::<Bn254>();
	check_canonical_inputs::<Bls12_381>();
}

fn check_proof_points<E: Oracle>() {
	let mut random = random(4);
	let circuit = Circuit::<E>::new(1, &mut random);
	let good = circuit.claim(&mut random);
	let half = E::CURVE.point_len();
	let g1 = bad_points::<E::P1>(&mut random);
	let g2 = bad_points::<E::P2>(&mut random);
	assert!(g2.iter().any(|(flaw, _)| *flaw == "Subgroup"));
	for (point, start, bad) in [(ProofPoint::A, 0, &g1), (ProofPoint::B, half, &g2), (ProofPoint::C, 3 * half, &g1)] {
		for (flaw, bytes) in bad {
			let mut other = good.clone();
			other.proof[start..start + bytes.len()].copy_from_slice(bytes);
			let expected = match *flaw {
				"Infinity" => ProofError::Infinity { point },
				"Subgroup" => ProofError::Subgroup { point },
				_ => ProofError::Encoding { point },
			};
			assert_eq!(verify(&circuit, &other), Err(expected), "{:?}", E::CURVE);
			let batch = Portable::verify_batch(E::CURVE, &circuit.prepared, &[good.clone(), other, good.clone()]);
			assert_eq!(batch, [Ok(()), Err(expected), Ok(())]);
		}
	}
}

#[test]
fn bad_points_of_proofs_should_be_refused() {
	check_proof_points::<Bn254>();
	check_proof_points::<Bls12_381>();
}

/// A small order would otherwise let a proof be changed by adding a point that the pairing does not see.
#[test]
fn points_that_the_pairing_cannot_tell_apart_should_be_refused() {
	let mut random = random(5);
	let circuit = Circuit::<Bls12_381>::new(1, &mut random);
	let (proof, inputs) = circuit.prove(&mut random);
	let order = <ark_bls12_381::Fr as PrimeField>::MODULUS;
	let outside = any_point::<ark_bls12_381::g1::Config>(&mut random).mul_bigint(order);
	let mut other = proof.clone();
	other.c = (proof.c + outside.into_affine()).into_affine();
	let expected = Err(ProofError::Subgroup { point: ProofPoint::C });
	assert_eq!(verify(&circuit, &claim(&other, &inputs)), expected);
	other = proof.clone();
	let outside = any_point::<ark_bls12_381::g2::Config>(&mut random).mul_bigint(order);
	other.b = (proof.b + outside.into_affine()).into_affine();
	let expected = Err(ProofError::Subgroup { point: ProofPoint::B });
	assert_eq!(verify(&circuit, &claim(&other, &inputs)), expected);
}

/// arkworks 0.6 reads an uncompressed point of BLS12-381 without looking whether it is on the curve: (s^2 x, s^3 y) passes.
#[test]
fn points_off_the_curve_should_have_no_form_that_is_read() {
	let mut random = random(7);
	let circuit = Circuit::<Bls12_381>::new(1, &mut random);
	let (proof, inputs) = circuit.prove(&mut random);
	let good = claim(&proof, &inputs);
	let mut refused = 0;
	for number in 2u8..12 {
		let factor = ark_bls12_381::Fq::from(number);
		let off = Affine::<ark_bls12_381::g1::Config>::new_unchecked(
			proof.a.x * factor.square(),
			proof.a.y * factor.square() * factor,
		);
		assert!(!off.is_on_curve());
		let mut bytes = Vec::new();
		off.serialize_uncompressed(&mut bytes).unwrap();
		let read = ark_bls12_381::G1Affine::deserialize_uncompressed(&bytes[..]).unwrap();
		assert!(!read.is_on_curve(), "arkworks takes it");
		// As uncompressed bytes it has the wrong length, with and without the rest of the proof.
		for (proof, given) in [([&bytes[..], &good.proof[48..]].concat(), 240), (bytes, 96)] {
			let claim = Claim { proof, inputs: good.inputs.clone() };
			assert_eq!(verify(&circuit, &claim), Err(ProofError::Length { expected: 192, given }));
		}
		// In compressed form there is no point, or another one, with this x.
		let mut other = good.clone();
		other.proof[..48].copy_from_slice(&compressed(&off));
		let error = verify(&circuit, &other).unwrap_err();
		refused += usize::from(error == ProofError::Encoding { point: ProofPoint::A });
		assert!(error != ProofError::Equation);
	}
	assert!(refused > 0);
}

fn check_lengths<E: Oracle>() {
	let mut random = random(8);
	let circuit = Circuit::<E>::new(1, &mut random);
	let good = circuit.claim(&mut random);
	let expected = u32::try_from(E::CURVE.proof_len()).unwrap();
	for length in [0, 1, expected / 2, expected - 1, expected + 1, 2 * expected, 100_000] {
		let mut proof = good.proof.clone();
		proof.resize(length as usize, 0);
		let result = verify(&circuit, &Claim { proof, inputs: good.inputs.clone() });
		assert_eq!(result, Err(ProofError::Length { expected, given: length }));
	}
	for length in (0..circuit.key.len()).chain([circuit.key.len() + 1, 100_001]) {
		let mut key = circuit.key.clone();
		key.resize(length, 0);
		let result = Portable::prepare_key(E::CURVE, &key);
		if E::CURVE.inputs(length).is_none() {
			assert_eq!(result, Err(KeyError::Length { given: length as u32 }));
		}
	}
	for length in 0..circuit.prepared.len() {
		let result = Portable::verify(E::CURVE, &circuit.prepared[..length], &good.proof, &good.inputs);
		assert!(result.is_err());
		if E::CURVE.prepared_len(0) != length {
			assert_eq!(result, Err(ProofError::Key), "{length}");
		}
	}
}

#[test]
fn wrong_lengths_should_be_refused() {
	check_lengths::<Bn254>();
	check_lengths::<Bls12_381>();
}

fn check_key_points<E: Oracle>() {
	let mut random = random(9);
	let circuit = Circuit::<E>::new(2, &mut random);
	let half = E::CURVE.point_len();
	let g1 = bad_points::<E::P1>(&mut random);
	let g2 = bad_points::<E::P2>(&mut random);
	let points = [
		(KeyPoint::Alpha, 0, &g1),
		(KeyPoint::Beta, half, &g2),
		(KeyPoint::Gamma, 3 * half, &g2),
		(KeyPoint::Delta, 5 * half, &g2),
		(KeyPoint::Ic(0), 7 * half, &g1),
		(KeyPoint::Ic(1), 8 * half, &g1),
		(KeyPoint::Ic(2), 9 * half, &g1),
	];
	for (point, start, bad) in points {
		for (flaw, bytes) in bad {
			let mut key = circuit.key.clone();
			key[start..start + bytes.len()].copy_from_slice(bytes);
			let expected = match *flaw {
				"Infinity" => KeyError::Infinity { point },
				"Subgroup" => KeyError::Subgroup { point },
				_ => KeyError::Encoding { point },
			};
			assert_eq!(Portable::prepare_key(E::CURVE, &key), Err(expected));
		}
	}
}

#[test]
fn bad_points_of_keys_should_be_refused() {
	check_key_points::<Bn254>();
	check_key_points::<Bls12_381>();
}

fn check_related_points<E: Oracle>() {
	let mut random = random(10);
	let vk = Circuit::<E>::new(2, &mut random).parameters.vk;
	let generator = E::G2Affine::generator();
	let minus = |point: E::G2Affine| (-point.into_group()).into_affine();
	let (beta, gamma, delta) = (vk.beta_g2, vk.gamma_g2, vk.delta_g2);
	use KeyPoint::{Beta, Delta, Gamma, Generator, Ic};
	let cases = [
		([beta, gamma, gamma], Gamma, Delta),
		([beta, gamma, minus(gamma)], Gamma, Delta),
		([beta, generator, generator], Gamma, Delta),
		([beta, gamma, generator], Delta, Generator),
		([beta, gamma, minus(generator)], Delta, Generator),
		([delta, gamma, delta], Beta, Delta),
		([gamma, gamma, delta], Beta, Gamma),
		([minus(gamma), gamma, delta], Beta, Gamma),
		([generator, gamma, delta], Beta, Generator),
	];
	for (points, first, second) in cases {
		let key = key_bytes::<E>(vk.alpha_g1, points, &vk.gamma_abc_g1);
		assert_eq!(Portable::prepare_key(E::CURVE, &key), Err(KeyError::Related { first, second }));
	}
	// gamma is the generator in every key of snarkjs.
	let key = key_bytes::<E>(vk.alpha_g1, [beta, generator, delta], &vk.gamma_abc_g1);
	assert!(Portable::prepare_key(E::CURVE, &key).is_ok());
	let [zero, one, _] = vk.gamma_abc_g1[..] else { panic!("two inputs") };
	for other in [one, (-one.into_group()).into_affine()] {
		let key = key_bytes::<E>(vk.alpha_g1, [beta, gamma, delta], &[zero, one, other]);
		assert_eq!(Portable::prepare_key(E::CURVE, &key), Err(KeyError::Related { first: Ic(1), second: Ic(2) }));
	}
}

#[test]
fn keys_that_let_anybody_forge_should_be_refused() {
	check_related_points::<Bn254>();
	check_related_points::<Bls12_381>();
}

#[test]
fn keys_with_too_many_inputs_should_be_refused() {
	for curve in [Curve::Bn254, Curve::Bls12_381] {
		let given = MAX_INPUTS + 1;
		let key = vec![0; curve.key_len(given)];
		assert_eq!(Portable::prepare_key(curve, &key), Err(KeyError::TooManyInputs { given: given as u32 }));
	}
}

fn check_batches<E: Oracle>() {
	let mut random = random(11);
	let circuit = Circuit::<E>::new(2, &mut random);
	let claims: Vec<_> = (0..MAX_BATCH + 3).map(|_| circuit.claim(&mut random)).collect();
	let verify = |claims: &[Claim]| Portable::verify_batch(E::CURVE, &circuit.prepared, claims);
	for length in [0, 1, 2, 7, claims.len()] {
		assert_eq!(verify(&claims[..length]), vec![Ok(()); length]);
	}
	// One proof with the inputs of another; points swapped between two; a wrong length; a wrong number of inputs.
	let mut wrong = claims[..9].to_vec();
	wrong[1].inputs = claims[2].inputs.clone();
	let half = E::CURVE.point_len();
	wrong[4].proof[..half].copy_from_slice(&claims[5].proof[..half]);
	wrong[5].proof[..half].copy_from_slice(&claims[4].proof[..half]);
	wrong[6].proof.pop();
	wrong[7].inputs.pop();
	let results = verify(&wrong);
	for (number, (claim, result)) in wrong.iter().zip(&results).enumerate() {
		assert_eq!(*result, self::verify(&circuit, claim), "{number}");
		assert_eq!(result.is_ok(), [0, 2, 3, 8].contains(&number));
	}
	assert_eq!(verify(&wrong[1..2]), [Err(ProofError::Equation)]);
	assert_eq!(Portable::verify_batch(E::CURVE, &[], &claims[..2]), [Err(ProofError::Key); 2]);
}

#[test]
fn batches_should_say_what_single_proofs_say() {
	check_batches::<Bn254>();
	check_batches::<Bls12_381>();
}

/// Two wrong proofs whose errors cancel in a sum with equal coefficients: C + D and C - D.
fn check_cancelling<E: Oracle>() {
	let mut random = random(12);
	let circuit = Circuit::<E>::new(1, &mut random);
	let (proof, inputs) = circuit.prove(&mut random);
	let shift = Projective::<E::P1>::rand(&mut random);
	let (mut more, mut less) = (proof.clone(), proof);
	more.c = (shift + more.c).into_affine();
	less.c = (-shift + less.c).into_affine();
	let claims = [claim(&more, &inputs), claim(&less, &inputs)];
	let results = Portable::verify_batch(E::CURVE, &circuit.prepared, &claims);
	assert_eq!(results, [Err(ProofError::Equation); 2]);
}

#[test]
fn errors_that_cancel_should_not_pass_a_batch() {
	check_cancelling::<Bn254>();
	check_cancelling::<Bls12_381>();
}
