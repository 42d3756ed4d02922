// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm session`: keys that act for an agent, within its policy.

mod send;

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{
	parse_account, write_key_file, AccountId, Amount, CallNames, Client, Expiry, Policy, SessionKey, Signature, Signer,
	H256,
};
use clap::Subcommand;
use serde::Serialize;

use super::Done;
use crate::{
	layout::{Fields, Table},
	policy_file::PolicyFile,
	time, Context, Exit, Failure, Human,
};

/// Add, list and take back keys that act for an agent.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Let a key act for an agent. Signed by the agent's owner.
	///
	/// With --new or --session-key, this machine has the key and proves it at once. Otherwise who has it runs `aivm session
	/// sign` with the same end, and the owner gives --key and --proof.
	Add(Box<Add>),
	/// List the session keys of an agent.
	List {
		/// The agent's number.
		agent: u64,
	},
	/// Take a key back for good. Signed by the agent's owner.
	Revoke {
		/// The agent's number.
		agent: u64,
		/// The key's account.
		key: String,
	},
	Send(send::Send),
	/// Sign, with the session key, that its holder agrees to act for an agent.
	Sign {
		/// The agent's number.
		agent: u64,
		#[command(flatten)]
		end: End,
		/// Who owns the agent and will add the key. Without it, who owns the agent now.
		#[arg(long, value_name = "ACCOUNT")]
		owner: Option<String>,
	},
}

/// Let a key act for an agent.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("holder").required(true).args(["new", "session_key", "key"])))]
struct Add {
	/// The agent's number.
	agent: u64,
	/// Make a new key and write it to this file.
	#[arg(long, value_name = "FILE")]
	new: Option<PathBuf>,
	/// The key file of the session key. Its account must not have been used for anything.
	#[arg(long, value_name = "FILE")]
	session_key: Option<PathBuf>,
	/// The account of a session key that somebody else has.
	#[arg(long, value_name = "ACCOUNT", requires = "proof")]
	key: Option<String>,
	/// What `aivm session sign` showed for that key.
	#[arg(long, value_name = "HEX", requires = "key")]
	proof: Option<String>,
	#[command(flatten)]
	end: End,
	/// A policy file with tighter limits for this key. Without it, the agent's own policy as it is now.
	#[arg(long, value_name = "FILE")]
	restriction: Option<PathBuf>,
	/// Take this key back in the same transaction.
	#[arg(long, value_name = "ACCOUNT")]
	replace: Option<String>,
}

/// When a key stops to work.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct End {
	/// The key works until this time, such as 2027-01-01T00:00:00Z.
	#[arg(long, value_name = "TIME", value_parser = time::parse_time)]
	until: Option<u64>,
	/// The key works until this block.
	#[arg(long, value_name = "BLOCK")]
	until_block: Option<u32>,
	/// The key works for so long from now, such as 30d or 12h.
	#[arg(long = "for", value_name = "DURATION", value_parser = time::parse_duration)]
	duration: Option<u64>,
}

impl End {
	/// The end in the form that is signed.
	async fn expiry(&self, client: &Client) -> Result<Expiry, Failure> {
		match (self.until, self.until_block, self.duration) {
			(Some(time), _, _) => Ok(Expiry::Time(time)),
			(None, Some(block), _) => Ok(Expiry::Block(block)),
			(None, None, Some(duration)) => Ok(Expiry::Time(client.chain_time().await?.saturating_add(duration))),
			(None, None, None) => Err(Failure::usage("when the key ends was not given")
				.with_cure("give --until TIME, --until-block BLOCK or --for DURATION")),
		}
	}
}

/// An end in words.
fn expiry_text(expiry: Expiry) -> String {
	match expiry {
		Expiry::Block(block) => format!("block {block}"),
		Expiry::Time(seconds) => time::show_time(seconds),
	}
}

/// A session key that was added.
#[derive(Debug, Serialize)]
struct Added {
	agent: u64,
	key: AccountId,
	expiry: Expiry,
	#[serde(skip_serializing_if = "Option::is_none")]
	file: Option<PathBuf>,
	#[serde(flatten)]
	done: Done,
}

impl Human for Added {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		self.done.human(out)?;
		match &self.file {
			Some(file) => writeln!(out, "key file     {}", file.display()),
			None => Ok(()),
		}
	}
}

