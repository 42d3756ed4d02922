// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Programs for tests and benchmarks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]

#[cfg(feature = "runtime-benchmarks")]
use aivm_inference::{Comparison, Program, Summary, Tree, TreeEnsemble};
use aivm_inference::{Dense, Dtype, Limits, PerChannel, ProgramBuilder, Quantisation, Shape, TensorSpec};
#[cfg(feature = "runtime-benchmarks")]
use alloc::boxed::Box;
use alloc::{vec, vec::Vec};

/// Limits that every program here keeps.
const LIMITS: Limits = Limits::DEFAULT;

fn builder(dtype: Dtype, dims: &[u32], quantisation: Quantisation) -> ProgramBuilder {
	let shape = Shape::new(dims).expect("the dimensions are small");
	ProgramBuilder::new(vec![TensorSpec { dtype, shape, quantisation }])
}

fn build(builder: ProgramBuilder) -> Vec<u8> {
	builder.build(&LIMITS).expect("the programs of this file are valid").0.to_bytes()
}

#[cfg(feature = "runtime-benchmarks")]
fn layer(features: usize, outputs: usize) -> Dense {
	Dense {
		input_zero_point: 3,
		weight_zero_points: PerChannel::One(0),
		bias: (0..outputs).map(|channel| channel as i32).collect(),
		weights: (0..features * outputs).map(|place| (place % 251) as i8).collect(),
	}
}

/// Cost and sizes of a program of this file.
#[cfg(feature = "runtime-benchmarks")]
pub fn summary(program: &[u8]) -> Summary {
	Program::decode_and_validate(program, &LIMITS).expect("the programs of this file are valid").1
}

/// A dense layer from 784 to 3 features over so many rows, and the place of the largest output of each row.
///
/// The kernel does four outputs at a time; three take its slowest path, which costs about half as much again for each
/// multiply-accumulate.
#[cfg(feature = "runtime-benchmarks")]
pub fn dense(rows: u32) -> Vec<u8> {
	let mut builder = builder(Dtype::I8, &[rows, 784], Quantisation::Raw);
	let sums = builder.dense(builder.input(0), layer(784, 3));
	let best = builder.arg_max(sums);
	builder.output(best, Quantisation::Raw);
	build(builder)
}

/// The place of the largest of so many bytes: the lightest program for an input of this length.
#[cfg(feature = "runtime-benchmarks")]
pub fn largest(length: u32) -> Vec<u8> {
	let mut builder = builder(Dtype::I8, &[length], Quantisation::Raw);
	let best = builder.arg_max(builder.input(0));
	builder.output(best, Quantisation::Raw);
	build(builder)
}

/// A dense layer with so many KiB of weights, and the place of the largest output.
#[cfg(feature = "runtime-benchmarks")]
pub fn wide(kibibytes: u32) -> Vec<u8> {
	let mut builder = builder(Dtype::I8, &[1, 1_024], Quantisation::Raw);
	let sums = builder.dense(builder.input(0), layer(1_024, kibibytes as usize));
	let best = builder.arg_max(sums);
	builder.output(best, Quantisation::Raw);
	build(builder)
}

/// 32 complete trees of depth 10 over 64 features, for so many rows.
#[cfg(feature = "runtime-benchmarks")]
pub fn trees(rows: u32) -> Vec<u8> {
	fn tree(seed: u32, depth: u32) -> Tree {
		let hash = seed.wrapping_mul(0x9e37_79b1) >> 8;
		if depth == 0 {
			return Tree::Leaf(vec![(hash % 1_000) as i32]);
		}
		Tree::Branch {
			feature: (hash % 64) as u16,
			threshold: (hash / 64 % 256) as i32 - 128,
			first: Box::new(tree(seed * 2 + 1, depth - 1)),
			second: Box::new(tree(seed * 2 + 2, depth - 1)),
		}
	}
	let trees = (0..32).map(|number| tree(number, 10)).collect::<Vec<_>>();
	let ensemble = TreeEnsemble::from_trees(Comparison::LessOrEqual, vec![0], &trees, Some(vec![0; 32]))
		.expect("each leaf has one weight");
	let mut builder = builder(Dtype::I8, &[rows, 64], Quantisation::Raw);
	let sums = builder.trees(builder.input(0), ensemble);
	builder.output(sums, Quantisation::Raw);
	build(builder)
}

/// `[a, b, c, d]` to `[a + 10, b + c + d - 1]`.
#[cfg(test)]
pub fn sums() -> Vec<u8> {
	let mut builder = builder(Dtype::I8, &[4], Quantisation::Raw);
	let layer = Dense {
		input_zero_point: 0,
		weight_zero_points: PerChannel::One(0),
		bias: vec![10, -1],
		weights: vec![1, 0, 0, 0, 0, 1, 1, 1],
	};
	let sums = builder.dense(builder.input(0), layer);
	builder.output(sums, Quantisation::Raw);
	build(builder)
}

/// The place of the larger of two floating-point numbers.
#[cfg(test)]
pub fn larger() -> Vec<u8> {
	let mut builder = builder(Dtype::I32, &[2], Quantisation::FloatOrder);
	let best = builder.arg_max(builder.input(0));
	builder.output(best, Quantisation::Raw);
	build(builder)
}

/// Bytes that send a tree ensemble along many different paths.
#[cfg(feature = "runtime-benchmarks")]
pub fn noise(length: u32) -> Vec<u8> {
	(0..length).map(|place| (place.wrapping_mul(0x9e37_79b1) >> 17) as u8).collect()
}
