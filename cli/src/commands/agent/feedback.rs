// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm agent feedback`: what clients say of agents.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{
	parse_account, AccountId, Decimal, Feedback, FeedbackFilter, FeedbackInput, FeedbackSummary, ReceiptId,
};
use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use super::content_hash;
use crate::{
	commands::Done,
	layout::{Fields, Table},
	Context, Failure, Human,
};

/// Rate agents, and see how they were rated.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Rate an agent.
	Give(Box<Give>),
	/// Take own feedback back, for ever.
	Revoke {
		/// The agent's number.
		agent: u64,
		/// The feedback's number among the own.
		index: u64,
	},
	/// Respond to feedback.
	Respond {
		/// The agent's number.
		agent: u64,
		/// Who gave the feedback.
		client: String,
		/// The feedback's number among the client's.
		index: u64,
		/// Where the response is found.
		#[arg(long)]
		uri: String,
		/// The response, whose hash is pinned.
		#[arg(long, value_name = "FILE", conflicts_with = "hash")]
		file: Option<PathBuf>,
		/// Keccak-256 of the response.
		#[arg(long)]
		hash: Option<String>,
	},
	/// List the feedback for an agent.
	List {
		/// The agent's number.
		agent: u64,
		/// Only of this client. May be repeated.
		#[arg(long = "client", value_name = "ACCOUNT")]
		clients: Vec<String>,
		/// Only with this first tag.
		#[arg(long, default_value = "")]
		tag1: String,
		/// Only with this second tag.
		#[arg(long, default_value = "")]
		tag2: String,
		/// Also what was taken back.
		#[arg(long)]
		revoked: bool,
		/// At most this many.
		#[arg(long, value_name = "COUNT", default_value_t = 1_000)]
		limit: usize,
	},
	/// Show the average of the feedback for an agent.
	Summary {
		/// The agent's number.
		agent: u64,
		/// Of all feedback, of that with proof of payment (weighted by value and age), or of named clients.
		#[arg(value_enum, default_value_t = Which::All)]
		which: Which,
		/// A client. May be repeated.
		#[arg(long = "client", value_name = "ACCOUNT", required_if_eq("which", "clients"))]
		clients: Vec<String>,
		/// Only with this first tag, of named clients.
		#[arg(long, default_value = "")]
		tag1: String,
		/// Only with this second tag, of named clients.
		#[arg(long, default_value = "")]
		tag2: String,
	},
}

/// Of which feedback a summary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Which {
	/// All feedback.
	All,
	/// With proof of payment.
	Paid,
	/// Of named clients.
	Clients,
}

/// Rate an agent.
#[derive(Debug, clap::Args)]
struct Give {
	/// The agent's number.
	agent: u64,
	/// The value: a decimal number such as 87, 4.5 or -10.
	#[arg(allow_hyphen_values = true)]
	value: Decimal,
	/// What it is about.
	#[arg(long, default_value = "")]
	tag1: String,
	/// What it is about, more finely.
	#[arg(long, default_value = "")]
	tag2: String,
	/// The endpoint that was used.
	#[arg(long, default_value = "")]
	endpoint: String,
	/// Where more is found.
	#[arg(long, default_value = "")]
	uri: String,
	/// What is found there, whose hash is pinned.
	#[arg(long, value_name = "FILE", conflicts_with = "hash")]
	file: Option<PathBuf>,
	/// Keccak-256 of what is found there.
	#[arg(long)]
	hash: Option<String>,
	/// Prove with this receipt that the agent was paid.
	#[arg(long, value_name = "BLOCK-INDEX")]
	receipt: Option<ReceiptId>,
}

/// Feedback that was given.
#[derive(Debug, Serialize)]
struct Given {
	agent: u64,
	/// Its number among the client's.
	index: u64,
	paid: bool,
	#[serde(flatten)]
	done: Done,
}

impl Human for Given {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		self.done.human(out)
	}
}

/// Feedback for an agent.
#[derive(Debug, Serialize)]
struct Listed {
	agent: u64,
	feedback: Vec<Feedback>,
}

