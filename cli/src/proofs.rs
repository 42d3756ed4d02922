// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Verifying keys, proofs and openings: reading their files, checking them on this machine, saying what a proof shows.

use std::{
	io::{self, Write},
	path::{Path, PathBuf},
	time::Instant,
};

use aivm_client::{random_salt, Claim, Curve, HexBytes, KeyFile, OpeningFile, WeightsFile, ZkProofFile, H256};
use aivm_prover::{
	circuit::{self, Circuit, Mode, Run, INSTANCE_VARIABLES},
	estimate::{self, Speed},
	prove, setup,
};
use aivm_verification::{
	commit_input, field_of_hash, groth16, output_field, scalar_of, weights_commitment, Fr, Groth16, Portable,
	PUBLIC_INPUTS,
};
use indicatif::ProgressBar;
use serde::Serialize;

use crate::{
	commands::parse_row,
	files,
	layout::Fields,
	program::{quantise, LoadedProgram},
	Context, Failure, Human,
};

/// Largest file with a key, a proof or an opening that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Reads the file of a verifying key.
pub fn read_key(path: &Path) -> Result<KeyFile, Failure> {
	Ok(KeyFile::from_json(&files::read_text(path, "verifying key", MAX_FILE)?)?)
}

/// Reads the file of a proof.
pub fn read_proof(path: &Path) -> Result<ZkProofFile, Failure> {
	Ok(ZkProofFile::from_json(&files::read_text(path, "proof", MAX_FILE)?)?)
}

/// Reads an opening, and checks that its commitment is that of its input and salt.
pub fn read_opening(path: &Path) -> Result<OpeningFile, Failure> {
	let opening = OpeningFile::from_json(&files::read_text(path, "opening", MAX_FILE)?)?;
	let computed = commitment(&opening.input, &opening.salt)?;
	if computed != opening.commitment {
		return Err(Failure::bad_input(format!(
			"the opening {} says that its commitment is {:?}, but its input and salt give {computed:?}",
			path.display(),
			opening.commitment
		))
		.with_cure("the file was changed: get it again from who asked for the proof"));
	}
	Ok(opening)
}

/// The commitment to an input. A public input has the salt 0.
pub fn commitment(input: &[u8], salt: &H256) -> Result<H256, Failure> {
	Ok(H256(commit_input(scalar(salt)?, input)))
}

/// The field element that the bytes of a salt stand for.
pub fn scalar(bytes: &H256) -> Result<Fr, Failure> {
	scalar_of(&bytes.0)
		.ok_or_else(|| Failure::bad_input("the salt is no canonical scalar").with_cure("make the opening again"))
}

/// The curve as the verifier names it.
pub fn curve(curve: Curve) -> groth16::Curve {
	match curve {
		Curve::Bn254 => groth16::Curve::Bn254,
		Curve::Bls12_381 => groth16::Curve::Bls12_381,
	}
}

/// Checks every point of a key, and that its secrets do not give each other away. Returns what verification needs.
pub fn check_key(key: &KeyFile) -> Result<Vec<u8>, Failure> {
	Portable::prepare_key(curve(key.curve), &key.key)
		.map_err(|error| Failure::bad_input(format!("the verifying key is not safe to use: {error}")))
}

/// Verifies a proof on this machine.
pub fn check_proof(key: &KeyFile, proof: &ZkProofFile) -> Result<(), Failure> {
	if key.curve != proof.curve {
		return Err(Failure::bad_input(format!("the proof is over {}, the key over {}", proof.curve, key.curve))
			.with_cure("give the key that the proof was made with"));
	}
	let prepared = check_key(key)?;
	let inputs: Vec<[u8; 32]> = proof.inputs.iter().map(|input| input.0).collect();
	Portable::verify(curve(key.curve), &prepared, &proof.proof, &inputs)
		.map_err(|error| refused(format!("the proof does not hold: {error}")))
}

/// A proof that does not show what it should.
pub fn refused(cause: impl Into<String>) -> Failure {
	Failure::new(crate::Exit::Verification, "proof_invalid", cause)
}

/// Fails unless the public inputs of a proof are those that its claim says.
pub fn check_claim(key: &KeyFile, proof: &ZkProofFile, claim: &Claim) -> Result<(), Failure> {
	let [program, _, output, statement] = program_inputs(proof)?;
	let weights = key.circuit.as_ref().and_then(|circuit| circuit.weights);
	let expected = weights.unwrap_or_else(|| H256(field_of_hash(&claim.program.0)));
	let differs = |what: &str| Err(refused(format!("the proof is about another {what} than its file says")));
	if program != expected {
		return differs(if weights.is_some() { "commitment to the weights" } else { "program" });
	}
	if output.0 != output_field(&claim.output) {
		return differs("output");
	}
	if statement.0 != field_of_hash(&claim.statement.0) {
		return differs("statement");
	}
	Ok(())
}

