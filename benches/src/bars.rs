// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Bars: what a measurement must reach.

use serde::Serialize;

/// A number and its limit.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Bar {
	/// What was measured.
	pub what: String,
	/// The number.
	pub value: f64,
	/// How it must stand to the limit: `>=`, `<=` or `<`.
	pub relation: &'static str,
	/// The limit.
	pub limit: f64,
	/// Whether it does.
	pub is_reached: bool,
}

/// A number that must not be below a limit.
pub fn at_least(what: &str, value: f64, limit: f64) -> Bar {
	Bar { what: what.to_owned(), value, relation: ">=", limit, is_reached: value >= limit }
}

/// A number that must be below a limit.
pub fn below(what: &str, value: f64, limit: f64) -> Bar {
	Bar { what: what.to_owned(), value, relation: "<", limit, is_reached: value < limit }
}

/// A number that must not be above a limit.
pub fn at_most(what: &str, value: f64, limit: f64) -> Bar {
	Bar { what: what.to_owned(), value, relation: "<=", limit, is_reached: value <= limit }
}

/// Prints each bar on a line. Returns whether all are reached.
pub fn print(bars: &[Bar]) -> bool {
	for Bar { what, value, relation, limit, is_reached } in bars {
		let word = if *is_reached { "ok" } else { "SHORT" };
		println!("bar: {what} {value:.3} {relation} {limit} {word}");
	}
	bars.iter().all(|bar| bar.is_reached)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bars_should_be_short_on_the_wrong_side_of_the_limit() {
		assert!(at_least("a", 0.5, 0.5).is_reached && !at_least("a", 0.49, 0.5).is_reached);
		assert!(below("b", 0.99, 1.0).is_reached && !below("b", 1.0, 1.0).is_reached);
		assert!(!at_least("c", f64::NAN, 0.5).is_reached && !below("c", f64::NAN, 1.0).is_reached);
		assert!(print(&[]) && !print(&[below("b", 1.0, 1.0)]));
	}
}
