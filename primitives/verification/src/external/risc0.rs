// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! RISC Zero.
//!
//! A receipt proves a claim: that a program (its image) ran to an end and left a journal. Its Groth16 proof has five public
//! inputs: the two halves of the control root, the two halves of the claim's digest, and the control identity of the
//! circuit that the proof wraps.

use alloc::vec::Vec;
use sp_crypto_hashing::sha2_256;

use crate::field::Scalar;

/// Number of public inputs.
pub const INPUTS: usize = 5;

/// A version of the proof system: what a verifier has to know beside the key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Version {
	/// Root of the control identities of the recursion circuits.
	pub control_root: [u8; 32],
	/// Control identity of the circuit that the Groth16 proof wraps, as a big-endian number.
	pub control_id: [u8; 32],
}

/// The digest of the claim that an image ran to its end, successfully and without assumptions, and left this journal.
pub fn claim_digest(image: &[u8; 32], journal: &[u8]) -> [u8; 32] {
	let zero = [0; 32];
	let output = tagged("risc0.Output", &[sha2_256(journal), zero], &[]);
	let post = tagged("risc0.SystemState", &[zero], &[0]);
	// The exit code is halted (0) with the user's exit code 0.
	tagged("risc0.ReceiptClaim", &[zero, *image, post, output], &[0, 0])
}

/// The public inputs of the proof of a claim.
pub fn public_inputs(version: &Version, claim: &[u8; 32]) -> [Scalar; INPUTS] {
	let [root_low, root_high] = halves(&version.control_root);
	let [claim_low, claim_high] = halves(claim);
	let mut control_id = version.control_id;
	control_id.reverse();
	[root_low, root_high, claim_low, claim_high, control_id]
}

/// A digest as two numbers of 128 bits: its first 16 bytes, then the others, each little-endian.
fn halves(digest: &[u8; 32]) -> [Scalar; 2] {
	let (low, high) = digest.split_at(16);
	[low, high].map(|half| {
		let mut scalar = [0; 32];
		for (to, from) in scalar.iter_mut().zip(half) {
			*to = *from;
		}
		scalar
	})
}

/// SHA-256 of a structure: its tag's hash, the digests it holds, its numbers, and how many digests there are.
fn tagged(tag: &str, digests: &[[u8; 32]], numbers: &[u32]) -> [u8; 32] {
	let mut bytes = Vec::from(sha2_256(tag.as_bytes()));
	bytes.extend(digests.iter().flatten());
	bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
	let count = u16::try_from(digests.len()).unwrap_or(u16::MAX);
	bytes.extend(count.to_le_bytes());
	sha2_256(&bytes)
}
