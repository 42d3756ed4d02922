// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Keys and proofs of gnark on BN254.
//!
//! Numbers are big-endian, and coordinates of the second group stand as `c1`, `c0`. The two highest bits of a
//! compressed point say which `y` it has: 10 the smaller one, 11 the larger one, 01 infinity. A key of
//! `VerifyingKey.WriteTo` is alpha (G1), beta (G1), beta, gamma (G2), delta (G1), delta (G2), the number of points (32
//! bits), the points, then two counts of commitments (32 bits each), which must be 0: circuits with commitments are not
//! plain Groth16. Uncompressed proofs are in the order of EIP-197, as the contracts of Ethereum read them.

use ark_bn254::{Fq, Fq2};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};

use super::{
	error::{ConvertError, Part},
	points::{self, affine, big_endian, check, check_inputs, Bn254, KeyPoints, Suite},
	Key, Proof,
};

/// Bytes of a coordinate.
const NUMBER: usize = 32;
/// Bytes of a proof of `WriteRawTo` without commitments, and of a proof in calldata.
pub const PROOF_BYTES: usize = 8 * NUMBER;
/// Largest key in bytes that is read.
pub const MAX_KEY_BYTES: usize = 4096;

type G1 = <Bn254 as Suite>::G1;
type G2 = <Bn254 as Suite>::G2;

fn numbers<const N: usize>(part: Part, bytes: &[u8]) -> Result<[Fq; N], ConvertError> {
	let read: Result<Vec<Fq>, ConvertError> = bytes.chunks_exact(NUMBER).map(|bytes| big_endian(part, bytes)).collect();
	read?.try_into().map_err(|_| ConvertError::Length { what: "point of gnark", found: bytes.len() })
}

/// Converts an uncompressed proof: A (64 bytes), B (128) and C (64), big-endian, B's coordinates as `c1`, `c0`.
///
/// # Errors
/// See [`ConvertError`].
pub fn proof(bytes: &[u8]) -> Result<Proof, ConvertError> {
	if bytes.len() != PROOF_BYTES {
		return Err(ConvertError::Length {
			what: "uncompressed proof on BN254 without commitments",
			found: bytes.len(),
		});
	}
	let (a, rest) = bytes.split_at(2 * NUMBER);
	let (b, c) = rest.split_at(4 * NUMBER);
	let [ax, ay] = numbers(Part::A, a)?;
	let [bx1, bx0, by1, by0] = numbers(Part::B, b)?;
	let [cx, cy] = numbers(Part::C, c)?;
	Ok(points::proof::<Bn254>(
		&affine(Part::A, ax, ay)?,
		&affine(Part::B, Fq2::new(bx0, bx1), Fq2::new(by0, by1))?,
		&affine(Part::C, cx, cy)?,
	))
}

/// A compressed point: its `x` without the flags, and whether `y` is the larger of the two.
fn flags(part: Part, bytes: &[u8]) -> Result<(Vec<u8>, bool), ConvertError> {
	let mut bytes = bytes.to_vec();
	let first = bytes.first_mut().ok_or(ConvertError::Flags(part))?;
	let flags = *first >> 6;
	*first &= 0x3f;
	match flags {
		0b10 => Ok((bytes, false)),
		0b11 => Ok((bytes, true)),
		0b01 => Err(ConvertError::Infinity(part)),
		_ => Err(ConvertError::Flags(part)),
	}
}

fn with_x<C: SWCurveConfig>(part: Part, x: C::BaseField, larger: bool) -> Result<Affine<C>, ConvertError> {
	let point = Affine::get_point_from_x_unchecked(x, larger).ok_or(ConvertError::NotOnCurve(part))?;
	check(part, point)
}

fn first(part: Part, bytes: &[u8]) -> Result<Affine<G1>, ConvertError> {
	let (x, larger) = flags(part, bytes)?;
	let [x] = numbers(part, &x)?;
	with_x(part, x, larger)
}

fn second(part: Part, bytes: &[u8]) -> Result<Affine<G2>, ConvertError> {
	let (x, larger) = flags(part, bytes)?;
	let [c1, c0] = numbers(part, &x)?;
	with_x(part, Fq2::new(c0, c1), larger)
}

/// Converts a key of `VerifyingKey.WriteTo`.
///
/// # Errors
/// See [`ConvertError`].
pub fn key(bytes: &[u8]) -> Result<Key, ConvertError> {
	if bytes.len() > MAX_KEY_BYTES {
		return Err(ConvertError::TooLarge { found: bytes.len(), limit: MAX_KEY_BYTES });
	}
	let wrong = || ConvertError::Length { what: "verifying key of gnark", found: bytes.len() };
	let mut rest = bytes;
	let mut take = |length: usize| {
		let (taken, left) = rest.split_at_checked(length).ok_or_else(wrong)?;
		rest = left;
		Ok::<_, ConvertError>(taken)
	};
	let alpha = first(Part::Alpha, take(NUMBER)?)?;
	// beta and delta in the first group are for provers, but a key in which they are nonsense is none.
	let _beta_g1 = first(Part::Beta, take(NUMBER)?)?;
	let beta = second(Part::Beta, take(2 * NUMBER)?)?;
	let gamma = second(Part::Gamma, take(2 * NUMBER)?)?;
	let _delta_g1 = first(Part::Delta, take(NUMBER)?)?;
	let delta = second(Part::Delta, take(2 * NUMBER)?)?;
	let count = |bytes: &[u8]| bytes.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
	let points = count(take(4)?);
	if points == 0 {
		return Err(wrong());
	}
	check_inputs(points - 1)?;
	let inputs = (0..points).map(|number| first(Part::Input(number), take(NUMBER)?)).collect::<Result<_, _>>()?;
	let commitments = [count(take(4)?), count(take(4)?)];
	if commitments != [0, 0] {
		return Err(ConvertError::Commitments);
	}
	if !rest.is_empty() {
		return Err(wrong());
	}
	KeyPoints::<Bn254> { alpha, second: [beta, gamma, delta], inputs }.key()
}
