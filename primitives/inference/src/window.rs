// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Windows that slide over height and width: convolutions and pools.

use codec::{Decode, Encode};

use crate::tensor::Shape;

/// A window that slides over the second and third dimension of `[images, height, width, channels]`.
///
/// Each pair is vertical, then horizontal. Padding is less than the dilated kernel on every side, so that each window holds
/// at least one element that is not padding.
#[derive(Encode, Decode, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
	/// Elements of the window, each at least 1.
	pub kernel: [u16; 2],
	/// How far the window moves at each step, each at least 1.
	pub strides: [u16; 2],
	/// Distance between the elements of the window: at least 1, and 1 where the kernel is 1.
	pub dilations: [u16; 2],
	/// Rows and columns of padding before the input: top and left.
	pub before: [u16; 2],
	/// Rows and columns of padding after the input: bottom and right.
	pub after: [u16; 2],
}

impl Window {
	/// A window without dilation and padding that moves by `stride`.
	pub const fn plain(kernel: [u16; 2], stride: u16) -> Self {
		Self { kernel, strides: [stride, stride], dilations: [1, 1], before: [0, 0], after: [0, 0] }
	}

	/// The same window with this padding on each side.
	#[must_use]
	pub const fn padded(self, before: [u16; 2], after: [u16; 2]) -> Self {
		Self { before, after, ..self }
	}

	/// Elements of the window in one channel.
	pub fn area(&self) -> u32 {
		u32::from(self.kernel[0]).saturating_mul(self.kernel[1].into())
	}

	/// Windows along an axis of `length` elements, or `None` if the window is not well-formed or does not fit.
	fn steps(&self, axis: Axis, length: u32) -> Option<u32> {
		let [kernel, stride, dilation, before, after] = axis.of(self).map(u32::from);
		if kernel == 0 || stride == 0 || dilation == 0 || (kernel == 1 && dilation != 1) {
			return None;
		}
		let extent = kernel.checked_sub(1)?.checked_mul(dilation)?.checked_add(1)?;
		if before >= extent || after >= extent {
			return None;
		}
		let room = length.checked_add(before)?.checked_add(after)?.checked_sub(extent)?;
		room.checked_div(stride)?.checked_add(1)
	}

	/// The shape of the result on `[images, height, width, ..]` with this many channels, or `None` if the input has another
	/// rank, the window is not well-formed or does not fit, or the result has too many elements.
	pub fn output(&self, input: &Shape, channels: u32) -> Option<Shape> {
		let [images, height, width, _] = *input.dims() else { return None };
		Shape::new(&[images, self.steps(Axis::Vertical, height)?, self.steps(Axis::Horizontal, width)?, channels])
	}

	/// The elements along an axis of `length` that the window at step `at` covers, as pairs of the place in the kernel and
	/// the place in the input.
	#[inline]
	pub(crate) fn places(&self, axis: Axis, at: usize, length: usize) -> impl Iterator<Item = (usize, usize)> {
		let [kernel, stride, dilation, before, _] = axis.of(self).map(usize::from);
		let begin = at.wrapping_mul(stride).wrapping_sub(before);
		// Places before the input wrap to huge numbers, so that one comparison excludes both ends.
		(0..kernel)
			.map(move |place| (place, begin.wrapping_add(place.wrapping_mul(dilation))))
			.filter(move |(_, place)| *place < length)
	}
}

/// Height or width.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Axis {
	/// Height.
	Vertical,
	/// Width.
	Horizontal,
}

impl Axis {
	/// Kernel, stride, dilation, padding before and after.
	const fn of(self, window: &Window) -> [u16; 5] {
		let Window { kernel, strides, dilations, before, after } = window;
		match self {
			Self::Vertical => [kernel[0], strides[0], dilations[0], before[0], after[0]],
			Self::Horizontal => [kernel[1], strides[1], dilations[1], before[1], after[1]],
		}
	}
}

/// Where a window operator reads and writes: the shapes, and which part of them a call is about.
#[derive(Encode, Decode, Clone, PartialEq, Eq, Debug)]
pub struct Geometry {
	/// The window.
	pub window: Window,
	/// Height, width and channels of the input.
	pub input: [u32; 3],
	/// Height, width and channels of the result.
	pub output: [u32; 3],
	/// Groups of channels that do not mix; divides the channels of input and result.
	pub groups: u32,
	/// Where the input slice of the call begins, in elements of the whole input.
	pub start: u32,
	/// First position (image, row, column) of the result that the call makes.
	pub first: u32,
	/// How many positions it makes.
	pub count: u32,
}

/// A position of the result, in numbers that kernels index with.
pub(crate) struct Position {
	pub(crate) image: usize,
	pub(crate) row: usize,
	pub(crate) column: usize,
}

impl Geometry {
	/// The geometry of a whole operation, or `None` if a shape is not of rank 4.
	pub fn new(window: Window, input: &Shape, output: &Shape, groups: u32) -> Option<Self> {
		let [images, height, width, channels] = *input.dims() else { return None };
		let [_, rows, columns, outputs] = *output.dims() else { return None };
		Some(Self {
			window,
			input: [height, width, channels],
			output: [rows, columns, outputs],
			groups,
			start: 0,
			first: 0,
			count: images.checked_mul(rows)?.checked_mul(columns)?,
		})
	}

	/// The position with this number.
	pub(crate) fn position(&self, number: usize) -> Position {
		let [rows, columns, _] = self.output.map(size);
		let line = number.checked_div(columns).unwrap_or(0);
		Position {
			image: line.checked_div(rows).unwrap_or(0),
			row: line.checked_rem(rows).unwrap_or(0),
			column: number.checked_rem(columns).unwrap_or(0),
		}
	}

	/// The positions of the call.
	pub(crate) fn positions(&self) -> core::ops::Range<usize> {
		let first = size(self.first);
		first..first.saturating_add(size(self.count))
	}

	/// Where the channels of an element of the input lie in the slice of the call.
	#[inline]
	pub(crate) fn place(&self, image: usize, row: usize, column: usize) -> usize {
		let [height, width, channels] = self.input.map(size);
		let line = image.wrapping_mul(height).wrapping_add(row);
		line.wrapping_mul(width).wrapping_add(column).wrapping_mul(channels).wrapping_sub(size(self.start))
	}

	/// Elements of the input, as places in the whole of it, that hold all that the positions of the call look at.
	///
	/// From the line where the first window begins to the line where the last one ends, both cut to their images. Lines
	/// between the places of a dilated window count: which of them a window skips changes from position to position.
	pub(crate) fn reach(&self) -> core::ops::Range<u32> {
		let [height, width, channels] = self.input.map(size);
		let [kernel, stride, dilation, before, _] = Axis::Vertical.of(&self.window).map(usize::from);
		let extent = kernel.saturating_sub(1).saturating_mul(dilation).saturating_add(1);
		// `shift` lines after the begin of the window at `position`.
		let line = |position: Position, shift: usize| {
			let row = position.row.saturating_mul(stride).saturating_add(shift).saturating_sub(before).min(height);
			let line = position.image.saturating_mul(height).saturating_add(row);
			u32::try_from(line.saturating_mul(width).saturating_mul(channels)).unwrap_or(u32::MAX)
		};
		let last = self.first.saturating_add(self.count.saturating_sub(1));
		let begin = line(self.position(size(self.first)), 0);
		let end = line(self.position(size(last)), extent);
		begin..end.max(begin)
	}
}

/// A size as an index; sizes of tensors always fit.
pub(crate) fn size(value: u32) -> usize {
	usize::try_from(value).unwrap_or(usize::MAX)
}
