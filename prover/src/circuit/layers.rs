// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Layers: products with weights, windows, and what is done to each element.

use aivm_inference::{
	Add, AveragePool, Clamp, Conv2d, Dense, Dtype, Multiply, Op, Operation, Requantise, Shape, ValueId, Window,
};

use super::{
	compile::{bias_bits, channel, Compiler},
	number::{Number, Sum},
	quantise::{gcd, Scaling},
	Mode,
};
use crate::error::CompileError;

/// Weights of a layer: what everybody knows, or numbers of the circuit.
enum Weights<'a> {
	Public { bias: &'a [i32], weights: &'a [i8] },
	Private { bias: Vec<Number>, weights: Vec<Number> },
}

/// One term of a sum of products: the place of the weight, and the element.
type Term<'a> = (usize, &'a Number);

impl Compiler<'_> {
	fn layer_weights<'a>(&mut self, bias: &'a [i32], weights: &'a [i8]) -> Result<Weights<'a>, CompileError> {
		Ok(match self.mode {
			Mode::PublicWeights => Weights::Public { bias, weights },
			Mode::PrivateWeights => Weights::Private {
				bias: self.weight_list(bias.len(), Dtype::I32, bias_bits(bias))?,
				weights: self.weight_list(weights.len(), Dtype::I8, 8)?,
			},
		})
	}

	/// `bias[output] + sum of (element - zero) * (weight - weight_zero)`.
	///
	/// Public weights make a combination, which gets one variable. Each private weight takes one equation.
	fn products<'a>(
		&mut self,
		weights: &Weights<'_>,
		output: usize,
		zero: i8,
		weight_zero: i8,
		terms: impl Iterator<Item = Term<'a>>,
	) -> Number {
		let (zero, weight_zero) = (i128::from(zero), i128::from(weight_zero));
		match weights {
			Weights::Public { bias, weights } => {
				let mut sum = Sum::starting_at(bias.get(output).copied().unwrap_or_default().into());
				for (place, element) in terms {
					let weight = weights.get(place).copied().unwrap_or_default();
					sum.add(i128::from(weight) - weight_zero, element, zero);
				}
				self.builder.short_number(sum.finish())
			}
			Weights::Private { bias, weights } => {
				let mut sum = bias.get(output).cloned().unwrap_or_else(|| Number::constant(0));
				for (place, element) in terms {
					let Some(weight) = weights.get(place) else { continue };
					let weight = weight.affine(1, -weight_zero);
					let element = element.affine(1, -zero);
					let linear = self.builder.product_plus(&sum.linear, &weight.linear, &element.linear);
					let (low, high) = product(&weight, &element);
					sum = Number::new(linear, sum.low + low, sum.high + high);
				}
				sum
			}
		}
	}

	pub(crate) fn dense(&mut self, layer: &Dense, input: ValueId) -> Result<Vec<Number>, CompileError> {
		let features = (self.type_of(input).shape.features() as usize).max(1);
		let weights = self.layer_weights(&layer.bias, &layer.weights)?;
		let elements = self.value(input).to_vec();
		let mut result = Vec::new();
		for row in elements.chunks_exact(features) {
			for output in 0..layer.bias.len() {
				let terms = row.iter().enumerate().map(|(place, element)| (output * features + place, element));
				let weight_zero = channel(&layer.weight_zero_points, output);
				result.push(self.products(&weights, output, layer.input_zero_point, weight_zero, terms));
				self.builder.check_size()?;
			}
		}
		Ok(result)
	}

	pub(crate) fn conv2d(
		&mut self,
		layer: &Conv2d,
		input: ValueId,
		made: ValueId,
	) -> Result<Vec<Number>, CompileError> {
		let geometry = Geometry::new(layer.window, &self.type_of(input).shape, &self.type_of(made).shape);
		let weights = self.layer_weights(&layer.bias, &layer.weights)?;
		let elements = self.value(input).to_vec();
		let groups = (layer.groups as usize).max(1);
		let (depth, width) = (geometry.channels / groups, layer.bias.len() / groups);
		let mut result = Vec::new();
		for position in 0..geometry.positions {
			let covered = geometry.covered(position);
			for output in 0..layer.bias.len() {
				let group = output / width.max(1);
				let area = geometry.kernel[0] * geometry.kernel[1];
				let terms = covered.iter().flat_map(|(kernel, first)| {
					let from = first + group * depth;
					let row = elements.get(from..from + depth).unwrap_or_default();
					let place = (output * area + kernel) * depth;
					row.iter().enumerate().map(move |(channel, element)| (place + channel, element))
				});
				let weight_zero = channel(&layer.weight_zero_points, output);
				result.push(self.products(&weights, output, layer.input_zero_point, weight_zero, terms));
				self.builder.check_size()?;
			}
		}
		Ok(result)
	}

	/// A requantisation or a clamp. Where its result only goes into a pool, it waits for the pool.
	pub(crate) fn stepwise(&mut self, number: u16, input: ValueId) -> Result<Vec<Number>, CompileError> {
		if self.is_waiting(input) || self.should_wait(number, input) {
			self.wait(number, input);
			return Ok(self.value(input).to_vec());
		}
		let elements = self.value(input).to_vec();
		self.apply(number, elements, self.type_of(input).shape.features())
	}

	/// Runs a requantisation or a clamp on elements of so many channels.
	fn apply(&mut self, number: u16, elements: Vec<Number>, features: u32) -> Result<Vec<Number>, CompileError> {
		let program = self.program;
		let Some(operation) = program.operations().get(usize::from(number)) else { return Ok(elements) };
		let (low, high) = self.bounds_after(number);
		let mut result = Vec::with_capacity(elements.len());
		for (place, element) in elements.iter().enumerate() {
			result.push(match &operation.op {
				Op::Requantise(layer) => {
					let scaling = requantisation(layer, place % (features as usize).max(1), low, high);
					self.quantise(element, &scaling)
				}
				Op::Clamp(Clamp { low, high }) => self.builder.clamp(element, (*low).into(), (*high).into()),
				_ => element.clone(),
			});
			self.builder.check_size()?;
		}
		Ok(result)
	}

	/// The range that 8-bit results of an operation may be cut to: that of the type, and of a clamp that is their only use.
	fn bounds_after(&self, number: u16) -> (i128, i128) {
		match self.only_use(self.made_by(number)) {
			Some((_, Operation { op: Op::Clamp(Clamp { low, high }), .. })) => ((*low).into(), (*high).into()),
			_ => (i8::MIN.into(), i8::MAX.into()),
		}
	}

	/// Whether an operation should run after the pool that its result goes into, with clamps between them or not: windows
	/// that hardly overlap leave much less to quantise, but comparing sums takes more bits than comparing their results.
	fn should_wait(&self, number: u16, input: ValueId) -> bool {
		if self.type_of(input).dtype != Dtype::I32 {
			return false;
		}
		let mut made = self.made_by(number);
		loop {
			match self.only_use(made) {
				Some((next, Operation { op: Op::Clamp(_), .. })) => made = self.made_by(next),
				Some((next, Operation { op: Op::MaxPool(pool), .. })) => {
					let (before, after) = (self.type_of(made), self.type_of(self.made_by(next)));
					let (before, after) = (u64::from(before.shape.elements()), u64::from(after.shape.elements()));
					let others = u64::from(pool.window.area()) - 1;
					return before * 34 + after * others * 9 > after * (34 + others * 24);
				}
				_ => return false,
			}
		}
	}

	pub(crate) fn max_pool(
		&mut self,
		window: &Window,
		input: ValueId,
		made: ValueId,
	) -> Result<Vec<Number>, CompileError> {
		let geometry = Geometry::new(*window, &self.type_of(input).shape, &self.type_of(made).shape);
		let elements = self.value(input).to_vec();
		let mut result = Vec::new();
		for position in 0..geometry.positions {
			let covered = geometry.covered(position);
			for channel in 0..geometry.channels {
				let mut window = covered.iter().filter_map(|(_, first)| elements.get(first + channel));
				let mut most = window.next().cloned().unwrap_or_else(|| Number::constant(0));
				for element in window {
					most = self.builder.max(&most, element);
				}
				result.push(most);
			}
			self.builder.check_size()?;
		}
		for waiting in self.waiting(input) {
			result = self.apply(waiting, result, self.type_of(made).shape.features())?;
		}
		Ok(result)
	}

	pub(crate) fn average_pool(
		&mut self,
		layer: &AveragePool,
		input: ValueId,
		made: ValueId,
	) -> Result<Vec<Number>, CompileError> {
		let geometry = Geometry::new(layer.window, &self.type_of(input).shape, &self.type_of(made).shape);
		let elements = self.value(input).to_vec();
		let mut result = Vec::new();
		for position in 0..geometry.positions {
			let covered = geometry.covered(position);
			let count = if layer.count_padding { layer.window.area() as usize } else { covered.len() };
			let scaling = Scaling {
				numerator: layer.multiplier.mantissa().into(),
				offset: 0,
				denominator: (count.max(1) as i128) << layer.multiplier.shift(),
				zero: layer.zero_point.into(),
				low: i8::MIN.into(),
				high: i8::MAX.into(),
			};
			for channel in 0..geometry.channels {
				let mut sum = Sum::starting_at(0);
				for element in covered.iter().filter_map(|(_, first)| elements.get(first + channel)) {
					sum.add(1, element, layer.input_zero_point.into());
				}
				result.push(self.quantise(&sum.finish(), &scaling));
			}
			self.builder.check_size()?;
		}
		Ok(result)
	}

	/// [`Op::Add`] and [`Op::Multiply`].
	pub(crate) fn pairwise(&mut self, number: u16, operation: &Operation) -> Result<Vec<Number>, CompileError> {
		let [first, second] = operation.inputs[..] else { return Ok(Vec::new()) };
		let (low, high) = self.bounds_after(number);
		let (left, right) = (self.value(first).to_vec(), self.value(second).to_vec());
		let places = repeated(&self.type_of(second).shape, &self.type_of(first).shape);
		let weights = match &operation.op {
			Op::Add(add) => Some(AddFit::find(add, hull(&left), hull(&right), low, high)),
			_ => None,
		};
		let mut result = Vec::with_capacity(left.len());
		for (left, place) in left.iter().zip(places) {
			let Some(right) = right.get(place) else { continue };
			result.push(match (&operation.op, &weights) {
				(Op::Multiply(layer), _) => self.multiply(layer, left, right, low, high),
				(Op::Add(add), Some(fit)) => {
					let mut sum = Sum::starting_at(0);
					sum.add(fit.factors[0], left, add.input_zero_points[0].into());
					sum.add(fit.factors[1], right, add.input_zero_points[1].into());
					self.quantise(&sum.finish(), &fit.scaling)
				}
				_ => left.clone(),
			});
			self.builder.check_size()?;
		}
		Ok(result)
	}

	fn multiply(&mut self, layer: &Multiply, left: &Number, right: &Number, low: i128, high: i128) -> Number {
		let [left_zero, right_zero] = layer.input_zero_points.map(i128::from);
		let (left, right) = (left.affine(1, -left_zero), right.affine(1, -right_zero));
		let linear = self.builder.product(&left.linear, &right.linear);
		let ends = product(&left, &right);
		let scaling = Scaling {
			numerator: layer.multiplier.mantissa().into(),
			offset: 0,
			denominator: 1 << layer.multiplier.shift(),
			zero: layer.zero_point.into(),
			low,
			high,
		};
		self.quantise(&Number::new(linear, ends.0, ends.1), &scaling)
	}
}

