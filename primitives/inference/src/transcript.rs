// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Transcripts: a commitment to every step of a run, which a dispute opens down to some rows of one operation.
//!
//! A transcript is a list of entries: entry 0 names the program, its inputs and its outputs, and entry `i + 1` says what
//! operation `i` took and made. Tensors are named by [`commit`]. The Merkle root over the encoded entries is all that must be
//! published. Whoever re-runs the program and gets another root finds the first entry that differs and shows one of two
//! faults, which [`Fault::check`] decides alone from the root and the program:
//!
//! - [`Fault::Result`]: rows of a result that do not follow from the operation's committed inputs. The rows are a
//!   [`Tile`], so re-executing them never costs more than the limit that validation checked.
//! - [`Fault::Link`]: an entry that is not that of the operation, or takes something other than what an earlier entry made.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::{fmt, ops::Range};
use scale_info::TypeInfo;

use crate::{
	cost::Cost,
	error::{OperationError, RunError},
	execute::{elements_of, execute_rows, needed_elements, Elements, Slice},
	kernels::Kernels,
	merkle::{self, Commitment, Hashes},
	operation::ValueId,
	program::Program,
	tensor::{to_signed, Data, Dtype, Tensor, TensorType},
	tile::Tile,
	tree::clip,
	window::size,
};

/// Bytes of a tensor under one leaf of its commitment.
pub const CHUNK: u32 = 1_024;

/// The commitment to a tensor: the hash of its type and of the Merkle root over its packed bytes, [`CHUNK`] to a leaf.
pub fn commit(tensor: &Tensor) -> Commitment {
	commit_to(&tensor.tensor_type(), &merkle::root(packed(tensor).chunks(size(CHUNK))))
}

fn commit_to(tensor_type: &TensorType, root: &Commitment) -> Commitment {
	merkle::hash(&(b"aivm/tensor", tensor_type, root).encode())
}

fn packed(tensor: &Tensor) -> Vec<u8> {
	let mut bytes = Vec::with_capacity(size(tensor.tensor_type().bytes()));
	tensor.write_to(&mut bytes);
	bytes
}

/// One line of a transcript. Its SCALE encoding is a leaf of the transcript's tree.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Entry {
	/// The whole run: the first entry.
	#[codec(index = 0)]
	Run {
		/// Hash of the program.
		program: Commitment,
		/// The inputs of the program.
		inputs: Vec<Commitment>,
		/// The outputs of the program.
		outputs: Vec<Commitment>,
	},
	/// One operation.
	#[codec(index = 1)]
	Operation {
		/// Hash of the operation's encoding.
		operation: Commitment,
		/// What it takes.
		inputs: Vec<Commitment>,
		/// What it makes.
		output: Commitment,
	},
}

/// Everything that a run committed to.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Transcript {
	/// The entries: the run, then its operations in order.
	pub entries: Vec<Entry>,
}

impl Transcript {
	/// The Merkle root over all entries.
	pub fn root(&self) -> Commitment {
		self.hashes().root()
	}

	/// An entry with its path to the root, or `None` if there is no such entry.
	pub fn open(&self, number: u32) -> Option<OpenEntry> {
		let entry = self.entries.get(size(number))?.clone();
		Some(OpenEntry { entry, path: self.hashes().path(number)? })
	}

	/// The first entry in which another transcript of the same program differs.
	pub fn first_difference(&self, other: &Self) -> Option<u32> {
		let differs = |(left, right): (&Entry, &Entry)| left != right;
		self.entries.iter().zip(&other.entries).position(differs).map(clip)
	}

	fn hashes(&self) -> Hashes {
		Hashes::new(self.entries.iter().map(Encode::encode))
	}
}

/// An entry that can be checked against the root of its transcript.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct OpenEntry {
	/// The entry.
	pub entry: Entry,
	/// Its path to the root.
	pub path: Vec<Commitment>,
}

impl OpenEntry {
	/// The entry, if it is number `number` of a transcript of `program` under `root`.
	fn check(&self, root: &Commitment, program: &Program, number: u32) -> Result<&Entry, FaultError> {
		let count = clip(program.operations().len()).saturating_add(1);
		if merkle::holds(root, count, number, &self.entry.encode(), &self.path) {
			return Ok(&self.entry);
		}
		Err(FaultError::Entry { number })
	}
}

