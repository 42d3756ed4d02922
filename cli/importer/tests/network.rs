// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Networks: ranges, bounds and folding.

mod common;

use aivm_importer::{import, FloatModel, Options, Rows, ScoreKind, Task};
use aivm_inference::{Dtype, Quantisation};
use common::*;
use prost::Message;

/// Rows whose features run through these ranges, each at its own pace.
fn grid(ranges: &[(f32, f32)], count: usize) -> Rows {
	let step = |row: usize, feature: usize| (row * (feature * 2 + 1) % count) as f32 / (count - 1) as f32;
	let row =
		|row| ranges.iter().enumerate().map(move |(feature, (low, high))| low + (high - low) * step(row, feature));
	Rows::from_values(ranges.len(), (0..count).flat_map(row).collect()).unwrap()
}

/// The largest difference of a score between the program and the float model, over the range of the float scores.
fn error(graph: &aivm_importer::proto::ModelProto, rows: &Rows) -> f64 {
	let report = import_model(graph, Some(rows)).unwrap().report.calibration.unwrap();
	report.max_error / report.score_range
}

#[test]
fn features_should_be_equally_precise_when_their_ranges_differ_widely() {
	let weights = vec![floats("w", &[3, 1], &[1.0e-6, 50.0, 0.02]), floats("b", &[1], &[4.0])];
	let nodes = vec![node("MatMul", &["x", "w"], &["h"], &[]), node("Add", &["h", "b"], &["y"], &[])];
	let rows = grid(&[(0.0, 1.0e6), (-0.02, 0.0), (-30.0, 70.0)], 101);
	assert!(error(&model(3, weights, nodes, &["y"]), &rows) < 0.01);
}

#[test]
fn input_should_be_wide_integers_when_a_feature_lies_far_from_zero() {
	let weights = vec![floats("w", &[2, 1], &[1.0, 1.0])];
	let graph = model(2, weights, vec![node("MatMul", &["x", "w"], &["y"], &[])], &["y"]);
	let rows = grid(&[(1990.0, 2020.0), (270.0, 310.0)], 101);
	let imported = import_model(&graph, Some(&rows)).unwrap();
	let spec = &imported.program.inputs()[0];
	assert_eq!(spec.dtype, Dtype::I32);
	assert!(
		matches!(&spec.quantisation, Quantisation::Affine { zero_points, .. } if *zero_points.get(0).unwrap() < -10_000)
	);
	let report = imported.report.calibration.clone().unwrap();
	assert!(report.max_error < 0.01 * report.score_range, "{report:?}");
	assert_eq!(report.saturated, 0);
	// Far outside, the input stops at the border like any other.
	assert_eq!(run(&imported, &[1e9, 290.0]), run(&imported, &[2_030.0, 290.0]));

	let near = import_model(&graph, Some(&grid(&[(10.0, 20.0), (0.0, 1.0)], 101))).unwrap();
	assert_eq!(near.program.inputs()[0].dtype, Dtype::I8);
}

#[test]
fn range_should_have_headroom_but_not_across_zero_when_rows_are_on_one_side() {
	let weights = vec![floats("w", &[2, 1], &[1.0, 1.0])];
	let graph = model(2, weights, vec![node("MatMul", &["x", "w"], &["y"], &[])], &["y"]).encode_to_vec();
	let rows = grid(&[(0.0, 10.0), (-10.0, 10.0)], 101);
	let result = |headroom, row: &[f32]| {
		let options = Options { headroom, ..Options::default() };
		run(&import(&graph, Some(&rows), &options).unwrap(), row).scores[0].round()
	};
	assert_eq!(result(0.0, &[20.0, 0.0]), 10.0);
	assert_eq!(result(0.5, &[20.0, 0.0]), 15.0);
	assert_eq!(result(0.5, &[-20.0, 0.0]), 0.0);
	assert_eq!(result(0.5, &[0.0, -40.0]), -20.0);
	assert_eq!(result(0.5, &[0.0, 40.0]), 20.0);
}

#[test]
fn layers_should_keep_their_meaning_when_bounds_are_inside_or_at_the_end() {
	let constants = || {
		vec![
			floats("w1", &[3, 2], &[1.0, -2.0, 0.5, 1.5, -1.0, 0.25]),
			floats("w2", &[2, 2], &[1.0, -1.0, 0.5, 2.0]),
			floats("b", &[2], &[0.5, -0.25]),
			floats("low", &[], &[-0.5]),
			floats("high", &[], &[1.5]),
			floats("two", &[], &[2.0]),
		]
	};
	let head = |first: &str| {
		node("Gemm", &[first, "w1", "b"], &["h"], &[("alpha", Attribute::Float(0.5)), ("beta", Attribute::Float(2.0))])
	};
	let rows = grid(&[(-2.0, 2.0), (0.0, 3.0), (-1.0, 1.0)], 101);
	let cases: Vec<(&str, Vec<aivm_importer::proto::NodeProto>)> = vec![
		("relu inside", vec![head("x"), node("Relu", &["h"], &["a"], &[]), node("MatMul", &["a", "w2"], &["y"], &[])]),
		(
			"bounds inside",
			vec![
				head("x"),
				node("Clip", &["h", "low", "high"], &["a"], &[]),
				node("Relu", &["a"], &["c"], &[]),
				node("MatMul", &["c", "w2"], &["y"], &[]),
			],
		),
		("bounds at the end", vec![head("x"), node("Clip", &["h", "low", "high"], &["y"], &[])]),
		("old bounds", vec![head("x"), node("Clip", &["h"], &["y"], &[("min", Attribute::Float(0.25))])]),
		(
			"bounds in front",
			vec![node("Clip", &["x", "low", ""], &["c"], &[]), head("c"), node("Identity", &["h"], &["y"], &[])],
		),
		(
			"arithmetic",
			vec![
				node("Sub", &["x", "two"], &["c"], &[]),
				node("Div", &["c", "two"], &["d"], &[]),
				head("d"),
				node("Sub", &["two", "h"], &["e"], &[]),
				node("Mul", &["e", "b"], &["f"], &[]),
				node("Relu", &["f"], &["g"], &[]),
				node("Mul", &["g", "two"], &["y"], &[]),
			],
		),
		("two matrices", vec![head("x"), node("MatMul", &["h", "w2"], &["y"], &[])]),
	];
	for (name, nodes) in cases {
		let error = error(&model(3, constants(), nodes, &["y"]), &rows);
		assert!(error < 0.02, "{name}: {error}");
	}
}

