// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Keys, proofs and public inputs of other systems, in the form that the chain reads.
//!
//! | from | module |
//! |---|---|
//! | snarkjs and circom: JSON documents, BN254 and BLS12-381 | [`snarkjs`] |
//! | arkworks: `ark-groth16` keys and proofs, compressed or not | [`arkworks`] |
//! | gnark on BN254: a key of `WriteTo`, a proof of `WriteRawTo` without commitments | [`gnark`] |
//! | RISC Zero: Groth16 seals | [`risc0`] |
//! | SP1: Groth16 proofs of versions 5 and 6.1 | [`sp1`] |
//!
//! All of them check what they read: sizes, that numbers are canonical, that points are on their curve, in the group of
//! prime order and not infinity. Whether a key is safe to use ([`Key::check`]) is a question that the chain asks again
//! when the key is registered.

pub mod arkworks;
mod error;
pub mod gnark;
mod points;
pub mod risc0;
pub mod snarkjs;
pub mod sp1;

#[cfg(test)]
mod tests;

use aivm_verification::{groth16::Groth16 as _, Claim, Curve, KeyError, Portable, ProofError};

pub use aivm_verification::Scalar;
pub use error::{ConvertError, Part};

/// A verifying key in the form that the chain reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
	/// The curve.
	pub curve: Curve,
	/// alpha, beta, gamma, delta, and one point for the constant 1 and each public input, compressed.
	pub bytes: Vec<u8>,
}

impl Key {
	/// Number of public inputs.
	pub fn inputs(&self) -> usize {
		self.curve.inputs(self.bytes.len()).unwrap_or_default()
	}

	/// Checks the key as the chain does when it is registered.
	///
	/// # Errors
	/// Why the chain would refuse it.
	pub fn check(&self) -> Result<(), KeyError> {
		Portable::prepare_key(self.curve, &self.bytes).map(|_| ())
	}

	/// Checks the key and verifies a proof, as the chain does.
	///
	/// # Errors
	/// The key, or the proof, would be refused.
	pub fn verify(&self, proof: &Proof, inputs: &[Scalar]) -> Result<(), VerifyError> {
		let prepared = Portable::prepare_key(self.curve, &self.bytes).map_err(VerifyError::Key)?;
		Portable::verify(self.curve, &prepared, &proof.bytes, inputs).map_err(VerifyError::Proof)
	}
}

/// A proof in the form that the chain reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
	/// The curve.
	pub curve: Curve,
	/// A, B and C, compressed.
	pub bytes: Vec<u8>,
}

impl Proof {
	/// The proof with the public inputs that it is for.
	pub fn claim(self, inputs: Vec<Scalar>) -> Claim {
		Claim { proof: self.bytes, inputs }
	}
}

/// Why a proof does not verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
	/// The key is refused.
	#[error("the key is refused: {0}")]
	Key(KeyError),
	/// The proof is refused.
	#[error("the proof is refused: {0}")]
	Proof(ProofError),
}
