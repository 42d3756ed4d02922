// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The committed example models: trained by `scripts/models/train`, imported here.

use std::path::PathBuf;

use aivm_importer::{
	compare, import, interpret_output, quantise_row, Comparison, FloatModel, ImportError, Imported, Options,
	RangeMethod, RowError, Rows, RowsOptions,
};

const MODELS: [&str; 5] = ["digits-mlp", "cancer-gbt", "cancer-logreg", "digits-cnn", "language-id"];

fn file(model: &str, name: &str) -> Vec<u8> {
	let path: PathBuf =
		[&std::env::var("CARGO_MANIFEST_DIR").unwrap(), "../../scripts/models", model, name].iter().collect();
	std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn rows(model: &str, name: &str) -> Rows {
	Rows::parse(&file(model, name), &RowsOptions::default()).unwrap()
}

fn imported(model: &str) -> Imported {
	let rows = rows(model, "calibration.csv");
	import(&file(model, "model.onnx"), Some(&rows), &Options::default()).unwrap()
}

/// The classes that the program gives to the rows.
fn classes(imported: &Imported, rows: &Rows) -> Vec<String> {
	let labels = imported.labels.as_ref().unwrap();
	let class = |row: &[f32]| {
		let output = imported.program.run(&quantise_row(&imported.program, row).unwrap()).unwrap();
		labels[interpret_output(&imported.program, &output).unwrap().class.unwrap()].clone()
	};
	rows.iter().map(class).collect()
}

fn share(left: &[String], right: &[String]) -> f64 {
	assert_eq!(left.len(), right.len());
	left.iter().zip(right).filter(|(left, right)| left == right).count() as f64 / left.len() as f64
}

#[test]
fn float_model_should_give_onnx_runtimes_label_when_it_runs_any_committed_row() {
	for model in MODELS {
		let float = FloatModel::from_onnx(&file(model, "model.onnx"), &Options::default()).unwrap();
		for name in ["heldout.csv", "calibration.csv"] {
			let rows = rows(model, name);
			let labels: Vec<String> =
				rows.iter().map(|row| float.label(&float.run(row).unwrap()).unwrap().to_owned()).collect();
			assert_eq!(labels, rows.text("float_label").unwrap(), "{model} {name}");
		}
	}
}

#[test]
fn program_should_be_as_accurate_as_the_float_model_when_it_runs_the_heldout_rows() {
	for model in MODELS {
		let rows = rows(model, "heldout.csv");
		let (truth, float) = (rows.text("label").unwrap(), rows.text("float_label").unwrap());
		let imported = imported(model);
		let given = classes(&imported, &rows);
		let (accuracy, reference, agreement) = (share(&given, truth), share(float, truth), share(&given, float));
		println!(
			"{model}: {} rows, accuracy {accuracy:.4}, float {reference:.4}, agreement {agreement:.4}\n  \
			 {} bytes, {:?}\n  {:?}\n  {:?}",
			rows.len(),
			imported.bytes.len(),
			imported.summary,
			compare(&imported.program, &imported.float, &rows).unwrap(),
			imported.report.operations,
		);
		assert!(reference > 0.94, "{model}: float accuracy {reference}");
		assert!(accuracy >= reference - 0.01, "{model}: accuracy {accuracy}, float {reference}");
		assert!(agreement >= 0.98, "{model}: agreement {agreement}");
		if imported.float.is_trees() {
			assert_eq!(given, float, "{model}: an ensemble of trees is exact");
		}
	}
}

#[test]
fn quantised_model_should_keep_its_accuracy_when_it_is_imported_without_rows() {
	for model in ["digits-cnn", "language-id"] {
		let rows = rows(model, "heldout.csv");
		let imported = import(&file(model, "model-int8.onnx"), None, &Options::default()).unwrap();
		let comparison = compare(&imported.program, &imported.float, &rows).unwrap();
		assert!(comparison.agreement().unwrap() >= 0.995, "{model}: {comparison:?}");
		let (given, truth) = (classes(&imported, &rows), rows.text("label").unwrap());
		let reference = share(rows.text("float_label").unwrap(), truth);
		assert!(share(&given, truth) >= reference - 0.01, "{model}: {} {reference}", share(&given, truth));
	}
}

#[test]
fn heldout_rows_should_be_three_tenths_of_the_data_when_committed() {
	for (model, all) in MODELS.into_iter().zip([1_797usize, 569, 569, 1_797, 2_400]) {
		assert!(rows(model, "heldout.csv").len() * 10 >= all * 3, "{model}");
	}
}

#[test]
fn import_should_report_the_comparison_on_calibration_rows_when_they_are_given() {
	for model in MODELS {
		let imported = imported(model);
		let calibration = imported.report.calibration.as_ref().unwrap();
		assert_eq!(*calibration, compare(&imported.program, &imported.float, &rows(model, "calibration.csv")).unwrap());
		let Comparison { saturated, score_range, max_error, .. } = *calibration;
		assert_eq!(saturated, 0, "{model}: full ranges hold every calibration row");
		assert!(max_error < score_range / 20.0, "{model}: {max_error} of {score_range}");
		assert!(calibration.agreement().unwrap() > 0.98, "{model}");
		assert!(!imported.report.operators.is_empty() && !imported.report.operations.is_empty());
	}
}

#[test]
fn import_should_give_the_same_bytes_when_repeated() {
	for model in MODELS {
		let first = imported(model);
		assert_eq!(first.bytes, imported(model).bytes, "{model}");
		let (program, summary) =
			aivm_inference::Program::decode_and_validate(&first.bytes, &Options::default().limits).unwrap();
		assert_eq!((program, summary), (first.program, first.summary), "{model}");
	}
}

#[test]
fn import_should_cut_extremes_when_ranges_are_percentiles() {
	let (onnx, rows) = (file("digits-mlp", "model.onnx"), rows("digits-mlp", "calibration.csv"));
	let options = Options { range: RangeMethod::Percentile(0.01), ..Options::default() };
	let imported = import(&onnx, Some(&rows), &options).unwrap();
	let calibration = imported.report.calibration.unwrap();
	assert!(calibration.saturated > 0);
	assert!(calibration.agreement().unwrap() > 0.95);
}

#[test]
fn import_should_ask_for_calibration_when_a_network_has_none() {
	for model in ["digits-mlp", "cancer-logreg", "digits-cnn", "language-id"] {
		let error = import(&file(model, "model.onnx"), None, &Options::default()).unwrap_err();
		assert_eq!(error, ImportError::NeedsCalibration, "{model}");
	}
	let trees = import(&file("cancer-gbt", "model.onnx"), None, &Options::default()).unwrap();
	assert_eq!(trees.report.calibration, None);
	assert_eq!(trees.bytes, imported("cancer-gbt").bytes);
}

#[test]
fn import_should_be_refused_when_calibration_rows_have_another_width() {
	let onnx = file("digits-mlp", "model.onnx");
	let narrow = Rows::from_values(30, vec![0.0; 60]).unwrap();
	let error = import(&onnx, Some(&narrow), &Options::default()).unwrap_err();
	assert_eq!(error, ImportError::Calibration { expected: 64, given: 30, rows: 2 });
	let empty = Rows::from_values(64, vec![]).unwrap();
	let error = import(&onnx, Some(&empty), &Options::default()).unwrap_err();
	assert_eq!(error, ImportError::Calibration { expected: 64, given: 64, rows: 0 });
}

#[test]
fn import_should_be_refused_when_the_program_is_over_a_limit() {
	let mut options = Options::default();
	options.limits.max_bytes = 1_000;
	let error = import(&file("cancer-gbt", "model.onnx"), None, &options).unwrap_err();
	assert!(matches!(error, ImportError::Program(_)), "{error}");
}

#[test]
fn row_should_be_refused_when_it_does_not_fit_the_program() {
	for (model, inputs) in MODELS.into_iter().zip([64, 30, 30, 64, 48]) {
		let imported = imported(model);
		for given in [0, inputs - 1, inputs + 1] {
			let row = vec![1.0; given];
			let expected = RowError::Shape { expected: inputs, given };
			assert_eq!(quantise_row(&imported.program, &row).unwrap_err(), expected, "{model}");
			assert_eq!(imported.float.run(&row).unwrap_err(), expected, "{model}");
		}
		let mut row = vec![1.0; inputs];
		row[7] = f32::NAN;
		assert_eq!(quantise_row(&imported.program, &row).unwrap_err(), RowError::NotANumber(7), "{model}");
		assert_eq!(imported.float.run(&row).unwrap_err(), RowError::NotANumber(7), "{model}");
	}
}

#[test]
fn row_should_saturate_when_it_is_out_of_range() {
	let imported = imported("digits-mlp");
	let bytes = |value: f32| quantise_row(&imported.program, &[value; 64]).unwrap();
	assert_eq!(bytes(1.0e6), bytes(f32::INFINITY));
	assert_eq!(bytes(-1.0e6), bytes(f32::NEG_INFINITY));
	assert_eq!(bytes(-1.0), bytes(0.0));
	assert_ne!(bytes(16.0), bytes(8.0));
}

#[test]
fn output_should_be_refused_when_its_length_or_class_is_wrong() {
	use aivm_importer::OutputError;
	let imported = imported("cancer-gbt");
	let row = rows("cancer-gbt", "heldout.csv").iter().next().unwrap().to_vec();
	let mut output = imported.program.run(&quantise_row(&imported.program, &row).unwrap()).unwrap();
	assert_eq!(
		interpret_output(&imported.program, &output[1..]).unwrap_err(),
		OutputError::Length { expected: 12, given: 11 }
	);
	output[0] = 2;
	assert_eq!(interpret_output(&imported.program, &output).unwrap_err(), OutputError::Class(2));
	output[..4].copy_from_slice(&(-1i32).to_le_bytes());
	assert_eq!(interpret_output(&imported.program, &output).unwrap_err(), OutputError::Class(-1));
}
