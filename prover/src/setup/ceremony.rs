// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Phase 2: contributions to the key of one circuit, and the check that anybody can make of the result.

use ark_bls12_381::{Bls12_381, Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One, Zero};
use ark_groth16::ProvingKey;
use rayon::prelude::*;
use zeroize::Zeroize;

use super::{
	beacon::Beacon,
	error::SetupError,
	group::{self, check_points, coefficients, encode_compressed, generators, same_ratio, sum, Infinity, G1, G2},
	hash,
	parameters::{initial, quotient, Circuit, Row},
	powers::{interpolate, Powers},
	progress::{report, Progress},
	transcript::{check_name, Contribution, SetupKind, Transcript, MAX_CONTRIBUTIONS},
};

/// Points that are multiplied between two reports of progress.
const CHUNK: usize = 1 << 13;

/// Randomness of a contribution: 32 secret bytes that are erased when dropped. Whoever learns those of all
/// contributions can forge proofs.
#[derive(Zeroize)]
#[zeroize(drop)]
pub struct Entropy([u8; 32]);

impl Entropy {
	/// From the system's randomness and whatever the contributor adds (dice, keystrokes).
	///
	/// # Errors
	/// [`SetupError::Randomness`].
	pub fn gather(added: &[u8]) -> Result<Self, SetupError> {
		let mut system = [0_u8; 32];
		getrandom::fill(&mut system).map_err(|error| SetupError::Randomness(error.to_string()))?;
		let entropy = Self(hash::Stream::new(b"aivm/setup/entropy/1").add(&system).add(added).digest());
		system.zeroize();
		Ok(entropy)
	}

	/// From given bytes, for tests: a contribution whose secret is known protects nothing.
	pub fn known(bytes: [u8; 32]) -> Self {
		Self(bytes)
	}
}

/// The key of a circuit with the record of how it was made.
#[derive(Clone)]
pub struct Setup {
	/// The key for proofs, in the layout of `ark-groth16`.
	pub key: ProvingKey<Bls12_381>,
	/// Who contributed.
	pub transcript: Transcript,
}

impl Setup {
	/// Starts the ceremony of a circuit. Until somebody contributes, anybody can forge proofs for the key.
	///
	/// # Errors
	/// The powers do not suffice for the circuit.
	pub fn begin(powers: &Powers, circuit: &Circuit<'_>, progress: Progress<'_>) -> Result<Self, SetupError> {
		let key = initial(powers, circuit, progress)?;
		Ok(Self { key, transcript: Transcript::new(circuit.digest(), powers.digest()) })
	}

	/// Adds a contribution. Returns the transcript's hash after it, which the contributor publishes.
	///
	/// # Errors
	/// The name cannot be shown, the key is not the transcript's, or the beacon has closed the ceremony.
	pub fn contribute(
		&mut self,
		name: &str,
		entropy: &Entropy,
		progress: Progress<'_>,
	) -> Result<hash::Digest, SetupError> {
		let mut secret = hash::scalar(b"aivm/setup/secret/1", &entropy.0);
		let result = self.apply(name, None, secret, progress);
		secret.zeroize();
		result
	}

	/// Closes the ceremony with the hash of a block. Returns the transcript's final hash.
	///
	/// # Errors
	/// As for [`Setup::contribute`]; or the beacon's iterations are out of range.
	pub fn close(&mut self, beacon: Beacon, progress: Progress<'_>) -> Result<hash::Digest, SetupError> {
		beacon.check()?;
		let secret = beacon.secret(&self.transcript.hash());
		let name = format!("block {}", beacon.block);
		self.apply(&name, Some(beacon), secret, progress)
	}

	fn apply(
		&mut self,
		name: &str,
		beacon: Option<Beacon>,
		secret: Fr,
		progress: Progress<'_>,
	) -> Result<hash::Digest, SetupError> {
		check_name(name)?;
		if self.transcript.beacon().is_some() {
			return Err(SetupError::Over);
		}
		if self.transcript.contributions.len() >= MAX_CONTRIBUTIONS {
			return Err(SetupError::TooLarge {
				what: "contributions",
				found: MAX_CONTRIBUTIONS as u64 + 1,
				limit: MAX_CONTRIBUTIONS as u64,
			});
		}
		if (self.key.delta_g1, self.key.vk.delta_g2) != self.transcript.delta() {
			return Err(SetupError::OtherKey);
		}
		let inverse = secret.inverse().filter(|_| !secret.is_one()).ok_or_else(|| {
			// One in 2^254.
			SetupError::Randomness("it gave the secret 0 or 1; try again".into())
		})?;
		let (g1, _) = generators();
		let step_g1 = (g1 * secret).into_affine();
		let delta_g1 = (self.key.delta_g1 * secret).into_affine();
		let delta_g2 = (self.key.vk.delta_g2 * secret).into_affine();
		let before = self.transcript.hash();
		let r = Contribution::challenge(&before, name, beacon.as_ref(), &step_g1, &delta_g1, &delta_g2)?;
		let proof_g2 = (r * secret).into_affine();

		scale(&mut self.key.l_query, inverse, "multiplying the points of the private variables", progress);
		scale(&mut self.key.h_query, inverse, "multiplying the points of the quotient", progress);
		self.key.delta_g1 = delta_g1;
		self.key.vk.delta_g2 = delta_g2;
		self.transcript.contributions.push(Contribution {
			name: name.into(),
			beacon,
			step_g1,
			delta_g1,
			delta_g2,
			proof_g2,
		});
		Ok(self.transcript.hash())
	}

