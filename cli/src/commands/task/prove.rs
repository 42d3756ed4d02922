// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm task prove`: runs and proves a task, and is paid.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{Claim, Demand, HexBytes, OpenTask, OpeningFile, Sender, ZkProofFile, H256};
use serde::Serialize;

use super::submit;
use crate::{
	commands::{published_program, Interpreted},
	files,
	layout::Fields,
	program::LoadedProgram,
	proofs::{self, Compiled, InputArgs, Limits, Prover},
	Context, Failure, Human,
};

/// Run and prove a task that was requested of you, submit the proof, and be paid.
///
/// The input of a private task is in the --opening that the requester gave you; a public one is in the event of the request, and
/// is given with --row or --raw. The proof is checked on this machine and by the node before it is sent, because a wrong one ends the task.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The task's number.
	task: u64,
	/// The proving key of the task's verifying key.
	#[arg(long, value_name = "FILE")]
	proving_key: PathBuf,
	#[command(flatten)]
	input: InputArgs,
	/// With private weights: the file with the salt of their commitment.
	#[arg(long, value_name = "FILE")]
	weights: Option<PathBuf>,
	/// The program's file, so that it need not be fetched. It must be the published one.
	#[arg(long, value_name = "FILE")]
	program: Option<PathBuf>,
	#[command(flatten)]
	limits: Limits,
	/// Write the proof to this file too.
	#[arg(long, value_name = "FILE", required_if_eq("no_submit", "true"))]
	out: Option<PathBuf>,
	/// Only write the proof; `aivm task submit` sends it.
	#[arg(long)]
	no_submit: bool,
}

/// A proof for a task.
#[derive(Debug, Serialize)]
pub struct Proved {
	task: u64,
	/// The output, and what it means.
	output: HexBytes,
	result: Interpreted,
	/// What the proof is bound to.
	statement: H256,
	constraints: usize,
	proof_bytes: usize,
	/// How long the prover took.
	seconds: f64,
	#[serde(skip_serializing_if = "Option::is_none")]
	file: Option<PathBuf>,
	/// What became of it, if it was submitted.
	#[serde(flatten)]
	#[serde(skip_serializing_if = "Option::is_none")]
	outcome: Option<submit::Outcome>,
}

impl Human for Proved {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("task", self.task)
			.add("result", &self.result)
			.add("output", &self.output)
			.add("proof", format_args!("{} bytes in {:.2} s", self.proof_bytes, self.seconds))
			.add("constraints", self.constraints)
			.add("statement", format_args!("{:?}", self.statement))
			.maybe("file", self.file.as_ref().map(|file| file.display().to_string()))
			.write(out)?;
		match &self.outcome {
			Some(outcome) => {
				writeln!(out)?;
				outcome.human(out)
			}
			None => Ok(()),
		}
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let sender = context.sender().await?;
	let task = sender.client().task(args.task).await?;
	ensure_mine(&task, &sender).await?;
	let program = published_program(args.program.as_deref(), sender.client(), task.version, context).await?;
	let opening = open(&args, &task, &program)?;
	let compiled = Compiled::of(&program, args.weights.is_some(), context)?;
	let weights = args.weights.as_deref().map(|path| proofs::read_weights(path, &program)).transpose()?;

	// The chain says what has to be proved; whether it is the run of this program on this input is checked here.
	let output = proofs::run(&program, &opening.input)?;
	let demand = sender.client().demand(task.id, &output).await?;
	check_demand(&demand, &task, &program, weights.as_ref().map(|weights| weights.commitment))?;
	let prover = Prover { program: &program, compiled: &compiled, weights: weights.as_ref(), limits: &args.limits };
	let made = prover.prove(&args.proving_key, &opening, demand.statement, context)?;
	let mut file = made.file;
	let claim = Claim {
		program: program.hash(),
		output: HexBytes(output.clone()),
		statement: demand.statement,
		task: Some(task.id),
	};
	file.claim = Some(claim);
	let free = submit::free_inputs(&demand, &file, false)?;
	if let Some(path) = &args.out {
		files::write(path, "proof", file.to_json().as_bytes())?;
	}
	let outcome = match args.no_submit {
		true => None,
		false => Some(submit::send(&sender, task.id, HexBytes(output.clone()), &file, &free, false, context).await?),
	};
	report(&args, &task, &program, &compiled, &demand, output, &file, made.seconds, outcome, context)
}

#[allow(clippy::too_many_arguments, reason = "it only puts together what is known")]
fn report(
	args: &Args,
	task: &OpenTask,
	program: &LoadedProgram,
	compiled: &Compiled,
	demand: &Demand,
	output: Vec<u8>,
	file: &ZkProofFile,
	seconds: f64,
	outcome: Option<submit::Outcome>,
	context: &mut Context<'_>,
) -> Result<(), Failure> {
	let refused = outcome.as_ref().and_then(submit::Outcome::refused);
	context.report(&Proved {
		task: task.id,
		result: Interpreted::of(program, &output)?,
		output: HexBytes(output),
		statement: demand.statement,
		constraints: compiled.circuit.constraints(),
		proof_bytes: file.proof.len(),
		seconds,
		file: args.out.clone(),
		outcome,
	})?;
	refused.map_or(Ok(()), Err)
}

/// Fails unless the signer is the one who shall prove the task.
async fn ensure_mine(task: &OpenTask, sender: &Sender) -> Result<(), Failure> {
	let account = sender.payer().await?;
	match task.provider {
		Some(provider) if provider == account => Ok(()),
		provider => Err(Failure::new(
			crate::Exit::Refused,
			"Tasks.NotProvider",
			format!(
				"task {} was requested of {}, the given key is that of {account}",
				task.id,
				provider.map_or_else(|| "nobody".to_owned(), |provider| provider.to_string())
			),
		)
		.with_cure("sign with the provider's key")),
	}
}

/// The input, which must be the one that the task commits to.
fn open(args: &Args, task: &OpenTask, program: &LoadedProgram) -> Result<OpeningFile, Failure> {
	let opening = args.input.open(program, false)?;
	if opening.commitment != task.commitment {
		return Err(Failure::bad_input(format!(
			"the input gives the commitment {:?}, but task {} is about {:?}",
			opening.commitment, task.id, task.commitment
		))
		.with_cure("ask the requester for the opening of this task"));
	}
	Ok(opening)
}

/// Fails unless what the chain asks for is a run of this program on the task's input.
fn check_demand(
	demand: &Demand,
	task: &OpenTask,
	program: &LoadedProgram,
	weights: Option<H256>,
) -> Result<(), Failure> {
	let expected = weights.unwrap_or_else(|| proofs::program_input(program));
	if demand.program != expected {
		return Err(Failure::bad_input(format!(
			"key {} is for {:?} as the first public input, this program and mode give {expected:?}",
			demand.key, demand.program
		))
		.with_cure("for a key with private weights give --weights; otherwise the task's key is for another program"));
	}
	if demand.input != task.commitment {
		return Err(Failure::internal("the node asks for another input than the task's"));
	}
	Ok(())
}
