// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm agent validate`: what validators say of agents.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{parse_account, Validation, ValidationAnswer, H256};
use clap::Subcommand;
use serde::Serialize;

use super::{content_hash, parse_hash};
use crate::{
	commands::Done,
	layout::{Fields, Table},
	time, Context, Failure, Human,
};

/// Ask validators, answer, and see what they said.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Ask a validator to validate something of an agent.
	Request {
		/// The agent's number.
		agent: u64,
		/// Who is asked.
		validator: String,
		/// Where the request is found.
		#[arg(long)]
		uri: String,
		/// The request, whose hash names it.
		#[arg(long, value_name = "FILE", required_unless_present = "hash", conflicts_with = "hash")]
		file: Option<PathBuf>,
		/// Keccak-256 of the request.
		#[arg(long)]
		hash: Option<String>,
	},
	/// Answer a request for validation.
	Respond {
		/// The agent's number.
		agent: u64,
		/// The request's hash.
		request: String,
		/// 0 to 100.
		#[arg(value_parser = clap::value_parser!(u8).range(0..=100))]
		response: u8,
		/// Where more is found.
		#[arg(long, default_value = "")]
		uri: String,
		/// What is found there, whose hash is pinned.
		#[arg(long, value_name = "FILE", conflicts_with = "hash")]
		file: Option<PathBuf>,
		/// Keccak-256 of what is found there.
		#[arg(long)]
		hash: Option<String>,
		/// What the answer is about.
		#[arg(long, default_value = "")]
		tag: String,
	},
	/// Show the validations of an agent, or one of them.
	Show {
		/// The agent's number.
		agent: u64,
		/// The request's hash.
		request: Option<String>,
		/// At most this many.
		#[arg(long, value_name = "COUNT", default_value_t = 1_000)]
		limit: usize,
	},
	/// Show what a validator was asked.
	Requests {
		/// The validator. Without it, the account of the given key.
		validator: Option<String>,
		/// At most this many.
		#[arg(long, value_name = "COUNT", default_value_t = 1_000)]
		limit: usize,
	},
}

/// A validation that was requested.
#[derive(Debug, Serialize)]
struct Requested {
	agent: u64,
	request_hash: H256,
	#[serde(flatten)]
	done: Done,
}

impl Human for Requested {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		self.done.human(out)?;
		writeln!(out, "request      {:?}", self.request_hash)
	}
}

/// Validations.
#[derive(Debug, Serialize)]
struct Listed {
	validations: Vec<Validation>,
	/// How many of them have a response.
	answered: usize,
	/// The average of their responses, rounded down.
	average: Option<u64>,
}

impl Listed {
	fn new(validations: Vec<Validation>) -> Self {
		let responses: Vec<u64> =
			validations.iter().filter_map(|validation| validation.response.map(u64::from)).collect();
		let count = u64::try_from(responses.len()).unwrap_or(u64::MAX);
		let average = responses.iter().sum::<u64>().checked_div(count);
		Self { answered: responses.len(), average, validations }
	}
}

impl Human for Listed {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.validations.is_empty() {
			return writeln!(out, "no validations");
		}
		let mut table = Table::new(&[">agent", "request", "validator", ">response", "about", "at"]);
		for validation in &self.validations {
			table.row(vec![
				validation.agent.to_string(),
				format!("{:?}", validation.request_hash),
				validation.validator.to_string(),
				response_text(validation),
				validation.tag.clone(),
				time::show_time(validation.last_update),
			]);
		}
		table.write(out)?;
		match self.average {
			Some(average) => writeln!(out, "\naverage of {} responses: {average}", self.answered),
			None => Ok(()),
		}
	}
}

impl Human for Validation {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("agent", self.agent)
			.add("request", format_args!("{:?}", self.request_hash))
			.add("validator", self.validator)
			.add("response", response_text(self))
			.add("about", &self.tag)
			.add("content", format_args!("{:?}", self.response_hash))
			.add("at", time::show_time(self.last_update))
			.write(out)
	}
}

/// The response, or that there is none.
fn response_text(validation: &Validation) -> String {
	validation.response.map_or_else(|| "none yet".into(), |response| response.to_string())
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Request { agent, validator, uri, file, hash } => {
			let validator = parse_account(&validator)?;
			let request_hash = content_hash(file.as_deref(), hash.as_deref())?;
			let sender = context.sender().await?;
			let included = sender.request_validation(agent, &validator, &uri, request_hash, context.until()).await?;
			let done = Done::new(format!("asked {validator} to validate agent {agent}"), &included);
			context.report(&Requested { agent, request_hash, done })
		}
		Command::Respond { agent, request, response, uri, file, hash, tag } => {
			let request = parse_hash(&request)?;
			let answer = ValidationAnswer { response, uri, hash: content_hash(file.as_deref(), hash.as_deref())?, tag };
			let sender = context.sender().await?;
			let included = sender.respond_to_validation(agent, request, &answer, context.until()).await?;
			context.report(&Done::new(format!("answered {response} for agent {agent}"), &included))
		}
		Command::Show { agent, request: Some(request), .. } => {
			let validation = context.client().await?.validation(agent, parse_hash(&request)?).await?;
			context.report(&validation)
		}
		Command::Show { agent, request: None, limit } => {
			let client = context.client().await?;
			// It must exist: an agent without validations and no agent would look the same.
			client.agent(agent).await?;
			context.report(&Listed::new(client.validations(agent, limit).await?))
		}
		Command::Requests { validator, limit } => {
			let validator = match validator {
				Some(validator) => parse_account(&validator)?,
				None => context.signer()?.account(),
			};
			let validations = context.client().await?.validator_requests(&validator, limit).await?;
			context.report(&Listed::new(validations))
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use aivm_client::AccountId;

	#[test]
	fn average_should_count_answers_only() {
		let validation = |response| Validation {
			agent: 0,
			request_hash: H256([0; 32]),
			validator: AccountId::from([0; 32]),
			response,
			response_hash: H256([0; 32]),
			tag: String::new(),
			last_update: 0,
		};
		let listed = Listed::new(vec![validation(Some(100)), validation(None), validation(Some(81))]);
		assert_eq!((listed.answered, listed.average), (2, Some(90)));
		assert_eq!(Listed::new(vec![validation(None)]).average, None);
	}
}
