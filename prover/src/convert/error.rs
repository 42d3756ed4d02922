// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Why a foreign key or proof cannot be converted.

use std::fmt;

/// A part of a key, a proof or its public inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
	/// alpha in the first group.
	Alpha,
	/// beta in the second group.
	Beta,
	/// gamma in the second group.
	Gamma,
	/// delta in the second group.
	Delta,
	/// The point of the constant 1 (0) or of a public input (from 1).
	Input(usize),
	/// A of a proof.
	A,
	/// B of a proof.
	B,
	/// C of a proof.
	C,
	/// A public input itself, from 0.
	PublicInput(usize),
}

impl fmt::Display for Part {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Alpha => formatter.write_str("alpha"),
			Self::Beta => formatter.write_str("beta"),
			Self::Gamma => formatter.write_str("gamma"),
			Self::Delta => formatter.write_str("delta"),
			Self::Input(number) => write!(formatter, "IC[{number}]"),
			Self::A => formatter.write_str("A"),
			Self::B => formatter.write_str("B"),
			Self::C => formatter.write_str("C"),
			Self::PublicInput(number) => write!(formatter, "public input {number}"),
		}
	}
}

/// Why a foreign key, proof or list of public inputs was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
	/// More bytes than any key or proof has.
	#[error("{found} bytes are too many: the limit is {limit}")]
	TooLarge {
		/// Bytes that were given.
		found: usize,
		/// The limit.
		limit: usize,
	},
	/// The number of bytes fits nothing of this kind.
	#[error("{found} bytes are no {what}")]
	Length {
		/// What was expected.
		what: &'static str,
		/// Bytes that were given.
		found: usize,
	},
	/// Not the JSON document that was expected.
	#[error("this is no {what} of snarkjs: {reason}")]
	Json {
		/// What was expected.
		what: &'static str,
		/// What is wrong.
		reason: String,
	},
	/// The document is for another proof system.
	#[error("the protocol is {found:?}, and only \"groth16\" is supported")]
	Protocol {
		/// The protocol that it names.
		found: String,
	},
	/// The document is for another curve.
	#[error("the curve is {found:?}; \"bn128\" (BN254) and \"bls12381\" are supported")]
	Curve {
		/// The curve that it names.
		found: String,
	},
	/// The key says another number of public inputs than it has points for.
	#[error("the key names {named} public inputs and has points for {found}")]
	InputCount {
		/// The number that it names.
		named: usize,
		/// Points, without that of the constant 1.
		found: usize,
	},
	/// More public inputs than the chain accepts.
	#[error("{found} public inputs are too many: the chain accepts {limit}; hash some of them in the circuit")]
	TooManyInputs {
		/// Inputs that were given.
		found: usize,
		/// The limit.
		limit: usize,
	},
	/// A number is not plain decimal.
	#[error("{0} has a number that is not plain decimal (digits only, no leading zero)")]
	NotDecimal(Part),
	/// A number is not below the modulus of its field.
	#[error("{0} has a number that is not below the modulus of its field")]
	NotCanonical(Part),
	/// The last coordinate of a projective point is not 1.
	#[error("{0} is not affine: its last coordinate is not 1; export it again with snarkjs")]
	NotAffine(Part),
	/// The point at infinity.
	#[error("{0} is the point at infinity")]
	Infinity(Part),
	/// A point that does not satisfy the equation of its curve.
	#[error("{0} is not on the curve")]
	NotOnCurve(Part),
	/// A point outside the group of prime order.
	#[error("{0} is not in the prime-order subgroup")]
	NotInSubgroup(Part),
	/// The flags of a compressed point mean nothing.
	#[error("{0} has flags that no compressed point has")]
	Flags(Part),
	/// The key or the proof has commitments, which plain Groth16 does not know.
	#[error("it has commitments (gnark's extension of Groth16), which the chain does not verify")]
	Commitments,
	/// The first four bytes name another verifier.
	#[error("the selector is {}, and this version has {}", hex::encode(found), hex::encode(expected))]
	Selector {
		/// The selector that was found.
		found: [u8; 4],
		/// The one of the version.
		expected: [u8; 4],
	},
	/// The program ended with an error.
	#[error("the proof shows that the program failed (its exit code is not 0)")]
	ExitCode,
	/// The proof was made with another set of recursion keys.
	#[error(
		"the root of the recursion keys is {}, and this version has {}",
		hex::encode(found),
		hex::encode(expected)
	)]
	KeyRoot {
		/// The root that was found.
		found: [u8; 32],
		/// The one of the version.
		expected: [u8; 32],
	},
}
