// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Products of 8-bit numbers in portable Rust, fast where there are 64-bit registers but no vectors: WebAssembly.
//!
//! One 64-bit multiplication makes two products. Take two numbers `x0`, `x4` and two weights `w0`, `w4`, the weights made
//! unsigned by adding 128. Then `(w0 + w4 * 2^32) * (x4 + x0 * 2^32)` modulo 2^64 is `w0 * x4 + (w0 * x0 + w4 * x4) * 2^32`:
//! the upper half holds the sum of both wanted products, and the lower half one that nobody wants. Eight weights are read
//! as one number; masks and shifts pair those that are four apart. After at most [`BLOCK`] features the lower halves still
//! fit `i32`, so subtracting the lower half as a signed number leaves the upper one exact modulo 2^32. The 128 that
//! was added to the weights goes off again as 128 times the sum of the numbers.

use alloc::{vec, vec::Vec};

use super::Kernels;
use crate::window::{size, Axis, Geometry};

/// Most features in a run of sums: 32,768 / 2 products of at most 255 * 255 stay below 2^31.
const BLOCK: usize = 32_768;
/// Numbers that one step takes.
const STEP: usize = 8;
/// The lowest byte of each half.
const MASK: u64 = 0x0000_00ff_0000_00ff;
/// Turns eight signed bytes into unsigned ones, 128 higher.
const FLIP: u64 = 0x8080_8080_8080_8080;

/// The kernels in portable Rust, which define what the others compute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Portable;

impl Kernels for Portable {
	fn dense(sums: &mut [i32], rows: &[i8], zero_point: i8, weights: &[i8], features: usize) {
		let features = features.max(1);
		let outputs = weights.len().checked_div(features).unwrap_or(0);
		// Nothing is multiplied, whatever the sizes claim.
		if outputs == 0 || rows.len() < features {
			return;
		}
		let mut numbers = Numbers::new(features);
		for (row, sums) in rows.chunks_exact(features).zip(sums.chunks_exact_mut(outputs)) {
			numbers.clear();
			numbers.extend(row.iter().map(|element| centred(*element, zero_point)));
			numbers.add_products(sums, weights);
		}
	}

	fn conv2d(sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], geometry: &Geometry) {
		let [_, _, channels] = geometry.input.map(size);
		let [_, _, outputs] = geometry.output.map(size);
		let groups = size(geometry.groups).max(1);
		let (depth, width) =
			(channels.checked_div(groups).unwrap_or(0).max(1), outputs.checked_div(groups).unwrap_or(0).max(1));
		let area = size(geometry.window.area());
		let features = area.saturating_mul(depth).max(1);
		// Nothing is multiplied, whatever the sizes claim.
		if input.is_empty() || outputs == 0 || weights.len() < features.saturating_mul(outputs) || sums.len() < outputs
		{
			return;
		}
		if depth == 1 && width == 1 {
			return depthwise(sums, input, zero_point, weights, geometry);
		}
		let mut numbers = Numbers::new(features);
		let mut patch = vec![0i32; features];
		for (number, sums) in geometry.positions().zip(sums.chunks_exact_mut(outputs.max(1))) {
			let weights = weights.chunks_exact(features.saturating_mul(width));
			for (group, (sums, weights)) in sums.chunks_exact_mut(width).zip(weights).enumerate() {
				gather(&mut patch, input, zero_point, geometry, number, group.wrapping_mul(depth)..depth);
				numbers.clear();
				numbers.extend(patch.iter().copied());
				numbers.add_products(sums, weights);
			}
		}
	}
}

#[inline]
fn centred(element: i8, zero_point: i8) -> i32 {
	i32::from(element).wrapping_sub(i32::from(zero_point))
}

