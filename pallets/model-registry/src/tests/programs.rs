// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Programs for the tests.

use aivm_inference::{
	Dense, Dtype, Op, Operation, PerChannel, Program, ProgramOutput, Quantisation, Shape, TensorSpec, ValueId,
};

/// Features of the test programs.
const FEATURES: u32 = 16;
/// Classes of the test programs.
const CLASSES: i32 = 12;

/// A dense layer and the place of its largest result. The weights depend on `seed`, the size does not.
pub fn dense(seed: u8) -> Vec<u8> {
	let inputs = vec![TensorSpec {
		dtype: Dtype::I8,
		shape: Shape::new(&[FEATURES]).expect("a shape of one dimension"),
		quantisation: Quantisation::Raw,
	}];
	let weights = (0..FEATURES as i32 * CLASSES).map(|i| (i * (i + i32::from(seed)) % 101) as i8).collect();
	let layer =
		Dense { input_zero_point: 3, weight_zero_points: PerChannel::One(1), bias: (0..CLASSES).collect(), weights };
	let operations = vec![
		Operation { inputs: vec![ValueId(0)], op: Op::Dense(layer) },
		Operation { inputs: vec![ValueId(1)], op: Op::ArgMax },
	];
	let outputs = vec![ProgramOutput { value: ValueId(2), quantisation: Quantisation::Raw }];
	Program::new(inputs, operations, outputs).expect("the operations fit").to_bytes()
}
