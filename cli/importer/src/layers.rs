// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Where a program departs from its float model, value by value.

use aivm_inference::{execute_op, kernels::Portable, Data, Program, Tensor, ValueId};
use serde::{Deserialize, Serialize};

use crate::{error::ImportError, io::quantise_row, rows::Rows, Imported};

/// A value of the ONNX graph that the program computes.
#[derive(Clone, PartialEq, Debug)]
pub struct MappedValue {
	/// Name in the ONNX graph. Of operators that were folded together, the value of the last.
	pub name: String,
	/// The value of the program. Images are channels-last there.
	pub value: ValueId,
	/// What one step stands for: one number, or one for each channel (last dimension).
	pub scales: Vec<f64>,
	/// The integer that stands for 0: one, or one for each channel.
	pub zero_points: Vec<i32>,
	/// The node of the float graph.
	pub(crate) node: usize,
}

impl MappedValue {
	/// The numbers that the integers of a tensor stand for.
	fn reals(&self, tensor: &Tensor) -> Vec<f64> {
		let integers: Vec<i32> = match tensor.data() {
			Data::I8(values) => values.iter().map(|value| i32::from(*value)).collect(),
			Data::I32(values) => values.clone(),
		};
		let channels = usize::try_from(tensor.shape().features()).unwrap_or(1).max(1);
		let real = |(place, integer): (usize, i32)| {
			let channel = place % channels;
			let zero_point = self.zero_points[channel % self.zero_points.len()];
			(f64::from(integer) - f64::from(zero_point)) * self.scales[channel % self.scales.len()]
		};
		integers.into_iter().enumerate().map(real).collect()
	}
}

/// How far a value of the program is from the float model, over all rows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LayerError {
	/// Name of the value in the ONNX graph.
	pub name: String,
	/// Number of the operation that makes it; absent for an input.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub operation: Option<u16>,
	/// Name of that operation, or `Input`.
	pub op: String,
	/// Elements compared.
	pub elements: u64,
	/// Largest absolute difference.
	pub max_error: f64,
	/// Mean absolute difference.
	pub mean_error: f64,
	/// Power of the float value over power of the difference, in decibels; infinite if there is no difference.
	pub signal_to_noise_db: f64,
}

/// Sums over rows.
#[derive(Clone, Copy, Default)]
struct Sums {
	elements: u64,
	largest: f64,
	total: f64,
	signal: f64,
	noise: f64,
}

impl Sums {
	fn add(&mut self, expected: impl IntoIterator<Item = f64>, given: impl IntoIterator<Item = f64>) {
		for (expected, given) in expected.into_iter().zip(given) {
			let error = (given - expected).abs();
			self.elements += 1;
			self.largest = self.largest.max(error);
			self.total += error;
			self.signal += expected * expected;
			self.noise += error * error;
		}
	}

	#[allow(clippy::cast_precision_loss)]
	fn finish(self, name: &str, operation: Option<u16>, op: &str) -> LayerError {
		LayerError {
			name: name.to_owned(),
			operation,
			op: op.to_owned(),
			elements: self.elements,
			max_error: self.largest,
			mean_error: self.total / self.elements.max(1) as f64,
			signal_to_noise_db: if self.noise > 0.0 {
				10.0 * (self.signal / self.noise).log10()
			} else {
				f64::INFINITY
			},
		}
	}
}

impl Imported {
	/// Runs the float model and the program on rows and compares every value that both compute, in the order of the
	/// program. For ensembles of trees and plain chains of dense layers these are the scores only.
	///
	/// # Errors
	/// [`ImportError::Calibration`] if the rows do not fit the model, or there are none.
	pub fn compare_layers(&self, rows: &Rows) -> Result<Vec<LayerError>, ImportError> {
		let expected = self.float.inputs();
		let misfit = || ImportError::Calibration { expected, given: rows.width(), rows: rows.len() };
		if rows.is_empty() || rows.width() != expected {
			return Err(misfit());
		}
		let inputs = self.program.inputs().len();
		let operation = |value: ValueId| usize::from(value.0).checked_sub(inputs);
		let name =
			|value: ValueId| operation(value).map_or("Input", |number| self.program.operations()[number].op.name());
		let Some(graph) = &self.float.graph else {
			let mut sums = Sums::default();
			for row in rows.iter() {
				let float = self.float.run(row).map_err(|_| misfit())?;
				let bytes =
					self.program.run(&quantise_row(&self.program, row).map_err(|_| misfit())?).map_err(failed)?;
				let output = crate::interpret_output(&self.program, &bytes).map_err(failed)?;
				sums.add(float.scores.iter().map(|score| f64::from(*score)), output.scores);
			}
			let last = self.program.output_values().last().map_or(ValueId(0), |output| output.value);
			let number = operation(last).and_then(|number| u16::try_from(number).ok());
			return Ok(vec![sums.finish("scores", number, name(last))]);
		};
		let mut sums = vec![Sums::default(); self.values.len()];
		let mut by_node: Vec<Vec<usize>> = vec![Vec::new(); graph.nodes.len()];
		self.values.iter().enumerate().for_each(|(place, value)| by_node[value.node].push(place));
		for row in rows.iter() {
			crate::float::check_row(expected, row).map_err(|_| misfit())?;
			let tensors = trace(&self.program, &quantise_row(&self.program, row).map_err(|_| misfit())?)?;
			graph.run(row, &mut |node, floats| {
				for place in &by_node[node] {
					let value = &self.values[*place];
					let given = value.reals(&tensors[usize::from(value.value.0)]);
					sums[*place].add(floats.iter().map(|float| f64::from(*float)), given);
				}
			});
		}
		let mut order: Vec<usize> = (0..self.values.len()).collect();
		order.sort_by_key(|place| self.values[*place].value);
		let finish = |place: usize| {
			let MappedValue { value, name: onnx, .. } = &self.values[place];
			sums[place].finish(onnx, operation(*value).and_then(|number| u16::try_from(number).ok()), name(*value))
		};
		Ok(order.into_iter().map(finish).collect())
	}
}

fn failed(error: impl std::fmt::Display) -> ImportError {
	ImportError::Program(error.to_string())
}

/// All values of a run.
fn trace(program: &Program, input: &[u8]) -> Result<Vec<Tensor>, ImportError> {
	let mut values: Vec<Tensor> = Vec::with_capacity(program.value_types().len());
	let mut rest = input;
	for spec in program.inputs() {
		let length = usize::try_from(spec.tensor_type().bytes()).unwrap_or(usize::MAX);
		let (bytes, after) = rest.split_at_checked(length).ok_or_else(|| failed("the input is too short"))?;
		rest = after;
		values.push(Tensor::from_bytes(spec.tensor_type(), bytes).ok_or_else(|| failed("the input is no tensor"))?);
	}
	for operation in program.operations() {
		let inputs: Vec<&Tensor> =
			operation.inputs.iter().filter_map(|input| values.get(usize::from(input.0))).collect();
		let made = execute_op::<Portable>(&operation.op, &inputs).map_err(failed)?;
		values.push(made);
	}
	Ok(values)
}
