// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What is wrong with a program, in the three bytes that a dispatch error has for it.

use aivm_inference::{OperationError, Part, ProgramError, Quantity};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::PalletError;
use scale_info::TypeInfo;

/// What is wrong with a program. The number in brackets is where: the input, operation, output or value, counted from 0.
///
/// [`ProgramError`] says more about the same fault; `aivm model check` prints it for a local file.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, PalletError, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProgramFault {
	/// The version byte names a format that the chain does not know. Export the program for the chain's version.
	#[codec(index = 0)]
	UnsupportedVersion(u8),
	/// The header is cut off or not readable.
	#[codec(index = 1)]
	MalformedHeader,
	/// An input's description is cut off or not readable.
	#[codec(index = 2)]
	MalformedInput(u16),
	/// An operation is cut off or not readable.
	#[codec(index = 3)]
	MalformedOperation(u16),
	/// An output's description is cut off or not readable.
	#[codec(index = 4)]
	MalformedOutput(u16),
	/// An operation has an operator that this version of the format does not have.
	#[codec(index = 5)]
	UnknownOperator(u16),
	/// Bytes follow the end of the program.
	#[codec(index = 6)]
	TrailingBytes,
	/// The bytes are not the canonical encoding of their program.
	#[codec(index = 7)]
	NotCanonical,
	/// The program has no input, no operation or no output.
	#[codec(index = 8)]
	Empty,
	/// The program is too long.
	#[codec(index = 9)]
	TooLong,
	/// The program has too many inputs, operations or outputs.
	#[codec(index = 10)]
	TooManyParts,
	/// One run needs too many multiply-accumulates.
	#[codec(index = 11)]
	TooMuchWork,
	/// One run needs too much memory.
	#[codec(index = 12)]
	TooMuchMemory,
	/// The input is too long.
	#[codec(index = 13)]
	InputTooLong,
	/// The output is too long.
	#[codec(index = 14)]
	OutputTooLong,
	/// A decision tree is too deep.
	#[codec(index = 15)]
	TreeTooDeep,
	/// The shape of an input is not allowed.
	#[codec(index = 16)]
	InputShape(u16),
	/// The quantisation of an input does not fit its shape or type, or is not canonical.
	#[codec(index = 17)]
	InputQuantisation(u16),
	/// The quantisation of an output does not fit its shape or type, or is not canonical.
	#[codec(index = 18)]
	OutputQuantisation(u16),
	/// A value is used before it exists.
	#[codec(index = 19)]
	UndefinedValue(u16),
	/// A value is never used.
	#[codec(index = 20)]
	UnusedValue(u16),
	/// A value is an output more than once.
	#[codec(index = 21)]
	DuplicateOutput(u16),
	/// An operation has the wrong number or type of inputs, or a result of a shape that is not allowed.
	#[codec(index = 22)]
	OperationShape(u16),
	/// An operation's parameters have the wrong length, are out of range, or are not canonical.
	#[codec(index = 23)]
	OperationParameters(u16),
	/// A sum in an operation could leave `i32`.
	#[codec(index = 24)]
	AccumulatorOverflow(u16),
	/// A decision tree in an operation is empty or badly split, or names a feature or output that does not exist.
	#[codec(index = 25)]
	InvalidTree(u16),
	/// An embedding has no row for an element that its input can hold.
	#[codec(index = 26)]
	IndexOutOfRange(u16),
	/// One row of an operation's result is more than a dispute could re-execute.
	#[codec(index = 27)]
	NotDisputable(u16),
}

impl From<&ProgramError> for ProgramFault {
	fn from(error: &ProgramError) -> Self {
		match *error {
			ProgramError::UnsupportedVersion { version } => Self::UnsupportedVersion(version),
			ProgramError::Malformed { part: Part::Header } => Self::MalformedHeader,
			ProgramError::Malformed { part: Part::Input(input) } => Self::MalformedInput(input),
			ProgramError::Malformed { part: Part::Operation(operation) } => Self::MalformedOperation(operation),
			ProgramError::Malformed { part: Part::Output(output) } => Self::MalformedOutput(output),
			ProgramError::UnknownOperation { operation, .. } => Self::UnknownOperator(operation),
			ProgramError::TrailingBytes { .. } => Self::TrailingBytes,
			ProgramError::NotCanonical => Self::NotCanonical,
			ProgramError::Empty { .. } => Self::Empty,
			ProgramError::LimitExceeded { what, .. } => match what {
				Quantity::Bytes => Self::TooLong,
				Quantity::Inputs | Quantity::Operations | Quantity::Outputs => Self::TooManyParts,
				Quantity::Macs => Self::TooMuchWork,
				Quantity::Memory => Self::TooMuchMemory,
				Quantity::InputBytes => Self::InputTooLong,
				Quantity::OutputBytes => Self::OutputTooLong,
				Quantity::TreeDepth => Self::TreeTooDeep,
			},
			ProgramError::Shape { input } => Self::InputShape(input),
			ProgramError::QuantisationLength { part, .. }
			| ProgramError::Quantisation { part, .. }
			| ProgramError::FloatOrderType { part } => match part {
				Part::Input(input) => Self::InputQuantisation(input),
				Part::Output(output) => Self::OutputQuantisation(output),
				// Headers and operations have no quantisation.
				Part::Header | Part::Operation(_) => Self::MalformedHeader,
			},
			ProgramError::UndefinedValue { value, .. } => Self::UndefinedValue(value),
			ProgramError::UnusedValue { value } => Self::UnusedValue(value),
			ProgramError::DuplicateOutput { value } => Self::DuplicateOutput(value),
			ProgramError::Operation { operation, error } => match error {
				OperationError::InputCount { .. }
				| OperationError::InputType { .. }
				| OperationError::InputShape { .. }
				| OperationError::OutputShape
				| OperationError::Window
				| OperationError::Groups { .. }
				| OperationError::Axes
				| OperationError::MissingElements => Self::OperationShape(operation),
				OperationError::ParameterLength { .. }
				| OperationError::NotCanonical { .. }
				| OperationError::Multiplier { .. }
				| OperationError::ParameterRange { .. }
				| OperationError::ClampBounds { .. } => Self::OperationParameters(operation),
				OperationError::AccumulatorOverflow { .. } => Self::AccumulatorOverflow(operation),
				OperationError::EmptyTree
				| OperationError::Split { .. }
				| OperationError::FeatureOutOfRange { .. }
				| OperationError::TargetOutOfRange { .. } => Self::InvalidTree(operation),
				OperationError::IndexOutOfRange { .. } => Self::IndexOutOfRange(operation),
				OperationError::NotDisputable { .. } => Self::NotDisputable(operation),
			},
		}
	}
}
