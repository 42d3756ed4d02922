// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! One operation at a time, whole or some rows of its result: from tensors to a tensor.

use alloc::vec::Vec;
use core::ops::Range;

use crate::{
	error::OperationError,
	kernels::{
		layout::{concat, pick, Piece, Strides},
		rows as row, windows, Kernels,
	},
	operation::{AveragePool, Conv2d, MaxPool, Op},
	tensor::{Data, Dtype, Shape, Tensor, TensorType},
	window::{size, Geometry, Window},
};

/// Elements that lie together in a tensor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slice<'a> {
	/// Type of the whole tensor.
	pub tensor_type: TensorType,
	/// How many of its elements lie before the slice.
	pub start: u32,
	/// The elements of the slice.
	pub elements: Elements<'a>,
}

/// Borrowed elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Elements<'a> {
	/// 8-bit elements.
	I8(&'a [i8]),
	/// 32-bit elements.
	I32(&'a [i32]),
}

impl<'a> From<&'a Data> for Elements<'a> {
	fn from(data: &'a Data) -> Self {
		match data {
			Data::I8(elements) => Self::I8(elements),
			Data::I32(elements) => Self::I32(elements),
		}
	}
}

impl<'a> From<&'a Tensor> for Slice<'a> {
	fn from(tensor: &'a Tensor) -> Self {
		Self { tensor_type: tensor.tensor_type(), start: 0, elements: tensor.data().into() }
	}
}

impl<'a> Slice<'a> {
	/// The elements of the tensor with these numbers.
	pub(crate) fn part(&self, range: &Range<u32>) -> Result<Elements<'a>, OperationError> {
		let begin = range.start.checked_sub(self.start).map(size);
		let end = range.end.checked_sub(self.start).map(size);
		let (Some(begin), Some(end)) = (begin, end) else { return Err(OperationError::MissingElements) };
		match self.elements {
			Elements::I8(elements) => elements.get(begin..end).map(Elements::I8),
			Elements::I32(elements) => elements.get(begin..end).map(Elements::I32),
		}
		.ok_or(OperationError::MissingElements)
	}
}

/// Runs one operator: a pure function of its parameters and inputs, and the definition of what it means.
///
/// Fails only if inputs and parameters do not fit each other, which validation excludes.
pub fn execute_op<K: Kernels>(op: &Op, inputs: &[&Tensor]) -> Result<Tensor, OperationError> {
	let run = |slices: &[Slice<'_>], types: &[TensorType]| {
		let output = op.output_type(types)?;
		let data = execute::<K>(op, slices, &output, 0..output.shape.rows())?;
		Tensor::new(output.shape, data).ok_or(OperationError::OutputShape)
	};
	match inputs {
		// Most operators have one input: no lists then.
		[input] => run(&[Slice::from(*input)], &[input.tensor_type()]),
		inputs => {
			let slices = inputs.iter().map(|input| Slice::from(*input)).collect::<Vec<_>>();
			let types = inputs.iter().map(|input| input.tensor_type()).collect::<Vec<_>>();
			run(&slices, &types)
		}
	}
}

