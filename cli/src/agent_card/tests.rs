// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use aivm_identifiers::{
	caip::{agent_registry, eip155_account},
	AccountId32, H160,
};
use serde_json::{json, Value};

use super::*;

const GENESIS: [u8; 32] = [0x91; 32];

/// A card with everything that the standard names, and nothing wrong.
fn example() -> Value {
	json!({
		"type": "https://eips.ethereum.org/EIPS/eip-8004#registration-v1",
		"name": "Ada",
		"description": "Sums up papers.\nOne coin for ten pages.",
		"image": "https://ada.example/ada.png",
		"services": [
			{"name": "web", "endpoint": "https://ada.example/"},
			{"name": "A2A", "endpoint": "https://ada.example/.well-known/agent-card.json", "version": "0.3.0"},
			{"name": "MCP", "endpoint": "https://ada.example/mcp", "version": "2025-06-18"},
			{"name": "OASF", "endpoint": "ipfs://bafkreihash", "version": "0.8", "skills": ["text"], "domains": []},
			{"name": "ENS", "endpoint": "ada.eth"},
			{"name": "DID", "endpoint": "did:web:ada.example"},
			{"name": "email", "endpoint": "ada@ada.example"},
			{"name": "agentWallet", "endpoint": "eip155:1:0x22227A31dd842196A246d8f3b775998560eAa61d"},
			{"name": "chat", "endpoint": "xmpp:ada@ada.example"}
		],
		"x402Support": true,
		"active": true,
		"registrations": [
			{"agentId": 22, "agentRegistry": "eip155:1:0x8004A169FB4a3325136EB29fA0ceB6D2e539a432"},
			{
				"agentId": 0,
				"agentRegistry":
					"polkadot:91b171bb158e2d3848fa23a9f1c25182:5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
			}
		],
		"supportedTrust": ["reputation", "crypto-economic", "tee-attestation"],
		"updatedAt": 1_700_000_000
	})
}

/// The example with another value at a path such as `services/0/name`; `None` takes the member away.
fn with(path: &str, value: Option<Value>) -> Value {
	let mut card = example();
	let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
	let pointer = if parent.is_empty() { String::new() } else { format!("/{parent}") };
	let parent = card.pointer_mut(&pointer).unwrap();
	match (parent, value) {
		(Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
		(Value::Object(members), Some(value)) => drop(members.insert(name.into(), value)),
		(Value::Object(members), None) => drop(members.remove(name).unwrap()),
		_ => panic!("no such member: {path}"),
	}
	card
}

fn bytes(card: &Value) -> Vec<u8> {
	serde_json::to_vec(card).unwrap()
}

/// Everything that is wrong with a card, one line each.
fn findings(card: &Value) -> Vec<String> {
	inspect(&bytes(card)).1.iter().map(Finding::to_string).collect()
}

/// Fails unless exactly one thing is wrong with the example after a change, and the finding says all of `words`.
fn expect(path: &str, value: Option<Value>, words: &[&str]) {
	let got = findings(&with(path, value.clone()));
	assert_eq!(got.len(), 1, "{path} = {value:?}: {got:#?}");
	assert!(words.iter().all(|word| got[0].contains(word)), "{path} = {value:?}: {got:?} lacks one of {words:?}");
}

#[test]
fn card_should_be_accepted_and_come_back_when_nothing_is_wrong() {
	let card = AgentCard::from_bytes(&bytes(&example())).unwrap();
	assert_eq!(card.validate(), []);
	assert_eq!(card.services.len(), 9);
	assert_eq!(card.services[3].other["skills"], json!(["text"]));
	assert_eq!((card.x402_support, card.active), (Some(true), Some(true)));
	assert_eq!(card.registrations[0].agent_id, 22);
	assert_eq!(card.other["updatedAt"], json!(1_700_000_000));
	for text in [card.to_json().unwrap(), card.to_json_pretty().unwrap()] {
		assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), example());
		assert_eq!(AgentCard::from_bytes(text.as_bytes()).unwrap(), card);
	}
	assert!(card.to_json_pretty().unwrap().ends_with("}\n"));
	assert!(card.to_json_pretty().unwrap().starts_with("{\n  \"type\": \"https://eips"));
}

