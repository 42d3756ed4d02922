// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the worker remembers of each provider, in the off-chain database.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use sp_core::crypto::AccountId32;
use sp_runtime::offchain::storage::StorageValueRef;

use super::SETTLE;

/// How long an endpoint is left alone after its first failure, in milliseconds.
pub const SHORTEST_PAUSE: u64 = 10_000;
/// How long it is left alone at most, in milliseconds.
pub const LONGEST_PAUSE: u64 = 3_600_000;

/// What is remembered of a provider. Losing it does no harm.
#[derive(Encode, Decode, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Progress {
	/// Failures since the last success.
	pub failures: u32,
	/// When it may be asked again, in milliseconds since 1970.
	pub not_before: u64,
}

fn key(provider: &AccountId32) -> Vec<u8> {
	(b"aivm/attestation/provider/", provider).encode()
}

impl Progress {
	pub fn load(provider: &AccountId32) -> Self {
		// What cannot be read is like nothing.
		StorageValueRef::persistent(&key(provider)).get().ok().flatten().unwrap_or_default()
	}

	fn save(self, provider: &AccountId32) {
		StorageValueRef::persistent(&key(provider)).set(&self);
	}

	/// Gives a submitted transaction time to get into a block.
	pub fn submitted(provider: &AccountId32, now: u64) {
		Self { failures: 0, not_before: now.saturating_add(SETTLE) }.save(provider);
	}

	/// Leaves the endpoint alone, each time for twice as long.
	pub fn failed(provider: &AccountId32, now: u64) {
		let failures = Self::load(provider).failures;
		let pause = SHORTEST_PAUSE.saturating_mul(2u64.saturating_pow(failures)).min(LONGEST_PAUSE);
		Self { failures: failures.saturating_add(1), not_before: now.saturating_add(pause) }.save(provider);
	}
}
