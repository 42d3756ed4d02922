// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Agents from registration to limits that hold, with the real binary and a real node. One test, so that one node serves all
//! of it.

mod common;

use aivm_client::parse_account;
use codec::{Compact, Encode};
use common::{command, wide_program, Answer, Bench};
use serde_json::{json, Value};

const UNIT: u128 = 1_000_000_000_000;

#[test]
fn agent_should_act_within_its_limits_and_not_beyond() {
	let bench = Bench::start();
	let agent = Agent::register(&bench);
	cards_should_be_made_checked_and_pinned(&bench, &agent);
	let key = session_key_should_be_added(&bench, &agent);
	allowed_transfer_should_be_paid_by_the_agent(&bench, &agent, &key);
	transfers_beyond_the_policy_should_be_refused_and_cost_nothing(&bench, &agent, &key);
	verdicts_should_be_those_of_the_pool(&bench, &agent);
	payments_in_a_batch_should_be_added_up(&bench);
	frozen_agent_should_do_nothing(&bench, &agent, &key);
	policy_should_tighten_at_once_and_loosen_later(&bench, &agent, &key);
	keys_should_be_exchanged_between_two_machines(&bench, &agent, &key);
	inference_should_be_paid_by_the_agent(&bench);
	unbounded_call_should_be_measured_and_undone(&bench);
	reputation_should_be_given_and_summed_up(&bench, &agent);
	validations_should_be_asked_for_and_answered(&bench, &agent);
	wallets_should_agree(&bench, &agent);
	links_should_need_a_signature(&bench, &agent);
	owner_should_get_the_money_back_and_hand_the_agent_over(&bench);
}

/// An agent of //Alice.
struct Agent {
	number: String,
	account: String,
}

impl Agent {
	fn register(bench: &Bench) -> Self {
		let registered = bench.as_json("//Alice", &["agent", "register", "--metadata", "model=digits"]);
		Self { number: registered["agent"].to_string(), account: registered["account"].as_str().unwrap().to_owned() }
	}

	/// An agent with money, a policy, and a session key in a file.
	fn with_key(bench: &Bench, name: &str, policy: &str) -> (Self, String) {
		let agent = Self::register(bench);
		bench.as_json("//Alice", &["account", "transfer", &agent.account, "100"]);
		bench.as_json("//Alice", &["policy", "set", &agent.number, policy]);
		let key = path(bench, &format!("{name}.key"));
		bench.as_json("//Alice", &["session", "add", &agent.number, "--new", &key, "--for", "1d"]);
		(agent, key)
	}
}

fn path(bench: &Bench, name: &str) -> String {
	bench.path(name).to_str().unwrap().to_owned()
}

/// Runs the binary with a key file, and nothing else that could sign.
fn run_with_key(bench: &Bench, key: &str, args: &[&str]) -> Answer {
	command(&bench.node.url()).args(["--json", "--key-file", key]).args(args).output().unwrap().into()
}

fn amount(value: &Value) -> u128 {
	value.as_str().unwrap_or_else(|| panic!("{value} is no amount")).parse().unwrap()
}

/// Fails unless a command is refused with this code and nobody's balance changes.
fn refused(bench: &Bench, agent: &Agent, key: &str, code: &str, args: &[&str]) {
	let accounts = [agent.account.as_str(), "//Bob", "//Charlie"];
	let before = accounts.map(|account| bench.balance(account));
	let error = run_with_key(bench, key, args).error(4);
	assert_eq!(error["code"], code, "{error}");
	assert!(error["cure"].is_string(), "{error}");
	assert_eq!(accounts.map(|account| bench.balance(account)), before, "{code}");
}

