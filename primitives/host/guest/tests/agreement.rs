// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! One meaning on both sides of the WebAssembly border, with the portable kernels and with those of the host.

use aivm_guest::{Guest, Work};
use aivm_host::HostKernels;
use aivm_inference::{
	kernels::Portable, Dense, Limits, Op, PerChannel, Program, ProgramBuilder, Quantisation, ValueId,
};

#[path = "../../../inference/tests/common/mod.rs"]
mod common;

use common::{raw, Random};

/// Runs a program in all four ways and compares.
fn agree(guest: &Guest, program: &Program, input: &[u8], what: &str) {
	let bytes = program.to_bytes();
	let expected = program.run_with::<Portable>(input).unwrap();
	assert_eq!(program.run_with::<HostKernels>(input).unwrap(), expected, "native, host kernels: {what}");
	assert_eq!(guest.portable(Work::DecodeAndRun, &bytes, input, 1).unwrap(), expected, "WASM, portable: {what}");
	assert_eq!(guest.host(Work::DecodeAndRun, &bytes, input, 1).unwrap(), expected, "WASM, host kernels: {what}");
}

/// A program of one operator.
fn single(op: Op, dims: &[u32]) -> Program {
	let mut builder = ProgramBuilder::new(vec![raw(aivm_inference::Dtype::I8, dims)]);
	let value = builder.operation(op, vec![ValueId(0)]);
	builder.output(value, Quantisation::Raw);
	builder.build(&Limits { max_output_len: 1 << 22, ..Limits::DEFAULT }).unwrap().0
}

#[test]
fn ten_thousand_random_programs_should_mean_the_same_in_the_runtime() {
	let guest = Guest::new().unwrap();
	let mut random = Random(2_609);
	for number in 0..10_000 {
		let program = random.program();
		let input = random.input(&program);
		agree(&guest, &program, &input, &format!("random program {number}"));
	}
}

#[test]
fn layers_of_random_shapes_should_mean_the_same_in_the_runtime() {
	let guest = Guest::new().unwrap();
	let mut random = Random(7);
	for number in 0..300 {
		let (rows, features, outputs) = (random.size(1, 20), random.size(1, 300), random.size(1, 70));
		let dense = Dense {
			input_zero_point: random.i8(),
			weight_zero_points: PerChannel::One(if random.chance(2) { 0 } else { random.i8() }),
			bias: (0..outputs).map(|_| random.range(-1_000_000, 1_000_000) as i32).collect(),
			weights: (0..outputs * features).map(|_| random.i8()).collect(),
		};
		let program = single(Op::Dense(dense), &[rows, features]);
		let input = random.input(&program);
		agree(&guest, &program, &input, &format!("dense {number}: {rows} x {features} to {outputs}"));
		let dims = [random.size(1, 2), random.size(1, 20), random.size(1, 20), random.size(1, 40)];
		let program = single(Op::Conv2d(random.conv2d(dims)), &dims);
		let input = random.input(&program);
		agree(&guest, &program, &input, &format!("convolution {number}: {dims:?}"));
	}
}

#[test]
fn guest_should_say_why_there_is_no_output() {
	let guest = Guest::new().unwrap();
	let program = single(Op::ArgMax, &[4]);
	let bytes = program.to_bytes();
	let none = aivm_guest::GuestError::NoOutput;
	assert_eq!(guest.portable(Work::Run, &bytes[1..], &[0; 4], 1), Err(none.clone()));
	assert_eq!(guest.host(Work::Run, &bytes, &[0; 3], 1), Err(none.clone()));
	assert_eq!(guest.host(Work::DecodeAndRun, &bytes, &[0; 4], 0), Err(none));
}
