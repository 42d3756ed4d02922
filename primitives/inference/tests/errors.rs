// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Every reason for refusing a program or a run, and its message.

mod common;

use aivm_inference::*;
use codec::{Compact, Encode};
use common::{chain, chain_within, plain_dense, raw};

fn dense(weights: &[i8], bias: &[i32]) -> Op {
	Op::Dense(plain_dense(weights, bias))
}

/// A dense layer of 2 features and 1 output, as bytes.
fn small() -> Vec<u8> {
	chain(raw(Dtype::I8, &[2]), vec![dense(&[1, 2], &[3])]).unwrap().0.to_bytes()
}

fn refusal(bytes: &[u8]) -> ProgramError {
	let error = Program::decode_and_validate(bytes, &Limits::DEFAULT).unwrap_err();
	assert!(error.to_string().len() > 20, "a message says what to do: {error}");
	assert_eq!(error.encode()[0], error.code());
	error
}

fn refused_operation(input: TensorSpec, op: Op) -> OperationError {
	match chain(input, vec![op]) {
		Err(ProgramError::Operation { operation: 0, error }) => {
			assert!(error.to_string().len() > 20, "a message says what to do: {error}");
			error
		}
		other => panic!("expected a refused operation, found {other:?}"),
	}
}

/// Encodes a program from raw parts, so that tests can write what the builder cannot.
fn encode(inputs: &[TensorSpec], operations: &[Operation], outputs: &[ProgramOutput]) -> Vec<u8> {
	(FORMAT_VERSION, inputs, operations, outputs).encode()
}

fn output(value: u16) -> ProgramOutput {
	ProgramOutput { value: ValueId(value), quantisation: Quantisation::Raw }
}

fn operation(op: Op, inputs: &[u16]) -> Operation {
	Operation { inputs: inputs.iter().copied().map(ValueId).collect(), op }
}

fn clamp(low: i32, high: i32) -> Op {
	Op::Clamp(Clamp { low, high })
}

#[test]
fn decode_should_refuse_other_versions() {
	for version in (0..=u8::MAX).filter(|version| *version != FORMAT_VERSION) {
		let mut bytes = small();
		bytes[0] = version;
		assert_eq!(refusal(&bytes), ProgramError::UnsupportedVersion { version });
	}
}

#[test]
fn decode_should_name_the_part_when_bytes_are_missing() {
	let bytes = small();
	let mut parts = Vec::new();
	for length in 0..bytes.len() {
		match refusal(&bytes[..length]) {
			ProgramError::Malformed { part } => parts.push(part),
			other => panic!("{other}"),
		}
	}
	parts.dedup();
	let (input, operation, output) = (Part::Input(0), Part::Operation(0), Part::Output(0));
	assert_eq!(parts, [Part::Header, input, Part::Header, operation, Part::Header, output]);
}

#[test]
fn decode_should_refuse_unknown_tags() {
	// Element type and quantisation of the input; then the zero-point form of the layer.
	let bytes = small();
	let malformed = |place: usize, part| {
		let mut bytes = bytes.clone();
		bytes[place] = 9;
		assert_eq!(refusal(&bytes), ProgramError::Malformed { part });
	};
	malformed(2, Part::Input(0));
	malformed(8, Part::Input(0));
	malformed(15, Part::Operation(0));
	malformed(bytes.len() - 1, Part::Output(0));
}

#[test]
fn decode_should_name_an_unknown_operator() {
	let bytes = small();
	for index in 16..=u8::MAX {
		let mut bytes = bytes.clone();
		bytes[13] = index;
		assert_eq!(refusal(&bytes), ProgramError::UnknownOperation { operation: 0, index });
	}
}

#[test]
fn decode_should_refuse_trailing_bytes() {
	let mut bytes = small();
	bytes.extend([0, 0, 0]);
	assert_eq!(refusal(&bytes), ProgramError::TrailingBytes { count: 3 });
}

#[test]
fn decode_should_refuse_lengths_written_in_more_bytes_than_needed() {
	// The number of inputs, 1, in two, four and five bytes instead of one.
	let bytes = small();
	for length in [vec![0x05, 0], vec![0x06, 0, 0, 0], vec![0x03, 1, 0, 0, 0]] {
		let spelled = [&bytes[..1], &length, &bytes[2..]].concat();
		assert_eq!(refusal(&spelled), ProgramError::Malformed { part: Part::Header });
	}
}