fn cards_should_be_made_checked_and_pinned(bench: &Bench, agent: &Agent) {
	let file = path(bench, "card.json");
	let number = agent.number.as_str();
	let services = ["--service", "A2A@0.3.0=https://ada.example/agent.json", "--service", "web=https://ada.example/"];
	let mut args = vec!["agent", "card", "new", "--name", "Ada", "--description", "Sums up papers."];
	args.extend(services);
	args.extend(["--agent", number, "--out", &file]);
	let made = bench.json(&args);
	assert_eq!((&made["names_agent"], &made["pinned"]), (&json!(true), &json!(false)), "{made}");

	bench.as_json("//Alice", &["agent", "card", "set", number, "--card", &file, "--inline"]);
	let checked = bench.json(&["agent", "card", "check", &file, "--agent", number]);
	assert_eq!((&checked["pinned"], &checked["hash"]), (&json!(true), &made["hash"]));

	let shown = bench.json(&["agent", "show", number]);
	assert_eq!((&shown["name"], &shown["card_matches"]), (&json!("Ada"), &json!(true)));
	assert_eq!(shown["card_hash"], made["hash"]);
	assert_eq!(shown["metadata"][0]["text"], "digits");
	assert!(shown["registry"].as_str().unwrap().starts_with("polkadot:"));
	assert!(bench.run(&["agent", "show", number]).out.contains("Ada"));

	let mine = bench.as_json("//Alice", &["agent", "list", "--mine"]);
	assert!(mine["agents"].as_array().unwrap().iter().any(|found| found["id"].as_u64() == number.parse().ok()));
	assert_eq!(bench.json(&["agent", "list", "--owner", "//Eve"])["agents"], json!([]));
	assert_eq!(bench.run(&["--json", "agent", "show", "999"]).error(7)["code"], "not_found");

	std::fs::write(&file, "{}").unwrap();
	let broken = bench.run(&["--json", "agent", "card", "check", &file]);
	assert_eq!(broken.error(5)["code"], "bad_card");
	assert!(broken.out.contains("\"error\""), "{broken:?}");
	bench.run_as("//Alice", &["agent", "card", "set", number, "--card", &file, "--inline"]).error(5);
}

fn session_key_should_be_added(bench: &Bench, agent: &Agent) -> String {
	let (number, file) = (agent.number.as_str(), path(bench, "policy.json"));
	let init = ["policy", "init", "--template", "payments-only", "--out", &file];
	let made = bench.json(&init);
	assert_eq!(made["open"].as_array().unwrap().len(), 1, "{made}");
	assert_eq!(
		bench.run(&["--json", "policy", "init", "--template", "read-only", "--out", &file]).error(5)["code"],
		"file_exists"
	);
	let mut args = init.to_vec();
	args.extend(["--destination", "//Bob", "--force"]);
	assert_eq!(bench.json(&args)["open"], json!([]));

	assert_eq!(bench.run(&["--json", "policy", "show", number]).error(7)["code"], "not_found");
	let set = bench.as_json("//Alice", &["policy", "set", number, &file]);
	assert_eq!((&set["in_force"], &set["version"]), (&json!("now"), &json!(1)), "{set}");

	// What the chain has is what the file says, in the same form.
	let shown = bench.json(&["policy", "show", number]);
	let written: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
	assert_eq!(shown["policy"], written);
	assert_eq!((&shown["hash"], &shown["pending"]), (&set["hash"], &Value::Null));

	let key = path(bench, "session.key");
	let added = bench.as_json("//Alice", &["session", "add", number, "--new", &key, "--for", "1d"]);
	let keys = bench.json(&["session", "list", number]);
	assert_eq!(keys["keys"][0]["key"], added["key"]);
	assert_eq!(keys["keys"][0]["state"], "active");
	assert_eq!(keys["keys"][0]["restriction"], written);
	key
}

fn allowed_transfer_should_be_paid_by_the_agent(bench: &Bench, agent: &Agent, key: &str) {
	// An agent without money is told so, by its own account.
	let poor = run_with_key(bench, key, &["account", "transfer", "//Bob", "0.5"]).error(4);
	assert_eq!(poor["code"], "insufficient_balance", "{poor}");
	assert!(poor["cause"].as_str().unwrap().contains(&agent.account), "{poor}");

	bench.as_json("//Alice", &["account", "transfer", &agent.account, "50"]);
	let (before, bob) = (bench.balance(&agent.account), bench.balance("//Bob"));
	let sent = run_with_key(bench, key, &["account", "transfer", "//Bob", "0.5"]).json();
	let paid = UNIT / 2 + amount(&sent["fee"]);
	assert_eq!(bench.balance(&agent.account), (before.0 - paid, before.1));
	assert_eq!(bench.balance("//Bob"), (bob.0 + UNIT / 2, bob.1));
	let account = bench.json(&["session", "list", &agent.number])["keys"][0]["key"].as_str().unwrap().to_owned();
	assert_eq!(bench.balance(&account), (0, 0), "the key needs no money");

	let shown = bench.json(&["policy", "show", &agent.number]);
	assert_eq!(amount(&shown["spent"][0]["lifetime"]), paid);
}

