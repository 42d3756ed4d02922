// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The endpoint of a provider: what collectors fetch evidence from, over HTTP.

use crate::{aivm::Aivm, inference::text};
use anyhow::{ensure, Context, Result};
use std::{
	io::{Read, Write},
	net::{SocketAddr, TcpListener, TcpStream},
	path::{Path, PathBuf},
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
	time::Duration,
};

/// Longest request that is read, in bytes.
const MAX_REQUEST: usize = 8 * 1_024;
/// How long a client may take to send or read.
const TIMEOUT: Duration = Duration::from_secs(3);

/// An endpoint on this machine. It ends with the program.
pub struct Endpoint {
	address: SocketAddr,
	served: Arc<AtomicU64>,
}

impl Endpoint {
	/// Serves development attestations of `signer`, a secret URI, made with `aivm` for each request. An honest endpoint has
	/// no answer for a nonce that is not its own; another one answers whatever it is asked. `folder` is where attestations are
	/// written.
	pub fn serve(aivm: Aivm, signer: &'static str, honest: bool, folder: PathBuf) -> Result<Self> {
		let listener = TcpListener::bind("127.0.0.1:0")?;
		let address = listener.local_addr()?;
		let served = Arc::new(AtomicU64::new(0));
		let counter = served.clone();
		std::thread::spawn(move || {
			for stream in listener.incoming().flatten() {
				let answer =
					request(&stream).and_then(|nonce| attest(&aivm, signer, &folder, honest.then_some(&nonce)));
				// Who closed the connection asks again.
				let _ = respond(&stream, answer);
				counter.fetch_add(1, Ordering::Relaxed);
			}
		});
		Ok(Self { address, served })
	}

	/// The address that is stated on the chain.
	pub fn url(&self) -> String {
		format!("http://{}", self.address)
	}

	/// How many requests were answered.
	pub fn served(&self) -> u64 {
		self.served.load(Ordering::Relaxed)
	}
}

/// Reads a request; returns the nonce that is asked with.
fn request(mut stream: &TcpStream) -> Result<String> {
	stream.set_read_timeout(Some(TIMEOUT))?;
	stream.set_write_timeout(Some(TIMEOUT))?;
	let (mut request, mut piece) = (Vec::new(), [0; 1_024]);
	while !request.windows(4).any(|end| end == b"\r\n\r\n") {
		let length = stream.read(&mut piece)?;
		request.extend_from_slice(piece.get(..length).unwrap_or_default());
		ensure!(length > 0 && request.len() <= MAX_REQUEST, "the request is cut off or too long");
	}
	let line = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
	let nonce =
		line.strip_prefix("GET /attestation?nonce=").and_then(|rest| rest.split_once(' ')).map(|(nonce, _)| nonce);
	let nonce = nonce.filter(|nonce| nonce.len() == 64).with_context(|| format!("no such request: {line}"))?;
	Ok(nonce.to_owned())
}

/// Makes an attestation for the signer's current challenge, which must have this nonce, if there is one.
fn attest(aivm: &Aivm, signer: &str, folder: &Path, nonce: Option<&String>) -> Result<Vec<u8>> {
	let file = folder.join(format!("{}.scale", signer.trim_start_matches('/')));
	let made = aivm.run(signer, &["attestation", "develop", "--out", &file.to_string_lossy()])?;
	let own = text(&made, "nonce");
	ensure!(nonce.is_none_or(|nonce| own.trim_start_matches("0x") == nonce), "the nonce is {own}");
	Ok(std::fs::read(file)?)
}

/// Sends evidence, or that there is none.
fn respond(mut stream: &TcpStream, answer: Result<Vec<u8>>) -> Result<()> {
	let (status, body) = match answer {
		Ok(body) => ("200 OK", body),
		Err(error) => ("404 Not Found", error.to_string().into_bytes()),
	};
	let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
	stream.write_all(&[head.as_bytes(), &body].concat())?;
	Ok(())
}
