// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The transparent path: real models are published, run by consensus, paid for and receipted.

use crate::aivm::Aivm;
use aivm_devnet::{Node, NodeConfig};
use anyhow::{bail, ensure, Context, Result};
use serde_json::{json, Value};
use std::{
	path::Path,
	time::{Duration, Instant},
};

/// The models of `scripts/models`, and what they do.
const MODELS: [(&str, &str); 5] = [
	("digits-mlp", "handwritten digits, neural network"),
	("digits-cnn", "handwritten digits, convolutional network with residual and depthwise layers"),
	("language-id", "language of a short text, convolutions with GELU, tanh, sigmoid and softmax"),
	("cancer-gbt", "breast-cancer risk, boosted trees"),
	("cancer-logreg", "breast-cancer risk, logistic regression"),
];
/// Who publishes, and who asks and pays.
const PUBLISHER: &str = "//Alice";
const REQUESTER: &str = "//Bob";
/// Accuracy on chain may be below the float model's by this much.
const TOLERANCE: f64 = 0.01;

/// Runs the demo and returns its report. Fails if anything does not hold.
pub fn run(models: &Path) -> Result<Value> {
	let started = Instant::now();
	step("starting a chain with one validator");
	let mut node = Node::start(NodeConfig::dev())?;
	node.wait_for_best(1, Duration::from_secs(60))?;
	let aivm = Aivm::new(node.url())?;
	let status = aivm.run(REQUESTER, &["chain", "status"])?;
	say(&format!("{} at {}, genesis {}", text(&status, "node_version"), node.url(), text(&status, "genesis")));

	let folder = tempfile::tempdir()?;
	let mut reports = Vec::new();
	for (name, what) in MODELS {
		step(&format!("{name}: {what}"));
		reports.push(model(&aivm, &models.join(name), name, folder.path())?);
	}
	let last = reports.last().context("there are models")?;
	let receipt = receipt(&aivm, last, folder.path())?;

	step("summary");
	println!(
		"  {:<14} {:>6} {:>9} {:>9} {:>10} {:>12} {:>12} {:>12}",
		"model", "rows", "float", "on chain", "identical", "block time", "payment", "fee"
	);
	for report in &reports {
		println!(
			"  {:<14} {:>6} {:>8.2}% {:>8.2}% {:>10} {:>9.3} ms {:>12} {:>12}",
			text(report, "model"),
			text(report, "rows"),
			100.0 * number(report, "float_accuracy"),
			100.0 * number(report, "chain_accuracy"),
			text(report, "identical"),
			number(report, "block_time_ms"),
			text(report, "payment"),
			text(report, "fee"),
		);
	}
	println!("  (payment and fee for one inference, in AIVM; identical: outputs equal to the native interpreter's, bit for bit)");
	println!(
		"  one receipt verified offline; with one byte changed, verification failed at each of {} places",
		receipt["tampered"]
	);
	node.stop()?;
	println!("  the node was stopped; everything took {} seconds", started.elapsed().as_secs());
	Ok(
		json!({ "demo": "inference", "passed": true, "models": reports, "receipt": receipt, "seconds": started.elapsed().as_secs() }),
	)
}

/// Imports, publishes and runs one model on all its held-out rows.
fn model(aivm: &Aivm, source: &Path, name: &str, folder: &Path) -> Result<Value> {
	let file = |name: &str| source.join(name).to_string_lossy().into_owned();
	let out = |suffix: &str| folder.join(format!("{name}{suffix}")).to_string_lossy().into_owned();
	let (program, manifest) = (out(".aivm"), out(".manifest.json"));

	let imported = aivm.run(
		PUBLISHER,
		&["model", "import", &file("model.onnx"), "--calibration", &file("calibration.csv"), "--out", &program],
	)?;
	say(&format!("imported from ONNX: {} bytes", std::fs::metadata(&program)?.len()));
	aivm.run(
		PUBLISHER,
		&["model", "pack", &program, "--card", &file("card.json"), "--royalty-share", "10", "--out", &manifest],
	)?;
	aivm.run(PUBLISHER, &["model", "check", &program, "--manifest", &manifest])?;
	let published = aivm.run(PUBLISHER, &["model", "publish", &program, "--manifest", &manifest])?;
	let quote = &published["quote"];
	say(&format!(
		"published as {}@{}: {}",
		published["version"]["model"], published["version"]["version"], published["steps"]
	));

	let rows = std::fs::read_to_string(file("heldout.csv"))?.lines().count().saturating_sub(1);
	say(&format!("running {rows} held-out rows on chain"));
	let version = format!("{}@{}", published["version"]["model"], published["version"]["version"]);
	let done = aivm.run(REQUESTER, &["infer", &version, "--rows", &file("heldout.csv")])?;
	let count = |key: &str| done[key].as_u64().unwrap_or_default();
	ensure!(count("done") == rows as u64, "{} of {rows} rows were run: {}", count("done"), done["errors"]);
	ensure!(count("identical") == rows as u64, "only {} outputs are the native interpreter's", count("identical"));
	let chain_accuracy = number(&done["label"], "accuracy");
	let agreement = number(&done["float_label"], "accuracy");
	let float_accuracy = float_accuracy(&file("heldout.csv"))?;
	ensure!(
		chain_accuracy >= float_accuracy - TOLERANCE,
		"accuracy on chain is {chain_accuracy}, the float model's is {float_accuracy}"
	);
	let block_time_ms = number(&quote["weight"], "ref_time") / 1e9;
	let each = |key: &str| -> Result<String> {
		let total: u128 = text(&done, key).parse()?;
		Ok(aivm_amount(total / rows.max(1) as u128))
	};
	say(&format!(
		"accuracy {:.2} % on chain, {:.2} % for the float model; {} rows in {} blocks",
		100.0 * chain_accuracy,
		100.0 * float_accuracy,
		rows,
		done["blocks"]
	));
	Ok(json!({
		"model": name,
		"version": published["version"],
		"program": imported["program"],
		"rows": rows,
		"identical": count("identical"),
		"float_accuracy": float_accuracy,
		"chain_accuracy": chain_accuracy,
		"agreement_with_float": agreement,
		"block_time_ms": block_time_ms,
		"macs": quote["macs"],
		"payment": each("paid")?,
		"fee": each("fees")?,
		"blocks": done["blocks"],
		"seconds": done["seconds"],
		"receipts": done["receipts"],
	}))
}

