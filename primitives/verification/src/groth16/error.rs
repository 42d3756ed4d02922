// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Why a key or a proof is refused, and what to do about it.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

use super::MAX_INPUTS;

/// A point of a key.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyPoint {
	/// alpha, in G1.
	#[codec(index = 0)]
	Alpha,
	/// beta, in G2.
	#[codec(index = 1)]
	Beta,
	/// gamma, in G2.
	#[codec(index = 2)]
	Gamma,
	/// delta, in G2.
	#[codec(index = 3)]
	Delta,
	/// The point in G1 that the input with the number before it is multiplied with; IC[0] stands alone.
	#[codec(index = 4)]
	Ic(u8),
	/// The generator of G2.
	#[codec(index = 5)]
	Generator,
}

impl fmt::Display for KeyPoint {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Alpha => formatter.write_str("alpha"),
			Self::Beta => formatter.write_str("beta"),
			Self::Gamma => formatter.write_str("gamma"),
			Self::Delta => formatter.write_str("delta"),
			Self::Ic(number) => write!(formatter, "IC[{number}]"),
			Self::Generator => formatter.write_str("the generator of G2"),
		}
	}
}

/// Why bytes are not an acceptable key.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyError {
	/// No key of this curve has so many bytes.
	#[codec(index = 0)]
	Length {
		/// Bytes given.
		given: u32,
	},
	/// The key has more public inputs than [`MAX_INPUTS`].
	#[codec(index = 1)]
	TooManyInputs {
		/// Inputs of the key.
		given: u32,
	},
	/// The bytes of a point are not canonical, or there is no such point on the curve.
	#[codec(index = 2)]
	Encoding {
		/// The point.
		point: KeyPoint,
	},
	/// A point is on the curve but outside the group of prime order.
	#[codec(index = 3)]
	Subgroup {
		/// The point.
		point: KeyPoint,
	},
	/// A point is infinity. An input with such an IC is not bound: any value passes.
	#[codec(index = 4)]
	Infinity {
		/// The point.
		point: KeyPoint,
	},
	/// Two points are the same, or opposite, so that whoever sees the key can forge proofs. If they are gamma and delta, or
	/// delta and the generator, nobody contributed to the second phase of the set-up.
	#[codec(index = 5)]
	Related {
		/// The one point.
		first: KeyPoint,
		/// The other point.
		second: KeyPoint,
	},
}

impl fmt::Display for KeyError {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Length { given } => write!(
				formatter,
				"{given} bytes are no verifying key of this curve; give the compressed points alpha, beta, gamma, delta, \
				 IC[0] to IC[n], or check the curve"
			),
			Self::TooManyInputs { given } => write!(
				formatter,
				"the key has {given} public inputs where {MAX_INPUTS} are allowed; hash inputs together inside the circuit"
			),
			Self::Encoding { point } => write!(
				formatter,
				"{point} is no canonical compressed point of this curve; check the curve and convert the key again"
			),
			Self::Subgroup { point } => {
				write!(formatter, "{point} is outside the group of prime order; get the key from who made it")
			}
			Self::Infinity { point } => {
				write!(formatter, "{point} is infinity; use each public input in a constraint and run the set-up again")
			}
			Self::Related { first, second } => write!(
				formatter,
				"{first} and {second} are equal or opposite, so anybody can forge proofs; contribute to the second phase of \
				 the set-up and export the key again"
			),
		}
	}
}

impl core::error::Error for KeyError {}

/// A point of a proof.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofPoint {
	/// A, in G1.
	#[codec(index = 0)]
	A,
	/// B, in G2.
	#[codec(index = 1)]
	B,
	/// C, in G1.
	#[codec(index = 2)]
	C,
}

impl fmt::Display for ProofPoint {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		formatter.write_str(match self {
			Self::A => "A",
			Self::B => "B",
			Self::C => "C",
		})
	}
}

/// Why a proof does not prove its inputs. Checks run in the order of the variants; the first that fails is told.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofError {
	/// The prepared key is not one of this curve.
	#[codec(index = 0)]
	Key,
	/// The proof has the wrong length.
	#[codec(index = 1)]
	Length {
		/// Bytes of a proof of this curve.
		expected: u32,
		/// Bytes given.
		given: u32,
	},
	/// There are more or fewer public inputs than the key has.
	#[codec(index = 2)]
	InputCount {
		/// Inputs of the key.
		expected: u32,
		/// Inputs given.
		given: u32,
	},
	/// A public input is not below the order of the group.
	#[codec(index = 3)]
	Input {
		/// Number of the input, from 0.
		number: u8,
	},
	/// The bytes of a point are not canonical, or there is no such point on the curve.
	#[codec(index = 4)]
	Encoding {
		/// The point.
		point: ProofPoint,
	},
	/// A point is infinity.
	#[codec(index = 5)]
	Infinity {
		/// The point.
		point: ProofPoint,
	},
	/// A point is on the curve but outside the group of prime order.
	#[codec(index = 6)]
	Subgroup {
		/// The point.
		point: ProofPoint,
	},
	/// Everything is well-formed, but the equation does not hold.
	#[codec(index = 7)]
	Equation,
}

impl fmt::Display for ProofError {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Key => formatter.write_str("the prepared key is not one of this curve; prepare the key again"),
			Self::Length { expected, given } => write!(
				formatter,
				"the proof has {given} bytes where {expected} are expected; give the compressed points A, B, C of this curve"
			),
			Self::InputCount { expected, given } => {
				write!(formatter, "there are {given} public inputs but the key has {expected}; give exactly those")
			}
			Self::Input { number } => write!(
				formatter,
				"public input {number} is not below the order of the group; reduce it, 32 bytes little-endian"
			),
			Self::Encoding { point } => write!(
				formatter,
				"{point} is no canonical compressed point of this curve; check the curve and convert the proof again"
			),
			Self::Infinity { point } => write!(formatter, "{point} is infinity; make the proof again"),
			Self::Subgroup { point } => {
				write!(formatter, "{point} is outside the group of prime order; make the proof again")
			}
			Self::Equation => formatter.write_str(
				"the proof does not hold for this key and these public inputs; check both and make the proof again",
			),
		}
	}
}

impl core::error::Error for ProofError {}
