// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Several nodes that make one chain.

use std::time::Duration;

use crate::{Error, Node, NodeConfig, SyncMode};

/// How long nodes may take to find each other.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(60);

/// The local test network: validators that know each other, and nodes that joined later.
#[derive(Debug)]
pub struct Network {
	/// The nodes, in the order in which they were started.
	pub nodes: Vec<Node>,
}

impl Network {
	/// Starts these validators of the local test network (`alice`, `bob`, `charlie`, `dave`) and waits until they are
	/// connected. The first one is the others' boot node.
	///
	/// The preset has four validators; more than two thirds of them must run for blocks to become final, so start at
	/// least three; or make a specification with fewer by [`crate::write_local_spec`] and use [`Self::start`].
	pub fn local(validators: &[&str]) -> Result<Self, Error> {
		Self::start(validators.iter().map(|name| NodeConfig::validator(name)))
	}

	/// Starts these nodes and waits until they are connected. The first one is the others' boot node.
	pub fn start(configs: impl IntoIterator<Item = NodeConfig>) -> Result<Self, Error> {
		let mut network = Self { nodes: Vec::new() };
		for config in configs {
			network.join(config)?;
		}
		Ok(network)
	}

	/// Starts one more node, with the first one as boot node, and waits until it has a peer.
	pub fn join(&mut self, config: NodeConfig) -> Result<&mut Node, Error> {
		let bootnode = self.nodes.first().map(Node::peer_address).transpose()?;
		let alone = bootnode.is_none();
		let mut node = Node::start(config.with_bootnodes(bootnode))?;
		if !alone {
			node.wait_for_peers(1, CONNECT_TIMEOUT)?;
		}
		self.nodes.push(node);
		let last = self.nodes.len() - 1;
		Ok(&mut self.nodes[last])
	}

	/// Starts an observer that joins by warp sync.
	pub fn join_by_warp_sync(&mut self, name: &str) -> Result<&mut Node, Error> {
		self.join(NodeConfig::observer(name).with_sync(SyncMode::Warp))
	}
}
