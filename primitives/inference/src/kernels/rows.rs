// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Operators that work on each row or each element by itself.

use alloc::vec::Vec;

use super::Kernels;
use crate::{
	operation::{Add, Dense, Lookup, Multiply, Softmax},
	rounding::{requantise, rounding_ratio, rounding_shift, saturate},
	scale::{Multiplier, PerChannel},
	tree::{Comparison, Leaves, TreeEnsemble},
};

/// [`Dense`] on rows of `features` elements.
pub fn dense<K: Kernels>(rows: &[i8], features: usize, layer: &Dense) -> Vec<i32> {
	let mut sums = start_sums(&layer.bias, rows.chunks_exact(features.max(1)), &layer.weight_zero_points, |row| {
		total(row, layer.input_zero_point)
	});
	K::dense(&mut sums, rows, layer.input_zero_point, &layer.weights, features);
	sums
}

/// What the sums of each row start with: the bias, less the zero point of the weights times the row's total.
pub(crate) fn start_sums<R>(
	bias: &[i32],
	rows: impl ExactSizeIterator<Item = R>,
	weight_zero_points: &PerChannel<i8>,
	total: impl Fn(R) -> i32,
) -> Vec<i32> {
	let mut sums = Vec::with_capacity(rows.len().saturating_mul(bias.len()));
	for row in rows {
		if matches!(weight_zero_points, PerChannel::One(0)) {
			sums.extend_from_slice(bias);
			continue;
		}
		let total = total(row);
		sums.extend(bias.iter().enumerate().map(|(channel, bias)| {
			let zero_point = weight_zero_points.get(channel).copied().unwrap_or_default();
			bias.wrapping_sub(total.wrapping_mul(i32::from(zero_point)))
		}));
	}
	sums
}

/// The sum of `element - zero_point` over a row.
pub(crate) fn total(row: &[i8], zero_point: i8) -> i32 {
	row.iter().fold(0i32, |sum, element| sum.wrapping_add(i32::from(*element)).wrapping_sub(i32::from(zero_point)))
}

/// [`crate::Requantise`] on rows of `features` elements.
pub fn requantise_rows(
	values: &[i32],
	features: usize,
	multipliers: &PerChannel<Multiplier>,
	zero_point: i8,
) -> Vec<i8> {
	match multipliers {
		PerChannel::One(multiplier) => values.iter().map(|value| requantise(*value, *multiplier, zero_point)).collect(),
		PerChannel::Each(multipliers) => {
			let mut result = Vec::with_capacity(values.len());
			for row in values.chunks_exact(features.max(1)) {
				let row = row.iter().zip(multipliers);
				result.extend(row.map(|(value, multiplier)| requantise(*value, *multiplier, zero_point)));
			}
			result
		}
	}
}

/// [`crate::Clamp`] on any ordered elements.
pub fn clamp<T: Copy + Ord>(values: &[T], low: T, high: T) -> Vec<T> {
	values.iter().map(|value| (*value).max(low).min(high)).collect()
}

/// [`Lookup`].
pub fn lookup(values: &[i8], lookup: &Lookup) -> Vec<i8> {
	let Ok(table) = <&[i8; 256]>::try_from(lookup.table.as_slice()) else { return Vec::new() };
	values.iter().map(|value| entry(table, value.cast_unsigned() ^ 0x80)).collect()
}

/// An entry of a table that has one for every byte.
#[inline]
#[allow(clippy::indexing_slicing)]
fn entry<T: Copy>(table: &[T; 256], place: u8) -> T {
	table[usize::from(place)]
}

/// [`Add`] on two slices of one length.
pub fn add(left: &[i8], right: impl Iterator<Item = i8>, op: &Add) -> Vec<i8> {
	let term = |value: i8, zero_point: i8, factor: i32| {
		// |value - zero point| <= 255 and |factor| <= 2^31, so two such terms fit.
		i64::from(i32::from(value).wrapping_sub(zero_point.into())).wrapping_mul(factor.into())
	};
	let [left_zero, right_zero] = op.input_zero_points;
	let [left_factor, right_factor] = op.factors;
	let sum = |(left, right): (&i8, i8)| {
		let sum = term(*left, left_zero, left_factor).wrapping_add(term(right, right_zero, right_factor));
		saturate(rounding_shift(sum, op.shift), op.zero_point)
	};
	left.iter().zip(right).map(sum).collect()
}

/// [`Multiply`] on two slices of one length.
pub fn multiply(left: &[i8], right: impl Iterator<Item = i8>, op: &Multiply) -> Vec<i8> {
	let [left_zero, right_zero] = op.input_zero_points.map(i32::from);
	let product = |(left, right): (&i8, i8)| {
		let (left, right) = (i32::from(*left).wrapping_sub(left_zero), i32::from(right).wrapping_sub(right_zero));
		requantise(left.wrapping_mul(right), op.multiplier, op.zero_point)
	};
	left.iter().zip(right).map(product).collect()
}

