// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What computation costs.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::Balance;

/// Multiply-accumulates in the unit that [`Price::per_mega_mac`] prices.
pub const MACS_PER_MEGA_MAC: u128 = 1_000_000;
/// Bytes in the unit that [`Price::per_kibibyte`] prices.
pub const BYTES_PER_KIBIBYTE: u128 = 1_024;

/// The price list of computation, in the smallest unit of the native token.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct Price {
	/// For every run, however small.
	#[codec(compact)]
	pub base: Balance,
	/// For each 1,000,000 multiply-accumulates.
	#[codec(compact)]
	pub per_mega_mac: Balance,
	/// For each 1,024 bytes that the run reads and writes.
	#[codec(compact)]
	pub per_kibibyte: Balance,
}

/// The price of one run of `macs` multiply-accumulates over `bytes` bytes:
///
/// ```text
/// base + ceil(per_mega_mac * macs / 1,000,000) + ceil(per_kibibyte * bytes / 1,024)
/// ```
///
/// It never falls when an argument grows. Returns `None` if the price, or the product of a price and what is left of
/// its quantity after the division, does not fit in [`Balance`].
///
/// ```
/// use aivm_market_math::{compute_price, Price};
///
/// let price = Price { base: 100, per_mega_mac: 10, per_kibibyte: 3 };
/// // 100 + 10 * 2.5 + 3 * 4
/// assert_eq!(compute_price(price, 2_500_000, 4_096), Some(137));
/// // Parts of a unit are rounded up.
/// assert_eq!(compute_price(price, 1, 1), Some(102));
/// ```
pub fn compute_price(price: Price, macs: u64, bytes: u64) -> Option<Balance> {
	let compute = charge(price.per_mega_mac, macs, MACS_PER_MEGA_MAC)?;
	let transfer = charge(price.per_kibibyte, bytes, BYTES_PER_KIBIBYTE)?;
	price.base.checked_add(compute)?.checked_add(transfer)
}

/// `ceil(rate * quantity / unit)` without a product of the whole quantity.
fn charge(rate: Balance, quantity: u64, unit: u128) -> Option<Balance> {
	let quantity = u128::from(quantity);
	let whole = rate.checked_mul(quantity.checked_div(unit)?)?;
	let rest = rate.checked_mul(quantity.checked_rem(unit)?)?;
	// `rest` is below `rate * unit`, so its charge is at most `rate`.
	let part = rest.checked_div(unit)?;
	let round_up = u128::from(rest.checked_rem(unit)? != 0);
	whole.checked_add(part)?.checked_add(round_up)
}
