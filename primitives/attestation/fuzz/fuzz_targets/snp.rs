// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Any bytes as an SEV-SNP report with its certificate behind it.

#![no_main]

#[path = "signatures.rs"]
mod signatures;

use aivm_attestation::{
	snp::{self, ChipAuthority, Product, REPORT_BYTES},
	Roots,
};
use libfuzzer_sys::fuzz_target;
use signatures::Trusting;

const NOW: u64 = 1_735_689_600;

fuzz_target!(|bytes: &[u8]| {
	let (product, root) = Roots::PRODUCTION.of_amd(Product::Milan);
	let authority = include_bytes!("../../tests/vectors/amd/ask_milan.der");
	let authority = ChipAuthority::verify::<Trusting>(authority, None, (product, root), NOW).unwrap();
	let (report, certificate) = bytes.split_at(bytes.len().min(REPORT_BYTES));
	let _ = snp::Report::read(report).map(|report| report.measured().id());
	let _ = snp::verify::<Trusting>(report, certificate, &authority, None, root, NOW);
});
