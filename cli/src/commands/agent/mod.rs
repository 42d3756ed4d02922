// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm agent`: identities, reputation and validations of agents, with the meaning that they have in ERC-8004.

mod approve;
mod card;
mod feedback;
mod link;
mod metadata;
mod register;
mod show;
mod validate;
mod wallet;

use std::path::Path;

use aivm_client::{parse_account, Amount, H256};
use clap::Subcommand;

use super::Done;
use crate::{files, Context, Failure};

/// Longest URI that the chain takes, in bytes.
const MAX_URI: usize = 2_048;
/// Largest file whose hash is taken, in bytes.
const MAX_HASHED: u64 = 64 * 1024 * 1024;

/// Register agents, say where they are found and paid, rate and validate them.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Make and check registration files, and pin them.
	Card(card::Args),
	/// Register an agent.
	Register(register::Register),
	/// Show an agent.
	Show {
		/// The agent's number.
		agent: u64,
	},
	/// List agents.
	List(show::List),
	/// Give an agent to another account. Its wallet, session keys and link end; its account, money and feedback stay with it.
	Transfer {
		/// The agent's number.
		agent: u64,
		/// Who gets it.
		to: String,
	},
	/// Let one account act for an agent, as its owner can.
	Approve(approve::Approve),
	/// Let accounts act for all your agents.
	Operator(approve::Operators),
	/// Read and change the metadata of an agent.
	Metadata(metadata::Args),
	/// Say where an agent is paid, with the agreement of that account.
	Wallet(wallet::Args),
	/// Rate agents, and see how they were rated.
	Feedback(feedback::Args),
	/// Ask validators, answer, and see what they said.
	Validate(validate::Args),
	/// Say that an agent is also one of an Ethereum registry.
	Link(link::Args),
	/// Send money from an agent's account, as its owner and whatever its policy says.
	Withdraw {
		/// The agent's number.
		agent: u64,
		/// Who gets it.
		to: String,
		/// How much: 1.5 is one and a half AIVM.
		amount: String,
	},
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Card(args) => card::run(args, context).await,
		Command::Register(args) => register::run(args, context).await,
		Command::Show { agent } => show::show(agent, context).await,
		Command::List(args) => show::list(args, context).await,
		Command::Transfer { agent, to } => {
			let to = parse_account(&to)?;
			let sender = context.sender().await?;
			let waiting = context.waiting("sending".into());
			let included = sender.transfer_agent(agent, &to, context.until()).await;
			waiting.finish_and_clear();
			context.report(&Done::new(format!("gave agent {agent} to {to}"), &included?))
		}
		Command::Approve(args) => approve::approve(args, context).await,
		Command::Operator(args) => approve::operators(args, context).await,
		Command::Metadata(args) => metadata::run(args, context).await,
		Command::Wallet(args) => wallet::run(args, context).await,
		Command::Feedback(args) => feedback::run(args, context).await,
		Command::Validate(args) => validate::run(args, context).await,
		Command::Link(args) => link::run(args, context).await,
		Command::Withdraw { agent, to, amount } => {
			let to = parse_account(&to)?;
			let amount: Amount = amount.parse().map_err(aivm_client::Error::from)?;
			let sender = context.sender().await?;
			let waiting = context.waiting("sending".into());
			let included = sender.withdraw_from_agent(agent, &to, amount, context.until()).await;
			waiting.finish_and_clear();
			context.report(&Done::new(format!("sent {amount} from agent {agent} to {to}"), &included?))
		}
	}
}

/// Reads a Keccak-256 hash.
fn parse_hash(text: &str) -> Result<H256, Failure> {
	let digits = text.trim();
	let mut hash = H256([0; 32]);
	hex::decode_to_slice(digits.strip_prefix("0x").unwrap_or(digits), &mut hash.0).map_err(|error| {
		Failure::bad_input(format!("{text:?} is no hash: {error}")).with_cure("give 64 hexadecimal digits")
	})?;
	Ok(hash)
}

/// The Keccak-256 of a file, or the one that was given, or zero.
fn content_hash(file: Option<&Path>, hash: Option<&str>) -> Result<H256, Failure> {
	match (file, hash) {
		(Some(path), _) => Ok(H256(sp_crypto_hashing::keccak_256(&files::read(path, "file", MAX_HASHED)?))),
		(None, Some(hash)) => parse_hash(hash),
		(None, None) => Ok(H256([0; 32])),
	}
}

/// A signature of an Ethereum key: `r`, `s`, `v`.
fn ethereum_signature(text: &str) -> Result<[u8; 65], Failure> {
	let digits = text.trim();
	let mut signature = [0; 65];
	hex::decode_to_slice(digits.strip_prefix("0x").unwrap_or(digits), &mut signature).map_err(|error| {
		Failure::bad_input(format!("the signature is malformed: {error}"))
			.with_cure("give the 130 hexadecimal digits that the Ethereum wallet shows: r, s and v")
	})?;
	Ok(signature)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn hash_should_be_that_of_the_file_or_the_given_one() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("file");
		std::fs::write(&path, b"").unwrap();
		let empty = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
		assert_eq!(content_hash(Some(&path), None).unwrap(), parse_hash(empty).unwrap());
		assert_eq!(content_hash(None, Some(empty)).unwrap(), parse_hash(empty).unwrap());
		assert_eq!(content_hash(None, None).unwrap(), H256([0; 32]));
		assert!(parse_hash("0x12").is_err());
	}

	#[test]
	fn ethereum_signature_should_have_65_bytes() {
		assert_eq!(ethereum_signature(&format!("0x{}", "ab".repeat(65))).unwrap(), [0xab; 65]);
		for text in ["", "0x", &"ab".repeat(64), &"xy".repeat(65)] {
			assert!(ethereum_signature(text).is_err(), "{text}");
		}
	}
}
