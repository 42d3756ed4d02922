// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Graphs of many exporters' shapes, made by `scripts/models/fixtures.py`, with ONNX Runtime's answers.

use std::path::PathBuf;

use aivm_importer::{
	import, interpret_output, quantise_row, FloatModel, Imported, Options, Role, Rows, RowsOptions, ScoreKind, Task,
};

fn read(name: &str) -> Vec<u8> {
	let path: PathBuf = [&std::env::var("CARGO_MANIFEST_DIR").unwrap(), "tests/fixtures", name].iter().collect();
	std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

struct Fixture {
	onnx: Vec<u8>,
	rows: Rows,
	labels: Option<Vec<String>>,
	outputs: Vec<Vec<f64>>,
}

fn fixture(name: &str) -> Fixture {
	let onnx = read(&format!("{name}.onnx"));
	let table = read(&format!("{name}.csv"));
	let columns: Vec<String> = (0..16).map(|index| format!("y_{index}")).collect();
	let text_columns = columns.iter().cloned().chain(["label".to_owned()]).collect();
	let rows = Rows::parse(&table, &RowsOptions { text_columns, ..RowsOptions::default() }).unwrap();
	let columns: Vec<&[String]> = columns.iter().map_while(|column| rows.text(column)).collect();
	let outputs =
		(0..rows.len()).map(|row| columns.iter().map(|column| column[row].parse().unwrap()).collect()).collect();
	let labels = rows.text("label").map(<[String]>::to_vec);
	Fixture { onnx, rows, labels, outputs }
}

fn imported(fixture: &Fixture) -> Imported {
	import(&fixture.onnx, Some(&fixture.rows), &Options::default()).unwrap()
}

/// Largest difference, relative to the largest magnitude of a column of `expected`.
fn error(given: &[Vec<f64>], expected: &[Vec<f64>]) -> f64 {
	assert_eq!(given.len(), expected.len());
	let largest = expected.iter().flatten().fold(0.0, |most: f64, value| most.max(value.abs()));
	let pairs = given.iter().zip(expected).flat_map(|(given, expected)| {
		assert_eq!(given.len(), expected.len());
		given.iter().zip(expected)
	});
	pairs.map(|(given, expected)| (given - expected).abs()).fold(0.0, f64::max) / largest
}

/// Runs the float model and the program, and compares both with ONNX Runtime. `kind` says how scores become
/// probabilities; a kind of `None` leaves the scores of the classifier alone. `agreement` is the least share of equal
/// labels.
fn check(name: &str, kind: ScoreKind, compare_scores: bool, agreement: f64, tolerance: f64) {
	let fixture = fixture(name);
	let imported = imported(&fixture);
	assert_eq!(imported.score_kind, kind, "{name}");
	let shown = |scores: Vec<f64>| kind.probabilities(&scores).unwrap_or(scores);
	let (mut float_scores, mut program_scores, mut float_labels, mut program_labels) = (vec![], vec![], vec![], vec![]);
	for row in fixture.rows.iter() {
		let float = imported.float.run(row).unwrap();
		let output = imported.program.run(&quantise_row(&imported.program, row).unwrap()).unwrap();
		let output = interpret_output(&imported.program, &output).unwrap();
		if let Some(labels) = &imported.labels {
			float_labels.push(labels[float.class.unwrap()].clone());
			program_labels.push(labels[output.class.unwrap()].clone());
		}
		float_scores.push(shown(float.scores.iter().map(|score| f64::from(*score)).collect()));
		program_scores.push(shown(output.scores));
	}
	if let Some(expected) = &fixture.labels {
		assert_eq!(&float_labels, expected, "{name}");
		let same = program_labels.iter().zip(expected).filter(|(given, expected)| given == expected).count();
		println!("{name}: {same} of {} labels", expected.len());
		assert!(same as f64 >= agreement * expected.len() as f64, "{name}: {same} of {}", expected.len());
	}
	if compare_scores {
		let (float, program) = (error(&float_scores, &fixture.outputs), error(&program_scores, &fixture.outputs));
		println!("{name}: errors {float:.2e} (float), {program:.2e} (program)");
		assert!(float < 2.0e-6, "{name}: float error {float}");
		assert!(program < tolerance, "{name}: program error {program}");
	}
}

#[test]
fn network_should_follow_onnx_runtime_when_skl2onnx_exported_it() {
	check("mlp-binary", ScoreKind::Logits, true, 0.98, 0.05);
	check("mlp-strings", ScoreKind::Logits, true, 0.98, 0.05);
	check("mlp-regressor", ScoreKind::Values, true, 1.0, 0.02);
}

#[test]
fn linear_model_should_follow_onnx_runtime_when_skl2onnx_exported_it() {
	check("logreg-multi", ScoreKind::Logits, true, 0.98, 0.03);
	check("linear-regression", ScoreKind::Values, true, 1.0, 0.02);
	check("sgd-binary", ScoreKind::Values, true, 0.98, 0.02);
	check("ridge-binary", ScoreKind::Values, false, 0.96, 0.0);
}

#[test]
fn trees_should_equal_onnx_runtime_when_skl2onnx_exported_them() {
	check("gbt-multi", ScoreKind::Logits, true, 1.0, 2.0e-6);
	check("gbt-regressor", ScoreKind::Values, true, 1.0, 2.0e-6);
	check("forest-binary", ScoreKind::Probabilities, true, 1.0, 2.0e-6);
	check("forest-scaled", ScoreKind::Probabilities, true, 1.0, 2.0e-6);
	check("forest-regressor", ScoreKind::Values, true, 1.0, 2.0e-6);
	check("tree-strings", ScoreKind::Probabilities, true, 1.0, 2.0e-6);
}

#[test]
fn network_should_follow_onnx_runtime_when_it_is_laid_out_as_pytorch_exports_it() {
	check("torch-softmax", ScoreKind::Logits, true, 1.0, 0.05);
	let fixture = fixture("torch-sigmoid");
	let imported = imported(&fixture);
	assert_eq!(imported.labels.as_deref(), Some(["0".to_owned(), "1".to_owned()].as_slice()));
	for (row, expected) in fixture.rows.iter().zip(&fixture.outputs) {
		let output = imported.program.run(&quantise_row(&imported.program, row).unwrap()).unwrap();
		let output = interpret_output(&imported.program, &output).unwrap();
		let probability = imported.score_kind.probabilities(&output.scores).unwrap()[1];
		assert!((probability - expected[0]).abs() < 0.05, "{probability} {expected:?}");
		assert_eq!(output.class == Some(1), probability > 0.5);
	}
}

#[test]
fn task_should_decide_the_outputs_when_it_is_given() {
	let fixture = fixture("torch-softmax");
	let options = |task| Options { task, ..Options::default() };
	let outputs = |task| import(&fixture.onnx, Some(&fixture.rows), &options(task)).unwrap().program.outputs().len();
	assert_eq!(outputs(Task::Auto), 2);
	assert_eq!(outputs(Task::Classification), 2);
	assert_eq!(outputs(Task::Regression), 1);
	let model = FloatModel::from_onnx(&fixture.onnx, &options(Task::Regression)).unwrap();
	assert_eq!((model.labels(), model.score_kind(), model.outputs()), (None, ScoreKind::Values, 4));
}

#[test]
fn report_should_say_what_became_of_each_operator_when_a_network_is_imported() {
	let imported = imported(&fixture("mlp-strings"));
	let role = |op: &str| imported.report.operators.iter().find(|operator| operator.op == op).map(|found| found.role);
	assert_eq!(role("MatMul"), Some(Role::Computed));
	assert_eq!(role("Relu"), Some(Role::Computed));
	assert_eq!(role("Softmax"), Some(Role::Dropped));
	assert_eq!(role("ArgMax"), Some(Role::Argmax));
	assert_eq!(role("ArrayFeatureExtractor"), Some(Role::Labels));
	assert_eq!(imported.report.operations, [("ArgMax".into(), 1), ("Dense".into(), 3), ("Requantise".into(), 2)]);
}
