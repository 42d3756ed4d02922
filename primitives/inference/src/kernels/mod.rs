// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The arithmetic of the operators on plain slices.
//!
//! Kernels are total: for slices that disagree they return a shorter or wrong result, never a panic. Sums wrap, which
//! validation makes unreachable, so any order of summation gives the same result and a faster kernel may replace another as
//! long as it agrees on every slice.

pub(crate) mod layout;
mod products;
pub mod rows;
pub mod windows;

pub use products::Portable;

use crate::window::Geometry;

/// The two kernels in which networks spend their time. [`Portable`] defines them; others must agree with it bit for bit.
pub trait Kernels {
	/// Adds the products of rows with weights to `sums`, one sum for each row and output:
	/// `sums[r * N + n] += sum over k of (rows[r * features + k] - zero_point) * weights[n * features + k]`, wrapping, where `N`
	/// is the length of `weights` over `features`.
	fn dense(sums: &mut [i32], rows: &[i8], zero_point: i8, weights: &[i8], features: usize);

	/// Adds the products of windows with weights to `sums`, one sum for each position of `geometry` and output channel:
	/// `sums[p * outputs + o] += sum over the window's places in the input and channels c of o's group of`
	/// `(x[place][c] - zero_point) * weights[o][place][c]`, wrapping. `input` is the part of the input that begins at
	/// `geometry.start`. Weights are `[outputs, kernel height, kernel width, channels of a group]`.
	fn conv2d(sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], geometry: &Geometry);
}
