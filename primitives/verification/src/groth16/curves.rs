// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The two curves in portable code.

// Operators of field elements and points work modulo the prime or in the group: they neither overflow nor panic.
#![allow(clippy::arithmetic_side_effects)]

use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::{AdditiveGroup, Field, Fp12, MontFp};

use super::{
	engine::Engine,
	pairing::{product, Line, Lines, Walk},
	Curve,
};

/// The loop of the optimal ate pairing of a curve.
pub(super) trait Loop: Engine {
	/// Digits of the loop's length after the first one, each -1, 0 or 1.
	const DIGITS: &'static [i8];
	/// Whether the loop's length is negative.
	const IS_NEGATIVE: bool;

	/// Multiplies with three times the constant of the twist's equation.
	fn times_three_b(element: Self::Extension) -> Self::Extension;

	/// Multiplies `f` with a line at a point of G1.
	fn multiply(f: &mut Fp12<Self::Tower>, line: &Line<Self>, point: &Affine<Self::G1>);

	/// The endomorphism of the twist that multiplies G2 with the characteristic: untwist, Frobenius, twist.
	fn psi(point: &Affine<Self::G2>) -> Affine<Self::G2>;

	/// What follows the loop: takes the last steps and tells whether the point is in G2. `walk` is at the point times the
	/// absolute value of the loop's length.
	fn arrive(walk: &mut Walk<Self>, point: &Affine<Self::G2>) -> bool;
}

/// BN254 in portable code.
pub enum Bn254 {}

impl Engine for Bn254 {
	const CURVE: Curve = Curve::Bn254;

	type Base = ark_bn254::Fq;
	type Extension = ark_bn254::Fq2;
	type Scalar = ark_bn254::Fr;
	type G1 = ark_bn254::g1::Config;
	type G2 = ark_bn254::g2::Config;
	type Tower = ark_bn254::Fq12Config;
	type Pairing = ark_bn254::Bn254;
	type Ready = Lines<Self>;

	fn ready(point: &Affine<Self::G2>) -> Option<Self::Ready> {
		Lines::new(point)
	}

	fn product(pairs: &[(Affine<Self::G1>, &Self::Ready)]) -> Option<Fp12<Self::Tower>> {
		product(pairs)
	}
}

impl Loop for Bn254 {
	// 6x + 2 in non-adjacent form, x = 4965661367192848881.
	const DIGITS: &'static [i8] = &[
		1, 0, 1, 0, 0, -1, 0, 1, 1, 0, 0, 0, -1, 0, 0, 1, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 1, 1, 1, 0, 0,
		0, 0, -1, 0, 1, 0, 0, -1, 0, 1, 1, 0, 0, 1, 0, 0, -1, 1, 0, 0, -1, 0, 1, 0, 1, 0, 0, 0,
	];
	const IS_NEGATIVE: bool = false;

	fn times_three_b(element: Self::Extension) -> Self::Extension {
		<Self::G2 as SWCurveConfig>::COEFF_B * (element.double() + element)
	}

	fn multiply(f: &mut Fp12<Self::Tower>, line: &Line<Self>, point: &Affine<Self::G1>) {
		let with_y = line.y.mul_by_base_prime_field(&point.y);
		let with_x = line.x.mul_by_base_prime_field(&point.x);
		f.mul_by_034(&with_y, &with_x, &line.constant);
	}

	fn psi(point: &Affine<Self::G2>) -> Affine<Self::G2> {
		use ark_ec::bn::BnConfig;
		let (mut x, mut y) = (point.x, point.y);
		x.frobenius_map_in_place(1);
		y.frobenius_map_in_place(1);
		x *= ark_bn254::Config::TWIST_MUL_BY_Q_X;
		y *= ark_bn254::Config::TWIST_MUL_BY_Q_Y;
		Affine::new_unchecked(x, y)
	}

	/// On G2, `(6x + 2) + psi - psi^2 + psi^3` is zero. It is zero nowhere else: its norm in the ring of `psi`, whose
	/// characteristic equation is `psi^2 - t psi + p = 0`, has no factor in common with the order of the twist but `r`
	/// (the method of Dai, Lin, Zhao, Zhou: "Fast Subgroup Membership Testings for G1, G2 and GT on Pairing-friendly
	/// Curves", 2022). So the last steps of the pairing end at `-psi^3` of the point if and only if it is in G2.
	fn arrive(walk: &mut Walk<Self>, point: &Affine<Self::G2>) -> bool {
		let first = Self::psi(point);
		let second = Self::psi(&first);
		let third = Self::psi(&second);
		walk.add(&first);
		walk.add(&-second);
		walk.is_at(&-third)
	}
}

