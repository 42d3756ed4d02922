// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The record of a ceremony: every contribution with the proof that its author knew the secret.
//!
//! Contribution `k` multiplies delta by a secret `d`. Its record holds `d G1`, the new delta in both groups, and `d R`,
//! where `R` is a point of the second group that hashes everything before (`d G1` and the new deltas too), as in Bowe,
//! Gabizon and Miers (eprint 2017/1050). The pairings `e(d G1, R) = e(G1, d R)` and `e(new delta, R) = e(old delta, d
//! R)` show that the author knew `d`, and the hashes make a chain that no record can leave or change its place in.

use std::{fs, path::Path};

use ark_bls12_381::{G1Affine, G2Affine};
use ark_ec::{short_weierstrass::Affine, AffineRepr};
use serde::{Deserialize, Serialize};

use super::{
	beacon::Beacon,
	error::SetupError,
	group::{decode_compressed, encode_compressed, generators, same_ratio, Group},
	hash::{to_g2, Digest, Stream},
	powers::Phase1,
};

/// Version of the transcript's format.
pub const TRANSCRIPT_VERSION: u16 = 1;
/// Most contributions, the beacon included.
pub const MAX_CONTRIBUTIONS: usize = 1024;
/// Longest name of a contributor in characters.
pub const MAX_NAME: usize = 64;
/// Largest transcript file in bytes: room for [`MAX_CONTRIBUTIONS`].
pub const MAX_TRANSCRIPT_BYTES: u64 = 2 << 20;

/// One contribution to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
	/// Who says to have made it: 1 to [`MAX_NAME`] printable characters.
	pub name: String,
	/// The public randomness, if this is the beacon.
	pub beacon: Option<Beacon>,
	/// `d G1`.
	pub(crate) step_g1: G1Affine,
	/// delta in the first group after this contribution.
	pub(crate) delta_g1: G1Affine,
	/// delta in the second group after this contribution.
	pub(crate) delta_g2: G2Affine,
	/// `d R`.
	pub(crate) proof_g2: G2Affine,
}

/// What a key was made from, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
	/// Identity of the circuit: [`super::Circuit::digest`].
	pub circuit: Digest,
	/// Identity of the powers: [`super::Powers::digest`].
	pub powers: Digest,
	/// The contributions in order.
	pub contributions: Vec<Contribution>,
}

/// What a setup is worth: the answer of [`super::Setup::verify`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupKind {
	/// One party can have known every secret, and can forge proofs. For development.
	SingleParty,
	/// Two or more parties contributed in both phases, and one honest one suffices.
	Ceremony {
		/// Contributions to this key, without the beacon.
		contributions: u32,
		/// Whether the hash of a block closed it.
		has_beacon: bool,
		/// Hash of the whole transcript.
		transcript_hash: Digest,
	},
}

/// Refuses names that cannot be shown.
pub(crate) fn check_name(name: &str) -> Result<(), SetupError> {
	let length = name.chars().count();
	if length == 0 || length > MAX_NAME || name.chars().any(char::is_control) {
		return Err(SetupError::Name { limit: MAX_NAME });
	}
	Ok(())
}

impl Contribution {
	/// The point `R` of a contribution, from the transcript's hash before it.
	pub(crate) fn challenge(
		before: &Digest,
		name: &str,
		beacon: Option<&Beacon>,
		step_g1: &G1Affine,
		delta_g1: &G1Affine,
		delta_g2: &G2Affine,
	) -> Result<G2Affine, SetupError> {
		to_g2(&Self::stream(b"aivm/setup/challenge/1", before, name, beacon, step_g1, delta_g1, delta_g2).digest())
	}

	fn stream(
		domain: &[u8],
		before: &Digest,
		name: &str,
		beacon: Option<&Beacon>,
		step_g1: &G1Affine,
		delta_g1: &G1Affine,
		delta_g2: &G2Affine,
	) -> Stream {
		let mut stream = Stream::new(domain).add(before).add(&(name.len() as u64).to_le_bytes()).add(name.as_bytes());
		match beacon {
			None => stream.update(&[0]),
			Some(beacon) => stream.update(&beacon.encode()),
		}
		stream.add(&encode_compressed(step_g1)).add(&encode_compressed(delta_g1)).add(&encode_compressed(delta_g2))
	}

	/// The transcript's hash after this contribution, from the one before.
	fn hash(&self, before: &Digest) -> Digest {
		Self::stream(
			b"aivm/setup/contribution/1",
			before,
			&self.name,
			self.beacon.as_ref(),
			&self.step_g1,
			&self.delta_g1,
			&self.delta_g2,
		)
		.add(&encode_compressed(&self.proof_g2))
		.digest()
	}

