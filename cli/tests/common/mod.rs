// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A real node, and the real binary.

#![allow(dead_code)]

use std::{
	future::Future,
	path::{Path, PathBuf},
	pin::Pin,
	process::{Command, Output},
	time::Duration,
};

use aivm_client::{Format, Royalty, VersionSpec, H256};
use aivm_devnet::{Node, NodeConfig};
use aivm_inference::{
	Dense, Dtype, Multiplier, PerChannel, Program, ProgramBuilder, Quantisation, Requantise, Shape, TensorSpec,
};
use serde_json::Value;
use tempfile::TempDir;

/// A development chain, a folder, and the binary that works with both.
pub struct Bench {
	/// The node.
	pub node: Node,
	folder: TempDir,
}

/// What the binary answered.
#[derive(Debug)]
pub struct Answer {
	/// Exit code.
	pub code: i32,
	/// Standard output.
	pub out: String,
	/// Standard error.
	pub err: String,
}

impl Answer {
	/// The JSON document on standard output; panics unless the command succeeded with exactly one.
	pub fn json(&self) -> Value {
		assert_eq!(self.code, 0, "{self:?}");
		serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
	}

	/// The JSON object of an error with this exit code; panics unless standard error is exactly that.
	pub fn error(&self, code: i32) -> Value {
		assert_eq!(self.code, code, "{self:?}");
		let error: Value = serde_json::from_str(&self.err).unwrap_or_else(|error| panic!("{error}: {self:?}"));
		assert_eq!(error["error"]["exit"], code);
		error["error"].clone()
	}
}

impl From<Output> for Answer {
	fn from(output: Output) -> Self {
		Self {
			code: output.status.code().unwrap_or(-1),
			out: String::from_utf8_lossy(&output.stdout).into_owned(),
			err: String::from_utf8_lossy(&output.stderr).into_owned(),
		}
	}
}

impl Bench {
	/// Starts a development chain and waits for its first block.
	pub fn start() -> Self {
		let mut node = Node::start(NodeConfig::dev()).unwrap_or_else(|error| panic!("{error}"));
		node.wait_for_best(1, Duration::from_secs(60)).unwrap_or_else(|error| panic!("{error}"));
		Self { node, folder: tempfile::tempdir().unwrap() }
	}

	/// A file in the folder.
	pub fn path(&self, name: &str) -> PathBuf {
		self.folder.path().join(name)
	}

	/// Runs the binary.
	pub fn run(&self, args: &[&str]) -> Answer {
		command(&self.node.url()).args(args).output().unwrap().into()
	}

	/// Runs the binary with `--json`.
	pub fn json(&self, args: &[&str]) -> Value {
		self.run(&with_json(args)).json()
	}

	/// Runs the binary with `--json` and a key.
	pub fn as_json(&self, suri: &str, args: &[&str]) -> Value {
		self.run_as(suri, args).json()
	}

	/// Runs the binary with `--json` and a key, whatever comes out.
	pub fn run_as(&self, suri: &str, args: &[&str]) -> Answer {
		command(&self.node.url()).env("AIVM_SURI", suri).args(with_json(args)).output().unwrap().into()
	}

	/// Free balance and holds of an account.
	pub fn balance(&self, account: &str) -> (u128, u128) {
		let shown = self.json(&["account", "show", account]);
		let amount = |name: &str| shown[name].as_str().unwrap().parse().unwrap();
		(amount("free"), amount("held"))
	}
}

/// The binary, without anything from this process's environment.
pub fn command(url: &str) -> Command {
	let mut command = Command::new(env!("CARGO_BIN_EXE_aivm"));
	for name in ["AIVM_URL", "AIVM_SURI"] {
		command.env_remove(name);
	}
	command.env("AIVM_URL", url);
	command
}

fn with_json<'a>(args: &[&'a str]) -> Vec<&'a str> {
	std::iter::once("--json").chain(args.iter().copied()).collect()
}

