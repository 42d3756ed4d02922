// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tasks with proofs against a real node, through the real binary. One test, so that one node serves all of it.

mod common;

use common::{wide_program, Bench};
use serde_json::Value;

/// Numbers that the small program takes.
const WIDTH: u32 = 4;
/// Most that a failed transaction may cost.
const MOST_FEE: u128 = 50_000_000_000;
/// Who publishes, who asks and pays, who proves, who has nothing to do with it.
const OWNER: &str = "//Alice";
const REQUESTER: &str = "//Bob";
const PROVIDER: &str = "//Charlie";
const STRANGER: &str = "//Dave";

/// Runs a command line as `signer`. Words that begin with `@` are files of the bench's folder.
fn run(bench: &Bench, signer: &str, line: &str) -> common::Answer {
	let words: Vec<String> = line
		.split_whitespace()
		.map(|word| match word.strip_prefix('@') {
			Some(name) => bench.path(name).to_str().unwrap().to_owned(),
			None => word.to_owned(),
		})
		.collect();
	bench.run_as(signer, &words.iter().map(String::as_str).collect::<Vec<_>>())
}

fn json(bench: &Bench, signer: &str, line: &str) -> Value {
	run(bench, signer, line).json()
}

/// Fails unless a command is refused with this exit code and this name.
fn refused(bench: &Bench, signer: &str, line: &str, exit: i32, code: &str) -> Value {
	let error = run(bench, signer, line).error(exit);
	assert_eq!(error["code"], code, "{line}: {error}");
	error
}

fn total(bench: &Bench, account: &str) -> u128 {
	let (free, held) = bench.balance(account);
	free + held
}

fn units(value: &Value) -> u128 {
	value.as_str().unwrap().parse().unwrap()
}

fn place(receipt: &Value) -> String {
	format!("{}-{}", receipt["block"], receipt["index"])
}

#[test]
fn task_should_be_paid_for_a_proof_and_refunded_for_everything_else() {
	let bench = Bench::start();
	let version = publish(&bench);
	let key = register_key(&bench, &version);
	proved_task_should_be_paid_and_receipted(&bench, &version, &key);
	public_input_should_be_proved_too(&bench, &version, &key);
	task_should_be_refunded_when_the_provider_gives_it_back(&bench, &version, &key);
	wrong_proof_should_end_the_task_without_a_payment(&bench, &version, &key);
	proof_should_be_verified_once_without_a_task(&bench);
	// Last, because the key cannot be used any more.
	revoked_key_should_be_of_no_use(&bench, &version, &key);
}

fn publish(bench: &Bench) -> String {
	std::fs::write(bench.path("small.aivm"), wide_program(WIDTH, 3)).unwrap();
	let card = r#"{"name": "small", "description": "Small.", "licence": "MIT"}"#;
	std::fs::write(bench.path("card.json"), card).unwrap();
	let done = json(bench, OWNER, "model publish @small.aivm --card @card.json --royalty-share 10");
	format!("{}@{}", done["version"]["model"], done["version"]["version"])
}

fn register_key(bench: &Bench, version: &str) -> String {
	json(bench, OWNER, "zk powers --for @small.aivm --out @powers.ptau");
	json(bench, OWNER, "zk setup @small.aivm --powers @powers.ptau --out @0.key");
	json(bench, OWNER, "zk contribute @0.key --name Alice --out @1.key");
	json(bench, REQUESTER, "zk contribute @1.key --name Bob --out @2.key");
	let ended = json(bench, OWNER, "zk beacon @2.key --next-block --out @small.key");
	let verify = "zk verify-setup @small.key --program @small.aivm --powers @powers.ptau";
	json(bench, OWNER, &format!("{verify} --beacon-block {} --out @vk.json", ended["block"]));
	// Another block was not announced.
	let other = ended["block"].as_u64().unwrap() - 1;
	refused(bench, OWNER, &format!("{verify} --beacon-block {other}"), 6, "ceremony_refused");

	refused(bench, OWNER, "zk key register @vk.json", 2, "usage");
	let register = format!("zk key register @vk.json --model {version}");
	refused(bench, STRANGER, &register, 4, "Verification.NotModelOwner");
	let held = bench.balance(OWNER).1;
	let registered = json(bench, OWNER, &register);
	assert_eq!(bench.balance(OWNER).1 - held, units(&registered["deposit"]));
	assert_eq!((&registered["inputs"], &registered["single_party"]), (&4.into(), &true.into()));
	let key = registered["id"].to_string();
	let listed = json(bench, OWNER, &format!("zk key list --model {version}"));
	assert_eq!(listed["keys"][0]["digest"], json(bench, OWNER, "zk inspect @vk.json")["digest"]);
	key
}

