// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The file of a proving key.
//!
//! | part | bytes |
//! |---|---|
//! | magic `AIVMZKEY`, version (16 bits, little-endian like all numbers here) | 10 |
//! | digests of the circuit and of the transcript | 64 |
//! | public variables, variables, domain: 32 bits each | 12 |
//! | alpha, beta, delta in G1; beta, gamma, delta in G2 | 864 |
//! | public inputs: one point of G1 each | 96 each |
//! | A in G1, then B in G1 and B in G2 | lists |
//! | private variables in G1 | list |
//! | quotient: domain - 1 points of G1 | 96 each |
//! | BLAKE2b-256 of everything before | 32 |
//!
//! Points are uncompressed, as arkworks encodes them. A list is a bit per variable (lowest bit first) that says whether
//! the variable occurs, then the points of those that do; A and the private variables have bits of their own, both B
//! share theirs.

use std::{
	fs::File,
	io::{BufReader, BufWriter, Read, Write},
	path::Path,
};

use ark_bls12_381::{Bls12_381, G1Affine};
use ark_ec::{short_weierstrass::Affine, AffineRepr};
use ark_groth16::{ProvingKey, VerifyingKey};
use blake2b_simd::{Params, State};
use rayon::prelude::*;

use super::{
	ceremony::Setup,
	error::SetupError,
	group::{decode, encode, Group},
	hash::Digest,
	powers::check_power,
	progress::{report, Progress},
};

const MAGIC: &[u8; 8] = b"AIVMZKEY";
/// Version of the file of a proving key.
pub const KEY_VERSION: u16 = 1;
/// Points that are read or written at once.
const CHUNK: usize = 1 << 12;
/// Most public variables.
const MAX_PUBLIC: usize = 17;

/// What the file of a proving key says before its points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyHeader {
	/// Identity of the circuit: [`super::Circuit::digest`].
	pub circuit: Digest,
	/// Hash of the transcript: [`super::Transcript::hash`].
	pub transcript: Digest,
	/// Public variables, with the constant 1.
	pub public: usize,
	/// All variables.
	pub variables: usize,
	/// Elements of the domain.
	pub domain: usize,
}

fn malformed(reason: impl Into<String>) -> SetupError {
	SetupError::Format { what: "file of a proving key", reason: reason.into() }
}

struct Output<'a, W> {
	output: W,
	state: State,
	progress: Progress<'a>,
	done: usize,
	total: usize,
}

impl<W: Write> Output<'_, W> {
	fn bytes(&mut self, bytes: &[u8]) -> std::io::Result<()> {
		self.state.update(bytes);
		self.output.write_all(bytes)
	}

	fn points<G: Group>(&mut self, points: &[Affine<G>]) -> std::io::Result<()> {
		for chunk in points.chunks(CHUNK) {
			let encoded: Vec<Vec<u8>> = chunk.par_iter().map(encode).collect();
			self.bytes(&encoded.concat())?;
			self.done += chunk.len();
			report(self.progress, "writing the key", self.done.min(self.total), self.total);
		}
		Ok(())
	}

	fn bits<G: Group>(&mut self, points: &[Affine<G>]) -> std::io::Result<()> {
		let bits: Vec<u8> = points
			.chunks(8)
			.map(|chunk| chunk.iter().enumerate().fold(0, |byte, (at, point)| byte | u8::from(!point.is_zero()) << at))
			.collect();
		self.bytes(&bits)
	}

	fn present<G: Group>(&mut self, points: &[Affine<G>]) -> std::io::Result<()> {
		let present: Vec<Affine<G>> = points.iter().filter(|point| !point.is_zero()).copied().collect();
		self.done += points.len() - present.len();
		self.points(&present)
	}
}

/// Writes the key of a setup. Returns the digest at the end of the file.
///
/// # Errors
/// The file cannot be written, or B differs between the groups.
pub fn write_key(setup: &Setup, path: &Path, progress: Progress<'_>) -> Result<Digest, SetupError> {
	let key = &setup.key;
	if key.b_g1_query.iter().map(Affine::is_zero).ne(key.b_g2_query.iter().map(Affine::is_zero)) {
		return Err(SetupError::Key("B in one group"));
	}
	let failed = |source| SetupError::File { path: path.into(), source };
	let output = BufWriter::with_capacity(1 << 20, File::create(path).map_err(failed)?);
	write(setup, output, progress).map_err(failed)
}

