// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Summaries of feedback by clients who paid: more money counts more, and less as time goes by.
//!
//! # The formula
//! A feedback of value `v`, given at time `t` by a client who paid `p`, weighs at time `now`
//!
//! ```text
//! w = p * 2^(-(now - t) / half_life)
//! ```
//!
//! and the summary is `sum(w * v) / sum(w)`. All weights shrink by the same factor, so time alone does not move the
//! average; new feedback does, and the less, the more was paid for what is there. An average of feedbacks that were all
//! given at once is the plain average weighted by payments.
//!
//! # How it is kept
//! The sum keeps weights as they were at a fixed time, the landmark: `p * 2^((t - landmark) / half_life)`. So nothing has
//! to be recalculated when time passes, the order of feedbacks does not matter, and what is taken out again is, to the bit,
//! what was added. When the landmark is 24 half-lives back, it moves forward by a whole number of half-lives, which divides
//! all weights by a power of two. Memory and work do not depend on the number of feedbacks.
//!
//! # Rounding
//! Weights are whole multiples of 2^-32 of the smallest unit, rounded down. Powers of two are calculated to 48 binary digits
//! of their exponent's fraction; the result is below the exact one by less than one part in 2^48. So with `n` feedbacks in
//! `min..=max` and the total weight `W`:
//!
//! - while nothing was taken out, the average is not outside of `min..=max`, and differs from the exact one by at most
//!   `(max - min) * (2^-47 + n * 2^-31 / W)` and one unit of its last decimal;
//! - a move of the landmark does not change the average by more than one unit of the 18th decimal;
//! - a feedback that is taken out after the landmark has moved leaves less than 2^-31 of the smallest unit of weight behind,
//!   times its value. When the last feedback goes, nothing is left.
//!
//! # Another half-life
//! A new half-life counts from the first update on that uses it: what decayed until then stays decayed. Feedback given
//! before that is taken out as if the new one had always counted, which is not exact; it never makes a weight negative, or
//! moves the average beyond what a value can be.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use primitive_types::{U256, U512};
use scale_info::TypeInfo;

use crate::{
	decay::{grow, power_of_two},
	feedback::{scaled_magnitude, unit},
	Balance, FeedbackError, MAX_DECIMALS, MAX_VALUE,
};

/// Binary digits after the point of a weight.
const WEIGHT_BITS: usize = 32;
/// Half-lives between the landmark and now at which the landmark moves.
const MAX_AHEAD: u64 = 24;

/// What clients who paid think, on average: `value * 10^-decimals`.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct PaidSummary {
	/// How many feedbacks were counted, the old ones too that weigh nothing any more.
	pub count: u64,
	/// What was paid for them, in the smallest unit of the native token, after decay, to the nearest unit.
	pub weight: Balance,
	/// Their average, in units of its last decimal, rounded toward zero.
	pub value: i128,
	/// How many decimals it has: [`MAX_DECIMALS`], or as many as fit if the average is above 10^20.
	pub decimals: u8,
}

/// What must be kept of feedback with payments to summarise it. It takes 120 bytes.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug, Default)]
pub struct PaidSum {
	/// When weights count as they are kept. The unit is the caller's; so is that of the half-life.
	landmark: u64,
	/// The half-life that decay is calculated with, zero if nothing was ever counted.
	half_life: u64,
	/// How many feedbacks were counted.
	count: u64,
	/// The sum of the weights. Below 2^(128 + 32 + 25 + 64).
	weight: U256,
	/// The sum of weights times values at 18 decimals, in two's complement. Its absolute value is below 2^(249 + 187).
	total: U512,
}

impl PaidSum {
	/// Counts a feedback of `value * 10^-decimals` that is given `now` by a client who paid `paid`.
	///
	/// Times and `half_life` have the same unit, whichever it is. A half-life of zero counts as one.
	///
	/// # Errors
	/// Those of [`check_feedback`](crate::check_feedback), and [`FeedbackError::TooManyFeedbacks`]. The sum is as before then.
	///
	/// ```
	/// use aivm_market_math::PaidSum;
	///
	/// const DAY: u64 = 86_400;
	/// let mut sum = PaidSum::default();
	/// // 100, paid with 600, and a half-life of 30 days later 40, paid with 300.
	/// sum.add(0, 30 * DAY, 100, 0, 600).unwrap();
	/// sum.add(30 * DAY, 30 * DAY, 40, 0, 300).unwrap();
	/// let summary = sum.summary(30 * DAY).unwrap();
	/// // The older one has lost half of its weight: (100 * 300 + 40 * 300) / 600.
	/// assert_eq!((summary.weight, summary.value, summary.decimals), (600, 70 * 10i128.pow(18), 18));
	/// ```
	pub fn add(
		&mut self,
		now: u64,
		half_life: u64,
		value: i128,
		decimals: u8,
		paid: Balance,
	) -> Result<(), FeedbackError> {
		let magnitude = scaled_magnitude(value, decimals)?;
		let mut next = self.clone();
		next.count = next.count.checked_add(1).ok_or(FeedbackError::TooManyFeedbacks)?;
		next.settle(now, half_life);
		let weight = next.weight_of(now, paid);
		// Neither overflows as long as the number of feedbacks does not.
		next.weight = next.weight.checked_add(weight).ok_or(FeedbackError::TooManyFeedbacks)?;
		next.total = next.total.overflowing_add(signed(value < 0, weight.full_mul(magnitude))).0;
		*self = next;
		Ok(())
	}