	/// Checks everything: the key's points, the transcript's chain of contributions, and, by pairings of random linear
	/// combinations, that the key is what the powers and the circuit give with the contributions' delta. The powers
	/// must have been checked ([`Powers::read_ptau`] does). With `beacon`, the ceremony must have been closed with that
	/// block; without, compare the transcript's beacon with the chain yourself.
	///
	/// # Errors
	/// The first check that fails.
	pub fn verify(
		&self,
		powers: &Powers,
		circuit: &Circuit<'_>,
		beacon: Option<&Beacon>,
		progress: Progress<'_>,
	) -> Result<SetupKind, SetupError> {
		const STAGE: &str = "checking the setup";
		if self.transcript.circuit != circuit.digest() {
			return Err(SetupError::OtherCircuit { what: "transcript" });
		}
		if self.transcript.powers != powers.digest() {
			return Err(SetupError::OtherPowers);
		}
		if beacon.is_some() && self.transcript.beacon() != beacon {
			return Err(SetupError::OtherBeacon);
		}
		self.transcript.check()?;
		report(progress, STAGE, 1, 8);
		if (self.key.delta_g1, self.key.vk.delta_g2) != self.transcript.delta() {
			return Err(SetupError::OtherKey);
		}
		check_key(&self.key, powers, circuit, &mut |step| {
			report(progress, STAGE, step + 1, 8);
		})?;
		report(progress, STAGE, 8, 8);
		Ok(self.transcript.kind(powers.phase1()))
	}

	/// What the setup is worth, from the transcript alone, given how the powers were made. [`Setup::verify`] says it
	/// with proof.
	pub fn kind(&self, powers: &Powers) -> SetupKind {
		self.transcript.kind(powers.phase1())
	}

	/// The key for verification: see [`verifying_key`].
	pub fn verifying_key(&self) -> Vec<u8> {
		verifying_key(&self.key)
	}
}

/// The key for verification as the chain reads it: alpha in G1, beta, gamma and delta in G2, then one point for the
/// constant 1 and each public input, all compressed (`336 + 48 (n + 1)` bytes with `n` inputs).
pub fn verifying_key(key: &ProvingKey<Bls12_381>) -> Vec<u8> {
	let key = &key.vk;
	let mut bytes = encode_compressed(&key.alpha_g1);
	for point in [&key.beta_g2, &key.gamma_g2, &key.delta_g2] {
		bytes.extend(encode_compressed(point));
	}
	for point in &key.gamma_abc_g1 {
		bytes.extend(encode_compressed(point));
	}
	bytes
}

fn scale(points: &mut [G1Affine], scalar: Fr, stage: &'static str, progress: Progress<'_>) {
	let total = points.len();
	let mut done = 0;
	for chunk in points.chunks_mut(CHUNK) {
		report(progress, stage, done, total);
		let products = group::scale::<G1>(chunk, scalar);
		chunk.copy_from_slice(&products);
		done += chunk.len();
	}
	report(progress, stage, total, total);
}

/// The random combination of a matrix's columns: entry `j` is the sum of `random[i] M[j][i]` over the given variables.
fn fold(rows: &[Row], random: &[Fr], domain: usize, extra: impl Iterator<Item = (usize, usize)>) -> Vec<Fr> {
	let mut folded: Vec<Fr> = rows
		.par_iter()
		.map(|row| row.iter().map(|(coefficient, variable)| *coefficient * random[*variable]).sum())
		.collect();
	folded.resize(domain, Fr::zero());
	for (row, variable) in extra {
		folded[row] += random[variable];
	}
	folded
}

