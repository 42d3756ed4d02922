// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The input of a convolution as planes: one for each group, padded, and without dilation along a line, so that a row of the
//! kernel always meets numbers that follow one another.
//!
//! A plane is `[lines, columns, channels of the group]`. It holds what the positions of a call look at: elements of the
//! input, and padding on all sides of them. Lines and columns that strides jump over are left out. Columns that are
//! `dilation` apart are neighbours: the plane holds every `dilation`-th column first, then those one after them, and so on.

use alloc::{vec, vec::Vec};

use super::view::View;

/// Where the rows of a matrix product lie in a slice of numbers: each is `count` runs of `length` numbers, from one to the
/// next of which it is `pitch` numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Runs {
	pub(super) count: usize,
	pub(super) pitch: usize,
	pub(super) length: usize,
}

/// The layout of the planes of a call.
pub(super) struct Planes<'a> {
	view: &'a View,
	/// Line of the result, counted through all images, where the positions of the call begin, and the one after the last.
	begin: usize,
	end: usize,
	/// Columns of the result before those that the planes are about, and how many these are.
	skipped: usize,
	width: usize,
	/// Lines and columns of a plane from a position to the next.
	down: usize,
	right: usize,
	/// Lines of an image, and of the plane.
	image_lines: usize,
	lines: usize,
	/// Columns that are neighbours, and all columns.
	neighbours: usize,
	columns: usize,
	/// Numbers of a plane.
	size: usize,
}

impl<'a> Planes<'a> {
	/// The planes for the first `count` positions of a view that agrees with its weights, each followed by `slack` numbers.
	/// `None` if all would need more than `most` numbers, or if the sizes make no sense.
	pub(super) fn new(view: &'a View, count: usize, slack: usize, most: usize) -> Option<Self> {
		let (vertical, horizontal) = (&view.vertical, &view.horizontal);
		let first = view.first;
		let last = first.checked_add(count)?.checked_sub(1)?;
		let begin = first.checked_div(view.columns)?;
		let end = last.checked_div(view.columns)?.checked_add(1)?;
		let one_line = end.checked_sub(begin)? == 1;
		let (skipped, width) = if one_line { (first.checked_rem(view.columns)?, count) } else { (0, view.columns) };
		let (down, right) = (vertical.stride.min(vertical.extent()?), horizontal.stride.min(horizontal.extent()?));
		let image_lines = view.rows.checked_sub(1)?.checked_mul(down)?.checked_add(vertical.extent()?)?;
		let columns = width.checked_sub(1)?.checked_mul(right)?.checked_add(horizontal.extent()?)?;
		let neighbours = columns.checked_add(horizontal.dilation.checked_sub(1)?)?.checked_div(horizontal.dilation)?;
		let columns = neighbours.checked_mul(horizontal.dilation)?;
		if down == 0 || right == 0 || vertical.dilation == 0 {
			return None;
		}
		let planes =
			Self { view, begin, end, skipped, width, down, right, image_lines, lines: 0, neighbours, columns, size: 0 };
		let lines = planes.line(end.checked_sub(1)?)?.checked_add(vertical.extent()?)?;
		let size = lines.checked_mul(columns)?.checked_mul(view.depth)?.checked_add(slack)?;
		(size.checked_mul(view.groups)? <= most).then_some(Self { lines, size, ..planes })
	}

	/// The line of a plane where the windows of a line of the result begin.
	fn line(&self, line: usize) -> Option<usize> {
		let images = line.checked_div(self.view.rows)?.checked_sub(self.begin.checked_div(self.view.rows)?)?;
		let row = line.checked_rem(self.view.rows)?.checked_mul(self.down)?;
		let first_row = self.begin.checked_rem(self.view.rows)?.checked_mul(self.down)?;
		images.checked_mul(self.image_lines)?.checked_add(row)?.checked_sub(first_row)
	}

	/// Numbers of a plane.
	pub(super) fn size(&self) -> usize {
		self.size
	}

	/// Where in a plane the window of each position begins.
	pub(super) fn offsets(&self) -> Vec<usize> {
		let (dilation, depth) = (self.view.horizontal.dilation, self.view.depth);
		let column = |at: usize| self.slot(at.wrapping_mul(self.right), dilation).wrapping_mul(depth);
		let columns: Vec<usize> = (0..self.width).map(column).collect();
		let pitch = self.columns.wrapping_mul(depth);
		let mut offsets = Vec::with_capacity(self.end.saturating_sub(self.begin).saturating_mul(self.width));
		for line in self.begin..self.end {
			let line = self.line(line).unwrap_or_default().wrapping_mul(pitch);
			offsets.extend(columns.iter().map(|column| line.wrapping_add(*column)));
		}
		let begun = self.view.first.checked_rem(self.view.columns).unwrap_or(0).saturating_sub(self.skipped);
		offsets.drain(..begun.min(offsets.len()));
		offsets
	}