/// Neighbouring chunks of a tensor that can be checked against its commitment.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct OpenTensor {
	/// Merkle root over the chunks.
	pub root: Commitment,
	/// The chunks, each with its path to the root.
	pub chunks: Vec<(Vec<u8>, Vec<Commitment>)>,
}

/// The chunks that hold these elements.
fn chunks_of(tensor_type: &TensorType, elements: &Range<u32>) -> Range<u32> {
	let byte = |element: u32| element.saturating_mul(tensor_type.dtype.size());
	let first = byte(elements.start).checked_div(CHUNK).unwrap_or(0);
	first..byte(elements.end).div_ceil(CHUNK).max(first)
}

impl OpenTensor {
	/// Opens the chunks of a tensor that hold these elements.
	fn new(tensor: &Tensor, elements: &Range<u32>) -> Option<Self> {
		let bytes = packed(tensor);
		let hashes = Hashes::new(bytes.chunks(size(CHUNK)));
		let chunks = chunks_of(&tensor.tensor_type(), elements);
		let open = |(number, chunk): (u32, &[u8])| Some((chunk.to_vec(), hashes.path(number)?));
		let wanted = (0u32..).zip(bytes.chunks(size(CHUNK))).filter(|(number, _)| chunks.contains(number));
		Some(Self { root: hashes.root(), chunks: wanted.map(open).collect::<Option<_>>()? })
	}

	/// The elements of the opened chunks, if they are those of the tensor with this commitment that hold `elements`.
	fn check(
		&self,
		commitment: &Commitment,
		tensor_type: &TensorType,
		elements: &Range<u32>,
		part: Opened,
	) -> Result<(u32, Data), FaultError> {
		let wrong = FaultError::Tensor { part };
		let numbers = chunks_of(tensor_type, elements);
		if commit_to(tensor_type, &self.root) != *commitment || self.chunks.len() != numbers.len() {
			return Err(wrong);
		}
		let count = tensor_type.bytes().div_ceil(CHUNK);
		let mut bytes = Vec::new();
		for (number, (chunk, path)) in numbers.clone().zip(&self.chunks) {
			let left = tensor_type.bytes().saturating_sub(number.saturating_mul(CHUNK));
			if clip(chunk.len()) != left.min(CHUNK) || !merkle::holds(&self.root, count, number, chunk, path) {
				return Err(wrong);
			}
			bytes.extend_from_slice(chunk);
		}
		let start = numbers.start.saturating_mul(CHUNK).checked_div(tensor_type.dtype.size()).unwrap_or(0);
		let data = match tensor_type.dtype {
			Dtype::I8 => Data::I8(to_signed(&bytes)),
			Dtype::I32 => Data::I32(bytes.as_chunks::<4>().0.iter().map(|word| i32::from_le_bytes(*word)).collect()),
		};
		Ok((start, data))
	}
}

/// What proves that a transcript is not that of its program.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Fault {
	/// A tile of a result that does not follow from the inputs.
	#[codec(index = 0)]
	Result {
		/// Number of the operation.
		operation: u16,
		/// Number of the tile.
		tile: u32,
		/// The entry of the operation.
		entry: OpenEntry,
		/// What the tile depends on, of each input.
		inputs: Vec<OpenTensor>,
		/// The tile, as the transcript has it.
		output: OpenTensor,
	},
	/// An entry that does not go with the program or with an earlier entry.
	#[codec(index = 1)]
	Link {
		/// The entry.
		entry: OpenEntry,
		/// Its number.
		number: u32,
		/// The earlier entry that made what this one takes under another name; none if the entry is wrong by itself.
		earlier: Option<(u32, OpenEntry)>,
	},
}

/// Which tensor of a [`Fault::Result`].
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opened {
	/// The input with this number.
	#[codec(index = 0)]
	Input(u16),
	/// The result.
	#[codec(index = 1)]
	Output,
}

/// Why a fault does not show anything.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultError {
	/// The entry is not this one of the transcript.
	#[codec(index = 0)]
	Entry {
		/// Number of the entry.
		number: u32,
	},
	/// The chunks are not those that the tile needs, or not those of the committed tensor.
	#[codec(index = 1)]
	Tensor {
		/// Which tensor.
		part: Opened,
	},
	/// The program has no such operation or tile.
	#[codec(index = 2)]
	NoSuchTile,
	/// The inputs opened are more or fewer than the operation has.
	#[codec(index = 3)]
	InputCount,
	/// The transcript is right in this place: nothing is shown.
	#[codec(index = 4)]
	NoFault,
	/// The operation cannot be executed, so the program was never validated.
	#[codec(index = 5)]
	Operation(OperationError),
}

