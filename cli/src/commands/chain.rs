// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm chain`: where the chain stands.

use std::io::{self, Write};

use aivm_client::{BlockSummary, ChainStatus, Watch};
use clap::Subcommand;
use serde::Serialize;

use crate::{layout::Fields, Context, Failure, Human};

/// See where the chain stands.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Show the chain, the node, and the newest blocks.
	Status,
	/// Show blocks as they come.
	Watch {
		/// End after this many blocks. With --json it is needed, because the document ends with the last one.
		#[arg(long, short = 'n', value_name = "COUNT")]
		blocks: Option<u32>,
		/// Show best blocks, which may lose their place, instead of final ones.
		#[arg(long)]
		best: bool,
	},
}

impl Human for ChainStatus {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("chain", &self.chain)
			.add("node", format_args!("{} {} at {}", self.node, self.node_version, self.url))
			.add("runtime", format_args!("{}, transactions {}", self.spec_version, self.transaction_version))
			.add("genesis", format_args!("{:?}", self.genesis))
			.add("best block", format_args!("{} {:?}", self.best.number, self.best.hash))
			.add("final block", format_args!("{} {:?}", self.finalised.number, self.finalised.hash))
			.add("peers", self.peers)
			.add("catching up", if self.syncing { "yes" } else { "no" })
			.write(out)
	}
}

/// The blocks that were seen.
#[derive(Debug, Serialize)]
struct Watched {
	blocks: Vec<BlockSummary>,
}

impl Human for Watched {
	fn human(&self, _: &mut dyn Write) -> io::Result<()> {
		// Each was shown when it came.
		Ok(())
	}
}

/// One line of a block.
#[derive(Serialize)]
struct Line(BlockSummary);

impl Human for Line {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let block = &self.0;
		let receipts = match block.receipts {
			0 => String::new(),
			count => format!("  {count} receipts"),
		};
		writeln!(out, "{:>8}  {:?}  {:>3} transactions{receipts}", block.number, block.hash, block.transactions)
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Status => {
			let status = context.client().await?.status().await?;
			context.report(&status)
		}
		Command::Watch { blocks, best } => watch(blocks, best, context).await,
	}
}

async fn watch(count: Option<u32>, best: bool, context: &mut Context<'_>) -> Result<(), Failure> {
	if context.globals.json && count.is_none() {
		return Err(Failure::usage("`chain watch --json` would never end its document").with_cure("add --blocks COUNT"));
	}
	let client = context.client().await?;
	let mut stream = client.watch(if best { Watch::Best } else { Watch::Finalised }).await?;
	let mut seen = Vec::new();
	let mut left = count;
	while left != Some(0) {
		let block = tokio::select! {
			block = stream.next() => block?,
			_ = tokio::signal::ctrl_c() => break,
		};
		if context.globals.json {
			seen.push(block);
		} else {
			context.report(&Line(block))?;
		}
		left = left.map(|left| left - 1);
	}
	context.report(&Watched { blocks: seen })
}
