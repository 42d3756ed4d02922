// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm task submit`: submits a proof that was made before.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{Demand, HexBytes, Sender, Submitted, ZkProofFile, H256};
use serde::Serialize;

use crate::{commands::Done, layout::Fields, proofs, Context, Exit, Failure, Human};

/// Submit a proof that was made before, also one of another proof system.
///
/// The node checks it first: a proof that does not hold would end the task without a payment, so it is not sent.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The task's number.
	task: u64,
	/// The proof: a file that `aivm task prove --no-submit` or `aivm zk convert` wrote.
	proof: PathBuf,
	/// The output's bytes, in hexadecimal. Without it, those in the proof's file.
	#[arg(long, value_name = "HEX")]
	output: Option<HexBytes>,
	/// Send it without asking the node whether it holds. A wrong proof ends the task.
	#[arg(long)]
	unchecked: bool,
}

/// What became of a proof.
#[derive(Debug, Serialize)]
pub struct Outcome {
	/// The task. Whoever reports the outcome names it.
	#[serde(skip)]
	task: u64,
	/// How it ended.
	#[serde(flatten)]
	submitted: Submitted,
	/// The transaction.
	#[serde(flatten)]
	done: Done,
}

impl Outcome {
	/// The failure of a proof that the chain refused.
	pub fn refused(&self) -> Option<Failure> {
		let Submitted::Refused { receipt, .. } = self.submitted else { return None };
		Some(Failure::new(
			Exit::Refused,
			"proof_refused",
			format!(
				"the chain refused the proof of task {}; the requester was refunded, see receipt {receipt}",
				self.task
			),
		))
	}
}

impl Human for Outcome {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		self.done.human(out)?;
		match self.submitted {
			Submitted::Settled { paid, receipt } => {
				Fields::new().add("paid in all", paid).add("receipt", receipt).write(out)
			}
			Submitted::Refused { refunded, receipt } => {
				Fields::new().add("refunded", refunded).add("receipt", receipt).write(out)
			}
		}
	}
}

/// The outcome with its task.
#[derive(Debug, Serialize)]
struct Submission {
	task: u64,
	#[serde(flatten)]
	outcome: Outcome,
}

impl Human for Submission {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		self.outcome.human(out)
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let proof = proofs::read_proof(&args.proof)?;
	let output = match (&args.output, &proof.claim) {
		(Some(output), _) => output.clone(),
		(None, Some(claim)) => claim.output.clone(),
		(None, None) => {
			return Err(
				Failure::usage("the proof's file does not say what the output is").with_cure("give --output HEX")
			)
		}
	};
	let sender = context.sender().await?;
	let demand = sender.client().demand(args.task, &output).await?;
	let free = free_inputs(&demand, &proof, args.unchecked)?;
	let outcome = send(&sender, args.task, output, &proof, &free, args.unchecked, context).await?;
	let refused = outcome.refused();
	context.report(&Submission { task: args.task, outcome })?;
	refused.map_or(Ok(()), Err)
}

/// The public inputs that the task leaves to the prover. Fails if one of the others is not the one that it asks for.
pub fn free_inputs(demand: &Demand, proof: &ZkProofFile, unchecked: bool) -> Result<Vec<H256>, Failure> {
	if demand.inputs.len() != proof.inputs.len() && !unchecked {
		return Err(proofs::refused(format!(
			"the task asks for {} public inputs, the proof has {}",
			demand.inputs.len(),
			proof.inputs.len()
		)));
	}
	let mut free = Vec::new();
	for (place, (wanted, given)) in demand.inputs.iter().zip(&proof.inputs).enumerate() {
		match wanted {
			None => free.push(*given),
			Some(wanted) if wanted != given && !unchecked => {
				return Err(proofs::refused(format!(
					"public input {place} of the proof is {given:?}, but the task asks for {wanted:?}"
				))
				.with_cure("a proof is for one task, one input, one output and one provider: make one for this task"));
			}
			Some(_) => {}
		}
	}
	Ok(free)
}

/// Sends a proof, and says what became of it.
pub async fn send(
	sender: &Sender,
	task: u64,
	output: HexBytes,
	proof: &ZkProofFile,
	free: &[H256],
	unchecked: bool,
	context: &Context<'_>,
) -> Result<Outcome, Failure> {
	if !unchecked && !sender.client().check_submission(task, &output, &proof.proof, free).await? {
		return Err(proofs::refused(format!(
			"the node says that the proof does not hold for task {task}; it was not sent"
		))
		.with_cure("make the proof again with the key of the task; --unchecked sends it, which ends the task"));
	}
	let waiting = context.waiting("the chain verifies the proof".into());
	let submitted = sender.submit_proof(task, &output, &proof.proof, free, context.until()).await;
	waiting.finish_and_clear();
	let (submitted, included) = submitted?;
	let what = match submitted {
		Submitted::Settled { .. } => "the proof was accepted",
		Submitted::Refused { .. } => "the proof was refused",
	};
	Ok(Outcome { task, submitted, done: Done::new(format!("task {task}: {what}"), &included) })
}
