// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Exponential decay in integers.

use primitive_types::{U256, U512};

/// Binary digits of the fraction of an exponent.
const FRACTION_BITS: usize = 48;
/// Binary digits after the point of a power.
const POWER_BITS: usize = 63;
/// `2^(2^-1)`, `2^(2^-2)` and so on, each the square root of the one before, with [`POWER_BITS`] digits after the point.
const ROOTS: [u64; FRACTION_BITS] = {
	let mut roots = [0; FRACTION_BITS];
	let mut places = roots.as_mut_slice();
	let mut root: u128 = 2 << POWER_BITS;
	while let Some((place, rest)) = places.split_first_mut() {
		root = (root << POWER_BITS).isqrt();
		*place = root as u64;
		places = rest;
	}
	roots
};

/// `amount * 2^((to - from) / half_life)`, rounded down; the largest number if it does not fit.
pub(crate) fn grow(amount: U256, from: u64, to: u64, half_life: u64) -> U256 {
	let half_life = half_life.max(1);
	let grows = to >= from;
	let elapsed = to.abs_diff(from);
	let steps = usize::try_from(elapsed.checked_div(half_life).unwrap_or_default()).unwrap_or(usize::MAX);
	let rest = elapsed.checked_rem(half_life).unwrap_or_default();
	// A falling power is one step lower, with the fraction that is missing to it.
	let (steps, rest) = match (grows, rest) {
		(true, _) | (false, 0) => (steps, rest),
		(false, _) => (steps.saturating_add(1), half_life.saturating_sub(rest)),
	};
	// Below 2^(256 + 64).
	let product = amount.full_mul(U256::from(power(rest, half_life)));
	let result = if grows && steps >= POWER_BITS {
		let shift = steps.saturating_sub(POWER_BITS);
		let factor = if shift < 256 { power_of_two(shift) } else { U256::MAX };
		product.checked_mul(U512::from(factor))
	} else {
		let shift = if grows { POWER_BITS.saturating_sub(steps) } else { POWER_BITS.saturating_add(steps) };
		let divisor = U512::from(2).checked_pow(U512::from(shift.min(511)));
		divisor.and_then(|divisor| product.checked_div(divisor))
	};
	result.and_then(|result| U256::try_from(result).ok()).unwrap_or(U256::MAX)
}

/// `2^(part / whole)` for a `part` below `whole`, with [`POWER_BITS`] digits after the point; never above the exact number.
///
/// It grows with `part`, or stays if `part` changes by less than `whole / 2^48`.
pub(crate) fn power(part: u64, whole: u64) -> u64 {
	let fraction = (u128::from(part) << FRACTION_BITS).checked_div(u128::from(whole)).unwrap_or_default();
	let digits = (0..FRACTION_BITS).rev().map(|place| fraction >> place & 1 == 1);
	let power = digits.zip(ROOTS).filter(|(digit, _)| *digit).fold(1u128 << POWER_BITS, |power, (_, root)| {
		// Both are below 2, so the product fits, and the exact result is below 2 as well.
		power.saturating_mul(u128::from(root)) >> POWER_BITS
	});
	u64::try_from(power).unwrap_or(u64::MAX)
}

/// `2^exponent` for an exponent below 256.
pub(crate) fn power_of_two(exponent: usize) -> U256 {
	U256::from(2).checked_pow(U256::from(exponent)).unwrap_or(U256::MAX)
}
