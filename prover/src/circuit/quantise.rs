// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Scaling, rounding and saturating: the exact rule of [`aivm_inference::rounding`] in as few equations as possible.
//!
//! A requantisation is a staircase of at most 256 steps. Within the interval that a number can lie in, the same staircase
//! nearly always comes from a much smaller factor than the 31 bits of the program: [`Fit::find`] looks for the smallest
//! `factor`, `offset` and `shift` with `floor((factor * x + offset) / 2^shift)` equal to the exact result for every `x`, and
//! compares at every step of the staircase. Where none exists, because halves are rounded to even, the circuit divides
//! exactly and looks at the remainder.

use std::sync::Arc;

use aivm_verification::Fr;

use super::{
	builder::{weighted, Builder},
	linear::{bits_for, field, Linear},
	number::Number,
};
use crate::witness::Step;

/// `clamp(round((x * numerator + offset) / denominator) + zero, low, high)`, halves to even.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Scaling {
	/// Factor, at least 1.
	pub numerator: i128,
	/// What is added before the division.
	pub offset: i128,
	/// Divisor, at least 1.
	pub denominator: i128,
	/// What is added after rounding.
	pub zero: i128,
	/// Smallest result.
	pub low: i128,
	/// Largest result.
	pub high: i128,
}

impl Scaling {
	/// The result without saturation.
	pub fn exact(&self, x: i128) -> i128 {
		let product = x * self.numerator + self.offset;
		let (floor, rest) = (product.div_euclid(self.denominator), product.rem_euclid(self.denominator));
		let missing = self.denominator - rest;
		let up = rest > missing || (rest == missing && floor.rem_euclid(2) == 1);
		floor + i128::from(up) + self.zero
	}

	/// The result.
	pub fn apply(&self, x: i128) -> i128 {
		self.exact(x).clamp(self.low, self.high)
	}

	/// The smallest number of `from..=to` whose exact result is at least `result`; `to` if there is none before.
	fn first(&self, result: i128, from: i128, to: i128) -> i128 {
		let (mut from, mut to) = (from, to);
		while from < to {
			let middle = from + (to - from).div_euclid(2);
			if self.exact(middle) >= result {
				to = middle;
			} else {
				from = middle + 1;
			}
		}
		from
	}
}

/// A staircase with a small factor, and where it is cut off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fit {
	/// Small factor.
	pub factor: i128,
	/// What is added before the shift.
	pub offset: i128,
	/// Bits that are shifted out.
	pub shift: u32,
	/// Smallest result within the interval.
	pub least: i128,
	/// Largest result within the interval.
	pub most: i128,
	/// Numbers up to here give the least result; only if some number of the interval is saturated there.
	pub below: Option<i128>,
	/// Numbers from here on give the largest result; only if some number of the interval is saturated there.
	pub above: Option<i128>,
}

/// Largest shift that is tried.
const MAX_SHIFT: u32 = 56;

impl Fit {
	/// The smallest fit for numbers in `low..=high`, or `None` if there is none.
	pub fn find(scaling: &Scaling, low: i128, high: i128) -> Option<Self> {
		let (least, most) = (scaling.apply(low), scaling.apply(high));
		let below = (scaling.exact(low) < least).then(|| scaling.first(least + 1, low, high) - 1);
		let above = (scaling.exact(high) > most).then(|| scaling.first(most, low, high));
		let mut from = low;
		let mut edges = Vec::new();
		for result in least + 1..=most {
			from = scaling.first(result, from, high);
			edges.push((result, from));
		}
		for shift in 0..=MAX_SHIFT {
			let scaled = (scaling.numerator << shift) / scaling.denominator;
			for factor in scaled.max(1)..=(scaled + 1) {
				// The offsets with which the staircase has its edges where it should.
				let (mut from, mut to) = (i128::MIN, i128::MAX);
				if below.is_none() {
					from = (least << shift) - factor * low;
				}
				if above.is_none() {
					to = ((most + 1) << shift) - 1 - factor * high;
				}
				for (result, edge) in &edges {
					let step = result << shift;
					from = from.max(step - factor * edge);
					to = to.min(step - 1 - factor * (edge - 1));
					if from > to {
						break;
					}
				}
				if from <= to {
					let offset = if from == i128::MIN { to } else { from };
					return Some(Self { factor, offset, shift, least, most, below, above });
				}
			}
		}
		None
	}

