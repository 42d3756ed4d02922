// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The cost model: how much work a program is, before it runs.
//!
//! A cost is a linear formula of the shapes, so it is known once a program is validated. The constants below compare each
//! kind of work with one int8 multiply-accumulate. They were fitted to the portable kernels compiled to WebAssembly without
//! SIMD, as a runtime runs them, allocation included: with 0.37 ns for a MAC, 0.10 ns for a byte and 3 us for a run, no
//! program is under-stated and none over-stated more than twice. On another machine all times change together.
//! `docs/reference/cost-model.md` has the formulas and the measurements.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use core::ops::Range;

use crate::{
	execute::needed_elements,
	operation::{Conv2d, Op},
	scale::PerChannel,
	tensor::{Dtype, TensorType},
	tree::{clip, Leaves, TreeEnsemble},
	window::Window,
};

/// MAC equivalents of decoding and starting an operation, besides its allocations.
pub const PER_OPERATION: u64 = 110;
/// MAC equivalents of allocating and freeing a list: in a runtime the host does it. See [`allocations`].
pub const PER_ALLOCATION: u64 = 930;
/// MAC equivalents of starting one row of a dense layer, or one group at one position of a convolution.
pub const PER_DENSE_ROW: u64 = 58;
/// MAC equivalents of preparing one number of a row of a dense layer.
pub const PER_FEATURE: u64 = 4;
/// MAC equivalents of gathering one number of a window of a convolution.
pub const PER_GATHERED: u64 = 2;
/// MAC equivalents of starting one sum of a dense layer or convolution, besides 1 for each of its products.
pub const PER_SUM: u64 = 26;
/// MAC equivalents of one number or sum of a layer whose weights have zero points.
pub const PER_TOTAL: u64 = 8;
/// MAC equivalents of one product of a depthwise convolution.
pub const PER_DEPTHWISE: u64 = 3;
/// MAC equivalents of starting one place of a window, for all channels of a group.
pub const PER_PLACE: u64 = 26;
/// MAC equivalents of one element of a pool.
pub const PER_POOLED: u64 = 2;
/// MAC equivalents of one division: of each result of an average pool.
pub const PER_DIVISION: u64 = 9;
/// MAC equivalents of one element of a softmax: two exponentials and a division.
pub const PER_EXPONENTIAL: u64 = 28;
/// MAC equivalents of adding or multiplying two elements.
pub const PER_PAIR: u64 = 8;
/// MAC equivalents of one element that is looked up by stride.
pub const PER_STRIDED: u64 = 18;
/// MAC equivalents of starting one piece of a concatenation.
pub const PER_PIECE: u64 = 24;
/// MAC equivalents of copying one row of an embedding.
pub const PER_EMBEDDED: u64 = 14;
/// MAC equivalents of looking up one element in a table.
pub const PER_LOOKUP: u64 = 1;
/// MAC equivalents of requantising one element.
pub const PER_REQUANTISE: u64 = 6;
/// MAC equivalents of requantising one element by the multiplier of its channel, in addition.
pub const PER_CHANNEL: u64 = 4;
/// MAC equivalents of starting one row of a requantisation or softmax.
pub const PER_ROW: u64 = 4;
/// MAC equivalents of clamping one 8-bit element. One of 32 bits takes no more than its bytes.
pub const PER_CLAMP_I8: u64 = 3;
/// MAC equivalents of comparing one element in an argmax.
pub const PER_COMPARE: u64 = 2;
/// MAC equivalents of one comparison on a path of a decision tree.
pub const PER_STEP: u64 = 11;
/// MAC equivalents of starting a decision tree, besides 1 for each weight of the leaf.
pub const PER_TREE: u64 = 12;
/// MAC equivalents of decoding one leaf of a decision tree, once for all rows.
pub const PER_LEAF: u64 = 5;

/// How much work one run of a program, or of one operation, is.
///
/// A weight is linear in both fields: `base + macs * time per MAC + bytes * time per byte`.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct Cost {
	/// Arithmetic, in int8 multiply-accumulates or what takes as long; see the table at [`operation_cost`].
	pub macs: u64,
	/// Bytes read and written: the encoded program once, and every tensor that an operation reads or makes.
	pub bytes: u64,
}

impl Cost {
	/// Whether neither part is more than that of `limit`.
	pub const fn is_within(&self, limit: &Self) -> bool {
		self.macs <= limit.macs && self.bytes <= limit.bytes
	}

