// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The pallets whose weights are measured on this runtime, by `scripts/weights`.

#![allow(missing_docs)]

use crate::*;
use alloc::{string::String, vec::Vec};
use frame_benchmarking::{define_benchmarks, BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};

define_benchmarks!(
	[pallet_agent_identity, AgentIdentity]
	[pallet_attestation, Attestation]
	[pallet_execution_receipts, ExecutionReceipts]
	[pallet_model_registry, ModelRegistry]
	[pallet_policy, Policy]
	[pallet_tasks, Tasks]
	[pallet_verification, Verification]
);

/// What can be measured.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
	let mut list = Vec::<BenchmarkList>::new();
	list_benchmarks!(list, extra);
	(list, AllPalletsWithSystem::storage_info())
}

/// Measures what `config` names.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	let whitelist: Vec<sp_storage::TrackedStorageKey> = AllPalletsWithSystem::whitelisted_storage_keys();
	let mut batches = Vec::<BenchmarkBatch>::new();
	let params = (&config, &whitelist);
	add_benchmarks!(params, batches);
	Ok(batches)
}
