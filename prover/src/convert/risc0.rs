// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! RISC Zero: Groth16 seals of its receipts.
//!
//! A seal is a selector (4 bytes), which names the version of the verifier, and an uncompressed proof in the order of
//! EIP-197. The key is the same in the releases up to 5.0; they differ in the control root. Key and control identity
//! are those of the crate `risc0-groth16` 3.0.5 and of the contracts in `risc0/risc0-ethereum` (both Apache-2.0).

use aivm_verification::external::risc0::{claim_digest, public_inputs, Version};
use aivm_verification::Scalar;
use ark_ff::{BigInteger, PrimeField};
use sp_crypto_hashing::sha2_256;

use super::{
	error::ConvertError,
	gnark,
	points::{Bn254, KeyPoints},
	snarkjs, Key, Proof,
};

/// Bytes of a seal.
pub const SEAL_BYTES: usize = 4 + gnark::PROOF_BYTES;

const KEY: &[u8] = include_bytes!("keys/risc0.json");

/// Control identity of the circuit that the Groth16 proof wraps, in all releases so far.
const CONTROL_ID: [u8; 32] = [
	0x04, 0x44, 0x6e, 0x66, 0xd3, 0x00, 0xeb, 0x7f, 0xb4, 0x5c, 0x97, 0x26, 0xbb, 0x53, 0xc7, 0x93, 0xdd, 0xa4, 0x07,
	0xa6, 0x2e, 0x96, 0x01, 0x61, 0x8b, 0xb4, 0x3c, 0x5c, 0x14, 0x65, 0x7a, 0xc0,
];

/// Version 5.0 of the receipts (selector `c27d1bc0`).
pub const V5_0: Version = Version {
	control_root: [
		0xb1, 0xf6, 0x40, 0x13, 0xf7, 0x0b, 0xbb, 0x38, 0x6a, 0x8b, 0x3a, 0x3d, 0x63, 0x55, 0x2c, 0x5c, 0xb5, 0xea,
		0x4a, 0x54, 0x9e, 0xc7, 0xfb, 0x1e, 0xcc, 0x2a, 0x03, 0x1d, 0xbf, 0x48, 0x81, 0x67,
	],
	control_id: CONTROL_ID,
};

/// The key of RISC Zero's Groth16 verifier, with five public inputs.
///
/// # Errors
/// None: the key is a constant, and the tests read it.
pub fn key() -> Result<Key, ConvertError> {
	snarkjs::key(KEY)
}

/// The selector of a version: the start of a hash of its control root, its control identity and the key.
///
/// # Errors
/// None: as for [`key`].
pub fn selector(version: &Version) -> Result<[u8; 4], ConvertError> {
	let mut control_id = version.control_id;
	control_id.reverse();
	let digests = [version.control_root, control_id, key_digest(&snarkjs::bn254_key(KEY)?)];
	let info = structure("risc0.Groth16ReceiptVerifierParameters", &digests);
	let [first, second, third, fourth, ..] = info;
	Ok([first, second, third, fourth])
}

/// Converts a seal: its selector and the proof.
///
/// # Errors
/// See [`ConvertError`].
pub fn seal(bytes: &[u8]) -> Result<([u8; 4], Proof), ConvertError> {
	match bytes.split_first_chunk() {
		Some((selector, proof)) if bytes.len() == SEAL_BYTES => Ok((*selector, gnark::proof(proof)?)),
		_ => Err(ConvertError::Length { what: "Groth16 seal of RISC Zero", found: bytes.len() }),
	}
}

/// Converts the receipt of a run that ended well: the proof and its public inputs, which follow from the version, the
/// image (the program's identity) and the journal.
///
/// # Errors
/// See [`ConvertError`]; among others the seal's selector is not that of the version.
pub fn receipt(
	version: &Version,
	bytes: &[u8],
	image: &[u8; 32],
	journal: &[u8],
) -> Result<(Proof, Vec<Scalar>), ConvertError> {
	let (found, proof) = seal(bytes)?;
	let expected = selector(version)?;
	if found != expected {
		return Err(ConvertError::Selector { found, expected });
	}
	Ok((proof, public_inputs(version, &claim_digest(image, journal)).to_vec()))
}

/// SHA-256 of a structure: the hash of its tag, the digests that it holds, and their number.
fn structure(tag: &str, digests: &[[u8; 32]]) -> [u8; 32] {
	let count = digests.len() as u16;
	sha2_256(&[&sha2_256(tag.as_bytes()), digests.concat().as_slice(), &count.to_le_bytes()].concat())
}

/// The digest of a key as RISC Zero computes it.
fn key_digest(key: &KeyPoints<Bn254>) -> [u8; 32] {
	let hash = |numbers: &[ark_bn254::Fq]| {
		let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.into_bigint().to_bytes_be()).collect();
		sha2_256(&bytes)
	};
	let [beta, gamma, delta] =
		key.second.each_ref().map(|point| hash(&[point.x.c1, point.x.c0, point.y.c1, point.y.c0]));
	// A list is a chain of pairs, from its end.
	let inputs =
		key.inputs.iter().rev().fold([0; 32], |rest, point| {
			structure("risc0_groth16.VerifyingKey.IC", &[hash(&[point.x, point.y]), rest])
		});
	structure("risc0_groth16.VerifyingKey", &[hash(&[key.alpha.x, key.alpha.y]), beta, gamma, delta, inputs])
}
