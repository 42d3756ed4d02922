// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Why evidence or collateral is refused, in full; a dispatch error has less room.

use aivm_attestation::{Error as Invalid, Part};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use frame_support::traits::PalletError;
use scale_info::TypeInfo;

use crate::{Config, Error};

/// A part of evidence or collateral, in a dispatch error.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct In(pub Part);

impl PalletError for In {
	// A `Part` has no fields.
	const MAX_ENCODED_SIZE: usize = 1;
}

/// Why evidence is refused.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
	/// The evidence, or what it is checked against, is invalid.
	#[codec(index = 0)]
	Invalid(Invalid),
	/// Collateral that it needs is not stored.
	#[codec(index = 1)]
	MissingCollateral(Part),
	/// This chain accepts no development attestations.
	#[codec(index = 2)]
	DevelopmentNotAllowed,
	/// A development attestation must be signed with the provider's key.
	#[codec(index = 3)]
	ForeignKey,
	/// A device's evidence without a machine's.
	#[codec(index = 4)]
	DeviceAlone,
	/// A device is named twice.
	#[codec(index = 5)]
	SameDevice,
	/// There is no such workload.
	#[codec(index = 6)]
	UnknownWorkload,
	/// The provider cannot pay the deposit for the record.
	#[codec(index = 7)]
	Deposit,
	/// The provider's endpoint serves another kind of evidence.
	#[codec(index = 8)]
	OtherKind,
	/// The evidence answers the challenge of another period.
	#[codec(index = 9)]
	OtherPeriod,
}

impl From<Invalid> for Refusal {
	fn from(invalid: Invalid) -> Self {
		Self::Invalid(invalid)
	}
}

impl fmt::Display for Refusal {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Invalid(invalid) => invalid.fmt(formatter),
			Self::MissingCollateral(part) => {
				write!(formatter, "the {part} is not stored on this chain; submit it as collateral first")
			}
			Self::DevelopmentNotAllowed => formatter.write_str(
				"development attestations are not accepted by this chain; send the evidence of confidential hardware",
			),
			Self::ForeignKey => {
				formatter.write_str("a development attestation must be signed with the provider's key; use that key")
			}
			Self::DeviceAlone => formatter.write_str(
				"a device proves nothing about a machine; send its evidence with that of the machine that uses it",
			),
			Self::SameDevice => formatter.write_str("a device is there twice; send one report of each"),
			Self::UnknownWorkload => formatter.write_str("there is no such workload; look it up, or name none"),
			Self::Deposit => formatter.write_str("the provider cannot pay the deposit for the record; send it money"),
			Self::OtherKind => {
				formatter.write_str("the provider's endpoint states another kind of evidence; change one or the other")
			}
			Self::OtherPeriod => {
				formatter.write_str("the evidence answers the challenge of another period; make it for the current one")
			}
		}
	}
}

impl<T: Config> From<Refusal> for Error<T> {
	fn from(refusal: Refusal) -> Self {
		match refusal {
			Refusal::Invalid(invalid) => invalid.into(),
			Refusal::MissingCollateral(part) => Self::MissingCollateral(In(part)),
			Refusal::DevelopmentNotAllowed => Self::DevelopmentNotAllowed,
			Refusal::ForeignKey => Self::ForeignKey,
			Refusal::DeviceAlone => Self::DeviceAlone,
			Refusal::SameDevice => Self::SameDevice,
			Refusal::UnknownWorkload => Self::UnknownWorkload,
			Refusal::Deposit => Self::Deposit,
			Refusal::OtherKind => Self::OtherKind,
			Refusal::OtherPeriod => Self::OtherPeriod,
		}
	}
}

impl<T: Config> From<Invalid> for Error<T> {
	fn from(invalid: Invalid) -> Self {
		match invalid {
			Invalid::TooLong { part, .. } => Self::TooLong(In(part)),
			Invalid::Malformed { part } => Self::Malformed(In(part)),
			Invalid::Unsupported { part } => Self::Unsupported(In(part)),
			Invalid::NotYetValid { part, .. } => Self::NotYetValid(In(part)),
			Invalid::Expired { part, .. } => Self::Expired(In(part)),
			Invalid::Signature { part } => Self::Signature(In(part)),
			Invalid::Issuer { part } => Self::Issuer(In(part)),
			Invalid::ForeignRoot => Self::ForeignRoot,
			Invalid::NotAuthority { part } => Self::NotAuthority(In(part)),
			Invalid::CriticalExtension { part } => Self::CriticalExtension(In(part)),
			Invalid::Revoked { part } => Self::Revoked(In(part)),
			Invalid::Denied { part } => Self::Denied(In(part)),
			Invalid::DebugMode => Self::DebugMode,
			Invalid::UnsafeAttributes => Self::UnsafeAttributes,
			Invalid::WrongCollateral { part } => Self::WrongCollateral(In(part)),
			Invalid::QuotingKey => Self::QuotingKey,
			Invalid::QuotingEnclave => Self::QuotingEnclave,
			Invalid::TdxModule => Self::TdxModule,
			Invalid::NoTcbLevel => Self::NoTcbLevel,
			Invalid::TcbRevoked => Self::TcbRevoked,
			Invalid::StatusNotAllowed { .. } => Self::StatusNotAllowed,
			Invalid::AdvisoryNotAllowed => Self::AdvisoryNotAllowed,
			Invalid::GraceOver { .. } => Self::GraceOver,
			Invalid::EvaluationTooOld { .. } => Self::EvaluationTooOld,
			Invalid::TcbTooLow => Self::TcbTooLow,
			Invalid::ChipId => Self::ChipId,
			Invalid::ReportedTcb => Self::ReportedTcb,
			Invalid::SigningKey => Self::SigningKey,
			Invalid::FirmwareId => Self::FirmwareId,
			Invalid::UnknownFirmware => Self::UnknownFirmware,
			Invalid::DeviceMeasurement { index } => Self::DeviceMeasurement(index),
			Invalid::MeasurementNotAllowed => Self::MeasurementNotAllowed,
			Invalid::Binding => Self::Binding,
			Invalid::DeviceNonce => Self::DeviceNonce,
			Invalid::DeviceReports => Self::DeviceReports,
			Invalid::WrongKind { .. } => Self::WrongKind,
			Invalid::ReportData => Self::ReportData,
		}
	}
}