#[test]
fn built_card_should_be_accepted_when_it_is_complete() {
	let registry = agent_registry(&GENESIS, 42, &AccountId32::new([7; 32]));
	let mut card = AgentCard::new("Ada", "Sums up papers.");
	card.image = Some("ipfs://bafkreihash".into());
	card.services.push(Service::new("MCP", "https://ada.example/mcp").with_version("2025-06-18"));
	card.add_registration(&registry, 3);
	assert_eq!(card.validate(), []);
	let text = card.to_json().unwrap();
	assert_eq!(
		text,
		format!(
			"{{\"type\":\"{TYPE}\",\"name\":\"Ada\",\"description\":\"Sums up papers.\",\"image\":\"ipfs://bafkreihash\",\
			\"services\":[{{\"name\":\"MCP\",\"endpoint\":\"https://ada.example/mcp\",\"version\":\"2025-06-18\"}}],\
			\"registrations\":[{{\"agentId\":3,\"agentRegistry\":\"{registry}\"}}]}}"
		)
	);
	assert_eq!(AgentCard::from_bytes(text.as_bytes()).unwrap(), card);
	// A second time is once.
	card.add_registration(&registry, 3);
	assert_eq!(card.registrations.len(), 1);
	card.add_registration(&registry, 4);
	assert_eq!(card.registrations.len(), 2);
}

#[test]
fn all_findings_should_be_told_at_once_when_there_are_many() {
	let card = json!({
		"type": "registration-v1",
		"name": 7,
		"services": [{"endpoint": "http://ada.example"}, 5, {"name": "A2A", "endpoint": "https://u:p@ada.example"}],
		"active": "yes",
		"registrations": [{"agentId": 1}, {"agentRegistry": "eip155:1"}],
		"supportedTrust": ["hope", 1],
	});
	let got = findings(&card);
	let expected = [
		"error: `name` is a number; it must be a string",
		"error: `description` is missing",
		"error: `services[0].name` is missing",
		"error: `services[1]` is a number; it must be an object",
		"error: `active` is a string; it must be true or false",
		"error: `registrations[0].agentRegistry` is missing",
		"error: `registrations[1].agentId` is missing",
		"error: `supportedTrust[1]` is a number; it must be a string",
		"error: `type` is \"registration-v1\"; it must be \"https://eips.ethereum.org/EIPS/eip-8004#registration-v1\"",
		"warning: `image` is missing; wallets and markets show a picture for each agent",
		"warning: `services[2].version` is missing; clients of A2A choose by it",
		"error: `services[2].endpoint` must not hold a user name or password: a card is public",
		"error: `registrations[1].agentRegistry` is \"eip155:1\"; as an account name (CAIP-10), it has one `:` only, so it \
		names no account (CAIP-10: namespace:reference:address)",
		"warning: `supportedTrust[0]` is \"hope\"; the standard knows reputation, crypto-economic, tee-attestation",
	];
	assert_eq!(got, expected);
	let refused = AgentCard::from_bytes(&bytes(&card)).unwrap_err();
	assert_eq!(refused.iter().map(Finding::to_string).collect::<Vec<_>>(), expected);
}

#[test]
fn type_should_be_exact() {
	for other in [
		"https://eips.ethereum.org/EIPS/eip-8004#registration-v2",
		"https://eips.ethereum.org/EIPS/eip-8004#registration-v1 ",
		"http://eips.ethereum.org/EIPS/eip-8004#registration-v1",
		"",
	] {
		expect("type", Some(json!(other)), &["error", "`type`", "#registration-v1"]);
	}
	expect("type", None, &["error", "`type` is missing"]);
	expect("type", Some(Value::Null), &["error", "`type` is missing"]);
}

