// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The proof that sums stay in `i32` accepts exactly what it must.

mod common;

use aivm_inference::*;
use common::{chain, plain_dense, raw};

fn overflow(result: Result<(Program, Summary), ProgramError>) -> Option<(u16, u32, i64, i64)> {
	match result {
		Ok(_) => None,
		Err(ProgramError::Operation {
			operation,
			error: OperationError::AccumulatorOverflow { channel, lowest, highest },
		}) => Some((operation, channel, lowest, highest)),
		Err(other) => panic!("{other}"),
	}
}

fn last_i32(output: &[u8]) -> i32 {
	i32::from_le_bytes(output[output.len() - 4..].try_into().unwrap())
}

#[test]
fn dense_should_be_accepted_up_to_the_last_value_of_i32_and_refused_after_it() {
	let build = |bias| chain(raw(Dtype::I8, &[2]), vec![Op::Dense(plain_dense(&[0, 0, 127, -128], &[0, bias]))]);
	// Highest: 127 * 127 + (-128) * (-128). Lowest: 127 * (-128) + (-128) * 127.
	let (up, down) = (127 * 127 + 128 * 128, 2 * 127 * 128);
	let (most, least) = (i32::MAX - up, i32::MIN + down);

	let (program, _) = build(most).unwrap();
	assert_eq!(last_i32(&program.run(&[127, 128]).unwrap()), i32::MAX);
	assert_eq!(overflow(build(most + 1)), Some((0, 1, i64::from(most) + 1 - i64::from(down), i64::from(i32::MAX) + 1)));

	let (program, _) = build(least).unwrap();
	assert_eq!(last_i32(&program.run(&[128, 127]).unwrap()), i32::MIN);
	assert_eq!(overflow(build(least - 1)), Some((0, 1, i64::from(i32::MIN) - 1, i64::from(least) - 1 + i64::from(up))));
}

#[test]
fn dense_should_count_zero_points_in_the_bound() {
	let build = |bias| {
		let layer = Dense {
			input_zero_point: -128,
			weight_zero_points: PerChannel::One(-128),
			bias: vec![bias],
			weights: vec![127],
		};
		chain(raw(Dtype::I8, &[1]), vec![Op::Dense(layer)])
	};
	let (program, _) = build(i32::MAX - 255 * 255).unwrap();
	assert_eq!(last_i32(&program.run(&[127]).unwrap()), i32::MAX);
	assert!(overflow(build(i32::MAX - 255 * 255 + 1)).is_some());
	// The term is never negative, so the bias may be the lowest number.
	assert!(build(i32::MIN).is_ok());
}

#[test]
fn dense_should_be_accepted_when_a_clamp_or_a_requantisation_bounds_its_input() {
	let build = |before: Vec<Op>, bias| {
		let layer = Op::Dense(plain_dense(&[100], &[bias]));
		chain(raw(Dtype::I8, &[1]), before.into_iter().chain([layer]).collect())
	};
	let clamp = || vec![Op::Clamp(Clamp { low: -3, high: 5 })];
	assert!(overflow(build(vec![], i32::MAX - 500)).is_some());
	let (program, _) = build(clamp(), i32::MAX - 500).unwrap();
	assert_eq!(last_i32(&program.run(&[127]).unwrap()), i32::MAX);
	assert!(overflow(build(clamp(), i32::MAX - 499)).is_some());
	assert!(build(clamp(), i32::MIN + 300).is_ok());
	assert!(overflow(build(clamp(), i32::MIN + 299)).is_some());
	// A second, wider clamp changes nothing.
	let wider = || [clamp(), vec![Op::Clamp(Clamp { low: -100, high: 100 })]].concat();
	assert!(build(wider(), i32::MAX - 500).is_ok());
	assert!(build(wider(), i32::MIN + 300).is_ok());

	// 127 / 32 rounds to 4, -128 / 32 to -4.
	let requantise = || {
		let multipliers = PerChannel::One(Multiplier::new(1 << 30, 35).unwrap());
		vec![Op::Dense(plain_dense(&[1], &[0])), Op::Requantise(Requantise { multipliers, zero_point: 0 })]
	};
	assert!(build(requantise(), i32::MAX - 400).is_ok());
	assert!(overflow(build(requantise(), i32::MAX - 399)).is_some());
}

#[test]
fn dense_should_keep_every_partial_sum_in_range_in_any_order() {
	// The input is always at least 100: the finished sum is 0 or near it, but the positive half alone leaves i32.
	let build = |features: u32| {
		let weights = [vec![127i8; features as usize / 2], vec![-127; features as usize / 2]].concat();
		let ops = vec![Op::Clamp(Clamp { low: 100, high: 100 }), Op::Dense(plain_dense(&weights, &[0]))];
		chain(raw(Dtype::I8, &[features]), ops)
	};
	// 127 * 100 * half <= 2^31 - 1 exactly up to half = 169,093.
	assert!(build(2 * 169_093).is_ok());
	assert!(overflow(build(2 * 169_094)).is_some());
}

#[test]
fn trees_should_be_accepted_up_to_the_last_value_of_i32_and_refused_after_it() {
	let build = |base: i32, weights: [i32; 4]| {
		let leaf = |weight| Box::new(Tree::Leaf(vec![weight]));
		let tree = |low, high| Tree::Branch { feature: 0, threshold: 0, first: leaf(low), second: leaf(high) };
		let trees = [tree(weights[0], weights[1]), tree(weights[2], weights[3])];
		let trees = TreeEnsemble::from_trees(Comparison::Less, vec![7, base], &trees, Some(vec![1, 1])).unwrap();
		chain(raw(Dtype::I8, &[1]), vec![Op::TreeEnsemble(trees)])
	};
	let (program, _) = build(i32::MAX - 30, [5, 10, -3, 20]).unwrap();
	assert_eq!(last_i32(&program.run(&[1]).unwrap()), i32::MAX);
	assert_eq!(
		overflow(build(i32::MAX - 29, [5, 10, -3, 20])),
		Some((0, 1, i64::from(i32::MAX) - 32, i64::from(i32::MAX) + 1))
	);
	let (program, _) = build(i32::MIN + 30, [-10, 2, -20, 1]).unwrap();
	assert_eq!(last_i32(&program.run(&[255]).unwrap()), i32::MIN);
	assert!(overflow(build(i32::MIN + 29, [-10, 2, -20, 1])).is_some());
}

#[test]
fn trees_should_bound_each_output_by_its_own_leaves() {
	let build = |base: [i32; 2]| {
		let leaf = |low, high| Box::new(Tree::Leaf(vec![low, high]));
		let tree = Tree::Branch { feature: 0, threshold: 0, first: leaf(1, -5), second: leaf(4, 9) };
		let trees = TreeEnsemble::from_trees(Comparison::Less, base.to_vec(), &[tree], None).unwrap();
		chain(raw(Dtype::I8, &[1]), vec![Op::TreeEnsemble(trees)])
	};
	assert!(build([i32::MAX - 4, i32::MAX - 9]).is_ok());
	assert!(build([i32::MIN, i32::MIN + 5]).is_ok());
	assert_eq!(overflow(build([i32::MAX - 3, 0])).map(|refusal| refusal.1), Some(0));
	assert_eq!(overflow(build([0, i32::MAX - 8])).map(|refusal| refusal.1), Some(1));
	assert_eq!(overflow(build([0, i32::MIN + 4])).map(|refusal| refusal.1), Some(1));
}
