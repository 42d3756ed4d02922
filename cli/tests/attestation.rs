// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Evidence, records, endpoints and collateral, with the real binary and a real node. One test, so that one node serves all of
//! it.

mod common;

use std::{path::Path, time::Duration};

use aivm_attestation::{Binding, Subject};
use aivm_client::parse_account;
use common::{command, Answer, Bench};
use serde_json::{json, Value};

#[test]
fn provider_should_attest_and_be_refused_what_does_not_hold() {
	let bench = Bench::start();
	challenge_should_be_that_of_chain_and_provider(&bench);
	rules_should_be_those_of_a_development_chain(&bench);
	development_attestation_should_be_recorded_for_its_deposit(&bench);
	what_does_not_hold_should_be_refused_with_its_reason(&bench);
	collateral_should_be_asked_for_and_submitted(&bench);
	endpoint_should_be_stated_for_its_deposit(&bench);
	record_should_be_removed_for_its_deposit(&bench);
}

#[test]
fn evidence_should_be_shown_without_a_node() {
	let offline =
		|args: &[&str]| -> Answer { command("ws://127.0.0.1:1").arg("--json").args(args).output().unwrap().into() };
	let shown = offline(&["attestation", "inspect", "--quote", &vector("intel/tdx_quote")]).json();
	assert_eq!((&shown["machine"]["kind"], &shown["devices"]), (&json!("tdx"), &json!([])));
	let (report, chain) = (vector("nvidia/hopperAttestationReport.txt"), vector("nvidia/hopperCertChain.txt"));
	let gpu = ["--gpu-report", &report, "--gpu-chain", &chain];
	let shown = offline(&[&["attestation", "inspect"][..], &gpu].concat()).json();
	assert_eq!((&shown["devices"][0]["kind"], &shown["machine"]), (&json!("nvidia-gpu"), &Value::Null));
	let garbage = offline(&["attestation", "inspect", "--quote", &vector("README.md")]).error(5);
	assert!(garbage["cause"].as_str().unwrap().contains("Intel quote") && garbage["cure"].is_string(), "{garbage}");

	for args in [
		&["attestation"][..],
		&["attestation", "inspect"],
		&["attestation", "inspect", "--quote", &report, "--nitro", &report],
		&["attestation", "inspect", "--snp-report", &report],
		&["attestation", "inspect", "--gpu-report", &report],
		&["attestation", "develop", "--for", "2d"],
		&["attestation", "endpoint", "set", "http://a", "--kind", "SGX"],
		&["attestation", "collateral", "submit"],
		// Nobody signs.
		&["attestation", "challenge"],
	] {
		assert_eq!(offline(args).code, 2, "{args:?}");
	}
}

/// A recorded file.
fn vector(name: &str) -> String {
	let root = std::env::var("CARGO_MANIFEST_DIR").unwrap();
	let path = Path::new(&root).join("../primitives/attestation/tests/vectors").join(name);
	path.to_str().unwrap().to_owned()
}

fn path(bench: &Bench, name: &str) -> String {
	bench.path(name).to_str().unwrap().to_owned()
}

fn amount(value: &Value) -> u128 {
	value.as_str().unwrap_or_else(|| panic!("{value} is no amount")).parse().unwrap()
}

fn bytes<const N: usize>(value: &Value) -> [u8; N] {
	let digits = value.as_str().unwrap().trim_start_matches("0x");
	hex::decode(digits).unwrap().try_into().unwrap()
}

/// A development attestation of a key, in a file.
fn develop(bench: &Bench, suri: &str, name: &str) -> String {
	let file = path(bench, name);
	bench.as_json(suri, &["attestation", "develop", "--out", &file]);
	file
}

/// Fails unless a command is refused by the chain with this code, with a cure, and nothing of the signer's changes.
fn refused(bench: &Bench, suri: &str, code: &str, cause: &str, args: &[&str]) {
	let before = bench.balance(suri);
	let error = bench.run_as(suri, args).error(4);
	assert_eq!(error["code"], code, "{error}");
	assert!(error["cause"].as_str().unwrap().contains(cause) && error["cure"].is_string(), "{error}");
	assert_eq!(bench.balance(suri), before, "{code}");
}

