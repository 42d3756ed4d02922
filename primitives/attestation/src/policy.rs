// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Which firmware is new enough.

use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::{proven::Advisories, snp::AmdTcb, Error, IntelTcb, Tcb};

/// Intel's judgement of a platform. The names are Intel's.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
pub enum TcbStatus {
	/// Nothing is known against it.
	#[codec(index = 0)]
	UpToDate,
	/// Software must harden itself against an advisory.
	#[codec(index = 1)]
	SwHardeningNeeded,
	/// A setting of the platform must be changed.
	#[codec(index = 2)]
	ConfigurationNeeded,
	/// Both of these.
	#[codec(index = 3)]
	ConfigurationAndSwHardeningNeeded,
	/// An update is missing.
	#[codec(index = 4)]
	OutOfDate,
	/// An update is missing and a setting must be changed.
	#[codec(index = 5)]
	OutOfDateConfigurationNeeded,
	/// The machine started before an update that the platform has now.
	#[codec(index = 6)]
	RelaunchAdvised,
	/// The same, and a setting must be changed.
	#[codec(index = 7)]
	RelaunchAdvisedConfigurationNeeded,
	/// Keys of platforms in this state are known. Never accepted.
	#[codec(index = 8)]
	Revoked,
}

impl TcbStatus {
	/// Intel's name for the status in its statements; the two on relaunching are only ever derived.
	pub(crate) fn read(name: &str) -> Option<Self> {
		Some(match name {
			"UpToDate" => Self::UpToDate,
			"SWHardeningNeeded" => Self::SwHardeningNeeded,
			"ConfigurationNeeded" => Self::ConfigurationNeeded,
			"ConfigurationAndSWHardeningNeeded" => Self::ConfigurationAndSwHardeningNeeded,
			"OutOfDate" => Self::OutOfDate,
			"OutOfDateConfigurationNeeded" => Self::OutOfDateConfigurationNeeded,
			"Revoked" => Self::Revoked,
			_ => return None,
		})
	}

	/// Whether an update is missing, so that only a period of grace can let it pass.
	pub fn is_out_of_date(self) -> bool {
		matches!(
			self,
			Self::OutOfDate
				| Self::OutOfDateConfigurationNeeded
				| Self::RelaunchAdvised
				| Self::RelaunchAdvisedConfigurationNeeded
		)
	}

	/// This status of a platform, given the status of a component: TDX module or quoting enclave.
	pub(crate) fn with_component(self, component: Self) -> Self {
		match (component, self) {
			(Self::Revoked, _) => Self::Revoked,
			(Self::OutOfDate, Self::UpToDate | Self::SwHardeningNeeded) => Self::OutOfDate,
			(Self::OutOfDate, Self::ConfigurationNeeded | Self::ConfigurationAndSwHardeningNeeded) => {
				Self::OutOfDateConfigurationNeeded
			}
			_ => self,
		}
	}

	/// This status of a machine when it started, given that of its platform now.
	pub(crate) fn since_launch(self, now: Self) -> Self {
		let outdated = |status| matches!(status, Self::OutOfDate | Self::OutOfDateConfigurationNeeded);
		let configure = |status| {
			matches!(
				status,
				Self::ConfigurationNeeded
					| Self::OutOfDateConfigurationNeeded
					| Self::ConfigurationAndSwHardeningNeeded
			)
		};
		match (self, now) {
			(_, Self::Revoked) => Self::Revoked,
			_ if !outdated(self) || outdated(now) => self,
			_ if configure(self) || configure(now) => Self::RelaunchAdvisedConfigurationNeeded,
			_ => Self::RelaunchAdvised,
		}
	}
}

/// Statuses that a policy accepts besides [`TcbStatus::UpToDate`].
pub type Statuses = BoundedVec<TcbStatus, ConstU32<8>>;

/// Which firmware is new enough for a tier of providers.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug, Default)]
pub struct TcbPolicy {
	/// Statuses of Intel platforms that are accepted besides `UpToDate`. Those that miss an update are accepted for
	/// [`Self::grace`] only, and `Revoked` never.
	pub statuses: Statuses,
	/// Advisories that may apply to platforms with such a status.
	pub advisories: Advisories,
	/// Seconds after the date of its security versions for which a platform that misses an update is accepted.
	pub grace: u64,
	/// Lowest number of Intel's evaluation.
	pub least_evaluation: u32,
	/// Lowest security versions of AMD platforms, one for each product. Products without one are not accepted.
	pub amd: BoundedVec<AmdTcb, ConstU32<8>>,
}

impl TcbPolicy {
	/// The strictest policy: Intel platforms must be `UpToDate`, no AMD platform is accepted.
	pub fn strict() -> Self {
		Self::default()
	}

	/// Checks what evidence proves about firmware, at `now` in seconds since 1970.
	///
	/// NVIDIA's firmware is checked by [`crate::nvidia::Golden`], and Nitro evidence and development attestations do not tell.
	///
	/// # Errors
	/// - Intel: [`Error::EvaluationTooOld`], [`Error::StatusNotAllowed`], [`Error::AdvisoryNotAllowed`], [`Error::GraceOver`].
	/// - AMD: [`Error::TcbTooLow`].
	pub fn check(&self, tcb: &Tcb, now: u64) -> Result<(), Error> {
		match tcb {
			Tcb::Intel(tcb) => self.check_intel(tcb, now),
			Tcb::Amd(tcb) => {
				let enough = self.amd.iter().any(|least| tcb.is_at_least(least));
				enough.then_some(()).ok_or(Error::TcbTooLow)
			}
			Tcb::Nvidia { .. } | Tcb::Unknown => Ok(()),
		}
	}

	fn check_intel(&self, tcb: &IntelTcb, now: u64) -> Result<(), Error> {
		let IntelTcb { status, advisories, date, evaluation } = tcb;
		if *evaluation < self.least_evaluation {
			return Err(Error::EvaluationTooOld { given: *evaluation, least: self.least_evaluation });
		}
		if *status == TcbStatus::UpToDate {
			return Ok(());
		}
		if *status == TcbStatus::Revoked {
			return Err(Error::TcbRevoked);
		}
		if !self.statuses.contains(status) {
			return Err(Error::StatusNotAllowed { status: *status });
		}
		if !advisories.iter().all(|advisory| self.advisories.contains(advisory)) {
			return Err(Error::AdvisoryNotAllowed);
		}
		let until = date.saturating_add(self.grace);
		if status.is_out_of_date() && now > until {
			return Err(Error::GraceOver { until });
		}
		Ok(())
	}
}
