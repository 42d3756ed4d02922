// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use codec::{Decode, Encode, MaxEncodedLen};
use primitive_types::U512;
use proptest::prelude::*;

use crate::{check_feedback, FeedbackError, FeedbackSum, FeedbackSummary, MAX_DECIMALS, MAX_VALUE};

type Feedback = (i128, u8);

fn sum(feedback: &[Feedback]) -> FeedbackSum {
	let mut sum = FeedbackSum::default();
	for (value, decimals) in feedback {
		sum.add(*value, *decimals).unwrap();
	}
	sum
}

fn summary(count: u64, value: i128, decimals: u8) -> Result<FeedbackSummary, FeedbackError> {
	Ok(FeedbackSummary { count, value, decimals })
}

/// ERC-8004's `getSummary`, written down from its definition.
fn model(feedback: &[Feedback]) -> Result<FeedbackSummary, FeedbackError> {
	let count = feedback.len() as u64;
	if count == 0 {
		return Ok(FeedbackSummary::default());
	}
	let scaled = |negative: bool| {
		feedback.iter().filter(|(value, _)| (*value < 0) == negative).fold(U512::zero(), |sum, (value, decimals)| {
			sum + U512::from(value.unsigned_abs()) * U512::exp10(usize::from(18 - decimals))
		})
	};
	let (positive, negative) = (scaled(false), scaled(true));
	let mut mode = (0, 0);
	for decimals in 0..=18 {
		let frequency = feedback.iter().filter(|(_, other)| *other == decimals).count();
		if frequency > mode.1 {
			mode = (decimals, frequency);
		}
	}
	let unit = U512::exp10(usize::from(18 - mode.0));
	let value = if positive >= negative {
		i128::try_from((positive - negative) / count / unit).map_err(|_| FeedbackError::SummaryOverflow)?
	} else {
		let magnitude = (negative - positive) / count / unit;
		let magnitude = u128::try_from(magnitude).map_err(|_| FeedbackError::SummaryOverflow)?;
		0i128.checked_sub_unsigned(magnitude).ok_or(FeedbackError::SummaryOverflow)?
	};
	summary(count, value, mode.0)
}

