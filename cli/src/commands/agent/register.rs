// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm agent register`.

use std::io::{self, Write};

use aivm_client::{AccountId, HexBytes, H256};
use serde::Serialize;

use super::card::Place;
use crate::{commands::Done, Context, Failure, Human};

/// Register an agent.
#[derive(Debug, clap::Args)]
pub struct Register {
	#[command(flatten)]
	place: Place,
	/// An entry of the agent's metadata; a value that begins with 0x is bytes. May be repeated.
	#[arg(long = "metadata", value_name = "KEY=VALUE", value_parser = entry)]
	metadata: Vec<(String, Vec<u8>)>,
}

/// An agent that was registered.
#[derive(Debug, Serialize)]
struct Registered {
	agent: u64,
	/// The agent's own account, to which money is sent.
	account: AccountId,
	/// The registry's name for the whole world, for the registration file.
	registry: String,
	card_hash: Option<H256>,
	#[serde(flatten)]
	done: Done,
}

impl Human for Registered {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		self.done.human(out)?;
		writeln!(out, "account      {}", self.account)?;
		if let Some(hash) = self.card_hash {
			writeln!(out, "card         {hash:?}")?;
		}
		writeln!(out, "registry     {}", self.registry)
	}
}

/// Runs the command.
pub async fn run(args: Register, context: &mut Context<'_>) -> Result<(), Failure> {
	let pinned = args.place.pin(context)?;
	let sender = context.sender().await?;
	let waiting = context.waiting("registering".into());
	let registered = sender.register_agent(pinned.uri.as_deref(), pinned.hash, &args.metadata, context.until()).await;
	waiting.finish_and_clear();
	let (agent, included) = registered?;
	let client = sender.client();
	context.report(&Registered {
		agent,
		account: client.agent(agent).await?.account,
		registry: client.agent_registry().await?.to_string(),
		card_hash: pinned.hash,
		done: Done::new(format!("registered agent {agent}"), &included),
	})
}

/// Reads `key=value` or `key=0x…`.
pub fn entry(text: &str) -> Result<(String, Vec<u8>), String> {
	let (key, value) = text.split_once('=').ok_or("write KEY=VALUE")?;
	if key.is_empty() {
		return Err("the key is missing; write KEY=VALUE".into());
	}
	let value = match value.strip_prefix("0x") {
		Some(_) => value.parse::<HexBytes>()?.0,
		None => value.as_bytes().to_vec(),
	};
	Ok((key.to_owned(), value))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn entry_should_be_read_as_text_or_bytes() {
		assert_eq!(entry("a=b=c"), Ok(("a".into(), b"b=c".to_vec())));
		assert_eq!(entry("a=0x00ff"), Ok(("a".into(), vec![0, 255])));
		assert_eq!(entry("a="), Ok(("a".into(), vec![])));
		for text in ["", "a", "=b", "a=0xzz"] {
			assert!(entry(text).is_err(), "{text}");
		}
	}
}
