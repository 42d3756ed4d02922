// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Prints how long each kind takes: `cargo test --release -p aivm-attestation --test times -- --ignored --nocapture`.

mod common;

use aivm_attestation::{intel::TcbInfo, nitro::Document, nvidia, snp, Portable, Roots};
use common::{chip_authority, gpu, vector, RawCollateral};
use std::time::Instant;

/// Prints the shortest of 100 times.
fn print(name: &str, mut work: impl FnMut()) {
	let mut time = || {
		let start = Instant::now();
		work();
		start.elapsed()
	};
	let shortest = (0..100).map(|_| time()).min().unwrap();
	println!("{name}: {shortest:?}");
}

#[test]
#[ignore = "prints times"]
fn times_of_each_kind() {
	let roots = Roots::PRODUCTION;
	for (name, now) in [("sgx_quote", 1_751_624_924), ("tdx_quote", 1_751_624_924), ("tdx_quote_td15ex", 1_792_000_000)]
	{
		let raw = RawCollateral::load(&format!("intel/{name}_collateral.json"));
		let (quote, stored) = (vector(&format!("intel/{name}")), raw.store(roots.intel, now).unwrap());
		print(name, || assert!(stored.verify(&quote, now).is_ok()));
		print("  all collateral", || assert!(raw.store(roots.intel, now).is_ok()));
		let statement = aivm_attestation::intel::Statement {
			text: &raw.tcb_info.0,
			signature: &raw.tcb_info.1,
			signer: &raw.tcb_info.2,
		};
		print("  TCB info", || {
			assert!(TcbInfo::verify::<Portable>(&statement, &stored.root_crl, roots.intel, now).is_ok());
		});
	}
	let (report, certificate) = (vector("amd/report_milan.bin"), vector("amd/vcek_milan.der"));
	let (_, root) = roots.of_amd(snp::Product::Milan);
	let now = 1_735_689_600;
	let authority = chip_authority(snp::Product::Milan, now).unwrap();
	print("SEV-SNP", || {
		assert!(snp::verify::<Portable>(&report, &certificate, &authority, None, root, now).is_ok());
	});
	let document = vector("nitro/attestation.cose");
	print("Nitro", || {
		let verify = |document: Document| document.verify::<Portable>(roots.nitro, 1_736_179_625, |_| false);
		assert!(Document::read(&document).and_then(verify).is_ok());
	});
	let (report, chain) = gpu();
	print("NVIDIA GPU", || {
		assert!(nvidia::verify::<Portable>(&report, &chain, roots.nvidia, now, |_| false).is_ok());
	});
	print("  parsing only", || assert!(nvidia::Report::read(&report).is_ok()));
}
