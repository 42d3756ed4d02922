// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Models run on inputs that the chain never sees, and the chain pays for the proof. Proofs of other systems hold on it too.

use crate::{
	aivm::Aivm,
	inference::{say, step, text},
};
use aivm_devnet::{Node, NodeConfig};
use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::{
	path::Path,
	time::{Duration, Instant},
};

/// The models that are proved, and what they do.
const MODELS: [(&str, &str); 2] =
	[("digits-mlp", "handwritten digits, neural network"), ("cancer-gbt", "breast-cancer risk, boosted trees")];
/// Who publishes, who asks and pays, who proves, and who tries to get the payment of another.
const PUBLISHER: &str = "//Alice";
const REQUESTER: &str = "//Bob";
const PROVIDER: &str = "//Charlie";
const STRANGER: &str = "//Dave";
/// What a task is worth, in AIVM.
const PRICE: &str = "2";

/// A chain, the command line, and a folder.
struct Stage<'a> {
	aivm: Aivm,
	folder: &'a Path,
	models: &'a Path,
	vectors: &'a Path,
}

/// A model on the chain with its keys.
struct Proved {
	name: &'static str,
	version: String,
	/// Files of the program and of the proving key.
	program: String,
	proving_key: String,
	/// Number of the verifying key.
	key: String,
	/// Rows of the held-out table: the numbers, and the label.
	rows: Vec<(String, String)>,
}

impl Stage<'_> {
	fn path(&self, name: &str) -> String {
		self.folder.join(name).to_string_lossy().into_owned()
	}

	/// What an account has, free and on hold, in the smallest unit.
	fn balance(&self, account: &str) -> Result<u128> {
		let shown = self.aivm.run(account, &["account", "show", account])?;
		Ok(text(&shown, "free").parse::<u128>()? + text(&shown, "held").parse::<u128>()?)
	}

	/// Fails unless a command is refused with this exit code and this name, and the requester and the provider have as much
	/// as before, but for the provider's fee.
	fn refused(&self, what: &str, signer: &str, args: &[&str], exit: i32, code: &str) -> Result<Value> {
		let before = self.balance(REQUESTER)?;
		let error = self.aivm.run_failing(signer, args, exit)?;
		let found = text(&error["error"], "code");
		ensure!(found == code, "{what} should be refused with {code}, not {found}: {}", error["error"]);
		ensure!(self.balance(REQUESTER)? == before, "{what}: the requester's balance changed");
		say(&format!("{what}: {code}"));
		Ok(json!({ "what": what, "code": code, "cause": text(&error["error"], "cause") }))
	}
}

/// Runs the demo and returns its report. Fails if anything does not hold.
pub fn run(models: &Path, vectors: &Path) -> Result<Value> {
	let started = Instant::now();
	step("starting a chain with one validator");
	let mut node = Node::start(NodeConfig::dev())?;
	node.wait_for_best(1, Duration::from_secs(60))?;
	let folder = tempfile::tempdir()?;
	let stage = Stage { aivm: Aivm::new(node.url())?, folder: folder.path(), models, vectors };

	let mut reports = Vec::new();
	let mut refusals = Vec::new();
	for (number, (name, what)) in MODELS.into_iter().enumerate() {
		step(&format!("{name}: {what}"));
		let (proved, setup) = set_up(&stage, name)?;
		reports.push(prove(&stage, &proved, &setup)?);
		if number == 0 {
			step("what is no proof for a task is refused, and the requester keeps the money");
			refusals = refuse(&stage, &proved)?;
		}
	}
	step("proofs of other systems");
	let external = vec![circom(&stage)?, risc0(&stage)?];

	step("summary");
	println!(
		"  {:<12} {:>12} {:>9} {:>10} {:>10} {:>12} {:>8}",
		"model", "constraints", "proving", "key", "proof", "provider got", "receipt"
	);
	for report in &reports {
		println!(
			"  {:<12} {:>12} {:>7} s {:>7} kB {:>8} B {:>12} {:>8}",
			text(report, "model"),
			text(report, "constraints"),
			text(report, "proving_seconds"),
			report["proving_key_bytes"].as_u64().unwrap_or_default() / 1_000,
			text(report, "proof_bytes"),
			text(report, "provider_got"),
			text(report, "receipt"),
		);
	}
	println!("  (the inputs never left the requester and the provider: the chain saw commitments)");
	println!("  {} kinds of false evidence were refused with their documented code", refusals.len());
	println!("  a circom circuit's proof made by snarkjs and a RISC0 receipt were verified in a block");
	node.stop()?;
	println!("  the node was stopped; everything took {} seconds", started.elapsed().as_secs());
	Ok(json!({
		"demo": "proofs",
		"passed": true,
		"models": reports,
		"refusals": refusals,
		"external": external,
		"seconds": started.elapsed().as_secs(),
	}))
}