	/// The sum of two costs, capped at the largest number.
	#[must_use]
	pub const fn saturating_add(self, other: Self) -> Self {
		Self { macs: self.macs.saturating_add(other.macs), bytes: self.bytes.saturating_add(other.bytes) }
	}
}

/// What validation finds out about a program, once, so that nobody has to look at the program again to price a run.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct Summary {
	/// Work of one run: decoding the validated bytes, reading the input, every operation, writing the output.
	pub cost: Cost,
	/// Most bytes that a run holds at any moment besides the decoded program, its input and [`crate::RUN_OVERHEAD`].
	pub memory_peak: u32,
	/// Number of operations.
	pub operations: u32,
	/// Exact length of the input, in bytes.
	pub input_len: u32,
	/// Exact length of the output, in bytes.
	pub output_len: u32,
}

/// Cost of one operation with inputs of these types and a result of that type, its parameters not counted as bytes.
///
/// See the table in `docs/reference/program-format.md`. Bytes are those of all inputs and of the result.
pub fn operation_cost(op: &Op, inputs: &[TensorType], output: &TensorType) -> Cost {
	let tensors = inputs.iter().chain([output]);
	let bytes = tensors.fold(0u64, |sum, tensor| sum.saturating_add(tensor.bytes().into()));
	let macs = once(op).saturating_add(per_row(op, inputs, output).saturating_mul(output.shape.rows().into()));
	Cost { macs, bytes }
}

/// Cost of making some rows of the result alone, as a dispute does: bytes are those of the elements needed and made.
pub fn rows_cost(op: &Op, inputs: &[TensorType], output: &TensorType, rows: Range<u32>) -> Cost {
	let count = rows.end.saturating_sub(rows.start);
	let macs = once(op).saturating_add(per_row(op, inputs, output).saturating_mul(count.into()));
	let made =
		u64::from(count).saturating_mul(output.shape.features().into()).saturating_mul(output.dtype.size().into());
	let needed = needed_elements(op, inputs, output, rows);
	let bytes = inputs.iter().zip(needed).fold(made, |sum, (input, needed)| {
		let elements = u64::from(needed.end.saturating_sub(needed.start));
		sum.saturating_add(elements.saturating_mul(input.dtype.size().into()))
	});
	Cost { macs, bytes }
}

/// Sums of `terms`, each a product of numbers.
fn sum<const TERMS: usize>(terms: [&[u64]; TERMS]) -> u64 {
	let product = |factors: &[u64]| factors.iter().fold(1u64, |product, factor| product.saturating_mul(*factor));
	terms.iter().fold(0, |sum, factors| sum.saturating_add(product(factors)))
}

/// Lists that decoding and running an operation allocates: its inputs and its result, its parameters, and what it works with.
pub fn allocations(op: &Op) -> u64 {
	/// A parameter that is one value for each channel is a list.
	fn list<T>(parameter: &PerChannel<T>) -> u64 {
		u64::from(matches!(parameter, PerChannel::Each(_)))
	}
	let own = match op {
		Op::Dense(layer) => list(&layer.weight_zero_points).saturating_add(4),
		Op::Conv2d(layer) => {
			// Those of a depthwise layer turned round, or a patch and its pairs; and the totals of groups.
			let work = if layer.is_depthwise() { 3 } else { 5 };
			let totals = zero_points(&layer.weight_zero_points);
			list(&layer.weight_zero_points).saturating_add(totals).saturating_add(work)
		}
		Op::TreeEnsemble(ensemble) => u64::from(matches!(ensemble.leaves, Leaves::PerTree(_))).saturating_add(6),
		Op::Requantise(layer) => list(&layer.multipliers),
		Op::Concat { .. } => 4,
		Op::Add(_) | Op::Multiply(_) => 3,
		Op::Transpose { .. } | Op::Lookup(_) | Op::Softmax(_) | Op::Embed(_) | Op::AveragePool(_) => 1,
		Op::Clamp(_) | Op::ArgMax | Op::MaxPool(_) | Op::Reshape { .. } => 0,
	};
	own.saturating_add(2)
}

/// MAC equivalents of an operation besides those of the rows of its result.
fn once(op: &Op) -> u64 {
	let own = match op {
		Op::TreeEnsemble(ensemble) => {
			u64::from(clip(ensemble.features.len())).saturating_add(ensemble.trees().into()).saturating_mul(PER_LEAF)
		}
		// The weights are turned round.
		Op::Conv2d(layer) if layer.is_depthwise() => u64::from(clip(layer.weights.len())).saturating_mul(PER_STRIDED),
		_ => 0,
	};
	own.saturating_add(allocations(op).saturating_mul(PER_ALLOCATION)).saturating_add(PER_OPERATION)
}

