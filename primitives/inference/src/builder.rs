// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Puts programs together, value by value.

use alloc::{vec, vec::Vec};

use crate::{
	cost::Summary,
	error::ProgramError,
	limits::Limits,
	operation::{Clamp, Dense, Op, Operation, Requantise, ValueId},
	program::{Program, ProgramOutput},
	tensor::{Quantisation, TensorSpec},
	tree::{clip, TreeEnsemble},
};

/// Collects operations and outputs over fixed inputs. Nothing is checked before [`ProgramBuilder::build`].
#[derive(Clone, Debug)]
pub struct ProgramBuilder {
	inputs: Vec<TensorSpec>,
	operations: Vec<Operation>,
	outputs: Vec<ProgramOutput>,
}

impl ProgramBuilder {
	/// A program with these inputs, and no operations yet.
	pub const fn new(inputs: Vec<TensorSpec>) -> Self {
		Self { inputs, operations: Vec::new(), outputs: Vec::new() }
	}

	/// The value of input `number`, counted from 0.
	pub const fn input(&self, number: u16) -> ValueId {
		ValueId(number)
	}

	/// Adds an operation and returns the value that it makes.
	pub fn operation(&mut self, op: Op, inputs: Vec<ValueId>) -> ValueId {
		let place = self.inputs.len().saturating_add(self.operations.len());
		self.operations.push(Operation { inputs, op });
		// More values than `u16` counts are more than a program may have, so `build` refuses them.
		ValueId(u16::try_from(clip(place)).unwrap_or(u16::MAX))
	}

	/// Adds a dense layer.
	pub fn dense(&mut self, input: ValueId, layer: Dense) -> ValueId {
		self.operation(Op::Dense(layer), vec![input])
	}

	/// Adds a requantisation.
	pub fn requantise(&mut self, input: ValueId, layer: Requantise) -> ValueId {
		self.operation(Op::Requantise(layer), vec![input])
	}

	/// Adds a clamp to `low..=high`.
	pub fn clamp(&mut self, input: ValueId, low: i32, high: i32) -> ValueId {
		self.operation(Op::Clamp(Clamp { low, high }), vec![input])
	}

	/// Adds a ReLU on 8-bit elements whose `zero_point` stands for 0.
	pub fn relu(&mut self, input: ValueId, zero_point: i8) -> ValueId {
		self.clamp(input, zero_point.into(), i8::MAX.into())
	}

	/// Adds a ReLU on 32-bit sums.
	pub fn relu_sums(&mut self, input: ValueId) -> ValueId {
		self.clamp(input, 0, i32::MAX)
	}

	/// Adds an argmax over the last dimension.
	pub fn arg_max(&mut self, input: ValueId) -> ValueId {
		self.operation(Op::ArgMax, vec![input])
	}

	/// Adds an ensemble of decision trees.
	pub fn trees(&mut self, input: ValueId, trees: TreeEnsemble) -> ValueId {
		self.operation(Op::TreeEnsemble(trees), vec![input])
	}

	/// Makes `value` the next output, and states what its integers mean.
	pub fn output(&mut self, value: ValueId, quantisation: Quantisation) {
		self.outputs.push(ProgramOutput { value, quantisation });
	}

	/// Puts the program together and validates it.
	pub fn build(self, limits: &Limits) -> Result<(Program, Summary), ProgramError> {
		let program = Program::new(self.inputs, self.operations, self.outputs)?;
		let summary = program.validate(limits)?;
		Ok((program, summary))
	}
}