fn transfers_beyond_the_policy_should_be_refused_and_cost_nothing(bench: &Bench, agent: &Agent, key: &str) {
	refused(bench, agent, key, "AboveTransactionLimit", &["account", "transfer", "//Bob", "1.5"]);
	refused(bench, agent, key, "DestinationNotAllowed", &["account", "transfer", "//Charlie", "0.5"]);
	refused(bench, agent, key, "CallNotAllowed", &["model", "register", "stolen"]);
	// Handing the agent over is for its owner alone.
	refused(bench, agent, key, "CallForbidden", &["agent", "transfer", &agent.number, "//Charlie"]);
	refused(bench, agent, key, "CallForbidden", &["policy", "unfreeze", &agent.number]);
}

fn verdicts_should_be_those_of_the_pool(bench: &Bench, agent: &Agent) {
	let number = agent.number.as_str();
	let key = bench.json(&["session", "list", number])["keys"][0]["key"].as_str().unwrap().to_owned();
	let allowed = bench.json(&["policy", "check", number, "transfer", "//Bob", "0.5", "--key", &key]);
	assert_eq!(allowed["allowed"], true, "{allowed}");
	assert_eq!(allowed["call"], "balances.transfer_keep_alive");
	let scopes: Vec<_> = allowed["checks"].as_array().unwrap().iter().map(|rule| rule["scope"].clone()).collect();
	assert!(scopes.contains(&json!("agent")) && scopes.contains(&json!("key")), "{scopes:?}");

	let refused = bench.json(&["policy", "check", number, "transfer", "//Charlie", "1.5"]);
	assert_eq!(refused["allowed"], false);
	let broken: Vec<_> = refused["checks"].as_array().unwrap().iter().filter(|rule| rule["allowed"] == false).collect();
	let names: Vec<_> = broken.iter().map(|rule| rule["rule"].as_str().unwrap()).collect();
	assert_eq!(names, ["DestinationNotAllowed", "AboveTransactionLimit"], "{refused}");
	assert!(broken[1]["sentence"].as_str().unwrap().contains("1.5 AIVM is more than 1 AIVM"), "{refused}");

	let text = bench.run(&["policy", "check", number, "transfer", "//Bob", "0.5"]);
	assert!(text.out.contains("allowed") && text.out.contains("would be left"), "{text:?}");
	// System.remark with nothing to say.
	let other = bench.json(&["policy", "check", number, "--call", "0x000000"]);
	assert_eq!((&other["call"], &other["allowed"]), (&json!("system.remark"), &json!(false)));
	assert_eq!(bench.run(&["--json", "policy", "check", number, "--call", "0xff"]).error(5)["code"], "bad_input");
	assert_eq!(bench.run(&["--json", "policy", "check", "999", "--call", "0x000000"]).error(7)["code"], "not_found");
	let stranger = ["--json", "policy", "check", number, "--call", "0x000000", "--key", "//Eve"];
	assert_eq!(bench.run(&stranger).error(7)["code"], "not_found");
}

fn payments_in_a_batch_should_be_added_up(bench: &Bench) {
	let file = path(bench, "trader.json");
	bench.json(&["policy", "init", "--template", "trading-with-limits", "--destination", "//Bob", "--out", &file]);
	let (agent, key) = Agent::with_key(bench, "trader", &file);
	let key = account_of(bench, &key);
	let verdict = |amounts: &[u128]| {
		let transfers = amounts.iter().map(|amount| {
			// Balances.transfer_keep_alive.
			(3u8, 3u8, 0u8, parse_account("//Bob").unwrap().0, Compact(*amount))
		});
		// Utility.batch_all.
		let call = (20u8, 2u8, transfers.collect::<Vec<_>>()).encode();
		let call = format!("0x{}", hex::encode(call));
		bench.json(&["policy", "check", &agent.number, "--call", &call, "--key", &key])
	};
	let small = verdict(&[10 * UNIT, 20 * UNIT]);
	assert_eq!((&small["call"], &small["allowed"]), (&json!("utility.batch_all"), &json!(true)), "{small}");
	assert_eq!(small["needs_act"], true);
	let large = verdict(&[60 * UNIT, 60 * UNIT]);
	let broken: Vec<_> = large["checks"].as_array().unwrap().iter().filter(|rule| rule["allowed"] == false).collect();
	assert!(!broken.is_empty() && broken.iter().all(|rule| rule["rule"] == "AboveTransactionLimit"), "{large}");
	assert_eq!(amount(&broken[0]["requested"]), 120 * UNIT);
}

