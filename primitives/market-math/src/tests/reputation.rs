// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use codec::{Encode, MaxEncodedLen};
use proptest::prelude::*;

use crate::{Balance, Outcome, Permill, Reputation, ReputationTerms, Work};

/// A unit that many smallest units make.
const UNIT: Balance = 1_000_000_000_000;
const HALF_LIFE: u64 = 1_000;

const TERMS: ReputationTerms = ReputationTerms {
	half_life: HALF_LIFE,
	scale: 10 * UNIT,
	base: Permill::from_parts(400_000),
	prior: 5 * UNIT,
	dispute: 10,
	unattested: Permill::from_parts(800_000),
};

fn work(at: u64, value: Balance, outcome: Outcome) -> Work {
	Work { at, value, outcome }
}

fn score(reputation: &Reputation, now: u64) -> u32 {
	reputation.score(&TERMS, now, Permill::one()).deconstruct()
}

/// The score by the formula, in floating point and in parts per million.
fn model(works: &[Work], now: u64) -> f64 {
	let scale = TERMS.scale as f64;
	let weigh = |work: &Work| {
		let value = work.value as f64;
		value * scale / (value + scale) * ((work.at as f64 - now as f64) / HALF_LIFE as f64).exp2()
	};
	let (mut good, mut bad) = (0.0, 0.0);
	for work in works {
		match work.outcome {
			Outcome::Accepted => good += weigh(work),
			Outcome::Failed => bad += weigh(work),
			Outcome::DisputeLost => bad += 10.0 * weigh(work),
		}
	}
	let prior = TERMS.prior as f64;
	1e6 * (good + 0.4 * prior) / (good + bad + prior)
}

#[test]
fn provider_should_be_what_is_believed_when_nothing_is_known() {
	let unknown = Reputation::default();
	assert_eq!(score(&unknown, 0), 400_000);
	assert_eq!(score(&unknown, u64::MAX), 400_000);
	assert_eq!(unknown.score(&TERMS, 0, Permill::zero()).deconstruct(), 320_000);
	assert_eq!(unknown.score(&TERMS, 0, Permill::from_percent(50)).deconstruct(), 360_000);
	let nothing = ReputationTerms { prior: 0, ..TERMS };
	assert_eq!(unknown.score(&nothing, 0, Permill::one()).deconstruct(), 400_000);
	assert_eq!(unknown.score(&ReputationTerms::default(), 0, Permill::one()).deconstruct(), 0);
}

#[test]
fn work_should_count_by_value_and_outcome() {
	let after = |value, outcome| score(&Reputation::of(&TERMS, [work(0, value, outcome)]), 0);
	// Weight 5: (5 + 2) / 10, 2 / 10, 2 / 55.
	assert_eq!(after(10 * UNIT, Outcome::Accepted), 700_000);
	assert_eq!(after(10 * UNIT, Outcome::Failed), 200_000);
	assert_eq!(after(10 * UNIT, Outcome::DisputeLost), 36_363);
	assert_eq!(after(0, Outcome::Accepted), 400_000);
	// Nobody buys more than the scale at once: below (10 + 2) / 15.
	assert_eq!(after(Balance::MAX, Outcome::Accepted), 799_999);
}

#[test]
fn work_should_count_half_after_a_half_life() {
	let reputation = Reputation::of(&TERMS, [work(7, 10 * UNIT, Outcome::Accepted)]);
	// Weight 2.5: 4.5 / 7.5.
	assert_eq!(score(&reputation, 7 + HALF_LIFE), 600_000);
	// Weight 1.25: 3.25 / 6.25.
	assert_eq!(score(&reputation, 7 + 2 * HALF_LIFE), 520_000);
	assert_eq!(score(&reputation, u64::MAX), 400_000);
	// Time does not run back.
	assert_eq!(score(&reputation, 0), 700_000);
	let mut late = reputation;
	late.add(&TERMS, work(0, 10 * UNIT, Outcome::Accepted));
	assert_eq!(score(&late, 7), 800_000);
}

#[test]
fn failures_should_not_wash_off_with_much_work_of_little_value() {
	let mut reputation = Reputation::of(&TERMS, [work(0, 100 * UNIT, Outcome::DisputeLost)]);
	let before = score(&reputation, 0);
	for _ in 0..1_000 {
		reputation.add(&TERMS, work(0, UNIT / 1_000, Outcome::Accepted));
	}
	assert!(score(&reputation, 0) < 2 * before);
}

#[test]
fn terms_of_zero_should_be_harmless() {
	let zero = ReputationTerms { half_life: 0, scale: 0, dispute: 0, ..TERMS };
	let reputation = Reputation::of(&zero, [work(5, UNIT, Outcome::DisputeLost)]);
	assert_eq!(score(&reputation, 5), 400_000);
	let once = ReputationTerms { dispute: 0, ..TERMS };
	let lost = Reputation::of(&once, [work(0, UNIT, Outcome::DisputeLost)]);
	assert_eq!(lost, Reputation::of(&once, [work(0, UNIT, Outcome::Failed)]));
}

