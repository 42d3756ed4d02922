// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Agent cards: the registration file of ERC-8004, which an agent's URI leads to.
//!
//! | to | use |
//! |---|---|
//! | read a file, and get everything that is wrong with it at once | [`AgentCard::from_bytes`], [`inspect`] |
//! | check a card that was made by hand | [`AgentCard::validate`] |
//! | write it | [`AgentCard::to_json_pretty`] for a file, [`AgentCard::to_json`] for a data URI |
//! | pin it on the chain | [`hash`] of the exact bytes |
//! | put it on the chain as a whole | [`data_uri`] |
//! | see whether a card and the chain agree | [`AgentCard::names`] |

mod check;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use aivm_identifiers::caip;
use base64::{engine::general_purpose::STANDARD, Engine};
use serde::Serialize;
use serde_json::Value;

/// What the member `type` of a card says: ERC-8004's registration file, version 1.
pub const TYPE: &str = "https://eips.ethereum.org/EIPS/eip-8004#registration-v1";
/// Largest card, in bytes.
pub const MAX_FILE: u64 = 256 * 1024;
/// What a URI that holds a card begins with.
const DATA_URI: &str = "data:application/json;base64,";

/// What an agent says of itself. Members that the standard does not know are kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentCard {
	/// [`TYPE`].
	#[serde(rename = "type")]
	pub kind: String,
	/// What people call it.
	pub name: String,
	/// What it does, how, and for how much.
	pub description: String,
	/// URL of a picture.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub image: Option<String>,
	/// Where it can be reached. Files from before 2026 say `endpoints`.
	pub services: Vec<Service>,
	/// Whether it takes payments by x402.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub x402_support: Option<bool>,
	/// Whether it works.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub active: Option<bool>,
	/// Where it is registered.
	pub registrations: Vec<Registration>,
	/// Why it can be trusted. Nothing: the card is only for finding it.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub supported_trust: Vec<String>,
	/// What else the file says.
	#[serde(flatten)]
	pub other: BTreeMap<String, Value>,
}

/// A way to reach an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Service {
	/// The protocol: `web`, `A2A`, `MCP`, `OASF`, `ENS`, `DID`, `email`, or any other.
	pub name: String,
	/// The address; what it looks like depends on the protocol.
	pub endpoint: String,
	/// The version of the protocol.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub version: Option<String>,
	/// What else the file says of it, such as the `skills` and `domains` of OASF.
	#[serde(flatten)]
	pub other: BTreeMap<String, Value>,
}

/// An agent's number in a registry. Both together name the agent for the whole world.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
	/// The agent's number.
	pub agent_id: u64,
	/// The registry, as a CAIP-10 name.
	pub agent_registry: String,
	/// What else the file says of it.
	#[serde(flatten)]
	pub other: BTreeMap<String, Value>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
	/// Others will not understand the card.
	Error,
	/// Others will understand the card, but it may not say what was meant.
	Warning,
}

/// Something that is wrong with a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
	/// How bad it is.
	pub severity: Severity,
	/// Where it is, such as `services[1].endpoint`; empty for the whole.
	pub at: String,
	/// What is wrong, and how it should be.
	pub message: String,
}

impl std::fmt::Display for Finding {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		let severity = match self.severity {
			Severity::Error => "error",
			Severity::Warning => "warning",
		};
		match self.at.as_str() {
			"" => write!(f, "{severity}: {}", self.message),
			at => write!(f, "{severity}: `{at}` {}", self.message),
		}
	}
}

