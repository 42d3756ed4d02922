// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Open tasks: looking at them, and giving one back.

use std::io::{self, Write};

use aivm_client::{parse_account, Amount, OpenTask};
use serde::Serialize;

use crate::{
	commands::Done,
	layout::{Fields, Table},
	Context, Failure, Human,
};

/// Most tasks that are looked through.
const SEARCHED: usize = 10_000;

/// Show an open task.
#[derive(Debug, clap::Args)]
pub struct Show {
	/// The task's number.
	task: u64,
}

/// List open tasks.
#[derive(Debug, clap::Args)]
pub struct List {
	/// Only those that this account is to prove.
	#[arg(long, value_name = "ACCOUNT", conflicts_with = "mine")]
	provider: Option<String>,
	/// Only those that the signer is to prove.
	#[arg(long)]
	mine: bool,
}

/// Give a task back that was requested of you.
#[derive(Debug, clap::Args)]
pub struct Cancel {
	/// The task's number.
	task: u64,
}

impl Human for OpenTask {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("task", self.id)
			.add("state", format_args!("{} ({})", self.state, self.path))
			.add("version", self.version)
			.add("requester", self.requester)
			.maybe("provider", self.provider)
			.maybe("verifying key", self.terms.map(|terms| terms.key))
			.add("deadline", format_args!("block {}", self.deadline))
			.add("on hold", self.escrow)
			.add("  provider", self.payment.provider)
			.add("  royalty", self.payment.royalty)
			.add("  treasury", self.payment.treasury)
			.add("  burnt", self.payment.burn)
			.add("deposit", self.deposit)
			.add("artefact", format_args!("{:?}", self.artefact_hash))
			.add("input", format_args!("{:?}, a commitment", self.commitment))
			.write(out)
	}
}

/// Open tasks.
#[derive(Debug, Serialize)]
struct Tasks {
	tasks: Vec<OpenTask>,
}

impl Human for Tasks {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.tasks.is_empty() {
			return writeln!(out, "there are no such open tasks");
		}
		let mut table = Table::new(&[">task", "version", "state", ">key", ">on hold", ">deadline", "requester"]);
		for task in &self.tasks {
			table.row(vec![
				task.id.to_string(),
				task.version.to_string(),
				task.state.clone(),
				task.terms.map(|terms| terms.key.to_string()).unwrap_or_default(),
				task.escrow.to_string(),
				task.deadline.to_string(),
				task.requester.to_string(),
			]);
		}
		table.write(out)
	}
}

/// A task that was given back.
#[derive(Debug, Serialize)]
struct Cancelled {
	task: u64,
	refunded: Amount,
	#[serde(flatten)]
	done: Done,
}

impl Human for Cancelled {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		self.done.human(out)?;
		writeln!(out, "refunded     {}", self.refunded)
	}
}

/// Runs `aivm task show`.
pub async fn show(args: &Show, context: &mut Context<'_>) -> Result<(), Failure> {
	let task = context.client().await?.task(args.task).await?;
	context.report(&task)
}

/// Runs `aivm task list`.
pub async fn list(args: &List, context: &mut Context<'_>) -> Result<(), Failure> {
	let provider = match (&args.provider, args.mine) {
		(Some(account), _) => Some(parse_account(account)?),
		(None, true) => Some(context.sender().await?.payer().await?),
		(None, false) => None,
	};
	let mut tasks = context.client().await?.tasks(SEARCHED).await?;
	if provider.is_some() {
		tasks.retain(|task| task.provider == provider);
	}
	context.report(&Tasks { tasks })
}

/// Runs `aivm task cancel`.
pub async fn cancel(args: &Cancel, context: &mut Context<'_>) -> Result<(), Failure> {
	let sender = context.sender().await?;
	let waiting = context.waiting(format!("giving task {} back", args.task));
	let cancelled = sender.cancel_task(args.task, context.until()).await;
	waiting.finish_and_clear();
	let (refunded, included) = cancelled?;
	let done = Done::new(format!("gave task {} back", args.task), &included);
	context.report(&Cancelled { task: args.task, refunded, done })
}
