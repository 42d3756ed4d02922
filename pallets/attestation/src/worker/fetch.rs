// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Asking endpoints, within limits of time and size.

use alloc::vec::Vec;
use codec::MaxEncodedLen;
use sp_core::offchain::{Duration, HttpError, HttpRequestId, Timestamp};
use sp_io::offchain::{http_response_read_body, timestamp};
use sp_runtime::offchain::http::{self, PendingRequest, Request};

use super::{schedule::Task, status::FailureKind, BODY_BUDGET};
use crate::Evidence;

/// Bytes that are read at once.
const CHUNK: usize = 4_096;

/// An endpoint's answer, or why there is none.
type Answer = Result<Vec<u8>, FailureKind>;

/// Asks all endpoints at the same time. Answers are there at the deadline, or never.
pub(super) fn all(tasks: Vec<Task>, deadline: Timestamp) -> impl Iterator<Item = (Task, Answer)> {
	let mut pending = Vec::with_capacity(tasks.len());
	let mut sent = Vec::with_capacity(tasks.len());
	let mut answers = Vec::with_capacity(tasks.len());
	for task in tasks {
		match Request::get(&task.url).deadline(deadline).send() {
			Ok(request) => {
				pending.push(request);
				sent.push(task);
			}
			Err(error) => answers.push((task, Err(error.into()))),
		}
	}
	let responses = PendingRequest::try_wait_all(pending, deadline);
	answers.into_iter().chain(sent.into_iter().zip(responses).map(move |(task, response)| {
		let answer = match response {
			Err(_) | Ok(Err(http::Error::DeadlineReached)) => Err(FailureKind::Slow),
			Ok(Err(_)) => Err(FailureKind::Unreachable),
			Ok(Ok(response)) if response.code != 200 => Err(FailureKind::Status(response.code)),
			Ok(Ok(response)) => read(response.id, deadline),
		};
		(task, answer)
	}))
}

/// Reads a body that is not longer than evidence can be.
fn read(id: HttpRequestId, deadline: Timestamp) -> Answer {
	let deadline = deadline.min(timestamp().add(Duration::from_millis(BODY_BUDGET)));
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
		if body.len() > Evidence::max_encoded_len() {
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
