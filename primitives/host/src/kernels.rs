// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The kernels of programs.

#[cfg(not(substrate_runtime))]
use alloc::vec::Vec;

use aivm_inference::{kernels::Kernels, Geometry};
use bytemuck::cast_slice;
#[cfg(substrate_runtime)]
use bytemuck::cast_slice_mut;
use sp_runtime_interface::{
	pass_by::{PassFatPointerAndDecode, PassFatPointerAndRead, PassFatPointerAndReadWrite},
	runtime_interface,
};

#[cfg(not(substrate_runtime))]
use crate::simd;

/// The kernels of programs. Sums are 32-bit integers, little-endian; numbers and weights are signed bytes.
#[runtime_interface]
pub trait Inference {
	/// [`Kernels::dense`] on bytes. Bytes of `sums` after the last whole sum stay as they are.
	fn dense(
		sums: PassFatPointerAndReadWrite<&mut [u8]>,
		rows: PassFatPointerAndRead<&[u8]>,
		zero_point: i8,
		weights: PassFatPointerAndRead<&[u8]>,
		features: u32,
	) {
		let features = usize::try_from(features).unwrap_or(usize::MAX);
		with_sums(sums, |sums| simd::dense(sums, cast_slice(rows), zero_point, cast_slice(weights), features));
	}

	/// [`Kernels::conv2d`] on bytes. Bytes of `sums` after the last whole sum stay as they are.
	fn conv2d(
		sums: PassFatPointerAndReadWrite<&mut [u8]>,
		input: PassFatPointerAndRead<&[u8]>,
		zero_point: i8,
		weights: PassFatPointerAndRead<&[u8]>,
		geometry: PassFatPointerAndDecode<Geometry>,
	) {
		with_sums(sums, |sums| simd::conv2d(sums, cast_slice(input), zero_point, cast_slice(weights), &geometry));
	}
}

/// Runs a kernel on sums that are bytes, in place where their order and alignment allow it.
#[cfg(not(substrate_runtime))]
fn with_sums(bytes: &mut [u8], kernel: impl FnOnce(&mut [i32])) {
	let (whole, _) = bytes.as_chunks_mut::<4>();
	if cfg!(target_endian = "little") {
		if let Ok(sums) = bytemuck::try_cast_slice_mut(whole.as_flattened_mut()) {
			return kernel(sums);
		}
	}
	let mut sums: Vec<i32> = whole.iter().map(|sum| i32::from_le_bytes(*sum)).collect();
	kernel(&mut sums);
	for (bytes, sum) in whole.iter_mut().zip(sums) {
		*bytes = sum.to_le_bytes();
	}
}

/// The kernels of the host: natively [`simd`], in the WASM runtime calls to [`inference`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostKernels;

#[cfg(not(substrate_runtime))]
impl Kernels for HostKernels {
	fn dense(sums: &mut [i32], rows: &[i8], zero_point: i8, weights: &[i8], features: usize) {
		simd::dense(sums, rows, zero_point, weights, features);
	}

	fn conv2d(sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], geometry: &Geometry) {
		simd::conv2d(sums, input, zero_point, weights, geometry);
	}
}

/// WASM is little-endian, so its sums already are what the host expects.
#[cfg(substrate_runtime)]
impl Kernels for HostKernels {
	fn dense(sums: &mut [i32], rows: &[i8], zero_point: i8, weights: &[i8], features: usize) {
		let features = u32::try_from(features).unwrap_or(u32::MAX);
		inference::dense(cast_slice_mut(sums), cast_slice(rows), zero_point, cast_slice(weights), features);
	}

	fn conv2d(sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], geometry: &Geometry) {
		let geometry = geometry.clone();
		inference::conv2d(cast_slice_mut(sums), cast_slice(input), zero_point, cast_slice(weights), geometry);
	}
}
