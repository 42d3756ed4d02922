// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tiles and transcripts: parts of results, and what a dispute can and cannot show.

mod common;

use aivm_inference::{
	cost::{operation_cost, rows_cost},
	kernels::Portable,
	transcript::*,
	*,
};
use codec::{Decode, Encode};
use common::{chain, raw, Random};
use proptest::prelude::*;

/// A step so small that operations fall into several tiles.
const SMALL: Cost = Cost { macs: 15_000, bytes: 400 };

/// A random program with an input, and the record of its run.
fn recorded(seed: u64) -> (Program, Vec<u8>, Record) {
	let mut random = Random(seed);
	let program = random.program();
	let input = random.input(&program);
	let record = program.record::<Portable>(&input).unwrap();
	(program, input, record)
}

fn types_of(program: &Program, operation: &Operation) -> Vec<TensorType> {
	operation.inputs.iter().map(|input| program.value_type(*input).unwrap()).collect()
}

/// The part of a tensor with these elements, and nothing else.
fn cut(tensor: &Tensor, elements: &std::ops::Range<u32>) -> Data {
	let range = elements.start as usize..elements.end as usize;
	match tensor.data() {
		Data::I8(values) => Data::I8(values[range].to_vec()),
		Data::I32(values) => Data::I32(values[range].to_vec()),
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(10_000))]

	#[test]
	fn execute_rows_should_make_any_rows_from_the_needed_elements_alone(seed in any::<u64>()) {
		let (program, _, record) = recorded(seed);
		let mut random = Random(!seed);
		for (number, operation) in program.operations().iter().enumerate() {
			let result = &record.values[program.inputs().len() + number];
			let rows = result.shape().rows();
			let begin = random.size(0, rows - 1);
			let range = begin..random.size(begin + 1, rows);
			let types = types_of(&program, operation);
			let needed = needed_elements(&operation.op, &types, &result.tensor_type(), range.clone());
			let parts: Vec<_> = operation.inputs.iter().zip(&needed)
				.map(|(input, needed)| cut(&record.values[usize::from(input.0)], needed)).collect();
			let slices: Vec<_> = parts.iter().zip(&needed).zip(&types)
				.map(|((data, needed), tensor_type)| Slice {
					tensor_type: *tensor_type, start: needed.start, elements: data.into(),
				}).collect();
			let features = result.shape().features();
			let expected = cut(result, &(range.start * features..range.end * features));
			prop_assert_eq!(execute_rows::<Portable>(&operation.op, &slices, range).unwrap(), expected);
		}
	}

	#[test]
	fn tiles_should_cover_each_row_once_and_keep_the_limit(seed in any::<u64>()) {
		let program = Random(seed).program();
		for (number, operation) in (0u16..).zip(program.operations()) {
			let output = program.result_type(number).unwrap();
			let types = types_of(&program, operation);
			let mut next = 0;
			for tile in (0..).map_while(|tile| Tile::new(&program, number, tile, &SMALL)) {
				prop_assert_eq!(tile.rows.start, next);
				prop_assert!(tile.rows.end > next);
				let cost = rows_cost(&operation.op, &types, &output, tile.rows.clone());
				prop_assert!(cost.is_within(&SMALL), "{:?} of {} costs {:?}", tile, operation.op.name(), cost);
				for row in [tile.rows.start, tile.rows.end - 1] {
					let element = row * output.shape.features();
					let holding = Tile::holding(&program, number, element, &SMALL).unwrap();
					prop_assert_eq!(Tile::new(&program, number, holding, &SMALL), Some(tile.clone()));
				}
				next = tile.rows.end;
			}
			// All of the operation, or a row that cannot keep the limit.
			let refused = program.validate(&Limits { max_step: SMALL, ..Limits::DEFAULT }).is_err();
			prop_assert!(next == output.shape.rows() || (next == 0 && refused));
			let whole = rows_cost(&operation.op, &types, &output, 0..output.shape.rows());
			prop_assert_eq!(whole.macs, operation_cost(&operation.op, &types, &output).macs);
		}
	}

	#[test]
	fn faults_should_show_a_wrong_element_and_nothing_else(seed in any::<u64>()) {
		let (program, _, honest) = recorded(seed);
		// Operations whose rows are too large for small tiles are one tile.
		let small = program.validate(&Limits { max_step: SMALL, ..Limits::DEFAULT }).is_ok();
		let limit = if small { SMALL } else { Limits::DEFAULT.max_step };
		let mut random = Random(!seed);
		let operation = random.range(0, program.operations().len() as i64 - 1) as u16;
		let place = program.inputs().len() + usize::from(operation);
		let element = random.size(0, honest.values[place].shape().elements() - 1);
		let mut values = honest.values.clone();
		let data = match values[place].data().clone() {
			Data::I8(mut data) => { data[element as usize] ^= 1 << random.size(0, 6); Data::I8(data) }
			Data::I32(mut data) => { data[element as usize] ^= 1 << random.size(0, 30); Data::I32(data) }
		};
		values[place] = Tensor::new(values[place].shape(), data).unwrap();
		let liar = Record::new(&program, values);
		prop_assert_ne!(liar.transcript.root(), honest.transcript.root());

		// The first difference is at the operation, or in the run if the value is an output.
		let first = honest.transcript.first_difference(&liar.transcript).unwrap();
		prop_assert!(first == u32::from(operation) + 1 || first == 0);
		let tile = Tile::holding(&program, operation, element, &limit).unwrap();
		let fault = liar.open_tile(&program, operation, tile, &limit).unwrap();
		prop_assert_eq!(fault.check::<Portable>(&liar.transcript.root(), &program, &limit), Ok(()));
		// It survives encoding, and says nothing about the honest run.
		let fault = Fault::decode(&mut &fault.encode()[..]).unwrap();
		let root = honest.transcript.root();
		prop_assert!(fault.check::<Portable>(&root, &program, &limit).is_err());

		// No tile of the honest run is a fault.
		for number in 0..program.operations().len() as u16 {
			for tile in (0..3).map_while(|tile| honest.open_tile(&program, number, tile, &limit)) {
				prop_assert_eq!(tile.check::<Portable>(&root, &program, &limit), Err(FaultError::NoFault));
			}
		}
	}
}

