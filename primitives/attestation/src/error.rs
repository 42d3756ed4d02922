// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Why evidence or collateral is refused, and what to do about it.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

use crate::{Kind, TcbStatus};

/// A part of evidence, or of the collateral that it is checked against.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
	/// The root certificate of the maker.
	#[codec(index = 0)]
	Root,
	/// An Intel quote, or the signature of its report.
	#[codec(index = 1)]
	Quote,
	/// The report of Intel's quoting enclave in a quote.
	#[codec(index = 2)]
	QeReport,
	/// The certificate of an Intel platform in a quote (PCK).
	#[codec(index = 3)]
	PckCertificate,
	/// The Intel authority that certifies platforms: processor CA or platform CA.
	#[codec(index = 4)]
	PckAuthority,
	/// The list of platforms that such an authority revoked.
	#[codec(index = 5)]
	PckCrl,
	/// The list of authorities that Intel's root revoked.
	#[codec(index = 6)]
	RootCrl,
	/// Intel's statement on the security versions of a platform model.
	#[codec(index = 7)]
	TcbInfo,
	/// Intel's statement on its quoting enclave.
	#[codec(index = 8)]
	QeIdentity,
	/// The certificate that signs Intel's statements.
	#[codec(index = 9)]
	TcbSigner,
	/// An AMD report.
	#[codec(index = 10)]
	SnpReport,
	/// The certificate of an AMD chip (VCEK) or cloud provider (VLEK).
	#[codec(index = 11)]
	ChipCertificate,
	/// The AMD authority that certifies chips (ASK) or cloud providers (ASVK).
	#[codec(index = 12)]
	ChipAuthority,
	/// The list of certificates that AMD's root revoked.
	#[codec(index = 13)]
	ChipCrl,
	/// An AWS Nitro attestation document.
	#[codec(index = 14)]
	NitroDocument,
	/// The certificates in an AWS Nitro attestation document.
	#[codec(index = 15)]
	NitroCertificate,
	/// An NVIDIA device's report.
	#[codec(index = 16)]
	DeviceReport,
	/// The certificates of an NVIDIA device.
	#[codec(index = 17)]
	DeviceCertificate,
	/// A development attestation.
	#[codec(index = 18)]
	Development,
}

impl fmt::Display for Part {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		formatter.write_str(match self {
			Self::Root => "root certificate",
			Self::Quote => "Intel quote",
			Self::QeReport => "quoting enclave's report",
			Self::PckCertificate => "PCK certificate",
			Self::PckAuthority => "PCK authority's certificate",
			Self::PckCrl => "CRL of the PCK authority",
			Self::RootCrl => "CRL of Intel's root",
			Self::TcbInfo => "TCB info",
			Self::QeIdentity => "QE identity",
			Self::TcbSigner => "certificate of Intel's TCB signer",
			Self::SnpReport => "SEV-SNP report",
			Self::ChipCertificate => "VCEK or VLEK certificate",
			Self::ChipAuthority => "ASK or ASVK certificate",
			Self::ChipCrl => "CRL of AMD's root",
			Self::NitroDocument => "Nitro document",
			Self::NitroCertificate => "certificate of the Nitro document",
			Self::DeviceReport => "NVIDIA report",
			Self::DeviceCertificate => "NVIDIA device certificate",
			Self::Development => "development attestation",
		})
	}
}

