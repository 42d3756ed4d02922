// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Reports and their verification.

use codec::Encode;
use sp_crypto_hashing::blake2_256;

use super::{
	certificate::{endorsed_chip, endorsed_tcb},
	AmdTcb, ChipAuthority, Endorsed, Product,
};
use crate::{
	crl::RevocationList,
	x509::{Certificate, PublicKey},
	Error, Kind, Measured, Part, Proven, Signatures, Tcb,
};

/// Length of a report, in bytes.
pub const REPORT_BYTES: usize = 1_184;
/// Bytes of a report that are signed.
const SIGNED_BYTES: usize = 0x2a0;
/// ECDSA on P-384 with SHA-384.
const ECDSA_P384: u32 = 1;

/// Bits of a machine's policy.
mod policy {
	/// Its software may be moved to another machine by an agent.
	pub const MIGRATABLE: u64 = 1 << 18;
	/// The host may read its memory.
	pub const DEBUG: u64 = 1 << 19;
	/// Always 1.
	pub const RESERVED_ONE: u64 = 1 << 17;
}

/// A report. Nothing is verified yet.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
	signed: &'a [u8; SIGNED_BYTES],
	/// r ‖ s, big-endian.
	signature: [u8; 96],
	policy: u64,
	privilege: u32,
	/// The kind of key that signed it, by what it endorses. None if the report is not signed with such a key.
	signing_key: Option<Endorsed>,
	report_data: &'a [u8; 64],
	launch: &'a [u8; 48],
	host_data: &'a [u8; 32],
	reported_tcb: [u8; 8],
	chip: &'a [u8; 64],
}

impl<'a> Report<'a> {
	/// Reads a report of version 2 to 5.
	///
	/// # Errors
	/// [`Error::TooLong`], [`Error::Malformed`] and [`Error::Unsupported`] of [`Part::SnpReport`].
	pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
		let part = Part::SnpReport;
		let limit = u32::try_from(REPORT_BYTES).unwrap_or(u32::MAX);
		Error::check_length(bytes.len(), limit, part)?;
		let malformed = Error::Malformed { part };
		let bytes: &[u8; REPORT_BYTES] = bytes.try_into().map_err(|_| malformed)?;
		let version = u32::from_le_bytes(*field(bytes, 0).ok_or(malformed)?);
		let algorithm = u32::from_le_bytes(*field(bytes, 0x34).ok_or(malformed)?);
		if !(2..=5).contains(&version) || algorithm != ECDSA_P384 {
			return Err(Error::Unsupported { part });
		}
		let flags = u32::from_le_bytes(*field(bytes, 0x48).ok_or(malformed)?);
		let signing_key = match flags >> 2 & 7 {
			0 => Some(Endorsed::Chip),
			1 => Some(Endorsed::Loaded),
			_ => None,
		};
		let unused = bytes.get(SIGNED_BYTES.saturating_add(144)..).ok_or(malformed)?;
		if unused.iter().any(|byte| *byte != 0) {
			return Err(malformed);
		}
		Ok(Self {
			signed: bytes.first_chunk().ok_or(malformed)?,
			signature: read_signature(field(bytes, SIGNED_BYTES).ok_or(malformed)?).ok_or(malformed)?,
			policy: u64::from_le_bytes(*field(bytes, 0x08).ok_or(malformed)?),
			privilege: u32::from_le_bytes(*field(bytes, 0x30).ok_or(malformed)?),
			signing_key,
			report_data: field(bytes, 0x50).ok_or(malformed)?,
			launch: field(bytes, 0x90).ok_or(malformed)?,
			host_data: field(bytes, 0xc0).ok_or(malformed)?,
			reported_tcb: *field(bytes, 0x180).ok_or(malformed)?,
			chip: field(bytes, 0x1a0).ok_or(malformed)?,
		})
	}

	/// What the software put into the report.
	pub fn report_data(&self) -> &[u8; 64] {
		self.report_data
	}

	/// The security versions that the platform reports, if they are those of this product.
	pub fn tcb(&self, product: Product) -> Option<AmdTcb> {
		AmdTcb::read(product, self.reported_tcb)
	}

	/// What runs.
	pub fn measured(&self) -> Measured {
		Measured::SevSnp { launch: *self.launch, host_data: *self.host_data, privilege: self.privilege }
	}
}

