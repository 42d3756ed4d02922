// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Why a program, an operation or a run is refused, and what to do about it.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

use crate::tensor::Dtype;

/// A part of an encoded program.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
	/// The version byte, or one of the counts of inputs, operations and outputs.
	#[codec(index = 0)]
	Header,
	/// The input with this number.
	#[codec(index = 1)]
	Input(u16),
	/// The operation with this number.
	#[codec(index = 2)]
	Operation(u16),
	/// The output with this number.
	#[codec(index = 3)]
	Output(u16),
}

impl fmt::Display for Part {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Header => formatter.write_str("header"),
			Self::Input(number) => write!(formatter, "input {number}"),
			Self::Operation(number) => write!(formatter, "operation {number}"),
			Self::Output(number) => write!(formatter, "output {number}"),
		}
	}
}

/// A quantity that [`crate::Limits`] bounds.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantity {
	/// Bytes of the encoded program.
	#[codec(index = 0)]
	Bytes,
	/// Number of inputs.
	#[codec(index = 1)]
	Inputs,
	/// Number of operations.
	#[codec(index = 2)]
	Operations,
	/// Number of outputs.
	#[codec(index = 3)]
	Outputs,
	/// MAC equivalents of one run.
	#[codec(index = 4)]
	Macs,
	/// Bytes of memory of one run.
	#[codec(index = 5)]
	Memory,
	/// Bytes of the input.
	#[codec(index = 6)]
	InputBytes,
	/// Bytes of the output.
	#[codec(index = 7)]
	OutputBytes,
	/// Comparisons on the longest path of a decision tree.
	#[codec(index = 8)]
	TreeDepth,
}

impl fmt::Display for Quantity {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		formatter.write_str(match self {
			Self::Bytes => "bytes of program",
			Self::Inputs => "inputs",
			Self::Operations => "operations",
			Self::Outputs => "outputs",
			Self::Macs => "MAC equivalents of work",
			Self::Memory => "bytes of working memory",
			Self::InputBytes => "bytes of input",
			Self::OutputBytes => "bytes of output",
			Self::TreeDepth => "levels of a decision tree",
		})
	}
}

/// A parameter of an operation, or of an input's or output's quantisation.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parameter {
	/// Weights of a dense layer, or leaf weights of trees.
	#[codec(index = 0)]
	Weights,
	/// Zero points of weights.
	#[codec(index = 1)]
	WeightZeroPoints,
	/// Fixed-point multipliers of a requantisation.
	#[codec(index = 2)]
	Multipliers,
	/// Thresholds of tree branches.
	#[codec(index = 3)]
	Thresholds,
	/// Outputs that trees add to.
	#[codec(index = 4)]
	Targets,
	/// Features of tree branches.
	#[codec(index = 5)]
	Features,
	/// Leaf counts of tree branches.
	#[codec(index = 6)]
	Splits,
	/// Scales of an input or output.
	#[codec(index = 7)]
	Scales,
	/// Zero points of an input or output.
	#[codec(index = 8)]
	ZeroPoints,
	/// The table of a lookup or embedding, or the exponentials of a softmax.
	#[codec(index = 9)]
	Table,
	/// The factors of a sum.
	#[codec(index = 10)]
	Factors,
}

impl fmt::Display for Parameter {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		formatter.write_str(match self {
			Self::Weights => "weights",
			Self::WeightZeroPoints => "weight zero points",
			Self::Multipliers => "multipliers",
			Self::Thresholds => "thresholds",
			Self::Targets => "targets",
			Self::Features => "features",
			Self::Splits => "splits",
			Self::Scales => "scales",
			Self::ZeroPoints => "zero points",
			Self::Table => "table entries",
			Self::Factors => "factors",
		})
	}
}

