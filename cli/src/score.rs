// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How many results are the ones that a table names.

use serde::Serialize;

/// How many are right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Score {
	/// How many were compared.
	pub compared: usize,
	/// How many of them are right.
	pub right: usize,
	/// Share of those that are right, from 0 to 1.
	pub accuracy: f64,
}

impl Score {
	/// Counts; `None` if there is nothing to count.
	pub fn new(pairs: impl Iterator<Item = bool>) -> Option<Self> {
		let (compared, right) = pairs.fold((0usize, 0usize), |(all, right), hit| (all + 1, right + usize::from(hit)));
		#[allow(clippy::cast_precision_loss)]
		(compared > 0).then(|| Self { compared, right, accuracy: right as f64 / compared as f64 })
	}
}

impl std::fmt::Display for Score {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "{:.2} % ({} of {})", self.accuracy * 100.0, self.right, self.compared)
	}
}

/// Whether a class is the one that a table names by its number or its name; `None` if there is no class.
pub fn is_class(class: Option<usize>, name: Option<&str>, expected: &str) -> Option<bool> {
	let expected = expected.trim();
	class.map(|class| expected.parse() == Ok(class) || name == Some(expected))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn is_class_should_compare_numbers_and_names() {
		for (expected, same) in [("3", true), (" 3 ", true), ("cat", true), ("4", false), ("dog", false), ("", false)] {
			assert_eq!(is_class(Some(3), Some("cat"), expected), Some(same), "{expected}");
		}
		assert_eq!(is_class(None, Some("cat"), "cat"), None);
	}

	#[test]
	fn score_should_count_only_what_was_compared() {
		assert_eq!(Score::new(std::iter::empty()), None);
		let score = Score::new([true, false, true, true].into_iter()).unwrap();
		assert_eq!((score.compared, score.right), (4, 3));
		assert_eq!(score.to_string(), "75.00 % (3 of 4)");
	}
}
