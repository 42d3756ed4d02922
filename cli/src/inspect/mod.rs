// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What a program is made of, and which of its operations its work, memory and price come from.

mod scales;
pub mod svg;
pub mod tariff;
#[cfg(test)]
mod tests;

use aivm_client::Amount;
use aivm_inference::{
	cost::operation_cost, Cost, Op, Operation, Program, Quantisation, Summary, TensorSpec, PER_VALUE,
};
use codec::Encode;
use serde::Serialize;

use crate::program::dtype_name;
pub use scales::{Scales, Spread};

/// A program, operation by operation.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
	/// What it takes, in order. They are the first values.
	pub inputs: Vec<Port>,
	/// Its operations, in order. Each makes the next value.
	pub operations: Vec<OperationReport>,
	/// What a run takes and costs besides its operations: what every run does, and reading the program and the input and writing
	/// the output.
	pub overhead: Share,
	/// What it gives, in order.
	pub outputs: Vec<Port>,
	/// The whole run.
	pub totals: Totals,
}

/// An input or output.
#[derive(Clone, Debug, Serialize)]
pub struct Port {
	/// Number of the value.
	pub value: u16,
	/// `i8` or `i32`.
	pub dtype: &'static str,
	/// Dimensions, outermost first.
	pub shape: Vec<u32>,
	/// `raw`, `affine` or `float-order`.
	pub quantisation: &'static str,
	/// What a step of 1 stands for, if affine.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub scale: Option<Spread<f64>>,
	/// The integer that stands for 0, if affine.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub zero_point: Option<Spread<i32>>,
}

/// An operation.
#[derive(Clone, Debug, Serialize)]
pub struct OperationReport {
	/// Its number, from 0.
	pub number: u16,
	/// Number of the value that it makes.
	pub value: u16,
	/// The operator.
	pub operator: &'static str,
	/// The operator's parameters in short, `3x3 /2 pad 1`. Empty if there is nothing to say.
	pub details: String,
	/// Name of the result in the imported model, if it has one.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub name: Option<String>,
	/// The values that it takes, in order.
	pub inputs: Vec<u16>,
	/// Type of the result: `i8` or `i32`.
	pub dtype: &'static str,
	/// Dimensions of the result, outermost first.
	pub shape: Vec<u32>,
	/// Its factors and zero points.
	pub scales: Scales,
	/// Encoded length of its parameters.
	pub parameter_bytes: usize,
	/// Bytes of the tensors that are alive while it runs, those that it reads and makes included.
	pub live_bytes: u64,
	/// Whether no operation has more of them. Of several, the first one says so.
	pub memory_peak: bool,
	/// The rest of what it takes and costs. The time and cost of reading its parameters are counted here.
	#[serde(flatten)]
	pub share: Share,
}

/// A part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
	/// Multiply-accumulates, or what takes as long.
	pub macs: u64,
	/// Share of those of the run, from 0 to 1.
	pub macs_share: f64,
	/// Bytes read and written. Those of the program belong to the overhead.
	pub bytes_moved: u64,
	/// Block time, in picoseconds.
	pub ref_time: u64,
	/// Price and fee, in the smallest unit.
	pub cost: Amount,
	/// Share of what the run costs, from 0 to 1.
	pub cost_share: f64,
	/// Share of the time that a block has for one run; 1 fills it.
	pub block_share: f64,
}

/// A whole run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Totals {
	/// Number of operations.
	pub operations: u32,
	/// Encoded length of the program.
	pub program_bytes: usize,
	/// Encoded length of the parameters of all operations.
	pub parameter_bytes: usize,
	/// Multiply-accumulates, or what takes as long.
	pub macs: u64,
	/// Bytes read and written.
	pub bytes_moved: u64,
	/// Most bytes that a run holds.
	pub memory_peak: u32,
	/// Of them, what is held for each value besides its elements.
	pub memory_per_value: u32,
	/// Exact length of the input, in bytes.
	pub input_len: u32,
	/// Exact length of the output, in bytes.
	pub output_len: u32,
	/// Block time of one run, in picoseconds.
	pub ref_time: u64,
	/// Share of the time that a block has for one run.
	pub block_share: f64,
	/// Whether a run fits in a block.
	pub fits_block: bool,
	/// Price of one run with the prices at genesis, without a royalty.
	pub price: Amount,
	/// The part of the transaction's fee that the run makes, with the fee multiplier at genesis, which is 1.
	pub fee: Amount,
	/// Price and fee.
	pub cost: Amount,
}

