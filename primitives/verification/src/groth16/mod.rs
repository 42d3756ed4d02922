// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Groth16 proofs on BN254 and BLS12-381.
//!
//! A proof `(A, B, C)` for the public inputs `x` holds for a key if
//! `e(A, B) = e(alpha, beta) * e(L, gamma) * e(C, delta)` with `L = IC[0] + sum of x[i] * IC[i + 1]`.
//!
//! All points are sent compressed, as arkworks does: for BN254 little-endian with the sign of `y` in the highest bit, for
//! BLS12-381 as in its specification. A key is `alpha` (G1), `beta`, `gamma`, `delta` (G2), `IC[0]` to `IC[n]` (G1), one
//! after the other; its length says how many inputs it has. A proof is `A` (G1), `B` (G2), `C` (G1). Inputs are
//! [`Scalar`]s. No other bytes stand for the same key, proof or inputs.
//!
//! What is checked, always: lengths, canonical coordinates and inputs, that every point is on its curve, in its group of
//! prime order and not infinity, and of a key that its secrets do not give each other away (see [`KeyError`]).
//!
//! A valid proof can be changed into another one for the same inputs, by anybody. So never remember proofs to recognise
//! what was already proved: remember the inputs.

mod curves;
pub mod engine;
mod error;
mod key;
mod pairing;
mod portable;
mod sum;
#[cfg(test)]
mod tests;
mod verify;

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

pub use error::{KeyError, KeyPoint, ProofError, ProofPoint};
pub use key::prepare_key;
pub use portable::Portable;
pub use verify::{verify, verify_batch};

use crate::field::Scalar;

/// Most public inputs that a key may have.
pub const MAX_INPUTS: usize = 16;
/// Bytes of the longest key.
pub const MAX_KEY_LEN: usize = Curve::Bls12_381.key_len(MAX_INPUTS);
/// Bytes of the longest proof.
pub const MAX_PROOF_LEN: usize = Curve::Bls12_381.proof_len();
/// Bytes of the longest prepared key.
pub const MAX_PREPARED_LEN: usize = Curve::Bls12_381.prepared_len(MAX_INPUTS);
/// Most proofs that are verified together.
pub const MAX_BATCH: usize = 64;

/// A curve that Groth16 proofs are made on.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Curve {
	/// BN254, also called alt_bn128 and bn128: circom, snarkjs, RISC Zero and SP1. About 100 bits of security.
	#[codec(index = 0)]
	Bn254,
	/// BLS12-381: the chain's own circuits. About 128 bits of security.
	#[codec(index = 1)]
	Bls12_381,
}

impl Curve {
	/// Bytes of a compressed point of G1. A point of G2 has twice as many.
	pub const fn point_len(self) -> usize {
		match self {
			Self::Bn254 => 32,
			Self::Bls12_381 => 48,
		}
	}

	/// Bytes of a proof.
	pub const fn proof_len(self) -> usize {
		self.point_len().saturating_mul(4)
	}

	/// Bytes of a key with so many public inputs.
	pub const fn key_len(self, inputs: usize) -> usize {
		self.point_len().saturating_mul(inputs.saturating_add(8))
	}

	/// Number of public inputs of a key with so many bytes, or `None` if no key is that long.
	pub const fn inputs(self, key_len: usize) -> Option<usize> {
		match key_len.checked_rem(self.point_len()) {
			Some(0) => match key_len.checked_div(self.point_len()) {
				Some(points) => points.checked_sub(8),
				None => None,
			},
			_ => None,
		}
	}

	/// Bytes of a prepared key with so many public inputs.
	pub const fn prepared_len(self, inputs: usize) -> usize {
		// e(alpha, beta) is 12 coordinates, gamma and delta are 4 each, every IC is 2.
		self.point_len().saturating_mul(inputs.saturating_mul(2).saturating_add(22))
	}
}

/// A proof and the public inputs that it is for.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Claim {
	/// The compressed proof.
	pub proof: Vec<u8>,
	/// The public inputs.
	pub inputs: Vec<Scalar>,
}

/// Checks keys and verifies proofs. [`Portable`] does it wherever it runs; an implementation may only be faster.
pub trait Groth16 {
	/// Checks a key once and for all. The result is what [`Self::verify`] needs of it, and is only ever taken from here:
	/// nothing in it is checked again.
	///
	/// # Errors
	/// [`KeyError`].
	fn prepare_key(curve: Curve, key: &[u8]) -> Result<Vec<u8>, KeyError>;

	/// Verifies a proof with a key of [`Self::prepare_key`].
	///
	/// # Errors
	/// [`ProofError`].
	fn verify(curve: Curve, prepared: &[u8], proof: &[u8], inputs: &[Scalar]) -> Result<(), ProofError>;

	/// Verifies several proofs with the same key, in much less time than one by one, with the same results. Of more than
	/// [`MAX_BATCH`] the others are verified after the first ones.
	fn verify_batch(curve: Curve, prepared: &[u8], claims: &[Claim]) -> Vec<Result<(), ProofError>>;
}
