// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A geometry in numbers that index slices.

use aivm_inference::Geometry;

/// A window along an axis, and the length of the input there.
#[derive(Clone, Copy)]
pub(super) struct Axis {
	pub(super) kernel: usize,
	pub(super) stride: usize,
	pub(super) dilation: usize,
	pub(super) before: usize,
	pub(super) length: usize,
}

impl Axis {
	/// Elements from the first place of the window to the last, both included; `None` if the window has no places.
	pub(super) fn extent(&self) -> Option<usize> {
		self.kernel.checked_sub(1)?.checked_mul(self.dilation)?.checked_add(1)
	}

	/// What the window at step `at` covers of the input: its first place in the kernel, where that is in the input, and how
	/// many places there are from there on.
	#[inline]
	fn covered(&self, at: usize) -> (usize, usize, usize) {
		// Before the input this wraps to a huge number, so that one comparison excludes both ends.
		let begin = at.wrapping_mul(self.stride).wrapping_sub(self.before);
		let skipped = if begin < self.length { 0 } else { self.places(begin.wrapping_neg()).min(self.kernel) };
		let place = begin.wrapping_add(skipped.wrapping_mul(self.dilation));
		let count = self.places(self.length.saturating_sub(place)).min(self.kernel.saturating_sub(skipped));
		(skipped, place, count)
	}

	/// Places of the kernel in so many elements of the input.
	#[inline]
	fn places(&self, length: usize) -> usize {
		match self.dilation {
			_ if length == 0 => 0,
			0 => usize::MAX,
			1 => length,
			dilation => length.div_ceil(dilation),
		}
	}
}

/// Places of a row of the kernel that lie in the input, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Line {
	/// The first place in the kernel.
	place: usize,
	/// Where the channels of its element begin in the slice of the call.
	from: usize,
	/// How many places there are.
	count: usize,
	/// From an element to the next.
	step: usize,
}

impl Line {
	/// Pairs of the place in the kernel and where that element's channels begin in the slice of the call.
	#[inline]
	pub(super) fn places(self) -> impl Iterator<Item = (usize, usize)> {
		(0..self.count)
			.map(move |index| (self.place.wrapping_add(index), self.from.wrapping_add(index.wrapping_mul(self.step))))
	}
}

/// [`Geometry`] in numbers that index slices.
#[derive(Clone, Copy)]
pub(super) struct View {
	pub(super) vertical: Axis,
	pub(super) horizontal: Axis,
	/// Channels of the input.
	pub(super) channels: usize,
	pub(super) rows: usize,
	pub(super) columns: usize,
	/// Channels of the result.
	pub(super) outputs: usize,
	pub(super) groups: usize,
	/// Channels of the input in a group.
	pub(super) depth: usize,
	/// Channels of the result in a group.
	pub(super) width: usize,
	start: usize,
	pub(super) first: usize,
	count: usize,
}

impl View {
	pub(super) fn new(geometry: &Geometry) -> Self {
		let size = |value: u32| usize::try_from(value).unwrap_or(usize::MAX);
		let window = &geometry.window;
		let [height, width, channels] = geometry.input.map(size);
		let [rows, columns, outputs] = geometry.output.map(size);
		let pairs = [window.kernel, window.strides, window.dilations, window.before].map(|pair| pair.map(usize::from));
		let [[kernel_rows, kernel_columns], [down, right], [row_dilation, column_dilation], [top, left]] = pairs;
		let groups = size(geometry.groups).max(1);
		let of_group = |channels: usize| channels.checked_div(groups).unwrap_or(0).max(1);
		Self {
			vertical: Axis { kernel: kernel_rows, stride: down, dilation: row_dilation, before: top, length: height },
			horizontal: Axis {
				kernel: kernel_columns,
				stride: right,
				dilation: column_dilation,
				before: left,
				length: width,
			},
			channels,
			rows,
			columns,
			outputs,
			groups,
			depth: of_group(channels),
			width: of_group(outputs),
			start: size(geometry.start),
			first: size(geometry.first),
			count: size(geometry.count),
		}
	}

	/// Elements of the window in one channel.
	pub(super) fn area(&self) -> usize {
		self.vertical.kernel.saturating_mul(self.horizontal.kernel)
	}

	/// Weights of an output.
	pub(super) fn features(&self) -> usize {
		self.area().saturating_mul(self.depth).max(1)
	}

	pub(super) fn is_depthwise(&self) -> bool {
		self.depth == 1 && self.width == 1
	}

