// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Summaries of feedback as ERC-8004 defines them: every feedback counts the same, for ever.

use codec::{Compact, Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use primitive_types::U256;
use scale_info::TypeInfo;

/// Most decimals that a value has.
pub const MAX_DECIMALS: u8 = 18;
/// Largest absolute value of a feedback, whatever its decimals.
pub const MAX_VALUE: i128 = 10i128.pow(38);
/// Numbers of decimals that there are: 0 to [`MAX_DECIMALS`].
const KINDS: usize = 19;

/// Why a feedback cannot be counted, or a sum has no summary.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum FeedbackError {
	/// A value has more than [`MAX_DECIMALS`] decimals.
	#[codec(index = 0)]
	TooManyDecimals,
	/// A value is below `-`[`MAX_VALUE`] or above [`MAX_VALUE`].
	#[codec(index = 1)]
	ValueTooLarge,
	/// There is no such feedback in the sum that could be taken out.
	#[codec(index = 2)]
	NotCounted,
	/// More than 2^64 - 1 feedbacks.
	#[codec(index = 3)]
	TooManyFeedbacks,
	/// The summary's value does not fit in 128 bits. That takes a value near [`MAX_VALUE`] among others with more decimals.
	/// ERC-8004's reference contract returns a wrong value then.
	#[codec(index = 4)]
	SummaryOverflow,
}

impl core::fmt::Display for FeedbackError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::TooManyDecimals => "a value has more than 18 decimals",
			Self::ValueTooLarge => "a value is outside of -10^38 to 10^38",
			Self::NotCounted => "the sum holds no such feedback",
			Self::TooManyFeedbacks => "there are too many feedbacks to count",
			Self::SummaryOverflow => "the average is too large for its number of decimals",
		})
	}
}

impl core::error::Error for FeedbackError {}

/// The average of some feedback: `value * 10^-decimals`.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct FeedbackSummary {
	/// How many were counted.
	pub count: u64,
	/// Their average, in units of its last decimal.
	pub value: i128,
	/// How many decimals it has.
	pub decimals: u8,
}

/// What must be kept of feedback to summarise it: the exact sum, and how many feedbacks have each number of decimals.
///
/// Any order and any grouping of the same feedbacks give the same sum, and taking one out again leaves no trace. At most
/// 203 bytes, 51 when there are fewer than 64 of each kind.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct FeedbackSum {
	/// The sum of all values, at 18 decimals, in two's complement. It is below 10^56 * 2^64 < 2^251.
	sum: U256,
	/// How many values have as many decimals as the entry's index.
	counts: [Compact<u64>; KINDS],
}

impl Default for FeedbackSum {
	fn default() -> Self {
		Self { sum: U256::zero(), counts: [Compact(0); KINDS] }
	}
}

impl FeedbackSum {
	/// Counts a feedback.
	///
	/// # Errors
	/// Those of [`check_feedback`], and [`FeedbackError::TooManyFeedbacks`]. The sum is as before then.
	pub fn add(&mut self, value: i128, decimals: u8) -> Result<(), FeedbackError> {
		let scaled = scale(value, decimals)?;
		self.count().checked_add(1).ok_or(FeedbackError::TooManyFeedbacks)?;
		let Compact(count) = self.counts.get_mut(usize::from(decimals)).ok_or(FeedbackError::TooManyDecimals)?;
		*count = count.checked_add(1).ok_or(FeedbackError::TooManyFeedbacks)?;
		self.sum = self.sum.overflowing_add(scaled).0;
		Ok(())
	}

	/// Takes a feedback out again.
	///
	/// # Errors
	/// Those of [`check_feedback`], and [`FeedbackError::NotCounted`] if none with as many decimals was counted. The sum is
	/// as before then. Whether one with this value was counted is for the caller to know.
	pub fn remove(&mut self, value: i128, decimals: u8) -> Result<(), FeedbackError> {
		let scaled = scale(value, decimals)?;
		let Compact(count) = self.counts.get_mut(usize::from(decimals)).ok_or(FeedbackError::TooManyDecimals)?;
		*count = count.checked_sub(1).ok_or(FeedbackError::NotCounted)?;
		self.sum = self.sum.overflowing_sub(scaled).0;
		Ok(())
	}

