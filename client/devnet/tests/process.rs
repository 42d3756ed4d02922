// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How processes are handled, with a shell script in the node's place.

use std::{os::unix::fs::PermissionsExt, path::PathBuf, time::Duration};

use aivm_devnet::{Error, Node, NodeConfig};

/// Writes an executable script and returns its path.
fn script(folder: &tempfile::TempDir, body: &str) -> PathBuf {
	let path = folder.path().join("aivm-node");
	std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
	std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
	path
}

#[test]
fn start_should_show_the_log_when_the_process_ends_at_once() {
	let folder = tempfile::tempdir().unwrap();
	let binary = script(&folder, "echo 'Error: the database is locked' >&2; exit 3");
	match Node::start_binary(binary, NodeConfig::dev()) {
		Err(Error::Exited { name, status, tail }) => {
			assert_eq!(name, "dev");
			assert!(status.contains('3'), "{status}");
			assert!(tail.contains("the database is locked"), "{tail}");
		}
		other => panic!("{other:?}"),
	}
}

#[test]
fn start_should_time_out_and_kill_the_process_when_it_never_answers() {
	let folder = tempfile::tempdir().unwrap();
	let pid = folder.path().join("pid");
	let binary = script(&folder, &format!("echo $$ > {}; echo waiting; exec sleep 600", pid.display()));
	let config = NodeConfig { start_timeout: Duration::from_secs(1), ..NodeConfig::dev() };
	match Node::start_binary(binary, config) {
		Err(Error::Timeout { tail, .. }) => assert!(tail.contains("waiting")),
		other => panic!("{other:?}"),
	}
	let pid = std::fs::read_to_string(pid).unwrap().trim().parse().unwrap();
	let alive = rustix::process::test_kill_process(rustix::process::Pid::from_raw(pid).unwrap());
	assert!(alive.is_err(), "process {pid} still runs");
}

#[test]
fn start_should_say_why_when_the_binary_cannot_be_executed() {
	let folder = tempfile::tempdir().unwrap();
	let missing = folder.path().join("none");
	match Node::start_binary(missing.clone(), NodeConfig::dev()) {
		Err(Error::Spawn { binary, .. }) => assert_eq!(binary, missing),
		other => panic!("{other:?}"),
	}
}
