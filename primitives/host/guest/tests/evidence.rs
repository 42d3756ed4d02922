// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Evidence means the same on both sides of the WebAssembly border, at about the same speed.

use aivm_attestation::{snp::Product, Portable};
use aivm_guest::{Evidence, Guest, GuestError};
use std::time::{Duration, Instant};

#[path = "../../../attestation/tests/common/mod.rs"]
mod common;

use common::{chip_authority, RawCollateral, Stored, ROOTS};

/// A file of the recorded evidence.
fn vector(name: &str) -> Vec<u8> {
	common::vector(name)
}

fn intel(name: &str, now: u64) -> (String, Evidence, u64) {
	let raw = RawCollateral::load(&format!("intel/{name}_collateral.json"));
	let Stored { root_crl, authority, pck_crl, tcb_info, qe_identity, .. } = raw.store(ROOTS.intel, now).unwrap();
	let quote = vector(&format!("intel/{name}"));
	let (tcb_info, qe_identity) = (tcb_info.into(), qe_identity.into());
	(name.into(), Evidence::Intel { quote, root_crl, authority, pck_crl, tcb_info, qe_identity }, now)
}

/// All recorded evidence, with a time at which it is valid.
fn all() -> Vec<(String, Evidence, u64)> {
	let now = 1_735_689_600;
	let snp = |product: Product, name: &str| {
		let authority = chip_authority(product, now).unwrap();
		let report = vector(&format!("amd/report_{name}.bin"));
		let certificate = vector(&format!("amd/vcek_{name}.der"));
		(name.to_string(), Evidence::SevSnp { report, certificate, authority }, now)
	};
	let (report, chain) = common::gpu();
	vec![
		intel("sgx_quote", 1_751_624_924),
		intel("tdx_quote", 1_751_624_924),
		intel("tdx_quote_td15ex", 1_792_000_000),
		snp(Product::Milan, "milan"),
		snp(Product::Genoa, "genoa"),
		("nitro".into(), Evidence::Nitro { document: vector("nitro/attestation.cose") }, 1_736_179_625),
		("gpu".into(), Evidence::Nvidia { report, chain }, now),
	]
}

#[test]
fn recorded_evidence_should_give_the_same_in_the_runtime() {
	let guest = Guest::new().unwrap();
	for (name, evidence, now) in all() {
		let expected = evidence.verify::<Portable>(now);
		assert!(expected.is_ok(), "{name}");
		assert_eq!(guest.verify(&evidence, now, 1).unwrap(), expected, "{name}");
		// Too early, and refused for the same reason.
		let expected = evidence.verify::<Portable>(1_000_000_000);
		assert!(expected.is_err(), "{name}");
		assert_eq!(guest.verify(&evidence, 1_000_000_000, 1).unwrap(), expected, "{name}");
	}
	let (_, evidence, now) = all().remove(0);
	assert_eq!(guest.verify(&evidence, now, 0), Err(GuestError::NoOutput));
}

#[test]
#[ignore = "prints times"]
fn times_on_both_sides() {
	const TIMES: u32 = 50;
	let guest = Guest::new().unwrap();
	let shortest = |work: &dyn Fn()| {
		let time = || {
			let start = Instant::now();
			work();
			start.elapsed()
		};
		(0..5).map(|_| time()).min().unwrap() / TIMES
	};
	for (name, evidence, now) in all() {
		// What entering the guest and decoding the evidence takes is measured apart.
		let enter: Duration = shortest(&|| assert!(guest.verify(&evidence, now, 0).is_err()));
		let runtime = shortest(&|| assert!(guest.verify(&evidence, now, TIMES).unwrap().is_ok())) - enter;
		let native = shortest(&|| assert!(evidence.repeat::<Portable>(now, TIMES).unwrap().is_ok()));
		let ratio = runtime.as_secs_f64() / native.as_secs_f64();
		println!("{name}: runtime {runtime:?}, native {native:?}, ratio {ratio:.3}");
	}
}
