// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What counts as weights of a program.

use aivm_inference::{Data, Dtype, Op, Program, Tensor};
use aivm_verification::Fr;

use super::linear::field;

/// The numbers that are secret with private weights, in the order in which the program holds them: for each operation the
/// bias and the weights of a layer, the base, the thresholds and the leaf weights of an ensemble of trees, the table of an
/// embedding.
pub(crate) fn numbers(program: &Program) -> Vec<(i128, Dtype)> {
	let mut numbers = Vec::new();
	let words = |numbers: &mut Vec<_>, list: &[i32]| numbers.extend(list.iter().map(|n| (i128::from(*n), Dtype::I32)));
	let bytes = |numbers: &mut Vec<_>, list: &[i8]| numbers.extend(list.iter().map(|n| (i128::from(*n), Dtype::I8)));
	for operation in program.operations() {
		match &operation.op {
			Op::Dense(layer) => {
				words(&mut numbers, &layer.bias);
				bytes(&mut numbers, &layer.weights);
			}
			Op::Conv2d(layer) => {
				words(&mut numbers, &layer.bias);
				bytes(&mut numbers, &layer.weights);
			}
			Op::TreeEnsemble(trees) => {
				words(&mut numbers, &trees.base);
				words(&mut numbers, &trees.thresholds);
				words(&mut numbers, &trees.weights);
			}
			Op::Embed(embed) => bytes(&mut numbers, &embed.table),
			_ => (),
		}
	}
	numbers
}

/// The bytes that a commitment to private weights holds: for each operation of the program in order, the bias and the weights
/// of a layer, the base, the thresholds and the leaf weights of an ensemble of trees, the table of an embedding; 32-bit
/// numbers in little-endian form, 8-bit numbers as bytes.
pub fn weight_bytes(program: &Program) -> Vec<u8> {
	let mut bytes = Vec::new();
	for (number, dtype) in numbers(program) {
		bytes.extend(number.to_le_bytes().iter().take(dtype.size() as usize));
	}
	bytes
}

/// The elements of all inputs, in order; those that the bytes do not hold are left out.
pub(crate) fn elements(program: &Program, input: &[u8]) -> Vec<Fr> {
	let mut rest = input;
	let mut elements = Vec::new();
	for spec in program.inputs() {
		let Some((bytes, after)) = rest.split_at_checked(spec.tensor_type().bytes() as usize) else { break };
		rest = after;
		match Tensor::from_bytes(spec.tensor_type(), bytes).as_ref().map(Tensor::data) {
			Some(Data::I8(values)) => elements.extend(values.iter().map(|value| field((*value).into()))),
			Some(Data::I32(values)) => elements.extend(values.iter().map(|value| field((*value).into()))),
			None => (),
		}
	}
	elements
}
