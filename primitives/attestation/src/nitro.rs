// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! AWS Nitro attestation documents: a COSE_Sign1 (RFC 9052) of a CBOR map, as the "Nitro Enclaves attestation process" of the
//! enclaves' SDK describes it.
//!
//! A document takes five P-384 signatures: region, zone, host, enclave, document. The enclave's certificate is valid for three
//! hours only, so documents are verified when they are submitted, at the chain's time.

use alloc::vec::Vec;
use sp_crypto_hashing::blake2_256;

use crate::{
	cbor::Cbor,
	time::Window,
	x509::{self, Certificate, PublicKey, Serial},
	Error, Kind, Measured, Part, Proven, Signatures, Tcb,
};

/// Longest document that is read, in bytes. Current ones have about 4,800.
pub const MAX_DOCUMENT: u32 = 8_192;
/// Most certificates above the enclave's: root, region, zone and host. A document that repeats some takes no more signatures
/// than a real one.
const MAX_AUTHORITIES: usize = 4;
/// Tag of COSE_Sign1.
const COSE_SIGN1: u64 = 18;
/// The protected header: the algorithm is ECDSA with SHA-384.
const PROTECTED: &[u8] = &[0xa1, 0x01, 0x38, 0x22];
/// Most values in the register map.
const REGISTERS: u64 = 32;

/// A document. Nothing is verified yet.
#[derive(Clone, Debug)]
pub struct Document<'a> {
	payload: &'a [u8],
	signature: &'a [u8; 96],
	/// Identity of the enclave.
	module: &'a [u8],
	/// When it was made, in milliseconds since 1970.
	timestamp: u64,
	/// PCR0 to PCR2, and PCR8.
	registers: [[u8; 48]; 4],
	/// Certificate of the enclave, as DER.
	certificate: &'a [u8],
	/// The certificates above it, root first, as DER.
	authorities: Vec<&'a [u8]>,
	user_data: Option<&'a [u8]>,
}

