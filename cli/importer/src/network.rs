// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! From a chain of float layers to quantised operations.
//!
//! Linear layers between two activations become one matrix. Each input feature gets its own scale and zero point from
//! the range that the calibration rows show, and the scale moves into the first matrix, so features of very different
//! size are equally precise. If a feature lies far from 0 compared to its range (a year, a temperature in kelvin),
//! the input is 32-bit integers that the program narrows to 8 bits, because only those can stand for a range without
//! 0. Hidden values get one scale per layer. Weights are symmetric 8-bit integers with one scale per output, except
//! in front of an argmax, where all outputs must share a scale to be comparable. The mean error that rounding the
//! weights makes on the calibration rows is added to the bias.

use aivm_inference::{
	quantise::{multipliers, scales},
	Dense, Dtype, Multiplier, PerChannel, ProgramBuilder, Quantisation, Requantise, Scale, Shape, TensorSpec, ValueId,
};

use crate::{
	decode::limit,
	error::ImportError,
	float::{FloatModel, Layer},
	linear::{Linear, Matrix},
	rows::Rows,
	Options, RangeMethod,
};

/// Largest magnitude of a quantised weight. -128 is not used, so that weights are symmetric.
const WEIGHT_MAX: f64 = 127.0;
/// Largest magnitude of a quantised bias: the rest of `i32` is for the products.
const BIAS_MAX: f64 = (1u32 << 28) as f64;
/// Most calibration rows that are looked at.
const MAX_CALIBRATION_ROWS: usize = 4_096;
/// Most multiplications that calibration takes.
const MAX_CALIBRATION_WORK: usize = 8_000_000_000;
/// How much wider than the range of an input feature its grid may be to hold 0. Above this the input is 32-bit
/// integers, whose zero points are free, and the program narrows them.
const MAX_WASTE: f64 = 4.0;
/// Most numbers of a layer, over all rows, that calibration holds at a time.
const MAX_CALIBRATION_NUMBERS: usize = 1 << 25;
/// Widest layer without weights that becomes a matrix.
const MAX_DIAGONAL: u64 = 4_096;
/// Steps between the smallest and the largest 8-bit integer.
const STEPS: f64 = 255.0;

/// A matrix and the bounds that follow it.
#[derive(Clone, PartialEq, Debug)]
struct Stage {
	matrix: Matrix,
	clamp: Option<(f64, f64)>,
}

/// How 8-bit integers stand for the numbers of a row: `real = (integer - zero point) * scale`.
#[derive(Clone, PartialEq, Debug)]
struct Grid {
	scales: Vec<f64>,
	zero_points: Vec<f64>,
}

impl Grid {
	/// A grid that covers `low..=high` of each number with the 256 8-bit integers. Zero is one of the numbers.
	fn covering(ranges: &[(f64, f64)]) -> Self {
		Self::new(ranges.iter().map(|(low, high)| (low.min(0.0), high.max(0.0))))
	}

	/// A grid that covers `low..=high` of each number, whether zero is in that range or not.
	fn shifted(ranges: &[(f64, f64)]) -> Self {
		Self::new(
			ranges.iter().map(|(low, high)| if low < high { (*low, *high) } else { (low.min(0.0), high.max(0.0)) }),
		)
	}

	/// A grid for features of these ranges, and whether it is shifted because one of them lies far from 0.
	fn of_features(ranges: &[(f64, f64)]) -> (Self, bool) {
		let wastes = |(low, high): &(f64, f64)| low < high && high.max(0.0) - low.min(0.0) > MAX_WASTE * (high - low);
		let shifts = ranges.iter().any(wastes);
		(if shifts { Self::shifted(ranges) } else { Self::covering(ranges) }, shifts)
	}

	fn new(ranges: impl Iterator<Item = (f64, f64)>) -> Self {
		let (mut scales, mut zero_points) = (Vec::new(), Vec::new());
		for (low, high) in ranges {
			// A number that is always 0 needs no precision; any scale will do.
			let scale = if low < high { (high - low) / STEPS } else { 1.0 / STEPS };
			// As stored: with 32 significant bits.
			let scale = Scale::from_f64(scale).map_or(1.0, Scale::to_f64);
			scales.push(scale);
			zero_points.push((-128.0 - low / scale).round_ties_even());
		}
		Self { scales, zero_points }
	}

	fn quantise_row(&self, row: &[f64]) -> Vec<f64> {
		row.iter().enumerate().map(|(index, value)| self.quantise(index, *value)).collect()
	}

