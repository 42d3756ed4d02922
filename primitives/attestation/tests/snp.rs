// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! AMD SEV-SNP reports: recorded ones, and ones signed with a chip's key of our own.

mod common;

use aivm_attestation::{
	snp::{self, AmdTcb, ChipAuthority, Endorsed, Product},
	x509::Certificate,
	Error, Kind, Measured, Part, Portable, Proven, RevocationList, Tcb, TcbPolicy,
};
use common::{chip_authority, forge, refuse_all_changes, vector, ROOTS};

/// 2025-01-01.
const NOW: u64 = 1_735_689_600;

fn recorded(product: Product, report: &[u8], certificate: &[u8], now: u64) -> Result<Proven, Error> {
	let authority = chip_authority(product, NOW)?;
	snp::verify::<Portable>(report, certificate, &authority, None, ROOTS.of_amd(product).1, now)
}

fn files(product: &str) -> (Vec<u8>, Vec<u8>) {
	(vector(&format!("amd/report_{product}.bin")), vector(&format!("amd/vcek_{product}.der")))
}

#[test]
fn recorded_reports_should_verify_while_their_certificates_are_valid() {
	for (product, name, from, until, tcb) in [
		(Product::Milan, "milan", 1_680_549_823, 1_901_474_623, (3, 0, 8, 115)),
		(Product::Genoa, "genoa", 1_695_084_690, 1_916_009_490, (7, 0, 11, 62)),
	] {
		let (report, certificate) = files(name);
		for now in [from, NOW, until] {
			let proven = recorded(product, &report, &certificate, now).unwrap();
			let (boot_loader, tee, snp, microcode) = tcb;
			assert_eq!(proven.kind, Kind::SevSnp);
			assert_eq!(proven.tcb, Tcb::Amd(AmdTcb { product, fmc: 0, boot_loader, tee, snp, microcode }));
			assert_eq!(proven.report_data, report[0x50..0x90]);
			assert_eq!(proven.valid_until, until);
			let Measured::SevSnp { launch, .. } = proven.measured else { panic!() };
			assert_eq!(launch, report[0x90..0xc0]);
		}
		let part = Part::ChipCertificate;
		let verify = |now| recorded(product, &report, &certificate, now);
		assert_eq!(verify(from - 1), Err(Error::NotYetValid { part, from }));
		assert_eq!(verify(until + 1), Err(Error::Expired { part, until }));
	}
}

#[test]
fn recorded_chain_of_turin_should_verify() {
	let authority = chip_authority(Product::Turin, NOW).unwrap();
	assert_eq!((authority.product, authority.endorsed), (Product::Turin, Endorsed::Chip));
	let (issuer, chip) = (vector("amd/ask_turin.der"), vector("amd/vcek_turin.der"));
	let issuer = Certificate::read(&issuer, Part::ChipAuthority).unwrap();
	let chip = Certificate::read(&chip, Part::ChipCertificate).unwrap();
	assert_eq!(chip.check_issued_by::<Portable>(&issuer, 0, NOW), Ok(()));
}

#[test]
fn changed_evidence_should_be_refused() {
	let (report, certificate) = files("milan");
	refuse_all_changes(&report, 7, |report| recorded(Product::Milan, report, &certificate, NOW));
	refuse_all_changes(&certificate, 11, |certificate| recorded(Product::Milan, &report, certificate, NOW));
	refuse_all_changes(&vector("amd/ask_milan.der"), 23, |authority| {
		ChipAuthority::verify::<Portable>(authority, None, ROOTS.of_amd(Product::Milan), NOW)
	});
	let part = Part::SnpReport;
	assert_eq!(recorded(Product::Milan, &report[1..], &certificate, NOW), Err(Error::Malformed { part }));
	let longer = [&report[..], &[0]].concat();
	let too_long = Error::TooLong { part, given: 1_185, limit: 1_184 };
	assert_eq!(recorded(Product::Milan, &longer, &certificate, NOW), Err(too_long));
}

#[test]
fn evidence_should_be_refused_when_it_is_of_another_product_or_chip() {
	let (milan, genoa) = (files("milan"), files("genoa"));
	let wrong = recorded(Product::Genoa, &milan.0, &milan.1, NOW);
	assert_eq!(wrong, Err(Error::Issuer { part: Part::ChipCertificate }));
	let wrong = recorded(Product::Genoa, &milan.0, &genoa.1, NOW);
	assert_eq!(wrong, Err(Error::Signature { part: Part::SnpReport }));
	let wrong =
		ChipAuthority::verify::<Portable>(&vector("amd/ask_milan.der"), None, ROOTS.of_amd(Product::Turin), NOW);
	assert_eq!(wrong, Err(Error::Issuer { part: Part::ChipAuthority }));
	// A chip's certificate is no authority's.
	let wrong = ChipAuthority::verify::<Portable>(&milan.1, None, ROOTS.of_amd(Product::Milan), NOW);
	assert_eq!(wrong, Err(Error::Issuer { part: Part::ChipAuthority }));
}

// From here on, under a root of our own.

const SMT_ALLOWED: u64 = 1 << 16 | 1 << 17;

fn authority(name: &str) -> ChipAuthority {
	let root = vector("synthetic/amd-ark.der");
	ChipAuthority::verify::<Portable>(&vector(name), None, (Product::Milan, &root), NOW).unwrap()
}

