// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Graphs that cannot be imported, and bytes that are no graphs.

mod common;
#[path = "common/vectors.rs"]
mod vectors;

use std::path::PathBuf;

use aivm_importer::{import, proto::*, FloatModel, ImportError, Options, Rows, UnsupportedNode};
use common::*;
use proptest::prelude::*;
use prost::Message;

fn refused(graph: &ModelProto) -> Vec<UnsupportedNode> {
	match float_model(graph) {
		Err(ImportError::Unsupported(nodes)) => nodes,
		other => panic!("{other:?}"),
	}
}

fn malformed(graph: &ModelProto) -> String {
	match float_model(graph) {
		Err(ImportError::Malformed(text)) => text,
		other => panic!("{other:?}"),
	}
}

#[test]
fn import_should_name_every_unsupported_operator_when_there_are_several() {
	let mut lstm = node("LSTM", &["x", "w"], &["a"], &[]);
	lstm.name = "features/lstm".into();
	let nodes = vec![
		lstm,
		node("Relu", &["a"], &["b"], &[]),
		node("NonZero", &["b"], &["c"], &[]),
		node("com.example:Whiten", &["c"], &["d"], &[]),
		node("MatMul", &["d", "w"], &["e"], &[]),
		node("MatMul", &["x", "x"], &["f"], &[]),
	];
	let graph = model(2, vec![floats("w", &[2, 2], &[1.0; 4])], nodes, &["e"]);
	let nodes = refused(&graph);
	let expected = [
		("LSTM", "ai.onnx", "features/lstm", "the operator is not supported"),
		("NonZero", "ai.onnx", "#2", "the operator is not supported"),
		("Whiten", "com.example", "#3", "the operator is not supported"),
		(
			"MatMul",
			"ai.onnx",
			"#5",
			"it multiplies two computed matrices: programs multiply with constant weights only",
		),
	];
	let given: Vec<_> = nodes
		.iter()
		.map(|node| (node.op.as_str(), node.domain.as_str(), node.node.as_str(), node.reason.as_str()))
		.collect();
	assert_eq!(given, expected);
	let text = ImportError::Unsupported(nodes).to_string();
	assert!(text.contains("\n  - LSTM (ai.onnx), node 'features/lstm': the operator is not supported"), "{text}");
}

#[test]
fn import_should_name_unsupported_operators_when_input_and_constants_are_strange_too() {
	let nodes = vec![node("LSTM", &["x", "w"], &["y"], &[]), node("Relu", &["nothing"], &["z"], &[])];
	let half = TensorProto { data_type: 10, ..floats("w", &[0], &[]) };
	let mut graph = model(2, vec![half], nodes, &["y"]);
	graph.graph.as_mut().unwrap().input = vec![value("x", &[None, Some(3), Some(1_024), Some(1_024)])];
	let nodes = refused(&graph);
	assert_eq!(nodes.len(), 1);
	assert_eq!((nodes[0].op.as_str(), nodes[0].node.as_str()), ("LSTM", "#0"));
}