	fn quantise(&self, index: usize, value: f64) -> f64 {
		((value / self.scales[index]).round_ties_even() + self.zero_points[index]).clamp(-128.0, 127.0)
	}

	fn quantisation(&self) -> Option<Quantisation> {
		let zero_points = self.zero_points.iter().map(|point| integer(*point)).collect::<Option<Vec<i32>>>()?;
		let zero_points = PerChannel::new(zero_points)?;
		Some(Quantisation::Affine { scales: scales(&self.scales)?, zero_points })
	}
}

/// Scales and zero points for features of these ranges, and whether a zero point may be no 8-bit integer.
pub(crate) fn feature_grid(ranges: &[(f64, f64)]) -> (Vec<f64>, Vec<f64>, bool) {
	let (Grid { scales, zero_points }, shifts) = Grid::of_features(ranges);
	(scales, zero_points, shifts)
}

/// Splits the layers at their activations.
fn stages(model: &FloatModel) -> Result<Vec<Stage>, ImportError> {
	let mut stages: Vec<Stage> = Vec::new();
	let mut map = Linear::identity(model.inputs);
	let mut width = model.inputs;
	for layer in &model.layers {
		match layer.as_ref() {
			Layer::Clamp(low, high) => {
				let (low, high) = (f64::from(*low), f64::from(*high));
				match stages.last_mut().filter(|_| map.is_identity()) {
					Some(stage) => {
						let bounds = stage.clamp.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
						stage.clamp = Some((bounds.0.max(low).min(high), bounds.1.max(low).min(high)));
					}
					None => {
						let matrix = matrix(std::mem::replace(&mut map, Linear::identity(width)))?;
						stages.push(Stage { matrix, clamp: Some((low, high)) });
					}
				}
			}
			layer => {
				// Two matrices become one unless that would make the program much larger.
				let (merged, separate) = map.merged_and_separate(layer);
				let joined = if merged <= separate.saturating_mul(4) { map.then(layer) } else { None };
				map = match joined.or_else(|| {
					let next = Linear::identity(width).then(layer)?;
					stages.push(Stage { matrix: matrix(map).ok()?, clamp: None });
					Some(next)
				}) {
					Some(map) => map,
					None => return Err(ImportError::Quantisation("two layers are too large to combine".into())),
				};
				if let Layer::Dense(dense) = layer {
					width = dense.bias.len();
				}
			}
		}
	}
	if stages.is_empty() || !map.is_identity() {
		stages.push(Stage { matrix: matrix(map)?, clamp: None });
	}
	Ok(stages)
}

/// A map as a matrix. One that scales each number by itself takes the square of its width, so that is bounded.
fn matrix(map: Linear) -> Result<Matrix, ImportError> {
	if let Linear::Diagonal { factors, .. } = &map {
		limit("width of a layer that scales each number by itself", factors.len() as u64, MAX_DIAGONAL)?;
	}
	Ok(map.into_matrix())
}

/// The float path and the quantised path of the calibration rows, up to the input of some stage.
struct Paths {
	real: Vec<Vec<f64>>,
	integer: Vec<Vec<f64>>,
	grid: Grid,
}

/// Sums of a layer in integers.
struct Quantised {
	layer: Dense,
	/// What one unit of each output's sum stands for.
	units: Vec<f64>,
	/// The sums for each calibration row.
	sums: Vec<Vec<f64>>,
}

