// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm zk inspect`: what a proof of a program takes, and what the files of keys and proofs say.

use std::{
	collections::BTreeMap,
	io::{self, Write},
	path::{Path, PathBuf},
};

use aivm_client::{Claim, Curve, KEY_FORMAT, ZK_PROOF_FORMAT};
use aivm_client::{ZkProofFile, H256};
use aivm_prover::setup::{self as ceremony, Transcript};
use serde::Serialize;

use crate::{
	files,
	layout::{Fields, Table},
	program::LoadedProgram,
	proofs::{self, Compiled, Estimate, KeySummary, Stages},
	Context, Failure, Human,
};

/// Largest file that is told by its beginning, in bytes.
const MAX_FILE: u64 = 4 << 20;
/// What a file with a proving key begins with.
const KEY_MAGIC: &[u8] = b"AIVMZKEY";

/// Show what a proof of a program takes, or what a file of a ceremony, key or proof says. Needs no node.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// A program, a proving key, a transcript, a verifying key or a proof.
	file: PathBuf,
	/// For a program: the circuit with private weights.
	#[arg(long)]
	private_weights: bool,
}

/// What a proof of a program takes.
#[derive(Debug, Serialize)]
struct Circuit {
	program: H256,
	private_weights: bool,
	/// Digest of the circuit, as transcripts and keys have it.
	circuit: H256,
	constraints: usize,
	variables: usize,
	terms: usize,
	/// The parts in order: inputs, operations, commitments.
	sections: Vec<Section>,
	/// Constraints of all operations of one kind.
	by_operator: BTreeMap<String, usize>,
	/// Logarithm of the number of powers that a set-up needs.
	power: u32,
	estimate: Estimate,
}

/// A part of a circuit.
#[derive(Debug, Serialize)]
struct Section {
	name: String,
	constraints: usize,
	/// Its part of all constraints.
	share: f64,
	variables: usize,
}

impl Human for Circuit {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let mut table = Table::new(&["part", ">constraints", ">share", ">variables"]);
		for section in &self.sections {
			table.row(vec![
				section.name.clone(),
				section.constraints.to_string(),
				format!("{:.1} %", 100.0 * section.share),
				section.variables.to_string(),
			]);
		}
		table.row(vec!["all".into(), self.constraints.to_string(), String::new(), self.variables.to_string()]);
		table.write(out)?;
		writeln!(out)?;
		Fields::new()
			.add("program", format_args!("{:?}", self.program))
			.add("circuit", format_args!("{:?}", self.circuit))
			.add("weights", if self.private_weights { "private" } else { "public" })
			.add("powers needed", format_args!("2^{}", self.power))
			.write(out)?;
		self.estimate.human(out)
	}
}

/// A proving key.
#[derive(Debug, Serialize)]
struct Key {
	circuit: H256,
	transcript: H256,
	public_inputs: usize,
	variables: usize,
	/// Elements of the domain: a power of two above the number of constraints.
	domain: usize,
	bytes: u64,
}

impl Human for Key {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("proving key", format_args!("{} bytes", self.bytes))
			.add("circuit", format_args!("{:?}", self.circuit))
			.add("transcript", format_args!("{:?}", self.transcript))
			.add("public inputs", self.public_inputs)
			.add("variables", self.variables)
			.add("domain", self.domain)
			.write(out)
	}
}

/// A transcript.
#[derive(Debug, Serialize)]
struct Record {
	circuit: H256,
	powers: H256,
	hash: H256,
	contributions: Vec<Entry>,
}

/// A contribution.
#[derive(Debug, Serialize)]
struct Entry {
	name: String,
	/// Hash of the transcript after it.
	hash: H256,
	#[serde(skip_serializing_if = "Option::is_none")]
	block: Option<u32>,
}

impl Human for Record {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let mut table = Table::new(&[">contribution", "by", "hash after it"]);
		for (number, entry) in (1..).zip(&self.contributions) {
			table.row(vec![format!("{number}"), entry.name.clone(), format!("{:?}", entry.hash)]);
		}
		table.write(out)?;
		writeln!(out)?;
		Fields::new()
			.add("circuit", format_args!("{:?}", self.circuit))
			.add("powers", format_args!("{:?}", self.powers))
			.add("hash", format_args!("{:?}", self.hash))
			.write(out)?;
		writeln!(out, "\nNothing was checked: `aivm zk verify-setup` does.")
	}
}

/// A proof.
#[derive(Debug, Serialize)]
struct Proof {
	curve: Curve,
	inputs: Vec<H256>,
	bytes: usize,
	claim: Option<Claim>,
}

