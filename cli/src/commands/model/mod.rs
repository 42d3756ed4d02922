// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm model`: from an ONNX file to a version on the chain, and what follows.

mod check;
mod compare;
mod import;
mod inspect;
mod lifecycle;
mod pack;
mod publish;
mod show;

use clap::Subcommand;

pub use import::read_rows;

use crate::{Context, Failure};

/// Import, check, pack, publish and manage models.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Turn an ONNX model into a program that the chain can run.
	Import(import::Args),
	/// Check a program, and a manifest against it; show shapes and cost.
	Check(check::Args),
	/// Show a program operation by operation, with its work, memory and price; draw it.
	Inspect(inspect::Args),
	/// Compare a program with the float model that it comes from, on a table of rows and layer by layer.
	Compare(compare::Args),
	/// Make the manifest of a program in canonical form, and show its hash and CID.
	Pack(pack::Args),
	/// Register a model without publishing a version.
	Register(lifecycle::Register),
	/// Register if needed, publish a version, upload, finalise, activate. Run it again to go on after an interruption.
	Publish(publish::Args),
	/// List models.
	List(show::List),
	/// Show a model with its versions, or one version.
	Show(show::Show),
	/// Offer a version for use and make it the default.
	Activate(lifecycle::Activate),
	/// Say that a version should be replaced. It still runs.
	Deprecate(lifecycle::Deprecate),
	/// Forbid a version for ever.
	Revoke(lifecycle::Revoke),
	/// Remove a version that was never activated, or a model without versions, and get the deposit back.
	Remove(lifecycle::Remove),
	/// Offer a model to another account, which must accept.
	Transfer(lifecycle::Transfer),
	/// Take over a model that was offered to you.
	Accept(lifecycle::Accept),
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Import(args) => import::run(args, context),
		Command::Check(args) => check::run(args, context).await,
		Command::Inspect(args) => inspect::run(args, context).await,
		Command::Compare(args) => compare::run(&args, context),
		Command::Pack(args) => pack::run(args, context),
		Command::Publish(args) => publish::run(args, context).await,
		Command::List(args) => show::list(args, context).await,
		Command::Show(args) => show::show(args, context).await,
		Command::Register(args) => lifecycle::register(args, context).await,
		Command::Activate(args) => lifecycle::activate(args, context).await,
		Command::Deprecate(args) => lifecycle::deprecate(args, context).await,
		Command::Revoke(args) => lifecycle::revoke(args, context).await,
		Command::Remove(args) => lifecycle::remove(args, context).await,
		Command::Transfer(args) => lifecycle::transfer(args, context).await,
		Command::Accept(args) => lifecycle::accept(args, context).await,
	}
}
