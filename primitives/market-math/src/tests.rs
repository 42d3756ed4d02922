// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

mod feedback;
mod paid;
mod reputation;

use codec::{Decode, Encode};
use proptest::prelude::*;

use crate::{compute_price, least_price, quote, Balance, MathError, Permill, Price, RoyaltyTerms, Shares, Split};

fn shares(treasury: u32, burn: u32) -> Shares {
	Shares { treasury: Permill::from_parts(treasury), burn: Permill::from_parts(burn) }
}

fn terms(share: u32, minimum: Balance) -> RoyaltyTerms {
	RoyaltyTerms { share: Permill::from_parts(share), minimum }
}

fn split(provider: Balance, royalty: Balance, treasury: Balance, burn: Balance) -> Split {
	Split { provider, royalty, treasury, burn }
}

#[test]
fn price_should_round_each_part_up_when_quantities_are_not_whole() {
	let price = Price { base: 7, per_mega_mac: 3, per_kibibyte: 5 };
	assert_eq!(compute_price(price, 0, 0), Some(7));
	assert_eq!(compute_price(price, 1, 0), Some(8));
	assert_eq!(compute_price(price, 333_333, 0), Some(8));
	assert_eq!(compute_price(price, 333_334, 0), Some(9));
	assert_eq!(compute_price(price, 1_000_000, 1_024), Some(15));
	assert_eq!(compute_price(price, 1_000_001, 1_025), Some(17));
}

#[test]
fn price_should_be_none_when_it_does_not_fit() {
	let highest = Price { base: Balance::MAX, per_mega_mac: 0, per_kibibyte: 0 };
	assert_eq!(compute_price(highest, u64::MAX, u64::MAX), Some(Balance::MAX));
	assert_eq!(compute_price(Price { per_mega_mac: 1, ..highest }, 1, 0), None);
	assert_eq!(compute_price(Price { per_kibibyte: 1, ..highest }, 0, 1), None);
	assert_eq!(compute_price(Price { base: 0, per_mega_mac: Balance::MAX, per_kibibyte: 0 }, 2_000_000, 0), None);
	assert_eq!(
		compute_price(Price { base: 0, per_mega_mac: Balance::MAX, per_kibibyte: 0 }, 1_000_000, 0),
		Some(Balance::MAX)
	);
}

#[test]
fn quote_should_take_the_royalty_out_of_the_price_when_the_minimum_is_low() {
	let got = quote(1_000, terms(200_000, 200), shares(100_000, 50_000));
	assert_eq!(got, Ok(split(650, 200, 100, 50)));
	assert_eq!(got.unwrap().total(), 1_000);
}

#[test]
fn quote_should_add_the_difference_when_the_minimum_exceeds_the_share() {
	let got = quote(1_000, terms(200_000, 201), shares(100_000, 50_000)).unwrap();
	assert_eq!(got, split(650, 201, 100, 50));
	assert_eq!(got.total(), 1_001);
}

#[test]
fn quote_should_pay_only_the_minimum_when_the_price_is_zero() {
	assert_eq!(quote(0, terms(500_000, 9), shares(100_000, 50_000)), Ok(split(0, 9, 0, 0)));
	assert_eq!(quote(0, RoyaltyTerms::default(), Shares::default()), Ok(Split::default()));
}

#[test]
fn quote_should_give_left_units_to_the_largest_fractions_when_shares_do_not_divide_the_price() {
	// Quotas 3.3 treasury, 2.2 burn, 5.5 provider.
	assert_eq!(quote(11, terms(0, 0), shares(300_000, 200_000)), Ok(split(6, 0, 3, 2)));
	// Quotas 1.8 treasury, 0.9 burn, 0.3 provider: two units left.
	assert_eq!(quote(3, terms(0, 0), shares(600_000, 300_000)), Ok(split(0, 0, 2, 1)));
	// Equal fractions: provider before treasury before burn.
	assert_eq!(quote(1, terms(100_000, 0), shares(300_000, 300_000)), Ok(split(1, 0, 0, 0)));
	assert_eq!(quote(1, terms(0, 0), shares(500_000, 500_000)), Ok(split(0, 0, 1, 0)));
	// Royalty 0.9 is rounded down, and its unit goes on to the only other part.
	assert_eq!(quote(1, terms(900_000, 0), shares(0, 100_000)), Ok(split(0, 0, 0, 1)));
	// Quotas 0.75 each and 0.75 of royalty: three units left for three parts.
	assert_eq!(quote(3, terms(250_000, 0), shares(250_000, 250_000)), Ok(split(1, 0, 1, 1)));
}