/// What is wrong with one operation.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum OperationError {
	/// The operation takes another number of inputs.
	#[codec(index = 0)]
	InputCount {
		/// Inputs that the operation takes.
		expected: u16,
		/// Inputs that the program gives it.
		given: u16,
	},
	/// The operation takes inputs of another element type.
	#[codec(index = 1)]
	InputType {
		/// Number of the input, from 0.
		input: u16,
		/// Type that the operation takes.
		expected: Dtype,
		/// Type that the program gives it.
		given: Dtype,
	},
	/// The result would have an empty dimension, or more than [`crate::MAX_ELEMENTS`] elements.
	#[codec(index = 2)]
	OutputShape,
	/// A list of parameters has the wrong length for the shapes.
	#[codec(index = 3)]
	ParameterLength {
		/// The list.
		parameter: Parameter,
		/// Length that the shapes ask for.
		expected: u32,
		/// Length that it has.
		given: u32,
	},
	/// A parameter is not in its one canonical form.
	#[codec(index = 4)]
	NotCanonical {
		/// The parameter.
		parameter: Parameter,
	},
	/// The multiplier of a channel is not normalised: see [`crate::Multiplier`].
	#[codec(index = 5)]
	Multiplier {
		/// The channel.
		channel: u32,
	},
	/// The bounds of a clamp are in the wrong order, or outside the element type.
	#[codec(index = 6)]
	ClampBounds {
		/// Lower bound.
		low: i32,
		/// Upper bound.
		high: i32,
	},
	/// Some input could push the sum of a channel out of `i32`.
	#[codec(index = 7)]
	AccumulatorOverflow {
		/// The channel.
		channel: u32,
		/// Lowest value that a partial sum could reach.
		lowest: i64,
		/// Highest value that a partial sum could reach.
		highest: i64,
	},
	/// An ensemble has no tree, or a tree without leaves.
	#[codec(index = 8)]
	EmptyTree,
	/// A branch looks at a feature that the input does not have.
	#[codec(index = 9)]
	FeatureOutOfRange {
		/// The feature.
		feature: u16,
		/// Number of features of the input.
		features: u32,
	},
	/// A branch does not leave at least one leaf of its tree to each child, or has more than 65,535 under the first.
	#[codec(index = 10)]
	Split {
		/// The tree.
		tree: u32,
		/// The branch, counted over all trees.
		branch: u32,
	},
	/// A tree adds to an output that does not exist.
	#[codec(index = 11)]
	TargetOutOfRange {
		/// The tree.
		tree: u32,
		/// The output it names.
		target: u16,
		/// Number of outputs.
		outputs: u32,
	},
	/// The shape of an input does not go with that of the first.
	#[codec(index = 12)]
	InputShape {
		/// Number of the input, from 0.
		input: u16,
	},
	/// The input has not the rank 4, or the window is not well-formed or larger than the padded input.
	#[codec(index = 13)]
	Window,
	/// The groups of a convolution do not divide its channels.
	#[codec(index = 14)]
	Groups {
		/// Number of groups.
		groups: u32,
		/// Channels of the input.
		channels: u32,
		/// Channels of the result.
		outputs: u32,
	},
	/// An axis does not exist.
	#[codec(index = 15)]
	Axes,
	/// A table has no entry for an element that the input can hold.
	#[codec(index = 16)]
	IndexOutOfRange {
		/// Smallest element of the input.
		low: i32,
		/// Largest element of the input.
		high: i32,
		/// Rows of the table.
		rows: u32,
	},
	/// An entry of a parameter is out of its range.
	#[codec(index = 17)]
	ParameterRange {
		/// The parameter.
		parameter: Parameter,
	},
	/// A part of an input that a part of the result depends on is not there.
	#[codec(index = 19)]
	MissingElements,
	/// One row of the result is more work, or looks at more bytes, than a dispute may re-execute.
	#[codec(index = 18)]
	NotDisputable {
		/// MAC equivalents of one row.
		macs: u64,
		/// Bytes that one row looks at.
		bytes: u64,
	},
}

