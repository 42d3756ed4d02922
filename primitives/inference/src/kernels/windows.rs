// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Operators on windows: convolutions and pools.

use alloc::{vec, vec::Vec};

use super::{rows::total, Kernels};
use crate::{
	operation::{AveragePool, Conv2d},
	rounding::{rounding_ratio, saturate},
	scale::PerChannel,
	window::{size, Axis, Geometry},
};

/// Calls `visit` with the channels of each element of the input that a window covers.
fn covered<'a, T>(input: &'a [T], geometry: &Geometry, number: usize, mut visit: impl FnMut(&'a [T])) {
	let [height, width, channels] = geometry.input.map(size);
	let position = geometry.position(number);
	for (_, y) in geometry.window.places(Axis::Vertical, position.row, height) {
		for (_, x) in geometry.window.places(Axis::Horizontal, position.column, width) {
			let from = geometry.place(position.image, y, x);
			visit(input.get(from..from.saturating_add(channels)).unwrap_or_default());
		}
	}
}

/// [`crate::MaxPool`]: the largest of each channel in each window of `geometry`.
pub fn max_pool<T: Copy + Ord>(input: &[T], geometry: &Geometry, least: T) -> Vec<T> {
	let channels = size(geometry.output[2]);
	let mut result = vec![least; channels.saturating_mul(size(geometry.count))];
	for (number, most) in geometry.positions().zip(result.chunks_exact_mut(channels.max(1))) {
		covered(input, geometry, number, |elements| {
			for (most, element) in most.iter_mut().zip(elements) {
				*most = (*most).max(*element);
			}
		});
	}
	result
}

/// [`AveragePool`] on the windows of `geometry`.
pub fn average_pool(input: &[i8], geometry: &Geometry, layer: &AveragePool) -> Vec<i8> {
	let channels = size(geometry.output[2]);
	let mut result = Vec::with_capacity(channels.saturating_mul(size(geometry.count)));
	let mut sums = vec![0i32; channels];
	for number in geometry.positions() {
		sums.fill(0);
		let mut count = 0u32;
		covered(input, geometry, number, |elements| {
			count = count.saturating_add(1);
			for (sum, element) in sums.iter_mut().zip(elements) {
				*sum = sum.wrapping_add(i32::from(*element));
			}
		});
		let zero = i32::from(layer.input_zero_point).wrapping_mul(i32::try_from(count).unwrap_or(i32::MAX));
		let count = if layer.count_padding { geometry.window.area() } else { count };
		let (mantissa, shift) = (i64::from(layer.multiplier.mantissa()), layer.multiplier.shift());
		result.extend(sums.iter().map(|sum| {
			// The sum is an i32 and the mantissa is below 2^31.
			let scaled = i64::from(sum.wrapping_sub(zero)).wrapping_mul(mantissa);
			saturate(rounding_ratio(scaled, count.into(), shift), layer.zero_point)
		}));
	}
	result
}

/// [`crate::Conv2d`] on the windows of `geometry`.
pub fn conv2d<K: Kernels>(input: &[i8], geometry: &Geometry, layer: &Conv2d) -> Vec<i32> {
	let mut sums = match layer.weight_zero_points {
		PerChannel::One(0) => repeat(&layer.bias, size(geometry.count)),
		_ => start_sums(input, geometry, layer),
	};
	K::conv2d(&mut sums, input, layer.input_zero_point, &layer.weights, geometry);
	sums
}

fn repeat(bias: &[i32], count: usize) -> Vec<i32> {
	let mut sums = Vec::with_capacity(bias.len().saturating_mul(count));
	for _ in 0..count {
		sums.extend_from_slice(bias);
	}
	sums
}

/// What the sums of each position start with: the bias, less the zero point of the weights times the total of the group's
/// elements in the window.
fn start_sums(input: &[i8], geometry: &Geometry, layer: &Conv2d) -> Vec<i32> {
	let groups = size(geometry.groups).max(1);
	let [_, _, channels] = geometry.input.map(size);
	let depth = channels.checked_div(groups).unwrap_or(0).max(1);
	let width = layer.bias.len().checked_div(groups).unwrap_or(0).max(1);
	let mut sums = repeat(&layer.bias, size(geometry.count));
	let mut totals = vec![0i32; groups];
	for (number, sums) in geometry.positions().zip(sums.chunks_exact_mut(layer.bias.len().max(1))) {
		totals.fill(0);
		covered(input, geometry, number, |elements| {
			for (sum, elements) in totals.iter_mut().zip(elements.chunks_exact(depth)) {
				*sum = sum.wrapping_add(total(elements, layer.input_zero_point));
			}
		});
		for (channel, sum) in sums.iter_mut().enumerate() {
			let total = channel.checked_div(width).and_then(|group| totals.get(group)).copied().unwrap_or_default();
			let zero_point = layer.weight_zero_points.get(channel).copied().unwrap_or_default();
			*sum = sum.wrapping_sub(total.wrapping_mul(zero_point.into()));
		}
	}
	sums
}
