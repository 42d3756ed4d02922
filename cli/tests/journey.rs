// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The way of a model from an ONNX file to verified receipts, with the real binary and a real node. One test, so that one node
//! serves all of it.

mod common;

use aivm_client::{Client, Sender, Signer, Until};
use common::{block_on, command, model_file, spec, wide_program, Bench};
use serde_json::Value;

const MODEL: &str = "digits-mlp";

#[test]
fn model_should_go_all_the_way_from_onnx_to_verified_receipts() {
	let bench = Bench::start();
	accounts_should_be_made_shown_and_paid(&bench);
	chain_should_be_shown_and_watched(&bench);
	let program = import_should_make_a_valid_program(&bench);
	let manifest = pack_should_be_canonical(&bench, &program);
	let version = publish_should_do_every_step_once(&bench, &program, &manifest);
	models_should_be_listed_and_shown(&bench, &version);
	let receipt = inference_should_be_paid_and_receipted(&bench, &version, &manifest);
	table_should_be_run_and_scored(&bench);
	receipt_should_be_proved_and_verified_offline(&bench, &receipt);
	upload_should_go_on_where_it_stopped(&bench);
	versions_should_be_managed_by_their_owner(&bench, &version);
}

fn accounts_should_be_made_shown_and_paid(bench: &Bench) {
	let file = bench.path("key");
	let made = bench.json(&["account", "new", "--out", file.to_str().unwrap()]);
	let account = made["account"].as_str().unwrap().to_owned();
	assert!(made.get("phrase").is_none(), "a key file must not be shown too");
	assert_eq!(bench.balance(&account), (0, 0));

	let sent = bench.as_json("//Alice", &["account", "transfer", &account, "2.5"]);
	assert!(sent["fee"].as_str().unwrap().parse::<u128>().unwrap() > 0);
	assert_eq!(bench.balance(&account), (2_500_000_000_000, 0));

	// The key in the file controls the account.
	let args = ["--key-file", file.to_str().unwrap(), "account", "transfer", "//Bob", "1"];
	bench.json(&args);
	let (free, _) = bench.balance(&account);
	assert!(free < 1_500_000_000_000 && free > 1_400_000_000_000, "{free}");

	// People get the same.
	let shown = bench.run(&["account", "show", &account]);
	assert!(shown.out.contains(&account) && shown.out.contains("spendable"), "{shown:?}");
}

fn chain_should_be_shown_and_watched(bench: &Bench) {
	let status = bench.json(&["chain", "status"]);
	assert!(status["best"]["number"].as_u64().unwrap() >= 1);
	assert_eq!(status["syncing"], false);
	assert!(status["genesis"].as_str().unwrap().starts_with("0x"));

	let watched = bench.json(&["chain", "watch", "--best", "--blocks", "2"]);
	let numbers: Vec<_> =
		watched["blocks"].as_array().unwrap().iter().map(|block| block["number"].as_u64().unwrap()).collect();
	assert_eq!(numbers.len(), 2);
	assert!(numbers[1] > numbers[0], "{numbers:?}");
	assert_eq!(bench.run(&["--json", "chain", "watch"]).code, 2);
}

fn import_should_make_a_valid_program(bench: &Bench) -> String {
	let program = bench.path("digits.aivm").to_str().unwrap().to_owned();
	let onnx = model_file(MODEL, "model.onnx");
	let refused = bench.run(&["--json", "model", "import", &onnx, "--out", &program]).error(5);
	assert!(refused["cure"].as_str().unwrap().contains("--calibration"), "{refused}");

	let calibration = model_file(MODEL, "calibration.csv");
	let report = bench.path("report.json");
	let args = [
		"model",
		"import",
		&onnx,
		"--calibration",
		&calibration,
		"--out",
		&program,
		"--report",
		report.to_str().unwrap(),
	];
	let imported = bench.json(&args);
	assert_eq!(imported["program"]["inputs"][0]["shape"], serde_json::json!([64]), "{imported}");
	let written: Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
	assert_eq!(written, imported);

	let checked = bench.json(&["model", "check", &program]);
	assert_eq!(checked["program"], imported["program"]);
	program
}

