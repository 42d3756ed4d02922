// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The off-chain worker: collects attestations and proofs from providers' endpoints and submits what is valid.
//!
//! It works on nodes whose keystore has a collector's key ([`crate::KEY_TYPE`]), after each new best block. A run looks at some
//! providers that have an endpoint, and at some open tasks ([`Config::Proofs`]), going on where the last run stopped. Due are
//! providers without a record of the current period, and tasks that wait for the proof of a provider with an endpoint, one of
//! each provider. The run asks their endpoints, all at the same time, verifies the answers as the chain will, and submits
//! valid ones.
//!
//! - *Nothing is lost*: what is due follows from the state of the best block. So a provider whose record vanishes with a fork
//!   is due again, and a restart forgets nothing. What was submitted is given [`SETTLE`] milliseconds before it is tried again.
//! - *Nothing wrong is submitted*: evidence is verified by the code of the dispatch, on the state of the best block.
//! - *Nothing waits for long*: a run ends within [`BUDGET`] milliseconds whatever endpoints do, only one runs at a time, and an
//!   endpoint that fails is left alone for a time that doubles with each failure.

mod fetch;
mod progress;
mod schedule;
mod status;
mod submit;

pub use progress::{LONGEST_PAUSE, SHORTEST_PAUSE};
pub use status::{Failure, FailureKind, Status, STATUS_KEY};

use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::{offchain::Duration, sr25519};
use sp_io::{crypto::sr25519_public_keys, offchain::timestamp};
use sp_runtime::{
	offchain::storage_lock::{StorageLock, Time},
	SaturatedConversion,
};

use crate::{Collectors, Config, KEY_TYPE};
use progress::Progress;

/// Longest time that a run waits for endpoints, in milliseconds.
pub const BUDGET: u64 = 4_000;
/// Longest time of it that a run waits for answers to begin, so that silent endpoints leave time to read the others' answers.
pub const HEAD_BUDGET: u64 = 2_000;
/// Longest time that a run waits for the body of one answer, in milliseconds.
pub const BODY_BUDGET: u64 = 500;
/// Time for a submitted transaction to get into a block, in milliseconds.
pub const SETTLE: u64 = 20_000;
/// Most endpoints that a run asks for attestations, and most that it asks for proofs.
pub const MAX_FETCHES: usize = 8;
/// Most providers, and most tasks, that a run looks at.
pub const MAX_SCANNED: usize = 256;

/// What keeps runs from working at the same time, in the off-chain database.
const LOCK_KEY: &[u8] = b"aivm/attestation/lock";
/// Where the providers stand that the next run looks at.
const CURSOR_KEY: &[u8] = b"aivm/attestation/cursor";
/// Where the tasks stand that the next run looks at.
const TASKS_CURSOR_KEY: &[u8] = b"aivm/attestation/tasks";

/// The first collector's key that this node has.
fn own_key<T: Config>() -> Option<sr25519::Public> {
	let own = sr25519_public_keys(KEY_TYPE);
	if own.is_empty() {
		return None;
	}
	Collectors::<T>::get().into_iter().find(|collector| own.contains(collector))
}

/// Runs after block `block`.
pub(crate) fn run<T: Config>(block: BlockNumberFor<T>) {
	let Some(collector) = own_key::<T>() else { return };
	// If the node stops in the middle, the lock opens by itself.
	let longest = Duration::from_millis(BUDGET.saturating_mul(2));
	let mut lock = StorageLock::<Time>::with_deadline(LOCK_KEY, longest);
	let Ok(_guard) = lock.try_lock() else {
		log::debug!(target: crate::LOG_TARGET, "another run is collecting");
		return;
	};
	let started = timestamp();
	let mut status = Status::load(collector);
	let mut due = schedule::attestations::<T>(started, &mut status);
	due.extend(schedule::proofs::<T>(started, &mut status));
	for (errand, answer) in fetch::all::<T>(due, started) {
		let result = answer.and_then(|answer| submit::submit::<T>(collector, &errand, &answer));
		let now = timestamp().unix_millis();
		match result {
			Ok(()) => {
				log::info!(target: crate::LOG_TARGET, "submitted the {errand}");
				Progress::rest(&errand, now, SETTLE);
				status.submitted = status.submitted.saturating_add(1);
			}
			// The provider still makes the proof.
			Err(FailureKind::Status(404)) if errand.task().is_some() => {
				log::debug!(target: crate::LOG_TARGET, "not there yet: the {errand}");
				Progress::rest(&errand, now, SHORTEST_PAUSE);
			}
			Err(failure) => {
				log::warn!(target: crate::LOG_TARGET, "could not collect the {errand}: {failure}");
				Progress::failed(&errand, now);
				status.fail(&errand, failure, now);
			}
		}
	}
	status.end(block.saturated_into(), started.unix_millis(), timestamp().unix_millis());
}