/// The scaling of a requantisation in one channel, cut to `low..=high`.
fn requantisation(layer: &Requantise, place: usize, low: i128, high: i128) -> Scaling {
	let multiplier = layer.multipliers.get(place).copied().unwrap_or(aivm_inference::Multiplier::ONE);
	Scaling {
		numerator: multiplier.mantissa().into(),
		offset: 0,
		denominator: 1 << multiplier.shift(),
		zero: layer.zero_point.into(),
		low,
		high,
	}
}

/// The smallest and the largest product of two numbers.
fn product(left: &Number, right: &Number) -> (i128, i128) {
	let corners = [left.low, left.high].into_iter().flat_map(|left| [left * right.low, left * right.high]);
	corners.fold((i128::MAX, i128::MIN), |(low, high), corner| (low.min(corner), high.max(corner)))
}

/// The interval that holds all numbers.
fn hull(numbers: &[Number]) -> (i128, i128) {
	numbers.iter().fold((i128::MAX, i128::MIN), |(low, high), number| (low.min(number.low), high.max(number.high)))
}

/// Factors of an [`Add`], small if possible, and how their sum is scaled.
struct AddFit {
	factors: [i128; 2],
	scaling: Scaling,
}

impl AddFit {
	/// The smallest factors that give the same result for each pair of elements of these intervals, compared at each pair; the
	/// factors of the program if there are none, because halves are rounded to even.
	fn find(add: &Add, left: (i128, i128), right: (i128, i128), low: i128, high: i128) -> Self {
		let common =
			gcd(gcd(add.factors[0].unsigned_abs().into(), add.factors[1].unsigned_abs().into()), 1 << add.shift);
		let factors = add.factors.map(|factor| i128::from(factor) / common);
		let (zero, denominator) = (add.zero_point.into(), (1 << add.shift) / common);
		let scaling = Scaling { numerator: 1, offset: 0, denominator, zero, low, high };
		let [left_zero, right_zero] = add.input_zero_points.map(i128::from);
		let (lefts, rights) = (left.0 - left_zero..=left.1 - left_zero, right.0 - right_zero..=right.1 - right_zero);
		for shift in 4..denominator.ilog2().min(24) {
			let divisor = Scaling { denominator: denominator >> shift, zero: 0, ..scaling };
			let small = factors.map(|factor| divisor.exact(factor));
			// The offsets with which each pair gives its result: `low` and `high` stand for all that is beyond.
			let (mut from, mut to) = (i128::MIN, i128::MAX);
			for left in lefts.clone() {
				for right in rights.clone() {
					let result = scaling.apply(factors[0] * left + factors[1] * right);
					let sum = small[0] * left + small[1] * right;
					if result > low {
						from = from.max((result << shift) - sum);
					}
					if result < high {
						to = to.min(((result + 1) << shift) - 1 - sum);
					}
				}
				if from > to {
					break;
				}
			}
			let offset = if from == i128::MIN { to } else { from };
			if from <= to && offset != i128::MAX {
				// Twice the sum and an odd number are never half-way, so this rounding is floor((sum + offset) / 2^shift).
				let offset = 2 * offset + 1 - (1 << shift);
				let scaling = Scaling { numerator: 2, offset, denominator: 2 << shift, zero: 0, low, high };
				return Self { factors: small, scaling };
			}
		}
		Self { factors, scaling }
	}
}

