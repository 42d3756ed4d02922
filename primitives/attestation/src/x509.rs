// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Certificates (RFC 5280), as far as makers of hardware use them.
//!
//! A certificate is read strictly: version 3, the three kinds of key and signature in use, no critical extension that is not
//! understood. Serial numbers are read as bytes, so that those of devices which break the rules on signs are accepted.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::{
	der::{self, tag, Der},
	signatures::RSA_BYTES,
	time::{self, Window},
	Error, Part, Signatures,
};

/// Longest certificate that is read, in bytes. Makers' certificates have 519 to 1,677 bytes.
pub const MAX_CERTIFICATE: u32 = 2_048;

/// The serial number of a certificate, filled up with zeros on the left.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Debug,
)]
pub struct Serial(pub [u8; 20]);

impl Serial {
	/// The serial number that the contents of an INTEGER stand for.
	pub(crate) fn read(contents: &[u8]) -> Option<Self> {
		let digits = match contents.split_first()? {
			(0, rest) => rest,
			_ => contents,
		};
		let mut serial = [0; 20];
		let (_, tail) = serial.split_at_mut_checked(20usize.checked_sub(digits.len())?)?;
		tail.copy_from_slice(digits);
		Some(Self(serial))
	}
}

/// A public key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PublicKey<'a> {
	/// ECDSA on P-256: x ‖ y.
	P256(&'a [u8; 64]),
	/// ECDSA on P-384: x ‖ y.
	P384(&'a [u8; 96]),
	/// RSA with the exponent 65,537: the modulus.
	Rsa(&'a [u8; RSA_BYTES]),
}

/// The algorithms of signatures on certificates and CRLs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Algorithm {
	P256,
	P384,
	Rsa,
}

/// AlgorithmIdentifier of ecdsa-with-SHA256.
const ECDSA_SHA256: &[u8] = &[0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// AlgorithmIdentifier of ecdsa-with-SHA384.
const ECDSA_SHA384: &[u8] = &[0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
/// AlgorithmIdentifier of RSASSA-PSS with SHA-384, MGF1 with SHA-384 and 48 bytes of salt.
const PSS_SHA384: &[u8] = &[
	0x30, 0x41, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30, 0x34, 0xa0, 0x0f, 0x30, 0x0d,
	0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09,
	0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
	0x04, 0x02, 0x02, 0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, 0x30,
];
/// The same with the default trailer field written out, as AMD does.
const PSS_SHA384_TRAILER: &[u8] = &[
	0x30, 0x46, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30, 0x39, 0xa0, 0x0f, 0x30, 0x0d,
	0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09,
	0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
	0x04, 0x02, 0x02, 0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, 0x30, 0xa3, 0x03, 0x02, 0x01, 0x01,
];
/// AlgorithmIdentifier of a key on P-256.
const KEY_P256: &[u8] = &[
	0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
	0x01, 0x07,
];
/// AlgorithmIdentifier of a key on P-384.
const KEY_P384: &[u8] =
	&[0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
/// AlgorithmIdentifier of rsaEncryption.
const KEY_RSA: &[u8] = &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// id-ce-basicConstraints.
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
/// id-ce-keyUsage.
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];

impl Algorithm {
	/// Reads an AlgorithmIdentifier of a signature.
	pub(crate) fn read(raw: &[u8], part: Part) -> Result<Self, Error> {
		match raw {
			ECDSA_SHA256 => Ok(Self::P256),
			ECDSA_SHA384 => Ok(Self::P384),
			PSS_SHA384 | PSS_SHA384_TRAILER => Ok(Self::Rsa),
			_ => Err(Error::Unsupported { part }),
		}
	}

	/// Verifies a signature in the form that certificates and CRLs use.
	pub(crate) fn verify<S: Signatures>(self, message: &[u8], signature: &[u8], key: PublicKey) -> bool {
		match (self, key) {
			(Self::P256, PublicKey::P256(key)) => {
				ecdsa::<64, 32>(signature).is_some_and(|signature| S::p256(message, &signature, key))
			}
			(Self::P384, PublicKey::P384(key)) => {
				ecdsa::<96, 48>(signature).is_some_and(|signature| S::p384(message, &signature, key))
			}
			(Self::Rsa, PublicKey::Rsa(key)) => {
				signature.try_into().is_ok_and(|signature| S::rsa(message, signature, key))
			}
			_ => false,
		}
	}
}

/// r ‖ s of an ECDSA signature in DER; `WHOLE` is twice `HALF`.
fn ecdsa<const WHOLE: usize, const HALF: usize>(signature: &[u8]) -> Option<[u8; WHOLE]> {
	let mut numbers = Der::sequence(signature)?;
	let mut fixed = [0; WHOLE];
	let (first, second) = fixed.split_at_mut_checked(HALF)?;
	for half in [first, second] {
		let digits = der::unsigned(numbers.take(tag::INTEGER)?)?;
		let (_, tail) = half.split_at_mut_checked(HALF.checked_sub(digits.len())?)?;
		tail.copy_from_slice(digits);
	}
	numbers.end()?;
	Some(fixed)
}

/// What a certificate says about signing others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Authority {
	is_authority: bool,
	/// Most authorities that may stand below it.
	path_length: Option<u64>,
	/// keyCertSign and cRLSign, if key usages are named.
	usages: Option<u8>,
}

/// Bit of keyCertSign in the first byte of a KeyUsage.
const KEY_CERT_SIGN: u8 = 0x04;
/// Bit of cRLSign in the first byte of a KeyUsage.
const CRL_SIGN: u8 = 0x02;

/// A certificate. Nothing is verified yet.
#[derive(Clone, Debug)]
pub struct Certificate<'a> {
	pub(crate) part: Part,
	/// The whole certificate as DER.
	pub raw: &'a [u8],
	/// Its serial number.
	pub serial: Serial,
	/// The name of its issuer, as DER.
	pub issuer: &'a [u8],
	/// The name of its subject, as DER.
	pub subject: &'a [u8],
	/// When it is valid.
	pub window: Window,
	/// The key that it certifies.
	pub key: PublicKey<'a>,
	signed: &'a [u8],
	algorithm: Algorithm,
	signature: &'a [u8],
	extensions: &'a [u8],
	authority: Authority,
}

impl<'a> Certificate<'a> {
	/// Reads a certificate that stands for `part` of the evidence.
	pub fn read(raw: &'a [u8], part: Part) -> Result<Self, Error> {
		Error::check_length(raw.len(), MAX_CERTIFICATE, part)?;
		let malformed = || Error::Malformed { part };
		let mut outer = Der::sequence(raw).ok_or_else(malformed)?;
		let signed = outer.element().filter(|element| element.tag == tag::SEQUENCE).ok_or_else(malformed)?;
		let outer_algorithm = outer.element().ok_or_else(malformed)?;
		let signature = outer.take(tag::BIT_STRING).and_then(der::bits).ok_or_else(malformed)?;
		outer.end().ok_or_else(malformed)?;

		let mut fields = Der::new(signed.contents);
		// Version 3 is written as 2.
		match fields.optional(tag::context(0)).ok_or_else(malformed)? {
			Some([tag::INTEGER, 1, 2]) => {}
			_ => return Err(Error::Unsupported { part }),
		}
		let serial = fields.take(tag::INTEGER).and_then(Serial::read).ok_or_else(malformed)?;
		let inner_algorithm = fields.element().ok_or_else(malformed)?;
		if inner_algorithm.raw != outer_algorithm.raw {
			return Err(malformed());
		}
		let algorithm = Algorithm::read(inner_algorithm.raw, part)?;
		let mut name = || fields.element().filter(|element| element.tag == tag::SEQUENCE).map(|element| element.raw);
		let issuer = name().ok_or_else(malformed)?;
		let mut validity = fields.take(tag::SEQUENCE).map(Der::new).ok_or_else(malformed)?;
		let mut time =
			|| validity.element().and_then(|element| time::asn1(element.tag, element.contents)).ok_or_else(malformed);
		let window = Window { from: time()?, until: time()? };
		validity.end().ok_or_else(malformed)?;
		let subject = fields.element().filter(|element| element.tag == tag::SEQUENCE).ok_or_else(malformed)?.raw;
		let key = read_key(fields.take(tag::SEQUENCE).ok_or_else(malformed)?, part)?;
		let extensions = match fields.optional(tag::context(3)).ok_or_else(malformed)? {
			Some(wrapped) => {
				let mut wrapped = Der::new(wrapped);
				let extensions = wrapped.take(tag::SEQUENCE).ok_or_else(malformed)?;
				wrapped.end().ok_or_else(malformed)?;
				extensions
			}
			None => &[],
		};
		fields.end().ok_or_else(malformed)?;
		let authority = read_authority(extensions, part)?;
		let signed = signed.raw;
		Ok(Self {
			part,
			raw,
			serial,
			issuer,
			subject,
			window,
			key,
			signed,
			algorithm,
			signature,
			extensions,
			authority,
		})
	}

	/// The certificates that follow each other in `bytes`, at most `limit`, with what is left of the bytes refused.
	pub(crate) fn read_all(
		bytes: &'a [u8],
		limit: usize,
		part: Part,
	) -> Result<alloc::vec::Vec<Certificate<'a>>, Error> {
		let mut elements = Der::new(bytes);
		let mut certificates = alloc::vec::Vec::new();
		while !elements.is_empty() {
			if certificates.len() == limit {
				return Err(Error::Malformed { part });
			}
			let element = elements.element().ok_or(Error::Malformed { part })?;
			certificates.push(Self::read(element.raw, part)?);
		}
		Ok(certificates)
	}

	/// The value of the extension with this object identifier (its contents in DER), if there is exactly one.
	pub fn extension(&self, oid: &[u8]) -> Option<&'a [u8]> {
		let mut found = Extensions(Der::new(self.extensions)).filter_map(Result::ok).filter(|(id, _, _)| *id == oid);
		let (_, _, value) = found.next()?;
		found.next().is_none().then_some(value)
	}

	/// Checks that `issuer` signed this certificate as an authority with at most `below` authorities between this and
	/// the end of the chain, and that this certificate is valid at `now`.
	pub fn check_issued_by<S: Signatures>(&self, issuer: &Certificate, below: u64, now: u64) -> Result<(), Error> {
		let part = self.part;
		if self.issuer != issuer.subject {
			return Err(Error::Issuer { part });
		}
		issuer.check_authority(KEY_CERT_SIGN, below)?;
		self.window.check(now, part)?;
		if !self.algorithm.verify::<S>(self.signed, self.signature, issuer.key) {
			return Err(Error::Signature { part });
		}
		Ok(())
	}

	/// Whether this certificate may sign CRLs.
	pub(crate) fn check_signs_crls(&self) -> Result<(), Error> {
		self.check_authority(CRL_SIGN, 0)
	}

	fn check_authority(&self, usage: u8, below: u64) -> Result<(), Error> {
		let Authority { is_authority, path_length, usages } = self.authority;
		let allowed = is_authority
			&& path_length.is_none_or(|limit| below <= limit)
			&& usages.is_none_or(|usages| usages & usage != 0);
		allowed.then_some(()).ok_or(Error::NotAuthority { part: self.part })
	}
}

