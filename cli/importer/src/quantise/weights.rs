// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Weights and biases as integers.

use aivm_inference::{PerChannel, Scale};

use crate::{error::ImportError, graph::Weights};

/// Largest magnitude of a quantised weight. -128 is not used, so that weights are symmetric.
const WEIGHT_MAX: f64 = 127.0;
/// Largest magnitude of a quantised bias: the rest of `i32` is for the products.
const BIAS_MAX: f64 = (1u32 << 28) as f64;

/// The integers of a product.
pub(super) struct Integers {
	pub weights: Vec<i8>,
	pub zero_points: PerChannel<i8>,
	pub bias: Vec<i32>,
	/// What one unit of each output's sum stands for.
	pub units: Vec<f64>,
}

/// What a product reads: for each weight of an output, by its place in the row.
pub(super) trait Input {
	/// The scale of the number at this place.
	fn scale(&self, place: usize) -> f64;
	/// The mean of the number at this place, if known.
	fn mean(&self, output: usize, place: usize) -> Option<f64>;
}

/// Rounds weights and bias. If `shared`, all outputs get one scale, which makes them comparable.
pub(super) fn integers(
	weights: &Weights,
	bias: &[f64],
	input: &dyn Input,
	shared: bool,
) -> Result<Integers, ImportError> {
	let per_output = (weights.values.len() / bias.len().max(1)).max(1);
	if let Some(quantised) = &weights.quantised {
		let scale = |output: usize| quantised.scales[output % quantised.scales.len()];
		let units: Vec<f64> = (0..bias.len()).map(|output| input.scale(0) * scale(output)).collect();
		let zero_points = (0..bias.len()).map(|output| quantised.zero_points[output % quantised.zero_points.len()]);
		return Ok(Integers {
			weights: quantised.integers.clone(),
			zero_points: PerChannel::new(zero_points.collect()).ok_or_else(too_large)?,
			bias: round_bias(bias, &units)?,
			units,
		});
	}
	let rows = weights.values.chunks_exact(per_output);
	let scaled = |(place, weight): (usize, &f32)| f64::from(*weight) * input.scale(place);
	let mut units: Vec<f64> = rows
		.clone()
		.zip(bias)
		.map(|(row, bias)| {
			let largest = row.iter().enumerate().map(|pair| scaled(pair).abs()).fold(0.0, f64::max);
			(largest / WEIGHT_MAX).max(bias.abs() / BIAS_MAX)
		})
		.collect();
	if shared {
		let largest = units.iter().copied().fold(0.0, f64::max);
		units.fill(largest);
	}
	// A product of zeroes has no scale of its own. Units are kept as the program states them, with 32 significant bits.
	for unit in &mut units {
		*unit = if *unit > 0.0 { Scale::from_f64(*unit).map(Scale::to_f64).ok_or_else(too_large)? } else { 1.0 };
	}
	let mut integers = Vec::with_capacity(weights.values.len());
	let mut corrected = bias.to_vec();
	for (output, (row, unit)) in rows.zip(&units).enumerate() {
		for pair in row.iter().enumerate() {
			let exact = scaled(pair);
			let rounded = (exact / unit).round_ties_even().clamp(-WEIGHT_MAX, WEIGHT_MAX);
			#[allow(clippy::cast_possible_truncation)]
			integers.push(rounded as i8);
			// The bias makes up for what rounding the weight changes on average.
			if let Some(mean) = input.mean(output, pair.0) {
				corrected[output] += (exact - rounded * unit) / input.scale(pair.0) * mean;
			}
		}
	}
	Ok(Integers { weights: integers, zero_points: PerChannel::One(0), bias: round_bias(&corrected, &units)?, units })
}

fn round_bias(bias: &[f64], units: &[f64]) -> Result<Vec<i32>, ImportError> {
	bias.iter().zip(units).map(|(bias, unit)| integer((bias / unit).round_ties_even())).collect()
}

/// A whole number as 32 bits.
pub(super) fn integer(value: f64) -> Result<i32, ImportError> {
	let fits = value >= f64::from(i32::MIN) && value <= f64::from(i32::MAX);
	#[allow(clippy::cast_possible_truncation)]
	fits.then_some(value as i32).ok_or_else(too_large)
}

pub(super) fn too_large() -> ImportError {
	ImportError::Quantisation("a weight, a scale or a value is outside the range of programs".into())
}