/// Copies what a window covers, channels `first..` of a group of `depth`, with 0 for padding.
fn gather(
	patch: &mut [i32],
	input: &[i8],
	zero_point: i8,
	geometry: &Geometry,
	number: usize,
	channels: core::ops::Range<usize>,
) {
	let (first, depth) = (channels.start, channels.end);
	let [height, width, _] = geometry.input.map(size);
	let [_, columns] = geometry.window.kernel.map(usize::from);
	let position = geometry.position(number);
	patch.fill(0);
	for (row, y) in geometry.window.places(Axis::Vertical, position.row, height) {
		for (column, x) in geometry.window.places(Axis::Horizontal, position.column, width) {
			let from = geometry.place(position.image, y, x).wrapping_add(first);
			let to = row.wrapping_mul(columns).wrapping_add(column).wrapping_mul(depth);
			let source = input.get(from..from.saturating_add(depth)).unwrap_or_default();
			let target = patch.get_mut(to..to.saturating_add(depth)).unwrap_or_default();
			for (target, source) in target.iter_mut().zip(source) {
				*target = centred(*source, zero_point);
			}
		}
	}
}

/// A convolution in which each channel has its own weights: all channels at a time.
fn depthwise(sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], geometry: &Geometry) {
	let [height, width, channels] = geometry.input.map(size);
	let channels = channels.max(1);
	let [_, kernel_columns] = geometry.window.kernel.map(usize::from);
	let area = size(geometry.window.area()).max(1);
	// From [channels, places] to [places, channels].
	let mut turned = vec![0i8; area.saturating_mul(channels)];
	for (channel, weights) in weights.chunks_exact(area).enumerate() {
		for (slot, weight) in turned.iter_mut().skip(channel).step_by(channels).zip(weights) {
			*slot = *weight;
		}
	}
	for (number, sums) in geometry.positions().zip(sums.chunks_exact_mut(channels)) {
		let position = geometry.position(number);
		for (row, y) in geometry.window.places(Axis::Vertical, position.row, height) {
			for (column, x) in geometry.window.places(Axis::Horizontal, position.column, width) {
				let from = geometry.place(position.image, y, x);
				let place = row.wrapping_mul(kernel_columns).wrapping_add(column).wrapping_mul(channels);
				let source = input.get(from..from.saturating_add(channels)).unwrap_or_default();
				let weights = turned.get(place..place.saturating_add(channels)).unwrap_or_default();
				for ((sum, element), weight) in sums.iter_mut().zip(source).zip(weights) {
					let product = centred(*element, zero_point).wrapping_mul(i32::from(*weight));
					*sum = sum.wrapping_add(product);
				}
			}
		}
	}
}

/// Numbers of a row between -255 and 255, in pairs for [`dot`].
struct Numbers {
	/// `pairs[j][i]` holds numbers `8 j + i` (upper half) and `8 j + i + 4` (lower half).
	pairs: Vec<[i64; 4]>,
	/// Of each block, the sum of its numbers.
	totals: Vec<i32>,
	features: usize,
}

impl Numbers {
	fn new(features: usize) -> Self {
		Self {
			pairs: Vec::with_capacity(features.div_ceil(STEP)),
			totals: Vec::with_capacity(features.div_ceil(BLOCK)),
			features,
		}
	}

	fn clear(&mut self) {
		self.pairs.clear();
		self.totals.clear();
	}

	/// Takes the numbers of a row, as many as there are features.
	fn extend(&mut self, mut numbers: impl Iterator<Item = i32>) {
		let mut rest = self.features;
		while rest > 0 {
			let block = rest.min(BLOCK);
			let mut total = 0i32;
			for _ in 0..block.div_ceil(STEP) {
				let mut step = [0i32; STEP];
				for (slot, number) in step.iter_mut().zip(&mut numbers) {
					total = total.wrapping_add(number);
					*slot = number;
				}
				let [a, b, c, d, e, f, g, h] = step.map(i64::from);
				let pair = |upper: i64, lower: i64| upper.wrapping_shl(32).wrapping_add(lower);
				self.pairs.push([pair(a, e), pair(b, f), pair(c, g), pair(d, h)]);
			}
			self.totals.push(total);
			rest = rest.saturating_sub(block);
		}
	}

	/// Adds the product with each row of `weights` to its sum.
	fn add_products(&self, sums: &mut [i32], weights: &[i8]) {
		let features = self.features.max(1);
		let mut four = weights.chunks_exact(features.saturating_mul(4));
		let mut sums_of_four = sums.chunks_exact_mut(4);
		for (weights, sums) in (&mut four).zip(&mut sums_of_four) {
			self.add_four(sums, weights);
		}
		let rest = four.remainder().chunks_exact(features);
		for (weights, sum) in rest.zip(sums_of_four.into_remainder()) {
			*sum = sum.wrapping_add(self.dot(weights));
		}
	}

