// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Phase 1: the powers of one secret in both groups, the same for every circuit.

use std::collections::BTreeMap;

use ark_bls12_381::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{scalar_mul::BatchMulPreprocessing, AffineRepr, PrimeGroup};
use ark_ff::{FftField, Field, One, Zero};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use zeroize::Zeroize;

use super::{
	error::SetupError,
	group::{self, check_points, coefficients, encode_compressed, same_ratio, same_ratio_g2, sum, Infinity, G1, G2},
	hash::{self, Digest, Stream},
	progress::{report, Progress},
};

/// Largest logarithm of a domain: 2^21 constraints and public inputs. Larger ones do not fit a common machine.
pub const MAX_POWER: u32 = 21;

/// Who made the powers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase1 {
	/// One party that could have kept the secret: for development only.
	SingleParty,
	/// A ceremony, as its file tells: who knows one participant who forgot a secret can trust it. The file's list of
	/// contributions is a claim; compare [`Powers::digest`] with what the ceremony published.
	Ceremony {
		/// Contributions of participants.
		contributions: u32,
		/// Whether public randomness closed it.
		beacon: bool,
	},
}

impl Phase1 {
	/// Whether no single participant can have known the secret, if the file tells the truth: two or more contributed.
	pub fn is_shared(&self) -> bool {
		matches!(self, Self::Ceremony { contributions, .. } if *contributions >= 2)
	}
}

/// The Lagrange points of a domain: `L_j(tau)` times 1 in both groups, times alpha and times beta in the first.
#[derive(Clone)]
pub(crate) struct Lagrange {
	/// `L_j(tau) G1`.
	pub tau_g1: Vec<G1Affine>,
	/// `L_j(tau) G2`.
	pub tau_g2: Vec<G2Affine>,
	/// `alpha L_j(tau) G1`.
	pub alpha_g1: Vec<G1Affine>,
	/// `beta L_j(tau) G1`.
	pub beta_g1: Vec<G1Affine>,
}

/// Powers of tau for domains of up to `2^power` elements, checked: see [`Powers::check`].
#[derive(Clone)]
pub struct Powers {
	/// `tau^i G1`, i from 0 to `2^(power+1) - 2`.
	pub(crate) tau_g1: Vec<G1Affine>,
	/// `tau^i G2`, i below `2^power`; the others too.
	pub(crate) tau_g2: Vec<G2Affine>,
	/// `alpha tau^i G1`.
	pub(crate) alpha_g1: Vec<G1Affine>,
	/// `beta tau^i G1`.
	pub(crate) beta_g1: Vec<G1Affine>,
	/// `beta G2`.
	pub(crate) beta_g2: G2Affine,
	/// Who made them.
	pub(crate) phase1: Phase1,
	/// The Lagrange points of domains, by their size, where they came for free.
	pub(crate) lagrange: BTreeMap<usize, Lagrange>,
	/// The Lagrange points in G1 of the domain of twice the size, of all powers but the last: snarkjs wants them in its
	/// files. Empty where they are not known.
	pub(crate) double: Vec<G1Affine>,
}

/// The secrets of phase 1.
#[derive(Zeroize)]
#[zeroize(drop)]
pub(crate) struct Secrets {
	/// tau.
	pub tau: Fr,
	/// alpha.
	pub alpha: Fr,
	/// beta.
	pub beta: Fr,
}

impl Powers {
	/// Makes powers up to `2^power` from a seed of 32 bytes, for tests and development: whoever knows the seed can
	/// forge every proof, so keys made with them are marked [`super::SetupKind::SingleParty`].
	///
	/// # Errors
	/// `power` is 0 or above [`MAX_POWER`].
	pub fn generate(power: u32, seed: &[u8; 32]) -> Result<Self, SetupError> {
		check_power(power)?;
		let secrets = Secrets {
			tau: hash::scalar(b"aivm/powers/tau", seed),
			alpha: hash::scalar(b"aivm/powers/alpha", seed),
			beta: hash::scalar(b"aivm/powers/beta", seed),
		};
		Ok(Self::from_secrets(power, &secrets))
	}