/// The public inputs of a proof of AIVM's own circuits: program, input commitment, output, statement.
pub fn program_inputs(proof: &ZkProofFile) -> Result<[H256; PUBLIC_INPUTS], Failure> {
	<[H256; PUBLIC_INPUTS]>::try_from(proof.inputs.as_slice()).map_err(|_| {
		refused(format!(
			"a proof of AIVM's prover has {PUBLIC_INPUTS} public inputs, this one has {}",
			proof.inputs.len()
		))
	})
}

/// A program's circuit.
pub struct Compiled {
	/// The circuit.
	pub circuit: Circuit,
}

impl Compiled {
	/// Compiles a program.
	pub fn of(program: &LoadedProgram, private_weights: bool, context: &Context<'_>) -> Result<Self, Failure> {
		let mode = if private_weights { Mode::PrivateWeights } else { Mode::PublicWeights };
		let waiting = context.waiting("compiling the circuit".into());
		let compiled = circuit::compile(&program.program, mode);
		waiting.finish_and_clear();
		let circuit = compiled.map_err(|error| Failure::bad_input(error.to_string()))?;
		Ok(Self { circuit })
	}

	/// Logarithm of the number of powers that a set-up needs.
	pub fn power(&self) -> u32 {
		let rows = self.circuit.constraints().saturating_add(INSTANCE_VARIABLES);
		rows.next_power_of_two().trailing_zeros()
	}

	/// The equations as a set-up takes them.
	pub fn for_setup(&self) -> Result<setup::Circuit<'_>, Failure> {
		let [a, b, c] = self.circuit.matrices();
		setup::Circuit::new(a, b, c, INSTANCE_VARIABLES, self.circuit.variables())
			.map_err(|error| Failure::bad_input(error.to_string()))
	}
}

/// Shows the stages of a long computation.
pub struct Stages(ProgressBar);

impl Stages {
	/// A bar that shows them, if standard error is a terminal.
	pub fn new(context: &Context<'_>) -> Self {
		Self(context.stage_bar())
	}

	/// Shows how far a stage of a ceremony is.
	pub fn show(&self, step: setup::Step) {
		self.stage(step.stage, step.done, step.total);
	}

	/// Shows how far a stage is.
	pub fn stage(&self, name: &'static str, done: u64, total: u64) {
		if self.0.message() != name {
			self.0.set_message(name);
		}
		self.0.set_length(total.max(1));
		self.0.set_position(done);
	}

	/// Clears the line, because something else is shown; the next stage shows again.
	pub fn clear(&self) {
		self.0.finish_and_clear();
		self.0.reset();
	}

	/// Ends the bar.
	pub fn finish(&self) {
		self.0.finish_and_clear();
	}
}

/// The commitment to a program's weights.
pub fn weights_commitment_of(program: &LoadedProgram, salt: &H256) -> Result<H256, Failure> {
	Ok(H256(weights_commitment(scalar(salt)?, &circuit::weight_bytes(&program.program))))
}

/// Reads the salt of private weights, and checks that its commitment is that of the program's weights.
pub fn read_weights(path: &Path, program: &LoadedProgram) -> Result<WeightsFile, Failure> {
	let weights = WeightsFile::from_json(&files::read_text(path, "file of private weights", MAX_FILE)?)?;
	if weights.program != program.hash() || weights_commitment_of(program, &weights.salt)? != weights.commitment {
		return Err(Failure::bad_input(format!(
			"{} does not open the commitment to this program's weights",
			path.display()
		))
		.with_cure("give the program and the file that belong together"));
	}
	Ok(weights)
}

/// The first public input of a circuit with public weights: the program.
pub fn program_input(program: &LoadedProgram) -> H256 {
	H256(field_of_hash(&program.hash().0))
}

/// Runs a program on this machine.
pub fn run(program: &LoadedProgram, input: &[u8]) -> Result<Vec<u8>, Failure> {
	program
		.program
		.run(input)
		.map_err(|error| Failure::bad_input(format!("the program does not take this input: {error}")))
}

