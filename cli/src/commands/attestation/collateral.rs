// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm attestation collateral`: what makers sign about their hardware.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{Amount, CollateralId, CollateralStatus};
use clap::Subcommand;
use serde::Serialize;

use crate::{
	evidence::{read_collateral, EvidenceArgs},
	layout::Table,
	time::{parse_duration, show_time},
	Context, Failure, Human,
};

/// Name of the chain's refusal of what it has already.
const NOT_NEWER: (&str, &str) = ("Attestation", "NotNewer");

/// Look at what makers sign about their hardware, and submit it.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// List the collateral that evidence needs, and that the chain does not have or that expires soon.
	Needed {
		#[command(flatten)]
		evidence: EvidenceArgs,
		/// How soon.
		#[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "0s")]
		within: u64,
	},
	/// Submit collateral from files, in any order: certificates and CRLs as DER or PEM, Intel's statements as its service
	/// returns them with the certificate that signs them, or documents of dcap-qvl. The newest wins.
	Submit {
		/// The files.
		#[arg(value_name = "FILE", required = true)]
		files: Vec<PathBuf>,
	},
	/// List what the chain has, also what has expired.
	List,
}

/// Collateral that is needed.
#[derive(Debug, Serialize)]
struct Needed {
	needed: Vec<CollateralId>,
}

impl Human for Needed {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.needed.is_empty() {
			return writeln!(out, "the chain has all collateral that this evidence needs");
		}
		writeln!(out, "submit, in this order:")?;
		self.needed.iter().try_for_each(|id| writeln!(out, "  {id}"))
	}
}

/// A piece that was submitted.
#[derive(Debug, Serialize)]
struct Piece {
	/// What it is.
	what: String,
	/// Whether the chain stored it; otherwise it has the same, or newer.
	stored: bool,
	/// The transaction's fee, if it was stored.
	fee: Option<Amount>,
}

/// What became of collateral.
#[derive(Debug, Serialize)]
struct Submitted {
	pieces: Vec<Piece>,
}

impl Human for Submitted {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let mut table = Table::new(&["collateral", "state", ">fee"]);
		for piece in &self.pieces {
			let state = if piece.stored { "stored" } else { "the chain has it, or newer" };
			let fee = piece.fee.map(|fee| fee.to_string()).unwrap_or_default();
			table.row(vec![piece.what.clone(), state.into(), fee]);
		}
		table.write(out)
	}
}

/// What the chain has.
#[derive(Debug, Serialize)]
struct Listed {
	/// The time of the chain, in seconds since 1970.
	now: u64,
	collateral: Vec<CollateralStatus>,
}

impl Human for Listed {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.collateral.is_empty() {
			return writeln!(out, "no collateral");
		}
		let mut table = Table::new(&["collateral", ">number", "issued", "until", "state"]);
		for status in &self.collateral {
			table.row(vec![
				status.id.to_string(),
				status.number.to_string(),
				show_time(status.issued),
				show_time(status.window.until),
				if status.window.until >= self.now { "valid" } else { "expired" }.into(),
			]);
		}
		table.write(out)
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Needed { evidence, within } => {
			let evidence = evidence.read()?;
			let needed = context.client().await?.needed_collateral(&evidence, within).await?;
			context.report(&Needed { needed })
		}
		Command::Submit { files } => submit(&files, context).await,
		Command::List => {
			let client = context.client().await?;
			let mut collateral = client.collateral().await?;
			collateral.sort_by_key(|status| status.id.to_string());
			context.report(&Listed { now: client.chain_time().await?, collateral })
		}
	}
}

async fn submit(files: &[PathBuf], context: &mut Context<'_>) -> Result<(), Failure> {
	let collateral = read_collateral(files)?;
	let sender = context.sender().await?;
	let bar = context.count_bar(collateral.len(), "submitting");
	let mut pieces = Vec::new();
	for piece in &collateral {
		let submitted = sender.submit_collateral(piece, context.until()).await;
		bar.inc(1);
		pieces.push(match submitted {
			Ok((id, included)) => Piece { what: id.to_string(), stored: true, fee: Some(included.fee) },
			// What several kinds of evidence share is often there.
			Err(error) if error.module() == Some(NOT_NEWER) => Piece { what: piece.what(), stored: false, fee: None },
			Err(error) => {
				bar.finish_and_clear();
				let failure = Failure::from(error);
				return Err(Failure { cause: format!("{}: {}", piece.what(), failure.cause), ..failure });
			}
		});
	}
	bar.finish_and_clear();
	context.report(&Submitted { pieces })
}
