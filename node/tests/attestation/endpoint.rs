// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! A provider's HTTP endpoint on loopback, which serves, or misbehaves as it is told.

use std::{
	io::{BufRead, BufReader, Read, Write},
	net::{SocketAddr, TcpListener, TcpStream},
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc, Mutex,
	},
	time::Duration,
};

/// Longest request that is read, in bytes.
const MAX_REQUEST: u64 = 8 * 1024;
/// How long a request or an answer may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a slow endpoint keeps a connection open without a word.
const SILENCE: Duration = Duration::from_secs(15);
/// What an endpoint that floods sends at most, in bytes: more than any answer may have.
const FLOOD: usize = 64 * 1024 * 1024;

/// Makes the answer to a path with its query: a status and a body.
pub type Answer = Arc<dyn Fn(&str) -> (u16, Vec<u8>) + Send + Sync>;

/// What an endpoint does with requests.
#[derive(Clone)]
pub enum Conduct {
	/// Answers.
	Answers(Answer),
	/// Says nothing until the other side has given up.
	Silent,
	/// Sends without end.
	Floods,
	/// Closes the connection.
	Closes,
}

impl Conduct {
	/// Answers everything with this.
	pub fn answers(answer: impl Fn(&str) -> (u16, Vec<u8>) + Send + Sync + 'static) -> Self {
		Self::Answers(Arc::new(answer))
	}
}

/// The endpoint. It stops when this value is dropped.
pub struct Endpoint {
	address: SocketAddr,
	shared: Arc<Shared>,
}

struct Shared {
	conduct: Mutex<Conduct>,
	asked: Mutex<Vec<String>>,
	stopped: AtomicBool,
}

impl Endpoint {
	/// Listens on a port that nobody else has.
	pub fn new(conduct: Conduct) -> Self {
		let listener = TcpListener::bind("127.0.0.1:0").unwrap();
		let address = listener.local_addr().unwrap();
		let shared =
			Arc::new(Shared { conduct: Mutex::new(conduct), asked: Mutex::default(), stopped: AtomicBool::new(false) });
		let server = shared.clone();
		std::thread::spawn(move || {
			for connection in listener.incoming() {
				if server.stopped.load(Ordering::SeqCst) {
					return;
				}
				let Ok(connection) = connection else { continue };
				let server = server.clone();
				// A connection that fails is the other side's to notice.
				std::thread::spawn(move || server.serve(connection).ok());
			}
		});
		Self { address, shared }
	}

	/// What providers state as their endpoint.
	pub fn url(&self) -> String {
		format!("http://{}", self.address)
	}

	/// Behaves like this from now on.
	pub fn change(&self, conduct: Conduct) {
		*self.shared.conduct.lock().unwrap() = conduct;
	}

	/// The paths that were asked for so far.
	pub fn asked(&self) -> Vec<String> {
		self.shared.asked.lock().unwrap().clone()
	}
}

impl Drop for Endpoint {
	fn drop(&mut self) {
		self.shared.stopped.store(true, Ordering::SeqCst);
		// Wakes the listener.
		let _ = TcpStream::connect(self.address);
	}
}

impl Shared {
	fn serve(&self, mut connection: TcpStream) -> std::io::Result<()> {
		connection.set_read_timeout(Some(TIMEOUT))?;
		connection.set_write_timeout(Some(TIMEOUT))?;
		let mut lines = BufReader::new(connection.try_clone()?.take(MAX_REQUEST)).lines();
		let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
		for line in lines {
			if line?.is_empty() {
				break;
			}
		}
		let path = request.split(' ').nth(1).unwrap_or_default().to_string();
		self.asked.lock().unwrap().push(path.clone());
		let conduct = self.conduct.lock().unwrap().clone();
		match conduct {
			Conduct::Answers(answer) => {
				let (status, body) = answer(&path);
				let head =
					format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
				connection.write_all(head.as_bytes())?;
				connection.write_all(&body)
			}
			Conduct::Silent => {
				std::thread::sleep(SILENCE);
				Ok(())
			}
			Conduct::Floods => {
				connection.write_all(b"HTTP/1.1 200 -\r\nConnection: close\r\n\r\n")?;
				let piece = [0xa5; 64 * 1024];
				for _ in 0..FLOOD / piece.len() {
					connection.write_all(&piece)?;
				}
				Ok(())
			}
			Conduct::Closes => Ok(()),
		}
	}
}

/// The body of what an HTTP server answers.
pub fn get(url: &str) -> String {
	let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
	let mut connection = TcpStream::connect(address).unwrap();
	connection.set_read_timeout(Some(TIMEOUT)).unwrap();
	connection
		.write_all(format!("GET /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())
		.unwrap();
	let mut answer = String::new();
	connection.read_to_string(&mut answer).unwrap();
	answer
}
