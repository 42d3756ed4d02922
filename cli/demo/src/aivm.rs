// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The command line `aivm`, as a user calls it.

use anyhow::{bail, Context, Result};
use serde_json::Value;
use std::{path::PathBuf, process::Command};

/// The binary `aivm`, connected to a node.
#[derive(Clone)]
pub struct Aivm {
	binary: PathBuf,
	url: String,
}

impl Aivm {
	/// The binary that was built together with this one.
	pub fn new(url: String) -> Result<Self> {
		let binary = std::env::current_exe()?.with_file_name("aivm");
		if !binary.exists() {
			bail!("{} does not exist; build it with `cargo build --release --workspace`", binary.display());
		}
		Ok(Self { binary, url })
	}

	/// Runs a command as `signer`, a secret URI or the path of a key file, and returns what it printed, as JSON.
	pub fn run(&self, signer: &str, args: &[&str]) -> Result<Value> {
		let (code, out, err) = self.output(signer, args)?;
		if code != 0 {
			bail!("`aivm {}` ended with exit code {code}:\n{err}", args.join(" "));
		}
		serde_json::from_str(&out).with_context(|| format!("`aivm {}` printed no JSON", args.join(" ")))
	}

	/// Runs a command that must fail with exit code `expected`; returns the error that it printed.
	pub fn run_failing(&self, signer: &str, args: &[&str], expected: i32) -> Result<Value> {
		let (code, _, err) = self.output(signer, args)?;
		if code != expected {
			bail!("`aivm {}` should end with exit code {expected}, not {code}", args.join(" "));
		}
		serde_json::from_str(&err).with_context(|| format!("`aivm {}` printed no JSON error", args.join(" ")))
	}

	fn output(&self, signer: &str, args: &[&str]) -> Result<(i32, String, String)> {
		let mut command = Command::new(&self.binary);
		command.env("AIVM_URL", &self.url).env_remove("AIVM_SURI").arg("--json");
		if signer.starts_with("//") {
			command.env("AIVM_SURI", signer);
		} else {
			command.args(["--key-file", signer]);
		}
		let output = command.args(args).output().with_context(|| format!("cannot run {}", self.binary.display()))?;
		let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
		Ok((output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr)))
	}
}