/// The account of a key file.
fn account_of(bench: &Bench, key: &str) -> String {
	run_with_key(bench, key, &["account", "show"]).json()["account"].as_str().unwrap().to_owned()
}

fn frozen_agent_should_do_nothing(bench: &Bench, agent: &Agent, key: &str) {
	bench.as_json("//Alice", &["policy", "freeze", &agent.number]);
	refused(bench, agent, key, "AgentFrozen", &["account", "transfer", "//Bob", "0.1"]);
	assert_eq!(bench.json(&["policy", "show", &agent.number])["frozen"], true);
	bench.as_json("//Alice", &["policy", "unfreeze", &agent.number]);
	run_with_key(bench, key, &["account", "transfer", "//Bob", "0.1"]).json();
	let other = bench.run_as("//Bob", &["policy", "freeze", &agent.number]).error(4);
	assert_eq!(other["code"], "Policy.NotOwner");
}

fn policy_should_tighten_at_once_and_loosen_later(bench: &Bench, agent: &Agent, key: &str) {
	let (number, file) = (agent.number.as_str(), path(bench, "policy.json"));
	let change = |limit: &str| {
		let mut policy: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
		policy["limits"][0]["per_transaction"] = limit.into();
		let changed = path(bench, "changed.json");
		std::fs::write(&changed, policy.to_string()).unwrap();
		bench.as_json("//Alice", &["policy", "set", number, &changed])
	};
	let later = change("5");
	assert_eq!(later["in_force"], "later", "{later}");
	let shown = bench.json(&["policy", "show", number]);
	assert_eq!(shown["pending"]["policy"]["limits"][0]["per_transaction"], "5");
	assert_eq!(shown["policy"]["limits"][0]["per_transaction"], "1");
	refused(bench, agent, key, "AboveTransactionLimit", &["account", "transfer", "//Bob", "2"]);
	bench.as_json("//Alice", &["policy", "cancel", number]);
	assert_eq!(bench.json(&["policy", "show", number])["pending"], Value::Null);

	let now = change("0.4");
	assert_eq!((&now["in_force"], &now["version"]), (&json!("now"), &json!(2)), "{now}");
	refused(bench, agent, key, "AboveTransactionLimit", &["account", "transfer", "//Bob", "0.5"]);
	run_with_key(bench, key, &["account", "transfer", "//Bob", "0.4"]).json();
}

fn keys_should_be_exchanged_between_two_machines(bench: &Bench, agent: &Agent, old: &str) {
	let number = agent.number.as_str();
	let old_account = bench.json(&["session", "list", number])["keys"][0]["key"].as_str().unwrap().to_owned();

	// Who holds the new key signs, and the owner adds it with what was signed.
	let new = path(bench, "new.key");
	bench.json(&["account", "new", "--out", &new]);
	let signed = run_with_key(bench, &new, &["session", "sign", number, "--until", "2099-01-01"]).json();
	let (key, proof) = (signed["key"].as_str().unwrap(), signed["proof"].as_str().unwrap());
	let add = |end: &str| {
		let args =
			["session", "add", number, "--key", key, "--proof", proof, "--until", end, "--replace", &old_account];
		bench.run_as("//Alice", &args)
	};
	assert_eq!(add("2099-01-02").error(4)["code"], "Policy.BadProof");
	assert_eq!(add("2099-01-01").json()["key"], signed["key"]);

	refused(bench, agent, old, "KeyRemoved", &["account", "transfer", "//Bob", "0.1"]);
	run_with_key(bench, &new, &["account", "transfer", "//Bob", "0.1"]).json();
	bench.as_json("//Alice", &["session", "revoke", number, key]);
	refused(bench, agent, &new, "KeyRemoved", &["account", "transfer", "//Bob", "0.1"]);
	assert_eq!(bench.json(&["session", "list", number])["keys"], json!([]));
	// A removed key is never added again.
	assert_eq!(add("2099-01-01").error(4)["code"], "Policy.UnknownKey");
}

/// A model that adds up 64 numbers.
fn publish(bench: &Bench, name: &str, seed: u8) {
	let (file, card) = (path(bench, &format!("{name}.aivm")), path(bench, &format!("{name}.json")));
	std::fs::write(&file, wide_program(64, seed)).unwrap();
	std::fs::write(&card, json!({"name": name, "description": "A layer.", "licence": "MIT"}).to_string()).unwrap();
	bench.as_json("//Dave", &["model", "publish", &file, "--card", &card]);
}

