// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What is due.

use aivm_attestation::Subject;
use aivm_traits::{CollectedProofs, TaskId};
use alloc::{string::String, vec::Vec};
use core::fmt;
use sp_core::{crypto::AccountId32, hexdisplay::HexDisplay, offchain::Timestamp};
use sp_runtime::offchain::storage::StorageValueRef;

use super::{progress::Progress, status::Status, CURSOR_KEY, MAX_FETCHES, MAX_SCANNED, TASKS_CURSOR_KEY};
use crate::{Config, Endpoint, Endpoints, Pallet, Period};

/// What an endpoint is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Goal {
	/// An attestation for this period.
	Attestation(Period),
	/// The proof of this task.
	Proof(TaskId),
}

/// Something to be collected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Errand {
	/// From whom.
	pub provider: AccountId32,
	/// What.
	pub goal: Goal,
	/// Where.
	pub url: String,
}

impl Errand {
	fn attestation<T: Config>(provider: AccountId32, endpoint: &Endpoint) -> Option<Self> {
		let (period, subject) = Pallet::<T>::subjects(&provider).next()?;
		let (Subject::Nonce(nonce) | Subject::Statement(nonce)) = subject;
		let base = core::str::from_utf8(&endpoint.url).ok()?;
		let url = alloc::format!("{base}/attestation?nonce={}", HexDisplay::from(&nonce));
		Some(Self { provider, goal: Goal::Attestation(period), url })
	}

	fn proof(provider: AccountId32, task: TaskId, endpoint: &Endpoint) -> Option<Self> {
		let base = core::str::from_utf8(&endpoint.url).ok()?;
		let url = alloc::format!("{base}/proofs?task={task}");
		Some(Self { provider, goal: Goal::Proof(task), url })
	}

	/// The task whose proof it is, if it is one.
	pub fn task(&self) -> Option<TaskId> {
		match self.goal {
			Goal::Attestation(_) => None,
			Goal::Proof(task) => Some(task),
		}
	}
}

impl fmt::Display for Errand {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self.goal {
			Goal::Attestation(period) => write!(formatter, "attestation of {:?} for period {period}", self.provider),
			Goal::Proof(task) => write!(formatter, "proof of {:?} for task {task}", self.provider),
		}
	}
}

/// Counts what a run looks at, until it is enough.
#[derive(Default)]
struct Scan {
	scanned: u32,
	waiting: u32,
	errands: Vec<Errand>,
}

impl Scan {
	/// Whether the run looks at one more.
	fn goes_on(&self) -> bool {
		usize::try_from(self.scanned).is_ok_and(|scanned| scanned < MAX_SCANNED) && self.errands.len() < MAX_FETCHES
	}

	/// Adds an errand, unless the provider is left alone for a while.
	fn add(&mut self, errand: Option<Errand>, now: Timestamp) {
		let Some(errand) = errand else { return };
		if Progress::may_ask(&errand.provider, errand.goal, now.unix_millis()) {
			self.errands.push(errand);
		} else {
			self.waiting = self.waiting.saturating_add(1);
		}
	}

	/// Tells the status what the run looked at.
	fn end(self, status: &mut Status) -> Vec<Errand> {
		status.scanned = status.scanned.saturating_add(self.scanned);
		status.waiting = status.waiting.saturating_add(self.waiting);
		status.due = status.due.saturating_add(u32::try_from(self.errands.len()).unwrap_or(u32::MAX));
		self.errands
	}
}

/// The providers that are due and may be asked now, from the cursor on, which moves behind the last one looked at.
pub(super) fn attestations<T: Config>(now: Timestamp, status: &mut Status) -> Vec<Errand> {
	let mut cursor = StorageValueRef::persistent(CURSOR_KEY);
	// What cannot be read is like no cursor.
	let start: Option<Vec<u8>> = cursor.get().unwrap_or_default();
	let mut rest = match start {
		Some(start) => Endpoints::<T>::iter_from(start),
		None => Endpoints::<T>::iter(),
	};
	let period = Pallet::<T>::period();
	let (mut scan, mut last) = (Scan::default(), None);
	while scan.goes_on() {
		let Some((provider, endpoint)) = rest.next() else {
			last = None;
			break;
		};
		scan.scanned = scan.scanned.saturating_add(1);
		last = Some(Endpoints::<T>::hashed_key_for(&provider));
		if !Pallet::<T>::has_record(&provider, &endpoint, period) {
			scan.add(Errand::attestation::<T>(provider, &endpoint), now);
		}
	}
	match last {
		Some(last) => cursor.set(&last),
		None => cursor.clear(),
	}
	scan.end(status)
}

/// The same for tasks that wait for a proof. Each provider is asked for one of them only, so that none keeps others waiting.
pub(super) fn proofs<T: Config>(now: Timestamp, status: &mut Status) -> Vec<Errand> {
	let mut cursor = StorageValueRef::persistent(TASKS_CURSOR_KEY);
	let start: Option<TaskId> = cursor.get().unwrap_or_default();
	let mut rest = T::Proofs::tasks(start);
	let (mut scan, mut last) = (Scan::default(), None);
	while scan.goes_on() {
		let Some((task, provider)) = rest.next() else {
			last = None;
			break;
		};
		scan.scanned = scan.scanned.saturating_add(1);
		last = Some(task);
		let Some(provider) = provider else { continue };
		if scan.errands.iter().any(|errand| errand.provider == provider) {
			continue;
		}
		if let Some(endpoint) = Endpoints::<T>::get(&provider) {
			scan.add(Errand::proof(provider, task, &endpoint), now);
		}
	}
	match last {
		Some(last) => cursor.set(&last),
		None => cursor.clear(),
	}
	scan.end(status)
}