/// MAC equivalents of one row of the result.
fn per_row(op: &Op, inputs: &[TensorType], output: &TensorType) -> u64 {
	let input = inputs.first().unwrap_or(output);
	let features = u64::from(input.shape.features());
	let results = u64::from(output.shape.features());
	match op {
		Op::Dense(layer) => sum([
			&[PER_DENSE_ROW],
			&[features, PER_FEATURE],
			&[results, features.saturating_add(PER_SUM)],
			&[zero_points(&layer.weight_zero_points), features.saturating_add(results), PER_TOTAL],
		]),
		Op::Conv2d(layer) => convolution(layer, features, results),
		Op::MaxPool(pool) => pooled(&pool.window, results),
		Op::AveragePool(pool) => pooled(&pool.window, results).saturating_add(results.saturating_mul(PER_DIVISION)),
		Op::Requantise(layer) => match &layer.multipliers {
			PerChannel::One(_) => sum([&[results, PER_REQUANTISE], &[PER_ROW]]),
			PerChannel::Each(_) => sum([&[results, PER_REQUANTISE.saturating_add(PER_CHANNEL)], &[PER_ROW]]),
		},
		Op::Clamp(_) => match input.dtype {
			Dtype::I8 => results.saturating_mul(PER_CLAMP_I8),
			Dtype::I32 => 0,
		},
		Op::ArgMax => features.saturating_mul(PER_COMPARE),
		Op::TreeEnsemble(ensemble) => trees(ensemble),
		Op::Add(_) | Op::Multiply(_) => {
			let repeats = inputs.iter().any(|input| input.shape != output.shape);
			results.saturating_mul(if repeats { PER_PAIR.saturating_add(PER_STRIDED) } else { PER_PAIR })
		}
		// At most one piece of each input begins in a row.
		Op::Concat { .. } => u64::from(clip(inputs.len())).saturating_mul(PER_PIECE),
		Op::Reshape { .. } => 0,
		Op::Transpose { .. } => results.saturating_mul(PER_STRIDED),
		Op::Lookup(_) => results.saturating_mul(PER_LOOKUP),
		Op::Softmax(_) => sum([&[PER_ROW], &[results, PER_EXPONENTIAL]]),
		Op::Embed(_) => PER_EMBEDDED,
	}
}

/// MAC equivalents of one position of a convolution.
fn convolution(layer: &Conv2d, channels: u64, outputs: u64) -> u64 {
	let (area, groups) = (u64::from(layer.window.area()), u64::from(layer.groups).max(1));
	let zero_points = zero_points(&layer.weight_zero_points);
	let totals = sum([
		&[zero_points, area, channels, PER_TOTAL],
		&[zero_points, outputs, PER_TOTAL],
		&[zero_points, area, PER_PLACE],
	]);
	if layer.is_depthwise() {
		return sum([&[totals], &[area, PER_PLACE], &[area, channels, PER_DEPTHWISE]]);
	}
	let depth = area.saturating_mul(channels.checked_div(groups).unwrap_or(0));
	sum([
		&[totals],
		&[groups, PER_DENSE_ROW],
		&[groups, area, PER_PLACE],
		&[groups, depth, PER_GATHERED],
		&[outputs, depth.saturating_add(PER_SUM)],
	])
}

/// 1 if the weights have zero points, 0 if they have none.
const fn zero_points(points: &PerChannel<i8>) -> u64 {
	if matches!(points, PerChannel::One(0)) {
		0
	} else {
		1
	}
}

fn pooled(window: &Window, channels: u64) -> u64 {
	let area = u64::from(window.area());
	sum([&[area, PER_PLACE], &[area, channels, PER_POOLED]])
}

/// MAC equivalents of one row of an ensemble: each tree is counted with its longest path.
fn trees(ensemble: &TreeEnsemble) -> u64 {
	// Of trees that are not well-formed, which validation refuses, the depth does not matter.
	let depths = ensemble.depths(u32::MAX).unwrap_or_default();
	let depth = depths.iter().fold(0u64, |sum, depth| sum.saturating_add((*depth).into()));
	let per_tree = u64::from(clip(ensemble.leaf_width())).saturating_add(PER_TREE);
	depth.saturating_mul(PER_STEP).saturating_add(per_tree.saturating_mul(ensemble.trees().into()))
}
