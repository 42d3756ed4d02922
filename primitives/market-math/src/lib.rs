// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # Market maths
//!
//! Pure integer functions for prices, royalties, payment splits and reputation. Nothing here reads state, so every
//! formula can be checked offline against a receipt.
//!
//! All amounts are in the smallest unit of the native token and fit in [`Balance`]. Shares are [`Permill`] (parts per
//! million). A split is exact to the last unit: rounding goes by largest remainder, so no dust is lost or made.
//!
//! - [`compute_price`] turns the cost of a run (multiply-accumulates and bytes) into the price of its computation.
//! - [`quote`] adds the model owner's royalty and splits the sum between provider, royalty, treasury and burn;
//!   [`least_price`] tells from which price on the provider's part is large enough.
//! - [`FeedbackSum`] averages feedback exactly as ERC-8004's `getSummary` does.
//! - [`PaidSum`] averages feedback by what was paid, and forgets: the weights halve in a fixed time.
//! - [`Reputation`] scores a provider by how its work ended, by value, and forgets in the same way.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects,
		clippy::panic
	)
)]

mod decay;
mod feedback;
mod paid;
mod price;
mod reputation;
mod split;
#[cfg(test)]
mod tests;

pub use feedback::{check_feedback, FeedbackError, FeedbackSum, FeedbackSummary, MAX_DECIMALS, MAX_VALUE};
pub use paid::{PaidSum, PaidSummary};
pub use price::{compute_price, Price, BYTES_PER_KIBIBYTE, MACS_PER_MEGA_MAC};
pub use reputation::{Outcome, Reputation, ReputationTerms, Work};
pub use sp_arithmetic::Permill;
pub use split::{least_price, quote, RoyaltyTerms, Shares, Split};

/// An amount in the smallest unit of the native token.
pub type Balance = u128;

/// Why a formula has no result.
#[derive(
	codec::Encode,
	codec::Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	scale_info::TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
)]
pub enum MathError {
	/// The royalty's, the treasury's and the burnt share add up to more than the whole, so nothing would be left to pay
	/// the provider from. Lower one of them.
	#[codec(index = 0)]
	SharesAboveWhole,
	/// An amount does not fit in [`Balance`].
	#[codec(index = 1)]
	Overflow,
}

impl core::fmt::Display for MathError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::SharesAboveWhole => "the royalty, treasury and burn shares add up to more than 100 %",
			Self::Overflow => "an amount is too large to represent",
		})
	}
}

impl core::error::Error for MathError {}
