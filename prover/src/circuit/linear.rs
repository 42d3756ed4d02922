// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Linear combinations of variables, and integers as field elements.

use aivm_verification::Fr;
use ark_ff::{AdditiveGroup, Field, One, PrimeField, Zero};

/// Number of a variable: 0 is the constant 1, then come the public inputs, then what only the prover knows.
pub type Variable = usize;

/// The variable that is always 1.
pub const ONE: Variable = 0;

/// A row of a matrix of a circuit: coefficients and variables.
pub type Row = Vec<(Fr, Variable)>;

/// A linear combination of variables: sorted by variable, each at most once, no coefficient 0.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Linear(Row);

impl Linear {
	/// A constant.
	pub fn constant(value: i128) -> Self {
		Self::from_field(field(value))
	}

	/// A constant of the field.
	pub fn from_field(value: Fr) -> Self {
		Self(if value.is_zero() { Row::new() } else { vec![(value, ONE)] })
	}

	/// A variable.
	pub fn variable(variable: Variable) -> Self {
		Self(vec![(Fr::one(), variable)])
	}

	/// The sum of these terms, which may name a variable several times.
	pub fn sum(mut terms: Row) -> Self {
		terms.sort_unstable_by_key(|(_, variable)| *variable);
		let mut merged = Row::with_capacity(terms.len());
		for (coefficient, variable) in terms {
			match merged.last_mut() {
				Some((sum, last)) if *last == variable => *sum += coefficient,
				_ => merged.push((coefficient, variable)),
			}
		}
		merged.retain(|(coefficient, _)| !coefficient.is_zero());
		Self(merged)
	}

	/// The terms.
	pub fn terms(&self) -> &[(Fr, Variable)] {
		&self.0
	}

	/// The terms, to keep.
	pub fn into_terms(self) -> Row {
		self.0
	}

	/// Number of terms.
	pub fn len(&self) -> usize {
		self.0.len()
	}

	/// Whether this is 0 whatever the variables are.
	pub fn is_empty(&self) -> bool {
		self.0.is_empty()
	}

	/// The value, if it does not depend on any variable.
	pub fn as_constant(&self) -> Option<Fr> {
		match self.0.as_slice() {
			[] => Some(Fr::ZERO),
			[(value, ONE)] => Some(*value),
			_ => None,
		}
	}

	/// `self + factor * other`.
	#[must_use]
	pub fn plus_field(&self, factor: Fr, other: &Self) -> Self {
		if factor.is_zero() {
			return self.clone();
		}
		let mut sum = Row::with_capacity(self.len() + other.len());
		let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
		loop {
			let term = match (left.peek(), right.peek()) {
				(Some((a, x)), Some((b, y))) if x == y => {
					let term = (*a + factor * b, *x);
					left.next();
					right.next();
					term
				}
				(Some((a, x)), other) if other.is_none_or(|(_, y)| x < y) => {
					let term = (*a, *x);
					left.next();
					term
				}
				(_, Some((b, y))) => {
					let term = (factor * b, *y);
					right.next();
					term
				}
				(_, None) => return Self(sum),
			};
			if !term.0.is_zero() {
				sum.push(term);
			}
		}
	}

	/// `self + factor * other`.
	#[must_use]
	pub fn plus(&self, factor: i128, other: &Self) -> Self {
		self.plus_field(field(factor), other)
	}

	/// `self + constant`.
	#[must_use]
	pub fn shifted(&self, constant: i128) -> Self {
		self.plus(constant, &Self::variable(ONE))
	}

	/// `self * factor`.
	#[must_use]
	pub fn scaled(&self, factor: i128) -> Self {
		self.scaled_field(field(factor))
	}

	/// `self * factor`.
	#[must_use]
	pub fn scaled_field(&self, factor: Fr) -> Self {
		if factor.is_zero() {
			return Self::default();
		}
		Self(self.0.iter().map(|(coefficient, variable)| (*coefficient * factor, *variable)).collect())
	}

	/// The value for these variables. A variable that has no value yet counts as 0.
	pub fn value(&self, values: &[Fr]) -> Fr {
		evaluate(&self.0, values)
	}
}

/// The value of a row.
pub fn evaluate(row: &[(Fr, Variable)], values: &[Fr]) -> Fr {
	let mut sum = Fr::ZERO;
	for (coefficient, variable) in row {
		if let Some(value) = values.get(*variable) {
			sum += if coefficient.is_one() { *value } else { *coefficient * value };
		}
	}
	sum
}

/// An integer as a field element; negative ones count down from the modulus.
pub fn field(value: i128) -> Fr {
	let absolute = Fr::from(value.unsigned_abs());
	if value < 0 {
		-absolute
	} else {
		absolute
	}
}

/// The integer that a field element stands for, if its absolute value is below 2^126; otherwise some integer.
pub fn integer(element: Fr) -> i128 {
	let of = |element: Fr| {
		let [low, high, third, fourth] = element.into_bigint().0;
		let value = u128::from(low) | u128::from(high) << 64;
		(third == 0 && fourth == 0 && value >> 126 == 0).then_some(value.cast_signed())
	};
	of(element).or_else(|| of(-element).map(i128::wrapping_neg)).unwrap_or_else(|| {
		let [low, ..] = element.into_bigint().0;
		i128::from(low)
	})
}

/// `2^power` as a field element.
pub fn power_of_two(power: u32) -> Fr {
	Fr::from(2u8).pow([u64::from(power)])
}

/// Bits of the numbers from 0 to `most`: the smallest `n` with `most < 2^n`.
pub fn bits_for(most: i128) -> u32 {
	i128::BITS - most.max(0).leading_zeros()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn sums_should_be_sorted_and_without_zeros() {
		let sum = Linear::sum(vec![(field(2), 5), (field(1), 3), (field(-2), 5), (field(4), 3)]);
		assert_eq!(sum.terms(), [(field(5), 3)]);
		let both = sum.plus(2, &Linear::variable(1)).plus(-5, &Linear::variable(3)).shifted(7);
		assert_eq!(both.terms(), [(field(7), ONE), (field(2), 1)]);
		assert_eq!(both.value(&[field(1), field(10)]), field(27));
		assert_eq!(both.plus(-1, &both), Linear::default());
	}

	#[test]
	fn integers_should_survive_the_field() {
		for value in [0, 1, -1, i128::from(i64::MIN), (1 << 125) + 3, -(1 << 125)] {
			assert_eq!(integer(field(value)), value);
		}
	}

	#[test]
	fn bits_should_hold_the_largest_number() {
		assert_eq!([0, 1, 2, 255, 256].map(bits_for), [0, 1, 2, 8, 9]);
	}
}
