// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Golden vectors: encodings, summaries and results that must never change.
//!
//! `AIVM_WRITE_VECTORS=1 cargo test -p aivm-inference --test vectors` writes `tests/vectors/programs.json` anew; do that
//! only for a new version of the format or of the cost model.

mod common;

use aivm_inference::*;
use common::{plain_dense, raw, reference, Random};
use serde_json::{json, Value};

fn affine(dims: &[u32], scales: Vec<Scale>, zero_points: Vec<i32>) -> TensorSpec {
	TensorSpec {
		quantisation: Quantisation::Affine {
			scales: PerChannel::new(scales).unwrap(),
			zero_points: PerChannel::new(zero_points).unwrap(),
		},
		..raw(Dtype::I8, dims)
	}
}

fn float_order(dims: &[u32]) -> TensorSpec {
	TensorSpec { quantisation: Quantisation::FloatOrder, ..raw(Dtype::I32, dims) }
}

/// Weights that cover the whole range.
fn weights(count: usize, seed: u64) -> Vec<i8> {
	let mut random = Random(seed);
	(0..count).map(|_| random.i8()).collect()
}

fn branch(feature: u16, threshold: f32, first: Tree, second: Tree) -> Tree {
	let threshold = float_order_key(threshold.to_bits()).unwrap();
	Tree::Branch { feature, threshold, first: Box::new(first), second: Box::new(second) }
}

/// The programs, by name.
fn programs() -> Vec<(&'static str, ProgramBuilder)> {
	let mut programs = Vec::new();

	let mut builder = ProgramBuilder::new(vec![raw(Dtype::I8, &[2])]);
	let dense = builder.dense(ValueId(0), plain_dense(&[1, -2], &[3]));
	builder.output(dense, Quantisation::Raw);
	programs.push(("smallest dense", builder));

	let mut builder = ProgramBuilder::new(vec![affine(&[1, 6], vec![Scale::new(1, -4).unwrap()], vec![-128])]);
	let hidden = Dense {
		input_zero_point: -128,
		weight_zero_points: PerChannel::One(0),
		bias: vec![100, -200, 300, 0],
		weights: weights(24, 1),
	};
	let sums = builder.dense(ValueId(0), hidden);
	let multipliers = (0..4).map(|n| Multiplier::new((1 << 30) + 12_345 * n, 38 + n as u8).unwrap()).collect();
	let multipliers = PerChannel::new(multipliers).unwrap();
	let hidden = builder.requantise(sums, Requantise { multipliers, zero_point: -5 });
	let hidden = builder.relu(hidden, -5);
	let logits = Dense { input_zero_point: -5, ..plain_dense(&weights(12, 2), &[1, 2, 3]) };
	let logits = builder.dense(hidden, logits);
	let class = builder.arg_max(logits);
	builder.output(class, Quantisation::Raw);
	let (scales, zero_points) = (PerChannel::One(Scale::new(3, -9).unwrap()), PerChannel::One(0));
	builder.output(logits, Quantisation::Affine { scales, zero_points });
	programs.push(("multilayer perceptron", builder));

	let scales = vec![Scale::ONE, Scale::new(5, -3).unwrap(), Scale::new(u32::MAX, -40).unwrap()];
	let mut builder = ProgramBuilder::new(vec![affine(&[3], scales, vec![0, 10, -10])]);
	let layer = Dense {
		input_zero_point: 0,
		weight_zero_points: PerChannel::new(vec![-3, 4]).unwrap(),
		bias: vec![-1, 1],
		weights: weights(6, 3),
	};
	let sums = builder.dense(ValueId(0), layer);
	let multipliers = PerChannel::One(Multiplier::new((1 << 31) - 1, 41).unwrap());
	let result = builder.requantise(sums, Requantise { multipliers, zero_point: 7 });
	builder.output(result, Quantisation::Raw);
	programs.push(("zero points of weights", builder));

	let mut builder = ProgramBuilder::new(vec![float_order(&[4])]);
	let leaf = |weight| Tree::Leaf(vec![weight]);
	let trees = [
		branch(2, -0.5, branch(0, 1.25, leaf(100), leaf(-100)), leaf(7)),
		branch(3, 1e30, leaf(-40), branch(1, 0.0, leaf(1), leaf(2))),
		leaf(5),
	];
	let trees = TreeEnsemble::from_trees(Comparison::Less, vec![0, -3], &trees, Some(vec![1, 1, 0])).unwrap();
	let sums = builder.trees(ValueId(0), trees);
	let class = builder.arg_max(sums);
	builder.output(class, Quantisation::Raw);
	builder.output(sums, Quantisation::Raw);
	programs.push(("boosted trees", builder));

	let mut builder = ProgramBuilder::new(vec![float_order(&[2, 3])]);
	let leaf = |weights: [i32; 3]| Tree::Leaf(weights.to_vec());
	let trees = [
		branch(1, 0.1, leaf([1, 0, 9]), branch(0, -2.0, leaf([0, 5, 5]), leaf([10, 0, 0]))),
		branch(2, 3.5, leaf([2, 8, 0]), leaf([0, 0, 10])),
	];
	let trees = TreeEnsemble::from_trees(Comparison::LessOrEqual, vec![0; 3], &trees, None).unwrap();
	let sums = builder.trees(ValueId(0), trees);
	let class = builder.arg_max(sums);
	builder.output(class, Quantisation::Raw);
	programs.push(("random forest", builder));

	let mut builder = ProgramBuilder::new(vec![raw(Dtype::I8, &[2, 2, 3]), raw(Dtype::I32, &[2])]);
	let clamped = builder.clamp(ValueId(0), -7, 99);
	let place = builder.arg_max(clamped);
	let sums = builder.clamp(ValueId(1), i32::MIN, 1_000_000);
	let positive = builder.relu_sums(sums);
	builder.output(positive, Quantisation::Raw);
	builder.output(place, Quantisation::Raw);
	builder.output(clamped, Quantisation::Raw);
	programs.push(("two inputs, three outputs", builder));
	programs.push(("convolutions, pools and a residual", convolutional()));
	programs.push(("text with tables", text()));
	programs
}

