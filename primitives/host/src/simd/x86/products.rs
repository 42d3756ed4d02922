// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Dense products and convolutions on top of two building blocks that each instruction set brings: a tile and a dot product.
//!
//! Many rows (of a matrix, or what windows cover) meet many outputs in tiles: some rows by as many outputs as a panel has
//! lanes, all sums in registers. Rows are read where they lie ([`Source`]); weights are interleaved, so that each step reads
//! them from front to back. Where there are few rows or few outputs that would not pay; there, each sum is a dot product on
//! its own.
//!
//! Everything here is inlined into functions that may use the vector instructions, so that the compiler uses them too.

use alloc::{vec, vec::Vec};
use core::ops::Range;

use crate::simd::{
	planes::{Planes, Runs},
	view::{centred, View},
};

/// From so many outputs on, tiles of a matrix are faster than dot products.
const MANY_OUTPUTS: usize = 4;
/// Planes of a convolution may take so many times the numbers of input, weights and sums, and so many more.
const MOST_PLANES: usize = 8;
const MORE_PLANES: usize = 65_536;

/// An instruction set that sums `GROUP` products in each of `LANES` lanes.
pub(super) trait Products<const GROUP: usize, const LANES: usize>: Copy {
	/// Rows of a tile.
	const ROWS: usize;
	/// From so many rows on, tiles are faster than dot products, although the weights must be interleaved first.
	const MANY_ROWS: usize;

	/// A number as the instruction takes it.
	type Number: Copy + Default;
	/// A weight as the instruction takes it.
	type Weight: Copy + Default + From<i8>;

	/// A number as the instruction takes it. It may be off by a constant, for which [`Self::start`] makes up.
	fn number(element: i8, zero_point: i8) -> Self::Number;

	/// What the sum of an output begins with, if its weights have this total.
	fn start(zero_point: i8, total: i32) -> i32;

	/// Gives each of up to `LANES` rows of weights of the same length its lane: step `s` holds weights `GROUP * s..` of every
	/// row. Other lanes are left with any weights.
	#[inline(always)]
	fn interleave(self, steps: &mut [[[Self::Weight; GROUP]; LANES]], rows: &[&[Self::Weight]]) {
		interleave(steps, rows.iter().copied());
	}

	/// Adds to `outputs` of the sums the products of up to [`Self::ROWS`] rows, which begin at `offsets`, with a panel of
	/// interleaved weights.
	fn add_tile(
		self,
		sums: &mut [i32],
		outputs: Outputs,
		source: Source<'_, Self::Number>,
		offsets: &[usize],
		panel: &Panel<Self::Weight, GROUP, LANES>,
	);

	/// The sum of products of two slices of the same length, [`Self::start`] included.
	fn dot(self, numbers: &[Self::Number], weights: &[i8], zero_point: i8) -> i32;
}

/// Which outputs a product is about: `width` of every `stride` sums, from `begin` on.
#[derive(Clone, Copy)]
pub(super) struct Outputs {
	pub(super) stride: usize,
	pub(super) begin: usize,
	pub(super) width: usize,
}

impl Outputs {
	/// Where they lie among the sums of a row.
	#[inline(always)]
	pub(super) fn range(&self) -> Range<usize> {
		self.begin..self.begin.wrapping_add(self.width)
	}
}

/// Numbers in which rows lie. After the last one there are enough others to read whole steps.
#[derive(Clone, Copy)]
pub(super) struct Source<'a, T> {
	pub(super) numbers: &'a [T],
	pub(super) runs: Runs,
}

/// The weights of up to `LANES` outputs.
pub(super) struct Panel<T, const GROUP: usize, const LANES: usize> {
	/// What the sums begin with.
	pub(super) start: [i32; LANES],
	/// Steps of all runs, each of `GROUP` features: those that the length of a run lacks have weight 0.
	pub(super) weights: Vec<[[T; GROUP]; LANES]>,
	/// Steps of a run, at least 1.
	pub(super) steps: usize,
}

