// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Time, money and block limits.

use crate::{Balance, BlockNumber};
use frame_support::weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight};
use sp_runtime::Perbill;

/// Length of a slot, in milliseconds. One block is authored in each.
pub const SLOT_DURATION: u64 = 2_000;
/// Blocks in a minute.
pub const MINUTES: BlockNumber = 30;
/// Blocks in an hour.
pub const HOURS: BlockNumber = MINUTES * 60;
/// Blocks in a day.
pub const DAYS: BlockNumber = HOURS * 24;
/// Slots in a BABE epoch, which is a session: 20 minutes.
pub const EPOCH_DURATION_IN_SLOTS: BlockNumber = 20 * MINUTES;

/// One AIVM, in the smallest unit.
pub const UNIT: Balance = 1_000_000_000_000;
/// A thousandth of an AIVM.
pub const MILLI_UNIT: Balance = UNIT / 1_000;
/// A millionth of an AIVM.
pub const MICRO_UNIT: Balance = UNIT / 1_000_000;
/// The least balance that keeps an account alive.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_UNIT;

/// Deposit for `items` storage items of `bytes` bytes in all: a hundredth of an AIVM an item and ten millionths a byte.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
	(items as Balance)
		.saturating_mul(10 * MILLI_UNIT)
		.saturating_add((bytes as Balance).saturating_mul(10 * MICRO_UNIT))
}

/// Share of a block that hooks are expected to take.
pub const AVERAGE_ON_INITIALIZE_RATIO: Perbill = Perbill::from_percent(5);
/// Computation in a block: a third of a slot, so that a full block is authored, sent and imported within its slot.
pub const MAXIMUM_BLOCK_WEIGHT: Weight = Weight::from_parts(666 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
/// The part of it that ordinary transactions may fill; the rest is for operational ones and hooks.
pub const NORMAL_BLOCK_WEIGHT: Weight = Weight::from_parts(500 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
/// What operational transactions always find free.
pub const RESERVED_BLOCK_WEIGHT: Weight = Weight::from_parts(166 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
/// The part of a block that governance's calls may fill.
pub const GOVERNANCE_BLOCK_WEIGHT: Weight = Weight::from_parts(333 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);
/// Bytes in a block.
pub const MAXIMUM_BLOCK_LENGTH: u32 = 5 * 1024 * 1024;
/// The part of them that ordinary transactions may fill.
pub const NORMAL_BLOCK_LENGTH: u32 = MAXIMUM_BLOCK_LENGTH / 4 * 3;
