// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Turns models in the ONNX format into AIVM programs.
//!
//! Four kinds of models are read:
//!
//! - ensembles of decision trees: every comparison exact, leaf weights in fixed point. They need no calibration;
//! - chains of dense layers with ReLU or other bounds, and linear models, with scalers in front: quantised to 8 bits by means
//!   of a table of typical inputs, the calibration rows;
//! - graphs of convolutions, pools, dense layers, branches and functions: the same;
//! - graphs that are quantised already, with `QuantizeLinear` and `DequantizeLinear` around operators or with `QLinear`
//!   operators: their integers, exactly, without calibration. Unsigned bytes are moved by -128, as their zero points are.
//!
//! Inputs and outputs of the program have the dimensions of ONNX, images included; a first dimension of open size is 1.
//! Unless [`Options::raw_outputs`] is set, the output follows one convention, see [`interpret_output`].
//!
//! # Operators of trees, linear models and chains of dense layers
//! - computed: `Add`, `Sub`, `Mul`, `Div`, `MatMul`, `Gemm` with constants; `Relu`, `Clip`; `Concat` of linear results;
//!   `Scaler`, `LinearClassifier`, `LinearRegressor`, `TreeEnsembleClassifier`, `TreeEnsembleRegressor` (sum or average;
//!   comparisons `LEQ`, `LT`, `GT`, `GTE`; elementwise operators in front move into the thresholds);
//! - for the class: `ArgMax`; `ArrayFeatureExtractor`, `Gather`, `LabelEncoder`, `ZipMap` for names of classes;
//! - dropped because they change the form only: `Cast`, `Identity`, `Dropout`, `Flatten`, `Reshape`, `Squeeze`,
//!   `Unsqueeze`, `Constant`;
//! - dropped at the end because the largest score stays the largest: `Softmax`, `LogSoftmax`, `Sigmoid`, `Normalizer`, and
//!   what a `post_transform` does. The scores of the program are those before; [`ScoreKind`] says how they become
//!   probabilities.
//!
//! # Operators of graphs
//! - products: `Conv` (one or two axes; strides, pads, dilations, groups), `Gemm`, `MatMul` with a constant matrix, `Gather`
//!   of a constant table by integers;
//! - two values: `Add`, `Sub`, `Mul`, `Sum`; with constants also `Div`, `Pow`, `Max`, `Min`;
//! - one value: `Abs`, `Ceil`, `Celu`, `Clip`, `Cos`, `Elu`, `Erf`, `Exp`, `Floor`, `Gelu`, `HardSigmoid`, `HardSwish`,
//!   `LeakyRelu`, `Log`, `Mish`, `Neg`, `PRelu`, `Reciprocal`, `Relu`, `Round`, `Selu`, `Sigmoid`, `Sign`, `Sin`, `Softplus`,
//!   `Softsign`, `Sqrt`, `Tanh`, `ThresholdedRelu`;
//! - by channel: `BatchNormalization`, `Softmax`, `LogSoftmax`, `ArgMax`;
//! - pools: `MaxPool`, `AveragePool`, `GlobalMaxPool`, `GlobalAveragePool`, `ReduceMax`, `ReduceMean`;
//! - form: `Cast`, `Concat`, `DepthToSpace`, `Dropout`, `Flatten`, `Gather`, `Identity`, `Pad` in front of a window, `Reshape`,
//!   `Slice`, `SpaceToDepth`, `Split`, `Squeeze`, `Transpose`, `Unsqueeze`;
//! - constants: `Constant`, `ConstantOfShape`, `Expand`, `Range`, `ReduceProd`, `Shape`, and most operators on constants;
//! - quantised: `QuantizeLinear`, `DequantizeLinear`, `QLinearConv`, `ConvInteger`, `QLinearMatMul`, `MatMulInteger`, and of
//!   `com.microsoft` `QGemm`, `QLinearAdd`, `QLinearAveragePool`, `QLinearConcat`, `QLinearGlobalAveragePool`,
//!   `QLinearLeakyRelu`, `QLinearMul`, `QLinearSigmoid`, `QLinearSoftmax`.
//!
//! Everything else is refused, all of it at once: see [`ImportError::Unsupported`]. `docs/reference/import.md` tells how a
//! graph becomes a program, and where its integers may differ from ONNX Runtime's.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use aivm_importer::{import, interpret_output, quantise_row, Options, Rows, RowsOptions};
//!
//! let rows = Rows::parse(&std::fs::read("calibration.csv")?, &RowsOptions::default())?;
//! let imported = import(&std::fs::read("model.onnx")?, Some(&rows), &Options::default())?;
//! let input = quantise_row(&imported.program, &[5.1, 3.5, 1.4, 0.2])?;
//! let output = interpret_output(&imported.program, &imported.program.run(&input)?)?;
//! println!("class {:?}, scores {:?}", output.class, output.scores);
//! # Ok(())
//! # }
//! ```