/// Where windows lie: the input has images, rows, columns and channels.
struct Geometry {
	window: Window,
	kernel: [usize; 2],
	size: [usize; 2],
	channels: usize,
	output: [usize; 2],
	positions: usize,
}

impl Geometry {
	/// Windows on shapes of four dimensions, which validation demands.
	fn new(window: Window, input: &Shape, output: &Shape) -> Self {
		let dims = |shape: &Shape| {
			let mut dims = [1; 4];
			for (slot, dim) in dims.iter_mut().zip(shape.dims()) {
				*slot = *dim as usize;
			}
			dims
		};
		let [images, height, width, channels] = dims(input);
		let [_, rows, columns, _] = dims(output);
		Self {
			window,
			kernel: window.kernel.map(usize::from),
			size: [height, width],
			channels,
			output: [rows, columns],
			positions: images * rows * columns,
		}
	}

	/// The elements of the input that a window covers: place in the kernel, and number of the first channel.
	fn covered(&self, position: usize) -> Vec<(usize, usize)> {
		let [rows, columns] = self.output;
		let (line, column) = (position / columns.max(1), position % columns.max(1));
		let (image, row) = (line / rows.max(1), line % rows.max(1));
		let along = |axis: usize, at: usize| {
			let stride = usize::from(self.window.strides[axis]);
			let dilation = usize::from(self.window.dilations[axis]);
			let (before, length) = (usize::from(self.window.before[axis]), self.size[axis]);
			let place = move |kernel: usize| (at * stride + kernel * dilation).checked_sub(before);
			let inside = move |kernel| place(kernel).filter(|place| *place < length).map(|place| (kernel, place));
			(0..self.kernel[axis]).filter_map(inside).collect::<Vec<_>>()
		};
		let (vertical, horizontal) = (along(0, row), along(1, column));
		let mut covered = Vec::with_capacity(vertical.len() * horizontal.len());
		for (top, y) in &vertical {
			for (left, x) in &horizontal {
				let first = ((image * self.size[0] + y) * self.size[1] + x) * self.channels;
				covered.push((top * self.kernel[1] + left, first));
			}
		}
		covered
	}
}

/// For each element of `target`, the place of the element of `source` that meets it: `source` repeats along axes of size 1.
fn repeated(source: &Shape, target: &Shape) -> Vec<usize> {
	let place = |number: u32| {
		let (mut rest, mut place, mut step) = (number, 0, 1);
		for (from, to) in source.dims().iter().zip(target.dims()).rev() {
			if *from > 1 {
				place += (rest % to) * step;
			}
			step *= from;
			rest /= to;
		}
		place as usize
	};
	(0..target.elements()).map(place).collect()
}
