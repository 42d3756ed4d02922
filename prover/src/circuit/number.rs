// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Integers in a circuit: combinations that are proven to lie in an interval.

use std::sync::Arc;

use aivm_inference::Dtype;

use super::{
	builder::{weighted, Builder},
	linear::{bits_for, field, Linear, Row},
};
use crate::witness::Step;

/// Bits of a number: `number = base + sum of 2^i * bits[i]`.
#[derive(Clone, Debug)]
pub(crate) struct Bits {
	pub(crate) base: i128,
	pub(crate) bits: Arc<[Linear]>,
}

/// A number of which the equations prove that it lies in `low..=high`.
#[derive(Clone, Debug)]
pub(crate) struct Number {
	pub(crate) linear: Linear,
	pub(crate) low: i128,
	pub(crate) high: i128,
	/// Its bits, if some gadget has made them.
	pub(crate) bits: Option<Bits>,
}

impl Number {
	pub(crate) fn new(linear: Linear, low: i128, high: i128) -> Self {
		Self { linear, low, high, bits: None }
	}

	pub(crate) fn constant(value: i128) -> Self {
		Self::new(Linear::constant(value), value, value)
	}

	/// Whether both ends are far from where 128-bit arithmetic and the field wrap.
	pub(crate) fn is_narrow(&self) -> bool {
		self.low > -(1 << 100) && self.high < 1 << 100
	}

	/// `factor * self + constant`.
	pub(crate) fn affine(&self, factor: i128, constant: i128) -> Self {
		let ends = [self.low, self.high].map(|end| end * factor + constant);
		Self::new(self.linear.scaled(factor).shifted(constant), ends[0].min(ends[1]), ends[0].max(ends[1]))
	}

	/// `self - other`.
	pub(crate) fn minus(&self, other: &Self) -> Self {
		Self::new(self.linear.plus(-1, &other.linear), self.low - other.high, self.high - other.low)
	}
}

/// A sum of numbers with constant factors, while it is made up.
pub(crate) struct Sum {
	terms: Row,
	low: i128,
	high: i128,
}

impl Sum {
	pub(crate) fn starting_at(value: i128) -> Self {
		Self { terms: Linear::constant(value).into_terms(), low: value, high: value }
	}

	/// Adds `factor * (number - zero)`.
	pub(crate) fn add(&mut self, factor: i128, number: &Number, zero: i128) {
		if factor == 0 {
			return;
		}
		let by = field(factor);
		self.terms.extend(number.linear.terms().iter().map(|(coefficient, variable)| (by * coefficient, *variable)));
		if zero != 0 {
			self.terms.extend(Linear::constant(-factor * zero).into_terms());
		}
		let ends = [number.low, number.high].map(|end| (end - zero) * factor);
		self.low += ends[0].min(ends[1]);
		self.high += ends[0].max(ends[1]);
	}

	pub(crate) fn finish(self) -> Number {
		Number::new(Linear::sum(self.terms), self.low, self.high)
	}
}

impl Builder {
	/// The same number as a short combination.
	pub(crate) fn short_number(&mut self, number: Number) -> Number {
		Number { linear: self.short(number.linear), ..number }
	}

	/// A number of so many bits from `base` up that a step makes: proven by its bits.
	pub(crate) fn number(&mut self, linear: Linear, base: i128, count: u32) -> Number {
		let bits = self.range(&linear.shifted(-base), count).into();
		Number { linear, low: base, high: base + (1i128 << count) - 1, bits: Some(Bits { base, bits }) }
	}

	/// The bits of a number, from its lower end.
	pub(crate) fn bits(&mut self, number: &Number) -> Bits {
		if let Some(bits) = &number.bits {
			return bits.clone();
		}
		let bits = self.range(&number.linear.shifted(-number.low), bits_for(number.high - number.low));
		Bits { base: number.low, bits: bits.into() }
	}

	/// The larger of two numbers.
	///
	/// The result is one of the two, and twice it less both is the distance of the two, which must not be negative.
	pub(crate) fn max(&mut self, left: &Number, right: &Number) -> Number {
		if left.low >= right.high {
			return left.clone();
		}
		if right.low >= left.high {
			return right.clone();
		}
		let (left, right) = (self.short_number(left.clone()), self.short_number(right.clone()));
		let most = self.free(Step::Max(left.linear.clone(), right.linear.clone()));
		self.enforce(&most.plus(-1, &left.linear), &most.plus(-1, &right.linear), &Linear::default());
		let distance = most.scaled(2).plus(-1, &left.linear).plus(-1, &right.linear);
		let widest = (left.high - right.low).max(right.high - left.low);
		self.range(&distance, bits_for(widest));
		Number::new(most, left.low.max(right.low), left.high.max(right.high))
	}

