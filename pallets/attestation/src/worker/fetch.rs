// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Asking endpoints, within limits of time and size.

use aivm_traits::CollectedProofs;
use alloc::vec::Vec;
use codec::MaxEncodedLen;
use sp_core::offchain::{Duration, HttpError, HttpRequestId, Timestamp};
use sp_io::offchain::{http_response_read_body, timestamp};
use sp_runtime::offchain::http::{self, PendingRequest, Request};

use super::{
	schedule::{Errand, Goal},
	status::FailureKind,
	BODY_BUDGET, BUDGET, HEAD_BUDGET,
};
use crate::{Config, Evidence};

/// Bytes that are read at once.
const CHUNK: usize = 4_096;

/// An endpoint's answer, or why there is none.
type Answer = Result<Vec<u8>, FailureKind>;

/// Asks all endpoints at the same time, and reads their answers one after the other, in a run that `started`.
///
/// What is not read before the run's time is up is left out: it is not at fault, and due in a later run.
pub(super) fn all<T: Config>(errands: Vec<Errand>, started: Timestamp) -> impl Iterator<Item = (Errand, Answer)> {
	let head = started.add(Duration::from_millis(HEAD_BUDGET));
	let last = started.add(Duration::from_millis(BUDGET.saturating_sub(BODY_BUDGET)));
	let mut pending = Vec::with_capacity(errands.len());
	let mut sent = Vec::with_capacity(errands.len());
	let mut answers = Vec::with_capacity(errands.len());
	for errand in errands {
		match Request::get(&errand.url).deadline(head).send() {
			Ok(request) => {
				pending.push(request);
				sent.push(errand);
			}
			Err(error) => answers.push((errand, Err(error.into()))),
		}
	}
	let responses = PendingRequest::try_wait_all(pending, head);
	answers.into_iter().chain(sent.into_iter().zip(responses).filter_map(move |(errand, response)| {
		let answer = match response {
			Err(_) | Ok(Err(http::Error::DeadlineReached)) => Err(FailureKind::Slow),
			Ok(Err(_)) => Err(FailureKind::Unreachable),
			Ok(Ok(response)) if response.code != 200 => Err(FailureKind::Status(response.code)),
			Ok(Ok(_)) if timestamp() > last => return None,
			Ok(Ok(response)) => read(response.id, longest::<T>(errand.goal)),
		};
		Some((errand, answer))
	}))
}

/// Longest answer, in bytes.
fn longest<T: Config>(goal: Goal) -> usize {
	match goal {
		Goal::Attestation(_) => Evidence::max_encoded_len(),
		Goal::Proof(_) => T::Proofs::longest_answer(),
	}
}

/// Reads a body of up to `longest` bytes.
fn read(id: HttpRequestId, longest: usize) -> Answer {
	let deadline = timestamp().add(Duration::from_millis(BODY_BUDGET));
	let mut body = Vec::new();
	let mut chunk = [0; CHUNK];
	loop {
		// A host may return what it has although time is up.
		if timestamp() > deadline {
			return Err(FailureKind::Slow);
		}
		let count = http_response_read_body(id, &mut chunk, Some(deadline))?;
		let count = usize::try_from(count).unwrap_or(usize::MAX);
		if count == 0 {
			return Ok(body);
		}
		body.extend_from_slice(chunk.get(..count).ok_or(FailureKind::Unreachable)?);
		if body.len() > longest {
			return Err(FailureKind::TooLong);
		}
	}
}

impl From<HttpError> for FailureKind {
	fn from(error: HttpError) -> Self {
		match error {
			HttpError::DeadlineReached => Self::Slow,
			HttpError::IoError | HttpError::Invalid => Self::Unreachable,
		}
	}
}