/// A small image network with most operators on windows.
fn convolutional() -> ProgramBuilder {
	let mut builder = ProgramBuilder::new(vec![affine(&[1, 6, 5, 2], vec![Scale::new(1, -6).unwrap()], vec![3])]);
	let conv = |builder: &mut ProgramBuilder, from, window, groups, outputs: usize, depth: usize, seed| {
		let layer = Conv2d {
			window,
			groups,
			input_zero_point: 3,
			weight_zero_points: PerChannel::One(0),
			bias: (0..outputs as i32).map(|output| 50 * output - 70).collect(),
			weights: weights(outputs * depth, seed),
		};
		let sums = builder.operation(Op::Conv2d(layer), vec![from]);
		let multipliers = PerChannel::One(Multiplier::new((1 << 30) + 77, 39).unwrap());
		builder.requantise(sums, Requantise { multipliers, zero_point: 3 })
	};
	let same = Window::plain([3, 3], 1).padded([1, 1], [1, 1]);
	let dilated = Window { dilations: [2, 1], ..Window::plain([2, 2], 1).padded([1, 1], [1, 0]) };
	let stem = conv(&mut builder, ValueId(0), same, 1, 4, 18, 4);
	let depthwise = conv(&mut builder, stem, same, 4, 4, 9, 5);
	let add = Add { input_zero_points: [3, 3], factors: [(1 << 30) + 5, -(1 << 29)], shift: 31, zero_point: -1 };
	let residual = builder.operation(Op::Add(add), vec![stem, depthwise]);
	let side = conv(&mut builder, residual, dilated, 2, 2, 8, 6);
	let joined = builder.operation(Op::Concat { axis: 3 }, vec![residual, side]);
	let pooled = MaxPool { window: Window::plain([2, 2], 2).padded([0, 0], [0, 1]) };
	let pooled = builder.operation(Op::MaxPool(pooled), vec![joined]);
	let mean = AveragePool {
		window: Window::plain([3, 2], 1).padded([1, 0], [1, 1]),
		count_padding: false,
		input_zero_point: -1,
		multiplier: Multiplier::new((1 << 30) + 3, 29).unwrap(),
		zero_point: 9,
	};
	let mean = builder.operation(Op::AveragePool(mean), vec![pooled]);
	builder.output(mean, Quantisation::Raw);
	let turned = builder.operation(Op::Transpose { order: vec![0, 3, 1, 2] }, vec![mean]);
	let shape = Shape::new(&[6, 9]).unwrap();
	let flat = builder.operation(Op::Reshape { shape }, vec![turned]);
	let class = builder.arg_max(flat);
	builder.output(class, Quantisation::Raw);
	builder
}

