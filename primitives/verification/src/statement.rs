// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The statement: what all evidence of a run binds to.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_crypto_hashing::blake2_256;

use crate::field::Scalar;

/// The first bytes of what is hashed. A new meaning has a new number.
pub const STATEMENT_DOMAIN: &[u8] = b"aivm/statement/1";

/// That a provider ran a program on an input for a task of a chain, and what came out. Evidence holds its hash, so it is
/// worth nothing for another task, by another provider or on another chain.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Statement {
	/// Hash of the chain's first block.
	pub genesis: [u8; 32],
	/// Number of the task.
	pub task: u64,
	/// What ran. For a proof its first public input: [`crate::field_of_hash`] of the program's hash if the weights are
	/// public, otherwise [`crate::weights_commitment`].
	pub program: Scalar,
	/// Commitment to the input: [`crate::commit_input`].
	pub input: Scalar,
	/// The output: [`crate::output_field`].
	pub output: Scalar,
	/// Public key of the account that ran it.
	pub provider: [u8; 32],
	/// Version of the kind of evidence.
	pub kind: u8,
}

impl Statement {
	/// BLAKE2b-256 of [`STATEMENT_DOMAIN`] and the SCALE encoding, whose fields all have fixed lengths.
	pub fn hash(&self) -> [u8; 32] {
		let mut bytes = Vec::from(STATEMENT_DOMAIN);
		self.encode_to(&mut bytes);
		blake2_256(&bytes)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn statement() -> Statement {
		Statement {
			genesis: [1; 32],
			task: 2,
			program: [3; 32],
			input: [4; 32],
			output: [5; 32],
			provider: [6; 32],
			kind: 7,
		}
	}

	#[test]
	fn hash_should_depend_on_every_field() {
		let same = statement().hash();
		let changes: [fn(&mut Statement); 7] = [
			|statement| statement.genesis[31] ^= 1,
			|statement| statement.task += 1,
			|statement| statement.program[0] ^= 1,
			|statement| statement.input[0] ^= 1,
			|statement| statement.output[0] ^= 1,
			|statement| statement.provider[0] ^= 1,
			|statement| statement.kind += 1,
		];
		for change in changes {
			let mut other = statement();
			change(&mut other);
			assert_ne!(other.hash(), same);
		}
	}

	#[test]
	fn hash_should_be_over_the_domain_and_the_fields_in_order() {
		let mut bytes = b"aivm/statement/1".to_vec();
		bytes.extend([1; 32]);
		bytes.extend(2u64.to_le_bytes());
		bytes.extend([3; 32]);
		bytes.extend([4; 32]);
		bytes.extend([5; 32]);
		bytes.extend([6; 32]);
		bytes.push(7);
		assert_eq!(statement().hash(), blake2_256(&bytes));
	}
}
