// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The committed metadata is the one of the runtime that the node binary holds.

use aivm_devnet::{Node, NodeConfig};

#[test]
fn committed_metadata_should_be_that_of_the_node() {
	let node = Node::start(NodeConfig::dev()).unwrap();
	let live = aivm_metadata::trim(&aivm_metadata::fetch(&node).unwrap()).unwrap();
	let committed = std::fs::read(aivm_metadata::committed_path()).unwrap();
	assert!(live == committed, "client/metadata.scale is out of date; run scripts/metadata");
}
