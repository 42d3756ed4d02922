// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm agent link`: an agent that is also one of an Ethereum registry.

use std::io::{self, Write};

use aivm_client::{EthereumAddress, EthereumAgent, Statement, H256, SIGNATURE_WINDOW};
use aivm_identifiers::caip;
use clap::Subcommand;
use serde::Serialize;

use super::{ethereum_signature, show::link_text};
use crate::{commands::Done, layout::Fields, time, Context, Exit, Failure, Human};

/// For how long a digest shown here can be signed and sent, in seconds.
const VALID_FOR: u64 = SIGNATURE_WINDOW - 60;

/// Say that an agent is also one of an Ethereum registry.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Show the EIP-712 digest that the owner on Ethereum must sign.
	Message {
		#[command(flatten)]
		link: Link,
	},
	/// Claim the link with that signature.
	Set {
		#[command(flatten)]
		link: Link,
		/// The signature of what `message` shows.
		#[arg(long, value_name = "HEX")]
		signature: String,
		/// The deadline that was signed.
		#[arg(long, value_name = "TIME", value_parser = time::parse_time)]
		deadline: u64,
	},
	/// End the link.
	Remove {
		/// The agent's number.
		agent: u64,
	},
	/// Show the link, and whether it is proven.
	Show {
		/// The agent's number.
		agent: u64,
	},
}

/// Both identities.
#[derive(Debug, clap::Args)]
struct Link {
	/// The agent's number on this chain.
	agent: u64,
	/// The registry on Ethereum as CAIP-10, such as eip155:1:0x8004A169FB4a3325136EB29fA0ceB6D2e539a432.
	#[arg(long, value_name = "CAIP-10")]
	registry: String,
	/// The agent's number in that registry.
	#[arg(long, value_name = "NUMBER")]
	id: String,
	/// The Ethereum address that owns it there, and signs.
	#[arg(long, value_name = "ADDRESS")]
	owner: EthereumAddress,
}

impl Link {
	fn ethereum(&self) -> Result<EthereumAgent, Failure> {
		let malformed = |error: caip::CaipError| {
			Failure::bad_input(format!("{:?} names no registry on Ethereum: {error}", self.registry)).with_cure(
				"write eip155:CHAIN:ADDRESS, for example eip155:1:0x8004A169FB4a3325136EB29fA0ceB6D2e539a432",
			)
		};
		let account: caip::AccountId = self.registry.parse().map_err(malformed)?;
		let (chain_id, registry) = account.to_eip155().map_err(malformed)?;
		Ok(EthereumAgent {
			chain_id,
			registry: EthereumAddress(registry.0),
			agent_id: self.id.clone(),
			owner: self.owner,
		})
	}
}

/// What an owner on Ethereum must sign.
#[derive(Debug, Serialize)]
struct Message {
	agent: u64,
	digest: H256,
	/// The same as an Ethereum wallet shows and signs it, with `eth_signTypedData_v4`.
	typed_data: serde_json::Value,
	/// Until when the signature is good, in seconds of Unix time.
	deadline: u64,
}

impl Human for Message {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let deadline = time::show_time(self.deadline);
		Fields::new()
			.add("sign this digest", format_args!("{:?}", self.digest))
			.add("as typed data", &self.typed_data)
			.add("good until", &deadline)
			.write(out)?;
		writeln!(out, "\nThen: the same options with `set`, --deadline {deadline} and --signature 0x…")
	}
}

/// A link.
#[derive(Debug, Serialize)]
struct Shown {
	agent: u64,
	#[serde(flatten)]
	link: aivm_client::LinkInfo,
}

impl Human for Shown {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("agent", self.agent)
			.add("also", link_text(&self.link))
			.add("claimed by", self.link.claimed_by)
			.add("claimed at", time::show_time(self.link.claimed_at))
			.write(out)
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Message { link } => {
			let ethereum = link.ethereum()?;
			let client = context.client().await?;
			let deadline = client.chain_time().await?.saturating_add(VALID_FOR);
			let Statement { digest, typed_data } = client.link_statement(link.agent, &ethereum, deadline).await?;
			context.report(&Message { agent: link.agent, digest, typed_data, deadline })
		}
		Command::Set { link, signature, deadline } => {
			let (ethereum, signature) = (link.ethereum()?, ethereum_signature(&signature)?);
			let sender = context.sender().await?;
			let waiting = context.waiting("sending".into());
			let included = sender.link_agent(link.agent, &ethereum, deadline, signature, context.until()).await;
			waiting.finish_and_clear();
			let what =
				format!("linked agent {} to agent {} of {} (claimed, not proven)", link.agent, link.id, link.registry);
			context.report(&Done::new(what, &included?))
		}
		Command::Remove { agent } => {
			let included = context.sender().await?.unlink_agent(agent, context.until()).await?;
			context.report(&Done::new(format!("ended the link of agent {agent}"), &included))
		}
		Command::Show { agent } => {
			let client = context.client().await?;
			client.agent(agent).await?;
			let link = client.agent_link(agent).await?.ok_or_else(|| {
				Failure::new(Exit::NotFound, "not_found", format!("agent {agent} has no link"))
					.with_cure("make one with `aivm agent link message` and `aivm agent link set`")
			})?;
			context.report(&Shown { agent, link })
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn registry_should_be_read_from_its_name_for_the_whole_world() {
		let link = |registry: &str| Link {
			agent: 0,
			registry: registry.into(),
			id: "22".into(),
			owner: EthereumAddress([1; 20]),
		};
		let ethereum = link("eip155:11155111:0x8004A169FB4a3325136EB29fA0ceB6D2e539a432").ethereum().unwrap();
		assert_eq!(ethereum.chain_id, 11_155_111);
		assert_eq!(ethereum.registry.to_string(), "0x8004A169FB4a3325136EB29fA0ceB6D2e539a432");
		for text in ["", "eip155:1", "polkadot:91b171bb158e2d3848fa23a9f1c25182:5Grw", "eip155:1:0x12"] {
			let failure = link(text).ethereum().unwrap_err();
			assert_eq!(failure.exit, Exit::BadInput, "{text}");
		}
	}
}
