// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Processors without kernels of their own.

use aivm_inference::Geometry;

/// A set of vector instructions that this processor has and these kernels use: none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {}

impl Level {
	/// The levels of this processor, the fastest first.
	pub fn available() -> impl Iterator<Item = Self> {
		core::iter::empty()
	}

	/// [`Kernels::dense`](aivm_inference::kernels::Kernels::dense) with these instructions.
	pub fn dense(self, _: &mut [i32], _: &[i8], _: i8, _: &[i8], _: usize) {
		match self {}
	}

	/// [`Kernels::conv2d`](aivm_inference::kernels::Kernels::conv2d) with these instructions.
	pub fn conv2d(self, _: &mut [i32], _: &[i8], _: i8, _: &[i8], _: &Geometry) {
		match self {}
	}
}
