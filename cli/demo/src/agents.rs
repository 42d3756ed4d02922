// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! An agent holds money and spends it with a key that can do no more than its owner allows.

use crate::{
	aivm::Aivm,
	inference::{say, step, text},
};
use aivm_devnet::{Node, NodeConfig};
use anyhow::{ensure, Result};
use serde_json::{json, Value};
use std::{
	path::Path,
	time::{Duration, Instant},
};

/// Who owns the agent, who may be paid, and who must not be.
const OWNER: &str = "//Alice";
const FRIEND: &str = "//Bob";
const STRANGER: &str = "//Charlie";
/// One AIVM in the smallest unit.
const UNIT: u128 = 1_000_000_000_000;
/// Most payments that are tried before the limit per day must have said no.
const MOST_PAYMENTS: usize = 20;

/// The agent, and what it acts with.
struct Agent<'a> {
	aivm: &'a Aivm,
	number: String,
	account: String,
	/// File of the session key.
	key: String,
}

impl Agent<'_> {
	/// What an account has, free and on hold, in the smallest unit.
	fn balance(&self, account: &str) -> Result<u128> {
		let shown = self.aivm.run(OWNER, &["account", "show", account])?;
		Ok(text(&shown, "free").parse::<u128>()? + text(&shown, "held").parse::<u128>()?)
	}

	/// Fails unless the chain refuses a command of the session key with this code, and nobody's balance changes.
	fn refused(&self, what: &str, code: &str, args: &[&str]) -> Result<Value> {
		let accounts = [self.account.as_str(), FRIEND, STRANGER];
		let balances = |agent: &Self| accounts.iter().map(|account| agent.balance(account)).collect::<Result<Vec<_>>>();
		let before = balances(self)?;
		let error = self.aivm.run_failing(&self.key, args, 4)?;
		let found = text(&error["error"], "code");
		ensure!(found == code, "{what} should be refused with {code}, not {found}: {}", error["error"]);
		ensure!(balances(self)? == before, "{what} changed a balance");
		say(&format!("{what}: {code}; balances unchanged to the unit"));
		Ok(json!({ "what": what, "code": code }))
	}
}

/// Runs the demo and returns its report. Fails if anything does not hold.
pub fn run(models: &Path) -> Result<Value> {
	let started = Instant::now();
	step("starting a chain with one validator");
	let mut node = Node::start(NodeConfig::dev())?;
	node.wait_for_best(1, Duration::from_secs(60))?;
	let aivm = Aivm::new(node.url())?;
	let folder = tempfile::tempdir()?;
	let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();

	step("an owner registers an agent, funds and limits it, and gives it a key");
	let agent = set_up(&aivm, &path)?;

	step("the key acts, and the agent pays");
	let (before, friend) = (agent.balance(&agent.account)?, agent.balance(FRIEND)?);
	let sent = aivm.run(&agent.key, &["account", "transfer", FRIEND, "0.5"])?;
	let fee: u128 = text(&sent, "fee").parse()?;
	ensure!(agent.balance(&agent.account)? == before - UNIT / 2 - fee, "the agent did not pay exactly amount and fee");
	ensure!(agent.balance(FRIEND)? == friend + UNIT / 2, "the payment did not arrive");
	let key_account = text(&aivm.run(&agent.key, &["account", "show"])?, "account");
	ensure!(agent.balance(&key_account)? == 0, "the key has money");
	say(&format!("paid 0.5 AIVM to {FRIEND} and the fee; the key owns nothing"));
	let inference = infer(&aivm, &agent, models, &path)?;

	step("what breaks a rule is refused before it costs anything");
	let mut refusals = vec![
		agent.refused(
			"more than one transaction may pay",
			"AboveTransactionLimit",
			&["account", "transfer", FRIEND, "1.5"],
		)?,
		agent.refused("another destination", "DestinationNotAllowed", &["account", "transfer", STRANGER, "0.1"])?,
		agent.refused("another call", "CallNotAllowed", &["model", "register", "stolen"])?,
		agent.refused("the owner's own call", "CallForbidden", &["policy", "unfreeze", &agent.number])?,
		agent.refused("giving itself away", "CallForbidden", &["agent", "transfer", &agent.number, STRANGER])?,
	];
	let mut payments = 0;
	while aivm.run(&agent.key, &["account", "transfer", FRIEND, "0.9"]).is_ok() {
		payments += 1;
		ensure!(payments < MOST_PAYMENTS, "the limit per day let {payments} payments through");
	}
	refusals.push(agent.refused(
		"more than a day may pay",
		"AboveDayLimit",
		&["account", "transfer", FRIEND, "0.9"],
	)?);
	let shown = aivm.run(OWNER, &["policy", "show", &agent.number])?;
	let spent: u128 = text(&shown["spent"][0], "day").parse()?;
	ensure!(spent <= 3 * UNIT, "{spent} was spent in a day, more than the limit");

	step("the owner stops it");
	aivm.run(OWNER, &["policy", "freeze", &agent.number])?;
	refusals.push(agent.refused("a frozen agent", "AgentFrozen", &["account", "transfer", FRIEND, "0.01"])?);
	aivm.run(OWNER, &["policy", "unfreeze", &agent.number])?;
	aivm.run(OWNER, &["session", "revoke", &agent.number, &key_account])?;
	refusals.push(agent.refused("a removed key", "KeyRemoved", &["account", "transfer", FRIEND, "0.01"])?);
	let (left, owner) = (agent.balance(&agent.account)?, agent.balance(STRANGER)?);
	aivm.run(OWNER, &["agent", "withdraw", &agent.number, STRANGER, "10"])?;
	ensure!(agent.balance(&agent.account)? == left - 10 * UNIT, "the owner did not get the agent's money");
	ensure!(agent.balance(STRANGER)? == owner + 10 * UNIT, "the agent's money did not arrive");
	say("the owner took 10 AIVM out of the agent's account");

	step("summary");
	println!("  agent {} spent {} of 3 AIVM in a day with a key that owns nothing", agent.number, amount(spent));
	println!("  {} kinds of overreach were refused with their documented code", refusals.len());
	node.stop()?;
	println!("  the node was stopped; everything took {} seconds", started.elapsed().as_secs());
	Ok(json!({
		"demo": "agents",
		"passed": true,
		"agent": agent.number,
		"transfer": { "amount": (UNIT / 2).to_string(), "fee": fee.to_string() },
		"inference": inference,
		"refusals": refusals,
		"spent_in_a_day": spent.to_string(),
		"seconds": started.elapsed().as_secs(),
	}))
}