/// Adds the operations of a network to a new program: scores, and the class if the model has classes.
pub(crate) fn build(model: &FloatModel, rows: &Rows, options: &Options) -> Result<ProgramBuilder, ImportError> {
	let stages = stages(model)?;
	let real = sample(rows, &stages);
	let ranges = (0..model.inputs)
		.map(|index| with_headroom(options.range.of(real.iter().map(|row| row[index])), options.headroom))
		.collect::<Vec<_>>();
	let (grid, shifts) = Grid::of_features(&ranges);
	let spec = TensorSpec {
		dtype: if shifts { Dtype::I32 } else { Dtype::I8 },
		shape: u32::try_from(model.inputs).ok().and_then(|inputs| Shape::new(&[inputs])).ok_or_else(too_large)?,
		quantisation: grid.quantisation().ok_or_else(too_large)?,
	};
	let mut program = ProgramBuilder::new(vec![spec]);
	let mut value = program.input(0);
	if shifts {
		// Only the saturation of the requantisation is wanted.
		value = program.requantise(value, Requantise { multipliers: PerChannel::One(Multiplier::ONE), zero_point: 0 });
	}
	let integer = real.iter().map(|row| grid.quantise_row(row)).collect();
	let mut paths = Paths { real, integer, grid };
	let classifies = model.labels.is_some();
	for (index, stage) in stages.iter().enumerate() {
		let last = index + 1 == stages.len();
		let shared = last && (classifies || stage.clamp.is_some());
		let real_sums = paths.real.iter().map(|row| stage.matrix.apply(row)).collect::<Vec<_>>();
		let quantised = dense(&stage.matrix, &paths, &real_sums, shared)?;
		value = program.dense(value, quantised.layer.clone());
		if last {
			finish(&mut program, value, stage, &quantised.units, classifies)?;
		} else {
			(value, paths) = requantise(&mut program, value, stage, quantised, real_sums, options.range)?;
		}
	}
	Ok(program)
}

/// A range with room at both ends, but not across 0: numbers that were never negative are expected to stay so.
pub(crate) fn with_headroom((low, high): (f64, f64), headroom: f64) -> (f64, f64) {
	let room = (high - low) * headroom.clamp(0.0, 10.0);
	let widened = (low - room, high + room);
	(if low >= 0.0 { widened.0.max(0.0) } else { widened.0 }, if high <= 0.0 { widened.1.min(0.0) } else { widened.1 })
}

/// Calibration rows, evenly spread, as many as the work allows.
fn sample(rows: &Rows, stages: &[Stage]) -> Vec<Vec<f64>> {
	let parameters: usize = stages.iter().map(|stage| stage.matrix.weights.len()).sum();
	let widest = stages.iter().map(|stage| stage.matrix.inputs.max(stage.matrix.bias.len())).max().unwrap_or(1);
	let most = MAX_CALIBRATION_ROWS.min(MAX_CALIBRATION_WORK / parameters.max(1)).min(MAX_CALIBRATION_NUMBERS / widest);
	let most = most.max(1);
	let step = rows.len().div_ceil(most).max(1);
	rows.iter().step_by(step).map(|row| row.iter().map(|value| f64::from(*value)).collect()).collect()
}

/// Rounds the weights and the bias of a layer.
fn dense(matrix: &Matrix, paths: &Paths, real_sums: &[Vec<f64>], shared: bool) -> Result<Quantised, ImportError> {
	let Grid { scales, zero_points } = &paths.grid;
	let scale = |index: usize| scales[index % scales.len()];
	let zero_point = |index: usize| zero_points[index % zero_points.len()];
	let rows = matrix.weights.chunks_exact(matrix.inputs);
	let mut units: Vec<f64> = rows
		.clone()
		.zip(&matrix.bias)
		.map(|(row, bias)| {
			let largest =
				row.iter().enumerate().map(|(index, weight)| (weight * scale(index)).abs()).fold(0.0, f64::max);
			(largest / WEIGHT_MAX).max(bias.abs() / BIAS_MAX)
		})
		.collect();
	if shared {
		let largest = units.iter().copied().fold(0.0, f64::max);
		units.fill(largest);
	}
	// A layer of zeroes has no scale of its own. Units are kept as the program states them, with 32 significant bits.
	for unit in &mut units {
		*unit = if *unit > 0.0 { Scale::from_f64(*unit).map(Scale::to_f64).ok_or_else(too_large)? } else { 1.0 };
	}
	let mut weights = Vec::with_capacity(matrix.weights.len());
	for (row, unit) in rows.zip(&units) {
		weights.extend(row.iter().enumerate().map(|(index, weight)| (weight * scale(index) / unit).round_ties_even()));
	}

	// The bias makes the mean of the sums over the calibration rows right.
	let outputs = units.len();
	let mut layer = Matrix { inputs: matrix.inputs, weights, bias: vec![0.0; outputs] };
	let centre =
		|row: &Vec<f64>| row.iter().enumerate().map(|(index, value)| value - zero_point(index)).collect::<Vec<_>>();
	let mut sums: Vec<Vec<f64>> = paths.integer.iter().map(|row| layer.apply(&centre(row))).collect();
	for (output, unit) in units.iter().enumerate() {
		let missing = real_sums.iter().zip(&sums).map(|(real, sum)| real[output] - sum[output] * unit);
		layer.bias[output] = (mean(missing) / unit).round_ties_even();
	}
	for sum in &mut sums {
		sum.iter_mut().zip(&layer.bias).for_each(|(sum, bias)| *sum += bias);
	}

	// A layer subtracts one zero point from its input. Where each feature has its own, the bias subtracts them.
	let common = zero_points.first().copied().filter(|first| zero_points.iter().all(|point| point == first));
	if common.is_none() {
		let inputs: Vec<f64> = (0..matrix.inputs).map(|index| -zero_point(index)).collect();
		layer.bias = layer.apply(&inputs);
	}
	let integers = |values: &[f64]| values.iter().map(|value| integer::<i32>(*value)).collect::<Option<Vec<_>>>();
	let weights = layer.weights.iter().map(|weight| integer::<i8>(*weight)).collect::<Option<Vec<_>>>();
	let layer = Dense {
		input_zero_point: integer::<i8>(common.unwrap_or(0.0)).ok_or_else(too_large)?,
		weight_zero_points: PerChannel::One(0),
		bias: integers(&layer.bias).ok_or_else(too_large)?,
		weights: weights.ok_or_else(too_large)?,
	};
	Ok(Quantised { layer, units, sums })
}

