// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Lists of revoked certificates (RFC 5280), verified once and kept as a sorted list of serial numbers.

use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::{
	der::{self, tag, Der},
	time::{self, Window},
	x509::{Algorithm, Certificate, Serial},
	Error, Part, Signatures,
};

/// Longest CRL that is read, in bytes.
pub const MAX_CRL: u32 = 128 * 1_024;
/// Most certificates that a CRL may revoke. Intel's lists have below 100.
pub const MAX_REVOKED: u32 = 2_048;

/// cRLNumber.
const CRL_NUMBER: &[u8] = &[0x55, 0x1d, 0x14];

/// The certificates that an authority has revoked.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct RevocationList {
	/// From its issue until the next one is due. Only the end is enforced: what an authority has revoked holds at once.
	pub window: Window,
	/// Number of the list: a later one has a higher number.
	pub number: u64,
	revoked: BoundedVec<Serial, ConstU32<MAX_REVOKED>>,
}

impl RevocationList {
	/// Reads a CRL, and verifies that `issuer` signed it and that the next one is not yet due at `now`.
	pub fn verify<S: Signatures>(
		bytes: &[u8],
		issuer: &Certificate,
		now: u64,
		part: Part,
	) -> Result<RevocationList, Error> {
		Error::check_length(bytes.len(), MAX_CRL, part)?;
		let malformed = || Error::Malformed { part };
		let mut outer = Der::sequence(bytes).ok_or_else(malformed)?;
		let signed = outer.element().filter(|element| element.tag == tag::SEQUENCE).ok_or_else(malformed)?;
		let outer_algorithm = outer.element().ok_or_else(malformed)?;
		let signature = outer.take(tag::BIT_STRING).and_then(der::bits).ok_or_else(malformed)?;
		outer.end().ok_or_else(malformed)?;

		let mut fields = Der::new(signed.contents);
		// Version 2 is written as 1.
		if fields.take(tag::INTEGER) != Some(&[1]) {
			return Err(Error::Unsupported { part });
		}
		let inner_algorithm = fields.element().ok_or_else(malformed)?;
		if inner_algorithm.raw != outer_algorithm.raw {
			return Err(malformed());
		}
		let algorithm = Algorithm::read(inner_algorithm.raw, part)?;
		let name = fields.element().ok_or_else(malformed)?;
		if name.raw != issuer.subject {
			return Err(Error::Issuer { part });
		}
		let mut time =
			|| fields.element().and_then(|element| time::asn1(element.tag, element.contents)).ok_or_else(malformed);
		let window = Window { from: time()?, until: time()? };
		window.check_end(now, part)?;
		issuer.check_signs_crls()?;
		if !algorithm.verify::<S>(signed.raw, signature, issuer.key) {
			return Err(Error::Signature { part });
		}
		let revoked = match fields.optional(tag::SEQUENCE).ok_or_else(malformed)? {
			Some(entries) => read_revoked(entries, part)?,
			None => BoundedVec::new(),
		};
		let number = match fields.optional(tag::context(0)).ok_or_else(malformed)? {
			Some(extensions) => read_number(extensions, part)?,
			None => 0,
		};
		fields.end().ok_or_else(malformed)?;
		Ok(Self { window, number, revoked })
	}

	/// Whether the certificate with this serial number is revoked.
	pub fn contains(&self, serial: &Serial) -> bool {
		self.revoked.binary_search(serial).is_ok()
	}

	/// Number of revoked certificates.
	pub fn len(&self) -> usize {
		self.revoked.len()
	}

	/// Whether no certificate is revoked.
	pub fn is_empty(&self) -> bool {
		self.revoked.is_empty()
	}

	/// Fails if the certificate with this serial number, which is `part` of the evidence, is revoked.
	pub fn check(&self, serial: &Serial, part: Part) -> Result<(), Error> {
		if self.contains(serial) {
			return Err(Error::Revoked { part });
		}
		Ok(())
	}
}

/// The sorted serial numbers of the entries of a CRL.
fn read_revoked(entries: &[u8], part: Part) -> Result<BoundedVec<Serial, ConstU32<MAX_REVOKED>>, Error> {
	let malformed = || Error::Malformed { part };
	let mut entries = Der::new(entries);
	let mut revoked = BoundedVec::new();
	while !entries.is_empty() {
		let mut entry = Der::new(entries.take(tag::SEQUENCE).ok_or_else(malformed)?);
		let serial = entry.take(tag::INTEGER).and_then(Serial::read).ok_or_else(malformed)?;
		revoked.try_push(serial).map_err(|_| Error::TooLong {
			part,
			given: MAX_REVOKED.saturating_add(1),
			limit: MAX_REVOKED,
		})?;
	}
	revoked.sort();
	Ok(revoked)
}

/// The number among the extensions of a CRL. One that narrows what the list covers is critical, and so is refused.
fn read_number(extensions: &[u8], part: Part) -> Result<u64, Error> {
	let malformed = || Error::Malformed { part };
	let mut number = 0;
	let mut extensions = Der::sequence(extensions).ok_or_else(malformed)?;
	while !extensions.is_empty() {
		let mut fields = Der::new(extensions.take(tag::SEQUENCE).ok_or_else(malformed)?);
		let id = fields.take(tag::OBJECT_IDENTIFIER).ok_or_else(malformed)?;
		let critical = fields.optional(tag::BOOLEAN).ok_or_else(malformed)?.is_some();
		let value = fields.take(tag::OCTET_STRING).ok_or_else(malformed)?;
		match id {
			CRL_NUMBER => number = Der::new(value).take(tag::INTEGER).and_then(der::number).ok_or_else(malformed)?,
			_ if critical => return Err(Error::CriticalExtension { part }),
			_ => {}
		}
	}
	Ok(number)
}
