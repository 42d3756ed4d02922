// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The subcommands, on a database that a real node wrote.

use aivm_devnet::{Node, NodeConfig};
use std::{
	path::Path,
	process::{Command, Output},
	time::Duration,
};

const SLOT: Duration = Duration::from_secs(2);

fn run(args: &[&str]) -> Output {
	Command::new(env!("CARGO_BIN_EXE_aivm-node")).args(args).output().unwrap()
}

fn ok(args: &[&str]) -> String {
	let output = run(args);
	let text = String::from_utf8_lossy(&output.stdout).into_owned();
	assert!(output.status.success(), "{args:?} failed:\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
	text + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn database_commands_should_work_on_what_a_node_wrote() {
	let folder = tempfile::tempdir().unwrap();
	let base = folder.path().join("node");
	let mut node =
		Node::start(NodeConfig::dev().with_base_path(&base).with_arg("--state-pruning").with_arg("archive")).unwrap();
	node.wait_for_finalised(6, SLOT * 30).unwrap();
	let best = node.best().unwrap();
	node.stop().unwrap();
	let base = base.to_str().unwrap().to_owned();
	let dev = ["--dev", "--base-path", base.as_str()];
	let with = |command: &[&str]| [command, dev.as_slice()].concat().into_iter().map(str::to_owned).collect::<Vec<_>>();
	let call = |command: &[&str]| ok(&with(command).iter().map(String::as_str).collect::<Vec<_>>());

	let info = call(&["chain-info"]);
	assert!(info.contains("Finalized hash") || info.contains("finalized"), "{info}");

	let checked = call(&["check-block", "1"]);
	assert!(!checked.to_lowercase().contains("error"), "{checked}");

	let blocks = folder.path().join("blocks");
	let blocks = blocks.to_str().unwrap();
	call(&["export-blocks", "--from", "1", "--to", "5", blocks]);
	assert!(Path::new(blocks).metadata().unwrap().len() > 500);

	let other = folder.path().join("other");
	let other = other.to_str().unwrap();
	ok(&["import-blocks", blocks, "--dev", "--base-path", other]);
	let imported = ok(&["chain-info", "--dev", "--base-path", other]);
	assert!(imported.contains('5'), "{imported}");

	call(&["revert", "1"]);
	ok(&["purge-chain", "-y", "--dev", "--base-path", other]);
	let _ = best;
}

#[test]
fn chain_specifications_should_have_the_presets_validators() {
	let validators = |chain: &str| {
		let text = String::from_utf8(run(&["export-chain-spec", "--chain", chain]).stdout).unwrap();
		let spec: serde_json::Value = serde_json::from_str(&text).unwrap();
		spec.pointer("/genesis/runtimeGenesis/patch/session/keys").unwrap().as_array().unwrap().len()
	};
	assert_eq!(validators("dev"), 1);
	assert_eq!(validators("local"), 4);
	assert_eq!(validators("production"), 0, "who starts it fills them in");
}

#[test]
fn unknown_chain_should_be_refused_with_what_there_is() {
	let output = run(&["--chain", "no-such-chain"]);
	assert!(!output.status.success());
	let error = String::from_utf8_lossy(&output.stderr);
	assert!(error.contains("no-such-chain") && error.contains("local"), "{error}");
}

#[test]
fn keys_should_be_made_and_inspected() {
	let made = ok(&["key", "generate", "--scheme", "sr25519", "--output-type", "json"]);
	let key: serde_json::Value = serde_json::from_str(&made).unwrap();
	let address = key["ss58Address"].as_str().unwrap();
	let inspected = ok(&["key", "inspect", key["secretPhrase"].as_str().unwrap()]);
	assert!(inspected.contains(address));
}
