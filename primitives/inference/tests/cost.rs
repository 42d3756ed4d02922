// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The cost model: its formulas, and that it never counts less than a run does.

mod common;

use aivm_inference::{cost::*, *};
use common::{chain, plain_dense, raw, Random};
use proptest::prelude::*;

/// Cost of `op` alone, on an input of this type.
fn cost_of(op: &Op, dtype: Dtype, dims: &[u32]) -> Cost {
	let input = raw(dtype, dims).tensor_type();
	operation_cost(op, &[input], &op.output_type(&[input]).unwrap())
}

fn trees(count: usize, targets: Option<Vec<u16>>) -> TreeEnsemble {
	let width = if targets.is_some() { 1 } else { 5 };
	let leaf = || Box::new(Tree::Leaf(vec![1; width]));
	let branch = |second| Tree::Branch { feature: 0, threshold: 0, first: leaf(), second };
	let tree = branch(Box::new(branch(leaf())));
	TreeEnsemble::from_trees(Comparison::Less, vec![0; 5], &vec![tree; count], targets).unwrap()
}

/// A 2 by 2 convolution of 4 channels: depthwise, or 2 groups of 3 outputs each.
fn conv2d(groups: u32) -> Op {
	let outputs = if groups == 4 { 4 } else { 6 };
	Op::Conv2d(Conv2d {
		window: Window::plain([2, 2], 1),
		groups,
		input_zero_point: 0,
		weight_zero_points: PerChannel::One(0),
		bias: vec![0; outputs],
		weights: vec![1; outputs * 4 * 4 / groups as usize],
	})
}

#[test]
fn operation_cost_should_follow_its_table() {
	let dense = Op::Dense(plain_dense(&[1; 700], &[0; 7]));
	let requantise = Op::Requantise(Requantise { multipliers: PerChannel::One(Multiplier::ONE), zero_point: 0 });
	let clamp = Op::Clamp(Clamp { low: 0, high: 1 });
	let boosted = Op::TreeEnsemble(trees(6, Some(vec![0; 6])));
	let forest = Op::TreeEnsemble(trees(6, None));
	let (i8, i32) = (Dtype::I8, Dtype::I32);
	let cases = [
		(dense, i8, vec![3, 100], 6, 3 * (7 * (100 + PER_SUM) + 100 * PER_FEATURE + PER_DENSE_ROW), 300 + 3 * 7 * 4),
		(requantise, i32, vec![2, 2, 10], 2, 4 * (10 * PER_REQUANTISE + PER_ROW), 40 * 5),
		(clamp.clone(), i8, vec![4, 10], 2, 40 * PER_CLAMP_I8, 80),
		(clamp, i32, vec![4, 10], 2, 0, 320),
		(Op::ArgMax, i8, vec![4, 10], 2, 40 * PER_COMPARE, 40 + 16),
		(Op::ArgMax, i32, vec![10], 2, 10 * PER_COMPARE, 40 + 4),
		// 6 trees of depth 2, with 2 branches each.
		(boosted, i32, vec![3, 8], 9, 3 * (12 * PER_STEP + 6 * (PER_TREE + 1)) + 18 * PER_LEAF, 96 + 60),
		(forest, i8, vec![8], 8, 12 * PER_STEP + 6 * (PER_TREE + 5) + 18 * PER_LEAF, 8 + 20),
		// 16 positions of 2 groups, each of 4 places with 2 numbers, and 3 sums.
		(
			conv2d(2),
			i8,
			vec![1, 5, 5, 4],
			7,
			16 * (2 * (PER_DENSE_ROW + 4 * PER_PLACE + 8 * PER_GATHERED) + 6 * (8 + PER_SUM)),
			100 + 16 * 6 * 4,
		),
		// 16 positions of 4 places with 4 channels; the 16 weights are turned round.
		(
			conv2d(4),
			i8,
			vec![1, 5, 5, 4],
			5,
			16 * 4 * (PER_PLACE + 4 * PER_DEPTHWISE) + 16 * PER_STRIDED,
			100 + 16 * 16,
		),
	];
	for (op, dtype, dims, lists, macs, bytes) in cases {
		let macs = macs + lists * PER_ALLOCATION + PER_OPERATION;
		assert_eq!(cost_of(&op, dtype, &dims), Cost { macs, bytes }, "{} {dims:?}", op.name());
	}
}

