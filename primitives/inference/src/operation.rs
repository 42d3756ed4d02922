// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The operators: their parameters, and the type of what they make.

use alloc::vec::Vec;
use codec::{Decode, Encode};

use crate::{
	error::{OperationError, Parameter},
	limits::MAX_OPERANDS,
	scale::{Multiplier, PerChannel},
	tensor::{Dtype, Shape, TensorType},
	tree::{clip, TreeEnsemble},
	window::Window,
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

/// A convolution of 8-bit activations and weights with 32-bit sums, on `[images, height, width, channels]`.
///
/// `y[o] = bias[o] + sum over the window and the channels c of o's group of`
/// `(x[c] - input_zero_point) * (weights[o][row][column][c] - weight_zero_points[o])`; padding counts as the input's zero point.
/// With as many groups as channels it is a depthwise convolution.
#[derive(Encode, Clone, PartialEq, Eq, Debug)]
pub struct Conv2d {
	/// Kernel, strides, dilations and padding.
	pub window: Window,
	/// Number of groups of channels that do not mix; divides the channels of the input and of the result.
	pub groups: u32,
	/// The integer that stands for 0 in the input.
	pub input_zero_point: i8,
	/// The integer that stands for 0 in the weights: one, or one for each output channel.
	pub weight_zero_points: PerChannel<i8>,
	/// One value for each output channel; its length is the number of output channels.
	pub bias: Vec<i32>,
	/// Weights as `[outputs, kernel height, kernel width, channels of a group]`, row-major.
	pub weights: Vec<i8>,
}

impl Conv2d {
	/// Whether each channel of the result comes from one channel of the input, and each of the input makes one.
	pub(crate) fn is_depthwise(&self) -> bool {
		let outputs = clip(self.bias.len());
		self.groups == outputs && clip(self.weights.len()) == outputs.saturating_mul(self.window.area())
	}
}

/// The largest element of each channel in each window; padding is left out.
#[derive(Encode, Decode, Clone, Copy, PartialEq, Eq, Debug)]
pub struct MaxPool {
	/// Kernel, strides and padding; without dilation.
	pub window: Window,
}

/// The mean of each channel in each window, requantised:
/// `y = saturate(round(multiplier * (sum of (x - input_zero_point)) / count) + zero_point)`, rounded once.
#[derive(Encode, Decode, Clone, Copy, PartialEq, Eq, Debug)]
pub struct AveragePool {
	/// Kernel, strides and padding; without dilation.
	pub window: Window,
	/// Whether padding counts as elements of value 0. Otherwise the count is that of the elements of the input.
	pub count_padding: bool,
	/// The integer that stands for 0 in the input.
	pub input_zero_point: i8,
	/// Scale of the input over scale of the result.
	pub multiplier: Multiplier,
	/// The integer that stands for 0 in the result.
	pub zero_point: i8,
}

/// A weighted sum of two 8-bit tensors:
/// `y = saturate(round(((a - z0) * f0 + (b - z1) * f1) / 2^shift) + zero_point)`, rounded once.
#[derive(Encode, Decode, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Add {
	/// The integers that stand for 0 in the inputs: `z0`, `z1`.
	pub input_zero_points: [i8; 2],
	/// The factors `f0`, `f1` times `2^shift`. The larger absolute value is at least 2^30; a negative one subtracts.
	pub factors: [i32; 2],
	/// How far the sum is shifted right, at most [`Multiplier::MAX_SHIFT`] bits.
	pub shift: u8,
	/// The integer that stands for 0 in the result.
	pub zero_point: i8,
}

/// The product of two 8-bit tensors: `y = saturate(round((a - z0) * (b - z1) * multiplier) + zero_point)`.
#[derive(Encode, Decode, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Multiply {
	/// The integers that stand for 0 in the inputs: `z0`, `z1`.
	pub input_zero_points: [i8; 2],
	/// Product of the scales of the inputs over the scale of the result.
	pub multiplier: Multiplier,
	/// The integer that stands for 0 in the result.
	pub zero_point: i8,
}