/// Scales the sums of a hidden layer to 8 bits and bounds them.
fn requantise(
	program: &mut ProgramBuilder,
	sums: ValueId,
	stage: &Stage,
	quantised: Quantised,
	mut real: Vec<Vec<f64>>,
	range: RangeMethod,
) -> Result<(ValueId, Paths), ImportError> {
	let (low, high) = stage.clamp.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
	real.iter_mut().flatten().for_each(|value| *value = value.max(low).min(high));
	let grid = Grid::covering(&[range.of(real.iter().flatten().copied())]);
	let factors: Vec<f64> = quantised.units.iter().map(|unit| unit / grid.scales[0]).collect();
	let zero_point = integer::<i8>(grid.zero_points[0]).ok_or_else(too_large)?;
	let mut value =
		program.requantise(sums, Requantise { multipliers: multipliers(&factors).ok_or_else(too_large)?, zero_point });
	// Infinite bounds saturate. Bounds at the ends of the range are kept by the requantisation.
	let (low, high) = (grid.quantise(0, low), grid.quantise(0, high));
	if (low, high) != (f64::from(i8::MIN), f64::from(i8::MAX)) {
		value = program.clamp(value, integer(low).ok_or_else(too_large)?, integer(high).ok_or_else(too_large)?);
	}
	let next = |sums: &Vec<f64>| -> Vec<f64> {
		let scaled = sums.iter().zip(&factors).map(|(sum, factor)| (sum * factor).round_ties_even());
		scaled.map(|value| (value + grid.zero_points[0]).clamp(low, high)).collect()
	};
	let integer = quantised.sums.iter().map(next).collect();
	Ok((value, Paths { real, integer, grid }))
}

/// Makes the sums of the last layer the scores of the program.
fn finish(
	program: &mut ProgramBuilder,
	mut sums: ValueId,
	stage: &Stage,
	units: &[f64],
	classifies: bool,
) -> Result<(), ImportError> {
	if let Some((low, high)) = stage.clamp {
		// The sums share one unit here.
		let bound =
			|bound: f64| integer((bound / units[0]).round_ties_even().clamp(f64::from(i32::MIN), f64::from(i32::MAX)));
		sums = program.clamp(sums, bound(low).ok_or_else(too_large)?, bound(high).ok_or_else(too_large)?);
	}
	if classifies {
		let class = program.arg_max(sums);
		program.output(class, Quantisation::Raw);
	}
	let scales = scales(units).ok_or_else(too_large)?;
	program.output(sums, Quantisation::Affine { scales, zero_points: PerChannel::One(0) });
	Ok(())
}

fn too_large() -> ImportError {
	ImportError::Quantisation("a weight, a scale or a layer is outside the range of programs".into())
}

/// A whole number as an integer type, or `None` if it does not fit.
fn integer<T: TryFrom<i64>>(value: f64) -> Option<T> {
	let in_range = value.abs() < 9.0e15 && value.fract() == 0.0;
	#[allow(clippy::cast_possible_truncation)]
	in_range.then_some(value as i64).and_then(|value| T::try_from(value).ok())
}

#[allow(clippy::cast_precision_loss)]
fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
	let count = values.len().max(1) as f64;
	values.sum::<f64>() / count
}
