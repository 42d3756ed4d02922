// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Float graphs with images, branches and lookups: what they become, and how far from the float model.

mod common;

use aivm_importer::{import, proto::*, FloatModel, ImportError, Imported, Options, Role, Rows, ScoreKind, Task};
use common::*;
use prost::Message;

/// Numbers from -1 to 1 that look random and are the same every time.
struct Numbers(u32);

impl Numbers {
	fn next(&mut self) -> f32 {
		self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
		(self.0 >> 8) as f32 / (1 << 23) as f32 - 1.0
	}

	fn many(&mut self, count: usize) -> Vec<f32> {
		(0..count).map(|_| self.next()).collect()
	}

	fn tensor(&mut self, name: &str, dims: &[i64]) -> TensorProto {
		let values = self.many(dims.iter().product::<i64>() as usize);
		floats(name, dims, &values)
	}
}

/// A model whose input `x` has these dimensions after the first.
fn image_model(dims: &[i64], constants: Vec<TensorProto>, nodes: Vec<NodeProto>, outputs: &[&str]) -> ModelProto {
	let mut graph = model(1, constants, nodes, outputs);
	let dims: Vec<Option<i64>> = std::iter::once(None).chain(dims.iter().map(|dim| Some(*dim))).collect();
	graph.graph.as_mut().unwrap().input = vec![value("x", &dims)];
	graph
}

fn rows(width: usize, count: usize) -> Rows {
	Rows::from_values(width, Numbers(7).many(width * count)).unwrap()
}

fn imported(graph: &ModelProto, rows: &Rows, task: Task) -> Imported {
	import(&graph.encode_to_vec(), Some(rows), &Options { task, ..Options::default() }).unwrap()
}

/// Largest error of a score over the range of the float scores, on the calibration rows.
fn error(imported: &Imported) -> f64 {
	let report = imported.report.calibration.as_ref().unwrap();
	report.max_error / report.score_range
}

fn count(imported: &Imported, op: &str) -> usize {
	imported.program.operations().iter().filter(|operation| operation.op.name() == op).count()
}

/// A small residual network: convolution, normalisation, a branch around two convolutions, pools, a dense layer.
fn residual() -> ModelProto {
	let mut numbers = Numbers(1);
	let constants = vec![
		numbers.tensor("w0", &[8, 3, 3, 3]),
		floats("scale", &[8], &[0.5; 8]),
		numbers.tensor("shift", &[8]),
		numbers.tensor("mean", &[8]),
		floats("variance", &[8], &[1.5; 8]),
		numbers.tensor("w1", &[8, 1, 3, 3]),
		numbers.tensor("w2", &[8, 8, 1, 1]),
		numbers.tensor("b2", &[8]),
		numbers.tensor("w3", &[5, 128]),
		numbers.tensor("b3", &[5]),
	];
	let pads = || ("pads", Attribute::Ints(&[1, 1, 1, 1]));
	let nodes = vec![
		node("Conv", &["x", "w0"], &["c0"], &[pads(), ("strides", Attribute::Ints(&[2, 2]))]),
		node("BatchNormalization", &["c0", "scale", "shift", "mean", "variance"], &["n0"], &[]),
		node("Relu", &["n0"], &["r0"], &[]),
		node("Conv", &["r0", "w1"], &["c1"], &[pads(), ("group", Attribute::Int(8))]),
		node("Clip", &["c1"], &["r1"], &[("min", Attribute::Float(0.0)), ("max", Attribute::Float(6.0))]),
		node("Conv", &["r1", "w2", "b2"], &["c2"], &[]),
		node("Add", &["r0", "c2"], &["a"], &[]),
		node("Relu", &["a"], &["r2"], &[]),
		node(
			"MaxPool",
			&["r2"],
			&["p"],
			&[("kernel_shape", Attribute::Ints(&[2, 2])), ("strides", Attribute::Ints(&[2, 2]))],
		),
		node("Flatten", &["p"], &["f"], &[]),
		node("Gemm", &["f", "w3", "b3"], &["y"], &[("transB", Attribute::Int(1))]),
		node("Softmax", &["y"], &["z"], &[]),
	];
	image_model(&[3, 16, 16], constants, nodes, &["z"])
}

#[test]
fn residual_network_should_be_close_to_the_float_model_when_it_is_imported() {
	let rows = rows(3 * 256, 40);
	let imported = imported(&residual(), &rows, Task::Auto);
	assert_eq!(imported.score_kind, ScoreKind::Logits);
	assert_eq!(imported.labels.as_ref().unwrap().len(), 5);
	assert!(error(&imported) < 0.05, "{:?}", imported.report.calibration);
	assert!(imported.report.calibration.as_ref().unwrap().same_class.unwrap() >= 36);
	// Normalisation is folded, flattening moved into the weights; only the input changes its order.
	let counts = ["Conv2d", "Add", "MaxPool", "Dense", "Transpose", "Lookup"].map(|op| count(&imported, op));
	assert_eq!(counts, [3, 1, 1, 1, 1, 0]);
	let (last, others) = imported.report.operators.split_last().unwrap();
	assert!(others.iter().all(|operator| operator.role == Role::Computed));
	assert_eq!((last.op.as_str(), last.role), ("Softmax", Role::Dropped));
}