/// Entries of a [`Lookup`] and of the exponentials of a [`Softmax`].
pub const TABLE: u32 = 256;

/// Any function of one 8-bit element, as a table: `y = table[x + 128]`.
#[derive(Encode, Clone, PartialEq, Eq, Debug)]
pub struct Lookup {
	/// The results for -128 to 127, in this order.
	pub table: Vec<i8>,
}

/// Exponentials of each row, divided by their sum:
/// `y = saturate(round(multiplier * e[m - x] / (sum over the row of e[m - x])) + zero_point)`, where `m` is the row's largest
/// element; rounded once.
#[derive(Encode, Clone, PartialEq, Eq, Debug)]
pub struct Softmax {
	/// `e`: fixed-point exponentials of 0 to 255 steps down; `e[0]` is at least 1, and none is above
	/// [`Softmax::MAX_EXPONENTIAL`].
	pub exponentials: Vec<u32>,
	/// What a result of 1 is scaled to: 1 over the scale of the result.
	pub multiplier: Multiplier,
	/// The integer that stands for 0 in the result.
	pub zero_point: i8,
}

impl Softmax {
	/// Largest exponential, 2^24: with any number of elements the sum fits, and so does the product with a multiplier.
	pub const MAX_EXPONENTIAL: u32 = 1 << 24;
}

