// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Writes `client/metadata.scale` from the runtime in the node binary, or compares both.

use aivm_devnet::{Node, NodeConfig};
use anyhow::{bail, Result};
use clap::Parser;

/// Writes `client/metadata.scale` from the runtime in the node binary.
#[derive(Parser)]
struct Args {
	/// Only compare, and fail if the file differs.
	#[arg(long)]
	check: bool,
}

fn main() -> Result<()> {
	let args = Args::parse();
	let node = Node::start(NodeConfig::dev())?;
	let complete = aivm_metadata::fetch(&node)?;
	let trimmed = aivm_metadata::trim(&complete)?;
	let path = aivm_metadata::committed_path();
	let same = std::fs::read(&path).is_ok_and(|committed| committed == trimmed);
	if args.check && !same {
		bail!("{} is not the one of the node's runtime; run scripts/metadata", path.display());
	}
	if !same {
		std::fs::write(&path, &trimmed)?;
	}
	println!(
		"{}: {} of {} bytes, {}",
		path.display(),
		trimmed.len(),
		complete.len(),
		if same { "unchanged" } else { "written" }
	);
	Ok(())
}
