// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm receipt`: looking at receipts, proving them, verifying proofs.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{ProofFile, ReceiptId, ReceiptView, VerifiedReceipt, H256};
use clap::Subcommand;
use serde::Serialize;

use crate::{
	files,
	layout::{Fields, Table},
	Context, Failure, Human,
};

/// Largest proof file that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Look at receipts, and prove and verify them.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Show a receipt, or all receipts of a block.
	Show {
		/// The receipt as BLOCK-INDEX, or a block.
		receipt: String,
	},
	/// Write a file that proves a receipt for ever, without a node.
	Proof {
		/// The receipt as BLOCK-INDEX.
		receipt: ReceiptId,
		/// The file to write. Without it, receipt-BLOCK-INDEX.json.
		#[arg(long, value_name = "FILE")]
		out: Option<PathBuf>,
		/// Prove against the header of this block instead of the last final one.
		#[arg(long, value_name = "BLOCK")]
		at: Option<u32>,
		/// Do not wait until the receipt's block is final.
		#[arg(long)]
		no_wait: bool,
	},
	/// Verify a proof file. Needs no node.
	Verify {
		/// The file that `aivm receipt proof` wrote.
		file: PathBuf,
		/// Hash of a block that you know to be final. Without it, the hash in the file is used, and shown for comparison.
		#[arg(long, value_name = "HASH", conflicts_with = "from_node")]
		trusted_hash: Option<String>,
		/// Trust the node: ask it whether the block in the file is part of the finalised chain.
		#[arg(long)]
		from_node: bool,
	},
}

impl Human for ReceiptView {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let policy = self.policy.as_ref();
		Fields::new()
			.add("receipt", self.id)
			.add("task", self.task)
			.add("version", self.version)
			.add("verdict", format_args!("{} ({}, {})", self.verdict, self.path, self.evidence))
			.add("requester", self.requester)
			.add("provider", self.provider)
			.add("paid", self.paid)
			.add("  provider", self.payment.provider)
			.add("  royalty", self.payment.royalty)
			.add("  treasury", self.payment.treasury)
			.add("  burnt", self.payment.burn)
			.add("artefact", format_args!("{:?}", self.artefact_hash))
			.add("input", format_args!("{:?}", self.input_hash))
			.add("output", format_args!("{:?}", self.output_hash))
			.maybe("verifying key", self.proof.as_ref().map(|proof| proof.key))
			.maybe("statement", self.proof.as_ref().map(|proof| format!("{:?}", proof.statement)))
			.maybe("agent", policy.map(|policy| policy.agent))
			.maybe("  session key", policy.map(|policy| policy.key))
			.maybe("  policy", policy.map(|policy| format!("{:?}, version {}", policy.policy_hash, policy.version)))
			.maybe("  key's limits", policy.map(|policy| format!("{:?}", policy.restriction_hash)))
			.maybe("  rules checked", policy.map(|policy| policy.checked.join(", ")))
			.add("leaf", format_args!("{:?}", self.leaf_hash))
			.write(out)
	}
}

/// The receipts of a block.
#[derive(Debug, Serialize)]
struct OfBlock {
	block: u32,
	receipts: Vec<ReceiptView>,
}

impl Human for OfBlock {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.receipts.is_empty() {
			return writeln!(out, "block {} has no receipts", self.block);
		}
		let mut table = Table::new(&["receipt", ">task", "version", "verdict", ">paid", "requester"]);
		for receipt in &self.receipts {
			table.row(vec![
				receipt.id.to_string(),
				receipt.task.to_string(),
				receipt.version.to_string(),
				receipt.verdict.clone(),
				receipt.paid.to_string(),
				receipt.requester.to_string(),
			]);
		}
		table.write(out)
	}
}

/// A proof file that was written.
#[derive(Debug, Serialize)]
struct Written {
	file: PathBuf,
	receipt: ReceiptId,
	at: u32,
	at_hash: H256,
	proof_bytes: usize,
}

impl Human for Written {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("file", self.file.display())
			.add("receipt", self.receipt)
			.add("against block", format_args!("{} {:?}", self.at, self.at_hash))
			.add("proof", format_args!("{} bytes", self.proof_bytes))
			.write(out)
	}
}

impl Human for VerifiedReceipt {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		writeln!(out, "The proof holds.\n")?;
		self.receipt.human(out)?;
		Fields::new()
			.add("block", format_args!("{:?}", self.block_hash))
			.add("against block", format_args!("{} {:?}", self.at, self.at_hash))
			.write(out)?;
		if !self.trusted {
			writeln!(
				out,
				"\nIt is as good as block {} with the hash above. Compare that hash with a source that you trust, or give it\n\
				 with --trusted-hash.",
				self.at
			)?;
		}
		Ok(())
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Show { receipt } => show(&receipt, context).await,
		Command::Proof { receipt, out, at, no_wait } => {
			let client = context.client().await?;
			if !no_wait {
				let waiting = context.waiting(format!("waiting until block {} is final", receipt.block));
				let waited = client.wait_for_finality(receipt.block.max(at.unwrap_or_default())).await;
				waiting.finish_and_clear();
				waited?;
			}
			let proof = client.receipt_proof(receipt, at).await?;
			let file = out.unwrap_or_else(|| format!("receipt-{receipt}.json").into());
			files::write(&file, "proof file", proof.to_json().as_bytes())?;
			let proof_bytes = proof.proof.len();
			context.report(&Written { file, receipt, at: proof.at, at_hash: proof.at_hash, proof_bytes })
		}
		Command::Verify { file, trusted_hash, from_node } => {
			let proof = ProofFile::from_json(&files::read_text(&file, "proof file", MAX_FILE)?)?;
			let mut trusted = trusted_hash.as_deref().map(parse_hash).transpose()?;
			if from_node {
				context.client().await?.ensure_finalised(proof.at, proof.at_hash).await?;
				trusted = Some(proof.at_hash);
			}
			let verified = proof.verify(trusted)?;
			context.report(&verified)
		}
	}
}

async fn show(receipt: &str, context: &mut Context<'_>) -> Result<(), Failure> {
	match receipt.parse::<u32>() {
		Ok(block) => {
			let receipts = context.client().await?.receipts(block).await?;
			context.report(&OfBlock { block, receipts })
		}
		Err(_) => {
			let id: ReceiptId = receipt.parse()?;
			let receipt = context.client().await?.receipt(id).await?;
			context.report(&receipt)
		}
	}
}

/// Reads a hash of 32 bytes.
pub fn parse_hash(text: &str) -> Result<H256, Failure> {
	let mut hash = H256([0; 32]);
	hex::decode_to_slice(text.trim().trim_start_matches("0x"), &mut hash.0).map_err(|error| {
		Failure::bad_input(format!("{text:?} is no hash: {error}")).with_cure("give 0x and 64 digits")
	})?;
	Ok(hash)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn parse_hash_should_take_64_digits_only() {
		let digits = "ab".repeat(32);
		assert_eq!(parse_hash(&digits).unwrap().0, [0xab; 32]);
		assert_eq!(parse_hash(&format!("0x{digits}")).unwrap().0, [0xab; 32]);
		for text in ["", "0x", "0xab", "zz"] {
			assert_eq!(parse_hash(text).unwrap_err().exit, crate::Exit::BadInput);
		}
	}
}