#[test]
fn quote_should_give_everything_to_one_part_when_its_share_is_the_whole() {
	assert_eq!(quote(7, terms(1_000_000, 0), shares(0, 0)), Ok(split(0, 7, 0, 0)));
	assert_eq!(quote(7, terms(0, 0), shares(1_000_000, 0)), Ok(split(0, 0, 7, 0)));
	assert_eq!(quote(7, terms(0, 0), shares(0, 1_000_000)), Ok(split(0, 0, 0, 7)));
	assert_eq!(quote(7, terms(0, 0), shares(0, 0)), Ok(split(7, 0, 0, 0)));
}

#[test]
fn quote_should_fail_when_shares_exceed_the_whole() {
	assert_eq!(quote(1, terms(500_000, 0), shares(400_000, 100_001)), Err(MathError::SharesAboveWhole));
	assert_eq!(quote(1, terms(1_000_000, 0), shares(1_000_000, 1_000_000)), Err(MathError::SharesAboveWhole));
	assert!(quote(1, terms(500_000, 0), shares(400_000, 100_000)).is_ok());
}

#[test]
fn quote_should_fail_when_the_total_does_not_fit() {
	assert_eq!(quote(Balance::MAX, terms(0, 1), Shares::default()), Err(MathError::Overflow));
	assert_eq!(quote(1, terms(0, Balance::MAX), Shares::default()), Err(MathError::Overflow));
	assert_eq!(quote(Balance::MAX, terms(0, 0), Shares::default()), Ok(split(Balance::MAX, 0, 0, 0)));
	assert_eq!(
		quote(Balance::MAX, terms(1_000_000, Balance::MAX), Shares::default()),
		Ok(split(0, Balance::MAX, 0, 0))
	);
}

#[test]
fn least_price_should_fail_when_no_price_is_enough() {
	let least = |part, share, treasury, burn| least_price(part, Permill::from_parts(share), shares(treasury, burn));
	assert_eq!(least(10, 0, 100_000, 50_000), Ok(12));
	assert_eq!(least(0, 0, 100_000, 50_000), Ok(0));
	assert_eq!(least(10, 0, 0, 0), Ok(10));
	assert_eq!(least(1, 999_999, 0, 0), Ok(1_000_000));
	for part in [0, 1] {
		assert_eq!(least(part, 500_000, 400_000, 100_000), Err(MathError::Overflow));
	}
	assert_eq!(least(1, 500_000, 400_000, 100_001), Err(MathError::SharesAboveWhole));
	assert_eq!(least(Balance::MAX, 0, 0, 0), Err(MathError::Overflow));
}

#[test]
fn terms_should_keep_their_encoding_when_encoded() {
	let encoded = terms(50_000, 1_000).encode();
	assert_eq!(encoded, [0x50, 0xc3, 0, 0, 0xa1, 0x0f]);
	assert_eq!(RoyaltyTerms::decode(&mut &encoded[..]), Ok(terms(50_000, 1_000)));
}

/// Amounts of every magnitude, with the extremes over-represented.
fn amounts() -> impl Strategy<Value = Balance> {
	prop_oneof![
		0..1_000u128,
		(0..=127u32, any::<u128>()).prop_map(|(shift, value)| value >> shift),
		Just(Balance::MAX),
		Just(Balance::MAX - 1),
	]
}

/// Royalty, treasury and burn shares that leave the provider zero or more.
fn valid_shares() -> impl Strategy<Value = (u32, u32, u32)> {
	let cut = prop_oneof![0..=1_000_000u32, (0..=100u32).prop_map(|percent| percent * 10_000)];
	[cut.clone(), cut.clone(), cut].prop_map(|mut cuts| {
		cuts.sort_unstable();
		(cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1])
	})
}

