// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What can go wrong, in words that name the cause and the cure.

use std::fmt;

/// A node of the graph that an AIVM program cannot express.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnsupportedNode {
	/// Operator, for example `Conv`.
	pub op: String,
	/// Domain of the operator: `ai.onnx`, `ai.onnx.ml`, or that of an exporter.
	pub domain: String,
	/// Name of the node, or `#<position>` if it has none.
	pub node: String,
	/// What about it is unsupported: the operator itself, or this use of it.
	pub reason: String,
}

impl fmt::Display for UnsupportedNode {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{} ({}), node '{}': {}", self.op, self.domain, self.node, self.reason)
	}
}

/// Why a model cannot be imported.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum ImportError {
	/// The file, or something in it, is larger than the importer accepts.
	#[error("{what} is too large: {size}, the limit is {limit}")]
	TooLarge {
		/// What is too large, with its unit.
		what: &'static str,
		/// Its size.
		size: u64,
		/// The largest size accepted.
		limit: u64,
	},
	/// The bytes are no valid ONNX model.
	#[error("not a valid ONNX model: {0}")]
	Malformed(String),
	/// Operators, or uses of them, that an AIVM program cannot express; all of them.
	#[error("the model uses what an AIVM program cannot express:{}", Lines(.0))]
	Unsupported(Vec<UnsupportedNode>),
	/// The model computes with weights, so quantisation needs to see typical inputs.
	#[error("quantising this model needs calibration rows: give a table of a few hundred typical inputs")]
	NeedsCalibration,
	/// The calibration rows do not have as many features as the model has inputs, or there are none.
	#[error(
		"calibration rows do not fit the model: it takes {expected} numbers, given {given} in each of {rows} rows"
	)]
	Calibration {
		/// Inputs of the model.
		expected: usize,
		/// Features of each row.
		given: usize,
		/// Number of rows.
		rows: usize,
	},
	/// The numbers of the model cannot be represented in a program.
	#[error("the model cannot be quantised: {0}")]
	Quantisation(String),
	/// The program that came out is refused, usually because it is over a limit.
	#[error("the program is not valid: {0}")]
	Program(String),
}

struct Lines<'a>(&'a [UnsupportedNode]);

impl fmt::Display for Lines<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		self.0.iter().try_for_each(|node| write!(f, "\n  - {node}"))
	}
}

/// Why a row of numbers is no input of a model or program.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RowError {
	/// The row has too few or too many numbers.
	#[error("wrong input shape: expected {expected} numbers, given {given}")]
	Shape {
		/// Numbers that the program reads.
		expected: usize,
		/// Numbers in the row.
		given: usize,
	},
	/// A number is NaN.
	#[error("number {0} of the row is NaN (counting from 0)")]
	NotANumber(usize),
	/// An input of plain integers got a number that is no integer of its type.
	#[error("number {0} of the row is not an integer that fits the input's type (counting from 0)")]
	NotAnInteger(usize),
}

/// Why bytes are no output of a program.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OutputError {
	/// The output has too few or too many bytes.
	#[error("wrong output length: expected {expected} bytes, given {given}")]
	Length {
		/// Bytes that the program writes.
		expected: usize,
		/// Bytes given.
		given: usize,
	},
	/// The class index is negative or past the last class.
	#[error("class index {0} is out of range")]
	Class(i32),
	/// A score is an integer that stands for no number.
	#[error("score {0} has no meaning")]
	Score(usize),
}

/// Why a table of rows cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RowsError {
	/// The table is larger than accepted.
	#[error("the table is too large: {size} {unit}, the limit is {limit}")]
	TooLarge {
		/// What is counted.
		unit: &'static str,
		/// How many there are at least.
		size: usize,
		/// How many are accepted.
		limit: usize,
	},
	/// The table is not UTF-8 text.
	#[error("the table is not UTF-8 text")]
	Encoding,
	/// The first line holds numbers, or there is none.
	#[error("the first line must name the columns")]
	Header,
	/// Two columns have the same name.
	#[error("column '{0}' occurs twice")]
	Duplicate(String),
	/// There is no column of features.
	#[error("the table has no feature columns")]
	NoFeatures,
	/// A line has too few or too many fields.
	#[error("line {line}: expected {expected} fields, given {given}")]
	Fields {
		/// Line, counting from 1.
		line: usize,
		/// Fields of the first line.
		expected: usize,
		/// Fields of this line.
		given: usize,
	},
	/// A field that must be a number is not a finite one.
	#[error("line {line}, column '{column}': '{text}' is not a finite number")]
	Number {
		/// Line, counting from 1.
		line: usize,
		/// Name of the column.
		column: String,
		/// The field, shortened.
		text: String,
	},
	/// A quoted field does not end.
	#[error("line {0}: a quoted field does not end on its line")]
	Quote(usize),
}
