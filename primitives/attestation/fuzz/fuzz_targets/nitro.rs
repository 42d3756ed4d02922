// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Any bytes as a Nitro document.

#![no_main]

#[path = "signatures.rs"]
mod signatures;

use aivm_attestation::{nitro::Document, Roots};
use libfuzzer_sys::fuzz_target;
use signatures::Trusting;

fuzz_target!(|bytes: &[u8]| {
	let Ok(document) = Document::read(bytes) else { return };
	let _ = document.measured().id();
	let _ = document.verify::<Trusting>(Roots::PRODUCTION.nitro, 1_736_179_625, |_| false);
});