/// An embedding, tables, a gate that repeats, and a softmax.
fn text() -> ProgramBuilder {
	let mut builder = ProgramBuilder::new(vec![raw(Dtype::I32, &[1, 5])]);
	let letters = builder.clamp(ValueId(0), 0, 8);
	let embed = Embed { width: 3, table: weights(27, 7) };
	let embedded = builder.operation(Op::Embed(embed), vec![letters]);
	let table = (-128..128i32).map(|x| (x / 2 + 7) as i8).collect();
	let halved = builder.operation(Op::Lookup(Lookup { table }), vec![embedded]);
	let multiplier = Multiplier::new((1 << 30) + 9, 34).unwrap();
	let gate = Multiply { input_zero_points: [7, -5], multiplier, zero_point: 2 };
	let last = builder.dense(halved, Dense { input_zero_point: 7, ..plain_dense(&weights(3, 8), &[5]) });
	let multipliers = PerChannel::One(Multiplier::new(1 << 30, 37).unwrap());
	let last = builder.requantise(last, Requantise { multipliers, zero_point: -5 });
	let gated = builder.operation(Op::Multiply(gate), vec![halved, last]);
	let exponentials = (0..TABLE).map(|step| Softmax::MAX_EXPONENTIAL >> (step / 9)).collect();
	let multiplier = Multiplier::new((1 << 31) - 1, 23).unwrap();
	let shares = Softmax { exponentials, multiplier, zero_point: -128 };
	let shares = builder.operation(Op::Softmax(shares), vec![gated]);
	builder.output(shares, Quantisation::Raw);
	let wide = builder.operation(Op::Reshape { shape: Shape::new(&[5, 3]).unwrap() }, vec![gated]);
	let wide = builder.operation(Op::Concat { axis: 0 }, vec![wide, wide]);
	builder.output(wide, Quantisation::Raw);
	builder
}

fn inputs(program: &Program) -> Vec<Vec<u8>> {
	let mut random = Random(99);
	(0..4).map(|_| random.input(program)).collect()
}

fn vector(name: &str, builder: ProgramBuilder) -> Value {
	let (program, summary) = builder.build(&Limits::DEFAULT).unwrap();
	let runs: Vec<_> = inputs(&program)
		.iter()
		.map(|input| json!({ "input": hex::encode(input), "output": hex::encode(reference::run(&program, input)) }))
		.collect();
	json!({
		"name": name,
		"program": hex::encode(program.to_bytes()),
		"hash": hex::encode(program.hash()),
		"macs": summary.cost.macs,
		"bytes": summary.cost.bytes,
		"memory_peak": summary.memory_peak,
		"operations": summary.operations,
		"input_len": summary.input_len,
		"output_len": summary.output_len,
		"runs": runs,
	})
}