/// [`Softmax`] on rows of `features` elements.
pub fn softmax(values: &[i8], features: usize, op: &Softmax) -> Vec<i8> {
	let Ok(exponentials) = <&[u32; 256]>::try_from(op.exponentials.as_slice()) else { return Vec::new() };
	let (mantissa, shift) = (i64::from(op.multiplier.mantissa()), op.multiplier.shift());
	let mut result = Vec::with_capacity(values.len());
	for row in values.chunks_exact(features.max(1)) {
		let most = row.iter().copied().max().unwrap_or_default();
		// The bits of a difference of 0 to 255 survive the wrapping.
		let exponential = |value: &i8| i64::from(entry(exponentials, most.wrapping_sub(*value).cast_unsigned()));
		// At most 2^24 elements of at most 2^24.
		let sum = row.iter().fold(0i64, |sum, value| sum.wrapping_add(exponential(value)));
		result.extend(row.iter().map(|value| {
			let scaled = exponential(value).wrapping_mul(mantissa);
			saturate(rounding_ratio(scaled, sum, shift), op.zero_point)
		}));
	}
	result
}

/// [`crate::Embed`]: for each element the row of `width` entries that it names, or zeroes if there is none.
pub fn embed<T: Copy + Into<i32>>(values: &[T], table: &[i8], width: usize) -> Vec<i8> {
	let mut result = Vec::with_capacity(values.len().saturating_mul(width));
	for value in values {
		let begin = usize::try_from((*value).into()).unwrap_or(usize::MAX).saturating_mul(width);
		match table.get(begin..begin.saturating_add(width)) {
			Some(row) => result.extend_from_slice(row),
			None => result.resize(result.len().saturating_add(width), 0),
		}
	}
	result
}

/// The place of the largest element of each row of `features` elements, the lowest one if there are several.
pub fn arg_max<T: Copy + Ord>(values: &[T], features: usize) -> Vec<i32> {
	let place = |row: &[T]| {
		let mut best = None;
		for (index, value) in (0i32..).zip(row) {
			if best.is_none_or(|(_, most)| *value > most) {
				best = Some((index, *value));
			}
		}
		best.map_or(0, |(index, _)| index)
	};
	let rows = values.chunks_exact(features.max(1));
	let mut places = Vec::with_capacity(rows.len());
	places.extend(rows.map(place));
	places
}

/// [`TreeEnsemble`] on rows of `features` elements.
pub fn trees<T: Copy + Into<i32>>(values: &[T], features: usize, trees: &TreeEnsemble) -> Vec<i32> {
	let rows = values.chunks_exact(features.max(1));
	let mut sums = Vec::with_capacity(rows.len().saturating_mul(trees.base.len()));
	for row in rows {
		let begin = sums.len();
		sums.extend_from_slice(&trees.base);
		let sums = sums.get_mut(begin..).unwrap_or_default();
		match trees.comparison {
			Comparison::LessOrEqual => add_trees(trees, row, sums, |value, threshold| value <= threshold),
			Comparison::Less => add_trees(trees, row, sums, |value, threshold| value < threshold),
		}
	}
	sums
}

/// Adds the reached leaf of every tree to the sums of one row.
#[inline]
fn add_trees<T: Copy + Into<i32>>(trees: &TreeEnsemble, row: &[T], sums: &mut [i32], holds: impl Fn(i32, i32) -> bool) {
	let width = trees.leaf_width();
	let (mut branch, mut leaf) = (0usize, 0usize);
	for (tree, size) in trees.sizes.iter().enumerate() {
		let size = usize::try_from(*size).unwrap_or(usize::MAX);
		let reached = walk(trees, branch, leaf, size, row, &holds).unwrap_or(usize::MAX);
		let begin = reached.saturating_mul(width);
		let weights = trees.weights.get(begin..begin.saturating_add(width)).unwrap_or_default();
		let targets = match &trees.leaves {
			Leaves::PerTree(targets) => {
				let target = targets.get(tree).copied().map_or(usize::MAX, usize::from);
				sums.get_mut(target..).unwrap_or_default()
			}
			Leaves::PerOutput => &mut *sums,
		};
		for (sum, weight) in targets.iter_mut().zip(weights) {
			*sum = sum.wrapping_add(*weight);
		}
		branch = branch.saturating_add(size.saturating_sub(1));
		leaf = leaf.saturating_add(size);
	}
}

/// Follows one tree of `size` leaves, whose first branch and leaf are given, and returns the leaf that `row` reaches.
///
/// Ends because every step goes to a subtree with fewer leaves. `None` if the lists are not those of a tree.
#[inline]
fn walk<T: Copy + Into<i32>>(
	trees: &TreeEnsemble,
	mut branch: usize,
	mut leaf: usize,
	mut size: usize,
	row: &[T],
	holds: impl Fn(i32, i32) -> bool,
) -> Option<usize> {
	while size > 1 {
		let split = usize::from(*trees.splits.get(branch)?);
		let value: i32 = (*row.get(usize::from(*trees.features.get(branch)?))?).into();
		if split == 0 || split >= size {
			return None;
		}
		if holds(value, *trees.thresholds.get(branch)?) {
			branch = branch.wrapping_add(1);
			size = split;
		} else {
			branch = branch.wrapping_add(split);
			leaf = leaf.wrapping_add(split);
			size = size.wrapping_sub(split);
		}
	}
	Some(leaf)
}
