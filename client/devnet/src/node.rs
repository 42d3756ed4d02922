// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! One node process.

use std::{
	fs::OpenOptions,
	net::{SocketAddr, TcpListener},
	path::{Path, PathBuf},
	process::{Child, Command, Stdio},
	time::{Duration, Instant},
};

use rustix::process::{kill_process, Pid, Signal};
use serde_json::{json, Value};
use tempfile::TempDir;

use crate::{find_binary, log, rpc, Error, NodeConfig};

/// How often a condition is looked at.
const POLL: Duration = Duration::from_millis(100);
/// Longest time for one request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a node may take to stop by itself.
const STOP_TIMEOUT: Duration = Duration::from_secs(20);

/// A node process. It is killed when this value is dropped, and its folder is removed unless the caller named one.
#[derive(Debug)]
pub struct Node {
	config: NodeConfig,
	binary: PathBuf,
	base_path: PathBuf,
	log_path: PathBuf,
	process: Option<Process>,
	// Last, so that the folder goes after the process.
	_folder: Option<TempDir>,
}

/// What is known while the process runs.
#[derive(Debug)]
struct Process {
	child: Child,
	rpc: SocketAddr,
	metrics: Option<SocketAddr>,
}

impl Drop for Process {
	fn drop(&mut self) {
		// Both fail only if the process is gone already.
		let _ = self.child.kill();
		let _ = self.child.wait();
	}
}

impl Node {
	/// Starts a node with the binary that [`find_binary`] finds, and returns once it answers requests.
	pub fn start(config: NodeConfig) -> Result<Self, Error> {
		Self::start_binary(find_binary()?, config)
	}

	/// Starts a node with this binary, and returns once it answers requests.
	pub fn start_binary(binary: PathBuf, config: NodeConfig) -> Result<Self, Error> {
		let (base_path, folder) = match &config.base_path {
			Some(path) => {
				std::fs::create_dir_all(path).map_err(|source| Error::Io { path: path.clone(), source })?;
				(path.clone(), None)
			}
			None => {
				let folder = tempfile::Builder::new()
					.prefix("aivm-devnet-")
					.tempdir()
					.map_err(|source| Error::Io { path: std::env::temp_dir(), source })?;
				(folder.path().to_owned(), Some(folder))
			}
		};
		let log_path = base_path.join("node.log");
		let mut node = Self { config, binary, base_path, log_path, process: None, _folder: folder };
		node.launch()?;
		Ok(node)
	}

