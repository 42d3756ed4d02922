// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! SP1: its Groth16 proofs, as the SDK's `bytes()` gives them.
//!
//! | version | bytes |
//! |---|---|
//! | 5 | selector (4), proof (256) |
//! | 6.1 | selector (4), exit code (32), root of the recursion keys (32), nonce (32), proof (256) |
//!
//! The selector is the start of the key's SHA-256. The keys are those of the crates `sp1-verifier` 5.2.4 and 6.10.0
//! (MIT or Apache-2.0).

use aivm_verification::external::sp1::{public_inputs_v5, public_inputs_v6};
use aivm_verification::Scalar;
use ark_bn254::Fr;
use sp_crypto_hashing::sha2_256;

use super::{
	error::{ConvertError, Part},
	gnark,
	points::big_endian,
	Key, Proof,
};

/// Root of the recursion keys of version 6.1.
pub const KEY_ROOT_V6_1: [u8; 32] = [
	0x00, 0x2f, 0x85, 0x0e, 0xe9, 0x98, 0x97, 0x4d, 0x6c, 0xc0, 0x0e, 0x50, 0xcd, 0x08, 0x14, 0xb0, 0x98, 0xc0, 0x5b,
	0xfa, 0xde, 0x46, 0x6d, 0x28, 0x57, 0x32, 0x40, 0xd0, 0x57, 0xf2, 0x53, 0x52,
];

/// A version of SP1 with a Groth16 verifier of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
	/// 5.0.0: two public inputs.
	V5,
	/// 6.1.0: five public inputs.
	V6_1,
}

impl Version {
	/// The key as gnark writes it.
	fn bytes(self) -> &'static [u8] {
		match self {
			Self::V5 => include_bytes!("keys/sp1_v5.0.0.bin"),
			Self::V6_1 => include_bytes!("keys/sp1_v6.1.0.bin"),
		}
	}

	/// The key.
	///
	/// # Errors
	/// None: the keys are constants, and the tests read them.
	pub fn key(self) -> Result<Key, ConvertError> {
		gnark::key(self.bytes())
	}

	/// The first bytes of every proof of this version.
	pub fn selector(self) -> [u8; 4] {
		let [first, second, third, fourth, ..] = sha2_256(self.bytes());
		[first, second, third, fourth]
	}

	fn check(self, found: [u8; 4]) -> Result<(), ConvertError> {
		let expected = self.selector();
		if found != expected {
			return Err(ConvertError::Selector { found, expected });
		}
		Ok(())
	}
}

/// Converts a proof that a program, known by the hash of its key (`vk.bytes32()`), ended well and left these public
/// values.
///
/// # Errors
/// See [`ConvertError`]; among others the program failed, or the proof is of another release.
pub fn proof(
	bytes: &[u8],
	program: &[u8; 32],
	public_values: &[u8],
) -> Result<(Version, Proof, Vec<Scalar>), ConvertError> {
	const V5: usize = 4 + gnark::PROOF_BYTES;
	const V6: usize = V5 + 3 * 32;
	let wrong = ConvertError::Length { what: "Groth16 proof of SP1", found: bytes.len() };
	big_endian::<Fr>(Part::PublicInput(0), program)?;
	let (selector, rest) = bytes.split_first_chunk::<4>().ok_or(wrong.clone())?;
	match bytes.len() {
		V5 => {
			Version::V5.check(*selector)?;
			let inputs = public_inputs_v5(program, public_values);
			Ok((Version::V5, gnark::proof(rest)?, inputs.to_vec()))
		}
		V6 => {
			Version::V6_1.check(*selector)?;
			let (exit_code, rest) = rest.split_first_chunk::<32>().ok_or(wrong.clone())?;
			let (key_root, rest) = rest.split_first_chunk::<32>().ok_or(wrong.clone())?;
			let (nonce, rest) = rest.split_first_chunk::<32>().ok_or(wrong)?;
			if exit_code != &[0; 32] {
				return Err(ConvertError::ExitCode);
			}
			if key_root != &KEY_ROOT_V6_1 {
				return Err(ConvertError::KeyRoot { found: *key_root, expected: KEY_ROOT_V6_1 });
			}
			big_endian::<Fr>(Part::PublicInput(4), nonce)?;
			let inputs = public_inputs_v6(program, public_values, exit_code, key_root, nonce);
			Ok((Version::V6_1, gnark::proof(rest)?, inputs.to_vec()))
		}
		_ => Err(wrong),
	}
}
