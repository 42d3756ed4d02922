// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The `.ptau` files of snarkjs, over BLS12-381.
//!
//! A file is the magic `ptau`, the version 1 and the number of sections (each a 32-bit little-endian number), then the
//! sections: type (32 bits), length (64 bits), content. This module reads sections 1 (header), 2 to 6 (the powers) and
//! 7 (contributions), and the Lagrange points of prepared files (sections 12 to 15: the domains of 1, 2, 4, … elements
//! one after the other) for the one domain that it is asked for; without them they are computed, which takes much
//! longer. Points are affine, in Montgomery form, little-endian; the layout is that of snarkjs 0.7.6.

use std::{
	collections::BTreeMap,
	fs::File,
	io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write},
	path::Path,
};

use ark_bls12_381::{Fq, Fr, G1Affine, G2Affine};
use ark_ec::short_weierstrass::Affine;
use ark_ff::{BigInteger, FftField, Field, One, PrimeField};
use rayon::prelude::*;

use super::{
	error::SetupError,
	group::{from_montgomery, to_montgomery, Group, FIELD_BYTES, G1, G2},
	powers::{check_power, Lagrange, Phase1, Powers},
	progress::{report, Progress},
};

const MAGIC: &[u8; 4] = b"ptau";
const VERSION: u32 = 1;
/// snarkjs writes 11 sections at most.
const MAX_SECTIONS: u32 = 32;
/// Most contributions of a ceremony.
const MAX_CONTRIBUTIONS: u32 = 4096;
/// Longest parameters of a contribution: a name, an exponent and a hash.
const MAX_PARAMETERS: u32 = 1024;
/// Points that are read or written at once.
const CHUNK: usize = 1 << 13;
/// Largest power that the header may name; larger ceremonies do not exist.
const MAX_HEADER_POWER: u32 = 32;

/// Bytes of a contribution between its five points and its type: nine points of proofs and two hashes.
const CONTRIBUTION_PROOFS: u64 = (6 * 2 * FIELD_BYTES + 3 * 4 * FIELD_BYTES + 216 + 64) as u64;

fn malformed(reason: impl Into<String>) -> SetupError {
	SetupError::Format { what: "file of powers (.ptau) over BLS12-381", reason: reason.into() }
}

struct Reader<R> {
	input: R,
}

impl<R: Read + Seek> Reader<R> {
	fn bytes<const N: usize>(&mut self) -> Result<[u8; N], SetupError> {
		let mut bytes = [0; N];
		self.input.read_exact(&mut bytes).map_err(|error| malformed(error.to_string()))?;
		Ok(bytes)
	}

	fn u32(&mut self) -> Result<u32, SetupError> {
		Ok(u32::from_le_bytes(self.bytes()?))
	}

	fn u64(&mut self) -> Result<u64, SetupError> {
		Ok(u64::from_le_bytes(self.bytes()?))
	}

	fn seek(&mut self, to: SeekFrom) -> Result<u64, SetupError> {
		self.input.seek(to).map_err(|error| malformed(error.to_string()))
	}

	fn points<G: Group>(
		&mut self,
		what: &'static str,
		count: usize,
		progress: Progress<'_>,
	) -> Result<Vec<Affine<G>>, SetupError> {
		let mut points = Vec::with_capacity(count);
		let mut buffer = vec![0; G::BYTES * CHUNK.min(count)];
		while points.len() < count {
			report(progress, what, points.len(), count);
			let take = CHUNK.min(count - points.len());
			let bytes = &mut buffer[..take * G::BYTES];
			self.input.read_exact(bytes).map_err(|error| malformed(error.to_string()))?;
			let start = points.len();
			let chunk: Result<Vec<Affine<G>>, SetupError> = bytes
				.par_chunks(G::BYTES)
				.enumerate()
				.map(|(index, bytes)| {
					from_montgomery::<G>(bytes).map_err(|fault| SetupError::Point { what, index: start + index, fault })
				})
				.collect();
			points.extend(chunk?);
		}
		report(progress, what, count, count);
		Ok(points)
	}

