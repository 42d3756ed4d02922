// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What owners let others do, what Ethereum keys sign, and what payers prove, with the real binary and a real node. One test, so
//! that one node serves all of it.

mod common;

use common::{command, wide_program, Answer, Bench};
use k256::ecdsa::SigningKey;
use serde_json::{json, Value};
use sp_crypto_hashing::keccak_256;

const UNIT: u128 = 1_000_000_000_000;

#[test]
fn agents_should_be_run_by_others_and_prove_what_they_say() {
	let bench = Bench::start();
	let agent = register(&bench, "//Alice");
	metadata_should_be_set_read_and_removed(&bench, &agent);
	approved_account_should_act_until_it_is_cleared(&bench, &agent);
	operator_should_act_for_every_agent_until_it_is_removed(&bench, &agent);
	ethereum_wallet_should_be_set_by_its_own_signature_alone(&bench, &agent);
	link_should_be_claimed_by_the_signature_of_ethereums_owner(&bench, &agent);
	paid_feedback_should_be_taken_once_for_each_receipt(&bench);
	calls_should_be_sent_together_within_the_policy(&bench);
}

/// Registers an agent and returns its number.
fn register(bench: &Bench, owner: &str) -> String {
	bench.as_json(owner, &["agent", "register"])["agent"].to_string()
}

fn account(bench: &Bench, suri: &str) -> String {
	bench.json(&["account", "show", suri])["account"].as_str().unwrap().to_owned()
}

fn path(bench: &Bench, name: &str) -> String {
	bench.path(name).to_str().unwrap().to_owned()
}

/// The code with which the chain refuses it.
fn code(answer: &Answer) -> String {
	answer.error(4)["code"].as_str().unwrap().to_owned()
}

fn metadata_should_be_set_read_and_removed(bench: &Bench, agent: &str) {
	let get = || bench.json(&["agent", "metadata", "get", agent])["metadata"].clone();
	assert_eq!(get(), json!([]));
	bench.as_json("//Alice", &["agent", "metadata", "set", agent, "model=digits"]);
	bench.as_json("//Alice", &["agent", "metadata", "set", agent, "bytes=0x00ff"]);
	let one = bench.json(&["agent", "metadata", "get", agent, "bytes"])["metadata"].clone();
	assert_eq!(one, json!([{"key": "bytes", "value": "0x00ff", "text": null}]));
	bench.as_json("//Alice", &["agent", "metadata", "set", agent, "model=language"]);
	let all = get();
	assert!(all.as_array().unwrap().iter().any(|entry| entry["text"] == "language"), "{all}");
	bench.as_json("//Alice", &["agent", "metadata", "remove", agent, "bytes"]);
	assert_eq!(get().as_array().unwrap().len(), 1);
	let missing = bench.run(&["--json", "agent", "metadata", "get", agent, "bytes"]).error(7);
	assert_eq!(missing["code"], "not_found");
	let reserved = bench.run_as("//Alice", &["agent", "metadata", "set", agent, "agentWallet=0x00"]);
	assert_eq!(code(&reserved), "AgentIdentity.ReservedKey");
	let stranger = bench.run_as("//Bob", &["agent", "metadata", "set", agent, "model=mine"]);
	assert_eq!(code(&stranger), "AgentIdentity.NotAuthorized");
	// The registration file moves too, and its owner can take the URI away.
	bench.as_json("//Alice", &["agent", "card", "set", agent, "--uri", "https://ada.example/card.json"]);
	assert_eq!(bench.json(&["agent", "show", agent])["uri"], "https://ada.example/card.json");
	bench.as_json("//Alice", &["agent", "card", "clear", agent]);
	assert_eq!(bench.json(&["agent", "show", agent])["uri"], "");
}

fn approved_account_should_act_until_it_is_cleared(bench: &Bench, agent: &str) {
	let approved = || bench.json(&["agent", "show", agent])["approved"].clone();
	let set = |suri: &str| bench.run_as(suri, &["agent", "metadata", "set", agent, "by=bob"]);
	assert_eq!(approved(), Value::Null);
	bench.as_json("//Alice", &["agent", "approve", agent, "//Bob"]);
	assert_eq!(approved(), json!(account(bench, "//Bob")));
	set("//Bob").json();
	// Who is approved cannot approve others.
	let further = bench.run_as("//Bob", &["agent", "approve", agent, "//Charlie"]);
	assert_eq!(code(&further), "AgentIdentity.NotAuthorized");
	bench.as_json("//Alice", &["agent", "approve", agent, "--clear"]);
	assert_eq!(approved(), Value::Null);
	assert_eq!(code(&set("//Bob")), "AgentIdentity.NotAuthorized");
}