/// Publishes a model, and makes its key in a ceremony with two contributors and a block of the chain.
fn set_up(stage: &Stage<'_>, name: &'static str) -> Result<(Proved, Value)> {
	let aivm = &stage.aivm;
	let source = |file: &str| stage.models.join(name).join(file).to_string_lossy().into_owned();
	let out = |suffix: &str| stage.path(&format!("{name}{suffix}"));
	let (program, manifest) = (out(".aivm"), out(".manifest.json"));
	let calibration = source("calibration.csv");
	aivm.run(PUBLISHER, &["model", "import", &source("model.onnx"), "--calibration", &calibration, "--out", &program])?;
	aivm.run(PUBLISHER, &["model", "pack", &program, "--card", &source("card.json"), "--out", &manifest])?;
	let published = aivm.run(PUBLISHER, &["model", "publish", &program, "--manifest", &manifest])?;
	let version = format!("{}@{}", published["version"]["model"], published["version"]["version"]);

	let inspected = aivm.run(PUBLISHER, &["zk", "inspect", &program])?;
	say(&format!("published as {version}; its circuit has {} constraints", inspected["constraints"]));

	let (powers, first, second, third, last) =
		(out(".powers"), out("-0.key"), out("-1.key"), out("-2.key"), out(".key"));
	let started = Instant::now();
	aivm.run(PUBLISHER, &["zk", "powers", "--for", &program, "--out", &powers])?;
	aivm.run(PUBLISHER, &["zk", "setup", &program, "--powers", &powers, "--out", &first])?;
	aivm.run(PUBLISHER, &["zk", "contribute", &first, "--name", "Alice", "--out", &second])?;
	aivm.run(REQUESTER, &["zk", "contribute", &second, "--name", "Bob", "--out", &third])?;
	let ended = aivm.run(PUBLISHER, &["zk", "beacon", &third, "--next-block", "--out", &last])?;
	let block = text(&ended, "block");
	let verifying_key = out(".vk.json");
	let verified = aivm.run(
		PROVIDER,
		&[
			"zk",
			"verify-setup",
			&last,
			"--program",
			&program,
			"--powers",
			&powers,
			"--beacon-block",
			&block,
			"--out",
			&verifying_key,
		],
	)?;
	say(&format!("two contributions and the hash of block {block}; everybody can verify the ceremony, one did"));

	let registered = aivm.run(PUBLISHER, &["zk", "key", "register", &verifying_key, "--model", &version])?;
	let key = text(&registered, "id");
	say(&format!("verifying key {key} of {version}, deposit {} units", text(&registered, "deposit")));
	let setup = json!({
		"constraints": inspected["constraints"],
		"seconds": started.elapsed().as_secs_f64(),
		"setup": verified["setup"],
		"single_party": registered["single_party"],
		"proving_key_bytes": std::fs::metadata(&last)?.len(),
	});
	let rows = rows(&source("heldout.csv"))?;
	Ok((Proved { name, version, program, proving_key: last, key, rows }, setup))
}

/// The rows of a table with a label: the numbers as an option takes them, and the label.
fn rows(table: &str) -> Result<Vec<(String, String)>> {
	let content = std::fs::read_to_string(table)?;
	let mut lines = content.lines();
	let header: Vec<&str> = lines.next().context("the table has no header")?.split(',').collect();
	let label = header.iter().position(|title| *title == "label").context("the table has no labels")?;
	lines
		.map(|line| {
			let cells: Vec<&str> = line.split(',').collect();
			let numbers = cells
				.iter()
				.zip(&header)
				.filter(|(_, title)| !["label", "float_label"].contains(title))
				.map(|(cell, _)| *cell)
				.collect::<Vec<_>>();
			Ok((numbers.join(","), (*cells.get(label).context("a row is too short")?).to_owned()))
		})
		.collect()
}

