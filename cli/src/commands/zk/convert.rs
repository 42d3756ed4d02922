// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm zk convert`: keys and proofs of other systems in the form that the chain reads.

use std::{
	io::{self, Write},
	path::{Path, PathBuf},
};

use aivm_client::{Curve, HexBytes, KeyFile, Setup, ZkProofFile, H256};
use aivm_prover::convert::{arkworks, risc0, snarkjs, sp1, ConvertError, Key, Proof, Scalar};
use aivm_verification::groth16;
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use crate::{files, layout::Fields, proofs, Context, Failure, Human};

/// Largest file of another system that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Bring keys and proofs of other systems into the form that the chain reads. Needs no node.
///
/// Every point is checked, and keys that anybody could forge proofs for are refused.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// JSON files of snarkjs: verification_key.json, proof.json, public.json.
	Snarkjs(Files),
	/// Binary files of ark-groth16, compressed or not.
	Arkworks {
		/// The curve: bn254 or bls12-381.
		#[arg(long, value_parser = curve)]
		curve: Curve,
		#[command(flatten)]
		files: Files,
	},
	/// A receipt of RISC0 with a Groth16 seal.
	Risc0(Foreign),
	/// A Groth16 proof of SP1, of version 5 or 6.1.
	Sp1(Foreign),
}

/// A key, or a proof with its public inputs, or both.
#[derive(Debug, clap::Args)]
struct Files {
	/// The verifying key.
	#[arg(long, value_name = "FILE", requires = "key_out", required_unless_present = "proof")]
	key: Option<PathBuf>,
	/// The key's file to write.
	#[arg(long, value_name = "FILE", requires = "key")]
	key_out: Option<PathBuf>,
	/// How many parties contributed to the key, without a beacon. Without it, the key is marked single party.
	#[arg(long, value_name = "COUNT", requires_all = ["key", "transcript"], value_parser = clap::value_parser!(u32).range(2..))]
	contributions: Option<u32>,
	/// Hash of the transcript of the key's ceremony.
	#[arg(long, value_name = "HASH", value_parser = crate::commands::parse_hash, requires = "contributions")]
	transcript: Option<H256>,
	/// A public beacon ended the ceremony.
	#[arg(long, requires = "contributions")]
	beacon: bool,
	/// The proof.
	#[arg(long, value_name = "FILE", requires_all = ["public", "out"])]
	proof: Option<PathBuf>,
	/// Its public inputs.
	#[arg(long, value_name = "FILE", requires = "proof")]
	public: Option<PathBuf>,
	/// The proof's file to write.
	#[arg(long, value_name = "FILE", requires = "proof")]
	out: Option<PathBuf>,
}

impl Files {
	fn setup(&self) -> Setup {
		match (self.contributions, self.transcript) {
			(Some(contributions), Some(transcript)) => {
				Setup::Ceremony { contributions, beacon: self.beacon, transcript }
			}
			_ => Setup::SingleParty,
		}
	}
}

/// A proof of a system whose verifying key this program knows.
#[derive(Debug, clap::Args)]
struct Foreign {
	/// A JSON file, all in hexadecimal. RISC0: `seal`, `image_id`, `journal`, and for another release than 5.0 `control_root` and
	/// `bn254_control_id`. SP1: `proof`, `vkey`, `public_values`.
	file: PathBuf,
	/// The proof's file to write.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
	/// The system's verifying key, to write.
	#[arg(long, value_name = "FILE")]
	key_out: Option<PathBuf>,
}

/// A receipt of RISC0.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Receipt {
	seal: HexBytes,
	image_id: HexBytes,
	journal: HexBytes,
	/// Of another release than 5.0: root of the control tree.
	control_root: Option<HexBytes>,
	/// Of another release than 5.0: identifier of the last recursion program, big-endian.
	bn254_control_id: Option<HexBytes>,
}

/// A proof of SP1.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sp1Proof {
	proof: HexBytes,
	vkey: HexBytes,
	public_values: HexBytes,
}

