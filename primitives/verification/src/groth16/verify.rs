// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Proofs, one by one and many at once.

// Operators of field elements and points work modulo the prime or in the group: they neither overflow nor panic.
#![allow(clippy::arithmetic_side_effects)]

use alloc::vec::Vec;
use ark_ec::{
	short_weierstrass::{Affine, Projective},
	AffineRepr, CurveGroup,
};
use ark_ff::{AdditiveGroup, Field, Fp12, PrimeField};
use codec::Encode;
use sp_crypto_hashing::blake2_256;

use super::{
	engine::{Engine, Flaw},
	error::{ProofError, ProofPoint},
	key::Prepared,
	sum::{combine, sum_of_multiples, Coefficient},
	Claim, MAX_BATCH,
};
use crate::field::{scalar_of, Scalar};

/// A proof and its inputs, well-formed: each point is in its group and not infinity.
struct Checked<S: Engine> {
	a: Affine<S::G1>,
	b: S::Ready,
	c: Affine<S::G1>,
	inputs: Vec<S::Scalar>,
}

impl<S: Engine> Checked<S> {
	/// Reads and checks everything but the equation, in the order of [`ProofError`].
	fn new(key: &Prepared<S>, proof: &[u8], inputs: &[Scalar]) -> Result<Self, ProofError> {
		let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
		let length = || ProofError::Length { expected: number(S::CURVE.proof_len()), given: number(proof.len()) };
		let half = S::CURVE.point_len();
		let (a, rest) = proof.split_at_checked(half).ok_or_else(length)?;
		let (b, c) = rest.split_at_checked(half.saturating_mul(2)).ok_or_else(length)?;
		if c.len() != half {
			return Err(length());
		}
		if inputs.len() != key.inputs() {
			return Err(ProofError::InputCount { expected: number(key.inputs()), given: number(inputs.len()) });
		}
		let inputs = (0..).zip(inputs).map(|(number, bytes)| scalar_of(bytes).ok_or(ProofError::Input { number }));
		let inputs: Vec<S::Scalar> = inputs.collect::<Result<_, _>>()?;
		let (a, b, c) = (S::read_g1(a), S::read_g2(b), S::read_g1(c));
		let flaws =
			[(ProofPoint::A, a.as_ref().err()), (ProofPoint::B, b.as_ref().err()), (ProofPoint::C, c.as_ref().err())];
		for (point, flaw) in &flaws {
			if let Some(Flaw::Encoding) = flaw {
				return Err(ProofError::Encoding { point: *point });
			}
		}
		for (point, flaw) in flaws {
			if flaw.is_some() {
				return Err(ProofError::Infinity { point });
			}
		}
		let (Ok(a), Ok(b), Ok(c)) = (a, b, c) else { return Err(ProofError::Equation) };
		let subgroup = |point| ProofError::Subgroup { point };
		if !S::is_in_g1(&a) {
			return Err(subgroup(ProofPoint::A));
		}
		let b = S::ready(&b).ok_or(subgroup(ProofPoint::B))?;
		if !S::is_in_g1(&c) {
			return Err(subgroup(ProofPoint::C));
		}
		Ok(Self { a, b, c, inputs })
	}

	/// Whether the equation holds.
	fn holds(&self, key: &Prepared<S>, fixed: &Fixed<S>) -> bool {
		let terms = key.ic.iter().copied().skip(1).zip(self.inputs.iter().copied());
		let inputs = sum_of_multiples::<S>(terms) + key.first_ic();
		let inputs = inputs.into_affine();
		let pairs = [(self.a, &self.b), (-inputs, &fixed.gamma), (-self.c, &fixed.delta)];
		product_of_any::<S>(&pairs) == Some(key.alpha_beta)
	}
}

/// gamma and delta.
struct Fixed<S: Engine> {
	gamma: S::Ready,
	delta: S::Ready,
}

impl<S: Engine> Fixed<S> {
	fn new(key: &Prepared<S>) -> Result<Self, ProofError> {
		let ready = |point| S::ready(point).ok_or(ProofError::Key);
		Ok(Self { gamma: ready(&key.gamma)?, delta: ready(&key.delta)? })
	}
}