#[test]
fn use_of_an_operator_should_be_refused_when_it_cannot_be_expressed() {
	let weights = || vec![floats("w", &[2, 2], &[1.0; 4]), floats("five", &[5], &[1.0; 5])];
	let reason = |node: NodeProto| {
		let nodes = refused(&model(2, weights(), vec![node], &["y"]));
		assert_eq!(nodes.len(), 1);
		nodes[0].reason.clone()
	};
	let y = &["y"];
	assert_eq!(
		reason(node("MatMul", &["w", "x"], y, &[])),
		"its first input is a constant: only rows times a matrix are read"
	);
	assert_eq!(reason(node("MatMul", &["x", "five"], y, &[])), "its weights are not a matrix");
	assert_eq!(reason(node("Gemm", &["x", "w"], y, &[("transA", Attribute::Int(1))])), "it transposes its first input");
	assert_eq!(reason(node("Gemm", &["x", "w", "x"], y, &[])), "its input 2 is not a constant");
	assert_eq!(reason(node("Add", &["x", "five"], y, &[])), "its constant has 5 numbers, a row has 2");
	assert_eq!(reason(node("Div", &["w", "x"], y, &[])), "its constant has 4 numbers, a row has 2");
	assert_eq!(
		reason(node("Softmax", &["x"], y, &[("axis", Attribute::Int(0))])),
		"it works along axis 0, not along a row"
	);
	assert_eq!(reason(node("ArgMax", &["x"], y, &[])), "it works along axis 0, not along a row");
	let last = [("axis", Attribute::Int(1)), ("select_last_index", Attribute::Int(1))];
	assert_eq!(reason(node("ArgMax", &["x"], y, &last)), "it takes the last of equal scores");
	assert_eq!(reason(node("Cast", &["x"], y, &[("to", Attribute::Int(7))])), "it rounds numbers to integers");
	assert_eq!(
		reason(node("ai.onnx.ml:Normalizer", &["x"], y, &[])),
		"it normalises numbers that are no class probabilities"
	);
	assert_eq!(
		reason(node("Concat", &["x", "x"], y, &[("axis", Attribute::Int(0))])),
		"it does not concatenate along rows"
	);
	assert_eq!(reason(node("Conv", &["x", "w"], y, &[])), "its input has 2 axes: windows slide along one or two");
	assert_eq!(reason(node("Div", &["x", "five"], y, &[])), "its constant has 5 numbers, a row has 2");
}

#[test]
fn graph_should_be_refused_when_it_is_invalid() {
	let relu = || node("Relu", &["x"], &["y"], &[]);
	assert_eq!(malformed(&model(2, vec![], vec![relu()], &["z"])), "output 'z' is made by no node");
	let unsorted = vec![node("Relu", &["a"], &["y"], &[]), node("Relu", &["x"], &["a"], &[])];
	assert_eq!(malformed(&model(2, vec![], unsorted, &["y"])), "node '#0' reads 'a', which nothing before it makes");
	let nothing = vec![ints("none", &[]), ints("far", &[2])];
	let gather = |columns: &str| {
		let node = node("Gather", &["x", columns], &["y"], &[("axis", Attribute::Int(1))]);
		malformed(&model(2, nothing.clone(), vec![node], &["y"]))
	};
	assert_eq!(gather("none"), "a layer has no outputs");
	assert_eq!(gather("far"), "a column number is out of range");
	let infinite = vec![floats("w", &[1], &[f32::INFINITY])];
	let error = malformed(&model(2, infinite, vec![node("Mul", &["x", "w"], &["y"], &[])], &["y"]));
	assert!(error.contains("infinite"), "{error}");
	let short = vec![floats("w", &[2, 2], &[1.0; 3])];
	let error = malformed(&model(2, short, vec![relu()], &["y"]));
	assert_eq!(error, "constant 'w' has 3 elements, its shape says 4");
	let huge = vec![floats("w", &[i64::MAX, i64::MAX], &[])];
	assert_eq!(malformed(&model(2, huge, vec![relu()], &["y"])), "constant 'w' has too many elements");
	let negative = vec![floats("w", &[-1], &[1.0])];
	assert_eq!(malformed(&model(2, negative, vec![relu()], &["y"])), "constant 'w' has a negative dimension");
	let external = vec![TensorProto { data_location: 1, ..floats("w", &[0], &[]) }];
	assert!(malformed(&model(2, external, vec![relu()], &["y"])).contains("another file"));
	let half = vec![TensorProto { data_type: 10, ..floats("w", &[0], &[]) }];
	assert!(malformed(&model(2, half, vec![relu()], &["y"])).contains("element type 10"));
}

