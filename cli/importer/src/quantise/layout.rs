// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Shapes of programs, which have fewer axes than ONNX, and orders of axes.

use aivm_inference::{Op, ProgramBuilder, Shape, ValueId, MAX_RANK};

use super::weights::too_large;
use crate::error::ImportError;

/// Another order of axes. More axes than programs have are merged: those that stay together are one, and those of size
/// 1 are none.
pub(super) fn transpose(
	program: &mut ProgramBuilder,
	value: ValueId,
	from: &[usize],
	to: &[usize],
	order: &[usize],
) -> Result<ValueId, ImportError> {
	let bytes = |order: Vec<usize>| -> Result<Vec<u8>, ImportError> {
		order.into_iter().map(|axis| u8::try_from(axis).map_err(|_| too_large())).collect()
	};
	if from.len() <= MAX_RANK {
		return Ok(program.operation(Op::Transpose { order: bytes(order.to_vec())? }, vec![value]));
	}
	// Runs of axes that follow each other before and after, in the order after.
	let mut runs: Vec<(usize, usize, usize)> = Vec::new();
	for axis in order.iter().copied().filter(|axis| from[*axis] > 1) {
		match runs.last_mut() {
			Some((_, last, size))
				if from[*last + 1..axis.max(*last + 1)].iter().all(|dim| *dim == 1) && axis > *last =>
			{
				(*last, *size) = (axis, *size * from[axis]);
			}
			_ => runs.push((axis, axis, from[axis])),
		}
	}
	let mut before: Vec<usize> = (0..runs.len()).collect();
	before.sort_by_key(|run| runs[*run].0);
	let product = |runs_of: &[usize]| runs_of.iter().map(|run| runs[*run].2).product::<usize>();
	let mut value = value;
	if runs.len() <= MAX_RANK && runs.len() > 1 {
		let merged: Vec<usize> = before.iter().map(|run| runs[*run].2).collect();
		let places = (0..runs.len()).map(|run| before.iter().position(|place| *place == run).unwrap_or(0)).collect();
		value = program.operation(Op::Reshape { shape: exact_shape(&merged)? }, vec![value]);
		value = program.operation(Op::Transpose { order: bytes(places)? }, vec![value]);
	} else {
		// One run after the other goes to its place, past all that are in between.
		for place in 0..runs.len() {
			let at = before.iter().position(|run| *run == place).unwrap_or(place);
			if at == place {
				continue;
			}
			let parts =
				[product(&before[..place]), product(&before[place..at]), runs[place].2, product(&before[at + 1..])];
			value = program.operation(Op::Reshape { shape: exact_shape(&parts)? }, vec![value]);
			value = program.operation(Op::Transpose { order: vec![0, 2, 1, 3] }, vec![value]);
			before.remove(at);
			before.insert(place, place);
		}
	}
	Ok(program.operation(Op::Reshape { shape: shape(to)? }, vec![value]))
}

/// The shape with these dimensions; more than programs have are one.
pub(super) fn shape(dims: &[usize]) -> Result<Shape, ImportError> {
	if dims.len() > MAX_RANK {
		return exact_shape(&[dims.iter().product()]);
	}
	exact_shape(dims)
}

fn exact_shape(dims: &[usize]) -> Result<Shape, ImportError> {
	let dims = dims.iter().map(|dim| u32::try_from(*dim)).collect::<Result<Vec<_>, _>>().map_err(|_| too_large())?;
	Shape::new(&dims).ok_or_else(too_large)
}
