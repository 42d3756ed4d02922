// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use codec::{Decode, Encode, MaxEncodedLen};
use proptest::prelude::*;

use crate::{decay::power, Balance, FeedbackError, PaidSum, PaidSummary, MAX_DECIMALS, MAX_VALUE};

/// One whole, at 18 decimals.
const ONE: i128 = 10i128.pow(18);
const HALF_LIFE: u64 = 1_000;

/// A feedback, and when it was given.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Given {
	at: u64,
	value: i128,
	decimals: u8,
	paid: Balance,
}

fn given(at: u64, value: i128, paid: Balance) -> Given {
	Given { at, value, decimals: 0, paid }
}

impl Given {
	/// The value at 18 decimals.
	fn scaled(&self) -> i128 {
		self.value * 10i128.pow(u32::from(MAX_DECIMALS - self.decimals))
	}
}

fn add(sum: &mut PaidSum, given: Given) {
	sum.add(given.at, HALF_LIFE, given.value, given.decimals, given.paid).unwrap();
}

fn remove(sum: &mut PaidSum, now: u64, given: Given) {
	sum.remove(now, HALF_LIFE, given.at, given.value, given.decimals, given.paid).unwrap();
}

fn sum(all: &[Given]) -> PaidSum {
	let mut sum = PaidSum::default();
	all.iter().for_each(|given| add(&mut sum, *given));
	sum
}

/// The weight and the average at 18 decimals, by the formula and in floating point.
fn model(all: &[Given], now: u64) -> (f64, f64) {
	let weigh = |given: &Given| given.paid as f64 * ((given.at as f64 - now as f64) / HALF_LIFE as f64).exp2();
	let weight: f64 = all.iter().map(weigh).sum();
	let total: f64 = all.iter().map(|given| weigh(given) * given.scaled() as f64).sum();
	(weight, total / weight)
}

/// How far values lie apart.
fn range(all: &[Given]) -> f64 {
	let values = all.iter().map(|given| given.scaled() as f64);
	values.clone().fold(f64::MIN, f64::max) - values.fold(f64::MAX, f64::min)
}

#[test]
fn weight_should_halve_when_a_half_life_passes() {
	let sum = sum(&[given(50, 4, 1 << 100)]);
	for steps in 0..=100u64 {
		let summary = PaidSummary { count: 1, weight: 1 << (100 - steps), value: 4 * ONE, decimals: 18 };
		assert_eq!(sum.summary(50 + steps * HALF_LIFE), Some(summary));
	}
	// Less than half of the smallest unit is nothing.
	assert_eq!(sum.summary(50 + 101 * HALF_LIFE).unwrap().weight, 1);
	assert_eq!(sum.summary(51 + 101 * HALF_LIFE), None);
	assert_eq!(sum.summary(u64::MAX), None);
	// And between: 2^100 * 2^-0.5 = 2^99.5.
	let half_way = sum.summary(50 + HALF_LIFE / 2).unwrap().weight as f64;
	assert!((half_way / 99.5f64.exp2() - 1.0).abs() < 1e-14);
}

#[test]
fn average_should_weigh_by_payment_when_ages_are_equal() {
	let got = sum(&[given(7, 100, 3), given(7, -20, 1), given(7, 1_000, 0)]).summary(7).unwrap();
	assert_eq!(got, PaidSummary { count: 3, weight: 4, value: 70 * ONE, decimals: 18 });
	let mixed = sum(&[Given { at: 7, value: 9_977, decimals: 2, paid: 5 }, given(7, 1, 5)]).summary(7).unwrap();
	assert_eq!(mixed.value, 50_385 * ONE / 1_000);
}

#[test]
fn average_should_round_toward_zero_when_it_has_more_digits() {
	for (sign, third) in [(1, 333_333_333_333_333_333), (-1, -333_333_333_333_333_333)] {
		let got = sum(&[given(0, sign, 1), given(0, 0, 2)]).summary(0).unwrap();
		assert_eq!(got.value, third);
	}
}

