// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Any bytes as an Intel quote: `cargo +nightly fuzz run intel fuzz/corpus/intel tests/vectors/intel` in
//! `primitives/attestation`. `tests/fuzz.rs` does a bounded run on a stable compiler, for all targets.

#![no_main]

use aivm_attestation::intel::Quote;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
	let Ok(quote) = Quote::read(bytes) else { return };
	let _ = (quote.tee(), quote.platform(), quote.issuer(), quote.measured().id(), quote.report_data());
});