#[test]
fn members_should_be_reported_when_they_are_missing_or_of_a_wrong_type() {
	for (path, value, words) in [
		("name", None, "is missing"),
		("name", Some(json!("")), "0 bytes"),
		("name", Some(json!("a".repeat(257))), "257 bytes"),
		("name", Some(json!(" Ada")), "one line"),
		("name", Some(json!("A\nda")), "one line"),
		("description", None, "is missing"),
		("description", Some(json!("a".repeat(8_193))), "8193 characters"),
		("description", Some(json!("a\u{7}")), "control characters"),
		("services", Some(json!({})), "is an object; it must be an array"),
		("services/0/name", Some(json!(null)), "is missing"),
		("services/0/endpoint", None, "is missing"),
		("services/1/version", Some(json!(3)), "is a number; it must be a string"),
		("services/3/skills", Some(json!("text")), "array of strings"),
		("services/3/domains", Some(json!([1])), "array of strings"),
		("x402Support", Some(json!("true")), "true or false"),
		("active", Some(json!(1)), "true or false"),
		("registrations/0", Some(json!([])), "is an array; it must be an object"),
		("registrations/0/agentId", Some(json!(-1)), "whole number"),
		("registrations/0/agentId", Some(json!(1.5)), "whole number"),
		("registrations/0/agentId", Some(json!("1e3")), "whole number"),
		("registrations/0/agentId", Some(json!(true)), "must be a number"),
		("registrations/0/agentRegistry", None, "is missing"),
		("supportedTrust", Some(json!("reputation")), "must be an array"),
	] {
		expect(path, value, &["error", &path_of(path), words]);
	}
}

/// How findings write a path.
fn path_of(path: &str) -> String {
	let mut text = String::new();
	for part in path.split('/') {
		match part.parse::<usize>() {
			Ok(index) => text.push_str(&format!("[{index}]")),
			Err(_) if text.is_empty() => text.push_str(part),
			Err(_) => text.push_str(&format!(".{part}")),
		}
	}
	format!("`{text}`")
}

#[test]
fn recommendations_should_be_warnings_when_they_are_not_followed() {
	for (path, value, words) in [
		("image", None, "is missing"),
		("image", Some(json!("ftp://ada.example/ada.png")), "few programs show"),
		("services", None, "nobody can reach"),
		("services", Some(json!([])), "nobody can reach"),
		("services/0/endpoint", Some(json!("http://ada.example/")), "not encrypted"),
		("services/0/endpoint", Some(json!("https://localhost:8080/")), "own machine"),
		("services/0/endpoint", Some(json!("https://127.0.0.2/")), "own machine"),
		("services/0/endpoint", Some(json!("https://[::1]/")), "own machine"),
		("services/1/version", None, "clients of A2A"),
		("services/8/endpoint", Some(json!("call me")), "no URL and no account"),
		("registrations", None, "does not say whose"),
		("registrations/0/agentId", Some(json!("22")), "is a string"),
		("registrations/0/agentId", Some(json!(1u64 << 53)), "2^53"),
		("supportedTrust/0", Some(json!("zkml")), "the standard knows reputation"),
		("supportedTrust/1", Some(json!("reputation")), "same as an earlier one"),
		("X402support", Some(json!(true)), "the standard has `x402Support`"),
	] {
		expect(path, value.clone(), &["warning", words]);
		assert!(AgentCard::from_bytes(&bytes(&with(path, value))).is_ok());
	}
	let mut twice = example();
	let first = twice["services"][0].clone();
	twice["services"].as_array_mut().unwrap().push(first);
	assert_eq!(findings(&twice), ["warning: `services[9]` says the same as an earlier one"]);
	let nearly = with("services/2/name", Some(json!("mcp")));
	assert_eq!(findings(&nearly), ["warning: `services[2].name` is \"mcp\"; the standard writes \"MCP\""]);
	// Absent and empty lists of trust are fine: the card is for discovery only.
	assert_eq!(findings(&with("supportedTrust", None)), Vec::<String>::new());
	assert_eq!(findings(&with("supportedTrust", Some(json!([])))), Vec::<String>::new());
}

