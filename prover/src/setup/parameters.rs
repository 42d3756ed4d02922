// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! From powers and equations to the first key of a circuit, which contributions then change.
//!
//! The layout is that of `ark-groth16` 0.6 (its `LibsnarkReduction`): the domain has at least as many elements as there
//! are equations and public inputs (with the constant 1), row `constraints + i` of the first matrix holds public input
//! `i`, and the quotient's points are `tau^i (tau^n - 1) / delta`. gamma is 1 and delta starts as 1, as Bowe, Gabizon
//! and Miers (eprint 2017/1050) and snarkjs have it.

use ark_bls12_381::{Bls12_381, Fr, G1Affine, G1Projective};
use ark_ec::{
	short_weierstrass::{Affine, Projective},
	AffineRepr, CurveGroup,
};
use ark_ff::{One, PrimeField};
use ark_groth16::{ProvingKey, VerifyingKey};
use rayon::prelude::*;

use super::{
	error::SetupError,
	group::{generators, Combination, Group, G1, G2},
	hash::{Digest, Stream},
	powers::{check_power, Powers},
	progress::{report, Progress},
};

/// A sparse row: coefficients and the numbers of their variables.
pub type Row = Vec<(Fr, usize)>;

/// Variables whose points are computed between two reports of progress.
const CHUNK: usize = 1 << 12;

/// The equations `(A z)(B z) = C z` of a circuit.
#[derive(Clone, Copy)]
pub struct Circuit<'a> {
	a: &'a [Row],
	b: &'a [Row],
	c: &'a [Row],
	public: usize,
	variables: usize,
}

impl<'a> Circuit<'a> {
	/// A circuit with the rows of its three matrices, its public variables (the constant 1 is the first of them), and
	/// all its variables, public ones first.
	///
	/// # Errors
	/// The matrices have different heights, a variable does not exist, there is no equation or no private variable, or
	/// the circuit is larger than [`super::MAX_POWER`] allows.
	pub fn new(a: &'a [Row], b: &'a [Row], c: &'a [Row], public: usize, variables: usize) -> Result<Self, SetupError> {
		if a.is_empty() || a.len() != b.len() || a.len() != c.len() {
			return Err(SetupError::Circuit("it has no equations, or its matrices have different heights"));
		}
		if public < 2 || variables <= public {
			return Err(SetupError::Circuit("it needs a public input and a private variable"));
		}
		let circuit = Self { a, b, c, public, variables };
		check_power(circuit.domain().trailing_zeros())?;
		if variables > 4 * circuit.domain() {
			return Err(SetupError::Circuit("it has far more variables than equations"));
		}
		if !circuit.matrices().iter().all(|rows| rows.iter().flatten().all(|(_, variable)| *variable < variables)) {
			return Err(SetupError::Circuit("an equation names a variable that does not exist"));
		}
		Ok(circuit)
	}

	/// The rows of the three matrices.
	pub fn matrices(&self) -> [&'a [Row]; 3] {
		[self.a, self.b, self.c]
	}

	/// Number of equations.
	pub fn constraints(&self) -> usize {
		self.a.len()
	}

	/// Number of public variables, with the constant 1.
	pub fn public(&self) -> usize {
		self.public
	}

	/// Number of variables.
	pub fn variables(&self) -> usize {
		self.variables
	}

	/// Elements of the domain: a power of two, at least 2.
	pub fn domain(&self) -> usize {
		self.constraints().saturating_add(self.public).next_power_of_two()
	}

	/// Identity of the circuit: a hash of its equations.
	pub fn digest(&self) -> Digest {
		let mut stream = Stream::new(b"aivm/circuit/1");
		for number in [self.constraints(), self.public, self.variables] {
			stream.update(&(number as u64).to_le_bytes());
		}
		let mut bytes = Vec::new();
		for row in self.matrices().into_iter().flatten() {
			bytes.clear();
			bytes.extend_from_slice(&(row.len() as u64).to_le_bytes());
			for (coefficient, variable) in row {
				bytes.extend_from_slice(&(*variable as u64).to_le_bytes());
				for limb in coefficient.into_bigint().0 {
					bytes.extend_from_slice(&limb.to_le_bytes());
				}
			}
			stream.update(&bytes);
		}
		stream.digest()
	}
}

/// A sparse matrix by columns: for each variable, the rows and coefficients.
struct Columns {
	starts: Vec<usize>,
	entries: Vec<(u32, Fr)>,
}

impl Columns {
	/// The columns of `rows` with the entries `extra` (row, variable) of coefficient 1.
	fn new(rows: &[Row], variables: usize, extra: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
		let mut starts = vec![0_usize; variables + 1];
		for variable in rows.iter().flatten().map(|(_, variable)| *variable).chain(extra.clone().map(|(_, at)| at)) {
			starts[variable + 1] += 1;
		}
		for variable in 0..variables {
			starts[variable + 1] += starts[variable];
		}
		let mut next = starts.clone();
		let mut entries = vec![(0, Fr::one()); starts[variables]];
		let cells = rows
			.iter()
			.enumerate()
			.flat_map(|(row, terms)| terms.iter().map(move |(coefficient, variable)| (row, *variable, *coefficient)))
			.chain(extra.map(|(row, variable)| (row, variable, Fr::one())));
		for (row, variable, coefficient) in cells {
			entries[next[variable]] = (row as u32, coefficient);
			next[variable] += 1;
		}
		Self { starts, entries }
	}

