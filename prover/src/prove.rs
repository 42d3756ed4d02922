// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! From an assignment to a proof.
//!
//! The quotient comes from the reduction of ark-groth16, the rest is five sums of curve points. Each is made in blocks by all
//! cores, and the listener hears of each block.

use aivm_verification::{scalar, Fr, Scalar, PUBLIC_INPUTS};
use ark_bls12_381::{Bls12_381, G1Projective, G2Projective};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{PrimeField, UniformRand};
use ark_groth16::{
	r1cs_to_qap::{LibsnarkReduction, R1CSToQAP},
	Proof as Points, ProvingKey,
};
use ark_poly::GeneralEvaluationDomain;
use ark_serialize::CanonicalSerialize;
use ark_std::rand::{CryptoRng, RngCore};

use crate::{
	circuit::{Circuit, INSTANCE_VARIABLES},
	error::ProveError,
	estimate::Estimate,
	setup::{Progress, Step},
	witness::Assignment,
};

/// Bytes of a proof over BLS12-381: three compressed points.
pub const PROOF_BYTES: usize = 192;

/// Points that are summed up between two reports of progress.
const BLOCK: usize = 1 << 17;

/// A proof with its public inputs, as the chain reads them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
	/// The compressed points `A`, `B`, `C`.
	pub bytes: [u8; PROOF_BYTES],
	/// The public inputs: program or weights commitment, input commitment, output, statement.
	pub inputs: [Scalar; PUBLIC_INPUTS],
}

/// What a prover may take.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Limits {
	/// Most memory in bytes, the key included; `None` for no bound.
	pub memory: Option<u64>,
}

/// Proves an assignment.
///
/// Checks every equation first, and refuses before it starts if the estimate is above the memory bound. The proof is
/// blinded with random numbers of the operating system, so it shows nothing but its public inputs.
///
/// # Errors
/// An equation does not hold, the key is for another circuit, the bound is too low, or there are no random numbers.
pub fn prove(
	circuit: &Circuit,
	key: &ProvingKey<Bls12_381>,
	assignment: &Assignment,
	limits: &Limits,
	progress: Progress<'_>,
) -> Result<Proof, ProveError> {
	let mut blinding = [0u8; 128];
	getrandom::fill(&mut blinding).map_err(|error| ProveError::Randomness(error.to_string()))?;
	let [r, s] = [0, 64].map(|from| Fr::from_le_bytes_mod_order(blinding.get(from..from + 64).unwrap_or_default()));
	prove_blinded(circuit, key, assignment, limits, progress, [r, s])
}

/// [`prove`] with random numbers of the caller's.
pub fn prove_with(
	circuit: &Circuit,
	key: &ProvingKey<Bls12_381>,
	assignment: &Assignment,
	limits: &Limits,
	progress: Progress<'_>,
	random: &mut (impl RngCore + CryptoRng),
) -> Result<Proof, ProveError> {
	let blinding = [Fr::rand(random), Fr::rand(random)];
	prove_blinded(circuit, key, assignment, limits, progress, blinding)
}

fn prove_blinded(
	circuit: &Circuit,
	key: &ProvingKey<Bls12_381>,
	assignment: &Assignment,
	limits: &Limits,
	progress: Progress<'_>,
	[r, s]: [Fr; 2],
) -> Result<Proof, ProveError> {
	check_key(circuit, key)?;
	let needed = Estimate::of(circuit).memory;
	if let Some(allowed) = limits.memory.filter(|allowed| *allowed < needed) {
		return Err(ProveError::Memory { needed, allowed });
	}
	let mut stages = Stages { progress };
	stages.report("equations", 0, 1);
	circuit.check(assignment)?;
	stages.report("quotient", 0, 1);
	let values = assignment.values();
	let quotient = LibsnarkReduction::witness_map_from_matrices::<Fr, GeneralEvaluationDomain<Fr>>(
		circuit.rows(),
		INSTANCE_VARIABLES,
		circuit.constraints(),
		values,
	)
	.map_err(|_| ProveError::Domain { constraints: circuit.constraints() })?;
	stages.report("quotient", 1, 1);

	// A = alpha + sum of a_i z_i + r delta, B = beta + sum of b_i z_i + s delta,
	// C = sum of l_i z_i + sum of h_i q_i + s A + r B - r s delta.
	let quotient: G1Projective = stages.sum("quotient's points", &key.h_query, &quotient);
	let secret = values.get(INSTANCE_VARIABLES..).unwrap_or_default();
	let secret: G1Projective = stages.sum("secret variables", &key.l_query, secret);
	let a: G1Projective = stages.sum("first factors", &key.a_query, values);
	let a = a + key.vk.alpha_g1 + key.delta_g1 * r;
	let b_g1: G1Projective = stages.sum("second factors", &key.b_g1_query, values);
	let b_g1 = b_g1 + key.beta_g1 + key.delta_g1 * s;
	let b_g2: G2Projective = stages.sum("second factors in G2", &key.b_g2_query, values);
	let b_g2 = b_g2 + key.vk.beta_g2 + key.vk.delta_g2 * s;
	let c = secret + quotient + a * s + b_g1 * r - key.delta_g1 * (r * s);

	let points = Points::<Bls12_381> { a: a.into_affine(), b: b_g2.into_affine(), c: c.into_affine() };
	let mut bytes = [0; PROOF_BYTES];
	points
		.serialize_compressed(&mut bytes[..])
		.map_err(|_| ProveError::Domain { constraints: circuit.constraints() })?;
	let mut inputs = [[0; 32]; PUBLIC_INPUTS];
	for (input, value) in inputs.iter_mut().zip(values.iter().skip(1)) {
		*input = scalar(*value);
	}
	Ok(Proof { bytes, inputs })
}

/// That a key has the size of the circuit.
fn check_key(circuit: &Circuit, key: &ProvingKey<Bls12_381>) -> Result<(), ProveError> {
	let domain = Estimate::domain(circuit);
	let sizes = [
		("public inputs", INSTANCE_VARIABLES, key.vk.gamma_abc_g1.len()),
		("variables", circuit.variables(), key.a_query.len()),
		("variables", circuit.variables(), key.b_g1_query.len()),
		("variables", circuit.variables(), key.b_g2_query.len()),
		("secret variables", circuit.variables() - INSTANCE_VARIABLES, key.l_query.len()),
		("points of the quotient", domain - 1, key.h_query.len()),
	];
	for (what, expected, given) in sizes {
		if expected != given {
			return Err(ProveError::Key { what, expected, given });
		}
	}
	Ok(())
}

struct Stages<'a> {
	progress: Progress<'a>,
}

impl Stages<'_> {
	fn report(&mut self, stage: &'static str, done: usize, total: usize) {
		(self.progress)(Step { stage, done: done as u64, total: total.max(1) as u64 });
	}

	/// The sum of points times values. The quotient has one value more than its key has points; it is 0.
	fn sum<G>(&mut self, stage: &'static str, points: &[G], values: &[Fr]) -> G::Group
	where
		G: AffineRepr<ScalarField = Fr>,
		G::Group: VariableBaseMSM<MulBase = G>,
	{
		let mut sum = G::Group::default();
		for (block, (points, values)) in points.chunks(BLOCK).zip(values.chunks(BLOCK)).enumerate() {
			self.report(stage, block * BLOCK, points.len());
			let length = points.len().min(values.len());
			sum += G::Group::msm_unchecked(&points[..length], &values[..length]);
		}
		self.report(stage, points.len(), points.len());
		sum
	}
}
