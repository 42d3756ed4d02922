// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! AVX-512 with VNNI: sums of four products of unsigned and signed bytes, `vpdpbusd`.
//!
//! Numbers become unsigned by adding 128: `(x - z) * w = (x + 128) * w - (z + 128) * w`, so a sum begins with
//! `-(z + 128)` times the total of its weights. The form of the instruction that saturates is never used.

use core::arch::x86_64::{
	__m512i, _mm512_add_epi32, _mm512_castsi128_si512, _mm512_dpbusd_epi32, _mm512_inserti32x4, _mm512_loadu_si512,
	_mm512_mask_storeu_epi32, _mm512_maskz_loadu_epi8, _mm512_mullo_epi32, _mm512_reduce_add_epi32, _mm512_set1_epi32,
	_mm512_set1_epi8, _mm512_setzero_si512, _mm512_storeu_si512, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64,
	_mm512_unpacklo_epi32, _mm512_unpacklo_epi64, _mm_loadu_si128,
};

use super::{
	products::{conv2d, dense, interleave, Outputs, Panel, Products, Source},
	View,
};

const GROUP: usize = 4;
/// Lanes of a vector, and of the two that a panel has.
const LANES: usize = 16;
const PANEL: usize = 2 * LANES;
const BYTES: usize = 64;
/// Steps and weights of a row that are interleaved at once.
const STEPS: usize = 4;
const BLOCK: usize = STEPS * GROUP;
/// Rows of a tile, and of one at the end.
const ROWS: usize = 8;
const FEW: usize = 4;

/// Proof that the processor has AVX-512 F, BW, VL and VNNI: only [`Avx512::detect`] makes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Avx512(());

impl Avx512 {
	pub(super) fn detect() -> Option<Self> {
		let has_all = is_x86_feature_detected!("avx512f")
			&& is_x86_feature_detected!("avx512bw")
			&& is_x86_feature_detected!("avx512vl")
			&& is_x86_feature_detected!("avx512vnni");
		has_all.then_some(Self(()))
	}

	pub(super) fn dense(self, sums: &mut [i32], rows: &[i8], zero_point: i8, weights: &[i8], features: usize) {
		#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
		fn run(level: Avx512, sums: &mut [i32], rows: &[i8], zero_point: i8, weights: &[i8], features: usize) {
			dense(level, sums, rows, zero_point, weights, features);
		}
		// SAFETY: `self` proves that the processor has these instructions.
		unsafe { run(self, sums, rows, zero_point, weights, features) }
	}

	pub(super) fn conv2d(self, sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], view: &View) {
		#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
		fn run(level: Avx512, sums: &mut [i32], input: &[i8], zero_point: i8, weights: &[i8], view: &View) {
			conv2d(level, sums, input, zero_point, weights, view);
		}
		// SAFETY: `self` proves that the processor has these instructions.
		unsafe { run(self, sums, input, zero_point, weights, view) }
	}
}

impl Products<GROUP, PANEL> for Avx512 {
	const ROWS: usize = ROWS;
	const MANY_ROWS: usize = 8;

	type Number = u8;
	type Weight = i8;

	#[inline(always)]
	fn number(element: i8, _: i8) -> u8 {
		// Adds 128.
		element.cast_unsigned() ^ 0x80
	}

	#[inline(always)]
	fn start(zero_point: i8, total: i32) -> i32 {
		i32::from(zero_point).wrapping_add(128).wrapping_mul(total).wrapping_neg()
	}

	#[inline(always)]
	fn interleave(self, steps: &mut [[[i8; GROUP]; PANEL]], rows: &[&[i8]]) {
		let blocks = rows.first().map_or(0, |row| row.as_chunks::<BLOCK>().0.len());
		let (blocks, rest) = steps.split_at_mut(blocks.saturating_mul(STEPS).min(steps.len()));
		for (half, rows) in rows.chunks(LANES).enumerate() {
			// SAFETY: `self` proves that the processor has these instructions.
			unsafe { interleave_blocks(blocks.as_chunks_mut().0, half, rows) };
		}
		interleave(rest, rows.iter().map(|row| row.as_chunks::<BLOCK>().1));
	}