fn pack_should_be_canonical(bench: &Bench, program: &str) -> String {
	let manifest = bench.path("digits.manifest.json").to_str().unwrap().to_owned();
	let card = model_file(MODEL, "card.json");
	let pack = |args: &[&str]| {
		let all: Vec<&str> = ["model", "pack", program, "--out", &manifest].iter().chain(args).copied().collect();
		bench.json(&all)
	};
	let packed =
		pack(&["--card", &card, "--royalty-share", "2.5", "--royalty-minimum", "0.0001", "--author", "The tests"]);
	let bytes = std::fs::read(&manifest).unwrap();
	assert_eq!(packed["bytes"].as_u64().unwrap(), bytes.len() as u64);
	assert!(packed["cid"].as_str().unwrap().starts_with("bafk2bzace"));
	// Packing what is packed changes nothing.
	let copy = bench.path("copy.json");
	std::fs::write(&copy, &bytes).unwrap();
	assert_eq!(pack(&["--manifest", copy.to_str().unwrap()])["hash"], packed["hash"]);
	assert_eq!(std::fs::read(&manifest).unwrap(), bytes);

	let checked = bench.json(&["model", "check", program, "--manifest", &manifest]);
	assert_eq!(checked["manifest"]["hash"], packed["hash"]);
	manifest
}

fn publish_should_do_every_step_once(bench: &Bench, program: &str, manifest: &str) -> String {
	let publish = || bench.as_json("//Alice", &["model", "publish", program, "--manifest", manifest]);
	let first = publish();
	assert_eq!(first["steps"], serde_json::json!(["registered", "published", "uploaded", "finalised", "activated"]));
	assert_eq!(first["state"]["name"], "active");
	let size = std::fs::metadata(program).unwrap().len();
	assert_eq!(first["uploaded_bytes"].as_u64(), Some(size));
	assert!(first["quote"]["fits_block"].as_bool().unwrap(), "{first}");

	let again = publish();
	assert_eq!(again["steps"], serde_json::json!([]), "{again}");
	assert_eq!(again["version"], first["version"]);
	format!("{}@{}", first["version"]["model"], first["version"]["version"])
}

fn models_should_be_listed_and_shown(bench: &Bench, version: &str) {
	let models = bench.json(&["model", "list"]);
	let ours = models["models"].as_array().unwrap().iter().find(|model| model["name"] == MODEL).unwrap();
	assert_eq!(ours["version_count"], 1);
	let mine = bench.as_json("//Bob", &["model", "list", "--mine"]);
	assert_eq!(mine["models"], serde_json::json!([]));

	let shown = bench.json(&["model", "show", version]);
	assert_eq!(shown["licence"], "Apache-2.0");
	assert_eq!(shown["royalty"]["share_ppm"], 25_000);
	let by_name = bench.json(&["model", "show", MODEL]);
	assert_eq!(by_name["versions"].as_array().unwrap().len(), 1);
	let text = bench.run(&["model", "show", MODEL]);
	assert!(text.out.contains(version) && text.out.contains("active"), "{text:?}");
	assert_eq!(bench.run(&["--json", "model", "show", "no-such-model"]).error(7)["code"], "not_found");
}

/// The first row of the held-out table, and its label.
fn first_row() -> (String, String) {
	let table = std::fs::read_to_string(model_file(MODEL, "heldout.csv")).unwrap();
	let line = table.lines().nth(1).unwrap();
	let cells: Vec<&str> = line.split(',').collect();
	(cells[..64].join(","), cells[64].to_owned())
}

fn inference_should_be_paid_and_receipted(bench: &Bench, version: &str, manifest: &str) -> String {
	let (row, label) = first_row();
	let before = bench.balance("//Bob");
	let dry = bench.json(&["infer", MODEL, "--row", &row, "--dry-run"]);
	assert_eq!(bench.balance("//Bob"), before);
	assert_eq!(dry["result"]["class"].to_string(), label);

	let done = bench.as_json("//Bob", &["infer", version, "--row", &row, "--manifest", manifest]);
	assert_eq!(done["output"], dry["output"], "the dry run must be the run");
	assert_eq!(done["result"]["label"].as_str(), Some(label.as_str()));
	let total: u128 = done["total"].as_str().unwrap().parse().unwrap();
	assert!(total > 0);
	let after = bench.balance("//Bob");
	assert_eq!(after, (before.0 - total, before.1), "exactly the payment and the fee are gone");

	// The same input as bytes, and a maximum that is too low.
	let refused = bench.run_as("//Bob", &["infer", version, "--row", &row, "--max-payment", "1unit"]).error(4);
	assert_eq!(refused["code"], "PaymentAboveMaximum");
	format!("{}-{}", done["receipt"]["block"], done["receipt"]["index"])
}

