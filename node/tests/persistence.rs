// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! A node that is killed in the middle of its work goes on from its database.

use aivm_devnet::{Node, NodeConfig};
use std::time::Duration;

const SLOT: Duration = Duration::from_secs(2);

#[test]
fn node_should_keep_everything_finalised_when_killed_during_block_production() {
	let mut node = Node::start(NodeConfig::dev()).unwrap();
	node.wait_for_finalised(3, SLOT * 20).unwrap();

	// Three times, so that the kill hits different moments of a slot.
	for round in 0..3 {
		let best = node.best().unwrap();
		node.wait_for_best(best + 1, SLOT * 10).unwrap();
		std::thread::sleep(SLOT * round / 3);
		let finalised = node.finalised().unwrap();
		let hashes: Vec<_> = (0..=finalised).map(|height| node.block_hash(height).unwrap().unwrap()).collect();

		node.kill9();
		assert!(!node.is_running());
		node.restart().unwrap();

		assert!(node.finalised().unwrap() >= finalised, "finality went back after round {round}");
		for (height, hash) in (0..).zip(&hashes) {
			assert_eq!(
				node.block_hash(height).unwrap().as_ref(),
				Some(hash),
				"block {height} changed in round {round}"
			);
		}
		// It continues: it authors on top of what it had, and finalises that.
		node.wait_for_finalised(finalised + 3, SLOT * 20).unwrap();
	}
}

#[test]
fn node_should_start_afresh_when_dev_has_no_base_path() {
	let mut first = Node::start(NodeConfig::dev()).unwrap();
	first.wait_for_best(2, SLOT * 10).unwrap();
	let genesis = first.block_hash(0).unwrap();
	drop(first);
	let second = Node::start(NodeConfig::dev()).unwrap();
	assert!(second.best().unwrap() < 2, "the database of the first node is still there");
	assert_eq!(second.block_hash(0).unwrap(), genesis, "the same preset makes the same genesis");
}
