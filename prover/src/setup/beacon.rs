// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Public randomness that closes a ceremony: the hash of a block that nobody could foresee when the last contribution
//! was made.

use ark_bls12_381::Fr;

use super::{
	error::SetupError,
	hash::{self, Digest, Stream},
};

/// Fewest iterations of the hash, as a logarithm.
pub const MIN_ITERATIONS: u8 = 10;
/// Most iterations of the hash, as a logarithm: minutes, which everybody who checks the transcript spends too.
pub const MAX_ITERATIONS: u8 = 30;

/// A block whose hash is the randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beacon {
	/// Hash of the chain's first block.
	pub genesis: Digest,
	/// Number of the block; the organiser of the ceremony announces it before it exists.
	pub block: u32,
	/// Hash of the block, once it is final.
	pub hash: Digest,
	/// Logarithm of the number of times that the hash is iterated, [`MIN_ITERATIONS`] to [`MAX_ITERATIONS`]: it slows
	/// down block authors who would try several blocks.
	pub iterations: u8,
}

impl Beacon {
	/// Refuses impossible numbers of iterations.
	///
	/// # Errors
	/// [`SetupError::TooLarge`] or [`SetupError::Format`].
	pub fn check(&self) -> Result<(), SetupError> {
		if self.iterations < MIN_ITERATIONS {
			return Err(SetupError::Format {
				what: "beacon",
				reason: format!("it needs 2^{MIN_ITERATIONS} iterations or more"),
			});
		}
		if self.iterations > MAX_ITERATIONS {
			return Err(SetupError::TooLarge {
				what: "logarithm of the beacon's iterations",
				found: self.iterations.into(),
				limit: MAX_ITERATIONS.into(),
			});
		}
		Ok(())
	}

	/// The bytes that the transcript hashes.
	pub(crate) fn encode(&self) -> Vec<u8> {
		let mut bytes = vec![1];
		bytes.extend_from_slice(&self.genesis);
		bytes.extend_from_slice(&self.block.to_le_bytes());
		bytes.extend_from_slice(&self.hash);
		bytes.push(self.iterations);
		bytes
	}

	/// The secret that everybody can compute, after a transcript with the hash `before`: BLAKE2b-256 of both, iterated.
	pub(crate) fn secret(&self, before: &Digest) -> Fr {
		let mut state = Stream::new(b"aivm/setup/beacon/1").add(before).add(&self.encode()).digest();
		let mut params = blake2b_simd::Params::new();
		params.hash_length(32);
		for _ in 0..1_u64 << self.iterations.min(MAX_ITERATIONS) {
			let next = params.hash(&state);
			state.copy_from_slice(next.as_bytes());
		}
		hash::scalar(b"aivm/setup/beacon/secret/1", &state)
	}
}
