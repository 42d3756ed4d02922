// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the node wrote to its log.

use std::{net::SocketAddr, path::Path};

/// Lines of the log that an error message shows.
const TAIL_LINES: usize = 30;

/// Where the JSON-RPC server listens, once the log says so. Only looks at what was written from `offset` on, because a
/// restarted node appends to the same file.
pub(crate) fn rpc_address(log: &str, offset: usize) -> Option<SocketAddr> {
	let written = log.get(offset..)?;
	// The last line may be incomplete.
	let complete = written.get(..=written.rfind('\n')?)?;
	let line = complete.lines().find(|line| line.contains("Running JSON-RPC server"))?;
	let addresses = line.split("addr=").nth(1)?;
	addresses
		.split([',', ' '])
		.filter_map(|address| address.trim().parse::<SocketAddr>().ok())
		.find(SocketAddr::is_ipv4)
}

/// The end of the log file, for error messages.
pub(crate) fn tail(path: &Path) -> String {
	match std::fs::read(path) {
		Ok(bytes) => last_lines(&String::from_utf8_lossy(&bytes)),
		Err(error) => format!("(cannot read {}: {error})", path.display()),
	}
}

/// The last [`TAIL_LINES`] lines.
fn last_lines(text: &str) -> String {
	let lines: Vec<&str> = text.lines().collect();
	lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
	use super::*;

	const LINE: &str = "2026-01-01 00:00:00 Running JSON-RPC server: addr=127.0.0.1:40123,[::1]:40124    \n";

	#[test]
	fn rpc_address_should_be_the_ipv4_one_when_the_server_has_both() {
		assert_eq!(rpc_address(LINE, 0), Some("127.0.0.1:40123".parse().unwrap()));
		let single = "x Running JSON-RPC server: addr=127.0.0.1:9,\n";
		assert_eq!(rpc_address(single, 0), Some("127.0.0.1:9".parse().unwrap()));
	}

	#[test]
	fn rpc_address_should_be_unknown_when_the_line_is_incomplete_or_from_before_a_restart() {
		assert_eq!(rpc_address(LINE.trim_end(), 0), None);
		assert_eq!(rpc_address(LINE, LINE.len()), None);
		assert_eq!(rpc_address("", 0), None);
	}

	#[test]
	fn last_lines_should_keep_only_the_end_when_the_log_is_long() {
		let log: String = (0..100).map(|line| format!("line {line}\n")).collect();
		let tail = last_lines(&log);
		assert!(tail.starts_with("line 70\n") && tail.ends_with("line 99"));
		assert_eq!(last_lines("short"), "short");
	}
}
