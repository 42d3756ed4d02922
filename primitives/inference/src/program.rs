// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The program: decoding, encoding and running it.

use alloc::vec::Vec;
use codec::{Decode, Encode};

use crate::{
	cost::Summary,
	decode,
	error::{Part, ProgramError, Quantity, RunError},
	execute::execute_op,
	kernels::{Kernels, Portable},
	limits::{Limits, MAX_INPUTS, MAX_OPERATIONS, MAX_OUTPUTS},
	operation::{Operation, ValueId},
	tensor::{Quantisation, Tensor, TensorSpec, TensorType, FLOAT_ORDER_MAX, FLOAT_ORDER_MIN},
	tree::clip,
	validate,
};

/// Version of the encoding that this crate reads and writes: the first byte of every program.
pub const FORMAT_VERSION: u8 = 1;

/// Bytes that a run may hold besides [`Summary::memory_peak`], whatever the program.
pub const RUN_OVERHEAD: u32 = 4_096;

/// A value that a program returns, and what it means.
#[derive(Encode, Decode, Clone, PartialEq, Eq, Debug)]
pub struct ProgramOutput {
	/// The value.
	pub value: ValueId,
	/// Meaning of its integers.
	pub quantisation: Quantisation,
}

/// A quantised compute graph, whose operations fit each other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
	inputs: Vec<TensorSpec>,
	operations: Vec<Operation>,
	outputs: Vec<ProgramOutput>,
	/// The type of each value, inputs first.
	types: Vec<TensorType>,
	/// The last operation that uses each value, or [`KEEP`] for outputs.
	last_use: Vec<u16>,
}

/// In the place of a last use: the value lives until the run ends.
const KEEP: u16 = u16::MAX;

impl Program {
	/// Puts a program together, and infers the type of every value. [`Program::validate`] must still accept it.
	///
	/// Fails if there are too many parts, or if an operation or output uses a value that does not exist before it, or if
	/// an operation does not fit its inputs.
	pub fn new(
		inputs: Vec<TensorSpec>,
		operations: Vec<Operation>,
		outputs: Vec<ProgramOutput>,
	) -> Result<Self, ProgramError> {
		at_most(Quantity::Inputs, inputs.len(), MAX_INPUTS)?;
		at_most(Quantity::Operations, operations.len(), MAX_OPERATIONS)?;
		at_most(Quantity::Outputs, outputs.len(), MAX_OUTPUTS)?;
		let mut types = inputs.iter().map(TensorSpec::tensor_type).collect::<Vec<_>>();
		types.reserve_exact(operations.len());
		let mut last_use = Vec::new();
		last_use.resize(inputs.len().saturating_add(operations.len()), KEEP);
		let mut operands = Vec::new();
		for (number, operation) in (0u16..).zip(&operations) {
			operands.clear();
			for input in &operation.inputs {
				let place = usize::from(input.0);
				let undefined = ProgramError::UndefinedValue { part: Part::Operation(number), value: input.0 };
				operands.push(*types.get(place).ok_or(undefined)?);
				*last_use.get_mut(place).ok_or(undefined)? = number;
			}
			let output = operation.op.output_type(&operands);
			types.push(output.map_err(|error| ProgramError::Operation { operation: number, error })?);
		}
		for (number, output) in (0u16..).zip(&outputs) {
			let undefined = ProgramError::UndefinedValue { part: Part::Output(number), value: output.value.0 };
			*last_use.get_mut(usize::from(output.value.0)).ok_or(undefined)? = KEEP;
		}
		Ok(Self { inputs, operations, outputs, types, last_use })
	}

	/// Decodes a program and checks everything, once: that its encoding is the canonical one, that it keeps the limits, and
	/// that no input can make a sum leave `i32`.
	///
	/// A program that passes never panics, never loops without bound and never holds more memory than the summary states.
	/// Takes time linear in the number of bytes.
	pub fn decode_and_validate(bytes: &[u8], limits: &Limits) -> Result<(Self, Summary), ProgramError> {
		if clip(bytes.len()) > limits.max_bytes {
			return Err(ProgramError::LimitExceeded {
				what: Quantity::Bytes,
				given: clip(bytes.len()).into(),
				limit: limits.max_bytes.into(),
			});
		}
		let program = Self::decode_validated(bytes)?;
		if program.to_bytes() != bytes {
			return Err(ProgramError::NotCanonical);
		}
		let summary = validate::validate(&program, clip(bytes.len()), limits)?;
		Ok((program, summary))
	}

	/// Decodes bytes that passed [`Program::decode_and_validate`] before.
	///
	/// Safe on any bytes, but promises no bounds on memory, time or sums for those that did not.
	pub fn decode_validated(bytes: &[u8]) -> Result<Self, ProgramError> {
		decode::program(bytes)
	}

	/// Checks everything that [`Program::decode_and_validate`] does, on a program that was built in memory.
	pub fn validate(&self, limits: &Limits) -> Result<Summary, ProgramError> {
		validate::validate(self, clip(self.to_bytes().len()), limits)
	}

	/// The canonical encoding.
	pub fn to_bytes(&self) -> Vec<u8> {
		let mut bytes = Vec::new();
		FORMAT_VERSION.encode_to(&mut bytes);
		self.inputs.encode_to(&mut bytes);
		self.operations.encode_to(&mut bytes);
		self.outputs.encode_to(&mut bytes);
		bytes
	}

	/// BLAKE2b-256 of the canonical encoding: the name of the program as an artefact.
	pub fn hash(&self) -> [u8; 32] {
		sp_crypto_hashing::blake2_256(&self.to_bytes())
	}