impl fmt::Display for OperationError {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::InputCount { expected, given } => {
				write!(formatter, "takes {expected} inputs but is given {given}; connect exactly {expected}")
			}
			Self::InputType { input, expected, given } => {
				write!(formatter, "input {input} must be {expected:?} but is {given:?}; ")?;
				formatter.write_str(match expected {
					Dtype::I8 => "requantise it first",
					Dtype::I32 => "feed it an accumulator",
				})
			}
			Self::OutputShape => formatter.write_str(
				"its result has an empty dimension or too many elements; use fewer outputs or smaller inputs",
			),
			Self::ParameterLength { parameter, expected, given } => {
				write!(formatter, "has {given} {parameter} where the shapes ask for {expected}; export it again")
			}
			Self::NotCanonical { parameter } => {
				write!(
					formatter,
					"its {parameter} are not in canonical form; write equal values once, for all channels"
				)
			}
			Self::Multiplier { channel } => write!(
				formatter,
				"the multiplier of channel {channel} is not normalised; its mantissa must be in [2^30, 2^31) and its \
				 shift at most 62"
			),
			Self::ClampBounds { low, high } => write!(
				formatter,
				"the clamp bounds [{low}, {high}] are out of order or outside the element type; swap or narrow them"
			),
			Self::AccumulatorOverflow { channel, lowest, highest } => write!(
				formatter,
				"the sum of channel {channel} could reach {lowest} or {highest}, outside i32; use smaller weights, a \
				 coarser scale, or clamp the input"
			),
			Self::EmptyTree => formatter.write_str("it has no tree, or a tree without leaves; leave such trees out"),
			Self::Split { tree, branch } => write!(
				formatter,
				"branch {branch}, in tree {tree}, must have at least 1 leaf under each child and at most 65,535 under the \
				 first; train smaller trees or export them again"
			),
			Self::FeatureOutOfRange { feature, features } => write!(
				formatter,
				"a branch looks at feature {feature} but the input has {features}; export it with all features"
			),
			Self::TargetOutOfRange { tree, target, outputs } => {
				write!(
					formatter,
					"tree {tree} adds to output {target} but there are {outputs}; add a base value for it"
				)
			}
			Self::InputShape { input } => write!(
				formatter,
				"the shape of input {input} does not go with that of input 0; reshape one of them, or repeat dimensions of 1"
			),
			Self::Window => formatter.write_str(
				"its window needs an input [images, height, width, channels] that it fits into, sizes, strides and dilations \
				 of at least 1, and padding below the size of the kernel; pools take no dilation",
			),
			Self::Groups { groups, channels, outputs } => write!(
				formatter,
				"{groups} groups do not divide {channels} input and {outputs} output channels; use a divisor of both"
			),
			Self::Axes => formatter.write_str("it names an axis that the input does not have; count axes from 0"),
			Self::IndexOutOfRange { low, high, rows } => write!(
				formatter,
				"the input can hold {low} to {high} but the table has {rows} rows; clamp the input to 0 and the last row"
			),
			Self::ParameterRange { parameter } => {
				write!(formatter, "an entry of its {parameter} is out of range; see the program format for the bounds")
			}
			Self::MissingElements => formatter
				.write_str("a part of the result needs elements of an input that are not given; open all of them"),
			Self::NotDisputable { macs, bytes } => write!(
				formatter,
				"one row of its result takes {macs} MAC equivalents and {bytes} bytes, more than a dispute re-executes; \
				 use fewer features or a smaller window"
			),
		}
	}
}

/// Why bytes are not an acceptable program.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProgramError {
	/// The version byte names a format that this crate does not know.
	#[codec(index = 0)]
	UnsupportedVersion {
		/// The version byte.
		version: u8,
	},
	/// The bytes of a part end early, hold an unknown tag, or a length longer than the program.
	#[codec(index = 1)]
	Malformed {
		/// The part.
		part: Part,
	},
	/// An operation's index names no operator of this version.
	#[codec(index = 2)]
	UnknownOperation {
		/// Number of the operation.
		operation: u16,
		/// Its operator index.
		index: u8,
	},
	/// Bytes follow the end of the program.
	#[codec(index = 3)]
	TrailingBytes {
		/// How many.
		count: u32,
	},
	/// The program decodes, but its canonical encoding differs from the bytes given.
	#[codec(index = 4)]
	NotCanonical,
	/// The program has no input, no operation, or no output.
	#[codec(index = 5)]
	Empty {
		/// What it lacks.
		what: Quantity,
	},
	/// The program exceeds a limit.
	#[codec(index = 6)]
	LimitExceeded {
		/// What there is too much of.
		what: Quantity,
		/// How much there is.
		given: u64,
		/// How much is allowed.
		limit: u64,
	},
	/// The shape of an input has no dimensions, more than 4, an empty one, or too many elements.
	#[codec(index = 7)]
	Shape {
		/// Number of the input.
		input: u16,
	},
	/// The quantisation of an input or output has the wrong number of scales or zero points.
	#[codec(index = 8)]
	QuantisationLength {
		/// The input or output.
		part: Part,
		/// Which list.
		parameter: Parameter,
		/// Number of features.
		expected: u32,
		/// Length of the list.
		given: u32,
	},
	/// The quantisation of an input or output has a scale that is not normalised, a zero point outside the element type,
	/// or equal values written once for each channel.
	#[codec(index = 9)]
	Quantisation {
		/// The input or output.
		part: Part,
		/// Which list.
		parameter: Parameter,
	},
	/// Float-order keys need elements of type `I32`.
	#[codec(index = 10)]
	FloatOrderType {
		/// The input or output.
		part: Part,
	},
	/// An operation or output uses a value that does not exist, or that is computed later.
	#[codec(index = 11)]
	UndefinedValue {
		/// The operation or output.
		part: Part,
		/// The value it names.
		value: u16,
	},
	/// A value is neither an output nor used by any operation.
	#[codec(index = 12)]
	UnusedValue {
		/// The value: inputs first, then the results of the operations.
		value: u16,
	},
	/// Two outputs are the same value.
	#[codec(index = 13)]
	DuplicateOutput {
		/// The value.
		value: u16,
	},
	/// An operation is wrong in itself or for its inputs.
	#[codec(index = 14)]
	Operation {
		/// Number of the operation.
		operation: u16,
		/// What is wrong.
		error: OperationError,
	},
}

