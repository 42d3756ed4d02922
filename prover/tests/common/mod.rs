// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Programs, models and statements for the tests of circuits.

#![allow(dead_code)]

#[path = "../../../primitives/inference/tests/common/mod.rs"]
pub mod programs;

use std::path::PathBuf;

use aivm_importer::{import, quantise_row, Imported, Options, Rows, RowsOptions};
use aivm_inference::Program;
use aivm_prover::circuit::{Circuit, Mode, Run};
use aivm_verification::{field_of_hash, scalar, Fr, Scalar, Statement};

fn file(model: &str, name: &str) -> Vec<u8> {
	let path: PathBuf =
		[&std::env::var("CARGO_MANIFEST_DIR").unwrap(), "../scripts/models", model, name].iter().collect();
	std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Rows of a committed model.
pub fn rows(model: &str, name: &str) -> Rows {
	Rows::parse(&file(model, name), &RowsOptions::default()).unwrap()
}

/// A committed model as a program.
pub fn imported(model: &str) -> Imported {
	import(&file(model, "model.onnx"), Some(&rows(model, "calibration.csv")), &Options::default()).unwrap()
}

/// The held-out rows of a committed model as inputs of its program.
pub fn inputs(model: &str, program: &Program) -> Vec<Vec<u8>> {
	rows(model, "heldout.csv").iter().map(|row| quantise_row(program, row).unwrap()).collect()
}

/// A run with a salt, and one for the weights where they are private.
pub fn run<'a>(program: &'a Program, input: &'a [u8], mode: Mode) -> Run<'a> {
	let weights_salt = (mode == Mode::PrivateWeights).then(|| Fr::from(77));
	Run { program, input, salt: Fr::from(1_234_567), weights_salt }
}

/// The last public input for what a run shows.
pub fn statement(run: &Run<'_>) -> Scalar {
	let outcome = run.outcome().unwrap();
	let statement = Statement {
		genesis: [1; 32],
		task: 2,
		program: outcome.program,
		input: outcome.input,
		output: outcome.output,
		provider: [3; 32],
		kind: 1,
	};
	field_of_hash(&statement.hash())
}

/// Assigns a run and checks every equation.
pub fn agrees(circuit: &Circuit, program: &Program, input: &[u8]) {
	let run = run(program, input, circuit.mode());
	let (assignment, outcome) = circuit.assign(&run, &statement(&run)).unwrap();
	circuit.check(&assignment).unwrap();
	assert_eq!(outcome.bytes, program.run(input).unwrap());
	assert_eq!(scalar(assignment.values()[3]), outcome.output);
}
