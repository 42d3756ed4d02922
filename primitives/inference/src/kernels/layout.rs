// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Operators that move elements without changing them.

use alloc::vec::Vec;
use core::ops::Range;

use crate::{limits::MAX_RANK, tensor::Shape, window::size};

/// How the elements of one tensor lie in another: for each axis of the first, the distance in the second.
pub(crate) struct Strides {
	dims: [usize; MAX_RANK],
	strides: [usize; MAX_RANK],
	rank: usize,
}

impl Strides {
	/// Where the elements of a transposition of `input` lie in it; `output` has its axes in this order.
	pub(crate) fn transposed(input: &Shape, output: &Shape, order: &[u8]) -> Self {
		let steps = steps(input);
		let of = |axis: usize| order.get(axis).and_then(|axis| steps.get(usize::from(*axis))).copied();
		Self::new(output, |axis| of(axis).unwrap_or(0))
	}

	/// Where the elements of `source` lie for each element of `target`, along whose axes it repeats where it has size 1.
	pub(crate) fn repeated(source: &Shape, target: &Shape) -> Self {
		let steps = steps(source);
		Self::new(target, |axis| match source.dims().get(axis) {
			Some(1) | None => 0,
			Some(_) => steps.get(axis).copied().unwrap_or(0),
		})
	}

	fn new(target: &Shape, stride: impl Fn(usize) -> usize) -> Self {
		let mut result = Self { dims: [1; MAX_RANK], strides: [0; MAX_RANK], rank: target.dims().len() };
		let slots = result.dims.iter_mut().zip(&mut result.strides);
		for (axis, ((slot, step), dim)) in slots.zip(target.dims()).enumerate() {
			*slot = size(*dim);
			*step = stride(axis);
		}
		result
	}

	/// Where the elements of these rows lie, in order.
	pub(crate) fn places(&self, rows: Range<u32>) -> impl Iterator<Item = usize> + '_ {
		let last = self.rank.saturating_sub(1);
		let features = self.dims.get(last).copied().unwrap_or(1);
		let step = self.strides.get(last).copied().unwrap_or(0);
		(size(rows.start)..size(rows.end)).flat_map(move |row| {
			let mut rest = row;
			let mut begin = 0usize;
			for (dim, stride) in self.dims.iter().zip(&self.strides).take(last).rev() {
				let index = rest.checked_rem(*dim).unwrap_or(0);
				rest = rest.checked_div(*dim).unwrap_or(0);
				begin = begin.wrapping_add(index.wrapping_mul(*stride));
			}
			(0..features).map(move |feature| begin.wrapping_add(feature.wrapping_mul(step)))
		})
	}
}

/// Distance between neighbours along each axis of a tensor in row-major order.
fn steps(shape: &Shape) -> [usize; MAX_RANK] {
	let mut steps = [0; MAX_RANK];
	let mut step = 1usize;
	for (slot, dim) in steps.iter_mut().zip(shape.dims()).rev() {
		*slot = step;
		step = step.wrapping_mul(size(*dim));
	}
	steps
}

/// The elements at these places; 0 where there is none.
pub(crate) fn pick<'a, T: Copy + Default>(
	source: &'a [T],
	places: impl Iterator<Item = usize> + 'a,
) -> impl Iterator<Item = T> + 'a {
	places.map(|place| source.get(place).copied().unwrap_or_default())
}

/// What a concatenation has of one input: its slice, and how many elements of the whole tensor lie before the slice.
pub(crate) struct Piece<'a, T> {
	/// Elements of the input for one place of the axes before the concatenated one.
	pub(crate) inner: usize,
	/// Where the slice begins in the input.
	pub(crate) start: usize,
	/// The slice.
	pub(crate) elements: &'a [T],
}

/// Elements `range` of the concatenation of these inputs.
pub(crate) fn concat<T: Copy>(pieces: &[Piece<'_, T>], range: Range<usize>) -> Vec<T> {
	let mut result = Vec::with_capacity(range.len());
	let total = pieces.iter().fold(0usize, |sum, piece| sum.saturating_add(piece.inner)).max(1);
	let outer = |place: usize| place.checked_div(total).unwrap_or(0);
	for block in outer(range.start)..outer(range.end.saturating_sub(1)).saturating_add(1) {
		let mut place = block.saturating_mul(total);
		for piece in pieces {
			// This block of the input covers `place..place + inner` of the result; take what lies in the range.
			let begin = range.start.clamp(place, place.saturating_add(piece.inner)).saturating_sub(place);
			let end = range.end.clamp(place, place.saturating_add(piece.inner)).saturating_sub(place);
			let from = block.saturating_mul(piece.inner).saturating_sub(piece.start);
			let elements = piece.elements.get(from.saturating_add(begin)..from.saturating_add(end));
			result.extend_from_slice(elements.unwrap_or_default());
			place = place.saturating_add(piece.inner);
		}
	}
	result
}
