// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Any bytes as a certificate, as certificates in text form, and as a CRL.

#![no_main]

#[path = "recorded.rs"]
mod recorded;
#[path = "signatures.rs"]
mod signatures;

use aivm_attestation::{crl::RevocationList, pem, x509::Certificate, Part};
use libfuzzer_sys::fuzz_target;
use recorded::{NOW, PLATFORM, PROCESSOR, ROOT};
use signatures::Trusting;

/// The root of the CRL of AMD that is among the seeds.
const AMD: &[u8] = include_bytes!("../../tests/vectors/synthetic/amd-ark.der");

fuzz_target!(|bytes: &[u8]| {
	let _ = pem::certificates(bytes, 5);
	let root = Certificate::read(ROOT, Part::Root).unwrap();
	if let Ok(certificate) = Certificate::read(bytes, Part::PckAuthority) {
		let _ = certificate.check_issued_by::<Trusting>(&root, 1, NOW);
		let _ = certificate.extension(&[0x55, 0x1d, 0x13]);
	}
	for issuer in [ROOT, PROCESSOR, PLATFORM, AMD] {
		let issuer = Certificate::read(issuer, Part::Root).unwrap();
		if let Ok(list) = RevocationList::verify::<Trusting>(bytes, &issuer, NOW, Part::RootCrl) {
			assert_eq!(list.is_empty(), list.len() == 0);
			assert_eq!(list.contains(&issuer.serial), list.check(&issuer.serial, Part::Root).is_err());
		}
	}
});
