// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm zk powers`, `setup`, `contribute`, `beacon`, `verify-setup`: the ceremony that makes a program's keys.

use std::{
	io::{self, Write},
	path::{Path, PathBuf},
};

use aivm_client::{CircuitOf, Client, Curve, KeyFile, WeightsFile, H256};
use aivm_prover::setup::{self as ceremony, Beacon as Block, Entropy, Powers, Setup as Keys, SetupKind};
use serde::Serialize;

use crate::{
	commands::parse_hash,
	files,
	layout::Fields,
	program::LoadedProgram,
	proofs::{self, Compiled, KeySummary, Stages},
	Context, Exit, Failure, Human,
};

/// Logarithm of how often a block's hash is hashed: about a second.
const ITERATIONS: u8 = 20;

/// Make powers alone, for trying out. Keys from them are marked single party.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("size").required(true).args(["power", "program"])))]
pub struct PowersArgs {
	/// Logarithm of the number of constraints that they are enough for.
	#[arg(long, value_name = "LOGARITHM")]
	power: Option<u32>,
	/// Make as many as this program's circuit needs.
	#[arg(long = "for", value_name = "PROGRAM")]
	program: Option<PathBuf>,
	/// With --for: the circuit with private weights.
	#[arg(long, requires = "program")]
	private_weights: bool,
	/// The file to write.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// Begin a ceremony: make the first key of a program's circuit from published powers.
///
/// Anybody can forge proofs for this key until somebody contributes to it. The transcript is written beside it.
#[derive(Debug, clap::Args)]
pub struct Setup {
	/// The program.
	program: PathBuf,
	/// Powers over BLS12-381 from a ceremony that you trust, as snarkjs writes them (.ptau).
	#[arg(long, value_name = "FILE")]
	powers: PathBuf,
	/// The circuit with private weights: one key for all programs of the same structure.
	#[arg(long)]
	private_weights: bool,
	/// The key file to write.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// Add randomness to a key. One honest contributor is enough.
#[derive(Debug, clap::Args)]
pub struct Contribute {
	/// The key file of the contributor before; its transcript lies beside it.
	key: PathBuf,
	/// Your name, for the transcript.
	#[arg(long, value_name = "NAME")]
	name: String,
	/// Anything that nobody can guess, besides the system's randomness: dice, keystrokes.
	#[arg(long, env = "AIVM_ENTROPY", hide_env_values = true, value_name = "TEXT")]
	entropy: Option<String>,
	/// The key file to write. Its transcript is written beside it.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// End a ceremony with the hash of a block, which nobody could choose.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["block", "next_block"])))]
pub struct Beacon {
	/// The key file of the last contributor; its transcript lies beside it.
	key: PathBuf,
	/// The block that was announced. The command waits until it is final.
	#[arg(long, value_name = "BLOCK")]
	block: Option<u32>,
	/// The next block of the node's chain.
	#[arg(long)]
	next_block: bool,
	/// Logarithm of how often the hash is hashed.
	#[arg(long, value_name = "LOGARITHM", default_value_t = ITERATIONS)]
	iterations: u8,
	/// The key file to write. Its transcript is written beside it.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// Check every step of a ceremony, and write the verifying key.
#[derive(Debug, clap::Args)]
pub struct VerifySetup {
	/// The key file; its transcript lies beside it.
	key: PathBuf,
	/// The program.
	#[arg(long, value_name = "FILE")]
	program: PathBuf,
	/// The powers that the ceremony began with.
	#[arg(long, value_name = "FILE")]
	powers: PathBuf,
	/// The block that was announced for the end: ask the node whether it is the one in the transcript.
	#[arg(long, value_name = "BLOCK")]
	beacon_block: Option<u32>,
	/// Hash of the announced block, from a source that you trust. Needs no node.
	#[arg(long, value_name = "HASH", value_parser = parse_hash, conflicts_with = "beacon_block")]
	beacon_hash: Option<H256>,
	/// With private weights: the file with the salt of their commitment. It is made if there is none; keep it secret.
	#[arg(long, value_name = "FILE")]
	weights: Option<PathBuf>,
	/// The circuit with private weights.
	#[arg(long)]
	private_weights: bool,
	/// The verifying key to write.
	#[arg(long, value_name = "FILE")]
	out: Option<PathBuf>,
}

/// Where the transcript of a key file lies.
fn transcript_of(key: &Path) -> PathBuf {
	key.with_extension("transcript.json")
}

/// A step of a ceremony.
#[derive(Debug, Serialize)]
struct Step {
	/// What was done.
	did: String,
	/// The key file.
	key: PathBuf,
	/// Its size.
	bytes: u64,
	/// The transcript beside it.
	transcript: PathBuf,
	/// Hash of the transcript, to be published.
	transcript_hash: H256,
	/// How many have contributed.
	contributions: usize,
	/// The block that ended the ceremony.
	#[serde(skip_serializing_if = "Option::is_none")]
	block: Option<u32>,
	/// What to do next.
	#[serde(skip)]
	next: &'static str,
}

impl Step {
	fn new(did: String, key: &Path, keys: &Keys, next: &'static str) -> Result<Self, Failure> {
		Ok(Self {
			did,
			bytes: std::fs::metadata(key).map_err(io::Error::from)?.len(),
			key: key.into(),
			transcript: transcript_of(key),
			transcript_hash: H256(keys.transcript.hash()),
			contributions: keys.transcript.contributors(),
			block: keys.transcript.beacon().map(|beacon| beacon.block),
			next,
		})
	}
}

impl Human for Step {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		writeln!(out, "{}", self.did)?;
		Fields::new()
			.add("key", format_args!("{}, {} bytes", self.key.display(), self.bytes))
			.add("transcript", self.transcript.display())
			.add("hash", format_args!("{:?}", self.transcript_hash))
			.add("contributions", self.contributions)
			.maybe("block", self.block)
			.write(out)?;
		writeln!(out, "\n{}", self.next)
	}
}

/// Powers that were made.
#[derive(Debug, Serialize)]
struct Made {
	file: PathBuf,
	power: u32,
	bytes: u64,
	digest: H256,
}

impl Human for Made {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("powers", format_args!("{}, {} bytes", self.file.display(), self.bytes))
			.add("enough for", format_args!("2^{} constraints", self.power))
			.add("digest", format_args!("{:?}", self.digest))
			.write(out)?;
		writeln!(out, "\nOne party made them: keys from them are marked single party, and are for trying out only.")
	}
}

/// A ceremony that was checked.
#[derive(Debug, Serialize)]
struct Verified {
	#[serde(flatten)]
	key: KeySummary,
	/// Where the verifying key is.
	#[serde(skip_serializing_if = "Option::is_none")]
	file: Option<PathBuf>,
	/// The contributors' names, in order.
	contributors: Vec<String>,
	/// The block that ended it.
	#[serde(skip_serializing_if = "Option::is_none")]
	block: Option<BlockReport>,
	/// Hash of the transcript.
	transcript_hash: H256,
	/// Digest of the powers.
	powers: H256,
}

/// The block that ended a ceremony.
#[derive(Debug, Serialize)]
struct BlockReport {
	number: u32,
	hash: H256,
	/// Whether it was compared with a source that the user named.
	checked: bool,
}

impl Human for Verified {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		writeln!(out, "The ceremony holds.\n")?;
		self.key.human(out)?;
		Fields::new()
			.add("powers", format_args!("{:?}", self.powers))
			.add("transcript", format_args!("{:?}", self.transcript_hash))
			.add("contributors", self.contributors.join(", "))
			.maybe("block", self.block.as_ref().map(|block| format!("{} {:?}", block.number, block.hash)))
			.maybe("file", self.file.as_ref().map(|file| file.display().to_string()))
			.write(out)?;
		match &self.block {
			Some(block) if !block.checked => writeln!(
				out,
				"\nCompare the block's hash with a source that you trust, or give --beacon-block to ask the node."
			),
			_ => Ok(()),
		}
	}
}

/// What a part of a ceremony was refused for.
fn refused(error: ceremony::SetupError) -> Failure {
	use ceremony::SetupError as Error;
	let exit = match error {
		Error::Contribution { .. }
		| Error::Key(_)
		| Error::InconsistentPowers { .. }
		| Error::OtherCircuit { .. }
		| Error::OtherPowers
		| Error::OtherKey
		| Error::OtherBeacon => Exit::Verification,
		Error::Randomness(_) => Exit::Internal,
		_ => Exit::BadInput,
	};
	Failure::new(exit, "ceremony_refused", error.to_string())
}

/// Reads powers, no more than a circuit needs.
fn read_powers(path: &Path, compiled: &Compiled, stages: &Stages) -> Result<Powers, Failure> {
	Powers::read_ptau(path, Some(compiled.power()), &mut |step| stages.show(step)).map_err(|error| {
		refused(error).with_cure("give powers over BLS12-381 (.ptau); `aivm zk powers` makes some for trying out")
	})
}

/// Reads a key with its transcript.
fn read_keys(path: &Path, stages: &Stages) -> Result<Keys, Failure> {
	let transcript = ceremony::Transcript::read(&transcript_of(path))
		.map_err(|error| refused(error).with_cure("the transcript must lie beside the key, as NAME.transcript.json"))?;
	let (_, key) = ceremony::read_key(path, &mut |step| stages.show(step)).map_err(refused)?;
	Ok(Keys { key, transcript })
}

/// Writes a key with its transcript. Neither overwrites a file.
fn write_keys(path: &Path, keys: &Keys, stages: &Stages) -> Result<(), Failure> {
	keys.transcript.write(&transcript_of(path)).map_err(refused)?;
	ceremony::write_key(keys, path, &mut |step| stages.show(step)).map_err(refused)?;
	Ok(())
}

/// Fails if a file, or the transcript beside it, exists.
fn ensure_new(path: &Path) -> Result<(), Failure> {
	match [path.to_owned(), transcript_of(path)].into_iter().find(|path| path.exists()) {
		Some(path) => Err(Failure::bad_input(format!("{} exists", path.display()))
			.with_cure("give --out a new name: the files of a ceremony are never overwritten")),
		None => Ok(()),
	}
}

/// Runs `aivm zk powers`.
pub fn powers(args: &PowersArgs, context: &mut Context<'_>) -> Result<(), Failure> {
	let power = match (args.power, &args.program) {
		(Some(power), _) => power,
		(None, Some(path)) => Compiled::of(&LoadedProgram::read(path)?, args.private_weights, context)?.power(),
		(None, None) => return Err(Failure::usage("neither --power nor --for was given")),
	};
	ensure_new(&args.out)?;
	let mut seed = [0u8; 32];
	getrandom::fill(&mut seed)
		.map_err(|error| Failure::internal(format!("the system gives no random bytes: {error}")))?;
	let waiting = context.waiting(format!("making powers for 2^{power} constraints"));
	let powers = Powers::generate(power, &seed);
	waiting.finish_and_clear();
	seed.fill(0);
	let powers = powers.map_err(refused)?;
	let stages = Stages::new(context);
	powers.write_ptau(&args.out, &mut |step| stages.show(step)).map_err(refused)?;
	stages.finish();
	let bytes = std::fs::metadata(&args.out)?.len();
	context.report(&Made { file: args.out.clone(), power, bytes, digest: H256(powers.digest()) })
}

/// Runs `aivm zk setup`.
pub fn setup(args: &Setup, context: &mut Context<'_>) -> Result<(), Failure> {
	ensure_new(&args.out)?;
	let program = LoadedProgram::read(&args.program)?;
	let compiled = Compiled::of(&program, args.private_weights, context)?;
	let stages = Stages::new(context);
	let powers = read_powers(&args.powers, &compiled, &stages)?;
	let keys = Keys::begin(&powers, &compiled.for_setup()?, &mut |step| stages.show(step)).map_err(refused)?;
	write_keys(&args.out, &keys, &stages)?;
	stages.finish();
	let did = format!("began a ceremony for a circuit with {} constraints", compiled.circuit.constraints());
	context.report(&Step::new(did, &args.out, &keys, "Nobody contributed yet: `aivm zk contribute` is next.")?)
}

/// Runs `aivm zk contribute`.
pub fn contribute(args: &Contribute, context: &mut Context<'_>) -> Result<(), Failure> {
	ensure_new(&args.out)?;
	let stages = Stages::new(context);
	let mut keys = read_keys(&args.key, &stages)?;
	let entropy = Entropy::gather(args.entropy.as_deref().unwrap_or_default().as_bytes()).map_err(refused)?;
	keys.contribute(&args.name, &entropy, &mut |step| stages.show(step)).map_err(refused)?;
	drop(entropy);
	write_keys(&args.out, &keys, &stages)?;
	stages.finish();
	let next = "Publish the hash, pass both files on, and forget the randomness: it was nowhere but in this process.";
	context.report(&Step::new(format!("added the contribution of {}", args.name), &args.out, &keys, next)?)
}

/// Runs `aivm zk beacon`.
pub async fn beacon(args: &Beacon, context: &mut Context<'_>) -> Result<(), Failure> {
	ensure_new(&args.out)?;
	let stages = Stages::new(context);
	let mut keys = read_keys(&args.key, &stages)?;
	stages.clear();
	let client = context.client().await?;
	let number = match args.block {
		Some(number) => number,
		None => client.best().await?.number.saturating_add(1),
	};
	let block = final_block(&client, number, args.iterations, context).await?;
	keys.close(block, &mut |step| stages.show(step)).map_err(refused)?;
	write_keys(&args.out, &keys, &stages)?;
	stages.finish();
	let next = "The ceremony is over: `aivm zk verify-setup` checks it and writes the verifying key.";
	context.report(&Step::new(format!("ended the ceremony with block {number}"), &args.out, &keys, next)?)
}

/// A block of the node's chain, once it is final.
async fn final_block(client: &Client, number: u32, iterations: u8, context: &Context<'_>) -> Result<Block, Failure> {
	let waiting = context.waiting(format!("waiting until block {number} is final"));
	let waited = client.wait_for_finality(number).await;
	waiting.finish_and_clear();
	waited?;
	let hash = client.block_hash(number).await?;
	Ok(Block { genesis: client.genesis_hash().0, block: number, hash: hash.0, iterations })
}

/// Runs `aivm zk verify-setup`.
pub async fn verify(args: &VerifySetup, context: &mut Context<'_>) -> Result<(), Failure> {
	let private = args.private_weights || args.weights.is_some();
	let program = LoadedProgram::read(&args.program)?;
	let compiled = Compiled::of(&program, private, context)?;
	let stages = Stages::new(context);
	let keys = read_keys(&args.key, &stages)?;
	let powers = read_powers(&args.powers, &compiled, &stages)?;
	stages.clear();
	let known = keys.transcript.beacon().copied();
	let expected = match (args.beacon_block, args.beacon_hash, known) {
		(None, None, _) => None,
		(_, _, None) => {
			return Err(proofs::refused("no block ended this ceremony").with_cure("`aivm zk beacon` ends it"));
		}
		(Some(number), _, Some(beacon)) => {
			let client = context.client().await?;
			Some(final_block(&client, number, beacon.iterations, context).await?)
		}
		(None, Some(hash), Some(beacon)) => Some(Block { hash: hash.0, ..beacon }),
	};
	let kind = keys
		.verify(&powers, &compiled.for_setup()?, expected.as_ref(), &mut |step| stages.show(step))
		.map_err(refused)?;
	stages.finish();

	let setup = match kind {
		SetupKind::SingleParty => aivm_client::Setup::SingleParty,
		SetupKind::Ceremony { contributions, has_beacon, transcript_hash } => {
			aivm_client::Setup::Ceremony { contributions, beacon: has_beacon, transcript: H256(transcript_hash) }
		}
	};
	let weights = if private { weights(args.weights.as_deref(), &program)? } else { None };
	let mut file = KeyFile::new(Curve::Bls12_381, keys.verifying_key(), setup);
	file.circuit = Some(CircuitOf { program: program.hash(), circuit: H256(keys.transcript.circuit), weights });
	proofs::check_key(&file)?;
	if let Some(path) = &args.out {
		if private && weights.is_none() {
			return Err(Failure::usage("the key of a circuit with private weights needs a commitment to them")
				.with_cure("give --weights FILE"));
		}
		files::write(path, "verifying key", file.to_json().as_bytes())?;
	}
	let contributors = keys.transcript.contributions.iter().filter(|contribution| contribution.beacon.is_none());
	let report = Verified {
		key: KeySummary::from(&file),
		file: args.out.clone(),
		contributors: contributors.map(|contribution| contribution.name.clone()).collect(),
		block: known.map(|beacon| BlockReport {
			number: beacon.block,
			hash: H256(beacon.hash),
			checked: expected.is_some(),
		}),
		transcript_hash: H256(keys.transcript.hash()),
		powers: H256(keys.transcript.powers),
	};
	context.report(&report)
}

/// The commitment to a program's weights, with the salt in a file that is made if there is none.
fn weights(path: Option<&Path>, program: &LoadedProgram) -> Result<Option<H256>, Failure> {
	let Some(path) = path else { return Ok(None) };
	if path.exists() {
		return Ok(Some(proofs::read_weights(path, program)?.commitment));
	}
	let salt = aivm_client::random_salt()?;
	let commitment = proofs::weights_commitment_of(program, &salt)?;
	WeightsFile::new(program.hash(), salt, commitment).write_new(path)?;
	Ok(Some(commitment))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn transcript_should_lie_beside_its_key() {
		assert_eq!(transcript_of(Path::new("a/digits-0.key")), Path::new("a/digits-0.transcript.json"));
		assert_eq!(transcript_of(Path::new("key")), Path::new("key.transcript.json"));
	}

	#[test]
	fn files_of_a_ceremony_should_never_be_overwritten() {
		let folder = tempfile::tempdir().unwrap();
		let key = folder.path().join("a.key");
		ensure_new(&key).unwrap();
		std::fs::write(folder.path().join("a.transcript.json"), "").unwrap();
		assert_eq!(ensure_new(&key).unwrap_err().exit, Exit::BadInput);
	}
}