/// Checks a key against powers, circuit and its own delta.
fn check_key(
	key: &ProvingKey<Bls12_381>,
	powers: &Powers,
	circuit: &Circuit<'_>,
	progress: &mut dyn FnMut(usize),
) -> Result<(), SetupError> {
	let (g1, g2) = generators();
	let (domain, public, variables) = (circuit.domain(), circuit.public(), circuit.variables());
	if domain > powers.tau_g2.len() {
		return Err(SetupError::TooFewPowers { needed: domain.trailing_zeros(), found: powers.power() });
	}
	let lengths = [
		(key.a_query.len(), variables),
		(key.b_g1_query.len(), variables),
		(key.b_g2_query.len(), variables),
		(key.vk.gamma_abc_g1.len(), public),
		(key.l_query.len(), variables - public),
		(key.h_query.len(), domain - 1),
	];
	if lengths.iter().any(|(found, expected)| found != expected) {
		return Err(SetupError::Key("the number of its points"));
	}
	if key.vk.alpha_g1 != powers.alpha_g1[0] || key.beta_g1 != powers.beta_g1[0] || key.vk.beta_g2 != powers.beta_g2 {
		return Err(SetupError::Key("alpha or beta"));
	}
	if key.vk.gamma_g2 != g2 {
		return Err(SetupError::Key("gamma"));
	}
	check_points("delta in G1", &[key.delta_g1], Infinity::Refused)?;
	check_points("delta in G2", &[key.vk.delta_g2], Infinity::Refused)?;
	if !same_ratio(key.delta_g1.into_group(), g2, g1.into_group(), key.vk.delta_g2) {
		return Err(SetupError::Key("delta between the groups"));
	}
	check_points("A", &key.a_query, Infinity::Allowed)?;
	check_points("B in G1", &key.b_g1_query, Infinity::Allowed)?;
	progress(1);
	check_points("B in G2", &key.b_g2_query, Infinity::Allowed)?;
	check_points("public inputs", &key.vk.gamma_abc_g1, Infinity::Allowed)?;
	progress(2);
	check_points("private variables", &key.l_query, Infinity::Allowed)?;
	check_points("quotient", &key.h_query, Infinity::Refused)?;
	progress(3);

	// The sum of random[i] times the point of variable i is the value at tau of the polynomial that takes the folded
	// matrix' values over the domain.
	let random = coefficients(variables.max(domain))?;
	let [a, b, c] = circuit.matrices();
	let inputs = |to: usize| (0..to).map(|input| (circuit.constraints() + input, input));
	let tau = &powers.tau_g1[..domain];
	let a_all = interpolate(&fold(a, &random, domain, inputs(public)));
	let b_all = interpolate(&fold(b, &random, domain, std::iter::empty()));
	if sum::<G1>(&key.a_query, &random[..variables]) != sum(tau, &a_all) {
		return Err(SetupError::Key("A"));
	}
	if sum::<G1>(&key.b_g1_query, &random[..variables]) != sum(tau, &b_all) {
		return Err(SetupError::Key("B in G1"));
	}
	progress(4);
	if sum::<G2>(&key.b_g2_query, &random[..variables]) != sum(&powers.tau_g2[..domain], &b_all) {
		return Err(SetupError::Key("B in G2"));
	}
	progress(5);

	// beta A + alpha B + C, of the public inputs (gamma is 1) and of the private variables (over delta).
	let mixed = |random: &[Fr], extra: usize| -> G1Projective {
		let a = interpolate(&fold(a, random, domain, inputs(extra)));
		let b = interpolate(&fold(b, random, domain, std::iter::empty()));
		let c = interpolate(&fold(c, random, domain, std::iter::empty()));
		sum::<G1>(&powers.beta_g1[..domain], &a) + sum::<G1>(&powers.alpha_g1[..domain], &b) + sum::<G1>(tau, &c)
	};
	let mut of_public = random[..variables].to_vec();
	of_public[public..].fill(Fr::zero());
	if sum::<G1>(&key.vk.gamma_abc_g1, &random[..public]) != mixed(&of_public, public) {
		return Err(SetupError::Key("the public inputs"));
	}
	progress(6);
	let mut of_private = random[..variables].to_vec();
	of_private[..public].fill(Fr::zero());
	let found = sum::<G1>(&key.l_query, &random[public..variables]);
	if !same_ratio(found, key.vk.delta_g2, mixed(&of_private, 0), g2) {
		return Err(SetupError::Key("the private variables"));
	}
	let random = &random[..domain - 1];
	let found = sum::<G1>(&key.h_query, random);
	if !same_ratio(found, key.vk.delta_g2, sum(&quotient(powers, domain), random), g2) {
		return Err(SetupError::Key("the quotient"));
	}
	progress(7);
	Ok(())
}
