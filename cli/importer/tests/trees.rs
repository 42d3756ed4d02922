// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tree ensembles: comparisons stay exact, in every mode and behind scalers.

mod common;

use aivm_importer::{ImportError, ScoreKind};
use common::*;
use proptest::prelude::*;

/// One comparison of feature 0 of 1: leaf 1 if it holds, else leaf 0. `scaler` is `(offset, scale)`.
fn stump(mode: &str, threshold: f32, scaler: Option<(f32, f32)>) -> aivm_importer::proto::ModelProto {
	let trees = Trees {
		modes: &[mode, "LEAF", "LEAF"],
		trees: &[0, 0, 0],
		nodes: &[0, 1, 2],
		features: &[0, 0, 0],
		values: &[threshold, 0.0, 0.0],
		yes: &[1, 0, 0],
		no: &[2, 0, 0],
		weights: &[(0, 1, 0, 1.0), (0, 2, 0, 0.0)],
	};
	let mut nodes = Vec::new();
	let input = match scaler {
		Some((offset, scale)) => {
			let attributes = [("offset", Attribute::Floats(&[offset])), ("scale", Attribute::Floats(&[scale]))];
			nodes.push(node("ai.onnx.ml:Scaler", &["x"], &["scaled"], &attributes));
			"scaled"
		}
		None => "x",
	};
	nodes.push(trees.node("TreeEnsembleRegressor", "target", input, &["y"], &[("n_targets", Attribute::Int(1))]));
	model(1, vec![], nodes, &["y"])
}

fn holds(mode: &str, left: f32, right: f32) -> bool {
	match mode {
		"BRANCH_LEQ" => left <= right,
		"BRANCH_LT" => left < right,
		"BRANCH_GTE" => left >= right,
		_ => left > right,
	}
}

fn neighbours(value: f32) -> [f32; 3] {
	[value.next_down(), value, value.next_up()]
}

const MODES: [&str; 4] = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"];

#[test]
fn comparison_should_be_that_of_floats_when_input_and_threshold_are_close() {
	let special =
		[0.0, -0.0, 1.5, -1.5, f32::MIN_POSITIVE, f32::MAX, f32::MIN, f32::INFINITY, f32::NEG_INFINITY, 1e-45, -1e-45];
	for mode in MODES {
		for threshold in special {
			let imported = import_model(&stump(mode, threshold, None), None).unwrap();
			for value in special.into_iter().chain(neighbours(threshold)) {
				let expected = f64::from(u8::from(holds(mode, value, threshold)));
				assert_eq!(run(&imported, &[value]).scores, [expected], "{value:e} {mode} {threshold:e}");
			}
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(200))]

	#[test]
	fn comparison_should_be_that_of_floats_when_a_scaler_is_in_front(
		mode in 0usize..4, threshold in -3.0f32..3.0, offset in -100.0f32..100.0, scale in -4.0f32..4.0,
		far in -1e6f32..1e6,
	) {
		let imported = import_model(&stump(MODES[mode], threshold, Some((offset, scale))), None).unwrap();
		let edge = offset + threshold / scale;
		let values = (0..8).scan(edge, |value, _| { *value = value.next_up(); Some(*value) });
		let values = values.chain((0..8).scan(edge, |value, _| { *value = value.next_down(); Some(*value) }));
		for value in values.chain([edge, far]).filter(|value| value.is_finite()) {
			let expected = holds(MODES[mode], (value - offset) * scale, threshold);
			prop_assert_eq!(run(&imported, &[value]).scores, vec![f64::from(u8::from(expected))], "{:e}", value);
		}
	}
}

#[test]
fn comparison_should_hold_always_or_never_when_the_scaler_is_zero() {
	for mode in MODES {
		for threshold in [-1.0, 0.0, 1.0] {
			let imported = import_model(&stump(mode, threshold, Some((5.0, 0.0))), None).unwrap();
			for value in [-1e9, 0.0, 5.0, 1e9] {
				let expected = f64::from(u8::from(holds(mode, 0.0, threshold)));
				assert_eq!(run(&imported, &[value]).scores, [expected], "{value} {mode} {threshold}");
			}
		}
	}
}