impl ProgramError {
	/// A stable number for this kind of error: the first byte of its encoding.
	pub fn code(&self) -> u8 {
		self.encode().first().copied().unwrap_or(u8::MAX)
	}
}

impl fmt::Display for ProgramError {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::UnsupportedVersion { version } => write!(
				formatter,
				"program format {version} is not supported; export the program as format {}",
				crate::FORMAT_VERSION
			),
			Self::Malformed { part } => write!(
				formatter,
				"the {part} is cut off or not readable; check that all bytes arrived and export the program again"
			),
			Self::UnknownOperation { operation, index } => write!(
				formatter,
				"operation {operation} has the unknown operator index {index}; export the program for this version of \
				 the format"
			),
			Self::TrailingBytes { count } => {
				write!(formatter, "{count} bytes follow the end of the program; remove them")
			}
			Self::NotCanonical => {
				formatter.write_str("the bytes are not the canonical encoding of their program; encode it again")
			}
			Self::Empty { what } => write!(formatter, "the program has no {what}; add at least one"),
			Self::LimitExceeded { what, given, limit } => {
				write!(formatter, "the program needs {given} {what} where {limit} are allowed; use a smaller model")
			}
			Self::Shape { input } => write!(
				formatter,
				"input {input} must have 1 to 4 dimensions of at least 1 and at most {} elements; reshape it",
				crate::MAX_ELEMENTS
			),
			Self::QuantisationLength { part, parameter, expected, given } => write!(
				formatter,
				"the {part} has {given} {parameter} for {expected} features; give one, or one for each feature"
			),
			Self::Quantisation { part, parameter } => write!(
				formatter,
				"the {parameter} of {part} are out of range or not in canonical form; normalise them and write equal \
				 values once"
			),
			Self::FloatOrderType { part } => {
				write!(formatter, "the {part} holds float-order keys, so its elements must be I32")
			}
			Self::UndefinedValue { part, value } => write!(
				formatter,
				"the {part} uses value {value}, which does not exist before it; order the operations by dependency"
			),
			Self::UnusedValue { value } => {
				write!(formatter, "value {value} is never used; remove what makes it, or make it an output")
			}
			Self::DuplicateOutput { value } => {
				write!(formatter, "value {value} is an output more than once; name each output once")
			}
			Self::Operation { operation, error } => write!(formatter, "operation {operation}: {error}"),
		}
	}
}

impl core::error::Error for ProgramError {}

/// Why a run gave no output.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunError {
	/// The input has the wrong length.
	#[codec(index = 0)]
	InputLength {
		/// Bytes that the program takes.
		expected: u32,
		/// Bytes that it was given.
		given: u32,
	},
	/// An element of a float-order input stands for no number (NaN), or for negative zero.
	#[codec(index = 1)]
	InputValue {
		/// Number of the input.
		input: u16,
		/// Number of the element in it.
		element: u32,
	},
	/// The program was not validated, and is wrong in this operation.
	#[codec(index = 2)]
	Operation(OperationError),
	/// The program was not validated, and uses a value that it does not have.
	#[codec(index = 3)]
	MissingValue,
}

impl RunError {
	/// A stable number for this kind of error: the first byte of its encoding.
	pub fn code(&self) -> u8 {
		self.encode().first().copied().unwrap_or(u8::MAX)
	}
}

impl fmt::Display for RunError {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::InputLength { expected, given } => write!(
				formatter,
				"the input has {given} bytes but the program takes {expected}; pack every element of every input, \
				 little-endian"
			),
			Self::InputValue { input, element } => write!(
				formatter,
				"element {element} of input {input} is NaN or negative zero; replace missing values and write zero as 0"
			),
			Self::Operation(error) => write!(formatter, "an operation {error}"),
			Self::MissingValue => formatter.write_str("the program uses a missing value; validate it before it runs"),
		}
	}
}

impl core::error::Error for RunError {}

impl From<OperationError> for RunError {
	fn from(error: OperationError) -> Self {
		Self::Operation(error)
	}
}