/// What was written.
#[derive(Debug, Default, Serialize)]
struct Report {
	#[serde(skip_serializing_if = "Option::is_none")]
	system: Option<&'static str>,
	#[serde(skip_serializing_if = "Option::is_none")]
	key: Option<PathBuf>,
	#[serde(skip_serializing_if = "Option::is_none")]
	proof: Option<PathBuf>,
	#[serde(skip_serializing_if = "Option::is_none")]
	inputs: Option<Vec<H256>>,
	/// What `aivm zk key register` needs to know of the system's release.
	#[serde(skip_serializing_if = "Option::is_none")]
	release: Option<Release>,
}

/// What tells a release of another system from others, as `aivm zk key register` takes it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Release {
	Risc0 { control_root: H256, control_id: H256 },
	Sp1 { vk_root: H256 },
}

impl Human for Report {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let mut fields = Fields::new()
			.maybe("system", self.system)
			.maybe("key", self.key.as_ref().map(|path| path.display().to_string()))
			.maybe("proof", self.proof.as_ref().map(|path| path.display().to_string()));
		fields = match self.release {
			Some(Release::Risc0 { control_root, control_id }) => fields
				.add("control root", format_args!("{control_root:?}"))
				.add("control id", format_args!("{control_id:?}")),
			Some(Release::Sp1 { vk_root }) => fields.add("vk root", format_args!("{vk_root:?}")),
			None => fields,
		};
		for (place, input) in self.inputs.iter().flatten().enumerate() {
			fields = fields.add(&format!("input {place}"), format_args!("{input:?}"));
		}
		fields.write(out)
	}
}

fn curve(text: &str) -> Result<Curve, String> {
	text.parse().map_err(|error: aivm_client::Error| error.to_string())
}

/// What another system's file was refused for.
fn refused(path: &Path, error: &ConvertError) -> Failure {
	Failure::bad_input(format!("{}: {error}", path.display()))
		.with_cure("check that this is the right file, and export it again from the system that made it")
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let report = match &args.command {
		Command::Snarkjs(given) => from_files(given, None)?,
		Command::Arkworks { curve, files } => from_files(files, Some(*curve))?,
		Command::Risc0(given) => from_risc0(given)?,
		Command::Sp1(given) => from_sp1(given)?,
	};
	context.report(&report)
}

/// Files of snarkjs, or of arkworks over a curve.
fn from_files(given: &Files, curve: Option<Curve>) -> Result<Report, Failure> {
	let mut report = Report::default();
	let curve = curve.map(proofs::curve);
	if let (Some(path), Some(out)) = (&given.key, &given.key_out) {
		let bytes = files::read(path, "verifying key", MAX_FILE)?;
		let key = match curve {
			None => snarkjs::key(&bytes),
			Some(curve) => arkworks::key(curve, &bytes),
		};
		let key = key.map_err(|error| refused(path, &error))?;
		write_key(key, given.setup(), None, out)?;
		report.key = Some(out.clone());
	}
	if let (Some(path), Some(public), Some(out)) = (&given.proof, &given.public, &given.out) {
		let bytes = files::read(path, "proof", MAX_FILE)?;
		let proof = match curve {
			None => snarkjs::proof(&bytes),
			Some(curve) => arkworks::proof(curve, &bytes),
		};
		let proof = proof.map_err(|error| refused(path, &error))?;
		let bytes = files::read(public, "list of public inputs", MAX_FILE)?;
		let inputs = match curve {
			None => snarkjs::inputs(proof.curve, &bytes),
			Some(curve) => arkworks::inputs(curve, &bytes),
		};
		let inputs = inputs.map_err(|error| refused(public, &error))?;
		report.inputs = Some(write_proof(proof, &inputs, out)?);
		report.proof = Some(out.clone());
	}
	Ok(report)
}

