// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm policy`: what session keys of an agent may do.

mod check;
mod init;
mod set;
mod show;

use clap::Subcommand;

use super::Done;
use crate::{Context, Failure};

/// Say what session keys of an agent may do, and ask whether they may.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Write a policy file from a template.
	Init(Box<init::Args>),
	/// Give an agent the policy in a file. A stricter one is in force at once, another one after the delay of the old one.
	Set(set::Args),
	/// Show the policy of an agent.
	Show(show::Args),
	/// Ask whether session keys of an agent may send a call now, rule by rule.
	Check(check::Args),
	/// Stop every session key of an agent at once.
	Freeze {
		/// The agent's number.
		agent: u64,
	},
	/// Let the session keys of an agent act again.
	Unfreeze {
		/// The agent's number.
		agent: u64,
	},
	/// Do not let the policy come into force that is waiting to.
	Cancel {
		/// The agent's number.
		agent: u64,
	},
	/// Remove the policy of an agent without session keys, and get its deposit back.
	Remove {
		/// The agent's number.
		agent: u64,
	},
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Init(args) => init::run(*args, context),
		Command::Set(args) => set::run(args, context).await,
		Command::Show(args) => show::run(args, context).await,
		Command::Check(args) => check::run(args, context).await,
		Command::Freeze { agent } => {
			let included = context.sender().await?.freeze_agent(agent, context.until()).await?;
			context.report(&Done::new(format!("froze agent {agent}: its session keys can do nothing"), &included))
		}
		Command::Unfreeze { agent } => {
			let included = context.sender().await?.unfreeze_agent(agent, context.until()).await?;
			context.report(&Done::new(format!("unfroze agent {agent}: its session keys can act again"), &included))
		}
		Command::Cancel { agent } => {
			let included = context.sender().await?.cancel_pending_policy(agent, context.until()).await?;
			context
				.report(&Done::new(format!("the waiting policy of agent {agent} will not come into force"), &included))
		}
		Command::Remove { agent } => {
			let included = context.sender().await?.remove_policy(agent, context.until()).await?;
			context.report(&Done::new(format!("removed the policy of agent {agent}"), &included))
		}
	}
}
