// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the worker remembers of each provider, in the off-chain database.

use aivm_traits::TaskId;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use sp_core::crypto::AccountId32;
use sp_runtime::offchain::storage::StorageValueRef;

use super::schedule::{Errand, Goal};

/// How long an endpoint is left alone after its first failure, in milliseconds.
pub const SHORTEST_PAUSE: u64 = 10_000;
/// How long it is left alone at most, in milliseconds.
pub const LONGEST_PAUSE: u64 = 3_600_000;

/// What is remembered of a provider, once for its attestations and once for its proofs. Losing it does no harm.
#[derive(Encode, Decode, Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Progress {
	/// Failures since the last success.
	failures: u32,
	/// When it may be asked again, in milliseconds since 1970.
	not_before: u64,
	/// Tasks whose proofs it is not asked for before a time. A run adds one at most, and each is short.
	resting: Vec<(TaskId, u64)>,
}

fn key(provider: &AccountId32, goal: Goal) -> Vec<u8> {
	match goal {
		Goal::Attestation(_) => (b"aivm/attestation/provider/", provider).encode(),
		Goal::Proof(_) => (b"aivm/attestation/proofs/", provider).encode(),
	}
}

impl Progress {
	fn load(provider: &AccountId32, goal: Goal) -> Self {
		// What cannot be read is like nothing.
		StorageValueRef::persistent(&key(provider, goal)).get().ok().flatten().unwrap_or_default()
	}

	fn save(self, errand: &Errand) {
		StorageValueRef::persistent(&key(&errand.provider, errand.goal)).set(&self);
	}

	/// Whether a provider may be asked now.
	pub fn may_ask(provider: &AccountId32, goal: Goal, now: u64) -> bool {
		let progress = Self::load(provider, goal);
		let rests = |(task, until): &(TaskId, u64)| goal == Goal::Proof(*task) && *until > now;
		progress.not_before <= now && !progress.resting.iter().any(rests)
	}

	/// Notes that the endpoint answered well, and leaves this one thing alone for so many milliseconds.
	pub fn rest(errand: &Errand, now: u64, pause: u64) {
		let mut resting = Self::load(&errand.provider, errand.goal).resting;
		let until = now.saturating_add(pause);
		resting.retain(|(_, until)| *until > now);
		let not_before = match errand.goal {
			Goal::Attestation(_) => until,
			Goal::Proof(task) => {
				resting.push((task, until));
				now
			}
		};
		Self { failures: 0, not_before, resting }.save(errand);
	}

	/// Leaves the endpoint alone, each time for twice as long.
	pub fn failed(errand: &Errand, now: u64) {
		let Self { failures, resting, .. } = Self::load(&errand.provider, errand.goal);
		let pause = SHORTEST_PAUSE.saturating_mul(2u64.saturating_pow(failures)).min(LONGEST_PAUSE);
		Self { failures: failures.saturating_add(1), not_before: now.saturating_add(pause), resting }.save(errand);
	}
}
