// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The arithmetic of the operators on plain slices, in portable Rust.
//!
//! Kernels are total: for slices that disagree they return a shorter or wrong result, never a panic. Sums wrap, which
//! validation makes unreachable, so any order of summation gives the same result and a faster kernel may replace one of
//! these as long as it agrees on every slice.

use alloc::vec::Vec;

use crate::{
	rounding::requantise,
	scale::{Multiplier, PerChannel},
	tree::{Comparison, Leaves, TreeEnsemble},
};

/// The sum of the products of two slices of the same length.
#[inline]
fn dot(left: &[i16], right: &[i8]) -> i32 {
	left.iter().zip(right).fold(0, |sum: i32, (left, right)| {
		// |left| <= 255 and |right| <= 128, so a product never wraps.
		sum.wrapping_add(i32::from(*left).wrapping_mul(i32::from(*right)))
	})
}

/// The sums of the products of one slice with each of four of its length that follow one another.
#[inline]
fn dot4(left: &[i16], right: &[i8]) -> [i32; 4] {
	let length = left.len();
	let (first, second) = right.split_at(length.saturating_mul(2).min(right.len()));
	let (a, b) = first.split_at(length.min(first.len()));
	let (c, d) = second.split_at(length.min(second.len()));
	let mut sums = [0i32; 4];
	for ((((left, a), b), c), d) in left.iter().zip(a).zip(b).zip(c).zip(d) {
		let left = i32::from(*left);
		sums[0] = sums[0].wrapping_add(left.wrapping_mul(i32::from(*a)));
		sums[1] = sums[1].wrapping_add(left.wrapping_mul(i32::from(*b)));
		sums[2] = sums[2].wrapping_add(left.wrapping_mul(i32::from(*c)));
		sums[3] = sums[3].wrapping_add(left.wrapping_mul(i32::from(*d)));
	}
	sums
}

/// [`crate::Dense`] on rows of `features` elements; `bias` has one value for each output channel.
pub fn dense(
	rows: &[i8],
	features: usize,
	input_zero_point: i8,
	weights: &[i8],
	weight_zero_points: &PerChannel<i8>,
	bias: &[i32],
) -> Vec<i32> {
	let features = features.max(1);
	let count = rows.len().checked_div(features).unwrap_or(0);
	let mut sums = Vec::with_capacity(count.saturating_mul(bias.len()));
	let mut row = Vec::with_capacity(features);
	for elements in rows.chunks_exact(features) {
		row.clear();
		row.extend(elements.iter().map(|element| i16::from(*element).wrapping_sub(i16::from(input_zero_point))));
		let plain = matches!(weight_zero_points, PerChannel::One(0));
		let total = if plain { 0 } else { row.iter().fold(0i32, |sum, element| sum.wrapping_add(i32::from(*element))) };
		let begin = sums.len();
		let block = features.saturating_mul(4);
		let blocks = weights.chunks_exact(block);
		let rest = blocks.remainder();
		for block in blocks {
			sums.extend_from_slice(&dot4(&row, block));
		}
		sums.extend(rest.chunks_exact(features).map(|weights| dot(&row, weights)));
		let sums = sums.get_mut(begin..).unwrap_or_default();
		for (channel, (sum, bias)) in sums.iter_mut().zip(bias).enumerate() {
			let zero_point = weight_zero_points.get(channel).copied().unwrap_or_default();
			*sum = sum.wrapping_add(*bias).wrapping_sub(total.wrapping_mul(i32::from(zero_point)));
		}
	}
	sums
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