fn table_should_be_run_and_scored(bench: &Bench) {
	let table = model_file(MODEL, "heldout.csv");
	let args = ["infer", MODEL, "--rows", &table, "--limit", "60"];
	let done = bench.as_json("//Charlie", &args);
	assert_eq!((done["done"].as_u64(), done["failed"].as_u64()), (Some(60), Some(0)), "{}", done["errors"]);
	assert_eq!(done["identical"], 60, "every output must be the interpreter's");
	assert_eq!(done["label"]["compared"], 60);
	assert!(done["label"]["accuracy"].as_f64().unwrap() > 0.9, "{}", done["label"]);
	assert!(done["float_label"]["accuracy"].as_f64().unwrap() > 0.95, "{}", done["float_label"]);
	assert!(done["blocks"].as_u64().unwrap() < 30, "many must share a block");
	let rows: Vec<_> = done["results"].as_array().unwrap().iter().map(|row| row["row"].as_u64().unwrap()).collect();
	assert_eq!(rows, (0..60).collect::<Vec<_>>());

	let text = bench.run(&["infer", MODEL, "--rows", &table, "--limit", "3", "--dry-run"]);
	assert!(text.out.contains("accuracy") && text.out.contains("3 of 3, bit for bit"), "{text:?}");
}

fn receipt_should_be_proved_and_verified_offline(bench: &Bench, receipt: &str) {
	let shown = bench.json(&["receipt", "show", receipt]);
	assert_eq!(shown["verdict"], "Accepted");
	let (block, index) = receipt.split_once('-').unwrap();
	let of_block = bench.json(&["receipt", "show", block]);
	assert_eq!(of_block["receipts"][index.parse::<usize>().unwrap()], shown);
	assert_eq!(bench.run(&["--json", "receipt", "show", &format!("{block}-9999")]).error(7)["code"], "not_found");

	let file = bench.path("receipt.json").to_str().unwrap().to_owned();
	let written = bench.json(&["receipt", "proof", receipt, "--out", &file]);

	// Nothing listens at this address: verifying is offline.
	let nowhere = |args: &[&str]| -> common::Answer {
		command("ws://127.0.0.1:1").arg("--json").args(args).output().unwrap().into()
	};
	let verified = nowhere(&["receipt", "verify", &file]).json();
	assert_eq!(verified["receipt"], shown);
	assert_eq!(verified["trusted"], false);
	let trusted_hash = written["at_hash"].as_str().unwrap();
	assert_eq!(nowhere(&["receipt", "verify", &file, "--trusted-hash", trusted_hash]).json()["trusted"], true);
	assert_eq!(bench.json(&["receipt", "verify", &file, "--from-node"])["trusted"], true);
	let other = shown["leaf_hash"].as_str().unwrap();
	nowhere(&["receipt", "verify", &file, "--trusted-hash", other]).error(6);

	// One byte changed, in every part of the proof.
	let original: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
	let proof = hex::decode(original["proof"].as_str().unwrap().trim_start_matches("0x")).unwrap();
	let tampered = bench.path("tampered.json").to_str().unwrap().to_owned();
	for place in (0..proof.len()).step_by((proof.len() / 40).max(1)) {
		let mut bytes = proof.clone();
		bytes[place] ^= 1;
		let mut changed = original.clone();
		changed["proof"] = format!("0x{}", hex::encode(bytes)).into();
		std::fs::write(&tampered, changed.to_string()).unwrap();
		nowhere(&["receipt", "verify", &tampered]).error(6);
	}
	// And in what stands beside it.
	for (name, value) in
		[("index", Value::from(7)), ("block", Value::from(1)), ("at", Value::from(1)), ("receipt", "0x00".into())]
	{
		let mut changed = original.clone();
		changed[name] = value;
		std::fs::write(&tampered, changed.to_string()).unwrap();
		nowhere(&["receipt", "verify", &tampered]).error(6);
	}
	std::fs::write(&tampered, "{}").unwrap();
	nowhere(&["receipt", "verify", &tampered]).error(5);
}