	/// Whether there is a flag that says that a number is saturated.
	pub fn saturates(&self) -> bool {
		self.below.is_some() || self.above.is_some()
	}

	/// Whether there is a flag that says at which end.
	pub fn saturates_twice(&self) -> bool {
		self.below.is_some() && self.above.is_some()
	}

	/// The result less the least one, and the flags.
	pub(crate) fn assign(&self, x: i128, values: &mut Vec<Fr>) {
		let floor = x.wrapping_mul(self.factor).wrapping_add(self.offset) >> self.shift;
		let outside = floor < self.least || floor > self.most;
		values.push(field(floor.clamp(self.least, self.most) - self.least));
		if self.saturates() {
			values.push(Fr::from(u8::from(outside)));
		}
		if self.saturates_twice() {
			values.push(Fr::from(u8::from(outside && floor > self.most)));
		}
	}
}

impl Builder {
	/// Scales, rounds and saturates a number. `fit` finds fits, and may remember them.
	pub(crate) fn quantise(
		&mut self,
		number: &Number,
		scaling: &Scaling,
		fit: &mut impl FnMut(&Scaling, i128, i128) -> Option<Arc<Fit>>,
	) -> Number {
		let (least, most) = (scaling.apply(number.low), scaling.apply(number.high));
		if least == most {
			return Number::constant(least);
		}
		let number = self.short_number(number.clone());
		match fit(scaling, number.low, number.high) {
			Some(fit) => self.staircase(&number, fit),
			None => {
				let exact = self.divide(&number, scaling);
				self.clamp(&exact, scaling.low, scaling.high)
			}
		}
	}

	/// The result of a fit.
	///
	/// A number is either inside, and then `factor * x + offset = 2^shift * result + rest` with a rest of `shift` bits; or it
	/// is outside, and then its distance from the bound is not negative. Both are one range check: what is checked is the
	/// rest or the distance, as the flags choose.
	fn staircase(&mut self, number: &Number, fit: Arc<Fit>) -> Number {
		let x = &number.linear;
		let steps = fit.most - fit.least;
		let count = bits_for(steps);
		let first = self.step(Step::Quantise(x.clone(), fit.clone()));
		let result = self.number(Linear::variable(first), 0, count);
		if fit.above.is_some() && steps + 1 < 1 << count {
			self.range(&Linear::constant(steps).plus(-1, &result.linear), count);
		}
		let inside =
			x.scaled(fit.factor).shifted(fit.offset).plus(-(1 << fit.shift), &result.linear.shifted(fit.least));
		if fit.saturates() {
			let outside = Linear::variable(first + 1);
			self.boolean(&outside);
			let (end, distance) = match (fit.below, fit.above) {
				(Some(below), Some(above)) => {
					let end = Linear::variable(first + 2);
					self.boolean(&end);
					// below - x, or x - above at the upper end.
					let change = x.scaled(2).shifted(-below - above);
					let distance = self.product_plus(&x.scaled(-1).shifted(below), &end, &change);
					(end, distance)
				}
				(Some(below), None) => (Linear::default(), x.scaled(-1).shifted(below)),
				(_, above) => (Linear::constant(1), x.shifted(-above.unwrap_or(number.high))),
			};
			let checked = self.product_plus(&inside, &outside, &distance.plus(-1, &inside));
			let widest =
				fit.below.map_or(0, |below| below - number.low).max(fit.above.map_or(0, |above| number.high - above));
			let width = bits_for(widest).max(fit.shift);
			let bits = self.range(&checked, width);
			let beyond = bits.get(fit.shift as usize..).unwrap_or_default();
			if !beyond.is_empty() {
				// Inside, the rest has no more bits than are shifted out.
				self.enforce(&Linear::constant(1).plus(-1, &outside), &weighted(beyond), &Linear::default());
			}
			self.enforce(&outside, &result.linear.plus(-steps, &end), &Linear::default());
		} else {
			self.range(&inside, fit.shift);
		}
		let bits = result.bits.map(|bits| super::number::Bits { base: fit.least, bits: bits.bits });
		Number { linear: result.linear.shifted(fit.least), low: fit.least, high: fit.most, bits }
	}