fn inference_should_be_paid_by_the_agent(bench: &Bench) {
	publish(bench, "wanted", 1);
	publish(bench, "other", 2);
	let file = path(bench, "buyer.json");
	bench.json(&["policy", "init", "--template", "compute-buyer", "--model", "wanted", "--out", &file]);
	let (agent, key) = Agent::with_key(bench, "buyer", &file);

	let row = vec!["1"; 64].join(",");
	let before = bench.balance(&agent.account);
	let done = run_with_key(bench, &key, &["infer", "wanted", "--row", &row]).json();
	assert_eq!(bench.balance(&agent.account), (before.0 - amount(&done["total"]), before.1));
	let receipt = format!("{}-{}", done["receipt"]["block"], done["receipt"]["index"]);
	let shown = bench.json(&["receipt", "show", &receipt]);
	assert_eq!(shown["requester"], json!(agent.account));
	assert_eq!(shown["policy"]["agent"].to_string(), agent.number);
	let policy = bench.json(&["policy", "show", &agent.number]);
	assert_eq!(shown["policy"]["policy_hash"], policy["hash"]);
	let keys = bench.json(&["session", "list", &agent.number]);
	assert_eq!(shown["policy"]["restriction_hash"], keys["keys"][0]["restriction_hash"]);
	let checked = shown["policy"]["checked"].as_array().unwrap();
	assert!(checked.contains(&json!("ModelNotAllowed")) && !checked.contains(&json!("DestinationDenied")));

	refused(bench, &agent, &key, "ModelNotAllowed", &["infer", "other", "--row", &row]);
	refused(bench, &agent, &key, "CallNotAllowed", &["account", "transfer", "//Bob", "0.1"]);
	assert_eq!(bench.json(&["policy", "check", &agent.number, "infer", "wanted"])["allowed"], true);
	let verdict = bench.json(&["policy", "check", &agent.number, "infer", "other"]);
	assert_eq!(verdict["allowed"], false);

	// The receipt proves that the agent paid, so the agent may rate with proof of payment whoever provided.
	let paid = bench.run_as("//Charlie", &["agent", "feedback", "give", "0", "5", "--receipt", &receipt]).error(4);
	assert_eq!(paid["code"], "AgentIdentity.NotRequester", "{paid}");
}

fn unbounded_call_should_be_measured_and_undone(bench: &Bench) {
	let file = path(bench, "rater.json");
	let policy = |limit: &str| {
		json!({
			"limits": [{"asset": "native", "per_transaction": limit, "per_day": "90", "lifetime": "90"}],
			"calls": ["agent_identity.give_feedback"],
			"destinations": "any",
			"hours": "always",
			"max_computation": "50ms",
			"max_fee": "5",
			"transactions_per_hour": 60,
			"models": "any",
			"max_task_price": "0",
			"loosening_delay": "0s"
		})
		.to_string()
	};
	std::fs::write(&file, policy("10")).unwrap();
	let (agent, key) = Agent::with_key(bench, "rater", &file);
	let before = bench.balance(&agent.account);
	let given = run_with_key(bench, &key, &["agent", "feedback", "give", "0", "4.5", "--tag1", "quality"]).json();
	assert_eq!(given["index"], 1);
	let spent = before.0 - bench.balance(&agent.account).0;
	assert!(spent > amount(&given["fee"]), "feedback costs storage: {spent}");
	let feedback = bench.json(&["agent", "feedback", "list", "0"]);
	assert_eq!(feedback["feedback"][0]["client"], json!(agent.account), "the agent is the client");

	// The same call under a limit that the storage exceeds is carried out, measured and undone; only the fee is paid.
	std::fs::write(&file, policy("0.000000001")).unwrap();
	bench.as_json("//Alice", &["policy", "set", &agent.number, &file]);
	let before = bench.balance(&agent.account);
	let error = run_with_key(bench, &key, &["agent", "feedback", "give", "0", "4"]).error(4);
	assert_eq!(error["code"], "AboveTransactionLimit", "{error}");
	assert!(error["cause"].as_str().unwrap().contains("undid"), "{error}");
	let after = bench.balance(&agent.account);
	assert!(after.0 < before.0 && after.1 == before.1, "{before:?} {after:?}");
	assert!(before.0 - after.0 < spent, "only the fee is paid");
	let feedback = bench.json(&["agent", "feedback", "list", "0"]);
	assert_eq!(feedback["feedback"].as_array().unwrap().len(), 1);
}

