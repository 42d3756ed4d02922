// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Keys and proofs with the real binary. None of it needs a node.

mod common;

use std::path::{Path, PathBuf};

use common::{command, wide_program, Answer};
use serde_json::Value;
use tempfile::TempDir;

/// Numbers that the small program takes.
const WIDTH: u32 = 4;

/// A folder, and the binary that works in it. Nothing listens at its node's address.
struct Desk {
	folder: TempDir,
}

impl Desk {
	fn new() -> Self {
		let desk = Self { folder: tempfile::tempdir().unwrap() };
		std::fs::write(desk.path("small.aivm"), wide_program(WIDTH, 3)).unwrap();
		desk
	}

	fn path(&self, name: &str) -> PathBuf {
		self.folder.path().join(name)
	}

	/// Runs the binary. Words that begin with `@` are files of the folder.
	fn run(&self, line: &str) -> Answer {
		let words = line.split_whitespace().map(|word| match word.strip_prefix('@') {
			Some(name) => self.path(name).to_str().unwrap().to_owned(),
			None => word.to_owned(),
		});
		command("ws://127.0.0.1:1").arg("--json").args(words).output().unwrap().into()
	}

	fn json(&self, line: &str) -> Value {
		self.run(line).json()
	}

	/// The failure of a command, with this exit code and this text in its cause.
	fn refused(&self, line: &str, exit: i32, cause: &str) -> Value {
		let error = self.run(line).error(exit);
		assert!(error["cause"].as_str().unwrap().contains(cause), "{line}: {error}");
		error
	}

	fn read(&self, name: &str) -> Value {
		serde_json::from_str(&std::fs::read_to_string(self.path(name)).unwrap()).unwrap()
	}

	fn write(&self, name: &str, value: &Value) {
		std::fs::write(self.path(name), value.to_string()).unwrap();
	}

	/// A ceremony with two contributors.
	fn ceremony(&self) {
		self.json("zk powers --for @small.aivm --out @powers.ptau");
		self.json("zk setup @small.aivm --powers @powers.ptau --out @0.key");
		self.json("zk contribute @0.key --name Ada --out @1.key");
		self.json("zk contribute @1.key --name Bo --entropy dice --out @2.key");
	}
}

/// A file of another system's proofs.
fn vector(name: &str) -> String {
	let root = std::env::var("CARGO_MANIFEST_DIR").unwrap();
	let folder = if name.starts_with("sp1") { "prover" } else { "primitives/verification" };
	let path = Path::new(&root).join("..").join(folder).join("tests/vectors").join(name);
	path.to_str().unwrap().to_owned()
}

/// A document with one hexadecimal digit of a member changed.
fn flipped(document: &Value, pointer: &str, place: usize) -> Value {
	let mut changed = document.clone();
	let member = changed.pointer_mut(pointer).unwrap();
	let mut text = member.as_str().unwrap().to_owned().into_bytes();
	text[place] = if text[place] == b'1' { b'0' } else { b'1' };
	*member = String::from_utf8(text).unwrap().into();
	changed
}

#[test]
fn inspect_should_count_the_constraints_of_every_part() {
	let desk = Desk::new();
	let shown = desk.json("zk inspect @small.aivm");
	let sections = shown["sections"].as_array().unwrap();
	let sum: u64 = sections.iter().map(|section| section["constraints"].as_u64().unwrap()).sum();
	assert_eq!(sum, shown["constraints"].as_u64().unwrap());
	assert!(sections.iter().any(|section| section["name"].as_str().unwrap().contains("Dense")), "{shown}");
	assert!(shown["by_operator"]["Dense"].is_u64(), "{shown}");
	assert!(shown["estimate"]["memory"].as_u64().unwrap() > 0, "{shown}");
	// The weights become secrets, so multiplications cost.
	let private = desk.json("zk inspect @small.aivm --private-weights");
	assert!(private["constraints"].as_u64() > shown["constraints"].as_u64(), "{private}");
	assert_ne!(private["circuit"], shown["circuit"]);
}

