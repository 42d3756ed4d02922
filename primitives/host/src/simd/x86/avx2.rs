// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! AVX2: sums of two products of 16-bit integers, `vpmaddwd`. Numbers are widened after subtracting the zero point.

use core::arch::x86_64::{
	__m256i, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_set1_epi32,
	_mm256_setzero_si256, _mm256_storeu_si256, _mm_loadu_si128,
};

use super::{
	products::{conv2d, dense, Outputs, Panel, Products, Source},
	View,
};

const GROUP: usize = 2;
/// Lanes of a vector, and of the two that a panel has.
const LANES: usize = 8;
const PANEL: usize = 2 * LANES;
/// Rows of a tile.
const ROWS: usize = 4;
/// Numbers of a vector.
const NUMBERS: usize = 16;

/// Proof that the processor has AVX2: only [`Avx2::detect`] makes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Avx2(());

impl Avx2 {
	pub(super) fn detect() -> Option<Self> {
		is_x86_feature_detected!("avx2").then_some(Self(()))
	}

	pub(super) fn dense(self, sums: &mut [i32], rows: &[i8], zero_point: i8, weights: &[i8], features: usize) {
		#[target_feature(enable = "avx2")]
		fn run(level: Avx2, sums: &mut [i32], rows: &[i8], zero_point: i8, weights: &[i8], features: usize) {
			dense(level, sums, rows, zero_point, weights, features);
		}
		// SAFETY: `self` proves that the processor has these instructions.
		unsafe { run(self, sums, rows, zero_point, weights, features) }
	}

	pub(super) fn conv2d(self, sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], view: &View) {
		#[target_feature(enable = "avx2")]
		fn run(level: Avx2, sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], view: &View) {
			conv2d(level, sums, input, zero_point, weights, view);
		}
		// SAFETY: `self` proves that the processor has these instructions.
		unsafe { run(self, sums, input, zero_point, weights, view) }
	}
}

impl Products<GROUP, PANEL> for Avx2 {
	const ROWS: usize = ROWS;
	const MANY_ROWS: usize = 32;

	type Number = i16;
	type Weight = i16;

	#[inline(always)]
	fn number(element: i8, zero_point: i8) -> i16 {
		i16::from(element).wrapping_sub(zero_point.into())
	}

	#[inline(always)]
	fn start(_: i8, _: i32) -> i32 {
		0
	}

	#[inline(always)]
	fn add_tile(
		self,
		sums: &mut [i32],
		outputs: Outputs,
		source: Source<'_, i16>,
		offsets: &[usize],
		panel: &Panel<i16, GROUP, PANEL>,
	) {
		// SAFETY: `self` proves that the processor has these instructions.
		unsafe {
			match outputs.width {
				..=LANES => add_tile::<1>(sums, outputs, source, offsets, panel),
				_ => add_tile::<2>(sums, outputs, source, offsets, panel),
			}
		}
	}

	#[inline(always)]
	fn dot(self, numbers: &[i16], weights: &[i8], _: i8) -> i32 {
		// SAFETY: `self` proves that the processor has these instructions.
		unsafe { dot(numbers, weights) }
	}
}

/// Adds the products of up to [`ROWS`] rows with the first `VECTORS` vectors of a panel.
#[inline]
#[target_feature(enable = "avx2")]
fn add_tile<const VECTORS: usize>(
	sums: &mut [i32],
	outputs: Outputs,
	source: Source<'_, i16>,
	offsets: &[usize],
	panel: &Panel<i16, GROUP, PANEL>,
) {
	// Rows that are missing are copies of the first.
	let mut offsets_of_rows = [offsets.first().copied().unwrap_or_default(); ROWS];
	for (slot, offset) in offsets_of_rows.iter_mut().zip(offsets) {
		*slot = *offset;
	}
	let mut products = [[_mm256_setzero_si256(); VECTORS]; ROWS];
	for weights in panel.weights.chunks_exact(panel.steps) {
		let mut rows: [&[[i16; GROUP]]; ROWS] = [&[]; ROWS];
		for (row, offset) in rows.iter_mut().zip(&mut offsets_of_rows) {
			let numbers = source.numbers.get(*offset..).unwrap_or_default();
			// Never missing: the source has numbers after the last row.
			let Some(steps) = numbers.as_chunks().0.get(..weights.len()) else { return };
			*row = steps;
			*offset = offset.wrapping_add(source.runs.pitch);
		}
		for (step, weights) in weights.iter().enumerate() {
			let mut vectors = [_mm256_setzero_si256(); VECTORS];
			for (vector, weights) in vectors.iter_mut().zip(weights.as_flattened().as_chunks().0) {
				*vector = load(weights);
			}
			for (products, row) in products.iter_mut().zip(&rows) {
				// SAFETY: each of the rows has as many steps as there are weights.
				let number = unsafe { row.get_unchecked(step) };
				let number = _mm256_set1_epi32(bytemuck::cast(*number));
				for (products, vector) in products.iter_mut().zip(&vectors) {
					*products = _mm256_add_epi32(*products, _mm256_madd_epi16(number, *vector));
				}
			}
		}
	}
	for (sums, products) in sums.chunks_mut(outputs.stride).zip(&products) {
		let sums = sums.get_mut(outputs.range()).unwrap_or_default();
		let (whole, rest) = sums.as_chunks_mut();
		for (sums, products) in whole.iter_mut().zip(products) {
			add(sums, *products);
		}
		if let Some(products) = products.get(whole.len()) {
			for (sum, product) in rest.iter_mut().zip(store(*products)) {
				*sum = sum.wrapping_add(product);
			}
		}
	}
}

#[inline]
#[target_feature(enable = "avx2")]
fn dot(numbers: &[i16], weights: &[i8]) -> i32 {
	let ((numbers, last_numbers), (weights, last_weights)) = (numbers.as_chunks(), weights.as_chunks());
	let mut sums = _mm256_setzero_si256();
	for (numbers, weights) in numbers.iter().zip(weights) {
		sums = _mm256_add_epi32(sums, _mm256_madd_epi16(load(numbers), widen(weights)));
	}
	let sum = store(sums).iter().fold(0, |total: i32, sum| total.wrapping_add(*sum));
	last_numbers
		.iter()
		.zip(last_weights)
		.fold(sum, |sum, (number, weight)| sum.wrapping_add(i32::from(*number).wrapping_mul(i32::from(*weight))))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(numbers: &[i16; NUMBERS]) -> __m256i {
	// SAFETY: reads the 16 integers of 2 bytes that `numbers` refers to.
	unsafe { _mm256_loadu_si256(numbers.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn widen(weights: &[i8; NUMBERS]) -> __m256i {
	// SAFETY: reads the 16 bytes that `weights` refers to.
	_mm256_cvtepi8_epi16(unsafe { _mm_loadu_si128(weights.as_ptr().cast()) })
}

#[inline]
#[target_feature(enable = "avx2")]
fn add(sums: &mut [i32; LANES], products: __m256i) {
	// SAFETY: reads and writes the 8 integers of 4 bytes that `sums` refers to.
	unsafe {
		let sums = sums.as_mut_ptr().cast();
		_mm256_storeu_si256(sums, _mm256_add_epi32(_mm256_loadu_si256(sums), products));
	}
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(sums: __m256i) -> [i32; LANES] {
	let mut result = [0; LANES];
	// SAFETY: writes the 8 integers of 4 bytes that `result` refers to.
	unsafe { _mm256_storeu_si256(result.as_mut_ptr().cast(), sums) };
	result
}