/// A request with the options that every one here has.
fn request(version: &str, key: &str, more: &str) -> String {
	format!("task request {version} --provider {PROVIDER} --key {key} --price 1 --accept-single-party {more}")
}

fn proved_task_should_be_paid_and_receipted(bench: &Bench, version: &str, key: &str) {
	let unaccepted = format!("task request {version} --provider {PROVIDER} --key {key} --price 1 --raw 0x01020304");
	refused(bench, REQUESTER, &unaccepted, 4, "Verification.SinglePartyKey");
	let cheap = request(version, key, "--raw 0x01020304").replace("--price 1 ", "--price 0.001 ");
	refused(bench, REQUESTER, &cheap, 4, "PriceTooLow");
	let (requester, held) = (total(bench, REQUESTER), bench.balance(REQUESTER).1);
	let task = json(bench, REQUESTER, &request(version, key, "--raw 0x01fe037f --private @opening.json"));
	let (number, escrow) = (task["task"].to_string(), units(&task["escrow"]));
	assert_eq!(bench.balance(REQUESTER).1 - held, escrow + units(&task["deposit"]));
	let shown = json(bench, REQUESTER, &format!("task show {number}"));
	assert_eq!((&shown["state"], &shown["commitment"]), (&"Assigned".into(), &task["commitment"]));
	let listed = json(bench, PROVIDER, "task list --mine");
	assert_eq!(listed["tasks"].as_array().unwrap().len(), 1);

	// Somebody else cannot prove it, nor can it be proved with another input.
	let prove = format!("task prove {number} --proving-key @small.key");
	refused(bench, STRANGER, &format!("{prove} --opening @opening.json"), 4, "Tasks.NotProvider");
	refused(bench, PROVIDER, &format!("{prove} --raw 0x01fe0380"), 5, "bad_input");
	json(bench, PROVIDER, &format!("{prove} --opening @opening.json --no-submit --out @proof.json"));
	refused(bench, STRANGER, &format!("task submit {number} @proof.json --unchecked"), 4, "Tasks.NotProvider");
	let provider = total(bench, PROVIDER);
	let done = json(bench, PROVIDER, &format!("task submit {number} @proof.json"));
	assert_eq!(done["outcome"], "settled");
	let receipt = json(bench, REQUESTER, &format!("receipt show {}", place(&done["receipt"])));
	assert_eq!((&receipt["path"], &receipt["verdict"]), (&"ZkProof".into(), &"Accepted".into()));
	assert_eq!(receipt["proof"]["key"].to_string(), key);
	assert_eq!(receipt["input_hash"], task["commitment"]);
	assert_eq!(total(bench, PROVIDER), provider - units(&done["fee"]) + units(&receipt["payment"]["provider"]));
	assert_eq!(units(&receipt["paid"]), escrow);
	assert_eq!(total(bench, REQUESTER), requester - units(&task["fee"]) - escrow);
	assert_eq!(bench.balance(REQUESTER).1, held, "the deposit came back");
	refused(bench, PROVIDER, &format!("task submit {number} @proof.json --unchecked"), 4, "Tasks.NoSuchTask");
	refused(bench, PROVIDER, &format!("task show {number}"), 7, "not_found");
	// The input is not in the event of the request, nor anywhere else that this program shows.
	assert!(!shown.to_string().contains("01fe037f") && !receipt.to_string().contains("01fe037f"));
}

fn public_input_should_be_proved_too(bench: &Bench, version: &str, key: &str) {
	let task = json(bench, REQUESTER, &request(version, key, "--raw 0x01020304"));
	let prove = format!("task prove {} --proving-key @small.key --raw 0x01020304", task["task"]);
	assert_eq!(json(bench, PROVIDER, &prove)["outcome"], "settled");
}