#[test]
fn programs_should_have_their_golden_encoding_summary_and_results() {
	let path = &format!("{}/tests/vectors/programs.json", std::env::var("CARGO_MANIFEST_DIR").unwrap());
	let built: Vec<_> = programs().into_iter().map(|(name, builder)| vector(name, builder)).collect();
	if std::env::var_os("AIVM_WRITE_VECTORS").is_some() {
		std::fs::write(path, serde_json::to_string_pretty(&built).unwrap() + "\n").unwrap();
	}
	let golden: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
	assert_eq!(golden.len(), built.len());
	for (golden, built) in golden.iter().zip(&built) {
		assert_eq!(golden, built, "{}", golden["name"]);
		let field = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
		let bytes = field(&golden["program"]);
		let (program, _) = Program::decode_and_validate(&bytes, &Limits::DEFAULT).unwrap();
		assert_eq!(program.to_bytes(), bytes);
		for run in golden["runs"].as_array().unwrap() {
			assert_eq!(program.run(&field(&run["input"])).unwrap(), field(&run["output"]), "{}", golden["name"]);
		}
	}
}

#[test]
fn encoding_should_follow_the_format_document_byte_by_byte() {
	#[rustfmt::skip]
	let bytes = [
		1,                                  // version
		4,                                  // 1 input
		0,                                  //   I8
		8, 2, 0, 0, 0, 3, 0, 0, 0,          //   shape [2, 3]
		1,                                  //   affine
		1, 12,                              //     3 scales
		0, 0, 0, 0x80, 0xe1, 0xff,          //       2^31 * 2^-31
		0, 0, 0, 0x80, 0xe0, 0xff,          //       2^31 * 2^-32
		0, 0, 0, 0xc0, 0xe1, 0xff,          //       3 * 2^30 * 2^-31
		0, 0xfb, 0xff, 0xff, 0xff,          //     1 zero point: -5
		20,                                 // 5 operations
		4, 0, 0,                            //   operation 0, of value 0
		0,                                  //     Dense
		0xfb,                               //       input zero point -5
		1, 8, 0, 1,                         //       2 weight zero points: 0, 1
		8, 7, 0, 0, 0, 0xf8, 0xff, 0xff, 0xff, //    2 biases: 7, -8
		24, 1, 0xfe, 3, 0xfc, 5, 0xfa,      //       6 weights: 1, -2, 3, -4, 5, -6
		4, 1, 0,                            //   operation 1, of value 1
		1,                                  //     Requantise
		0, 0, 0, 0, 0x40, 31,               //       1 multiplier: 2^30 / 2^31
		2,                                  //       zero point 2
		4, 2, 0,                            //   operation 2, of value 2
		2,                                  //     Clamp
		2, 0, 0, 0, 127, 0, 0, 0,           //       2 to 127
		4, 3, 0,                            //   operation 3, of value 3
		4,                                  //     TreeEnsemble
		0,                                  //       less or equal
		8, 9, 0, 0, 0, 0, 0, 0, 0,          //       2 base values: 9, 0
		8, 2, 0, 0, 0, 1, 0, 0, 0,          //       2 trees: of 2 leaves, of 1 leaf
		4, 1, 0,                            //       1 branch: on feature 1
		4, 5, 0, 0, 0,                      //         against threshold 5
		4, 1, 0,                            //         with 1 leaf under the first child
		0, 8, 1, 0, 0, 0,                   //       1 weight per leaf; tree 0 to output 1, tree 1 to output 0
		12, 4, 0, 0, 0, 6, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, // 3 leaf weights: 4, 6, -1
		4, 4, 0,                            //   operation 4, of value 4
		3,                                  //     ArgMax
		8,                                  // 2 outputs
		5, 0, 0,                            //   value 5, plain integers
		3, 0, 2,                            //   value 3, float-order keys (of I8: refused below)
	];
	let float_order = ProgramError::FloatOrderType { part: Part::Output(1) };
	assert_eq!(Program::decode_and_validate(&bytes, &Limits::DEFAULT).unwrap_err(), float_order);
	let mut bytes = bytes;
	*bytes.last_mut().unwrap() = 0;
	let (program, summary) = Program::decode_and_validate(&bytes, &Limits::DEFAULT).unwrap();

	let scales = vec![Scale::ONE, Scale::new(1, -1).unwrap(), Scale::new(3, -1).unwrap()];
	assert_eq!(program.inputs(), [affine(&[2, 3], scales, vec![-5])]);
	let op = |index: usize| program.operations()[index].op.clone();
	let dense = Dense {
		input_zero_point: -5,
		weight_zero_points: PerChannel::Each(vec![0, 1]),
		bias: vec![7, -8],
		weights: vec![1, -2, 3, -4, 5, -6],
	};
	assert_eq!(op(0), Op::Dense(dense));
	let half = PerChannel::One(Multiplier::new(1 << 30, 31).unwrap());
	assert_eq!(op(1), Op::Requantise(Requantise { multipliers: half, zero_point: 2 }));
	assert_eq!(op(2), Op::Clamp(Clamp { low: 2, high: 127 }));
	let leaf = |weight| Box::new(Tree::Leaf(vec![weight]));
	let trees = [Tree::Branch { feature: 1, threshold: 5, first: leaf(4), second: leaf(6) }, Tree::Leaf(vec![-1])];
	let trees = TreeEnsemble::from_trees(Comparison::LessOrEqual, vec![9, 0], &trees, Some(vec![1, 0])).unwrap();
	assert_eq!(op(3), Op::TreeEnsemble(trees));
	assert_eq!(op(4), Op::ArgMax);
	let outputs: Vec<_> = program.output_values().iter().map(|output| output.value).collect();
	assert_eq!(outputs, [ValueId(5), ValueId(3)]);
	assert_eq!((summary.input_len, summary.output_len, summary.operations), (6, 12, 5));

	// Row 0: x + 5 = [1, 0, 2], sums 7 + 1 + 6 = 14 and -8 + 1 * -5 + 2 * -7 = -27; half of them, plus 2: 9 and -12
	// (-13.5 rounds to -14); clamped to 9 and 2; trees [9 - 1, 4].
	// Row 1: x + 5 = [0, 1, 0], sums 7 - 2 = 5 and -8 + 4 = -4; half, plus 2: 4 (2.5 rounds to 2) and 0; clamped to 4
	// and 2; trees [8, 4].
	let input = [-4i8, -5, -3, -5, -4, -5].map(i8::cast_unsigned);
	assert_eq!(program.run(&input).unwrap(), [0, 0, 0, 0, 0, 0, 0, 0, 9, 2, 4, 2]);
}

