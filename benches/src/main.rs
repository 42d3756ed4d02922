// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of whole processes. `scripts/bench` builds and runs them.

mod chain;
mod stats;

use anyhow::{Context, Result};
use clap::Parser;
use std::path::PathBuf;

/// Measures the chain and its tools as whole processes.
#[derive(Parser)]
struct Args {
	/// What to measure.
	#[arg(value_parser = ["chain"])]
	name: String,
	/// Where the numbers go, as JSON.
	#[arg(long)]
	report: PathBuf,
	/// Folder of the trained models.
	#[arg(long)]
	models: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
	let args = Args::parse();
	let report = chain::run(&args.models).await?;
	let text = serde_json::to_string_pretty(&report)? + "\n";
	std::fs::write(&args.report, text).with_context(|| format!("cannot write {}", args.report.display()))?;
	println!("\nThe numbers of '{}' are in {}", args.name, args.report.display());
	Ok(())
}
