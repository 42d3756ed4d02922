// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Interval analysis: which values a tensor can hold, and the proof that no sum leaves `i32`.

use crate::{
	error::{OperationError, Parameter},
	operation::{Add, AveragePool, Conv2d, Embed, Multiply, Op, Softmax},
	rounding::{requantise, rounding_shift, saturate},
	scale::{Multiplier, PerChannel},
	tensor::{Dtype, Quantisation, TensorSpec, TensorType, FLOAT_ORDER_MAX, FLOAT_ORDER_MIN},
	tree::{clip, Leaves, TreeEnsemble},
};

/// The smallest and largest value that any element of a tensor can have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interval {
	/// Smallest value.
	pub low: i32,
	/// Largest value.
	pub high: i32,
}

impl Interval {
	/// All values of an element type.
	pub const fn of(dtype: Dtype) -> Self {
		Self { low: dtype.min(), high: dtype.max() }
	}

	/// The values that a run accepts in an input.
	pub const fn of_input(spec: &TensorSpec) -> Self {
		match spec.quantisation {
			Quantisation::FloatOrder => Self { low: FLOAT_ORDER_MIN, high: FLOAT_ORDER_MAX },
			Quantisation::Raw | Quantisation::Affine { .. } => Self::of(spec.dtype),
		}
	}
}

/// Bounds of one sum while it is made up.
///
/// `low..=high` holds the finished sum. `lowest..=highest` holds the start value plus any subset of the terms, so it holds
/// every partial sum in every order; this is what must fit `i32`.
#[derive(Clone, Copy)]
struct Sum {
	low: i64,
	high: i64,
	lowest: i64,
	highest: i64,
}

impl Sum {
	fn starting_at(value: i32) -> Self {
		let value = i64::from(value);
		Self { low: value, high: value, lowest: value, highest: value }
	}

	/// Adds a term that lies in `low..=high`.
	fn add(&mut self, low: i64, high: i64) {
		self.low = self.low.saturating_add(low);
		self.high = self.high.saturating_add(high);
		self.lowest = self.lowest.saturating_add(low.min(0));
		self.highest = self.highest.saturating_add(high.max(0));
	}

	fn check(&self, channel: usize) -> Result<Interval, OperationError> {
		let overflow =
			OperationError::AccumulatorOverflow { channel: clip(channel), lowest: self.lowest, highest: self.highest };
		if i32::try_from(self.lowest).is_err() || i32::try_from(self.highest).is_err() {
			return Err(overflow);
		}
		let low = i32::try_from(self.low).map_err(|_| overflow)?;
		let high = i32::try_from(self.high).map_err(|_| overflow)?;
		Ok(Interval { low, high })
	}
}

/// The smallest interval that holds all those given, or `None` if none is.
fn hull(intervals: impl IntoIterator<Item = Interval>) -> Option<Interval> {
	intervals
		.into_iter()
		.reduce(|left, right| Interval { low: left.low.min(right.low), high: left.high.max(right.high) })
}

/// The values that the result of `op` can hold when its inputs have these types and hold values of these ranges.
///
/// Checks everything about the parameters that [`Op::output_type`] does not: canonical form, ranges, and that sums fit.
/// Takes time linear in the size of the parameters.
pub fn analyse(op: &Op, inputs: &[(TensorType, Interval)]) -> Result<Interval, OperationError> {
	let none = OperationError::InputCount { expected: 1, given: 0 };
	let &(TensorType { shape, .. }, range) = inputs.first().ok_or(none)?;
	let all = hull(inputs.iter().map(|(_, range)| *range)).ok_or(none)?;
	match op {
		Op::Dense(layer) => sums(&layer.weights, &layer.weight_zero_points, &layer.bias, layer.input_zero_point, range),
		Op::Requantise(layer) => {
			canonical(layer.multipliers.is_canonical(), Parameter::Multipliers)?;
			let values = layer.multipliers.values();
			if let Some(channel) = values.iter().position(|multiplier| !multiplier.is_normalised()) {
				return Err(OperationError::Multiplier { channel: clip(channel) });
			}
			// Rounding keeps order, so the bounds of the input give those of the result.
			let ranges = values.iter().map(|multiplier| scaled(range, *multiplier, layer.zero_point));
			Ok(hull(ranges).unwrap_or(Interval::of(Dtype::I8)))
		}
		Op::Clamp(bounds) => Ok(Interval {
			low: range.low.max(bounds.low).min(bounds.high),
			high: range.high.max(bounds.low).min(bounds.high),
		}),
		Op::ArgMax => {
			let last = shape.features().saturating_sub(1);
			Ok(Interval { low: 0, high: i32::try_from(last).unwrap_or(i32::MAX) })
		}
		Op::TreeEnsemble(ensemble) => {
			ensemble.depths(shape.features())?;
			trees(ensemble)
		}
		Op::Conv2d(layer) => convolution(layer, range),
		Op::AveragePool(pool) => average(pool, range),
		Op::Add(add) => {
			let [(_, first), (_, second)] = inputs else { return Err(none) };
			weighted(add, *first, *second)
		}
		Op::Multiply(multiply) => {
			let [(_, first), (_, second)] = inputs else { return Err(none) };
			product(multiply, *first, *second)
		}
		Op::Lookup(lookup) => {
			let possible = (-128i32..).zip(&lookup.table).filter(|(x, _)| range.low <= *x && *x <= range.high);
			let values = possible.map(|(_, y)| Interval { low: i32::from(*y), high: i32::from(*y) });
			Ok(hull(values).unwrap_or(Interval::of(Dtype::I8)))
		}
		Op::Softmax(softmax) => exponentials(softmax),
		Op::Embed(embed) => rows_of(embed, range),
		Op::MaxPool(_) | Op::Concat { .. } | Op::Reshape { .. } | Op::Transpose { .. } => Ok(all),
	}
}

