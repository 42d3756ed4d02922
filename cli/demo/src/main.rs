// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Shows AIVM's main jobs end to end. `scripts/demo` builds and runs it.
//!
//! Everything goes through what users have: a real node process, and the command line `aivm`. Nothing is computed twice but
//! to compare, and anything that does not hold ends the demo with an error.

mod agents;
mod aivm;
mod attestation;
mod council;
mod endpoint;
mod inference;
mod proofs;

use anyhow::{Context, Result};
use clap::Parser;
use std::path::PathBuf;

/// Shows AIVM's main jobs end to end.
#[derive(Parser)]
struct Args {
	/// Which job.
	#[arg(value_parser = ["agents", "attestation", "inference", "proofs"])]
	name: String,
	/// Where the report goes, as JSON.
	#[arg(long)]
	report: PathBuf,
	/// Folder of the trained models.
	#[arg(long)]
	models: PathBuf,
	/// Folder of what others made: keys and proofs of other systems, or recorded evidence of hardware.
	#[arg(long)]
	vectors: PathBuf,
}

fn main() -> Result<()> {
	let args = Args::parse();
	let report = match args.name.as_str() {
		"agents" => agents::run(&args.models)?,
		"attestation" => attestation::run(&args.vectors)?,
		"proofs" => proofs::run(&args.models, &args.vectors)?,
		_ => inference::run(&args.models)?,
	};
	let text = serde_json::to_string_pretty(&report)? + "\n";
	std::fs::write(&args.report, text).with_context(|| format!("cannot write {}", args.report.display()))?;
	println!("\nThe report of '{}' is in {}", args.name, args.report.display());
	Ok(())
}
