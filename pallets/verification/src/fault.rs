// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What is wrong with a key or a proof, in the three bytes that a dispatch error has for it.

use aivm_verification::{
	groth16::{KeyPoint, ProofPoint},
	KeyError, ProofError,
};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::PalletError;
use scale_info::TypeInfo;

/// What is wrong with a verifying key. The number in brackets is the point's place in the key: 0 alpha, 1 beta, 2 gamma, 3
/// delta, 4 and more IC; 255 is the generator of G2.
///
/// [`KeyError`] says more about the same fault.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, PalletError, Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyFault {
	/// No key of this curve is that long. Give the compressed points alpha, beta, gamma, delta, IC, or check the curve.
	#[codec(index = 0)]
	Length,
	/// The key has too many public inputs. Hash inputs together inside the circuit.
	#[codec(index = 1)]
	TooManyInputs,
	/// A point is not the canonical encoding of a point on this curve. Check the curve and convert the key again.
	#[codec(index = 2)]
	Encoding(u8),
	/// A point is outside the group of prime order. Get the key from who made it.
	#[codec(index = 3)]
	Subgroup(u8),
	/// A point is infinity; an input with such a point is not bound. Use each input in a constraint and set up again.
	#[codec(index = 4)]
	Infinity(u8),
	/// Two points are equal or opposite, so that anybody can forge proofs. Contribute to the second phase of the set-up and
	/// export the key again.
	#[codec(index = 5)]
	Related(u8, u8),
}

impl From<KeyError> for KeyFault {
	fn from(error: KeyError) -> Self {
		match error {
			KeyError::Length { .. } => Self::Length,
			KeyError::TooManyInputs { .. } => Self::TooManyInputs,
			KeyError::Encoding { point } => Self::Encoding(place(point)),
			KeyError::Subgroup { point } => Self::Subgroup(place(point)),
			KeyError::Infinity { point } => Self::Infinity(place(point)),
			KeyError::Related { first, second } => Self::Related(place(first), place(second)),
		}
	}
}

const fn place(point: KeyPoint) -> u8 {
	match point {
		KeyPoint::Alpha => 0,
		KeyPoint::Beta => 1,
		KeyPoint::Gamma => 2,
		KeyPoint::Delta => 3,
		KeyPoint::Ic(number) => number.saturating_add(4),
		KeyPoint::Generator => u8::MAX,
	}
}

/// Why a proof does not prove its inputs. The number in brackets is the input's, counted from 0, or the point's: 0 A, 1 B, 2 C.
///
/// [`ProofError`] says more about the same fault.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, PalletError, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofFault {
	/// The chain's prepared key cannot be read. No transaction causes this; report it.
	#[codec(index = 0)]
	Key,
	/// The proof does not have the length of this curve's proofs. Give the compressed points A, B, C.
	#[codec(index = 1)]
	Length,
	/// There are more or fewer public inputs than the key has. Give exactly those.
	#[codec(index = 2)]
	InputCount,
	/// A public input is not below the order of the curve's group. Reduce it.
	#[codec(index = 3)]
	Input(u8),
	/// A point is not the canonical encoding of a point on this curve. Check the curve and convert the proof again.
	#[codec(index = 4)]
	Encoding(u8),
	/// A point is infinity. Make the proof again.
	#[codec(index = 5)]
	Infinity(u8),
	/// A point is outside the group of prime order. Make the proof again.
	#[codec(index = 6)]
	Subgroup(u8),
	/// The proof does not hold for this key and these inputs. Check both and make the proof again.
	#[codec(index = 7)]
	Equation,
}

impl From<ProofError> for ProofFault {
	fn from(error: ProofError) -> Self {
		let place = |point| match point {
			ProofPoint::A => 0,
			ProofPoint::B => 1,
			ProofPoint::C => 2,
		};
		match error {
			ProofError::Key => Self::Key,
			ProofError::Length { .. } => Self::Length,
			ProofError::InputCount { .. } => Self::InputCount,
			ProofError::Input { number } => Self::Input(number),
			ProofError::Encoding { point } => Self::Encoding(place(point)),
			ProofError::Infinity { point } => Self::Infinity(place(point)),
			ProofError::Subgroup { point } => Self::Subgroup(place(point)),
			ProofError::Equation => Self::Equation,
		}
	}
}
