// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Chain specifications that are made from those in the node.

use std::{path::Path, process::Command};

use serde_json::Value;

use crate::{find_binary, Error};

fn failed(reason: impl Into<String>) -> Error {
	Error::Spec { reason: reason.into() }
}

/// Writes to `path` the specification of the `local_testnet` preset with only its first `validators` validators.
///
/// Finality needs more than two thirds of the validators, so the preset's four cannot be represented by two nodes: two
/// validators of a set of two can.
pub fn write_local_spec(validators: usize, path: &Path) -> Result<(), Error> {
	let mut spec = export("local")?;
	keep(&mut spec, validators)?;
	write(&spec, path)
}

/// Writes to `path` the specification of the `production` preset, filled in with the first `validators` validators, the
/// accounts, the council and the collectors of the `local_testnet` preset. Everybody knows their keys: it is for tests of what
/// a production chain allows.
pub fn write_production_spec(validators: usize, path: &Path) -> Result<(), Error> {
	let (mut spec, mut known) = (export("production")?, export("local")?);
	keep(&mut known, validators)?;
	for part in ["/balances", "/council", "/session", "/staking", "/attestation/collectors"] {
		*at(&mut spec, part)? = at(&mut known, part)?.take();
	}
	write(&spec, path)
}

/// The specification of a chain that is built into the node.
fn export(chain: &str) -> Result<Value, Error> {
	let binary = find_binary()?;
	let output = Command::new(&binary)
		.args(["export-chain-spec", "--chain", chain])
		.output()
		.map_err(|source| Error::Spawn { binary, source })?;
	if !output.status.success() {
		return Err(failed(String::from_utf8_lossy(&output.stderr)));
	}
	serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))
}

/// A part of the genesis state.
fn at<'a>(spec: &'a mut Value, part: &str) -> Result<&'a mut Value, Error> {
	let part = format!("/genesis/runtimeGenesis/patch{part}");
	spec.pointer_mut(&part).ok_or_else(|| failed(format!("it has no {part}")))
}

/// Keeps the first validators only.
fn keep(spec: &mut Value, validators: usize) -> Result<(), Error> {
	for list in ["/session/keys", "/staking/stakers"] {
		let list = at(spec, list)?.as_array_mut().ok_or_else(|| failed("its validators are no list"))?;
		list.truncate(validators);
	}
	*at(spec, "/staking/validatorCount")? = validators.into();
	Ok(())
}

fn write(spec: &Value, path: &Path) -> Result<(), Error> {
	let text = serde_json::to_vec_pretty(spec).map_err(|error| failed(error.to_string()))?;
	std::fs::write(path, text).map_err(|source| Error::Io { path: path.into(), source })
}
