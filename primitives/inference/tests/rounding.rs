// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The rounding rule against exact rational arithmetic.

mod common;

use aivm_inference::{
	rounding::{requantise, rounding_shift, scale_rounding},
	Multiplier,
};
use common::reference::round_ratio;
use proptest::prelude::*;

#[test]
fn rounding_shift_should_send_halves_to_the_even_neighbour() {
	// 0.5, 1.5, 2.5, 3.5 and their negatives.
	let halves = [1, 3, 5, 7, -1, -3, -5, -7];
	assert_eq!(halves.map(|half| rounding_shift(half, 1)), [0, 2, 2, 4, 0, -2, -2, -4]);
	// A quarter below and above a half.
	assert_eq!([1, 3, -1, -3, 5, 7].map(|quarter| rounding_shift(quarter, 2)), [0, 1, 0, -1, 1, 2]);
	assert_eq!(rounding_shift(-12_345, 0), -12_345);
}

#[test]
fn rounding_shift_should_be_exact_when_the_value_is_extreme() {
	for value in [i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1, -1, 0, 1] {
		for shift in 0..=62 {
			let exact = round_ratio(value.into(), 1i128 << shift);
			assert_eq!(i128::from(rounding_shift(value, shift)), exact, "{value} / 2^{shift}");
		}
		for shift in 63..=u8::MAX {
			assert_eq!(rounding_shift(value, shift), rounding_shift(value, 62));
		}
	}
}

#[test]
fn requantise_should_saturate_when_the_result_leaves_i8() {
	let one = Multiplier::ONE;
	assert_eq!(requantise(127, one, 0), 127);
	assert_eq!(requantise(128, one, 0), 127);
	assert_eq!(requantise(-129, one, 0), -128);
	assert_eq!(requantise(-100, one, -28), -128);
	assert_eq!(requantise(100, one, -128), -28);
	// The largest factor, 2^31 - 1, and the largest products.
	let largest = Multiplier::new((1 << 31) - 1, 0).unwrap();
	assert_eq!(requantise(i32::MIN, largest, 127), -128);
	assert_eq!(requantise(i32::MAX, largest, -128), 127);
	// The smallest factor, 2^-32: exactly minus a half rounds to the even 0.
	let smallest = Multiplier::new(1 << 30, 62).unwrap();
	assert_eq!(requantise(i32::MIN, smallest, 5), 5);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(20_000))]

	#[test]
	fn rounding_shift_should_equal_the_rational_rule(value in any::<i64>(), narrow in 0u32..63, shift in 0u8..=62) {
		let value = value >> narrow;
		prop_assert_eq!(i128::from(rounding_shift(value, shift)), round_ratio(value.into(), 1i128 << shift));
	}

	#[test]
	fn rounding_shift_should_equal_the_rational_rule_around_halves(
		whole in -1_000_000i64..1_000_000, shift in 1u8..=40, off in -1i64..=1,
	) {
		let value = (whole << shift) + (1i64 << (shift - 1)) + off;
		prop_assert_eq!(i128::from(rounding_shift(value, shift)), round_ratio(value.into(), 1i128 << shift));
	}

	#[test]
	fn requantise_should_equal_the_rational_rule(
		value in any::<i32>(), mantissa in (1u32 << 30)..(1u32 << 31), shift in 0u8..=62, zero_point in any::<i8>(),
	) {
		let multiplier = Multiplier::new(mantissa, shift).unwrap();
		let exact = round_ratio(i128::from(value) * i128::from(mantissa), 1i128 << shift);
		prop_assert_eq!(i128::from(scale_rounding(value, multiplier)), exact);
		let expected = (exact + i128::from(zero_point)).clamp(-128, 127);
		prop_assert_eq!(i128::from(requantise(value, multiplier, zero_point)), expected);
	}

	#[test]
	fn requantise_should_keep_order(
		left in any::<i32>(), right in any::<i32>(), mantissa in (1u32 << 30)..(1u32 << 31), shift in 20u8..=62,
	) {
		let multiplier = Multiplier::new(mantissa, shift).unwrap();
		let (low, high) = (left.min(right), left.max(right));
		prop_assert!(requantise(low, multiplier, 0) <= requantise(high, multiplier, 0));
	}
}
