// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Reads encoded programs from a slice: lists of numbers at the speed of a copy, and errors that name the part.

use alloc::vec::Vec;
use codec::{Compact, Decode};

use crate::{
	error::{Part, ProgramError, Quantity},
	limits::{MAX_INPUTS, MAX_OPERATIONS, MAX_OUTPUTS},
	operation::{Conv2d, Dense, Embed, Lookup, Op, Operation, Softmax},
	program::{Program, ProgramOutput, FORMAT_VERSION},
	tensor::{to_signed, Dtype, Shape, TensorSpec},
	tree::{clip, TreeEnsemble},
};

/// Fewest bytes of an encoded operation: a list of one value, and the operator index.
const SHORTEST_OPERATION: usize = 4;

/// Bytes still to read, and the part of the program that they belong to.
struct Reader<'a> {
	rest: &'a [u8],
	part: Part,
}

/// Decodes a whole program, without validating it.
pub(crate) fn program(bytes: &[u8]) -> Result<Program, ProgramError> {
	let mut reader = Reader { rest: bytes, part: Part::Header };
	let version = reader.take::<u8>()?;
	if version != FORMAT_VERSION {
		return Err(ProgramError::UnsupportedVersion { version });
	}
	let mut inputs = Vec::new();
	for number in 0..reader.count(Quantity::Inputs, MAX_INPUTS)? {
		reader.part = Part::Input(number);
		inputs.push(reader.input(number)?);
	}
	let count = reader.count(Quantity::Operations, MAX_OPERATIONS)?;
	let possible = reader.rest.len().checked_div(SHORTEST_OPERATION).unwrap_or_default();
	let mut operations = Vec::with_capacity(possible.min(count.into()));
	for number in 0..count {
		reader.part = Part::Operation(number);
		operations.push(reader.operation(number)?);
	}
	let mut outputs = Vec::new();
	for number in 0..reader.count(Quantity::Outputs, MAX_OUTPUTS)? {
		reader.part = Part::Output(number);
		outputs.push(reader.take::<ProgramOutput>()?);
	}
	if !reader.rest.is_empty() {
		return Err(ProgramError::TrailingBytes { count: clip(reader.rest.len()) });
	}
	Program::new(inputs, operations, outputs)
}

impl Reader<'_> {
	fn malformed(&self) -> ProgramError {
		ProgramError::Malformed { part: self.part }
	}

	/// Reads something small.
	fn take<T: Decode>(&mut self) -> Result<T, ProgramError> {
		T::decode(&mut self.rest).map_err(|_| self.malformed())
	}

	/// Reads how many of `what` follow.
	fn count(&mut self, what: Quantity, limit: u16) -> Result<u16, ProgramError> {
		self.part = Part::Header;
		let Compact(given) = self.take::<Compact<u32>>()?;
		u16::try_from(given).ok().filter(|count| *count <= limit).ok_or(ProgramError::LimitExceeded {
			what,
			given: given.into(),
			limit: limit.into(),
		})
	}

	/// Reads a list of bytes.
	fn bytes(&mut self) -> Result<Vec<i8>, ProgramError> {
		let Compact(length) = self.take::<Compact<u32>>()?;
		let split = usize::try_from(length).ok().and_then(|length| self.rest.split_at_checked(length));
		let (list, rest) = split.ok_or(self.malformed())?;
		self.rest = rest;
		Ok(to_signed(list))
	}

	/// Reads a list of numbers of `SIZE` bytes each.
	fn list<T, const SIZE: usize>(&mut self, number: impl Fn([u8; SIZE]) -> T) -> Result<Vec<T>, ProgramError> {
		let Compact(length) = self.take::<Compact<u32>>()?;
		let bytes = usize::try_from(length).ok().and_then(|length| length.checked_mul(SIZE));
		let split = bytes.and_then(|bytes| self.rest.split_at_checked(bytes));
		let (list, rest) = split.ok_or(self.malformed())?;
		self.rest = rest;
		let (words, _) = list.as_chunks::<SIZE>();
		Ok(words.iter().map(|word| number(*word)).collect())
	}

	fn input(&mut self, number: u16) -> Result<TensorSpec, ProgramError> {
		let dtype = self.take::<Dtype>()?;
		let dims = self.list(u32::from_le_bytes)?;
		let shape = Shape::new(&dims).ok_or(ProgramError::Shape { input: number })?;
		Ok(TensorSpec { dtype, shape, quantisation: self.take()? })
	}

	fn operation(&mut self, number: u16) -> Result<Operation, ProgramError> {
		let inputs = self.take()?;
		let op = match self.take::<u8>()? {
			0 => Op::Dense(Dense {
				input_zero_point: self.take()?,
				weight_zero_points: self.take()?,
				bias: self.list(i32::from_le_bytes)?,
				weights: self.bytes()?,
			}),
			1 => Op::Requantise(self.take()?),
			2 => Op::Clamp(self.take()?),
			3 => Op::ArgMax,
			4 => Op::TreeEnsemble(TreeEnsemble {
				comparison: self.take()?,
				base: self.list(i32::from_le_bytes)?,
				sizes: self.list(u32::from_le_bytes)?,
				features: self.list(u16::from_le_bytes)?,
				thresholds: self.list(i32::from_le_bytes)?,
				splits: self.list(u16::from_le_bytes)?,
				leaves: self.take()?,
				weights: self.list(i32::from_le_bytes)?,
			}),
			5 => Op::Conv2d(Conv2d {
				window: self.take()?,
				groups: self.take()?,
				input_zero_point: self.take()?,
				weight_zero_points: self.take()?,
				bias: self.list(i32::from_le_bytes)?,
				weights: self.bytes()?,
			}),
			6 => Op::MaxPool(self.take()?),
			7 => Op::AveragePool(self.take()?),
			8 => Op::Add(self.take()?),
			9 => Op::Multiply(self.take()?),
			10 => Op::Concat { axis: self.take()? },
			11 => Op::Reshape { shape: self.take()? },
			12 => Op::Transpose { order: self.take()? },
			13 => Op::Lookup(Lookup { table: self.bytes()? }),
			14 => Op::Softmax(Softmax {
				exponentials: self.list(u32::from_le_bytes)?,
				multiplier: self.take()?,
				zero_point: self.take()?,
			}),
			15 => Op::Embed(Embed { width: self.take()?, table: self.bytes()? }),
			index => return Err(ProgramError::UnknownOperation { operation: number, index }),
		};
		Ok(Operation { inputs, op })
	}
}