fn operator_should_act_for_every_agent_until_it_is_removed(bench: &Bench, agent: &str) {
	let list = || bench.json(&["agent", "operator", "list", "--owner", "//Alice"])["operators"].clone();
	let set = || bench.run_as("//Dave", &["agent", "metadata", "set", agent, "by=dave"]);
	assert_eq!(list(), json!([]));
	let before = bench.balance("//Alice");
	bench.as_json("//Alice", &["agent", "operator", "add", "//Dave"]);
	assert_eq!(list()[0]["operator"], json!(account(bench, "//Dave")));
	let deposit: u128 = list()[0]["deposit"].as_str().unwrap().parse().unwrap();
	assert_eq!(bench.balance("//Alice").1, before.1 + deposit);
	set().json();
	// An operator can approve, and acts for later agents as well.
	let later = register(bench, "//Alice");
	bench.as_json("//Dave", &["agent", "approve", &later, "//Eve"]);
	bench.as_json("//Dave", &["agent", "metadata", "set", &later, "by=dave"]);
	bench.as_json("//Alice", &["agent", "operator", "remove", "//Dave"]);
	assert_eq!((list(), bench.balance("//Alice").1), (json!([]), before.1));
	assert_eq!(code(&set()), "AgentIdentity.NotAuthorized");
	let own = bench.run_as("//Alice", &["agent", "operator", "add", "//Alice"]);
	assert_eq!(code(&own), "AgentIdentity.InvalidOperator");
}

/// A key of Ethereum, made up for these tests.
struct EthereumKey {
	key: SigningKey,
	address: String,
}

impl EthereumKey {
	fn new(seed: u8) -> Self {
		let key = SigningKey::from_slice(&[seed; 32]).unwrap();
		let public = key.verifying_key().to_encoded_point(false);
		let hash = keccak_256(&public.as_bytes()[1..]);
		Self { key, address: format!("0x{}", hex::encode(&hash[12..])) }
	}

	/// The signature of a digest as wallets give it: `r`, `s`, and `v` with 27 on top.
	fn sign(&self, digest: &Value) -> String {
		let digest = hex::decode(digest.as_str().unwrap().trim_start_matches("0x")).unwrap();
		let (signature, recovery) = self.key.sign_prehash_recoverable(&digest).unwrap();
		format!("0x{}{:02x}", hex::encode(signature.to_bytes()), 27 + recovery.to_byte())
	}
}

fn ethereum_wallet_should_be_set_by_its_own_signature_alone(bench: &Bench, agent: &str) {
	let (own, other) = (EthereumKey::new(7), EthereumKey::new(8));
	let message = bench.json(&["agent", "wallet", "message", agent, &own.address]);
	// What a wallet shows is what is signed.
	let shown = &message["typed_data"];
	assert_eq!(shown["primaryType"], "AgentWalletSet");
	assert_eq!(shown["message"]["agentId"], agent);
	assert_eq!(shown["message"]["newWallet"].as_str().unwrap().to_lowercase(), own.address);
	let deadline = message["deadline"].to_string();
	let set = |agent: &str, proof: &str| {
		let args = ["agent", "wallet", "set", agent, &own.address, "--deadline", &deadline, "--proof", proof];
		bench.run_as("//Alice", &args)
	};
	let proof = own.sign(&message["message"]);
	assert_eq!(code(&set(agent, &other.sign(&message["message"]))), "AgentIdentity.InvalidWalletSig");
	// For another agent of the same owner.
	assert_eq!(code(&set(&register(bench, "//Alice"), &proof)), "AgentIdentity.InvalidWalletSig");
	set(agent, &proof).json();
	let wallet = bench.json(&["agent", "show", agent])["wallet"].clone();
	assert_eq!(wallet.as_str().unwrap().to_lowercase(), own.address);
	let found = bench.json(&["agent", "list", "--wallet", &own.address])["agents"].clone();
	assert_eq!(found[0]["id"].to_string(), agent);
	// The proof is good once.
	bench.as_json("//Alice", &["agent", "wallet", "unset", agent]);
	assert_eq!(code(&set(agent, &proof)), "AgentIdentity.InvalidWalletSig");
}