impl fmt::Display for FaultError {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Entry { number } => {
				write!(
					formatter,
					"entry {number} is not in the transcript; open it again from the committed transcript"
				)
			}
			Self::Tensor { part } => write!(
				formatter,
				"the opened chunks of {part:?} are not those of the committed tensor that the tile needs; open them again"
			),
			Self::NoSuchTile => formatter.write_str("the program has no such tile; count operations and tiles from 0"),
			Self::InputCount => formatter.write_str("open as many inputs as the operation has"),
			Self::NoFault => formatter.write_str("the transcript is right in this place; compare it again"),
			Self::Operation(error) => write!(formatter, "an operation {error}"),
		}
	}
}

impl core::error::Error for FaultError {}

impl Fault {
	/// Whether the fault shows that the transcript under `root` is not that of `program`, a validated one. `limit` is the
	/// [`crate::Limits::max_step`] that it was validated with, and bounds the work: a caller prices it by that.
	///
	/// # Errors
	/// [`FaultError`] if it shows nothing; [`FaultError::NoFault`] if the transcript is right here.
	pub fn check<K: Kernels>(&self, root: &Commitment, program: &Program, limit: &Cost) -> Result<(), FaultError> {
		match self {
			Self::Result { operation, tile, entry, inputs, output } => {
				let entry = entry.check(root, program, u32::from(*operation).saturating_add(1))?;
				let tile = Tile::new(program, *operation, *tile, limit).ok_or(FaultError::NoSuchTile)?;
				check_result::<K>(program, &tile, entry, inputs, output)
			}
			Self::Link { entry, number, earlier } => {
				let entry = entry.check(root, program, *number)?;
				let right = match earlier {
					None => is_right(program, *number, entry),
					Some((place, earlier)) => {
						agree(program, (*number, entry), (*place, earlier.check(root, program, *place)?))
					}
				};
				if right {
					return Err(FaultError::NoFault);
				}
				Ok(())
			}
		}
	}
}

fn check_result<K: Kernels>(
	program: &Program,
	tile: &Tile,
	entry: &Entry,
	inputs: &[OpenTensor],
	output: &OpenTensor,
) -> Result<(), FaultError> {
	let node = program.operations().get(usize::from(tile.operation)).ok_or(FaultError::NoSuchTile)?;
	let made = program.result_type(tile.operation).ok_or(FaultError::NoSuchTile)?;
	let types = node.inputs.iter().filter_map(|input| program.value_type(*input)).collect::<Vec<_>>();
	let Entry::Operation { inputs: taken, output: result, .. } = entry else { return Err(FaultError::InputCount) };
	if inputs.len() != types.len() || taken.len() != types.len() {
		return Err(FaultError::InputCount);
	}
	let needed = needed_elements(&node.op, &types, &made, tile.rows.clone());
	let mut parts = Vec::with_capacity(inputs.len());
	let given = inputs.iter().zip(taken).zip(types.iter().zip(&needed));
	for (number, ((input, commitment), (tensor_type, elements))) in (0u16..).zip(given) {
		parts.push(input.check(commitment, tensor_type, elements, Opened::Input(number))?);
	}
	let slices = types.iter().zip(&parts).map(|(tensor_type, (start, data))| Slice {
		tensor_type: *tensor_type,
		start: *start,
		elements: data.into(),
	});
	let elements = elements_of(&made.shape, &tile.rows);
	let (start, claimed) = output.check(result, &made, &elements, Opened::Output)?;
	let claimed = Slice { tensor_type: made, start, elements: (&claimed).into() };
	let right = execute_rows::<K>(&node.op, &slices.collect::<Vec<_>>(), tile.rows.clone());
	let right = right.map_err(FaultError::Operation)?;
	let claimed = claimed.part(&elements).map_err(FaultError::Operation)?;
	if Elements::from(&right) == claimed {
		return Err(FaultError::NoFault);
	}
	Ok(())
}

