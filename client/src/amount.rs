// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Amounts of the native token, as people write them.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use crate::Error;

/// Decimal places of one AIVM.
pub const DECIMALS: usize = 12;
/// One AIVM, in the smallest unit.
pub const UNIT: u128 = 1_000_000_000_000;
/// Name of the token.
pub const SYMBOL: &str = "AIVM";

/// An amount of the native token.
///
/// Written for people as a decimal number of AIVM (`1.5 AIVM`), and in JSON as a string of the smallest unit, because JSON
/// numbers lose digits.
///
/// ```
/// use aivm_client::Amount;
///
/// let amount: Amount = "1.5".parse().unwrap();
/// assert_eq!(amount, Amount(1_500_000_000_000));
/// assert_eq!(amount.to_string(), "1.5 AIVM");
/// assert_eq!("250 units".parse(), Ok(Amount(250)));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub u128);

impl fmt::Display for Amount {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let (whole, part) = (self.0 / UNIT, self.0 % UNIT);
		let digits = format!("{part:0width$}", width = DECIMALS);
		let digits = digits.trim_end_matches('0');
		if digits.is_empty() {
			f.pad(&format!("{whole} {SYMBOL}"))
		} else {
			f.pad(&format!("{whole}.{digits} {SYMBOL}"))
		}
	}
}

impl Serialize for Amount {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(&self.0)
	}
}

impl From<u128> for Amount {
	fn from(units: u128) -> Self {
		Self(units)
	}
}

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an amount: {reason}; write for example 1.5 (AIVM) or 250units (of 10^-12 AIVM)")]
pub struct AmountError {
	text: String,
	reason: &'static str,
}

impl From<AmountError> for Error {
	fn from(error: AmountError) -> Self {
		Self::BadInput(error.to_string())
	}
}

impl FromStr for Amount {
	type Err = AmountError;

	/// Reads a decimal number of AIVM, optionally followed by `AIVM`, or a whole number followed by `units`. Underscores
	/// between digits are ignored.
	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let error = |reason| AmountError { text: text.chars().take(64).collect(), reason };
		let trimmed = text.trim();
		let plain = trimmed.replace('_', "");
		if let Some(units) = plain.strip_suffix("units").or_else(|| plain.strip_suffix("unit")) {
			let units = units.trim_end();
			return if is_digits(units) {
				units.parse().map(Self).map_err(|_| error("it is too large"))
			} else {
				Err(error("a number of units is whole"))
			};
		}
		let number = plain.strip_suffix(SYMBOL).unwrap_or(&plain).trim_end();
		let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
		if !is_digits(whole) || !is_digits(part) {
			return Err(error("it is not a positive decimal number"));
		}
		if part.len() > DECIMALS {
			return Err(error("one AIVM has 12 decimal places"));
		}
		let whole: u128 = whole.parse().map_err(|_| error("it is too large"))?;
		let part: u128 = format!("{part:0<width$}", width = DECIMALS).parse().map_err(|_| error("it is too large"))?;
		whole
			.checked_mul(UNIT)
			.and_then(|units| units.checked_add(part))
			.map(Self)
			.ok_or_else(|| error("it is too large"))
	}
}

/// Whether a text is one or more decimal digits.
fn is_digits(text: &str) -> bool {
	!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn amount_should_be_written_without_trailing_zeros() {
		for (units, text) in [
			(0, "0 AIVM"),
			(1, "0.000000000001 AIVM"),
			(UNIT, "1 AIVM"),
			(1_500_000_000_000, "1.5 AIVM"),
			(u128::MAX, "340282366920938463463374607.431768211455 AIVM"),
		] {
			assert_eq!(Amount(units).to_string(), text);
			assert_eq!(text.parse(), Ok(Amount(units)));
		}
		assert_eq!(format!("{:>10}", Amount(UNIT)), "    1 AIVM");
	}

	#[test]
	fn amount_should_be_read_in_every_written_form() {
		for (text, units) in [
			("2", 2 * UNIT),
			(" 2 AIVM ", 2 * UNIT),
			("0.25AIVM", UNIT / 4),
			("1_000", 1_000 * UNIT),
			("7units", 7),
			("1_000 units", 1_000),
			("1 unit", 1),
		] {
			assert_eq!(text.parse(), Ok(Amount(units)), "{text}");
		}
	}

	#[test]
	fn amount_should_be_refused_when_it_is_malformed_too_fine_or_too_large() {
		for (text, reason) in [
			("", "positive decimal"),
			("-1", "positive decimal"),
			("1e3", "positive decimal"),
			(".5", "positive decimal"),
			("1.", "positive decimal"),
			("1.2.3", "positive decimal"),
			("one", "positive decimal"),
			("1.5units", "whole"),
			("0.0000000000001", "12 decimal places"),
			("340282366920938463463374608", "too large"),
			("999999999999999999999999999999999999999999999999", "too large"),
			("999999999999999999999999999999999999999999999999units", "too large"),
		] {
			let error = text.parse::<Amount>().unwrap_err().to_string();
			assert!(error.contains(reason), "{text}: {error}");
		}
	}

	#[test]
	fn amount_should_be_a_string_of_units_in_json() {
		assert_eq!(serde_json::to_string(&Amount(u128::MAX)).unwrap(), "\"340282366920938463463374607431768211455\"");
	}
}