	fn column(&self, variable: usize) -> &[(u32, Fr)] {
		&self.entries[self.starts[variable]..self.starts[variable + 1]]
	}

	/// The terms of a column over the points of a domain.
	fn terms<'a, P: Copy>(&'a self, variable: usize, points: &'a [P]) -> impl Iterator<Item = (P, Fr)> + 'a {
		self.column(variable).iter().map(|(row, coefficient)| (points[*row as usize], *coefficient))
	}
}

/// Points of all variables, in parallel, with progress.
fn query<G: Group>(
	variables: std::ops::Range<usize>,
	stage: &'static str,
	progress: Progress<'_>,
	terms: impl Fn(usize) -> Vec<(Affine<G>, Fr)> + Sync,
) -> Vec<Affine<G>> {
	let (start, total) = (variables.start, variables.len());
	let mut points = Vec::with_capacity(total);
	while points.len() < total {
		report(progress, stage, points.len(), total);
		let from = start + points.len();
		let to = (from + CHUNK).min(start + total);
		// The few sums that use all threads by themselves come after the others.
		let chunk: Vec<Result<Projective<G>, Combination<G>>> = (from..to)
			.into_par_iter()
			.map(|variable| {
				let combination = Combination::new(terms(variable));
				if combination.is_parallel() {
					Err(combination)
				} else {
					Ok(combination.sum())
				}
			})
			.collect();
		let chunk: Vec<Projective<G>> =
			chunk.into_iter().map(|sum| sum.unwrap_or_else(|combination| combination.sum())).collect();
		points.extend(Projective::normalize_batch(&chunk));
	}
	report(progress, stage, total, total);
	points
}

/// The points of the quotient before any contribution: `(tau^(n+i) - tau^i) G1`.
pub(crate) fn quotient(powers: &Powers, domain: usize) -> Vec<G1Affine> {
	let differences: Vec<G1Projective> = powers.tau_g1[domain..2 * domain - 1]
		.par_iter()
		.zip(&powers.tau_g1[..domain - 1])
		.map(|(high, low)| high.into_group() - low)
		.collect();
	G1Projective::normalize_batch(&differences)
}

/// The key of a circuit with delta 1, which everybody can forge proofs for until somebody contributes.
///
/// # Errors
/// [`SetupError::TooFewPowers`]; [`SetupError::InconsistentPowers`] if the secret is a root of unity.
pub(crate) fn initial(
	powers: &Powers,
	circuit: &Circuit<'_>,
	progress: Progress<'_>,
) -> Result<ProvingKey<Bls12_381>, SetupError> {
	let domain = circuit.domain();
	let lagrange = powers.lagrange(domain, progress)?;
	let (public, variables) = (circuit.public, circuit.variables);
	let inputs = (0..public).map(|input| (circuit.constraints() + input, input));
	let a = Columns::new(circuit.a, variables, inputs);
	let b = Columns::new(circuit.b, variables, std::iter::empty());
	let c = Columns::new(circuit.c, variables, std::iter::empty());

	let a_query = query::<G1>(0..variables, "points of A", progress, |at| a.terms(at, &lagrange.tau_g1).collect());
	let b_g1_query =
		query::<G1>(0..variables, "points of B in G1", progress, |at| b.terms(at, &lagrange.tau_g1).collect());
	let b_g2_query =
		query::<G2>(0..variables, "points of B in G2", progress, |at| b.terms(at, &lagrange.tau_g2).collect());
	let mixed = |at| {
		a.terms(at, &lagrange.beta_g1)
			.chain(b.terms(at, &lagrange.alpha_g1))
			.chain(c.terms(at, &lagrange.tau_g1))
			.collect()
	};
	let gamma_abc_g1 = query::<G1>(0..public, "points of the public inputs", progress, mixed);
	let l_query = query::<G1>(public..variables, "points of the private variables", progress, mixed);
	let h_query = quotient(powers, domain);
	if h_query.first().is_none_or(AffineRepr::is_zero) {
		return Err(SetupError::InconsistentPowers { what: "the secret is a root of unity" });
	}

	let (g1, g2) = generators();
	Ok(ProvingKey {
		vk: VerifyingKey {
			alpha_g1: powers.alpha_g1[0],
			beta_g2: powers.beta_g2,
			gamma_g2: g2,
			delta_g2: g2,
			gamma_abc_g1,
		},
		beta_g1: powers.beta_g1[0],
		delta_g1: g1,
		a_query,
		b_g1_query,
		b_g2_query,
		h_query,
		l_query,
	})
}
