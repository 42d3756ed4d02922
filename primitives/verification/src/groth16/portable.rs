// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The verifier that runs wherever its code runs.

use alloc::vec::Vec;

use super::{
	curves::{Bls12_381, Bn254},
	error::{KeyError, ProofError},
	prepare_key, verify, verify_batch, Claim, Curve, Groth16,
};
use crate::field::Scalar;

/// [`Groth16`] in portable code: what the host functions run natively, and what they may be compared with in WASM.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Portable;

impl Groth16 for Portable {
	fn prepare_key(curve: Curve, key: &[u8]) -> Result<Vec<u8>, KeyError> {
		match curve {
			Curve::Bn254 => prepare_key::<Bn254>(key),
			Curve::Bls12_381 => prepare_key::<Bls12_381>(key),
		}
	}

	fn verify(curve: Curve, prepared: &[u8], proof: &[u8], inputs: &[Scalar]) -> Result<(), ProofError> {
		match curve {
			Curve::Bn254 => verify::<Bn254>(prepared, proof, inputs),
			Curve::Bls12_381 => verify::<Bls12_381>(prepared, proof, inputs),
		}
	}

	fn verify_batch(curve: Curve, prepared: &[u8], claims: &[Claim]) -> Vec<Result<(), ProofError>> {
		match curve {
			Curve::Bn254 => verify_batch::<Bn254>(prepared, claims),
			Curve::Bls12_381 => verify_batch::<Bls12_381>(prepared, claims),
		}
	}
}