	/// The powers of given secrets, with the Lagrange points of all domains.
	pub(crate) fn from_secrets(power: u32, secrets: &Secrets) -> Self {
		let size = 1_usize << power;
		let powers: Vec<Fr> =
			std::iter::successors(Some(Fr::one()), |last| Some(*last * secrets.tau)).take(2 * size).collect();
		let times = |scalars: &[Fr], factor: Fr| -> Vec<Fr> { scalars.iter().map(|scalar| *scalar * factor).collect() };
		let g1 = BatchMulPreprocessing::new(G1Projective::generator(), 16 * size);
		let g2 = BatchMulPreprocessing::new(G2Projective::generator(), 4 * size);
		let lagrange = |scalars: &[Fr]| Lagrange {
			tau_g1: g1.batch_mul(scalars),
			tau_g2: g2.batch_mul(scalars),
			alpha_g1: g1.batch_mul(&times(scalars, secrets.alpha)),
			beta_g1: g1.batch_mul(&times(scalars, secrets.beta)),
		};
		let sizes = (0..=power).map(|power| 1_usize << power);
		let known = sizes.filter_map(|size| Some((size, lagrange(&lagrange_scalars(size, secrets.tau)?))));
		// The last power of twice the domain is not there: take its part from each polynomial.
		let last = powers[2 * size - 1] / Fr::from(2 * size as u64);
		let double = lagrange_scalars(2 * size, secrets.tau).map_or_else(Vec::new, |scalars| {
			let roots = roots_of_unity(2 * size);
			scalars.iter().zip(roots).map(|(scalar, root)| *scalar - root * last).collect()
		});
		let low = &powers[..size];
		Self {
			tau_g1: g1.batch_mul(&powers[..2 * size - 1]),
			tau_g2: g2.batch_mul(low),
			alpha_g1: g1.batch_mul(&times(low, secrets.alpha)),
			beta_g1: g1.batch_mul(&times(low, secrets.beta)),
			beta_g2: (G2Projective::generator() * secrets.beta).into(),
			phase1: Phase1::SingleParty,
			lagrange: known.collect(),
			double: g1.batch_mul(&double),
		}
	}

	/// Logarithm of the largest domain.
	pub fn power(&self) -> u32 {
		self.tau_g2.len().trailing_zeros()
	}

	/// Who made them.
	pub fn phase1(&self) -> Phase1 {
		self.phase1
	}

	/// Identity of the powers: a hash of the first power of each kind, which fix all others. Files of different length
	/// from one ceremony have the same.
	pub fn digest(&self) -> Digest {
		let mut stream = Stream::new(b"aivm/powers/1");
		for point in [self.tau_g1.get(1), self.alpha_g1.first(), self.beta_g1.first()].into_iter().flatten() {
			stream.update(&encode_compressed(point));
		}
		for point in [self.tau_g2.get(1), Some(&self.beta_g2)].into_iter().flatten() {
			stream.update(&encode_compressed(point));
		}
		stream.digest()
	}

	/// Checks that every point is in its group, that the first ones are the generators, and, by pairings of random
	/// linear combinations, that all are powers of one secret with one alpha and one beta.
	///
	/// # Errors
	/// The first check that fails.
	pub fn check(&self, progress: Progress<'_>) -> Result<(), SetupError> {
		const STAGE: &str = "checking the powers";
		let size = self.tau_g2.len();
		let broken = |what| SetupError::InconsistentPowers { what };
		let (g1, g2) = group::generators();
		if !size.is_power_of_two()
			|| size < 2
			|| self.tau_g1.len() != 2 * size - 1
			|| self.alpha_g1.len() != size
			|| self.beta_g1.len() != size
		{
			return Err(broken("their numbers"));
		}
		check_power(self.power())?;
		if self.tau_g1[0] != g1 || self.tau_g2[0] != g2 {
			return Err(broken("the first ones are not the generators"));
		}
		for (index, (what, points)) in
			[("tau in G1", &self.tau_g1), ("alpha", &self.alpha_g1), ("beta", &self.beta_g1)].into_iter().enumerate()
		{
			report(progress, STAGE, index, 7);
			check_points(what, points, Infinity::Refused)?;
		}
		report(progress, STAGE, 3, 7);
		check_points("tau in G2", &self.tau_g2, Infinity::Refused)?;
		check_points("beta in G2", &[self.beta_g2], Infinity::Refused)?;
		report(progress, STAGE, 4, 7);
		let (tau_g1, tau_g2) = (self.tau_g1[1], self.tau_g2[1]);
		let random = coefficients(2 * size - 2)?;
		for (what, points) in [
			("tau in G1", self.tau_g1.as_slice()),
			("alpha", self.alpha_g1.as_slice()),
			("beta", self.beta_g1.as_slice()),
		] {
			let random = &random[..points.len() - 1];
			let low = sum::<G1>(&points[..points.len() - 1], random);
			let high = sum::<G1>(&points[1..], random);
			if !same_ratio(low, tau_g2, high, g2) {
				return Err(broken(what));
			}
		}
		report(progress, STAGE, 5, 7);
		let random = &random[..size - 1];
		let low = sum::<G2>(&self.tau_g2[..size - 1], random);
		let high = sum::<G2>(&self.tau_g2[1..], random);
		if !same_ratio_g2(tau_g1, low, g1, high) {
			return Err(broken("tau in G2"));
		}
		report(progress, STAGE, 6, 7);
		if !same_ratio(self.beta_g1[0].into_group(), g2, g1.into_group(), self.beta_g2) {
			return Err(broken("beta in both groups"));
		}
		for (size, lagrange) in &self.lagrange {
			self.check_lagrange(*size, lagrange)?;
		}
		report(progress, STAGE, 7, 7);
		Ok(())
	}