#[test]
fn run_should_be_proved_and_verified_by_whoever_has_the_key() {
	let desk = Desk::new();
	desk.ceremony();
	// Nobody contributed to the first key: everybody could forge its proofs.
	let verify =
		|key: &str| format!("zk verify-setup {key} --program @small.aivm --powers @powers.ptau --out @vk.json");
	desk.refused(&verify("@0.key"), 5, "forge");
	let verified = desk.json(&verify("@2.key"));
	assert_eq!(verified["contributors"], serde_json::json!(["Ada", "Bo"]));
	// The powers are those of one party, and so is the key.
	assert_eq!(verified["setup"]["kind"], "single-party");
	assert_eq!(desk.json("zk inspect @vk.json")["digest"], verified["digest"]);
	assert_eq!(desk.json("zk inspect @2.transcript.json")["hash"], verified["transcript_hash"]);
	assert_eq!(desk.json("zk inspect @2.key")["public_inputs"], 4);

	let statement = format!("0x{}", "5a".repeat(32));
	let proved = desk.json(&format!(
		"zk prove @small.aivm --proving-key @2.key --raw 0x01fe037f --private @opening.json --statement {statement} \
		 --out @proof.json"
	));
	assert_eq!(proved["statement"], statement);
	let check = "zk verify @proof.json --key @vk.json --program @small.aivm --opening @opening.json";
	let checked = desk.json(check);
	assert_eq!(
		(&checked["valid"], &checked["claim_checked"], &checked["input_checked"]),
		(&true.into(), &true.into(), &true.into())
	);
	// The input is nowhere in the proof's file.
	assert!(!std::fs::read_to_string(desk.path("proof.json")).unwrap().contains("01fe037f"));

	let proof = desk.read("proof.json");
	for (pointer, place) in [("/proof", 20), ("/inputs/0", 4), ("/inputs/1", 4), ("/inputs/2", 4), ("/inputs/3", 4)] {
		desk.write("changed.json", &flipped(&proof, pointer, place));
		desk.refused("zk verify @changed.json --key @vk.json", 6, "does not hold");
	}
	for (pointer, what) in
		[("/claim/output", "output"), ("/claim/program", "program"), ("/claim/statement", "statement")]
	{
		desk.write("changed.json", &flipped(&proof, pointer, 5));
		desk.refused("zk verify @changed.json --key @vk.json", 6, what);
	}
	for (count, inputs) in [(3, 3), (5, 5)] {
		let mut changed = proof.clone();
		let list = changed["inputs"].as_array_mut().unwrap();
		list.resize(inputs, format!("0x{}", "00".repeat(32)).into());
		desk.write("changed.json", &changed);
		desk.refused("zk verify @changed.json --key @vk.json", 6, &count.to_string());
	}
	// Another input has another commitment.
	desk.json(
		"zk prove @small.aivm --proving-key @2.key --raw 0x01fe0380 --private @other.json --out @other.proof.json",
	);
	desk.refused("zk verify @proof.json --key @vk.json --opening @other.json", 6, "about the input behind");
	// A key of another ceremony does not fit.
	desk.json("zk contribute @1.key --name Eve --out @3.key");
	desk.json("zk verify-setup @3.key --program @small.aivm --powers @powers.ptau --out @eve.json");
	desk.refused("zk verify @proof.json --key @eve.json", 6, "does not hold");
}

