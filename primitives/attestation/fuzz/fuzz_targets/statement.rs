// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Any text as a TCB info or QE identity that Intel signed.

#![no_main]

#[path = "recorded.rs"]
mod recorded;
#[path = "signatures.rs"]
mod signatures;

use aivm_attestation::intel::{QeIdentity, Statement, TcbInfo};
use libfuzzer_sys::fuzz_target;
use recorded::{root_crl, NOW, ROOT, SIGNER};
use signatures::Trusting;

fuzz_target!(|text: &[u8]| {
	let statement = Statement { text, signature: &[1; 64], signer: SIGNER };
	let _ = TcbInfo::verify::<Trusting>(&statement, root_crl(), ROOT, NOW);
	let _ = QeIdentity::verify::<Trusting>(&statement, root_crl(), ROOT, NOW);
});