impl AgentCard {
	/// A card that says nothing but this.
	pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
		Self {
			kind: TYPE.into(),
			name: name.into(),
			description: description.into(),
			image: None,
			services: Vec::new(),
			x402_support: None,
			active: None,
			registrations: Vec::new(),
			supported_trust: Vec::new(),
			other: BTreeMap::new(),
		}
	}

	/// Reads and checks a card.
	///
	/// # Errors
	/// Everything that is wrong with it, if one of these things is an error.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, Vec<Finding>> {
		match inspect(bytes) {
			(Some(card), findings) if findings.iter().all(|finding| finding.severity == Severity::Warning) => Ok(card),
			(_, findings) => Err(findings),
		}
	}

	/// Everything that is wrong with the card, in the order of its members.
	pub fn validate(&self) -> Vec<Finding> {
		check::check(self)
	}

	/// The card as a file: indented, with a line feed at its end.
	pub fn to_json_pretty(&self) -> Result<String, serde_json::Error> {
		serde_json::to_string_pretty(self).map(|text| text + "\n")
	}

	/// The card without white space.
	pub fn to_json(&self) -> Result<String, serde_json::Error> {
		serde_json::to_string(self)
	}

	/// Whether the card says that it is that of the agent `agent_id` of `registry`. Another way of writing the same account
	/// is the same registry.
	pub fn names(&self, registry: &caip::AccountId, agent_id: u64) -> bool {
		self.registrations.iter().any(|registration| {
			let stated = registration.agent_registry.parse::<caip::AccountId>();
			registration.agent_id == agent_id && stated.is_ok_and(|stated| same_account(&stated, registry))
		})
	}

	/// Adds a registration, unless the card has it.
	pub fn add_registration(&mut self, registry: &caip::AccountId, agent_id: u64) {
		if !self.names(registry, agent_id) {
			let agent_registry = registry.to_string();
			self.registrations.push(Registration { agent_id, agent_registry, other: BTreeMap::new() });
		}
	}
}

impl Service {
	/// A service without a version.
	pub fn new(name: impl Into<String>, endpoint: impl Into<String>) -> Self {
		Self { name: name.into(), endpoint: endpoint.into(), ..Self::default() }
	}

	/// The same with a version.
	pub fn with_version(mut self, version: impl Into<String>) -> Self {
		self.version = Some(version.into());
		self
	}
}

/// Reads what can be read of a card, and tells everything that is wrong with it. No card comes back if the bytes are no JSON
/// object, or too many.
pub fn inspect(bytes: &[u8]) -> (Option<AgentCard>, Vec<Finding>) {
	let (card, mut findings) = match read::read(bytes) {
		Ok(read) => read,
		Err(finding) => return (None, vec![finding]),
	};
	// What is missing or of a wrong type has been reported, so what stands for it is not.
	let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
	let reported: Vec<String> = errors.map(|finding| finding.at.clone()).collect();
	let is_new = |finding: &Finding| {
		let inside =
			|at: &String| finding.at.strip_prefix(at.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']));
		!reported.iter().any(|at| *at == finding.at || inside(at))
	};
	findings.extend(card.validate().into_iter().filter(is_new));
	(Some(card), findings)
}

/// What the chain keeps of a card: Keccak-256 of the exact bytes that its URI leads to.
pub fn hash(bytes: &[u8]) -> [u8; 32] {
	sp_crypto_hashing::keccak_256(bytes)
}

/// A URI that holds the card itself, so that nothing can go missing.
pub fn data_uri(bytes: &[u8]) -> String {
	format!("{DATA_URI}{}", STANDARD.encode(bytes))
}

/// The bytes that a URI of [`data_uri`] holds, or `None` if it is another URI.
pub fn from_data_uri(uri: &str) -> Option<Vec<u8>> {
	STANDARD.decode(uri.strip_prefix(DATA_URI)?).ok()
}

/// Whether two names are those of one account.
fn same_account(left: &caip::AccountId, right: &caip::AccountId) -> bool {
	if left == right {
		return true;
	}
	match (left.to_polkadot(), right.to_polkadot()) {
		(Ok((left_key, _)), Ok((right_key, _))) => return left.chain() == right.chain() && left_key == right_key,
		(Err(_), Err(_)) => {}
		_ => return false,
	}
	matches!((left.to_eip155(), right.to_eip155()), (Ok(left), Ok(right)) if left == right)
}