mod decode;
mod error;
mod float;
mod graph;
mod io;
mod layers;
mod linear;
mod lower;
mod network;
pub mod proto;
mod quantise;
mod report;
mod rows;
mod trees;

use std::collections::BTreeMap;

use aivm_inference::{Limits, Program, Quantisation, Summary};

pub use error::{ImportError, OutputError, RowError, RowsError, UnsupportedNode};
pub use float::{FloatModel, FloatOutput, ScoreKind};
pub use io::{interpret_output, quantise_row, Output};
pub use layers::{LayerError, MappedValue};
pub use report::{Comparison, MappedOperator, Report, Role};
pub use rows::{Rows, RowsOptions};

/// Most calibration rows that an import compares on.
const MAX_COMPARED_ROWS: usize = 4_096;

/// Whether the result of a model is a class.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Task {
	/// By the graph: it classifies if it has a class among its outputs, or ends in a softmax or sigmoid.
	#[default]
	Auto,
	/// It classifies: the largest score wins; with one score, the second of two classes wins if the score is positive.
	Classification,
	/// Its scores are the result.
	Regression,
}

/// How the range of a quantised number follows from the calibration rows.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum RangeMethod {
	/// From the smallest to the largest.
	#[default]
	MinMax,
	/// Without a share of the smallest and of the largest numbers, from 0 to 0.5 each. Rare extremes then saturate, and
	/// the rest is more precise.
	Percentile(f64),
}

impl RangeMethod {
	/// The range of some numbers; 0 to 0 if there are none.
	fn of(self, values: impl Iterator<Item = f64>) -> (f64, f64) {
		let Self::Percentile(share) = self else {
			let wide = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
			return if wide.0 <= wide.1 { wide } else { (0.0, 0.0) };
		};
		let mut sorted: Vec<f64> = values.collect();
		sorted.sort_unstable_by(f64::total_cmp);
		#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
		let cut = (sorted.len() as f64 * share.clamp(0.0, 0.5)) as usize;
		let cut = cut.min(sorted.len().saturating_sub(1) / 2);
		match (sorted.get(cut), sorted.get(sorted.len().saturating_sub(cut + 1))) {
			(Some(low), Some(high)) => (*low, *high),
			_ => (0.0, 0.0),
		}
	}
}

/// How to import.
#[derive(Clone, PartialEq, Debug)]
pub struct Options {
	/// Longest ONNX file, in bytes.
	pub max_onnx_bytes: usize,
	/// Whether the result is a class.
	pub task: Task,
	/// How ranges follow from the calibration rows.
	pub range: RangeMethod,
	/// By how much of its width the range of an input feature is widened at each end, from 0 to 10, because later
	/// inputs go beyond the calibration rows. A range is not widened across 0.
	pub headroom: f64,
	/// All outputs of the graph as they are, in place of scores and a class: quantised outputs stay quantised, and a
	/// softmax at the end is computed.
	pub raw_outputs: bool,
	/// What the program must keep.
	pub limits: Limits,
}

impl Default for Options {
	/// 64 MiB, task by the graph, full ranges with a tenth more at each end, scores and a class, the limits of programs
	/// that run in a block.
	fn default() -> Self {
		Self {
			max_onnx_bytes: 64 << 20,
			task: Task::Auto,
			range: RangeMethod::MinMax,
			headroom: 0.1,
			raw_outputs: false,
			limits: Limits::DEFAULT,
		}
	}
}

/// An imported model.
#[derive(Clone, PartialEq, Debug)]
pub struct Imported {
	/// The program. Its outputs follow the convention of [`interpret_output`].
	pub program: Program,
	/// The program's encoding.
	pub bytes: Vec<u8>,
	/// Cost, memory and lengths of the program.
	pub summary: Summary,
	/// Names of the classes in the order of the scores; `None` for a regression.
	pub labels: Option<Vec<String>>,
	/// What the scores mean.
	pub score_kind: ScoreKind,
	/// What the import did.
	pub report: Report,
	/// The float model, as the reference for comparisons.
	pub float: FloatModel,
	/// The values of the ONNX graph that the program computes, by name. Empty for ensembles of trees and plain chains of
	/// dense layers.
	pub values: Vec<MappedValue>,
}