/// [`Kernels::dense`](aivm_inference::kernels::Kernels::dense).
#[inline(always)]
pub(super) fn dense<P: Products<GROUP, LANES>, const GROUP: usize, const LANES: usize>(
	level: P,
	sums: &mut [i32],
	rows: &[i8],
	zero_point: i8,
	weights: &[i8],
	features: usize,
) {
	let features = features.max(1);
	let width = weights.len().checked_div(features).unwrap_or(0);
	if width == 0 || rows.len() < features {
		return;
	}
	let most = sums.len().checked_div(width).unwrap_or(0);
	let count = rows.len().checked_div(features).unwrap_or(0).min(most);
	let rows = rows.get(..count.saturating_mul(features)).unwrap_or_default();
	let sums = sums.get_mut(..count.saturating_mul(width)).unwrap_or_default();
	let outputs = Outputs { stride: width, begin: 0, width };
	if count >= P::MANY_ROWS && width >= MANY_OUTPUTS {
		let mut numbers = vec![P::Number::default(); rows.len().saturating_add(GROUP)];
		for (number, element) in numbers.iter_mut().zip(rows) {
			*number = P::number(*element, zero_point);
		}
		let offsets: Vec<usize> = (0..count).map(|row| row.wrapping_mul(features)).collect();
		let source = Source { numbers: &numbers, runs: Runs { count: 1, pitch: 0, length: features } };
		return tiles(level, sums, outputs, source, &offsets, weights, zero_point);
	}
	let mut rows = rows.chunks_exact(features);
	dots(level, sums, outputs, weights, features, zero_point, |row| {
		if let Some(elements) = rows.next() {
			row.copy_from_slice(elements);
		}
	});
}

/// [`Kernels::conv2d`](aivm_inference::kernels::Kernels::conv2d), for a view that agrees with the weights.
#[inline(always)]
pub(super) fn conv2d<P: Products<GROUP, LANES>, const GROUP: usize, const LANES: usize>(
	level: P,
	sums: &mut [i32],
	input: &[i8],
	zero_point: i8,
	weights: &[i8],
	view: &View,
) {
	if view.is_depthwise() {
		return depthwise(sums, input, zero_point, weights, view);
	}
	let (depth, width, features) = (view.depth, view.width, view.features());
	let count = view.positions().len().min(sums.len().checked_div(view.outputs).unwrap_or(0));
	let sums = sums.get_mut(..count.saturating_mul(view.outputs)).unwrap_or_default();
	let groups = weights.chunks_exact(width.saturating_mul(features)).enumerate();
	let outputs = |group: usize| Outputs { stride: view.outputs, begin: group.wrapping_mul(width), width };
	let given = input.len().saturating_add(weights.len()).saturating_add(sums.len());
	let most = given.saturating_mul(MOST_PLANES).saturating_add(MORE_PLANES);
	if count >= P::MANY_ROWS {
		if let Some(planes) = Planes::new(view, count, GROUP, most) {
			let numbers = planes.fill(input, zero_point, |element| P::number(element, zero_point));
			let offsets = planes.offsets();
			let offsets = offsets.get(..count).unwrap_or_default();
			for ((group, weights), numbers) in groups.zip(numbers.chunks_exact(planes.size())) {
				let source = Source { numbers, runs: planes.runs() };
				tiles(level, sums, outputs(group), source, offsets, weights, zero_point);
			}
			return;
		}
	}
	for (group, weights) in groups {
		let mut positions = view.positions();
		dots(level, sums, outputs(group), weights, features, zero_point, |row| {
			if let Some(number) = positions.next() {
				view.gather(row, input, zero_point, number, group.wrapping_mul(depth));
			}
		});
	}
}

/// A convolution in which each channel has its own weights: all channels at a time.
#[inline(always)]
fn depthwise(sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], view: &View) {
	let channels = view.channels.max(1);
	// From [channels, places] to [places, channels].
	let mut turned = vec![0i8; weights.len()];
	for (channel, weights) in weights.chunks_exact(view.area().max(1)).enumerate() {
		for (slot, weight) in turned.iter_mut().skip(channel).step_by(channels).zip(weights) {
			*slot = *weight;
		}
	}
	for (number, sums) in view.positions().zip(sums.chunks_exact_mut(channels)) {
		for line in view.lines(number) {
			for (place, from) in line.places() {
				let to = place.wrapping_mul(channels);
				let source = input.get(from..from.saturating_add(channels)).unwrap_or_default();
				let weights = turned.get(to..to.saturating_add(channels)).unwrap_or_default();
				for ((sum, element), weight) in sums.iter_mut().zip(source).zip(weights) {
					*sum = sum.wrapping_add(centred(*element, zero_point).wrapping_mul(i32::from(*weight)));
				}
			}
		}
	}
}

