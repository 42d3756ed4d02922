// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What ties evidence to one chain, one provider and one purpose, and devices to the machine that uses them.
//!
//! Evidence is asked for with 64 bytes of report data:
//!
//! | Bytes | Contents |
//! |---|---|
//! | 0..32 | [`Binding::digest`] |
//! | 32..64 | [`devices_digest`] of the reports of the devices that the machine uses, or zeros if it uses none |
//!
//! Each device is asked for its report with the first half as its nonce. So a machine's evidence names the exact reports of
//! its devices, and these were made for the same purpose: reports of devices elsewhere, or from before, do not pass.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_crypto_hashing::{blake2_256, sha2_256};

use crate::{Error, Kind, Proven};

/// Starts every digest, so that no other message of the chain can be taken for one.
const DOMAIN: &[u8; 24] = b"aivm/attestation/binding";

/// What evidence is made for.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
	/// A challenge of the chain: the provider's machine as such.
	#[codec(index = 0)]
	Nonce([u8; 32]),
	/// The statement of a task: what the machine computed.
	#[codec(index = 1)]
	Statement([u8; 32]),
}

/// What evidence is bound to.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Binding {
	/// Hash of the chain's genesis block.
	pub genesis: [u8; 32],
	/// Account of the provider.
	pub provider: [u8; 32],
	/// What the evidence is for.
	pub subject: Subject,
}

impl Binding {
	/// The first half of the report data: the BLAKE2-256 digest of `aivm/attestation/binding` and the SCALE encoding.
	pub fn digest(&self) -> [u8; 32] {
		blake2_256(&(DOMAIN, self).encode())
	}

	/// The report data of a machine whose devices have made these reports.
	pub fn report_data(&self, device_reports: &[&[u8]]) -> [u8; 64] {
		let devices = match device_reports {
			[] => [0; 32],
			reports => devices_digest(&reports.iter().map(|report| sha2_256(report)).collect::<Vec<_>>()),
		};
		join(self.digest(), devices)
	}

	/// Checks that a machine's evidence is bound to this and to exactly these devices, in the order in which it names them.
	///
	/// # Errors
	/// - [`Error::WrongKind`]: `machine` is a device, or one of `devices` is none.
	/// - [`Error::Binding`]: the machine's evidence was made for something else.
	/// - [`Error::DeviceNonce`]: a device's report was.
	/// - [`Error::DeviceReports`]: the machine's evidence names other reports of devices.
	pub fn check(&self, machine: &Proven, devices: &[&Proven]) -> Result<(), Error> {
		if machine.kind.is_device() {
			return Err(Error::WrongKind { kind: machine.kind });
		}
		let (nonce, named) = halves(&machine.report_data);
		if nonce != self.digest() {
			return Err(Error::Binding);
		}
		check_devices(nonce, named, devices)
	}
}

/// The second half of the report data: the SHA-256 digest of the SHA-256 digests of the devices' reports.
pub fn devices_digest(reports: &[[u8; 32]]) -> [u8; 32] {
	sha2_256(reports.as_flattened())
}

/// Checks that the devices' nonces are the machine's, and that these are the reports that it names.
fn check_devices(nonce: [u8; 32], named: [u8; 32], devices: &[&Proven]) -> Result<(), Error> {
	let mut reports = Vec::with_capacity(devices.len());
	for device in devices {
		let kind = device.kind;
		if !matches!(kind, Kind::NvidiaGpu | Kind::NvidiaSwitch) {
			return Err(Error::WrongKind { kind });
		}
		let (device_nonce, report) = halves(&device.report_data);
		if device_nonce != nonce {
			return Err(Error::DeviceNonce);
		}
		reports.push(report);
	}
	let expected = if reports.is_empty() { [0; 32] } else { devices_digest(&reports) };
	if named != expected {
		return Err(Error::DeviceReports);
	}
	Ok(())
}

/// Both halves of report data.
pub(crate) fn halves(data: &[u8; 64]) -> ([u8; 32], [u8; 32]) {
	let mut first = [0; 32];
	let mut second = [0; 32];
	for (half, byte) in first.iter_mut().chain(&mut second).zip(data) {
		*half = *byte;
	}
	(first, second)
}

/// Report data of both halves.
pub(crate) fn join(first: [u8; 32], second: [u8; 32]) -> [u8; 64] {
	let mut data = [0; 64];
	for (byte, half) in data.iter_mut().zip(first.iter().chain(&second)) {
		*byte = *half;
	}
	data
}
