// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Several nodes: finality, warp sync, pruning.

use aivm_devnet::{write_local_spec, Chain, Network, NodeConfig, SyncMode};
use serde_json::{json, Value};
use std::time::Duration;

const SLOT: Duration = Duration::from_secs(2);

fn on(chain: &Chain, config: NodeConfig) -> NodeConfig {
	NodeConfig { chain: chain.clone(), ..config }
}

#[test]
fn two_validators_should_finalise_together_and_a_third_node_should_join_by_warp_sync() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("two-validators.json");
	write_local_spec(2, &path).unwrap();
	let chain = Chain::Spec(path);

	let mut network = Network::start(["alice", "bob"].map(|name| on(&chain, NodeConfig::validator(name)))).unwrap();
	for node in &mut network.nodes {
		node.wait_for_finalised(6, SLOT * 45).unwrap();
	}
	// Both know the same final blocks, and each of them authored.
	let height = network.nodes.iter().map(|node| node.finalised().unwrap()).min().unwrap();
	for block in 0..=height {
		assert_eq!(network.nodes[0].block_hash(block).unwrap(), network.nodes[1].block_hash(block).unwrap());
	}

	let joined = network
		.join(
			on(&chain, NodeConfig::observer("third"))
				.with_sync(SyncMode::Warp)
				.with_arg("--log")
				.with_arg("sync=debug"),
		)
		.unwrap();
	let reached = joined.wait_for_finalised(height, SLOT * 60).unwrap();
	let log = std::fs::read_to_string(joined.log_path()).unwrap();
	assert!(log.contains("Warp sync is complete"), "the third node did not sync by warp:\n{}", joined.log_tail());
	// It has the state of the block that it warped to, not only its header.
	let account =
		joined.request("system_accountNextIndex", json!(["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"]));
	assert_eq!(account.unwrap(), json!(0));
	// And it follows the chain from there on.
	joined.wait_for_finalised(reached + 2, SLOT * 30).unwrap();
	let hash = network.nodes[2].block_hash(reached).unwrap();
	assert!(hash.is_some());
	assert_eq!(hash, network.nodes[0].block_hash(reached).unwrap());
}

#[test]
fn finality_should_stop_and_resume_when_a_third_of_the_validators_is_lost_and_returns() {
	// Three of the preset's four validators are just enough.
	let mut network = Network::local(&["alice", "bob", "charlie"]).unwrap();
	network.nodes[0].wait_for_finalised(2, SLOT * 45).unwrap();

	network.nodes[2].kill9();
	std::thread::sleep(SLOT * 3);
	let stuck = network.nodes[0].finalised().unwrap();
	let best = network.nodes[0].best().unwrap();
	network.nodes[0].wait_for_best(best + 4, SLOT * 30).unwrap();
	assert!(
		network.nodes[0].finalised().unwrap() <= stuck + 2,
		"two of four validators finalised new blocks: {stuck} became {}",
		network.nodes[0].finalised().unwrap()
	);

	network.nodes[2].restart().unwrap();
	network.nodes[0].wait_for_finalised(best + 4, SLOT * 60).unwrap();
}

#[test]
fn pruned_node_should_answer_for_recent_states_only() {
	let mut network = Network::start([NodeConfig::dev()
		.with_arg("--state-pruning")
		.with_arg("8")
		.with_arg("--blocks-pruning")
		.with_arg("archive-canonical")])
	.unwrap();
	let node = &mut network.nodes[0];
	node.wait_for_finalised(16, SLOT * 40).unwrap();
	let read = |height: u32| -> Result<Value, aivm_devnet::Error> {
		let hash = node.block_hash(height).unwrap().unwrap();
		// twox128("System") ++ twox128("Number")
		let key = "0x26aa394eea5630e07c48ae0c9558cef702a5c1b19ab7a04f536c519aca4983ac";
		node.request("state_getStorage", json!([key, hash]))
	};
	let best = node.best().unwrap();
	assert!(read(best).unwrap().is_string());
	let error = read(1).unwrap_err().to_string();
	assert!(error.contains("State already discarded"), "{error}");
}