/// Fails unless a transaction fails with this code, for which the signer pays a fee and nothing else.
fn fails(bench: &Bench, suri: &str, code: &str, args: &[&str]) {
	let before = bench.balance(suri);
	let error = bench.run_as(suri, args).error(4);
	assert_eq!(error["code"], code, "{error}");
	assert!(!error["cause"].as_str().unwrap().is_empty(), "{error}");
	let after = bench.balance(suri);
	assert!(after.0 < before.0 && after.1 == before.1, "{code}: {before:?}, {after:?}");
}

fn challenge_should_be_that_of_chain_and_provider(bench: &Bench) {
	let genesis = bytes(&bench.json(&["chain", "status"])["genesis"]);
	let provider = parse_account("//Bob").unwrap();
	let asked = bench.as_json("//Bob", &["attestation", "challenge"]);
	assert_eq!(asked, bench.json(&["attestation", "challenge", "//Bob"]));
	let subject = Subject::Nonce(bytes(&asked["nonce"]));
	let binding = Binding { genesis, provider: provider.0, subject };
	assert_eq!(bytes(&asked["digest"]), binding.digest());
	assert_eq!(bytes(&asked["report_data"]), binding.report_data(&[]));
	assert_ne!(asked["nonce"], bench.json(&["attestation", "challenge", "//Eve"])["nonce"]);

	// The report data of a machine with devices name their reports.
	let file = vector("nvidia/hopperAttestationReport.txt");
	let report = hex::decode(std::fs::read_to_string(&file).unwrap().trim()).unwrap();
	let with = bench.json(&["attestation", "challenge", "//Bob", "--gpu-report", &file]);
	assert_eq!((&with["nonce"], &with["devices"]), (&asked["nonce"], &json!(1)));
	assert_eq!(bytes(&with["report_data"]), binding.report_data(&[&report]));
}

fn rules_should_be_those_of_a_development_chain(bench: &Bench) {
	let rules = bench.json(&["attestation", "rules"]);
	assert_eq!(rules["allow_development"], true);
	let tiers: Vec<_> = rules["policies"].as_array().unwrap().iter().map(|policy| policy["tier"].clone()).collect();
	assert_eq!(tiers, ["entry", "standard", "high-performance"]);
	assert_eq!(rules["policies"][0]["amd"], json!([]));
	assert_eq!((&rules["workloads"], &rules["goldens"], &rules["denied"]), (&json!([]), &json!([]), &json!([])));
	assert_eq!(rules["collectors"], json!([parse_account("//Alice").unwrap().to_string()]));
	assert!(bench.run(&["attestation", "rules"]).out.contains("no production network"));
	// The node has no collector's key.
	assert_eq!(bench.json(&["attestation", "status"])["collector"], Value::Null);
	assert!(bench.run(&["attestation", "status"]).out.contains("collects nothing"));
}