#[test]
fn summary_should_be_none_when_nothing_that_counts_was_said() {
	assert_eq!(PaidSum::default().summary(0), None);
	assert_eq!(PaidSum::default().summary(u64::MAX), None);
	let free = sum(&[given(0, 5, 0), given(9, 5, 0)]);
	assert_eq!((free.summary(9), free.count()), (None, 2));
}

#[test]
fn older_feedback_should_count_less_than_newer() {
	let mut last = i128::MAX;
	for age in (0..5_000).step_by(50) {
		let now = 10_000;
		let got = sum(&[given(now - age, 100, 1_000_000), given(now, 0, 1_000_000)]).summary(now).unwrap();
		assert!(got.value < last, "{age}");
		assert!(age == 0 || got.value < 50 * ONE);
		last = got.value;
	}
	// One half-life older: 100 * 1/2 / (3/2).
	let got = sum(&[given(0, 100, 1_000_000), given(HALF_LIFE, 0, 1_000_000)]).summary(HALF_LIFE).unwrap();
	assert_eq!(got.value, 100 * ONE / 3);
}

#[test]
fn average_should_stay_when_only_time_passes() {
	let sum = sum(&[given(0, 100, 1 << 60), given(700, 33, 1 << 60)]);
	let value = sum.summary(700).unwrap().value;
	for now in [701, 1_000, 5_000, 30_000, 58_000] {
		assert_eq!(sum.summary(now).unwrap().value, value);
	}
}

#[test]
fn average_should_stay_when_the_landmark_moves() {
	let all = [given(0, 100, 1 << 90), given(700, 33, 1 << 90), given(1_100, -7, 3 << 88)];
	for gap in [24, 25, 31, 40, 60, 80] {
		let mut moved = sum(&all);
		let before = moved.summary(1_100).unwrap().value;
		let later = 1_100 + gap * HALF_LIFE;
		let weight = moved.summary(later).unwrap().weight;
		// A feedback that weighs nothing moves the landmark and nothing else.
		add(&mut moved, given(later, 0, 0));
		let after = moved.summary(later).unwrap();
		assert!((before - after.value).abs() <= 1, "{gap}: {before} {after:?}");
		assert!(weight.abs_diff(after.weight) <= 1);
	}
}

#[test]
fn old_weight_should_vanish_when_time_passes_over_it() {
	let mut sum = sum(&[given(0, 100, u128::MAX)]);
	add(&mut sum, given(400 * HALF_LIFE, 3, 1));
	let got = sum.summary(400 * HALF_LIFE).unwrap();
	assert_eq!(got, PaidSummary { count: 2, weight: 1, value: 3 * ONE, decimals: 18 });
	// What vanished can still be taken out.
	remove(&mut sum, 400 * HALF_LIFE, given(0, 100, u128::MAX));
	assert_eq!(sum.summary(400 * HALF_LIFE).unwrap(), PaidSummary { count: 1, ..got });
}

#[test]
fn sum_should_be_empty_when_everything_was_taken_out() {
	let all = [given(0, 100, 77), given(700, 33, 5), given(90_000, -7, 9)];
	let mut sum = sum(&all);
	for given in all {
		remove(&mut sum, 90_001, given);
	}
	assert_eq!(sum, PaidSum::default());
	assert_eq!(sum.remove(90_001, HALF_LIFE, 0, 100, 0, 77), Err(FeedbackError::NotCounted));
	assert_eq!(sum, PaidSum::default());
}

#[test]
fn feedback_should_leave_almost_nothing_when_taken_out_after_the_landmark_moved() {
	let kept = given(30_000, 5, 1_000);
	let mut sum = sum(&[given(3, 100, 12_345_678_901), given(501, -100, 98_765_432_109), kept]);
	for out in [given(3, 100, 12_345_678_901), given(501, -100, 98_765_432_109)] {
		remove(&mut sum, 30_000, out);
	}
	let got = sum.summary(30_000).unwrap();
	assert_eq!((got.count, got.weight, got.decimals), (1, 1_000, 18));
	// Twice 100 times 2^-31 of 1000.
	assert!((got.value - 5 * ONE).abs() <= 2 * 100 * ONE / (1 << 31) / 1_000, "{got:?}");
}

