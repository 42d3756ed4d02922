// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The public inputs of the chain's own circuits.
//!
//! There are exactly [`PUBLIC_INPUTS`], in this order: the program (or the commitment to its weights), the commitment to
//! the input, the output (or its hash), and the statement.

use alloc::vec::Vec;
use ark_bls12_381::Fr;

use crate::{
	field::{field_of_hash, pack, scalar, Scalar, PACKED},
	poseidon::{hash, Domain},
	statement::Statement,
};

/// Number of public inputs of the chain's own circuits.
pub const PUBLIC_INPUTS: usize = 4;

/// The commitment to an input: the hash of the salt and the packed bytes. A public input has the salt 0; a private one has
/// a random salt, without which nobody can guess the input from the commitment.
///
/// The bytes of an input have the length that the program takes, so packing them loses nothing.
pub fn commit_input(salt: Fr, input: &[u8]) -> Scalar {
	salted(Domain::Input, salt, input)
}

/// The commitment to the weights of a program, in the order in which the program holds them.
pub fn weights_commitment(salt: Fr, weights: &[u8]) -> Scalar {
	salted(Domain::Weights, salt, weights)
}

/// The output as one field element: itself if it has at most 31 bytes, otherwise its hash. A program's output has a fixed
/// length.
pub fn output_field(output: &[u8]) -> Scalar {
	let packed = pack(output);
	scalar(if output.len() <= PACKED {
		packed.first().copied().unwrap_or_default()
	} else {
		hash(Domain::Output, &packed)
	})
}

/// The public inputs that prove the statement.
pub fn public_inputs(statement: &Statement) -> [Scalar; PUBLIC_INPUTS] {
	[statement.program, statement.input, statement.output, field_of_hash(&statement.hash())]
}

fn salted(domain: Domain, salt: Fr, bytes: &[u8]) -> Scalar {
	let elements: Vec<Fr> = core::iter::once(salt).chain(pack(bytes)).collect();
	scalar(hash(domain, &elements))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::field::scalar_of;

	#[test]
	fn commitments_should_depend_on_everything_that_they_hold() {
		let (zero, one) = (Fr::from(0), Fr::from(1));
		let commitments = [
			commit_input(zero, b"input"),
			commit_input(one, b"input"),
			commit_input(zero, b"other"),
			commit_input(zero, &[0; 31]),
			commit_input(zero, &[0; 32]),
			commit_input(zero, &[]),
			weights_commitment(zero, b"input"),
		];
		for (number, commitment) in commitments.iter().enumerate() {
			assert!(!commitments[..number].contains(commitment), "{number}");
			assert!(scalar_of::<Fr>(commitment).is_some());
		}
	}

	#[test]
	fn output_field_should_be_the_output_itself_when_it_fits() {
		assert_eq!(output_field(&[7, 8])[..3], [7, 8, 0]);
		assert_eq!(output_field(&[]), [0; 32]);
		assert_eq!(output_field(&[0xff; 31])[..31], [0xff; 31]);
		let long = output_field(&[1; 32]);
		assert_eq!(long, scalar(hash(Domain::Output, &pack(&[1; 32]))));
	}
}