	/// Checks Lagrange points: a random combination of them is the value at tau of the polynomial with the random
	/// numbers as its values over the domain.
	fn check_lagrange(&self, size: usize, lagrange: &Lagrange) -> Result<(), SetupError> {
		const WHAT: &str = "Lagrange points";
		let broken = SetupError::InconsistentPowers { what: WHAT };
		let lengths = [&lagrange.tau_g1, &lagrange.alpha_g1, &lagrange.beta_g1].map(Vec::len);
		if size > self.tau_g2.len() || lagrange.tau_g2.len() != size || lengths != [size; 3] {
			return Err(broken);
		}
		let random = coefficients(size)?;
		let polynomial = interpolate(&random);
		for (points, powers) in
			[(&lagrange.tau_g1, &self.tau_g1), (&lagrange.alpha_g1, &self.alpha_g1), (&lagrange.beta_g1, &self.beta_g1)]
		{
			check_points(WHAT, points, Infinity::Refused)?;
			if sum::<G1>(points, &random) != sum::<G1>(&powers[..size], &polynomial) {
				return Err(broken);
			}
		}
		check_points(WHAT, &lagrange.tau_g2, Infinity::Refused)?;
		if sum::<G2>(&lagrange.tau_g2, &random) != sum::<G2>(&self.tau_g2[..size], &polynomial) {
			return Err(broken);
		}
		Ok(())
	}

	/// The Lagrange points of the domain of `size` elements.
	///
	/// # Errors
	/// [`SetupError::TooFewPowers`].
	pub(crate) fn lagrange(&self, size: usize, progress: Progress<'_>) -> Result<Lagrange, SetupError> {
		const STAGE: &str = "transforming the powers";
		if size > self.tau_g2.len() {
			return Err(SetupError::TooFewPowers { needed: size.trailing_zeros(), found: self.power() });
		}
		if let Some(known) = self.lagrange.get(&size) {
			return Ok(known.clone());
		}
		// A transform in the second group costs about three of the first.
		report(progress, STAGE, 0, 6);
		let tau_g1 = group::lagrange::<G1>(&self.tau_g1[..size]);
		report(progress, STAGE, 1, 6);
		let alpha_g1 = group::lagrange::<G1>(&self.alpha_g1[..size]);
		report(progress, STAGE, 2, 6);
		let beta_g1 = group::lagrange::<G1>(&self.beta_g1[..size]);
		report(progress, STAGE, 3, 6);
		let tau_g2 = group::lagrange::<G2>(&self.tau_g2[..size]);
		report(progress, STAGE, 6, 6);
		Ok(Lagrange { tau_g1, tau_g2, alpha_g1, beta_g1 })
	}
}

/// Refuses domains that are too small to hold a circuit or too large for [`MAX_POWER`].
pub(crate) fn check_power(power: u32) -> Result<(), SetupError> {
	if power == 0 {
		return Err(SetupError::Format { what: "power", reason: "it is at least 1".into() });
	}
	if power > MAX_POWER {
		return Err(SetupError::TooLarge {
			what: "logarithm of the number of powers",
			found: power.into(),
			limit: MAX_POWER.into(),
		});
	}
	Ok(())
}

/// `L_j(tau)` for the domain of `size` elements; `None` if tau is in the domain.
fn lagrange_scalars(size: usize, tau: Fr) -> Option<Vec<Fr>> {
	let vanishing = tau.pow([size as u64]) - Fr::one();
	if vanishing.is_zero() {
		return None;
	}
	// L_j(tau) = omega^j (tau^n - 1) / (n (tau - omega^j))
	let roots = roots_of_unity(size);
	let mut values: Vec<Fr> = roots.iter().map(|root| (tau - *root) * Fr::from(size as u64)).collect();
	ark_ff::batch_inversion(&mut values);
	Some(values.iter().zip(&roots).map(|(inverse, root)| *inverse * root * vanishing).collect())
}

/// The elements of the domain of `size` elements, in order.
fn roots_of_unity(size: usize) -> Vec<Fr> {
	let root = Fr::get_root_of_unity(size as u64).unwrap_or_else(Fr::one);
	std::iter::successors(Some(Fr::one()), |last| Some(*last * root)).take(size).collect()
}

/// Coefficients of the polynomial with the given values over the domain: an inverse Fourier transform.
pub(crate) fn interpolate(values: &[Fr]) -> Vec<Fr> {
	Radix2EvaluationDomain::<Fr>::new(values.len()).map_or_else(|| values.to_vec(), |domain| domain.ifft(values))
}
