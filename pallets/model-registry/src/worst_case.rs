// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The program that is slowest to validate.

#![allow(
	clippy::expect_used,
	clippy::arithmetic_side_effects,
	reason = "only benchmarks and tests use it, and what panics there fails"
)]

use aivm_inference::{
	Comparison, Dtype, Leaves, Op, Operation, Program, ProgramOutput, Quantisation, Shape, TensorSpec, TreeEnsemble,
	ValueId,
};
use alloc::{vec, vec::Vec};

/// The valid program of at most `bytes` bytes whose validation takes longest. It is as large as whole trees make it.
///
/// It is an ensemble of trees of one leaf each, because validation works on each tree by itself and these are the smallest
/// trees. Per byte they take about 1.5 times as long as per-channel requantisation, twice as long as trees with
/// branches, and 6 times as long as a large dense layer.
pub(crate) fn slowest_program(bytes: u32) -> Vec<u8> {
	// One tree more makes the program longer by the same size, and the two length prefixes by up to 3 bytes each.
	let tree_bytes = single_leaf_trees(2).len() - single_leaf_trees(1).len();
	let around = single_leaf_trees(1).len() - tree_bytes + 6;
	let trees = (bytes as usize).saturating_sub(around).checked_div(tree_bytes).unwrap_or(1);
	single_leaf_trees(trees.max(1))
}

/// A program of `trees` trees without branches.
fn single_leaf_trees(trees: usize) -> Vec<u8> {
	let ensemble = TreeEnsemble {
		comparison: Comparison::LessOrEqual,
		base: vec![0],
		sizes: vec![1; trees],
		features: Vec::new(),
		thresholds: Vec::new(),
		splits: Vec::new(),
		leaves: Leaves::PerOutput,
		weights: (-3..4).cycle().take(trees).collect(),
	};
	let inputs = vec![TensorSpec {
		dtype: Dtype::I8,
		shape: Shape::new(&[1]).expect("one dimension is a shape"),
		quantisation: Quantisation::Raw,
	}];
	let operations = vec![Operation { inputs: vec![ValueId(0)], op: Op::TreeEnsemble(ensemble) }];
	let outputs = vec![ProgramOutput { value: ValueId(1), quantisation: Quantisation::Raw }];
	Program::new(inputs, operations, outputs).expect("the operation fits its input").to_bytes()
}