#[test]
fn graph_should_be_refused_when_its_input_is_unclear() {
	let graph = |input: Vec<ValueInfoProto>| {
		let mut model = model(2, vec![], vec![node("Relu", &["x"], &["y"], &[])], &["y"]);
		model.graph.as_mut().unwrap().input = input;
		model
	};
	assert_eq!(malformed(&graph(vec![])), "the graph has no input");
	let two = vec![value("x", &[None, Some(1)]), value("z", &[None, Some(1)])];
	assert!(malformed(&graph(two)).contains("2 inputs"));
	let mut unknown = value("x", &[]);
	unknown.r#type.as_mut().unwrap().tensor_type.as_mut().unwrap().shape = None;
	assert!(malformed(&graph(vec![unknown])).contains("no known shape"));
	assert!(malformed(&graph(vec![value("x", &[None, None])])).contains("no fixed number of features"));
	assert!(malformed(&graph(vec![value("x", &[None, Some(-4)])])).contains("no fixed number of features"));
	let mut text = value("x", &[None, Some(2)]);
	text.r#type.as_mut().unwrap().tensor_type.as_mut().unwrap().elem_type = data_type::STRING;
	assert!(malformed(&graph(vec![text])).contains("does not hold numbers"));
	let error = float_model(&graph(vec![value("x", &[None, Some(1 << 40)])])).unwrap_err();
	assert!(matches!(error, ImportError::TooLarge { what: "number of features", .. }), "{error}");
	let overflow = vec![value("x", &[None, Some(1 << 40), Some(1 << 40)])];
	assert!(matches!(float_model(&graph(overflow)).unwrap_err(), ImportError::TooLarge { .. }));
}

#[test]
fn file_should_be_refused_when_it_is_over_a_limit() {
	let options = Options { max_onnx_bytes: 10, ..Options::default() };
	let error = FloatModel::from_onnx(&[0; 11], &options).unwrap_err();
	assert_eq!(error, ImportError::TooLarge { what: "ONNX file (bytes)", size: 11, limit: 10 });

	let relu = || node("Relu", &["x"], &["x"], &[]);
	let many = model(2, vec![], (0..10_001).map(|_| relu()).collect(), &["x"]);
	let error = float_model(&many).unwrap_err();
	assert_eq!(error, ImportError::TooLarge { what: "number of nodes", size: 10_001, limit: 10_000 });
	// A graph of 200,001 nodes of two bytes each: refused before any is made.
	let mut nodes = Vec::new();
	nodes.extend([0x0a, 0x00].repeat(200_001));
	let mut bytes = vec![0x3a];
	prost::encoding::encode_varint(nodes.len() as u64, &mut bytes);
	bytes.extend(nodes);
	let error = FloatModel::from_onnx(&bytes, &Options::default()).unwrap_err();
	assert!(matches!(error, ImportError::TooLarge { what: "number of messages in the ONNX file", .. }), "{error}");

	// Shapes and constants that would take gigabytes.
	let expand = |dims: &[i64]| {
		let fill = node("ConstantOfShape", &["shape"], &["zeroes"], &[]);
		let add = node("Add", &["x", "zeroes"], &["y"], &[]);
		float_model(&model(2, vec![ints("shape", dims)], vec![fill, add], &["y"])).unwrap_err()
	};
	assert!(matches!(expand(&[1 << 40, 1 << 40]), ImportError::TooLarge { what: "elements of all constants", .. }));
	let pooled = node("Conv", &["x", "w"], &["y"], &[("pads", Attribute::Ints(&[60_000, 60_000, 60_000, 60_000]))]);
	let mut graph = model(1, vec![floats("w", &[1, 1, 1, 1], &[1.0])], vec![pooled], &["y"]);
	graph.graph.as_mut().unwrap().input = vec![value("x", &[None, Some(1), Some(4), Some(4)])];
	assert!(matches!(float_model(&graph).unwrap_err(), ImportError::Unsupported(_)));
	let wide = node("Conv", &["x", "w"], &["y"], &[]);
	let mut graph = model(1, vec![floats("w", &[4_096, 1, 1, 1], &[1.0; 4_096])], vec![wide], &["y"]);
	graph.graph.as_mut().unwrap().input = vec![value("x", &[None, Some(1), Some(400), Some(400)])];
	assert!(matches!(float_model(&graph).unwrap_err(), ImportError::TooLarge { what: "elements of a value", .. }));
}

#[test]
fn wide_layer_should_be_refused_when_it_would_become_a_huge_matrix() {
	let graph = model(8_192, vec![], vec![node("Relu", &["x"], &["y"], &[])], &["y"]);
	let rows = Rows::from_values(8_192, vec![1.0; 8_192]).unwrap();
	let error = import_model(&graph, Some(&rows)).unwrap_err();
	assert!(matches!(error, ImportError::TooLarge { size: 8_192, limit: 4_096, .. }), "{error}");
}

