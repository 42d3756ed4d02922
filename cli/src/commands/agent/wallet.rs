// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm agent wallet`: where an agent is paid.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{parse_account, HexBytes, Signature, Signer, Wallet, SIGNATURE_WINDOW};
use clap::Subcommand;
use serde::Serialize;

use super::ethereum_signature;
use crate::{commands::Done, layout::Fields, time, Context, Failure, Human};

/// What a message for the key of a wallet begins with: its length and its purpose.
const MESSAGE_CONTEXT: &[u8] = b"\x4caivm/agent-wallet/1";
/// For how long a signature made here is good, in seconds. The chain takes less than [`SIGNATURE_WINDOW`] ahead.
const VALID_FOR: u64 = SIGNATURE_WINDOW - 60;

/// Say where an agent is paid, with the agreement of that account.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Make an account or an Ethereum address the wallet, with its signature.
	Set {
		/// The agent's number.
		agent: u64,
		/// The wallet: an account of this chain, or an Ethereum address. Not needed with --wallet-key.
		#[arg(required_unless_present = "wallet_key")]
		wallet: Option<String>,
		/// The key file of the wallet, which signs at once.
		#[arg(long, value_name = "FILE", conflicts_with_all = ["wallet", "proof"])]
		wallet_key: Option<PathBuf>,
		/// The wallet's signature of what `message` shows.
		#[arg(long, value_name = "HEX", requires = "deadline", required_unless_present = "wallet_key")]
		proof: Option<String>,
		/// The deadline that was signed.
		#[arg(long, value_name = "TIME", value_parser = time::parse_time)]
		deadline: Option<u64>,
	},
	/// Show what a wallet must sign, and until when it is good.
	Message {
		/// The agent's number.
		agent: u64,
		/// The wallet: an account of this chain, or an Ethereum address.
		wallet: String,
	},
	/// End the wallet.
	Unset {
		/// The agent's number.
		agent: u64,
	},
	/// Let an account that cannot sign messages, such as a multisig, become the wallet by accepting.
	Propose {
		/// The agent's number.
		agent: u64,
		/// The account.
		#[arg(required_unless_present = "cancel")]
		wallet: Option<String>,
		/// Withdraw the proposal instead.
		#[arg(long, conflicts_with = "wallet")]
		cancel: bool,
	},
	/// Become the wallet that was proposed.
	Accept {
		/// The agent's number.
		agent: u64,
	},
}

/// What a wallet must sign.
#[derive(Debug, Serialize)]
struct Message {
	agent: u64,
	wallet: Wallet,
	/// The bytes, or the EIP-712 digest for an Ethereum address.
	message: HexBytes,
	/// The same as an Ethereum wallet shows and signs it, with `eth_signTypedData_v4`.
	#[serde(skip_serializing_if = "Option::is_none")]
	typed_data: Option<serde_json::Value>,
	/// Until when the signature is good, in seconds of Unix time.
	deadline: u64,
}

impl Human for Message {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let what = match self.wallet {
			Wallet::Account(_) => "sign these bytes",
			Wallet::Ethereum(_) => "sign this digest",
		};
		let deadline = time::show_time(self.deadline);
		Fields::new()
			.add(what, &self.message)
			.maybe("as typed data", self.typed_data.as_ref())
			.add("good until", &deadline)
			.write(out)?;
		writeln!(out, "\nThen: aivm agent wallet set {} {} --deadline {deadline} --proof 0x…", self.agent, self.wallet)
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Set { agent, wallet_key: Some(path), .. } => {
			let key = Signer::from_file(&path)?;
			let wallet = key.account();
			let sender = context.sender().await?;
			let deadline = sender.client().chain_time().await?.saturating_add(VALID_FOR);
			let message = sender.client().wallet_message(agent, &Wallet::Account(wallet), deadline).await?;
			// What is signed must be nothing but this, whatever the node says.
			if !message.starts_with(MESSAGE_CONTEXT) {
				return Err(Failure::internal("the node gives something else to sign than a wallet's agreement"));
			}
			let proof = key.sign(&message);
			let waiting = context.waiting("sending".into());
			let included = sender.set_agent_wallet(agent, &wallet, deadline, proof, context.until()).await;
			waiting.finish_and_clear();
			context.report(&Done::new(format!("agent {agent} is paid at {wallet}"), &included?))
		}
		Command::Set { agent, wallet, proof, deadline, .. } => {
			let wallet: Wallet = wallet.unwrap_or_default().parse()?;
			let (proof, deadline) = (proof.unwrap_or_default(), deadline.unwrap_or_default());
			let until = context.until();
			let included = match &wallet {
				Wallet::Account(account) => {
					let proof: Signature = proof.parse()?;
					context.sender().await?.set_agent_wallet(agent, account, deadline, proof, until).await
				}
				Wallet::Ethereum(address) => {
					let proof = ethereum_signature(&proof)?;
					context.sender().await?.set_agent_ethereum_wallet(agent, *address, deadline, proof, until).await
				}
			};
			context.report(&Done::new(format!("agent {agent} is paid at {wallet}"), &included?))
		}
		Command::Message { agent, wallet } => {
			let wallet: Wallet = wallet.parse()?;
			let client = context.client().await?;
			let deadline = client.chain_time().await?.saturating_add(VALID_FOR);
			let (message, typed_data) = match &wallet {
				Wallet::Account(_) => (client.wallet_message(agent, &wallet, deadline).await?, None),
				Wallet::Ethereum(address) => {
					let statement = client.wallet_statement(agent, *address, deadline).await?;
					(statement.digest.0.to_vec(), Some(statement.typed_data))
				}
			};
			context.report(&Message { agent, wallet, message: HexBytes(message), typed_data, deadline })
		}
		Command::Unset { agent } => {
			let included = context.sender().await?.unset_agent_wallet(agent, context.until()).await?;
			context.report(&Done::new(format!("agent {agent} has no wallet"), &included))
		}
		Command::Propose { agent, wallet, cancel: _ } => {
			let wallet = wallet.as_deref().map(parse_account).transpose()?;
			let included = context.sender().await?.propose_agent_wallet(agent, wallet, context.until()).await?;
			let what = match wallet {
				Some(wallet) => format!("proposed {wallet} as the wallet of agent {agent}, which must accept"),
				None => format!("withdrew the proposal of a wallet for agent {agent}"),
			};
			context.report(&Done::new(what, &included))
		}
		Command::Accept { agent } => {
			let included = context.sender().await?.accept_agent_wallet(agent, context.until()).await?;
			context.report(&Done::new(format!("became the wallet of agent {agent}"), &included))
		}
	}
}