impl Human for Proof {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let claim = self.claim.as_ref();
		let mut fields = Fields::new()
			.add("proof", format_args!("{} bytes over {}", self.bytes, self.curve))
			.maybe("program", claim.map(|claim| format!("{:?}", claim.program)))
			.maybe("output", claim.map(|claim| claim.output.to_string()))
			.maybe("statement", claim.map(|claim| format!("{:?}", claim.statement)))
			.maybe("task", claim.and_then(|claim| claim.task));
		for (place, input) in self.inputs.iter().enumerate() {
			fields = fields.add(&format!("input {place}"), format_args!("{input:?}"));
		}
		fields.write(out)?;
		writeln!(out, "\nNothing was checked: `aivm zk verify` does.")
	}
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match kind(&args.file)? {
		Kind::ProvingKey => proving_key(&args.file, context),
		Kind::Transcript => transcript(&args.file, context),
		Kind::VerifyingKey => {
			let key = proofs::read_key(&args.file)?;
			context.report(&KeySummary::from(&key))
		}
		Kind::Proof => {
			let ZkProofFile { curve, inputs, proof, claim, .. } = proofs::read_proof(&args.file)?;
			context.report(&Proof { curve, inputs, bytes: proof.len(), claim })
		}
		Kind::Program => program(args, context),
	}
}

/// What a file is.
enum Kind {
	Program,
	ProvingKey,
	Transcript,
	VerifyingKey,
	Proof,
}

/// Tells a file by its beginning.
fn kind(path: &Path) -> Result<Kind, Failure> {
	#[derive(serde::Deserialize)]
	struct Header {
		format: String,
	}
	let mut beginning = [0; 8];
	let failed = |error: io::Error| {
		Failure::bad_input(format!("cannot read {}: {error}", path.display())).with_cure("check the path")
	};
	let mut file = std::fs::File::open(path).map_err(failed)?;
	let length = io::Read::read(&mut file, &mut beginning).map_err(failed)?;
	let beginning = beginning.get(..length).unwrap_or_default();
	if beginning == KEY_MAGIC {
		return Ok(Kind::ProvingKey);
	}
	if beginning.first() != Some(&b'{') {
		return Ok(Kind::Program);
	}
	let text = files::read_text(path, "file", MAX_FILE)?;
	let format = serde_json::from_str::<Header>(&text).map(|header| header.format).unwrap_or_default();
	match format.as_str() {
		KEY_FORMAT => Ok(Kind::VerifyingKey),
		ZK_PROOF_FORMAT => Ok(Kind::Proof),
		format if format.starts_with("aivm-setup-transcript") => Ok(Kind::Transcript),
		_ => Err(Failure::bad_input(format!("{} is no file that this command knows", path.display()))
			.with_cure("give a program, a proving key, a transcript, a verifying key or a proof")),
	}
}

fn program(args: &Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let program = LoadedProgram::read(&args.file)?;
	let compiled = Compiled::of(&program, args.private_weights, context)?;
	let circuit = &compiled.circuit;
	#[allow(clippy::cast_precision_loss)]
	let share = |constraints: usize| constraints as f64 / circuit.constraints().max(1) as f64;
	let sections: Vec<Section> = circuit
		.sections()
		.iter()
		.map(|section| Section {
			name: section.name.clone(),
			constraints: section.rows.len(),
			share: share(section.rows.len()),
			variables: section.variables.len(),
		})
		.collect();
	let mut by_operator = BTreeMap::new();
	for section in &sections {
		// "operation 3 (Dense)"
		let operator = section.name.split_once('(').and_then(|(_, operator)| operator.strip_suffix(')'));
		if let Some(operator) = operator {
			let sum: &mut usize = by_operator.entry(operator.to_owned()).or_default();
			*sum = sum.saturating_add(section.constraints);
		}
	}
	let report = Circuit {
		program: program.hash(),
		private_weights: args.private_weights,
		circuit: H256(compiled.for_setup()?.digest()),
		constraints: circuit.constraints(),
		variables: circuit.variables(),
		terms: circuit.terms(),
		sections,
		by_operator,
		power: compiled.power(),
		estimate: Estimate::of(&compiled),
	};
	context.report(&report)
}

fn proving_key(path: &Path, context: &mut Context<'_>) -> Result<(), Failure> {
	let bytes = std::fs::metadata(path).map(|metadata| metadata.len()).unwrap_or_default();
	let stages = Stages::new(context);
	let read = ceremony::read_key(path, &mut |step| stages.show(step));
	stages.finish();
	let (header, _) = read.map_err(|error| Failure::bad_input(error.to_string()))?;
	context.report(&Key {
		circuit: H256(header.circuit),
		transcript: H256(header.transcript),
		public_inputs: header.public.saturating_sub(1),
		variables: header.variables,
		domain: header.domain,
		bytes,
	})
}

fn transcript(path: &Path, context: &mut Context<'_>) -> Result<(), Failure> {
	let transcript = Transcript::read(path).map_err(|error| Failure::bad_input(error.to_string()))?;
	let contributions = transcript.contributions.iter().zip(transcript.hashes()).map(|(contribution, hash)| Entry {
		name: contribution.name.clone(),
		hash: H256(hash),
		block: contribution.beacon.map(|beacon| beacon.block),
	});
	context.report(&Record {
		circuit: H256(transcript.circuit),
		powers: H256(transcript.powers),
		hash: H256(transcript.hash()),
		contributions: contributions.collect(),
	})
}
