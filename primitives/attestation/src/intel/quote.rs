// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The layout of quotes (Intel "SGX DCAP Quote Library API" appendix A, "TDX DCAP" appendix A.3 to A.5).

use alloc::vec::Vec;

use super::{pck::Pck, Tee};
use crate::{pem, x509::Certificate, Error, Measured, Part};

/// Longest quote that is read, in bytes. Those of current platforms have about 5,200.
pub const MAX_QUOTE: u32 = 8_192;

/// Intel's quoting enclave, as the vendor in the header of a quote.
const VENDOR: [u8; 16] =
	[0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07];
/// Key type "ECDSA-256-with-P-256 curve".
const KEY_P256: u16 = 2;
/// Certification data that is a chain of PEM certificates.
const CHAIN: u16 = 5;
/// Certification data that is a quoting enclave's report with its own certification data.
const QE_REPORT: u16 = 6;
/// Leaf, authority and root.
const CHAIN_LENGTH: usize = 3;

/// The report of an enclave.
#[derive(Clone, Copy, Debug)]
pub(super) struct EnclaveReport<'a> {
	pub raw: &'a [u8; 384],
	pub misc_select: &'a [u8; 4],
	pub attributes: &'a [u8; 16],
	pub enclave: &'a [u8; 32],
	pub signer: &'a [u8; 32],
	pub product: u16,
	pub version: u16,
	pub report_data: &'a [u8; 64],
}

impl<'a> EnclaveReport<'a> {
	fn read(raw: &'a [u8; 384]) -> Option<Self> {
		let mut bytes = Bytes(raw);
		bytes.array::<16>()?;
		let misc_select = bytes.array()?;
		bytes.array::<28>()?;
		let attributes = bytes.array()?;
		let enclave = bytes.array()?;
		bytes.array::<32>()?;
		let signer = bytes.array()?;
		bytes.array::<96>()?;
		let product = bytes.u16()?;
		let version = bytes.u16()?;
		bytes.array::<60>()?;
		let report_data = bytes.array()?;
		Some(Self { raw, misc_select, attributes, enclave, signer, product, version, report_data })
	}

	/// Whether the enclave was built for debugging.
	pub fn is_debug(&self) -> bool {
		self.attributes.first().is_some_and(|flags| flags & 2 != 0)
	}
}

