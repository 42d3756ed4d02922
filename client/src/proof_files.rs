// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The files of zero-knowledge proofs: verifying keys, proofs, and what opens a commitment.
//!
//! They are small JSON documents that say what they are. Whoever reads one checks lengths and encodings here; whether points
//! lie on their curve and a proof holds is for the verifier.

use std::{fmt, io::Write, path::Path, str::FromStr};

use serde::{de::DeserializeOwned, Deserialize, Serialize};

use crate::{Error, HexBytes, Result, H256};

/// What a file with a verifying key says it is.
pub const KEY_FORMAT: &str = "aivm-zk-key/1";
/// What a file with a proof says it is.
pub const ZK_PROOF_FORMAT: &str = "aivm-zk-proof/1";
/// What a file that opens a commitment says it is.
pub const OPENING_FORMAT: &str = "aivm-zk-opening/1";
/// What a file that opens the commitment to private weights says it is.
pub const WEIGHTS_FORMAT: &str = "aivm-zk-weights/1";
/// Most public inputs that a key may have.
pub const MAX_PROOF_INPUTS: usize = 16;
/// Largest input that an opening may hold, in bytes: the largest one that a program may take.
pub const MAX_OPENING_INPUT: usize = 256 * 1024;
/// Largest output that a proof file may hold, in bytes: the largest one that a program may give.
pub const MAX_PROOF_OUTPUT: usize = 16 * 1024;

/// The curve of a proof and its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Curve {
	/// The curve of circom, RISC0 and SP1.
	Bn254,
	/// The curve of AIVM's own circuits.
	#[serde(rename = "bls12-381")]
	Bls12_381,
}

impl Curve {
	/// Bytes of a compressed point of the first group. One of the second group has twice as many.
	fn point_len(self) -> usize {
		match self {
			Self::Bn254 => 32,
			Self::Bls12_381 => 48,
		}
	}

	/// Bytes of a proof: one point of the first group, one of the second, one of the first.
	pub fn proof_len(self) -> usize {
		4 * self.point_len()
	}

	/// How many public inputs a key of so many bytes has, or `None` if no key is so long.
	pub fn inputs_of_key(self, length: usize) -> Option<usize> {
		// One point of the first group, three of the second, and one of the first for the constant and each input.
		let points = length.checked_sub(7 * self.point_len())?;
		let inputs = (points / self.point_len()).checked_sub(1)?;
		(points % self.point_len() == 0 && inputs <= MAX_PROOF_INPUTS).then_some(inputs)
	}
}

impl fmt::Display for Curve {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(match self {
			Self::Bn254 => "bn254",
			Self::Bls12_381 => "bls12-381",
		})
	}
}

impl FromStr for Curve {
	type Err = Error;

	fn from_str(text: &str) -> Result<Self> {
		match text.trim().to_ascii_lowercase().as_str() {
			"bn254" | "bn128" => Ok(Self::Bn254),
			"bls12-381" | "bls12381" => Ok(Self::Bls12_381),
			_ => Err(Error::BadInput(format!("{text:?} is no curve; write bn254 or bls12-381"))),
		}
	}
}

/// How the randomness of a key was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Setup {
	/// One party made it, and can forge proofs.
	SingleParty,
	/// Several parties made it; one honest one is enough.
	Ceremony {
		/// How many took part.
		contributions: u32,
		/// Whether the last contribution was a chain's block hash.
		beacon: bool,
		/// Hash of the transcript that everybody can verify.
		transcript: H256,
	},
}

impl fmt::Display for Setup {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::SingleParty => f.write_str("single party, insecure"),
			Self::Ceremony { contributions, beacon, transcript } => {
				let beacon = if *beacon { " and a beacon" } else { ", no beacon" };
				write!(f, "ceremony with {contributions} contributions{beacon}, transcript {transcript:?}")
			}
		}
	}
}

/// What AIVM's circuit compiler made a key for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CircuitOf {
	/// BLAKE2b-256 of the program.
	pub program: H256,
	/// Digest of the circuit. Everybody who has the program can compile it again and compare.
	pub circuit: H256,
	/// The commitment to the weights, if they are private.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub weights: Option<H256>,
}

/// A verifying key, in the form that `aivm zk key register` takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
	/// [`KEY_FORMAT`].
	pub format: String,
	/// The curve.
	pub curve: Curve,
	/// The compressed points, as the chain takes them.
	pub key: HexBytes,
	/// How its randomness was made.
	pub setup: Setup,
	/// What it is for, if AIVM's compiler made it.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub circuit: Option<CircuitOf>,
	/// The system that it comes from, if it is another one.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub system: Option<String>,
}