/// Whether `part` is the whole part of `amount * parts / 1,000,000`, or that plus one if it has a fraction.
fn is_within_quota(part: Balance, amount: Balance, parts: u32) -> bool {
	let parts = u128::from(parts);
	let rest = amount % 1_000_000 * parts;
	let floor = amount / 1_000_000 * parts + rest / 1_000_000;
	part == floor || (!rest.is_multiple_of(1_000_000) && part == floor + 1)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(4_096))]

	#[test]
	fn split_should_be_exact_and_within_quotas_when_shares_are_valid(
		compute in amounts(),
		minimum in amounts(),
		(share, treasury, burn) in valid_shares(),
	) {
		match quote(compute, terms(share, minimum), shares(treasury, burn)) {
			Ok(got) => {
				let share_part = compute / 1_000_000 * u128::from(share)
					+ compute % 1_000_000 * u128::from(share) / 1_000_000;
				prop_assert_eq!(got.royalty, share_part.max(minimum));
				// Without wrap-around: the parts without the royalty are what the royalty's share leaves.
				let others = got.provider.checked_add(got.treasury).and_then(|sum| sum.checked_add(got.burn));
				prop_assert_eq!(others, Some(compute - share_part));
				prop_assert_eq!(Some(got.total()), (compute - share_part).checked_add(got.royalty));
				prop_assert!(is_within_quota(got.treasury, compute, treasury));
				prop_assert!(is_within_quota(got.burn, compute, burn));
				prop_assert!(is_within_quota(got.provider, compute, 1_000_000 - share - treasury - burn));
			},
			// Only a minimum on top of the price can exceed what fits.
			Err(error) => {
				prop_assert_eq!(error, MathError::Overflow);
				prop_assert!(compute.checked_add(minimum).is_none());
			},
		}
	}

	#[test]
	fn split_should_fail_when_and_only_when_shares_exceed_the_whole(
		compute in 0..u128::MAX / 2,
		minimum in 0..u128::MAX / 2,
		share in 0..=1_000_000u32,
		treasury in 0..=1_000_000u32,
		burn in 0..=1_000_000u32,
	) {
		let got = quote(compute, terms(share, minimum), shares(treasury, burn));
		if share + treasury + burn > 1_000_000 {
			prop_assert_eq!(got, Err(MathError::SharesAboveWhole));
		} else {
			prop_assert!(got.is_ok());
		}
	}

	#[test]
	fn provider_should_get_its_part_from_the_least_price_on(
		part in prop_oneof![0..1_000u128, 0..1u128 << 90],
		more in prop_oneof![0..100u128, 0..1u128 << 90],
		(share, treasury, burn) in valid_shares(),
	) {
		let left = u128::from(1_000_000 - share - treasury - burn);
		prop_assume!(left > 0);
		let least = least_price(part, Permill::from_parts(share), shares(treasury, burn)).unwrap();
		prop_assert!(least * left >= part * 1_000_000 && (least == 0 || (least - 1) * left < part * 1_000_000));
		let split = quote(least + more, terms(share, 0), shares(treasury, burn)).unwrap();
		prop_assert!(split.provider >= part);
	}

	#[test]
	fn split_should_grow_with_the_price_when_shares_are_valid(
		compute in 0..u128::MAX / 4,
		step in prop_oneof![0..4u128, 0..u128::MAX / 4],
		minimum in 0..u128::MAX / 4,
		(share, treasury, burn) in valid_shares(),
	) {
		let low = quote(compute, terms(share, minimum), shares(treasury, burn)).unwrap();
		let high = quote(compute + step, terms(share, minimum), shares(treasury, burn)).unwrap();
		prop_assert!(high.total() >= low.total());
		prop_assert!(high.royalty >= low.royalty);
		prop_assert!(high.provider + 1 >= low.provider);
		prop_assert!(high.treasury + 1 >= low.treasury);
		prop_assert!(high.burn + 1 >= low.burn);
	}

	#[test]
	fn price_should_grow_with_every_argument_when_it_fits(
		(base, per_mega_mac, per_kibibyte) in (amounts(), amounts(), amounts()),
		(macs, bytes) in (any::<u64>(), any::<u64>()),
		(more_macs, more_bytes) in (0..2_000_000u64, 0..4_096u64),
	) {
		let price = Price { base, per_mega_mac, per_kibibyte };
		let low = compute_price(price, macs, bytes);
		let high = compute_price(price, macs.saturating_add(more_macs), bytes.saturating_add(more_bytes));
		if let (Some(low), Some(high)) = (low, high) {
			prop_assert!(high >= low);
			prop_assert!(low >= base);
		}
	}

	#[test]
	fn price_should_equal_the_formula_when_nothing_overflows(
		(base, per_mega_mac, per_kibibyte) in (0..1u128 << 60, 0..1u128 << 60, 0..1u128 << 60),
		(macs, bytes) in (0..1u64 << 60, 0..1u64 << 60),
	) {
		let expected = base
			+ (per_mega_mac * u128::from(macs)).div_ceil(1_000_000)
			+ (per_kibibyte * u128::from(bytes)).div_ceil(1_024);
		prop_assert_eq!(compute_price(Price { base, per_mega_mac, per_kibibyte }, macs, bytes), Some(expected));
	}
}
