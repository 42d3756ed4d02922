// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! NVIDIA reports of GPUs and switches: an SPDM 1.1 (DSP0274) request for measurements and its response.
//!
//! A report takes five P-384 signatures: identity, provisioner, boot ROM, firmware, report. The certificates do not expire, and
//! NVIDIA revokes them through an online service only, so the chain keeps a deny-list of serial numbers. Reference values come
//! signed as XML, which is not read here: what they allow is a [`Golden`], which governance stores.

mod golden;
mod report;

pub use golden::{Allowed, Golden, MAX_ALLOWED};
pub use report::{Report, BLOCKS, MAX_REPORT};

use alloc::vec::Vec;
use sp_crypto_hashing::{blake2_256, sha2_256};

use crate::{
	binding::join,
	der::{tag, Der},
	x509::{self, Certificate, PublicKey, Serial},
	Error, Kind, Part, Proven, Signatures, Tcb,
};

/// Longest certificate chain that is read, in bytes. Current ones have about 3,360.
pub const MAX_CHAIN: u32 = 5_120;
/// Firmware, boot ROM, provisioner, identity and root.
const CHAIN_LENGTH: usize = 5;
/// 2.23.133.5.4.1, under which NVIDIA keeps a CompositeDeviceID ("RIoT Core").
const DEVICE_ID: &[u8] = &[0x67, 0x81, 0x05, 0x05, 0x04, 0x01];
/// id-sha384.
const SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
/// In the names of a switch's certificates.
const SWITCH: &[u8] = b"LS_10";

/// Verifies a device's report at `now`, with its certificate chain down to `root`, the root certificate as DER. The chain is
/// DER certificates joined, the device's first and the root's last.
///
/// # Details
/// In this order:
/// 1. The chain ends in the root, each certificate issued the one before it and is valid, and `is_denied` knows none of them.
/// 2. The device signed the report.
/// 3. The firmware that the report names is the one that the device's certificate was made for. Switches do not name it.
///
/// The nonce is the caller's to check (see [`crate::Binding::check`]), and so are the measurements: see [`Golden::check`].
///
/// # Errors
/// [`Error::ForeignRoot`], [`Error::Issuer`], [`Error::NotAuthority`], [`Error::NotYetValid`], [`Error::Expired`],
/// [`Error::Signature`], [`Error::Denied`] and [`Error::FirmwareId`]; and those of reading reports and certificates.
pub fn verify<S: Signatures>(
	report: &[u8],
	chain: &[u8],
	root: &[u8],
	now: u64,
	is_denied: impl Fn(&Serial) -> bool,
) -> Result<Proven, Error> {
	let part = Part::DeviceCertificate;
	let read = Report::read(report)?;
	Error::check_length(chain.len(), MAX_CHAIN, part)?;
	let chain = Certificate::read_all(chain, CHAIN_LENGTH, part)?;
	let window = x509::check_chain::<S>(&chain, root, now, |certificate| {
		if is_denied(&certificate.serial) {
			return Err(Error::Denied { part });
		}
		Ok(())
	})?;
	let [device, boot_rom, ..] = &chain[..] else {
		return Err(Error::Malformed { part });
	};
	let PublicKey::P384(key) = device.key else {
		return Err(Error::Unsupported { part });
	};
	if !S::p384(read.signed, read.signature, key) {
		return Err(Error::Signature { part: Part::DeviceReport });
	}
	let is_switch = device.subject.windows(SWITCH.len()).any(|window| window == SWITCH);
	let certified = device.extension(DEVICE_ID).and_then(firmware_id).ok_or(Error::Malformed { part })?;
	match read.firmware_id {
		Some(firmware) if firmware == certified => {}
		None if is_switch => {}
		_ => return Err(Error::FirmwareId),
	}
	Ok(Proven {
		kind: if is_switch { Kind::NvidiaSwitch } else { Kind::NvidiaGpu },
		measured: read.measured(),
		tcb: Tcb::Nvidia { driver: read.driver.clone(), vbios: read.vbios.clone() },
		report_data: join(*read.nonce, sha2_256(report)),
		// The boot ROM's name and key stay the same over updates of the firmware.
		device: blake2_256(boot_rom.subject),
		valid_until: window.until,
	})
}

/// The digest of firmware in a CompositeDeviceID: version, key of the device, and algorithm and digest of the firmware.
fn firmware_id(extension: &[u8]) -> Option<&[u8]> {
	let mut fields = Der::sequence(extension)?;
	if fields.take(tag::INTEGER)? != [1] {
		return None;
	}
	fields.take(tag::SEQUENCE)?;
	let mut firmware = Der::new(fields.take(tag::SEQUENCE)?);
	fields.end()?;
	if firmware.take(tag::OBJECT_IDENTIFIER)? != SHA384 {
		return None;
	}
	let digest = firmware.take(tag::OCTET_STRING)?;
	firmware.end()?;
	Some(digest)
}

/// The certificate chain that [`verify`] takes, of a chain as NVIDIA's tools give it: PEM, the device's first.
pub fn chain_from_pem(text: &[u8]) -> Option<Vec<u8>> {
	crate::pem::certificates(text, CHAIN_LENGTH).map(|certificates| certificates.concat())
}