#[test]
fn record_should_run_as_run_does() {
	for seed in 0..200 {
		let (program, input, record) = recorded(seed);
		let mut output = Vec::new();
		program.output_values().iter().for_each(|part| record.values[usize::from(part.value.0)].write_to(&mut output));
		assert_eq!(output, program.run(&input).unwrap());
		assert_eq!(record.transcript.entries.len(), program.operations().len() + 1);
	}
}

#[test]
fn no_byte_of_an_opened_tile_should_be_free() {
	let (program, _, record) = (0..).map(recorded).find(|(program, ..)| program.operations().len() == 4).unwrap();
	let limit = Limits::DEFAULT.max_step;
	let root = record.transcript.root();
	for operation in 0..4 {
		let fault = record.open_tile(&program, operation, 0, &limit).unwrap();
		assert_eq!(fault.check::<Portable>(&root, &program, &limit), Err(FaultError::NoFault));
		let bytes = fault.encode();
		for place in 0..bytes.len() {
			let mut bytes = bytes.clone();
			bytes[place] ^= 1 << (place % 8);
			if let Ok(changed) = Fault::decode(&mut &bytes[..]) {
				let result = changed.check::<Portable>(&root, &program, &limit);
				assert!(result.is_err(), "byte {place} of operation {operation}");
				assert_ne!(result, Err(FaultError::NoFault), "byte {place} of operation {operation}");
			}
		}
	}
}

#[test]
fn every_byte_of_a_transcript_should_change_its_root() {
	let (_, _, record) = recorded(5);
	let bytes = record.transcript.encode();
	for place in 0..bytes.len() {
		let mut bytes = bytes.clone();
		bytes[place] ^= 1 << (place % 8);
		if let Ok(changed) = Transcript::decode(&mut &bytes[..]) {
			assert_ne!(changed.root(), record.transcript.root(), "byte {place}");
		}
	}
}

/// Two layers, so that there is something to link.
fn linked() -> (Program, Record) {
	let clamp = |low| Op::Clamp(Clamp { low, high: 100 });
	let (program, _) = chain(raw(Dtype::I8, &[4]), vec![clamp(0), clamp(5), Op::ArgMax]).unwrap();
	let record = program.record::<Portable>(&[1, 2, 3, 4]).unwrap();
	(program, record)
}

fn link(transcript: &Transcript, number: u32, earlier: Option<u32>) -> Fault {
	let earlier = earlier.map(|earlier| (earlier, transcript.open(earlier).unwrap()));
	Fault::Link { entry: transcript.open(number).unwrap(), number, earlier }
}

#[test]
fn links_should_show_an_input_that_no_operation_made() {
	let (program, record) = linked();
	let limit = Limits::DEFAULT.max_step;
	let mut transcript = record.transcript.clone();
	let Entry::Operation { inputs, .. } = &mut transcript.entries[2] else { unreachable!() };
	inputs[0] = [7; 32];
	let root = transcript.root();
	assert_eq!(link(&transcript, 2, Some(1)).check::<Portable>(&root, &program, &limit), Ok(()));
	for (number, earlier) in [(1, Some(0)), (3, Some(2)), (2, Some(0)), (1, None), (0, None), (2, None)] {
		let fault = link(&transcript, number, earlier);
		assert_eq!(fault.check::<Portable>(&root, &program, &limit), Err(FaultError::NoFault), "{number} {earlier:?}");
	}
}

