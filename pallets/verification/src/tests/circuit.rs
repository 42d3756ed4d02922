// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A small circuit, set up and proved by ark-groth16: who proves it knows the squares of the public inputs.

use aivm_verification::{scalar_of, Scalar};
use ark_ec::pairing::Pairing;
use ark_ff::{BigInt, PrimeField};
use ark_groth16::{r1cs_to_qap::LibsnarkReduction, Groth16, Proof, ProvingKey};
use ark_relations::{
	gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError},
	lc,
};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use ark_std::rand::{rngs::StdRng, SeedableRng};

struct Squares<F> {
	inputs: Vec<F>,
}

impl<F: PrimeField> ConstraintSynthesizer<F> for Squares<F> {
	fn generate_constraints(self, cs: ConstraintSystemRef<F>) -> Result<(), SynthesisError> {
		for input in self.inputs {
			let public = cs.new_input_variable(|| Ok(input))?;
			let square = cs.new_witness_variable(|| Ok(input * input))?;
			cs.enforce_r1cs_constraint(|| lc!() + public, || lc!() + public, || lc!() + square)?;
		}
		Ok(())
	}
}

/// The circuit for some number of public inputs, set up.
pub struct Circuit<E: Pairing> {
	key: ProvingKey<E>,
}

impl<E: Pairing<ScalarField: PrimeField<BigInt = BigInt<4>>>> Circuit<E> {
	/// Sets the circuit up. Another seed gives another key.
	pub fn new(inputs: usize, seed: u64) -> Self {
		let circuit = Squares { inputs: vec![E::ScalarField::from(1u64); inputs] };
		let mut rng = StdRng::seed_from_u64(seed);
		let key =
			Groth16::<E, LibsnarkReduction>::generate_random_parameters_with_reduction(circuit, &mut rng).unwrap();
		Self { key }
	}

	/// The verifying key in its wire form.
	pub fn wire_key(&self) -> Vec<u8> {
		let key = &self.key.vk;
		let mut bytes = vec![];
		key.alpha_g1.serialize_compressed(&mut bytes).unwrap();
		for point in [key.beta_g2, key.gamma_g2, key.delta_g2] {
			point.serialize_compressed(&mut bytes).unwrap();
		}
		for point in &key.gamma_abc_g1 {
			point.serialize_compressed(&mut bytes).unwrap();
		}
		bytes
	}

	/// A proof for these public inputs.
	pub fn prove(&self, inputs: &[Scalar]) -> Vec<u8> {
		let circuit = Squares { inputs: inputs.iter().map(|input| scalar_of(input).unwrap()).collect() };
		let mut rng = StdRng::seed_from_u64(7);
		let proof =
			Groth16::<E, LibsnarkReduction>::create_random_proof_with_reduction(circuit, &self.key, &mut rng).unwrap();
		wire(&proof)
	}

	/// Another proof of the same, made from `proof` without knowing what it proves.
	pub fn rerandomise(&self, proof: &[u8]) -> Vec<u8> {
		let proof = Proof::<E>::deserialize_compressed(proof).unwrap();
		let mut rng = StdRng::seed_from_u64(8);
		wire(&Groth16::<E, LibsnarkReduction>::rerandomize_proof(&self.key.vk, &proof, &mut rng))
	}
}

fn wire<E: Pairing>(proof: &Proof<E>) -> Vec<u8> {
	let mut bytes = vec![];
	proof.a.serialize_compressed(&mut bytes).unwrap();
	proof.b.serialize_compressed(&mut bytes).unwrap();
	proof.c.serialize_compressed(&mut bytes).unwrap();
	bytes
}