fn task_should_be_refunded_when_the_provider_gives_it_back(bench: &Bench, version: &str, key: &str) {
	let before = total(bench, REQUESTER);
	let task = json(bench, REQUESTER, &request(version, key, "--raw 0x01020304"));
	let cancel = format!("task cancel {}", task["task"]);
	refused(bench, REQUESTER, &cancel, 4, "Tasks.NotProvider");
	let cancelled = json(bench, PROVIDER, &cancel);
	assert_eq!(cancelled["refunded"], task["escrow"]);
	// What is missing are the fees of the request and of the refused attempt.
	let spent = before - total(bench, REQUESTER) - units(&task["fee"]);
	assert!(spent > 0 && spent < MOST_FEE, "{spent}");
}

fn wrong_proof_should_end_the_task_without_a_payment(bench: &Bench, version: &str, key: &str) {
	let before = total(bench, REQUESTER);
	let task = json(bench, REQUESTER, &request(version, key, "--raw 0x01020304"));
	let number = task["task"].to_string();
	// The proof of another task: this machine says so, and so does the chain.
	refused(bench, PROVIDER, &format!("task submit {number} @proof.json"), 6, "proof_invalid");
	let error = refused(bench, PROVIDER, &format!("task submit {number} @proof.json --unchecked"), 4, "proof_refused");
	assert_eq!(total(bench, REQUESTER), before - units(&task["fee"]));
	let receipt = error["cause"].as_str().unwrap().rsplit(' ').next().unwrap().to_owned();
	let receipt = json(bench, REQUESTER, &format!("receipt show {receipt}"));
	assert_eq!((&receipt["verdict"], &receipt["paid"]), (&"Rejected".into(), &"0".into()));
}

fn proof_should_be_verified_once_without_a_task(bench: &Bench) {
	let root = std::env::var("CARGO_MANIFEST_DIR").unwrap();
	let vector = |name: &str| format!("{root}/../primitives/verification/tests/vectors/multiplier/{name}.json");
	let key = vector("verification_key");
	json(bench, STRANGER, &format!("zk convert snarkjs --key {key} --key-out @circom.vk.json"));
	let (proof, public) = (vector("proof"), vector("public"));
	json(bench, STRANGER, &format!("zk convert snarkjs --proof {proof} --public {public} --out @circom.json"));
	refused(bench, STRANGER, "zk key register @circom.vk.json", 2, "usage");
	let key = json(bench, STRANGER, "zk key register @circom.vk.json --system circom")["id"].to_string();
	let verify = format!("zk verify @circom.json --published {key}");
	assert_eq!(json(bench, STRANGER, &verify)["valid"], true);
	json(bench, STRANGER, &format!("{verify} --submit"));
	refused(bench, STRANGER, &format!("{verify} --submit --unchecked"), 4, "Verification.AlreadyVerified");
	let mut wrong: Value = serde_json::from_str(&std::fs::read_to_string(bench.path("circom.json")).unwrap()).unwrap();
	wrong["inputs"] = serde_json::json!([]);
	std::fs::write(bench.path("wrong.json"), wrong.to_string()).unwrap();
	let error =
		refused(bench, STRANGER, &format!("zk verify @wrong.json --published {key}"), 4, "Verification.WrongProof");
	assert!(error["cause"].as_str().unwrap().contains("InputCount"), "{error}");
	// Such a key proves no run.
	let task = "task request 0@1 --provider //Charlie --price 1 --raw 0x01020304 --accept-single-party";
	refused(bench, REQUESTER, &format!("{task} --key {key}"), 4, "Verification.KeyForOtherVersion");
}

fn revoked_key_should_be_of_no_use(bench: &Bench, version: &str, key: &str) {
	refused(bench, STRANGER, &format!("zk key revoke {key}"), 4, "Verification.NotOwner");
	json(bench, OWNER, &format!("zk key revoke {key}"));
	assert_eq!(json(bench, OWNER, &format!("zk key show {key}"))["active"], false);
	refused(bench, REQUESTER, &request(version, key, "--raw 0x01020304"), 4, "Verification.KeyRevoked");
	refused(bench, REQUESTER, "zk key show 999", 7, "not_found");
}
