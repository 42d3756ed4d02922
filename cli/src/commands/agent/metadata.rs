// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm agent metadata`: what an agent says of itself on the chain, besides its registration file.

use std::io::{self, Write};

use aivm_client::HexBytes;
use clap::Subcommand;
use serde::Serialize;

use super::{register::entry, show::Entry};
use crate::{commands::Done, layout::Table, Context, Exit, Failure, Human};

/// Read and change the metadata of an agent.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Set an entry.
	Set {
		/// The agent's number.
		agent: u64,
		/// The entry; a value that begins with 0x is bytes.
		#[arg(value_name = "KEY=VALUE", value_parser = entry)]
		entry: (String, Vec<u8>),
	},
	/// Remove an entry.
	Remove {
		/// The agent's number.
		agent: u64,
		/// Its key.
		key: String,
	},
	/// Show all entries, or one.
	Get {
		/// The agent's number.
		agent: u64,
		/// Its key.
		key: Option<String>,
	},
}

/// Entries of an agent's metadata.
#[derive(Debug, Serialize)]
struct Shown {
	agent: u64,
	metadata: Vec<Entry>,
}

impl Human for Shown {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.metadata.is_empty() {
			return writeln!(out, "no metadata");
		}
		let mut table = Table::new(&["metadata", "value"]);
		for entry in &self.metadata {
			table.row(vec![entry.key.clone(), entry.value_text()]);
		}
		table.write(out)
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let (agent, key, value) = match args.command {
		Command::Set { entry: (_, value), .. } if value.is_empty() => {
			return Err(Failure::usage("an entry without a value is none")
				.with_cure("give a value, or remove the entry with `aivm agent metadata remove`"));
		}
		Command::Set { agent, entry: (key, value) } => (agent, key, value),
		Command::Remove { agent, key } => (agent, key, Vec::new()),
		Command::Get { agent, key } => return get(agent, key, context).await,
	};
	let sender = context.sender().await?;
	let done = if value.is_empty() { "removed" } else { "set" };
	let waiting = context.waiting("sending".into());
	let included = sender.set_agent_metadata(agent, &key, value, context.until()).await;
	waiting.finish_and_clear();
	context.report(&Done::new(format!("{done} the metadata {key} of agent {agent}"), &included?))
}

async fn get(agent: u64, key: Option<String>, context: &mut Context<'_>) -> Result<(), Failure> {
	let client = context.client().await?;
	client.agent(agent).await?;
	let all: Vec<(String, HexBytes)> = client.agent_metadata(agent).await?;
	let metadata: Vec<Entry> =
		all.into_iter().filter(|(found, _)| key.as_ref().is_none_or(|key| key == found)).map(Entry::new).collect();
	if let Some(key) = key.filter(|_| metadata.is_empty()) {
		return Err(Failure::new(Exit::NotFound, "not_found", format!("agent {agent} has no metadata {key:?}"))
			.with_cure(format!("list what it has with `aivm agent metadata get {agent}`")));
	}
	context.report(&Shown { agent, metadata })
}
