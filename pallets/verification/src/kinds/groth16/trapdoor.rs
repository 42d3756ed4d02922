// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A key whose secrets are known, so that anything can be proved with it: for benchmarks, whose statements are not known
//! before, and for tests of what a forger can do.

#![allow(clippy::arithmetic_side_effects)]

use aivm_verification::{scalar_of, Curve, Scalar};
use alloc::vec::Vec;
use ark_ec::{pairing::Pairing, AffineRepr, CurveGroup};
use ark_ff::{BigInt, Field, PrimeField};
use ark_serialize::CanonicalSerialize;

const ALPHA: u64 = 11;
const BETA: u64 = 13;
const GAMMA: u64 = 17;
const DELTA: u64 = 19;

/// What input number `place - 1` is multiplied with.
fn ic(place: usize) -> u64 {
	23 + 2 * place as u64
}

/// The wire form of the key for so many public inputs.
pub fn key(curve: Curve, inputs: usize) -> Vec<u8> {
	match curve {
		Curve::Bn254 => key_on::<ark_bn254::Bn254>(inputs),
		Curve::Bls12_381 => key_on::<ark_bls12_381::Bls12_381>(inputs),
	}
}

/// A proof that convinces of `inputs` under [`key`]. Inputs that are no scalars count as 0.
pub fn prove(curve: Curve, inputs: &[Scalar]) -> Vec<u8> {
	match curve {
		Curve::Bn254 => prove_on::<ark_bn254::Bn254>(inputs),
		Curve::Bls12_381 => prove_on::<ark_bls12_381::Bls12_381>(inputs),
	}
}

fn g1<E: Pairing>(bytes: &mut Vec<u8>, scalar: E::ScalarField) {
	let point = (E::G1Affine::generator() * scalar).into_affine();
	let _ = point.serialize_compressed(bytes);
}

fn g2<E: Pairing>(bytes: &mut Vec<u8>, scalar: E::ScalarField) {
	let point = (E::G2Affine::generator() * scalar).into_affine();
	let _ = point.serialize_compressed(bytes);
}

fn key_on<E: Pairing>(inputs: usize) -> Vec<u8> {
	let mut bytes = Vec::new();
	g1::<E>(&mut bytes, ALPHA.into());
	for secret in [BETA, GAMMA, DELTA] {
		g2::<E>(&mut bytes, secret.into());
	}
	for place in 0..=inputs {
		g1::<E>(&mut bytes, ic(place).into());
	}
	bytes
}

fn prove_on<E: Pairing<ScalarField: PrimeField<BigInt = BigInt<4>>>>(inputs: &[Scalar]) -> Vec<u8> {
	let of = |number: u64| E::ScalarField::from(number);
	let (a, b) = (of(5), of(7));
	let mut sum = of(ic(0));
	for (place, input) in (1..).zip(inputs) {
		sum += of(ic(place)) * scalar_of::<E::ScalarField>(input).unwrap_or_default();
	}
	// a * b = alpha * beta + gamma * sum + delta * c
	let c = (a * b - of(ALPHA) * of(BETA) - of(GAMMA) * sum) * of(DELTA).inverse().unwrap_or_default();
	let mut bytes = Vec::new();
	g1::<E>(&mut bytes, a);
	g2::<E>(&mut bytes, b);
	g1::<E>(&mut bytes, c);
	bytes
}
