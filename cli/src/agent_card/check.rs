// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The rules for cards. Where the standard only recommends something, breaking it is a warning.

use aivm_identifiers::caip::{self, EIP155, POLKADOT};
use serde_json::Value;
use url::{Host, Url};

use super::{same_account, AgentCard, Finding, Registration, Service, Severity, MAX_FILE, TYPE};

/// Longest URL, in bytes.
const MAX_URL: usize = 2_048;
/// Most services, and most registrations.
const MAX_ENTRIES: usize = 64;
/// Largest number that every JSON reader keeps exactly.
const MAX_INTEGER: u64 = (1 << 53) - 1;
/// The protocols that the standard names, and whether their versions matter.
const PROTOCOLS: [(&str, bool); 7] =
	[("web", false), ("A2A", true), ("MCP", true), ("OASF", true), ("ENS", false), ("DID", false), ("email", false)];
/// The kinds of trust that the standard names.
const TRUST: [&str; 3] = ["reputation", "crypto-economic", "tee-attestation"];

/// Everything that is wrong with a card.
pub fn check(card: &AgentCard) -> Vec<Finding> {
	let mut checker = Checker::default();
	checker.card(card);
	checker.findings
}

#[derive(Default)]
struct Checker {
	findings: Vec<Finding>,
}

impl Checker {
	fn card(&mut self, card: &AgentCard) {
		if card.kind != TYPE {
			self.error("type", format!("is {:?}; it must be {TYPE:?}", shorten(&card.kind)));
		}
		self.line("name", &card.name, 256);
		self.prose("description", &card.description);
		match &card.image {
			None => self.warning("image", "is missing; wallets and markets show a picture for each agent".into()),
			Some(image) => self.image(image),
		}
		self.services(&card.services);
		self.registrations(&card.registrations);
		self.trust(&card.supported_trust);
		match card.to_json() {
			Ok(text) if u64::try_from(text.len()).unwrap_or(u64::MAX) <= MAX_FILE => {}
			Ok(text) => self.error("", format!("the card has {} bytes; at most {MAX_FILE} are allowed", text.len())),
			Err(error) => self.error("", format!("the card cannot be written: {error}")),
		}
	}

	fn image(&mut self, image: &str) {
		// A picture inside the card is as long as it is; the card as a whole has a limit.
		if image.starts_with("data:image/") {
			return;
		}
		if let Some(url) = self.url("image", image) {
			if !["https", "http", "ipfs", "ar"].contains(&url.scheme()) {
				self.warning("image", format!("is a URL with {}:, which few programs show", url.scheme()));
			}
		}
	}

	fn services(&mut self, services: &[Service]) {
		if services.is_empty() {
			self.warning("services", "is empty, so nobody can reach the agent".into());
		}
		self.count("services", services.len());
		for (index, service) in services.iter().enumerate().take(MAX_ENTRIES) {
			let at = format!("services[{index}]");
			self.service(&at, service);
			let same = |other: &&Service| other.name == service.name && other.endpoint == service.endpoint;
			if services.iter().take(index).any(|other| same(&other)) {
				self.warning(&at, "says the same as an earlier one".into());
			}
		}
	}