	#[inline(always)]
	fn add_tile(
		self,
		sums: &mut [i32],
		outputs: Outputs,
		source: Source<'_, u8>,
		offsets: &[usize],
		panel: &Panel<i8, GROUP, PANEL>,
	) {
		// SAFETY: `self` proves that the processor has these instructions.
		unsafe {
			match (offsets.len() <= FEW, outputs.width <= LANES) {
				(false, false) => add_tile::<ROWS, 2>(sums, outputs, source, offsets, panel),
				(false, true) => add_tile::<ROWS, 1>(sums, outputs, source, offsets, panel),
				(true, false) => add_tile::<FEW, 2>(sums, outputs, source, offsets, panel),
				(true, true) => add_tile::<FEW, 1>(sums, outputs, source, offsets, panel),
			}
		}
	}

	#[inline(always)]
	fn dot(self, numbers: &[u8], weights: &[i8], zero_point: i8) -> i32 {
		// SAFETY: `self` proves that the processor has these instructions.
		unsafe { dot(numbers, weights, Self::start(zero_point, 1)) }
	}
}

/// Gives up to 16 rows their lanes in a half of the steps. Lanes without a row get a copy of the first.
#[inline]
#[target_feature(enable = "avx512f")]
fn interleave_blocks(blocks: &mut [[[[i8; GROUP]; PANEL]; STEPS]], half: usize, rows: &[&[i8]]) {
	let mut sources = [rows.first().copied().unwrap_or_default().as_chunks::<BLOCK>().0; LANES];
	for (source, row) in sources.iter_mut().zip(rows) {
		*source = row.as_chunks().0;
	}
	for (index, steps) in blocks.iter_mut().enumerate() {
		let load = |row: usize| {
			let block = sources.get(row).and_then(|source| source.get(index)).unwrap_or(&[0; BLOCK]);
			// SAFETY: reads the 16 bytes that `block` refers to.
			unsafe { _mm_loadu_si128(block.as_ptr().cast()) }
		};
		// Rows `row`, `row + 4`, `row + 8` and `row + 12`.
		let quarters = |row: usize| {
			let vector = _mm512_castsi128_si512(load(row));
			let vector = _mm512_inserti32x4::<1>(vector, load(row.wrapping_add(4)));
			let vector = _mm512_inserti32x4::<2>(vector, load(row.wrapping_add(8)));
			_mm512_inserti32x4::<3>(vector, load(row.wrapping_add(12)))
		};
		let (a, b, c, d) = (quarters(0), quarters(1), quarters(2), quarters(3));
		// In each quarter, a transposition of 4 by 4 groups.
		let (low_ab, high_ab) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
		let (low_cd, high_cd) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
		let vectors = [
			_mm512_unpacklo_epi64(low_ab, low_cd),
			_mm512_unpackhi_epi64(low_ab, low_cd),
			_mm512_unpacklo_epi64(high_ab, high_cd),
			_mm512_unpackhi_epi64(high_ab, high_cd),
		];
		for (step, vector) in steps.iter_mut().zip(vectors) {
			if let Some(lanes) = step.as_chunks_mut::<LANES>().0.get_mut(half) {
				// SAFETY: writes the 64 bytes that `lanes` refers to.
				unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), vector) };
			}
		}
	}
}

