// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The cost model: how much work a program is, before it runs.
//!
//! A cost is a linear formula of the shapes, so it is known once a program is validated. The constants below compare each
//! kind of work with one int8 multiply-accumulate. They were fitted to the portable kernels compiled to WebAssembly without
//! SIMD, as a runtime runs them, allocation included: with 0.65 ns for a MAC and 0.08 ns for a byte, no operator is
//! under-stated and none over-stated more than twice. On another machine both times change together. To measure the time
//! for a MAC, run a dense layer whose number of outputs is not a multiple of 4; multiples of 4 are about a third faster.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::{
	operation::Op,
	tensor::{Dtype, TensorType},
	tree::{clip, TreeEnsemble},
};

/// MAC equivalents of decoding and starting an operation, whatever its size.
pub const PER_OPERATION: u64 = 320;
/// MAC equivalents of starting one row of a dense layer, besides 1 for each of its features.
pub const PER_DENSE_ROW: u64 = 24;
/// MAC equivalents of starting one sum of a dense layer, besides 1 for each of its products.
pub const PER_SUM: u64 = 6;
/// MAC equivalents of requantising one element.
pub const PER_REQUANTISE: u64 = 4;
/// MAC equivalents of starting one row of a requantisation or argmax.
pub const PER_ROW: u64 = 2;
/// MAC equivalents of clamping one 8-bit element.
pub const PER_CLAMP_I8: u64 = 2;
/// MAC equivalents of clamping one 32-bit element.
pub const PER_CLAMP_I32: u64 = 1;
/// MAC equivalents of comparing one element in an argmax.
pub const PER_COMPARE: u64 = 1;
/// MAC equivalents of one comparison on a path of a decision tree.
pub const PER_STEP: u64 = 10;
/// MAC equivalents of starting a decision tree, besides 1 for each weight of the leaf.
pub const PER_TREE: u64 = 12;
/// MAC equivalents of decoding one branch of a decision tree, once for all rows.
pub const PER_BRANCH: u64 = 1;

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
/// | operator | MAC equivalents |
/// |---|---|
/// | every operation | [`PER_OPERATION`] |
/// | Dense, `R` rows, `K` to `N` | `R * (N * (K + PER_SUM) + K + PER_DENSE_ROW)` |
/// | Requantise, `R` rows of `C` | `R * (C * PER_REQUANTISE + PER_ROW)` |
/// | Clamp, `R` rows of `C` | `R * C * PER_CLAMP_I8` or `PER_CLAMP_I32` |
/// | ArgMax, `R` rows of `C` | `R * (C * PER_COMPARE + PER_ROW)` |
/// | TreeEnsemble, `R` rows | `R * (total depth * PER_STEP + trees * (PER_TREE + weights of a leaf)) + branches * PER_BRANCH` |
///
/// Bytes are those of all inputs and of the result.
pub fn operation_cost(op: &Op, inputs: &[TensorType], output: &TensorType) -> Cost {
	let tensors = inputs.iter().chain([output]);
	let bytes = tensors.fold(0u64, |sum, tensor| sum.saturating_add(tensor.bytes().into()));
	let input = inputs.first().unwrap_or(output);
	let rows = u64::from(input.shape.rows());
	let features = u64::from(input.shape.features());
	let per_row = match (op, input.dtype) {
		(Op::Dense(layer), _) => {
			let sums = u64::from(clip(layer.bias.len())).saturating_mul(features.saturating_add(PER_SUM));
			sums.saturating_add(features).saturating_add(PER_DENSE_ROW)
		}
		(Op::Requantise(_), _) => features.saturating_mul(PER_REQUANTISE).saturating_add(PER_ROW),
		(Op::Clamp(_), Dtype::I8) => features.saturating_mul(PER_CLAMP_I8),
		(Op::Clamp(_), Dtype::I32) => features.saturating_mul(PER_CLAMP_I32),
		(Op::ArgMax, _) => features.saturating_mul(PER_COMPARE).saturating_add(PER_ROW),
		(Op::TreeEnsemble(ensemble), _) => trees(ensemble),
	};
	let once = match op {
		Op::TreeEnsemble(ensemble) => u64::from(clip(ensemble.features.len())).saturating_mul(PER_BRANCH),
		Op::Dense(_) | Op::Requantise(_) | Op::Clamp(_) | Op::ArgMax => 0,
	};
	Cost { macs: rows.saturating_mul(per_row).saturating_add(once).saturating_add(PER_OPERATION), bytes }
}

/// MAC equivalents of one row of an ensemble: each tree is counted with its longest path.
fn trees(ensemble: &TreeEnsemble) -> u64 {
	// Of trees that are not well-formed, which validation refuses, the depth does not matter.
	let depths = ensemble.depths(u32::MAX).unwrap_or_default();
	let depth = depths.iter().fold(0u64, |sum, depth| sum.saturating_add((*depth).into()));
	let per_tree = u64::from(clip(ensemble.leaf_width())).saturating_add(PER_TREE);
	depth.saturating_mul(PER_STEP).saturating_add(per_tree.saturating_mul(ensemble.trees().into()))
}