	/// Checks one link of the chain.
	fn check(&self, before: &Digest, old_delta: &G1Affine) -> Result<(), &'static str> {
		let (g1, g2) = generators();
		if self.step_g1 == g1 {
			return Err("it changes nothing");
		}
		let r =
			Self::challenge(before, &self.name, self.beacon.as_ref(), &self.step_g1, &self.delta_g1, &self.delta_g2)
				.map_err(|_| "its challenge is undefined")?;
		if !same_ratio(self.step_g1.into_group(), r, g1.into_group(), self.proof_g2) {
			return Err("its author did not know the secret");
		}
		if !same_ratio(self.delta_g1.into_group(), r, old_delta.into_group(), self.proof_g2) {
			return Err("its delta does not follow from the one before");
		}
		if !same_ratio(self.delta_g1.into_group(), g2, g1.into_group(), self.delta_g2) {
			return Err("its delta differs between the groups");
		}
		if let Some(beacon) = &self.beacon {
			beacon.check().map_err(|_| "its beacon has an impossible number of iterations")?;
			if (g1.into_group() * beacon.secret(before)) != self.step_g1.into_group() {
				return Err("it is not what its block gives");
			}
		}
		Ok(())
	}
}

impl Transcript {
	/// A transcript without contributions.
	pub(crate) fn new(circuit: Digest, powers: Digest) -> Self {
		Self { circuit, powers, contributions: Vec::new() }
	}

	/// The hash before the first contribution.
	fn origin(&self) -> Digest {
		Stream::new(b"aivm/setup/1").add(&self.circuit).add(&self.powers).digest()
	}

	/// Hash of the circuit, the powers and all contributions.
	pub fn hash(&self) -> Digest {
		self.contributions.iter().fold(self.origin(), |before, contribution| contribution.hash(&before))
	}

	/// Hashes after each contribution: what a contributor publishes, and looks for in the final transcript.
	pub fn hashes(&self) -> Vec<Digest> {
		self.contributions
			.iter()
			.scan(self.origin(), |before, contribution| {
				*before = contribution.hash(before);
				Some(*before)
			})
			.collect()
	}

	/// The beacon, if one closed the ceremony.
	pub fn beacon(&self) -> Option<&Beacon> {
		self.contributions.last()?.beacon.as_ref()
	}

	/// Number of contributions, without the beacon.
	pub fn contributors(&self) -> usize {
		self.contributions.iter().filter(|contribution| contribution.beacon.is_none()).count()
	}

	/// delta after all contributions.
	pub(crate) fn delta(&self) -> (G1Affine, G2Affine) {
		self.contributions.last().map_or_else(generators, |last| (last.delta_g1, last.delta_g2))
	}

	/// Checks every contribution and the chain that they make.
	///
	/// # Errors
	/// The first contribution that is wrong.
	pub fn check(&self) -> Result<(), SetupError> {
		if self.contributions.len() > MAX_CONTRIBUTIONS {
			return Err(SetupError::TooLarge {
				what: "contributions",
				found: self.contributions.len() as u64,
				limit: MAX_CONTRIBUTIONS as u64,
			});
		}
		let mut before = self.origin();
		let (mut delta, _) = generators();
		for (index, contribution) in self.contributions.iter().enumerate() {
			check_name(&contribution.name)?;
			let refused =
				|reason| SetupError::Contribution { number: index + 1, name: contribution.name.clone(), reason };
			if contribution.beacon.is_some() && index + 1 != self.contributions.len() {
				return Err(refused("a beacon must be the last"));
			}
			contribution.check(&before, &delta).map_err(refused)?;
			before = contribution.hash(&before);
			delta = contribution.delta_g1;
		}
		Ok(())
	}

	/// What the setup is worth, if [`Transcript::check`] passes and the powers are those of `phase1`.
	pub(crate) fn kind(&self, phase1: Phase1) -> SetupKind {
		let contributions = self.contributors();
		if contributions < 2 || !phase1.is_shared() {
			return SetupKind::SingleParty;
		}
		SetupKind::Ceremony {
			contributions: contributions as u32,
			has_beacon: self.beacon().is_some(),
			transcript_hash: self.hash(),
		}
	}

	/// The transcript as a JSON document.
	pub fn to_json(&self) -> String {
		let document = Document {
			format: FORMAT.into(),
			version: TRANSCRIPT_VERSION,
			circuit: hex::encode(self.circuit),
			powers: hex::encode(self.powers),
			contributions: self.contributions.iter().map(Entry::new).collect(),
			hash: hex::encode(self.hash()),
		};
		serde_json::to_string_pretty(&document).unwrap_or_default()
	}