#[test]
fn endpoints_should_have_the_form_of_their_protocol() {
	for (service, endpoint, words) in [
		(0, "ada.example", "no URL"),
		(0, "https://", "no URL"),
		(0, "https:// ada.example", "white space"),
		(0, "https://ada.example/\n", "white space"),
		(0, "https://ada.example/ü", "ASCII"),
		(0, "", "1 to 2048"),
		(0, "https://ada:secret@ada.example/", "password"),
		(0, "https://ada@ada.example/", "password"),
		(0, "javascript:alert(1)", "needs https:"),
		(1, "ipfs://bafkreihash", "needs https:"),
		(1, "https://ada.example/{agentId}", "fill in"),
		(2, "mailto:ada@ada.example", "needs https:"),
		(3, "ipfs://{cid}", "fill in"),
		(3, "bafkreihash", "no URL"),
		(4, "ada", "such as agent.eth"),
		(4, "ada..eth", "such as agent.eth"),
		(4, "https://ada.eth", "such as agent.eth"),
		(4, "ada .eth", "such as agent.eth"),
		(4, "{name}.eth", "such as agent.eth"),
		(5, "web:ada.example", "did:web:example.org"),
		(5, "did:Web:ada", "did:web:example.org"),
		(5, "did:web:", "did:web:example.org"),
		(5, "did::ada", "did:web:example.org"),
		(6, "ada", "agent@example.org"),
		(6, "@ada.example", "agent@example.org"),
		(6, "ada@", "agent@example.org"),
		(6, "ada@b@c", "agent@example.org"),
		(6, "a da@ada.example", "agent@example.org"),
		(8, "", "0 bytes"),
		(8, "a\nb", "one line"),
		(8, "xmpp:{jid}", "fill in"),
		(8, "wss://ada:secret@ada.example/", "password"),
		(8, "https://ada.example/ ", "white space"),
	] {
		let path = format!("services/{service}/endpoint");
		expect(&path, Some(json!(endpoint)), &["error", &path_of(&path), words]);
	}
	let long = format!("https://ada.example/{}", "a".repeat(2_048 - 20));
	assert_eq!(findings(&with("services/0/endpoint", Some(json!(long)))), Vec::<String>::new());
	expect("services/0/endpoint", Some(json!(long + "a")), &["error", "2048"]);
	let mailto = json!("mailto:ada@ada.example");
	assert_eq!(findings(&with("services/6/endpoint", Some(mailto))), Vec::<String>::new());
	expect("image", Some(json!("ada.png")), &["error", "`image`", "no URL"]);
	expect("image", Some(json!("https://ada.example/{id}.png")), &["error", "`image`", "fill in"]);
	let inline = json!(format!("data:image/png;base64,{}", "A".repeat(10_000)));
	assert_eq!(findings(&with("image", Some(inline))), Vec::<String>::new());
}

