// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! From a graph of float operators to a program.
//!
//! Each value is 8-bit integers of one scale, from the range that calibration rows show or as a quantised model states;
//! sums of products are 32-bit integers until something reads them. A value that only one operator reads takes on the
//! scale that suits that operator: bounds become the ends of the range, and parts of a concatenation share one scale.
//! Weights have one scale for each output channel; the mean error that rounding them makes is added to the bias.
//! Any function of one number is a table of its 256 results.

mod layout;
mod ranges;
mod weights;

use aivm_inference::{
	quantise::{multipliers, scales},
	Add, AveragePool, Clamp, Conv2d, Dtype, Embed, Lookup, MaxPool, Multiplier, Multiply, Op, PerChannel,
	ProgramBuilder, Quantisation, Requantise, Softmax, TensorSpec, ValueId, Window,
};

use crate::{
	error::ImportError,
	graph::{function::Function, Dense, FloatOp, Graph, Grid, InputKind, Weights},
	network::with_headroom,
	rows::Rows,
	Options,
};
use layout::{shape, transpose};
use ranges::Seen;
use weights::{integer, integers, too_large, Input};

/// A value of the program that stands for a value of the graph.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Placed {
	/// The node that makes it.
	pub node: usize,
	pub value: ValueId,
	/// One scale, or one for each channel.
	pub scales: Vec<f64>,
	/// One zero point, or one for each channel.
	pub zero_points: Vec<i32>,
}

/// What the integers of a value stand for.
#[derive(Clone, PartialEq, Debug)]
enum Meaning {
	/// Bytes of one grid.
	Bytes(Grid),
	/// Bytes whose scales and zero points differ by channel: an input that only products with weights read.
	Features { scales: Vec<f64>, zero_points: Vec<f64> },
	/// 32-bit sums whose units may differ by channel.
	Sums(Vec<f64>),
	/// Plain integers.
	Plain,
}

struct Lowering<'a> {
	graph: &'a Graph,
	options: &'a Options,
	/// What calibration rows show of each value.
	seen: Option<Vec<Seen>>,
	program: ProgramBuilder,
	held: Vec<(ValueId, Meaning)>,
	/// Sums as bytes, once something read them so.
	bytes: Vec<Option<(ValueId, Grid)>>,
	/// The grid that the reader of a value wants.
	wanted: Vec<Option<Grid>>,
	/// Whether the bytes of a value are bounded or rounded already, as its reader does.
	bounded: Vec<bool>,
	/// How many read a value.
	uses: Vec<usize>,
	/// Whether a value becomes a result as sums, and whether all of them then share a unit.
	results: Vec<Option<bool>>,
	placed: Vec<Placed>,
}

/// Makes a program of a graph. If it classifies, its one output is the scores, and the class comes first.
pub(crate) fn build(
	graph: &Graph,
	classifies: bool,
	rows: Option<&Rows>,
	options: &Options,
) -> Result<(ProgramBuilder, Vec<Placed>), ImportError> {
	let seen = rows.map(|rows| ranges::observe(graph, rows, options.range)).transpose()?;
	let mut lowering = Lowering {
		graph,
		options,
		seen,
		program: ProgramBuilder::new(Vec::new()),
		held: Vec::with_capacity(graph.nodes.len()),
		bytes: vec![None; graph.nodes.len()],
		wanted: vec![None; graph.nodes.len()],
		bounded: vec![false; graph.nodes.len()],
		uses: graph.uses(),
		results: vec![None; graph.nodes.len()],
		placed: Vec::new(),
	};
	lowering.plan(classifies);
	lowering.inputs()?;
	for number in 0..graph.nodes.len() {
		if !matches!(graph.nodes[number].op, FloatOp::Input(_)) {
			let held = lowering.node(number)?;
			lowering.place(number, &held);
			lowering.held[number] = held;
		}
	}
	lowering.outputs(classifies)?;
	Ok((lowering.program, lowering.placed))
}

