// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Inputs and outputs of programs as numbers.

use aivm_inference::{quantise::QuantiseError, Program, Quantisation};
use serde::{Deserialize, Serialize};

use crate::error::{OutputError, RowError};

/// What a program answered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Output {
	/// Index of the class, if the program classifies.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub class: Option<usize>,
	/// One score for each class, or the values of a regression, as real numbers.
	pub scores: Vec<f64>,
}

/// The input bytes for a row of numbers.
///
/// Numbers outside the range of the quantised input are moved to its border. Programs of trees take every number as
/// it is.
///
/// # Errors
/// [`RowError`] if the row has the wrong length, holds NaN, or holds a fraction where the program wants integers.
pub fn quantise_row(program: &Program, row: &[f32]) -> Result<Vec<u8>, RowError> {
	let wide = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
	let expected = program.inputs().iter().map(|spec| wide(spec.shape.elements())).sum();
	program.quantise_input(row).map_err(|error| match error {
		QuantiseError::Length { .. } => RowError::Shape { expected, given: row.len() },
		QuantiseError::NotANumber { element } => RowError::NotANumber(wide(element)),
		QuantiseError::NotAnInteger { element } => RowError::NotAnInteger(wide(element)),
	})
}

/// What output bytes say.
///
/// # Convention
/// A program that classifies has two outputs: the class index (one plain 32-bit integer: the place of the largest score,
/// the first of equals), then the scores of all classes (32-bit integers with one scale). A regression has one output:
/// its values. So a program with more than one output, whose first is plain integers, classifies.
///
/// # Errors
/// [`OutputError`] if the bytes have the wrong length, or hold integers without a meaning.
pub fn interpret_output(program: &Program, bytes: &[u8]) -> Result<Output, OutputError> {
	let specs = program.outputs();
	let expected = usize::try_from(program.output_len()).unwrap_or(usize::MAX);
	let wrong = OutputError::Length { expected, given: bytes.len() };
	let mut outputs = program.dequantise_output(bytes).map_err(|_| wrong)?.into_iter();
	let first = outputs.next().unwrap_or_default();
	let classifies = specs.len() > 1 && specs.first().is_some_and(|spec| spec.quantisation == Quantisation::Raw);
	if !classifies {
		return Ok(Output { class: None, scores: checked(first)? });
	}
	let scores = checked(outputs.next().unwrap_or_default())?;
	#[allow(clippy::cast_possible_truncation)]
	let index = first.first().map_or(-1, |index| *index as i32);
	let class = usize::try_from(index).ok().filter(|index| *index < scores.len()).ok_or(OutputError::Class(index))?;
	Ok(Output { class: Some(class), scores })
}

fn checked(scores: Vec<f64>) -> Result<Vec<f64>, OutputError> {
	match scores.iter().position(|score| score.is_nan()) {
		Some(index) => Err(OutputError::Score(index)),
		None => Ok(scores),
	}
}