	/// Counts all of `other`. Twice the same sum counts twice.
	///
	/// # Errors
	/// [`FeedbackError::TooManyFeedbacks`]. The sum is as before then.
	pub fn merge(&mut self, other: &Self) -> Result<(), FeedbackError> {
		self.count().checked_add(other.count()).ok_or(FeedbackError::TooManyFeedbacks)?;
		for (Compact(count), Compact(more)) in self.counts.iter_mut().zip(other.counts) {
			*count = count.saturating_add(more);
		}
		self.sum = self.sum.overflowing_add(other.sum).0;
		Ok(())
	}

	/// How many feedbacks were counted.
	pub fn count(&self) -> u64 {
		self.counts.iter().fold(0, |sum: u64, Compact(count)| sum.saturating_add(*count))
	}

	/// The average, with the number of decimals that most of the values have; the lowest, if there are several such.
	///
	/// With `v` the values and `d` their decimals, as ERC-8004's `getSummary` has it:
	///
	/// ```text
	/// average at 18 decimals  a = truncate(sum(v * 10^(18 - d)) / count)
	/// decimals                m = the most frequent d, the lowest of these
	/// value                     = truncate(a / 10^(18 - m))
	/// ```
	///
	/// Both divisions round toward zero. Nothing counted gives zero with zero decimals.
	///
	/// # Errors
	/// [`FeedbackError::SummaryOverflow`] if the value does not fit. It fits whenever all values have the same number of
	/// decimals.
	///
	/// ```
	/// use aivm_market_math::{FeedbackSum, FeedbackSummary};
	///
	/// let mut sum = FeedbackSum::default();
	/// for (value, decimals) in [(9_977, 2), (9_950, 2), (1, 0)] {
	///     sum.add(value, decimals).unwrap();
	/// }
	/// // (99.77 + 99.50 + 1) / 3, with the two decimals that most of them have.
	/// assert_eq!(sum.summary(), Ok(FeedbackSummary { count: 3, value: 6_675, decimals: 2 }));
	/// ```
	pub fn summary(&self) -> Result<FeedbackSummary, FeedbackError> {
		let count = self.count();
		if count == 0 {
			return Ok(FeedbackSummary::default());
		}
		let kinds = (0..=MAX_DECIMALS).zip(self.counts.iter().map(|Compact(count)| *count));
		// The last of equal maxima is found, so from the highest number of decimals to the lowest.
		let (decimals, _) = kinds.rev().max_by_key(|(_, count)| *count).unwrap_or_default();

		let negative = self.sum.bit(255);
		let magnitude = if negative { self.sum.overflowing_neg().0 } else { self.sum };
		let value = magnitude
			.checked_div(U256::from(count))
			.and_then(|average| average.checked_div(unit(decimals)))
			.and_then(|value| u128::try_from(value).ok())
			.and_then(|value| if negative { 0i128.checked_sub_unsigned(value) } else { i128::try_from(value).ok() });
		Ok(FeedbackSummary { count, value: value.ok_or(FeedbackError::SummaryOverflow)?, decimals })
	}
}

/// Checks that `value * 10^-decimals` can be given as feedback.
///
/// # Errors
/// [`FeedbackError::TooManyDecimals`], or else [`FeedbackError::ValueTooLarge`].
pub fn check_feedback(value: i128, decimals: u8) -> Result<(), FeedbackError> {
	if decimals > MAX_DECIMALS {
		Err(FeedbackError::TooManyDecimals)
	} else if value.unsigned_abs() > MAX_VALUE.unsigned_abs() {
		Err(FeedbackError::ValueTooLarge)
	} else {
		Ok(())
	}
}

/// The absolute value of `value * 10^-decimals` in units of the 18th decimal. It is at most 10^56 < 2^187.
pub(crate) fn scaled_magnitude(value: i128, decimals: u8) -> Result<U256, FeedbackError> {
	check_feedback(value, decimals)?;
	U256::from(value.unsigned_abs()).checked_mul(unit(decimals)).ok_or(FeedbackError::ValueTooLarge)
}

/// `value * 10^-decimals` in units of the 18th decimal, in two's complement.
fn scale(value: i128, decimals: u8) -> Result<U256, FeedbackError> {
	let magnitude = scaled_magnitude(value, decimals)?;
	Ok(if value < 0 { magnitude.overflowing_neg().0 } else { magnitude })
}

/// How many units of the 18th decimal are one unit of the last of `decimals`.
pub(crate) fn unit(decimals: u8) -> U256 {
	U256::exp10(usize::from(MAX_DECIMALS.saturating_sub(decimals)))
}
