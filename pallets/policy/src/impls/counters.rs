// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Counters of payments and transactions.

use aivm_traits::{AssetKind, Balance};

use crate::{Config, Counters, Pallet, Rates, Spender};

/// Five minutes, in seconds.
const RATE_SLOT: u64 = 300;

impl<T: Config> Pallet<T> {
	/// How many transactions were sent in the last hour, and possibly up to five minutes before.
	pub(crate) fn rate(spender: &Spender, now: u64) -> u128 {
		Rates::<T>::get(spender).sum_at(Self::rate_slot(now))
	}

	/// Counts one transaction.
	pub(crate) fn count_transaction(spender: &Spender, now: u64) {
		Rates::<T>::mutate(spender, |window| window.add(Self::rate_slot(now), 1));
	}

	/// Counts a payment.
	pub(crate) fn count(spender: &Spender, asset: AssetKind, now: u64, amount: Balance) {
		if amount > 0 {
			Counters::<T>::mutate(spender, asset, |counter| counter.add(now, amount));
		}
	}

	/// Puts what was really paid in the place of what was counted before, in the same block.
	pub(crate) fn correct(spender: &Spender, asset: AssetKind, now: u64, counted: Balance, paid: Balance) {
		if paid != counted {
			Counters::<T>::mutate(spender, asset, |counter| {
				counter.take_back(now, counted);
				counter.add(now, paid);
			});
		}
	}

	fn rate_slot(now: u64) -> u64 {
		now.checked_div(RATE_SLOT).unwrap_or_default()
	}
}