#[test]
fn weights_should_stay_private_behind_a_commitment() {
	let desk = Desk::new();
	desk.json("zk powers --for @small.aivm --private-weights --out @powers.ptau");
	desk.json("zk setup @small.aivm --private-weights --powers @powers.ptau --out @0.key");
	desk.json("zk contribute @0.key --name Ada --out @1.key");
	desk.json(
		"zk verify-setup @1.key --program @small.aivm --powers @powers.ptau --weights @weights.json --out @vk.json",
	);
	let prove = |program: &str, out: &str| {
		format!("zk prove {program} --proving-key @1.key --weights @weights.json --raw 0x01020304 --out {out}")
	};
	desk.json(&prove("@small.aivm", "@proof.json"));
	desk.json("zk verify @proof.json --key @vk.json");
	assert_eq!(desk.read("proof.json")["inputs"][0], desk.read("weights.json")["commitment"]);

	// Another program of the same structure needs no other key, but has another commitment.
	std::fs::write(desk.path("other.aivm"), wide_program(WIDTH, 4)).unwrap();
	desk.refused(&prove("@other.aivm", "@other.json"), 5, "does not open");
	let mut weights = desk.read("weights.json");
	weights["salt"] = format!("0x{}", "01".repeat(32)).into();
	std::fs::write(desk.path("weights.json"), weights.to_string()).unwrap();
	desk.refused(&prove("@small.aivm", "@other.json"), 5, "does not open");
}

#[test]
fn ceremony_should_refuse_what_does_not_belong_together() {
	let desk = Desk::new();
	desk.ceremony();
	let verify = |key: &str| format!("zk verify-setup {key} --program @small.aivm --powers @powers.ptau");
	// The key of one step with the transcript of another.
	std::fs::copy(desk.path("1.key"), desk.path("mixed.key")).unwrap();
	std::fs::copy(desk.path("2.transcript.json"), desk.path("mixed.transcript.json")).unwrap();
	desk.refused(&verify("@mixed.key"), 6, "");
	// A contribution under another name.
	let mut transcript = std::fs::read_to_string(desk.path("2.transcript.json")).unwrap();
	transcript = transcript.replace("Ada", "Eve");
	std::fs::copy(desk.path("2.key"), desk.path("renamed.key")).unwrap();
	std::fs::write(desk.path("renamed.transcript.json"), transcript).unwrap();
	desk.refused(&verify("@renamed.key"), 5, "hash");
	// One byte of the key.
	let mut bytes = std::fs::read(desk.path("2.key")).unwrap();
	let middle = bytes.len() / 2;
	bytes[middle] ^= 1;
	std::fs::write(desk.path("changed.key"), bytes).unwrap();
	std::fs::copy(desk.path("2.transcript.json"), desk.path("changed.transcript.json")).unwrap();
	desk.refused(&verify("@changed.key"), 5, "");
	// Another program, and other powers.
	std::fs::write(desk.path("other.aivm"), wide_program(WIDTH, 4)).unwrap();
	desk.refused("zk verify-setup @2.key --program @other.aivm --powers @powers.ptau", 6, "another circuit");
	desk.json("zk powers --for @small.aivm --out @others.ptau");
	desk.refused("zk verify-setup @2.key --program @small.aivm --powers @others.ptau", 6, "other powers");
	// No block ended it.
	let hash = "00".repeat(32);
	desk.refused(&format!("{} --beacon-hash 0x{hash}", verify("@2.key")), 6, "no block");
	// Files of a ceremony are never overwritten.
	desk.refused("zk contribute @1.key --name Bo --out @2.key", 5, "exists");
	desk.refused("zk contribute @1.key --name \u{7} --out @9.key", 5, "name");
}