/// The results of requantising each number of a range.
fn scaled(range: Interval, multiplier: Multiplier, zero_point: i8) -> Interval {
	Interval {
		low: requantise(range.low, multiplier, zero_point).into(),
		high: requantise(range.high, multiplier, zero_point).into(),
	}
}

fn normalised(multiplier: Multiplier) -> Result<(), OperationError> {
	if multiplier.is_normalised() {
		return Ok(());
	}
	Err(OperationError::Multiplier { channel: 0 })
}

/// The differences from a zero point; both are small.
fn centred(range: Interval, zero_point: i8) -> Interval {
	Interval { low: range.low.saturating_sub(zero_point.into()), high: range.high.saturating_sub(zero_point.into()) }
}

fn canonical(is_canonical: bool, parameter: Parameter) -> Result<(), OperationError> {
	if is_canonical {
		return Ok(());
	}
	Err(OperationError::NotCanonical { parameter })
}

/// The sums of products of a row with the weights of each output channel.
fn sums(
	weights: &[i8],
	weight_zero_points: &PerChannel<i8>,
	bias: &[i32],
	input_zero_point: i8,
	range: Interval,
) -> Result<Interval, OperationError> {
	canonical(weight_zero_points.is_canonical(), Parameter::WeightZeroPoints)?;
	let Interval { low, high } = centred(range, input_zero_point);
	let (low, high) = (i64::from(low), i64::from(high));
	let features = weights.len().checked_div(bias.len()).unwrap_or(0).max(1);
	let mut result = None;
	for (channel, (weights, bias)) in weights.chunks_exact(features).zip(bias).enumerate() {
		let zero_point = i32::from(weight_zero_points.get(channel).copied().unwrap_or_default());
		// A term is x * w with x in low..=high: group the terms by the sign of the weight.
		let (mut positive, mut negative) = (0i64, 0i64);
		for weight in weights {
			let weight = i32::from(*weight).wrapping_sub(zero_point);
			positive = positive.wrapping_add(i64::from(weight.max(0)));
			negative = negative.wrapping_add(i64::from(weight.min(0)));
		}
		// At most 2^24 weights of at most 255, times at most 255: far below i64.
		let mut sum = Sum::starting_at(*bias);
		sum.add(positive.saturating_mul(low), positive.saturating_mul(high));
		sum.add(negative.saturating_mul(high), negative.saturating_mul(low));
		result = hull(result.into_iter().chain([sum.check(channel)?]));
	}
	Ok(result.unwrap_or(Interval::of(Dtype::I32)))
}

fn convolution(layer: &Conv2d, range: Interval) -> Result<Interval, OperationError> {
	let zero = i32::from(layer.input_zero_point);
	let range = match (layer.window.before, layer.window.after) {
		([0, 0], [0, 0]) => range,
		// Padding is the zero point.
		_ => Interval { low: range.low.min(zero), high: range.high.max(zero) },
	};
	sums(&layer.weights, &layer.weight_zero_points, &layer.bias, layer.input_zero_point, range)
}