#[test]
fn layers_should_be_compared_by_name_when_rows_are_given() {
	let rows = rows(3 * 256, 10);
	let imported = imported(&residual(), &rows, Task::Auto);
	let layers = imported.compare_layers(&rows).unwrap();
	let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
	for name in ["x", "n0", "r0", "c1", "r1", "c2", "r2", "p", "y"] {
		assert!(names.contains(&name), "{name} of {names:?}");
	}
	assert!(layers.iter().all(|layer| layer.signal_to_noise_db > 20.0), "{layers:?}");
	assert!(layers.windows(2).all(|pair| pair[0].operation <= pair[1].operation));
	let input = &layers[0];
	assert_eq!((input.operation, input.op.as_str(), input.elements), (None, "Input", 10 * 768));
	assert!(matches!(imported.compare_layers(&self::rows(3, 4)), Err(ImportError::Calibration { .. })));
}

#[test]
fn bounds_should_be_the_ends_of_the_range_when_they_follow_a_convolution() {
	let mut numbers = Numbers(2);
	let constants = vec![numbers.tensor("w", &[4, 2, 3, 3]), numbers.tensor("v", &[3, 4])];
	let nodes = vec![
		node("Conv", &["x", "w"], &["c"], &[]),
		node("Relu", &["c"], &["r"], &[]),
		node("GlobalAveragePool", &["r"], &["g"], &[]),
		node("Flatten", &["g"], &["f"], &[]),
		node("Gemm", &["f", "v"], &["y"], &[("transB", Attribute::Int(1))]),
	];
	let graph = image_model(&[2, 6, 6], constants, nodes, &["y"]);
	let imported = imported(&graph, &rows(72, 50), Task::Classification);
	assert_eq!((count(&imported, "Clamp"), count(&imported, "AveragePool")), (0, 1));
	assert!(error(&imported) < 0.05, "{:?}", imported.report.calibration);
}

#[test]
fn exporter_patterns_should_become_one_table_when_they_are_functions_of_one_number() {
	let mut numbers = Numbers(3);
	let scalar = |name: &str, value: f32| floats(name, &[], &[value]);
	let constants = vec![
		numbers.tensor("w", &[6, 4]),
		numbers.tensor("v", &[3, 6]),
		scalar("half", 0.5),
		scalar("one", 1.0),
		scalar("root", std::f32::consts::SQRT_2),
	];
	let nodes = vec![
		node("Gemm", &["x", "w"], &["h"], &[("transB", Attribute::Int(1))]),
		node("Div", &["h", "root"], &["d"], &[]),
		node("Erf", &["d"], &["e"], &[]),
		node("Add", &["e", "one"], &["s"], &[]),
		node("Mul", &["h", "s"], &["m"], &[]),
		node("Mul", &["m", "half"], &["g"], &[]),
		node("Gemm", &["g", "v"], &["y"], &[("transB", Attribute::Int(1))]),
	];
	let graph = model(4, constants, nodes, &["y"]);
	let imported = imported(&graph, &rows(4, 200), Task::Auto);
	assert_eq!((count(&imported, "Lookup"), count(&imported, "Multiply"), count(&imported, "Dense")), (1, 0, 2));
	assert!(error(&imported) < 0.03, "{:?}", imported.report.calibration);
}

#[test]
fn features_should_keep_their_own_scales_when_a_network_has_other_activations() {
	let constants = vec![floats("w", &[2, 2], &[1.0e-3, -0.8e-3, 5.0, 20.0]), floats("v", &[2, 1], &[1.0, -1.0])];
	let nodes = vec![
		node("MatMul", &["x", "w"], &["h"], &[]),
		node("Tanh", &["h"], &["t"], &[]),
		node("MatMul", &["t", "v"], &["y"], &[]),
	];
	let values = Numbers(4).many(400).chunks(2).flat_map(|pair| [pair[0] * 1_000.0, pair[1] * 0.05]).collect();
	let imported = imported(&model(2, constants, nodes, &["y"]), &Rows::from_values(2, values).unwrap(), Task::Auto);
	assert!(error(&imported) < 0.02, "{:?}", imported.report.calibration);
}

#[test]
fn parts_should_share_a_scale_when_they_are_joined() {
	let mut numbers = Numbers(5);
	let constants = vec![numbers.tensor("a", &[3, 2, 1, 1]), numbers.tensor("b", &[2, 2, 3, 3])];
	let nodes = vec![
		node("Conv", &["x", "a"], &["p"], &[]),
		node("Conv", &["x", "b"], &["q"], &[("pads", Attribute::Ints(&[1, 1, 1, 1]))]),
		node("Relu", &["p"], &["r"], &[]),
		node("Concat", &["r", "q"], &["y"], &[("axis", Attribute::Int(1))]),
	];
	let graph = image_model(&[2, 4, 4], constants, nodes, &["y"]);
	let imported = imported(&graph, &rows(32, 60), Task::Regression);
	assert_eq!((count(&imported, "Concat"), count(&imported, "Lookup")), (1, 0));
	assert!(error(&imported) < 0.02, "{:?}", imported.report.calibration);
	assert_eq!(imported.program.outputs()[0].shape.dims(), [1, 5, 4, 4]);
}

