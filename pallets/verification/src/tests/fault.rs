// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Faults in the three bytes of a dispatch error.

use aivm_verification::{
	groth16::{KeyPoint, ProofPoint},
	KeyError, ProofError,
};

use super::*;

#[test]
fn key_fault_should_name_the_point() {
	let point = KeyPoint::Ic(16);
	for (error, fault) in [
		(KeyError::Length { given: 7 }, KeyFault::Length),
		(KeyError::TooManyInputs { given: 17 }, KeyFault::TooManyInputs),
		(KeyError::Encoding { point: KeyPoint::Alpha }, KeyFault::Encoding(0)),
		(KeyError::Encoding { point: KeyPoint::Beta }, KeyFault::Encoding(1)),
		(KeyError::Subgroup { point }, KeyFault::Subgroup(20)),
		(KeyError::Infinity { point: KeyPoint::Ic(0) }, KeyFault::Infinity(4)),
		(KeyError::Related { first: KeyPoint::Delta, second: KeyPoint::Generator }, KeyFault::Related(3, 255)),
	] {
		assert_eq!(KeyFault::from(error), fault);
	}
}

#[test]
fn proof_fault_should_name_the_input_or_the_point() {
	for (error, fault) in [
		(ProofError::Key, ProofFault::Key),
		(ProofError::Length { expected: 128, given: 1 }, ProofFault::Length),
		(ProofError::InputCount { expected: 1, given: 2 }, ProofFault::InputCount),
		(ProofError::Input { number: 3 }, ProofFault::Input(3)),
		(ProofError::Encoding { point: ProofPoint::A }, ProofFault::Encoding(0)),
		(ProofError::Infinity { point: ProofPoint::B }, ProofFault::Infinity(1)),
		(ProofError::Subgroup { point: ProofPoint::C }, ProofFault::Subgroup(2)),
		(ProofError::Equation, ProofFault::Equation),
	] {
		assert_eq!(ProofFault::from(error), fault);
	}
}