/// Whether an entry names what the program has in its place.
fn is_right(program: &Program, number: u32, entry: &Entry) -> bool {
	match (entry, number.checked_sub(1)) {
		(Entry::Run { program: hash, inputs, outputs }, None) => {
			let counts = (inputs.len(), outputs.len()) == (program.inputs().len(), program.output_values().len());
			counts && *hash == program.hash()
		}
		(Entry::Operation { operation, inputs, .. }, Some(place)) => program
			.operations()
			.get(size(place))
			.is_some_and(|node| inputs.len() == node.inputs.len() && *operation == merkle::hash(&node.encode())),
		_ => false,
	}
}

/// Whether two entries that are right by themselves give every value that both name the same name.
fn agree(program: &Program, left: (u32, &Entry), right: (u32, &Entry)) -> bool {
	let (left, right) = (names(program, left.0, left.1), names(program, right.0, right.1));
	left.iter().all(|(value, name)| right.iter().all(|(other, also)| value != other || name == also))
}

/// The values of the program that an entry names.
fn names(program: &Program, number: u32, entry: &Entry) -> Vec<(ValueId, Commitment)> {
	let inputs = clip(program.inputs().len());
	let value = |number: u32| ValueId(u16::try_from(number).unwrap_or(u16::MAX));
	match entry {
		Entry::Run { inputs, outputs, .. } => {
			let inputs = (0u32..).zip(inputs).map(|(number, name)| (value(number), *name));
			let outputs = program.output_values().iter().zip(outputs).map(|(output, name)| (output.value, *name));
			inputs.chain(outputs).collect()
		}
		Entry::Operation { inputs: taken, output, .. } => {
			let place = number.saturating_sub(1);
			let node = program.operations().get(size(place));
			let taken = node.into_iter().flat_map(|node| node.inputs.iter().copied().zip(taken.iter().copied()));
			taken.chain([(value(inputs.saturating_add(place)), *output)]).collect()
		}
	}
}

/// A run with all its values, from which its transcript and faults of others are made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
	/// What the run committed to.
	pub transcript: Transcript,
	/// All values of the run: inputs, then results.
	pub values: Vec<Tensor>,
}

impl Program {
	/// Runs the program on an input as [`Program::run`] does, keeping every value.
	pub fn record<K: Kernels>(&self, input: &[u8]) -> Result<Record, RunError> {
		Ok(Record::new(self, self.values::<K>(input)?))
	}
}

impl Record {
	/// The record of a run that had these values: inputs, then results.
	pub fn new(program: &Program, values: Vec<Tensor>) -> Self {
		let names = values.iter().map(commit).collect::<Vec<_>>();
		let name = |value: &ValueId| names.get(usize::from(value.0)).copied();
		let run = Entry::Run {
			program: program.hash(),
			inputs: names.iter().take(program.inputs().len()).copied().collect(),
			outputs: program.output_values().iter().filter_map(|output| name(&output.value)).collect(),
		};
		let results = names.iter().skip(program.inputs().len());
		let entries = program.operations().iter().zip(results).map(|(node, output)| Entry::Operation {
			operation: merkle::hash(&node.encode()),
			inputs: node.inputs.iter().filter_map(name).collect(),
			output: *output,
		});
		Self { transcript: Transcript { entries: [run].into_iter().chain(entries).collect() }, values }
	}

	/// Opens one tile of this run: the fault that it would be if the result were wrong. `None` if there is no such tile.
	pub fn open_tile(&self, program: &Program, operation: u16, tile: u32, limit: &Cost) -> Option<Fault> {
		let node = program.operations().get(usize::from(operation))?;
		let made = program.result_type(operation)?;
		let rows = Tile::new(program, operation, tile, limit)?.rows;
		let types = node.inputs.iter().filter_map(|input| program.value_type(*input)).collect::<Vec<_>>();
		let needed = needed_elements(&node.op, &types, &made, rows.clone());
		let open = |(input, elements): (&ValueId, &Range<u32>)| {
			OpenTensor::new(self.values.get(usize::from(input.0))?, elements)
		};
		let result = self.values.get(program.inputs().len().checked_add(usize::from(operation))?)?;
		Some(Fault::Result {
			operation,
			tile,
			entry: self.transcript.open(u32::from(operation).saturating_add(1))?,
			inputs: node.inputs.iter().zip(&needed).map(open).collect::<Option<_>>()?,
			output: OpenTensor::new(result, &elements_of(&made.shape, &rows))?,
		})
	}
}