/// Adds the products of up to `ROWS` rows with the first `VECTORS` vectors of a panel.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn add_tile<const ROWS: usize, const VECTORS: usize>(
	sums: &mut [i32],
	outputs: Outputs,
	source: Source<'_, u8>,
	offsets: &[usize],
	panel: &Panel<i8, GROUP, PANEL>,
) {
	// Rows that are missing are copies of the first.
	let mut offsets_of_rows = [offsets.first().copied().unwrap_or_default(); ROWS];
	for (slot, offset) in offsets_of_rows.iter_mut().zip(offsets) {
		*slot = *offset;
	}
	let mut products = [[_mm512_setzero_si512(); VECTORS]; ROWS];
	for products in &mut products {
		for (product, start) in products.iter_mut().zip(panel.start.as_chunks().0) {
			*product = load(start);
		}
	}
	for weights in panel.weights.chunks_exact(panel.steps) {
		let mut rows: [&[[u8; GROUP]]; ROWS] = [&[]; ROWS];
		for (row, offset) in rows.iter_mut().zip(&mut offsets_of_rows) {
			let numbers = source.numbers.get(*offset..).unwrap_or_default();
			// Never missing: the source has numbers after the last row.
			let Some(steps) = numbers.as_chunks().0.get(..weights.len()) else { return };
			*row = steps;
			*offset = offset.wrapping_add(source.runs.pitch);
		}
		for (step, weights) in weights.iter().enumerate() {
			let mut vectors = [_mm512_setzero_si512(); VECTORS];
			for (vector, weights) in vectors.iter_mut().zip(weights.as_chunks::<LANES>().0) {
				// SAFETY: reads the 64 bytes that `weights` refers to.
				*vector = unsafe { _mm512_loadu_si512(weights.as_ptr().cast()) };
			}
			for (products, row) in products.iter_mut().zip(&rows) {
				// SAFETY: each of the rows has as many steps as there are weights.
				let number = unsafe { row.get_unchecked(step) };
				let number = _mm512_set1_epi32(i32::from_le_bytes(*number));
				for (products, vector) in products.iter_mut().zip(&vectors) {
					*products = _mm512_dpbusd_epi32(*products, number, *vector);
				}
			}
		}
	}
	if outputs.width == VECTORS.wrapping_mul(LANES) {
		for (sums, products) in sums.chunks_mut(outputs.stride).zip(&products) {
			let sums = sums.get_mut(outputs.range()).unwrap_or_default();
			for (sums, product) in sums.as_chunks_mut().0.iter_mut().zip(products) {
				store(sums, _mm512_add_epi32(load(sums), *product));
			}
		}
		return;
	}
	// All sums are read before any is written: to read what lies next to a masked write takes long.
	for (sums, products) in sums.chunks(outputs.stride).zip(&mut products) {
		let sums = sums.get(outputs.range()).unwrap_or_default();
		for (sums, product) in sums.chunks(LANES).zip(products) {
			*product = _mm512_add_epi32(load_some(bytemuck::cast_slice(sums)), *product);
		}
	}
	for (sums, products) in sums.chunks_mut(outputs.stride).zip(&products) {
		let sums = sums.get_mut(outputs.range()).unwrap_or_default();
		for (sums, product) in sums.chunks_mut(LANES).zip(products) {
			store_some(sums, *product);
		}
	}
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store(slots: &mut [i32; LANES], numbers: __m512i) {
	// SAFETY: writes the 16 integers of 4 bytes that `slots` refers to.
	unsafe { _mm512_storeu_si512(slots.as_mut_ptr().cast(), numbers) };
}

/// Writes up to 16 numbers.
#[inline]
#[target_feature(enable = "avx512f")]
fn store_some(slots: &mut [i32], numbers: __m512i) {
	let missing = LANES.saturating_sub(slots.len());
	let mask = u16::MAX.checked_shr(u32::try_from(missing).unwrap_or(u32::MAX)).unwrap_or(0);
	// SAFETY: `mask` has as many bits as `slots` has elements, at most 16, and only those are written.
	unsafe { _mm512_mask_storeu_epi32(slots.as_mut_ptr(), mask, numbers) };
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(numbers: &[i32; LANES]) -> __m512i {
	// SAFETY: reads the 16 integers of 4 bytes that `numbers` refers to.
	unsafe { _mm512_loadu_si512(numbers.as_ptr().cast()) }
}

/// The sum of products of unsigned numbers with weights, and for each weight `start` times that.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn dot(numbers: &[u8], weights: &[i8], start: i32) -> i32 {
	let ones = _mm512_set1_epi8(1);
	let (mut products, mut totals) = (_mm512_setzero_si512(), _mm512_setzero_si512());
	for (numbers, weights) in numbers.chunks(BYTES).zip(weights.chunks(BYTES)) {
		let weights = load_some(bytemuck::cast_slice(weights));
		products = _mm512_dpbusd_epi32(products, load_some(numbers), weights);
		totals = _mm512_dpbusd_epi32(totals, ones, weights);
	}
	let starts = _mm512_mullo_epi32(totals, _mm512_set1_epi32(start));
	_mm512_reduce_add_epi32(_mm512_add_epi32(products, starts))
}

/// Up to 64 bytes; those that are missing are 0.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load_some(bytes: &[u8]) -> __m512i {
	let missing = BYTES.saturating_sub(bytes.len());
	let mask = u64::MAX.checked_shr(u32::try_from(missing).unwrap_or(u32::MAX)).unwrap_or(0);
	// SAFETY: `mask` has as many bits as `bytes` has elements, at most 64, and only their bytes are read.
	unsafe { _mm512_maskz_loadu_epi8(mask, bytes.as_ptr().cast()) }
}
