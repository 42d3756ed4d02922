// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Any bytes as a certificate, as certificates in text form, and as a CRL.

#![no_main]

#[path = "signatures.rs"]
mod signatures;

use aivm_attestation::{crl::RevocationList, pem, x509::Certificate, Part, Roots};
use libfuzzer_sys::fuzz_target;
use signatures::Trusting;

const NOW: u64 = 1_751_624_924;

fuzz_target!(|bytes: &[u8]| {
	let _ = pem::certificates(bytes, 4);
	let root = Certificate::read(Roots::PRODUCTION.intel, Part::Root).unwrap();
	if let Ok(certificate) = Certificate::read(bytes, Part::PckAuthority) {
		let _ = certificate.check_issued_by::<Trusting>(&root, 1, NOW);
		let _ = certificate.extension(&[0x55, 0x1d, 0x13]);
	}
	if let Ok(list) = RevocationList::verify_of_root::<Trusting>(bytes, Roots::PRODUCTION.intel, NOW) {
		assert_eq!(list.is_empty(), list.len() == 0);
	}
});
