// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm zk verify`: a proof is checked on this machine, by a node, or in a block.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{Claim, Curve, VerifiedProof, H256};
use serde::Serialize;

use crate::{commands::Done, layout::Fields, program::LoadedProgram, proofs, Context, Failure, Human};

/// Verify a proof: on this machine, by a node, or for ever in a block.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("with").required(true).args(["key", "published"])))]
pub struct Args {
	/// The proof: a file that `aivm zk prove` or `aivm zk convert` wrote.
	proof: PathBuf,
	/// The verifying key's file. Needs no node.
	#[arg(long, value_name = "FILE")]
	key: Option<PathBuf>,
	/// The number of a key on the chain: the node verifies the proof, without a transaction.
	#[arg(long, value_name = "KEY")]
	published: Option<u32>,
	/// Have the chain verify it in a block. It remembers what was proved, and takes no other proof of the same.
	#[arg(long, requires = "published")]
	submit: bool,
	/// Send it without asking the node whether it holds.
	#[arg(long, requires = "submit")]
	unchecked: bool,
	/// The program that must have run.
	#[arg(long, value_name = "FILE")]
	program: Option<PathBuf>,
	/// The opening of the input that it must have run on.
	#[arg(long, value_name = "FILE")]
	opening: Option<PathBuf>,
}

/// A proof that holds.
#[derive(Debug, Serialize)]
struct Report {
	valid: bool,
	curve: Curve,
	inputs: Vec<H256>,
	#[serde(skip_serializing_if = "Option::is_none")]
	claim: Option<Claim>,
	/// Whether the program, the output and the statement of the claim are those of the public inputs.
	claim_checked: bool,
	/// Whether the input is the one of the given opening.
	input_checked: bool,
	#[serde(flatten)]
	#[serde(skip_serializing_if = "Option::is_none")]
	on_chain: Option<OnChain>,
}

/// What the chain says.
#[derive(Debug, Serialize)]
struct OnChain {
	/// The key.
	key: u32,
	/// What was proved, as the chain remembers it.
	statement: H256,
	#[serde(flatten)]
	done: Done,
}

impl Human for Report {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		writeln!(out, "The proof holds.\n")?;
		if let Some(on_chain) = &self.on_chain {
			on_chain.done.human(out)?;
			writeln!(out, "statement    {:?}\n", on_chain.statement)?;
		}
		let claim = self.claim.as_ref();
		let mut fields = Fields::new()
			.add("curve", self.curve)
			.maybe("program", claim.map(|claim| format!("{:?}", claim.program)))
			.maybe("output", claim.map(|claim| claim.output.to_string()))
			.maybe("statement", claim.map(|claim| format!("{:?}", claim.statement)))
			.maybe("task", claim.and_then(|claim| claim.task));
		for (place, input) in self.inputs.iter().enumerate() {
			fields = fields.add(&format!("input {place}"), format_args!("{input:?}"));
		}
		fields.write(out)?;
		if claim.is_some() && !self.claim_checked {
			writeln!(out, "\nWhat the file says about the program was not checked: give --key for that.")?;
		}
		Ok(())
	}
}

/// Runs the command.
pub async fn run(args: &Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let proof = proofs::read_proof(&args.proof)?;
	let mut claim_checked = false;
	if let Some(path) = &args.key {
		let key = proofs::read_key(path)?;
		proofs::check_proof(&key, &proof)?;
		if let Some(claim) = &proof.claim {
			proofs::check_claim(&key, &proof, claim)?;
			claim_checked = true;
		}
	}
	if let Some(path) = &args.program {
		let program = LoadedProgram::read(path)?.hash();
		if proof.claim.as_ref().map(|claim| claim.program) != Some(program) {
			return Err(proofs::refused(format!("the proof's file does not say that the program {program:?} ran")));
		}
	}
	if let Some(path) = &args.opening {
		let opening = proofs::read_opening(path)?;
		let [_, input, ..] = proofs::program_inputs(&proof)?;
		if input != opening.commitment {
			return Err(proofs::refused(format!(
				"the proof is about the input behind {input:?}, not {:?}",
				opening.commitment
			)));
		}
	}
	let on_chain = match args.published {
		Some(key) => on_chain(args, key, &proof, context).await?,
		None => None,
	};
	context.report(&Report {
		valid: true,
		curve: proof.curve,
		inputs: proof.inputs,
		claim: proof.claim,
		claim_checked,
		input_checked: args.opening.is_some(),
		on_chain,
	})
}

/// Asks the node, and sends the proof if that is wanted.
async fn on_chain(
	args: &Args,
	key: u32,
	proof: &aivm_client::ZkProofFile,
	context: &mut Context<'_>,
) -> Result<Option<OnChain>, Failure> {
	if !args.submit {
		context.client().await?.check_proof(key, proof).await?;
		return Ok(None);
	}
	let sender = context.sender().await?;
	if !args.unchecked {
		sender.client().check_proof(key, proof).await?;
	}
	let waiting = context.waiting("the chain verifies the proof".into());
	let verified = sender.verify_proof(key, proof, context.until()).await;
	waiting.finish_and_clear();
	let (verified, included) = verified?;
	let VerifiedProof { key, statement, .. } = verified;
	Ok(Some(OnChain { key, statement, done: Done::new("verified on the chain", &included) }))
}
