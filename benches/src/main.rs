// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of whole processes. `scripts/bench` builds and runs them.

mod attestation;
mod bars;
mod chain;
mod cost;
mod inference;
mod policy;
mod stats;
mod verification;
mod zkml;

use anyhow::{Context, Result};
use clap::Parser;
use std::{future::Future, path::PathBuf, pin::Pin, process::ExitCode};

/// Measures the chain and its tools as whole processes.
#[derive(Parser)]
struct Args {
	/// What to measure.
	#[arg(value_parser = ["attestation", "chain", "cost", "inference", "policy", "verification", "zkml"])]
	name: String,
	/// Where the numbers go, as JSON.
	#[arg(long)]
	report: PathBuf,
	/// Folder of the trained models.
	#[arg(long)]
	models: PathBuf,
	/// Python with ONNX Runtime and EZKL, for `inference` and `zkml`.
	#[arg(long, default_value = "python3")]
	python: PathBuf,
	/// The script that measures the peer, for `inference` and `zkml`.
	#[arg(long, default_value = "benches/inference/ort.py")]
	script: PathBuf,
	/// What `zkml` asks a process of its own to prove.
	#[arg(long, hide = true)]
	proof: Option<String>,
}

/// Waits for work on a node. As a trait object it is compiled once; else it would be several times over.
fn wait<T>(work: Pin<Box<dyn Future<Output = Result<T>>>>) -> Result<T> {
	tokio::runtime::Runtime::new()?.block_on(work)
}

fn main() -> Result<ExitCode> {
	let args = Args::parse();
	if let Some(job) = &args.proof {
		zkml::proof(job)?;
		return Ok(ExitCode::SUCCESS);
	}
	let (mut report, bars) = match args.name.as_str() {
		"attestation" => attestation::run()?,
		"cost" => cost::run()?,
		"inference" => inference::run(&args.models, &args.python, &args.script)?,
		"policy" => wait(Box::pin(policy::run()))?,
		"verification" => verification::run()?,
		"zkml" => zkml::run(&args.models, &args.python, &args.script)?,
		_ => (wait(Box::pin(chain::run(args.models.clone())))?, Vec::new()),
	};
	report["bars"] = serde_json::to_value(&bars)?;
	let text = serde_json::to_string_pretty(&report)? + "\n";
	std::fs::write(&args.report, text).with_context(|| format!("cannot write {}", args.report.display()))?;
	println!("\nThe numbers of '{}' are in {}\n", args.name, args.report.display());
	Ok(if bars::print(&bars) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
