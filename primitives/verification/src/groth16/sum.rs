// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Sums of multiples of points of G1.

// Operators of field elements and points work modulo the prime or in the group: they neither overflow nor panic. Digits are
// below the bounds that are written beside them.
#![allow(clippy::arithmetic_side_effects)]

use alloc::vec::Vec;
use ark_ec::{
	scalar_mul::glv::GLVConfig,
	short_weierstrass::{Affine, Projective},
	AffineRepr, CurveGroup,
};
use ark_ff::{AdditiveGroup, PrimeField};

use super::engine::Engine;

/// A signed number of at most 128 bits that a point is multiplied with.
#[derive(Clone, Copy)]
struct Factor {
	is_negative: bool,
	magnitude: u128,
}

/// A coefficient of a random linear combination: `low + high * lambda`, where multiplying with `lambda` costs almost
/// nothing. All 2^128 coefficients are different modulo the order of the group.
#[derive(Clone, Copy)]
pub(super) struct Coefficient {
	low: u64,
	high: u64,
}

impl Coefficient {
	/// The coefficient of 16 bytes.
	pub(super) fn new(bytes: u128) -> Self {
		Self { low: bytes as u64, high: (bytes >> 64) as u64 }
	}

	/// Its value.
	pub(super) fn scalar<S: Engine>(self) -> S::Scalar {
		S::Scalar::from(self.low) + S::Scalar::from(self.high) * S::G1::LAMBDA
	}

	fn factors(self) -> [Factor; 2] {
		[self.low, self.high].map(|half| Factor { is_negative: false, magnitude: half.into() })
	}
}

/// The sum of points, each times a scalar.
pub(super) fn sum_of_multiples<S: Engine>(
	terms: impl IntoIterator<Item = (Affine<S::G1>, S::Scalar)>,
) -> Projective<S::G1> {
	let terms = terms.into_iter().map(|(point, scalar)| {
		let (low, high) = S::G1::scalar_decomposition(scalar);
		let factor = |(is_positive, half): (bool, S::Scalar)| {
			let [low, high, ..] = half.into_bigint().0;
			Factor { is_negative: !is_positive, magnitude: u128::from(low) | u128::from(high) << 64 }
		};
		(point, [factor(low), factor(high)])
	});
	straus::<S>(terms.collect())
}

/// The sum of points, each times a coefficient.
pub(super) fn combine<S: Engine>(terms: impl IntoIterator<Item = (Affine<S::G1>, Coefficient)>) -> Projective<S::G1> {
	straus::<S>(terms.into_iter().map(|(point, coefficient)| (point, coefficient.factors())).collect())
}

/// Bits of a window.
const WINDOW: u32 = 4;

/// Straus' method: all points share the doublings. Each point has a table of its odd multiples, and each half of its scalar
/// a width-[`WINDOW`] non-adjacent form; the second half takes the endomorphism of the table's entries.
fn straus<S: Engine>(terms: Vec<(Affine<S::G1>, [Factor; 2])>) -> Projective<S::G1> {
	let mut multiples = Vec::with_capacity(terms.len().saturating_mul(1 << (WINDOW - 2)));
	for (point, _) in &terms {
		let double = point.into_group().double();
		let mut multiple = point.into_group();
		for _ in 0..1 << (WINDOW - 2) {
			multiples.push(multiple);
			multiple += double;
		}
	}
	let tables = Projective::normalize_batch(&multiples);
	let digits: Vec<_> = terms.iter().map(|(_, halves)| halves.map(non_adjacent_form)).collect();
	let length = digits.iter().flatten().map(Vec::len).max().unwrap_or_default();
	let mut sum = Projective::<S::G1>::ZERO;
	for place in (0..length).rev() {
		sum.double_in_place();
		for (table, halves) in tables.chunks(1 << (WINDOW - 2)).zip(&digits) {
			for (digits, is_second) in halves.iter().zip([false, true]) {
				let digit = digits.get(place).copied().unwrap_or_default();
				let Some(entry) = table.get(usize::from(digit.unsigned_abs() >> 1)).filter(|_| digit != 0) else {
					continue;
				};
				let entry = if is_second { S::G1::endomorphism_affine(entry) } else { *entry };
				sum += if digit < 0 { -entry } else { entry };
			}
		}
	}
	sum
}

/// Digits from the least significant one on: each is 0 or odd and below `2^(WINDOW - 1)` in absolute value.
fn non_adjacent_form(factor: Factor) -> Vec<i8> {
	let mut digits = Vec::with_capacity(130);
	let mut rest = factor.magnitude;
	let mut carry = false;
	let mask = (1u128 << WINDOW) - 1;
	while rest != 0 || carry {
		let bit = (rest & 1 == 1) != carry;
		if !bit {
			digits.push(0);
			rest >>= 1;
			continue;
		}
		// The lowest bits, the carry included, are odd: at most 2^WINDOW - 1.
		let window = (rest & mask) as i8 + i8::from(carry);
		carry = window > 1 << (WINDOW - 1);
		let digit = if carry { window - (1 << WINDOW) } else { window };
		digits.push(if factor.is_negative { -digit } else { digit });
		digits.extend([0; WINDOW as usize - 1]);
		rest >>= WINDOW;
	}
	digits
}
