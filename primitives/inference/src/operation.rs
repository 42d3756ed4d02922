// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The operators: their parameters, and the type of what they make.

use alloc::vec::Vec;
use codec::{Decode, Encode};

use crate::{
	error::{OperationError, Parameter},
	scale::{Multiplier, PerChannel},
	tensor::{Dtype, Shape, TensorType},
	tree::{clip, TreeEnsemble},
};

/// A value of a program: its inputs in order, then the results of its operations in order.
#[derive(Encode, Decode, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ValueId(pub u16);

/// An operator with its place in the graph. It makes one value.
#[derive(Encode, Clone, PartialEq, Eq, Debug)]
pub struct Operation {
	/// The values that it takes, in order.
	pub inputs: Vec<ValueId>,
	/// What it does with them.
	pub op: Op,
}

/// A matrix product of 8-bit activations and weights with 32-bit sums.
///
/// For each row `x` of `K` features and each output channel `n`:
/// `y[n] = bias[n] + sum over k of (x[k] - input_zero_point) * (weights[n * K + k] - weight_zero_points[n])`.
#[derive(Encode, Clone, PartialEq, Eq, Debug)]
pub struct Dense {
	/// The integer that stands for 0 in the input.
	pub input_zero_point: i8,
	/// The integer that stands for 0 in the weights: one, or one for each output channel.
	pub weight_zero_points: PerChannel<i8>,
	/// One value for each output channel; its length is the number of output channels.
	pub bias: Vec<i32>,
	/// Weights in row-major order: all of the first output channel, then all of the second.
	pub weights: Vec<i8>,
}

/// Scales 32-bit sums to 8 bits: `y = saturate(round(x * multiplier) + zero_point)`, with the rule of [`crate::rounding`].
#[derive(Encode, Decode, Clone, PartialEq, Eq, Debug)]
pub struct Requantise {
	/// The factors: one, or one for each channel (last dimension).
	pub multipliers: PerChannel<Multiplier>,
	/// The integer that stands for 0 in the result.
	pub zero_point: i8,
}

/// Limits every element to `low..=high`. A ReLU is a clamp from the zero point up.
#[derive(Encode, Decode, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clamp {
	/// Lower bound, in the element type.
	pub low: i32,
	/// Upper bound, in the element type, at least `low`.
	pub high: i32,
}

/// What an operation does. The index is the first byte of the encoding.
#[derive(Encode, Clone, PartialEq, Eq, Debug)]
pub enum Op {
	/// `I8 [.., K]` to `I32 [.., N]`.
	#[codec(index = 0)]
	Dense(Dense),
	/// `I32 [.., C]` to `I8 [.., C]`.
	#[codec(index = 1)]
	Requantise(Requantise),
	/// `I8` or `I32` to the same type.
	#[codec(index = 2)]
	Clamp(Clamp),
	/// `I8` or `I32` `[.., C]` to `I32 [.., 1]`: the place of the largest element of each row, and the lowest such place if
	/// there are several.
	#[codec(index = 3)]
	ArgMax,
	/// `I8` or `I32` `[.., F]` to `I32 [.., outputs]`.
	#[codec(index = 4)]
	TreeEnsemble(TreeEnsemble),
}

impl Op {
	/// The operator's name.
	pub const fn name(&self) -> &'static str {
		match self {
			Self::Dense(_) => "Dense",
			Self::Requantise(_) => "Requantise",
			Self::Clamp(_) => "Clamp",
			Self::ArgMax => "ArgMax",
			Self::TreeEnsemble(_) => "TreeEnsemble",
		}
	}

	/// The type of the result for inputs of these types.
	///
	/// Checks number and type of the inputs, and lengths of the parameters, but not each of their values: see
	/// [`crate::interval::analyse`]. Takes constant time, except that it sums up the sizes of trees.
	pub fn output_type(&self, inputs: &[TensorType]) -> Result<TensorType, OperationError> {
		let [input] = inputs else {
			let given = u16::try_from(inputs.len()).unwrap_or(u16::MAX);
			return Err(OperationError::InputCount { expected: 1, given });
		};
		let expect = |expected: Dtype| {
			if input.dtype == expected {
				return Ok(());
			}
			Err(OperationError::InputType { input: 0, expected, given: input.dtype })
		};
		let channels = |parameter, fits: bool, expected: u32, given: usize| {
			if fits {
				return Ok(());
			}
			Err(OperationError::ParameterLength { parameter, expected, given: clip(given) })
		};
		let features = input.shape.features();
		match self {
			Self::Dense(dense) => {
				expect(Dtype::I8)?;
				let outputs = clip(dense.bias.len());
				let shape = with_features(&input.shape, outputs)?;
				let expected = features.saturating_mul(outputs);
				let fits = clip(dense.weights.len()) == expected;
				channels(Parameter::Weights, fits, expected, dense.weights.len())?;
				let points = &dense.weight_zero_points;
				channels(Parameter::WeightZeroPoints, points.fits(outputs), outputs, points.values().len())?;
				Ok(TensorType { dtype: Dtype::I32, shape })
			}
			Self::Requantise(requantise) => {
				expect(Dtype::I32)?;
				let multipliers = &requantise.multipliers;
				channels(Parameter::Multipliers, multipliers.fits(features), features, multipliers.values().len())?;
				Ok(TensorType { dtype: Dtype::I8, shape: input.shape })
			}
			Self::Clamp(Clamp { low, high }) => {
				let in_type = input.dtype.min() <= *low && *high <= input.dtype.max();
				if !in_type || low > high {
					return Err(OperationError::ClampBounds { low: *low, high: *high });
				}
				Ok(*input)
			}
			Self::ArgMax => Ok(TensorType { dtype: Dtype::I32, shape: with_features(&input.shape, 1)? }),
			Self::TreeEnsemble(trees) => {
				trees.check_lengths()?;
				Ok(TensorType { dtype: Dtype::I32, shape: with_features(&input.shape, trees.outputs())? })
			}
		}
	}
}

fn with_features(shape: &Shape, features: u32) -> Result<Shape, OperationError> {
	shape.with_features(features).ok_or(OperationError::OutputShape)
}