/// What a prover may need.
#[derive(Clone, Debug, clap::Args)]
pub struct Limits {
	/// Most memory that the prover may take, in mebibytes. A proof that needs more is refused before it starts.
	#[arg(long, value_name = "MEBIBYTES")]
	max_memory: Option<u64>,
}

impl Limits {
	/// The bound in bytes. Fails if a proof needs more.
	fn bytes(&self, needed: u64) -> Result<prove::Limits, Failure> {
		let memory = self.max_memory.map(|mebibytes| mebibytes.saturating_mul(1 << 20));
		match memory {
			Some(most) if most < needed => Err(Failure::new(
				crate::Exit::Refused,
				"memory",
				format!("the proof takes about {}, more than --max-memory allows ({})", size(needed), size(most)),
			)
			.with_cure("raise --max-memory, or use a larger machine")),
			memory => Ok(prove::Limits { memory }),
		}
	}
}

/// What proves runs of a program.
pub struct Prover<'a> {
	/// The program.
	pub program: &'a LoadedProgram,
	/// Its circuit.
	pub compiled: &'a Compiled,
	/// The salt of its weights, if they are private.
	pub weights: Option<&'a WeightsFile>,
	/// What it may need.
	pub limits: &'a Limits,
}

impl Prover<'_> {
	/// Runs the program on what an opening holds, and proves the result, bound to a statement.
	pub fn prove(
		&self,
		proving_key: &Path,
		opening: &OpeningFile,
		statement: H256,
		context: &mut Context<'_>,
	) -> Result<Made, Failure> {
		let circuit = &self.compiled.circuit;
		// What it takes is said, and compared with the bound, before the key is read.
		let estimate = Estimate::of(self.compiled);
		context.note(format_args!(
			"proving a run of {} constraints: about {:.1} s, {} of memory, on {} threads",
			circuit.constraints(),
			estimate.seconds,
			size(estimate.memory),
			estimate.threads
		));
		let limits = self.limits.bytes(estimate.memory)?;
		let stages = Stages::new(context);
		let read = setup::read_key(proving_key, &mut |step| stages.show(step));
		let (header, key) = read.map_err(|error| {
			stages.finish();
			Failure::bad_input(error.to_string())
				.with_cure("give the proving key, the file that `aivm zk beacon` wrote")
		})?;
		if header.circuit != self.compiled.for_setup()?.digest() {
			stages.finish();
			return Err(Failure::bad_input("the proving key is for another circuit than this program's".to_owned())
				.with_cure("give the key of this program; with private weights give --weights too"));
		}
		let run = Run {
			program: &self.program.program,
			input: &opening.input,
			salt: scalar(&opening.salt)?,
			weights_salt: self.weights.map(|weights| scalar(&weights.salt)).transpose()?,
		};
		let started = Instant::now();
		let proved = circuit.assign(&run, &field_of_hash(&statement.0)).and_then(|(assignment, outcome)| {
			let proof = prove::prove(circuit, &key, &assignment, &limits, &mut |step| stages.show(step))?;
			Ok((proof, outcome))
		});
		stages.finish();
		let seconds = started.elapsed().as_secs_f64();
		let (proof, outcome) = proved.map_err(|error| Failure::bad_input(error.to_string()))?;
		let inputs = proof.inputs.iter().copied().map(H256).collect();
		let file = ZkProofFile::new(Curve::Bls12_381, inputs, proof.bytes.to_vec());
		// Verified here first: a key that does not belong to the circuit makes proofs that hold for nobody.
		let key = KeyFile::new(Curve::Bls12_381, setup::verifying_key(&key), aivm_client::Setup::SingleParty);
		check_proof(&key, &file)?;
		Ok(Made { file, output: outcome.bytes, seconds })
	}
}

/// What a proof takes.
#[derive(Clone, Debug, Serialize)]
pub struct Estimate {
	/// How long a proof takes on this machine, in seconds.
	pub seconds: f64,
	/// Most memory that it needs, in bytes.
	pub memory: u64,
	/// Bytes of the proving key.
	pub key_bytes: u64,
	/// Bytes of a proof.
	pub proof_bytes: usize,
	/// Threads that work together.
	pub threads: usize,
}

impl Estimate {
	/// The estimate for a circuit, after a short measurement of this machine.
	pub fn of(compiled: &Compiled) -> Self {
		let estimate = estimate::Estimate::of(&compiled.circuit);
		let speed = Speed::measure();
		Self {
			seconds: estimate.seconds(&speed),
			memory: estimate.memory,
			key_bytes: estimate.key,
			proof_bytes: estimate.proof,
			threads: speed.threads,
		}
	}
}

