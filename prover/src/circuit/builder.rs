// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Collects variables, equations and steps.

use std::ops::Range;

use aivm_verification::{Fr, PUBLIC_INPUTS};
use ark_ff::Zero;

use super::linear::{Linear, Row, Variable};
use crate::{
	error::CompileError,
	witness::{Secret, Step},
};

/// Most equations of a circuit: 2^24, and a key of about 10 GB.
pub const MAX_CONSTRAINTS: usize = 1 << 24;
/// Most terms of all equations: about 10 GB.
pub const MAX_TERMS: usize = 1 << 28;

/// Longest combination that is passed on as it is. Longer ones get a variable of their own.
const LONG: usize = 8;

/// A part of a circuit: the inputs, an operation, or a commitment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
	/// What it is, with the number of the operation: "operation 3 (Dense)".
	pub name: String,
	/// Its equations.
	pub rows: Range<usize>,
	/// Its variables.
	pub variables: Range<Variable>,
}

/// A circuit while it is made.
#[derive(Default)]
pub(crate) struct Builder {
	pub(crate) a: Vec<Row>,
	pub(crate) b: Vec<Row>,
	pub(crate) c: Vec<Row>,
	pub(crate) steps: Vec<Step>,
	pub(crate) sections: Vec<Section>,
	pub(crate) variables: usize,
	terms: usize,
	section: String,
	first_row: usize,
	first_variable: usize,
}

impl Builder {
	/// An empty circuit with the constant 1 and the public inputs.
	pub(crate) fn new() -> Self {
		Self { variables: 1 + PUBLIC_INPUTS, first_variable: 1 + PUBLIC_INPUTS, ..Default::default() }
	}

	/// Begins a part. Fails if the circuit has become too large.
	pub(crate) fn begin(&mut self, name: String) -> Result<(), CompileError> {
		self.end()?;
		self.section = name;
		Ok(())
	}

	/// Ends the last part.
	pub(crate) fn end(&mut self) -> Result<(), CompileError> {
		self.check_size()?;
		if !self.section.is_empty() {
			self.sections.push(Section {
				name: core::mem::take(&mut self.section),
				rows: self.first_row..self.a.len(),
				variables: self.first_variable..self.variables,
			});
		}
		(self.first_row, self.first_variable) = (self.a.len(), self.variables);
		Ok(())
	}

	/// Fails if the circuit has become too large.
	pub(crate) fn check_size(&self) -> Result<(), CompileError> {
		let within = |what, given, limit| {
			if given <= limit {
				return Ok(());
			}
			Err(CompileError::TooLarge { what, limit, section: self.section.clone() })
		};
		within("equations", self.a.len(), MAX_CONSTRAINTS)?;
		within("terms", self.terms, MAX_TERMS)
	}

	/// The equation `a * b = c`.
	pub(crate) fn enforce(&mut self, a: &Linear, b: &Linear, c: &Linear) {
		self.terms += a.len() + b.len() + c.len();
		self.a.push(a.terms().to_vec());
		self.b.push(b.terms().to_vec());
		self.c.push(c.terms().to_vec());
	}

	/// The equation `left = right`.
	pub(crate) fn equal(&mut self, left: &Linear, right: &Linear) {
		self.enforce(left, &Linear::constant(1), right);
	}

	/// Adds a step, and returns the first variable that it makes.
	pub(crate) fn step(&mut self, step: Step) -> Variable {
		let first = self.variables;
		self.variables += step.outputs();
		self.steps.push(step);
		first
	}

	/// Adds a step of one variable. Nothing says yet what its value is.
	pub(crate) fn free(&mut self, step: Step) -> Linear {
		Linear::variable(self.step(step))
	}

	/// A secret that nothing restricts.
	pub(crate) fn secret(&mut self, secret: Secret) -> Linear {
		self.free(Step::Secret(secret))
	}