#[test]
fn shapes_should_have_the_encoding_of_a_vector() {
	use codec::{Decode, Encode, MaxEncodedLen};
	for dims in [vec![1u32], vec![3, 4], vec![1, 2, 3, 4]] {
		let shape = Shape::new(&dims).unwrap();
		assert_eq!(shape.encode(), dims.encode());
		assert_eq!(Shape::decode(&mut &dims.encode()[..]).unwrap(), shape);
		assert!(shape.encoded_size() <= Shape::max_encoded_len());
	}
	assert_eq!(Shape::new(&[1, 2, 3, 4]).unwrap().encoded_size(), Shape::max_encoded_len());
	for dims in [vec![], vec![0u32], vec![1; 5], vec![u32::MAX, u32::MAX]] {
		assert!(Shape::decode(&mut &dims.encode()[..]).is_err());
	}
}

#[test]
fn trees_should_come_back_from_their_lists() {
	let mut random = Random(5);
	for _ in 0..50 {
		let ensemble = random.ensemble(7, Dtype::I32);
		let trees: Vec<_> = (0..ensemble.trees()).map(|number| ensemble.tree(number).unwrap()).collect();
		let targets = match &ensemble.leaves {
			Leaves::PerTree(targets) => Some(targets.clone()),
			Leaves::PerOutput => None,
		};
		let again = TreeEnsemble::from_trees(ensemble.comparison, ensemble.base.clone(), &trees, targets);
		assert_eq!(again.as_ref(), Ok(&ensemble));
	}
}
