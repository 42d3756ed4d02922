// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The circuit with keys, inputs and proofs as the chain takes them.

use crate::{proof_bytes, random, Oracle};
use aivm_verification::{scalar_of, Scalar};
use ark_groth16::Proof;
use ark_serialize::CanonicalDeserialize;

/// The circuit for some number of public inputs, set up.
pub struct Circuit<E: Oracle>(crate::Circuit<E>);

impl<E: Oracle> Circuit<E> {
	/// Sets the circuit up. Another seed gives another key.
	pub fn new(inputs: usize, seed: u64) -> Self {
		Self(crate::Circuit::new(inputs, &mut random(seed)))
	}

	/// The verifying key in its wire form.
	pub fn wire_key(&self) -> Vec<u8> {
		self.0.key.clone()
	}

	/// A proof for these public inputs.
	pub fn prove(&self, inputs: &[Scalar]) -> Vec<u8> {
		let inputs: Vec<_> = inputs.iter().map(|input| scalar_of(input).unwrap()).collect();
		wire(&E::prove(&self.0.parameters, &inputs, &mut random(7)))
	}

	/// Another proof of the same, made from `proof` without knowing what it proves.
	pub fn rerandomise(&self, proof: &[u8]) -> Vec<u8> {
		let proof = Proof::<E>::deserialize_compressed(proof).unwrap();
		wire(&E::rerandomise(&self.0.parameters.vk, &proof, &mut random(8)))
	}
}

fn wire<E: Oracle>(proof: &Proof<E>) -> Vec<u8> {
	proof_bytes::<E>(proof.a, proof.b, proof.c)
}