/// What a product reads.
struct ProductInput<'a> {
	scales: &'a [f64],
	means: Option<&'a [f64]>,
	/// Channels that an output reads, and outputs of a group.
	group: (usize, usize),
}

impl Input for ProductInput<'_> {
	fn scale(&self, place: usize) -> f64 {
		self.scales[place % self.scales.len()]
	}

	fn mean(&self, output: usize, place: usize) -> Option<f64> {
		let (inside, outputs) = self.group;
		self.means?.get(output / outputs.max(1) * inside + place % inside.max(1)).copied()
	}
}

impl Lowering<'_> {
	/// Decides, from the results back, which grids values take and which sums become results.
	fn plan(&mut self, classifies: bool) {
		for output in &self.graph.outputs {
			self.results[*output] = Some(classifies);
		}
		for number in (0..self.graph.nodes.len()).rev() {
			let node = &self.graph.nodes[number];
			let result = match node.op {
				FloatOp::Reshape | FloatOp::Transpose { .. } => self.results[number].map(|_| true),
				FloatOp::ArgMax => Some(true),
				_ => None,
			};
			let grid = match &node.op {
				FloatOp::Quantise(grid) => {
					self.wanted[number] = Some(*grid);
					Some(*grid)
				}
				FloatOp::Concat { .. } => self.grid(number).ok(),
				FloatOp::Map(function) if function.clamp().is_some() => self.grid(number).ok(),
				FloatOp::Reshape | FloatOp::Transpose { .. } | FloatOp::MaxPool(_) => self.wanted[number],
				_ => None,
			};
			let bounds = matches!(&node.op, FloatOp::Map(function) if function.clamp().is_some())
				|| matches!(node.op, FloatOp::Quantise(_))
				|| (self.bounded[number]
					&& matches!(node.op, FloatOp::Reshape | FloatOp::Transpose { .. } | FloatOp::MaxPool(_)));
			for input in &node.inputs {
				if self.uses[*input] == 1 {
					self.bounded[*input] = bounds;
					self.wanted[*input] = self.wanted[*input].or(grid);
					self.results[*input] = self.results[*input].or(result);
				}
			}
		}
	}

	/// The grid of a value: what its reader wants, or what calibration shows.
	fn grid(&self, number: usize) -> Result<Grid, ImportError> {
		if let Some(grid) = self.wanted[number] {
			return Ok(grid);
		}
		if let (FloatOp::Softmax, None) = (&self.graph.nodes[number].op, &self.seen) {
			return Ok(Grid { scale: 1.0 / 256.0, zero_point: -128 });
		}
		let seen = self.seen.as_ref().ok_or(ImportError::NeedsCalibration)?;
		let (low, high) = seen[number].range;
		Ok(Grid::covering(low, high))
	}

	/// Adds the inputs of the program.
	fn inputs(&mut self) -> Result<(), ImportError> {
		let mut specs = Vec::new();
		let mut meanings = Vec::new();
		let features = self.graph.inputs().map(|(number, _)| self.features(number)).collect::<Vec<_>>();
		for ((number, node), features) in self.graph.inputs().zip(features) {
			let FloatOp::Input(kind) = node.op else { continue };
			let (dtype, quantisation, meaning, narrowed) = match (kind, features) {
				(InputKind::Quantised(grid), _) => (Dtype::I8, affine(grid)?, Meaning::Bytes(grid), false),
				(InputKind::Bytes { unsigned }, _) => {
					let grid = Grid { scale: 1.0, zero_point: if unsigned { -128 } else { 0 } };
					(Dtype::I8, affine(grid)?, Meaning::Bytes(grid), false)
				}
				(InputKind::Index, _) => (Dtype::I32, Quantisation::Raw, Meaning::Plain, false),
				(InputKind::Integers, _) => {
					return Err(ImportError::Quantisation(
						"nothing says what the integers of an input stand for".into(),
					))
				}
				(InputKind::Real, Some((scales, zero_points, shifted))) => {
					let points = zero_points.iter().map(|point| integer(*point)).collect::<Result<Vec<_>, _>>()?;
					let quantisation = Quantisation::Affine {
						scales: aivm_inference::quantise::scales(&scales).ok_or_else(too_large)?,
						zero_points: PerChannel::new(points).ok_or_else(too_large)?,
					};
					let dtype = if shifted { Dtype::I32 } else { Dtype::I8 };
					(dtype, quantisation, Meaning::Features { scales, zero_points }, shifted)
				}
				(InputKind::Real, None) if self.rounded(number).is_some() => {
					let grid = self.rounded(number).ok_or_else(too_large)?;
					(Dtype::I8, affine(grid)?, Meaning::Bytes(grid), false)
				}
				(InputKind::Real, None) => {
					let seen = self.seen.as_ref().ok_or(ImportError::NeedsCalibration)?;
					let (low, high) = with_headroom(seen[number].range, self.options.headroom);
					let grid = Grid::covering(low, high);
					(Dtype::I8, affine(grid)?, Meaning::Bytes(grid), false)
				}
			};
			specs.push(TensorSpec { dtype, shape: shape(&node.dims)?, quantisation });
			meanings.push((number, meaning, narrowed));
		}
		self.program = ProgramBuilder::new(specs);
		self.held = vec![(ValueId(0), Meaning::Plain); self.graph.nodes.len()];
		for ((number, meaning, narrowed), place) in meanings.into_iter().zip(0u16..) {
			let mut value = self.program.input(place);
			if narrowed {
				// Only the saturation of the requantisation is wanted.
				let narrow = Requantise { multipliers: PerChannel::One(Multiplier::ONE), zero_point: 0 };
				value = self.program.requantise(value, narrow);
			}
			let held = (value, meaning);
			self.place(number, &held);
			self.held[number] = held;
		}
		Ok(())
	}

	/// The grid that all readers of a value round it to, if they do.
	fn rounded(&self, number: usize) -> Option<Grid> {
		let readers = self.graph.nodes.iter().filter(|node| node.inputs.contains(&number));
		let mut grids = readers.map(|node| match node.op {
			FloatOp::Quantise(grid) => Some(grid),
			_ => None,
		});
		let first = grids.next()??;
		(grids.all(|grid| grid == Some(first)) && !self.graph.outputs.contains(&number)).then_some(first)
	}

	/// Scales and zero points for each channel of an input that only matrix products with float weights read, and
	/// whether a zero point is no byte.
	fn features(&self, number: usize) -> Option<(Vec<f64>, Vec<f64>, bool)> {
		let seen = self.seen.as_ref()?.get(number)?;
		let reads = |node: &&crate::graph::Node| node.inputs.contains(&number);
		let suits =
			|node: &crate::graph::Node| matches!(&node.op, FloatOp::Dense(dense) if dense.weights.quantised.is_none());
		if seen.channels.is_empty()
			|| self.graph.outputs.contains(&number)
			|| !self.graph.nodes.iter().filter(reads).all(suits)
		{
			return None;
		}
		let ranges = seen.channels.iter().map(|range| with_headroom(*range, self.options.headroom)).collect::<Vec<_>>();
		Some(crate::network::feature_grid(&ranges))
	}

	/// Remembers which value of the program stands for a value of the graph.
	fn place(&mut self, number: usize, held: &(ValueId, Meaning)) {
		if self.bounded[number] && matches!(held.1, Meaning::Bytes(_)) {
			// They stand for the value of the reader.
			return;
		}
		let (scales, zero_points) = match &held.1 {
			Meaning::Bytes(grid) => (vec![grid.scale], vec![grid.zero_point]),
			#[allow(clippy::cast_possible_truncation)]
			Meaning::Features { scales, zero_points } => {
				(scales.clone(), zero_points.iter().map(|point| *point as i32).collect())
			}
			Meaning::Sums(units) => (units.clone(), vec![0]),
			Meaning::Plain => (vec![1.0], vec![0]),
		};
		self.placed.push(Placed { node: number, value: held.0, scales, zero_points });
	}

	/// A value as bytes.
	fn byte(&mut self, number: usize) -> Result<(ValueId, Grid), ImportError> {
		if let Some(bytes) = self.bytes[number] {
			return Ok(bytes);
		}
		let (value, meaning) = self.held[number].clone();
		match meaning {
			Meaning::Bytes(grid) => Ok((value, grid)),
			Meaning::Sums(units) => {
				let grid = self.grid(number)?;
				let bytes = (self.requantise(value, &units, grid)?, grid);
				self.bytes[number] = Some(bytes);
				let held = (bytes.0, Meaning::Bytes(grid));
				self.place(number, &held);
				Ok(bytes)
			}
			_ => Err(ImportError::Quantisation("an operator on real numbers reads integers".into())),
		}
	}

	/// A value as bytes of this grid.
	fn byte_of(&mut self, number: usize, grid: Grid) -> Result<ValueId, ImportError> {
		if let (value, Meaning::Sums(units)) = &self.held[number] {
			if self.bytes[number].is_none_or(|(_, made)| made != grid) {
				let (value, units) = (*value, units.clone());
				let made = self.requantise(value, &units, grid)?;
				self.bytes[number].get_or_insert((made, grid));
				return Ok(made);
			}
		}
		let (value, given) = self.byte(number)?;
		if given == grid {
			return Ok(value);
		}
		Ok(self.lookup(value, given, grid, &Function::IDENTITY))
	}

	fn requantise(&mut self, sums: ValueId, units: &[f64], grid: Grid) -> Result<ValueId, ImportError> {
		let factors: Vec<f64> = units.iter().map(|unit| ratio(*unit, grid.scale)).collect();
		let multipliers = multipliers(&factors).ok_or_else(too_large)?;
		Ok(self.program.requantise(sums, Requantise { multipliers, zero_point: zero_point(grid) }))
	}

	/// A table of a function, from one grid to another.
	fn lookup(&mut self, value: ValueId, from: Grid, to: Grid, function: &Function) -> ValueId {
		let table = (i8::MIN..=i8::MAX).map(|x| to.nearest(function.at(from.dequantise(x)))).collect();
		self.program.operation(Op::Lookup(Lookup { table }), vec![value])
	}

	/// Adds the operations of a node.
	fn node(&mut self, number: usize) -> Result<(ValueId, Meaning), ImportError> {
		let node = &self.graph.nodes[number];
		let first = *node.inputs.first().ok_or_else(too_large)?;
		match &node.op {
			FloatOp::Input(_) => Err(too_large()),
			FloatOp::Conv(conv) => self.convolve(first, &conv.weights, &conv.bias, conv.window, conv.groups, number),
			FloatOp::Dense(dense) => self.dense(first, dense, number),
			FloatOp::Affine { factors, offsets } => self.affine(first, factors, offsets, number),
			FloatOp::Map(function) => self.map(first, function, number),
			FloatOp::Add { factor } => {
				let second = *node.inputs.get(1).ok_or_else(too_large)?;
				let ((left, a), (right, b)) = (self.byte(first)?, self.byte(second)?);
				let grid = self.grid(number)?;
				let (factors, shift) = factors([ratio(a.scale, grid.scale), factor * ratio(b.scale, grid.scale)])?;
				let add = Add {
					input_zero_points: [zero_point(a), zero_point(b)],
					factors,
					shift,
					zero_point: zero_point(grid),
				};
				Ok((self.program.operation(Op::Add(add), vec![left, right]), Meaning::Bytes(grid)))
			}
			FloatOp::Multiply => {
				let second = *node.inputs.get(1).ok_or_else(too_large)?;
				let ((left, a), (right, b)) = (self.byte(first)?, self.byte(second)?);
				let grid = self.grid(number)?;
				let multiply = Multiply {
					input_zero_points: [zero_point(a), zero_point(b)],
					multiplier: multiplier(ratio(a.scale * b.scale, grid.scale))?,
					zero_point: zero_point(grid),
				};
				Ok((self.program.operation(Op::Multiply(multiply), vec![left, right]), Meaning::Bytes(grid)))
			}
			FloatOp::MaxPool(window) => {
				let (value, grid) = self.byte(first)?;
				Ok((
					self.program.operation(Op::MaxPool(MaxPool { window: *window }), vec![value]),
					Meaning::Bytes(grid),
				))
			}
			FloatOp::AveragePool { window, count_padding } => {
				let (value, from) = self.byte(first)?;
				let grid = if self.wanted[number].is_none() && self.seen.is_none() { from } else { self.grid(number)? };
				let pool = AveragePool {
					window: *window,
					count_padding: *count_padding,
					input_zero_point: zero_point(from),
					multiplier: multiplier(ratio(from.scale, grid.scale))?,
					zero_point: zero_point(grid),
				};
				Ok((self.program.operation(Op::AveragePool(pool), vec![value]), Meaning::Bytes(grid)))
			}
			FloatOp::Concat { axis } => {
				let grid = match self.grid(number) {
					Ok(grid) => grid,
					Err(_) => self.byte(first)?.1,
				};
				let parts =
					node.inputs.iter().map(|input| self.byte_of(*input, grid)).collect::<Result<Vec<_>, _>>()?;
				let axis = u8::try_from(*axis).map_err(|_| too_large())?;
				Ok((self.program.operation(Op::Concat { axis }, parts), Meaning::Bytes(grid)))
			}
			FloatOp::Reshape => {
				let shape = shape(&node.dims)?;
				self.form(first, number, |program, value| Ok(program.operation(Op::Reshape { shape }, vec![value])))
			}
			FloatOp::Transpose { order } => {
				let (from, to) = (self.graph.nodes[first].dims.clone(), node.dims.clone());
				self.form(first, number, |program, value| transpose(program, value, &from, &to, order))
			}
			FloatOp::Select { places } => {
				let (value, grid) = self.byte(first)?;
				let inputs = self.graph.nodes[first].channels();
				let mut weights = vec![0; places.len() * inputs];
				places.iter().enumerate().for_each(|(output, place)| weights[output * inputs + place] = 1);
				let layer = aivm_inference::Dense {
					input_zero_point: zero_point(grid),
					weight_zero_points: PerChannel::One(0),
					bias: vec![0; places.len()],
					weights,
				};
				let sums = self.program.dense(value, layer);
				Ok((self.requantise(sums, &[grid.scale], grid)?, Meaning::Bytes(grid)))
			}
			FloatOp::Softmax => {
				let (value, from) = self.byte(first)?;
				let grid = self.grid(number)?;
				let top = f64::from(Softmax::MAX_EXPONENTIAL);
				#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
				let exponential = |steps: u32| ((-from.scale * f64::from(steps)).exp() * top).round_ties_even() as u32;
				let softmax = Softmax {
					exponentials: (0..aivm_inference::TABLE).map(exponential).collect(),
					multiplier: multiplier(ratio(1.0, grid.scale))?,
					zero_point: zero_point(grid),
				};
				Ok((self.program.operation(Op::Softmax(softmax), vec![value]), Meaning::Bytes(grid)))
			}
			FloatOp::Embed { width, table } => self.embed(first, *width, table),
			FloatOp::Constant(numbers) => self.constant(first, numbers, &node.dims),
			FloatOp::Quantise(grid) => Ok((self.byte_of(first, *grid)?, Meaning::Bytes(*grid))),
			FloatOp::ArgMax => {
				let value = match &self.held[first] {
					(value, Meaning::Sums(units)) if uniform(units) => *value,
					(value, Meaning::Plain) => *value,
					_ => self.byte(first)?.0,
				};
				Ok((self.program.arg_max(value), Meaning::Plain))
			}
		}
	}

	/// An operator that moves elements only: on sums if they become a result.
	fn form(
		&mut self,
		input: usize,
		number: usize,
		apply: impl FnOnce(&mut ProgramBuilder, ValueId) -> Result<ValueId, ImportError>,
	) -> Result<(ValueId, Meaning), ImportError> {
		let (value, meaning) = match &self.held[input] {
			(value, Meaning::Sums(units)) if self.results[number].is_some() && uniform(units) => {
				(*value, Meaning::Sums(vec![units[0]]))
			}
			(value, Meaning::Plain) => (*value, Meaning::Plain),
			_ => {
				let (value, grid) = self.byte(input)?;
				(value, Meaning::Bytes(grid))
			}
		};
		Ok((apply(&mut self.program, value)?, meaning))
	}

	/// The means by channel of a value, if calibration rows were given.
	fn means(&self, number: usize) -> Option<&[f64]> {
		Some(self.seen.as_ref()?.get(number)?.means.as_slice())
	}

	fn convolve(
		&mut self,
		input: usize,
		weights: &Weights,
		bias: &[f64],
		window: Window,
		groups: usize,
		number: usize,
	) -> Result<(ValueId, Meaning), ImportError> {
		let (value, grid) = self.byte(input)?;
		let groups = groups.max(1);
		let reads = ProductInput {
			scales: &[grid.scale],
			means: self.means(input),
			group: (self.graph.nodes[input].channels() / groups, bias.len() / groups),
		};
		let made = integers(weights, bias, &reads, self.results[number] == Some(true))?;
		let layer = Conv2d {
			window,
			groups: u32::try_from(groups).map_err(|_| too_large())?,
			input_zero_point: zero_point(grid),
			weight_zero_points: made.zero_points,
			bias: made.bias,
			weights: made.weights,
		};
		Ok((self.program.operation(Op::Conv2d(layer), vec![value]), Meaning::Sums(made.units)))
	}

	fn dense(&mut self, input: usize, dense: &Dense, number: usize) -> Result<(ValueId, Meaning), ImportError> {
		let (value, scales, zero_points) = match self.held[input].clone() {
			(value, Meaning::Features { scales, zero_points }) => (value, scales, zero_points),
			_ => {
				let (value, grid) = self.byte(input)?;
				(value, vec![grid.scale], vec![f64::from(grid.zero_point)])
			}
		};
		let inputs = self.graph.nodes[input].channels();
		let reads = ProductInput { scales: &scales, means: self.means(input), group: (inputs, dense.bias.len()) };
		let mut made = integers(&dense.weights, &dense.bias, &reads, self.results[number] == Some(true))?;
		// A layer subtracts one zero point from its input. Where features have their own, the bias subtracts them.
		let common = zero_points.first().copied().filter(|first| zero_points.iter().all(|point| point == first));
		let common = common.filter(|point| (-128.0..=127.0).contains(point));
		if common.is_none() {
			for (bias, row) in made.bias.iter_mut().zip(made.weights.chunks_exact(inputs.max(1))) {
				let moved: f64 =
					row.iter().zip(zero_points.iter().cycle()).map(|(weight, point)| f64::from(*weight) * point).sum();
				*bias = integer(f64::from(*bias) - moved)?;
			}
		}
		#[allow(clippy::cast_possible_truncation)]
		let layer = aivm_inference::Dense {
			input_zero_point: common.unwrap_or(0.0) as i8,
			weight_zero_points: made.zero_points,
			bias: made.bias,
			weights: made.weights,
		};
		Ok((self.program.dense(value, layer), Meaning::Sums(made.units)))
	}

	/// A factor and an offset for each channel: a convolution of one element that does not mix channels.
	#[allow(clippy::cast_possible_truncation)]
	fn affine(
		&mut self,
		input: usize,
		factors: &[f64],
		offsets: &[f64],
		number: usize,
	) -> Result<(ValueId, Meaning), ImportError> {
		let (value, grid) = self.byte(input)?;
		let dims = self.graph.nodes[input].dims.clone();
		let channels = factors.len();
		let rows = dims.iter().product::<usize>() / channels.max(1);
		let image = shape(&[1, 1, rows, channels])?;
		let is_image = dims.len() == 4;
		let flat = if is_image { value } else { self.program.operation(Op::Reshape { shape: image }, vec![value]) };
		let weights = Weights { values: factors.iter().map(|factor| *factor as f32).collect(), quantised: None };
		let reads = ProductInput { scales: &[grid.scale], means: self.means(input), group: (1, 1) };
		let made = integers(&weights, offsets, &reads, false)?;
		let layer = Conv2d {
			window: Window::plain([1, 1], 1),
			groups: u32::try_from(channels).map_err(|_| too_large())?,
			input_zero_point: zero_point(grid),
			weight_zero_points: made.zero_points,
			bias: made.bias,
			weights: made.weights,
		};
		let sums = self.program.operation(Op::Conv2d(layer), vec![flat]);
		let to = self.grid(number)?;
		let bytes = self.requantise(sums, &made.units, to)?;
		let value =
			if is_image { bytes } else { self.program.operation(Op::Reshape { shape: shape(&dims)? }, vec![bytes]) };
		Ok((value, Meaning::Bytes(to)))
	}

	fn map(&mut self, input: usize, function: &Function, number: usize) -> Result<(ValueId, Meaning), ImportError> {
		let (value, from) = self.byte(input)?;
		if let Some((low, high)) = function.clamp() {
			// Bounds on the grid of the input, unless another one is wanted.
			if self.wanted[number].is_none_or(|wanted| wanted == from) {
				let (low, high) = (from.quantise(low), from.quantise(high));
				let value = match (low, high) {
					(i8::MIN, i8::MAX) => value,
					(low, high) => {
						let clamp = Clamp { low: low.min(high).into(), high: high.into() };
						self.program.operation(Op::Clamp(clamp), vec![value])
					}
				};
				return Ok((value, Meaning::Bytes(from)));
			}
		}
		let to = self.grid(number)?;
		Ok((self.lookup(value, from, to, function), Meaning::Bytes(to)))
	}

	fn embed(&mut self, input: usize, width: usize, table: &Weights) -> Result<(ValueId, Meaning), ImportError> {
		let (value, Meaning::Plain) = self.held[input].clone() else {
			return Err(ImportError::Quantisation("a table is read at places that are no integers".into()));
		};
		let (grid, entries) = bytes(table);
		let rows = table.values.len() / width.max(1);
		let last = i32::try_from(rows.saturating_sub(1)).map_err(|_| too_large())?;
		let bounded = self.program.clamp(value, 0, last);
		let embed = Embed { width: u32::try_from(width).map_err(|_| too_large())?, table: entries };
		Ok((self.program.operation(Op::Embed(embed), vec![bounded]), Meaning::Bytes(grid)))
	}

	/// A constant: the only row of a table, at place 0. The place comes from a value, as everything in a program does.
	fn constant(
		&mut self,
		anchor: usize,
		numbers: &Weights,
		dims: &[usize],
	) -> Result<(ValueId, Meaning), ImportError> {
		let (value, _) = self.byte(anchor)?;
		let (to, entries) = bytes(numbers);
		let elements = self.graph.nodes[anchor].len();
		let flat = self.program.operation(Op::Reshape { shape: shape(&[1, elements])? }, vec![value]);
		let place = self.program.arg_max(flat);
		let first = self.program.clamp(place, 0, 0);
		let embed = Embed { width: u32::try_from(entries.len()).map_err(|_| too_large())?, table: entries };
		let row = self.program.operation(Op::Embed(embed), vec![first]);
		Ok((self.program.operation(Op::Reshape { shape: shape(dims)? }, vec![row]), Meaning::Bytes(to)))
	}

	/// Adds the outputs of the program.
	fn outputs(&mut self, classifies: bool) -> Result<(), ImportError> {
		for output in &self.graph.outputs {
			let (mut value, mut meaning) = self.held[*output].clone();
			let mixed = matches!(&meaning, Meaning::Sums(units) if !uniform(units) && classifies);
			if mixed {
				// Sums of different units cannot be compared.
				let (bytes, grid) = self.byte(*output)?;
				(value, meaning) = (bytes, Meaning::Bytes(grid));
			}
			if usize::from(value.0) < self.graph.inputs().count() {
				// The input as it is: a program has an operation at least.
				let shape = shape(&self.graph.nodes[*output].dims)?;
				value = self.program.operation(Op::Reshape { shape }, vec![value]);
			}
			if classifies {
				let class = self.program.arg_max(value);
				self.program.output(class, Quantisation::Raw);
			}
			let quantisation = match meaning {
				Meaning::Bytes(grid) => affine(grid)?,
				Meaning::Sums(units) => Quantisation::Affine {
					scales: scales(&units).ok_or_else(too_large)?,
					zero_points: PerChannel::One(0),
				},
				Meaning::Plain => Quantisation::Raw,
				Meaning::Features { .. } => return Err(too_large()),
			};
			self.program.output(value, quantisation);
		}
		Ok(())
	}
}

