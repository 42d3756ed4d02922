// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What can go wrong with a node process, and what to do about it.

use std::path::PathBuf;

/// Why a node could not be started, asked or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// There is no node binary at any of the places where it is looked for.
	#[error(
		"no aivm-node binary found (looked at: {}); build it with `cargo build --release --workspace`, or set {} to its path",
		.searched.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "),
		crate::BINARY_VARIABLE
	)]
	BinaryNotFound {
		/// The places, in order.
		searched: Vec<PathBuf>,
	},
	/// The operating system refused to start the process.
	#[error("cannot start {}: {source}", .binary.display())]
	Spawn {
		/// The binary.
		binary: PathBuf,
		/// Why.
		source: std::io::Error,
	},
	/// The process ended although nobody stopped it.
	#[error("node {name} ended by itself ({status}); the end of its log:\n{tail}")]
	Exited {
		/// The node's name.
		name: String,
		/// How it ended.
		status: String,
		/// Last lines of its log.
		tail: String,
	},
	/// Something did not happen in time.
	#[error("node {name}: {what} did not happen within {seconds} s; the end of its log:\n{tail}")]
	Timeout {
		/// The node's name.
		name: String,
		/// What was waited for.
		what: String,
		/// For how long.
		seconds: u64,
		/// Last lines of its log.
		tail: String,
	},
	/// The node is not running: it was stopped or killed.
	#[error("node {0} is not running; call `restart` first")]
	NotRunning(String),
	/// A request to the node failed.
	#[error("request {method} failed: {reason}")]
	Rpc {
		/// The JSON-RPC method.
		method: String,
		/// Why.
		reason: String,
	},
	/// A file or folder could not be made or read.
	#[error("{}: {source}", .path.display())]
	Io {
		/// The file or folder.
		path: PathBuf,
		/// Why.
		source: std::io::Error,
	},
	/// A chain specification could not be made.
	#[error("cannot make a chain specification: {reason}")]
	Spec {
		/// Why.
		reason: String,
	},
}
