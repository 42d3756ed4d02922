// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Development attestations: a key's word for what hardware would prove.
//!
//! They exist so that a machine without confidential hardware can take part in development networks. They are a kind of their
//! own ([`Kind::Development`]), prove nothing about any machine, and must never be accepted where value is at stake.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_crypto_hashing::blake2_256;

use crate::{time::Window, Error, Kind, Measured, Part, Proven, Signatures, Tcb};

/// Starts every signed message, so that no other message of the key can be taken for one.
const DOMAIN: &[u8; 28] = b"aivm/attestation/development";
/// Longest time for which an attestation may claim to be valid, in seconds: a day.
pub const LONGEST: u64 = 86_400;

/// A development attestation.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Development {
	/// The sr25519 key that signs.
	pub key: [u8; 32],
	/// What the key says is running.
	pub claim: [u8; 32],
	/// What a machine would put into its evidence: see [`crate::binding`].
	pub report_data: [u8; 64],
	/// When the attestation is valid, at most [`LONGEST`].
	pub window: Window,
	/// Signature of [`Self::message`].
	pub signature: [u8; 64],
}

impl Development {
	/// The bytes to be signed: `aivm/attestation/development`, then the SCALE encoding of all fields but the signature.
	pub fn message(&self) -> alloc::vec::Vec<u8> {
		(DOMAIN, self.key, self.claim, self.report_data, self.window).encode()
	}

	/// Verifies the attestation at `now`. Whether the key is trusted, and whether this kind is accepted at all, is the
	/// caller's to decide.
	///
	/// # Errors
	/// [`Error::NotYetValid`], [`Error::Expired`], [`Error::Malformed`] if the window is too long, and [`Error::Signature`].
	pub fn verify<S: Signatures>(&self, now: u64) -> Result<Proven, Error> {
		let part = Part::Development;
		self.window.check(now, part)?;
		if self.window.until.saturating_sub(self.window.from) > LONGEST {
			return Err(Error::Malformed { part });
		}
		if !S::sr25519(&self.message(), &self.signature, &self.key) {
			return Err(Error::Signature { part });
		}
		Ok(Proven {
			kind: Kind::Development,
			measured: Measured::Development { claim: self.claim },
			tcb: Tcb::Unknown,
			report_data: self.report_data,
			device: blake2_256(&self.key),
			valid_until: self.window.until,
		})
	}
}