/// Registers an agent with a card, gives it money, a policy and a session key.
fn set_up<'a>(aivm: &'a Aivm, path: &dyn Fn(&str) -> String) -> Result<Agent<'a>> {
	let (card, policy, key) = (path("card.json"), path("policy.json"), path("session.key"));
	let service = "web=https://agent.example/";
	let made = ["agent", "card", "new", "--name", "Ada", "--description", "Reads digits.", "--service", service];
	aivm.run(OWNER, &[&made[..], &["--out", &card]].concat())?;
	let registered = aivm.run(OWNER, &["agent", "register", "--card", &card, "--inline"])?;
	let (number, account) = (registered["agent"].to_string(), text(&registered, "account"));
	say(&format!("agent {number} is {}:{number}", text(&registered, "registry")));
	say(&format!("its account {account} has no key"));
	aivm.run(OWNER, &["account", "transfer", &account, "50"])?;

	aivm.run(OWNER, &["policy", "init", "--template", "payments-only", "--destination", FRIEND, "--out", &policy])?;
	let mut rules: Value = serde_json::from_str(&std::fs::read_to_string(&policy)?)?;
	rules["limits"] = json!([{ "asset": "native", "per_transaction": "1", "per_day": "3", "lifetime": "30" }]);
	rules["calls"] = json!(["balances.transfer_keep_alive", "tasks.infer"]);
	rules["max_task_price"] = json!("0.5");
	rules["models"] = json!("any");
	std::fs::write(&policy, rules.to_string())?;
	let set = aivm.run(OWNER, &["policy", "set", &number, &policy])?;
	say(&format!("policy {} in force: 1 AIVM a transaction, 3 a day, to {FRIEND} only", text(&set, "hash")));
	aivm.run(OWNER, &["session", "add", &number, "--new", &key, "--for", "1d"])?;
	Ok(Agent { aivm, number, account, key })
}

/// The agent asks a model, and the receipt pins its policy.
fn infer(aivm: &Aivm, agent: &Agent<'_>, models: &Path, path: &dyn Fn(&str) -> String) -> Result<Value> {
	let file = |name: &str| models.join("digits-mlp").join(name).to_string_lossy().into_owned();
	let (program, manifest) = (path("digits.aivm"), path("digits.manifest.json"));
	let calibration = file("calibration.csv");
	aivm.run(OWNER, &["model", "import", &file("model.onnx"), "--calibration", &calibration, "--out", &program])?;
	aivm.run(OWNER, &["model", "pack", &program, "--card", &file("card.json"), "--out", &manifest])?;
	aivm.run(OWNER, &["model", "publish", &program, "--manifest", &manifest])?;

	let table = std::fs::read_to_string(file("heldout.csv"))?;
	let rows: String = table.lines().take(2).map(|line| format!("{line}\n")).collect();
	let one = path("one.csv");
	std::fs::write(&one, rows)?;
	let before = agent.balance(&agent.account)?;
	let done = aivm.run(&agent.key, &["infer", "digits-mlp", "--rows", &one])?;
	ensure!(done["identical"] == 1, "the output is not the native interpreter's: {done}");
	ensure!(agent.balance(&agent.account)? < before, "the agent did not pay for the inference");
	let id = &done["receipts"][0];
	let id = id.as_str().map_or_else(|| format!("{}-{}", id["block"], id["index"]), str::to_owned);
	let receipt = aivm.run(OWNER, &["receipt", "show", &id])?;
	let policy = aivm.run(OWNER, &["policy", "show", &agent.number])?;
	ensure!(text(&receipt, "requester") == agent.account, "the receipt is not the agent's");
	ensure!(receipt["policy"]["policy_hash"] == policy["hash"], "the receipt does not pin the policy");
	say(&format!("asked a model; receipt {id} pins the agent, its key and its policy"));
	Ok(json!({ "receipt": id, "policy": receipt["policy"] }))
}

/// An amount in AIVM.
fn amount(units: u128) -> String {
	format!("{}.{:06}", units / UNIT, units % UNIT / 1_000_000)
}