#[test]
fn links_should_show_wrong_inputs_and_outputs_of_the_run() {
	let (program, record) = linked();
	let limit = Limits::DEFAULT.max_step;
	for output in [false, true] {
		let mut transcript = record.transcript.clone();
		let Entry::Run { inputs, outputs, .. } = &mut transcript.entries[0] else { unreachable!() };
		*if output { &mut outputs[0] } else { &mut inputs[0] } = [7; 32];
		let root = transcript.root();
		let number = if output { 3 } else { 1 };
		assert_eq!(link(&transcript, number, Some(0)).check::<Portable>(&root, &program, &limit), Ok(()));
	}
}

#[test]
fn links_should_show_an_entry_of_another_program_or_operation() {
	let (program, record) = linked();
	let limit = Limits::DEFAULT.max_step;
	for number in 0..4 {
		let mut transcript = record.transcript.clone();
		match &mut transcript.entries[number] {
			Entry::Run { program, .. } => program[0] ^= 1,
			Entry::Operation { operation, .. } => operation[0] ^= 1,
		}
		let root = transcript.root();
		assert_eq!(link(&transcript, number as u32, None).check::<Portable>(&root, &program, &limit), Ok(()));
		// The same entry does not stand in another transcript.
		let fault =
			link(&transcript, number as u32, None).check::<Portable>(&record.transcript.root(), &program, &limit);
		assert_eq!(fault, Err(FaultError::Entry { number: number as u32 }));
	}
}

#[test]
fn validate_should_refuse_an_operation_that_no_step_can_re_execute() {
	let transpose = Op::Transpose { order: vec![1, 0] };
	let limit = Cost { macs: 1_000_000, bytes: 4_000 };
	let build = |side: u32| {
		common::chain_within(
			raw(Dtype::I8, &[side, side]),
			vec![transpose.clone()],
			&Limits { max_step: limit, ..Limits::DEFAULT },
		)
	};
	// A row of a transposition looks at the whole input.
	assert!(build(62).is_ok());
	let Err(ProgramError::Operation { operation: 0, error: OperationError::NotDisputable { bytes, .. } }) = build(64)
	else {
		panic!("a row of 64 by 64 takes 4,096 bytes and more");
	};
	assert_eq!(bytes, 64 * 64 + 64);
}

/// Lines 4 to 6 and 0 to 2 of the results of neighbouring images. The window of the last of them skips the lines of the input
/// that the one before reads last, because it is dilated and reaches into the padding.
#[test]
fn execute_rows_should_have_all_it_needs_when_windows_are_dilated_and_padded() {
	let window = Window { kernel: [3, 1], strides: [1, 1], dilations: [4, 1], before: [0, 0], after: [5, 0] };
	for before in [0, 5] {
		let window = if before == 0 { window } else { window.padded([5, 0], [0, 0]) };
		let op = Op::Conv2d(Conv2d {
			window,
			groups: 1,
			input_zero_point: 0,
			weight_zero_points: PerChannel::One(0),
			bias: vec![5],
			weights: vec![1, 2, 3],
		});
		let shape = Shape::new(&[3, 10, 1, 1]).unwrap();
		let input_type = TensorType { dtype: Dtype::I8, shape };
		let output_type = TensorType { dtype: Dtype::I32, shape: window.output(&shape, 1).unwrap() };
		let values: Vec<i8> = (0..30).map(|place| (place * 37 % 101) as i8).collect();
		let rows = output_type.shape.rows();
		let all = Data::I8(values.clone());
		let whole = Slice { tensor_type: input_type, start: 0, elements: (&all).into() };
		let Data::I32(expected) = execute_rows::<Portable>(&op, &[whole], 0..rows).unwrap() else { unreachable!() };
		for (begin, end) in (0..rows).flat_map(|begin| (begin + 1..=rows).map(move |end| (begin, end))) {
			let needed = needed_elements(&op, &[input_type], &output_type, begin..end)[0].clone();
			let part = Data::I8(values[needed.start as usize..needed.end as usize].to_vec());
			let slice = Slice { tensor_type: input_type, start: needed.start, elements: (&part).into() };
			let made = execute_rows::<Portable>(&op, &[slice], begin..end).unwrap();
			assert_eq!(
				made,
				Data::I32(expected[begin as usize..end as usize].to_vec()),
				"{begin}..{end} from {needed:?}"
			);
		}
	}
}
