// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The optimal ate pairing of many pairs at once. The steps of a point of G2 through the loop also show whether it is in G2,
//! so the check costs almost nothing.

// Operators of field elements and points work modulo the prime or in the group: they neither overflow nor panic.
#![allow(clippy::arithmetic_side_effects)]

use alloc::vec::Vec;
use ark_ec::{short_weierstrass::Affine, AffineRepr};
use ark_ff::{AdditiveGroup, CyclotomicMultSubgroup, Field, Fp12, PrimeField, Zero};

use core::slice::Iter;

use super::{curves::Loop, engine::Engine};

/// A line through points of the twist: `y * P.y + x * P.x + constant` at a point P of G1.
pub struct Line<S: Loop> {
	pub(super) y: S::Extension,
	pub(super) x: S::Extension,
	pub(super) constant: S::Extension,
}

/// A point of the twist on its way through the loop, in homogeneous coordinates, and the lines so far.
///
/// Formulas: Aranha, Barreto, Longa, Ricardini: "The Realm of the Pairings", 2013, section 4. Where they do not hold
/// (adding a point to itself or to its opposite, doubling a point of order 2) they give a `z` of 0, and it stays 0.
pub struct Walk<S: Loop> {
	x: S::Extension,
	y: S::Extension,
	z: S::Extension,
	half: S::Base,
	lines: Vec<Line<S>>,
}

impl<S: Loop> Walk<S> {
	fn new(start: &Affine<S::G2>) -> Self {
		// The inverse of 2 is (p - 1) / 2 + 1.
		let half = S::Base::from_bigint(S::Base::MODULUS_MINUS_ONE_DIV_TWO).unwrap_or_default() + S::Base::ONE;
		Self { x: start.x, y: start.y, z: S::Extension::ONE, half, lines: Vec::with_capacity(96) }
	}

	fn double(&mut self) {
		let a = (self.x * self.y).mul_by_base_prime_field(&self.half);
		let b = self.y.square();
		let c = self.z.square();
		let e = S::times_three_b(c);
		let f = e.double() + e;
		let g = (b + f).mul_by_base_prime_field(&self.half);
		let h = (self.y + self.z).square() - (b + c);
		let j = self.x.square();
		let e_square = e.square();
		self.x = a * (b - f);
		self.y = g.square() - (e_square.double() + e_square);
		self.z = b * h;
		self.lines.push(Line { y: -h, x: j.double() + j, constant: e - b });
	}

	/// Adds a point.
	pub(super) fn add(&mut self, point: &Affine<S::G2>) {
		let theta = self.y - point.y * self.z;
		let lambda = self.x - point.x * self.z;
		let c = theta.square();
		let d = lambda.square();
		let e = lambda * d;
		let f = self.z * c;
		let g = self.x * d;
		let h = e + f - g.double();
		self.x = lambda * h;
		self.y = theta * (g - h) - e * self.y;
		self.z *= e;
		self.lines.push(Line { y: lambda, x: -theta, constant: theta * point.x - lambda * point.y });
	}

	/// Whether the way so far ends at a point.
	pub(super) fn is_at(&self, point: &Affine<S::G2>) -> bool {
		!self.z.is_zero() && self.x == point.x * self.z && self.y == point.y * self.z
	}
}

/// The lines of a point through the loop.
pub struct Lines<S: Loop>(Vec<Line<S>>);

impl<S: Loop> Lines<S> {
	/// The lines of a point on the twist, or `None` if it is not in G2 or infinity.
	pub(super) fn new(point: &Affine<S::G2>) -> Option<Self> {
		if point.is_zero() {
			return None;
		}
		let mut walk = Walk::<S>::new(point);
		let opposite = -*point;
		for digit in S::DIGITS {
			walk.double();
			match digit {
				1 => walk.add(point),
				-1 => walk.add(&opposite),
				_ => {}
			}
		}
		S::arrive(&mut walk, point).then_some(Self(walk.lines))
	}
}

/// A point of G1, and the lines that are not multiplied yet.
type Pair<'a, S> = (&'a Affine<<S as Engine>::G1>, Iter<'a, Line<S>>);

/// The product of pairings, each of a point of G1 other than infinity with a point of G2 that is given by its lines.
/// `None` only if it is not defined, which it is for such points.
pub(super) fn product<S: Loop>(pairs: &[(Affine<S::G1>, &Lines<S>)]) -> Option<Fp12<S::Tower>> {
	let mut f = Fp12::<S::Tower>::ONE;
	let mut pairs: Vec<_> = pairs.iter().map(|(point, lines)| (point, lines.0.iter())).collect();
	for digit in S::DIGITS {
		f.square_in_place();
		step::<S>(&mut f, &mut pairs);
		if *digit != 0 {
			step::<S>(&mut f, &mut pairs);
		}
	}
	if S::IS_NEGATIVE {
		f.cyclotomic_inverse_in_place();
	}
	// The last steps; there are none if the loop is everything.
	step::<S>(&mut f, &mut pairs);
	step::<S>(&mut f, &mut pairs);
	S::finish(f)
}

/// Multiplies with the next line of each pair. One copy of this code, or it would crowd out the rest of the loop.
#[inline(never)]
fn step<S: Loop>(f: &mut Fp12<S::Tower>, pairs: &mut [Pair<'_, S>]) {
	for (point, lines) in pairs {
		if let Some(line) = lines.next() {
			S::multiply(f, line, point);
		}
	}
}