impl<'a> Document<'a> {
	/// Reads a document.
	///
	/// # Errors
	/// [`Error::TooLong`] and [`Error::Malformed`] of [`Part::NitroDocument`].
	pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
		let part = Part::NitroDocument;
		Error::check_length(bytes.len(), MAX_DOCUMENT, part)?;
		Self::read_signed(bytes).ok_or(Error::Malformed { part })
	}

	fn read_signed(bytes: &'a [u8]) -> Option<Self> {
		let mut items = Cbor::new(bytes);
		items.skip_tag(COSE_SIGN1)?;
		if items.array()? != 4 || items.bytes()? != PROTECTED || items.map()? != 0 {
			return None;
		}
		let payload = items.bytes()?;
		let signature = items.bytes()?.try_into().ok()?;
		items.end()?;
		Self::read_payload(payload, signature)
	}

	fn read_payload(payload: &'a [u8], signature: &'a [u8; 96]) -> Option<Self> {
		let mut items = Cbor::new(payload);
		let (mut module, mut timestamp, mut registers, mut certificate) = (None, None, None, None);
		let (mut authorities, mut user_data, mut others) = (None, None, [false; 3]);
		let [digest, public_key, nonce] = &mut others;
		for _ in 0..items.map()?.min(16) {
			match items.text()? {
				b"module_id" => set(&mut module, items.text()?)?,
				b"digest" => {
					set_flag(digest)?;
					(items.text()? == b"SHA384").then_some(())?;
				}
				b"timestamp" => set(&mut timestamp, items.unsigned()?)?,
				b"pcrs" => set(&mut registers, read_registers(&mut items)?)?,
				b"certificate" => set(&mut certificate, items.bytes()?)?,
				b"cabundle" => set(&mut authorities, read_authorities(&mut items)?)?,
				b"public_key" => {
					set_flag(public_key)?;
					items.optional_bytes()?;
				}
				b"user_data" => set(&mut user_data, items.optional_bytes()?)?,
				b"nonce" => {
					set_flag(nonce)?;
					items.optional_bytes()?;
				}
				_ => return None,
			}
		}
		items.end()?;
		digest.then_some(())?;
		Some(Self {
			payload,
			signature,
			module: module?,
			timestamp: timestamp?,
			registers: registers?,
			certificate: certificate?,
			authorities: authorities?,
			user_data: user_data.flatten(),
		})
	}

	/// When it was made, in seconds since 1970, by the clock of its host.
	pub fn made_at(&self) -> u64 {
		self.timestamp / 1_000
	}

	/// The certificates of the enclave and above it, the root last, as DER.
	pub fn certificates(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
		core::iter::once(self.certificate).chain(self.authorities.iter().rev().copied())
	}

	/// What the software put into the document, filled up with zeros. None if that is longer than report data.
	pub fn report_data(&self) -> Option<[u8; 64]> {
		let mut report_data = [0; 64];
		let data = self.user_data.unwrap_or_default();
		report_data.get_mut(..data.len())?.copy_from_slice(data);
		Some(report_data)
	}

	/// What runs.
	pub fn measured(&self) -> Measured {
		let [image, kernel, application, signer] = self.registers;
		Measured::Nitro { image: [image, kernel, application], signer }
	}

	/// The bytes that are signed: a COSE Sig_structure.
	fn signed(&self) -> Option<Vec<u8>> {
		let length = u16::try_from(self.payload.len()).ok().filter(|length| *length >= 256)?;
		// An array of the text "Signature1", the protected header, no external data, and the payload.
		let mut signed = Vec::with_capacity(self.payload.len().saturating_add(32));
		signed.extend_from_slice(&[0x84, 0x6a]);
		signed.extend_from_slice(b"Signature1");
		signed.push(0x44);
		signed.extend_from_slice(PROTECTED);
		signed.extend_from_slice(&[0x40, 0x59]);
		signed.extend_from_slice(&length.to_be_bytes());
		signed.extend_from_slice(self.payload);
		Some(signed)
	}

	/// Verifies the document down to `root`, the root certificate as DER, at `now`.
	///
	/// # Details
	/// In this order:
	/// 1. The document is not from the future.
	/// 2. The chain starts with the root, each certificate issued the next and is valid, and `is_denied` knows none of them.
	/// 3. The enclave's key signed the document.
	/// 4. The enclave is not in debug mode, in which its first registers are zero.
	/// 5. The user data are at most 64 bytes: the report data, filled up with zeros.
	///
	/// # Errors
	/// [`Error::NotYetValid`], [`Error::Expired`], [`Error::ForeignRoot`], [`Error::Issuer`], [`Error::NotAuthority`],
	/// [`Error::Signature`], [`Error::Denied`], [`Error::DebugMode`] and [`Error::ReportData`]; and those of reading
	/// certificates.
	pub fn verify<S: Signatures>(
		&self,
		root: &[u8],
		now: u64,
		is_denied: impl Fn(&Serial) -> bool,
	) -> Result<Proven, Error> {
		let part = Part::NitroDocument;
		Window { from: self.made_at(), until: u64::MAX }.check(now, part)?;
		let chain = self
			.certificates()
			.map(|certificate| Certificate::read(certificate, Part::NitroCertificate))
			.collect::<Result<Vec<_>, _>>()?;
		let window = x509::check_chain::<S>(&chain, root, now, |certificate| {
			if is_denied(&certificate.serial) {
				return Err(Error::Denied { part: Part::NitroCertificate });
			}
			Ok(())
		})?;
		let Some(PublicKey::P384(key)) = chain.first().map(|certificate| certificate.key) else {
			return Err(Error::Unsupported { part: Part::NitroCertificate });
		};
		let signed = self.signed().ok_or(Error::Malformed { part })?;
		if !S::p384(&signed, self.signature, key) {
			return Err(Error::Signature { part });
		}
		let [image, kernel, application, _] = self.registers;
		if [image, kernel, application].contains(&[0; 48]) {
			return Err(Error::DebugMode);
		}
		Ok(Proven {
			kind: Kind::Nitro,
			measured: self.measured(),
			tcb: Tcb::Unknown,
			report_data: self.report_data().ok_or(Error::ReportData)?,
			device: blake2_256(self.module),
			valid_until: window.until,
		})
	}
}

/// PCR0 to PCR2 and PCR8 of a map from number to value.
fn read_registers(items: &mut Cbor) -> Option<[[u8; 48]; 4]> {
	let mut found = [None; 4];
	for _ in 0..items.map()?.min(REGISTERS) {
		let number = items.unsigned()?;
		let value: [u8; 48] = items.bytes()?.try_into().ok()?;
		let slot = match number {
			0..=2 => usize::try_from(number).ok()?,
			8 => 3,
			_ => continue,
		};
		set(found.get_mut(slot)?, value)?;
	}
	let [image, kernel, application, signer] = found;
	Some([image?, kernel?, application?, signer?])
}

/// The byte strings of an array.
fn read_authorities<'a>(items: &mut Cbor<'a>) -> Option<Vec<&'a [u8]>> {
	let count = usize::try_from(items.array()?).ok().filter(|count| *count <= MAX_AUTHORITIES)?;
	(0..count).map(|_| items.bytes()).collect()
}

/// Sets what is not set yet.
fn set<T>(slot: &mut Option<T>, value: T) -> Option<()> {
	slot.replace(value).is_none().then_some(())
}

/// Raises a flag that is not raised yet.
fn set_flag(flag: &mut bool) -> Option<()> {
	let first = !*flag;
	*flag = true;
	first.then_some(())
}
