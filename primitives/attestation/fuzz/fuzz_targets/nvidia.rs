// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Any bytes as an NVIDIA report, and as one with its certificate chain behind it.

#![no_main]

#[path = "signatures.rs"]
mod signatures;

use aivm_attestation::{nvidia, Roots};
use libfuzzer_sys::fuzz_target;
use signatures::Trusting;

/// Length of the recorded report.
const REPORT_BYTES: usize = 4_117;

fuzz_target!(|bytes: &[u8]| {
	let _ = nvidia::Report::read(bytes).map(|report| (report.measurements().count(), report.measured().id()));
	let (report, chain) = bytes.split_at(bytes.len().min(REPORT_BYTES));
	let _ = nvidia::verify::<Trusting>(report, chain, Roots::PRODUCTION.nvidia, 1_735_689_600, |_| false);
});
