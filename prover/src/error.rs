// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Why a program, an input or a key is refused, and what to do about it.

use aivm_inference::{ProgramError, RunError};
use thiserror::Error;

/// Why no circuit can be made for a program.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum CompileError {
	/// The program is not valid.
	#[error("the program is not valid: {0}")]
	Program(ProgramError),
	/// No circuit is known for an operator.
	#[error(
		"operation {operation} is a {operator}, which no circuit computes; take the output before it, or use another trust \
		 path for this program"
	)]
	Unsupported {
		/// Number of the operation.
		operation: u16,
		/// The operator.
		operator: &'static str,
	},
	/// Numbers of an operation are too large to be compared safely.
	#[error("operation {operation} ({operator}) makes numbers of more than 120 bits; scale its parameters down")]
	TooWide {
		/// Number of the operation.
		operation: u16,
		/// The operator.
		operator: &'static str,
	},
	/// The circuit has too many constraints or terms.
	#[error(
		"the circuit has more than {limit} {what} at {section}; use a smaller model, or another trust path for this one"
	)]
	TooLarge {
		/// What there is too much of.
		what: &'static str,
		/// How much is allowed.
		limit: usize,
		/// The part of the circuit in which it became too large.
		section: String,
	},
}

/// Why an assignment or a proof cannot be made.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ProveError {
	/// The program refuses the input.
	#[error("the program refuses the input: {0}")]
	Run(RunError),
	/// The weights' salt is given for a circuit with public weights, or missing for one with private weights.
	#[error("a circuit with {mode} weights {remedy}")]
	WeightsSalt {
		/// The mode of the circuit.
		mode: &'static str,
		/// What to do.
		remedy: &'static str,
	},
	/// The statement is no scalar.
	#[error("the statement is not below the order of the field; use `field_of_hash` of the statement's hash")]
	Statement,
	/// The weights of the program are not those of a circuit of this structure.
	#[error("the program has another structure than the circuit; compile the circuit from this program")]
	Structure,
	/// The circuit gives another output than the interpreter.
	#[error("the circuit gives another output than the interpreter; please report this program: it is a fault of the circuit")]
	Disagreement,
	/// An equation does not hold.
	#[error("equation {row} does not hold, in {section}; the values are not those of a run")]
	Unsatisfied {
		/// The part of the circuit.
		section: String,
		/// The equation.
		row: usize,
	},
	/// A key has another size than the circuit.
	#[error("the key is for another circuit ({what}: {given}, not {expected}); use the key of this program and mode")]
	Key {
		/// What differs.
		what: &'static str,
		/// Of the circuit.
		expected: usize,
		/// Of the key.
		given: usize,
	},
	/// The proof would take more memory than allowed.
	#[error(
		"the proof takes about {needed} bytes of memory and {allowed} are allowed; allow more, or use a larger machine"
	)]
	Memory {
		/// Estimate in bytes.
		needed: u64,
		/// Bound in bytes.
		allowed: u64,
	},
	/// No random numbers from the operating system.
	#[error("the operating system gives no random numbers: {0}")]
	Randomness(String),
	/// The circuit is larger than any domain of the field.
	#[error("a circuit of {constraints} equations is too large for the field; use a smaller model")]
	Domain {
		/// Number of equations.
		constraints: usize,
	},
}
