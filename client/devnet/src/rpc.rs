// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! One JSON-RPC request over HTTP/1.1, for a node on the same machine.

use std::{
	io::{Read, Write},
	net::{SocketAddr, TcpStream},
	time::Duration,
};

use serde_json::{json, Value};

/// Largest answer that is read, in bytes.
const MAX_ANSWER: u64 = 32 * 1024 * 1024;

/// Sends one request and returns its result, or the reason why there is none.
pub(crate) fn request(address: SocketAddr, method: &str, params: Value, timeout: Duration) -> Result<Value, String> {
	let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
	let answer = post(address, &body, timeout).map_err(|error| error.to_string())?;
	parse(&answer)
}

/// Sends `body` and reads until the server closes the connection.
fn post(address: SocketAddr, body: &str, timeout: Duration) -> std::io::Result<Vec<u8>> {
	let mut stream = TcpStream::connect_timeout(&address, timeout)?;
	stream.set_read_timeout(Some(timeout))?;
	stream.set_write_timeout(Some(timeout))?;
	// One write: a socket has no buffer, and `write!` would send the request in pieces.
	let request = format!(
		"POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
		body.len()
	);
	stream.write_all(request.as_bytes())?;
	let mut answer = Vec::new();
	stream.take(MAX_ANSWER).read_to_end(&mut answer)?;
	Ok(answer)
}

/// The result in a complete HTTP answer.
fn parse(answer: &[u8]) -> Result<Value, String> {
	let text = std::str::from_utf8(answer).map_err(|_| "the answer is not text")?;
	let (head, body) = text.split_once("\r\n\r\n").ok_or("the answer is not HTTP")?;
	let status = head.split_whitespace().nth(1).unwrap_or_default();
	if status != "200" {
		return Err(format!("HTTP status {status}"));
	}
	// A node may send its answer in chunks; the JSON document is what is between the first and the last brace.
	let document = match (body.find('{'), body.rfind('}')) {
		(Some(start), Some(end)) if start < end => &body[start..=end],
		_ => return Err("the answer is not JSON".into()),
	};
	let value: Value = serde_json::from_str(document).map_err(|error| error.to_string())?;
	match (value.get("error"), value.get("result")) {
		(Some(error), _) => Err(error.to_string()),
		(None, Some(result)) => Ok(result.clone()),
		(None, None) => Err("the answer has neither result nor error".into()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn parse_should_give_the_result_or_the_reason_when_the_answer_is_complete() {
		let ok = b"HTTP/1.1 200 OK\r\ncontent-length: 36\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[1]}";
		assert_eq!(parse(ok), Ok(json!([1])));
		let refused = b"HTTP/1.1 200 OK\r\n\r\n{\"error\":{\"code\":-1,\"message\":\"no\"}}";
		assert!(parse(refused).unwrap_err().contains("\"no\""));
		assert_eq!(parse(b"HTTP/1.1 429 Too Many\r\n\r\n"), Err("HTTP status 429".into()));
		assert!(parse(b"garbage").is_err());
		assert!(parse(b"HTTP/1.1 200 OK\r\n\r\nhello").is_err());
	}

	#[test]
	fn request_should_fail_when_nobody_listens() {
		let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
		let address = listener.local_addr().unwrap();
		drop(listener);
		assert!(request(address, "system_health", json!([]), Duration::from_secs(1)).is_err());
	}

	#[test]
	fn request_should_return_what_the_server_answers() {
		let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
		let address = listener.local_addr().unwrap();
		let server = std::thread::spawn(move || {
			let (mut stream, _) = listener.accept().unwrap();
			// A server that closes before it has read everything resets the connection, and its answer may be lost.
			let (mut sent, mut piece) = (String::new(), [0u8; 4096]);
			while !sent.ends_with("}") {
				let length = stream.read(&mut piece).unwrap();
				assert!(length > 0, "the request ends early: {sent}");
				sent.push_str(std::str::from_utf8(&piece[..length]).unwrap());
			}
			stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"result\":7}").unwrap();
			sent
		});
		assert_eq!(request(address, "some_method", json!([5]), Duration::from_secs(5)), Ok(json!(7)));
		let sent = server.join().unwrap();
		assert!(sent.contains("\"method\":\"some_method\"") && sent.contains("\"params\":[5]"), "{sent}");
	}
}