#[test]
fn scores_should_be_classes_when_asked_for() {
	let weights = || vec![floats("w", &[2, 1], &[1.0, -1.0])];
	let bytes = model(2, weights(), vec![node("MatMul", &["x", "w"], &["y"], &[])], &["y"]).encode_to_vec();
	let rows = grid(&[(-1.0, 1.0), (-1.0, 1.0)], 101);
	let options = |task| Options { task, ..Options::default() };
	let classes = import(&bytes, Some(&rows), &options(Task::Classification)).unwrap();
	assert_eq!(classes.labels.as_ref().map(Vec::len), Some(2));
	assert_eq!(run(&classes, &[0.9, 0.1]).class, Some(1));
	assert_eq!(run(&classes, &[0.1, 0.9]).class, Some(0));
	assert_eq!(run(&classes, &[0.9, 0.1]).scores[0], 0.0);
	let values = import(&bytes, Some(&rows), &options(Task::Auto)).unwrap();
	assert_eq!((values.labels, values.score_kind), (None, ScoreKind::Values));
}

#[test]
fn labels_should_be_renamed_when_a_label_encoder_follows() {
	let nodes = vec![
		node("ArgMax", &["x"], &["index"], &[("axis", Attribute::Int(1))]),
		node("Gather", &["ids", "index"], &["id"], &[]),
		node(
			"ai.onnx.ml:LabelEncoder",
			&["id"],
			&["label"],
			&[("keys_int64s", Attribute::Ints(&[7, 5, 6])), ("values_strings", Attribute::Texts(&["c", "a", "b"]))],
		),
	];
	let float = float_model(&model(3, vec![ints("ids", &[5, 6, 7])], nodes, &["label"])).unwrap();
	assert_eq!(float.labels(), Some(["a", "b", "c"].map(str::to_owned).as_slice()));
	assert_eq!(float.label(&float.run(&[0.0, 2.0, 1.0]).unwrap()), Some("b"));
}

#[test]
fn constant_or_zero_layers_should_be_imported_when_nothing_can_be_scaled() {
	let weights = vec![floats("w", &[2, 2], &[0.0; 4]), floats("b", &[2], &[0.0, 3.0])];
	let nodes = vec![node("Gemm", &["x", "w", "b"], &["y"], &[])];
	let rows = Rows::from_values(2, vec![5.0; 6]).unwrap();
	let imported = import_model(&model(2, weights, nodes, &["y"]), Some(&rows)).unwrap();
	let scores = run(&imported, &[5.0, -5.0]).scores;
	assert!(scores[0] == 0.0 && (scores[1] - 3.0).abs() < 1e-6, "{scores:?}");
}

#[test]
fn deep_network_should_be_imported_when_layers_grow_and_shrink() {
	let mut seed = 1u64;
	let mut random = || {
		seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
		(seed >> 40) as f32 / (1u64 << 23) as f32 - 1.0
	};
	let widths = [6i64, 24, 12, 24, 3];
	let (mut constants, mut nodes, mut last) = (vec![], vec![], "x".to_owned());
	for (index, pair) in widths.windows(2).enumerate() {
		let scale = (3.0 / pair[0] as f32).sqrt();
		let weights: Vec<f32> = (0..pair[0] * pair[1]).map(|_| random() * scale).collect();
		constants.push(floats(&format!("w{index}"), &[pair[0], pair[1]], &weights));
		constants.push(floats(
			&format!("b{index}"),
			&[pair[1]],
			&(0..pair[1]).map(|_| random() * 0.1).collect::<Vec<_>>(),
		));
		let out = format!("h{index}");
		nodes.push(node("Gemm", &[&last, &format!("w{index}"), &format!("b{index}")], &[&out], &[]));
		last = out;
		if index < 3 {
			nodes.push(node("Relu", &[&last], &[&format!("r{index}")], &[]));
			last = format!("r{index}");
		}
	}
	nodes.push(node("Softmax", &[&last], &["y"], &[("axis", Attribute::Int(-1))]));
	let graph = model(6, constants, nodes, &["y"]);
	let rows = Rows::from_values(6, (0..6 * 300).map(|_| random() * 2.0).collect()).unwrap();
	let imported = import_model(&graph, Some(&rows)).unwrap();
	let report = imported.report.calibration.unwrap();
	assert!(report.agreement().unwrap() > 0.97, "{report:?}");
	assert!(report.mean_error < 0.01 * report.score_range, "{report:?}");
	let float = FloatModel::from_onnx(&graph.encode_to_vec(), &Options::default()).unwrap();
	assert_eq!((float.inputs(), float.outputs(), float.is_trees()), (6, 3, false));
}
