// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The checks of a whole program, and its summary.

use alloc::{vec, vec::Vec};

use crate::{
	cost::{operation_cost, Cost, Summary, PER_ALLOCATION},
	error::{Parameter, Part, ProgramError, Quantity},
	interval::{analyse, Interval},
	limits::Limits,
	operation::{Op, ValueId},
	program::Program,
	scale::{PerChannel, Scale},
	tensor::{Dtype, Quantisation, TensorSpec},
	tile::Most,
	tree::clip,
};

/// Bytes that a run holds for each value besides its elements.
pub const PER_VALUE: u32 = 64;
/// Bytes that a concatenation holds for each of its inputs besides their elements.
const PER_PIECE: u64 = 192;

/// Checks `program`, whose canonical encoding is `encoded_len` bytes long, and sums it up.
pub(crate) fn validate(program: &Program, encoded_len: u32, limits: &Limits) -> Result<Summary, ProgramError> {
	let inputs = clip(program.inputs().len());
	let operations = clip(program.operations().len());
	let outputs = clip(program.output_values().len());
	for (what, count) in [(Quantity::Inputs, inputs), (Quantity::Operations, operations), (Quantity::Outputs, outputs)]
	{
		if count == 0 {
			return Err(ProgramError::Empty { what });
		}
	}
	within(Quantity::Bytes, encoded_len, limits.max_bytes)?;
	within(Quantity::Operations, operations, limits.max_operations)?;
	within(Quantity::InputBytes, program.input_len(), limits.max_input_len)?;
	within(Quantity::OutputBytes, program.output_len(), limits.max_output_len)?;
	for (number, spec) in (0u16..).zip(program.inputs()) {
		check_quantisation(spec, Part::Input(number))?;
	}
	for (number, spec) in (0u16..).zip(&program.outputs()) {
		check_quantisation(spec, Part::Output(number))?;
	}
	check_uses(program)?;
	check_ranges(program)?;
	check_depths(program, limits)?;
	check_steps(program, limits)?;

	let summary = Summary {
		cost: run_cost(program, encoded_len),
		memory_peak: memory_peak(program),
		operations,
		input_len: program.input_len(),
		output_len: program.output_len(),
	};
	within(Quantity::Macs, summary.cost.macs, limits.max_macs)?;
	within(Quantity::Memory, summary.memory_peak, limits.max_memory)?;
	Ok(summary)
}

fn within(what: Quantity, given: impl Into<u64>, limit: impl Into<u64>) -> Result<(), ProgramError> {
	let (given, limit) = (given.into(), limit.into());
	if given <= limit {
		return Ok(());
	}
	Err(ProgramError::LimitExceeded { what, given, limit })
}

fn check_quantisation(spec: &TensorSpec, part: Part) -> Result<(), ProgramError> {
	let (scales, zero_points) = match &spec.quantisation {
		Quantisation::Raw => return Ok(()),
		Quantisation::FloatOrder if spec.dtype == Dtype::I32 => return Ok(()),
		Quantisation::FloatOrder => return Err(ProgramError::FloatOrderType { part }),
		Quantisation::Affine { scales, zero_points } => (scales, zero_points),
	};
	let features = spec.shape.features();
	let in_type = |zero: &i32| spec.dtype.min() <= *zero && *zero <= spec.dtype.max();
	check_list(scales, Scale::is_normalised, features, part, Parameter::Scales)?;
	check_list(zero_points, in_type, features, part, Parameter::ZeroPoints)
}

fn check_list<T: PartialEq + Clone>(
	list: &PerChannel<T>,
	allowed: impl Fn(&T) -> bool,
	features: u32,
	part: Part,
	parameter: Parameter,
) -> Result<(), ProgramError> {
	if !list.fits(features) {
		let given = clip(list.values().len());
		return Err(ProgramError::QuantisationLength { part, parameter, expected: features, given });
	}
	if !list.is_canonical() || !list.values().iter().all(allowed) {
		return Err(ProgramError::Quantisation { part, parameter });
	}
	Ok(())
}

/// Every value is used, and no output is named twice.
fn check_uses(program: &Program) -> Result<(), ProgramError> {
	let mut used = vec![false; program.value_types().len()];
	let mark = |used: &mut Vec<bool>, value: ValueId| {
		used.get_mut(usize::from(value.0)).is_some_and(|used| core::mem::replace(used, true))
	};
	for output in program.output_values() {
		if mark(&mut used, output.value) {
			return Err(ProgramError::DuplicateOutput { value: output.value.0 });
		}
	}
	for operation in program.operations() {
		for input in &operation.inputs {
			mark(&mut used, *input);
		}
	}
	match (0u16..).zip(&used).find(|(_, used)| !**used) {
		Some((value, _)) => Err(ProgramError::UnusedValue { value }),
		None => Ok(()),
	}
}

fn check_depths(program: &Program, limits: &Limits) -> Result<(), ProgramError> {
	for operation in program.operations() {
		if let Op::TreeEnsemble(trees) = &operation.op {
			// Trees that are not well-formed are refused with their operation.
			let depths = trees.depths(u32::MAX).unwrap_or_default();
			within(Quantity::TreeDepth, depths.iter().copied().max().unwrap_or_default(), limits.max_tree_depth)?;
		}
	}
	Ok(())
}