/// `(1 + u)^-((p - 1) / 3)`.
const PSI_X: ark_bls12_381::Fq2 = ark_bls12_381::Fq2::new(
	ark_bls12_381::Fq::ZERO,
	MontFp!("4002409555221667392624310435006688643935503118305586438271171395842971157480381377015405980053539358417135540939437"),
);
/// `(1 + u)^-((p - 1) / 2)`.
const PSI_Y: ark_bls12_381::Fq2 = ark_bls12_381::Fq2::new(
	MontFp!("2973677408986561043442465346520108879172042883009249989176415018091420807192182638567116318576472649347015917690530"),
	MontFp!("1028732146235106349975324479215795277384839936929757896155643118032610843298655225875571310552543014690878354869257"),
);

/// BLS12-381 in portable code.
pub enum Bls12_381 {}

impl Engine for Bls12_381 {
	const CURVE: Curve = Curve::Bls12_381;

	type Base = ark_bls12_381::Fq;
	type Extension = ark_bls12_381::Fq2;
	type Scalar = ark_bls12_381::Fr;
	type G1 = ark_bls12_381::g1::Config;
	type G2 = ark_bls12_381::g2::Config;
	type Tower = ark_bls12_381::Fq12Config;
	type Pairing = ark_bls12_381::Bls12_381;
	type Ready = Lines<Self>;

	fn ready(point: &Affine<Self::G2>) -> Option<Self::Ready> {
		Lines::new(point)
	}

	fn product(pairs: &[(Affine<Self::G1>, &Self::Ready)]) -> Option<Fp12<Self::Tower>> {
		product(pairs)
	}
}

impl Loop for Bls12_381 {
	// |x| = 0xd201000000010000.
	const DIGITS: &'static [i8] = &[
		1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	];
	const IS_NEGATIVE: bool = true;

	// 3b = 12 (1 + u).
	fn times_three_b(element: Self::Extension) -> Self::Extension {
		let three = element.double() + element;
		let twelve = three.double().double();
		Self::Extension::new(twelve.c0 - twelve.c1, twelve.c0 + twelve.c1)
	}

	fn multiply(f: &mut Fp12<Self::Tower>, line: &Line<Self>, point: &Affine<Self::G1>) {
		let with_y = line.y.mul_by_base_prime_field(&point.y);
		let with_x = line.x.mul_by_base_prime_field(&point.x);
		f.mul_by_014(&line.constant, &with_x, &with_y);
	}

	fn psi(point: &Affine<Self::G2>) -> Affine<Self::G2> {
		let (mut x, mut y) = (point.x, point.y);
		x.frobenius_map_in_place(1);
		y.frobenius_map_in_place(1);
		x *= PSI_X;
		y *= PSI_Y;
		Affine::new_unchecked(x, y)
	}

	/// A point `Q` of the twist is in G2 if and only if `psi(Q) = x Q` (Scott: "A note on group membership tests for G1, G2
	/// and GT on BLS pairing-friendly curves", 2021). The loop ends at `|x| Q`, and x is negative.
	fn arrive(walk: &mut Walk<Self>, point: &Affine<Self::G2>) -> bool {
		walk.is_at(&-Self::psi(point))
	}
}
