// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Interval analysis: which values a tensor can hold, and the proof that no sum leaves `i32`.

use crate::{
	error::{OperationError, Parameter},
	operation::{Dense, Op},
	rounding::requantise,
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
	let [(input, range)] = inputs else {
		let given = u16::try_from(inputs.len()).unwrap_or(u16::MAX);
		return Err(OperationError::InputCount { expected: 1, given });
	};
	match op {
		Op::Dense(layer) => dense(layer, input.shape.features(), *range),
		Op::Requantise(layer) => {
			canonical(layer.multipliers.is_canonical(), Parameter::Multipliers)?;
			let values = layer.multipliers.values();
			if let Some(channel) = values.iter().position(|multiplier| !multiplier.is_normalised()) {
				return Err(OperationError::Multiplier { channel: clip(channel) });
			}
			// Rounding keeps order, so the bounds of the input give those of the result.
			let ranges = values.iter().map(|multiplier| Interval {
				low: requantise(range.low, *multiplier, layer.zero_point).into(),
				high: requantise(range.high, *multiplier, layer.zero_point).into(),
			});
			Ok(hull(ranges).unwrap_or(Interval::of(Dtype::I8)))
		}
		Op::Clamp(bounds) => Ok(Interval {
			low: range.low.max(bounds.low).min(bounds.high),
			high: range.high.max(bounds.low).min(bounds.high),
		}),
		Op::ArgMax => {
			let last = input.shape.features().saturating_sub(1);
			Ok(Interval { low: 0, high: i32::try_from(last).unwrap_or(i32::MAX) })
		}
		Op::TreeEnsemble(ensemble) => {
			ensemble.depths(input.shape.features())?;
			trees(ensemble)
		}
	}
}

fn canonical(is_canonical: bool, parameter: Parameter) -> Result<(), OperationError> {
	if is_canonical {
		return Ok(());
	}
	Err(OperationError::NotCanonical { parameter })
}

fn dense(layer: &Dense, features: u32, range: Interval) -> Result<Interval, OperationError> {
	canonical(layer.weight_zero_points.is_canonical(), Parameter::WeightZeroPoints)?;
	let zero = i64::from(layer.input_zero_point);
	let low = i64::from(range.low).saturating_sub(zero);
	let high = i64::from(range.high).saturating_sub(zero);
	let features = usize::try_from(features).unwrap_or(usize::MAX).max(1);
	let mut result = None;
	for (channel, (weights, bias)) in layer.weights.chunks_exact(features).zip(&layer.bias).enumerate() {
		let zero_point = i32::from(layer.weight_zero_points.get(channel).copied().unwrap_or_default());
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