/// The key of a SubjectPublicKeyInfo.
fn read_key(contents: &[u8], part: Part) -> Result<PublicKey<'_>, Error> {
	let malformed = || Error::Malformed { part };
	let mut fields = Der::new(contents);
	let algorithm = fields.element().ok_or_else(malformed)?.raw;
	let key = fields.take(tag::BIT_STRING).and_then(der::bits).ok_or_else(malformed)?;
	fields.end().ok_or_else(malformed)?;
	// An uncompressed point starts with a 4.
	let point = key.strip_prefix(&[4]);
	let key = match algorithm {
		KEY_P256 => point.and_then(|point| point.try_into().ok()).map(PublicKey::P256),
		KEY_P384 => point.and_then(|point| point.try_into().ok()).map(PublicKey::P384),
		KEY_RSA => {
			let mut numbers = Der::sequence(key).ok_or_else(malformed)?;
			let modulus = numbers.take(tag::INTEGER).and_then(der::unsigned).ok_or_else(malformed)?;
			let exponent = numbers.take(tag::INTEGER).and_then(der::number).ok_or_else(malformed)?;
			numbers.end().ok_or_else(malformed)?;
			if exponent != 65_537 {
				return Err(Error::Unsupported { part });
			}
			modulus.try_into().ok().map(PublicKey::Rsa)
		}
		_ => None,
	};
	key.ok_or(Error::Unsupported { part })
}

