// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Chain specifications for networks smaller than the local test network.

use std::{path::Path, process::Command};

use serde_json::Value;

use crate::{find_binary, Error};

/// Writes to `path` the specification of the `local_testnet` preset with only its first `validators` validators.
///
/// Finality needs more than two thirds of the validators, so the preset's four cannot be represented by two nodes: two
/// validators of a set of two can.
pub fn write_local_spec(validators: usize, path: &Path) -> Result<(), Error> {
	let binary = find_binary()?;
	let failed = |reason: String| Error::Spec { reason };
	let output = Command::new(&binary)
		.args(["export-chain-spec", "--chain", "local"])
		.output()
		.map_err(|source| Error::Spawn { binary, source })?;
	if !output.status.success() {
		return Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()));
	}
	let mut spec: Value = serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))?;
	let patch = spec.pointer_mut("/genesis/runtimeGenesis/patch").ok_or_else(|| failed("it has no patch".into()))?;
	for list in ["/session/keys", "/staking/stakers"] {
		patch
			.pointer_mut(list)
			.and_then(Value::as_array_mut)
			.ok_or_else(|| failed(format!("its patch has no {list}")))?
			.truncate(validators);
	}
	let count =
		patch.pointer_mut("/staking/validatorCount").ok_or_else(|| failed("it has no validator count".into()))?;
	*count = validators.into();
	let io = |source| Error::Io { path: path.into(), source };
	let text = serde_json::to_vec_pretty(&spec).map_err(|error| failed(error.to_string()))?;
	std::fs::write(path, text).map_err(io)
}