/// A file of the model `name` in `scripts/models`.
pub fn model_file(name: &str, file: &str) -> String {
	let path = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../scripts/models").join(name).join(file);
	path.to_str().unwrap().to_owned()
}

/// One dense layer from `width` to `width` numbers: a program of about `width * width` bytes.
pub fn wide_program(width: u32, seed: u8) -> Vec<u8> {
	let shape = Shape::new(&[width]).unwrap();
	let input = TensorSpec { dtype: Dtype::I8, shape, quantisation: Quantisation::Raw };
	let mut builder = ProgramBuilder::new(vec![input]);
	let count = width as usize * width as usize;
	let weights =
		(0..count).map(|place| (place.wrapping_mul(31).wrapping_add(seed.into()) % 251) as u8 as i8).collect();
	let layer =
		Dense { input_zero_point: 0, weight_zero_points: PerChannel::One(0), bias: vec![0; width as usize], weights };
	let sums = builder.dense(builder.input(0), layer);
	builder.output(sums, Quantisation::Raw);
	let limits = aivm_inference::Limits::DEFAULT;
	let (program, _): (Program, _) = builder.build(&limits).unwrap();
	program.to_bytes()
}

/// Twenty-eight dense layers over 4,096 rows: small enough to be published, with about two thousand million
/// multiply-accumulates a run, which no block has room for.
pub fn heavy_program() -> Vec<u8> {
	const ROWS: u32 = 4_096;
	let shape = Shape::new(&[ROWS, 64]).unwrap();
	let input = TensorSpec { dtype: Dtype::I8, shape, quantisation: Quantisation::Raw };
	let mut builder = ProgramBuilder::new(vec![input]);
	let layer = |inputs: usize, outputs: usize| Dense {
		input_zero_point: 0,
		weight_zero_points: PerChannel::One(0),
		bias: vec![0; outputs],
		weights: (0..inputs * outputs).map(|place| (place % 7) as i8 - 3).collect(),
	};
	let mut value = builder.input(0);
	for (inputs, outputs) in [(64, 256), (256, 64)].into_iter().cycle().take(28) {
		let sums = builder.dense(value, layer(inputs, outputs));
		let multipliers = PerChannel::One(Multiplier::new(1 << 30, 40).unwrap());
		value = builder.requantise(sums, Requantise { multipliers, zero_point: 0 });
	}
	let sums = builder.dense(value, layer(64, 1));
	builder.output(sums, Quantisation::Raw);
	let (program, _) = builder.build(&aivm_inference::Limits::DEFAULT).unwrap();
	program.to_bytes()
}

/// What is published for these bytes, with a manifest that nobody has.
pub fn spec(artefact: &[u8]) -> VersionSpec {
	let hash = sp_crypto_hashing::blake2_256(artefact);
	let manifest_hash = H256(sp_crypto_hashing::blake2_256(&hash));
	VersionSpec {
		manifest_cid: cid(manifest_hash),
		manifest_hash,
		artefact_hash: H256(hash),
		artefact_size: artefact.len() as u64,
		format: Format::Program,
		licence: "Apache-2.0".into(),
		parent: None,
		royalty: Royalty::default(),
	}
}

/// CIDv1, raw, blake2b-256, base32.
fn cid(hash: H256) -> String {
	let bytes: Vec<u8> = [0x01, 0x55, 0xa0, 0xe4, 0x02, 0x20].iter().chain(&hash.0).copied().collect();
	let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
	let digits = bits.as_bytes().chunks(5).map(|group| {
		let text = format!("{:0<5}", std::str::from_utf8(group).unwrap());
		let digit = usize::from_str_radix(&text, 2).unwrap();
		char::from(b"abcdefghijklmnopqrstuvwxyz234567"[digit])
	});
	std::iter::once('b').chain(digits).collect()
}

/// A runtime for the client library. As a trait object, work is compiled once; else it would be several times over.
pub fn block_on<F: Future>(future: F) -> F::Output {
	let work: Pin<Box<dyn Future<Output = F::Output> + '_>> = Box::pin(future);
	tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work)
}
