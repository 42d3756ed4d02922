// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Prometheus metrics of the off-chain worker that collects attestations and proofs.

use std::sync::Arc;

use futures::StreamExt;
use pallet_attestation::worker::Status;
use sc_client_api::{Backend, BlockchainEvents};
use substrate_prometheus_endpoint::{register, Gauge, PrometheusError, Registry, U64};

use super::{FullBackend, FullClient};
use crate::rpc::collector;

/// The metrics. All are read from what the worker itself wrote down, so that they outlive a restart.
pub struct Metrics {
	runs: Gauge<U64>,
	submitted: Gauge<U64>,
	failed: Gauge<U64>,
	block: Gauge<U64>,
	took: Gauge<U64>,
	due: Gauge<U64>,
	waiting: Gauge<U64>,
}

impl Metrics {
	/// Registers all of them.
	///
	/// # Errors
	/// If a name is taken.
	pub fn register(registry: &Registry) -> Result<Self, PrometheusError> {
		let gauge = |name, help| register(Gauge::new(format!("aivm_collector_{name}"), help)?, registry);
		Ok(Self {
			runs: gauge("runs", "Runs of the off-chain worker that collects attestations and proofs")?,
			submitted: gauge("submitted", "Attestations and proofs that it submitted")?,
			failed: gauge("failed", "Times that what a provider serves was not submitted")?,
			block: gauge("block", "Height of the block after which the last run was")?,
			took: gauge("took_milliseconds", "Duration of the last run")?,
			due: gauge("due", "Attestations and proofs that the last run asked for")?,
			waiting: gauge("waiting", "Attestations and proofs that are due but left alone for a while")?,
		})
	}

	fn set(&self, status: &Status) {
		self.runs.set(status.runs);
		self.submitted.set(status.submitted);
		self.failed.set(status.failed);
		self.block.set(status.block);
		self.took.set(status.took);
		self.due.set(status.due.into());
		self.waiting.set(status.waiting.into());
	}
}

/// Keeps the metrics up to date, with each new best block.
pub async fn watch(client: Arc<FullClient>, backend: Arc<FullBackend>, metrics: Metrics) {
	let Some(database) = backend.offchain_storage() else { return };
	let mut blocks = client.import_notification_stream();
	while let Some(block) = blocks.next().await {
		if block.is_new_best {
			// What is damaged is repaired by the next run.
			if let Ok(Some(status)) = collector::read(&database) {
				metrics.set(&status);
			}
		}
	}
}
