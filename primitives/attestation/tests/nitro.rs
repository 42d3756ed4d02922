// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! AWS Nitro documents: recorded ones, and ones signed under a root of our own.

mod common;

use aivm_attestation::{nitro::Document, Error, Kind, Measured, Part, Portable, Proven, Tcb};
use common::{
	forge::{nitro, nitro_chain, NOW},
	refuse_all_changes, vector, ROOTS,
};

/// When the recorded document was made: 2025-01-06T16:07:05Z.
const MADE: u64 = 1_736_179_625;
/// The last second of the enclave's certificate.
const UNTIL: u64 = 1_736_190_425;

fn verify(document: &[u8], now: u64) -> Result<Proven, Error> {
	Document::read(document)?.verify::<Portable>(ROOTS.nitro, now, |_| false)
}

#[test]
fn recorded_document_should_verify_for_as_long_as_the_enclave_is_certified() {
	let document = vector("nitro/attestation.cose");
	for now in [MADE, UNTIL] {
		let proven = verify(&document, now).unwrap();
		assert_eq!((proven.kind, &proven.tcb, proven.valid_until), (Kind::Nitro, &Tcb::Unknown, UNTIL));
		let Measured::Nitro { image: [image, ..], .. } = proven.measured else { panic!() };
		assert_eq!(hex::encode(&image[..4]), "8bb159f2");
		// This enclave passed no data.
		assert_eq!(proven.report_data, [0; 64]);
	}
	let part = Part::NitroCertificate;
	assert_eq!(verify(&document, UNTIL + 1), Err(Error::Expired { part, until: UNTIL }));
	assert_eq!(verify(&document, MADE - 1), Err(Error::NotYetValid { part: Part::NitroDocument, from: MADE }));
}

#[test]
fn recorded_document_of_a_debug_enclave_should_be_refused() {
	// 2021-03-05T17:01:49Z.
	assert_eq!(verify(&vector("nitro/nitro_ad_debug.bin"), 1_614_963_709), Err(Error::DebugMode));
}

#[test]
fn changed_document_should_be_refused() {
	let document = vector("nitro/attestation.cose");
	refuse_all_changes(&document, 23, |document| verify(document, MADE));
	let part = Part::NitroDocument;
	assert_eq!(verify(&document[..document.len() - 1], MADE), Err(Error::Malformed { part }));
	assert_eq!(verify(&[&document[..], &[0]].concat(), MADE), Err(Error::Malformed { part }));
	let too_long = Error::TooLong { part, given: 8_193, limit: 8_192 };
	assert_eq!(verify(&[0; 8_193], MADE), Err(too_long));
	// With the tag of COSE_Sign1 it is the same document.
	assert!(verify(&[&[0xd2], &document[..]].concat(), MADE).is_ok());
	assert_eq!(verify(&[&[0xd3], &document[..]].concat(), MADE), Err(Error::Malformed { part }));
}

#[test]
fn denied_certificate_should_be_refused() {
	let document = vector("nitro/attestation.cose");
	let mut seen = vec![];
	let read = Document::read(&document).unwrap();
	let remember = std::cell::RefCell::new(&mut seen);
	read.verify::<Portable>(ROOTS.nitro, MADE, |serial| {
		remember.borrow_mut().push(*serial);
		false
	})
	.unwrap();
	assert_eq!(seen.len(), 4, "region, zone, host and enclave");
	for denied in seen {
		let refused = read.verify::<Portable>(ROOTS.nitro, MADE, |serial| *serial == denied);
		assert_eq!(refused, Err(Error::Denied { part: Part::NitroCertificate }));
	}
}

// From here on, under a root of our own.

#[test]
fn document_should_take_no_more_signatures_than_a_real_one() {
	let [root, authority, enclave] = nitro_chain();
	let verify = |roots: usize| {
		let chain = [vec![root.clone(); roots], vec![authority.clone(), enclave.clone()]].concat();
		Document::read(&nitro(&chain, 1, None))?.verify::<Portable>(&root.make(), NOW, |_| false).map(|_| ())
	};
	// A root issues itself.
	assert_eq!(verify(3), Ok(()));
	assert_eq!(verify(4), Err(Error::Malformed { part: Part::NitroDocument }));
}

#[test]
fn forged_document_should_verify_under_its_own_root_only() {
	let chain = nitro_chain();
	let root = chain[0].make();
	let forged = |document: &[u8], root: &[u8]| Document::read(document)?.verify::<Portable>(root, NOW, |_| false);
	let document = nitro(&chain, 1, Some(&[6; 64]));
	assert_eq!(forged(&document, &root).unwrap().report_data, [6; 64]);
	assert_eq!(forged(&document, ROOTS.nitro), Err(Error::ForeignRoot));
	assert_eq!(forged(&nitro(&chain, 0, None), &root), Err(Error::DebugMode));
	let shorter = forged(&nitro(&chain, 1, Some(&[6; 63])), &root).unwrap().report_data;
	assert_eq!((&shorter[..63], shorter[63]), (&[6; 63][..], 0));
	assert_eq!(forged(&nitro(&chain, 1, Some(&[6; 65])), &root), Err(Error::ReportData));

	// The root is there, but did not sign.
	let mut other = nitro_chain();
	other[1].issuer_key = common::der::Key::P384(9);
	let part = Part::NitroCertificate;
	assert_eq!(forged(&nitro(&other, 1, None), &root), Err(Error::Signature { part }));
	let mut other = nitro_chain();
	other[1].authority = None;
	assert_eq!(forged(&nitro(&other, 1, None), &root), Err(Error::NotAuthority { part }));
	let mut other = nitro_chain();
	other[0].authority = Some(Some(0));
	assert_eq!(forged(&nitro(&other, 1, None), &other[0].make()), Err(Error::NotAuthority { part }));
}
