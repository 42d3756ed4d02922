// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Any bytes as a key, a proof or public inputs of another system: `cargo +nightly fuzz run convert` in `prover`. The tests
//! of the converters do a bounded run on a stable compiler.

#![no_main]

use aivm_prover::convert::{arkworks, gnark, risc0, snarkjs, sp1, Key, Proof, Scalar};
use aivm_verification::{groth16::MAX_INPUTS, Curve};
use libfuzzer_sys::fuzz_target;

/// A key that converts has the chain's form. Whether it is safe to use is another question, which must not panic.
fn check_key(key: &Key) {
	assert_eq!(key.bytes.len(), key.curve.key_len(key.inputs()));
	let _ = key.check();
}

fn check_proof(proof: &Proof) {
	assert_eq!(proof.bytes.len(), proof.curve.proof_len());
}

fn check_inputs(inputs: &[Scalar]) {
	assert!(inputs.len() <= MAX_INPUTS);
}

fuzz_target!(|bytes: &[u8]| {
	for curve in [Curve::Bn254, Curve::Bls12_381] {
		let _ = arkworks::key(curve, bytes).map(|key| check_key(&key));
		let _ = arkworks::proof(curve, bytes).map(|proof| check_proof(&proof));
		let _ = arkworks::inputs(curve, bytes).map(|inputs| check_inputs(&inputs));
		let _ = snarkjs::inputs(curve, bytes).map(|inputs| check_inputs(&inputs));
	}
	let _ = snarkjs::key(bytes).map(|key| check_key(&key));
	let _ = snarkjs::proof(bytes).map(|proof| check_proof(&proof));
	let _ = gnark::key(bytes).map(|key| check_key(&key));
	let _ = gnark::proof(bytes).map(|proof| check_proof(&proof));
	let _ = risc0::seal(bytes).map(|(_, proof)| check_proof(&proof));
	let _ = risc0::receipt(&risc0::V5_0, bytes, &[1; 32], bytes).map(|(_, inputs)| check_inputs(&inputs));
	let _ = sp1::proof(bytes, &[1; 32], bytes).map(|(_, proof, inputs)| {
		check_proof(&proof);
		check_inputs(&inputs);
	});
});
