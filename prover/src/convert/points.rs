// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Numbers and points with their checks, and how the chain reads them.

use aivm_verification::{groth16::MAX_INPUTS, Curve, Scalar};
use ark_ec::{
	short_weierstrass::{Affine, SWCurveConfig},
	AffineRepr,
};
use ark_ff::{BigInteger, Field, PrimeField};
use ark_serialize::CanonicalSerialize;

use super::{
	error::{ConvertError, Part},
	Key, Proof,
};

/// The two groups of a curve.
pub trait Suite {
	/// The first group.
	type G1: SWCurveConfig<BaseField: PrimeField>;
	/// The second group.
	type G2: SWCurveConfig<
		BaseField: Field<BasePrimeField = <Self::G1 as ark_ec::CurveConfig>::BaseField>,
		ScalarField = <Self::G1 as ark_ec::CurveConfig>::ScalarField,
	>;
	/// Its name.
	const CURVE: Curve;
}

/// BN254.
pub struct Bn254;
/// BLS12-381.
pub struct Bls12381;

impl Suite for Bn254 {
	type G1 = ark_bn254::g1::Config;
	type G2 = ark_bn254::g2::Config;
	const CURVE: Curve = Curve::Bn254;
}

impl Suite for Bls12381 {
	type G1 = ark_bls12_381::g1::Config;
	type G2 = ark_bls12_381::g2::Config;
	const CURVE: Curve = Curve::Bls12_381;
}

/// Coordinates of the first group.
pub type Base<S> = <<S as Suite>::G1 as ark_ec::CurveConfig>::BaseField;
/// Scalars.
pub type ScalarOf<S> = <<S as Suite>::G1 as ark_ec::CurveConfig>::ScalarField;

/// A number from its big-endian bytes, as many as the field has.
pub fn big_endian<F: PrimeField>(part: Part, bytes: &[u8]) -> Result<F, ConvertError> {
	let bits: Vec<bool> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
	if bits.len() > 8 * 8 * F::BigInt::NUM_LIMBS {
		return Err(ConvertError::NotCanonical(part));
	}
	F::from_bigint(F::BigInt::from_bits_be(&bits)).ok_or(ConvertError::NotCanonical(part))
}

/// A number from plain decimal digits: no sign, no space, no leading zero, below the modulus.
pub fn decimal<F: PrimeField>(part: Part, text: &str) -> Result<F, ConvertError> {
	let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
	if !plain || (text.len() > 1 && text.starts_with('0')) {
		return Err(ConvertError::NotDecimal(part));
	}
	let mut number = F::BigInt::from(0_u64);
	for digit in text.bytes() {
		// number = 10 number + digit, limb by limb.
		let mut carry = u128::from(digit - b'0');
		for limb in number.as_mut() {
			let wide = u128::from(*limb) * 10 + carry;
			*limb = wide as u64;
			carry = wide >> 64;
		}
		if carry != 0 {
			return Err(ConvertError::NotCanonical(part));
		}
	}
	F::from_bigint(number).ok_or(ConvertError::NotCanonical(part))
}

/// A scalar in the chain's form.
pub fn scalar<F: PrimeField>(value: F) -> Scalar {
	let mut scalar = [0; 32];
	for (to, from) in scalar.iter_mut().zip(value.into_bigint().to_bytes_le()) {
		*to = from;
	}
	scalar
}

/// A point from its affine coordinates, checked.
pub fn affine<C: SWCurveConfig>(part: Part, x: C::BaseField, y: C::BaseField) -> Result<Affine<C>, ConvertError> {
	check(part, Affine::new_unchecked(x, y))
}

/// Checks that a point is on the curve, in the group of prime order and not infinity.
pub fn check<C: SWCurveConfig>(part: Part, point: Affine<C>) -> Result<Affine<C>, ConvertError> {
	if point.is_zero() {
		return Err(ConvertError::Infinity(part));
	}
	if !point.is_on_curve() {
		return Err(ConvertError::NotOnCurve(part));
	}
	if !point.is_in_correct_subgroup_assuming_on_curve() {
		return Err(ConvertError::NotInSubgroup(part));
	}
	Ok(point)
}

/// A coordinate of the second group from its two parts.
pub fn pair<S: Suite>(
	part: Part,
	c0: Base<S>,
	c1: Base<S>,
) -> Result<<S::G2 as ark_ec::CurveConfig>::BaseField, ConvertError> {
	Field::from_base_prime_field_elems([c0, c1]).ok_or(ConvertError::NotCanonical(part))
}

/// Refuses more public inputs than the chain accepts.
pub fn check_inputs(found: usize) -> Result<(), ConvertError> {
	if found > MAX_INPUTS {
		return Err(ConvertError::TooManyInputs { found, limit: MAX_INPUTS });
	}
	Ok(())
}

fn append<T: CanonicalSerialize>(point: &T, bytes: &mut Vec<u8>) {
	// Writing to a vector cannot fail.
	let _ = point.serialize_compressed(bytes);
}

/// The points of a key.
pub struct KeyPoints<S: Suite> {
	/// alpha.
	pub alpha: Affine<S::G1>,
	/// beta, gamma and delta.
	pub second: [Affine<S::G2>; 3],
	/// The points of the constant 1 and the public inputs.
	pub inputs: Vec<Affine<S::G1>>,
}

impl<S: Suite> KeyPoints<S> {
	/// The key as the chain reads it.
	pub fn key(&self) -> Result<Key, ConvertError> {
		check_inputs(self.inputs.len().saturating_sub(1))?;
		let mut bytes = Vec::new();
		append(&self.alpha, &mut bytes);
		self.second.iter().for_each(|point| append(point, &mut bytes));
		self.inputs.iter().for_each(|point| append(point, &mut bytes));
		Ok(Key { curve: S::CURVE, bytes })
	}
}

/// A proof as the chain reads it.
pub fn proof<S: Suite>(a: &Affine<S::G1>, b: &Affine<S::G2>, c: &Affine<S::G1>) -> Proof {
	let mut bytes = Vec::new();
	append(a, &mut bytes);
	append(b, &mut bytes);
	append(c, &mut bytes);
	Proof { curve: S::CURVE, bytes }
}
