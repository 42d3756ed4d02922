// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm zk key`: verifying keys on the chain.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{KeyBinding, KeyFile, KeyInfo, Layout, VersionId, H256};
use clap::Subcommand;
use serde::Serialize;

use crate::{
	commands::{parse_hash, Done},
	layout::{Fields, Table},
	model_ref::ModelRef,
	proofs, Context, Failure, Human,
};

/// Most keys that are listed.
const LISTED: usize = 10_000;

/// Register verifying keys, look at them, revoke them.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Register a verifying key. A deposit goes on hold until the key is revoked.
	Register(Box<Register>),
	/// Show a key.
	Show {
		/// The key's number.
		key: u32,
	},
	/// List keys.
	List {
		/// Only those for this version.
		#[arg(long, value_name = "MODEL@VERSION")]
		model: Option<ModelRef>,
	},
	/// End the use of a key for good.
	Revoke {
		/// The key's number.
		key: u32,
	},
}

/// Register a verifying key.
///
/// A key of AIVM's own circuits names its program, and belongs to the version that has it: give --model. A key of another
/// system is for verification without a task; with --model and a layout, its proofs are evidence for tasks of that version.
#[derive(Debug, clap::Args)]
struct Register {
	/// The key: a file that `aivm zk verify-setup` or `aivm zk convert` wrote.
	file: PathBuf,
	/// The version whose runs it proves. Only the model's owner may register such a key.
	#[arg(long, value_name = "MODEL@VERSION")]
	model: Option<ModelRef>,
	/// The name of the other system. Without it, the one in the file.
	#[arg(long, value_name = "NAME")]
	system: Option<String>,
	#[command(flatten)]
	layout: LayoutArgs,
}

/// Where the statement of a task stands among the inputs of another system's proofs.
#[derive(Debug, clap::Args)]
struct LayoutArgs {
	/// The statement is the public input with this number, from 0, as in circuits of circom.
	#[arg(long, value_name = "PLACE", group = "layout", requires = "model")]
	statement_at: Option<u8>,
	/// A RISC0 guest with this image, whose journal is the statement.
	#[arg(long, value_name = "HASH", value_parser = parse_hash, group = "layout", requires_all = ["model", "control_root", "control_id"])]
	risc0_image: Option<H256>,
	/// Root of RISC0's control tree, as `aivm zk convert risc0-key` shows it.
	#[arg(long, value_name = "HASH", value_parser = parse_hash, requires = "risc0_image")]
	control_root: Option<H256>,
	/// RISC0's identifier of the last recursion program, as `aivm zk convert risc0-key` shows it.
	#[arg(long, value_name = "HASH", value_parser = parse_hash, requires = "risc0_image")]
	control_id: Option<H256>,
	/// An SP1 program with this key, whose public values are the statement. With --vk-root of SP1 v6, otherwise of v5.
	#[arg(long, value_name = "HASH", value_parser = parse_hash, group = "layout", requires = "model")]
	sp1_program: Option<H256>,
	/// Root of SP1's tree of recursion keys.
	#[arg(long, value_name = "HASH", value_parser = parse_hash, requires = "sp1_program")]
	vk_root: Option<H256>,
}

impl LayoutArgs {
	fn layout(&self) -> Option<Layout> {
		match (self.statement_at, self.risc0_image, self.sp1_program) {
			(Some(at), _, _) => Some(Layout::Statement { at }),
			(None, Some(image), _) => Some(Layout::Risc0 {
				control_root: self.control_root.unwrap_or_default(),
				control_id: self.control_id.unwrap_or_default(),
				image,
			}),
			(None, None, Some(program)) => Some(match self.vk_root {
				Some(vk_root) => Layout::Sp1V6 { program, vk_root },
				None => Layout::Sp1V5 { program },
			}),
			(None, None, None) => None,
		}
	}
}

/// A key that was registered.
#[derive(Debug, Serialize)]
struct Registered {
	#[serde(flatten)]
	key: KeyInfo,
	#[serde(flatten)]
	done: Done,
}

impl Human for Registered {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		self.done.human(out)?;
		self.key.human(out)
	}
}

impl Human for KeyInfo {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("key", format_args!("{}, {}", self.id, if self.active { "active" } else { "revoked" }))
			.add("for", purpose(&self.binding))
			.add("curve", format_args!("{}, {} public inputs", self.curve, self.inputs))
			.add("setup", self.setup)
			.add("owner", self.owner)
			.add("on hold", self.deposit)
			.add("digest", format_args!("{:?}", self.digest))
			.write(out)?;
		if self.single_party {
			writeln!(
				out,
				"\nOne party made this key and could forge proofs. Tasks take it only with --accept-single-party."
			)?;
		}
		Ok(())
	}
}

/// What a key is for, in words.
fn purpose(binding: &KeyBinding) -> String {
	match binding {
		KeyBinding::Version { version, weights: None } => format!("version {version}, public weights"),
		KeyBinding::Version { version, weights: Some(weights) } => {
			format!("version {version}, private weights behind {weights:?}")
		}
		KeyBinding::External { system, runs: None } => format!("{system}, without tasks"),
		KeyBinding::External { system, runs: Some((version, layout)) } => {
			let layout = match layout {
				Layout::Statement { at } => format!("statement in input {at}"),
				Layout::Risc0 { image, .. } => format!("RISC0 image {image:?}"),
				Layout::Sp1V5 { program } => format!("SP1 v5 program {program:?}"),
				Layout::Sp1V6 { program, .. } => format!("SP1 v6 program {program:?}"),
			};
			format!("version {version}, by {system}: {layout}")
		}
	}
}