/// A proof that `session add` takes.
#[derive(Debug, Serialize)]
struct Signed {
	agent: u64,
	owner: AccountId,
	key: AccountId,
	expiry: Expiry,
	proof: Signature,
}

impl Human for Signed {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("key", self.key)
			.add("agent", self.agent)
			.add("owner", self.owner)
			.add("ends", expiry_text(self.expiry))
			.add("proof", self.proof)
			.write(out)?;
		let end = match self.expiry {
			Expiry::Block(block) => format!("--until-block {block}"),
			Expiry::Time(seconds) => format!("--until {}", time::show_time(seconds)),
		};
		writeln!(out, "\nThe owner: aivm session add {} --key {} {end} --proof {}", self.agent, self.key, self.proof)
	}
}

/// The session keys of an agent.
#[derive(Debug, Serialize)]
struct Listed {
	agent: u64,
	keys: Vec<Key>,
}

/// A session key.
#[derive(Debug, Serialize)]
struct Key {
	key: AccountId,
	expiry: Option<Expiry>,
	/// `active`, or why it is refused.
	state: &'static str,
	/// What the agent's account has on hold for it.
	deposit: Amount,
	/// What it may do at most, besides the agent's policy.
	restriction: Option<PolicyFile>,
	/// The hash of that, which receipts pin.
	restriction_hash: Option<H256>,
}

impl Key {
	fn new(found: &SessionKey, names: &CallNames, transfers: u32, now: u64, block: u32) -> Self {
		let state = match &found.grant {
			None => "removed",
			Some(grant) if grant.transfers != transfers => "the agent was transferred",
			Some(grant) => match grant.expiry {
				Expiry::Block(end) if end <= block => "expired",
				Expiry::Time(end) if end <= now => "expired",
				Expiry::Block(_) | Expiry::Time(_) => "active",
			},
		};
		Self {
			key: found.key,
			expiry: found.grant.as_ref().map(|grant| grant.expiry),
			state,
			deposit: found.deposit,
			restriction: found.grant.as_ref().map(|grant| PolicyFile::from_policy(&grant.restriction, names)),
			restriction_hash: found.grant.as_ref().map(|grant| grant.hash),
		}
	}
}

impl Human for Listed {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.keys.is_empty() {
			return writeln!(out, "no session keys");
		}
		let mut table = Table::new(&["key", "ends", "state", ">on hold"]);
		for key in &self.keys {
			table.row(vec![
				key.key.to_string(),
				key.expiry.map(expiry_text).unwrap_or_default(),
				key.state.into(),
				key.deposit.to_string(),
			]);
		}
		table.write(out)
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Add(args) => add(*args, context).await,
		Command::List { agent } => {
			let client = context.client().await?;
			let info = client.agent(agent).await?;
			let names = client.call_names().await?;
			let (now, block) = (client.chain_time().await?, client.best().await?.number);
			let keys = client.session_keys(agent).await?;
			let keys = keys.iter().map(|key| Key::new(key, &names, info.transfers, now, block)).collect();
			context.report(&Listed { agent, keys })
		}
		Command::Revoke { agent, key } => {
			let key = parse_account(&key)?;
			let sender = context.sender().await?;
			let waiting = context.waiting("sending".into());
			let included = sender.remove_session_key(agent, &key, context.until()).await;
			waiting.finish_and_clear();
			context.report(&Done::new(format!("{key} cannot act for agent {agent} any more"), &included?))
		}
		Command::Send(args) => send::run(args, context).await,
		Command::Sign { agent, end, owner } => {
			let signer = context.signer()?;
			let owner = owner.as_deref().map(parse_account).transpose()?;
			let client = context.client().await?;
			let owner = match owner {
				Some(owner) => owner,
				None => client.agent(agent).await?.owner,
			};
			let expiry = end.expiry(&client).await?;
			let proof = signer.prove_session_key(&client, agent, &owner, expiry).await?;
			context.report(&Signed { agent, owner, key: signer.account(), expiry, proof })
		}
	}
}