	fn point<G: Group>(&mut self, what: &'static str) -> Result<Affine<G>, SetupError> {
		let points = self.points::<G>(what, 1, &mut |_| {})?;
		points.first().copied().ok_or_else(|| malformed("a point is missing"))
	}
}

/// The five points that a contribution leaves behind.
#[derive(PartialEq)]
struct State {
	tau_g1: G1Affine,
	tau_g2: G2Affine,
	alpha_g1: G1Affine,
	beta_g1: G1Affine,
	beta_g2: G2Affine,
}

impl Powers {
	/// Reads powers from a `.ptau` file over BLS12-381 and checks them all ([`Powers::check`]). With `power`, reads no
	/// more than domains of `2^power` elements need, which saves time and memory with the file of a large ceremony.
	///
	/// # Errors
	/// The file cannot be read, is malformed, is for another curve, or its powers are inconsistent.
	pub fn read_ptau(path: &Path, power: Option<u32>, progress: Progress<'_>) -> Result<Self, SetupError> {
		let file = File::open(path).map_err(|source| SetupError::File { path: path.into(), source })?;
		Self::from_ptau(BufReader::with_capacity(1 << 20, file), power, progress)
	}

	/// As [`Powers::read_ptau`], from anything that can be read.
	///
	/// # Errors
	/// As there.
	pub fn from_ptau(input: impl Read + Seek, power: Option<u32>, progress: Progress<'_>) -> Result<Self, SetupError> {
		let mut reader = Reader { input };
		let sections = sections(&mut reader)?;
		let section = |kind: u32, length: Option<u64>| {
			let (offset, found) =
				*sections.get(&kind).ok_or_else(|| malformed(format!("section {kind} is missing")))?;
			match length {
				Some(length) if length != found => {
					Err(malformed(format!("section {kind} has {found} bytes in place of {length}")))
				}
				_ => Ok((offset, found)),
			}
		};

		let (offset, _) = section(1, Some(4 + FIELD_BYTES as u64 + 8))?;
		reader.seek(SeekFrom::Start(offset))?;
		if reader.u32()? != FIELD_BYTES as u32 {
			return Err(malformed("it is for a curve with another size of field"));
		}
		if reader.bytes::<FIELD_BYTES>()?.as_slice() != Fq::MODULUS.to_bytes_le() {
			return Err(malformed("it is for another curve"));
		}
		let found = reader.u32()?;
		if found == 0 || found > MAX_HEADER_POWER {
			return Err(malformed(format!("the power {found} is impossible")));
		}
		let _power_of_the_ceremony = reader.u32()?;
		let power = power.unwrap_or(found);
		check_power(power)?;
		if power > found {
			return Err(SetupError::TooFewPowers { needed: power, found });
		}

		let (g1, g2) = (G1::BYTES as u64, G2::BYTES as u64);
		let (size, all) = (1_usize << power, 1_u64 << found);
		let (tau_g1_at, _) = section(2, Some((2 * all - 1) * g1))?;
		let (tau_g2_at, _) = section(3, Some(all * g2))?;
		let (alpha_at, _) = section(4, Some(all * g1))?;
		let (beta_at, _) = section(5, Some(all * g1))?;
		let (beta_g2_at, _) = section(6, Some(g2))?;
		let (contributions_at, contributions_length) = section(7, None)?;

		reader.seek(SeekFrom::Start(tau_g1_at))?;
		let tau_g1 = reader.points("tau in G1", 2 * size - 1, progress)?;
		reader.seek(SeekFrom::Start(tau_g2_at))?;
		let tau_g2 = reader.points("tau in G2", size, progress)?;
		reader.seek(SeekFrom::Start(alpha_at))?;
		let alpha_g1 = reader.points("alpha", size, progress)?;
		reader.seek(SeekFrom::Start(beta_at))?;
		let beta_g1 = reader.points("beta", size, progress)?;
		reader.seek(SeekFrom::Start(beta_g2_at))?;
		let beta_g2 = reader.point("beta in G2")?;
		reader.seek(SeekFrom::Start(contributions_at))?;
		let (phase1, last) = contributions(&mut reader, contributions_at, contributions_length)?;

		let lagrange = lagrange(&mut reader, &sections, found, power, progress)?;
		let powers = Self {
			tau_g1,
			tau_g2,
			alpha_g1,
			beta_g1,
			beta_g2,
			phase1,
			lagrange: lagrange.map(|lagrange| (size, lagrange)).into_iter().collect(),
			double: Vec::new(),
		};
		if let Some(last) = last {
			let state = State {
				tau_g1: powers.tau_g1[1],
				tau_g2: powers.tau_g2[1],
				alpha_g1: powers.alpha_g1[0],
				beta_g1: powers.beta_g1[0],
				beta_g2: powers.beta_g2,
			};
			if last != state {
				return Err(SetupError::InconsistentPowers { what: "the last contribution made others" });
			}
		}
		powers.check(progress)?;
		Ok(powers)
	}