#[test]
fn decode_should_refuse_hostile_lengths_without_allocating_for_them() {
	let largest = Compact(u32::MAX).encode();
	for what in 0..3 {
		let mut bytes = vec![FORMAT_VERSION];
		bytes.extend(vec![0; what]);
		bytes.extend(&largest);
		assert!(matches!(refusal(&bytes), ProgramError::LimitExceeded { .. }));
	}
	// Dimensions, operands, biases and weights of 4 G entries.
	let bytes = small();
	for place in [3, 10, 17, 22] {
		let bytes = [&bytes[..place], &largest].concat();
		assert!(matches!(refusal(&bytes), ProgramError::Malformed { .. }), "length at {place}");
	}
}

#[test]
fn decode_should_refuse_too_many_parts() {
	let spec = raw(Dtype::I8, &[1]);
	let (inputs, outputs) = (usize::from(MAX_INPUTS), usize::from(MAX_OUTPUTS));
	let exceeded = |what, given: usize, limit: usize| ProgramError::LimitExceeded {
		what,
		given: given as u64,
		limit: limit as u64,
	};
	let bytes = encode(&vec![spec.clone(); inputs + 1], &[], &[]);
	assert_eq!(refusal(&bytes), exceeded(Quantity::Inputs, inputs + 1, inputs));
	let bytes = encode(std::slice::from_ref(&spec), &[], &vec![output(0); outputs + 1]);
	assert_eq!(refusal(&bytes), exceeded(Quantity::Outputs, outputs + 1, outputs));
	let operations = usize::from(MAX_OPERATIONS);
	let bytes = encode(&[spec], &vec![operation(Op::ArgMax, &[0]); operations + 1], &[]);
	assert_eq!(refusal(&bytes), exceeded(Quantity::Operations, operations + 1, operations));
}

#[test]
fn decode_should_refuse_an_input_that_is_no_shape() {
	let bytes = small();
	let shapes: [&[u32]; 5] = [&[], &[0], &[2, 0], &[1, 1, 1, 1, 2], &[1 << 12, 1 << 13]];
	for dims in shapes {
		assert!(Shape::new(dims).is_none());
		let bytes = [&bytes[..3], &dims.encode(), &bytes[8..]].concat();
		assert_eq!(refusal(&bytes), ProgramError::Shape { input: 0 });
	}
	assert_eq!(Shape::new(&[1 << 12, 1 << 12]).unwrap().elements(), MAX_ELEMENTS);
}

#[test]
fn validate_should_refuse_a_program_without_parts() {
	let spec = raw(Dtype::I8, &[1]);
	assert_eq!(refusal(&encode(&[], &[], &[])), ProgramError::Empty { what: Quantity::Inputs });
	let bytes = encode(std::slice::from_ref(&spec), &[], &[output(0)]);
	assert_eq!(refusal(&bytes), ProgramError::Empty { what: Quantity::Operations });
	let bytes = encode(&[spec], &[operation(Op::ArgMax, &[0])], &[]);
	assert_eq!(refusal(&bytes), ProgramError::Empty { what: Quantity::Outputs });
}

#[test]
fn decode_should_refuse_values_that_do_not_exist_yet() {
	let spec = raw(Dtype::I8, &[2]);
	for value in [1, 2, u16::MAX] {
		let operations = [operation(Op::ArgMax, &[value]), operation(Op::ArgMax, &[0])];
		let bytes = encode(std::slice::from_ref(&spec), &operations, &[output(2)]);
		assert_eq!(refusal(&bytes), ProgramError::UndefinedValue { part: Part::Operation(0), value });
	}
	let bytes = encode(&[spec], &[operation(Op::ArgMax, &[0])], &[output(1), output(2)]);
	assert_eq!(refusal(&bytes), ProgramError::UndefinedValue { part: Part::Output(1), value: 2 });
}

#[test]
fn validate_should_refuse_values_that_nothing_uses() {
	let spec = raw(Dtype::I8, &[2]);
	let bytes = encode(&[spec.clone(), spec.clone()], &[operation(Op::ArgMax, &[0])], &[output(2)]);
	assert_eq!(refusal(&bytes), ProgramError::UnusedValue { value: 1 });
	let operations = [operation(Op::ArgMax, &[0]), operation(Op::ArgMax, &[0])];
	assert_eq!(refusal(&encode(&[spec], &operations, &[output(1)])), ProgramError::UnusedValue { value: 2 });
}

