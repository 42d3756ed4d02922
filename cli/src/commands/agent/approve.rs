// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm agent approve` and `aivm agent operator`: who may act for an owner's agents.

use std::io::{self, Write};

use aivm_client::{parse_account, AccountId, Operator};
use clap::Subcommand;
use serde::Serialize;

use crate::{commands::Done, layout::Table, Context, Failure, Human};

/// Most operators that are listed.
const MAX_OPERATORS: usize = 1_000;

/// Let one account act for an agent, as its owner can, until the agent is transferred.
#[derive(Debug, clap::Args)]
pub struct Approve {
	/// The agent's number.
	agent: u64,
	/// The account. It replaces the one that was approved before.
	#[arg(required_unless_present = "clear")]
	account: Option<String>,
	/// Let nobody any more.
	#[arg(long, conflicts_with = "account")]
	clear: bool,
}

/// Let accounts act for all your agents, as their owner can.
#[derive(Debug, clap::Args)]
pub struct Operators {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Let an account act for all agents of the signer, also later ones. Takes a deposit.
	Add {
		/// The account.
		account: String,
	},
	/// Let it no more, and get the deposit back.
	Remove {
		/// The account.
		account: String,
	},
	/// List the operators of an owner.
	List {
		/// The owner. Without it, the given key.
		#[arg(long, value_name = "ACCOUNT")]
		owner: Option<String>,
	},
}

/// The operators of an owner.
#[derive(Debug, Serialize)]
struct Listed {
	owner: AccountId,
	operators: Vec<Operator>,
}

impl Human for Listed {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.operators.is_empty() {
			return writeln!(out, "no operators");
		}
		let mut table = Table::new(&["operator", ">on hold"]);
		for found in &self.operators {
			table.row(vec![found.operator.to_string(), found.deposit.to_string()]);
		}
		table.write(out)
	}
}

/// Runs `aivm agent approve`.
pub async fn approve(args: Approve, context: &mut Context<'_>) -> Result<(), Failure> {
	let (agent, to) = (args.agent, args.account.as_deref().map(parse_account).transpose()?);
	let sender = context.sender().await?;
	let waiting = context.waiting("sending".into());
	let included = sender.approve_for_agent(agent, to, context.until()).await;
	waiting.finish_and_clear();
	let what = match to {
		Some(account) => format!("{account} can act for agent {agent} until it is transferred"),
		None => format!("nobody is approved for agent {agent} any more"),
	};
	context.report(&Done::new(what, &included?))
}

/// Runs `aivm agent operator`.
pub async fn operators(args: Operators, context: &mut Context<'_>) -> Result<(), Failure> {
	let (account, is_one) = match args.command {
		Command::Add { account } => (parse_account(&account)?, true),
		Command::Remove { account } => (parse_account(&account)?, false),
		Command::List { owner } => {
			let owner = match owner {
				Some(owner) => parse_account(&owner)?,
				None => context.signer()?.account(),
			};
			let operators = context.client().await?.agent_operators(&owner, MAX_OPERATORS).await?;
			return context.report(&Listed { owner, operators });
		}
	};
	let sender = context.sender().await?;
	let waiting = context.waiting("sending".into());
	let included = sender.set_agent_operator(&account, is_one, context.until()).await;
	waiting.finish_and_clear();
	let owner = sender.payer().await?;
	let can = if is_one { "can" } else { "cannot" };
	context.report(&Done::new(format!("{account} {can} act for all agents of {owner}"), &included?))
}
