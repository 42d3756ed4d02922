// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Who is due.

use aivm_attestation::Subject;
use alloc::{string::String, vec::Vec};
use sp_core::{crypto::AccountId32, hexdisplay::HexDisplay, offchain::Timestamp};
use sp_runtime::offchain::storage::StorageValueRef;

use super::{progress::Progress, status::Status, CURSOR_KEY, MAX_FETCHES, MAX_SCANNED};
use crate::{Config, Endpoint, Endpoints, Pallet, Period};

/// Evidence to be collected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Task {
	/// Whose.
	pub provider: AccountId32,
	/// For which period.
	pub period: Period,
	/// What to ask for.
	pub url: String,
}

impl Task {
	fn new<T: Config>(provider: AccountId32, endpoint: &Endpoint) -> Option<Self> {
		let (period, subject) = Pallet::<T>::subjects(&provider).next()?;
		let (Subject::Nonce(nonce) | Subject::Statement(nonce)) = subject;
		let base = core::str::from_utf8(&endpoint.url).ok()?;
		let url = alloc::format!("{base}/attestation?nonce={}", HexDisplay::from(&nonce));
		Some(Self { provider, period, url })
	}
}

/// The providers that are due and may be asked now, from the cursor on, which moves behind the last one looked at.
pub(super) fn due<T: Config>(now: Timestamp, status: &mut Status) -> Vec<Task> {
	let mut cursor = StorageValueRef::persistent(CURSOR_KEY);
	// What cannot be read is like no cursor.
	let start: Option<Vec<u8>> = cursor.get().unwrap_or_default();
	let mut rest = match start {
		Some(start) => Endpoints::<T>::iter_from(start),
		None => Endpoints::<T>::iter(),
	};
	let period = Pallet::<T>::period();
	let (mut tasks, mut scanned, mut waiting) = (Vec::new(), 0usize, 0u32);
	let mut last = None;
	while scanned < MAX_SCANNED && tasks.len() < MAX_FETCHES {
		let Some((provider, endpoint)) = rest.next() else {
			last = None;
			break;
		};
		scanned = scanned.saturating_add(1);
		last = Some(Endpoints::<T>::hashed_key_for(&provider));
		if Pallet::<T>::has_record(&provider, &endpoint, period) {
			continue;
		}
		if Progress::load(&provider).not_before > now.unix_millis() {
			waiting = waiting.saturating_add(1);
			continue;
		}
		tasks.extend(Task::new::<T>(provider, &endpoint));
	}
	match last {
		Some(last) => cursor.set(&last),
		None => cursor.clear(),
	}
	status.scanned = u32::try_from(scanned).unwrap_or(u32::MAX);
	status.waiting = waiting;
	status.due = u32::try_from(tasks.len()).unwrap_or(u32::MAX);
	tasks
}