	/// The blocks of the row: their pairs, and 128 times the sum of their numbers.
	fn blocks(&self) -> impl Iterator<Item = (&[[i64; 4]], i32)> {
		let totals = self.totals.iter().map(|total| total.wrapping_mul(128));
		self.pairs.chunks(BLOCK.div_ceil(STEP)).zip(totals)
	}

	fn dot(&self, weights: &[i8]) -> i32 {
		let mut sum = 0i32;
		for ((pairs, offset), weights) in self.blocks().zip(weights.chunks(BLOCK)) {
			let (steps, rest) = weights.as_chunks::<STEP>();
			let mut products = 0i64;
			for (pairs, weights) in pairs.iter().zip(steps) {
				products = products.wrapping_add(product(pairs, word(*weights)));
			}
			if let Some(pairs) = pairs.get(steps.len()) {
				products = products.wrapping_add(product(pairs, short_word(rest)));
			}
			sum = sum.wrapping_add(upper(products)).wrapping_sub(offset);
		}
		sum
	}

	/// [`Self::dot`] of four rows of weights at a time.
	fn add_four(&self, sums: &mut [i32], weights: &[i8]) {
		let features = self.features;
		let (first, second) = weights.split_at(features.saturating_mul(2).min(weights.len()));
		let (a, b) = first.split_at(features.min(first.len()));
		let (c, d) = second.split_at(features.min(second.len()));
		let [a, b, c, d] = [a, b, c, d].map(|row| row.chunks(BLOCK));
		for ((pairs, offset), (((a, b), c), d)) in self.blocks().zip(a.zip(b).zip(c).zip(d)) {
			let rows = [a, b, c, d].map(|row| row.as_chunks::<STEP>());
			let [(a, _), (b, _), (c, _), (d, _)] = rows;
			let mut products = [0i64; 4];
			for ((((pairs, a), b), c), d) in pairs.iter().zip(a).zip(b).zip(c).zip(d) {
				products[0] = products[0].wrapping_add(product(pairs, word(*a)));
				products[1] = products[1].wrapping_add(product(pairs, word(*b)));
				products[2] = products[2].wrapping_add(product(pairs, word(*c)));
				products[3] = products[3].wrapping_add(product(pairs, word(*d)));
			}
			for ((sum, mut products), (steps, rest)) in sums.iter_mut().zip(products).zip(rows) {
				if let Some(pairs) = pairs.get(steps.len()) {
					products = products.wrapping_add(product(pairs, short_word(rest)));
				}
				*sum = sum.wrapping_add(upper(products)).wrapping_sub(offset);
			}
		}
	}
}

/// Eight weights as one number, each 128 higher.
#[inline]
fn word(weights: [i8; STEP]) -> u64 {
	u64::from_le_bytes(weights.map(i8::cast_unsigned)) ^ FLIP
}

/// Fewer than eight weights as one number. What is missing meets pairs of 0.
#[inline]
fn short_word(weights: &[i8]) -> u64 {
	let mut step = [0i8; STEP];
	for (slot, weight) in step.iter_mut().zip(weights) {
		*slot = *weight;
	}
	word(step)
}

/// The products of eight numbers with eight weights: their sum in the upper half, something in the lower half.
#[inline]
fn product(pairs: &[i64; 4], weights: u64) -> i64 {
	let [a, b, c, d] = *pairs;
	let part = |shift: u32| (weights.wrapping_shr(shift) & MASK).cast_signed();
	a.wrapping_mul(part(0))
		.wrapping_add(b.wrapping_mul(part(8)))
		.wrapping_add(c.wrapping_mul(part(16)))
		.wrapping_add(d.wrapping_mul(part(24)))
}

/// The upper half, without what the lower half carried into it.
#[inline]
#[allow(clippy::cast_possible_truncation)]
fn upper(products: i64) -> i32 {
	// Both casts keep the lower 32 bits, as wanted.
	let lower = products as i32;
	(products.wrapping_sub(i64::from(lower)) >> 32) as i32
}