fn examples() -> Vec<Vec<u8>> {
	// Asked when the test runs: its build may come from another checkout.
	let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap());
	let (models, fixtures) = (root.join("../../scripts/models"), root.join("tests/fixtures"));
	let read = |path: PathBuf| std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
	vec![
		read(models.join("cancer-logreg/model.onnx")),
		read(fixtures.join("tree-strings.onnx")),
		read(fixtures.join("torch-softmax.onnx")),
		read(fixtures.join("sgd-binary.onnx")),
	]
}

/// Imports with rows that fit, if the model can be read at all. Only panics fail.
fn try_import(bytes: &[u8]) {
	let options = Options::default();
	if let Ok(float) = FloatModel::from_onnx(bytes, &options) {
		let width = float.inputs().min(1 << 12);
		let rows = Rows::from_values(width, (0..width * 3).map(|index| index as f32 / 7.0 - 1.0).collect());
		let _ = import(bytes, rows.as_ref(), &options);
	}
}

#[test]
fn import_should_fail_cleanly_when_bytes_are_cut_off() {
	for bytes in examples() {
		for length in 0..bytes.len() {
			try_import(&bytes[..length]);
		}
		let error = FloatModel::from_onnx(&bytes[..bytes.len() / 2], &Options::default()).unwrap_err();
		assert!(matches!(error, ImportError::Malformed(_)), "{error}");
	}
	let error = FloatModel::from_onnx(&[], &Options::default()).unwrap_err();
	assert_eq!(error, ImportError::Malformed("the file is empty".into()));
	let error = FloatModel::from_onnx(b"this is a text file", &Options::default()).unwrap_err();
	assert!(matches!(error, ImportError::Malformed(_)), "{error}");
}

/// Quantised and float graphs.
fn graph_examples() -> &'static [Vec<u8>] {
	static EXAMPLES: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();
	EXAMPLES.get_or_init(|| {
		let mut examples = Vec::new();
		for file in ["qdq", "qlinear-conv", "qlinear-matmul", "elementwise", "pools", "activations", "concat"] {
			let text = std::fs::read(vectors::folder(&format!("vectors/{file}.json"))).unwrap();
			let family: serde_json::Value = serde_json::from_slice(&text).unwrap();
			let cases = family["cases"].as_array().unwrap().iter().step_by(5);
			examples.extend(cases.map(|case| vectors::base64(case["model"].as_str().unwrap())));
		}
		// Graphs of full size take long to read, again and again.
		let small = |path: &PathBuf| !path.file_name().unwrap().to_string_lossy().starts_with("light_");
		let public = vectors::files("public", "onnx").into_iter().filter(small);
		let public = public.map(|path| std::fs::read(path).unwrap());
		examples.extend(public.filter(|bytes| bytes.len() < 4_096));
		examples
	})
}

/// Imports outputs as they are and as scores, within a little work. Only panics fail.
fn try_import_graph(bytes: &[u8]) {
	let limits = aivm_inference::Limits { max_macs: 100_000, max_memory: 1 << 18, ..aivm_inference::Limits::DEFAULT };
	for raw_outputs in [false, true] {
		let options = Options { raw_outputs, limits, ..Options::default() };
		let _ = import(bytes, None, &options);
		if let Ok(float) = FloatModel::from_onnx(bytes, &options) {
			let width = float.inputs().min(1 << 12);
			let rows = Rows::from_values(width, (0..width * 3).map(|index| (index % 5) as f32).collect());
			let _ = import(bytes, rows.as_ref(), &options);
		}
	}
}

#[test]
fn graph_should_fail_cleanly_when_bytes_are_cut_off() {
	for bytes in graph_examples().iter().step_by(9) {
		(0..bytes.len()).for_each(|length| try_import_graph(&bytes[..length]));
	}
}