#[test]
fn weight_should_never_be_negative_when_what_is_taken_out_was_never_there() {
	let mut sum = sum(&[given(0, 5, 10), given(0, 7, 10)]);
	remove(&mut sum, 0, given(0, -MAX_VALUE, Balance::MAX));
	assert_eq!((sum.count(), sum.summary(0)), (1, None));
	add(&mut sum, given(0, 3, 10));
	assert_eq!(sum.summary(0).unwrap().value, 3 * ONE);
	// A part of the weight, with a value that was not in it: the average stays among what values can be.
	let mut sum = self::sum(&[given(0, MAX_VALUE, 10), given(0, MAX_VALUE, 10)]);
	remove(&mut sum, 0, given(0, -MAX_VALUE, 15));
	let got = sum.summary(0).unwrap();
	assert_eq!((got.weight, got.value, got.decimals), (5, MAX_VALUE, 0));
	// From the future.
	let mut sum = self::sum(&[given(0, 5, 10), given(0, 7, 10)]);
	remove(&mut sum, 0, given(u64::MAX, 5, 1));
	assert_eq!(sum.summary(0), None);
}

#[test]
fn new_half_life_should_count_from_the_next_update_on() {
	let mut sum = sum(&[given(0, 100, 1 << 40)]);
	// Two old half-lives, and then two new ones.
	sum.add(2 * HALF_LIFE, 10 * HALF_LIFE, 0, 0, 1 << 38).unwrap();
	let got = sum.summary(22 * HALF_LIFE).unwrap();
	assert_eq!(got, PaidSummary { count: 2, weight: 1 << 37, value: 50 * ONE, decimals: 18 });
	// And to a shorter one, between two half-lives.
	let before = sum.summary(7 * HALF_LIFE).unwrap();
	sum.add(7 * HALF_LIFE, 1, 0, 0, 0).unwrap();
	let after = sum.summary(7 * HALF_LIFE).unwrap();
	assert!((before.value - after.value).abs() <= 1 && before.weight.abs_diff(after.weight) <= 1);
	assert!(sum.summary(7 * HALF_LIFE + 4).unwrap().weight.abs_diff(after.weight >> 4) <= 1);
	// Taking out what was given under another half-life is not exact, but harmless.
	sum.remove(7 * HALF_LIFE, 1, 0, 100, 0, 1 << 40).unwrap();
	let got = sum.summary(7 * HALF_LIFE).unwrap();
	assert!(got.weight <= after.weight && got.value.abs() <= 100 * ONE);
	sum.remove(7 * HALF_LIFE, 1, 2 * HALF_LIFE, 0, 0, 1 << 38).unwrap();
}

#[test]
fn average_should_have_fewer_decimals_when_it_is_large() {
	for (value, expected, decimals) in [
		(100 * ONE, 100 * ONE * ONE, 18),
		(1_000 * ONE, 100 * ONE * ONE, 17),
		(-1_000 * ONE, -100 * ONE * ONE, 17),
		(MAX_VALUE, MAX_VALUE, 0),
		(-MAX_VALUE, -MAX_VALUE, 0),
	] {
		let got = sum(&[given(0, value, Balance::MAX), given(0, value, 1)]).summary(0).unwrap();
		assert_eq!(got, PaidSummary { count: 2, weight: Balance::MAX, value: expected, decimals });
	}
}

#[test]
fn feedback_should_be_refused_when_it_is_out_of_range() {
	let mut sum = sum(&[given(0, 5, 10), given(0, 7, 10)]);
	let before = sum.clone();
	for (value, decimals, error) in [
		(0, 19, FeedbackError::TooManyDecimals),
		(MAX_VALUE + 1, 0, FeedbackError::ValueTooLarge),
		(i128::MIN, 18, FeedbackError::ValueTooLarge),
	] {
		assert_eq!(sum.add(1, HALF_LIFE, value, decimals, 1), Err(error));
		assert_eq!(sum.remove(1, HALF_LIFE, 0, value, decimals, 1), Err(error));
		assert_eq!(sum, before);
	}
}

