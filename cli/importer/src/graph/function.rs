// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Functions of one number. Chains of elementwise operators become one function, and one lookup table in the program.

use std::sync::Arc;

/// Most parts of a function; larger ones are computed in several steps.
const MAX_SIZE: usize = 64;

/// A function of one number.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Function {
	size: usize,
	kind: Kind,
}

#[derive(Clone, PartialEq, Debug)]
enum Kind {
	Input,
	Constant(f64),
	Unary(Unary, Arc<Function>),
	Binary(Binary, Arc<Function>, Arc<Function>),
}

/// An operator with one operand and fixed parameters, named as in ONNX.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Unary {
	Abs,
	Ceil,
	Celu(f64),
	/// Lower and upper bound, possibly infinite.
	Clip(f64, f64),
	Cos,
	Elu(f64),
	Erf,
	Exp,
	Floor,
	Gelu,
	GeluTanh,
	/// Alpha and beta.
	HardSigmoid(f64, f64),
	HardSwish,
	LeakyRelu(f64),
	Log,
	Mish,
	Neg,
	Reciprocal,
	Round,
	/// Alpha and gamma.
	Selu(f64, f64),
	Sigmoid,
	Sign,
	Sin,
	Softplus,
	Softsign,
	Sqrt,
	Tanh,
	ThresholdedRelu(f64),
}

/// An operator with two operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Binary {
	Add,
	Subtract,
	Multiply,
	Divide,
	Power,
	Max,
	Min,
}

impl Function {
	/// `f(x) = x`.
	pub const IDENTITY: Self = Self { size: 1, kind: Kind::Input };

	/// `f(x) = value`.
	pub const fn constant(value: f64) -> Self {
		Self { size: 1, kind: Kind::Constant(value) }
	}

	/// `operator(f(x))`, or `None` if that is too large.
	pub fn then(self: &Arc<Self>, operator: Unary) -> Option<Self> {
		let size = self.size + 1;
		(size <= MAX_SIZE).then(|| Self { size, kind: Kind::Unary(operator, self.clone()) })
	}

	/// `operator(left(x), right(x))`, or `None` if that is too large.
	pub fn combine(operator: Binary, left: Arc<Self>, right: Arc<Self>) -> Option<Self> {
		let size = left.size + right.size + 1;
		(size <= MAX_SIZE).then_some(Self { size, kind: Kind::Binary(operator, left, right) })
	}

	/// Whether `f(x) = x` by its form.
	pub fn is_identity(&self) -> bool {
		matches!(self.kind, Kind::Input)
	}

	/// The value at `x`.
	pub fn at(&self, x: f64) -> f64 {
		match &self.kind {
			Kind::Input => x,
			Kind::Constant(value) => *value,
			Kind::Unary(operator, inner) => operator.at(inner.at(x)),
			Kind::Binary(operator, left, right) => operator.at(left.at(x), right.at(x)),
		}
	}

	/// `(a, b)` if `f(x) = a * x + b` by its form.
	pub fn linear(&self) -> Option<(f64, f64)> {
		match &self.kind {
			Kind::Input => Some((1.0, 0.0)),
			Kind::Constant(value) => Some((0.0, *value)),
			Kind::Unary(Unary::Neg, inner) => inner.linear().map(|(a, b)| (-a, -b)),
			Kind::Unary(..) => None,
			Kind::Binary(operator, left, right) => {
				let ((a, b), (c, d)) = (left.linear()?, right.linear()?);
				match operator {
					Binary::Add => Some((a + c, b + d)),
					Binary::Subtract => Some((a - c, b - d)),
					Binary::Multiply if c == 0.0 => Some((a * d, b * d)),
					Binary::Multiply if a == 0.0 => Some((b * c, b * d)),
					Binary::Divide if c == 0.0 => Some((a / d, b / d)),
					_ => None,
				}
			}
		}
	}

	/// The bounds and the inner function, if the last step bounds the number.
	pub fn bounds(&self) -> Option<(f64, f64, &Arc<Self>)> {
		match &self.kind {
			Kind::Unary(Unary::Clip(low, high), inner) => Some((*low, *high, inner)),
			_ => None,
		}
	}

	/// The bounds that the number is limited to, if that is all that the function does.
	pub fn clamp(&self) -> Option<(f64, f64)> {
		let (low, high, inner) = self.bounds()?;
		if inner.is_identity() {
			return Some((low, high));
		}
		let (inner_low, inner_high) = inner.clamp()?;
		Some((inner_low.max(low).min(high), inner_high.max(low).min(high)))
	}
}

