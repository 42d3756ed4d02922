// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Recorded evidence of every kind, with all that a chain stores to verify it: for the tests here, and for benchmarks.

use aivm_attestation::snp::Product;
use aivm_guest::Evidence;

#[path = "../../../../attestation/tests/common/mod.rs"]
mod common;

use common::{chip_authority, vector, RawCollateral, Stored, ROOTS};

/// Evidence that a maker's hardware made.
pub struct Recorded {
	pub name: &'static str,
	pub evidence: Evidence,
	/// A time at which it is valid, in seconds since 1970.
	pub now: u64,
}

fn intel(name: &'static str, file: &str, now: u64) -> Recorded {
	let raw = RawCollateral::load(&format!("intel/{file}_collateral.json"));
	let Stored { root_crl, authority, pck_crl, tcb_info, qe_identity, .. } = raw.store(ROOTS.intel, now).unwrap();
	let quote = vector(&format!("intel/{file}"));
	let (tcb_info, qe_identity) = (tcb_info.into(), qe_identity.into());
	Recorded { name, evidence: Evidence::Intel { quote, root_crl, authority, pck_crl, tcb_info, qe_identity }, now }
}

fn snp(name: &'static str, product: Product, file: &str) -> Recorded {
	let now = 1_735_689_600;
	let authority = chip_authority(product, now).unwrap();
	let report = vector(&format!("amd/report_{file}.bin"));
	let certificate = vector(&format!("amd/vcek_{file}.der"));
	Recorded { name, evidence: Evidence::SevSnp { report, certificate, authority }, now }
}

/// All of it.
pub fn all() -> Vec<Recorded> {
	let document = vector("nitro/attestation.cose");
	let (report, chain) = common::gpu();
	vec![
		intel("SGX", "sgx_quote", 1_751_624_924),
		intel("TDX v4", "tdx_quote", 1_751_624_924),
		intel("TDX v5", "tdx_quote_td15ex", 1_792_000_000),
		snp("SEV-SNP Milan", Product::Milan, "milan"),
		snp("SEV-SNP Genoa", Product::Genoa, "genoa"),
		Recorded { name: "Nitro", evidence: Evidence::Nitro { document }, now: 1_736_179_625 },
		Recorded { name: "NVIDIA GPU", evidence: Evidence::Nvidia { report, chain }, now: 1_735_689_600 },
	]
}
