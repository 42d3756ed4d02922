// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How long Groth16 proofs take to verify in the runtime, beside arkworks without a chain.
//!
//! The runtime's side is the whole way in the guest's WASM: the host function is called with the bytes of the proof, the
//! public inputs and the prepared key, and everything is read and checked. The side of arkworks is what its own library does
//! for a verifier that trusts its bytes: points and inputs are read beforehand and never checked, the key is prepared
//! (`e(alpha, beta)` and the lines of gamma and delta), and `verify_proof` adds up the inputs, pairs and compares. Both run
//! on one thread.

use std::{hint::black_box, time::Instant};

use aivm_guest::{Guest, ProofAnswer, ProofWork};
use aivm_verification::groth16::MAX_BATCH;
use anyhow::{ensure, Result};
use ark_groth16::{prepare_verifying_key, Groth16};
use serde_json::{json, Value};

use crate::{
	bars::{at_most, Bar},
	inference::in_guest,
};

/// Circuits with their keys and proofs, as the tests make them.
use aivm_oracle::{claim, random, Circuit, Oracle};

/// Numbers of public inputs.
const INPUTS: [usize; 5] = [1, 2, 4, 8, 16];
/// Measurements of arkworks; the shortest time counts.
const MEASUREMENTS: u32 = 60;
/// Most that a proof may take, over the time of arkworks.
const SINGLE: f64 = 1.6;
/// Most that a proof of a batch may take, over the time of arkworks.
const BATCH: f64 = 0.4;

/// Measures everything, prints a table and returns the numbers and the bars.
pub fn run() -> Result<(Value, Vec<Bar>)> {
	ensure!(
		std::env::var("RAYON_NUM_THREADS").as_deref() == Ok("1"),
		"arkworks may use several threads here; set RAYON_NUM_THREADS=1, as scripts/bench does"
	);
	println!(
		"\n{:<12} {:>7} {:>10} {:>10} {:>10} {:>10}   microseconds, one thread",
		"curve", "inputs", "arkworks", "single", "batch", "refused"
	);
	println!("{:<12} {:>7} {:>10} {:>10} {:>10} {:>10}", "", "", "natively", "", "of 64", "batch");
	let guest = Guest::new()?;
	let mut rows = Vec::new();
	let mut bars = Vec::new();
	for inputs in INPUTS {
		measure::<ark_bn254::Bn254>(&guest, inputs, &mut rows, &mut bars)?;
		measure::<ark_bls12_381::Bls12_381>(&guest, inputs, &mut rows, &mut bars)?;
	}
	println!(
		"\n{:<12} {:>12} {:>14}   microseconds: WASM without the host's functions; checking a key of 16 inputs",
		"curve", "WASM alone", "prepare key"
	);
	let mut others = Vec::new();
	alone::<ark_bn254::Bn254>(&guest, &mut others)?;
	alone::<ark_bls12_381::Bls12_381>(&guest, &mut others)?;
	Ok((json!({ "bench": "verification", "proofs": rows, "others": others }), bars))
}

fn measure<E: Oracle>(guest: &Guest, inputs: usize, rows: &mut Vec<Value>, bars: &mut Vec<Bar>) -> Result<()> {
	let mut random = random(40);
	let circuit = Circuit::<E>::new(inputs, &mut random);
	let (proof, values) = circuit.prove(&mut random);
	let key = prepare_verifying_key(&circuit.parameters.vk);
	let mut native = f64::INFINITY;
	for _ in 0..MEASUREMENTS {
		let start = Instant::now();
		let holds = Groth16::<E>::verify_proof(&key, black_box(&proof), black_box(&values));
		native = native.min(start.elapsed().as_nanos() as f64 / 1e3);
		ensure!(holds.is_ok_and(|holds| holds), "arkworks refuses the proof");
	}
	let curve = E::CURVE;
	let prepared = circuit.prepared.clone();
	let good = claim(&proof, &values);
	let work =
		ProofWork::Verify { curve, prepared: prepared.clone(), proof: good.proof.clone(), inputs: good.inputs.clone() };
	ensure!(guest.host_proofs(&work, 1)? == ProofAnswer::Proof(Ok(())), "the host refuses the proof");
	let single = in_guest(|times| guest.host_proofs(&work, times))? / 1e3;
	let mut claims: Vec<_> = (0..MAX_BATCH).map(|_| circuit.claim(&mut random)).collect();
	let work = ProofWork::VerifyBatch { curve, prepared: prepared.clone(), claims: claims.clone() };
	ensure!(guest.host_proofs(&work, 1)? == ProofAnswer::Batch(vec![Ok(()); MAX_BATCH]), "the host refuses the batch");
	let batch = in_guest(|times| guest.host_proofs(&work, times))? / 1e3 / MAX_BATCH as f64;
	// One wrong proof: the most work that a batch can make.
	claims[0].inputs[0] = [0; 32];
	let work = ProofWork::VerifyBatch { curve, prepared, claims };
	let refused = in_guest(|times| guest.host_proofs(&work, times))? / 1e3 / MAX_BATCH as f64;
	println!("{:<12} {inputs:>7} {native:>10.0} {single:>10.0} {batch:>10.0} {refused:>10.0}", format!("{curve:?}"));
	bars.push(at_most(&format!("{curve:?}, {inputs} inputs: single over arkworks"), single / native, SINGLE));
	bars.push(at_most(&format!("{curve:?}, {inputs} inputs: of a batch over arkworks"), batch / native, BATCH));
	rows.push(json!({
		"curve": format!("{curve:?}"),
		"inputs": inputs,
		"arkworks_us": native,
		"single_us": single,
		"batch_us": batch,
		"refused_batch_us": refused,
	}));
	Ok(())
}

/// What has no peer: the portable verifier in WASM, and the check of a key.
fn alone<E: Oracle>(guest: &Guest, others: &mut Vec<Value>) -> Result<()> {
	let mut random = random(41);
	let curve = E::CURVE;
	let circuit = Circuit::<E>::new(1, &mut random);
	let good = circuit.claim(&mut random);
	let work = ProofWork::Verify { curve, prepared: circuit.prepared, proof: good.proof, inputs: good.inputs };
	let mut portable = f64::INFINITY;
	for _ in 0..10 {
		let start = Instant::now();
		guest.portable_proofs(&work, 5)?;
		portable = portable.min(start.elapsed().as_nanos() as f64 / 5e3);
	}
	let key = Circuit::<E>::new(16, &mut random).key;
	let work = ProofWork::PrepareKey { curve, key };
	let prepare = in_guest(|times| guest.host_proofs(&work, times))? / 1e3;
	println!("{:<12} {portable:>12.0} {prepare:>14.0}", format!("{curve:?}"));
	others.push(json!({ "curve": format!("{curve:?}"), "wasm_alone_us": portable, "prepare_key_16_us": prepare }));
	Ok(())
}