impl KeyFile {
	/// The file of a key.
	pub fn new(curve: Curve, key: Vec<u8>, setup: Setup) -> Self {
		Self { format: KEY_FORMAT.into(), curve, key: HexBytes(key), setup, circuit: None, system: None }
	}

	/// How many public inputs it has.
	pub fn inputs(&self) -> usize {
		self.curve.inputs_of_key(self.key.len()).unwrap_or_default()
	}

	/// Reads the file of a key.
	///
	/// # Errors
	/// [`Error::BadInput`] if the text is none, or the key's length fits no number of inputs up to [`MAX_PROOF_INPUTS`].
	pub fn from_json(text: &str) -> Result<Self> {
		let file: Self = parse(text, KEY_FORMAT, "file of a verifying key", "aivm zk setup or aivm zk convert")?;
		if file.curve.inputs_of_key(file.key.len()).is_none() {
			return Err(Error::BadInput(format!(
				"a key over {} has {} bytes and {} more for each of at most {MAX_PROOF_INPUTS} inputs, this one has {}; \
				 make the file again with `aivm zk convert`",
				file.curve,
				8 * file.curve.point_len(),
				file.curve.point_len(),
				file.key.len()
			)));
		}
		Ok(file)
	}

	/// The file's text.
	pub fn to_json(&self) -> String {
		text(self)
	}
}

/// What a proof of AIVM's circuits says beside its public inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
	/// BLAKE2b-256 of the program that ran.
	pub program: H256,
	/// The output's bytes.
	pub output: HexBytes,
	/// The hash that the proof is bound to: a task's statement, or what was asked for.
	pub statement: H256,
	/// The task that it is for, if there is one.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub task: Option<u64>,
}

/// A proof with its public inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZkProofFile {
	/// [`ZK_PROOF_FORMAT`].
	pub format: String,
	/// The curve.
	pub curve: Curve,
	/// The public inputs: canonical scalars, little-endian.
	pub inputs: Vec<H256>,
	/// The compressed points.
	pub proof: HexBytes,
	/// What it says, if AIVM's prover made it.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub claim: Option<Claim>,
}

impl ZkProofFile {
	/// The file of a proof.
	pub fn new(curve: Curve, inputs: Vec<H256>, proof: Vec<u8>) -> Self {
		Self { format: ZK_PROOF_FORMAT.into(), curve, inputs, proof: HexBytes(proof), claim: None }
	}

	/// Reads the file of a proof.
	///
	/// # Errors
	/// [`Error::BadInput`] if the text is none, has too many inputs, or the proof has a wrong length.
	pub fn from_json(text: &str) -> Result<Self> {
		let file: Self = parse(text, ZK_PROOF_FORMAT, "file of a proof", "aivm zk prove or aivm zk convert")?;
		if file.inputs.len() > MAX_PROOF_INPUTS {
			let count = file.inputs.len();
			return Err(Error::BadInput(format!(
				"the proof has {count} public inputs; at most {MAX_PROOF_INPUTS} work"
			)));
		}
		let expected = file.curve.proof_len();
		if file.proof.len() != expected {
			let given = file.proof.len();
			return Err(Error::BadInput(format!(
				"a proof over {} has {expected} bytes, this one has {given}; make the file again",
				file.curve
			)));
		}
		if file.claim.as_ref().is_some_and(|claim| claim.output.len() > MAX_PROOF_OUTPUT) {
			return Err(Error::BadInput(format!("the proof's output is longer than {MAX_PROOF_OUTPUT} bytes")));
		}
		Ok(file)
	}

	/// The file's text.
	pub fn to_json(&self) -> String {
		text(self)
	}
}

/// What is behind an input commitment. Whoever has it knows the input; give it to nobody but the prover.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpeningFile {
	/// [`OPENING_FORMAT`].
	pub format: String,
	/// The input's bytes.
	pub input: HexBytes,
	/// The scalar that hides the input.
	pub salt: H256,
	/// The commitment.
	pub commitment: H256,
}

impl fmt::Debug for OpeningFile {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		// The input and the salt are secret.
		f.debug_struct("OpeningFile").field("commitment", &self.commitment).finish_non_exhaustive()
	}
}

impl OpeningFile {
	/// The file of an opening.
	pub fn new(input: Vec<u8>, salt: H256, commitment: H256) -> Self {
		Self { format: OPENING_FORMAT.into(), input: HexBytes(input), salt, commitment }
	}

