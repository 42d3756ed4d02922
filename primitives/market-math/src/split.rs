// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Who gets what of a payment.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::Permill;

use crate::{Balance, MathError};

/// The whole, in the unit of [`Permill`].
const MILLION: u128 = 1_000_000;

/// What a model's owner earns from each run: the larger of a share of the compute price and a fixed minimum.
///
/// The default earns nothing.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct RoyaltyTerms {
	/// Share of the compute price, taken out of it.
	pub share: Permill,
	/// The least that the owner earns, in the smallest unit of the native token. What it exceeds the share by is paid
	/// by the requester on top of the compute price.
	#[codec(compact)]
	pub minimum: Balance,
}

/// The governed shares of the compute price. What they and the royalty's share leave goes to the provider.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct Shares {
	/// For the treasury.
	pub treasury: Permill,
	/// Taken out of the total issuance.
	pub burn: Permill,
}

/// Who gets what of one payment, in the smallest unit of the native token.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct Split {
	/// For who computed.
	#[codec(compact)]
	pub provider: Balance,
	/// For the model's owner.
	#[codec(compact)]
	pub royalty: Balance,
	/// For the treasury.
	#[codec(compact)]
	pub treasury: Balance,
	/// To take out of the total issuance.
	#[codec(compact)]
	pub burn: Balance,
}

impl Split {
	/// What the requester pays: the sum of the parts.
	///
	/// The sum of a split that [`quote`] returned fits in [`Balance`]; of any other, it saturates.
	pub fn total(&self) -> Balance {
		self.provider.saturating_add(self.royalty).saturating_add(self.treasury).saturating_add(self.burn)
	}
}

/// Adds the royalty to a compute price and splits the sum.
///
/// With `C` the compute price, `s` and `m` the royalty's share and minimum, `t` and `b` the treasury's and the burnt
/// share:
///
/// ```text
/// share part    S = floor(s * C)
/// royalty       R = max(S, m)
/// total           = C + (R - S)
/// treasury        ~ t * C
/// burn            ~ b * C
/// provider        ~ (1 - s - t - b) * C
/// treasury + burn + provider = C - S, exactly
/// ```
///
/// The last three are rounded by largest remainder: each gets the whole part of its quota, and the units that are left
/// (at most three) go one each to those with the largest fractions. Among equal fractions the provider comes first,
/// then the treasury. So each is within one unit of its quota, and one with a share of zero gets nothing.
///
/// The total and the royalty never fall when the compute price grows. Each of the other parts falls by at most one
/// unit, as largest remainder may move one unit between them.
///
/// # Errors
/// - [`MathError::SharesAboveWhole`] if `s + t + b` is above 100 %.
/// - [`MathError::Overflow`] if the total does not fit in [`Balance`].
///
/// ```
/// use aivm_market_math::{quote, Permill, RoyaltyTerms, Shares};
///
/// let shares = Shares { treasury: Permill::from_percent(10), burn: Permill::from_percent(5) };
/// let terms = RoyaltyTerms { share: Permill::from_percent(20), minimum: 250 };
/// let split = quote(1_000, terms, shares).unwrap();
/// // The owner's share is 200; the requester pays the 50 that the minimum exceeds it by.
/// assert_eq!((split.provider, split.royalty, split.treasury, split.burn), (650, 250, 100, 50));
/// assert_eq!(split.total(), 1_050);
/// ```
pub fn quote(compute_price: Balance, terms: RoyaltyTerms, shares: Shares) -> Result<Split, MathError> {
	let provider = provider_share(terms.share, shares)?;
	let [share, treasury, burn] =
		[terms.share, shares.treasury, shares.burn].map(|part| u128::from(part.deconstruct()));

	let (share_part, _) = quota(compute_price, share)?;
	let royalty = share_part.max(terms.minimum);
	let rest = compute_price.checked_sub(share_part).ok_or(MathError::Overflow)?;
	rest.checked_add(royalty).ok_or(MathError::Overflow)?;

	let [provider, treasury, burn] = largest_remainder(
		rest,
		[quota(compute_price, provider)?, quota(compute_price, treasury)?, quota(compute_price, burn)?],
	)?;
	Ok(Split { provider, royalty, treasury, burn })
}

/// The least compute price at which, and above which, the provider's part is at least `part`, however parts are rounded:
/// `ceil(part / (1 - s - t - b))`, with the shares of [`quote`].
///
/// # Errors
/// - [`MathError::SharesAboveWhole`] if `s + t + b` is above 100 %.
/// - [`MathError::Overflow`] if the price does not fit in [`Balance`], or none is enough, because `s + t + b` is 100 %.
pub fn least_price(part: Balance, royalty: Permill, shares: Shares) -> Result<Balance, MathError> {
	let provider = provider_share(royalty, shares)?;
	part.checked_mul(MILLION).filter(|_| provider > 0).map(|parts| parts.div_ceil(provider)).ok_or(MathError::Overflow)
}

/// What the other shares leave to the provider, in millionths.
fn provider_share(royalty: Permill, shares: Shares) -> Result<u128, MathError> {
	[royalty, shares.treasury, shares.burn]
		.into_iter()
		.try_fold(MILLION, |rest, part| rest.checked_sub(part.deconstruct().into()))
		.ok_or(MathError::SharesAboveWhole)
}

/// The whole part of `amount * parts / 1,000,000`, and the millionths that are left of it.
///
/// `parts` is at most a million, so the whole part is at most `amount`.
fn quota(amount: Balance, parts: u128) -> Result<(Balance, u128), MathError> {
	let calculate = || {
		// A product of the whole amount could overflow; these two cannot.
		let whole = amount.checked_div(MILLION)?.checked_mul(parts)?;
		let rest = amount.checked_rem(MILLION)?.checked_mul(parts)?;
		Some((whole.checked_add(rest.checked_div(MILLION)?)?, rest.checked_rem(MILLION)?))
	};
	calculate().ok_or(MathError::Overflow)
}

/// Hands `total` out over three quotas, each a whole part and a fraction.
///
/// The whole parts must leave no more than one unit for each quota with a fraction.
fn largest_remainder(total: Balance, quotas: [(Balance, u128); 3]) -> Result<[Balance; 3], MathError> {
	let whole = quotas.iter().try_fold(0, |sum: Balance, (whole, _)| sum.checked_add(*whole));
	let mut left = whole.and_then(|whole| total.checked_sub(whole)).ok_or(MathError::Overflow)?;

	let mut parts = quotas.map(|(whole, fraction)| (whole, fraction, false));
	while left > 0 {
		// The first of those with the largest fraction, among those that have got nothing yet.
		let next = parts.iter_mut().filter(|(_, _, served)| !served).rev().max_by_key(|(_, fraction, _)| *fraction);
		let (part, _, served) = next.ok_or(MathError::Overflow)?;
		*part = part.checked_add(1).ok_or(MathError::Overflow)?;
		*served = true;
		left = left.checked_sub(1).ok_or(MathError::Overflow)?;
	}
	Ok(parts.map(|(part, _, _)| part))
}
