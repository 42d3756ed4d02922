// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm agent card`: registration files.

use std::{
	io::{self, Write},
	path::{Path, PathBuf},
};

use aivm_client::H256;
use clap::Subcommand;
use serde::Serialize;

use super::MAX_URI;
use crate::{
	agent_card::{self, AgentCard, Service, Severity},
	commands::Done,
	files,
	layout::Fields,
	Context, Exit, Failure, Human,
};

/// Make and check registration files, and pin them.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Make a registration file.
	New(Box<New>),
	/// Check a registration file, and show its hash.
	Check {
		/// The file.
		file: PathBuf,
		/// Also compare it with what the chain says of this agent.
		#[arg(long, value_name = "AGENT")]
		agent: Option<u64>,
	},
	/// Say where the registration file of an agent is found, and pin its hash.
	Set {
		/// The agent's number.
		agent: u64,
		#[command(flatten)]
		place: Place,
	},
	/// Say that the agent has no registration file.
	Clear {
		/// The agent's number.
		agent: u64,
	},
}

/// Make a registration file.
#[derive(Debug, clap::Args)]
struct New {
	/// What people call the agent.
	#[arg(long)]
	name: String,
	/// What it does, how, and for how much.
	#[arg(long)]
	description: String,
	/// URL of a picture.
	#[arg(long, value_name = "URL")]
	image: Option<String>,
	/// A way to reach it, such as A2A@0.3.0=https://ada.example/agent.json. May be repeated.
	#[arg(long = "service", value_name = "NAME[@VERSION]=ENDPOINT", value_parser = service)]
	services: Vec<Service>,
	/// Why it can be trusted, such as reputation. May be repeated.
	#[arg(long = "trust", value_name = "KIND")]
	trust: Vec<String>,
	/// It takes payments by x402.
	#[arg(long)]
	x402: bool,
	/// It does not work yet, or not any more.
	#[arg(long)]
	inactive: bool,
	/// Add the registration of this agent of the chain.
	#[arg(long, value_name = "AGENT")]
	agent: Option<u64>,
	/// The file to write.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// Where a registration file is found.
#[derive(Debug, clap::Args)]
pub struct Place {
	/// The registration file, which is checked and whose hash is pinned.
	#[arg(long, value_name = "FILE")]
	card: Option<PathBuf>,
	/// Where others find it.
	#[arg(long, conflicts_with = "inline")]
	uri: Option<String>,
	/// Put the whole file on the chain, as a data URI.
	#[arg(long, requires = "card")]
	inline: bool,
}

/// What the chain is told of a registration file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pinned {
	/// Where it is found.
	pub uri: Option<String>,
	/// Its hash.
	pub hash: Option<H256>,
}

impl Place {
	/// Checks the file and takes its hash.
	pub fn pin(&self, context: &mut Context<'_>) -> Result<Pinned, Failure> {
		let bytes = self.card.as_deref().map(|path| checked(path, context)).transpose()?;
		let uri = match (&bytes, self.inline) {
			(Some((bytes, _)), true) => Some(agent_card::data_uri(bytes)),
			_ => self.uri.clone(),
		};
		if let Some(uri) = uri.as_ref().filter(|uri| uri.len() > MAX_URI) {
			return Err(Failure::bad_input(format!("the URI has {} bytes; the chain takes {MAX_URI}", uri.len()))
				.with_cure("publish the file elsewhere, for example on IPFS, and give --uri"));
		}
		Ok(Pinned { uri, hash: bytes.map(|(_, hash)| hash) })
	}
}

/// The bytes and the hash of a file without errors.
fn checked(path: &Path, context: &mut Context<'_>) -> Result<(Vec<u8>, H256), Failure> {
	let bytes = files::read(path, "registration file", agent_card::MAX_FILE)?;
	let (_, findings) = agent_card::inspect(&bytes);
	let (errors, warnings): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| finding.severity == Severity::Error);
	for warning in warnings {
		context.note(warning);
	}
	if !errors.is_empty() {
		let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
		return Err(Failure::bad_input(format!("the registration file {}: {}", path.display(), all.join("; ")))
			.with_cure("correct it, or make one with `aivm agent card new`"));
	}
	let hash = H256(agent_card::hash(&bytes));
	Ok((bytes, hash))
}

/// What is known of a file.
#[derive(Debug, Serialize)]
struct Checked {
	file: PathBuf,
	name: Option<String>,
	/// Keccak-256 of the file, as the chain keeps it.
	hash: H256,
	bytes: usize,
	/// Whether it is small enough for `--inline`.
	fits_inline: bool,
	findings: Vec<Found>,
	/// Whether the chain pins this file for the agent, if one was named.
	#[serde(skip_serializing_if = "Option::is_none")]
	pinned: Option<bool>,
	/// Whether the file says that it is the agent's, if one was named.
	#[serde(skip_serializing_if = "Option::is_none")]
	names_agent: Option<bool>,
}

/// Something that is wrong with a file.
#[derive(Debug, Serialize)]
struct Found {
	severity: &'static str,
	at: String,
	message: String,
}