#[test]
fn validate_should_refuse_the_same_output_twice() {
	let spec = raw(Dtype::I8, &[2]);
	let bytes = encode(&[spec], &[operation(Op::ArgMax, &[0])], &[output(1), output(0), output(1)]);
	assert_eq!(refusal(&bytes), ProgramError::DuplicateOutput { value: 1 });
}

#[test]
fn validate_should_enforce_each_limit_exactly() {
	let build = |limits: &Limits| chain_within(raw(Dtype::I8, &[2]), vec![dense(&[1, 2], &[3]), clamp(0, 5)], limits);
	let (program, summary) = build(&Limits::DEFAULT).unwrap();
	let bytes = program.to_bytes().len() as u32;
	let exact = Limits {
		max_bytes: bytes,
		max_operations: summary.operations,
		max_macs: summary.cost.macs,
		max_memory: summary.memory_peak,
		max_input_len: summary.input_len,
		max_output_len: summary.output_len,
		max_tree_depth: 0,
		max_step: Limits::DEFAULT.max_step,
	};
	assert_eq!(build(&exact).unwrap().1, summary);
	let tighter = [
		(Quantity::Bytes, Limits { max_bytes: exact.max_bytes - 1, ..exact }),
		(Quantity::Operations, Limits { max_operations: exact.max_operations - 1, ..exact }),
		(Quantity::Macs, Limits { max_macs: exact.max_macs - 1, ..exact }),
		(Quantity::Memory, Limits { max_memory: exact.max_memory - 1, ..exact }),
		(Quantity::InputBytes, Limits { max_input_len: exact.max_input_len - 1, ..exact }),
		(Quantity::OutputBytes, Limits { max_output_len: exact.max_output_len - 1, ..exact }),
	];
	for (quantity, limits) in tighter {
		match build(&limits).unwrap_err() {
			ProgramError::LimitExceeded { what, given, limit } => {
				assert_eq!((what, given), (quantity, limit + 1));
			}
			other => panic!("{other}"),
		}
		// The same through bytes.
		let error = Program::decode_and_validate(&program.to_bytes(), &limits).unwrap_err();
		assert_eq!(error, build(&limits).unwrap_err());
	}
}

#[test]
fn validate_should_refuse_trees_that_are_too_deep() {
	let mut tree = Tree::Leaf(vec![1]);
	for threshold in 0..4 {
		let (first, second) = (Box::new(Tree::Leaf(vec![2])), Box::new(tree));
		tree = Tree::Branch { feature: 0, threshold, first, second };
	}
	let trees = TreeEnsemble::from_trees(Comparison::Less, vec![0], &[tree], Some(vec![0])).unwrap();
	let build = |max_tree_depth| {
		let limits = Limits { max_tree_depth, ..Limits::DEFAULT };
		chain_within(raw(Dtype::I8, &[1]), vec![Op::TreeEnsemble(trees.clone())], &limits)
	};
	assert!(build(4).is_ok());
	let error = ProgramError::LimitExceeded { what: Quantity::TreeDepth, given: 4, limit: 3 };
	assert_eq!(build(3).unwrap_err(), error);
}

#[test]
fn validate_should_refuse_quantisations_that_do_not_fit() {
	let scale = Scale::new(3, -4).unwrap();
	let spec = |dtype, scales, zero_points| TensorSpec {
		quantisation: Quantisation::Affine { scales, zero_points },
		..raw(dtype, &[2, 3])
	};
	let error = |spec| chain(spec, vec![Op::ArgMax]).unwrap_err();
	let part = Part::Input(0);
	let (one, zero) = (PerChannel::One(scale), PerChannel::One(0));

	let parameter = Parameter::Scales;
	let two = PerChannel::Each(vec![scale, Scale::ONE]);
	assert_eq!(
		error(spec(Dtype::I8, two, zero.clone())),
		ProgramError::QuantisationLength { part, parameter, expected: 3, given: 2 }
	);
	let equal = PerChannel::Each(vec![scale; 3]);
	assert_eq!(error(spec(Dtype::I8, equal, zero)), ProgramError::Quantisation { part, parameter });

	let parameter = Parameter::ZeroPoints;
	let four = PerChannel::Each(vec![0, 1, 2, 3]);
	assert_eq!(
		error(spec(Dtype::I8, one.clone(), four)),
		ProgramError::QuantisationLength { part, parameter, expected: 3, given: 4 }
	);
	for outside in [-129, 128] {
		let zeros = PerChannel::Each(vec![0, outside, 1]);
		assert_eq!(error(spec(Dtype::I8, one.clone(), zeros.clone())), ProgramError::Quantisation { part, parameter });
		assert!(chain(spec(Dtype::I32, one.clone(), zeros), vec![Op::ArgMax]).is_ok());
	}

	// Outputs are checked like inputs.
	let mut builder = ProgramBuilder::new(vec![raw(Dtype::I8, &[2, 3])]);
	let clamped = builder.clamp(ValueId(0), 0, 5);
	builder.output(clamped, Quantisation::Affine { scales: one, zero_points: PerChannel::One(200) });
	let error = builder.build(&Limits::DEFAULT).unwrap_err();
	assert_eq!(error, ProgramError::Quantisation { part: Part::Output(0), parameter });
}

