// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Which measurements a device may have.

use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use super::Report;
use crate::{proven::Version, Error};

/// Most values that are allowed for one measurement.
pub const MAX_ALLOWED: u32 = 8;

/// The values that one measurement may have.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Allowed {
	/// Index of the measurement, from 1.
	pub index: u8,
	/// SHA-384 digests.
	pub values: BoundedVec<[u8; 48], ConstU32<MAX_ALLOWED>>,
}

/// The measurements that devices with one driver and one VBIOS may have: what NVIDIA's reference values for both say about
/// measurements in use. Others are not compared.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Golden {
	/// Version of the driver, in ASCII.
	pub driver: Version,
	/// Version of the VBIOS, as the device writes it.
	pub vbios: Version,
	/// The measurements that are compared.
	pub measurements: BoundedVec<Allowed, ConstU32<64>>,
}

impl Golden {
	/// Checks the measurements of a report that was verified.
	///
	/// # Errors
	/// - [`Error::UnknownFirmware`]: the device has another driver or VBIOS, or this compares nothing.
	/// - [`Error::DeviceMeasurement`]: a measurement is missing or has another value.
	pub fn check(&self, report: &Report) -> Result<(), Error> {
		if report.driver != self.driver || report.vbios != self.vbios || self.measurements.is_empty() {
			return Err(Error::UnknownFirmware);
		}
		for Allowed { index, values } in &self.measurements {
			let given = report.measurements().find(|(given, _)| given == index);
			if !given.is_some_and(|(_, value)| values.contains(value)) {
				return Err(Error::DeviceMeasurement { index: *index });
			}
		}
		Ok(())
	}
}
