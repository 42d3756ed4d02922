// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The arithmetic against arkworks' own.

use alloc::vec::Vec;
use ark_ec::{
	pairing::Pairing,
	scalar_mul::glv::GLVConfig,
	short_weierstrass::{Affine, Projective},
	AffineRepr, CurveGroup,
};
use ark_ff::{AdditiveGroup, Field, PrimeField, UniformRand, Zero};
use ark_std::rand::{rngs::StdRng, Rng, SeedableRng};

use super::{
	curves::{Bls12_381, Bn254, Loop},
	pairing::{product, Lines},
	sum::{combine, sum_of_multiples, Coefficient},
};

fn random() -> StdRng {
	StdRng::seed_from_u64(2_609)
}

/// A random point of the twist, hardly ever in G2.
fn any_point<S: Loop>(random: &mut StdRng) -> Affine<S::G2> {
	loop {
		let x = S::Extension::rand(random);
		if let Some(point) = Affine::get_point_from_x_unchecked(x, random.gen()) {
			return point;
		}
	}
}

fn check_product<S: Loop>()
where
	S::Pairing: Pairing<G1Affine = Affine<S::G1>, G2Affine = Affine<S::G2>>,
{
	let mut random = random();
	for pairs in [0, 1, 2, 3, 5, 9] {
		let g1: Vec<_> = (0..pairs).map(|_| Projective::<S::G1>::rand(&mut random).into_affine()).collect();
		let g2: Vec<_> = (0..pairs).map(|_| Projective::<S::G2>::rand(&mut random).into_affine()).collect();
		let expected = S::Pairing::multi_pairing(g1.clone(), g2.clone()).0;
		let lines: Vec<_> = g2.iter().map(|point| Lines::<S>::new(point).unwrap()).collect();
		let pairs: Vec<_> = g1.into_iter().zip(&lines).collect();
		assert!(product(&pairs) == Some(expected), "{:?}: {} pairs", S::CURVE, pairs.len());
	}
}

#[test]
fn products_of_pairings_should_be_those_of_arkworks() {
	check_product::<Bn254>();
	check_product::<Bls12_381>();
}

fn check_membership<S: Loop>() {
	let mut random = random();
	let mut inside = 0;
	for number in 0..60 {
		let any = any_point::<S>(&mut random);
		let point = match number % 4 {
			// Any point; one in G2; one outside it that is killed by the cofactor; a sum of both.
			0 => any,
			1 => any.clear_cofactor(),
			2 => any.mul_bigint(S::Scalar::MODULUS).into_affine(),
			_ => (any.mul_bigint(S::Scalar::MODULUS) + Affine::<S::G2>::generator()).into_affine(),
		};
		let expected = point.mul_bigint(S::Scalar::MODULUS).is_zero();
		inside += usize::from(expected);
		assert_eq!(Lines::<S>::new(&point).is_some(), expected, "{:?}: point {number}", S::CURVE);
	}
	assert_eq!(inside, 15);
	assert!(Lines::<S>::new(&Affine::identity()).is_none());
}

#[test]
fn lines_should_exist_exactly_for_points_of_g2() {
	check_membership::<Bn254>();
	check_membership::<Bls12_381>();
}

/// The loop's steps keep a `z` of 0, so a point at which they do not hold is never taken for one of G2.
fn check_exceptions<S: Loop>() {
	// Points of small order, where the twist has some. Of BN254: 10,069 divides the order of the twist, for one.
	let mut random = random();
	for order in [2u64, 3, 5, 7, 13, 23, 11, 10_069, 5_864_401, 2_713] {
		// The order of the twist without all factors `order`, by dividing the cofactor.
		let mut cofactor = num_bigint(<S::G2 as ark_ec::CurveConfig>::COFACTOR);
		while let Some(quotient) = divide(&cofactor, order) {
			cofactor = quotient;
		}
		for _ in 0..5 {
			let any = any_point::<S>(&mut random).mul_bigint(S::Scalar::MODULUS).into_affine();
			let point = any.mul_bigint(&cofactor).into_affine();
			assert!(Lines::<S>::new(&point).is_none(), "{:?}: order {order}", S::CURVE);
		}
	}
}

fn num_bigint(limbs: &[u64]) -> Vec<u64> {
	limbs.to_vec()
}

/// The quotient if there is no rest.
fn divide(limbs: &[u64], divisor: u64) -> Option<Vec<u64>> {
	let mut rest = 0u128;
	let mut quotient = alloc::vec![0; limbs.len()];
	for (place, limb) in limbs.iter().enumerate().rev() {
		let value = rest << 64 | u128::from(*limb);
		quotient[place] = (value / u128::from(divisor)) as u64;
		rest = value % u128::from(divisor);
	}
	(rest == 0).then_some(quotient)
}

#[test]
fn points_of_small_order_should_not_be_in_g2() {
	check_exceptions::<Bn254>();
	check_exceptions::<Bls12_381>();
}

fn check_sums<S: Loop>() {
	let mut random = random();
	for count in [0, 1, 2, 3, 17] {
		let points: Vec<_> = (0..count).map(|_| Projective::<S::G1>::rand(&mut random).into_affine()).collect();
		for kind in 0..4 {
			let scalars = points.iter().map(|_| match kind {
				0 => S::Scalar::rand(&mut random),
				1 => -S::Scalar::from(random.gen::<u32>()),
				2 => S::Scalar::ZERO,
				_ => S::Scalar::from(random.gen_range(0..40u8)),
			});
			let terms: Vec<_> = points.iter().copied().zip(scalars).collect();
			let expected: Projective<S::G1> = terms.iter().map(|(point, scalar)| *point * scalar).sum();
			assert_eq!(sum_of_multiples::<S>(terms), expected);
		}
		let coefficients = [0, 1, u128::MAX, 1 << 127, random.gen()].into_iter().chain(core::iter::repeat(77));
		let terms: Vec<_> = points.iter().copied().zip(coefficients.map(Coefficient::new)).collect();
		let expected: Projective<S::G1> = terms.iter().map(|(point, factor)| *point * factor.scalar::<S>()).sum();
		assert_eq!(combine::<S>(terms), expected);
	}
}

#[test]
fn sums_of_multiples_should_be_those_of_arkworks() {
	check_sums::<Bn254>();
	check_sums::<Bls12_381>();
}

fn check_constants<S: Loop>() {
	let generator = Affine::<S::G2>::generator();
	let characteristic = S::Base::MODULUS;
	assert_eq!(S::psi(&generator), generator.mul_bigint(characteristic).into_affine());
	let any = any_point::<S>(&mut random());
	assert!(S::psi(&any).is_on_curve());
	let b = <S::G2 as ark_ec::short_weierstrass::SWCurveConfig>::COEFF_B;
	assert_eq!(S::times_three_b(any.x), any.x * (b + b + b));
	let lambda = <S::G1 as GLVConfig>::LAMBDA;
	assert_eq!(lambda.square() + lambda + S::Scalar::ONE, S::Scalar::ZERO);
}

#[test]
fn constants_of_the_curves_should_mean_what_they_say() {
	check_constants::<Bn254>();
	check_constants::<Bls12_381>();
}