	/// Starts the process and waits until it answers.
	fn launch(&mut self) -> Result<(), Error> {
		let io = |path: &Path| {
			let path = path.to_owned();
			move |source| Error::Io { path, source }
		};
		let log = OpenOptions::new().create(true).append(true).open(&self.log_path).map_err(io(&self.log_path))?;
		let written = log.metadata().map_err(io(&self.log_path))?.len();
		let offset = usize::try_from(written).unwrap_or(usize::MAX);
		let metrics = if self.config.metrics { Some(free_port().map_err(io(&self.base_path))?) } else { None };
		let child = Command::new(&self.binary)
			.args(self.config.arguments(&self.base_path, metrics.map(|address| address.port())))
			.envs(self.config.environment.iter().map(|(name, value)| (name, value)))
			.stdin(Stdio::null())
			.stdout(log.try_clone().map_err(io(&self.log_path))?)
			.stderr(log)
			.spawn()
			.map_err(|source| Error::Spawn { binary: self.binary.clone(), source })?;

		// From here on the child is killed if anything fails.
		let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
		let mut process = Process { child, rpc: unknown, metrics };
		let deadline = Instant::now() + self.config.start_timeout;
		loop {
			if let Ok(Some(status)) = process.child.try_wait() {
				return Err(Error::Exited {
					name: self.config.name.clone(),
					status: status.to_string(),
					tail: self.log_tail(),
				});
			}
			let log = std::fs::read(&self.log_path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
			if let Some(address) = log.ok().and_then(|log| log::rpc_address(&log, offset)) {
				process.rpc = address;
				if rpc::request(address, "system_health", json!([]), Duration::from_secs(2)).is_ok() {
					self.process = Some(process);
					return Ok(());
				}
			}
			if Instant::now() >= deadline {
				return Err(self.timeout("answering requests", self.config.start_timeout));
			}
			std::thread::sleep(POLL);
		}
	}

	/// The node's name.
	pub fn name(&self) -> &str {
		&self.config.name
	}

	/// WebSocket address for clients. It changes with every [`Self::restart`].
	///
	/// Empty port 0 if the node is not running.
	pub fn url(&self) -> String {
		let address = self.process.as_ref().map_or(SocketAddr::from(([127, 0, 0, 1], 0)), |process| process.rpc);
		format!("ws://{address}")
	}

	/// Address of the Prometheus metrics, if the configuration asked for them and the node runs.
	pub fn metrics_url(&self) -> Option<String> {
		let address = self.process.as_ref()?.metrics?;
		Some(format!("http://{address}/metrics"))
	}

	/// The folder with the node's database and log.
	pub fn base_path(&self) -> &Path {
		&self.base_path
	}

	/// The node's log file.
	pub fn log_path(&self) -> &Path {
		&self.log_path
	}

	/// The last lines of the node's log.
	pub fn log_tail(&self) -> String {
		log::tail(&self.log_path)
	}

	/// The operating system's number of the process, while it runs.
	pub fn process_id(&self) -> Option<u32> {
		self.process.as_ref().map(|process| process.child.id())
	}

	/// Whether the process runs.
	pub fn is_running(&mut self) -> bool {
		match &mut self.process {
			Some(process) => matches!(process.child.try_wait(), Ok(None)),
			None => false,
		}
	}

	/// Kills the process with SIGKILL, as a power cut would. Its folder stays.
	pub fn kill9(&mut self) {
		self.process = None;
	}

	/// Asks the process to stop (SIGTERM) and waits until it did; kills it if that takes more than 20 s.
	pub fn stop(&mut self) -> Result<(), Error> {
		let Some(mut process) = self.process.take() else {
			return Err(Error::NotRunning(self.config.name.clone()));
		};
		let asked = kill_process(Pid::from_child(&process.child), Signal::TERM);
		let deadline = Instant::now() + STOP_TIMEOUT;
		while asked.is_ok() && Instant::now() < deadline {
			if !matches!(process.child.try_wait(), Ok(None)) {
				return Ok(());
			}
			std::thread::sleep(POLL);
		}
		drop(process);
		Err(self.timeout("stopping by itself", STOP_TIMEOUT))
	}

	/// Starts the node again on the same folder; kills it first if it still runs.
	pub fn restart(&mut self) -> Result<(), Error> {
		self.kill9();
		self.launch()
	}

	/// Sends one JSON-RPC request; `params` is a JSON array.
	pub fn request(&self, method: &str, params: Value) -> Result<Value, Error> {
		let process = self.process.as_ref().ok_or_else(|| Error::NotRunning(self.config.name.clone()))?;
		rpc::request(process.rpc, method, params, REQUEST_TIMEOUT)
			.map_err(|reason| Error::Rpc { method: method.into(), reason })
	}

	/// Address at which other nodes reach this one: `/ip4/127.0.0.1/tcp/<port>/p2p/<peer>`.
	pub fn peer_address(&self) -> Result<String, Error> {
		let method = "system_localListenAddresses";
		let addresses = self.request(method, json!([]))?;
		let loopback = addresses
			.as_array()
			.into_iter()
			.flatten()
			.filter_map(Value::as_str)
			.find(|address| address.starts_with("/ip4/127.0.0.1/") && !address.contains("/ws"));
		match loopback {
			Some(address) if address.contains("/p2p/") => Ok(address.into()),
			Some(address) => {
				let peer = self.request("system_localPeerId", json!([]))?;
				Ok(format!("{address}/p2p/{}", peer.as_str().unwrap_or_default()))
			}
			None => Err(Error::Rpc { method: method.into(), reason: format!("no loopback address in {addresses}") }),
		}
	}

	/// How many peers the node is connected to.
	pub fn peers(&self) -> Result<u64, Error> {
		Ok(self.request("system_health", json!([]))?["peers"].as_u64().unwrap_or_default())
	}

	/// Height of the best block.
	pub fn best(&self) -> Result<u32, Error> {
		self.height(json!([]))
	}

	/// Height of the last finalised block.
	pub fn finalised(&self) -> Result<u32, Error> {
		let hash = self.request("chain_getFinalizedHead", json!([]))?;
		self.height(json!([hash]))
	}

	/// Hash of the block at this height on the best chain, as `0x…`, or `None` if there is none yet.
	pub fn block_hash(&self, height: u32) -> Result<Option<String>, Error> {
		Ok(self.request("chain_getBlockHash", json!([height]))?.as_str().map(Into::into))
	}

	/// Height of the block that `chain_getHeader` returns for these parameters.
	fn height(&self, params: Value) -> Result<u32, Error> {
		let method = "chain_getHeader";
		let header = self.request(method, params)?;
		header["number"]
			.as_str()
			.and_then(|number| u32::from_str_radix(number.trim_start_matches("0x"), 16).ok())
			.ok_or_else(|| Error::Rpc { method: method.into(), reason: format!("no height in {header}") })
	}

	/// Waits until the best block is at least this high; returns its height.
	pub fn wait_for_best(&mut self, height: u32, timeout: Duration) -> Result<u32, Error> {
		self.wait(&format!("block {height}"), timeout, |node| Ok(Some(node.best()?).filter(|best| *best >= height)))
	}

	/// Waits until a block at least this high is final; returns the height of the last final block.
	pub fn wait_for_finalised(&mut self, height: u32, timeout: Duration) -> Result<u32, Error> {
		let what = format!("finality of block {height}");
		self.wait(&what, timeout, |node| Ok(Some(node.finalised()?).filter(|finalised| *finalised >= height)))
	}

	/// Waits until the node is connected to at least this many peers.
	pub fn wait_for_peers(&mut self, count: u64, timeout: Duration) -> Result<u64, Error> {
		let what = format!("connecting to {count} peers");
		self.wait(&what, timeout, |node| Ok(Some(node.peers()?).filter(|peers| *peers >= count)))
	}

	/// Waits until `check` returns a value. Fails at once if the process ends; a failed request counts as "not yet".
	pub fn wait<T>(
		&mut self,
		what: &str,
		timeout: Duration,
		mut check: impl FnMut(&Self) -> Result<Option<T>, Error>,
	) -> Result<T, Error> {
		let deadline = Instant::now() + timeout;
		loop {
			if let Ok(Some(value)) = check(self) {
				return Ok(value);
			}
			let name = self.config.name.clone();
			let tail = self.log_tail();
			let process = self.process.as_mut().ok_or_else(|| Error::NotRunning(name.clone()))?;
			if let Ok(Some(status)) = process.child.try_wait() {
				return Err(Error::Exited { name, status: status.to_string(), tail });
			}
			if Instant::now() >= deadline {
				return Err(self.timeout(what, timeout));
			}
			std::thread::sleep(POLL);
		}
	}

	/// The error for something that did not happen in time.
	fn timeout(&self, what: &str, timeout: Duration) -> Error {
		Error::Timeout {
			name: self.config.name.clone(),
			what: what.into(),
			seconds: timeout.as_secs(),
			tail: self.log_tail(),
		}
	}
}

impl Drop for Node {
	fn drop(&mut self) {
		if std::thread::panicking() {
			eprintln!("the end of the log of node {}:\n{}", self.config.name, self.log_tail());
		}
	}
}

/// A port that nobody listens on.
fn free_port() -> std::io::Result<SocketAddr> {
	TcpListener::bind("127.0.0.1:0")?.local_addr()
}
