// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The layout of reports.

use sp_crypto_hashing::sha2_256;

use crate::{proven::Version, Error, Measured, Part};

/// Longest report that is read, in bytes. Current ones have up to 4,274.
pub const MAX_REPORT: u32 = 5_120;
/// Most measurements of a report. GPUs have this many; switches fewer.
pub const BLOCKS: usize = 64;
/// Version 1.1 of SPDM.
const SPDM_1_1: u8 = 0x11;
/// A request for measurements.
const GET_MEASUREMENTS: u8 = 0xe0;
/// Its response.
const MEASUREMENTS: u8 = 0x60;

/// Numbers of the fields of opaque data that are used.
mod field {
	pub const DRIVER: u16 = 3;
	pub const VBIOS: u16 = 6;
	pub const FIRMWARE_ID: u16 = 20;
}

/// A report. Nothing is verified yet.
#[derive(Clone, Debug)]
pub struct Report<'a> {
	/// Request and response without the signature.
	pub(super) signed: &'a [u8],
	/// r ‖ s.
	pub(super) signature: &'a [u8; 96],
	/// The nonce of the request.
	pub nonce: &'a [u8; 32],
	/// Version of the driver, in ASCII; empty for switches.
	pub driver: Version,
	/// Version of the VBIOS, as the device writes it.
	pub vbios: Version,
	/// SHA-384 digest of the firmware that speaks for the device. None for switches.
	pub(super) firmware_id: Option<&'a [u8]>,
	measurements: &'a [u8],
}

/// Index, measurement specification, length, type and length of a measurement, which SHA-384 follows.
const BLOCK_BYTES: usize = 55;

impl<'a> Report<'a> {
	/// Reads a report: the request for measurements, followed by its response.
	///
	/// # Errors
	/// [`Error::TooLong`], [`Error::Malformed`] and [`Error::Unsupported`] of [`Part::DeviceReport`].
	pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
		let part = Part::DeviceReport;
		Error::check_length(bytes.len(), MAX_REPORT, part)?;
		if !matches!(bytes, [SPDM_1_1, GET_MEASUREMENTS, ..]) {
			return Err(Error::Unsupported { part });
		}
		Self::read_parts(bytes).ok_or(Error::Malformed { part })
	}

	fn read_parts(bytes: &'a [u8]) -> Option<Self> {
		let (signed, signature) = bytes.split_last_chunk()?;
		let (request, response) = signed.split_first_chunk::<37>()?;
		let nonce = request.get(4..36)?.try_into().ok()?;
		let ([version, code, _, _, blocks, length @ ..], rest) = response.split_first_chunk::<8>()?;
		if *version != SPDM_1_1 || *code != MEASUREMENTS {
			return None;
		}
		let [a, b, c] = *length;
		let length = usize::try_from(u32::from_le_bytes([a, b, c, 0])).ok()?;
		let (measurements, rest) = rest.split_at_checked(length)?;
		check_measurements(measurements, usize::from(*blocks))?;
		let (_, rest) = rest.split_first_chunk::<32>()?;
		let (length, opaque) = rest.split_first_chunk::<2>()?;
		if opaque.len() != usize::from(u16::from_le_bytes(*length)) {
			return None;
		}
		let (mut driver, mut vbios, mut firmware_id) = (None, None, None);
		let mut fields = opaque;
		while !fields.is_empty() {
			let ([number_low, number_high, length_low, length_high], rest) = fields.split_first_chunk::<4>()?;
			let length = u16::from_le_bytes([*length_low, *length_high]);
			let (value, rest) = rest.split_at_checked(usize::from(length))?;
			let slot = match u16::from_le_bytes([*number_low, *number_high]) {
				field::DRIVER => Some(&mut driver),
				field::VBIOS => Some(&mut vbios),
				field::FIRMWARE_ID => Some(&mut firmware_id),
				_ => None,
			};
			if slot.is_some_and(|slot| slot.replace(value).is_some()) {
				return None;
			}
			fields = rest;
		}
		let driver = driver.unwrap_or_default();
		Some(Self {
			signed,
			signature,
			nonce,
			driver: driver.strip_suffix(&[0]).unwrap_or(driver).to_vec().try_into().ok()?,
			vbios: vbios?.to_vec().try_into().ok()?,
			firmware_id,
			measurements,
		})
	}

	/// The measurements: index, from 1, and SHA-384 digest.
	pub fn measurements(&self) -> impl Iterator<Item = (u8, &'a [u8; 48])> {
		read_measurements(self.measurements).flatten()
	}

	/// What runs on the device.
	pub fn measured(&self) -> Measured {
		let all = [&self.driver[..], &[0], &self.vbios, self.measurements].concat();
		Measured::Nvidia { firmware: sha2_256(&all) }
	}
}

/// The measurements of a record; none for what is not one.
fn read_measurements(record: &[u8]) -> impl Iterator<Item = Option<(u8, &[u8; 48])>> {
	record.as_chunks::<BLOCK_BYTES>().0.iter().map(|block| match block.split_first_chunk::<7>() {
		// Any type of measurement, in DMTF's form.
		Some(([index, 1, 51, 0, _, 48, 0], value)) => value.first_chunk().map(|value| (*index, value)),
		_ => None,
	})
}

/// Checks that a record is so many measurements, with their indices in order from 1.
fn check_measurements(record: &[u8], blocks: usize) -> Option<()> {
	let whole = record.len() == blocks.checked_mul(BLOCK_BYTES)?;
	let mut expected = 0u8;
	for measurement in read_measurements(record) {
		let (index, _) = measurement?;
		expected = expected.checked_add(1).filter(|expected| *expected == index)?;
	}
	(whole && blocks > 0 && blocks <= BLOCKS).then_some(())
}