#[test]
fn validate_should_refuse_scales_that_are_not_normalised() {
	let spec = TensorSpec {
		quantisation: Quantisation::Affine { scales: PerChannel::One(Scale::ONE), zero_points: PerChannel::One(0) },
		..raw(Dtype::I8, &[2])
	};
	let bytes = chain(spec, vec![Op::ArgMax]).unwrap().0.to_bytes();
	let place = 10;
	assert_eq!(bytes[place..place + 6], Scale::ONE.encode());
	// 1 = 2^30 * 2^-30, and mantissas and exponents out of range.
	let wrong: [(u32, i16); 4] = [(1 << 30, -30), (0, 0), (1 << 31, 257), (1 << 31, -257)];
	for scale in wrong {
		let mut bytes = bytes.clone();
		bytes[place..place + 6].copy_from_slice(&scale.encode());
		let (part, parameter) = (Part::Input(0), Parameter::Scales);
		assert_eq!(refusal(&bytes), ProgramError::Quantisation { part, parameter });
	}
}

#[test]
fn validate_should_refuse_float_order_bytes() {
	let spec = TensorSpec { quantisation: Quantisation::FloatOrder, ..raw(Dtype::I8, &[2]) };
	let error = chain(spec, vec![Op::ArgMax]).unwrap_err();
	assert_eq!(error, ProgramError::FloatOrderType { part: Part::Input(0) });
}

#[test]
fn operations_should_refuse_the_wrong_inputs() {
	let spec = raw(Dtype::I8, &[2]);
	for (inputs, given) in [(vec![], 0), (vec![0, 0], 2)] {
		let bytes = encode(std::slice::from_ref(&spec), &[operation(Op::ArgMax, &inputs)], &[output(1)]);
		let error = OperationError::InputCount { expected: 1, given };
		assert_eq!(refusal(&bytes), ProgramError::Operation { operation: 0, error });
	}
	let (i8, i32) = (Dtype::I8, Dtype::I32);
	assert_eq!(
		refused_operation(raw(i32, &[2]), dense(&[1, 2], &[3])),
		OperationError::InputType { input: 0, expected: i8, given: i32 }
	);
	let requantise = Op::Requantise(Requantise { multipliers: PerChannel::One(Multiplier::ONE), zero_point: 0 });
	assert_eq!(
		refused_operation(raw(i8, &[2]), requantise),
		OperationError::InputType { input: 0, expected: i32, given: i8 }
	);
}

#[test]
fn operations_should_refuse_results_that_are_no_shape() {
	assert_eq!(refused_operation(raw(Dtype::I8, &[2]), dense(&[], &[])), OperationError::OutputShape);
	let rows = raw(Dtype::I8, &[MAX_ELEMENTS, 1]);
	assert_eq!(refused_operation(rows, dense(&[1, 1], &[0, 0])), OperationError::OutputShape);
}

#[test]
fn operations_should_refuse_parameters_of_the_wrong_length() {
	let input = || raw(Dtype::I8, &[2]);
	let wrong = |parameter, expected, given| OperationError::ParameterLength { parameter, expected, given };
	for given in [0, 5, 7] {
		let error = refused_operation(input(), dense(&vec![1; given], &[0; 3]));
		assert_eq!(error, wrong(Parameter::Weights, 6, given as u32));
	}
	let layer = Dense { weight_zero_points: PerChannel::Each(vec![0, 1]), ..plain_dense(&[1; 6], &[0; 3]) };
	assert_eq!(refused_operation(input(), Op::Dense(layer)), wrong(Parameter::WeightZeroPoints, 3, 2));
	let multipliers = PerChannel::Each(vec![Multiplier::ONE; 3]);
	let op = Op::Requantise(Requantise { multipliers, zero_point: 0 });
	assert_eq!(refused_operation(raw(Dtype::I32, &[2]), op), wrong(Parameter::Multipliers, 2, 3));
}

