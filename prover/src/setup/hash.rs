// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Hashes of the set-up: BLAKE2b with a domain, and hashing to the second group.

use ark_bls12_381::{g2, Fr, G2Affine, G2Projective};
use ark_ec::hashing::{curve_maps::wb::WBMap, map_to_curve_hasher::MapToCurveBasedHasher, HashToCurve};
use ark_ff::{field_hashers::DefaultFieldHasher, PrimeField};
use blake2b_simd::{Params, State};
use sha2::Sha256;

use super::error::SetupError;

/// A digest: 32 bytes of BLAKE2b.
pub type Digest = [u8; 32];

/// Tag of the hash to the second group, as RFC 9380 wants it.
const TO_CURVE: &[u8] = b"AIVM-SETUP-V01-with-BLS12381G2_XMD:SHA-256_SSWU_RO_";

/// BLAKE2b-256 over a domain and parts. Parts of variable length carry their length before them: the caller sees to it.
pub struct Stream(State);

impl Stream {
	/// Starts with the domain, after its length as one byte.
	pub fn new(domain: &[u8]) -> Self {
		let mut state = Params::new().hash_length(32).to_state();
		state.update(&[domain.len() as u8]).update(domain);
		Self(state)
	}

	/// Takes more bytes.
	pub fn update(&mut self, bytes: &[u8]) {
		self.0.update(bytes);
	}

	/// Takes more bytes.
	pub fn add(mut self, bytes: &[u8]) -> Self {
		self.update(bytes);
		self
	}

	/// The digest of everything so far.
	pub fn digest(&self) -> Digest {
		digest_of(self.0.finalize().as_bytes())
	}
}

fn digest_of(bytes: &[u8]) -> Digest {
	let mut digest = [0; 32];
	for (to, from) in digest.iter_mut().zip(bytes) {
		*to = *from;
	}
	digest
}

/// A scalar from a domain and secret or public bytes: 64 bytes of BLAKE2b modulo the group's order, so its bias is
/// negligible.
pub fn scalar(domain: &[u8], bytes: &[u8]) -> Fr {
	let mut state = Params::new().hash_length(64).to_state();
	state.update(&[domain.len() as u8]).update(domain).update(bytes);
	Fr::from_le_bytes_mod_order(state.finalize().as_bytes())
}

/// A point of the second group whose logarithm nobody knows, by RFC 9380 (BLS12381G2_XMD:SHA-256_SSWU_RO_).
///
/// # Errors
/// None in practice: the map is defined for every message.
pub fn to_g2(message: &[u8]) -> Result<G2Affine, SetupError> {
	type Hasher = MapToCurveBasedHasher<G2Projective, DefaultFieldHasher<Sha256, 128>, WBMap<g2::Config>>;
	let refused = |error: ark_ec::hashing::HashToCurveError| SetupError::Format {
		what: "message for the hash to the curve",
		reason: error.to_string(),
	};
	Hasher::new(TO_CURVE).map_err(refused)?.hash(message).map_err(refused)
}