#[test]
fn registries_should_be_accounts_that_can_exist() {
	for (registry, words) in [
		("{namespace}:{chainId}:{identityRegistry}", "fill in"),
		("0x8004A169FB4a3325136EB29fA0ceB6D2e539a432", "CAIP-2"),
		("eip155:1:0x8004A169FB4a3325136EB29fA0ceB6D2e539a433", "checksum"),
		("eip155:1:0x8004A169FB4a3325136EB29fA0ceB6D2e539a4", "40 hexadecimal"),
		("eip155:one:0x8004A169FB4a3325136EB29fA0ceB6D2e539a432", "chain number"),
		("polkadot:91b171bb:5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "genesis hash"),
		("polkadot:91b171bb158e2d3848fa23a9f1c25182:5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ", "SS58"),
	] {
		let path = "registrations/0/agentRegistry";
		expect(path, Some(json!(registry)), &["error", &path_of(path), words]);
	}
	for registry in [
		"eip155:1:0x8004a169fb4a3325136eb29fa0ceb6d2e539a432",
		"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv",
		"starknet:SN_MAIN:0x02dd1b492765c064eac4039e3841aa5f382773b598097a40073bd8b48170ab57",
	] {
		let card = with("registrations/0/agentRegistry", Some(json!(registry)));
		assert_eq!(findings(&card), Vec::<String>::new(), "{registry}");
	}
	// The same twice, written in two ways.
	let mut twice = example();
	twice["registrations"]
		.as_array_mut()
		.unwrap()
		.push(json!({"agentId": 22, "agentRegistry": "eip155:1:0x8004a169fb4a3325136eb29fa0ceb6d2e539a432"}));
	assert_eq!(findings(&twice), ["warning: `registrations[2]` says the same as an earlier one"]);
}

#[test]
fn card_should_name_an_agent_when_registry_and_number_are_those_of_the_chain() {
	let card = AgentCard::from_bytes(&bytes(&example())).unwrap();
	let ethereum = |number, first| {
		let mut address = [0; 20];
		address.copy_from_slice(&hex::decode("8004A169FB4a3325136EB29fA0ceB6D2e539a432").unwrap());
		address[0] = first;
		eip155_account(number, H160(address))
	};
	assert!(card.names(&ethereum(1, 0x80), 22));
	assert!(!card.names(&ethereum(1, 0x80), 21));
	assert!(!card.names(&ethereum(1, 0x81), 22));
	assert!(!card.names(&ethereum(2, 0x80), 22));

	let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
	let native = |chain: &str, key: &str| format!("polkadot:{chain}:{key}").parse::<caip::AccountId>().unwrap();
	assert!(card.names(&native("91b171bb158e2d3848fa23a9f1c25182", alice), 0));
	// The same account with another prefix.
	let other = "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5";
	assert!(card.names(&native("91b171bb158e2d3848fa23a9f1c25182", other), 0));
	assert!(!card.names(&native("91b171bb158e2d3848fa23a9f1c25183", alice), 0));
	assert!(!card.names(&native("91b171bb158e2d3848fa23a9f1c25182", alice), 22));
}

#[test]
fn old_cards_should_be_read_and_written_with_todays_name() {
	let mut old = example();
	let services = old.as_object_mut().unwrap().remove("services").unwrap();
	old["endpoints"] = services;
	let card = AgentCard::from_bytes(&bytes(&old)).unwrap();
	assert_eq!(serde_json::from_str::<Value>(&card.to_json().unwrap()).unwrap(), example());
	assert_eq!(findings(&old), ["warning: `endpoints` is the old name of `services`; write that instead"]);
	// Both: today's counts.
	let mut both = example();
	both["endpoints"] = json!([{"name": "web", "endpoint": "https://old.example/"}]);
	assert_eq!(AgentCard::from_bytes(&bytes(&both)).unwrap(), card);
	assert_eq!(findings(&both), ["warning: `endpoints` is the old name of `services` and is ignored beside it"]);
	assert_eq!(findings(&with("endpoints", Some(Value::Null))), Vec::<String>::new());
}

#[test]
fn sizes_should_be_bounded() {
	let padded = |length: usize| {
		let mut text = bytes(&example());
		text.resize(length, b' ');
		text
	};
	assert!(AgentCard::from_bytes(&padded(262_144)).is_ok());
	let (card, findings) = inspect(&padded(262_145));
	assert!(card.is_none());
	assert_eq!(findings[0].to_string(), "error: the card has 262145 bytes; at most 262144 are allowed");

	// A card made by hand that becomes too large when it is written.
	let mut large = AgentCard::from_bytes(&bytes(&example())).unwrap();
	large.image = Some(format!("data:image/png;base64,{}", "A".repeat(262_144)));
	let findings = large.validate();
	assert_eq!(findings.len(), 1);
	assert!(findings[0].to_string().contains("at most 262144"));

	for (name, entry) in [("services", "services/0"), ("registrations", "registrations/0"), ("supportedTrust", "")] {
		let entries: Vec<Value> = (0..65)
			.map(|index| match example().pointer(&format!("/{entry}")) {
				Some(Value::Object(entry)) if name == "services" => {
					let mut entry = entry.clone();
					entry.insert("endpoint".into(), json!(format!("https://ada.example/{index}")));
					Value::Object(entry)
				}
				Some(Value::Object(entry)) if name == "registrations" => {
					let mut entry = entry.clone();
					entry.insert("agentId".into(), json!(index));
					Value::Object(entry)
				}
				_ => json!(format!("trust {index}")),
			})
			.collect();
		let got = self::findings(&with(name, Some(json!(entries))));
		assert!(got.contains(&format!("error: `{name}` has 65 entries; at most 64 are allowed")), "{got:?}");
		assert!(!self::findings(&with(name, Some(json!(entries[..64])))).iter().any(|line| line.contains("entries")));
	}
}

#[test]
fn bytes_should_be_refused_when_they_are_no_json_object() {
	for (bytes, words) in [
		(&b""[..], "no JSON"),
		(b"{", "no JSON"),
		(b"[]", "no JSON object"),
		(b"null", "no JSON object"),
		(b"{} {}", "no JSON"),
		(b"{\"name\": NaN}", "no JSON"),
		(b"\xff{}", "not UTF-8"),
		(b"\xef\xbb\xbf{}", "no JSON"),
	] {
		let (card, findings) = inspect(bytes);
		assert!(card.is_none());
		assert_eq!(findings.len(), 1);
		assert!(findings[0].to_string().contains(words), "{findings:?}");
		assert_eq!(AgentCard::from_bytes(bytes), Err(findings));
	}
	// Nested deeper than a stack should have to bear.
	let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
	assert!(AgentCard::from_bytes(deep.as_bytes()).unwrap_err()[0].message.contains("recursion"));
}

#[test]
fn every_member_should_survive_every_kind_of_value() {
	let kinds = [
		Value::Null,
		json!(true),
		json!(-1),
		json!(1e300),
		json!(""),
		json!("{x}"),
		json!("::"),
		json!([]),
		json!([null]),
		json!([[]]),
		json!({}),
		json!({"name": {}}),
		json!([{"name": "A2A", "agentId": [], "endpoint": 0, "agentRegistry": {}}]),
	];
	let example = example();
	let mut paths: Vec<String> = example.as_object().unwrap().keys().cloned().collect();
	for list in ["services", "registrations"] {
		for (index, entry) in example[list].as_array().unwrap().iter().enumerate() {
			paths.push(format!("{list}/{index}"));
			paths.extend(entry.as_object().unwrap().keys().map(|name| format!("{list}/{index}/{name}")));
		}
	}
	for path in paths {
		for kind in &kinds {
			let bytes = bytes(&with(&path, Some(kind.clone())));
			let (card, findings) = inspect(&bytes);
			let card = card.unwrap();
			match AgentCard::from_bytes(&bytes) {
				// What is accepted is accepted again after it was written.
				Ok(same) => {
					assert_eq!(same, card);
					assert_eq!(AgentCard::from_bytes(card.to_json().unwrap().as_bytes()), Ok(card));
				}
				Err(same) => assert_eq!(same, findings),
			}
		}
	}
}

#[test]
fn hash_should_be_keccak_256_of_the_exact_bytes() {
	assert_eq!(hex::encode(hash(b"")), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
	let text = bytes(&example());
	let mut spaced = text.clone();
	spaced.push(b'\n');
	assert_ne!(hash(&text), hash(&spaced));
}

#[test]
fn data_uri_should_hold_the_exact_bytes() {
	assert_eq!(data_uri(b"{}\n"), "data:application/json;base64,e30K");
	assert_eq!(data_uri(b"{\"a\":1}"), "data:application/json;base64,eyJhIjoxfQ==");
	for bytes in [&b""[..], b"{}", &bytes(&example()), &[0, 255, 254]] {
		assert_eq!(from_data_uri(&data_uri(bytes)).as_deref(), Some(bytes));
	}
	for other in ["", "https://ada.example", "data:application/json,{}", "data:application/json;base64,e30", "e30="] {
		assert_eq!(from_data_uri(other), None, "{other}");
	}
}