/// `N` bytes at an offset.
fn field<const N: usize>(bytes: &[u8], offset: usize) -> Option<&[u8; N]> {
	bytes.get(offset..)?.first_chunk()
}

/// Turns a signature round: AMD writes both numbers little-endian, in 72 bytes each.
fn read_signature(bytes: &[u8; 144]) -> Option<[u8; 96]> {
	let mut signature = [0; 96];
	let (numbers, _) = bytes.as_chunks::<72>();
	let (halves, _) = signature.as_chunks_mut::<48>();
	for (number, half) in numbers.iter().zip(halves) {
		let (digits, unused) = number.split_first_chunk::<48>()?;
		if unused.iter().any(|byte| *byte != 0) {
			return None;
		}
		*half = *digits;
		half.reverse();
	}
	Some(signature)
}

/// Verifies a report at `now`, with the certificate (VCEK or VLEK, as DER) of the key that signed it and the authority that
/// issued this certificate. The policy on security versions is the caller's: see [`crate::TcbPolicy`].
///
/// `crl` is the list of the root's revoked certificates, if one is stored, and `root` the root certificate as DER.
///
/// # Details
/// In this order:
/// 1. The authority is valid and not revoked, and issued the certificate, which is valid.
/// 2. The report names the kind of key that the authority certifies, and was signed with the certified key.
/// 3. The machine is not in debug mode, and no agent may migrate it.
/// 4. The report has the chip (VCEK only) and the security versions of the certificate.
///
/// # Errors
/// [`Error::TooLong`], [`Error::Malformed`], [`Error::Unsupported`], [`Error::NotYetValid`], [`Error::Expired`],
/// [`Error::Issuer`], [`Error::Revoked`], [`Error::Signature`], [`Error::SigningKey`], [`Error::DebugMode`],
/// [`Error::UnsafeAttributes`], [`Error::ChipId`] and [`Error::ReportedTcb`].
pub fn verify<S: Signatures>(
	report: &[u8],
	certificate: &[u8],
	authority: &ChipAuthority,
	crl: Option<&RevocationList>,
	root: &[u8],
	now: u64,
) -> Result<Proven, Error> {
	let report = Report::read(report)?;
	let certificate = Certificate::read(certificate, Part::ChipCertificate)?;
	let issuer = authority.certificate()?;
	let root = Certificate::read(root, Part::Root)?;
	root.window.check(now, Part::Root)?;
	issuer.window.check(now, Part::ChipAuthority)?;
	if issuer.issuer != root.subject {
		return Err(Error::ForeignRoot);
	}
	let mut window = issuer.window.overlap(&root.window).overlap(&certificate.window);
	if let Some(crl) = crl {
		crl.window.check_end(now, Part::ChipCrl)?;
		crl.check(&issuer.serial, Part::ChipAuthority)?;
		window = window.overlap(&crl.window);
	}
	certificate.check_issued_by::<S>(&issuer, 0, now)?;
	if report.signing_key != Some(authority.endorsed) {
		return Err(Error::SigningKey);
	}
	let PublicKey::P384(key) = certificate.key else {
		return Err(Error::Unsupported { part: Part::ChipCertificate });
	};
	if !S::p384(report.signed, &report.signature, key) {
		return Err(Error::Signature { part: Part::SnpReport });
	}
	if report.policy & policy::DEBUG != 0 {
		return Err(Error::DebugMode);
	}
	if report.policy & policy::MIGRATABLE != 0 || report.policy & policy::RESERVED_ONE == 0 {
		return Err(Error::UnsafeAttributes);
	}
	let product = authority.product;
	if authority.endorsed == Endorsed::Chip && endorsed_chip(&certificate, product) != Some(*report.chip) {
		return Err(Error::ChipId);
	}
	let tcb = report.tcb(product).ok_or(Error::ReportedTcb)?;
	if endorsed_tcb(&certificate, product) != Some(tcb) {
		return Err(Error::ReportedTcb);
	}
	Ok(Proven {
		kind: Kind::SevSnp,
		measured: report.measured(),
		tcb: Tcb::Amd(tcb),
		report_data: *report.report_data,
		device: blake2_256(&(product, report.chip).encode()),
		valid_until: window.until,
	})
}