	/// Writes the powers as a `.ptau` file that snarkjs reads too, without a list of contributions: whoever reads it
	/// sees powers of a single party. Powers of [`Powers::generate`] are written with the Lagrange points of all
	/// domains.
	///
	/// # Errors
	/// The file cannot be written.
	pub fn write_ptau(&self, path: &Path, progress: Progress<'_>) -> Result<(), SetupError> {
		let failed = |source| SetupError::File { path: path.into(), source };
		let mut output = BufWriter::with_capacity(1 << 20, File::create(path).map_err(failed)?);
		self.to_ptau(&mut output, progress).map_err(failed)?;
		output.flush().map_err(failed)
	}

	fn to_ptau(&self, output: &mut impl Write, progress: Progress<'_>) -> std::io::Result<()> {
		output.write_all(MAGIC)?;
		output.write_all(&VERSION.to_le_bytes())?;
		let sizes: Vec<&Lagrange> = self.lagrange.values().collect();
		let is_prepared = sizes.len() == self.power() as usize + 1 && !self.double.is_empty();
		output.write_all(&if is_prepared { 11_u32 } else { 7 }.to_le_bytes())?;
		start(output, 1, 4 + FIELD_BYTES + 8)?;
		output.write_all(&(FIELD_BYTES as u32).to_le_bytes())?;
		output.write_all(&Fq::MODULUS.to_bytes_le())?;
		output.write_all(&self.power().to_le_bytes())?;
		output.write_all(&self.power().to_le_bytes())?;
		write_points(output, 2, &self.tau_g1, progress)?;
		write_points(output, 3, &self.tau_g2, progress)?;
		write_points(output, 4, &self.alpha_g1, progress)?;
		write_points(output, 5, &self.beta_g1, progress)?;
		write_points(output, 6, &[self.beta_g2], progress)?;
		start(output, 7, 4)?;
		output.write_all(&0_u32.to_le_bytes())?;
		if is_prepared {
			let theirs = |points: &Vec<G1Affine>| to_snarkjs(points);
			let tau = sizes.iter().map(|size| &size.tau_g1).chain([&self.double]);
			write_points(output, 12, &tau.flat_map(theirs).collect::<Vec<_>>(), progress)?;
			let tau_g2 = sizes.iter().flat_map(|size| to_snarkjs(&size.tau_g2));
			write_points(output, 13, &tau_g2.collect::<Vec<_>>(), progress)?;
			let alpha = sizes.iter().flat_map(|size| theirs(&size.alpha_g1));
			write_points(output, 14, &alpha.collect::<Vec<_>>(), progress)?;
			let beta = sizes.iter().flat_map(|size| theirs(&size.beta_g1));
			write_points(output, 15, &beta.collect::<Vec<_>>(), progress)?;
		}
		Ok(())
	}
}