impl Inspection {
	/// Takes a validated program apart.
	pub fn new(program: &Program, summary: &Summary) -> Self {
		let live = live_bytes(program);
		let peak = (0..live.len()).rev().max_by_key(|number| live[*number]);
		let total = summary.cost;
		let totals = Totals::new(program, summary);
		let mut rest = Share {
			macs: total.macs,
			bytes_moved: total.bytes,
			ref_time: totals.ref_time,
			cost: totals.cost,
			..Share::NOTHING
		};
		let mut operations = Vec::with_capacity(program.operations().len());
		let first = program.inputs().len();
		for (number, operation) in program.operations().iter().enumerate() {
			let types = program.value_types();
			let inputs: Vec<_> = operation.inputs.iter().filter_map(|input| program.value_type(*input)).collect();
			let output = types[first + number];
			let cost = operation_cost(&operation.op, &inputs, &output);
			let encoded = u64::try_from(operation.encoded_size()).unwrap_or(u64::MAX);
			let share = Share::of(cost, encoded, total, &totals);
			rest.macs = rest.macs.saturating_sub(share.macs);
			rest.bytes_moved = rest.bytes_moved.saturating_sub(share.bytes_moved);
			rest.ref_time = rest.ref_time.saturating_sub(share.ref_time);
			rest.cost = Amount(rest.cost.0.saturating_sub(share.cost.0));
			operations.push(OperationReport {
				number: narrow(number),
				value: narrow(first + number),
				operator: operation.op.name(),
				details: scales::details(&operation.op, inputs.first()),
				name: None,
				inputs: operation.inputs.iter().map(|input| input.0).collect(),
				dtype: dtype_name(output.dtype),
				shape: output.shape.dims().to_vec(),
				scales: Scales::of(&operation.op),
				parameter_bytes: parameter_bytes(&operation.op),
				live_bytes: live[number],
				memory_peak: peak == Some(number),
				share,
			});
		}
		let output = |(spec, output): (&TensorSpec, &aivm_inference::ProgramOutput)| Port::new(output.value.0, spec);
		Self {
			inputs: program.inputs().iter().enumerate().map(|(number, spec)| Port::new(narrow(number), spec)).collect(),
			operations,
			overhead: rest.with_shares(&totals),
			outputs: program.outputs().iter().zip(program.output_values()).map(output).collect(),
			totals,
		}
	}

	/// Gives the result of an operation the name that it has in the imported model.
	pub fn name_value(&mut self, value: u16, name: &str) {
		if let Some(operation) = self.operations.iter_mut().find(|operation| operation.value == value) {
			operation.name = Some(name.to_owned());
		}
	}

	/// What people call a value: `in0` is the first input, `#0` the result of the first operation.
	pub fn value_name(&self, value: u16) -> String {
		match usize::from(value).checked_sub(self.inputs.len()) {
			Some(operation) => format!("#{operation}"),
			None => format!("in{value}"),
		}
	}
}

impl Port {
	fn new(value: u16, spec: &TensorSpec) -> Self {
		let (quantisation, scale, zero_point) = match &spec.quantisation {
			Quantisation::Raw => ("raw", None, None),
			Quantisation::FloatOrder => ("float-order", None, None),
			Quantisation::Affine { scales, zero_points } => (
				"affine",
				Spread::of(scales.values().iter().map(|scale| scale.to_f64())),
				Spread::of(zero_points.values().iter().copied()),
			),
		};
		Self {
			value,
			dtype: dtype_name(spec.dtype),
			shape: spec.shape.dims().to_vec(),
			quantisation,
			scale,
			zero_point,
		}
	}

	/// What its integers mean, for people.
	pub fn meaning(&self) -> String {
		match (&self.scale, &self.zero_point) {
			(Some(scale), Some(zero_point)) => format!("step {scale}, zero {zero_point}"),
			_ => self.quantisation.to_owned(),
		}
	}
}

impl Share {
	const NOTHING: Self = Self {
		macs: 0,
		macs_share: 0.0,
		bytes_moved: 0,
		ref_time: 0,
		cost: Amount(0),
		cost_share: 0.0,
		block_share: 0.0,
	};

	/// The share of an operation whose encoding is `encoded` bytes long.
	fn of(cost: Cost, encoded: u64, total: Cost, totals: &Totals) -> Self {
		let with_parameters = Cost { bytes: cost.bytes.saturating_add(encoded), ..cost };
		let ref_time = tariff::time_of(with_parameters, total);
		let cost_of = tariff::price_of(with_parameters).saturating_add(tariff::fee(ref_time));
		Self { macs: cost.macs, bytes_moved: cost.bytes, ref_time, cost: Amount(cost_of), ..Self::NOTHING }
			.with_shares(totals)
	}