	/// Runs the program on packed little-endian elements of all inputs, in order, and returns those of all outputs.
	///
	/// A validated program fails only on an input of the wrong length, or on an element of a float-order input that stands
	/// for no number.
	pub fn run(&self, input: &[u8]) -> Result<Vec<u8>, RunError> {
		self.run_with::<Portable>(input)
	}

	/// [`Program::run`] with other kernels, which give the same result.
	pub fn run_with<K: Kernels>(&self, input: &[u8]) -> Result<Vec<u8>, RunError> {
		let mut values = self.read_inputs(input)?;
		for (number, operation) in (0u16..).zip(&self.operations) {
			let output = match operation.inputs.as_slice() {
				[input] => execute_op::<K>(&operation.op, &[value(&values, *input)?])?,
				inputs => {
					let operands = inputs.iter().map(|input| value(&values, *input)).collect::<Result<Vec<_>, _>>()?;
					execute_op::<K>(&operation.op, &operands)?
				}
			};
			for input in &operation.inputs {
				let place = usize::from(input.0);
				if self.last_use.get(place) == Some(&number) {
					if let Some(slot) = values.get_mut(place) {
						*slot = None;
					}
				}
			}
			values.push(Some(output));
		}
		let mut output = Vec::with_capacity(usize::try_from(self.output_len()).unwrap_or_default());
		for part in &self.outputs {
			value(&values, part.value)?.write_to(&mut output);
		}
		Ok(output)
	}

	/// Runs the program and keeps every value: inputs, then results.
	pub(crate) fn values<K: Kernels>(&self, input: &[u8]) -> Result<Vec<Tensor>, RunError> {
		let mut values = self.read_inputs(input)?;
		for operation in &self.operations {
			let operands =
				operation.inputs.iter().map(|input| value(&values, *input)).collect::<Result<Vec<_>, _>>()?;
			let output = execute_op::<K>(&operation.op, &operands)?;
			values.push(Some(output));
		}
		Ok(values.into_iter().flatten().collect())
	}

	fn read_inputs(&self, input: &[u8]) -> Result<Vec<Option<Tensor>>, RunError> {
		let wrong = RunError::InputLength { expected: self.input_len(), given: clip(input.len()) };
		if clip(input.len()) != self.input_len() {
			return Err(wrong);
		}
		let mut values = Vec::with_capacity(self.types.len());
		let mut rest = input;
		for (number, spec) in (0u16..).zip(&self.inputs) {
			let length = usize::try_from(spec.tensor_type().bytes()).unwrap_or(usize::MAX);
			let (bytes, after) = rest.split_at_checked(length).ok_or(wrong)?;
			rest = after;
			let tensor = Tensor::from_bytes(spec.tensor_type(), bytes).ok_or(wrong)?;
			if spec.quantisation == Quantisation::FloatOrder {
				if let Some(element) = tensor.find_i32(|key| key == -1 || !FLOAT_ORDER_RANGE.contains(&key)) {
					return Err(RunError::InputValue { input: number, element });
				}
			}
			values.push(Some(tensor));
		}
		Ok(values)
	}

	/// The inputs, in order.
	pub fn inputs(&self) -> &[TensorSpec] {
		&self.inputs
	}

	/// The operations, in order.
	pub fn operations(&self) -> &[Operation] {
		&self.operations
	}

	/// The outputs, in order, with their inferred types.
	pub fn outputs(&self) -> Vec<TensorSpec> {
		let spec = |output: &ProgramOutput| {
			let TensorType { dtype, shape } = self.value_type(output.value)?;
			Some(TensorSpec { dtype, shape, quantisation: output.quantisation.clone() })
		};
		self.outputs.iter().filter_map(spec).collect()
	}

	/// The values that the program returns, in order.
	pub fn output_values(&self) -> &[ProgramOutput] {
		&self.outputs
	}

	/// The type of a value, if the program has it.
	pub fn value_type(&self, value: ValueId) -> Option<TensorType> {
		self.types.get(usize::from(value.0)).copied()
	}

	/// The type of the result of an operation, if the program has it.
	pub fn result_type(&self, operation: u16) -> Option<TensorType> {
		self.types.get(self.inputs.len().checked_add(usize::from(operation))?).copied()
	}

	/// The types of all values: inputs first, then the results of the operations.
	pub fn value_types(&self) -> &[TensorType] {
		&self.types
	}

	/// Exact length of the input, in bytes.
	pub fn input_len(&self) -> u32 {
		self.inputs.iter().fold(0, |sum: u32, input| sum.saturating_add(input.tensor_type().bytes()))
	}

	/// Exact length of the output, in bytes.
	pub fn output_len(&self) -> u32 {
		let lengths = self.outputs.iter().filter_map(|output| self.value_type(output.value));
		lengths.fold(0, |sum: u32, output| sum.saturating_add(output.bytes()))
	}

	/// Whether `value` is no longer needed after operation `number`.
	pub(crate) fn ends_after(&self, value: ValueId, number: u16) -> bool {
		self.last_use.get(usize::from(value.0)) == Some(&number)
	}
}

/// The keys that stand for numbers, and the one of negative zero.
const FLOAT_ORDER_RANGE: core::ops::RangeInclusive<i32> = FLOAT_ORDER_MIN..=FLOAT_ORDER_MAX;

fn value(values: &[Option<Tensor>], id: ValueId) -> Result<&Tensor, RunError> {
	values.get(usize::from(id.0)).and_then(Option::as_ref).ok_or(RunError::MissingValue)
}

fn at_most(what: Quantity, given: usize, limit: u16) -> Result<(), ProgramError> {
	if given <= usize::from(limit) {
		return Ok(());
	}
	Err(ProgramError::LimitExceeded { what, given: clip(given).into(), limit: limit.into() })
}