#[test]
fn channels_should_shuffle_when_a_graph_reshapes_to_five_axes() {
	let mut numbers = Numbers(6);
	let constants =
		vec![numbers.tensor("w", &[6, 4, 1, 1]), ints("five", &[1, 2, 3, 4, 4]), ints("four", &[1, 6, 4, 4])];
	let nodes = vec![
		node("Conv", &["x", "w"], &["c"], &[]),
		node("Reshape", &["c", "five"], &["f"], &[]),
		node("Transpose", &["f"], &["t"], &[("perm", Attribute::Ints(&[0, 2, 1, 3, 4]))]),
		node("Reshape", &["t", "four"], &["y"], &[]),
	];
	let graph = image_model(&[4, 4, 4], constants, nodes, &["y"]);
	let imported = imported(&graph, &rows(64, 30), Task::Regression);
	assert!(error(&imported) < 0.02, "{:?}", imported.report.calibration);
}

#[test]
fn parts_should_be_exact_when_a_value_is_split() {
	let mut numbers = Numbers(8);
	let constants =
		vec![numbers.tensor("w", &[6, 2, 1, 1]), ints("begin", &[1]), ints("end", &[3]), ints("axis", &[3])];
	let nodes = vec![
		node("Conv", &["x", "w"], &["c"], &[]),
		node("Split", &["c"], &["s", "t"], &[("axis", Attribute::Int(1))]),
		node("Sigmoid", &["t"], &["g"], &[]),
		node("Mul", &["s", "g"], &["m"], &[]),
		node("Slice", &["m", "begin", "end", "axis"], &["y"], &[]),
	];
	let graph = image_model(&[2, 4, 4], constants, nodes, &["y"]);
	let imported = imported(&graph, &rows(32, 60), Task::Regression);
	assert!(error(&imported) < 0.03, "{:?}", imported.report.calibration);
	assert_eq!(imported.program.outputs()[0].shape.dims(), [1, 3, 4, 2]);
	// A part has the integers of the whole.
	let layers = imported.compare_layers(&rows(32, 5)).unwrap();
	let noise = |name: &str| layers.iter().rfind(|layer| layer.name == name).unwrap().max_error;
	assert!(noise("s") <= noise("c") + 1e-6, "{layers:?}");
}

#[test]
fn depth_should_become_space_when_asked_for() {
	for mode in ["DCR", "CRD"] {
		let attributes = [("blocksize", Attribute::Int(2)), ("mode", Attribute::Text(mode))];
		let back = node("SpaceToDepth", &["d"], &["s"], &[("blocksize", Attribute::Int(2))]);
		let nodes = vec![node("DepthToSpace", &["x"], &["d"], &attributes), back, node("Relu", &["s"], &["y"], &[])];
		let graph = image_model(&[8, 2, 3], vec![], nodes, &["y"]);
		let imported = imported(&graph, &rows(48, 20), Task::Regression);
		assert!(error(&imported) < 0.02, "{:?}", imported.report.calibration);
		let row: Vec<f32> = (0..48).map(|value| value as f32).collect();
		// DCR is the inverse of SpaceToDepth.
		assert_eq!(imported.float.run(&row).unwrap().scores == row, mode == "DCR");
	}
}

#[test]
fn graph_should_need_rows_when_it_is_not_quantised() {
	let error = import(&residual().encode_to_vec(), None, &Options::default()).unwrap_err();
	assert_eq!(error, ImportError::NeedsCalibration);
	let model = FloatModel::from_onnx(&residual().encode_to_vec(), &Options::default()).unwrap();
	assert_eq!((model.inputs(), model.outputs()), (768, 5));
}

#[test]
fn tokens_should_choose_rows_of_a_table_when_the_input_is_integers() {
	let table = floats("table", &[4, 2], &[0.0, 1.0, -1.0, 0.5, 0.25, -0.5, 1.0, 1.0]);
	let constants = vec![table, floats("w", &[2, 1], &[1.0, 2.0])];
	let nodes = vec![
		node("Gather", &["table", "x"], &["e"], &[]),
		node("MatMul", &["e", "w"], &["h"], &[]),
		node("Tanh", &["h"], &["t"], &[]),
		node("Flatten", &["t"], &["y"], &[]),
	];
	let mut graph = model(3, constants, nodes, &["y"]);
	let input = &mut graph.graph.as_mut().unwrap().input[0];
	input.r#type.as_mut().unwrap().tensor_type.as_mut().unwrap().elem_type = data_type::INT64;
	let rows = Rows::from_values(3, vec![0.0, 1.0, 2.0, 3.0, 3.0, 0.0]).unwrap();
	let imported = imported(&graph, &rows, Task::Regression);
	let scores = run(&imported, &[1.0, 3.0, 2.0]).scores;
	for (score, expected) in scores.iter().zip([0f64, 3.0, -0.75]) {
		assert!((score - expected.tanh()).abs() < 0.03, "{scores:?}");
	}
}