/// Object identifier, whether it is critical, and value of each extension.
struct Extensions<'a>(Der<'a>);

impl<'a> Iterator for Extensions<'a> {
	type Item = Result<(&'a [u8], bool, &'a [u8]), ()>;

	fn next(&mut self) -> Option<Self::Item> {
		if self.0.is_empty() {
			return None;
		}
		let read = |extensions: &mut Der<'a>| {
			let mut fields = Der::new(extensions.take(tag::SEQUENCE)?);
			let id = fields.take(tag::OBJECT_IDENTIFIER)?;
			let critical = match fields.optional(tag::BOOLEAN)? {
				Some(value) => der::boolean(value)?,
				None => false,
			};
			let value = fields.take(tag::OCTET_STRING)?;
			fields.end()?;
			Some((id, critical, value))
		};
		let extension = read(&mut self.0);
		if extension.is_none() {
			self.0 = Der::new(&[]);
		}
		Some(extension.ok_or(()))
	}
}

/// What the extensions say about signing certificates.
fn read_authority(extensions: &[u8], part: Part) -> Result<Authority, Error> {
	let malformed = || Error::Malformed { part };
	let mut authority = Authority::default();
	let mut constrained = false;
	for extension in Extensions(Der::new(extensions)) {
		let (id, critical, value) = extension.map_err(|()| malformed())?;
		match id {
			BASIC_CONSTRAINTS if !constrained => {
				constrained = true;
				let mut fields = Der::sequence(value).ok_or_else(malformed)?;
				let is_authority = fields.optional(tag::BOOLEAN).ok_or_else(malformed)?;
				authority.is_authority = is_authority.is_some_and(|value| der::boolean(value) == Some(true));
				let path_length = fields.optional(tag::INTEGER).ok_or_else(malformed)?;
				authority.path_length =
					path_length.map(|value| der::number(value).ok_or_else(malformed)).transpose()?;
				fields.end().ok_or_else(malformed)?;
			}
			KEY_USAGE if authority.usages.is_none() => {
				let mut fields = Der::new(value);
				let bits = fields.take(tag::BIT_STRING).ok_or_else(malformed)?;
				fields.end().ok_or_else(malformed)?;
				// The first byte counts unused bits at the end.
				authority.usages = bits.get(1).copied().or(Some(0));
			}
			BASIC_CONSTRAINTS | KEY_USAGE => return Err(malformed()),
			_ if critical => return Err(Error::CriticalExtension { part }),
			_ => {}
		}
	}
	Ok(authority)
}

/// Verifies a chain, leaf first, of which the last certificate must be `root` itself. Returns when all of it is valid.
///
/// `check` is asked about each certificate below the root whose place in the chain and signature are right.
pub(crate) fn check_chain<S: Signatures>(
	chain: &[Certificate],
	root: &[u8],
	now: u64,
	mut check: impl FnMut(&Certificate) -> Result<(), Error>,
) -> Result<Window, Error> {
	let last = chain.last().filter(|last| last.raw == root).ok_or(Error::ForeignRoot)?;
	last.window.check(now, Part::Root)?;
	let mut window = last.window;
	// From the root down, so that nothing is done with a key before it is trusted.
	let pairs = chain.iter().zip(chain.iter().skip(1)).enumerate().rev();
	for (below, (subject, issuer)) in pairs {
		subject.check_issued_by::<S>(issuer, u64::try_from(below).unwrap_or(u64::MAX), now)?;
		check(subject)?;
		window = window.overlap(&subject.window);
	}
	Ok(window)
}