	/// A variable with the value of a combination: one equation, or none if the combination is short.
	pub(crate) fn short(&mut self, linear: Linear) -> Linear {
		if linear.len() <= LONG {
			return linear;
		}
		let variable = self.free(Step::Value(linear.clone()));
		self.equal(&linear, &variable);
		variable
	}

	/// The product of two values: one equation, or none if one of them is constant.
	pub(crate) fn product(&mut self, left: &Linear, right: &Linear) -> Linear {
		if let Some(constant) = left.as_constant() {
			return right.scaled_field(constant);
		}
		if let Some(constant) = right.as_constant() {
			return left.scaled_field(constant);
		}
		let (left_value, right_value) = (left.clone(), right.clone());
		let product = self.free(Step::Product { start: Linear::default(), left: left_value, right: right_value });
		self.enforce(left, right, &product);
		product
	}

	/// `start + left * right`, in one equation and one variable.
	pub(crate) fn product_plus(&mut self, start: &Linear, left: &Linear, right: &Linear) -> Linear {
		if left.as_constant().is_some() || right.as_constant().is_some() {
			return self.product(left, right).plus(1, start);
		}
		let sum = self.free(Step::Product { start: start.clone(), left: left.clone(), right: right.clone() });
		self.enforce(left, right, &sum.plus(-1, start));
		sum
	}

	/// That a value is 0 or 1.
	pub(crate) fn boolean(&mut self, value: &Linear) {
		self.enforce(value, &value.shifted(-1), &Linear::default());
	}

	/// A flag that a step sets, known to be 0 or 1 and nothing else.
	pub(crate) fn flag(&mut self, step: Step) -> Linear {
		let flag = self.free(step);
		self.boolean(&flag);
		flag
	}

	/// That a value is in `0..2^count`, and its bits, the lowest first: `count` equations and one variable less, because
	/// the highest bit is what the others leave.
	pub(crate) fn range(&mut self, value: &Linear, count: u32) -> Vec<Linear> {
		let Some(last) = count.checked_sub(1) else {
			self.equal(value, &Linear::default());
			return Vec::new();
		};
		let value = self.short(value.clone());
		let first = self.step(Step::Bits(value.clone(), last));
		let mut bits: Vec<Linear> = (first..self.variables).map(Linear::variable).collect();
		let mut rest = value;
		for (power, bit) in (0..).zip(&bits) {
			self.boolean(bit);
			rest = rest.plus(-(1i128 << power), bit);
		}
		// rest is 0 or 2^last.
		self.enforce(&rest, &rest.shifted(-(1i128 << last)), &Linear::default());
		bits.push(rest.scaled_field(half_power(last)));
		bits
	}

	/// Whether a value is 0, as a flag: two equations.
	pub(crate) fn is_zero(&mut self, value: &Linear) -> Linear {
		if let Some(constant) = value.as_constant() {
			return Linear::constant(i128::from(constant.is_zero()));
		}
		let value = self.short(value.clone());
		let inverse = self.free(Step::Inverse(value.clone()));
		let flag = self.free(Step::IsZero(value.clone()));
		self.enforce(&value, &inverse, &Linear::constant(1).plus(-1, &flag));
		self.enforce(&value, &flag, &Linear::default());
		flag
	}

	/// That a value is not 0: one equation.
	pub(crate) fn not_zero(&mut self, value: &Linear) {
		let inverse = self.free(Step::Inverse(value.clone()));
		self.enforce(value, &inverse, &Linear::constant(1));
	}
}

/// `2^-power`.
pub(crate) fn half_power(power: u32) -> Fr {
	use ark_ff::Field;
	super::linear::power_of_two(power).inverse().unwrap_or_default()
}

/// The sum of bits with their powers of two.
pub(crate) fn weighted(bits: &[Linear]) -> Linear {
	let mut power = Fr::from(1u8);
	let mut terms = Row::new();
	for bit in bits {
		terms.extend(bit.terms().iter().map(|(coefficient, variable)| (*coefficient * power, *variable)));
		power += power;
	}
	Linear::sum(terms)
}
