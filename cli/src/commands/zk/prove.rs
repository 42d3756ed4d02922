// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm zk prove`: runs a program and proves the result, without a chain.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{Claim, HexBytes, H256};
use serde::Serialize;

use crate::{
	commands::{parse_hash, Interpreted},
	files,
	layout::Fields,
	program::LoadedProgram,
	proofs::{self, Compiled, InputArgs, Limits, Prover},
	Context, Failure, Human,
};

/// Run a program and prove the result, without a chain.
///
/// Whoever has the verifying key can verify the proof with `aivm zk verify`. To prove a task of the chain, use `aivm task
/// prove`: the proof is then bound to the task and to you.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The program.
	program: PathBuf,
	/// The proving key: what `aivm zk beacon` wrote.
	#[arg(long, value_name = "FILE")]
	proving_key: PathBuf,
	#[command(flatten)]
	input: InputArgs,
	/// Keep the input private: commit to it with a random salt, and write input and salt to this new file.
	#[arg(long, value_name = "FILE", conflicts_with = "opening")]
	private: Option<PathBuf>,
	/// With private weights: the file with the salt of their commitment.
	#[arg(long, value_name = "FILE")]
	weights: Option<PathBuf>,
	/// A hash that the proof is bound to, such as that of a contract or a nonce. Without it, zeros.
	#[arg(long, value_name = "HASH", value_parser = parse_hash)]
	statement: Option<H256>,
	#[command(flatten)]
	limits: Limits,
	/// The proof's file to write.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// A proof that was made.
#[derive(Debug, Serialize)]
struct Report {
	file: PathBuf,
	/// The output, and what it means.
	output: HexBytes,
	result: Interpreted,
	/// The public inputs.
	inputs: Vec<H256>,
	statement: H256,
	#[serde(skip_serializing_if = "Option::is_none")]
	opening: Option<PathBuf>,
	constraints: usize,
	proof_bytes: usize,
	seconds: f64,
}

impl Human for Report {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("result", &self.result)
			.add("output", &self.output)
			.add("proof", format_args!("{}, {} bytes", self.file.display(), self.proof_bytes))
			.add("statement", format_args!("{:?}", self.statement))
			.maybe("opening", self.opening.as_ref().map(|path| path.display().to_string()))
			.add("constraints", self.constraints)
			.add("time", format_args!("{:.2} s", self.seconds))
			.write(out)
	}
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let program = LoadedProgram::read(&args.program)?;
	let opening = args.input.open(&program, args.private.is_some())?;
	let compiled = Compiled::of(&program, args.weights.is_some(), context)?;
	let weights = args.weights.as_deref().map(|path| proofs::read_weights(path, &program)).transpose()?;
	let statement = args.statement.unwrap_or_default();
	if let Some(path) = &args.private {
		opening.write_new(path)?;
	}
	let prover = Prover { program: &program, compiled: &compiled, weights: weights.as_ref(), limits: &args.limits };
	let made = prover.prove(&args.proving_key, &opening, statement, context)?;
	let (result, constraints) = (Interpreted::of(&program, &made.output)?, compiled.circuit.constraints());
	let mut file = made.file;
	file.claim = Some(Claim { program: program.hash(), output: HexBytes(made.output.clone()), statement, task: None });
	files::write(&args.out, "proof", file.to_json().as_bytes())?;
	context.report(&Report {
		file: args.out.clone(),
		output: HexBytes(made.output),
		result,
		proof_bytes: file.proof.len(),
		inputs: file.inputs,
		statement,
		opening: args.private.clone(),
		constraints,
		seconds: made.seconds,
	})
}