/// Why evidence or collateral is refused.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
	/// A part, or a list in it, is longer than is read.
	#[codec(index = 0)]
	TooLong {
		/// The part.
		part: Part,
		/// Bytes or entries that it has.
		given: u32,
		/// Bytes or entries that are read.
		limit: u32,
	},
	/// A part is cut off, followed by other bytes, or not in its format.
	#[codec(index = 1)]
	Malformed {
		/// The part.
		part: Part,
	},
	/// A part is of a version, kind or algorithm that is not in use.
	#[codec(index = 2)]
	Unsupported {
		/// The part.
		part: Part,
	},
	/// A part becomes valid only later.
	#[codec(index = 3)]
	NotYetValid {
		/// The part.
		part: Part,
		/// Seconds since 1970.
		from: u64,
	},
	/// A part was valid only until earlier.
	#[codec(index = 4)]
	Expired {
		/// The part.
		part: Part,
		/// Seconds since 1970.
		until: u64,
	},
	/// The signature of a part is wrong.
	#[codec(index = 5)]
	Signature {
		/// The part.
		part: Part,
	},
	/// A part names another issuer than the one above it.
	#[codec(index = 6)]
	Issuer {
		/// The part.
		part: Part,
	},
	/// The chain does not end in the pinned root.
	#[codec(index = 7)]
	ForeignRoot,
	/// The certificate above a part may not sign it.
	#[codec(index = 8)]
	NotAuthority {
		/// The certificate that may not sign.
		part: Part,
	},
	/// A critical extension is not understood.
	#[codec(index = 9)]
	CriticalExtension {
		/// The part that has it.
		part: Part,
	},
	/// The authority revoked a certificate.
	#[codec(index = 10)]
	Revoked {
		/// The certificate.
		part: Part,
	},
	/// The chain's deny-list names a certificate.
	#[codec(index = 11)]
	Denied {
		/// The certificate.
		part: Part,
	},
	/// The machine runs in a debug mode, in which its owner reads its memory.
	#[codec(index = 12)]
	DebugMode,
	/// The machine may be migrated, bound to service machines or profiled, or misses a protection.
	#[codec(index = 13)]
	UnsafeAttributes,
	/// The collateral is for another model, platform or authority than the evidence.
	#[codec(index = 14)]
	WrongCollateral {
		/// The collateral.
		part: Part,
	},
	/// The quoting enclave did not certify the key that signed the quote.
	#[codec(index = 15)]
	QuotingKey,
	/// The quoting enclave is not Intel's.
	#[codec(index = 16)]
	QuotingEnclave,
	/// The TDX module is not Intel's.
	#[codec(index = 17)]
	TdxModule,
	/// The platform's security versions are below all that its maker lists.
	#[codec(index = 18)]
	NoTcbLevel,
	/// The maker revoked the platform's security versions: its keys are known.
	#[codec(index = 19)]
	TcbRevoked,
	/// The policy does not allow a TCB status.
	#[codec(index = 20)]
	StatusNotAllowed {
		/// The status.
		status: TcbStatus,
	},
	/// The policy does not name an advisory that applies to the platform.
	#[codec(index = 21)]
	AdvisoryNotAllowed,
	/// The time that the policy grants for updates is over.
	#[codec(index = 22)]
	GraceOver {
		/// Last second of it, since 1970.
		until: u64,
	},
	/// The collateral is of an older evaluation than the policy asks for.
	#[codec(index = 23)]
	EvaluationTooOld {
		/// Number of the evaluation.
		given: u32,
		/// Lowest number that is allowed.
		least: u32,
	},
	/// The platform's security versions are below the policy's.
	#[codec(index = 24)]
	TcbTooLow,
	/// The report is of another chip than the certificate.
	#[codec(index = 25)]
	ChipId,
	/// The report claims other security versions than the certificate.
	#[codec(index = 26)]
	ReportedTcb,
	/// The report was signed with another kind of key than the certificate's.
	#[codec(index = 27)]
	SigningKey,
	/// The firmware that the report names is not the one that the device certificate was made for.
	#[codec(index = 28)]
	FirmwareId,
	/// No measurements are allowed for the device's driver and VBIOS.
	#[codec(index = 29)]
	UnknownFirmware,
	/// A measurement of a device is not among those allowed.
	#[codec(index = 30)]
	DeviceMeasurement {
		/// Its index in the report, from 1.
		index: u8,
	},
	/// What runs on the machine is not on the allow-list.
	#[codec(index = 31)]
	MeasurementNotAllowed,
	/// The evidence was not made for this chain, provider and subject.
	#[codec(index = 32)]
	Binding,
	/// A device's nonce is not the one in the machine's report data.
	#[codec(index = 33)]
	DeviceNonce,
	/// The machine's report data does not commit to these reports of devices.
	#[codec(index = 34)]
	DeviceReports,
	/// A machine is asked for and a device given, or the other way round.
	#[codec(index = 35)]
	WrongKind {
		/// What was given.
		kind: Kind,
	},
	/// The evidence's data for its verifier is longer than 64 bytes.
	#[codec(index = 36)]
	ReportData,
}

impl Error {
	/// A stable number for this kind of error: the first byte of its encoding.
	pub fn code(&self) -> u8 {
		self.encode().first().copied().unwrap_or(u8::MAX)
	}

	/// Fails if a part is longer than its limit.
	pub(crate) fn check_length(given: usize, limit: u32, part: Part) -> Result<(), Self> {
		let given = u32::try_from(given).unwrap_or(u32::MAX);
		if given > limit {
			return Err(Self::TooLong { part, given, limit });
		}
		Ok(())
	}
}