/// Rows of a table, chosen by the elements of the input. Every possible element must name a row: see [`Clamp`].
#[derive(Encode, Clone, PartialEq, Eq, Debug)]
pub struct Embed {
	/// Elements of a row.
	pub width: u32,
	/// All rows, one after the other.
	pub table: Vec<i8>,
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
	/// `I8 [images, height, width, channels]` to `I32 [images, rows, columns, outputs]`.
	#[codec(index = 5)]
	Conv2d(Conv2d),
	/// `I8` or `I32` `[images, height, width, channels]` to the same type, `[images, rows, columns, channels]`.
	#[codec(index = 6)]
	MaxPool(MaxPool),
	/// `I8 [images, height, width, channels]` to `I8 [images, rows, columns, channels]`.
	#[codec(index = 7)]
	AveragePool(AveragePool),
	/// Two `I8` tensors to `I8` of the first one's shape; the second has the same rank, and each of its dimensions is that of
	/// the first or 1, in which case it repeats.
	#[codec(index = 8)]
	Add(Add),
	/// As [`Op::Add`].
	#[codec(index = 9)]
	Multiply(Multiply),
	/// One to 16 tensors of one type whose shapes differ in this axis at most, one after the other along it.
	#[codec(index = 10)]
	Concat {
		/// The axis, from 0 for the outermost.
		axis: u8,
	},
	/// The same elements under another shape.
	#[codec(index = 11)]
	Reshape {
		/// The new shape, of as many elements.
		shape: Shape,
	},
	/// The same elements with the axes in another order.
	#[codec(index = 12)]
	Transpose {
		/// For each axis of the result, the axis of the input that it is.
		order: Vec<u8>,
	},
	/// `I8` to `I8` of the same shape.
	#[codec(index = 13)]
	Lookup(Lookup),
	/// `I8 [.., C]` to `I8 [.., C]`.
	#[codec(index = 14)]
	Softmax(Softmax),
	/// `I8` or `I32` `[..]` to `I8 [.., width]`.
	#[codec(index = 15)]
	Embed(Embed),
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
			Self::Conv2d(_) => "Conv2d",
			Self::MaxPool(_) => "MaxPool",
			Self::AveragePool(_) => "AveragePool",
			Self::Add(_) => "Add",
			Self::Multiply(_) => "Multiply",
			Self::Concat { .. } => "Concat",
			Self::Reshape { .. } => "Reshape",
			Self::Transpose { .. } => "Transpose",
			Self::Lookup(_) => "Lookup",
			Self::Softmax(_) => "Softmax",
			Self::Embed(_) => "Embed",
		}
	}

	/// The type of the result for inputs of these types.
	///
	/// Checks number and type of the inputs, and lengths of the parameters, but not each of their values: see
	/// [`crate::interval::analyse`]. Takes constant time, except that it sums up the sizes of trees and looks at each input.
	pub fn output_type(&self, inputs: &[TensorType]) -> Result<TensorType, OperationError> {
		match self {
			Self::Add(_) | Self::Multiply(_) => {
				let &[first, second] = inputs else { return Err(input_count(2, inputs)) };
				expect(0, first, Dtype::I8)?;
				expect(1, second, Dtype::I8)?;
				if !repeats(&first.shape, &second.shape) {
					return Err(OperationError::InputShape { input: 1 });
				}
				Ok(first)
			}
			Self::Concat { axis } => concat_type(usize::from(*axis), inputs),
			op => {
				let &[input] = inputs else { return Err(input_count(1, inputs)) };
				op.unary_type(input)
			}
		}
	}

	fn unary_type(&self, input: TensorType) -> Result<TensorType, OperationError> {
		let features = input.shape.features();
		let typed = |dtype, shape: Option<Shape>| {
			shape.map(|shape| TensorType { dtype, shape }).ok_or(OperationError::OutputShape)
		};
		match self {
			Self::Dense(dense) => {
				expect(0, input, Dtype::I8)?;
				let outputs = clip(dense.bias.len());
				length(Parameter::Weights, features.saturating_mul(outputs), dense.weights.len())?;
				per_channel(Parameter::WeightZeroPoints, &dense.weight_zero_points, outputs)?;
				typed(Dtype::I32, input.shape.with_features(outputs))
			}
			Self::Requantise(requantise) => {
				expect(0, input, Dtype::I32)?;
				per_channel(Parameter::Multipliers, &requantise.multipliers, features)?;
				Ok(TensorType { dtype: Dtype::I8, ..input })
			}
			Self::Clamp(Clamp { low, high }) => {
				let in_type = input.dtype.min() <= *low && *high <= input.dtype.max();
				if !in_type || low > high {
					return Err(OperationError::ClampBounds { low: *low, high: *high });
				}
				Ok(input)
			}
			Self::ArgMax => typed(Dtype::I32, input.shape.with_features(1)),
			Self::TreeEnsemble(trees) => {
				trees.check_lengths()?;
				typed(Dtype::I32, input.shape.with_features(trees.outputs()))
			}
			Self::Conv2d(layer) => {
				expect(0, input, Dtype::I8)?;
				let outputs = clip(layer.bias.len());
				let groups = Some(layer.groups).filter(|groups| *groups > 0);
				let divides = |channels: u32| groups.and_then(|groups| channels.checked_rem(groups)) == Some(0);
				if !divides(features) || !divides(outputs) {
					return Err(OperationError::Groups { groups: layer.groups, channels: features, outputs });
				}
				let depth = layer.window.area().saturating_mul(features.checked_div(layer.groups).unwrap_or(0));
				length(Parameter::Weights, depth.saturating_mul(outputs), layer.weights.len())?;
				per_channel(Parameter::WeightZeroPoints, &layer.weight_zero_points, outputs)?;
				typed(Dtype::I32, Some(layer.window.output(&input.shape, outputs).ok_or(OperationError::Window)?))
			}
			Self::MaxPool(MaxPool { window }) => pool_type(window, input),
			Self::AveragePool(AveragePool { window, .. }) => {
				expect(0, input, Dtype::I8)?;
				pool_type(window, input)
			}
			Self::Reshape { shape } => {
				if shape.elements() != input.shape.elements() {
					return Err(OperationError::OutputShape);
				}
				Ok(TensorType { shape: *shape, ..input })
			}
			Self::Transpose { order } => typed(input.dtype, transpose_shape(&input.shape, order)),
			Self::Lookup(lookup) => {
				expect(0, input, Dtype::I8)?;
				length(Parameter::Table, TABLE, lookup.table.len())?;
				Ok(input)
			}
			Self::Softmax(softmax) => {
				expect(0, input, Dtype::I8)?;
				length(Parameter::Table, TABLE, softmax.exponentials.len())?;
				Ok(input)
			}
			Self::Embed(embed) => {
				let rows = clip(embed.table.len()).checked_div(embed.width).unwrap_or(0);
				length(Parameter::Table, rows.max(1).saturating_mul(embed.width), embed.table.len())?;
				typed(Dtype::I8, input.shape.with_axis(embed.width))
			}
			Self::Add(_) | Self::Multiply(_) | Self::Concat { .. } => Err(input_count(2, &[input])),
		}
	}
}

