// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Circuits agree with the interpreter: on random programs, and on all held-out rows of the committed models.

mod common;

use aivm_inference::*;
use aivm_prover::{
	circuit::{compile, Mode},
	error::CompileError,
};
use common::{
	agrees, imported, inputs,
	programs::{chain, plain_dense, raw, Random},
	run,
};
use rayon::prelude::*;

#[test]
fn circuit_should_agree_with_the_interpreter_when_programs_are_random() {
	let (mut public, mut private, mut operators) = (0, 0, std::collections::BTreeMap::new());
	for seed in 0..300 {
		let mut random = Random(seed);
		let program = random.program();
		// With private weights, every product of a large program is an equation.
		let is_small = program.validate(&Limits::DEFAULT).unwrap().cost.macs < 60_000;
		for mode in [Mode::PublicWeights, Mode::PrivateWeights] {
			if mode == Mode::PrivateWeights && !is_small {
				continue;
			}
			let circuit = match compile(&program, mode) {
				Ok(circuit) => circuit,
				Err(CompileError::Unsupported { operator: "Softmax", .. }) => continue,
				Err(error) => panic!("seed {seed}: {error}"),
			};
			let (count, runs) = match mode {
				Mode::PublicWeights => (&mut public, 3),
				Mode::PrivateWeights => (&mut private, 1),
			};
			*count += 1;
			for _ in 0..runs {
				agrees(&circuit, &program, &random.input(&program));
			}
			for operation in program.operations() {
				*operators.entry(operation.op.name()).or_insert(0) += 1;
			}
		}
	}
	println!("{public} public, {private} private: {operators:?}");
	assert!(public > 200 && private > 100, "{public} {private}");
	assert!(operators.len() == 15 && operators.values().all(|count| *count > 15), "{operators:?}");
}

/// Assigns every held-out row, which compares the output with the interpreter's, and checks every equation of one in `check`.
fn agrees_on_rows(model: &str, check: usize) {
	let program = imported(model).program;
	let circuit = compile(&program, Mode::PublicWeights).unwrap();
	println!(
		"{model}: {} equations, {} variables, {} terms",
		circuit.constraints(),
		circuit.variables(),
		circuit.terms()
	);
	for section in circuit.sections() {
		println!("  {}: {}", section.name, section.rows.len());
	}
	let inputs = inputs(model, &program);
	assert!(inputs.len() > 100);
	inputs.par_iter().enumerate().for_each(|(row, input)| {
		if row % check == 0 {
			agrees(&circuit, &program, input);
		} else {
			circuit.assign(&run(&program, input, Mode::PublicWeights), &[0; 32]).unwrap();
		}
	});
}

#[test]
fn circuit_should_agree_with_the_interpreter_on_all_heldout_rows_of_small_models() {
	for model in ["digits-mlp", "cancer-gbt", "cancer-logreg"] {
		agrees_on_rows(model, 1);
	}
}

#[test]
fn circuit_should_agree_with_the_interpreter_on_all_heldout_rows_of_the_image_network() {
	agrees_on_rows("digits-cnn", 4);
}

#[test]
fn circuit_should_agree_with_the_interpreter_on_all_heldout_rows_of_the_text_network() {
	agrees_on_rows("language-id", 16);
}

#[test]
fn circuit_should_agree_with_the_interpreter_when_weights_of_a_model_are_private() {
	for model in ["digits-mlp", "cancer-gbt"] {
		let program = imported(model).program;
		let circuit = compile(&program, Mode::PrivateWeights).unwrap();
		println!("{model}: {} equations", circuit.constraints());
		for input in inputs(model, &program).iter().take(10) {
			agrees(&circuit, &program, input);
		}
	}
}

#[test]
fn circuit_should_be_the_same_for_the_same_structure_only_when_weights_are_private() {
	let dense = |weights: &[i8]| chain(raw(Dtype::I8, &[1, 2]), vec![Op::Dense(plain_dense(weights, &[5]))]).unwrap().0;
	let (one, other) = (dense(&[1, 2]), dense(&[3, -128]));
	let digest = |program, mode| compile(program, mode).unwrap().for_setup().unwrap().digest();
	assert_eq!(digest(&one, Mode::PrivateWeights), digest(&other, Mode::PrivateWeights));
	assert_eq!(digest(&one, Mode::PublicWeights), digest(&one, Mode::PublicWeights));
	assert_ne!(digest(&one, Mode::PublicWeights), digest(&other, Mode::PublicWeights));
	// A key for one structure proves runs of both.
	let circuit = compile(&one, Mode::PrivateWeights).unwrap();
	agrees(&circuit, &other, &[9, 200]);
}

#[test]
fn compile_should_name_what_it_cannot_do() {
	let exponentials = vec![1 << 20; TABLE as usize];
	let multiplier = Multiplier::new(1 << 30, 23).unwrap();
	let softmax = Op::Softmax(Softmax { exponentials, multiplier, zero_point: -128 });
	let (program, _) = chain(raw(Dtype::I8, &[1, 3]), vec![softmax]).unwrap();
	let error = compile(&program, Mode::PublicWeights).unwrap_err();
	assert_eq!(error, CompileError::Unsupported { operation: 0, operator: "Softmax" });
	assert!(error.to_string().contains("operation 0 is a Softmax"));
}
