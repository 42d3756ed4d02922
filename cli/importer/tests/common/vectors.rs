// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Test vectors in the format of `tests/vectors/README.md`.

#![allow(dead_code)]

use std::path::PathBuf;

use aivm_importer::Imported;
use aivm_inference::Dtype;
use serde::Deserialize;

/// A tensor as ONNX Runtime takes or gives it.
#[derive(Deserialize)]
pub struct Numbers {
	pub name: String,
	pub dtype: String,
	pub shape: Vec<usize>,
	pub data: Vec<f64>,
}

/// The folder of the crate's tests. It is asked for when the test runs: its build may come from another checkout.
pub fn folder(name: &str) -> PathBuf {
	PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("tests").join(name)
}

/// The files of a folder with this ending, in order.
pub fn files(name: &str, ending: &str) -> Vec<PathBuf> {
	let entries = std::fs::read_dir(folder(name)).unwrap();
	let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
	files.retain(|path| path.extension().is_some_and(|extension| extension == ending));
	files.sort();
	files
}

/// Bytes from base64.
pub fn base64(text: &str) -> Vec<u8> {
	const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	let mut bytes = Vec::new();
	let (mut bits, mut count) = (0u32, 0);
	for letter in text.bytes().filter(|letter| *letter != b'=') {
		bits = bits << 6 | ALPHABET.iter().position(|known| *known == letter).unwrap() as u32;
		count += 6;
		if count >= 8 {
			count -= 8;
			bytes.push((bits >> count) as u8);
		}
	}
	bytes
}

/// The input bytes of a program for these tensors: bytes as they are (unsigned ones less 128), real numbers quantised.
pub fn input_bytes(imported: &Imported, inputs: &[Numbers]) -> Vec<u8> {
	let mut bytes = Vec::new();
	for (spec, input) in imported.program.inputs().iter().zip(inputs) {
		match input.dtype.as_str() {
			"uint8" => bytes.extend(input.data.iter().map(|value| (*value as i32 - 128) as u8)),
			"int8" => bytes.extend(input.data.iter().map(|value| *value as i32 as u8)),
			_ => {
				let values: Vec<f32> = input.data.iter().map(|value| *value as f32).collect();
				bytes.extend(aivm_inference::quantise::quantise(spec, &values).unwrap());
			}
		}
	}
	bytes
}

/// The integers of the first output of a program, moved back by 128 if they are unsigned bytes.
pub fn first_output(imported: &Imported, bytes: &[u8], unsigned: bool) -> Vec<f64> {
	let spec = &imported.program.outputs()[0];
	let elements = spec.shape.elements() as usize;
	let moved = if unsigned { 128 } else { 0 };
	match spec.dtype {
		Dtype::I8 => bytes[..elements].iter().map(|byte| f64::from(i32::from(*byte as i8) + moved)).collect(),
		Dtype::I32 => {
			let words = bytes[..4 * elements].as_chunks::<4>().0;
			words.iter().map(|word| f64::from(i32::from_le_bytes(*word))).collect()
		}
	}
}