#[test]
fn operations_should_refuse_equal_values_written_for_each_channel() {
	let layer = Dense { weight_zero_points: PerChannel::Each(vec![1, 1]), ..plain_dense(&[1; 4], &[0; 2]) };
	assert_eq!(
		refused_operation(raw(Dtype::I8, &[2]), Op::Dense(layer)),
		OperationError::NotCanonical { parameter: Parameter::WeightZeroPoints }
	);
	let multipliers = PerChannel::Each(vec![Multiplier::ONE; 2]);
	assert_eq!(
		refused_operation(raw(Dtype::I32, &[2]), Op::Requantise(Requantise { multipliers, zero_point: 0 })),
		OperationError::NotCanonical { parameter: Parameter::Multipliers }
	);
}

#[test]
fn validate_should_refuse_multipliers_that_are_not_normalised() {
	let channels = vec![Multiplier::ONE, Multiplier::new(1 << 30, 31).unwrap()];
	let op = Op::Requantise(Requantise { multipliers: PerChannel::Each(channels), zero_point: 0 });
	let bytes = chain(raw(Dtype::I32, &[2]), vec![op]).unwrap().0.to_bytes();
	let place = bytes.windows(5).position(|window| window == Multiplier::ONE.encode()).unwrap();
	for wrong in [(1u32 << 29, 30u8), (1 << 31, 30), (0, 30), (1 << 30, 63)] {
		let mut bytes = bytes.clone();
		bytes[place + 5..place + 10].copy_from_slice(&wrong.encode());
		let error = OperationError::Multiplier { channel: 1 };
		assert_eq!(refusal(&bytes), ProgramError::Operation { operation: 0, error });
		assert!(Multiplier::new(wrong.0, wrong.1).is_none());
		// Unvalidated, it still runs without harm.
		Program::decode_validated(&bytes).unwrap().run(&[255; 8]).unwrap();
	}
}

#[test]
fn operations_should_refuse_clamp_bounds_outside_the_type_or_out_of_order() {
	for (low, high) in [(1, 0), (-129, 0), (0, 128)] {
		let error = refused_operation(raw(Dtype::I8, &[2]), clamp(low, high));
		assert_eq!(error, OperationError::ClampBounds { low, high });
	}
	for (low, high) in [(-128, 127), (3, 3)] {
		assert!(chain(raw(Dtype::I8, &[2]), vec![clamp(low, high)]).is_ok());
	}
}

/// Two trees: a branch over two leaves, and a leaf.
fn ensemble() -> TreeEnsemble {
	TreeEnsemble {
		comparison: Comparison::Less,
		base: vec![0; 3],
		sizes: vec![2, 1],
		features: vec![3],
		thresholds: vec![7],
		splits: vec![1],
		leaves: Leaves::PerTree(vec![2, 0]),
		weights: vec![1, 2, 3],
	}
}

fn refused_trees(change: impl Fn(&mut TreeEnsemble)) -> OperationError {
	let mut trees = ensemble();
	change(&mut trees);
	let op = Op::TreeEnsemble(trees);
	// Unvalidated, it either is refused as well or runs without harm.
	let bytes = encode(&[raw(Dtype::I8, &[4])], &[operation(op.clone(), &[0])], &[output(1)]);
	if let Ok(program) = Program::decode_validated(&bytes) {
		program.run(&[1, 2, 3, 4]).unwrap();
	}
	refused_operation(raw(Dtype::I8, &[4]), op)
}