#[test]
fn summary_should_count_the_longest_path_of_unbalanced_trees() {
	let leaf = || Box::new(Tree::Leaf(vec![1]));
	let mut tree = *leaf();
	for threshold in 0..9 {
		tree = Tree::Branch { feature: 0, threshold, first: Box::new(tree), second: leaf() };
	}
	let ensemble = TreeEnsemble::from_trees(Comparison::Less, vec![0], &[tree], Some(vec![0])).unwrap();
	assert_eq!(ensemble.depths(1), Ok(vec![9]));
	let cost = cost_of(&Op::TreeEnsemble(ensemble), Dtype::I8, &[1]);
	let lists = 9 * PER_ALLOCATION;
	assert_eq!(cost.macs, lists + PER_OPERATION + 9 * PER_STEP + PER_TREE + 1 + 10 * PER_LEAF);
}

#[test]
fn summary_should_add_up_operations_program_input_and_output() {
	let layer = || Op::Dense(plain_dense(&[1; 6], &[0; 2]));
	let (program, summary) = chain(raw(Dtype::I8, &[3]), vec![layer(), Op::ArgMax]).unwrap();
	let (dense, arg_max) = (cost_of(&layer(), Dtype::I8, &[3]), cost_of(&Op::ArgMax, Dtype::I32, &[2]));
	// The input has two lists: dimensions and elements.
	assert_eq!(summary.cost.macs, dense.macs + arg_max.macs + 2 * PER_ALLOCATION);
	// The program once; the input and the output are read and written.
	let around = program.to_bytes().len() as u64 + 2 * 3 + 2 * 4;
	assert_eq!(summary.cost.bytes, dense.bytes + arg_max.bytes + around);
	assert_eq!(summary.operations, 2);
	assert_eq!(Cost { macs: u64::MAX, bytes: 1 }.saturating_add(summary.cost).macs, u64::MAX);
}

/// What a run does at least: products, comparisons of trees on the path taken at most, and elements.
fn least_work(program: &Program) -> u64 {
	let types = program.value_types();
	let results = &types[program.inputs().len()..];
	program.operations().iter().zip(results).fold(0, |sum, (operation, output)| {
		let input = types[usize::from(operation.inputs[0].0)].shape;
		let (elements, rows) = (u64::from(input.elements()), u64::from(input.rows()));
		let made = u64::from(output.shape.elements());
		sum + match &operation.op {
			Op::Dense(layer) => elements * layer.bias.len() as u64,
			Op::Conv2d(layer) => made * layer.weights.len() as u64 / layer.bias.len() as u64,
			Op::TreeEnsemble(trees) => {
				let depths = trees.depths(input.features()).unwrap();
				rows * depths.iter().map(|depth| u64::from(*depth)).sum::<u64>()
			}
			Op::MaxPool(MaxPool { window }) | Op::AveragePool(AveragePool { window, .. }) => {
				made * u64::from(window.area())
			}
			// Copies, of which the bytes count.
			Op::Concat { .. } | Op::Reshape { .. } | Op::Embed(_) | Op::Clamp(_) => 0,
			Op::ArgMax => elements,
			_ => made,
		}
	})
}

proptest! {
	#[test]
	fn summary_should_never_count_less_than_a_run_does(seed in any::<u64>()) {
		let program = Random(seed).program();
		let summary = program.validate(&Limits::DEFAULT).unwrap();
		prop_assert!(summary.cost.macs >= least_work(&program));
		let tensors: u64 = program.value_types().iter().map(|value| u64::from(value.bytes())).sum();
		prop_assert!(summary.cost.bytes >= tensors + program.to_bytes().len() as u64);
	}
}