fn development_attestation_should_be_recorded_for_its_deposit(bench: &Bench) {
	let file = path(bench, "bob.scale");
	let claim = format!("0x{}", "5a".repeat(32));
	let made = bench.as_json("//Bob", &["attestation", "develop", "--claim", &claim, "--out", &file]);
	assert_eq!(made["bytes"], std::fs::read(&file).unwrap().len());
	let inspected = bench.json(&["attestation", "inspect", "--evidence", &file]);
	assert_eq!(inspected["machine"]["measurement"]["claim"], claim);

	let before = bench.balance("//Bob");
	let evidence = ["--evidence", &file];
	let checked = bench.json(&[&["attestation", "check", "--provider", "//Bob"][..], &evidence].concat());
	assert_eq!(bench.balance("//Bob"), before, "asking is free");
	let recorded = bench.as_json("//Bob", &[&["attestation", "attest"][..], &evidence].concat());
	for record in [&checked, &recorded] {
		assert_eq!((&record["kind"], &record["bound"]), (&json!("development"), &json!("challenge")));
		assert_eq!((&record["tiers"], &record["tcb"]), (&json!([]), &Value::Null));
		assert_eq!((&record["measured"], &record["expires"]), (&inspected["machine"]["measured"], &made["until"]));
	}
	let (fee, deposit) = (amount(&recorded["fee"]), amount(&recorded["deposit"]));
	assert!(deposit > 0);
	assert_eq!(bench.balance("//Bob"), (before.0 - fee - deposit, before.1 + deposit));

	// Again: the deposit stays as it is.
	let before = bench.balance("//Bob");
	let again = bench.as_json("//Bob", &[&["attestation", "attest"][..], &evidence].concat());
	assert_eq!(bench.balance("//Bob"), (before.0 - amount(&again["fee"]), before.1));

	let shown = bench.as_json("//Bob", &["attestation", "records", "show"]);
	let [record] = shown["records"].as_array().unwrap().as_slice() else { panic!("{shown}") };
	assert_eq!((&record["valid"], amount(&record["deposit"])), (&json!(true), deposit));
	assert_eq!(record["verified_at"], again["verified_at"]);
	let listed = bench.json(&["attestation", "records", "list", "--valid"]);
	assert_eq!(&listed["records"][0]["provider"], &json!(parse_account("//Bob").unwrap().to_string()));
	assert_eq!(bench.json(&["attestation", "records", "show", "//Eve"])["records"], json!([]));
	let text = bench.run(&["attestation", "records", "show", "//Bob"]).out;
	assert!(text.contains("no hardware proved anything"), "{text}");
}

fn what_does_not_hold_should_be_refused_with_its_reason(bench: &Bench) {
	let own = develop(bench, "//Charlie", "charlie.scale");
	let evidence = ["--evidence", &own];
	let of = |command: &'static str| [&["attestation", command][..], &evidence].concat();
	refused(bench, "//Dave", "Attestation.ForeignKey", "provider's key", &of("check"));
	refused(bench, "//Dave", "Attestation.ForeignKey", "provider's key", &of("attest"));
	fails(bench, "//Dave", "Attestation.ForeignKey", &[&of("attest")[..], &["--unchecked"]].concat());
	let unknown = [&of("check")[..], &["--workload", "9"]].concat();
	refused(bench, "//Charlie", "Attestation.UnknownWorkload", "no such workload", &unknown);

	let short = path(bench, "short.scale");
	bench.as_json("//Charlie", &["attestation", "develop", "--for", "1s", "--out", &short]);
	std::thread::sleep(Duration::from_secs(6));
	let late = ["attestation", "attest", "--evidence", &short];
	refused(bench, "//Charlie", "Attestation.Expired", "development attestation was valid until", &late);
	// The transaction names the part that the refusal is about.
	let before = bench.balance("//Charlie");
	let error = bench.run_as("//Charlie", &[&late[..], &["--unchecked"]].concat()).error(4);
	assert_eq!(error["code"], "Attestation.Expired");
	assert!(error["cause"].as_str().unwrap().contains("Development"), "{error}");
	assert!(bench.balance("//Charlie").0 < before.0, "a failed transaction costs its fee");

	// One bit of the signature.
	let mut bytes = std::fs::read(&own).unwrap();
	let last = bytes.len() - 2;
	bytes[last] ^= 1;
	let changed = path(bench, "changed.scale");
	std::fs::write(&changed, bytes).unwrap();
	let changed = ["attestation", "check", "--evidence", &changed];
	refused(bench, "//Charlie", "Attestation.Signature", "signature", &changed);

	let (nitro, report, chain) = (
		vector("nitro/attestation.cose"),
		vector("nvidia/hopperAttestationReport.txt"),
		vector("nvidia/hopperCertChain.txt"),
	);
	let expired = ["attestation", "check", "--nitro", &nitro];
	refused(bench, "//Charlie", "Attestation.Expired", "certificate of the Nitro document was valid until", &expired);
	let gpu = ["attestation", "check", "--gpu-report", &report, "--gpu-chain", &chain];
	refused(bench, "//Charlie", "Attestation.UnknownFirmware", "driver and VBIOS", &gpu);
	let readme = vector("README.md");
	let garbage = ["attestation", "check", "--quote", &readme];
	refused(bench, "//Charlie", "Attestation.Unsupported", "Intel quote", &garbage);
	assert_eq!(bench.json(&["attestation", "records", "show", "//Charlie"])["records"], json!([]));
}

