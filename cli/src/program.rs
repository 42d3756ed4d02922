// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Programs: reading files, and describing shapes to people.

use std::path::Path;

use aivm_client::{HexBytes, H256};
use aivm_inference::{Dtype, Limits, Program, Quantisation, Summary, TensorSpec};
use serde::Serialize;

use crate::{files, Failure};

/// What the chain accepts, in the words of `runtime/src/configs/ai.rs`. The end-to-end tests compare both.
pub const CHAIN_LIMITS: Limits =
	Limits { max_bytes: 512 * 1024, max_input_len: 256 * 1024, max_output_len: 16 * 1024, ..Limits::DEFAULT };

/// A program that passed every check.
pub struct LoadedProgram {
	/// The program.
	pub program: Program,
	/// Its encoding.
	pub bytes: Vec<u8>,
	/// Its cost and sizes.
	pub summary: Summary,
}

impl LoadedProgram {
	/// Reads and checks a program file.
	pub fn read(path: &Path) -> Result<Self, Failure> {
		let bytes = files::read(path, "program", CHAIN_LIMITS.max_bytes.into())?;
		Self::decode(bytes).map_err(|error| {
			Failure::bad_input(format!("{} is no program that the chain accepts: {error}", path.display()))
				.with_cure("make it with `aivm model import`")
		})
	}

	/// Checks a program.
	pub fn decode(bytes: Vec<u8>) -> Result<Self, aivm_inference::ProgramError> {
		let (program, summary) = Program::decode_and_validate(&bytes, &CHAIN_LIMITS)?;
		Ok(Self { program, bytes, summary })
	}

	/// BLAKE2b-256 of the encoding.
	pub fn hash(&self) -> H256 {
		H256(sp_crypto_hashing::blake2_256(&self.bytes))
	}

	/// What the program takes, gives and costs.
	pub fn describe(&self) -> ProgramReport {
		ProgramReport {
			artefact_hash: self.hash(),
			bytes: self.bytes.len(),
			inputs: self.program.inputs().iter().map(TensorReport::new).collect(),
			outputs: self.program.outputs().iter().map(TensorReport::new).collect(),
			operations: self.program.operations().iter().map(|operation| operation.op.name().to_owned()).collect(),
			macs: self.summary.cost.macs,
			bytes_moved: self.summary.cost.bytes,
			memory_peak: self.summary.memory_peak,
			input_len: self.summary.input_len,
			output_len: self.summary.output_len,
		}
	}
}

/// What a program takes, gives and costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProgramReport {
	/// BLAKE2b-256 of the program.
	pub artefact_hash: H256,
	/// Its size.
	pub bytes: usize,
	/// What it takes.
	pub inputs: Vec<TensorReport>,
	/// What it gives.
	pub outputs: Vec<TensorReport>,
	/// Its operations, in order.
	pub operations: Vec<String>,
	/// Multiply-accumulates of one run, or what takes as long.
	pub macs: u64,
	/// Bytes that one run reads and writes.
	pub bytes_moved: u64,
	/// Most bytes that one run holds.
	pub memory_peak: u32,
	/// Exact length of the input, in bytes.
	pub input_len: u32,
	/// Exact length of the output, in bytes.
	pub output_len: u32,
}

/// An input or output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TensorReport {
	/// `i8` or `i32`.
	pub dtype: &'static str,
	/// Dimensions, outermost first.
	pub shape: Vec<u32>,
	/// `raw`, `affine` or `float-order`.
	pub quantisation: &'static str,
}

impl TensorReport {
	fn new(spec: &TensorSpec) -> Self {
		Self {
			dtype: dtype_name(spec.dtype),
			shape: spec.shape.dims().to_vec(),
			quantisation: match spec.quantisation {
				Quantisation::Raw => "raw",
				Quantisation::Affine { .. } => "affine",
				Quantisation::FloatOrder => "float-order",
			},
		}
	}
}

impl std::fmt::Display for TensorReport {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		let shape = self.shape.iter().map(u32::to_string).collect::<Vec<_>>().join(" x ");
		write!(f, "{} [{shape}], {}", self.dtype, self.quantisation)
	}
}

/// Name of an element type in manifests.
pub fn dtype_name(dtype: Dtype) -> &'static str {
	match dtype {
		Dtype::I8 => "i8",
		Dtype::I32 => "i32",
	}
}

/// How many numbers a row has.
pub fn row_width(program: &Program) -> usize {
	program.inputs().iter().map(|input| usize::try_from(input.shape.elements()).unwrap_or(usize::MAX)).sum()
}

/// Turns a row of numbers into an input.
pub fn quantise(program: &Program, row: &[f32]) -> Result<HexBytes, Failure> {
	aivm_importer::quantise_row(program, row).map(HexBytes).map_err(|error| {
		Failure::new(crate::Exit::BadInput, "wrong_input", error.to_string())
			.with_cure(format!("this model takes {} numbers in a row", row_width(program)))
	})
}
