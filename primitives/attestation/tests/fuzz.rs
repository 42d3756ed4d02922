// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Garbage and damaged evidence: no panic, and nothing accepted.

mod common;

use aivm_attestation::{
	intel::{PckAuthority, QeIdentity, Quote, RevocationList, Statement, TcbInfo},
	nitro::Document,
	nvidia, pem,
	snp::{self, ChipAuthority, Product},
	x509::Certificate,
	Part, Portable, Roots, Signatures, RSA_BYTES,
};
use common::{chip_authority, gpu, vector, Random, RawCollateral, Stored, ROOTS};
use proptest::prelude::*;

const NOW: u64 = 1_751_624_924;
/// When the recorded Nitro document was made.
const NITRO: u64 = 1_736_179_625;

/// Puts bytes through every parser. None may accept them.
fn try_bytes(bytes: &[u8]) {
	let roots = Roots::PRODUCTION;
	if let Ok(quote) = Quote::read(bytes) {
		let _ = (quote.platform(), quote.issuer(), quote.measured(), quote.report_data());
	}
	if let Ok(document) = Document::read(bytes) {
		assert!(document.verify::<Portable>(roots.nitro, NOW, |_| false).is_err());
	}
	if let Ok(report) = nvidia::Report::read(bytes) {
		let _ = (report.measurements().count(), report.measured());
	}
	let _ = snp::Report::read(bytes).map(|report| report.measured());
	assert!(nvidia::verify::<Portable>(bytes, bytes, roots.nvidia, NOW, |_| false).is_err());
	let _ = Certificate::read(bytes, Part::Root).map(|certificate| certificate.extension(&[1]).is_some());
	let _ = pem::certificates(bytes, 4);
	assert!(RevocationList::verify_of_root::<Portable>(bytes, roots.intel, NOW).is_err());
	assert!(ChipAuthority::verify::<Portable>(bytes, None, roots.amd[0], NOW).is_err());
}

/// Signatures that are all taken for right, so that damage gets behind them.
struct Trusting;

impl Signatures for Trusting {
	fn p256(_: &[u8], _: &[u8; 64], _: &[u8; 64]) -> bool {
		true
	}

	fn p384(_: &[u8], _: &[u8; 96], _: &[u8; 96]) -> bool {
		true
	}

	fn rsa(_: &[u8], _: &[u8; RSA_BYTES], _: &[u8; RSA_BYTES]) -> bool {
		true
	}

	fn sr25519(_: &[u8], _: &[u8; 64], _: &[u8; 32]) -> bool {
		true
	}
}

/// Puts bytes through every verification as if their signatures were right. Any result will do.
fn try_trusting(bytes: &[u8], stored: &Stored, authority: &ChipAuthority) -> bool {
	let roots = Roots::PRODUCTION;
	let (gpu_report, gpu_chain) = gpu();
	let (_, root) = roots.of_amd(Product::Milan);
	let certificate = vector("amd/vcek_milan.der");
	let results = [
		Quote::read(bytes).and_then(|quote| quote.verify::<Trusting>(&stored.collateral(), NOW)).is_ok(),
		Document::read(bytes).and_then(|document| document.verify::<Trusting>(roots.nitro, NITRO, |_| false)).is_ok(),
		nvidia::verify::<Trusting>(bytes, &gpu_chain, roots.nvidia, NOW, |_| false).is_ok(),
		nvidia::verify::<Trusting>(&gpu_report, bytes, roots.nvidia, NOW, |_| false).is_ok(),
		snp::verify::<Trusting>(bytes, &certificate, authority, None, root, NOW).is_ok(),
		RevocationList::verify_of_root::<Trusting>(bytes, roots.intel, NOW).is_ok(),
		ChipAuthority::verify::<Trusting>(bytes, None, roots.of_amd(Product::Milan), NOW).is_ok(),
	];
	results.contains(&true)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	#[test]
	fn random_bytes_should_be_refused_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
		try_bytes(&bytes);
	}

	#[test]
	fn random_bytes_behind_a_true_start_should_be_refused_without_harm(
		seed in 1u64..,
		bytes in proptest::collection::vec(any::<u8>(), 0..600),
	) {
		let mut random = Random(seed);
		for evidence in all_evidence() {
			let kept = random.below(evidence.len());
			try_bytes(&[&evidence[..kept], &bytes].concat());
		}
	}
}

/// One of each kind of bytes that a parser reads.
fn all_evidence() -> Vec<Vec<u8>> {
	static ALL: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();
	ALL.get_or_init(|| {
		let collateral = RawCollateral::load("intel/sgx_quote_collateral.json");
		vec![
			vector("intel/sgx_quote"),
			vector("intel/tdx_quote"),
			vector("intel/tdx_quote_td15ex"),
			vector("nitro/attestation.cose"),
			vector("amd/report_milan.bin"),
			vector("amd/ask_milan.der"),
			gpu().0,
			gpu().1,
			vector("nvidia/hopperCertChain.txt"),
			collateral.root_crl,
			collateral.authority,
		]
	})
	.clone()
}