/// Every integer of a model that says how large something is, or where.
fn sizes(model: &mut ModelProto) -> Vec<&mut i64> {
	let Some(graph) = model.graph.as_mut() else { return Vec::new() };
	let mut sizes = Vec::new();
	for attribute in graph.node.iter_mut().flat_map(|node| &mut node.attribute) {
		sizes.push(&mut attribute.i);
		sizes.extend(&mut attribute.ints);
		sizes.extend(attribute.t.iter_mut().flat_map(|tensor| tensor.dims.iter_mut().chain(&mut tensor.int64_data)));
	}
	for tensor in &mut graph.initializer {
		sizes.extend(tensor.dims.iter_mut().chain(&mut tensor.int64_data));
	}
	let types = graph.input.iter_mut().filter_map(|input| input.r#type.as_mut()?.tensor_type.as_mut()?.shape.as_mut());
	sizes.extend(types.flat_map(|shape| &mut shape.dim).filter_map(|dim| dim.dim_value.as_mut()));
	sizes
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	#[test]
	fn graph_should_not_panic_when_sizes_are_changed(
		example in any::<prop::sample::Index>(),
		changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4),
	) {
		const EXTREMES: [i64; 14] =
			[0, -1, 1, 2, 3, 4, 5, -2, 255, 65_536, i32::MAX as i64, 1 << 32, i64::MAX, i64::MIN];
		let mut model = ModelProto::decode(example.get(graph_examples()).as_slice()).unwrap();
		for (place, value) in changes {
			let mut sizes = sizes(&mut model);
			if !sizes.is_empty() {
				**place.get_mut(&mut sizes) = *value.get(&EXTREMES);
			}
		}
		try_import_graph(&model.encode_to_vec());
	}

	#[test]
	fn graph_should_not_panic_when_bytes_are_changed(
		example in any::<prop::sample::Index>(),
		changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
	) {
		let mut bytes = example.get(graph_examples()).clone();
		for (place, byte) in changes {
			let place = place.index(bytes.len());
			bytes[place] = byte;
		}
		try_import_graph(&bytes);
	}

	#[test]
	fn import_should_not_panic_when_bytes_are_changed(
		example in 0usize..4, changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
	) {
		let mut bytes = examples().swap_remove(example);
		for (place, byte) in changes {
			let place = place.index(bytes.len());
			bytes[place] = byte;
		}
		try_import(&bytes);
	}

	#[test]
	fn import_should_not_panic_when_bytes_are_garbage(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
		try_import(&bytes);
	}
}

#[test]
fn numbers_should_be_read_when_they_are_stored_in_any_form() {
	let raw = |kind: i32, bytes: Vec<u8>| TensorProto {
		name: "w".into(),
		dims: vec![2],
		data_type: kind,
		raw_data: bytes,
		..TensorProto::default()
	};
	let bytes = |values: [&[u8]; 2]| values.concat();
	let forms = [
		floats("w", &[2], &[2.0, -3.0]),
		raw(data_type::FLOAT, bytes([&2f32.to_le_bytes(), &(-3f32).to_le_bytes()])),
		raw(data_type::DOUBLE, bytes([&2f64.to_le_bytes(), &(-3f64).to_le_bytes()])),
		raw(data_type::INT64, bytes([&2i64.to_le_bytes(), &(-3i64).to_le_bytes()])),
		raw(data_type::INT32, bytes([&2i32.to_le_bytes(), &(-3i32).to_le_bytes()])),
		TensorProto { int32_data: vec![2, -3], ..raw(data_type::INT32, vec![]) },
		TensorProto { double_data: vec![2.0, -3.0], ..raw(data_type::DOUBLE, vec![]) },
		ints("w", &[2, -3]),
	];
	for form in forms {
		let kind = form.data_type;
		let graph = model(2, vec![form], vec![node("Mul", &["x", "w"], &["y"], &[])], &["y"]);
		let bytes = graph.encode_to_vec();
		let float = FloatModel::from_onnx(&bytes, &Options::default()).unwrap();
		assert_eq!(float.run(&[10.0, 10.0]).unwrap().scores, [20.0, -30.0], "{kind}");
	}
	let cut = raw(data_type::FLOAT, vec![0; 7]);
	let graph = model(2, vec![cut], vec![node("Mul", &["x", "w"], &["y"], &[])], &["y"]);
	assert_eq!(malformed(&graph), "constant 'w' is cut off");
}
