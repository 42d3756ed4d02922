// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The kernels with vector instructions, chosen when they run.
//!
//! [`dense`] and [`conv2d`] use the best [`Level`] of the processor, or [`Portable`] where there is none. They are total, as
//! [`Portable`] is, and need memory in proportion to the slices, whatever sizes the other arguments claim.
//!
//! Exactness: sums are modulo 2^32, where order does not matter. Every product and every sum of products that an
//! instruction makes before it adds to a 32-bit lane fits in what it has for it, so nothing saturates:
//!
//! | level | one instruction sums | largest magnitude |
//! |---|---|---|
//! | AVX-512 VNNI | 4 products of `u8` and `i8` | 4 * 255 * 128 |
//! | AVX2 | 2 products of `i16` and `i16`, here of `[-255, 255]` and `i8` | 2 * 255 * 128 |

#[cfg(not(all(feature = "std", target_arch = "x86_64")))]
mod other;
#[cfg(all(feature = "std", target_arch = "x86_64"))]
mod planes;
#[cfg_attr(
	not(all(feature = "std", target_arch = "x86_64")),
	allow(dead_code, reason = "only kernels with vector instructions need all of it")
)]
mod view;
#[cfg(all(feature = "std", target_arch = "x86_64"))]
mod x86;

use aivm_inference::{
	kernels::{Kernels, Portable},
	Geometry,
};
#[cfg(not(all(feature = "std", target_arch = "x86_64")))]
pub use other::Level;
use view::View;
#[cfg(all(feature = "std", target_arch = "x86_64"))]
pub use x86::Level;

/// [`Kernels::dense`] as fast as this processor can.
pub fn dense(sums: &mut [i32], rows: &[i8], zero_point: i8, weights: &[i8], features: usize) {
	match Level::available().next() {
		Some(level) => level.dense(sums, rows, zero_point, weights, features),
		None => portable_dense(sums, rows, zero_point, weights, features),
	}
}

/// [`Kernels::conv2d`] as fast as this processor can.
pub fn conv2d(sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], geometry: &Geometry) {
	match Level::available().next() {
		Some(level) => level.conv2d(sums, input, zero_point, weights, geometry),
		None => portable_conv2d(sums, input, zero_point, weights, geometry),
	}
}

/// [`Portable::dense`] that asks for no memory where there is nothing to add.
fn portable_dense(sums: &mut [i32], rows: &[i8], zero_point: i8, weights: &[i8], features: usize) {
	if rows.len() >= features && weights.len() >= features {
		Portable::dense(sums, rows, zero_point, weights, features);
	}
}

/// [`Portable::conv2d`] that asks for no memory or time in proportion to what only the geometry claims.
fn portable_conv2d(sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], geometry: &Geometry) {
	let view = View::new(geometry);
	let needed = view.features().saturating_mul(view.outputs.max(view.width));
	if view.area() == 0 || view.outputs == 0 || weights.len() < needed || sums.len() < view.outputs {
		// No products.
	} else if view.is_depthwise() && view.channels.saturating_mul(view.area()) > weights.len() {
		view.scarce_depthwise(sums, input, zero_point, weights);
	} else {
		Portable::conv2d(sums, input, zero_point, weights, geometry);
	}
}