/// The seeds of a target of the fuzzer.
fn seeds(target: &str) -> impl Iterator<Item = (String, Vec<u8>)> {
	let folder = format!("{}/fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
	std::fs::read_dir(folder).unwrap().map(|entry| {
		let path = entry.unwrap().path();
		(path.display().to_string(), std::fs::read(&path).unwrap())
	})
}

/// The seeds of the fuzzer are whole, so that it starts behind the first checks.
#[test]
fn seeds_of_the_fuzzer_should_be_read() {
	let signer = RawCollateral::load("intel/sgx_quote_collateral.json").tcb_info.2;
	let crl = RawCollateral::load("intel/tdx_quote_td15ex_collateral.json").root_crl;
	for (name, bytes) in seeds("intel") {
		assert!(Quote::read(&bytes).is_ok(), "{name}");
	}
	for (name, text) in seeds("statement") {
		let statement = Statement { text: &text, signature: &[1; 64], signer: &signer };
		// Two times, of which one is in the statement's window.
		let read = [NOW, 1_792_454_400].into_iter().any(|now| {
			let list = RevocationList::verify_of_root::<Trusting>(&crl, ROOTS.intel, now).unwrap();
			TcbInfo::verify::<Trusting>(&statement, &list, ROOTS.intel, now).is_ok()
				|| QeIdentity::verify::<Trusting>(&statement, &list, ROOTS.intel, now).is_ok()
		});
		assert!(read, "{name}");
	}
	for (name, bytes) in seeds("snp") {
		let (report, certificate) = bytes.split_at(snp::REPORT_BYTES);
		assert!(snp::Report::read(report).is_ok(), "{name}");
		assert!(Certificate::read(certificate, Part::ChipCertificate).is_ok(), "{name}");
	}
	for (name, bytes) in seeds("nitro") {
		assert!(Document::read(&bytes).is_ok(), "{name}");
	}
	for (name, bytes) in seeds("nvidia") {
		let (report, chain) = bytes.split_at(gpu().0.len());
		assert!(nvidia::verify::<Portable>(report, chain, ROOTS.nvidia, NOW, |_| false).is_ok(), "{name}");
	}
	for (name, bytes) in seeds("certificate") {
		let load = |quote: &str| RawCollateral::load(&format!("intel/{quote}_collateral.json")).authority;
		let ark = vector("synthetic/amd-ark.der");
		let issuers = [ROOTS.intel.to_vec(), load("sgx_quote"), load("tdx_quote"), ark];
		let is_crl = issuers.iter().any(|issuer| {
			let issuer = Certificate::read(issuer, Part::Root).unwrap();
			RevocationList::verify::<Trusting>(&bytes, &issuer, NOW, Part::RootCrl).is_ok()
		});
		let is_certificate = Certificate::read(&bytes, Part::Root).is_ok();
		assert!(is_crl || is_certificate || pem::certificates(&bytes, 5).is_some(), "{name}");
	}
}

#[test]
fn damaged_evidence_should_be_refused_without_harm() {
	let mut random = Random(11);
	let recorded = all_evidence();
	let stored = RawCollateral::load("intel/tdx_quote_collateral.json").store(ROOTS.intel, NOW).unwrap();
	let authority = chip_authority(Product::Milan, NOW).unwrap();
	let mut behind_signatures = 0;
	for _ in 0..3_000 {
		let mut bytes = recorded[random.below(recorded.len())].clone();
		for _ in 0..=random.below(8) {
			let (place, length) = (random.below(bytes.len()), random.below(8));
			match random.below(4) {
				0 => bytes[place] = random.next() as u8,
				1 => drop(bytes.drain(place..bytes.len().min(place + length))),
				2 => drop(bytes.splice(place..place, vec![random.next() as u8; length])),
				_ => bytes[place] = [0, 0x7f, 0x80, 0xff][random.below(4)],
			}
			if bytes.is_empty() {
				break;
			}
		}
		if !recorded.contains(&bytes) {
			try_bytes(&bytes);
			behind_signatures += u32::from(try_trusting(&bytes, &stored, &authority));
		}
	}
	assert!(behind_signatures > 50, "damage that only signatures show: {behind_signatures}");
}

#[test]
fn damaged_statements_should_be_refused_without_harm() {
	// Signed by us, so that the text itself is read.
	let intel = common::forge::Intel::new();
	let raw = intel.collateral(true);
	let root = intel.root_certificate();
	let now = common::forge::NOW;
	let stored = raw.store(&root, now).unwrap();
	let mut random = Random(5);
	for _ in 0..1_000 {
		for (text, is_info) in [(&raw.tcb_info.0, true), (&raw.qe_identity.0, false)] {
			let mut text = text.clone();
			for _ in 0..=random.below(4) {
				let place = random.below(text.len());
				text[place] = b"\"{}[],:0129ab\\u\xff"[random.below(16)];
			}
			let signature = intel.signer.key.sign(&text).try_into().unwrap();
			let statement = Statement { text: &text, signature: &signature, signer: &raw.tcb_info.2 };
			if is_info {
				let _ = TcbInfo::verify::<Portable>(&statement, &stored.root_crl, &root, now);
			} else {
				let _ = QeIdentity::verify::<Portable>(&statement, &stored.root_crl, &root, now);
			}
		}
	}
}

#[test]
fn each_maker_s_evidence_should_be_refused_by_the_others() {
	for evidence in all_evidence() {
		let accepted = [
			Quote::read(&evidence).is_ok(),
			Document::read(&evidence).is_ok(),
			nvidia::Report::read(&evidence).is_ok(),
			snp::Report::read(&evidence).is_ok(),
			PckAuthority::verify::<Portable>(
				&evidence,
				&RawCollateral::load("intel/sgx_quote_collateral.json").store(ROOTS.intel, NOW).unwrap().root_crl,
				ROOTS.intel,
				NOW,
			)
			.is_ok(),
		];
		assert!(accepted.iter().filter(|accepted| **accepted).count() <= 1);
	}
	assert!(chip_authority(Product::Milan, NOW).is_ok());
}
