// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What a verifier needs of a curve, so that a library that is faster on some machine can stand in for it. The rules, their
//! order and the sums are the same for all of them: [`prepare_key`], [`verify`], [`verify_batch`].
//!
//! [`prepare_key`]: super::prepare_key
//! [`verify`]: super::verify
//! [`verify_batch`]: super::verify_batch

use ark_ec::{
	pairing::{MillerLoopOutput, Pairing},
	scalar_mul::glv::GLVConfig,
	short_weierstrass::{Affine, SWCurveConfig},
	AffineRepr,
};
use ark_ff::{BigInt, Field, Fp12, Fp12Config, Fp2Config, Fp6Config, PrimeField};
use ark_serialize::{CanonicalDeserialize, Compress, Validate};

use super::Curve;

/// What is wrong with the bytes of a point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flaw {
	/// They are not canonical, or no point of the curve has this `x`.
	Encoding,
	/// They are the point at infinity.
	Infinity,
}

/// A pairing-friendly curve. Each implementation for the same curve gives the same results on all bytes.
pub trait Engine: Sized {
	/// The curve.
	const CURVE: Curve;

	/// Coordinates of G1.
	type Base: PrimeField;
	/// Coordinates of G2.
	type Extension: Field<BasePrimeField = Self::Base>;
	/// Scalars.
	type Scalar: PrimeField<BigInt = BigInt<4>>;
	/// Parameters of G1.
	type G1: GLVConfig<BaseField = Self::Base, ScalarField = Self::Scalar>;
	/// Parameters of G2.
	type G2: SWCurveConfig<BaseField = Self::Extension, ScalarField = Self::Scalar>;
	/// Parameters of the field that the pairing maps to.
	type Tower: Fp12Config<Fp6Config: Fp6Config<Fp2Config: Fp2Config<Fp = Self::Base>>>;
	/// The pairing of arkworks, whose values these are.
	type Pairing: Pairing<TargetField = Fp12<Self::Tower>>;
	/// A point of G2, ready for pairings.
	type Ready;

	/// The point of the curve of G1 in its compressed form; [`Self::is_in_g1`] is not asked yet.
	///
	/// # Errors
	/// [`Flaw`].
	fn read_g1(bytes: &[u8]) -> Result<Affine<Self::G1>, Flaw> {
		read_compressed(bytes)
	}

	/// The point of the curve of G2 in its compressed form; [`Self::ready`] is not asked yet.
	///
	/// # Errors
	/// [`Flaw`].
	fn read_g2(bytes: &[u8]) -> Result<Affine<Self::G2>, Flaw> {
		read_compressed(bytes)
	}

	/// Whether a point of the curve is in G1.
	fn is_in_g1(point: &Affine<Self::G1>) -> bool {
		point.is_in_correct_subgroup_assuming_on_curve()
	}

	/// A point of the curve ready for pairings, or `None` if it is not in G2, or infinity.
	fn ready(point: &Affine<Self::G2>) -> Option<Self::Ready>;

	/// The product of pairings, each of a point of G1 other than infinity and one of G2. `None` only if it is not defined,
	/// which it is for such points.
	fn product(pairs: &[(Affine<Self::G1>, &Self::Ready)]) -> Option<Fp12<Self::Tower>>;

	/// The last step of a pairing, as arkworks does it.
	fn finish(product: Fp12<Self::Tower>) -> Option<Fp12<Self::Tower>> {
		Self::Pairing::final_exponentiation(MillerLoopOutput(product)).map(|output| output.0)
	}
}

/// The point of a curve in its compressed form, as arkworks reads it.
///
/// # Errors
/// [`Flaw`].
pub fn read_compressed<P: SWCurveConfig>(bytes: &[u8]) -> Result<Affine<P>, Flaw> {
	// The coordinates are canonical, and the point is on the curve since `y` is computed from `x`. Never read uncompressed
	// points from outside like this: of BLS12-381, arkworks 0.6 does not look whether those are on the curve.
	let point = Affine::<P>::deserialize_with_mode(bytes, Compress::Yes, Validate::No).map_err(|_| Flaw::Encoding)?;
	if point.is_zero() {
		return Err(Flaw::Infinity);
	}
	Ok(point)
}