/// Proves the last receipt of a model, verifies the proof without a node, and shows that changed proofs fail.
fn receipt(aivm: &Aivm, report: &Value, folder: &Path) -> Result<Value> {
	let id = &report["receipts"][1];
	let id = match id {
		Value::String(id) => id.clone(),
		id => format!("{}-{}", id["block"], id["index"]),
	};
	step(&format!("receipt {id}: proof, offline verification, tampering"));
	let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
	let (good, bad) = (path("receipt.json"), path("tampered.json"));
	let proof = aivm.run(REQUESTER, &["receipt", "proof", &id, "--out", &good])?;
	let trusted = text(&proof, "at_hash");

	// Nothing listens here: what works now, works offline.
	let offline = Aivm::new("ws://127.0.0.1:1".into())?;
	let verified = offline.run(REQUESTER, &["receipt", "verify", &good, "--trusted-hash", &trusted])?;
	ensure!(verified["trusted"] == true, "the proof was not checked against the trusted hash");
	say(&format!("verified offline against the finalised block {trusted}"));

	let original: Value = serde_json::from_str(&std::fs::read_to_string(&good)?)?;
	let bytes = hex::decode(text(&original, "proof").trim_start_matches("0x"))?;
	let mut tampered = 0u64;
	for place in (0..bytes.len()).step_by((bytes.len() / 32).max(1)) {
		let mut changed = bytes.clone();
		match changed.get_mut(place) {
			Some(byte) => *byte ^= 1,
			None => bail!("the proof has no byte {place}"),
		}
		let mut document = original.clone();
		document["proof"] = format!("0x{}", hex::encode(changed)).into();
		std::fs::write(&bad, document.to_string())?;
		let error = offline.run_failing(REQUESTER, &["receipt", "verify", &bad, "--trusted-hash", &trusted], 6)?;
		if tampered == 0 {
			say(&format!("one byte changed: {}", error["error"]["cause"].as_str().unwrap_or_default()));
		}
		tampered += 1;
	}
	say(&format!("changed at {tampered} places of {} bytes, it failed each time", bytes.len()));
	Ok(
		json!({ "id": id, "against": trusted, "proof_bytes": bytes.len(), "tampered": tampered, "receipt": verified["receipt"] }),
	)
}

/// How often the float model is right, by the columns of the table that ONNX Runtime's labels were written to.
fn float_accuracy(table: &str) -> Result<f64> {
	let content = std::fs::read_to_string(table)?;
	let mut lines = content.lines();
	let header: Vec<&str> = lines.next().context("the table has no header")?.split(',').collect();
	let column =
		|name: &str| header.iter().position(|title| *title == name).with_context(|| format!("no column {name}"));
	let (label, float) = (column("label")?, column("float_label")?);
	let (mut rows, mut right) = (0u32, 0u32);
	for line in lines {
		let cells: Vec<&str> = line.split(',').collect();
		rows += 1;
		right += u32::from(cells.get(label) == cells.get(float));
	}
	Ok(f64::from(right) / f64::from(rows.max(1)))
}

/// An amount in AIVM with six decimal places.
fn aivm_amount(units: u128) -> String {
	format!("{}.{:06}", units / 1_000_000_000_000, units % 1_000_000_000_000 / 1_000_000)
}

pub fn number(value: &Value, key: &str) -> f64 {
	value[key].as_f64().unwrap_or(f64::NAN)
}

pub fn text(value: &Value, key: &str) -> String {
	match &value[key] {
		Value::String(text) => text.clone(),
		other => other.to_string(),
	}
}

pub fn step(what: &str) {
	println!("\n--> {what}");
}

pub fn say(what: &str) {
	println!("    {what}");
}