impl Human for Estimate {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("a proof takes", format_args!("about {:.1} s on {} threads", self.seconds, self.threads))
			.add("memory", size(self.memory))
			.add("proving key", size(self.key_bytes))
			.add("proof", format_args!("{} bytes", self.proof_bytes))
			.write(out)
	}
}

/// A number of bytes as people read it.
fn size(bytes: u64) -> String {
	#[allow(clippy::cast_precision_loss)]
	let number = bytes as f64;
	match bytes {
		0..=999 => format!("{bytes} bytes"),
		1_000..=999_999 => format!("{:.0} kB", number / 1e3),
		1_000_000..=999_999_999 => format!("{:.0} MB", number / 1e6),
		_ => format!("{:.1} GB", number / 1e9),
	}
}

/// A proof that was made and verified on this machine.
pub struct Made {
	/// The proof with its public inputs.
	pub file: ZkProofFile,
	/// The output's bytes.
	pub output: Vec<u8>,
	/// How long the prover took, without reading the key.
	pub seconds: f64,
}

/// Where an input comes from.
#[derive(Debug, clap::Args)]
#[group(id = "input", required = true, multiple = false)]
pub struct InputArgs {
	/// One row of numbers, separated by commas.
	#[arg(long, value_name = "NUMBERS", allow_hyphen_values = true)]
	pub row: Option<String>,
	/// The input's bytes as they are, in hexadecimal.
	#[arg(long, value_name = "HEX")]
	pub raw: Option<HexBytes>,
	/// An opening that was written before: the input and its salt.
	#[arg(long, value_name = "FILE")]
	pub opening: Option<PathBuf>,
}

impl InputArgs {
	/// The input with its salt. What was not read from an opening gets a random salt if it is `private`, otherwise 0.
	pub fn open(&self, program: &LoadedProgram, private: bool) -> Result<OpeningFile, Failure> {
		let input = match (&self.row, &self.raw, &self.opening) {
			(Some(row), _, _) => quantise(&program.program, &parse_row(row)?)?.0,
			(None, Some(raw), _) => raw.0.clone(),
			(None, None, Some(path)) => {
				let opening = read_opening(path)?;
				check_length(program, &opening.input)?;
				return Ok(opening);
			}
			(None, None, None) => return Err(Failure::usage("none of --row, --raw and --opening was given")),
		};
		check_length(program, &input)?;
		let salt = if private { random_salt()? } else { H256::default() };
		let commitment = commitment(&input, &salt)?;
		Ok(OpeningFile::new(input, salt, commitment))
	}
}

/// Fails unless an input has the program's length.
fn check_length(program: &LoadedProgram, input: &[u8]) -> Result<(), Failure> {
	let expected = program.summary.input_len;
	if u32::try_from(input.len()) == Ok(expected) {
		return Ok(());
	}
	let given = input.len();
	Err(Failure::new(
		crate::Exit::BadInput,
		"wrong_input",
		format!("the program takes {expected} bytes, the input has {given}"),
	)
	.with_cure("see the input's shape with `aivm model check PROGRAM`"))
}

/// What a key file says.
#[derive(Debug, Serialize)]
pub struct KeySummary {
	/// The curve.
	pub curve: Curve,
	/// Number of public inputs.
	pub inputs: usize,
	/// Bytes of the key.
	pub bytes: usize,
	/// BLAKE2b-256 of the key.
	pub digest: H256,
	/// How its randomness was made.
	pub setup: aivm_client::Setup,
	/// What it is for, if AIVM's compiler made it.
	pub circuit: Option<aivm_client::CircuitOf>,
	/// The system that it comes from, if it is another one.
	pub system: Option<String>,
}

impl From<&KeyFile> for KeySummary {
	fn from(key: &KeyFile) -> Self {
		Self {
			curve: key.curve,
			inputs: key.inputs(),
			bytes: key.key.len(),
			digest: digest(&key.key),
			setup: key.setup,
			circuit: key.circuit.clone(),
			system: key.system.clone(),
		}
	}
}

impl Human for KeySummary {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let circuit = self.circuit.as_ref();
		Fields::new()
			.add("verifying key", format_args!("{} bytes, {:?}", self.bytes, self.digest))
			.add("curve", self.curve)
			.add("public inputs", self.inputs)
			.add("setup", self.setup)
			.maybe("system", self.system.as_ref())
			.maybe("program", circuit.map(|circuit| format!("{:?}", circuit.program)))
			.maybe("circuit", circuit.map(|circuit| format!("{:?}", circuit.circuit)))
			.maybe("weights", circuit.and_then(|circuit| circuit.weights).map(|weights| format!("{weights:?}")))
			.write(out)
	}
}