fn reputation_should_be_given_and_summed_up(bench: &Bench, agent: &Agent) {
	let number = agent.number.as_str();
	let feedback = |args: &[&str]| -> Vec<String> {
		["agent", "feedback"].iter().chain(args).map(|word| (*word).to_owned()).collect()
	};
	let run = |suri: &str, args: &[&str]| {
		let args = feedback(args);
		bench.run_as(suri, &args.iter().map(String::as_str).collect::<Vec<_>>())
	};
	run("//Charlie", &["give", number, "90", "--tag1", "speed", "--uri", "ipfs://x"]).json();
	let second = run("//Charlie", &["give", number, "-10", "--tag1", "speed"]).json();
	assert_eq!(second["index"], 2);
	assert_eq!(run("//Alice", &["give", number, "100"]).error(4)["code"], "AgentIdentity.SelfFeedback");

	let charlie = bench.json(&["account", "show", "//Charlie"])["account"].as_str().unwrap().to_owned();
	let of_charlie = || bench.json(&["agent", "feedback", "summary", number, "clients", "--client", "//Charlie"]);
	assert_eq!((&of_charlie()["summary"]["count"], &of_charlie()["summary"]["average"]), (&json!(2), &json!("40")));
	run("//Charlie", &["revoke", number, "2"]).json();
	assert_eq!(of_charlie()["summary"]["average"], "90");
	assert_eq!(run("//Charlie", &["revoke", number, "3"]).error(4)["code"], "AgentIdentity.OutOfBounds");
	run("//Alice", &["respond", number, &charlie, "1", "--uri", "https://ada.example/thanks"]).json();

	let all = bench.json(&["agent", "feedback", "summary", number]);
	assert!(all["summary"]["count"].as_u64().unwrap() >= 1, "{all}");
	assert_eq!(bench.json(&["agent", "feedback", "summary", number, "paid"])["summary"], Value::Null);
	let listed = |args: &[&str]| {
		let base = ["agent", "feedback", "list", number, "--client", "//Charlie"];
		let args: Vec<&str> = base.iter().chain(args).copied().collect();
		bench.json(&args)["feedback"].as_array().unwrap().len()
	};
	assert_eq!((listed(&[]), listed(&["--revoked"]), listed(&["--tag1", "none"])), (1, 2, 0));
	assert_eq!(bench.run(&["--json", "agent", "feedback", "summary", "999"]).error(7)["code"], "not_found");
}

fn validations_should_be_asked_for_and_answered(bench: &Bench, agent: &Agent) {
	let number = agent.number.as_str();
	let file = path(bench, "request.json");
	std::fs::write(&file, "validate this").unwrap();
	let request = ["agent", "validate", "request", number, "//Dave", "--uri", "https://ada.example/r", "--file", &file];
	let asked = bench.as_json("//Alice", &request);
	let hash = asked["request_hash"].as_str().unwrap();
	let shown = || bench.json(&["agent", "validate", "show", number, hash]);
	assert_eq!(shown()["response"], Value::Null);
	assert_eq!(bench.run_as("//Alice", &request).error(4)["code"], "AgentIdentity.Exists");

	let answer = ["agent", "validate", "respond", number, hash, "87", "--tag", "sound"];
	assert_eq!(bench.run_as("//Bob", &answer).error(4)["code"], "AgentIdentity.NotValidator");
	bench.as_json("//Dave", &answer);
	assert_eq!((&shown()["response"], &shown()["tag"]), (&json!(87), &json!("sound")));
	let all = bench.json(&["agent", "validate", "show", number]);
	assert_eq!((&all["average"], &all["answered"]), (&json!(87), &json!(1)));
	let asked = bench.as_json("//Dave", &["agent", "validate", "requests"]);
	assert_eq!(asked["validations"][0]["request_hash"].as_str(), Some(hash));
}