fn average(pool: &AveragePool, range: Interval) -> Result<Interval, OperationError> {
	normalised(pool.multiplier)?;
	// A sum of differences of at most 255.
	if pool.window.area() > i32::MAX.unsigned_abs() >> 8 {
		return Err(OperationError::Window);
	}
	let mut range = centred(range, pool.input_zero_point);
	if pool.count_padding {
		range = Interval { low: range.low.min(0), high: range.high.max(0) };
	}
	// A mean lies between the smallest and the largest element, and rounding keeps order.
	Ok(scaled(range, pool.multiplier, pool.zero_point))
}

fn weighted(add: &Add, first: Interval, second: Interval) -> Result<Interval, OperationError> {
	let largest = add.factors.iter().map(|factor| factor.unsigned_abs()).max().unwrap_or(0);
	if largest >> 30 != 1 || add.shift > Multiplier::MAX_SHIFT {
		return Err(OperationError::ParameterRange { parameter: Parameter::Factors });
	}
	let (mut low, mut high) = (0i64, 0i64);
	for ((range, zero_point), factor) in [first, second].into_iter().zip(add.input_zero_points).zip(add.factors) {
		let Interval { low: least, high: most } = centred(range, zero_point);
		let ends = [least, most].map(|end| i64::from(end).saturating_mul(factor.into()));
		low = low.saturating_add(ends[0].min(ends[1]));
		high = high.saturating_add(ends[0].max(ends[1]));
	}
	let end = |sum: i64| i32::from(saturate(rounding_shift(sum, add.shift), add.zero_point));
	Ok(Interval { low: end(low), high: end(high) })
}

fn product(multiply: &Multiply, first: Interval, second: Interval) -> Result<Interval, OperationError> {
	normalised(multiply.multiplier)?;
	let [left, right] = multiply.input_zero_points;
	let (left, right) = (centred(first, left), centred(second, right));
	let corners = [(left.low, right.low), (left.low, right.high), (left.high, right.low), (left.high, right.high)];
	let corners = corners.map(|(left, right)| left.saturating_mul(right)).map(|end| Interval { low: end, high: end });
	let range = hull(corners).unwrap_or(Interval::of(Dtype::I32));
	Ok(scaled(range, multiply.multiplier, multiply.zero_point))
}

fn exponentials(softmax: &Softmax) -> Result<Interval, OperationError> {
	normalised(softmax.multiplier)?;
	let in_range = softmax.exponentials.iter().all(|value| *value <= Softmax::MAX_EXPONENTIAL);
	if !in_range || softmax.exponentials.first().is_none_or(|first| *first == 0) {
		return Err(OperationError::ParameterRange { parameter: Parameter::Table });
	}
	// A share of a sum is between 0 and 1.
	Ok(scaled(Interval { low: 0, high: 1 }, softmax.multiplier, softmax.zero_point))
}

fn rows_of(embed: &Embed, range: Interval) -> Result<Interval, OperationError> {
	let rows = clip(embed.table.len()).checked_div(embed.width).unwrap_or(0);
	let last = i32::try_from(rows).unwrap_or(i32::MAX).saturating_sub(1);
	if range.low < 0 || range.high > last {
		return Err(OperationError::IndexOutOfRange { low: range.low, high: range.high, rows });
	}
	let values = embed.table.iter().map(|value| Interval { low: i32::from(*value), high: i32::from(*value) });
	Ok(hull(values).unwrap_or(Interval::of(Dtype::I8)))
}

fn trees(ensemble: &TreeEnsemble) -> Result<Interval, OperationError> {
	let mut sums = ensemble.base.iter().copied().map(Sum::starting_at).collect::<alloc::vec::Vec<_>>();
	let outputs = clip(sums.len());
	for (tree, weights) in ensemble.weights_by_tree().enumerate() {
		let first = match &ensemble.leaves {
			Leaves::PerOutput => 0,
			Leaves::PerTree(targets) => {
				let target = targets.get(tree).copied().unwrap_or_default();
				if u32::from(target) >= outputs {
					return Err(OperationError::TargetOutOfRange { tree: clip(tree), target, outputs });
				}
				usize::from(target)
			}
		};
		// A run reaches exactly one leaf of the tree.
		let width = ensemble.leaf_width().max(1);
		for (column, sum) in sums.iter_mut().skip(first).take(width).enumerate() {
			let column = weights.iter().skip(column).step_by(width);
			let (low, high) =
				column.fold((i32::MAX, i32::MIN), |(low, high), weight| (low.min(*weight), high.max(*weight)));
			sum.add(i64::from(low), i64::from(high));
		}
	}
	let mut result = None;
	for (channel, sum) in sums.iter().enumerate() {
		result = hull(result.into_iter().chain([sum.check(channel)?]));
	}
	Ok(result.unwrap_or(Interval::of(Dtype::I32)))
}
