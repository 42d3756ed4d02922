// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The one rounding rule: to the nearest integer, and halves to the even one.
//!
//! It is the rule of ONNX `QuantizeLinear` and the default of IEEE 754. Everything that rounds uses [`rounding_shift`]:
//! the operations of a program, and (in its floating-point form, `round_ties_even`) clients that quantise inputs.

use crate::scale::Multiplier;

/// `value / 2^shift`, rounded to the nearest integer, halves to even. A `shift` above 62 counts as 62.
///
/// Exact for every `value`: the result differs from the real quotient by at most one half.
#[inline]
pub const fn rounding_shift(value: i64, shift: u8) -> i64 {
	if shift == 0 {
		return value;
	}
	let shift = if shift > Multiplier::MAX_SHIFT { Multiplier::MAX_SHIFT } else { shift } as u32;
	// value = floor * 2^shift + rest, with 0 <= rest < 2^shift. Round up if rest is more than half, or is half and the floor
	// is odd. Nothing overflows: the shift is in 1..=62, so |floor| <= 2^62 and rest < 2^62.
	let floor = value >> shift;
	let rest = value & 1i64.wrapping_shl(shift).wrapping_sub(1);
	let half = 1i64.wrapping_shl(shift.wrapping_sub(1));
	floor.wrapping_add((rest.wrapping_add(floor & 1) > half) as i64)
}

/// `value * multiplier`, rounded by the one rule. The result fits `i64` because a multiplier is below 2^31.
#[inline]
pub const fn scale_rounding(value: i32, multiplier: Multiplier) -> i64 {
	// |value| <= 2^31 and mantissa < 2^32, so the product fits.
	rounding_shift((value as i64).wrapping_mul(multiplier.mantissa() as i64), multiplier.shift())
}

/// Requantises one accumulator: `saturate(round(value * multiplier) + zero point)` to `i8`.
#[inline]
pub const fn requantise(value: i32, multiplier: Multiplier, zero_point: i8) -> i8 {
	let shifted = scale_rounding(value, multiplier).saturating_add(zero_point as i64);
	if shifted < i8::MIN as i64 {
		i8::MIN
	} else if shifted > i8::MAX as i64 {
		i8::MAX
	} else {
		// In range by the two tests.
		shifted as i8
	}
}