fn write(setup: &Setup, output: impl Write, progress: Progress<'_>) -> std::io::Result<Digest> {
	let key = &setup.key;
	let total = 3 * key.a_query.len() + key.l_query.len() + key.h_query.len();
	let state = Params::new().hash_length(32).to_state();
	let mut output = Output { output, state, progress, done: 0, total };
	output.bytes(MAGIC)?;
	output.bytes(&KEY_VERSION.to_le_bytes())?;
	output.bytes(&setup.transcript.circuit)?;
	output.bytes(&setup.transcript.hash())?;
	for number in [key.vk.gamma_abc_g1.len(), key.a_query.len(), key.h_query.len() + 1] {
		output.bytes(&(number as u32).to_le_bytes())?;
	}
	for point in [&key.vk.alpha_g1, &key.beta_g1, &key.delta_g1] {
		output.bytes(&encode(point))?;
	}
	for point in [&key.vk.beta_g2, &key.vk.gamma_g2, &key.vk.delta_g2] {
		output.bytes(&encode(point))?;
	}
	output.points(&key.vk.gamma_abc_g1)?;
	output.bits(&key.a_query)?;
	output.present(&key.a_query)?;
	output.bits(&key.b_g1_query)?;
	output.present(&key.b_g1_query)?;
	output.present(&key.b_g2_query)?;
	output.bits(&key.l_query)?;
	output.present(&key.l_query)?;
	output.points(&key.h_query)?;
	let mut digest = [0; 32];
	digest.copy_from_slice(output.state.finalize().as_bytes());
	output.output.write_all(&digest)?;
	output.output.flush()?;
	Ok(digest)
}

struct Input<'a, R> {
	input: R,
	state: State,
	progress: Progress<'a>,
	done: usize,
	total: usize,
}

impl<R: Read> Input<'_, R> {
	fn fill(&mut self, bytes: &mut [u8]) -> Result<(), SetupError> {
		self.input.read_exact(bytes).map_err(|error| malformed(error.to_string()))?;
		self.state.update(bytes);
		Ok(())
	}

	fn bytes<const N: usize>(&mut self) -> Result<[u8; N], SetupError> {
		let mut bytes = [0; N];
		self.fill(&mut bytes)?;
		Ok(bytes)
	}

	fn number(&mut self) -> Result<usize, SetupError> {
		Ok(u32::from_le_bytes(self.bytes()?) as usize)
	}

	fn points<G: Group>(&mut self, what: &'static str, count: usize) -> Result<Vec<Affine<G>>, SetupError> {
		let mut points = Vec::with_capacity(count);
		let mut buffer = vec![0; G::BYTES * CHUNK.min(count)];
		while points.len() < count {
			let start = points.len();
			let take = CHUNK.min(count - start);
			let bytes = &mut buffer[..take * G::BYTES];
			self.fill(bytes)?;
			let chunk: Result<Vec<Affine<G>>, SetupError> = bytes
				.par_chunks(G::BYTES)
				.enumerate()
				.map(|(at, bytes)| decode(bytes).map_err(|fault| SetupError::Point { what, index: start + at, fault }))
				.collect();
			points.extend(chunk?);
			self.done += take;
			report(self.progress, "reading the key", self.done.min(self.total), self.total);
		}
		Ok(points)
	}

	fn point<G: Group>(&mut self, what: &'static str) -> Result<Affine<G>, SetupError> {
		self.points::<G>(what, 1)?.first().copied().ok_or_else(|| malformed("a point is missing"))
	}

	fn bits(&mut self, count: usize) -> Result<Vec<bool>, SetupError> {
		let mut bytes = vec![0_u8; count.div_ceil(8)];
		self.fill(&mut bytes)?;
		let bit = |at: usize| bytes.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1);
		if (count..8 * bytes.len()).any(bit) {
			return Err(malformed("bits are set for variables that do not exist"));
		}
		Ok((0..count).map(bit).collect())
	}

	fn present<G: Group>(&mut self, what: &'static str, bits: &[bool]) -> Result<Vec<Affine<G>>, SetupError> {
		let points = self.points::<G>(what, bits.iter().filter(|bit| **bit).count())?;
		if points.iter().any(Affine::is_zero) {
			return Err(malformed("a variable that occurs has the point at infinity"));
		}
		self.done += bits.len() - points.len();
		let mut points = points.into_iter();
		Ok(bits.iter().map(|bit| bit.then(|| points.next()).flatten().unwrap_or_else(Affine::identity)).collect())
	}
}

