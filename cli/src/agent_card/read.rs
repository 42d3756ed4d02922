// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Reads a card member by member, so that everything that is missing or of a wrong type is found at once.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{AgentCard, Finding, Registration, Service, Severity, MAX_FILE};

/// The members of a card that the standard knows.
const MEMBERS: [&str; 9] =
	["type", "name", "description", "image", "services", "x402Support", "active", "registrations", "supportedTrust"];

/// Reads a card. What is missing or of a wrong type is empty in it, and reported.
pub fn read(bytes: &[u8]) -> Result<(AgentCard, Vec<Finding>), Finding> {
	let whole = |message: String| Finding { severity: Severity::Error, at: String::new(), message };
	if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_FILE {
		return Err(whole(format!("the card has {} bytes; at most {MAX_FILE} are allowed", bytes.len())));
	}
	let text = std::str::from_utf8(bytes).map_err(|_| whole("the card is not UTF-8 text".into()))?;
	let value: Value = serde_json::from_str(text).map_err(|error| whole(format!("the card is no JSON: {error}")))?;
	let Value::Object(members) = value else {
		return Err(whole("the card is no JSON object".into()));
	};
	let mut reader = Reader::default();
	let card = reader.card(members);
	Ok((card, reader.findings))
}

/// Takes members out of objects and reports those that are not as they should be.
#[derive(Default)]
struct Reader {
	findings: Vec<Finding>,
}

impl Reader {
	fn card(&mut self, mut members: Map<String, Value>) -> AgentCard {
		let members = &mut members;
		let kind = self.text(members, "", "type");
		let name = self.text(members, "", "name");
		let description = self.text(members, "", "description");
		let image = self.optional_text(members, "", "image");
		let services = self.services(members);
		let x402_support = self.flag(members, "x402Support");
		let active = self.flag(members, "active");
		let registrations = self.list(members, "registrations", Self::registration);
		let supported_trust = self.texts(members, "supportedTrust");
		for name in members.keys() {
			if let Some(known) = MEMBERS.iter().find(|known| known.eq_ignore_ascii_case(name)) {
				self.warning(name, format!("is not known; the standard has `{known}`"));
			}
		}
		AgentCard {
			kind,
			name,
			description,
			image,
			services,
			x402_support,
			active,
			registrations,
			supported_trust,
			other: rest(members),
		}
	}

	/// The services, under their name of today or under that of before 2026.
	fn services(&mut self, members: &mut Map<String, Value>) -> Vec<Service> {
		let old = members.remove("endpoints").filter(|old| !old.is_null());
		match (old, members.contains_key("services")) {
			(Some(_), true) => {
				self.warning("endpoints", "is the old name of `services` and is ignored beside it".into())
			}
			(Some(old), false) => {
				self.warning("endpoints", "is the old name of `services`; write that instead".into());
				members.insert("services".into(), old);
			}
			(None, _) => {}
		}
		self.list(members, "services", Self::service)
	}

	fn service(&mut self, at: &str, mut members: Map<String, Value>) -> Service {
		let members = &mut members;
		Service {
			name: self.text(members, at, "name"),
			endpoint: self.text(members, at, "endpoint"),
			version: self.optional_text(members, at, "version"),
			other: rest(members),
		}
	}

	fn registration(&mut self, at: &str, mut members: Map<String, Value>) -> Registration {
		let members = &mut members;
		let path = join(at, "agentId");
		let agent_id = match members.remove("agentId") {
			None | Some(Value::Null) => self.refuse(&path, "is missing".into()),
			Some(Value::Number(number)) => match number.as_u64() {
				Some(number) => Some(number),
				None => self.refuse(&path, format!("is {number}; it must be a whole number from 0 to 2^64 - 1")),
			},
			Some(Value::String(text)) => match text.parse::<u64>() {
				Ok(number) => {
					self.warning(&path, "is a string; the standard has a number".into());
					Some(number)
				}
				Err(_) => self.refuse(&path, format!("is {text:?}; it must be a whole number")),
			},
			Some(other) => self.refuse(&path, format!("is {}; it must be a number", kind(&other))),
		};
		Registration {
			agent_id: agent_id.unwrap_or_default(),
			agent_registry: self.text(members, at, "agentRegistry"),
			other: rest(members),
		}
	}

	/// A text that must be there.
	fn text(&mut self, members: &mut Map<String, Value>, at: &str, name: &str) -> String {
		match members.get(name) {
			None | Some(Value::Null) => {
				members.remove(name);
				self.error(&join(at, name), "is missing".into());
				String::new()
			}
			Some(_) => self.optional_text(members, at, name).unwrap_or_default(),
		}
	}

	fn optional_text(&mut self, members: &mut Map<String, Value>, at: &str, name: &str) -> Option<String> {
		match members.remove(name)? {
			Value::Null => None,
			Value::String(text) => Some(text),
			other => self.refuse(&join(at, name), format!("is {}; it must be a string", kind(&other))),
		}
	}

	fn flag(&mut self, members: &mut Map<String, Value>, name: &str) -> Option<bool> {
		match members.remove(name)? {
			Value::Null => None,
			Value::Bool(flag) => Some(flag),
			other => self.refuse(name, format!("is {}; it must be true or false", kind(&other))),
		}
	}

	/// The elements of an array, with their paths.
	fn array(&mut self, members: &mut Map<String, Value>, name: &str) -> Vec<(String, Value)> {
		let items = match members.remove(name) {
			None | Some(Value::Null) => None,
			Some(Value::Array(items)) => Some(items),
			Some(other) => self.refuse(name, format!("is {}; it must be an array", kind(&other))),
		};
		let items = items.unwrap_or_default().into_iter().enumerate();
		items.map(|(index, item)| (format!("{name}[{index}]"), item)).collect()
	}

	/// What `read` makes of the objects of an array. What is no object is reported, and nothing stands for it.
	fn list<T: Default>(
		&mut self,
		members: &mut Map<String, Value>,
		name: &str,
		read: impl Fn(&mut Self, &str, Map<String, Value>) -> T,
	) -> Vec<T> {
		let mut list = Vec::new();
		for (at, item) in self.array(members, name) {
			list.push(match item {
				Value::Object(members) => read(self, &at, members),
				other => {
					self.error(&at, format!("is {}; it must be an object", kind(&other)));
					T::default()
				}
			});
		}
		list
	}

	/// The strings of an array.
	fn texts(&mut self, members: &mut Map<String, Value>, name: &str) -> Vec<String> {
		let items = self.array(members, name);
		let texts = items.into_iter().map(|(at, item)| match item {
			Value::String(text) => text,
			other => {
				self.error(&at, format!("is {}; it must be a string", kind(&other)));
				String::new()
			}
		});
		texts.collect()
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

/// What no one took out.
fn rest(members: &mut Map<String, Value>) -> BTreeMap<String, Value> {
	std::mem::take(members).into_iter().collect()
}

fn join(at: &str, name: &str) -> String {
	if at.is_empty() {
		name.into()
	} else {
		format!("{at}.{name}")
	}
}

/// What kind of value it is, for messages.
fn kind(value: &Value) -> &'static str {
	match value {
		Value::Null => "null",
		Value::Bool(_) => "true or false",
		Value::Number(_) => "a number",
		Value::String(_) => "a string",
		Value::Array(_) => "an array",
		Value::Object(_) => "an object",
	}
}