	/// Reads a JSON document and checks every point, but not the chain: see [`Transcript::check`].
	///
	/// # Errors
	/// The document is too large, malformed, of another version, or its hash is not that of its content.
	pub fn from_json(json: &[u8]) -> Result<Self, SetupError> {
		if json.len() as u64 > MAX_TRANSCRIPT_BYTES {
			return Err(SetupError::TooLarge {
				what: "bytes of the transcript",
				found: json.len() as u64,
				limit: MAX_TRANSCRIPT_BYTES,
			});
		}
		let document: Document = serde_json::from_slice(json).map_err(|error| malformed(error.to_string()))?;
		if document.format != FORMAT {
			return Err(malformed(format!("its format is {:?}", document.format)));
		}
		if document.version != TRANSCRIPT_VERSION {
			return Err(malformed(format!("its version is {}, and {TRANSCRIPT_VERSION} is known", document.version)));
		}
		if document.contributions.len() > MAX_CONTRIBUTIONS {
			return Err(SetupError::TooLarge {
				what: "contributions",
				found: document.contributions.len() as u64,
				limit: MAX_CONTRIBUTIONS as u64,
			});
		}
		let contributions = document.contributions.iter().enumerate();
		let transcript = Self {
			circuit: digest(&document.circuit)?,
			powers: digest(&document.powers)?,
			contributions: contributions.map(|(index, entry)| entry.read(index)).collect::<Result<_, _>>()?,
		};
		if digest(&document.hash)? != transcript.hash() {
			return Err(malformed("its hash is not that of its content; it was changed or cut"));
		}
		Ok(transcript)
	}

	/// Reads a transcript file: see [`Transcript::from_json`].
	///
	/// # Errors
	/// As there, or the file cannot be read.
	pub fn read(path: &Path) -> Result<Self, SetupError> {
		let failed = |source| SetupError::File { path: path.into(), source };
		let length = fs::metadata(path).map_err(failed)?.len();
		if length > MAX_TRANSCRIPT_BYTES {
			return Err(SetupError::TooLarge {
				what: "bytes of the transcript",
				found: length,
				limit: MAX_TRANSCRIPT_BYTES,
			});
		}
		Self::from_json(&fs::read(path).map_err(failed)?)
	}

	/// Writes a transcript file.
	///
	/// # Errors
	/// The file cannot be written.
	pub fn write(&self, path: &Path) -> Result<(), SetupError> {
		fs::write(path, self.to_json()).map_err(|source| SetupError::File { path: path.into(), source })
	}
}

const FORMAT: &str = "aivm-setup-transcript";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
	format: String,
	version: u16,
	circuit: String,
	powers: String,
	contributions: Vec<Entry>,
	hash: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
	name: String,
	#[serde(skip_serializing_if = "Option::is_none")]
	beacon: Option<BeaconEntry>,
	step_g1: String,
	delta_g1: String,
	delta_g2: String,
	proof_g2: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BeaconEntry {
	genesis: String,
	block: u32,
	hash: String,
	iterations: u8,
}

fn malformed(reason: impl Into<String>) -> SetupError {
	SetupError::Format { what: "transcript of a setup", reason: reason.into() }
}

fn digest(text: &str) -> Result<Digest, SetupError> {
	let mut digest = [0; 32];
	hex::decode_to_slice(text, &mut digest).map_err(|error| malformed(format!("{text:?} is no digest: {error}")))?;
	Ok(digest)
}

fn point<G: Group>(what: &'static str, index: usize, text: &str) -> Result<Affine<G>, SetupError> {
	let bytes = hex::decode(text).map_err(|error| malformed(format!("{what}: {error}")))?;
	if bytes.len() != G::BYTES / 2 {
		return Err(malformed(format!("{what} has {} bytes in place of {}", bytes.len(), G::BYTES / 2)));
	}
	decode_compressed(&bytes).map_err(|fault| SetupError::Point { what, index, fault })
}

impl Entry {
	fn new(contribution: &Contribution) -> Self {
		Self {
			name: contribution.name.clone(),
			beacon: contribution.beacon.as_ref().map(|beacon| BeaconEntry {
				genesis: hex::encode(beacon.genesis),
				block: beacon.block,
				hash: hex::encode(beacon.hash),
				iterations: beacon.iterations,
			}),
			step_g1: hex::encode(encode_compressed(&contribution.step_g1)),
			delta_g1: hex::encode(encode_compressed(&contribution.delta_g1)),
			delta_g2: hex::encode(encode_compressed(&contribution.delta_g2)),
			proof_g2: hex::encode(encode_compressed(&contribution.proof_g2)),
		}
	}

	fn read(&self, index: usize) -> Result<Contribution, SetupError> {
		check_name(&self.name)?;
		let beacon = self
			.beacon
			.as_ref()
			.map(|entry| {
				Ok::<_, SetupError>(Beacon {
					genesis: digest(&entry.genesis)?,
					block: entry.block,
					hash: digest(&entry.hash)?,
					iterations: entry.iterations,
				})
			})
			.transpose()?;
		Ok(Contribution {
			name: self.name.clone(),
			beacon,
			step_g1: point("step of a contribution", index, &self.step_g1)?,
			delta_g1: point("delta of a contribution", index, &self.delta_g1)?,
			delta_g2: point("delta of a contribution in G2", index, &self.delta_g2)?,
			proof_g2: point("proof of a contribution", index, &self.proof_g2)?,
		})
	}
}