impl Human for Listed {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.feedback.is_empty() {
			return writeln!(out, "no feedback");
		}
		let mut table = Table::new(&["client", ">number", ">value", "about", "paid", "revoked"]);
		for feedback in &self.feedback {
			let tags = [feedback.tag1.as_str(), feedback.tag2.as_str()];
			table.row(vec![
				feedback.client.to_string(),
				feedback.index.to_string(),
				feedback.value.to_string(),
				tags.into_iter().filter(|tag| !tag.is_empty()).collect::<Vec<_>>().join(", "),
				feedback.paid.map(|paid| format!("{} ({})", paid.amount, paid.receipt)).unwrap_or_default(),
				if feedback.revoked { "yes".into() } else { String::new() },
			]);
		}
		table.write(out)
	}
}

/// A summary of feedback.
#[derive(Debug, Serialize)]
struct Summary {
	agent: u64,
	of: Which,
	/// Nothing, if all feedback together weighs nothing.
	summary: Option<FeedbackSummary>,
}

impl Human for Summary {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		match &self.summary {
			Some(summary) => Fields::new()
				.add("average", summary.average)
				.add("feedback", summary.count)
				.maybe("weight", summary.weight)
				.write(out),
			None => writeln!(out, "no feedback with proof of payment weighs anything"),
		}
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Give(args) => give(*args, context).await,
		Command::Revoke { agent, index } => {
			let included = context.sender().await?.revoke_feedback(agent, index, context.until()).await?;
			context.report(&Done::new(format!("took feedback {index} for agent {agent} back"), &included))
		}
		Command::Respond { agent, client, index, uri, file, hash } => {
			let client = parse_account(&client)?;
			let hash = content_hash(file.as_deref(), hash.as_deref())?;
			let sender = context.sender().await?;
			let included = sender.respond_to_feedback(agent, &client, index, &uri, hash, context.until()).await?;
			context
				.report(&Done::new(format!("responded to feedback {index} of {client} for agent {agent}"), &included))
		}
		Command::List { agent, clients, tag1, tag2, revoked, limit } => {
			let filter = FeedbackFilter { clients: accounts(&clients)?, tag1, tag2, revoked };
			let client = context.client().await?;
			// It must exist: an agent without feedback and no agent would look the same.
			client.agent(agent).await?;
			let feedback = client.feedback(agent, &filter, limit).await?;
			context.report(&Listed { agent, feedback })
		}
		Command::Summary { agent, which, clients, tag1, tag2 } => {
			let clients = accounts(&clients)?;
			if which != Which::Clients && !(clients.is_empty() && tag1.is_empty() && tag2.is_empty()) {
				return Err(Failure::usage("clients and tags choose what a summary of clients covers")
					.with_cure(format!("write `aivm agent feedback summary {agent} clients --client ACCOUNT`")));
			}
			let client = context.client().await?;
			client.agent(agent).await?;
			let summary = match which {
				Which::All => Some(client.summary_all(agent).await?),
				Which::Paid => client.summary_paid(agent).await?,
				Which::Clients => Some(client.summary_of_clients(agent, clients, &tag1, &tag2).await?),
			};
			context.report(&Summary { agent, of: which, summary })
		}
	}
}

async fn give(args: Give, context: &mut Context<'_>) -> Result<(), Failure> {
	let input = FeedbackInput {
		value: args.value,
		tag1: args.tag1,
		tag2: args.tag2,
		endpoint: args.endpoint,
		uri: args.uri,
		hash: content_hash(args.file.as_deref(), args.hash.as_deref())?,
	};
	let sender = context.sender().await?;
	let until = context.until();
	let given = match args.receipt {
		None => sender.give_feedback(args.agent, &input, until).await,
		Some(receipt) => {
			let waiting = context.waiting(format!("waiting until block {} is final", receipt.block));
			let waited = sender.client().wait_for_finality(receipt.block).await;
			waiting.finish_and_clear();
			waited?;
			sender.give_paid_feedback(args.agent, &input, receipt, until).await
		}
	};
	let (index, included) = given?;
	let proof = args.receipt.map(|receipt| format!(" with proof of payment {receipt}")).unwrap_or_default();
	let what = format!("rated agent {} with {}{proof}: feedback {index}", args.agent, args.value);
	context.report(&Given { agent: args.agent, index, paid: args.receipt.is_some(), done: Done::new(what, &included) })
}

fn accounts(texts: &[String]) -> Result<Vec<AccountId>, Failure> {
	texts.iter().map(|text| Ok(parse_account(text)?)).collect()
}
