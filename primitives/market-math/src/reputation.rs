// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How far a provider can be relied on: how its work ended, where valuable work counts more, and old work less.
//!
//! # The formula
//! Work of value `v` that ended at time `t` weighs at time `now`
//!
//! ```text
//! w = v * scale / (v + scale) * 2^(-(now - t) / half_life)
//! ```
//!
//! so no work weighs more than `scale`, and work of value `scale` weighs half of that. Let `good` be the sum of the weights
//! of accepted work, and `bad` that of failed work, in which work counts `dispute` times if the provider lost a dispute about
//! it. Then
//!
//! ```text
//! score = (unattested + (1 - unattested) * attestation) * (good + base * prior) / (good + bad + prior)
//! ```
//!
//! The fraction is the expected value of a beta distribution: the chance that the next work is good, after `base` was
//! believed with the weight `prior` and then all of this was seen. It is the beta reputation system of A. Jøsang and R. Ismail
//! (15th Bled Electronic Commerce Conference, 2002), with its weights and its forgetting. There, work is forgotten with each
//! further work; here with time, so a provider cannot wash failures away with much work of little value, and who does
//! nothing drifts back to `base`.
//!
//! `attestation` says how fresh the evidence of the provider's hardware is: 1 just made, 0 none or expired.
//!
//! # What counts
//! Only work that ended with a receipt, each once, in the order of receipts: [`Reputation::of`] calculates from them what a
//! chain has kept, to the bit. The value is what the requester had on hold.
//!
//! # Rounding
//! Weights are whole numbers of the smallest unit of the native token, rounded down when they are added and whenever they
//! shrink. So after `n` pieces of work, a score differs from the exact one by less than
//! `n * ((dispute + 2) / (good + bad + prior) + 2^-47)` and three millionths.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use primitive_types::U256;
use scale_info::TypeInfo;
use sp_arithmetic::Permill;

use crate::{decay::grow, Balance};

/// One whole, in parts per million.
const WHOLE: u64 = 1_000_000;

/// What scores are calculated with.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct ReputationTerms {
	/// In which time work loses half of its weight. The unit is the caller's; zero counts as one.
	pub half_life: u64,
	/// The most that work can weigh, in the smallest unit of the native token. With zero, no work counts.
	#[codec(compact)]
	pub scale: Balance,
	/// What a provider is believed to be before it has done anything.
	pub base: Permill,
	/// What this belief weighs, in the smallest unit of the native token.
	#[codec(compact)]
	pub prior: Balance,
	/// How many times as much as a failure a lost dispute counts. Zero counts as one.
	#[codec(compact)]
	pub dispute: u32,
	/// What is left of the score of a provider without evidence of its hardware.
	pub unattested: Permill,
}

/// How work ended, as far as its provider is to blame.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
	/// It was accepted and paid.
	#[codec(index = 0)]
	Accepted,
	/// It was wrong, late, or given back.
	#[codec(index = 1)]
	Failed,
	/// The provider claimed that it was right, and lost the dispute about it.
	#[codec(index = 2)]
	DisputeLost,
}

/// Work that ended.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Work {
	/// When it ended, in the unit of [`ReputationTerms::half_life`].
	pub at: u64,
	/// What was on hold for it, in the smallest unit of the native token.
	#[codec(compact)]
	pub value: Balance,
	/// How it ended.
	pub outcome: Outcome,
}

/// What must be kept of a provider's work to score it. It takes 40 bytes, however much work there was.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct Reputation {
	/// When the weights were as they are kept.
	updated: u64,
	good: Balance,
	bad: Balance,
}

impl Reputation {
	/// The reputation that work leads to, in the order in which it ended.
	///
	/// ```
	/// use aivm_market_math::{Outcome::*, Permill, Reputation, ReputationTerms, Work};
	///
	/// let terms = ReputationTerms {
	/// 	half_life: 30,
	/// 	scale: 1_000_000,
	/// 	base: Permill::from_percent(50),
	/// 	prior: 500_000,
	/// 	dispute: 10,
	/// 	unattested: Permill::from_percent(80),
	/// };
	/// let work = |at, outcome| Work { at, value: 1_000_000, outcome };
	/// let two = Reputation::of(&terms, [work(0, Accepted), work(30, Accepted)]);
	/// // Each weighs 0.5 million, and half of the first is left: (0.75 + 0.5 * 0.5) / (0.75 + 0.5).
	/// assert_eq!(two.score(&terms, 30, Permill::one()), Permill::from_percent(80));
	/// assert_eq!(two.score(&terms, 30, Permill::zero()), Permill::from_percent(64));
	/// ```
	pub fn of(terms: &ReputationTerms, works: impl IntoIterator<Item = Work>) -> Self {
		let mut reputation = Self::default();
		works.into_iter().for_each(|work| reputation.add(terms, work));
		reputation
	}

	/// Counts work that has just ended. Work that ended before what was counted last is taken as ended with it.
	pub fn add(&mut self, terms: &ReputationTerms, work: Work) {
		let weight = weight_of(work.value, terms.scale);
		(self.good, self.bad) = self.at(terms, work.at);
		self.updated = self.updated.max(work.at);
		match work.outcome {
			Outcome::Accepted => self.good = self.good.saturating_add(weight),
			Outcome::Failed => self.bad = self.bad.saturating_add(weight),
			Outcome::DisputeLost => {
				let times = Balance::from(terms.dispute.max(1));
				self.bad = self.bad.saturating_add(weight.saturating_mul(times));
			}
		}
	}

	/// The score `now`, of a provider whose evidence is as fresh as `attestation` says.
	pub fn score(&self, terms: &ReputationTerms, now: u64, attestation: Permill) -> Permill {
		let (good, bad) = self.at(terms, now);
		let (good, bad, prior) = (U256::from(good), U256::from(bad), U256::from(terms.prior));
		let presumed = prior.saturating_mul(terms.base.deconstruct().into());
		// Below 2^150, so nothing saturates.
		let parts = good.saturating_mul(WHOLE.into()).saturating_add(presumed);
		let expected = parts.checked_div(good.saturating_add(bad).saturating_add(prior));
		let expected = expected.map_or(u64::from(terms.base.deconstruct()), |parts| parts.low_u64());
		let unattested = u64::from(terms.unattested.deconstruct());
		let attested = share(WHOLE.saturating_sub(unattested), attestation.deconstruct().into());
		let score = share(expected, unattested.saturating_add(attested));
		Permill::from_parts(u32::try_from(score).unwrap_or(u32::MAX))
	}

	/// The weights of good and bad work at `now`, or when they were kept if that is later.
	fn at(&self, terms: &ReputationTerms, now: u64) -> (Balance, Balance) {
		let left = |weight: Balance| {
			let left = grow(weight.into(), now.max(self.updated), self.updated, terms.half_life);
			Balance::try_from(left).unwrap_or(weight)
		};
		(left(self.good), left(self.bad))
	}
}

/// `value * scale / (value + scale)`, rounded down. It grows with the value, and is below both.
fn weight_of(value: Balance, scale: Balance) -> Balance {
	let (value, scale) = (U256::from(value), U256::from(scale));
	let weight = value.saturating_mul(scale).checked_div(value.saturating_add(scale));
	weight.and_then(|weight| Balance::try_from(weight).ok()).unwrap_or_default()
}

/// So many millionths of an amount of at most a million, rounded down.
fn share(amount: u64, millionths: u64) -> u64 {
	amount.saturating_mul(millionths).checked_div(WHOLE).unwrap_or_default()
}
