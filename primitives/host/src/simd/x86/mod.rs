// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! x86-64: AVX-512 with VNNI, and AVX2.

#[allow(unsafe_code, reason = "what needs instructions that not every processor has can only be called in unsafe code")]
mod avx2;
#[allow(unsafe_code, reason = "what needs instructions that not every processor has can only be called in unsafe code")]
mod avx512;
mod products;

use aivm_inference::Geometry;

use super::{portable_conv2d, view::View};

/// A set of vector instructions that this processor has: [`Level::available`], which asks the processor, is the only way to
/// one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Level(Instructions);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Instructions {
	Avx512(avx512::Avx512),
	Avx2(avx2::Avx2),
}

impl Level {
	/// The levels of this processor, the fastest first.
	pub fn available() -> impl Iterator<Item = Self> {
		let avx512 = || avx512::Avx512::detect().map(Instructions::Avx512);
		let avx2 = || avx2::Avx2::detect().map(Instructions::Avx2);
		core::iter::once_with(avx512).chain(core::iter::once_with(avx2)).flatten().map(Self)
	}

	/// [`Kernels::dense`](aivm_inference::kernels::Kernels::dense) with these instructions.
	pub fn dense(self, sums: &mut [i32], rows: &[i8], zero_point: i8, weights: &[i8], features: usize) {
		match self.0 {
			Instructions::Avx512(level) => level.dense(sums, rows, zero_point, weights, features),
			Instructions::Avx2(level) => level.dense(sums, rows, zero_point, weights, features),
		}
	}

	/// [`Kernels::conv2d`](aivm_inference::kernels::Kernels::conv2d) with these instructions.
	pub fn conv2d(self, sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], geometry: &Geometry) {
		let view = View::new(geometry);
		if !view.agrees(weights) {
			return portable_conv2d(sums, input, zero_point, weights, geometry);
		}
		match self.0 {
			Instructions::Avx512(level) => level.conv2d(sums, input, zero_point, weights, &view),
			Instructions::Avx2(level) => level.conv2d(sums, input, zero_point, weights, &view),
		}
	}
}