#[test]
fn bad_files_should_be_refused_with_a_cure() {
	let desk = Desk::new();
	desk.json("zk powers --power 4 --out @tiny.ptau");
	std::fs::write(desk.path("garbage"), [0x13; 300]).unwrap();
	std::fs::write(desk.path("garbage.transcript.json"), "{}").unwrap();
	std::fs::write(desk.path("empty.json"), "").unwrap();
	std::fs::write(desk.path("large.json"), vec![b' '; (1 << 20) + 1]).unwrap();
	std::fs::write(desk.path("unknown.json"), r#"{"format": "something-else/1"}"#).unwrap();
	for (line, cause) in [
		("zk inspect @absent", "cannot read"),
		("zk inspect @garbage", "no program"),
		("zk inspect @unknown.json", "no file that this command knows"),
		("zk setup @garbage --powers @tiny.ptau --out @new.key", "no program"),
		("zk setup @small.aivm --powers @garbage --out @new.key", "ptau"),
		("zk setup @small.aivm --powers @tiny.ptau --out @new.key", "2^4"),
		("zk contribute @garbage --name Ada --out @new.key", "transcript"),
		("zk contribute @absent --name Ada --out @new.key", "transcript"),
		("zk powers --power 99 --out @new.ptau", "limit"),
		("zk verify @empty.json --key @garbage", "no file of a proof"),
		("zk verify @large.json --key @garbage", "larger than"),
		("zk verify @unknown.json --key @garbage", "aivm-zk-proof/1"),
		("zk key register @unknown.json --system x", "aivm-zk-key/1"),
		("zk prove @small.aivm --proving-key @garbage --raw 0x01020304 --out @new.json", "AIVMZKEY"),
		("zk prove @small.aivm --proving-key @garbage --raw 0x0102 --out @new.json", "4 bytes"),
		("zk prove @small.aivm --proving-key @garbage --row 1,x --out @new.json", "number 1"),
		("zk prove @small.aivm --proving-key @garbage --opening @unknown.json --out @new.json", "aivm-zk-opening/1"),
		("task submit 0 @empty.json", "no file of a proof"),
	] {
		desk.refused(line, 5, cause);
	}
	for name in ["new.key", "new.transcript.json", "new.ptau", "new.json"] {
		assert!(!desk.path(name).exists(), "{name} was written");
	}
	for line in
		["zk", "task", "zk setup", "zk powers --out x", "zk verify x", "task request m --price 1", "zk key register"]
	{
		assert_eq!(desk.run(line).code, 2, "{line}");
	}
}

#[test]
fn proofs_of_other_systems_should_be_converted_and_verified() {
	let desk = Desk::new();
	let (key, proof, public) =
		(vector("multiplier/verification_key.json"), vector("multiplier/proof.json"), vector("multiplier/public.json"));
	desk.json(&format!("zk convert snarkjs --key {key} --key-out @circom.vk.json"));
	desk.json(&format!("zk convert snarkjs --proof {proof} --public {public} --out @circom.json"));
	assert_eq!(desk.json("zk verify @circom.json --key @circom.vk.json")["valid"], true);
	desk.write("changed.json", &flipped(&desk.read("circom.json"), "/inputs/0", 3));
	desk.refused("zk verify @changed.json --key @circom.vk.json", 6, "does not hold");
	// Nobody contributed to this key.
	let insecure = vector("without-contribution/verification_key.json");
	desk.refused(&format!("zk convert snarkjs --key {insecure} --key-out @insecure.json"), 5, "forge");
	assert!(!desk.path("insecure.json").exists());

	let receipt = vector("risc0/receipt.json");
	desk.json(&format!("zk convert risc0 {receipt} --out @risc0.json --key-out @risc0.vk.json"));
	assert_eq!(desk.json("zk verify @risc0.json --key @risc0.vk.json")["valid"], true);
	for version in ["v5.0.0", "v6.1.0"] {
		let proof = vector(&format!("sp1/proof_{version}.json"));
		desk.json(&format!("zk convert sp1 {proof} --out @{version}.json --key-out @{version}.vk.json"));
		assert_eq!(desk.json(&format!("zk verify @{version}.json --key @{version}.vk.json"))["valid"], true);
	}
	// A receipt about another journal.
	let mut changed: Value = serde_json::from_str(&std::fs::read_to_string(&receipt).unwrap()).unwrap();
	changed["journal"] = "00".into();
	desk.write("receipt.json", &changed);
	desk.json("zk convert risc0 @receipt.json --out @other.json");
	desk.refused("zk verify @other.json --key @risc0.vk.json", 6, "does not hold");
}