/// Imports an ONNX model.
///
/// Models that compute with float weights need calibration rows; a few hundred typical inputs are enough. Ensembles of
/// trees and quantised models use rows only to report errors.
///
/// # Errors
/// [`ImportError`]: the bytes are no ONNX model or over a limit, operators are unsupported, calibration rows are missing
/// or do not fit, or the program is over a limit.
pub fn import(onnx: &[u8], calibration: Option<&Rows>, options: &Options) -> Result<Imported, ImportError> {
	let (float, operators) = float::load(onnx, options)?;
	if let Some(rows) = calibration.filter(|rows| rows.width() != float.inputs() || rows.is_empty()) {
		return Err(ImportError::Calibration { expected: float.inputs(), given: rows.width(), rows: rows.len() });
	}
	let (builder, placed) = match (&float.trees, &float.graph, calibration) {
		(Some(ensemble), ..) => (trees::build(&float, ensemble)?, Vec::new()),
		(None, Some(graph), rows) => quantise::build(graph, float.labels.is_some(), rows, options)?,
		(None, None, Some(rows)) => (network::build(&float, rows, options)?, Vec::new()),
		(None, None, None) => return Err(ImportError::NeedsCalibration),
	};
	let (program, summary) = builder.build(&options.limits).map_err(|error| ImportError::Program(error.to_string()))?;
	let mut counts = BTreeMap::<&str, usize>::new();
	program.operations().iter().for_each(|operation| *counts.entry(operation.op.name()).or_default() += 1);
	let operations = counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
	let calibration = calibration.filter(|_| !options.raw_outputs);
	let calibration = calibration.map(|rows| compare_some(&program, &float, rows, MAX_COMPARED_ROWS)).transpose()?;
	let mapped = |placed: quantise::Placed| {
		let name = float.graph.as_ref()?.nodes.get(placed.node)?.name.clone()?;
		let quantise::Placed { node, value, scales, zero_points } = placed;
		Some(MappedValue { name, value, scales, zero_points, node })
	};
	let values = placed.into_iter().filter_map(mapped).collect();
	Ok(Imported {
		values,
		bytes: program.to_bytes(),
		summary,
		labels: float.labels.clone(),
		score_kind: float.score_kind,
		report: Report { operators, operations, calibration },
		program,
		float,
	})
}

/// Runs a program and the float model on the same rows.
///
/// # Errors
/// [`ImportError::Calibration`] if the rows do not fit; [`ImportError::Program`] if the program is not of this model.
pub fn compare(program: &Program, float: &FloatModel, rows: &Rows) -> Result<Comparison, ImportError> {
	compare_some(program, float, rows, usize::MAX)
}

/// The same on at most `most` rows, evenly spread.
fn compare_some(program: &Program, float: &FloatModel, rows: &Rows, most: usize) -> Result<Comparison, ImportError> {
	let misfit = || ImportError::Calibration { expected: float.inputs(), given: rows.width(), rows: rows.len() };
	let wrong = |error: &dyn std::fmt::Display| ImportError::Program(error.to_string());
	let (mut same, mut count, mut sum, mut largest) = (0, 0u32, 0.0, 0f64);
	let (mut low, mut high, mut saturated) = (f64::INFINITY, f64::NEG_INFINITY, 0);
	let mut compared = 0;
	for row in rows.iter().step_by(rows.len().div_ceil(most).max(1)) {
		compared += 1;
		let expected = float.run(row).map_err(|_| misfit())?;
		let input = quantise_row(program, row).map_err(|_| misfit())?;
		let bytes = program.run(&input).map_err(|error| wrong(&error))?;
		let given = interpret_output(program, &bytes).map_err(|error| wrong(&error))?;
		if given.scores.len() != expected.scores.len() {
			return Err(ImportError::Program("it has another number of scores than the float model".into()));
		}
		saturated += saturated_inputs(program, row);
		same += usize::from(given.class == expected.class);
		for (given, expected) in given.scores.iter().zip(&expected.scores) {
			let (expected, error) = (f64::from(*expected), (given - f64::from(*expected)).abs());
			(low, high) = (low.min(expected), high.max(expected));
			(sum, largest, count) = (sum + error, largest.max(error), count.saturating_add(1));
		}
	}
	Ok(Comparison {
		rows: compared,
		same_class: float.labels.is_some().then_some(same),
		mean_error: sum / f64::from(count.max(1)),
		max_error: largest,
		score_range: if low <= high { high - low } else { 0.0 },
		saturated,
	})
}

/// Numbers of a row that the quantised input cannot hold.
fn saturated_inputs(program: &Program, row: &[f32]) -> usize {
	let Some(spec) = program.inputs().first() else { return 0 };
	let Quantisation::Affine { scales, zero_points } = &spec.quantisation else { return 0 };
	// Programs narrow 32-bit inputs to the same 256 integers.
	let (low, high) = (f64::from(i8::MIN) - 0.5, f64::from(i8::MAX) + 0.5);
	let outside = |(feature, value): (usize, &f32)| {
		let (Some(scale), Some(zero_point)) = (scales.get(feature), zero_points.get(feature)) else { return false };
		let place = f64::from(*value) / scale.to_f64() + f64::from(*zero_point);
		place < low || place > high
	};
	row.iter().enumerate().filter(|pair| outside(*pair)).count()
}
