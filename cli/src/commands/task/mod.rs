// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm task`: runs that a named provider proves.

mod prove;
mod request;
mod show;
mod submit;

use clap::Subcommand;

use crate::{Context, Failure};

/// Ask a provider for a proved run, prove one, and see what became of it.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Ask a provider to run a model and prove the result. The payment and a deposit go on hold.
	Request(Box<request::Args>),
	/// Run and prove a task that was requested of you, submit the proof, and be paid.
	Prove(prove::Args),
	/// Submit a proof that was made before, also one of another proof system.
	Submit(submit::Args),
	/// Show an open task.
	Show(show::Show),
	/// List open tasks.
	List(show::List),
	/// Give a task back that was requested of you. The requester is refunded.
	Cancel(show::Cancel),
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Request(args) => request::run(*args, context).await,
		Command::Prove(args) => prove::run(args, context).await,
		Command::Submit(args) => submit::run(args, context).await,
		Command::Show(args) => show::show(&args, context).await,
		Command::List(args) => show::list(&args, context).await,
		Command::Cancel(args) => show::cancel(&args, context).await,
	}
}