#[test]
fn sum_should_keep_its_encoding_and_its_bound() {
	assert_eq!(PaidSum::max_encoded_len(), 120);
	let encoded = sum(&[given(258, -1, 1)]).encode();
	let mut expected = vec![2, 1, 0, 0, 0, 0, 0, 0, 0xe8, 3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
	// The weight is 2^32, the total -2^32 * 10^18.
	expected.extend([0, 0, 0, 0, 1].into_iter().chain([0; 27]));
	expected.extend((-(ONE << 32)).to_le_bytes());
	expected.extend([255; 48]);
	assert_eq!(encoded, expected);
	assert_eq!(PaidSum::decode(&mut &encoded[..]), Ok(sum(&[given(258, -1, 1)])));
}

#[test]
fn powers_should_be_exact_where_they_can_be() {
	assert_eq!(power(0, 7), 1 << 63);
	// The square root of two, from the OEIS (A002193).
	let root: u128 = 14_142_135_623_730_950_488;
	let got = (u128::from(power(1, 2)) * 10u128.pow(19)) >> 63;
	assert!(root - got <= 4, "{got}");
}

/// Feedback in the order of time, with gaps of every size.
fn history() -> impl Strategy<Value = Vec<Given>> {
	let gap = prop_oneof![Just(0), 0..100u64, 0..5_000u64, 20_000..40_000u64];
	let value = prop_oneof![(0..=100i128, Just(0u8)), (-9_999..=9_999i128, Just(2u8)), (-ONE..=ONE, Just(18u8))];
	let paid = prop_oneof![1..1_000u128, (0..=90u32, any::<u128>()).prop_map(|(shift, paid)| (paid >> 28) >> shift)];
	prop::collection::vec((gap, value, paid), 1..20).prop_map(|all| {
		let mut at = 1_000_000;
		let given = all.into_iter().map(|(gap, (value, decimals), paid)| {
			at += gap;
			Given { at, value, decimals, paid }
		});
		given.collect()
	})
}

/// What an average may be off by: what the module says, and what the model itself is off by.
fn tolerance(all: &[Given], weight: f64) -> f64 {
	let rounding = (-44f64).exp2() + all.len() as f64 * (-31f64).exp2() / weight;
	let model = all.iter().map(|given| (given.scaled() as f64).abs()).fold(0.0, f64::max) * 1e-12;
	range(all) * rounding + model + 2.0
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_048))]

	#[test]
	fn summary_should_equal_the_formula_within_its_error(all in history(), later in 0..3_000u64) {
		let now = all.last().unwrap().at + later;
		let (weight, average) = model(&all, now);
		match sum(&all).summary(now) {
			Some(got) => {
				prop_assert_eq!(got.decimals, 18);
				prop_assert!((got.weight as f64 - weight).abs() <= weight * 1e-12 + 1.0, "{got:?} {weight}");
				prop_assert!((got.value as f64 - average).abs() <= tolerance(&all, weight), "{got:?} {average}");
				let scaled = all.iter().map(Given::scaled);
				prop_assert!(scaled.clone().min().unwrap() <= got.value && got.value <= scaled.max().unwrap());
			},
			None => prop_assert!(weight < 1.0 + 1e-6),
		}
	}

	#[test]
	fn summary_should_not_depend_on_the_order(all in history(), keys in prop::collection::vec(any::<u32>(), 20)) {
		let now = all.last().unwrap().at;
		let mut shuffled: Vec<_> = all.iter().copied().zip(keys).collect();
		shuffled.sort_by_key(|(_, key)| *key);
		let shuffled: Vec<_> = shuffled.into_iter().map(|(given, _)| given).collect();
		let (one, other) = (sum(&all).summary(now), sum(&shuffled).summary(now));
		match (one, other) {
			(Some(one), Some(other)) => {
				let bound = tolerance(&all, one.weight as f64);
				prop_assert!((one.value - other.value).abs() as f64 <= bound, "{one:?} {other:?}");
				prop_assert!(one.weight.abs_diff(other.weight) as f64 <= one.weight as f64 * 1e-12 + 1.0);
			},
			(None, None) => {},
			(one, other) => prop_assert!(one.or(other).unwrap().weight <= 1),
		}
	}

	#[test]
	fn taking_out_should_leave_no_trace_while_the_landmark_stays(
		first in (0..=100i128, 1..1u128 << 90),
		all in prop::collection::vec((0..24_000u64, -100..=100i128, 0..1u128 << 90), 1..20),
		out in 0..20usize,
	) {
		let mut all: Vec<_> = all.into_iter().map(|(at, value, paid)| given(at, value, paid)).collect();
		all.sort_by_key(|given| given.at);
		all.insert(0, given(0, first.0, first.1));
		let mut all_of_it = sum(&all);
		let out = all.remove(1 + out % (all.len() - 1));
		remove(&mut all_of_it, 23_999, out);
		prop_assert_eq!(all_of_it, sum(&all));
	}

	#[test]
	fn summary_should_stay_near_the_formula_when_feedback_comes_and_goes(
		all in history(),
		out in prop::collection::vec(any::<bool>(), 20),
	) {
		let now = all.last().unwrap().at;
		let mut sum = sum(&all);
		let (gone, kept): (Vec<_>, Vec<_>) = all.iter().copied().zip(out).partition(|(_, out)| *out);
		let removed = gone.len();
		for (given, _) in gone {
			remove(&mut sum, now, given);
		}
		let kept: Vec<_> = kept.into_iter().map(|(given, _)| given).collect();
		prop_assert_eq!(sum.count(), kept.len() as u64);
		if kept.is_empty() {
			prop_assert_eq!(sum, PaidSum::default());
		} else if let Some(got) = sum.summary(now) {
			let (weight, average) = model(&kept, now);
			let left = removed as f64 * (-31f64).exp2();
			// What the weights of all were rounded by stays behind, beside what is left of those that went.
			prop_assert!((got.weight as f64 - weight).abs() <= weight * 1e-12 + 1.0);
			let bound = tolerance(&all, got.weight as f64) + range(&all) * left / got.weight as f64;
			prop_assert!((got.value as f64 - average).abs() <= bound, "{got:?} {average} {bound}");
		}
	}

	#[test]
	fn nothing_should_panic_or_leave_its_bounds(
		all in prop::collection::vec(
			(
				prop_oneof![any::<u64>(), 0..100_000u64, Just(u64::MAX)],
				prop_oneof![any::<u64>(), Just(0), Just(1), Just(u64::MAX), Just(HALF_LIFE)],
				-MAX_VALUE..=MAX_VALUE,
				0..=MAX_DECIMALS,
				prop_oneof![any::<Balance>(), Just(Balance::MAX), 0..1_000u128],
				any::<bool>(),
				any::<u64>(),
			),
			1..20,
		),
	) {
		let mut sum = PaidSum::default();
		for (now, half_life, value, decimals, paid, add, given_at) in all {
			if add {
				prop_assert_eq!(sum.add(now, half_life, value, decimals, paid), Ok(()));
			} else {
				let counted = sum.count();
				let got = sum.remove(now, half_life, given_at, value, decimals, paid);
				prop_assert_eq!(got, if counted == 0 { Err(FeedbackError::NotCounted) } else { Ok(()) });
			}
			prop_assert!(sum.encode().len() <= PaidSum::max_encoded_len());
			for at in [0, now, given_at, u64::MAX] {
				if let Some(got) = sum.summary(at) {
					prop_assert!(got.weight > 0 && got.decimals <= MAX_DECIMALS);
					// A value at `decimals` is within what values can be.
					let whole = got.value.unsigned_abs() / 10u128.pow(u32::from(got.decimals));
					prop_assert!(whole <= MAX_VALUE.unsigned_abs());
				}
			}
		}
	}

	#[test]
	fn powers_should_be_just_below_the_exact_ones_and_grow(whole in 1..=u64::MAX, part: u64, step in 0..1u64 << 40) {
		let part = part % whole;
		let got = power(part, whole);
		prop_assert!(got >= 1 << 63);
		let exact = (part as f64 / whole as f64).exp2();
		let relative = got as f64 / (1u64 << 63) as f64 / exact - 1.0;
		// 2^-48 below, and what the floating point itself is off by.
		prop_assert!((-4.6e-15..=1e-15).contains(&relative), "{relative:e}");
		prop_assert!(power(part.saturating_add(step).min(whole - 1), whole) >= got);
	}
}