/// A classifier of two classes with one leaf, which weighs `weight` for class `id`.
fn constant_classifier(
	weights: &[(i64, i64, i64, f32)],
	more: &[(&str, Attribute)],
) -> aivm_importer::proto::ModelProto {
	let trees = Trees {
		modes: &["LEAF"],
		trees: &[0],
		nodes: &[0],
		features: &[0],
		values: &[0.0],
		yes: &[0],
		no: &[0],
		weights,
	};
	let labels = ("classlabels_strings", Attribute::Texts(&["no", "yes"]));
	let mut node = trees.node("TreeEnsembleClassifier", "class", "x", &["label", "scores"], &[labels]);
	node.attribute.extend(more.iter().map(|(name, value)| attribute(name, value)));
	model(1, vec![], vec![node], &["label", "scores"])
}

#[test]
fn binary_class_should_follow_onnx_runtime_when_one_class_has_weights() {
	// Weight, base, transform; then the class, the scores and their meaning. Classes as ONNX Runtime 1.31 gives them.
	type Case = (f32, Option<f32>, &'static str, usize, [f64; 2], ScoreKind);
	let cases: [Case; 6] = [
		(0.25, None, "NONE", 0, [0.75, 0.25], ScoreKind::Probabilities),
		(0.5, None, "NONE", 0, [0.5, 0.5], ScoreKind::Probabilities),
		(0.625, None, "NONE", 1, [0.375, 0.625], ScoreKind::Probabilities),
		(-0.25, None, "LOGISTIC", 0, [0.0, -0.25], ScoreKind::Logits),
		(-0.25, Some(0.5), "LOGISTIC", 1, [0.0, 0.25], ScoreKind::Logits),
		(0.25, Some(0.125), "LOGISTIC", 0, [0.625, 0.375], ScoreKind::Values),
	];
	for (weight, base, transform, class, scores, kind) in cases {
		let mut more = vec![("post_transform", Attribute::Text(transform))];
		let base = base.map(|base| [base]);
		if let Some(base) = &base {
			more.push(("base_values", Attribute::Floats(base)));
		}
		let imported = import_model(&constant_classifier(&[(0, 0, 0, weight)], &more), None).unwrap();
		let output = run(&imported, &[0.0]);
		let case = format!("{weight} {base:?} {transform}");
		assert_eq!((output.class, output.scores.as_slice()), (Some(class), scores.as_slice()), "{case}");
		assert_eq!(imported.score_kind, kind, "{case}");
		assert_eq!(imported.labels.as_deref(), Some(["no".to_owned(), "yes".to_owned()].as_slice()), "{case}");
		assert_eq!(imported.float.run(&[0.0]).unwrap().class, Some(class), "{case}");
	}
}

#[test]
fn class_should_be_the_largest_sum_when_both_classes_have_weights() {
	for (weights, class) in [([0.75, 0.25], 0), ([0.25, 0.75], 1), ([0.5, 0.5], 0), ([-0.75, -0.25], 1)] {
		let leaves = [(0, 0, 0, weights[0]), (0, 0, 1, weights[1])];
		let imported = import_model(&constant_classifier(&leaves, &[]), None).unwrap();
		assert_eq!(run(&imported, &[0.0]).class, Some(class), "{weights:?}");
	}
}

#[test]
fn sums_should_keep_their_precision_when_weights_are_very_large_or_small() {
	for weight in [1e-30f32, 3e-7, 1.0, 12345.678, 3e20] {
		let trees = Trees {
			modes: &["LEAF", "LEAF"],
			trees: &[0, 1],
			nodes: &[0, 0],
			features: &[0, 0],
			values: &[0.0, 0.0],
			yes: &[0, 0],
			no: &[0, 0],
			weights: &[(0, 0, 0, weight), (1, 0, 0, weight * 2.0)],
		};
		for (function, expected) in [("SUM", 3.0), ("AVERAGE", 1.5)] {
			let more = [("n_targets", Attribute::Int(1)), ("aggregate_function", Attribute::Text(function))];
			let graph =
				model(1, vec![], vec![trees.node("TreeEnsembleRegressor", "target", "x", &["y"], &more)], &["y"]);
			let imported = import_model(&graph, None).unwrap();
			let expected = f64::from(weight) * expected;
			let (given, float) = (run(&imported, &[0.0]).scores[0], imported.float.run(&[0.0]).unwrap().scores[0]);
			assert!((given - expected).abs() < expected * 1e-7, "{given} {expected}");
			assert!((f64::from(float) - expected).abs() < expected * 1e-6, "{float} {expected}");
		}
	}
}

#[test]
fn ensemble_should_be_refused_when_its_use_has_no_exact_meaning() {
	let reason = |graph: &aivm_importer::proto::ModelProto| match float_model(graph) {
		Err(ImportError::Unsupported(nodes)) => {
			nodes.into_iter().map(|node| node.reason).collect::<Vec<_>>().join("; ")
		}
		other => panic!("{other:?}"),
	};
	assert_eq!(reason(&stump("BRANCH_EQ", 1.0, None)), "its trees compare by BRANCH_EQ");
	let two = [("base_values", Attribute::Floats(&[0.1, 0.2]))];
	assert!(reason(&constant_classifier(&[(0, 0, 0, 0.3)], &two)).contains("2 base values"));
	let one = [("base_values", Attribute::Floats(&[0.1]))];
	assert!(reason(&constant_classifier(&[(0, 0, 1, 0.3)], &one)).contains("1 base values"));
	let mut graph = stump("BRANCH_LEQ", 1.0, None);
	let nodes = &mut graph.graph.as_mut().unwrap().node;
	nodes[0].attribute.push(attribute("aggregate_function", &Attribute::Text("MAX")));
	nodes.push(node("Relu", &["y"], &["z"], &[]));
	assert_eq!(reason(&graph), "its trees are aggregated by MAX");
	graph.graph.as_mut().unwrap().node[0].attribute.pop();
	assert_eq!(reason(&graph), "it computes with the result of a tree ensemble");
	graph.graph.as_mut().unwrap().node.insert(0, node("Softmax", &["x"], &["p"], &[]));
	graph.graph.as_mut().unwrap().node[1].input[0] = "p".into();
	assert_eq!(reason(&graph), "its input is more than scaled features");
}

#[test]
fn ensemble_should_be_refused_when_its_trees_are_broken() {
	let good = Trees {
		modes: &["BRANCH_LEQ", "LEAF", "LEAF"],
		trees: &[0, 0, 0],
		nodes: &[0, 1, 2],
		features: &[0, 0, 0],
		values: &[0.5, 0.0, 0.0],
		yes: &[1, 0, 0],
		no: &[2, 0, 0],
		weights: &[(0, 1, 0, 1.0)],
	};
	let error = |trees: Trees| {
		let node = trees.node("TreeEnsembleRegressor", "target", "x", &["y"], &[]);
		match float_model(&model(1, vec![], vec![node], &["y"])) {
			Err(ImportError::Malformed(text)) => text,
			other => panic!("{other:?}"),
		}
	};
	assert!(error(Trees { no: &[1, 0, 0], ..good }).contains("is no tree node"), "one child twice");
	assert!(error(Trees { no: &[7, 0, 0], ..good }).contains("is no tree node"), "no such child");
	assert!(error(Trees { nodes: &[0, 1, 1], ..good }).contains("occurs twice"));
	assert!(error(Trees { yes: &[1, 0], ..good }).contains("differ in length"));
	assert!(error(Trees { features: &[1, 0, 0], ..good }).contains("reads feature 1"));
	assert!(error(Trees { features: &[-1, 0, 0], ..good }).contains("reads feature -1"));
	assert!(error(Trees { values: &[f32::NAN, 0.0, 0.0], ..good }).contains("threshold"));
	assert!(error(Trees { weights: &[(0, 5, 0, 1.0)], ..good }).contains("a weight belongs to node 5"));
	assert!(error(Trees { weights: &[(0, 1, 3, 1.0)], ..good }).contains("adds to output 3"));
	assert!(error(Trees { weights: &[(0, 1, 0, f32::INFINITY)], ..good }).contains("not a finite number"));
	let cycle = Trees { modes: &["BRANCH_LEQ", "BRANCH_LEQ", "LEAF"], yes: &[1, 0, 0], no: &[2, 2, 0], ..good };
	assert!(error(cycle).contains("is no tree node"));
}