	/// Reads the file of an opening. Whether the commitment is that of the input and the salt is not looked at.
	///
	/// # Errors
	/// [`Error::BadInput`] if the text is none, or the input is longer than any program takes. The message shows no secret.
	pub fn from_json(text: &str) -> Result<Self> {
		let file: Self = parse(text, OPENING_FORMAT, "opening of a commitment", "aivm task request --private FILE")?;
		if file.input.len() > MAX_OPENING_INPUT {
			return Err(Error::BadInput(format!("the opening's input is longer than {MAX_OPENING_INPUT} bytes")));
		}
		Ok(file)
	}

	/// Writes a new file that only its owner can read. Never overwrites a file.
	pub fn write_new(&self, path: &Path) -> Result<()> {
		write_secret(path, "opening", &text(self))
	}
}

/// What is behind the commitment to private weights, besides the weights. Whoever has it and guesses the weights can be sure.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsFile {
	/// [`WEIGHTS_FORMAT`].
	pub format: String,
	/// BLAKE2b-256 of the program that holds the weights.
	pub program: H256,
	/// The scalar that hides them.
	pub salt: H256,
	/// The commitment.
	pub commitment: H256,
}

impl fmt::Debug for WeightsFile {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		// The salt is secret.
		f.debug_struct("WeightsFile").field("commitment", &self.commitment).finish_non_exhaustive()
	}
}

impl WeightsFile {
	/// The file of a salt.
	pub fn new(program: H256, salt: H256, commitment: H256) -> Self {
		Self { format: WEIGHTS_FORMAT.into(), program, salt, commitment }
	}

	/// Reads the file of a salt.
	///
	/// # Errors
	/// [`Error::BadInput`] if the text is none. The message shows no secret.
	pub fn from_json(text: &str) -> Result<Self> {
		parse(text, WEIGHTS_FORMAT, "file of private weights", "aivm zk verify-setup --weights FILE")
	}

	/// Writes a new file that only its owner can read. Never overwrites a file.
	pub fn write_new(&self, path: &Path) -> Result<()> {
		write_secret(path, "file of private weights", &text(self))
	}
}

/// Writes a new file that only its owner can read.
fn write_secret(path: &Path, what: &str, text: &str) -> Result<()> {
	let mut options = std::fs::OpenOptions::new();
	options.write(true).create_new(true);
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
	let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
	written.map_err(|error| {
		Error::BadInput(format!("cannot write the {what} {}: {error}; give a new name", path.display()))
	})
}

/// A salt: 31 random bytes, which every curve's field holds.
pub fn random_salt() -> Result<H256> {
	let mut salt = [0u8; 32];
	let (random, _) = salt.split_at_mut(31);
	getrandom::fill(random).map_err(|error| Error::Key(format!("the system gives no random bytes: {error}")))?;
	Ok(H256(salt))
}

/// Largest text that is read: the longest contents in hexadecimal, and the rest.
const MAX_TEXT: usize = 2 * MAX_OPENING_INPUT + 16 * 1024;

/// Reads a JSON file that begins with its format. Messages do not repeat what the file holds: it may be secret.
fn parse<T: DeserializeOwned>(text: &str, format: &str, what: &str, maker: &str) -> Result<T> {
	#[derive(Deserialize)]
	struct Header {
		format: String,
	}
	if text.len() > MAX_TEXT {
		let length = text.len();
		return Err(Error::BadInput(format!(
			"this is no {what}: it has {length} characters, one has at most {MAX_TEXT}"
		)));
	}
	let header: Header = serde_json::from_str(text)
		.map_err(|_| Error::BadInput(format!("this is no {what}; make one with `{maker}`")))?;
	if header.format != format {
		let found: String = header.format.chars().take(64).collect();
		return Err(Error::BadInput(format!(
			"this is no {what}: its format is {found:?}, not {format:?}; give another file, or update this program"
		)));
	}
	serde_json::from_str(text).map_err(|error| {
		let (line, column) = (error.line(), error.column());
		let reason = match error.classify() {
			// What serde says of a wrong value repeats the value.
			serde_json::error::Category::Data => "a member is missing, unknown, or of a wrong form".to_owned(),
			_ => error.to_string(),
		};
		Error::BadInput(format!("this {what} is malformed near line {line}, column {column}: {reason}"))
	})
}