fn outcome() -> impl Strategy<Value = Outcome> {
	prop_oneof![4 => Just(Outcome::Accepted), 2 => Just(Outcome::Failed), 1 => Just(Outcome::DisputeLost)]
}

/// Work in order, up to some half-lives apart.
fn history() -> impl Strategy<Value = Vec<Work>> {
	let one = (0..3 * HALF_LIFE, 0..100 * UNIT, outcome());
	prop::collection::vec(one, 0..40).prop_map(|all| {
		let mut at = 0;
		let place = |(step, value, outcome): (u64, Balance, Outcome)| {
			at += step;
			work(at, value, outcome)
		};
		all.into_iter().map(place).collect()
	})
}

fn end(works: &[Work]) -> u64 {
	works.last().map_or(0, |work| work.at)
}

proptest! {
	#[test]
	fn score_should_be_that_of_the_formula(works in history(), later in 0..10 * HALF_LIFE) {
		let now = end(&works) + later;
		let got = f64::from(score(&Reputation::of(&TERMS, works.clone()), now));
		prop_assert!((got - model(&works, now)).abs() < 2.0, "{got}");
	}

	#[test]
	fn good_work_should_not_lower_a_score_and_bad_work_not_raise_it(
		works in history(),
		later in 0..HALF_LIFE,
		value in 0..1_000 * UNIT,
		more in 0..1_000 * UNIT,
	) {
		let now = end(&works) + later;
		let before = Reputation::of(&TERMS, works);
		let after = |value, outcome| {
			let mut reputation = before;
			reputation.add(&TERMS, work(now, value, outcome));
			score(&reputation, now)
		};
		let unchanged = score(&before, now);
		prop_assert!(after(value, Outcome::Accepted) >= unchanged);
		prop_assert!(after(value, Outcome::Failed) <= unchanged);
		prop_assert!(after(value, Outcome::DisputeLost) <= after(value, Outcome::Failed));
		// The more it is worth, the more it moves.
		prop_assert!(after(value + more, Outcome::Accepted) >= after(value, Outcome::Accepted));
		prop_assert!(after(value + more, Outcome::Failed) <= after(value, Outcome::Failed));
		prop_assert!(after(value + more, Outcome::DisputeLost) <= after(value, Outcome::DisputeLost));
	}

	#[test]
	fn time_should_bring_a_score_back_to_what_was_believed(
		works in history(),
		later in 0..20 * HALF_LIFE,
		more in 0..20 * HALF_LIFE,
	) {
		let reputation = Reputation::of(&TERMS, works.clone());
		let distance = |later| score(&reputation, end(&works) + later).abs_diff(400_000);
		prop_assert!(distance(later + more) <= distance(later) + 1);
		prop_assert!(distance(300 * HALF_LIFE) <= 1);
	}

	#[test]
	fn fresher_evidence_should_not_lower_a_score(works in history(), one in 0..=1_000_000u32, other in 0..=1_000_000u32) {
		let reputation = Reputation::of(&TERMS, works.clone());
		let with = |attestation| {
			reputation.score(&TERMS, end(&works), Permill::from_parts(attestation)).deconstruct()
		};
		prop_assert!(with(one.max(other)) >= with(one.min(other)));
		prop_assert_eq!(with(0), with(1_000_000) * 8 / 10);
	}

	#[test]
	fn order_of_work_that_ends_together_should_not_matter(works in history()) {
		let together: Vec<Work> = works.iter().map(|work| Work { at: 9, ..*work }).collect();
		let reversed = together.iter().rev().copied();
		prop_assert_eq!(Reputation::of(&TERMS, together.clone()), Reputation::of(&TERMS, reversed));
	}

	#[test]
	fn any_terms_and_work_should_give_a_score(
		terms in (any::<u64>(), any::<Balance>(), 0..=1_000_000u32, any::<Balance>(), any::<u32>(), 0..=1_000_000u32),
		works in prop::collection::vec((any::<u64>(), any::<Balance>(), outcome()), 0..20),
		now: u64,
		attestation in 0..=1_000_000u32,
	) {
		let (half_life, scale, base, prior, dispute, unattested) = terms;
		let (base, unattested) = (Permill::from_parts(base), Permill::from_parts(unattested));
		let terms = ReputationTerms { half_life, scale, base, prior, dispute, unattested };
		let works = works.into_iter().map(|(at, value, outcome)| work(at, value, outcome));
		let reputation = Reputation::of(&terms, works);
		let score = reputation.score(&terms, now, Permill::from_parts(attestation));
		prop_assert!(score <= Permill::one());
		prop_assert_eq!(reputation.encode().len(), Reputation::max_encoded_len());
	}
}