	/// Where a column of a line lies.
	#[inline]
	fn slot(&self, column: usize, dilation: usize) -> usize {
		match dilation {
			1 => column,
			_ => {
				let remainder = column.checked_rem(dilation).unwrap_or(0);
				let quotient = column.checked_div(dilation).unwrap_or(0);
				remainder.wrapping_mul(self.neighbours).wrapping_add(quotient)
			}
		}
	}

	/// Of what runs a window consists.
	pub(super) fn runs(&self) -> Runs {
		let (vertical, horizontal) = (&self.view.vertical, &self.view.horizontal);
		let length = horizontal.kernel.wrapping_mul(self.view.depth);
		let pitch = vertical.dilation.wrapping_mul(self.columns).wrapping_mul(self.view.depth);
		match vertical.kernel {
			count if count == 1 || pitch == length => Runs { count: 1, pitch: 0, length: count.wrapping_mul(length) },
			count => Runs { count, pitch, length },
		}
	}

	/// All planes. Padding, and what the input lacks, is the zero point.
	#[inline(always)]
	pub(super) fn fill<T: Copy>(&self, input: &[i8], zero_point: i8, convert: impl Fn(i8) -> T) -> Vec<T> {
		let Self { view, size, .. } = *self;
		let (vertical, horizontal, depth) = (&view.vertical, &view.horizontal, view.depth);
		let mut planes = vec![convert(zero_point); size.saturating_mul(view.groups)];
		let mut copy = |to: usize, from: usize, length: usize| {
			let source = input.get(from..from.saturating_add(length));
			let target = planes.get_mut(to..to.saturating_add(length));
			match (target, source) {
				(Some(target), Some(source)) => {
					for (target, source) in target.iter_mut().zip(source) {
						*target = convert(*source);
					}
					true
				}
				_ => false,
			}
		};
		// Columns as pairs of the slot in the line and the column of the input.
		let column = |column: usize| {
			let begin = self.skipped.wrapping_mul(horizontal.stride).wrapping_sub(horizontal.before);
			let x = begin.wrapping_add(spread(column, self.right, horizontal.stride));
			(x < horizontal.length).then(|| (self.slot(column, horizontal.dilation), x))
		};
		let columns: Vec<(usize, usize)> = (0..self.columns).filter_map(column).collect();
		let Some((first, x)) = columns.first().copied() else { return planes };
		let plain = view.groups == 1 && horizontal.dilation == 1 && self.right == horizontal.stride;
		let first_image = self.begin.checked_div(view.rows).unwrap_or(0);
		let above = self.begin.checked_rem(view.rows).unwrap_or(0).wrapping_mul(self.down);
		for line in 0..self.lines {
			let of_image = line.wrapping_add(above);
			let image = first_image.wrapping_add(of_image.checked_div(self.image_lines).unwrap_or(0));
			let row = of_image.checked_rem(self.image_lines).unwrap_or(0);
			let y = spread(row, self.down, vertical.stride).wrapping_sub(vertical.before);
			if y >= vertical.length {
				continue;
			}
			let slot = line.wrapping_mul(self.columns);
			let at = |column: usize| slot.wrapping_add(column).wrapping_mul(depth);
			if plain && copy(at(first), view.place(image, y, x), columns.len().wrapping_mul(depth)) {
				continue;
			}
			for (column, x) in &columns {
				let (mut to, mut from) = (at(*column), view.place(image, y, *x));
				for _ in 0..view.groups {
					copy(to, from, depth);
					(to, from) = (to.wrapping_add(size), from.wrapping_add(depth));
				}
			}
		}
		planes
	}
}

/// Where an index lies that counts only the first `each` of every `stride` places.
#[inline]
fn spread(index: usize, each: usize, stride: usize) -> usize {
	if each == stride {
		return index;
	}
	let (whole, rest) = (index.checked_div(each).unwrap_or(0), index.checked_rem(each).unwrap_or(0));
	whole.wrapping_mul(stride).wrapping_add(rest)
}