fn wallets_should_agree(bench: &Bench, agent: &Agent) {
	let number = agent.number.as_str();
	let file = path(bench, "wallet.key");
	let wallet = bench.json(&["account", "new", "--out", &file])["account"].clone();
	let of_agent = || bench.json(&["agent", "show", number])["wallet"].clone();
	bench.as_json("//Alice", &["agent", "wallet", "set", number, "--wallet-key", &file]);
	assert_eq!(of_agent(), wallet);
	let list = bench.json(&["agent", "list", "--wallet", wallet.as_str().unwrap()]);
	assert_eq!(list["agents"][0]["id"].to_string(), number);

	bench.as_json("//Alice", &["agent", "wallet", "unset", number]);
	assert_eq!(of_agent(), Value::Null);
	bench.as_json("//Alice", &["agent", "wallet", "propose", number, "//Bob"]);
	assert_eq!(
		bench.run_as("//Eve", &["agent", "wallet", "accept", number]).error(4)["code"],
		"AgentIdentity.NotProposed"
	);
	bench.as_json("//Bob", &["agent", "wallet", "accept", number]);
	assert_eq!(of_agent(), bench.json(&["account", "show", "//Bob"])["account"]);

	let address = "0x8004A169FB4a3325136EB29fA0ceB6D2e539a432";
	let message = bench.json(&["agent", "wallet", "message", number, address]);
	assert_eq!(message["message"].as_str().unwrap().len(), 66, "an EIP-712 digest");
	let (deadline, proof) = (message["deadline"].to_string(), format!("0x{}", "11".repeat(65)));
	let args = ["agent", "wallet", "set", number, address, "--deadline", &deadline, "--proof", &proof];
	assert_eq!(bench.run_as("//Alice", &args).error(4)["code"], "AgentIdentity.InvalidWalletSig");
}

fn links_should_need_a_signature(bench: &Bench, agent: &Agent) {
	let number = agent.number.as_str();
	assert_eq!(bench.run(&["--json", "agent", "link", "show", number]).error(7)["code"], "not_found");
	let address = "0x8004A169FB4a3325136EB29fA0ceB6D2e539a432";
	let registry = format!("eip155:1:{address}");
	let both = [number, "--registry", &registry, "--id", "22", "--owner", address];
	let link = |word: &'static str, more: &[&str]| {
		let args: Vec<String> =
			["agent", "link", word].iter().chain(&both).chain(more).map(|word| (*word).to_owned()).collect();
		bench.run_as("//Alice", &args.iter().map(String::as_str).collect::<Vec<_>>())
	};
	let message = link("message", &[]).json();
	assert_eq!(message["digest"].as_str().unwrap().len(), 66);
	let (deadline, signature) = (message["deadline"].to_string(), "11".repeat(65));
	let set = link("set", &["--deadline", &deadline, "--signature", &signature]);
	assert_eq!(set.error(4)["code"], "AgentIdentity.InvalidLinkSig");
	let removed = bench.run_as("//Alice", &["agent", "link", "remove", number]).error(4);
	assert_eq!(removed["code"], "AgentIdentity.NotLinked");
}

fn owner_should_get_the_money_back_and_hand_the_agent_over(bench: &Bench) {
	let file = path(bench, "short.json");
	bench.json(&["policy", "init", "--template", "payments-only", "--destination", "//Bob", "--out", &file]);
	let (agent, key) = Agent::with_key(bench, "short", &file);
	let number = agent.number.as_str();
	let (before, eve) = (bench.balance(&agent.account), bench.balance("//Eve"));
	bench.as_json("//Alice", &["agent", "withdraw", number, "//Eve", "60"]);
	assert_eq!(bench.balance(&agent.account), (before.0 - 60 * UNIT, before.1), "the owner pays the fee");
	assert_eq!(bench.balance("//Eve"), (eve.0 + 60 * UNIT, eve.1));
	let much = bench.run_as("//Alice", &["agent", "withdraw", number, "//Eve", "60"]).error(4);
	assert_eq!(much["code"], "insufficient_balance");
	let other = bench.run_as("//Bob", &["agent", "withdraw", number, "//Bob", "1"]).error(4);
	assert_eq!(other["code"], "Policy.NotOwner");

	run_with_key(bench, &key, &["account", "transfer", "//Bob", "0.1"]).json();
	bench.as_json("//Alice", &["agent", "transfer", number, "//Ferdie"]);
	refused(bench, &agent, &key, "AgentTransferred", &["account", "transfer", "//Bob", "0.1"]);
	let keys = bench.json(&["session", "list", number]);
	assert_eq!(keys["keys"][0]["state"], "the agent was transferred");
	let ferdie = bench.json(&["account", "show", "//Ferdie"])["account"].clone();
	assert_eq!(bench.json(&["agent", "show", number])["owner"], ferdie);
}