/// [`Engine::product`] of pairs of which points of G1 may be infinity: those have no part in it.
fn product_of_any<S: Engine>(pairs: &[(Affine<S::G1>, &S::Ready)]) -> Option<Fp12<S::Tower>> {
	let pairs: Vec<_> = pairs.iter().filter(|(point, _)| !point.is_zero()).copied().collect();
	S::product(&pairs)
}

/// [`super::Groth16::verify`] with an engine.
///
/// # Errors
/// [`ProofError`].
pub fn verify<S: Engine>(prepared: &[u8], proof: &[u8], inputs: &[Scalar]) -> Result<(), ProofError> {
	let key = Prepared::<S>::read(prepared).ok_or(ProofError::Key)?;
	let checked = Checked::new(&key, proof, inputs)?;
	if checked.holds(&key, &Fixed::new(&key)?) {
		Ok(())
	} else {
		Err(ProofError::Equation)
	}
}

/// [`super::Groth16::verify_batch`] with an engine.
pub fn verify_batch<S: Engine>(prepared: &[u8], claims: &[Claim]) -> Vec<Result<(), ProofError>> {
	claims.chunks(MAX_BATCH).flat_map(|claims| verify_together::<S>(prepared, claims)).collect()
}

fn verify_together<S: Engine>(prepared: &[u8], claims: &[Claim]) -> Vec<Result<(), ProofError>> {
	let key = Prepared::<S>::read(prepared).ok_or(ProofError::Key);
	let (key, fixed) = match key.and_then(|key| Fixed::new(&key).map(|fixed| (key, fixed))) {
		Ok(both) => both,
		Err(error) => return claims.iter().map(|_| Err(error)).collect(),
	};
	let mut results: Vec<_> = claims.iter().map(|claim| Checked::<S>::new(&key, &claim.proof, &claim.inputs)).collect();
	// Everything that is verified decides the coefficients, so nobody can choose proofs that cancel each other.
	let seed = blake2_256(&(b"aivm/groth16/batch/1", S::CURVE, prepared, claims).encode());
	if all_hold(&key, &fixed, &seed, results.iter().flatten()) {
		return results.into_iter().map(|result| result.map(|_| ())).collect();
	}
	results
		.drain(..)
		.map(|result| {
			result.and_then(|proof| if proof.holds(&key, &fixed) { Ok(()) } else { Err(ProofError::Equation) })
		})
		.collect()
}

/// Whether a random linear combination of the equations holds. If it does, then all of them do, except with a probability
/// of 2^-128.
fn all_hold<'a, S: Engine + 'a>(
	key: &Prepared<S>,
	fixed: &Fixed<S>,
	seed: &[u8; 32],
	proofs: impl Iterator<Item = &'a Checked<S>>,
) -> bool {
	let proofs: Vec<_> = (0u32..)
		.zip(proofs)
		.map(|(number, proof)| {
			let hash = blake2_256(&(seed, number).encode());
			let half = hash.first_chunk().copied().unwrap_or_default();
			(Coefficient::new(u128::from_le_bytes(half)), proof)
		})
		.collect();
	if proofs.is_empty() {
		return true;
	}
	// The inputs are added up before they are multiplied with the points of the key.
	let mut total = S::Scalar::ZERO;
	let mut factors = alloc::vec![S::Scalar::ZERO; key.inputs()];
	for (coefficient, proof) in &proofs {
		let coefficient = coefficient.scalar::<S>();
		total += coefficient;
		for (factor, input) in factors.iter_mut().zip(&proof.inputs) {
			*factor += coefficient * input;
		}
	}
	let factors = core::iter::once(total).chain(factors);
	let inputs = sum_of_multiples::<S>(key.ic.iter().copied().zip(factors));
	let c = combine::<S>(proofs.iter().map(|(coefficient, proof)| (proof.c, *coefficient)));
	let multiples: Vec<_> = proofs
		.iter()
		.map(|(coefficient, proof)| combine::<S>([(proof.a, *coefficient)]))
		.chain([-inputs, -c])
		.collect();
	let points = Projective::normalize_batch(&multiples);
	let all_ready = proofs.iter().map(|(_, proof)| &proof.b).chain([&fixed.gamma, &fixed.delta]);
	let pairs: Vec<_> = points.into_iter().zip(all_ready).collect();
	product_of_any::<S>(&pairs) == Some(key.alpha_beta.pow(total.into_bigint()))
}
