// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Any text as a TCB info or QE identity that Intel signed.

#![no_main]

#[path = "signatures.rs"]
mod signatures;

use aivm_attestation::{
	intel::{QeIdentity, RevocationList, Statement, TcbInfo},
	pem, Roots,
};
use libfuzzer_sys::fuzz_target;
use signatures::Trusting;
use std::sync::OnceLock;

/// 2025-07-04, at which the recorded collateral is valid.
const NOW: u64 = 1_751_624_924;

/// The recorded CRL of the root, and the certificate of the signer.
fn recorded() -> &'static (RevocationList, Vec<u8>) {
	static RECORDED: OnceLock<(RevocationList, Vec<u8>)> = OnceLock::new();
	RECORDED.get_or_init(|| {
		let text = include_str!("../../tests/vectors/intel/sgx_quote_collateral.json");
		let field = |name: &str| text.split(&format!("\"{name}\"")).nth(1).unwrap().split('"').nth(1).unwrap();
		let crl: Vec<u8> = (0..field("root_ca_crl").len() / 2)
			.map(|place| u8::from_str_radix(&field("root_ca_crl")[2 * place..2 * place + 2], 16).unwrap())
			.collect();
		let chain = field("tcb_info_issuer_chain").replace("\\n", "\n");
		let signer = pem::certificates(chain.as_bytes(), 3).unwrap().remove(0);
		let crl = RevocationList::verify_of_root::<Trusting>(&crl, Roots::PRODUCTION.intel, NOW).unwrap();
		(crl, signer)
	})
}

fuzz_target!(|text: &[u8]| {
	let (crl, signer) = recorded();
	let statement = Statement { text, signature: &[1; 64], signer };
	let _ = TcbInfo::verify::<Trusting>(&statement, crl, Roots::PRODUCTION.intel, NOW);
	let _ = QeIdentity::verify::<Trusting>(&statement, crl, Roots::PRODUCTION.intel, NOW);
});