fn input_count(expected: u16, inputs: &[TensorType]) -> OperationError {
	OperationError::InputCount { expected, given: u16::try_from(inputs.len()).unwrap_or(u16::MAX) }
}

fn expect(input: u16, given: TensorType, expected: Dtype) -> Result<(), OperationError> {
	if given.dtype == expected {
		return Ok(());
	}
	Err(OperationError::InputType { input, expected, given: given.dtype })
}

fn length(parameter: Parameter, expected: u32, given: usize) -> Result<(), OperationError> {
	if clip(given) == expected {
		return Ok(());
	}
	Err(OperationError::ParameterLength { parameter, expected, given: clip(given) })
}

fn per_channel<T>(parameter: Parameter, list: &PerChannel<T>, channels: u32) -> Result<(), OperationError> {
	if list.fits(channels) {
		return Ok(());
	}
	Err(OperationError::ParameterLength { parameter, expected: channels, given: clip(list.values().len()) })
}

/// Whether `second` has the rank of `first`, and in each dimension its size or 1.
fn repeats(first: &Shape, second: &Shape) -> bool {
	let (first, second) = (first.dims(), second.dims());
	first.len() == second.len() && first.iter().zip(second).all(|(first, second)| second == first || *second == 1)
}

fn concat_type(axis: usize, inputs: &[TensorType]) -> Result<TensorType, OperationError> {
	let [first, rest @ ..] = inputs else { return Err(input_count(1, inputs)) };
	if inputs.len() > usize::from(MAX_OPERANDS) {
		return Err(input_count(MAX_OPERANDS, inputs));
	}
	let size = |input: &TensorType| input.shape.dims().get(axis).copied();
	let mut total = size(first).ok_or(OperationError::Axes)?;
	for (number, input) in (1u16..).zip(rest) {
		expect(number, *input, first.dtype)?;
		let same = |(place, (left, right)): (usize, (&u32, &u32))| place == axis || left == right;
		let (left, right) = (first.shape.dims(), input.shape.dims());
		if left.len() != right.len() || !left.iter().zip(right).enumerate().all(same) {
			return Err(OperationError::InputShape { input: number });
		}
		total = total.saturating_add(size(input).unwrap_or_default());
	}
	let mut dims = first.shape.dims().to_vec();
	if let Some(dim) = dims.get_mut(axis) {
		*dim = total;
	}
	Ok(TensorType { dtype: first.dtype, shape: Shape::new(&dims).ok_or(OperationError::OutputShape)? })
}

fn pool_type(window: &Window, input: TensorType) -> Result<TensorType, OperationError> {
	let shape = window.output(&input.shape, input.shape.features()).filter(|_| window.dilations == [1, 1]);
	Ok(TensorType { shape: shape.ok_or(OperationError::Window)?, ..input })
}

/// The shape with its axes in this order, or `None` if `order` does not name each axis once.
fn transpose_shape(shape: &Shape, order: &[u8]) -> Option<Shape> {
	let dims = shape.dims();
	if order.len() != dims.len() || !(0u8..).zip(dims).all(|(axis, _)| order.contains(&axis)) {
		return None;
	}
	let dims = order.iter().map(|axis| dims.get(usize::from(*axis)).copied()).collect::<Option<Vec<_>>>()?;
	Shape::new(&dims)
}
