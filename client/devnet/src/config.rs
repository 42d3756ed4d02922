// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What kind of node to start.

use std::{ffi::OsString, path::PathBuf, time::Duration};

/// Which chain a node runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chain {
	/// The `development` preset with `--dev`: one validator that authors at once.
	Dev,
	/// The `local_testnet` preset.
	Local,
	/// A chain specification file.
	Spec(PathBuf),
}

/// How a node catches up with the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncMode {
	/// Downloads and executes every block.
	Full,
	/// Downloads the latest finalised state, proven by GRANDPA.
	Warp,
}

/// What kind of node to start.
#[derive(Clone, Debug)]
pub struct NodeConfig {
	/// Name in messages and in the node's own log.
	pub name: String,
	/// The chain.
	pub chain: Chain,
	/// The development validator to be (`alice`, `bob`, …), or `None` to only follow the chain.
	pub validator: Option<String>,
	/// Addresses of nodes to connect to, see [`crate::Node::peer_address`].
	pub bootnodes: Vec<String>,
	/// How to catch up.
	pub sync: SyncMode,
	/// Folder of the database and the log. `None` makes one that is removed with the node.
	pub base_path: Option<PathBuf>,
	/// Whether to serve Prometheus metrics, see [`crate::Node::metrics_url`].
	pub metrics: bool,
	/// More arguments for the node.
	pub extra_args: Vec<OsString>,
	/// More environment variables of the node.
	pub environment: Vec<(OsString, OsString)>,
	/// How long to wait until the node answers requests.
	pub start_timeout: Duration,
}

impl NodeConfig {
	/// One node that makes a development chain by itself.
	pub fn dev() -> Self {
		Self {
			name: "dev".into(),
			chain: Chain::Dev,
			validator: None,
			bootnodes: Vec::new(),
			sync: SyncMode::Full,
			base_path: None,
			metrics: false,
			extra_args: Vec::new(),
			environment: Vec::new(),
			start_timeout: Duration::from_secs(180),
		}
	}

	/// One of the validators of the local test network: `alice`, `bob`, `charlie` or `dave`.
	pub fn validator(name: &str) -> Self {
		Self { name: name.into(), chain: Chain::Local, validator: Some(name.into()), ..Self::dev() }
	}

	/// A node of the local test network that only follows the chain.
	pub fn observer(name: &str) -> Self {
		Self { name: name.into(), chain: Chain::Local, ..Self::dev() }
	}

	/// Connects to these nodes.
	pub fn with_bootnodes(mut self, bootnodes: impl IntoIterator<Item = String>) -> Self {
		self.bootnodes.extend(bootnodes);
		self
	}

	/// Catches up this way.
	pub fn with_sync(mut self, sync: SyncMode) -> Self {
		self.sync = sync;
		self
	}

	/// Keeps database and log in this folder, and leaves them there.
	pub fn with_base_path(mut self, path: impl Into<PathBuf>) -> Self {
		self.base_path = Some(path.into());
		self
	}

	/// Serves Prometheus metrics.
	pub fn with_metrics(mut self) -> Self {
		self.metrics = true;
		self
	}

	/// Passes one more argument to the node.
	pub fn with_arg(mut self, argument: impl Into<OsString>) -> Self {
		self.extra_args.push(argument.into());
		self
	}

	/// Sets one more environment variable of the node.
	pub fn with_variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
		self.environment.push((name.into(), value.into()));
		self
	}

	/// The node's command line, but for the program itself.
	pub(crate) fn arguments(&self, base_path: &std::path::Path, metrics_port: Option<u16>) -> Vec<OsString> {
		let mut args: Vec<OsString> = Vec::new();
		match &self.chain {
			Chain::Dev => args.push("--dev".into()),
			Chain::Local => args.extend(["--chain".into(), "local".into()]),
			Chain::Spec(path) => args.extend(["--chain".into(), path.into()]),
		}
		if let Some(validator) = &self.validator {
			// A development validator has no key file yet; its network key may be made on the spot.
			args.extend([format!("--{validator}").into(), "--unsafe-force-node-key-generation".into()]);
		}
		args.extend(["--base-path".into(), base_path.into()]);
		args.extend(
			["--name", &self.name, "--rpc-port", "0", "--listen-addr", "/ip4/127.0.0.1/tcp/0"].map(OsString::from),
		);
		args.extend(["--no-mdns", "--no-telemetry"].map(OsString::from));
		match metrics_port {
			Some(port) => args.extend(["--prometheus-port".into(), port.to_string().into()]),
			None => args.push("--no-prometheus".into()),
		}
		if self.sync == SyncMode::Warp {
			args.extend(["--sync", "warp"].map(OsString::from));
		}
		if !self.bootnodes.is_empty() {
			args.push("--bootnodes".into());
			args.extend(self.bootnodes.iter().map(OsString::from));
		}
		args.extend(self.extra_args.iter().cloned());
		args
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn line(config: &NodeConfig, metrics_port: Option<u16>) -> String {
		let args = config.arguments("/base".as_ref(), metrics_port);
		args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
	}

	#[test]
	fn arguments_should_keep_the_node_on_loopback_when_nothing_else_is_asked() {
		let line = line(&NodeConfig::dev(), None);
		assert_eq!(
			line,
			"--dev --base-path /base --name dev --rpc-port 0 --listen-addr /ip4/127.0.0.1/tcp/0 --no-mdns --no-telemetry \
			--no-prometheus"
		);
	}

	#[test]
	fn arguments_should_name_validator_peers_and_sync_when_the_node_is_part_of_a_network() {
		let config = NodeConfig::validator("bob").with_bootnodes(["/ip4/127.0.0.1/tcp/1/p2p/x".into()]);
		assert!(
			line(&config, Some(9)).starts_with("--chain local --bob --unsafe-force-node-key-generation --base-path")
		);
		assert!(line(&config, Some(9)).ends_with("--prometheus-port 9 --bootnodes /ip4/127.0.0.1/tcp/1/p2p/x"));
		let observer = NodeConfig::observer("carol").with_sync(SyncMode::Warp).with_arg("--log=sync=debug");
		assert!(line(&observer, None).ends_with("--no-prometheus --sync warp --log=sync=debug"));
	}
}
