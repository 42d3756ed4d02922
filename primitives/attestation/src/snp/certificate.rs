// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! AMD's certificates.

use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use super::{AmdTcb, Product};
use crate::{
	crl::RevocationList,
	der::{self, tag, Der},
	x509::{Certificate, PublicKey, MAX_CERTIFICATE},
	Error, Part, Signatures,
};

/// What an authority endorses.
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
pub enum Endorsed {
	/// Single chips (the authority is an ASK, the certificate a VCEK).
	#[codec(index = 0)]
	Chip,
	/// Chips loaded by a cloud provider (ASVK and VLEK). The certificate does not name the chip.
	#[codec(index = 1)]
	Loaded,
}

/// An authority that AMD's root certified.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct ChipAuthority {
	/// The family of processors.
	pub product: Product,
	/// What it endorses.
	pub endorsed: Endorsed,
	certificate: BoundedVec<u8, ConstU32<MAX_CERTIFICATE>>,
}

impl ChipAuthority {
	/// Verifies the certificate of an authority down to the `root` of a product, the root certificate as DER, at `now`.
	///
	/// `crl` is the list of the root's revoked certificates, if one is stored.
	pub fn verify<S: Signatures>(
		certificate: &[u8],
		crl: Option<&RevocationList>,
		(product, root): (Product, &[u8]),
		now: u64,
	) -> Result<Self, Error> {
		let part = Part::ChipAuthority;
		let root = Certificate::read(root, Part::Root)?;
		root.window.check(now, Part::Root)?;
		let read = Certificate::read(certificate, part)?;
		read.check_issued_by::<S>(&root, 1, now)?;
		if !matches!(read.key, PublicKey::Rsa(_)) {
			return Err(Error::Unsupported { part });
		}
		if let Some(crl) = crl {
			crl.check(&read.serial, part)?;
		}
		let loaded = read.subject.windows(LOADED.len()).any(|window| window == LOADED);
		let endorsed = if loaded { Endorsed::Loaded } else { Endorsed::Chip };
		let certificate = certificate.to_vec().try_into().map_err(|_| Error::Malformed { part })?;
		Ok(Self { product, endorsed, certificate })
	}

	pub(super) fn certificate(&self) -> Result<Certificate<'_>, Error> {
		Certificate::read(&self.certificate, Part::ChipAuthority)
	}
}

/// In the name of authorities that endorse chips loaded by a cloud provider.
const LOADED: &[u8] = b"SEV-VLEK";

impl RevocationList {
	/// Verifies a CRL of AMD's `root` of a product, given as DER, at `now`.
	pub fn verify_of_amd<S: Signatures>(crl: &[u8], root: &[u8], now: u64) -> Result<RevocationList, Error> {
		Self::verify::<S>(crl, &Certificate::read(root, Part::Root)?, now, Part::ChipCrl)
	}
}

/// 1.3.6.1.4.1.3704.1, and the start of all object identifiers below it.
const AMD: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x01];
const BOOT_LOADER: &[u8] = &[3, 1];
const TEE: &[u8] = &[3, 2];
const SNP: &[u8] = &[3, 3];
const MICROCODE: &[u8] = &[3, 8];
const FMC: &[u8] = &[3, 9];
const CHIP_ID: &[u8] = &[4];

/// An extension of AMD's.
fn extension<'a>(certificate: &Certificate<'a>, id: &[u8]) -> Option<&'a [u8]> {
	certificate.extension(&[AMD, id].concat())
}

/// The security versions that a VCEK or VLEK was made for.
pub(super) fn endorsed_tcb(certificate: &Certificate, product: Product) -> Option<AmdTcb> {
	let version = |id| {
		let mut value = Der::new(extension(certificate, id)?);
		let number = der::number(value.take(tag::INTEGER)?)?;
		value.end()?;
		u8::try_from(number).ok()
	};
	Some(AmdTcb {
		product,
		fmc: if product == Product::Turin { version(FMC)? } else { 0 },
		boot_loader: version(BOOT_LOADER)?,
		tee: version(TEE)?,
		snp: version(SNP)?,
		microcode: version(MICROCODE)?,
	})
}

/// The chip that a VCEK was made for, as reports name it: 64 bytes, of which Turin uses the first 8.
pub(super) fn endorsed_chip(certificate: &Certificate, product: Product) -> Option<[u8; 64]> {
	let id = extension(certificate, CHIP_ID)?;
	let expected = if product == Product::Turin { 8 } else { 64 };
	if id.len() != expected {
		return None;
	}
	let mut chip = [0; 64];
	for (byte, id) in chip.iter_mut().zip(id) {
		*byte = *id;
	}
	Some(chip)
}
