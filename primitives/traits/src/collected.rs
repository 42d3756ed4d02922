// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How collectors, the off-chain workers of nodes with a collector's key, bring what providers serve at their endpoints.

use sp_core::sr25519;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

use crate::TaskId;

/// Why the pool does not take a collector's transaction: the code of an `InvalidTransaction::Custom`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CollectorRefused {
	/// The key is no collector's.
	UnknownCollector = 130,
	/// The provider has no endpoint.
	NoEndpoint = 131,
	/// The period of an attestation is neither the current one nor the one before.
	WrongPeriod = 132,
	/// There is a record of the period, or of a later one.
	Recorded = 133,
	/// The collector was wrong too often in this period.
	TooManyFailures = 134,
	/// The task does not wait for a proof of its provider.
	NotWaiting = 135,
}

impl CollectorRefused {
	/// The code on the wire.
	pub const fn code(self) -> u8 {
		// A field-less enum with an explicit `u8` representation: the cast is exact.
		self as u8
	}
}

impl From<CollectorRefused> for TransactionValidityError {
	fn from(refused: CollectorRefused) -> Self {
		InvalidTransaction::Custom(refused.code()).into()
	}
}

/// Who may bring what providers serve.
pub trait Collectors<AccountId> {
	/// Whether `collector` may bring what the endpoint of `provider` serves. Four storage reads.
	///
	/// # Errors
	/// Why not.
	fn may_bring(provider: &AccountId, collector: &sr25519::Public) -> Result<(), CollectorRefused>;

	/// Counts that what `collector` brought turned out to be invalid. After too many it may bring no more for a time.
	fn was_wrong(collector: &sr25519::Public);

	/// Signs with the key of `collector`, if it is in this node's keystore. For off-chain workers only.
	fn sign(collector: &sr25519::Public, message: &[u8]) -> Option<sr25519::Signature>;

	/// A collector whose key this node has, and an endpoint of `provider`, for benchmarks of pallets that take what collectors
	/// bring.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_collector(provider: &AccountId) -> sr25519::Public;
}

/// Why a proof that an endpoint serves is not submitted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofRefused {
	/// It is not the SCALE encoding of an output and the evidence for it.
	Unreadable,
	/// The chain does not let the collector submit it.
	NotAllowed(CollectorRefused),
	/// The chain would refuse it with this error.
	Invalid(&'static str),
	/// The node has no such key, or its pool did not take the transaction.
	Rejected,
}

/// Tasks with proofs to collect. For off-chain workers only.
pub trait CollectedProofs<AccountId> {
	/// Longest answer of an endpoint, in bytes.
	fn longest_answer() -> usize;

	/// All open tasks after this one, in storage order, each with the provider whose proof it waits for, if it does.
	fn tasks(after: Option<TaskId>) -> impl Iterator<Item = (TaskId, Option<AccountId>)>;

	/// Submits what the endpoint of the provider of `task` answered, if the chain would settle the task with it.
	///
	/// # Errors
	/// Why nothing was submitted.
	fn submit(task: TaskId, collector: &sr25519::Public, answer: &[u8]) -> Result<(), ProofRefused>;
}