async fn add(args: Add, context: &mut Context<'_>) -> Result<(), Failure> {
	let agent = args.agent;
	let replaced = args.replace.as_deref().map(parse_account).transpose()?;
	let restriction = args.restriction.as_deref().map(PolicyFile::read).transpose()?;
	let here = match (&args.new, &args.session_key) {
		(Some(path), _) => {
			let (signer, phrase) = Signer::generate()?;
			// Before anything is sent: a key that nobody has would act for nobody.
			write_key_file(path, &phrase, &signer.account())?;
			Some(signer)
		}
		(None, Some(path)) => Some(Signer::from_file(path)?),
		(None, None) => None,
	};
	let sender = context.sender().await?;
	let client = sender.client();
	let expiry = args.end.expiry(client).await?;
	let restriction = match restriction {
		Some(file) => file.resolve(client).await?,
		None => own_policy(client, agent).await?,
	};
	let (key, proof) = match &here {
		Some(signer) => (signer.account(), signer.prove_session_key(client, agent, &sender.account(), expiry).await?),
		None => {
			if args.end.duration.is_some() {
				return Err(Failure::usage("the end must be the one that was signed, which --for does not say")
					.with_cure("give --until or --until-block as `aivm session sign` showed it"));
			}
			(parse_account(&args.key.unwrap_or_default())?, args.proof.unwrap_or_default().parse()?)
		}
	};
	let until = context.until();
	let waiting = context.waiting("sending".into());
	let included = match &replaced {
		None => sender.add_session_key(agent, &key, expiry, &restriction, proof, until).await,
		Some(old) => sender.rotate_session_key(agent, old, &key, expiry, &restriction, proof, until).await,
	};
	waiting.finish_and_clear();
	let instead = replaced.map(|old| format!(" instead of {old}")).unwrap_or_default();
	let what = format!("{key} can act for agent {agent} until {}{instead}", expiry_text(expiry));
	context.report(&Added { agent, key, expiry, file: args.new, done: Done::new(what, &included?) })
}

/// The agent's policy, as a restriction that changes nothing now.
async fn own_policy(client: &Client, agent: u64) -> Result<Policy, Failure> {
	let found = client.policy(agent).await?.ok_or_else(|| {
		Failure::new(Exit::NotFound, "not_found", format!("agent {agent} has no policy, which would restrict the key"))
			.with_cure("set one with `aivm policy set`, or give --restriction FILE")
	})?;
	Ok(found.policy)
}

#[cfg(test)]
mod tests {
	use super::*;
	use aivm_client::Grant;

	fn key(expiry: Expiry, transfers: u32) -> SessionKey {
		let grant = Some(Grant { expiry, restriction: Policy::default(), hash: H256::zero(), transfers });
		SessionKey { key: AccountId::from([1; 32]), agent: 7, deposit: Amount(5), grant }
	}

	fn state(found: &SessionKey) -> &'static str {
		Key::new(found, &CallNames::default(), 2, 1_000, 50).state
	}

	#[test]
	fn state_should_say_why_a_key_is_refused() {
		assert_eq!(state(&key(Expiry::Block(51), 2)), "active");
		assert_eq!(state(&key(Expiry::Block(50), 2)), "expired");
		assert_eq!(state(&key(Expiry::Time(1_001), 2)), "active");
		assert_eq!(state(&key(Expiry::Time(1_000), 2)), "expired");
		assert_eq!(state(&key(Expiry::Time(1_001), 1)), "the agent was transferred");
		assert_eq!(state(&SessionKey { grant: None, ..key(Expiry::Block(51), 2) }), "removed");
	}

	#[test]
	fn signed_should_show_the_command_of_the_owner() {
		let signed = Signed {
			agent: 7,
			owner: AccountId::from([2; 32]),
			key: AccountId::from([1; 32]),
			expiry: Expiry::Time(1_798_761_600),
			proof: Signature::Sr25519([3; 64]),
		};
		let mut out = Vec::new();
		signed.human(&mut out).unwrap();
		let text = String::from_utf8(out).unwrap();
		assert!(text.contains("session add 7") && text.contains("--until 2027-01-01T00:00:00Z"), "{text}");
		let json = serde_json::to_value(&signed).unwrap();
		assert_eq!(json["expiry"]["time"], 1_798_761_600);
		assert!(json["proof"].as_str().unwrap().starts_with("0x0103"));
	}
}
