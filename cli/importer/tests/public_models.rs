// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Models that others made: each is imported, or refused with every operator named that programs cannot express.
//! `tests/public/README.md` says where they are from.

#[path = "common/vectors.rs"]
mod vectors;

use std::collections::BTreeMap;

use aivm_importer::{import, FloatModel, ImportError, Options, Rows};
use aivm_inference::Limits;
use serde::Deserialize;
use vectors::*;

#[derive(Deserialize)]
struct Answer {
	model: String,
	inputs: Vec<Numbers>,
	outputs: Vec<Numbers>,
}

fn options() -> Options {
	// The graphs of full-size networks are larger than what runs in a block.
	let limits = Limits {
		max_bytes: 1 << 30,
		max_macs: 100_000_000_000,
		max_memory: 1 << 30,
		max_input_len: 1 << 24,
		max_output_len: 1 << 24,
		..Limits::DEFAULT
	};
	Options { raw_outputs: true, limits, ..Options::default() }
}

fn answers() -> BTreeMap<String, Answer> {
	let answers: Vec<Answer> = serde_json::from_slice(&std::fs::read(folder("public/answers.json")).unwrap()).unwrap();
	answers.into_iter().map(|answer| (answer.model.clone(), answer)).collect()
}

/// The one row of all inputs, if its numbers are finite.
fn rows(inputs: &[Numbers]) -> Option<Rows> {
	let row: Vec<f32> = inputs.iter().flat_map(|input| &input.data).map(|value| *value as f32).collect();
	Rows::from_values(row.len(), row)
}

/// Power of the expected numbers over power of the error, in decibels.
fn signal_to_noise(expected: &[f64], given: &[f64]) -> f64 {
	assert_eq!(expected.len(), given.len());
	let power = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>();
	let noise = power(&mut expected.iter().zip(given).map(|(expected, given)| expected - given));
	if noise == 0.0 {
		return f64::INFINITY;
	}
	10.0 * (power(&mut expected.iter().copied()) / noise).log10()
}

#[test]
fn public_model_should_follow_its_answers_or_name_what_is_unsupported() {
	let answers = answers();
	let (mut imported, mut refused, mut faults) = (0, 0, Vec::new());
	for path in files("public", "onnx") {
		let name = path.file_name().unwrap().to_string_lossy().into_owned();
		let onnx = std::fs::read(&path).unwrap();
		let Some(answer) = answers.get(&name) else { continue };
		let Some(rows) = rows(&answer.inputs) else {
			println!("{name}: its inputs are no single-precision numbers");
			continue;
		};
		match import(&onnx, Some(&rows), &options()) {
			Ok(model) => {
				imported += 1;
				let row = rows.iter().next().unwrap();
				let float: Vec<f64> =
					model.float.run(row).unwrap().scores.iter().map(|score| f64::from(*score)).collect();
				let bytes = model.program.run(&aivm_importer::quantise_row(&model.program, row).unwrap()).unwrap();
				let program = model.program.dequantise_output(&bytes).unwrap().remove(0);
				let expected = &answer.outputs[0].data;
				if expected.len() != float.len() {
					faults.push(format!("{name}: {} numbers, {} expected", float.len(), expected.len()));
					continue;
				}
				let (exact, rounded) = (signal_to_noise(expected, &float), signal_to_noise(expected, &program));
				println!("{name}: {exact:.0} dB in single precision, {rounded:.0} dB in integers");
				if exact < 90.0 || rounded < 25.0 {
					faults.push(format!("{name}: {exact:.0} dB in single precision, {rounded:.0} dB in integers"));
				}
			}
			Err(ImportError::Unsupported(nodes)) if !nodes.is_empty() => {
				refused += 1;
				println!("{name}: {}", ImportError::Unsupported(nodes));
			}
			Err(error) => faults.push(format!("{name}: {error}")),
		}
	}
	println!("{imported} imported, {refused} refused");
	assert!(faults.is_empty(), "{}", faults.join("\n"));
	assert!(imported >= 20, "only {imported} models were imported");
}

#[test]
fn architecture_should_be_read_or_name_what_is_unsupported_when_it_is_full_size() {
	let mut read = Vec::new();
	for path in files("public", "onnx") {
		let name = path.file_stem().unwrap().to_string_lossy().into_owned();
		let Some(name) = name.strip_prefix("light_") else { continue };
		match FloatModel::from_onnx(&std::fs::read(&path).unwrap(), &options()) {
			Ok(model) => {
				assert_eq!((model.inputs(), model.outputs()), (3 * 224 * 224, 1_000), "{name}");
				read.push(name.to_owned());
			}
			Err(ImportError::Unsupported(nodes)) => {
				println!("{name}: {}", ImportError::Unsupported(nodes.clone()));
				assert!(nodes.iter().all(|node| node.op == "LRN"), "{name}: {nodes:?}");
			}
			Err(error) => {
				println!("{name}: {error}");
				assert!(matches!(error, ImportError::TooLarge { .. }), "{name}: {error}");
			}
		}
	}
	assert_eq!(read, ["densenet121", "inception_v2", "resnet50", "shufflenet", "squeezenet"]);
}
