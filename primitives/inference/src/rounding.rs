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

/// `numerator / (denominator * 2^shift)`, rounded by the one rule; 0 if the denominator is not positive. A `shift` above 62
/// counts as 62. Exact for every numerator.
#[inline]
pub const fn rounding_ratio(numerator: i64, denominator: i64, shift: u8) -> i64 {
	let (Some(quotient), Some(rest)) =
		(numerator.checked_div_euclid(denominator), numerator.checked_rem_euclid(denominator))
	else {
		return 0;
	};
	if denominator < 0 {
		return 0;
	}
	// The number is (quotient + rest / denominator) / 2^shift with 0 <= rest < denominator.
	if shift == 0 {
		// Twice the rest against the denominator, without leaving i64.
		let missing = denominator.wrapping_sub(rest);
		let up = rest > missing || (rest == missing && quotient & 1 == 1);
		return quotient.wrapping_add(up as i64);
	}
	let shift = if shift > Multiplier::MAX_SHIFT { Multiplier::MAX_SHIFT } else { shift } as u32;
	let floor = quotient >> shift;
	let bits = quotient & 1i64.wrapping_shl(shift).wrapping_sub(1);
	let half = 1i64.wrapping_shl(shift.wrapping_sub(1));
	// A rest makes what looks like half more than half.
	let up = bits > half || (bits == half && (rest > 0 || floor & 1 == 1));
	floor.wrapping_add(up as i64)
}

/// Requantises one accumulator: `saturate(round(value * multiplier) + zero point)` to `i8`.
#[inline]
pub const fn requantise(value: i32, multiplier: Multiplier, zero_point: i8) -> i8 {
	saturate(scale_rounding(value, multiplier), zero_point)
}

/// `value + zero point`, moved into the range of `i8`.
#[inline]
pub const fn saturate(value: i64, zero_point: i8) -> i8 {
	let shifted = value.saturating_add(zero_point as i64);
	if shifted < i8::MIN as i64 {
		i8::MIN
	} else if shifted > i8::MAX as i64 {
		i8::MAX
	} else {
		// In range by the two tests.
		shifted as i8
	}
}