/// Numbers as bytes of one grid: as the model states them, or the one that covers them.
fn bytes(numbers: &Weights) -> (Grid, Vec<i8>) {
	if let Some(quantised) = numbers.quantised.as_ref().filter(|quantised| quantised.scales.len() == 1) {
		let zero_point = quantised.zero_points.first().copied().unwrap_or(0).into();
		return (Grid { scale: quantised.scales[0], zero_point }, quantised.integers.clone());
	}
	let low = numbers.values.iter().copied().fold(0.0, f32::min);
	let high = numbers.values.iter().copied().fold(0.0, f32::max);
	let grid = Grid::covering(low.into(), high.into());
	(grid, numbers.values.iter().map(|value| grid.quantise((*value).into())).collect())
}

/// `left / right` in single precision, as quantised operators of ONNX Runtime compute it.
#[allow(clippy::cast_possible_truncation)]
fn ratio(left: f64, right: f64) -> f64 {
	f64::from(left as f32 / right as f32)
}

fn multiplier(value: f64) -> Result<Multiplier, ImportError> {
	Multiplier::from_f64(value).ok_or_else(too_large)
}

/// Two factors as integers with a common shift; the larger has 31 bits.
fn factors(values: [f64; 2]) -> Result<([i32; 2], u8), ImportError> {
	let largest = values[0].abs().max(values[1].abs());
	let top = multiplier(largest)?;
	let scale = f64::from(top.shift()).exp2();
	let factor =
		|value: f64| integer((value * scale).round_ties_even().clamp(-f64::from(i32::MAX), f64::from(i32::MAX)));
	Ok(([factor(values[0])?, factor(values[1])?], top.shift()))
}

fn uniform(units: &[f64]) -> bool {
	units.iter().all(|unit| Some(unit) == units.first())
}

fn zero_point(grid: Grid) -> i8 {
	i8::try_from(grid.zero_point).unwrap_or(0)
}

fn affine(grid: Grid) -> Result<Quantisation, ImportError> {
	Ok(Quantisation::Affine {
		scales: scales(&[grid.scale]).ok_or_else(too_large)?,
		zero_points: PerChannel::One(grid.zero_point),
	})
}