#[test]
fn summary_should_match_the_vectors_of_erc_8004() {
	type Vector = (&'static [Feedback], (u64, i128, u8));
	let table: [Vector; 12] = [
		(&[(80, 0), (90, 0), (100, 0)], (3, 90, 0)),
		(&[(80, 0), (90, 0), (10_000, 2)], (3, 90, 0)),
		(&[(90, 0), (8_000, 2)], (2, 85, 0)),
		(&[(9_977, 2), (9_950, 2), (1, 0)], (3, 6_675, 2)),
		(&[(-32, 1), (10, 0)], (2, 3, 0)),
		(&[(-1, 0), (-2, 0)], (2, -1, 0)),
		(&[(1, 0), (2, 0)], (2, 1, 0)),
		(&[(-4_500, 2), (-5_500, 2)], (2, -5_000, 2)),
		(&[(7, 0), (8, 0), (8, 0)], (3, 7, 0)),
		(&[(-7, 0), (-8, 0), (-8, 0)], (3, -7, 0)),
		(&[(1, 0), (15, 1), (15, 1)], (3, 13, 1)),
		(&[(5, 18), (1, 0)], (2, 0, 0)),
	];
	for (feedback, (count, value, decimals)) in table {
		assert_eq!(sum(feedback).summary(), summary(count, value, decimals), "{feedback:?}");
	}
	assert_eq!(FeedbackSum::default().summary(), summary(0, 0, 0));
}

#[test]
fn summary_should_fail_by_name_when_the_average_has_too_many_decimals() {
	// The reference contract answers -886533759346574857640019685980940970 at 18 decimals.
	let mut huge = sum(&[(MAX_VALUE, 0), (1, 18), (1, 18)]);
	assert_eq!(huge.summary(), Err(FeedbackError::SummaryOverflow));
	assert_eq!(sum(&[(-MAX_VALUE, 0), (1, 18), (1, 18)]).summary(), Err(FeedbackError::SummaryOverflow));
	// It can be left again.
	huge.remove(MAX_VALUE, 0).unwrap();
	assert_eq!(huge.summary(), summary(2, 1, 18));
}

#[test]
fn summary_should_reach_the_ends_of_its_range_when_they_fit() {
	// Two of three have one decimal, so the average is (10 * value + rest) / 3 there: 2^127, which does not fit by one.
	let (value, rest) = ((1 << 127) / 10 * 3u128, (1 << 127) % 10 * 3u128);
	let (value, rest) = (value as i128, rest as i128);
	assert_eq!(sum(&[(value, 0), (rest, 1), (0, 1)]).summary(), Err(FeedbackError::SummaryOverflow));
	assert_eq!(sum(&[(value, 0), (rest - 1, 1), (0, 1)]).summary(), summary(3, i128::MAX, 1));
	assert_eq!(sum(&[(-value, 0), (-rest, 1), (0, 1)]).summary(), summary(3, i128::MIN, 1));
	assert_eq!(sum(&[(-value, 0), (-rest - 2, 1), (0, 1)]).summary(), summary(3, i128::MIN, 1));
	assert_eq!(sum(&[(-value, 0), (-rest - 3, 1), (0, 1)]).summary(), Err(FeedbackError::SummaryOverflow));
}

#[test]
fn feedback_should_be_refused_when_it_is_out_of_range() {
	let mut sum = sum(&[(3, 2)]);
	let before = sum.clone();
	for (value, decimals, error) in [
		(0, 19, FeedbackError::TooManyDecimals),
		(0, u8::MAX, FeedbackError::TooManyDecimals),
		(MAX_VALUE + 1, 0, FeedbackError::ValueTooLarge),
		(-MAX_VALUE - 1, 18, FeedbackError::ValueTooLarge),
		(i128::MIN, 0, FeedbackError::ValueTooLarge),
		(i128::MAX, 0, FeedbackError::ValueTooLarge),
		// The decimals are looked at first.
		(i128::MAX, 19, FeedbackError::TooManyDecimals),
	] {
		assert_eq!(check_feedback(value, decimals), Err(error));
		assert_eq!(sum.add(value, decimals), Err(error));
		assert_eq!(sum.remove(value, decimals), Err(error));
		assert_eq!(sum, before);
	}
	for (value, decimals) in [(MAX_VALUE, 0), (-MAX_VALUE, 18), (MAX_VALUE, 18), (0, 0)] {
		assert_eq!(check_feedback(value, decimals), Ok(()));
		sum.add(value, decimals).unwrap();
	}
}

#[test]
fn feedback_should_not_be_taken_out_when_none_like_it_was_counted() {
	let mut sum = sum(&[(3, 2)]);
	let before = sum.clone();
	assert_eq!(sum.remove(3, 1), Err(FeedbackError::NotCounted));
	assert_eq!(sum, before);
	sum.remove(3, 2).unwrap();
	assert_eq!(sum, FeedbackSum::default());
	assert_eq!(sum.remove(3, 2), Err(FeedbackError::NotCounted));
}

#[test]
fn counting_should_stop_when_the_counter_is_full() {
	// Doubling: 2^63 times the same, in two kinds.
	let mut full = sum(&[(MAX_VALUE, 0)]);
	for _ in 0..63 {
		let same = full.clone();
		full.merge(&same).unwrap();
	}
	assert_eq!(full.summary(), summary(1 << 63, MAX_VALUE, 0));
	let same = full.clone();
	assert_eq!(full.merge(&same), Err(FeedbackError::TooManyFeedbacks));
	let mut negative = sum(&[(-MAX_VALUE, 0)]);
	for _ in 0..62 {
		let same = negative.clone();
		negative.merge(&same).unwrap();
	}
	full.merge(&negative).unwrap();
	full.merge(&negative.clone()).unwrap_err();
	assert_eq!(full.count(), 3 << 62);
	// A third of it all: (2 - 1) / 3.
	assert_eq!(full.summary(), summary(3 << 62, MAX_VALUE / 3, 0));

	let mut last = sum(&[(1, 18)]);
	for _ in 0..63 {
		let same = last.clone();
		last.merge(&same).unwrap();
	}
	let mut rest = FeedbackSum::default();
	let mut half = last.clone();
	half.remove(1, 18).unwrap();
	rest.merge(&half).unwrap();
	rest.merge(&last).unwrap();
	assert_eq!(rest.count(), u64::MAX);
	let before = rest.clone();
	assert_eq!(rest.add(1, 18), Err(FeedbackError::TooManyFeedbacks));
	assert_eq!(rest.add(1, 0), Err(FeedbackError::TooManyFeedbacks));
	assert_eq!(rest, before);
	assert_eq!(rest.summary(), summary(u64::MAX, 1, 18));
}

#[test]
fn sum_should_keep_its_encoding_and_its_bound() {
	assert_eq!(FeedbackSum::max_encoded_len(), 203);
	assert_eq!(FeedbackSum::default().encode(), [0; 51]);
	let encoded = sum(&[(-1, 18), (2, 17)]).encode();
	// -1 + 20 in two's complement, and one of each of the last two kinds.
	let expected: Vec<u8> = [19].into_iter().chain([0; 31]).chain([0; 17]).chain([4, 4]).collect();
	assert_eq!(encoded, expected);
	assert_eq!(FeedbackSum::decode(&mut &encoded[..]), Ok(sum(&[(2, 17), (-1, 18)])));
}

/// Feedback of every magnitude. Decimals repeat, so that modes are shared.
fn feedback() -> impl Strategy<Value = Feedback> {
	let value = prop_oneof![
		-100..=100i128,
		(0..=127u32, any::<i128>()).prop_map(|(shift, value)| (value >> shift).clamp(-MAX_VALUE, MAX_VALUE)),
		Just(MAX_VALUE),
		Just(-MAX_VALUE),
	];
	let decimals = prop_oneof![0..3u8, Just(18), 0..=MAX_DECIMALS];
	(value, decimals)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(4_096))]

	#[test]
	fn summary_should_equal_the_definition(feedback in prop::collection::vec(feedback(), 0..24)) {
		prop_assert_eq!(sum(&feedback).summary(), model(&feedback));
	}

	#[test]
	fn sums_should_not_depend_on_order_or_grouping(
		feedback in prop::collection::vec(feedback(), 0..24),
		others in prop::collection::vec(feedback(), 0..24),
	) {
		let mut backwards = feedback.clone();
		backwards.reverse();
		prop_assert_eq!(sum(&backwards), sum(&feedback));
		let both: Vec<_> = feedback.iter().chain(&others).copied().collect();
		let mut merged = sum(&feedback);
		merged.merge(&sum(&others)).unwrap();
		prop_assert_eq!(&merged, &sum(&both));
		for (value, decimals) in &others {
			merged.remove(*value, *decimals).unwrap();
		}
		prop_assert_eq!(merged, sum(&feedback));
	}

	#[test]
	fn summary_should_be_between_the_extremes_when_decimals_are_the_same(
		values in prop::collection::vec(-MAX_VALUE..=MAX_VALUE, 1..24),
		decimals in 0..=MAX_DECIMALS,
	) {
		let feedback: Vec<_> = values.iter().map(|value| (*value, decimals)).collect();
		let got = sum(&feedback).summary().unwrap();
		prop_assert_eq!((got.count, got.decimals), (values.len() as u64, decimals));
		prop_assert!(values.iter().min().unwrap() <= &got.value && &got.value <= values.iter().max().unwrap());
	}

	#[test]
	fn sum_should_survive_its_encoding(feedback in prop::collection::vec(feedback(), 0..24)) {
		let sum = sum(&feedback);
		let encoded = sum.encode();
		prop_assert!(encoded.len() <= FeedbackSum::max_encoded_len());
		prop_assert_eq!(FeedbackSum::decode(&mut &encoded[..]), Ok(sum));
	}
}