/// Makes some rows of an operator's result, from the parts of its inputs that [`needed_elements`] names.
///
/// Fails if inputs and parameters do not fit each other, or a slice lacks elements.
pub fn execute_rows<K: Kernels>(op: &Op, inputs: &[Slice<'_>], rows: Range<u32>) -> Result<Data, OperationError> {
	let types = inputs.iter().map(|input| input.tensor_type).collect::<Vec<_>>();
	let output = op.output_type(&types)?;
	if rows.start > rows.end || rows.end > output.shape.rows() {
		return Err(OperationError::MissingElements);
	}
	// What the kernels read past a slice would be silently left out.
	for (slice, needed) in inputs.iter().zip(needed_elements(op, &types, &output, rows.clone())) {
		slice.part(&needed)?;
	}
	execute::<K>(op, inputs, &output, rows)
}

/// Which elements of each input these rows of the result depend on: one range of neighbours for each input.
///
/// `inputs` and `output` are types that [`Op::output_type`] accepts and returns.
pub fn needed_elements(op: &Op, inputs: &[TensorType], output: &TensorType, rows: Range<u32>) -> Vec<Range<u32>> {
	let same = elements_of(&output.shape, &rows);
	let of = |(number, input): (usize, &TensorType)| {
		let whole = 0..input.shape.elements();
		match op {
			Op::Dense(_)
			| Op::Requantise(_)
			| Op::Clamp(_)
			| Op::ArgMax
			| Op::TreeEnsemble(_)
			| Op::Lookup(_)
			| Op::Softmax(_) => elements_of(&input.shape, &rows),
			Op::Conv2d(Conv2d { window, groups, .. }) => {
				geometry(*window, &input.shape, &output.shape, *groups, &rows).map_or(whole, |part| part.reach())
			}
			Op::MaxPool(MaxPool { window }) | Op::AveragePool(AveragePool { window, .. }) => {
				geometry(*window, &input.shape, &output.shape, 1, &rows).map_or(whole, |part| part.reach())
			}
			Op::Add(_) | Op::Multiply(_) if number == 0 || input.shape == output.shape => same.clone(),
			Op::Add(_) | Op::Multiply(_) | Op::Transpose { .. } => whole,
			Op::Concat { axis } => {
				let (inner, total) = (inner(&input.shape, *axis), inner(&output.shape, *axis).max(1));
				let block = |place: u32| place.checked_div(total).unwrap_or(0);
				let end = block(same.end.saturating_sub(1)).saturating_add(1).saturating_mul(inner);
				block(same.start).saturating_mul(inner)..end.min(whole.end)
			}
			Op::Reshape { .. } => same.clone(),
			Op::Embed(_) => rows.clone(),
		}
	};
	inputs.iter().enumerate().map(of).collect()
}

/// The elements of some rows.
pub(crate) fn elements_of(shape: &Shape, rows: &Range<u32>) -> Range<u32> {
	let features = shape.features();
	rows.start.saturating_mul(features)..rows.end.saturating_mul(features)
}

/// Elements for one place of the axes before `axis`.
fn inner(shape: &Shape, axis: u8) -> u32 {
	shape.dims().iter().skip(axis.into()).fold(1, |product: u32, dim| product.saturating_mul(*dim))
}

fn geometry(window: Window, input: &Shape, output: &Shape, groups: u32, rows: &Range<u32>) -> Option<Geometry> {
	let whole = Geometry::new(window, input, output, groups)?;
	Some(Geometry { first: rows.start, count: rows.end.saturating_sub(rows.start), ..whole })
}

/// Makes rows of a result whose type is `output`.
fn execute<K: Kernels>(
	op: &Op,
	inputs: &[Slice<'_>],
	output: &TensorType,
	rows: Range<u32>,
) -> Result<Data, OperationError> {
	match (op, inputs) {
		(Op::Concat { axis }, inputs) => concatenate(inputs, output, *axis, &rows),
		(Op::Add(_) | Op::Multiply(_), [first, second]) => pairwise(op, first, second, output, rows),
		(op, [input]) => unary::<K>(op, input, output, rows),
		_ => Err(OperationError::InputCount { expected: 1, given: u16::try_from(inputs.len()).unwrap_or(u16::MAX) }),
	}
}

fn unary<K: Kernels>(
	op: &Op,
	input: &Slice<'_>,
	output: &TensorType,
	rows: Range<u32>,
) -> Result<Data, OperationError> {
	let shape = &input.tensor_type.shape;
	let features = size(shape.features());
	let part = match op {
		// Windows and transpositions look at more than the rows.
		Op::Conv2d(_) | Op::MaxPool(_) | Op::AveragePool(_) | Op::Transpose { .. } => input.elements,
		Op::Reshape { .. } => input.part(&elements_of(&output.shape, &rows))?,
		Op::Embed(_) => input.part(&rows)?,
		_ => input.part(&elements_of(shape, &rows))?,
	};
	let windows_of = |window: &Window, groups: u32| {
		let part = geometry(*window, shape, &output.shape, groups, &rows).ok_or(OperationError::Window)?;
		Ok::<_, OperationError>(Geometry { start: input.start, ..part })
	};
	Ok(match (op, part) {
		(Op::Dense(layer), Elements::I8(values)) => Data::I32(row::dense::<K>(values, features, layer)),
		(Op::Requantise(layer), Elements::I32(values)) => {
			Data::I8(row::requantise_rows(values, features, &layer.multipliers, layer.zero_point))
		}
		(Op::Clamp(clamp), Elements::I8(values)) => Data::I8(row::clamp(values, narrow(clamp.low), narrow(clamp.high))),
		(Op::Clamp(clamp), Elements::I32(values)) => Data::I32(row::clamp(values, clamp.low, clamp.high)),
		(Op::ArgMax, Elements::I8(values)) => Data::I32(row::arg_max(values, features)),
		(Op::ArgMax, Elements::I32(values)) => Data::I32(row::arg_max(values, features)),
		(Op::TreeEnsemble(trees), Elements::I8(values)) => Data::I32(row::trees(values, features, trees)),
		(Op::TreeEnsemble(trees), Elements::I32(values)) => Data::I32(row::trees(values, features, trees)),
		(Op::Conv2d(layer), Elements::I8(values)) => {
			Data::I32(windows::conv2d::<K>(values, &windows_of(&layer.window, layer.groups)?, layer))
		}
		(Op::MaxPool(MaxPool { window }), Elements::I8(values)) => {
			Data::I8(windows::max_pool(values, &windows_of(window, 1)?, i8::MIN))
		}
		(Op::MaxPool(MaxPool { window }), Elements::I32(values)) => {
			Data::I32(windows::max_pool(values, &windows_of(window, 1)?, i32::MIN))
		}
		(Op::AveragePool(layer), Elements::I8(values)) => {
			Data::I8(windows::average_pool(values, &windows_of(&layer.window, 1)?, layer))
		}
		(Op::Reshape { .. }, Elements::I8(values)) => Data::I8(values.to_vec()),
		(Op::Reshape { .. }, Elements::I32(values)) => Data::I32(values.to_vec()),
		(Op::Transpose { order }, part) => {
			let strides = Strides::transposed(shape, &output.shape, order);
			match part {
				Elements::I8(values) => Data::I8(collect(output, &rows, pick(values, strides.places(rows.clone())))),
				Elements::I32(values) => Data::I32(collect(output, &rows, pick(values, strides.places(rows.clone())))),
			}
		}
		(Op::Lookup(lookup), Elements::I8(values)) => Data::I8(row::lookup(values, lookup)),
		(Op::Softmax(softmax), Elements::I8(values)) => Data::I8(row::softmax(values, features, softmax)),
		(Op::Embed(embed), Elements::I8(values)) => Data::I8(row::embed(values, &embed.table, size(embed.width))),
		(Op::Embed(embed), Elements::I32(values)) => Data::I8(row::embed(values, &embed.table, size(embed.width))),
		_ => return Err(OperationError::OutputShape),
	})
}

/// Collects the elements of some rows of `output` without growing.
fn collect<T>(output: &TensorType, rows: &Range<u32>, elements: impl Iterator<Item = T>) -> Vec<T> {
	let mut result =
		Vec::with_capacity(size(rows.end.saturating_sub(rows.start).saturating_mul(output.shape.features())));
	result.extend(elements);
	result
}

fn pairwise(
	op: &Op,
	first: &Slice<'_>,
	second: &Slice<'_>,
	output: &TensorType,
	rows: Range<u32>,
) -> Result<Data, OperationError> {
	let range = elements_of(&output.shape, &rows);
	let Elements::I8(left) = first.part(&range)? else { return Err(OperationError::OutputShape) };
	let shape = &second.tensor_type.shape;
	if *shape == output.shape {
		let Elements::I8(right) = second.part(&range)? else { return Err(OperationError::OutputShape) };
		return Ok(Data::I8(combine(op, left, right.iter().copied())));
	}
	let Elements::I8(right) = second.part(&(0..shape.elements()))? else { return Err(OperationError::OutputShape) };
	let strides = Strides::repeated(shape, &output.shape);
	Ok(Data::I8(combine(op, left, pick(right, strides.places(rows)))))
}

fn combine(op: &Op, left: &[i8], right: impl Iterator<Item = i8>) -> Vec<i8> {
	match op {
		Op::Add(add) => row::add(left, right, add),
		Op::Multiply(multiply) => row::multiply(left, right, multiply),
		_ => Vec::new(),
	}
}

fn concatenate(inputs: &[Slice<'_>], output: &TensorType, axis: u8, rows: &Range<u32>) -> Result<Data, OperationError> {
	let range = elements_of(&output.shape, rows);
	let range = size(range.start)..size(range.end);
	fn pieces<'a, T>(
		inputs: &[Slice<'a>],
		axis: u8,
		elements: impl Fn(Elements<'a>) -> Option<&'a [T]>,
	) -> Option<Vec<Piece<'a, T>>> {
		let piece = |slice: &Slice<'a>| {
			let inner = size(inner(&slice.tensor_type.shape, axis));
			Some(Piece { inner, start: size(slice.start), elements: elements(slice.elements)? })
		};
		inputs.iter().map(piece).collect()
	}
	match output.dtype {
		Dtype::I8 => pieces(inputs, axis, |elements| match elements {
			Elements::I8(elements) => Some(elements),
			Elements::I32(_) => None,
		})
		.map(|pieces| Data::I8(concat(&pieces, range))),
		Dtype::I32 => pieces(inputs, axis, |elements| match elements {
			Elements::I32(elements) => Some(elements),
			Elements::I8(_) => None,
		})
		.map(|pieces| Data::I32(concat(&pieces, range))),
	}
	.ok_or(OperationError::OutputShape)
}

/// A clamp bound as an 8-bit element; [`Op::output_type`] has refused bounds outside.
fn narrow(bound: i32) -> i8 {
	i8::try_from(bound).unwrap_or(if bound < 0 { i8::MIN } else { i8::MAX })
}