	fn with_shares(self, totals: &Totals) -> Self {
		let cost = |amount: Amount| u64::try_from(amount.0).unwrap_or(u64::MAX);
		Self {
			macs_share: ratio(self.macs, totals.macs),
			cost_share: ratio(cost(self.cost), cost(totals.cost)),
			block_share: ratio(self.ref_time, tariff::ROOM),
			..self
		}
	}
}

impl Totals {
	fn new(program: &Program, summary: &Summary) -> Self {
		let ref_time = tariff::run_time(summary.cost);
		let (price, fee) = (tariff::price(summary.cost), tariff::fee(ref_time));
		let values = u32::try_from(program.value_types().len()).unwrap_or(u32::MAX);
		Self {
			operations: summary.operations,
			program_bytes: program.to_bytes().len(),
			parameter_bytes: program.operations().iter().map(|operation| parameter_bytes(&operation.op)).sum(),
			macs: summary.cost.macs,
			bytes_moved: summary.cost.bytes,
			memory_peak: summary.memory_peak,
			memory_per_value: values.saturating_mul(PER_VALUE),
			input_len: summary.input_len,
			output_len: summary.output_len,
			ref_time,
			block_share: ratio(ref_time, tariff::ROOM),
			fits_block: ref_time <= tariff::ROOM,
			price: Amount(price),
			fee: Amount(fee),
			cost: Amount(price.saturating_add(fee)),
		}
	}
}

/// Encoded length of an operator's parameters: all but its index.
fn parameter_bytes(op: &Op) -> usize {
	op.encoded_size().saturating_sub(1)
}

/// Bytes of the tensors that are alive while each operation runs.
fn live_bytes(program: &Program) -> Vec<u64> {
	let bytes: Vec<u64> = program.value_types().iter().map(|value| u64::from(value.bytes())).collect();
	let inputs = program.inputs().len();
	let mut last_use = vec![None; bytes.len()];
	for (number, operation) in program.operations().iter().enumerate() {
		operation.inputs.iter().for_each(|input| last_use[usize::from(input.0)] = Some(number));
	}
	for output in program.output_values() {
		last_use[usize::from(output.value.0)] = None;
	}
	let mut live: u64 = bytes[..inputs].iter().sum();
	let mut all = Vec::with_capacity(program.operations().len());
	for (number, operation) in program.operations().iter().enumerate() {
		live += bytes[inputs + number];
		all.push(live);
		for input in ends(operation, |value| last_use[value] == Some(number)) {
			live -= bytes[input];
		}
	}
	all
}

/// The inputs of an operation that are not needed after it, each once.
fn ends(operation: &Operation, is_last: impl Fn(usize) -> bool) -> Vec<usize> {
	let mut values: Vec<usize> = operation.inputs.iter().map(|input| usize::from(input.0)).collect();
	values.sort_unstable();
	values.dedup();
	values.retain(|value| is_last(*value));
	values
}

/// A number of values or operations, of which there are never more than `u16` counts.
fn narrow(number: usize) -> u16 {
	u16::try_from(number).unwrap_or(u16::MAX)
}

/// `part / whole`, and 0 of nothing.
#[allow(clippy::cast_precision_loss)]
fn ratio(part: u64, whole: u64) -> f64 {
	if whole == 0 {
		return 0.0;
	}
	part as f64 / whole as f64
}

/// Dimensions as people write them, `1 x 28 x 28 x 3` with another sign between if wanted.
pub fn shape_text(shape: &[u32], times: &str) -> String {
	shape.iter().map(u32::to_string).collect::<Vec<_>>().join(times)
}

/// A number with commas between groups of three digits.
pub fn grouped(number: u64) -> String {
	let digits = number.to_string();
	let mut text = String::with_capacity(digits.len() + digits.len() / 3);
	for (place, digit) in digits.chars().enumerate() {
		if place > 0 && (digits.len() - place).is_multiple_of(3) {
			text.push(',');
		}
		text.push(digit);
	}
	text
}

/// A share as per cent: two digits after the point where it matters.
pub fn per_cent(share: f64) -> String {
	let value = share * 100.0;
	match value {
		_ if value <= 0.0 => "0 %".into(),
		_ if value < 0.01 => "< 0.01 %".into(),
		_ if value < 10.0 => format!("{value:.2} %"),
		_ => format!("{value:.1} %"),
	}
}

/// A text from outside in at most so many characters, on one line.
pub fn shorten(text: &str, most: usize) -> String {
	let printable = |character: char| if character.is_control() { '\u{fffd}' } else { character };
	let mut short: String = text.chars().take(most).map(printable).collect();
	if text.chars().nth(most).is_some() {
		short.pop();
		short.push('…');
	}
	short
}
