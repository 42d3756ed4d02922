// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Why powers, a key or a transcript is refused, and what to do about it.

use std::path::PathBuf;

/// Why a part of the set-up was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
	/// A file could not be read or written.
	#[error("{path}: {source}")]
	File {
		/// The file.
		path: PathBuf,
		/// What the system said.
		source: std::io::Error,
	},
	/// The bytes are not in the expected format.
	#[error("this is no {what}: {reason}")]
	Format {
		/// What was expected.
		what: &'static str,
		/// What is wrong.
		reason: String,
	},
	/// A count or a length is above the limit.
	#[error("{what}: {found}, and the limit is {limit}")]
	TooLarge {
		/// The quantity.
		what: &'static str,
		/// What was found.
		found: u64,
		/// The limit.
		limit: u64,
	},
	/// A point is not canonical, not on the curve, not in the subgroup, or at infinity where it must not be.
	#[error("{what}, point {index}, is {fault}")]
	Point {
		/// The list that holds the point.
		what: &'static str,
		/// The position in the list, from 0.
		index: usize,
		/// What is wrong with it.
		fault: PointFault,
	},
	/// The powers of phase 1 do not fit together: they are not powers of one secret.
	#[error("the powers do not fit together ({what}); get the file again from its source")]
	InconsistentPowers {
		/// The check that failed.
		what: &'static str,
	},
	/// The circuit needs more powers than there are.
	#[error("the circuit needs powers up to 2^{needed}, and these go up to 2^{found}; take a larger file")]
	TooFewPowers {
		/// Logarithm of the size that the circuit needs.
		needed: u32,
		/// Logarithm of the size at hand.
		found: u32,
	},
	/// The equations are malformed.
	#[error("the circuit is malformed: {0}")]
	Circuit(&'static str),
	/// The key or the transcript was made for another circuit.
	#[error("this {what} was made for another circuit")]
	OtherCircuit {
		/// The key or the transcript.
		what: &'static str,
	},
	/// The transcript was made with other powers.
	#[error("the transcript was made with other powers of phase 1")]
	OtherPowers,
	/// The key and the transcript do not belong together.
	#[error("the key is not the one at the end of this transcript; take both from the same step of the ceremony")]
	OtherKey,
	/// A contribution does not follow from the one before, or its author did not know its secret.
	#[error("contribution {number} ({name:?}) is invalid: {reason}")]
	Contribution {
		/// Its number, from 1.
		number: usize,
		/// The name that it carries.
		name: String,
		/// What is wrong.
		reason: &'static str,
	},
	/// The key differs from what the powers, the circuit and the contributions give.
	#[error("the key is wrong: {0} differs from what the powers, the circuit and the contributions give")]
	Key(&'static str),
	/// The ceremony is over: nothing may follow the beacon.
	#[error("the beacon has been applied, so the ceremony is over; start a new one")]
	Over,
	/// The beacon is not the expected block.
	#[error("the beacon is not the block that was announced")]
	OtherBeacon,
	/// The name of a contributor is empty, too long or not printable.
	#[error("a contributor's name has 1 to {limit} printable characters")]
	Name {
		/// Most characters.
		limit: usize,
	},
	/// The system gave no randomness.
	#[error("the system gave no randomness: {0}")]
	Randomness(String),
}

/// What is wrong with a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PointFault {
	/// A coordinate is not below the modulus, or the flags are wrong.
	#[error("not in canonical form")]
	NotCanonical,
	/// The coordinates do not satisfy the equation of the curve.
	#[error("not on the curve")]
	NotOnCurve,
	/// The point is on the curve, but not in the group of prime order.
	#[error("not in the prime-order subgroup")]
	NotInSubgroup,
	/// The point at infinity where it says nothing.
	#[error("at infinity")]
	Infinity,
}
