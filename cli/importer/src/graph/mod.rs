// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Graphs of float operators, between ONNX and programs.
//!
//! Tensors lie in memory as programs hold them: images as `[images, height, width, channels]`. Each node makes one value,
//! whose number is that of the node. [`read`] makes a graph from ONNX, [`simplify`] folds nodes into their neighbours,
//! [`evaluate`] runs it in single precision, and [`crate::quantise`] turns it into integer operations.

pub(crate) mod evaluate;
pub(crate) mod function;
pub(crate) mod read;
pub(crate) mod simplify;

use std::sync::Arc;

use aivm_inference::Window;

use function::Function;

/// How 8-bit integers stand for real numbers: `real = (integer - zero point) * scale`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Grid {
	/// Positive.
	pub scale: f64,
	/// From -128 to 127.
	pub zero_point: i32,
}

impl Grid {
	/// A grid that covers `low..=high` and 0 with the 256 8-bit integers.
	#[allow(clippy::cast_possible_truncation)]
	pub fn covering(low: f64, high: f64) -> Self {
		let (low, high) = (low.min(0.0), high.max(0.0));
		// A number that is always 0 needs no precision; any scale will do. Scales are single-precision numbers, as in ONNX.
		let scale = if low < high { ((high - low) / 255.0) as f32 } else { 1.0 };
		let scale = f64::from(scale.clamp(f32::MIN_POSITIVE, f32::MAX));
		let zero_point = (-128.0 - low / scale).round_ties_even().clamp(-128.0, 127.0) as i32;
		Self { scale, zero_point }
	}

	/// The integer for a number: rounded, halves to even, and saturated. In single precision, as `QuantizeLinear`.
	#[allow(clippy::cast_possible_truncation)]
	pub fn quantise(&self, value: f64) -> i8 {
		let steps = f64::from((value as f32 / self.scale as f32).round_ties_even());
		// NaN, which stands for a number that does not occur, becomes the zero point.
		let steps = if steps.is_nan() { 0.0 } else { steps };
		(steps + f64::from(self.zero_point)).clamp(-128.0, 127.0) as i8
	}

	/// The same in double precision: what a function of one number rounds to.
	#[allow(clippy::cast_possible_truncation)]
	pub fn nearest(&self, value: f64) -> i8 {
		let steps = (value / self.scale).round_ties_even();
		let steps = if steps.is_nan() { 0.0 } else { steps };
		(steps + f64::from(self.zero_point)).clamp(-128.0, 127.0) as i8
	}

	/// The number that an integer stands for.
	pub fn dequantise(&self, value: i8) -> f64 {
		f64::from(i32::from(value) - self.zero_point) * self.scale
	}
}

/// Weights: output channels first.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Weights {
	/// The numbers.
	pub values: Vec<f32>,
	/// Their integers, if the model is quantised already.
	pub quantised: Option<QuantisedWeights>,
}

/// 8-bit weights as the model states them.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct QuantisedWeights {
	/// One integer for each number.
	pub integers: Vec<i8>,
	/// One positive scale, or one for each output channel.
	pub scales: Vec<f64>,
	/// One zero point, or one for each output channel.
	pub zero_points: Vec<i8>,
}

/// A convolution.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Conv {
	pub window: Window,
	pub groups: usize,
	/// `[outputs, kernel height, kernel width, channels of a group]`.
	pub weights: Weights,
	/// One for each output.
	pub bias: Vec<f64>,
}

/// A matrix product over the last axis.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Dense {
	/// `[outputs, inputs]`.
	pub weights: Weights,
	/// One for each output.
	pub bias: Vec<f64>,
}

/// What the numbers of an input are.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum InputKind {
	/// Real numbers.
	Real,
	/// Integers that nothing says the meaning of.
	Integers,
	/// Bytes that nothing says the meaning of; unsigned ones are moved by -128.
	Bytes { unsigned: bool },
	/// Integers that stand for numbers.
	Quantised(Grid),
	/// Row numbers of tables.
	Index,
}

/// An operator.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum FloatOp {
	Input(InputKind),
	Conv(Conv),
	Dense(Dense),
	/// `factors * x + offsets`, by channel (last axis).
	Affine {
		factors: Vec<f64>,
		offsets: Vec<f64>,
	},
	/// A function of each number.
	Map(Arc<Function>),
	/// The first plus the second times this factor; the second repeats along axes of size 1.
	Add {
		factor: f64,
	},
	/// The product; the second repeats along axes of size 1.
	Multiply,
	MaxPool(Window),
	AveragePool {
		window: Window,
		count_padding: bool,
	},
	Concat {
		axis: usize,
	},
	Reshape,
	Transpose {
		order: Vec<usize>,
	},
	/// Some numbers of each row (last axis), by their places.
	Select {
		places: Vec<usize>,
	},
	/// Over the last axis.
	Softmax,
	/// Rows of a table of this width.
	Embed {
		width: usize,
		table: Weights,
	},
	/// These numbers, whatever the input.
	Constant(Weights),
	/// Rounds to integers of this grid.
	Quantise(Grid),
	/// The place of the largest number along the last axis, the first of equals.
	ArgMax,
}

/// One operator and the value that it makes.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Node {
	pub op: FloatOp,
	/// Values that it reads, each of an earlier node.
	pub inputs: Vec<usize>,
	/// Dimensions of its value.
	pub dims: Vec<usize>,
	/// The ONNX value that it computes, if it is one.
	pub name: Option<String>,
}

impl Node {
	/// Number of elements.
	pub fn len(&self) -> usize {
		self.dims.iter().product()
	}

	/// Size of the last axis.
	pub fn channels(&self) -> usize {
		self.dims.last().copied().unwrap_or(1)
	}

	/// Multiplications, or what takes as long.
	fn work(&self) -> u64 {
		let per_element = match &self.op {
			FloatOp::Conv(conv) => conv.weights.values.len() / conv.bias.len().max(1),
			FloatOp::Dense(dense) => dense.weights.values.len() / dense.bias.len().max(1),
			FloatOp::MaxPool(window) | FloatOp::AveragePool { window, .. } => {
				usize::try_from(window.area()).unwrap_or(usize::MAX)
			}
			_ => 1,
		};
		(self.len() as u64).saturating_mul(per_element as u64)
	}
}

/// A graph of float operators.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Graph {
	/// Inputs and operators, each after those that it reads.
	pub nodes: Vec<Node>,
	/// The values that are the result, in order.
	pub outputs: Vec<usize>,
}

impl Graph {
	/// Numbers of all inputs together.
	pub fn input_len(&self) -> usize {
		self.inputs().map(|(_, node)| node.len()).sum()
	}

	/// The inputs, in order.
	pub fn inputs(&self) -> impl Iterator<Item = (usize, &Node)> {
		self.nodes.iter().enumerate().filter(|(_, node)| matches!(node.op, FloatOp::Input(_)))
	}

	/// How often each value is read, by nodes and as an output.
	pub fn uses(&self) -> Vec<usize> {
		let mut uses = vec![0; self.nodes.len()];
		self.nodes.iter().flat_map(|node| &node.inputs).chain(&self.outputs).for_each(|value| uses[*value] += 1);
		uses
	}

	/// Multiplications of a run.
	pub fn work(&self) -> u64 {
		self.nodes.iter().fold(0, |sum, node| sum.saturating_add(node.work()))
	}
}
