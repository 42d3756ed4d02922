// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm policy set`.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::PolicyOutcome;
use serde::Serialize;

use crate::{commands::Done, policy_file::PolicyFile, time, Context, Failure, Human};

/// Give an agent the policy in a file.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The agent's number.
	agent: u64,
	/// The policy file, see `aivm policy init`.
	file: PathBuf,
}

/// A policy that was set.
#[derive(Debug, Serialize)]
struct Set {
	agent: u64,
	#[serde(flatten)]
	outcome: PolicyOutcome,
	#[serde(flatten)]
	done: Done,
}

impl Human for Set {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		self.done.human(out)?;
		let hash = match self.outcome {
			PolicyOutcome::Now { hash, .. } | PolicyOutcome::Later { hash, .. } => hash,
		};
		writeln!(out, "hash         {hash:?}")
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let file = PolicyFile::read(&args.file)?;
	for remark in file.remarks() {
		context.note(format_args!("note: {remark}"));
	}
	let sender = context.sender().await?;
	let policy = file.resolve(sender.client()).await?;
	let waiting = context.waiting("sending".into());
	let set = sender.set_policy(args.agent, &policy, context.until()).await;
	waiting.finish_and_clear();
	let (outcome, included) = set?;
	let agent = args.agent;
	let what = match outcome {
		PolicyOutcome::Now { version, .. } => format!("version {version} of agent {agent}'s policy is in force"),
		PolicyOutcome::Later { due, .. } => {
			format!("it allows more than the policy in force, so it will be in force from {} on", time::show_time(due))
		}
	};
	context.report(&Set { agent, outcome, done: Done::new(what, &included) })
}