	/// The exact quotient, rounded, halves to even, without saturation.
	///
	/// `2 * (x * numerator + offset) + denominator = 2 * denominator * q + rest` rounds halves up to `q`; where the rest is 0 and `q` is
	/// odd, the result is one less.
	fn divide(&mut self, number: &Number, scaling: &Scaling) -> Number {
		let common = gcd(gcd(scaling.numerator, scaling.denominator), scaling.offset.abs());
		let [numerator, denominator, offset] =
			[scaling.numerator, scaling.denominator, scaling.offset].map(|part| part / common);
		let value = number.affine(2 * numerator, 2 * offset + denominator);
		let divisor = 2 * denominator;
		let least = value.low.div_euclid(divisor);
		let least = least - least.rem_euclid(2);
		let count = bits_for(value.high.div_euclid(divisor) - least);
		let step = Step::Floor { of: value.linear.clone(), divisor: Linear::constant(divisor), start: least };
		let quotient = self.free(step);
		let bits = self.range(&quotient, count);
		let rest = value.linear.plus(-divisor, &quotient.shifted(least));
		self.below_constant(&rest, divisor);
		let tie = self.is_zero(&rest);
		let odd = bits.first().cloned().unwrap_or_default();
		let down = self.product(&tie, &odd);
		let result = quotient.plus(-1, &down).shifted(least + scaling.zero);
		Number::new(self.short(result), scaling.exact(number.low), scaling.exact(number.high))
	}

	/// That a value is in `0..bound`.
	pub(crate) fn below_constant(&mut self, value: &Linear, bound: i128) {
		let count = bits_for(bound - 1);
		let value = self.short(value.clone());
		self.range(&value, count);
		if bound < 1 << count {
			self.range(&value.scaled(-1).shifted(bound - 1), count);
		}
	}
}

/// The greatest common divisor of two positive numbers.
pub(crate) fn gcd(left: i128, right: i128) -> i128 {
	let (mut left, mut right) = (left, right);
	while right != 0 {
		(left, right) = (right, left % right);
	}
	left.max(1)
}

#[cfg(test)]
mod tests {
	use super::*;
	use aivm_inference::{rounding, Multiplier};

	fn scaling(mantissa: u32, shift: u8, zero: i8) -> Scaling {
		Scaling {
			numerator: mantissa.into(),
			offset: 0,
			denominator: 1 << shift,
			zero: zero.into(),
			low: -128,
			high: 127,
		}
	}

	#[test]
	fn scaling_should_equal_the_rule_of_programs() {
		for (mantissa, shift, zero) in
			[(1 << 30, 31, 0), (1_518_500_250, 40, -128), ((1 << 31) - 1, 33, 7), (1 << 30, 62, 5)]
		{
			let multiplier = Multiplier::new(mantissa, shift).unwrap();
			for x in (-70_000..70_000).step_by(7).chain([i32::MIN, i32::MAX, 0, 1, -1, 2, -2, 3, -3]) {
				let expected = rounding::requantise(x, multiplier, zero);
				assert_eq!(
					scaling(mantissa, shift, zero).apply(x.into()),
					i128::from(expected),
					"{mantissa} {shift} {x}"
				);
			}
		}
	}

	#[test]
	fn fits_should_equal_the_rule_at_every_number_of_the_interval() {
		let mut narrow = 0;
		for (mantissa, shift, zero) in
			[(1_518_500_250, 40, -128), (1_100_000_123, 41, 3), (2_000_000_001, 42, -5), ((1 << 30) + 1, 38, 127)]
		{
			let scaling = scaling(mantissa, shift, zero);
			for (low, high) in [(-300_000, 300_000), (-1_000, 40_000), (5, 90_000), (-70_000, -30_000)] {
				let Some(fit) = Fit::find(&scaling, low, high) else { continue };
				narrow += u32::from(fit.shift + 5 < shift.into());
				for x in low..=high {
					let floor = (fit.factor * x + fit.offset) >> fit.shift;
					let result = scaling.apply(x);
					// Inside or not, whoever finds a place for the number finds the result.
					if (fit.least..=fit.most).contains(&floor) {
						assert_eq!(floor, result);
					} else {
						assert!(fit.below.is_some_and(|below| x <= below) || fit.above.is_some_and(|above| x >= above));
					}
					if fit.below.is_some_and(|below| x <= below) {
						assert_eq!(fit.least, result);
					}
					if fit.above.is_some_and(|above| x >= above) {
						assert_eq!(fit.most, result);
					}
				}
			}
		}
		assert!(narrow > 8, "{narrow}");
	}
}