fn start(output: &mut impl Write, kind: u32, length: usize) -> std::io::Result<()> {
	output.write_all(&kind.to_le_bytes())?;
	output.write_all(&(length as u64).to_le_bytes())
}

fn write_points<G: Group>(
	output: &mut impl Write,
	kind: u32,
	points: &[Affine<G>],
	progress: Progress<'_>,
) -> std::io::Result<()> {
	start(output, kind, points.len() * G::BYTES)?;
	let mut buffer = Vec::with_capacity(CHUNK * G::BYTES);
	for (index, chunk) in points.chunks(CHUNK).enumerate() {
		buffer.clear();
		for point in chunk {
			to_montgomery(point, &mut buffer);
		}
		output.write_all(&buffer)?;
		report(progress, "writing the powers", index * CHUNK + chunk.len(), points.len());
	}
	Ok(())
}

/// Offsets and lengths of the sections, by type.
type Sections = BTreeMap<u32, (u64, u64)>;

fn sections<R: Read + Seek>(reader: &mut Reader<R>) -> Result<Sections, SetupError> {
	let end = reader.seek(SeekFrom::End(0))?;
	reader.seek(SeekFrom::Start(0))?;
	if &reader.bytes::<4>()? != MAGIC {
		return Err(malformed("it does not begin with \"ptau\""));
	}
	let version = reader.u32()?;
	if version != VERSION {
		return Err(malformed(format!("its version is {version}, and only {VERSION} is known")));
	}
	let count = reader.u32()?;
	if count > MAX_SECTIONS {
		return Err(SetupError::TooLarge { what: "sections", found: count.into(), limit: MAX_SECTIONS.into() });
	}
	let mut sections = BTreeMap::new();
	let mut offset = 12_u64;
	for _ in 0..count {
		let kind = reader.u32()?;
		let length = reader.u64()?;
		let content = offset + 12;
		offset =
			content.checked_add(length).filter(|offset| *offset <= end).ok_or_else(|| malformed("it is cut off"))?;
		if sections.insert(kind, (content, length)).is_some() {
			return Err(malformed(format!("section {kind} occurs twice")));
		}
		reader.seek(SeekFrom::Start(offset))?;
	}
	if offset != end {
		return Err(malformed("bytes follow the last section"));
	}
	Ok(sections)
}

/// Counts the contributions and reads what the last one left.
fn contributions<R: Read + Seek>(
	reader: &mut Reader<R>,
	offset: u64,
	length: u64,
) -> Result<(Phase1, Option<State>), SetupError> {
	let count = reader.u32()?;
	if count > MAX_CONTRIBUTIONS {
		return Err(SetupError::TooLarge {
			what: "contributions",
			found: count.into(),
			limit: MAX_CONTRIBUTIONS.into(),
		});
	}
	let (mut people, mut beacon, mut last) = (0, false, None);
	for _ in 0..count {
		last = Some(State {
			tau_g1: reader.point("tau of a contribution")?,
			tau_g2: reader.point("tau of a contribution in G2")?,
			alpha_g1: reader.point("alpha of a contribution")?,
			beta_g1: reader.point("beta of a contribution")?,
			beta_g2: reader.point("beta of a contribution in G2")?,
		});
		reader.seek(SeekFrom::Current(CONTRIBUTION_PROOFS as i64))?;
		match reader.u32()? {
			0 => people += 1,
			1 => beacon = true,
			kind => return Err(malformed(format!("a contribution has the unknown type {kind}"))),
		}
		let parameters = reader.u32()?;
		if parameters > MAX_PARAMETERS {
			return Err(malformed("the parameters of a contribution are too long"));
		}
		reader.seek(SeekFrom::Current(parameters.into()))?;
	}
	if reader.seek(SeekFrom::Current(0))? != offset + length {
		return Err(malformed("the contributions have another length than their section"));
	}
	let phase1 = if people == 0 { Phase1::SingleParty } else { Phase1::Ceremony { contributions: people, beacon } };
	Ok((phase1, last))
}