#[test]
fn trees_should_refuse_lists_of_the_wrong_length() {
	assert!(chain(raw(Dtype::I8, &[4]), vec![Op::TreeEnsemble(ensemble())]).is_ok());
	let wrong = |parameter, expected, given| OperationError::ParameterLength { parameter, expected, given };
	assert_eq!(refused_trees(|trees| trees.sizes.clear()), OperationError::EmptyTree);
	assert_eq!(refused_trees(|trees| trees.sizes[1] = 0), OperationError::EmptyTree);
	assert_eq!(refused_trees(|trees| trees.features.clear()), wrong(Parameter::Features, 1, 0));
	assert_eq!(refused_trees(|trees| trees.thresholds.push(1)), wrong(Parameter::Thresholds, 1, 2));
	assert_eq!(refused_trees(|trees| trees.splits.push(1)), wrong(Parameter::Splits, 1, 2));
	assert_eq!(refused_trees(|trees| trees.weights.push(1)), wrong(Parameter::Weights, 3, 4));
	assert_eq!(refused_trees(|trees| trees.sizes[0] = 3), wrong(Parameter::Features, 2, 1));
	assert_eq!(refused_trees(|trees| trees.leaves = Leaves::PerOutput), wrong(Parameter::Weights, 9, 3));
	let targets = |trees: &mut TreeEnsemble| trees.leaves = Leaves::PerTree(vec![1]);
	assert_eq!(refused_trees(targets), wrong(Parameter::Targets, 2, 1));
	assert_eq!(refused_trees(|trees| trees.base.clear()), OperationError::OutputShape);
	assert_eq!(
		TreeEnsemble::from_trees(Comparison::Less, vec![0; 3], &[Tree::Leaf(vec![1, 2])], None),
		Err(wrong(Parameter::Weights, 3, 2))
	);
}

#[test]
fn trees_should_refuse_splits_that_leave_a_child_without_leaves() {
	for split in [0, 2, 3, u16::MAX] {
		let error = refused_trees(|trees| trees.splits[0] = split);
		assert_eq!(error, OperationError::Split { tree: 0, branch: 0 });
		let mut trees = ensemble();
		trees.splits[0] = split;
		assert_eq!(trees.tree(0), None);
	}
	assert_eq!(ensemble().tree(1), Some(Tree::Leaf(vec![3])));
	assert_eq!(ensemble().tree(2), None);
}

#[test]
fn trees_should_refuse_more_leaves_under_a_first_child_than_a_split_can_say() {
	fn complete(leaves: u32) -> Tree {
		match leaves {
			1 => Tree::Leaf(vec![1]),
			_ => {
				let (first, second) = (Box::new(complete(leaves / 2)), Box::new(complete(leaves - leaves / 2)));
				Tree::Branch { feature: 0, threshold: 0, first, second }
			}
		}
	}
	let build = |leaves| TreeEnsemble::from_trees(Comparison::Less, vec![0], &[complete(leaves)], Some(vec![0]));
	assert!(build(2 * 65_535 + 1).is_ok());
	assert_eq!(build(2 * 65_536), Err(OperationError::Split { tree: 0, branch: 0 }));
}

#[test]
fn trees_should_refuse_features_and_targets_out_of_range() {
	let error = refused_trees(|trees| trees.features[0] = 4);
	assert_eq!(error, OperationError::FeatureOutOfRange { feature: 4, features: 4 });
	let error = refused_trees(|trees| trees.leaves = Leaves::PerTree(vec![1, 3]));
	assert_eq!(error, OperationError::TargetOutOfRange { tree: 1, target: 3, outputs: 3 });
}

#[test]
fn run_should_refuse_inputs_of_the_wrong_length() {
	let (program, summary) = chain(raw(Dtype::I8, &[2]), vec![dense(&[1, 2], &[3])]).unwrap();
	assert_eq!(summary.input_len, 2);
	for given in [0, 1, 3, 1_000] {
		let error = program.run(&vec![0; given]).unwrap_err();
		assert_eq!(error, RunError::InputLength { expected: 2, given: given as u32 });
		assert!(error.to_string().contains("takes 2"));
		assert_eq!(error.code(), 0);
	}
	assert_eq!(program.run(&[10, 20]).unwrap(), 53i32.to_le_bytes());
}

#[test]
fn run_should_refuse_keys_that_stand_for_no_number() {
	let spec = TensorSpec { quantisation: Quantisation::FloatOrder, ..raw(Dtype::I32, &[3]) };
	let (program, _) = chain(spec, vec![Op::ArgMax]).unwrap();
	let pack = |keys: [i32; 3]| keys.iter().flat_map(|key| key.to_le_bytes()).collect::<Vec<_>>();
	for key in [-1, FLOAT_ORDER_MAX + 1, FLOAT_ORDER_MIN - 1, i32::MIN, i32::MAX] {
		let error = program.run(&pack([0, 1, key])).unwrap_err();
		assert_eq!(error, RunError::InputValue { input: 0, element: 2 });
		assert_eq!(error.code(), 1);
	}
	let output = program.run(&pack([FLOAT_ORDER_MIN, FLOAT_ORDER_MAX, 0])).unwrap();
	assert_eq!(output, 1i32.to_le_bytes());
}