/// No sum can leave `i32`, given what each value can hold.
fn check_ranges(program: &Program) -> Result<(), ProgramError> {
	let mut ranges = program.inputs().iter().map(Interval::of_input).collect::<Vec<_>>();
	for (number, operation) in (0u16..).zip(program.operations()) {
		let known = |input: &ValueId| Some((program.value_type(*input)?, *ranges.get(usize::from(input.0))?));
		let inputs = operation.inputs.iter().filter_map(known).collect::<Vec<_>>();
		let range = analyse(&operation.op, &inputs);
		ranges.push(range.map_err(|error| ProgramError::Operation { operation: number, error })?);
	}
	Ok(())
}

/// Every operation can be re-executed row by row within the limit of a step.
fn check_steps(program: &Program, limits: &Limits) -> Result<(), ProgramError> {
	for (number, operation) in (0u16..).zip(program.operations()) {
		Most::of(program, operation, number)
			.and_then(|most| most.check_row(&limits.max_step))
			.map_err(|error| ProgramError::Operation { operation: number, error })?;
	}
	Ok(())
}

/// The cost of a run: reading the program and the input, every operation, and writing the output.
fn run_cost(program: &Program, encoded_len: u32) -> Cost {
	let io = [encoded_len, program.input_len(), program.input_len(), program.output_len(), program.output_len()];
	let lists = program.inputs().iter().map(|input| &input.quantisation);
	let lists = lists.chain(program.output_values().iter().map(|output| &output.quantisation)).map(quantisation_lists);
	// Each input has dimensions and elements.
	let inputs = u64::from(clip(program.inputs().len())).saturating_mul(2);
	let allocations = lists.fold(inputs, |sum, lists| sum.saturating_add(lists));
	let macs = allocations.saturating_mul(PER_ALLOCATION);
	let mut cost = Cost { macs, bytes: io.into_iter().fold(0u64, |sum, bytes| sum.saturating_add(bytes.into())) };
	let results = program.value_types().iter().skip(program.inputs().len());
	for (operation, output) in program.operations().iter().zip(results) {
		let inputs = operation.inputs.iter().filter_map(|input| program.value_type(*input)).collect::<Vec<_>>();
		cost = cost.saturating_add(operation_cost(&operation.op, &inputs, output));
	}
	cost
}

/// The lists that a quantisation is written with.
fn quantisation_lists(quantisation: &Quantisation) -> u64 {
	let Quantisation::Affine { scales, zero_points } = quantisation else { return 0 };
	let is_list = [matches!(scales, PerChannel::Each(_)), matches!(zero_points, PerChannel::Each(_))];
	is_list.into_iter().map(u64::from).fold(0, u64::saturating_add)
}

/// The most bytes that live tensors take: those still needed, the result of the operation, and what it works with.
fn memory_peak(program: &Program) -> u32 {
	let bytes = |value: ValueId| program.value_type(value).map_or(0, |value| u64::from(value.bytes()));
	let mut live = u64::from(program.input_len());
	let mut peak = live;
	let results = program.value_types().iter().skip(program.inputs().len());
	for ((number, operation), output) in (0u16..).zip(program.operations()).zip(results) {
		live = live.saturating_add(output.bytes().into());
		peak = peak.max(live.saturating_add(scratch(program, &operation.op, &operation.inputs)));
		for (place, input) in operation.inputs.iter().enumerate() {
			let repeated = operation.inputs.iter().take(place).any(|earlier| earlier == input);
			if program.ends_after(*input, number) && !repeated {
				live = live.saturating_sub(bytes(*input));
			}
		}
	}
	let peak = peak.max(live.saturating_add(program.output_len().into()));
	let values = u64::try_from(program.value_types().len()).unwrap_or(u64::MAX);
	let peak = peak.saturating_add(values.saturating_mul(PER_VALUE.into()));
	u32::try_from(peak).unwrap_or(u32::MAX)
}

/// Bytes that an operator holds while it runs, besides its inputs and result.
fn scratch(program: &Program, op: &Op, inputs: &[ValueId]) -> u64 {
	let input = inputs.first().and_then(|input| program.value_type(*input));
	let channels = input.map_or(0, |input| u64::from(input.shape.features()));
	// Eight numbers of a row take four pairs of 8 bytes.
	let row = |features: u64| features.div_ceil(8).saturating_mul(32).saturating_add(8);
	match op {
		Op::Dense(_) => row(channels),
		Op::Conv2d(layer) => {
			let area = u64::from(layer.window.area());
			let groups = u64::from(layer.groups).max(1);
			let features = area.saturating_mul(channels.checked_div(groups).unwrap_or(0));
			// The patch, and the weights of a depthwise layer turned round or the totals of the groups.
			let weights = if channels == groups { area.saturating_mul(channels) } else { 0 };
			row(features)
				.saturating_add(features.saturating_mul(4))
				.saturating_add(weights.max(groups.saturating_mul(4)))
		}
		Op::AveragePool(_) => channels.saturating_mul(4),
		Op::Concat { .. } => u64::from(clip(inputs.len())).saturating_mul(PER_PIECE),
		_ => 0,
	}
}
