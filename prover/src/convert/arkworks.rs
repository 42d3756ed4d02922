// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Keys, proofs and public inputs of `ark-groth16`, as `CanonicalSerialize` writes them, compressed or not.
//!
//! The chain's form is the compressed one, without the number of points that arkworks writes before the list of a key.

use aivm_verification::{groth16::MAX_INPUTS, Curve, Scalar};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::PrimeField;
use ark_serialize::{CanonicalDeserialize, Compress, Validate};

use super::{
	error::{ConvertError, Part},
	points::{self, check, check_inputs, Bls12381, Bn254, KeyPoints, ScalarOf, Suite},
	Key, Proof,
};

/// Bytes of the number of points before a list.
const COUNT: usize = 8;
/// Bytes of a scalar.
const SCALAR: usize = 32;

/// A point of either group, compressed or not, with all checks: arkworks 0.6 does not check that uncompressed points of
/// BLS12-381 are on the curve.
fn point<C: SWCurveConfig>(part: Part, bytes: &[u8], compress: Compress) -> Result<Affine<C>, ConvertError> {
	let point = Affine::<C>::deserialize_with_mode(bytes, compress, Validate::No)
		.map_err(|_| ConvertError::NotCanonical(part))?;
	let point = check(part, point)?;
	let mut again = Vec::with_capacity(bytes.len());
	let written = ark_serialize::CanonicalSerialize::serialize_with_mode(&point, &mut again, compress);
	if written.is_err() || again != bytes {
		return Err(ConvertError::NotCanonical(part));
	}
	Ok(point)
}

/// Whether bytes are a key with points of this length in the first group: the count must fit the length.
fn count(bytes: &[u8], point: usize) -> Option<usize> {
	let list = bytes.get(7 * point..)?;
	let (count, points) = list.split_at_checked(COUNT)?;
	let count = usize::try_from(u64::from_le_bytes(count.try_into().ok()?)).ok()?;
	(count.checked_mul(point)? == points.len() && count > 0).then_some(count)
}

/// Converts a `VerifyingKey`. Whether it is compressed follows from its length and the number of points that it names.
///
/// # Errors
/// See [`ConvertError`].
pub fn key(curve: Curve, bytes: &[u8]) -> Result<Key, ConvertError> {
	match curve {
		Curve::Bn254 => key_on::<Bn254>(bytes),
		Curve::Bls12_381 => key_on::<Bls12381>(bytes),
	}
}

fn key_on<S: Suite>(bytes: &[u8]) -> Result<Key, ConvertError> {
	let limit = 2 * S::CURVE.key_len(MAX_INPUTS) + COUNT;
	if bytes.len() > limit {
		return Err(ConvertError::TooLarge { found: bytes.len(), limit });
	}
	let short = S::CURVE.point_len();
	let (length, compress, count) = match (count(bytes, short), count(bytes, 2 * short)) {
		(Some(count), _) => (short, Compress::Yes, count),
		(None, Some(count)) => (2 * short, Compress::No, count),
		(None, None) => return Err(ConvertError::Length { what: "key of ark-groth16", found: bytes.len() }),
	};
	check_inputs(count - 1)?;
	let at = |start: usize, points: usize| bytes.get(start..start + points * length).unwrap_or_default();
	let second = |part, number: usize| point::<S::G2>(part, at(length * (1 + 2 * number), 2), compress);
	let inputs = at(7 * length + COUNT, count)
		.chunks(length)
		.enumerate()
		.map(|(number, bytes)| point::<S::G1>(Part::Input(number), bytes, compress));
	let points = KeyPoints::<S> {
		alpha: point::<S::G1>(Part::Alpha, at(0, 1), compress)?,
		second: [second(Part::Beta, 0)?, second(Part::Gamma, 1)?, second(Part::Delta, 2)?],
		inputs: inputs.collect::<Result<_, _>>()?,
	};
	points.key()
}

/// Converts a `Proof`; its length says whether it is compressed.
///
/// # Errors
/// See [`ConvertError`].
pub fn proof(curve: Curve, bytes: &[u8]) -> Result<Proof, ConvertError> {
	match curve {
		Curve::Bn254 => proof_on::<Bn254>(bytes),
		Curve::Bls12_381 => proof_on::<Bls12381>(bytes),
	}
}

fn proof_on<S: Suite>(bytes: &[u8]) -> Result<Proof, ConvertError> {
	let short = S::CURVE.point_len();
	let (length, compress) = match bytes.len() {
		found if found == 4 * short => (short, Compress::Yes),
		found if found == 8 * short => (2 * short, Compress::No),
		found => return Err(ConvertError::Length { what: "proof of ark-groth16", found }),
	};
	let (a, rest) = bytes.split_at(length);
	let (b, c) = rest.split_at(2 * length);
	Ok(points::proof::<S>(&point(Part::A, a, compress)?, &point(Part::B, b, compress)?, &point(Part::C, c, compress)?))
}

/// Converts public inputs: 32 bytes each, little-endian, with or without their number (64 bits) before them.
///
/// # Errors
/// See [`ConvertError`].
pub fn inputs(curve: Curve, bytes: &[u8]) -> Result<Vec<Scalar>, ConvertError> {
	let wrong = ConvertError::Length { what: "list of public inputs of ark-groth16", found: bytes.len() };
	let list = match bytes.split_at_checked(bytes.len() % SCALAR) {
		Some(([], list)) => list,
		Some((count, list)) if count == ((list.len() / SCALAR) as u64).to_le_bytes() => list,
		_ => return Err(wrong),
	};
	check_inputs(list.len() / SCALAR)?;
	let read = |(at, bytes): (usize, &[u8])| {
		let part = Part::PublicInput(at);
		match curve {
			Curve::Bn254 => number::<ScalarOf<Bn254>>(part, bytes),
			Curve::Bls12_381 => number::<ScalarOf<Bls12381>>(part, bytes),
		}
	};
	list.chunks(SCALAR).enumerate().map(read).collect()
}

fn number<F: PrimeField>(part: Part, little_endian: &[u8]) -> Result<Scalar, ConvertError> {
	let reversed: Vec<u8> = little_endian.iter().rev().copied().collect();
	Ok(points::scalar(points::big_endian::<F>(part, &reversed)?))
}