fn from_risc0(given: &Foreign) -> Result<Report, Failure> {
	let receipt: Receipt = read_json(&given.file, "receipt of RISC0")?;
	let mut version = risc0::V5_0;
	if let Some(root) = &receipt.control_root {
		version.control_root = hash(root, &given.file, "control_root")?;
	}
	if let Some(id) = &receipt.bn254_control_id {
		version.control_id = hash(id, &given.file, "bn254_control_id")?;
	}
	let image = hash(&receipt.image_id, &given.file, "image_id")?;
	let (proof, inputs) = risc0::receipt(&version, &receipt.seal, &image, &receipt.journal)
		.map_err(|error| refused(&given.file, &error))?;
	let mut control_id = version.control_id;
	// The chain takes it as the scalar that it is.
	control_id.reverse();
	let release = Release::Risc0 { control_root: H256(version.control_root), control_id: H256(control_id) };
	foreign(given, "risc0", risc0::key(), proof, &inputs, Some(release))
}

fn from_sp1(given: &Foreign) -> Result<Report, Failure> {
	let found: Sp1Proof = read_json(&given.file, "proof of SP1")?;
	let program = hash(&found.vkey, &given.file, "vkey")?;
	let (version, proof, inputs) =
		sp1::proof(&found.proof, &program, &found.public_values).map_err(|error| refused(&given.file, &error))?;
	let release = match version {
		sp1::Version::V5 => None,
		sp1::Version::V6_1 => Some(Release::Sp1 { vk_root: H256(sp1::KEY_ROOT_V6_1) }),
	};
	foreign(given, "sp1", version.key(), proof, &inputs, release)
}

fn foreign(
	given: &Foreign,
	system: &'static str,
	key: Result<Key, ConvertError>,
	proof: Proof,
	inputs: &[Scalar],
	release: Option<Release>,
) -> Result<Report, Failure> {
	let inputs = write_proof(proof, inputs, &given.out)?;
	if let Some(out) = &given.key_out {
		let key = key.map_err(|error| Failure::internal(format!("the key of {system} cannot be read: {error}")))?;
		// How these systems made their keys is not for this program to say.
		write_key(key, Setup::SingleParty, Some(system), out)?;
	}
	let (key, proof) = (given.key_out.clone(), Some(given.out.clone()));
	Ok(Report { system: Some(system), key, proof, inputs: Some(inputs), release })
}

/// Checks a key as the chain does, and writes its file.
fn write_key(key: Key, setup: Setup, system: Option<&str>, out: &Path) -> Result<(), Failure> {
	let mut file = KeyFile::new(curve_of(key.curve), key.bytes, setup);
	file.system = system.map(Into::into);
	proofs::check_key(&file)?;
	files::write(out, "verifying key", file.to_json().as_bytes())
}

/// Writes the file of a proof, and returns its public inputs.
fn write_proof(proof: Proof, inputs: &[Scalar], out: &Path) -> Result<Vec<H256>, Failure> {
	let inputs: Vec<H256> = inputs.iter().copied().map(H256).collect();
	let file = ZkProofFile::new(curve_of(proof.curve), inputs.clone(), proof.bytes);
	files::write(out, "proof", file.to_json().as_bytes())?;
	Ok(inputs)
}

fn curve_of(curve: groth16::Curve) -> Curve {
	match curve {
		groth16::Curve::Bn254 => Curve::Bn254,
		groth16::Curve::Bls12_381 => Curve::Bls12_381,
	}
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path, what: &str) -> Result<T, Failure> {
	let bytes = files::read(path, what, MAX_FILE)?;
	serde_json::from_slice(&bytes).map_err(|error| {
		Failure::bad_input(format!("{} is no {what}: {error}", path.display()))
			.with_cure("see `aivm help zk convert` for the members of the file")
	})
}

fn hash(bytes: &HexBytes, path: &Path, member: &str) -> Result<[u8; 32], Failure> {
	<[u8; 32]>::try_from(bytes.0.as_slice()).map_err(|_| {
		let length = bytes.len();
		Failure::bad_input(format!("{member} in {} has {length} bytes, not 32", path.display()))
	})
}
