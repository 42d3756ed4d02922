// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Sums over the last day and the last hour, in constant space.

use aivm_traits::Balance;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::{Spent, HOUR};

/// Five minutes, in seconds.
const RATE_SLOT: u64 = 300;

/// Sums of the last `N` slots of time, the current one included.
///
/// A span of time as long as `N - 1` slots touches at most `N` of them wherever it begins, so the sum of all is at least
/// what happened in any such span that ends now.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window<const N: usize> {
	/// The latest slot that anything was added in.
	pub slot: u64,
	/// The slot with the number `s` is at `s` modulo `N`.
	pub sums: [Balance; N],
}

impl<const N: usize> Default for Window<N> {
	fn default() -> Self {
		Self { slot: 0, sums: [0; N] }
	}
}

impl<const N: usize> Window<N> {
	/// The sum of the last `N` slots, if `slot` is the current one. A clock that goes back stays in the latest slot.
	pub fn sum_at(&self, slot: u64) -> Balance {
		let mut moved = *self;
		moved.move_to(slot);
		moved.sums.iter().fold(0, |sum: Balance, part| sum.saturating_add(*part))
	}

	/// Adds `amount` in `slot`.
	pub fn add(&mut self, slot: u64, amount: Balance) {
		self.move_to(slot);
		if let Some(sum) = self.current() {
			*sum = sum.saturating_add(amount);
		}
	}

	fn current(&mut self) -> Option<&mut Balance> {
		let index = Self::index(self.slot);
		self.sums.get_mut(index)
	}

	fn index(slot: u64) -> usize {
		// The remainder is below `N`, a `usize`.
		slot.checked_rem(N as u64).unwrap_or_default() as usize
	}

	/// Forgets the slots that are too old once `slot` is the current one.
	fn move_to(&mut self, slot: u64) {
		if slot.saturating_sub(self.slot) >= N as u64 {
			self.sums = [0; N];
		} else {
			for passed in self.slot.saturating_add(1)..=slot {
				if let Some(sum) = self.sums.get_mut(Self::index(passed)) {
					*sum = 0;
				}
			}
		}
		self.slot = self.slot.max(slot);
	}
}

/// What was paid in one asset.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct Counter {
	/// By the hour: the current one and the 24 before.
	pub day: Window<25>,
	/// Ever.
	pub lifetime: Balance,
}

impl Counter {
	/// What was paid in the last 24 hours, and possibly up to an hour before, if it is the second `now`.
	pub fn day_at(&self, now: u64) -> Balance {
		self.day.sum_at(hour(now))
	}

	/// Adds a payment.
	pub fn add(&mut self, now: u64, amount: Balance) {
		self.day.add(hour(now), amount);
		self.lifetime = self.lifetime.saturating_add(amount);
	}

	/// What is used up of limits, if it is the second `now`.
	pub fn spent_at(&self, now: u64) -> Spent {
		Spent { day: self.day_at(now), lifetime: self.lifetime }
	}
}

/// What a spender did lately. Every transaction changes all of it, as each pays a fee.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct Activity<BlockNumber> {
	/// The block of the latest transaction.
	pub block: BlockNumber,
	/// Transactions by five minutes: the current ones and the hour before.
	pub transactions: Window<13>,
	/// What was paid in the native token, fees included.
	pub native: Counter,
}

impl<BlockNumber> Activity<BlockNumber> {
	/// How many transactions were sent in the last hour, and possibly up to five minutes before, if it is the second
	/// `now`.
	pub fn rate_at(&self, now: u64) -> Balance {
		self.transactions.sum_at(rate_slot(now))
	}

	/// Adds a transaction that paid `native`.
	pub fn add(&mut self, block: BlockNumber, now: u64, native: Balance) {
		self.block = block;
		self.transactions.add(rate_slot(now), 1);
		self.native.add(now, native);
	}
}

fn rate_slot(now: u64) -> u64 {
	now.checked_div(RATE_SLOT).unwrap_or_default()
}

fn hour(now: u64) -> u64 {
	now.checked_div(HOUR).unwrap_or_default()
}