/// BLAKE2b-256 of a key's bytes, as the chain computes it.
pub fn digest(bytes: &[u8]) -> H256 {
	H256(sp_crypto_hashing::blake2_256(bytes))
}

#[cfg(test)]
mod tests {
	use super::*;
	use aivm_client::Setup;

	fn key() -> KeyFile {
		KeyFile::new(Curve::Bn254, vec![0xff; 9 * 32], Setup::SingleParty)
	}

	#[test]
	fn key_should_be_refused_when_its_points_are_not_on_the_curve() {
		let failure = check_key(&key()).unwrap_err();
		assert_eq!(failure.exit, crate::Exit::BadInput);
		assert!(failure.cause.contains("alpha"), "{failure}");
	}

	#[test]
	fn proof_should_be_refused_when_it_is_over_another_curve() {
		let proof = ZkProofFile::new(Curve::Bls12_381, vec![H256([0; 32])], vec![0; 192]);
		let failure = check_proof(&key(), &proof).unwrap_err();
		assert_eq!(failure.exit, crate::Exit::BadInput);
		assert!(failure.cause.contains("bls12-381") && failure.cause.contains("bn254"), "{failure}");
	}

	#[test]
	fn claim_should_be_refused_when_it_is_not_what_the_inputs_say() {
		let claim =
			Claim { program: H256([1; 32]), output: HexBytes(vec![7, 8]), statement: H256([3; 32]), task: None };
		let inputs = vec![
			H256(field_of_hash(&claim.program.0)),
			commitment(b"input", &H256::default()).unwrap(),
			H256(output_field(&claim.output)),
			H256(field_of_hash(&claim.statement.0)),
		];
		let proof = ZkProofFile::new(Curve::Bls12_381, inputs, vec![0; 192]);
		check_claim(&key(), &proof, &claim).unwrap();
		let changes: [(fn(&mut Claim), &str); 3] = [
			(|claim| claim.program.0[0] ^= 1, "program"),
			(|claim| claim.output.0[0] ^= 1, "output"),
			(|claim| claim.statement.0[0] ^= 1, "statement"),
		];
		for (change, what) in changes {
			let mut changed = claim.clone();
			change(&mut changed);
			let failure = check_claim(&key(), &proof, &changed).unwrap_err();
			assert_eq!(failure.exit, crate::Exit::Verification);
			assert!(failure.cause.contains(what), "{failure}");
		}
		let mut short = proof.clone();
		short.inputs.pop();
		assert!(check_claim(&key(), &short, &claim).unwrap_err().cause.contains("this one has 3"));
	}

	#[test]
	fn size_should_be_read_at_a_glance() {
		for (bytes, text) in
			[(0, "0 bytes"), (999, "999 bytes"), (1_500, "2 kB"), (12_345_678, "12 MB"), (8_250_000_000, "8.2 GB")]
		{
			assert_eq!(size(bytes), text);
		}
	}

	#[test]
	fn memory_should_be_refused_before_anything_is_read() {
		let limits = |max_memory| Limits { max_memory };
		assert_eq!(limits(None).bytes(u64::MAX).unwrap().memory, None);
		assert_eq!(limits(Some(2)).bytes(1 << 20).unwrap().memory, Some(2 << 20));
		assert_eq!(limits(Some(1)).bytes(2 << 20).unwrap_err().code, "memory");
	}

	#[test]
	fn opening_should_be_refused_when_its_commitment_is_another() {
		let folder = tempfile::tempdir().unwrap();
		let salt = random_salt().unwrap();
		let good = OpeningFile::new(vec![1, 2, 3], salt, commitment(&[1, 2, 3], &salt).unwrap());
		let path = folder.path().join("good.json");
		good.write_new(&path).unwrap();
		assert_eq!(read_opening(&path).unwrap(), good);
		let path = folder.path().join("bad.json");
		OpeningFile { input: HexBytes(vec![1, 2, 4]), ..good }.write_new(&path).unwrap();
		let failure = read_opening(&path).unwrap_err();
		assert!(failure.cause.contains("its input and salt give"), "{failure}");
		assert!(scalar(&H256([0xff; 32])).unwrap_err().cause.contains("canonical"));
	}
}
