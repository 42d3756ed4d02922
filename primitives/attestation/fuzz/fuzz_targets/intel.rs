// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Any bytes as an Intel quote: `cargo +nightly fuzz run intel` in `primitives/attestation`. `tests/fuzz.rs` does a bounded
//! run on a stable compiler, for all targets.

#![no_main]

#[path = "recorded.rs"]
mod recorded;
#[path = "signatures.rs"]
mod signatures;

use aivm_attestation::intel::Quote;
use libfuzzer_sys::fuzz_target;
use recorded::{collateral, NOW};
use signatures::Trusting;

fuzz_target!(|bytes: &[u8]| {
	let Ok(quote) = Quote::read(bytes) else { return };
	let _ = (quote.platform(), quote.issuer(), quote.measured().id());
	if let Ok(proven) = quote.verify::<Trusting>(&collateral(quote.tee()), NOW) {
		assert_eq!((proven.measured, &proven.report_data), (quote.measured(), quote.report_data()));
	}
});
