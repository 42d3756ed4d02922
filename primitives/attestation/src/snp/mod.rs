// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! AMD SEV-SNP reports.
//!
//! The layout is that of AMD's "SEV Secure Nested Paging Firmware ABI Specification" (56860), table "ATTESTATION_REPORT", and
//! the certificates follow AMD's "Versioned Chip Endorsement Key (VCEK) Certificate and KDS Interface Specification" (57230).
//!
//! AMD's root (ARK) of each product certifies an authority (ASK or ASVK), which is verified once and stored as a
//! [`ChipAuthority`]. A report then takes two signatures: RSA of the authority on the certificate, P-384 on the report.

mod certificate;
mod report;

pub use certificate::{ChipAuthority, Endorsed};
pub use report::{verify, Report, REPORT_BYTES};

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A family of processors, each with its own root.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Debug,
)]
pub enum Product {
	/// EPYC 7003.
	#[codec(index = 0)]
	Milan,
	/// EPYC 9004.
	#[codec(index = 1)]
	Genoa,
	/// EPYC 9005.
	#[codec(index = 2)]
	Turin,
}

/// Security versions of a platform.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct AmdTcb {
	/// The family, which the versions are of.
	pub product: Product,
	/// Of the firmware of the secure coprocessor's management controller. Zero before Turin.
	pub fmc: u8,
	/// Of the boot loader.
	pub boot_loader: u8,
	/// Of the operating system of the secure coprocessor.
	pub tee: u8,
	/// Of the SNP firmware.
	pub snp: u8,
	/// Of the microcode.
	pub microcode: u8,
}

impl AmdTcb {
	/// Reads a TCB_VERSION of a report. None if reserved bytes are not zero.
	pub(crate) fn read(product: Product, bytes: [u8; 8]) -> Option<Self> {
		let (fmc, boot_loader, tee, snp, microcode) = match (product, bytes) {
			(Product::Milan | Product::Genoa, [boot_loader, tee, 0, 0, 0, 0, snp, microcode]) => {
				(0, boot_loader, tee, snp, microcode)
			}
			(Product::Turin, [fmc, boot_loader, tee, snp, 0, 0, 0, microcode]) => {
				(fmc, boot_loader, tee, snp, microcode)
			}
			_ => return None,
		};
		Some(Self { product, fmc, boot_loader, tee, snp, microcode })
	}

	/// Whether each version is at least that of `least`, of the same product.
	pub fn is_at_least(&self, least: &Self) -> bool {
		self.product == least.product
			&& self.fmc >= least.fmc
			&& self.boot_loader >= least.boot_loader
			&& self.tee >= least.tee
			&& self.snp >= least.snp
			&& self.microcode >= least.microcode
	}
}
