// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm agent show` and `aivm agent list`.

use std::io::{self, Write};

use aivm_client::{parse_account, AgentFilter, AgentInfo, Amount, HexBytes, LinkInfo, Wallet};
use serde::Serialize;

use super::card::shorten;
use crate::{
	agent_card::{self, AgentCard},
	layout::{Fields, Table},
	Context, Failure, Human,
};

/// List agents.
#[derive(Debug, clap::Args)]
pub struct List {
	/// Only those of this account.
	#[arg(long, value_name = "ACCOUNT", conflicts_with_all = ["mine", "wallet"])]
	owner: Option<String>,
	/// Only those of the given key.
	#[arg(long, conflicts_with = "wallet")]
	mine: bool,
	/// Only those that are paid there: an account, or an Ethereum address.
	#[arg(long, value_name = "WALLET")]
	wallet: Option<String>,
	/// At most this many.
	#[arg(long, value_name = "COUNT", default_value_t = 1_000)]
	limit: usize,
}

/// Agents.
#[derive(Debug, Serialize)]
struct Agents {
	agents: Vec<AgentInfo>,
}

impl Human for Agents {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.agents.is_empty() {
			return writeln!(out, "no agents");
		}
		let mut table = Table::new(&[">agent", "owner", ">feedback", ">validations", "found at"]);
		for agent in &self.agents {
			table.row(vec![
				agent.id.to_string(),
				agent.owner.to_string(),
				agent.feedback.to_string(),
				agent.validations.to_string(),
				shorten(&agent.uri),
			]);
		}
		table.write(out)
	}
}

/// An entry of an agent's metadata.
#[derive(Debug, Serialize)]
pub struct Entry {
	pub key: String,
	pub value: HexBytes,
	/// The value, if it is text.
	text: Option<String>,
}

impl Entry {
	/// An entry as the chain has it.
	pub fn new((key, value): (String, HexBytes)) -> Self {
		let text = std::str::from_utf8(&value).ok().filter(|text| !text.chars().any(char::is_control));
		Self { key, text: text.map(str::to_owned), value }
	}

	/// The value as text if it is text, otherwise as bytes.
	pub fn value_text(&self) -> String {
		self.text.clone().unwrap_or_else(|| self.value.to_string())
	}
}

/// An agent.
#[derive(Debug, Serialize)]
struct Shown {
	#[serde(flatten)]
	agent: AgentInfo,
	/// The registry's name for the whole world.
	registry: String,
	/// What the agent's account can pay with.
	spendable: Amount,
	metadata: Vec<Entry>,
	link: Option<LinkInfo>,
	/// The name in the registration file, if the file is on the chain.
	#[serde(skip_serializing_if = "Option::is_none")]
	name: Option<String>,
	/// Whether the registration file is the pinned one, if it is on the chain.
	#[serde(skip_serializing_if = "Option::is_none")]
	card_matches: Option<bool>,
}

impl Human for Shown {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let agent = &self.agent;
		let found = if agent.uri.is_empty() { "nowhere yet".into() } else { shorten(&agent.uri) };
		let mut fields = Fields::new()
			.add(
				"agent",
				format_args!("{}{}", agent.id, self.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default()),
			)
			.add("owner", agent.owner)
			.add("account", agent.account)
			.add("spendable", self.spendable)
			.add("found at", found)
			.maybe("card", agent.card_hash.map(|hash| format!("{hash:?}")))
			.maybe(
				"card on chain",
				self.card_matches.map(|same| if same { "is the pinned one" } else { "IS NOT the pinned one" }),
			)
			.add("paid at", agent.wallet.as_ref().map_or_else(|| "no wallet".into(), Wallet::to_string))
			.maybe("proposed wallet", agent.proposed_wallet)
			.maybe("approved", agent.approved)
			.add("feedback", format_args!("{} by {} clients", agent.feedback, agent.clients))
			.add("validations", agent.validations)
			.add("transfers", agent.transfers)
			.add("registry", &self.registry)
			.add("on hold", agent.deposit);
		if let Some(link) = &self.link {
			fields = fields.add("also", link_text(link));
		}
		fields.write(out)?;
		if !self.metadata.is_empty() {
			writeln!(out)?;
			let mut table = Table::new(&["metadata", "value"]);
			for entry in &self.metadata {
				table.row(vec![entry.key.clone(), shorten(&entry.value_text())]);
			}
			table.write(out)?;
		}
		Ok(())
	}
}

/// A link in words. Nothing claims more than was checked.
pub fn link_text(link: &LinkInfo) -> String {
	let ethereum = &link.ethereum;
	let state = if link.proven { "proven" } else { "claimed, not proven" };
	format!(
		"agent {} of eip155:{}:{}, owned by {} ({state})",
		ethereum.agent_id, ethereum.chain_id, ethereum.registry, ethereum.owner
	)
}

/// Shows one agent.
pub async fn show(agent: u64, context: &mut Context<'_>) -> Result<(), Failure> {
	let client = context.client().await?;
	let info = client.agent(agent).await?;
	let metadata = client.agent_metadata(agent).await?;
	let inline = agent_card::from_data_uri(&info.uri);
	let card = inline.as_deref().and_then(|bytes| AgentCard::from_bytes(bytes).ok());
	let card_matches = inline.as_deref().zip(info.card_hash).map(|(bytes, hash)| agent_card::hash(bytes) == hash.0);
	context.report(&Shown {
		registry: client.agent_registry().await?.to_string(),
		spendable: client.balance(&info.account).await?.spendable,
		metadata: metadata.into_iter().map(Entry::new).collect(),
		link: client.agent_link(agent).await?,
		name: card.map(|card| card.name),
		card_matches,
		agent: info,
	})
}

/// Lists agents.
pub async fn list(args: List, context: &mut Context<'_>) -> Result<(), Failure> {
	let filter = match (&args.owner, args.mine, &args.wallet) {
		(Some(owner), _, _) => AgentFilter::Owner(parse_account(owner)?),
		(None, true, _) => AgentFilter::Owner(context.signer()?.account()),
		(None, false, Some(wallet)) => AgentFilter::Wallet(wallet.parse()?),
		(None, false, None) => AgentFilter::All,
	};
	let agents = context.client().await?.agents(&filter, args.limit).await?;
	context.report(&Agents { agents })
}
