// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The program that is slowest to validate.

#![allow(
	clippy::expect_used,
	clippy::arithmetic_side_effects,
	clippy::cast_possible_truncation,
	reason = "only benchmarks and tests use it, and what panics there fails"
)]

use aivm_inference::{
	Comparison, Dtype, Leaves, Limits, Op, Operation, Program, ProgramOutput, Quantisation, Shape, TensorSpec,
	TreeEnsemble, ValueId, MAX_OPERANDS,
};
use alloc::{vec, vec::Vec};

/// The valid program of at most `bytes` bytes whose validation takes longest.
///
/// Operations take longest for their bytes, most of all those with many inputs, so it has as many as the limits allow. The
/// rest is one ensemble of trees of one leaf each, because validation works on each tree by itself and these are the
/// smallest trees. Per byte they take about 1.5 times as long as per-channel requantisation, twice as long as trees
/// with branches, and 6 times as long as a large dense layer.
pub(crate) fn slowest_program(bytes: u32) -> Vec<u8> {
	let bytes = bytes as usize;
	let most = (Limits::DEFAULT.max_operations as usize).saturating_sub(1) / 2;
	// The length prefixes of a large program take up to 12 bytes more than those of a small one.
	let around = program(0, 1).len() + 12;
	let pair_bytes = program(1, 1).len() - program(0, 1).len();
	let pairs = most.min(bytes.saturating_sub(around) / pair_bytes);
	let tree_bytes = program(0, 2).len() - program(0, 1).len();
	let trees = bytes.saturating_sub(around + pairs * pair_bytes) / tree_bytes;
	program(pairs, trees.max(1))
}

/// A program of `pairs` times a concatenation and an argmax, and `trees` trees without branches.
fn program(pairs: usize, trees: usize) -> Vec<u8> {
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
	let mut operations = Vec::new();
	let newest = |operations: &Vec<Operation>| ValueId(operations.len() as u16);
	for _ in 0..pairs {
		let inputs = vec![newest(&operations); MAX_OPERANDS.into()];
		operations.push(Operation { inputs, op: Op::Concat { axis: 0 } });
		operations.push(Operation { inputs: vec![newest(&operations)], op: Op::ArgMax });
	}
	operations.push(Operation { inputs: vec![newest(&operations)], op: Op::TreeEnsemble(ensemble) });
	let outputs = vec![ProgramOutput { value: newest(&operations), quantisation: Quantisation::Raw }];
	Program::new(inputs, operations, outputs).expect("the operations fit each other").to_bytes()
}