fn forged(report: &[u8], loaded: bool) -> Result<Proven, Error> {
	let (issuer, certificate) = if loaded {
		("synthetic/amd-asvk.der", "synthetic/amd-vlek.der")
	} else {
		("synthetic/amd-ask.der", "synthetic/amd-vcek.der")
	};
	let root = vector("synthetic/amd-ark.der");
	snp::verify::<Portable>(report, &vector(certificate), &authority(issuer), None, &root, NOW)
}

#[test]
fn report_should_be_refused_when_it_shows_an_unsafe_machine_or_another_chip() {
	let report = |policy, flags, chip, version| forge::snp(policy, flags, chip, version, &[4; 64]);
	assert!(forged(&report(SMT_ALLOWED, 0, 7, 8), false).is_ok());
	assert_eq!(forged(&report(SMT_ALLOWED | 1 << 19, 0, 7, 8), false), Err(Error::DebugMode));
	assert_eq!(forged(&report(SMT_ALLOWED | 1 << 18, 0, 7, 8), false), Err(Error::UnsafeAttributes));
	assert_eq!(forged(&report(1 << 16, 0, 7, 8), false), Err(Error::UnsafeAttributes));
	assert_eq!(forged(&report(SMT_ALLOWED, 0, 6, 8), false), Err(Error::ChipId));
	assert_eq!(forged(&report(SMT_ALLOWED, 0, 0, 8), false), Err(Error::ChipId));
	assert_eq!(forged(&report(SMT_ALLOWED, 0, 7, 9), false), Err(Error::ReportedTcb));
	// Signed with the key of a cloud provider, or with none.
	assert_eq!(forged(&report(SMT_ALLOWED, 1 << 2, 7, 8), false), Err(Error::SigningKey));
	assert_eq!(forged(&report(SMT_ALLOWED, 7 << 2, 7, 8), false), Err(Error::SigningKey));
	assert!(forged(&report(SMT_ALLOWED, 1 << 2, 6, 8), true).is_ok());
	assert_eq!(forged(&report(SMT_ALLOWED, 0, 7, 8), true), Err(Error::SigningKey));
}

#[test]
fn foreign_root_should_be_refused() {
	let wrong =
		ChipAuthority::verify::<Portable>(&vector("synthetic/amd-ask.der"), None, ROOTS.of_amd(Product::Milan), NOW);
	assert_eq!(wrong, Err(Error::Issuer { part: Part::ChipAuthority }));
	let report = forge::snp(SMT_ALLOWED, 0, 7, 8, &[4; 64]);
	let wrong = snp::verify::<Portable>(
		&report,
		&vector("synthetic/amd-vcek.der"),
		&authority("synthetic/amd-ask.der"),
		None,
		ROOTS.of_amd(Product::Milan).1,
		NOW,
	);
	assert_eq!(wrong, Err(Error::ForeignRoot));
}

#[test]
fn revoked_authority_should_be_refused() {
	let root = vector("synthetic/amd-ark.der");
	let list = |name| RevocationList::verify_of_amd::<Portable>(&vector(name), &root, NOW).unwrap();
	let (none, revoking) = (list("synthetic/amd-crl-none.der"), list("synthetic/amd-crl-ask.der"));
	assert_eq!((none.number, none.len(), revoking.number, revoking.len()), (1, 0, 2, 1));
	let verify =
		|crl| ChipAuthority::verify::<Portable>(&vector("synthetic/amd-ask.der"), crl, (Product::Milan, &root), NOW);
	assert!(verify(Some(&none)).is_ok());
	let revoked = Error::Revoked { part: Part::ChipAuthority };
	assert_eq!(verify(Some(&revoking)), Err(revoked));
	// Revoked after it was stored.
	let report = forge::snp(SMT_ALLOWED, 0, 7, 8, &[4; 64]);
	let check = |crl| {
		let certificate = vector("synthetic/amd-vcek.der");
		snp::verify::<Portable>(&report, &certificate, &authority("synthetic/amd-ask.der"), crl, &root, NOW)
	};
	assert!(check(Some(&none)).is_ok());
	assert_eq!(check(Some(&revoking)), Err(revoked));
	refuse_all_changes(&vector("synthetic/amd-crl-ask.der"), 29, |crl| {
		RevocationList::verify_of_amd::<Portable>(crl, &root, NOW)
	});
	let foreign = RevocationList::verify_of_amd::<Portable>(
		&vector("synthetic/amd-crl-ask.der"),
		ROOTS.of_amd(Product::Milan).1,
		NOW,
	);
	assert_eq!(foreign, Err(Error::Issuer { part: Part::ChipCrl }));
}

#[test]
fn policy_should_ask_for_least_versions_of_the_product() {
	let (report, certificate) = files("milan");
	let tcb = recorded(Product::Milan, &report, &certificate, NOW).unwrap().tcb;
	let least = AmdTcb { product: Product::Milan, fmc: 0, boot_loader: 3, tee: 0, snp: 8, microcode: 115 };
	let check = |least| TcbPolicy { amd: vec![least].try_into().unwrap(), ..TcbPolicy::strict() }.check(&tcb, NOW);
	assert_eq!(TcbPolicy::strict().check(&tcb, NOW), Err(Error::TcbTooLow));
	assert_eq!(check(least), Ok(()));
	for higher in [
		AmdTcb { boot_loader: 4, ..least },
		AmdTcb { tee: 1, ..least },
		AmdTcb { snp: 9, ..least },
		AmdTcb { microcode: 116, ..least },
		AmdTcb { fmc: 1, ..least },
		AmdTcb { product: Product::Genoa, ..least },
	] {
		assert_eq!(check(higher), Err(Error::TcbTooLow));
	}
}
