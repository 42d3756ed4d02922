// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! SP1.
//!
//! A proof shows that a program, known by the hash of its verifying key, ran and left public values.

use sp_crypto_hashing::sha2_256;

use crate::field::Scalar;

/// Number of public inputs of version 5.
pub const INPUTS_V5: usize = 2;
/// Number of public inputs of version 6.
pub const INPUTS_V6: usize = 5;

/// The public values as one input: their SHA-256 as a big-endian number without its three highest bits.
pub fn public_values_field(public_values: &[u8]) -> Scalar {
	let mut hash = sha2_256(public_values);
	if let Some(first) = hash.first_mut() {
		*first &= 0x1f;
	}
	hash.reverse();
	hash
}

/// The public inputs of version 5: the hash of the program's key (a big-endian number) and the public values.
pub fn public_inputs_v5(program: &[u8; 32], public_values: &[u8]) -> [Scalar; INPUTS_V5] {
	[little_endian(program), public_values_field(public_values)]
}

/// The public inputs of version 6: those of version 5, the exit code, the root of the recursion keys and the nonce of the
/// proof, all of them big-endian numbers. A program that ended well has the exit code 0.
pub fn public_inputs_v6(
	program: &[u8; 32],
	public_values: &[u8],
	exit_code: &[u8; 32],
	key_root: &[u8; 32],
	nonce: &[u8; 32],
) -> [Scalar; INPUTS_V6] {
	let [program, public_values] = public_inputs_v5(program, public_values);
	[program, public_values, little_endian(exit_code), little_endian(key_root), little_endian(nonce)]
}

fn little_endian(number: &[u8; 32]) -> Scalar {
	let mut scalar = *number;
	scalar.reverse();
	scalar
}