fn collateral_should_be_asked_for_and_submitted(bench: &Bench) {
	let (report, certificate) = (vector("amd/report_milan.bin"), vector("amd/vcek_milan.der"));
	let evidence = ["--snp-report", &report, "--snp-certificate", &certificate];
	let of = |command: &[&'static str]| [&["attestation"][..], command, &evidence].concat();
	let needed = || bench.json(&of(&["collateral", "needed"]))["needed"].clone();
	assert_eq!(needed(), json!(["ASK of Milan"]));
	refused(bench, "//Dave", "Attestation.MissingCollateral", "ASK or ASVK certificate", &of(&["check"]));
	assert_eq!(bench.json(&["attestation", "collateral", "list"])["collateral"], json!([]));

	let ask = vector("amd/ask_milan.der");
	let submit = ["attestation", "collateral", "submit", &ask];
	let before = bench.balance("//Dave");
	let submitted = bench.as_json("//Dave", &submit);
	let fee = amount(&submitted["pieces"][0]["fee"]);
	assert_eq!(bench.balance("//Dave"), (before.0 - fee, before.1), "collateral has no deposit");
	assert_eq!(needed(), json!([]));
	assert_eq!(bench.as_json("//Dave", &submit)["pieces"][0]["stored"], false);
	let listed = bench.json(&["attestation", "collateral", "list"]);
	assert_eq!(listed["collateral"][0]["id"], "ASK of Milan");
	assert!(listed["collateral"][0]["until"].as_u64() > listed["now"].as_u64(), "{listed}");
	// Now the policy of the tiers says no.
	refused(bench, "//Dave", "Attestation.TcbTooLow", "security versions", &of(&["check"]));

	let bundle = vector("intel/sgx_quote_collateral.json");
	fails(bench, "//Dave", "Attestation.Expired", &["attestation", "collateral", "submit", &bundle]);
	let readme = vector("README.md");
	bench.run_as("//Dave", &["attestation", "collateral", "submit", &readme]).error(5);
}

fn endpoint_should_be_stated_for_its_deposit(bench: &Bench) {
	let set = |url: &'static str, kind: &'static str| ["attestation", "endpoint", "set", url, "--kind", kind];
	assert_eq!(bench.run(&["--json", "attestation", "endpoint", "show", "//Eve"]).error(7)["code"], "not_found");
	fails(bench, "//Eve", "Attestation.UnknownEndpoint", &["attestation", "endpoint", "clear"]);
	fails(bench, "//Eve", "Attestation.BadUrl", &set("ftp://a", "tdx"));
	fails(bench, "//Eve", "Attestation.DeviceKind", &set("http://a", "nvidia-gpu"));

	let before = bench.balance("//Eve");
	let stated = bench.as_json("//Eve", &set("http://127.0.0.1:8080", "tdx"));
	let shown = bench.as_json("//Eve", &["attestation", "endpoint", "show"]);
	assert_eq!((&shown["url"], &shown["kind"]), (&json!("http://127.0.0.1:8080"), &json!("tdx")));
	let (fee, deposit) = (amount(&stated["fee"]), amount(&shown["deposit"]));
	assert!(deposit > 0);
	assert_eq!(bench.balance("//Eve"), (before.0 - fee - deposit, before.1 + deposit));

	let cleared = bench.as_json("//Eve", &["attestation", "endpoint", "clear"]);
	assert_eq!(bench.balance("//Eve"), (before.0 - fee - amount(&cleared["fee"]), before.1));
}

fn record_should_be_removed_for_its_deposit(bench: &Bench) {
	let remove = ["attestation", "records", "remove", "development"];
	let others = [&remove[..], &["--provider", "//Bob"]].concat();
	fails(bench, "//Eve", "Attestation.NotExpired", &others);
	let before = bench.balance("//Bob");
	let removed = bench.as_json("//Bob", &remove);
	assert_eq!(bench.balance("//Bob"), (before.0 + before.1 - amount(&removed["fee"]), 0));
	fails(bench, "//Bob", "Attestation.UnknownRecord", &remove);
	assert_eq!(bench.json(&["attestation", "records", "list"])["records"], json!([]));
}