/// The report of a TDX machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct MachineReport<'a> {
	/// Security versions when the machine started.
	pub launch_svn: &'a [u8; 16],
	pub module_signer: &'a [u8; 48],
	pub module_attributes: &'a [u8; 8],
	pub attributes: u64,
	machine: &'a [u8; 48],
	configuration: [&'a [u8; 48]; 3],
	runtime: [&'a [u8; 48]; 4],
	report_data: &'a [u8; 64],
	/// From TDX 1.5: security versions now, and the digest of bound service machines.
	pub current: Option<(&'a [u8; 16], &'a [u8; 48])>,
}

impl<'a> MachineReport<'a> {
	fn read(bytes: &mut Bytes<'a>, has_current: bool) -> Option<Self> {
		let launch_svn = bytes.array()?;
		bytes.array::<48>()?;
		let module_signer = bytes.array()?;
		let module_attributes = bytes.array()?;
		let attributes = u64::from_le_bytes(*bytes.array()?);
		bytes.array::<8>()?;
		let machine = bytes.array()?;
		let configuration = [bytes.array()?, bytes.array()?, bytes.array()?];
		let runtime = [bytes.array()?, bytes.array()?, bytes.array()?, bytes.array()?];
		let report_data = bytes.array()?;
		let current = if has_current { Some((bytes.array()?, bytes.array()?)) } else { None };
		Some(Self {
			launch_svn,
			module_signer,
			module_attributes,
			attributes,
			machine,
			configuration,
			runtime,
			report_data,
			current,
		})
	}
}

/// What a quote reports.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::large_enum_variant)]
pub(super) enum Report<'a> {
	Enclave(EnclaveReport<'a>),
	Machine(MachineReport<'a>),
}

/// A quote. Nothing is verified yet.
#[derive(Clone, Debug)]
pub struct Quote<'a> {
	/// Header and report.
	pub(super) signed: &'a [u8],
	pub(super) report: Report<'a>,
	/// Signature of the header and report.
	pub(super) signature: &'a [u8; 64],
	/// Key of this signature.
	pub(super) key: &'a [u8; 64],
	pub(super) qe_report: EnclaveReport<'a>,
	pub(super) qe_signature: &'a [u8; 64],
	pub(super) qe_data: &'a [u8],
	/// Certificates of platform, authority and root, as DER.
	pub chain: Vec<Vec<u8>>,
}

impl<'a> Quote<'a> {
	/// Reads a quote: SGX of version 3, or TDX of versions 4 and 5, signed with P-256, with the platform's certificates in it.
	/// Zeros may follow it, as they do when it was made in a buffer of fixed size.
	///
	/// # Errors
	/// [`Error::TooLong`], [`Error::Malformed`] and [`Error::Unsupported`] of [`Part::Quote`], or of
	/// [`Part::PckCertificate`] for its certificates.
	pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
		Error::check_length(bytes.len(), MAX_QUOTE, Part::Quote)?;
		let malformed = Error::Malformed { part: Part::Quote };
		let unsupported = Error::Unsupported { part: Part::Quote };
		let mut rest = Bytes(bytes);
		let version = rest.u16().ok_or(malformed)?;
		let key_type = rest.u16().ok_or(malformed)?;
		let tee = u32::from_le_bytes(*rest.array().ok_or(malformed)?);
		rest.array::<4>().ok_or(malformed)?;
		let vendor: &[u8; 16] = rest.array().ok_or(malformed)?;
		rest.array::<20>().ok_or(malformed)?;
		if key_type != KEY_P256 || *vendor != VENDOR {
			return Err(unsupported);
		}
		let report = match (version, tee) {
			(3, 0) => rest.array().and_then(EnclaveReport::read).map(Report::Enclave),
			(4, 0x81) => MachineReport::read(&mut rest, false).map(Report::Machine),
			(5, 0x81) => {
				let kind = rest.u16().ok_or(malformed)?;
				let length = u32::from_le_bytes(*rest.array().ok_or(malformed)?);
				let (has_current, expected) = match kind {
					2 => (false, 584),
					3 => (true, 648),
					// TDX 1.5 with what is not appraised after it.
					4 => (true, 885),
					_ => return Err(unsupported),
				};
				if length != expected {
					return Err(malformed);
				}
				let report = usize::try_from(length).ok().and_then(|length| rest.take(length)).ok_or(malformed)?;
				MachineReport::read(&mut Bytes(report), has_current).map(Report::Machine)
			}
			_ => return Err(unsupported),
		}
		.ok_or(malformed)?;
		let signed = bytes.len().checked_sub(rest.0.len()).and_then(|length| bytes.get(..length)).ok_or(malformed)?;
		let mut data = Bytes(rest.list_u32().ok_or(malformed)?);
		if rest.0.iter().any(|byte| *byte != 0) {
			return Err(malformed);
		}

		let signature = data.array().ok_or(malformed)?;
		let key = data.array().ok_or(malformed)?;
		if version > 3 {
			if data.u16().ok_or(malformed)? != QE_REPORT {
				return Err(unsupported);
			}
			let nested = data.list_u32().ok_or(malformed)?;
			data.end().ok_or(malformed)?;
			data = Bytes(nested);
		}
		let qe_report = data.array().and_then(EnclaveReport::read).ok_or(malformed)?;
		let qe_signature = data.array().ok_or(malformed)?;
		let length = data.u16().ok_or(malformed)?;
		let qe_data = data.take(usize::from(length)).ok_or(malformed)?;
		if data.u16().ok_or(malformed)? != CHAIN {
			return Err(unsupported);
		}
		let chain = data.list_u32().ok_or(malformed)?;
		data.end().ok_or(malformed)?;
		let chain = pem::certificates(without_zeros(chain), CHAIN_LENGTH)
			.filter(|chain| chain.len() == CHAIN_LENGTH)
			.ok_or(Error::Malformed { part: Part::PckCertificate })?;
		Ok(Self { signed, report, signature, key, qe_report, qe_signature, qe_data, chain })
	}

	/// The environment that it is of.
	pub fn tee(&self) -> Tee {
		match self.report {
			Report::Enclave(_) => Tee::Sgx,
			Report::Machine(_) => Tee::Tdx,
		}
	}

	/// The platform, as its certificate describes it. Tells which collateral is needed.
	pub fn platform(&self) -> Result<Pck, Error> {
		Pck::read(&self.platform_certificate()?)
	}

	/// The name of the platform certificate's issuer, as DER. Tells which authority is needed.
	pub fn issuer(&self) -> Result<Vec<u8>, Error> {
		Ok(self.platform_certificate()?.issuer.to_vec())
	}

	pub(super) fn platform_certificate(&self) -> Result<Certificate<'_>, Error> {
		let part = Part::PckCertificate;
		Certificate::read(self.chain.first().ok_or(Error::Malformed { part })?, part)
	}

	/// What runs.
	pub fn measured(&self) -> Measured {
		match &self.report {
			Report::Enclave(report) => Measured::Sgx {
				enclave: *report.enclave,
				signer: *report.signer,
				product: report.product,
				version: report.version,
			},
			Report::Machine(report) => Measured::Tdx {
				machine: *report.machine,
				runtime: report.runtime.map(|value| *value),
				configuration: report.configuration.map(|value| *value),
			},
		}
	}

	/// What the software put into the quote.
	pub fn report_data(&self) -> &[u8; 64] {
		match &self.report {
			Report::Enclave(report) => report.report_data,
			Report::Machine(report) => report.report_data,
		}
	}
}

/// Text without the zeros that end it.
fn without_zeros(mut text: &[u8]) -> &[u8] {
	while let Some(shorter) = text.strip_suffix(&[0]) {
		text = shorter;
	}
	text
}

/// Bytes to be read from the front.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
	fn take(&mut self, length: usize) -> Option<&'a [u8]> {
		let (taken, rest) = self.0.split_at_checked(length)?;
		self.0 = rest;
		Some(taken)
	}

	fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
		let (taken, rest) = self.0.split_first_chunk()?;
		self.0 = rest;
		Some(taken)
	}

	fn u16(&mut self) -> Option<u16> {
		self.array().map(|bytes| u16::from_le_bytes(*bytes))
	}

	/// As many bytes as four bytes before them say.
	fn list_u32(&mut self) -> Option<&'a [u8]> {
		let length = u32::from_le_bytes(*self.array()?);
		self.take(usize::try_from(length).ok()?)
	}

	fn end(&self) -> Option<()> {
		self.0.is_empty().then_some(())
	}
}
