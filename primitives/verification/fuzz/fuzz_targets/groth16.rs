// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Any bytes through everything that a chain does with keys and proofs:
//! `cargo +nightly fuzz run groth16` in `primitives/verification`. `tests/fuzz.rs` does a bounded run on a stable compiler.

#![no_main]

use aivm_verification::{Claim, Curve, Groth16, Portable};
use libfuzzer_sys::fuzz_target;

/// A curve, a key, and claims with their proofs and inputs.
type Input = (Curve, Vec<u8>, Vec<Claim>);

fuzz_target!(|input: &[u8]| {
	let Ok((curve, key, mut claims)) = <Input as codec::Decode>::decode(&mut &input[..]) else { return };
	claims.truncate(4);
	let prepared = Portable::prepare_key(curve, &key);
	if let Ok(prepared) = &prepared {
		assert_eq!(curve.inputs(key.len()).map(|inputs| curve.prepared_len(inputs)), Some(prepared.len()));
	}
	for prepared in [prepared.as_deref().unwrap_or(&[]), &key] {
		let batch = Portable::verify_batch(curve, prepared, &claims);
		for (claim, verdict) in claims.iter().zip(batch) {
			assert_eq!(Portable::verify(curve, prepared, &claim.proof, &claim.inputs), verdict);
		}
	}
});