/// Adds the products of rows with `weights` to the sums, one by one. `next_row` writes one row after the other.
#[inline(always)]
fn dots<P: Products<GROUP, LANES>, const GROUP: usize, const LANES: usize>(
	level: P,
	sums: &mut [i32],
	outputs: Outputs,
	weights: &[i8],
	features: usize,
	zero_point: i8,
	mut next_row: impl FnMut(&mut [i8]),
) {
	let mut row = vec![0i8; features];
	let mut numbers = vec![P::Number::default(); features];
	for sums in sums.chunks_exact_mut(outputs.stride) {
		next_row(&mut row);
		for (number, element) in numbers.iter_mut().zip(&row) {
			*number = P::number(*element, zero_point);
		}
		let sums = sums.get_mut(outputs.range()).unwrap_or_default();
		for (sum, weights) in sums.iter_mut().zip(weights.chunks_exact(features)) {
			*sum = sum.wrapping_add(level.dot(&numbers, weights, zero_point));
		}
	}
}

/// Adds the products of rows with `weights` to the sums, tile by tile. A row begins at each of the `offsets` of the source.
#[inline(always)]
fn tiles<P: Products<GROUP, LANES>, const GROUP: usize, const LANES: usize>(
	level: P,
	sums: &mut [i32],
	outputs: Outputs,
	source: Source<'_, P::Number>,
	offsets: &[usize],
	weights: &[i8],
	zero_point: i8,
) {
	let Runs { count, length, .. } = source.runs;
	let features = count.saturating_mul(length).max(1);
	let steps = length.div_ceil(GROUP).max(1);
	let mut panel = Panel {
		start: [0; LANES],
		weights: vec![[[P::Weight::default(); GROUP]; LANES]; steps.saturating_mul(count)],
		steps,
	};
	let mut converted = Vec::with_capacity(features.saturating_mul(LANES).min(weights.len()));
	let begins = (outputs.begin..).step_by(LANES);
	for (weights, begin) in weights.chunks(features.saturating_mul(LANES)).zip(begins) {
		let width = weights.len().checked_div(features).unwrap_or(0);
		converted.clear();
		converted.extend(weights.iter().map(|weight| P::Weight::from(*weight)));
		for (run, steps) in panel.weights.chunks_exact_mut(steps).enumerate() {
			let begin = run.wrapping_mul(length);
			let mut rows: [&[P::Weight]; LANES] = [&[]; LANES];
			for (slot, row) in rows.iter_mut().zip(converted.chunks_exact(features)) {
				*slot = row.get(begin..begin.wrapping_add(length)).unwrap_or_default();
			}
			level.interleave(steps, rows.get(..width).unwrap_or_default());
		}
		for (start, weights) in panel.start.iter_mut().zip(weights.chunks_exact(features)) {
			let total = weights.iter().fold(0i32, |sum, weight| sum.wrapping_add((*weight).into()));
			*start = P::start(zero_point, total);
		}
		let outputs = Outputs { begin, width, ..outputs };
		let of_tiles = sums.chunks_mut(outputs.stride.saturating_mul(P::ROWS)).zip(offsets.chunks(P::ROWS));
		for (sums, offsets) in of_tiles {
			level.add_tile(sums, outputs, source, offsets, &panel);
		}
	}
}

/// [`Products::interleave`], whatever the instruction set.
#[inline(always)]
pub(super) fn interleave<'a, T: Copy + 'a, const GROUP: usize, const LANES: usize>(
	steps: &mut [[[T; GROUP]; LANES]],
	rows: impl Iterator<Item = &'a [T]> + Clone,
) {
	// A part at a time, so that what is written stays in the nearest cache until all rows have come by.
	const PART: usize = 32;
	for (index, steps) in steps.chunks_mut(PART).enumerate() {
		for (lane, row) in rows.clone().enumerate() {
			let part = row.chunks(PART.saturating_mul(GROUP)).nth(index).unwrap_or_default();
			let (groups, rest) = part.as_chunks::<GROUP>();
			let mut slots = steps.as_flattened_mut().iter_mut().skip(lane).step_by(LANES);
			for (group, slot) in groups.iter().zip(&mut slots) {
				*slot = *group;
			}
			for (element, slot) in rest.iter().zip(slots.flatten()) {
				*slot = *element;
			}
		}
	}
}