impl Proved {
	/// Requests a run on a held-out row that only the provider gets to see. Returns the task and the opening.
	fn request(&self, stage: &Stage<'_>, row: usize) -> Result<(Value, String)> {
		let numbers = &self.rows.get(row).with_context(|| format!("the table has no row {row}"))?.0;
		let opening = stage.path(&format!("{}-{row}.opening.json", self.name));
		let mut args = vec!["task", "request", &self.version, "--provider", PROVIDER, "--key", &self.key];
		args.extend(["--price", PRICE, "--row", numbers, "--private", &opening, "--program", &self.program]);
		if self.single_party(stage)? {
			args.push("--accept-single-party");
		}
		let task = stage.aivm.run(REQUESTER, &args)?;
		Ok((task, opening))
	}

	fn single_party(&self, stage: &Stage<'_>) -> Result<bool> {
		Ok(stage.aivm.run(REQUESTER, &["zk", "key", "show", &self.key])?["single_party"] == true)
	}

	/// Proves a task without submitting the proof. Returns the proof's file.
	fn proof(&self, stage: &Stage<'_>, task: &str, opening: &str) -> Result<String> {
		let out = stage.path(&format!("task-{task}.proof.json"));
		let args = ["task", "prove", task, "--proving-key", &self.proving_key, "--opening", opening];
		let more = ["--program", &self.program, "--out", &out, "--no-submit"];
		stage.aivm.run(PROVIDER, &[&args[..], &more].concat())?;
		Ok(out)
	}
}

/// A run on a private input is requested, proved, verified in a block, paid and receipted.
fn prove(stage: &Stage<'_>, model: &Proved, setup: &Value) -> Result<Value> {
	let aivm = &stage.aivm;
	let (task, opening) = model.request(stage, 0)?;
	let number = text(&task, "task");
	let opened: Value = serde_json::from_str(&std::fs::read_to_string(&opening)?)?;
	ensure!(task["commitment"] == opened["commitment"], "the chain has another commitment than the requester");
	say(&format!(
		"task {number}: {} units on hold; the chain knows the input as {}",
		text(&task, "escrow"),
		text(&task, "commitment")
	));

	let before = stage.balance(PROVIDER)?;
	let args = ["task", "prove", &number, "--proving-key", &model.proving_key, "--opening", &opening];
	let out = stage.path(&format!("{}.proof.json", model.name));
	let done = aivm.run(PROVIDER, &[&args[..], &["--program", &model.program, "--out", &out]].concat())?;
	ensure!(text(&done, "outcome") == "settled", "the proof did not settle the task: {done}");
	let receipt_id = receipt_id(&done["receipt"]);
	let receipt = aivm.run(REQUESTER, &["receipt", "show", &receipt_id])?;
	let (provider_got, fee): (u128, u128) =
		(text(&receipt["payment"], "provider").parse()?, text(&done, "fee").parse()?);
	ensure!(stage.balance(PROVIDER)? == before - fee + provider_got, "the provider did not get exactly its part");
	ensure!(text(&receipt, "path") == "ZkProof" && text(&receipt, "verdict") == "Accepted", "wrong receipt: {receipt}");
	ensure!(receipt["input_hash"] == task["commitment"], "the receipt has another input");
	ensure!(text(&receipt["proof"], "key") == model.key, "the receipt names another key: {receipt}");
	let label = &model.rows.first().context("there are rows")?.1;
	say(&format!(
		"proved in {:.2} s, {} bytes; the class is {}, the row's label is {label}",
		done["seconds"].as_f64().unwrap_or(f64::NAN),
		done["proof_bytes"],
		text(&done["result"], "class"),
	));
	say(&format!(
		"verified in block {}, the provider got {provider_got} units, receipt {receipt_id}",
		done["block"]["number"]
	));

	// What was accepted can be verified by anybody who has the file and the key, without the chain.
	let file: Value = serde_json::from_str(&std::fs::read_to_string(&out)?)?;
	ensure!(file["claim"]["statement"] == receipt["proof"]["statement"], "the receipt has another statement");
	Ok(json!({
		"model": model.name,
		"version": model.version,
		"key": model.key,
		"constraints": setup["constraints"],
		"setup": setup,
		"proving_key_bytes": setup["proving_key_bytes"],
		"proving_seconds": format!("{:.2}", done["seconds"].as_f64().unwrap_or(f64::NAN)),
		"proof_bytes": done["proof_bytes"],
		"commitment": task["commitment"],
		"output": done["output"],
		"result": done["result"],
		"label": label,
		"provider_got": provider_got.to_string(),
		"fee": fee.to_string(),
		"receipt": receipt_id,
		"receipt_content": receipt,
	}))
}

