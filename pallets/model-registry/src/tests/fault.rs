// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How faults of programs become dispatch errors.

use super::*;
use aivm_inference::{OperationError, Parameter, Part, ProgramError, Quantity};
use codec::Encode;
use sp_runtime::DispatchError;

#[test]
fn program_fault_should_keep_kind_and_place_when_an_error_is_shortened() {
	let operation = |error| ProgramError::Operation { operation: 513, error };
	let limit = |what| ProgramError::LimitExceeded { what, given: 2, limit: 1 };
	let (parameter, part) = (Parameter::Scales, Part::Output(4));
	for (error, fault) in [
		(ProgramError::UnsupportedVersion { version: 9 }, ProgramFault::UnsupportedVersion(9)),
		(ProgramError::Malformed { part: Part::Header }, ProgramFault::MalformedHeader),
		(ProgramError::Malformed { part: Part::Input(1) }, ProgramFault::MalformedInput(1)),
		(ProgramError::Malformed { part: Part::Operation(2) }, ProgramFault::MalformedOperation(2)),
		(ProgramError::Malformed { part: Part::Output(3) }, ProgramFault::MalformedOutput(3)),
		(ProgramError::UnknownOperation { operation: 5, index: 77 }, ProgramFault::UnknownOperator(5)),
		(ProgramError::TrailingBytes { count: 6 }, ProgramFault::TrailingBytes),
		(ProgramError::NotCanonical, ProgramFault::NotCanonical),
		(ProgramError::Empty { what: Quantity::Outputs }, ProgramFault::Empty),
		(limit(Quantity::Bytes), ProgramFault::TooLong),
		(limit(Quantity::Inputs), ProgramFault::TooManyParts),
		(limit(Quantity::Operations), ProgramFault::TooManyParts),
		(limit(Quantity::Outputs), ProgramFault::TooManyParts),
		(limit(Quantity::Macs), ProgramFault::TooMuchWork),
		(limit(Quantity::Memory), ProgramFault::TooMuchMemory),
		(limit(Quantity::InputBytes), ProgramFault::InputTooLong),
		(limit(Quantity::OutputBytes), ProgramFault::OutputTooLong),
		(limit(Quantity::TreeDepth), ProgramFault::TreeTooDeep),
		(ProgramError::Shape { input: 7 }, ProgramFault::InputShape(7)),
		(
			ProgramError::QuantisationLength { part: Part::Input(8), parameter, expected: 1, given: 2 },
			ProgramFault::InputQuantisation(8),
		),
		(ProgramError::Quantisation { part, parameter }, ProgramFault::OutputQuantisation(4)),
		(ProgramError::FloatOrderType { part }, ProgramFault::OutputQuantisation(4)),
		(ProgramError::UndefinedValue { part, value: 10 }, ProgramFault::UndefinedValue(10)),
		(ProgramError::UnusedValue { value: 11 }, ProgramFault::UnusedValue(11)),
		(ProgramError::DuplicateOutput { value: 12 }, ProgramFault::DuplicateOutput(12)),
		(operation(OperationError::InputCount { expected: 1, given: 2 }), ProgramFault::OperationShape(513)),
		(operation(OperationError::OutputShape), ProgramFault::OperationShape(513)),
		(operation(OperationError::NotCanonical { parameter }), ProgramFault::OperationParameters(513)),
		(operation(OperationError::ClampBounds { low: 1, high: 0 }), ProgramFault::OperationParameters(513)),
		(
			operation(OperationError::AccumulatorOverflow { channel: 0, lowest: 0, highest: i64::MAX }),
			ProgramFault::AccumulatorOverflow(513),
		),
		(operation(OperationError::Window), ProgramFault::OperationShape(513)),
		(operation(OperationError::ParameterRange { parameter }), ProgramFault::OperationParameters(513)),
		(operation(OperationError::IndexOutOfRange { low: -1, high: 9, rows: 5 }), ProgramFault::IndexOutOfRange(513)),
		(operation(OperationError::NotDisputable { macs: 1, bytes: 2 }), ProgramFault::NotDisputable(513)),
		(operation(OperationError::EmptyTree), ProgramFault::InvalidTree(513)),
		(operation(OperationError::Split { tree: 1, branch: 2 }), ProgramFault::InvalidTree(513)),
	] {
		assert_eq!(ProgramFault::from(&error), fault, "{error}");
	}
}

#[test]
fn invalid_program_should_carry_the_fault_when_it_becomes_a_dispatch_error() {
	let fault = ProgramFault::AccumulatorOverflow(513);
	let DispatchError::Module(module) = Error::<Test>::InvalidProgram(fault).into() else {
		panic!("a pallet's error is a module error");
	};
	assert_eq!(module.error[1..], fault.encode());
}
