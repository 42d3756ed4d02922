// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm zk`: keys and proofs that a program was run.

mod ceremony;
mod convert;
mod inspect;
mod key;
mod prove;
mod verify;

use clap::Subcommand;

use crate::{Context, Failure};

/// Make keys and proofs that a program was run, verify them, and register keys.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Show what a proof of a program takes, or what a file of a ceremony, key or proof says.
	Inspect(inspect::Args),
	/// Make powers alone, for trying out.
	Powers(ceremony::PowersArgs),
	/// Begin a ceremony: make the first key of a program's circuit from published powers.
	Setup(ceremony::Setup),
	/// Add randomness to a key. One honest contributor is enough.
	Contribute(ceremony::Contribute),
	/// End a ceremony with the hash of a block, which nobody could choose.
	Beacon(ceremony::Beacon),
	/// Check every step of a ceremony, and write the verifying key.
	VerifySetup(ceremony::VerifySetup),
	/// Run a program and prove the result, without a chain.
	Prove(prove::Args),
	/// Verify a proof: on this machine, by a node, or for ever in a block.
	Verify(verify::Args),
	/// Bring keys and proofs of other systems into the form that the chain reads.
	Convert(convert::Args),
	/// Register verifying keys, look at them, revoke them.
	Key(key::Args),
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Inspect(args) => inspect::run(&args, context),
		Command::Powers(args) => ceremony::powers(&args, context),
		Command::Setup(args) => ceremony::setup(&args, context),
		Command::Contribute(args) => ceremony::contribute(&args, context),
		Command::Beacon(args) => ceremony::beacon(&args, context).await,
		Command::VerifySetup(args) => ceremony::verify(&args, context).await,
		Command::Prove(args) => prove::run(&args, context),
		Command::Verify(args) => verify::run(&args, context).await,
		Command::Convert(args) => convert::run(&args, context),
		Command::Key(args) => key::run(args, context).await,
	}
}