	/// Takes a feedback out again that was given at `given_at`, with what it was given with.
	///
	/// # Errors
	/// Those of [`check_feedback`](crate::check_feedback), and [`FeedbackError::NotCounted`] if nothing is counted. The sum is
	/// as before then. Whether this feedback was counted is for the caller to know.
	pub fn remove(
		&mut self,
		now: u64,
		half_life: u64,
		given_at: u64,
		value: i128,
		decimals: u8,
		paid: Balance,
	) -> Result<(), FeedbackError> {
		let magnitude = scaled_magnitude(value, decimals)?;
		let count = self.count.checked_sub(1).ok_or(FeedbackError::NotCounted)?;
		if count == 0 {
			*self = Self::default();
			return Ok(());
		}
		self.count = count;
		self.settle(now, half_life);
		let weight = self.weight_of(given_at, paid).min(self.weight);
		self.weight = self.weight.saturating_sub(weight);
		let total = self.total.overflowing_sub(signed(value < 0, weight.full_mul(magnitude))).0;
		// What rounding left of a total must not be large beside what it left of the weight.
		let (negative, total) = magnitude_of(total);
		self.total = signed(negative, total.min(self.weight.full_mul(largest())));
		Ok(())
	}

	/// How many feedbacks were counted.
	pub fn count(&self) -> u64 {
		self.count
	}

	/// The average, and what it weighs `now`. `None` once that is less than half of the smallest unit of the native token:
	/// then nothing that counts was said.
	pub fn summary(&self, now: u64) -> Option<PaidSummary> {
		let half = power_of_two(WEIGHT_BITS.saturating_sub(1));
		let weight = grow(self.weight, now, self.landmark, self.half_life).saturating_add(half);
		let weight = weight.checked_div(power_of_two(WEIGHT_BITS))?;
		if weight.is_zero() {
			return None;
		}
		let (negative, total) = magnitude_of(self.total);
		let average = total.checked_div(U512::from(self.weight))?;
		let average = U256::try_from(average).unwrap_or(U256::MAX).min(largest());
		// At zero decimals, it is at most the largest value, which fits.
		let (value, decimals) = (0..=MAX_DECIMALS).rev().find_map(|decimals| {
			let value = i128::try_from(average.checked_div(unit(decimals))?).ok()?;
			Some((value, decimals))
		})?;
		Some(PaidSummary {
			count: self.count,
			weight: Balance::try_from(weight).unwrap_or(Balance::MAX),
			value: if negative { value.saturating_neg() } else { value },
			decimals,
		})
	}

	/// Makes the sum ready for an update `now` with this half-life.
	fn settle(&mut self, now: u64, half_life: u64) {
		let half_life = half_life.max(1);
		if self.weight.is_zero() {
			*self = Self { landmark: now, half_life, count: self.count, ..Self::default() };
			return;
		}
		let ahead = now.saturating_sub(self.landmark);
		if half_life != self.half_life {
			// Under the old half-life until now, under the new one from now on.
			let landmark = self.landmark.saturating_add(ahead);
			self.move_to(landmark);
			self.half_life = half_life;
		} else if let Some(steps @ MAX_AHEAD..) = ahead.checked_div(half_life) {
			self.move_to(self.landmark.saturating_add(steps.saturating_mul(half_life)));
		}
	}

	/// Moves the landmark forward. All weights shrink, and the average stays, but for rounding.
	fn move_to(&mut self, landmark: u64) {
		let weight = grow(self.weight, landmark, self.landmark, self.half_life).min(self.weight);
		let (negative, total) = magnitude_of(self.total);
		// `total * weight / self.weight` would not fit on its way: whole part and rest each for itself do.
		let shrink = || {
			let (old, new) = (U512::from(self.weight), U512::from(weight));
			let whole = total.checked_div(old)?.checked_mul(new)?;
			whole.checked_add(total.checked_rem(old)?.checked_mul(new)?.checked_div(old)?)
		};
		self.total = signed(negative, shrink().unwrap_or_default());
		self.weight = weight;
		self.landmark = landmark;
	}

	/// What a payment at `given_at` weighs.
	fn weight_of(&self, given_at: u64, paid: Balance) -> U256 {
		let paid = U256::from(paid).saturating_mul(power_of_two(WEIGHT_BITS));
		grow(paid, self.landmark, given_at, self.half_life)
	}
}

/// The largest value that there is, at 18 decimals.
fn largest() -> U256 {
	U256::from(MAX_VALUE.unsigned_abs()).saturating_mul(unit(0))
}

/// A number in two's complement.
fn signed(negative: bool, magnitude: U512) -> U512 {
	if negative {
		magnitude.overflowing_neg().0
	} else {
		magnitude
	}
}

/// The sign and the absolute value of a number in two's complement.
fn magnitude_of(number: U512) -> (bool, U512) {
	let negative = number.bit(511);
	(negative, signed(negative, number))
}
