// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Quantised graphs against the integers that ONNX Runtime computes: `tests/vectors/README.md` says where they are from.

#[path = "common/vectors.rs"]
mod vectors;

use aivm_importer::{import, ImportError, Options};
use serde::Deserialize;
use vectors::*;

#[derive(Deserialize)]
struct Family {
	family: String,
	cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
	name: String,
	model: String,
	inputs: Vec<Numbers>,
	outputs: Vec<Numbers>,
	#[serde(default)]
	differs: Vec<(usize, f64)>,
}

/// Cases whose use of an operator programs cannot express, with a part of the reason.
const REFUSED: [(&str, &str); 6] = [
	("qlinearmatmul_3D_int8_float32", "QLinearMatMul (ai.onnx), node '#0': its weights are not a matrix"),
	("qlinearmatmul_3D_uint8_float32", "QLinearMatMul (ai.onnx), node '#0': its weights are not a matrix"),
	("quantizelinear_axis", "QuantizeLinear (ai.onnx), node '#0': its input 1 is not one number"),
	("quantizelinearmatmuloptest_qlinearmatmul3d_u8u8", "its weights are not a matrix"),
	("quantizelinearmatmuloptest_qlinearmatmul3d_u8s8", "its weights are not a matrix"),
	("quantizelinearmatmuloptest_qlinearmatmul3d_s8s8", "its weights are not a matrix"),
];

fn run(case: &Case) -> Result<Vec<f64>, ImportError> {
	let options = Options { raw_outputs: true, ..Options::default() };
	let imported = import(&base64(&case.model), None, &options)?;
	let bytes = imported.program.run(&input_bytes(&imported, &case.inputs)).unwrap();
	let expected = &case.outputs[0];
	let dims: Vec<usize> = imported.program.outputs()[0].shape.dims().iter().map(|dim| *dim as usize).collect();
	assert_eq!(dims, expected.shape, "{}", case.name);
	Ok(first_output(&imported, &bytes, expected.dtype == "uint8"))
}

#[test]
fn program_should_give_the_integers_of_onnx_runtime_when_a_quantised_model_is_imported() {
	let (mut cases, mut refused, mut faults) = (0, 0, Vec::new());
	for path in files("vectors", "json") {
		let family: Family = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
		for case in &family.cases {
			cases += 1;
			let label = format!("{}/{}", family.family, case.name);
			match (run(case), REFUSED.iter().find(|(name, _)| *name == case.name)) {
				(Ok(given), None) => {
					// Where single precision made ONNX Runtime round wrongly, the program has the right integer.
					let mut expected = case.outputs[0].data.clone();
					case.differs.iter().for_each(|(place, right)| expected[*place] = *right);
					let wrong = given.iter().zip(&expected).filter(|(given, expected)| given != expected).count();
					if wrong > 0 || given.len() != expected.len() {
						let worst = given.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
						faults.push(format!("{label}: {wrong} of {} differ, by up to {worst}", expected.len()));
					}
				}
				(Err(error), Some((_, reason))) if error.to_string().contains(reason) => refused += 1,
				(Ok(_), Some(_)) => faults.push(format!("{label}: imported, but listed as refused")),
				(Err(error), _) => faults.push(format!("{label}: {error}")),
			}
		}
	}
	assert!(faults.is_empty(), "{} of {cases}:\n{}", faults.len(), faults.join("\n"));
	assert!(cases > 300, "only {cases} cases were found");
	println!("{cases} cases, {refused} of them refused");
}