/// Keys.
#[derive(Debug, Serialize)]
struct Keys {
	keys: Vec<KeyInfo>,
}

impl Human for Keys {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.keys.is_empty() {
			return writeln!(out, "there are no such keys");
		}
		let mut table = Table::new(&[">key", "state", "curve", ">inputs", "setup", "for"]);
		for key in &self.keys {
			table.row(vec![
				key.id.to_string(),
				if key.active { "active" } else { "revoked" }.into(),
				key.curve.to_string(),
				key.inputs.to_string(),
				if key.single_party { "single party" } else { "ceremony" }.into(),
				purpose(&key.binding),
			]);
		}
		table.write(out)
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Register(args) => register(&args, context).await,
		Command::Show { key } => {
			let key = context.client().await?.proof_key(key).await?;
			context.report(&key)
		}
		Command::List { model } => {
			let client = context.client().await?;
			let version = match model {
				Some(version) => Some(version.named_version(&client).await?),
				None => None,
			};
			let keys = client.proof_keys(version, LISTED).await?;
			context.report(&Keys { keys })
		}
		Command::Revoke { key } => {
			let sender = context.sender().await?;
			let waiting = context.waiting(format!("revoking key {key}"));
			let revoked = sender.revoke_key(key, context.until()).await;
			waiting.finish_and_clear();
			context.report(&Done::new(format!("revoked key {key}"), &revoked?))
		}
	}
}

async fn register(args: &Register, context: &mut Context<'_>) -> Result<(), Failure> {
	let file = proofs::read_key(&args.file)?;
	// Every point is checked here first, because it costs nothing.
	proofs::check_key(&file)?;
	let sender = context.sender().await?;
	let version = match &args.model {
		Some(version) => Some(version.named_version(sender.client()).await?),
		None => None,
	};
	let binding = binding(args, &file, version)?;
	if let (Some(circuit), KeyBinding::Version { version, .. }) = (&file.circuit, &binding) {
		let published = sender.client().version(*version).await?.spec.artefact_hash;
		if published != circuit.program {
			return Err(Failure::bad_input(format!(
				"the key is for the program {:?}, but version {version} is {published:?}",
				circuit.program
			))
			.with_cure("give the version that has this program, or make a key for the version's program"));
		}
	}
	let waiting = context.waiting("registering the key".into());
	let registered = sender.register_key(&file, &binding, file.setup, context.until()).await;
	waiting.finish_and_clear();
	let (id, included) = registered?;
	let key = sender.client().proof_key(id).await?;
	context.report(&Registered { key, done: Done::new(format!("registered key {id}"), &included) })
}

/// What a key is registered for.
fn binding(args: &Register, file: &KeyFile, version: Option<VersionId>) -> Result<KeyBinding, Failure> {
	let layout = args.layout.layout();
	match (&file.circuit, version) {
		(Some(_), _) if args.system.is_some() || layout.is_some() => {
			Err(Failure::usage("this key is one of AIVM's own circuits, which no other system's options fit")
				.with_cure("give --model only"))
		}
		(Some(circuit), Some(version)) => Ok(KeyBinding::Version { version, weights: circuit.weights }),
		(Some(_), None) => Err(Failure::usage("this key is for a program, and no version was named")
			.with_cure("give --model MODEL@VERSION")),
		(None, version) => {
			let system = args.system.clone().or_else(|| file.system.clone()).ok_or_else(|| {
				Failure::usage("neither the key's file nor the command line names a system")
					.with_cure("give --system NAME, for example --system circom")
			})?;
			let runs = match (version, layout) {
				(Some(version), Some(layout)) => Some((version, layout)),
				(None, None) => None,
				_ => {
					return Err(Failure::usage(
						"--model with another system's key needs to know where the statement is",
					)
					.with_cure("give --statement-at, --risc0-image or --sp1-program, or leave --model out"))
				}
			};
			Ok(KeyBinding::External { system, runs })
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use aivm_client::{CircuitOf, Curve, Setup};

	fn args(system: Option<&str>, statement_at: Option<u8>) -> Register {
		Register {
			file: PathBuf::new(),
			model: None,
			system: system.map(Into::into),
			layout: LayoutArgs {
				statement_at,
				risc0_image: None,
				control_root: None,
				control_id: None,
				sp1_program: None,
				vk_root: None,
			},
		}
	}

	#[test]
	fn binding_should_follow_from_the_file_and_the_options() {
		let version = VersionId { model: 0, version: 1 };
		let mut own = KeyFile::new(Curve::Bls12_381, Vec::new(), Setup::SingleParty);
		own.circuit = Some(CircuitOf { program: H256([1; 32]), circuit: H256([2; 32]), weights: Some(H256([3; 32])) });
		let other = KeyFile::new(Curve::Bn254, Vec::new(), Setup::SingleParty);

		let weights = Some(H256([3; 32]));
		assert_eq!(binding(&args(None, None), &own, Some(version)), Ok(KeyBinding::Version { version, weights }));
		assert!(binding(&args(None, None), &own, None).is_err());
		assert!(binding(&args(Some("x"), None), &own, Some(version)).is_err());

		let system = "circom".to_owned();
		let bound = binding(&args(Some("circom"), Some(2)), &other, Some(version));
		let runs = Some((version, Layout::Statement { at: 2 }));
		assert_eq!(bound, Ok(KeyBinding::External { system: system.clone(), runs }));
		assert_eq!(binding(&args(Some("circom"), None), &other, None), Ok(KeyBinding::External { system, runs: None }));
		assert!(binding(&args(None, None), &other, None).unwrap_err().cause.contains("names a system"));
		assert!(binding(&args(Some("circom"), None), &other, Some(version)).is_err());
	}
}