/// A receipt's place as commands take it.
fn receipt_id(receipt: &Value) -> String {
	match receipt {
		Value::String(id) => id.clone(),
		id => format!("{}-{}", id["block"], id["index"]),
	}
}

/// Everything that is no proof for a task is refused.
fn refuse(stage: &Stage<'_>, model: &Proved) -> Result<Vec<Value>> {
	let aivm = &stage.aivm;
	let mut refusals = Vec::new();
	if model.single_party(stage)? {
		// The powers were made for this demo by one party, so requesters must say that they accept the key.
		let row = &model.rows.first().context("there are rows")?.0;
		let request = ["task", "request", &model.version, "--provider", PROVIDER, "--key", &model.key];
		let args = [&request[..], &["--price", PRICE, "--row", row, "--program", &model.program]].concat();
		let what = "a key whose powers one party made, unless the requester accepts it";
		refusals.push(stage.refused(what, REQUESTER, &args, 4, "Verification.SinglePartyKey")?);
	}
	let (task, opening) = model.request(stage, 1)?;
	let first = text(&task, "task");
	let proof = model.proof(stage, &first, &opening)?;

	// The task is the provider's: somebody else who got hold of the proof cannot use it.
	refusals.push(stage.refused(
		"the proof from another account",
		STRANGER,
		&["task", "submit", &first, &proof, "--unchecked"],
		4,
		"Tasks.NotProvider",
	)?);
	aivm.run(PROVIDER, &["task", "submit", &first, &proof])?;
	refusals.push(stage.refused(
		"the proof again for the same task",
		PROVIDER,
		&["task", "submit", &first, &proof, "--unchecked"],
		4,
		"Tasks.NoSuchTask",
	)?);

	// The same input again: all but the task is the same, and so the statement is another one.
	let (task, _) = request_again(stage, model, &opening)?;
	refusals.push(rejected(stage, "the proof for another task on the same input", &task, &proof)?);

	let (task, opening) = model.request(stage, 2)?;
	let proof = model.proof(stage, &text(&task, "task"), &opening)?;
	let flipped = stage.path("flipped.proof.json");
	let mut file: Value = serde_json::from_str(&std::fs::read_to_string(&proof)?)?;
	let mut bytes = hex::decode(text(&file, "proof").trim_start_matches("0x"))?;
	*bytes.get_mut(40).context("the proof has 40 bytes")? ^= 1;
	file["proof"] = format!("0x{}", hex::encode(bytes)).into();
	std::fs::write(&flipped, file.to_string())?;
	let submit = ["task", "submit", &text(&task, "task"), &flipped];
	refusals.push(stage.refused("one bit changed, before it is sent", PROVIDER, &submit, 6, "proof_invalid")?);
	refusals.push(rejected(stage, "one bit changed", &task, &flipped)?);

	// Standalone, the public inputs come with the proof: one more or one less is refused.
	let file: Value = serde_json::from_str(&std::fs::read_to_string(&proof)?)?;
	let inputs = file["inputs"].as_array().context("a proof has inputs")?.clone();
	let zero = json!(format!("0x{}", "00".repeat(32)));
	for (what, inputs) in [
		("one public input too many", [&inputs[..], &[zero]].concat()),
		("one public input too few", inputs.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default()),
	] {
		let path = stage.path("inputs.proof.json");
		let mut file = file.clone();
		file["inputs"] = inputs.into();
		std::fs::write(&path, file.to_string())?;
		let args = ["zk", "verify", &path, "--published", &model.key, "--submit", "--unchecked"];
		refusals.push(stage.refused(what, STRANGER, &args, 4, "Verification.WrongProof")?);
	}
	Ok(refusals)
}

/// Requests a run on an input that was committed to before.
fn request_again(stage: &Stage<'_>, model: &Proved, opening: &str) -> Result<(Value, String)> {
	let opened: Value = serde_json::from_str(&std::fs::read_to_string(opening)?)?;
	let commitment = text(&opened, "commitment");
	let mut args = vec!["task", "request", &model.version, "--provider", PROVIDER, "--key", &model.key];
	args.extend(["--price", PRICE, "--commitment", &commitment]);
	if model.single_party(stage)? {
		args.push("--accept-single-party");
	}
	Ok((stage.aivm.run(REQUESTER, &args)?, commitment))
}

