// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The `aivm_` namespace: what the node's own off-chain worker did.

use aivm_receipts::TaskId;
use aivm_runtime::AccountId;
use codec::Decode;
use jsonrpsee::{core::RpcResult, proc_macros::rpc, types::ErrorObjectOwned};
use pallet_attestation::worker::{Failure, Status, STATUS_KEY};
use serde::{Deserialize, Serialize};
use sp_core::{
	offchain::{OffchainStorage, STORAGE_PREFIX},
	sr25519,
};

/// The code of the one error: the database entry is damaged.
const DAMAGED: i32 = 12_101;

/// What was not submitted of what a provider serves.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastFailure {
	/// The provider's account.
	pub provider: AccountId,
	/// The task whose proof it is, or null if it is an attestation.
	pub task: Option<TaskId>,
	/// Why.
	pub reason: String,
	/// When, in milliseconds since 1970.
	pub at: u64,
}

/// What the off-chain worker that collects attestations and proofs did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectorStatus {
	/// The collector's key.
	pub collector: sr25519::Public,
	/// Runs since the node's database was made, or the key changed.
	pub runs: u64,
	/// Transactions that were submitted since then.
	pub submitted: u64,
	/// What was not submitted of what providers serve, counted each time, since then.
	pub failed: u64,
	/// Height of the block after which the last run was.
	pub block: u64,
	/// When the last run began, in milliseconds since 1970.
	pub started: u64,
	/// How long the last run took, in milliseconds.
	pub took: u64,
	/// How many providers and tasks the last run looked at.
	pub scanned: u32,
	/// For how many of them it asked an endpoint.
	pub due: u32,
	/// How many of them are due, but left alone for a while after failures.
	pub waiting: u32,
	/// The last failure, if there was any.
	pub last_failure: Option<LastFailure>,
}

impl From<Status> for CollectorStatus {
	fn from(status: Status) -> Self {
		let Status { collector, runs, submitted, failed, block, started, took, scanned, due, waiting, last_failure } =
			status;
		let last_failure = last_failure.map(|Failure { provider, task, kind, at }| LastFailure {
			provider,
			task,
			reason: kind.to_string(),
			at,
		});
		Self { collector, runs, submitted, failed, block, started, took, scanned, due, waiting, last_failure }
	}
}

/// Methods about the node's off-chain worker.
#[rpc(server, namespace = "aivm")]
pub trait CollectorApi {
	/// What the off-chain worker that collects attestations and proofs did, or null if it never ran: the node runs no off-chain workers,
	/// or has no key of a collector that the chain knows.
	#[method(name = "collectorStatus", blocking)]
	fn collector_status(&self) -> RpcResult<Option<CollectorStatus>>;
}

/// Answers [`CollectorApiServer`] from the node's off-chain database.
pub struct Collector<S>(pub S);

/// The status in an off-chain database, if it can be read.
pub fn read(database: &impl OffchainStorage) -> Result<Option<Status>, codec::Error> {
	database.get(STORAGE_PREFIX, STATUS_KEY).map(|stored| Status::decode(&mut &stored[..])).transpose()
}

impl<S: OffchainStorage + 'static> CollectorApiServer for Collector<S> {
	fn collector_status(&self) -> RpcResult<Option<CollectorStatus>> {
		let status = read(&self.0).map_err(|error| {
			let message = format!("the status in the off-chain database is damaged ({error}); the next run repairs it");
			ErrorObjectOwned::owned(DAMAGED, message, None::<()>)
		})?;
		Ok(status.map(Into::into))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;
	use pallet_attestation::worker::FailureKind;
	use sp_core::offchain::storage::InMemOffchainStorage;

	#[test]
	fn status_should_be_what_the_worker_wrote() {
		let mut database = InMemOffchainStorage::default();
		assert_eq!(Collector(database.clone()).collector_status().unwrap(), None);
		let status = Status {
			collector: sr25519::Public::from_raw([1; 32]),
			runs: 5,
			submitted: 3,
			failed: 1,
			block: 9,
			started: 1_000,
			took: 20,
			scanned: 4,
			due: 2,
			waiting: 1,
			last_failure: Some(Failure {
				provider: [2; 32].into(),
				task: Some(7),
				kind: FailureKind::Status(503),
				at: 1_010,
			}),
		};
		database.set(STORAGE_PREFIX, STATUS_KEY, &status.encode());
		let answer = Collector(database.clone()).collector_status().unwrap().unwrap();
		assert_eq!((answer.runs, answer.submitted, answer.block), (5, 3, 9));
		let failure = answer.last_failure.unwrap();
		assert_eq!((failure.task, &*failure.reason), (Some(7), "the endpoint answered with status 503"));
		database.set(STORAGE_PREFIX, STATUS_KEY, &[1]);
		assert_eq!(Collector(database).collector_status().unwrap_err().code(), DAMAGED);
	}
}