fn link_should_be_claimed_by_the_signature_of_ethereums_owner(bench: &Bench, agent: &str) {
	let (owner, other) = (EthereumKey::new(9), EthereumKey::new(10));
	let registry = "eip155:1:0x8004A169FB4a3325136EB29fA0ceB6D2e539a432";
	let both = [agent, "--registry", registry, "--id", "22", "--owner", &owner.address];
	let link = |word: &'static str, more: &[&str]| {
		let args: Vec<&str> = ["agent", "link", word].iter().chain(&both).chain(more).copied().collect();
		bench.run_as("//Alice", &args)
	};
	let message = link("message", &[]).json();
	assert_eq!(message["typed_data"]["message"]["agentRegistry"], registry);
	assert_eq!(message["typed_data"]["message"]["nativeAgentId"], agent);
	let deadline = message["deadline"].to_string();
	let set = |signature: &str| link("set", &["--deadline", &deadline, "--signature", signature]);
	assert_eq!(code(&set(&other.sign(&message["digest"]))), "AgentIdentity.InvalidLinkSig");
	set(&owner.sign(&message["digest"])).json();
	let shown = bench.json(&["agent", "link", "show", agent]);
	assert_eq!((&shown["chain_id"], &shown["agent_id"], &shown["proven"]), (&json!(1), &json!("22"), &json!(false)));
	assert_eq!(shown["owner"].as_str().unwrap().to_lowercase(), owner.address);
	assert_eq!(bench.json(&["agent", "show", agent])["link"]["proven"], false, "nothing claims more than was checked");
	assert_eq!(code(&set(&owner.sign(&message["digest"]))), "AgentIdentity.InvalidLinkSig", "it is good once");
	bench.as_json("//Alice", &["agent", "link", "remove", agent]);
	assert_eq!(bench.run(&["--json", "agent", "link", "show", agent]).error(7)["code"], "not_found");
}

/// A model that adds up 64 numbers.
fn publish(bench: &Bench, name: &str, seed: u8) {
	let (file, card) = (path(bench, &format!("{name}.aivm")), path(bench, &format!("{name}.json")));
	std::fs::write(&file, wide_program(64, seed)).unwrap();
	std::fs::write(&card, json!({"name": name, "description": "A layer.", "licence": "MIT"}).to_string()).unwrap();
	bench.as_json("//Dave", &["model", "publish", &file, "--card", &card]);
}

fn paid_feedback_should_be_taken_once_for_each_receipt(bench: &Bench) {
	publish(bench, "rated", 1);
	let row = vec!["1"; 64].join(",");
	// Who makes the block provides; on this chain that is Alice, who owns the agent.
	let agent = register(bench, "//Alice");
	let stranger = register(bench, "//Bob");
	let done = bench.as_json("//Charlie", &["infer", "rated", "--row", &row]);
	let receipt = format!("{}-{}", done["receipt"]["block"], done["receipt"]["index"]);
	let rate = |suri: &str, agent: &str| {
		let give = ["agent", "feedback", "give", agent, "91", "--tag1", "speed", "--receipt", &receipt];
		bench.run_as(suri, &give)
	};
	let paid = || bench.json(&["agent", "feedback", "summary", &agent, "paid"])["summary"].clone();
	assert_eq!(paid(), Value::Null);
	assert_eq!(code(&rate("//Eve", &agent)), "AgentIdentity.NotRequester");
	assert_eq!(code(&rate("//Charlie", &stranger)), "AgentIdentity.NotProvider");
	let given = rate("//Charlie", &agent).json();
	assert_eq!((&given["paid"], &given["index"]), (&json!(true), &json!(1)), "{given}");
	assert_eq!(code(&rate("//Charlie", &agent)), "AgentIdentity.ReceiptUsed");
	// Without a proof it counts in the other summary only.
	bench.as_json("//Eve", &["agent", "feedback", "give", &agent, "1"]);
	assert!(paid()["average"].as_str().unwrap().starts_with("91.0"), "{}", paid());
	assert_eq!(paid()["count"], 1);
	let listed = bench.json(&["agent", "feedback", "list", &agent, "--client", "//Charlie"]);
	assert_eq!(listed["feedback"][0]["paid"]["amount"], done["paid"], "{listed}");
}