/// The exponent `e` with which snarkjs' root of unity for a domain is `omega^e`, where `omega` is that of arkworks:
/// snarkjs starts from 5, the least number that is no square, and arkworks from 7.
fn exponent(size: usize) -> usize {
	let bits = size.trailing_zeros();
	let mut theirs = Fr::from(5_u64).pow(Fr::TRACE);
	for _ in bits..Fr::TWO_ADICITY {
		theirs.square_in_place();
	}
	let inverse = Fr::get_root_of_unity(size as u64).and_then(|root| root.inverse()).unwrap_or_else(Fr::one);
	// Bit by bit: what is left of the quotient once the low bits are right has half the order each time.
	(0..bits).fold(0, |exponent, bit| {
		let rest = theirs * inverse.pow([exponent as u64]);
		let is_set = !rest.pow([1_u64 << (bits - 1 - bit)]).is_one();
		exponent | usize::from(is_set) << bit
	})
}

/// Lagrange points in the order of arkworks, from that of snarkjs.
fn from_snarkjs<T: Copy>(points: &[T]) -> Vec<T> {
	let (mut ordered, exponent) = (points.to_vec(), exponent(points.len()));
	for (index, point) in points.iter().enumerate() {
		ordered[index * exponent % points.len()] = *point;
	}
	ordered
}

/// Lagrange points in the order of snarkjs, from that of arkworks.
fn to_snarkjs<T: Copy>(points: &[T]) -> Vec<T> {
	let exponent = exponent(points.len());
	(0..points.len()).map(|index| points[index * exponent % points.len()]).collect()
}

/// Reads the Lagrange points of the domain of `2^power` elements, if the file has any. Nothing is checked yet but their
/// form.
fn lagrange<R: Read + Seek>(
	reader: &mut Reader<R>,
	sections: &Sections,
	found: u32,
	power: u32,
	progress: Progress<'_>,
) -> Result<Option<Lagrange>, SetupError> {
	let present: Vec<(u64, u64)> = (12..=15).filter_map(|kind| sections.get(&kind).copied()).collect();
	let [tau, tau_g2, alpha, beta] = present.as_slice() else {
		return Ok(None);
	};
	let (size, before, all) = (1_usize << power, (1_u64 << power) - 1, (2_u64 << found) - 1);
	let (g1, g2) = (G1::BYTES as u64, G2::BYTES as u64);
	// Newer versions of snarkjs add the domain of twice the size, for tau in G1 only.
	let is_long = |length: u64| length == all * g1 || length == (all + (2 << found)) * g1;
	if !is_long(tau.1) || tau_g2.1 != all * g2 || alpha.1 != all * g1 || beta.1 != all * g1 {
		return Err(malformed("the Lagrange points are not those of its power"));
	}
	reader.seek(SeekFrom::Start(tau.0 + before * g1))?;
	let tau_g1 = from_snarkjs(&reader.points::<G1>("Lagrange points of tau in G1", size, progress)?);
	reader.seek(SeekFrom::Start(tau_g2.0 + before * g2))?;
	let tau_g2 = from_snarkjs(&reader.points::<G2>("Lagrange points of tau in G2", size, progress)?);
	reader.seek(SeekFrom::Start(alpha.0 + before * g1))?;
	let alpha_g1 = from_snarkjs(&reader.points::<G1>("Lagrange points of alpha", size, progress)?);
	reader.seek(SeekFrom::Start(beta.0 + before * g1))?;
	let beta_g1 = from_snarkjs(&reader.points::<G1>("Lagrange points of beta", size, progress)?);
	Ok(Some(Lagrange { tau_g1, tau_g2, alpha_g1, beta_g1 }))
}