/// A file's text.
fn text<T: Serialize>(file: &T) -> String {
	serde_json::to_string_pretty(file).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
	use super::*;

	fn key(curve: Curve, inputs: usize) -> KeyFile {
		let length = (8 + inputs) * curve.point_len();
		KeyFile::new(curve, vec![7; length], Setup::SingleParty)
	}

	#[test]
	fn lengths_should_be_those_of_compressed_points() {
		assert_eq!((Curve::Bn254.proof_len(), Curve::Bls12_381.proof_len()), (128, 192));
		for curve in [Curve::Bn254, Curve::Bls12_381] {
			assert_eq!(curve.to_string().parse::<Curve>().unwrap(), curve);
			for inputs in 0..=MAX_PROOF_INPUTS {
				let length = key(curve, inputs).key.len();
				assert_eq!(curve.inputs_of_key(length), Some(inputs));
				assert_eq!(curve.inputs_of_key(length + 1), None);
			}
			assert_eq!(curve.inputs_of_key(key(curve, MAX_PROOF_INPUTS + 1).key.len()), None);
			assert_eq!(curve.inputs_of_key(0), None);
		}
		assert!("secp256k1".parse::<Curve>().is_err());
	}

	#[test]
	fn key_file_should_be_read_as_it_is_written() {
		let mut file = key(Curve::Bls12_381, 4);
		file.setup = Setup::Ceremony { contributions: 3, beacon: true, transcript: H256([9; 32]) };
		file.circuit = Some(CircuitOf { program: H256([1; 32]), circuit: H256([2; 32]), weights: None });
		assert_eq!(KeyFile::from_json(&file.to_json()).unwrap(), file);
		assert_eq!(file.inputs(), 4);
		assert!(file.setup.to_string().contains("3 contributions and a beacon"));
	}

	#[test]
	fn proof_file_should_be_read_as_it_is_written() {
		let mut file = ZkProofFile::new(Curve::Bn254, vec![H256([1; 32])], vec![5; 128]);
		assert_eq!(ZkProofFile::from_json(&file.to_json()).unwrap(), file);
		file.claim = Some(Claim {
			program: H256([1; 32]),
			output: HexBytes(vec![1, 2]),
			statement: H256([2; 32]),
			task: Some(3),
		});
		assert_eq!(ZkProofFile::from_json(&file.to_json()).unwrap(), file);
	}

	#[test]
	fn opening_should_be_private_and_never_overwrite() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("opening.json");
		let file = OpeningFile::new(vec![0xab; 4], random_salt().unwrap(), H256([3; 32]));
		file.write_new(&path).unwrap();
		assert_eq!(OpeningFile::from_json(&std::fs::read_to_string(&path).unwrap()).unwrap(), file);
		use std::os::unix::fs::PermissionsExt;
		assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
		assert!(file.write_new(&path).unwrap_err().to_string().contains("new name"));
		let shown = format!("{file:?}");
		assert!(!shown.contains("abab") && !shown.contains("171"), "{shown}");
	}

	#[test]
	fn salt_should_be_random_and_fit_every_field() {
		let (one, other) = (random_salt().unwrap(), random_salt().unwrap());
		assert_ne!(one, other);
		assert_eq!(one.0[31], 0);
	}

	#[test]
	fn files_should_be_refused_with_a_reason_when_they_are_malformed() {
		let proof = ZkProofFile::new(Curve::Bn254, vec![H256([1; 32])], vec![5; 128]).to_json();
		let cases = [
			(String::new(), "no file of a proof"),
			("{}".into(), "no file of a proof"),
			(proof.replace("aivm-zk-proof/1", "aivm-zk-proof/2"), "not \"aivm-zk-proof/1\""),
			(key(Curve::Bn254, 1).to_json(), "aivm-zk-key/1"),
			(proof.replace("\"inputs\"", "\"outputs\""), "malformed"),
			(proof.replace("bn254", "bn255"), "malformed"),
			(proof.replace("0x0505", "0x05"), "128 bytes, this one has 127"),
			(" ".repeat(MAX_TEXT + 1), "at most"),
		];
		for (text, expected) in cases {
			let error = ZkProofFile::from_json(&text).unwrap_err();
			assert_eq!(error.class(), crate::ErrorClass::BadInput);
			assert!(error.to_string().contains(expected), "{error}");
		}
		let many = ZkProofFile::new(Curve::Bn254, vec![H256([1; 32]); MAX_PROOF_INPUTS + 1], vec![5; 128]).to_json();
		assert!(ZkProofFile::from_json(&many).unwrap_err().to_string().contains("17 public inputs"));
		let short = KeyFile::new(Curve::Bn254, vec![1; 255], Setup::SingleParty).to_json();
		assert!(KeyFile::from_json(&short).unwrap_err().to_string().contains("this one has 255"));
	}

	#[test]
	fn messages_about_an_opening_should_not_repeat_its_secrets() {
		let opening = OpeningFile::new(vec![0xab; 4], H256([0xcd; 32]), H256([3; 32]));
		let text = text(&opening).replace("0xcdcd", "0xsecretcd");
		let error = OpeningFile::from_json(&text).unwrap_err().to_string();
		assert!(!error.contains("secret") && !error.contains("abab"), "{error}");
	}
}