fn upload_should_go_on_where_it_stopped(bench: &Bench) {
	// Three chunks of 32 KiB.
	let program = wide_program(300, 1);
	let file = bench.path("wide.aivm");
	std::fs::write(&file, &program).unwrap();
	let card = bench.path("wide-card.json");
	std::fs::write(&card, r#"{"name": "wide", "description": "A wide layer.", "licence": "MIT"}"#).unwrap();
	let (file, card) = (file.to_str().unwrap(), card.to_str().unwrap());
	let manifest = bench.path("wide.manifest.json").to_str().unwrap().to_owned();
	let packed = bench.json(&["model", "pack", file, "--card", card, "--out", &manifest]);

	// Somebody published it and lost the connection after the first chunk.
	let url = bench.node.url();
	let chunk = block_on(async {
		let client = Client::connect(&url).await.unwrap();
		let sender = Sender::new(&client, Signer::dev("Dave").unwrap());
		let (model, _) = sender.register_model("wide", Until::InBlock).await.unwrap();
		let mut spec = spec(&program);
		spec.licence = "MIT".into();
		spec.manifest_cid = packed["cid"].as_str().unwrap().into();
		hex::decode_to_slice(packed["hash"].as_str().unwrap().trim_start_matches("0x"), &mut spec.manifest_hash.0)
			.unwrap();
		let (id, _) = sender.publish_version(model, &spec, Until::InBlock).await.unwrap();
		let chunk = client.upload_status(id).await.unwrap().unwrap().chunk_bytes;
		// And the second one was garbled.
		sender.upload_chunk(id, 0, &program[..chunk as usize], Until::InBlock).await.unwrap();
		sender.upload_chunk(id, 1, &vec![7; chunk as usize], Until::InBlock).await.unwrap();
		u64::from(chunk)
	});

	let done = bench.as_json("//Dave", &["model", "publish", file, "--manifest", &manifest]);
	assert_eq!(done["steps"], serde_json::json!(["uploaded", "finalised", "activated"]), "{done}");
	assert_eq!(done["resumed_bytes"].as_u64(), Some(chunk));
	assert_eq!(done["uploaded_bytes"].as_u64(), Some(program.len() as u64 - chunk));

	// What came out of the chain is what went in.
	let row = vec!["1"; 300].join(",");
	bench.as_json("//Dave", &["infer", "wide", "--row", &row]);
}

fn versions_should_be_managed_by_their_owner(bench: &Bench, version: &str) {
	let (model, _) = version.split_once('@').unwrap();
	let bob = bench.json(&["account", "show", "//Bob"])["account"].clone();

	bench.as_json("//Alice", &["model", "transfer", model, "--to", "//Bob"]);
	assert_eq!(bench.json(&["model", "show", model])["offered_to"], bob);
	bench.as_json("//Alice", &["model", "transfer", model, "--cancel"]);
	assert_eq!(bench.json(&["model", "show", model])["offered_to"], Value::Null);

	let held = bench.balance("//Alice").1;
	bench.as_json("//Alice", &["model", "transfer", model, "--to", "//Bob"]);
	bench.as_json("//Bob", &["model", "accept", model]);
	assert_eq!(bench.json(&["model", "show", model])["owner"], bob);
	assert!(bench.balance("//Alice").1 < held, "the deposits must come back");
	assert!(bench.balance("//Bob").1 > 0);

	bench.as_json("//Bob", &["model", "deprecate", version]);
	assert_eq!(bench.json(&["model", "show", version])["state"]["name"], "deprecated");
	bench.as_json("//Bob", &["model", "activate", version]);
	bench.as_json("//Bob", &["model", "revoke", version, "--reason", "it was a test"]);
	let shown = bench.json(&["model", "show", version]);
	assert_eq!(shown["state"]["name"], "revoked");
	assert_eq!(shown["revocation"]["reason"], "it was a test");

	let registered = bench.as_json("//Bob", &["model", "register", "short-lived"]);
	let number = registered["model"].to_string();
	bench.as_json("//Bob", &["model", "remove", &number]);
	bench.run(&["--json", "model", "show", &number]).error(7);
}
