// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tiles: the rows of an operation's result that a dispute re-executes in one step.

use alloc::vec::Vec;
use core::ops::Range;

use crate::{
	cost::{rows_cost, Cost},
	error::OperationError,
	execute::elements_of,
	operation::{AveragePool, Conv2d, MaxPool, Op, Operation},
	program::Program,
	tensor::{Shape, TensorType},
	window::Window,
};

/// Some neighbouring rows of the result of an operation. All tiles of an operation have the same number of rows, but the last
/// may have fewer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tile {
	/// Number of the operation.
	pub operation: u16,
	/// The rows.
	pub rows: Range<u32>,
}

impl Tile {
	/// Tile `number` of an operation, or `None` if there is none.
	pub fn new(program: &Program, operation: u16, number: u32, limit: &Cost) -> Option<Self> {
		let node = program.operations().get(usize::from(operation))?;
		let rows = program.result_type(operation)?.shape.rows();
		let height = Self::height(program, node, operation, limit).ok()?;
		let begin = height.checked_mul(number).filter(|begin| *begin < rows)?;
		Some(Self { operation, rows: begin..begin.saturating_add(height).min(rows) })
	}

	/// The number of the tile that holds this element of the result, or `None` if there is none.
	pub fn holding(program: &Program, operation: u16, element: u32, limit: &Cost) -> Option<u32> {
		let node = program.operations().get(usize::from(operation))?;
		let shape = program.result_type(operation)?.shape;
		let height = Self::height(program, node, operation, limit).ok()?;
		let row = element.checked_div(shape.features()).filter(|row| *row < shape.rows())?;
		row.checked_div(height)
	}

	/// How many rows a tile has: as many as can never take more than `limit`.
	///
	/// Fails with [`OperationError::NotDisputable`] if one row may take more.
	fn height(program: &Program, node: &Operation, number: u16, limit: &Cost) -> Result<u32, OperationError> {
		let most = Most::of(program, node, number)?;
		most.check_row(limit)?;
		let rows = most.output.shape.rows();
		let fits = |rows| most.cost(rows).is_within(limit);
		if fits(rows) {
			return Ok(rows);
		}
		// The largest that fits is in `fitting..beyond`.
		let (mut fitting, mut beyond) = (1, rows);
		while beyond.saturating_sub(fitting) > 1 {
			let middle = fitting.saturating_add(beyond.saturating_sub(fitting) >> 1);
			if fits(middle) {
				fitting = middle;
			} else {
				beyond = middle;
			}
		}
		Ok(fitting)
	}
}

/// An operation with the types around it, to tell the most that any neighbouring rows of its result can cost.
pub(crate) struct Most<'a> {
	op: &'a Op,
	inputs: Vec<TensorType>,
	output: TensorType,
}

impl<'a> Most<'a> {
	/// Operation `number` of a program.
	pub(crate) fn of(program: &Program, node: &'a Operation, number: u16) -> Result<Self, OperationError> {
		let output = program.result_type(number).ok_or(OperationError::OutputShape)?;
		let inputs = node.inputs.iter().filter_map(|input| program.value_type(*input)).collect();
		Ok(Self { op: &node.op, inputs, output })
	}

	/// Fails with [`OperationError::NotDisputable`] if one row may take more than `limit`.
	pub(crate) fn check_row(&self, limit: &Cost) -> Result<(), OperationError> {
		let cost = self.cost(1);
		if cost.is_within(limit) {
			return Ok(());
		}
		Err(OperationError::NotDisputable { macs: cost.macs, bytes: cost.bytes })
	}

	/// The most that `rows` neighbouring rows can cost, wherever they lie. Grows with the rows.
	fn cost(&self, rows: u32) -> Cost {
		let Self { op, inputs, output } = self;
		// Where the rows lie changes the bytes only.
		let Cost { macs, .. } = rows_cost(op, inputs, output, 0..rows);
		let made = elements_of(&output.shape, &(0..rows)).end;
		let made = u64::from(made).saturating_mul(output.dtype.size().into());
		let bytes = inputs.iter().enumerate().fold(made, |sum, (number, input)| {
			let elements = most_elements(op, number, &input.shape, &output.shape, rows).min(input.shape.elements());
			sum.saturating_add(u64::from(elements).saturating_mul(input.dtype.size().into()))
		});
		Cost { macs, bytes }
	}
}

/// The most elements of input `number` that `rows` neighbouring rows can depend on; see [`crate::needed_elements`].
fn most_elements(op: &Op, number: usize, input: &Shape, output: &Shape, rows: u32) -> u32 {
	let made = elements_of(output, &(0..rows)).end;
	match op {
		Op::Conv2d(Conv2d { window, .. })
		| Op::MaxPool(MaxPool { window })
		| Op::AveragePool(AveragePool { window, .. }) => most_in_windows(window, input, output, rows),
		Op::Add(_) | Op::Multiply(_) if number > 0 && input != output => input.elements(),
		Op::Transpose { .. } => input.elements(),
		Op::Concat { axis } => {
			let inner = |shape: &Shape| {
				shape.dims().iter().skip(usize::from(*axis)).fold(1, |product: u32, dim| product.saturating_mul(*dim))
			};
			let blocks = made.div_ceil(inner(output).max(1)).saturating_add(1);
			// Rows that never straddle blocks take one less.
			let blocks = if inner(output) == output.features() { rows } else { blocks };
			blocks.saturating_mul(inner(input))
		}
		Op::Add(_) | Op::Multiply(_) | Op::Reshape { .. } => made,
		Op::Embed(_) => rows,
		Op::Dense(_)
		| Op::Requantise(_)
		| Op::Clamp(_)
		| Op::ArgMax
		| Op::TreeEnsemble(_)
		| Op::Lookup(_)
		| Op::Softmax(_) => elements_of(input, &(0..rows)).end,
	}
}

fn most_in_windows(window: &Window, input: &Shape, output: &Shape, positions: u32) -> u32 {
	let (&[images, height, width, channels], &[_, lines, columns, _]) = (input.dims(), output.dims()) else {
		return input.elements();
	};
	// Positions that start anywhere in a line touch this many lines of the result.
	let begun = positions.checked_rem(columns).unwrap_or(0);
	let touched = positions.div_ceil(columns.max(1)).saturating_add(u32::from(begun != 1));
	let stride = u32::from(window.strides[0]);
	// From the last line of an image to the first of the next one, the rest of the image comes in between.
	let rest =
		height.saturating_add(window.before[0].into()).saturating_sub(lines.saturating_sub(1).saturating_mul(stride));
	let step = if images > 1 { stride.max(rest) } else { stride };
	let extent = u32::from(window.kernel[0]).saturating_sub(1).saturating_mul(window.dilations[0].into());
	let read = touched.saturating_sub(1).saturating_mul(step).saturating_add(extent).saturating_add(1);
	read.saturating_mul(width).saturating_mul(channels)
}