impl Binary {
	pub fn at(self, left: f64, right: f64) -> f64 {
		match self {
			Self::Add => left + right,
			Self::Subtract => left - right,
			Self::Multiply => left * right,
			Self::Divide => left / right,
			Self::Power => left.powf(right),
			Self::Max => left.max(right),
			Self::Min => left.min(right),
		}
	}
}

impl Unary {
	fn at(self, x: f64) -> f64 {
		let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
		let softplus = |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p();
		match self {
			Self::Abs => x.abs(),
			Self::Ceil => x.ceil(),
			Self::Celu(alpha) => x.max(0.0) + (alpha * (x / alpha).exp_m1()).min(0.0),
			Self::Clip(low, high) => x.max(low).min(high),
			Self::Cos => x.cos(),
			Self::Elu(alpha) => {
				if x < 0.0 {
					alpha * x.exp_m1()
				} else {
					x
				}
			}
			Self::Erf => erf(x),
			Self::Exp => x.exp(),
			Self::Floor => x.floor(),
			Self::Gelu => 0.5 * x * (1.0 + erf(x * std::f64::consts::FRAC_1_SQRT_2)),
			Self::GeluTanh => {
				let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
				0.5 * x * (1.0 + inner.tanh())
			}
			Self::HardSigmoid(alpha, beta) => (alpha * x + beta).clamp(0.0, 1.0),
			Self::HardSwish => x * (x / 6.0 + 0.5).clamp(0.0, 1.0),
			Self::LeakyRelu(alpha) => {
				if x < 0.0 {
					alpha * x
				} else {
					x
				}
			}
			Self::Log => x.ln(),
			Self::Mish => x * softplus(x).tanh(),
			Self::Neg => -x,
			Self::Reciprocal => 1.0 / x,
			Self::Round => x.round_ties_even(),
			Self::Selu(alpha, gamma) => gamma * if x > 0.0 { x } else { alpha * x.exp_m1() },
			Self::Sigmoid => sigmoid(x),
			Self::Sign => {
				if x == 0.0 {
					0.0
				} else {
					x.signum()
				}
			}
			Self::Sin => x.sin(),
			Self::Softplus => softplus(x),
			Self::Softsign => x / (1.0 + x.abs()),
			Self::Sqrt => x.sqrt(),
			Self::Tanh => x.tanh(),
			Self::ThresholdedRelu(alpha) => {
				if x > alpha {
					x
				} else {
					0.0
				}
			}
		}
	}
}

/// The error function: the series `2/sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (1 * 3 * .. * (2n+1))`, whose terms all
/// have one sign.
fn erf(x: f64) -> f64 {
	if x.is_nan() || x.abs() > 6.0 {
		return if x.is_nan() { x } else { x.signum() };
	}
	let (mut term, mut sum) = (x, x);
	for n in 1..200u32 {
		term *= 2.0 * x * x / (2.0 * f64::from(n) + 1.0);
		sum += term;
	}
	std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() * sum
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn function_should_follow_its_definition_when_it_is_composed() {
		let x = Arc::new(Function::IDENTITY);
		let sigmoid = Arc::new(x.then(Unary::Sigmoid).unwrap());
		let swish = Function::combine(Binary::Multiply, x, sigmoid).unwrap();
		assert!((swish.at(2.0) - 2.0 / (1.0 + (-2f64).exp())).abs() < 1e-12);
		assert_eq!(swish.linear(), None);
	}

	#[test]
	fn error_function_should_have_its_known_values() {
		for (x, y) in
			[(0.0, 0.0), (0.5, 0.520_499_877_813), (-1.0, -0.842_700_792_95), (3.0, 0.999_977_909_503), (7.0, 1.0)]
		{
			assert!((erf(x) - y).abs() < 1e-11, "{x}: {}", erf(x));
		}
	}

	#[test]
	fn function_should_be_linear_or_a_clamp_by_its_form() {
		let x = Arc::new(Function::IDENTITY);
		let number = |value| Arc::new(Function::constant(value));
		let half = Arc::new(Function::combine(Binary::Divide, x.clone(), number(2.0)).unwrap());
		let moved = Function::combine(Binary::Subtract, number(1.0), half).unwrap();
		assert_eq!(moved.linear(), Some((-0.5, 1.0)));
		let relu = Arc::new(x.then(Unary::Clip(0.0, f64::INFINITY)).unwrap());
		assert_eq!(relu.then(Unary::Clip(-1.0, 6.0)).unwrap().clamp(), Some((0.0, 6.0)));
	}

	#[test]
	fn function_should_stop_growing_when_it_is_doubled() {
		let mut function = Arc::new(Function::IDENTITY);
		let mut steps = 0;
		while let Some(next) = Function::combine(Binary::Multiply, function.clone(), function.clone()) {
			function = Arc::new(next);
			steps += 1;
		}
		assert_eq!(steps, 5);
	}
}