/// Reads the key of a circuit. Checks the digest and that every point is on the curve; [`Setup::verify`] checks all
/// else.
///
/// # Errors
/// The file cannot be read, is malformed, too large, or was changed.
pub fn read_key(path: &Path, progress: Progress<'_>) -> Result<(KeyHeader, ProvingKey<Bls12_381>), SetupError> {
	let file = File::open(path).map_err(|source| SetupError::File { path: path.into(), source })?;
	read(BufReader::with_capacity(1 << 20, file), progress)
}

fn read(input: impl Read, progress: Progress<'_>) -> Result<(KeyHeader, ProvingKey<Bls12_381>), SetupError> {
	let state = Params::new().hash_length(32).to_state();
	let mut input = Input { input, state, progress, done: 0, total: 1 };
	if &input.bytes::<8>()? != MAGIC {
		return Err(malformed("it does not begin with \"AIVMZKEY\""));
	}
	let version = u16::from_le_bytes(input.bytes()?);
	if version != KEY_VERSION {
		return Err(malformed(format!("its version is {version}, and {KEY_VERSION} is known")));
	}
	let (circuit, transcript) = (input.bytes()?, input.bytes()?);
	let (public, variables, domain) = (input.number()?, input.number()?, input.number()?);
	if !domain.is_power_of_two() {
		return Err(malformed("its domain is no power of two"));
	}
	check_power(domain.trailing_zeros())?;
	if !(2..=MAX_PUBLIC).contains(&public) || variables <= public || variables > 4 * domain {
		return Err(malformed("its numbers of variables are impossible"));
	}
	let header = KeyHeader { circuit, transcript, public, variables, domain };
	input.total = 3 * variables + (variables - public) + (domain - 1);

	let alpha_g1 = input.point("alpha")?;
	let beta_g1 = input.point("beta")?;
	let delta_g1 = input.point("delta")?;
	let beta_g2 = input.point("beta in G2")?;
	let gamma_g2 = input.point("gamma")?;
	let delta_g2 = input.point("delta in G2")?;
	let gamma_abc_g1 = input.points("public inputs", public)?;
	let bits = input.bits(variables)?;
	let a_query = input.present("A", &bits)?;
	let bits = input.bits(variables)?;
	let b_g1_query = input.present("B in G1", &bits)?;
	let b_g2_query = input.present("B in G2", &bits)?;
	let bits = input.bits(variables - public)?;
	let l_query = input.present("private variables", &bits)?;
	let h_query: Vec<G1Affine> = input.points("quotient", domain - 1)?;

	let expected = input.state.finalize();
	let mut found = [0; 32];
	input.input.read_exact(&mut found).map_err(|error| malformed(error.to_string()))?;
	if expected.as_bytes() != found {
		return Err(malformed("its digest is not that of its content; get it again"));
	}
	let mut rest = [0];
	if input.input.read(&mut rest).map_err(|error| malformed(error.to_string()))? != 0 {
		return Err(malformed("bytes follow the digest"));
	}
	let vk = VerifyingKey { alpha_g1, beta_g2, gamma_g2, delta_g2, gamma_abc_g1 };
	Ok((header, ProvingKey { vk, beta_g1, delta_g1, a_query, b_g1_query, b_g2_query, h_query, l_query }))
}
