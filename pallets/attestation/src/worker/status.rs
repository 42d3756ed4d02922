// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the worker did, for the node to show.

use aivm_traits::TaskId;
use alloc::string::String;
use codec::{Decode, Encode};
use core::fmt;
use sp_core::{crypto::AccountId32, sr25519};
use sp_runtime::offchain::storage::StorageValueRef;

use super::schedule::Errand;
use crate::Refusal;

/// Where the off-chain database has the SCALE encoding of the [`Status`], among what is persistent.
pub const STATUS_KEY: &[u8] = b"aivm/attestation/status";

/// Why what a provider serves was not submitted.
#[derive(Encode, Decode, Clone, PartialEq, Eq, Debug)]
pub enum FailureKind {
	/// The endpoint did not answer in time.
	#[codec(index = 0)]
	Slow,
	/// The endpoint could not be reached, or closed the connection.
	#[codec(index = 1)]
	Unreachable,
	/// The endpoint answered with this status, which is not 200.
	#[codec(index = 2)]
	Status(u16),
	/// The answer is longer than what was asked for can be.
	#[codec(index = 3)]
	TooLong,
	/// The answer is not the evidence of an attestation.
	#[codec(index = 4)]
	NoEvidence,
	/// The evidence is invalid.
	#[codec(index = 5)]
	Invalid(Refusal),
	/// The chain does not let this collector submit: see the code.
	#[codec(index = 6)]
	NotAllowed(u8),
	/// The node's pool did not take the transaction.
	#[codec(index = 7)]
	Rejected,
	/// The answer is not an output with its proof.
	#[codec(index = 8)]
	NoProof,
	/// The proof is invalid: the name of the chain's error.
	#[codec(index = 9)]
	InvalidProof(String),
}

impl fmt::Display for FailureKind {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Slow => formatter.write_str("the endpoint did not answer in time"),
			Self::Unreachable => formatter.write_str("the endpoint could not be reached"),
			Self::Status(code) => write!(formatter, "the endpoint answered with status {code}"),
			Self::TooLong => formatter.write_str("the answer is too long"),
			Self::NoEvidence => formatter.write_str("the answer is not the SCALE encoding of evidence"),
			Self::Invalid(refusal) => refusal.fmt(formatter),
			Self::NotAllowed(code) => write!(formatter, "the chain lets this collector not submit (code {code})"),
			Self::Rejected => formatter.write_str("the node's transaction pool did not take it"),
			Self::NoProof => formatter.write_str("the answer is not the SCALE encoding of an output and its evidence"),
			Self::InvalidProof(error) => write!(formatter, "the chain would refuse the proof: {error}"),
		}
	}
}

/// The last failure.
#[derive(Encode, Decode, Clone, PartialEq, Eq, Debug)]
pub struct Failure {
	/// Who serves what was not submitted.
	pub provider: AccountId32,
	/// The task whose proof it is, unless it is an attestation.
	pub task: Option<TaskId>,
	/// Why.
	pub kind: FailureKind,
	/// When, in milliseconds since 1970.
	pub at: u64,
}

/// What the worker did.
#[derive(Encode, Decode, Clone, PartialEq, Eq, Debug)]
pub struct Status {
	/// The collector's key.
	pub collector: sr25519::Public,
	/// Runs since the database was made, or the collector's key changed.
	pub runs: u64,
	/// Transactions that were submitted since then.
	pub submitted: u64,
	/// Failures since then.
	pub failed: u64,
	/// The block after which the last run was.
	pub block: u64,
	/// When the last run began, in milliseconds since 1970.
	pub started: u64,
	/// How long the last run took, in milliseconds.
	pub took: u64,
	/// How many providers and tasks it looked at.
	pub scanned: u32,
	/// For how many of them it asked an endpoint.
	pub due: u32,
	/// How many of them are due, but left alone for a while.
	pub waiting: u32,
	/// The last failure.
	pub last_failure: Option<Failure>,
}

impl Status {
	/// The status after the last run of this collector, as the next one begins.
	pub(super) fn load(collector: sr25519::Public) -> Self {
		let stored: Option<Self> = StorageValueRef::persistent(STATUS_KEY).get().unwrap_or_default();
		let stored = stored.filter(|status| status.collector == collector);
		stored.map(|status| Self { scanned: 0, due: 0, waiting: 0, ..status }).unwrap_or(Self {
			collector,
			runs: 0,
			submitted: 0,
			failed: 0,
			block: 0,
			started: 0,
			took: 0,
			scanned: 0,
			due: 0,
			waiting: 0,
			last_failure: None,
		})
	}

	pub(super) fn fail(&mut self, errand: &Errand, kind: FailureKind, at: u64) {
		self.failed = self.failed.saturating_add(1);
		self.last_failure = Some(Failure { provider: errand.provider.clone(), task: errand.task(), kind, at });
	}

	/// Notes that a run has ended.
	pub(super) fn end(mut self, block: u64, started: u64, ended: u64) {
		self.runs = self.runs.saturating_add(1);
		(self.block, self.started, self.took) = (block, started, ended.saturating_sub(started));
		StorageValueRef::persistent(STATUS_KEY).set(&self);
	}
}
