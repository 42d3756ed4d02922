// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Looking into models with the real binary. None of it needs a node.

mod common;

use std::path::Path;

use common::{command, model_file, Answer};
use serde_json::Value;

/// Runs the binary; nothing listens at its node's address.
fn run(args: &[&str]) -> Answer {
	command("ws://127.0.0.1:1").args(args).output().unwrap().into()
}

fn json(args: &[&str]) -> Value {
	run(&[&["--json"], args].concat()).json()
}

/// Imports the network of `scripts/models` into a file, and returns what the import says about the program.
fn import_digits(file: &Path) -> Value {
	let (onnx, calibration) = (model_file("digits-mlp", "model.onnx"), model_file("digits-mlp", "calibration.csv"));
	json(&["model", "import", &onnx, "--calibration", &calibration, "--out", file.to_str().unwrap()])["program"].clone()
}

#[test]
fn inspect_should_take_a_program_apart_and_draw_it() {
	let folder = tempfile::tempdir().unwrap();
	let (file, svg) = (folder.path().join("a<b>&c.aivm"), folder.path().join("digits.svg"));
	let program = import_digits(&file);
	let inspect = ["model", "inspect", file.to_str().unwrap(), "--svg", svg.to_str().unwrap()];
	let inspected = json(&inspect);

	assert_eq!(inspected["artefact_hash"], program["artefact_hash"]);
	let totals = &inspected["totals"];
	for (name, same) in [
		("macs", "macs"),
		("bytes_moved", "bytes_moved"),
		("memory_peak", "memory_peak"),
		("input_len", "input_len"),
		("output_len", "output_len"),
		("program_bytes", "bytes"),
	] {
		assert_eq!(totals[name], program[same], "{name}");
	}
	let operations = inspected["operations"].as_array().unwrap();
	let names: Vec<_> = operations.iter().map(|operation| operation["operator"].clone()).collect();
	assert_eq!(Value::from(names), program["operations"]);
	let sum = |name: &str| operations.iter().map(|operation| operation[name].as_u64().unwrap()).sum::<u64>();
	for name in ["macs", "bytes_moved", "ref_time"] {
		assert_eq!(sum(name) + inspected["overhead"][name].as_u64().unwrap(), totals[name].as_u64().unwrap(), "{name}");
	}
	assert_eq!(totals["fits_block"], true);

	// People get the same, and the picture does not change from run to run.
	let picture = std::fs::read_to_string(&svg).unwrap();
	assert!(picture.starts_with("<svg ") && picture.contains("<title>a&lt;b&gt;&amp;c.aivm</title>"));
	assert_eq!(picture.matches("<g class=\"operation\">").count(), operations.len());
	let shown = run(&inspect);
	assert_eq!(shown.code, 0, "{shown:?}");
	for operation in operations {
		assert!(shown.out.contains(operation["operator"].as_str().unwrap()), "{operation}");
	}
	assert!(shown.out.contains(program["artefact_hash"].as_str().unwrap()));
	assert_eq!(std::fs::read_to_string(&svg).unwrap(), picture);
}

#[test]
fn inspect_should_import_onnx_first() {
	let folder = tempfile::tempdir().unwrap();
	let program = import_digits(&folder.path().join("digits.aivm"));
	let (onnx, calibration) = (model_file("digits-mlp", "model.onnx"), model_file("digits-mlp", "calibration.csv"));
	let inspected = json(&["model", "inspect", &onnx, "--calibration", &calibration]);
	assert_eq!(inspected["artefact_hash"], program["artefact_hash"]);
	// Trees need no calibration.
	let trees = json(&["model", "inspect", &model_file("cancer-gbt", "model.onnx")]);
	assert_eq!(trees["operations"][0]["operator"], "TreeEnsemble");
}

#[test]
fn inspect_should_name_cause_and_cure_of_bad_files() {
	let folder = tempfile::tempdir().unwrap();
	let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
	let digits = path("digits.aivm");
	import_digits(digits.as_ref());
	let refused = |args: &[&str], code: i32, cause: &str, cure: &str| {
		let error = run(&[&["--json", "model", "inspect"], args].concat()).error(code);
		assert!(error["cause"].as_str().unwrap().contains(cause), "{error}");
		assert!(error["cure"].as_str().is_some_and(|given| given.contains(cure)), "{error}");
	};
	refused(&[&path("none.aivm")], 5, "cannot read", "path");
	let mut bytes = std::fs::read(&digits).unwrap();
	bytes.truncate(bytes.len() / 2);
	std::fs::write(path("half.aivm"), &bytes).unwrap();
	refused(&[&path("half.aivm")], 5, "no program", "aivm model import");
	refused(&[&model_file("digits-mlp", "model.onnx")], 5, "calibration", "--calibration");
	refused(&[&digits, "--calibration", "rows.csv"], 2, "no ONNX file", "leave --calibration out");
	std::fs::write(path("bad.onnx"), b"not a model").unwrap();
	refused(&[&path("bad.onnx")], 5, "bad.onnx", "");
}

#[test]
fn compare_should_measure_accuracy_and_every_layer() {
	let (onnx, rows) = (model_file("digits-mlp", "model.onnx"), model_file("digits-mlp", "heldout.csv"));
	let calibration = model_file("digits-mlp", "calibration.csv");
	let compare = ["model", "compare", &onnx, &rows, "--calibration", &calibration];
	let compared = json(&compare);
	let accuracy = |value: &Value| value["accuracy"].as_f64().unwrap();
	let (float, program) = (accuracy(&compared["label"]["float"]), accuracy(&compared["label"]["program"]));
	assert!(float > 0.95 && program > float - 0.01, "{float} {program}");
	assert!(accuracy(&compared["agreement"]) > 0.98, "{}", compared["agreement"]);
	assert_eq!(compared["agreement"]["compared"], compared["scores"]["rows"]);
	let layers = compared["layers"].as_array().unwrap();
	assert!(!layers.is_empty());
	for layer in layers {
		let number = |name: &str| layer[name].as_f64().unwrap();
		assert!(number("mean_error") <= number("max_error") && number("elements") > 0.0, "{layer}");
		// There is no such number without an error.
		assert!(layer["signal_to_noise_db"].as_f64().is_none_or(|ratio| ratio > 20.0), "{layer}");
	}

	// Fewer rows, for people.
	let shown = run(&[&compare[..], &["--limit", "7"]].concat());
	assert_eq!(shown.code, 0, "{shown:?}");
	for text in ["SQNR", "program right", "of 7)", "same class"] {
		assert!(shown.out.contains(text), "{text} is missing in: {}", shown.out);
	}
}

#[test]
fn compare_should_name_cause_and_cure_of_bad_rows() {
	let trees = model_file("cancer-gbt", "model.onnx");
	let refused = |args: &[&str], cause: &str, cure: &str| {
		let error = run(&[&["--json", "model", "compare", &trees], args].concat()).error(5);
		assert!(error["cause"].as_str().unwrap().contains(cause), "{error}");
		assert!(error["cure"].as_str().is_some_and(|given| given.contains(cure)), "{error}");
	};
	let other = model_file("digits-mlp", "heldout.csv");
	refused(&[&other], "64 numbers, but the model takes 30", "exactly the model's features");
	refused(&[&model_file("cancer-gbt", "heldout.csv"), "--limit", "0"], "no rows", "--limit");
	refused(&[&model_file("cancer-gbt", "card.json")], "card.json", "comma-separated");
}