fn calls_should_be_sent_together_within_the_policy(bench: &Bench) {
	let file = path(bench, "trader.json");
	bench.json(&["policy", "init", "--template", "trading-with-limits", "--out", &file]);
	let mut policy: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
	policy["destinations"] = "any".into();
	policy["models"] = "any".into();
	policy["max_task_price"] = "10".into();
	policy["max_fee"] = "5".into();
	policy["calls"].as_array_mut().unwrap().push("tasks.infer".into());
	std::fs::write(&file, policy.to_string()).unwrap();

	let registered = bench.as_json("//Alice", &["agent", "register"]);
	let (agent, of_agent) = (registered["agent"].to_string(), registered["account"].as_str().unwrap());
	bench.as_json("//Alice", &["account", "transfer", of_agent, "1000"]);
	bench.as_json("//Alice", &["policy", "set", &agent, &file]);
	let key = path(bench, "trader.key");
	bench.as_json("//Alice", &["session", "add", &agent, "--new", &key, "--for", "1d"]);
	let send = |args: &[&str]| -> Answer {
		let mut command = command(&bench.node.url());
		command.args(["--json", "--key-file", &key, "session", "send"]).args(args).output().unwrap().into()
	};

	// Two payments and an inference in one transaction, which the agent pays.
	let infer = format!("infer rated {}", vec!["2"; 64].join(","));
	let calls = ["transfer //Bob 1", "transfer //Charlie 2.5", &infer];
	let asked = send(&[&calls[..], &["--dry-run"]].concat()).json();
	assert_eq!((&asked["allowed"], &asked["calls"]), (&json!(true), &json!(3)), "{asked}");
	let before = ["//Bob", "//Charlie", of_agent].map(|who| bench.balance(who).0);
	let sent = send(&calls).json();
	let after = ["//Bob", "//Charlie", of_agent].map(|who| bench.balance(who).0);
	assert_eq!((after[0] - before[0], after[1] - before[1]), (UNIT, UNIT * 5 / 2));
	let block = sent["block"]["number"].to_string();
	let receipts = bench.json(&["receipt", "show", &block]);
	let price: u128 = receipts["receipts"][0]["paid"].as_str().unwrap().parse().unwrap();
	let fee: u128 = sent["fee"].as_str().unwrap().parse().unwrap();
	assert_eq!(before[2] - after[2], UNIT * 7 / 2 + price + fee);

	// All or nothing: the second call fails, so the first one is undone; the fee is paid.
	let balances = |who: &str| bench.balance(who).0;
	let bob = balances("//Bob");
	let nobody = format!("transfer {} 0.0000001", account(bench, "//Nobody"));
	let failed = send(&["transfer //Bob 1", &nobody]).error(4);
	assert_eq!(balances("//Bob"), bob, "{failed}");
	// Together they are above the limit, and cost nothing.
	let calls = path(bench, "calls");
	std::fs::write(&calls, "# too much\ntransfer //Bob 60\ntransfer //Charlie 60\n").unwrap();
	let of_agents = balances(of_agent);
	assert_eq!(code(&send(&["--file", &calls])), "AboveTransactionLimit");
	assert_eq!((balances(of_agent), balances("//Bob")), (of_agents, bob));
	let asked = send(&["--file", &calls, "--dry-run"]).json();
	assert_eq!(asked["allowed"], false, "{asked}");
	// An ordinary account sends a batch of its own.
	bench.as_json("//Eve", &["session", "send", "transfer //Bob 1", "transfer //Bob 2"]);
	assert_eq!(balances("//Bob"), bob + 3 * UNIT);
	let nobody = bench.run_as("//Eve", &["session", "send", "transfer //Bob 1", "--dry-run"]);
	assert_eq!(nobody.error(5)["code"], "no_session_key");
}
