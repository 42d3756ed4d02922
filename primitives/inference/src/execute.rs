// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! One operation at a time: from tensors to a tensor.

use crate::{
	error::OperationError,
	kernels,
	operation::Op,
	tensor::{Data, Tensor},
};

/// Runs one operator: a pure function of its parameters and inputs, and the definition of what it means.
///
/// Fails only if inputs and parameters do not fit each other, which validation excludes.
pub fn execute_op(op: &Op, inputs: &[&Tensor]) -> Result<Tensor, OperationError> {
	// All operators of this version have one input.
	let [input] = inputs else {
		let given = u16::try_from(inputs.len()).unwrap_or(u16::MAX);
		return Err(OperationError::InputCount { expected: 1, given });
	};
	let output = op.output_type(&[input.tensor_type()])?;
	let features = usize::try_from(input.shape().features()).unwrap_or(usize::MAX);
	let data = match (op, input.data()) {
		(Op::Dense(dense), Data::I8(values)) => Data::I32(kernels::dense(
			values,
			features,
			dense.input_zero_point,
			&dense.weights,
			&dense.weight_zero_points,
			&dense.bias,
		)),
		(Op::Requantise(requantise), Data::I32(values)) => {
			Data::I8(kernels::requantise_rows(values, features, &requantise.multipliers, requantise.zero_point))
		}
		(Op::Clamp(clamp), Data::I8(values)) => Data::I8(kernels::clamp(values, narrow(clamp.low), narrow(clamp.high))),
		(Op::Clamp(clamp), Data::I32(values)) => Data::I32(kernels::clamp(values, clamp.low, clamp.high)),
		(Op::ArgMax, Data::I8(values)) => Data::I32(kernels::arg_max(values, features)),
		(Op::ArgMax, Data::I32(values)) => Data::I32(kernels::arg_max(values, features)),
		(Op::TreeEnsemble(trees), Data::I8(values)) => Data::I32(kernels::trees(values, features, trees)),
		(Op::TreeEnsemble(trees), Data::I32(values)) => Data::I32(kernels::trees(values, features, trees)),
		(Op::Dense(_) | Op::Requantise(_), _) => return Err(OperationError::OutputShape),
	};
	Tensor::new(output.shape, data).ok_or(OperationError::OutputShape)
}

/// A clamp bound as an 8-bit element; [`Op::output_type`] has refused bounds outside.
fn narrow(bound: i32) -> i8 {
	i8::try_from(bound).unwrap_or(if bound < 0 { i8::MIN } else { i8::MAX })
}