	fn service(&mut self, at: &str, service: &Service) {
		let name = format!("{at}.name");
		self.line(&name, &service.name, 64);
		let known = PROTOCOLS.iter().find(|(known, _)| *known == service.name);
		let nearly = PROTOCOLS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&service.name));
		if let (None, Some((nearly, _))) = (known, nearly) {
			self.warning(&name, format!("is {:?}; the standard writes {nearly:?}", service.name));
		}
		match &service.version {
			Some(version) => self.line(&format!("{at}.version"), version, 64),
			None if known.is_some_and(|(_, versioned)| *versioned) => {
				let message = format!("is missing; clients of {} choose by it", service.name);
				self.warning(&format!("{at}.version"), message);
			}
			None => {}
		}
		self.endpoint(&format!("{at}.endpoint"), service);
		for name in ["skills", "domains"] {
			let texts = |list: &Vec<Value>| list.iter().all(Value::is_string);
			if service.other.get(name).is_some_and(|value| !value.as_array().is_some_and(texts)) {
				self.error(&format!("{at}.{name}"), "must be an array of strings".into());
			}
		}
	}

	fn endpoint(&mut self, at: &str, service: &Service) {
		let endpoint = service.endpoint.as_str();
		match service.name.as_str() {
			"web" | "A2A" | "MCP" => {
				let Some(url) = self.url(at, endpoint) else { return };
				match url.scheme() {
					"https" => {}
					"http" => self.warning(at, "is not encrypted; use https".into()),
					scheme => self.error(at, format!("is a URL with {scheme}:; {} needs https:", service.name)),
				}
				let local = match url.host() {
					Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
					Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
					Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unspecified(),
					None => false,
				};
				if local {
					self.warning(at, "can be reached from the agent's own machine only".into());
				}
			}
			"OASF" => {
				self.url(at, endpoint);
			}
			"ENS" => {
				let label = |label: &str| {
					!label.is_empty() && !label.chars().any(|character| character.is_whitespace() || character == '/')
				};
				let good = endpoint.len() <= 255 && endpoint.contains('.') && endpoint.split('.').all(label);
				self.shape(at, endpoint, good && is_filled_in(endpoint), "a name such as agent.eth");
			}
			"DID" => {
				let good =
					endpoint.strip_prefix("did:").and_then(|rest| rest.split_once(':')).is_some_and(|(method, id)| {
						let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
						!method.is_empty() && method.bytes().all(lower) && is_graphic(id, MAX_URL)
					});
				self.shape(at, endpoint, good && is_filled_in(endpoint), "an identifier such as did:web:example.org");
			}
			"email" => {
				let address = endpoint.strip_prefix("mailto:").unwrap_or(endpoint);
				let good = is_graphic(address, 254)
					&& address.split_once('@').is_some_and(|(local, domain)| {
						!local.is_empty() && !domain.is_empty() && !domain.contains('@')
					});
				self.shape(at, endpoint, good && is_filled_in(endpoint), "an address such as agent@example.org");
			}
			_ if endpoint.parse::<caip::AccountId>().is_ok() => {}
			_ if !is_filled_in(endpoint) => {
				self.placeholder::<()>(at, endpoint);
			}
			_ => match Url::parse(endpoint) {
				Ok(_) => {
					self.url(at, endpoint);
				}
				// It may be anything, but something.
				Err(_) => match line_fault(endpoint, MAX_URL) {
					Some(fault) => self.error(at, fault),
					None => self.warning(at, format!("is {:?}, which is no URL and no account", shorten(endpoint))),
				},
			},
		}
	}

	fn registrations(&mut self, registrations: &[Registration]) {
		if registrations.is_empty() {
			let message =
				"is empty, so the card does not say whose it is; add the agent's number once it is registered";
			self.warning("registrations", message.into());
		}
		self.count("registrations", registrations.len());
		let mut earlier: Vec<(u64, caip::AccountId)> = Vec::new();
		for (index, registration) in registrations.iter().enumerate().take(MAX_ENTRIES) {
			let at = format!("registrations[{index}]");
			if registration.agent_id > MAX_INTEGER {
				let message = "is 2^53 or more, which many programs do not read exactly";
				self.warning(&format!("{at}.agentId"), message.into());
			}
			let Some(registry) = self.registry(&format!("{at}.agentRegistry"), &registration.agent_registry) else {
				continue;
			};
			if earlier.iter().any(|(id, other)| *id == registration.agent_id && same_account(other, &registry)) {
				self.warning(&at, "says the same as an earlier one".into());
			}
			earlier.push((registration.agent_id, registry));
		}
	}

	/// A registry must be an account as CAIP-10 writes it, and one that can exist if its namespace is known.
	fn registry(&mut self, at: &str, text: &str) -> Option<caip::AccountId> {
		if !is_filled_in(text) {
			return self.placeholder(at, text);
		}
		let account = text.parse::<caip::AccountId>().and_then(|account| {
			match account.chain().namespace() {
				POLKADOT => account.to_polkadot().map(|_| ())?,
				EIP155 => account.to_eip155().map(|_| ())?,
				_ => {}
			}
			Ok(account)
		});
		match account {
			Ok(account) => Some(account),
			Err(error) => self.refuse(at, format!("is {:?}; as an account name (CAIP-10), {error}", shorten(text))),
		}
	}

	fn trust(&mut self, trust: &[String]) {
		self.count("supportedTrust", trust.len());
		for (index, kind) in trust.iter().enumerate().take(MAX_ENTRIES) {
			let at = format!("supportedTrust[{index}]");
			self.line(&at, kind, 64);
			if !TRUST.contains(&kind.as_str()) {
				self.warning(&at, format!("is {:?}; the standard knows {}", shorten(kind), TRUST.join(", ")));
			} else if trust.iter().take(index).any(|other| other == kind) {
				self.warning(&at, "says the same as an earlier one".into());
			}
		}
	}

	/// A URL as it stands, without the repairs that browsers make.
	fn url(&mut self, at: &str, text: &str) -> Option<Url> {
		if !is_filled_in(text) {
			return self.placeholder(at, text);
		}
		if !is_graphic(text, MAX_URL) {
			let message = format!("must be a URL of 1 to {MAX_URL} ASCII characters without white space");
			return self.refuse(at, message);
		}
		let url = match Url::parse(text) {
			Ok(url) => url,
			Err(error) => return self.refuse(at, format!("is {:?}, which is no URL: {error}", shorten(text))),
		};
		if !url.username().is_empty() || url.password().is_some() {
			return self.refuse(at, "must not hold a user name or password: a card is public".into());
		}
		Some(url)
	}

	fn placeholder<T>(&mut self, at: &str, text: &str) -> Option<T> {
		self.refuse(at, format!("is {:?}; fill in what is in braces", shorten(text)))
	}

	fn shape(&mut self, at: &str, text: &str, good: bool, example: &str) {
		if !good {
			self.error(at, format!("is {:?}; it must be {example}", shorten(text)));
		}
	}

	fn count(&mut self, at: &str, number: usize) {
		if number > MAX_ENTRIES {
			self.error(at, format!("has {number} entries; at most {MAX_ENTRIES} are allowed"));
		}
	}

	/// A line of text.
	fn line(&mut self, at: &str, text: &str, most: usize) {
		if let Some(fault) = line_fault(text, most) {
			self.error(at, fault);
		}
	}

	/// Text of several lines.
	fn prose(&mut self, at: &str, text: &str) {
		let length = text.chars().count();
		if !(1..=8_192).contains(&length) {
			self.error(at, format!("has {length} characters; 1 to 8192 are allowed"));
		} else if text.chars().any(|character| character.is_control() && character != '\n') {
			self.error(at, "must not have control characters but line feeds".into());
		}
	}

	/// Reports an error, and gives `None` for what is not there because of it.
	fn refuse<T>(&mut self, at: &str, message: String) -> Option<T> {
		self.error(at, message);
		None
	}

	fn error(&mut self, at: &str, message: String) {
		self.findings.push(Finding { severity: Severity::Error, at: at.into(), message });
	}

	fn warning(&mut self, at: &str, message: String) {
		self.findings.push(Finding { severity: Severity::Warning, at: at.into(), message });
	}
}

/// What is wrong with one line of text without white space at its ends.
fn line_fault(text: &str, most: usize) -> Option<String> {
	if !(1..=most).contains(&text.len()) {
		return Some(format!("has {} bytes; 1 to {most} are allowed", text.len()));
	}
	let bad = text.trim() != text || text.chars().any(char::is_control);
	bad.then(|| "must be one line without control characters, and without white space at its ends".into())
}

/// Whether nothing is left of a template such as `{agentId}`.
fn is_filled_in(text: &str) -> bool {
	!text.contains(['{', '}'])
}

/// Whether it is ASCII without white space, of 1 to `most` bytes.
fn is_graphic(text: &str, most: usize) -> bool {
	(1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The beginning of a text, for messages.
fn shorten(text: &str) -> String {
	match text.char_indices().nth(100) {
		Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
		None => text.into(),
	}
}