	/// Whether channels, groups and weights belong together. The other kernels rely on it; the lengths of input and sums
	/// may be any.
	pub(super) fn agrees(&self, weights: &[i8]) -> bool {
		let whole = |channels: usize, each: usize| channels > 0 && self.groups.checked_mul(each) == Some(channels);
		self.area() > 0
			&& whole(self.channels, self.depth)
			&& whole(self.outputs, self.width)
			&& self.outputs.checked_mul(self.features()) == Some(weights.len())
	}

	/// The positions of the call.
	pub(super) fn positions(&self) -> core::ops::Range<usize> {
		self.first..self.first.saturating_add(self.count)
	}

	/// Image, row and column of a position.
	#[inline]
	fn position(&self, number: usize) -> (usize, usize, usize) {
		let line = number.checked_div(self.columns).unwrap_or(0);
		let column = number.checked_rem(self.columns).unwrap_or(0);
		(line.checked_div(self.rows).unwrap_or(0), line.checked_rem(self.rows).unwrap_or(0), column)
	}

	/// Where the channels of an element of the input lie in the slice of the call.
	#[inline]
	pub(super) fn place(&self, image: usize, row: usize, column: usize) -> usize {
		let line = image.wrapping_mul(self.vertical.length).wrapping_add(row);
		let element = line.wrapping_mul(self.horizontal.length).wrapping_add(column);
		element.wrapping_mul(self.channels).wrapping_sub(self.start)
	}

	/// What the window at a position covers, row by row of the kernel.
	#[inline]
	pub(super) fn lines(&self, number: usize) -> impl Iterator<Item = Line> + '_ {
		let (image, at_row, at_column) = self.position(number);
		let (row, y, rows) = self.vertical.covered(at_row);
		let (column, x, count) = self.horizontal.covered(at_column);
		let step = self.horizontal.dilation.wrapping_mul(self.channels);
		(0..rows).map(move |index| {
			let (row, y) = (row.wrapping_add(index), y.wrapping_add(index.wrapping_mul(self.vertical.dilation)));
			let place = row.wrapping_mul(self.horizontal.kernel).wrapping_add(column);
			Line { place, from: self.place(image, y, x), count, step }
		})
	}

	/// Copies what the window at a position covers, in the order of the weights, channels `first..` of a group.
	/// Padding, and what the slice lacks, is the zero point.
	#[inline]
	pub(super) fn gather(&self, target: &mut [i8], input: &[i8], zero_point: i8, number: usize, first: usize) {
		target.fill(zero_point);
		for line in self.lines(number) {
			// All channels without dilation: what follows one another in the kernel does so in the input.
			if line.step == self.depth {
				let length = line.count.saturating_mul(self.depth);
				if copy(target, line.place.wrapping_mul(self.depth), input, line.from, length) {
					continue;
				}
			}
			for (place, from) in line.places() {
				copy(target, place.wrapping_mul(self.depth), input, from.wrapping_add(first), self.depth);
			}
		}
	}

	/// A convolution in which each channel has its own weights, of which there are too few. Like [`Portable`]'s, without the
	/// memory that it needs for all channels.
	///
	/// [`Portable`]: aivm_inference::kernels::Portable
	pub(super) fn scarce_depthwise(&self, sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8]) {
		let (area, channels) = (self.area().max(1), self.channels.max(1));
		for (number, sums) in self.positions().zip(sums.chunks_exact_mut(channels)) {
			for (place, from) in self.lines(number).flat_map(Line::places) {
				let source = input.get(from..from.saturating_add(channels)).unwrap_or_default();
				for ((sum, element), weights) in sums.iter_mut().zip(source).zip(weights.chunks_exact(area)) {
					let weight = weights.get(place).copied().unwrap_or_default();
					*sum = sum.wrapping_add(centred(*element, zero_point).wrapping_mul(i32::from(weight)));
				}
			}
		}
	}
}

#[inline]
pub(super) fn centred(element: i8, zero_point: i8) -> i32 {
	i32::from(element).wrapping_sub(i32::from(zero_point))
}

/// Copies `length` elements, or returns false if one of the slices lacks some of them.
#[inline]
fn copy(target: &mut [i8], to: usize, source: &[i8], from: usize, length: usize) -> bool {
	let target = target.get_mut(to..to.saturating_add(length));
	let source = source.get(from..from.saturating_add(length));
	match (target, source) {
		(Some(target), Some(source)) => {
			target.copy_from_slice(source);
			true
		}
		_ => false,
	}
}
