// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The interpreter against the reference evaluator.

mod common;

use aivm_inference::*;
use common::{chain, raw, reference, Random};
use proptest::prelude::*;

#[test]
fn random_programs_should_have_every_operator() {
	let mut random = Random(1);
	let mut seen = std::collections::BTreeSet::new();
	for _ in 0..500 {
		seen.extend(random.program().operations().iter().map(|operation| operation.op.name()));
	}
	// One for each index of the format.
	assert_eq!(seen.len(), 16, "{seen:?}");
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(10_000))]

	#[test]
	fn run_should_equal_the_reference_on_random_programs(seed in any::<u64>()) {
		let mut random = Random(seed);
		let program = random.program();
		let decoded = Program::decode_validated(&program.to_bytes()).unwrap();
		for _ in 0..3 {
			let input = random.input(&program);
			let output = program.run(&input).unwrap();
			prop_assert_eq!(&output, &reference::run(&program, &input));
			prop_assert_eq!(&output, &decoded.run(&input).unwrap());
		}
	}

	#[test]
	fn execute_op_should_rebuild_every_value_of_a_run(seed in any::<u64>()) {
		let mut random = Random(seed);
		let program = random.program();
		let input = random.input(&program);
		let mut rest = &input[..];
		let mut values = Vec::new();
		for spec in program.inputs() {
			let (bytes, after) = rest.split_at(spec.tensor_type().bytes() as usize);
			values.push(Tensor::from_bytes(spec.tensor_type(), bytes).unwrap());
			rest = after;
		}
		for operation in program.operations() {
			let operands: Vec<_> = operation.inputs.iter().map(|input| &values[usize::from(input.0)]).collect();
			let value = execute_op::<kernels::Portable>(&operation.op, &operands).unwrap();
			prop_assert_eq!(value.tensor_type(), program.value_types()[values.len()]);
			values.push(value);
		}
		let mut output = Vec::new();
		for part in program.output_values() {
			values[usize::from(part.value.0)].write_to(&mut output);
		}
		prop_assert_eq!(output, program.run(&input).unwrap());
	}

	#[test]
	fn dense_should_equal_the_reference_at_sizes_around_vector_widths(seed in any::<u64>(), features in 1u32..150) {
		let mut random = Random(seed);
		let outputs = random.size(1, 9);
		let dense = Dense {
			input_zero_point: random.i8(),
			weight_zero_points: PerChannel::One(random.i8()),
			bias: (0..outputs).map(|_| random.next() as i32 / 4).collect(),
			weights: (0..features * outputs).map(|_| random.i8()).collect(),
		};
		let (program, _) = chain(raw(Dtype::I8, &[2, features]), vec![Op::Dense(dense)]).unwrap();
		let input = random.input(&program);
		prop_assert_eq!(program.run(&input).unwrap(), reference::run(&program, &input));
	}

	#[test]
	fn intervals_should_hold_every_value_of_a_run(seed in any::<u64>()) {
		let mut random = Random(seed);
		let program = random.program();
		let mut ranges: Vec<_> = program.inputs().iter().map(interval::Interval::of_input).collect();
		let input = random.input(&program);
		let mut rest = &input[..];
		let mut values = Vec::new();
		for spec in program.inputs() {
			let (bytes, after) = rest.split_at(spec.tensor_type().bytes() as usize);
			values.push(Tensor::from_bytes(spec.tensor_type(), bytes).unwrap());
			rest = after;
		}
		for operation in program.operations() {
			let places: Vec<_> = operation.inputs.iter().map(|input| usize::from(input.0)).collect();
			let inputs: Vec<_> = places.iter().map(|place| (values[*place].tensor_type(), ranges[*place])).collect();
			let range = interval::analyse(&operation.op, &inputs).unwrap();
			let operands: Vec<&Tensor> = places.iter().map(|place| &values[*place]).collect();
			let value = execute_op::<kernels::Portable>(&operation.op, &operands).unwrap();
			let in_range = |x: i32| range.low <= x && x <= range.high;
			match value.data() {
				Data::I8(elements) => prop_assert!(elements.iter().all(|x| in_range((*x).into()))),
				Data::I32(elements) => prop_assert!(elements.iter().all(|x| in_range(*x))),
			}
			values.push(value);
			ranges.push(range);
		}
	}
}