impl Human for Checked {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let yes_no = |yes: bool| if yes { "yes" } else { "no" };
		Fields::new()
			.add("file", self.file.display())
			.maybe("name", self.name.as_ref())
			.add("hash", format_args!("{:?}", self.hash))
			.add("size", format_args!("{} bytes", self.bytes))
			.add("fits inline", yes_no(self.fits_inline))
			.maybe("pinned by the agent", self.pinned.map(yes_no))
			.maybe("names the agent", self.names_agent.map(yes_no))
			.write(out)?;
		if self.findings.is_empty() {
			return writeln!(out, "\nnothing is wrong with it");
		}
		writeln!(out)?;
		for found in &self.findings {
			match found.at.as_str() {
				"" => writeln!(out, "{}: {}", found.severity, found.message)?,
				at => writeln!(out, "{}: `{at}` {}", found.severity, found.message)?,
			}
		}
		Ok(())
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::New(args) => new(*args, context).await,
		Command::Check { file, agent } => check(file, agent, context).await,
		Command::Set { agent, place } => {
			let pinned = place.pin(context)?;
			let uri = pinned.uri.unwrap_or_default();
			if uri.is_empty() {
				return Err(Failure::usage("where the file is found was not given")
					.with_cure("give --uri or --inline, or take the file away with `aivm agent card clear`"));
			}
			let sender = context.sender().await?;
			let waiting = context.waiting("sending".into());
			let included = sender.set_agent_uri(agent, &uri, pinned.hash, context.until()).await;
			waiting.finish_and_clear();
			let hash = pinned.hash.map(|hash| format!(", hash {hash:?}")).unwrap_or_default();
			context.report(&Done::new(format!("agent {agent} is found at {}{hash}", shorten(&uri)), &included?))
		}
		Command::Clear { agent } => {
			let included = context.sender().await?.set_agent_uri(agent, "", None, context.until()).await?;
			context.report(&Done::new(format!("agent {agent} has no registration file"), &included))
		}
	}
}

async fn new(args: New, context: &mut Context<'_>) -> Result<(), Failure> {
	let mut card = AgentCard::new(args.name, args.description);
	card.image = args.image;
	card.services = args.services;
	card.supported_trust = args.trust;
	card.x402_support = args.x402.then_some(true);
	card.active = Some(!args.inactive);
	if let Some(agent) = args.agent {
		let client = context.client().await?;
		// It must exist, so that the file names nothing that is not there.
		client.agent(agent).await?;
		card.add_registration(&client.agent_registry().await?, agent);
	}
	let errors: Vec<String> =
		card.validate().iter().filter(|finding| finding.severity == Severity::Error).map(ToString::to_string).collect();
	if !errors.is_empty() {
		return Err(Failure::bad_input(errors.join("; ")).with_cure("correct the options"));
	}
	let text = card
		.to_json_pretty()
		.map_err(|error| Failure::internal(format!("the registration file cannot be written: {error}")))?;
	files::write(&args.out, "registration file", text.as_bytes())?;
	check(args.out, args.agent, context).await
}

async fn check(file: PathBuf, agent: Option<u64>, context: &mut Context<'_>) -> Result<(), Failure> {
	let bytes = files::read(&file, "registration file", agent_card::MAX_FILE)?;
	let (card, findings) = agent_card::inspect(&bytes);
	let hash = H256(agent_card::hash(&bytes));
	let (mut pinned, mut names_agent) = (None, None);
	if let Some(agent) = agent {
		let client = context.client().await?;
		pinned = Some(client.agent(agent).await?.card_hash == Some(hash));
		let registry = client.agent_registry().await?;
		names_agent = Some(card.as_ref().is_some_and(|card| card.names(&registry, agent)));
	}
	let broken = findings.iter().any(|finding| finding.severity == Severity::Error);
	let findings = findings.into_iter().map(|finding| Found {
		severity: if finding.severity == Severity::Error { "error" } else { "warning" },
		at: finding.at,
		message: finding.message,
	});
	context.report(&Checked {
		name: card.map(|card| card.name),
		hash,
		bytes: bytes.len(),
		fits_inline: agent_card::data_uri(&bytes).len() <= MAX_URI,
		findings: findings.collect(),
		pinned,
		names_agent,
		file: file.clone(),
	})?;
	// What is wrong is shown in any case; the exit code says whether all is well.
	if broken {
		return Err(Failure::new(
			Exit::BadInput,
			"bad_card",
			format!("the registration file {} has errors", file.display()),
		)
		.with_cure("correct what is listed"));
	}
	Ok(())
}

/// Reads `A2A@0.3.0=https://ada.example/agent.json`.
fn service(text: &str) -> Result<Service, String> {
	let (name, endpoint) = text
		.split_once('=')
		.ok_or("write NAME=ENDPOINT or NAME@VERSION=ENDPOINT, for example web=https://ada.example/")?;
	let service = match name.split_once('@') {
		Some((name, version)) => Service::new(name, endpoint).with_version(version),
		None => Service::new(name, endpoint),
	};
	if service.name.is_empty() || service.endpoint.is_empty() {
		return Err("the name or the endpoint is missing; write NAME=ENDPOINT".into());
	}
	Ok(service)
}

/// The beginning of a long text.
pub fn shorten(text: &str) -> String {
	const MOST: usize = 80;
	if text.chars().count() <= MOST {
		return text.to_owned();
	}
	let beginning: String = text.chars().take(MOST).collect();
	format!("{beginning}…")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn service_should_be_read_with_and_without_a_version() {
		let a2a = service("A2A@0.3.0=https://ada.example/a=b").unwrap();
		assert_eq!((a2a.name.as_str(), a2a.version.as_deref()), ("A2A", Some("0.3.0")));
		assert_eq!(a2a.endpoint, "https://ada.example/a=b");
		assert_eq!(service("email=ada@ada.example").unwrap(), Service::new("email", "ada@ada.example"));
		for text in ["", "web", "=x", "web="] {
			assert!(service(text).is_err(), "{text}");
		}
	}

	#[test]
	fn shorten_should_cut_long_texts_only() {
		assert_eq!(shorten("short"), "short");
		assert_eq!(shorten(&"é".repeat(81)).chars().count(), 81);
	}
}
