// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Values for all variables of a circuit.
//!
//! A circuit holds, besides its equations, the steps by which an honest prover finds the values: each step makes the next
//! variables from those before. Steps prove nothing: what they may get wrong, the equations must refuse. Tests replace the
//! results of steps to see that they do.

use std::sync::Arc;

use aivm_verification::Fr;
use ark_ff::{BigInteger, Field, One, PrimeField, Zero};

use crate::circuit::{
	linear::{field, integer, Linear},
	quantise::Fit,
};

/// How the next variables are made.
#[derive(Clone, Debug)]
pub enum Step {
	/// One variable: the secret with this number.
	Secret(Secret),
	/// One variable: the value of a combination.
	Value(Linear),
	/// One variable: `start + left * right`.
	Product {
		/// What the product is added to.
		start: Linear,
		/// First factor.
		left: Linear,
		/// Second factor.
		right: Linear,
	},
	/// The lowest bits of a value, as many as this says.
	Bits(Linear, u32),
	/// One variable: 1 over the value, or 0 if it is 0.
	Inverse(Linear),
	/// One variable: 1 if the value is 0, else 0.
	IsZero(Linear),
	/// One variable: 1 if the value is at least the bound, else 0.
	AtLeast(Linear, i128),
	/// One variable: the larger of two values.
	Max(Linear, Linear),
	/// The place of the largest value (the lowest such place) as flags: one for each value but the last.
	ArgMax(Arc<[Linear]>),
	/// The place of a value among sorted bounds as flags, one for each bound but the last: flag `i` says that the value is at
	/// least `bounds[i]` and below `bounds[i + 1]`.
	Place(Linear, Arc<[i128]>),
	/// One variable: the value over a positive number, rounded down, less a start.
	Floor {
		/// The value.
		of: Linear,
		/// What it is divided by.
		divisor: Linear,
		/// What is subtracted.
		start: i128,
	},
	/// What [`Fit`] says of the value: the result less the least one, then whether it is saturated, then at which end; only
	/// those of the flags that the fit has.
	Quantise(Linear, Arc<Fit>),
}

/// What a prover is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Secret {
	/// An element of the input, in order.
	Input(u32),
	/// A number of the private weights, in order.
	Weight(u32),
	/// The salt of the input's commitment.
	InputSalt,
	/// The salt of the weights' commitment.
	WeightSalt,
}

/// All that a prover is given, as field elements.
#[derive(Clone, Debug)]
pub(crate) struct Secrets {
	pub(crate) input: Vec<Fr>,
	pub(crate) weights: Vec<Fr>,
	pub(crate) input_salt: Fr,
	pub(crate) weight_salt: Fr,
}

impl Secrets {
	fn get(&self, secret: Secret) -> Fr {
		let element = |list: &[Fr], place: u32| usize::try_from(place).ok().and_then(|place| list.get(place)).copied();
		match secret {
			Secret::Input(place) => element(&self.input, place).unwrap_or_default(),
			Secret::Weight(place) => element(&self.weights, place).unwrap_or_default(),
			Secret::InputSalt => self.input_salt,
			Secret::WeightSalt => self.weight_salt,
		}
	}
}

fn flag(holds: bool) -> Fr {
	Fr::from(u8::from(holds))
}

impl Step {
	/// How many variables the step makes.
	pub fn outputs(&self) -> usize {
		match self {
			Self::Bits(_, count) => usize::try_from(*count).unwrap_or_default(),
			Self::ArgMax(values) => values.len().saturating_sub(1),
			Self::Place(_, bounds) => bounds.len().saturating_sub(1),
			Self::Quantise(_, fit) => 1 + usize::from(fit.saturates()) + usize::from(fit.saturates_twice()),
			_ => 1,
		}
	}

	/// Appends the variables that the step makes.
	pub(crate) fn run(&self, secrets: &Secrets, values: &mut Vec<Fr>) {
		let number = |linear: &Linear, values: &[Fr]| integer(linear.value(values));
		match self {
			Self::Secret(secret) => values.push(secrets.get(*secret)),
			Self::Value(of) => values.push(of.value(values)),
			Self::Product { start, left, right } => {
				values.push(start.value(values) + left.value(values) * right.value(values));
			}
			Self::Bits(of, count) => {
				let of = of.value(values).into_bigint();
				values.extend((0..*count as usize).map(|bit| flag(of.get_bit(bit))));
			}
			Self::Inverse(of) => values.push(of.value(values).inverse().unwrap_or_default()),
			Self::IsZero(of) => values.push(flag(of.value(values).is_zero())),
			Self::AtLeast(of, bound) => values.push(flag(number(of, values) >= *bound)),
			Self::Max(left, right) => {
				let (left, right) = (number(left, values), number(right, values));
				values.push(field(left.max(right)));
			}
			Self::ArgMax(of) => {
				let numbers: Vec<i128> = of.iter().map(|of| number(of, values)).collect();
				let most = numbers.iter().copied().max().unwrap_or_default();
				let best = numbers.iter().position(|number| *number == most).unwrap_or_default();
				values.extend((0..of.len().saturating_sub(1)).map(|place| flag(place == best)));
			}
			Self::Place(of, bounds) => {
				let of = number(of, values);
				let below = bounds.iter().take_while(|bound| **bound <= of).count();
				values.extend((1..bounds.len()).map(|place| flag(place == below)));
			}
			Self::Floor { of, divisor, start } => {
				let (of, divisor) = (number(of, values), number(divisor, values));
				values.push(field(of.checked_div_euclid(divisor).unwrap_or_default().saturating_sub(*start)));
			}
			Self::Quantise(of, fit) => fit.assign(number(of, values), values),
		}
	}
}

/// Every variable of a circuit: the constant 1, the public inputs, then what only the prover knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
	pub(crate) values: Vec<Fr>,
}

impl Assignment {
	/// The values, in the order of the variables.
	pub fn values(&self) -> &[Fr] {
		&self.values
	}

	/// The same values with some replaced, to see that no equation lets them pass.
	#[must_use]
	pub fn with(&self, changes: &[(usize, Fr)]) -> Self {
		let mut values = self.values.clone();
		for (variable, value) in changes {
			if let Some(slot) = values.get_mut(*variable) {
				*slot = *value;
			}
		}
		Self { values }
	}
}

impl From<Vec<Fr>> for Assignment {
	/// Values as they are: nothing is checked before [`crate::circuit::Circuit::check`].
	fn from(mut values: Vec<Fr>) -> Self {
		if let Some(one) = values.first_mut() {
			*one = Fr::one();
		}
		Self { values }
	}
}