impl fmt::Display for Error {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::TooLong { part, given, limit } => {
				write!(formatter, "the {part} has {given} bytes or entries where {limit} are read; send only that part")
			}
			Self::Malformed { part } => {
				write!(formatter, "the {part} is not in its format; send the bytes exactly as their maker issued them")
			}
			Self::Unsupported { part } => {
				write!(formatter, "the {part} is of a version or algorithm that is not accepted; see the evidence formats")
			}
			Self::NotYetValid { part, from } => {
				write!(formatter, "the {part} is valid only from {from}; check the clocks or wait")
			}
			Self::Expired { part, until } => write!(formatter, "the {part} was valid until {until}; fetch a new one"),
			Self::Signature { part } => {
				write!(formatter, "the signature of the {part} is wrong; its bytes were changed or its issuer is another")
			}
			Self::Issuer { part } => {
				write!(formatter, "the {part} names another issuer than the certificate above it; send its own chain")
			}
			Self::ForeignRoot => formatter.write_str(
				"the chain does not end in the root that this chain pins for the maker; use hardware of that maker, in production",
			),
			Self::NotAuthority { part } => {
				write!(formatter, "the {part} may not sign what it signed; send the chain that its maker issued")
			}
			Self::CriticalExtension { part } => {
				write!(formatter, "the {part} has a critical extension that is not understood; this chain must be upgraded")
			}
			Self::Revoked { part } => write!(formatter, "the {part} is revoked by its authority; use other hardware"),
			Self::Denied { part } => {
				write!(formatter, "the {part} is on this chain's deny-list; use other hardware or ask governance")
			}
			Self::DebugMode => {
				formatter.write_str("the machine runs in a debug mode; start it again without debugging")
			}
			Self::UnsafeAttributes => formatter.write_str(
				"the machine is migratable, profiled, bound to a service machine or misses a protection; start it without",
			),
			Self::WrongCollateral { part } => {
				write!(formatter, "the {part} is for other hardware than the evidence; submit the one for it first")
			}
			Self::QuotingKey => {
				formatter.write_str("the quoting enclave did not certify the key of the quote; make a new quote")
			}
			Self::QuotingEnclave => {
				formatter.write_str("the quoting enclave is not the one Intel identifies; install Intel's")
			}
			Self::TdxModule => formatter.write_str("the TDX module is not one that Intel identifies; install Intel's"),
			Self::NoTcbLevel => formatter
				.write_str("the platform's security versions are below all that Intel lists; update firmware and microcode"),
			Self::TcbRevoked => {
				formatter.write_str("Intel revoked the platform's security versions; update firmware and attest again")
			}
			Self::StatusNotAllowed { status } => {
				write!(formatter, "the TCB status {status:?} is not allowed; update or reconfigure the platform")
			}
			Self::AdvisoryNotAllowed => formatter
				.write_str("a security advisory applies that the policy does not name; update or reconfigure the platform"),
			Self::GraceOver { until } => {
				write!(formatter, "the platform is out of date and the time for updates ended at {until}; update it")
			}
			Self::EvaluationTooOld { given, least } => {
				write!(formatter, "the collateral is of evaluation {given} where at least {least} is asked; submit newer")
			}
			Self::TcbTooLow => {
				formatter.write_str("the platform's security versions are below the policy's; update its firmware")
			}
			Self::ChipId => {
				formatter.write_str("the report is of another chip than the certificate; send that chip's certificate")
			}
			Self::ReportedTcb => formatter.write_str(
				"the report has other security versions than the certificate; fetch the certificate for the reported ones",
			),
			Self::SigningKey => {
				formatter.write_str("the report was signed with another kind of key; send the VCEK or VLEK that it names")
			}
			Self::FirmwareId => formatter
				.write_str("the device's firmware is not the one its certificate was made for; reset the device"),
			Self::UnknownFirmware => formatter.write_str(
				"no measurements are allowed for the device's driver and VBIOS; install a listed pair or ask governance",
			),
			Self::DeviceMeasurement { index } => {
				write!(formatter, "measurement {index} of the device is not among those allowed; restore its firmware")
			}
			Self::MeasurementNotAllowed => {
				formatter.write_str("what runs on the machine is not on the allow-list; run a listed image or ask governance")
			}
			Self::Binding => formatter.write_str(
				"the evidence was made for another chain, provider, nonce or task; make it for the report data asked for",
			),
			Self::DeviceNonce => formatter
				.write_str("the device's nonce is not the machine's; ask the device with the first half of the report data"),
			Self::DeviceReports => formatter.write_str(
				"the machine's report data commits to other device reports; quote after all devices, with their digest",
			),
			Self::WrongKind { kind } => {
				write!(formatter, "evidence of the kind {kind} cannot stand here; send the other kind")
			}
			Self::ReportData => {
				formatter.write_str("the evidence carries more than 64 bytes of user data; pass exactly the report data when making it")
			}
		}
	}
}

impl core::error::Error for Error {}