	/// The number, limited to `low..=high`.
	pub(crate) fn clamp(&mut self, number: &Number, low: i128, high: i128) -> Number {
		let above = self.max(number, &Number::constant(low));
		if above.high <= high {
			return above;
		}
		self.max(&above.affine(-1, 0), &Number::constant(-high)).affine(-1, 0)
	}

	/// The place of the largest number, and the lowest such place if there are several.
	///
	/// One flag says which it is. Its number must be at least each, and more than each one before it.
	pub(crate) fn arg_max(&mut self, numbers: &[Number]) -> Number {
		let [first, rest @ ..] = numbers else { return Number::constant(0) };
		if rest.is_empty() {
			return Number::constant(0);
		}
		let numbers: Vec<Number> = numbers.iter().map(|number| self.short_number(number.clone())).collect();
		let flags =
			self.one_hot(Step::ArgMax(numbers.iter().map(|number| number.linear.clone()).collect()), numbers.len());
		let mut most = Linear::default();
		for (number, flag) in numbers.iter().zip(&flags) {
			most = self.product_plus(&most, &number.linear, flag);
		}
		let highest = numbers.iter().map(|number| number.high).fold(first.high, i128::max);
		// Whether the place comes after this one: the flags from the end.
		let mut later = Linear::default();
		for (number, flag) in numbers.iter().zip(&flags).rev() {
			let distance = most.plus(-1, &number.linear).plus(-1, &later);
			self.range(&distance, bits_for(highest - number.low));
			later = later.plus(1, flag);
		}
		let mut place = Linear::default();
		for (number, flag) in (0..).zip(&flags) {
			place = place.plus(number, flag);
		}
		let last = i128::try_from(numbers.len()).unwrap_or(i128::MAX) - 1;
		Number::new(self.short(place), 0, last)
	}

	/// `count` flags of which exactly one is 1; a step sets all but the last.
	pub(crate) fn one_hot(&mut self, step: Step, count: usize) -> Vec<Linear> {
		let first = self.step(step);
		let mut flags: Vec<Linear> = (first..self.variables).map(Linear::variable).collect();
		debug_assert_eq!(flags.len() + 1, count);
		let mut last = Linear::constant(1);
		for flag in &flags {
			self.boolean(flag);
			last = last.plus(-1, flag);
		}
		let last = self.short(last);
		self.boolean(&last);
		flags.push(last);
		flags
	}

	/// The elements of a tensor as packed little-endian bytes, 31 to each field element.
	pub(crate) fn pack(&mut self, elements: &[(Number, Dtype)]) -> Vec<Linear> {
		let mut packed = Vec::new();
		let mut terms = Row::new();
		let mut filled = 0u32;
		for (number, dtype) in elements {
			let size = dtype.size();
			let room = aivm_verification::PACKED as u32 - filled;
			let (unsigned, low) = self.twos_complement(number, 8 * size, if size > room { 8 * room } else { 0 });
			let mut push = |part: &Linear, at: u32| {
				let power = super::linear::power_of_two(8 * at);
				terms.extend(part.terms().iter().map(|(coefficient, variable)| (*coefficient * power, *variable)));
			};
			if size > room {
				push(&low, filled);
				packed.push(Linear::sum(core::mem::take(&mut terms)));
				let rest = unsigned.plus(-1, &low).scaled_field(super::builder::half_power(8 * room));
				terms.extend(rest.into_terms());
				filled = size - room;
			} else {
				push(&unsigned, filled);
				filled += size;
			}
			if filled == aivm_verification::PACKED as u32 {
				packed.push(Linear::sum(core::mem::take(&mut terms)));
				filled = 0;
			}
		}
		if filled > 0 {
			packed.push(Linear::sum(terms));
		}
		packed
	}

	/// A number in two's complement of `width` bits, and the part of it in the lowest `cut` bits.
	fn twos_complement(&mut self, number: &Number, width: u32, cut: u32) -> (Linear, Linear) {
		if number.low >= 0 && (cut == 0 || number.high < 1i128 << cut) {
			let low = if cut == 0 { Linear::default() } else { number.linear.clone() };
			return (number.linear.clone(), low);
		}
		// With one more bit than the absolute value, and from a base that changes no bit below the cut.
		let count = (bits_for(number.high.max(-1 - number.low)) + 1).max(cut + 1);
		let base = -(1i128 << (count - 1));
		let bits: Arc<[Linear]> = match &number.bits {
			Some(bits) if bits.base == base && bits.bits.len() == count as usize => bits.bits.clone(),
			_ => self.range(&number.linear.shifted(-base), count).into(),
		};
		let Some(positive) = bits.last() else { return (number.linear.clone(), Linear::default()) };
		let negative = Linear::constant(1).plus(-1, positive);
		(number.linear.plus(1i128 << width, &negative), weighted(bits.get(..cut as usize).unwrap_or_default()))
	}
}