/// Sends a proof that does not hold: the task ends, the requester has its money back, and the receipt says so.
fn rejected(stage: &Stage<'_>, what: &str, task: &Value, proof: &str) -> Result<Value> {
	let number = text(task, "task");
	let (requester, provider) = (stage.balance(REQUESTER)?, stage.balance(PROVIDER)?);
	let args = ["task", "submit", &number, proof, "--unchecked"];
	let error = stage.aivm.run_failing(PROVIDER, &args, 4)?;
	let code = text(&error["error"], "code");
	ensure!(code == "proof_refused", "{what} should be refused by the chain: {}", error["error"]);
	ensure!(stage.balance(REQUESTER)? == requester, "{what}: the requester paid for it");
	ensure!(stage.balance(PROVIDER)? < provider, "{what}: the provider was paid, or paid no fee");
	let shown = stage.aivm.run(REQUESTER, &["account", "show", REQUESTER])?;
	let receipt = last_receipt(&error)?;
	let receipt = stage.aivm.run(REQUESTER, &["receipt", "show", &receipt])?;
	ensure!(text(&receipt, "verdict") == "Rejected", "{what}: the receipt says {}", text(&receipt, "verdict"));
	ensure!(text(&receipt, "paid") == "0", "{what}: the receipt has a payment");
	say(&format!(
		"{what}: the task failed, {} units went back, receipt {}",
		text(task, "escrow"),
		receipt_id(&receipt["id"])
	));
	Ok(json!({ "what": what, "code": code, "receipt": receipt, "requester": shown }))
}

/// The receipt that an error names at its end.
fn last_receipt(error: &Value) -> Result<String> {
	let cause = text(&error["error"], "cause");
	let id = cause.rsplit(' ').next().context("the error names a receipt")?;
	ensure!(id.contains('-'), "the error names no receipt: {cause}");
	Ok(id.to_owned())
}

/// A proof that snarkjs made of a circom circuit.
fn circom(stage: &Stage<'_>) -> Result<Value> {
	let file = |name: &str| stage.vectors.join("multiplier").join(name).to_string_lossy().into_owned();
	let (key, proof) = (stage.path("circom.vk.json"), stage.path("circom.proof.json"));
	let aivm = &stage.aivm;
	let convert = ["zk", "convert", "snarkjs"];
	aivm.run(STRANGER, &[&convert[..], &["--key", &file("verification_key.json"), "--key-out", &key]].concat())?;
	let args = ["--proof", &file("proof.json"), "--public", &file("public.json"), "--out", &proof];
	aivm.run(STRANGER, &[&convert[..], &args].concat())?;
	external(stage, "circom, proved by snarkjs", "circom", &key, &proof)
}

/// A receipt of a RISC0 guest.
fn risc0(stage: &Stage<'_>) -> Result<Value> {
	let receipt = stage.vectors.join("risc0/receipt.json").to_string_lossy().into_owned();
	let (key, proof) = (stage.path("risc0.vk.json"), stage.path("risc0.proof.json"));
	stage.aivm.run(STRANGER, &["zk", "convert", "risc0", &receipt, "--out", &proof, "--key-out", &key])?;
	external(stage, "RISC0 receipt", "risc0", &key, &proof)
}

/// Registers the key of another system, has the chain verify a proof, and shows that it does so once.
fn external(stage: &Stage<'_>, what: &str, system: &str, key: &str, proof: &str) -> Result<Value> {
	let aivm = &stage.aivm;
	let registered = aivm.run(STRANGER, &["zk", "key", "register", key, "--system", system])?;
	let number = text(&registered, "id");
	let offline = Aivm::new("ws://127.0.0.1:1".into())?;
	offline.run(STRANGER, &["zk", "verify", proof, "--key", key])?;
	let submit = ["zk", "verify", proof, "--published", &number, "--submit"];
	let verified = aivm.run(STRANGER, &submit)?;
	ensure!(verified["valid"] == true, "{what} was not verified: {verified}");
	let again = [&submit[..], &["--unchecked"]].concat();
	stage.refused(&format!("{what}, again"), STRANGER, &again, 4, "Verification.AlreadyVerified")?;
	let fee: u128 = text(&verified, "fee").parse()?;
	say(&format!("{what}: verified in block {}, fee {fee} units", verified["block"]["number"]));
	Ok(
		json!({ "what": what, "key": number, "inputs": verified["inputs"], "fee": fee.to_string(), "block": verified["block"] }),
	)
}
