// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Proofs of runs of the committed models: made here, verified with the code that the chain runs.

mod common;

use std::time::Instant;

use aivm_prover::{
	circuit::{compile, Circuit, Mode, Run},
	error::ProveError,
	estimate::{Estimate, Speed},
	prove::{prove, prove_with, Limits, Proof},
};
use aivm_verification::{groth16, public_inputs, Fr, Groth16 as _, Portable, ProofError, Statement};
use ark_bls12_381::Bls12_381;
use ark_groth16::{Groth16, ProvingKey, VerifyingKey};
use ark_serialize::CanonicalSerialize;
use ark_std::rand::{rngs::StdRng, SeedableRng};
use common::{imported, inputs, run, statement};

fn key(circuit: &Circuit) -> ProvingKey<Bls12_381> {
	let mut random = StdRng::seed_from_u64(5);
	Groth16::<Bls12_381>::generate_random_parameters_with_reduction(circuit, &mut random).unwrap()
}

/// A verifying key as the chain reads it.
fn wire(key: &VerifyingKey<Bls12_381>) -> Vec<u8> {
	let mut bytes = Vec::new();
	key.alpha_g1.serialize_compressed(&mut bytes).unwrap();
	for point in [key.beta_g2, key.gamma_g2, key.delta_g2] {
		point.serialize_compressed(&mut bytes).unwrap();
	}
	for point in &key.gamma_abc_g1 {
		point.serialize_compressed(&mut bytes).unwrap();
	}
	bytes
}

fn verify(key: &ProvingKey<Bls12_381>, proof: &Proof) -> Result<(), ProofError> {
	let curve = groth16::Curve::Bls12_381;
	let prepared = Portable::prepare_key(curve, &wire(&key.vk)).unwrap();
	Portable::verify(curve, &prepared, &proof.bytes, &proof.inputs)
}

#[test]
fn proof_should_verify_when_it_is_of_a_run_and_not_otherwise() {
	for (model, mode) in [
		("digits-mlp", Mode::PublicWeights),
		("cancer-gbt", Mode::PublicWeights),
		("cancer-logreg", Mode::PrivateWeights),
	] {
		let program = imported(model).program;
		let circuit = compile(&program, mode).unwrap();
		let key = key(&circuit);
		let estimate = Estimate::of(&circuit);
		let mut bytes = Vec::new();
		key.serialize_uncompressed(&mut bytes).unwrap();
		// The file of arkworks also has the lengths of six lists, 8 bytes each.
		assert_eq!(estimate.key + 6 * 8, bytes.len() as u64, "{model}");
		let input = inputs(model, &program).swap_remove(7);
		let run = run(&program, &input, mode);
		let outcome = run.outcome().unwrap();
		let mut claim = Statement {
			genesis: [9; 32],
			task: 4,
			program: outcome.program,
			input: outcome.input,
			output: outcome.output,
			provider: [8; 32],
			kind: 1,
		};
		let [.., last] = public_inputs(&claim);
		let (assignment, _) = circuit.assign(&run, &last).unwrap();
		let start = Instant::now();
		let mut stages = Vec::new();
		let proof = prove(&circuit, &key, &assignment, &Limits::default(), &mut |step| stages.push(step)).unwrap();
		let seconds = start.elapsed().as_secs_f64();
		println!(
			"{model}: {} equations, {seconds:.3} s, estimate {:.3} s",
			estimate.constraints,
			estimate.seconds(&Speed::measure())
		);
		assert!(stages.iter().all(|step| step.done <= step.total) && stages.len() > 8);
		assert_eq!(proof.inputs, public_inputs(&claim), "{model}");
		verify(&key, &proof).unwrap();

		for place in 0..4 {
			let mut other = proof.clone();
			other.inputs[place][0] ^= 1;
			assert_eq!(verify(&key, &other), Err(ProofError::Equation), "{model} {place}");
		}
		claim.task += 1;
		let replayed = Proof { inputs: public_inputs(&claim), ..proof.clone() };
		assert_eq!(verify(&key, &replayed), Err(ProofError::Equation));

		// What is random in a proof is all that differs.
		let mut random = StdRng::seed_from_u64(6);
		let again = prove_with(&circuit, &key, &assignment, &Limits::default(), &mut |_| (), &mut random).unwrap();
		assert_ne!(again.bytes, proof.bytes);
		verify(&key, &again).unwrap();
	}
}

#[test]
fn proof_should_be_refused_before_it_starts_when_it_cannot_be_made() {
	let program = imported("cancer-logreg").program;
	let circuit = compile(&program, Mode::PublicWeights).unwrap();
	let key = key(&circuit);
	let input = inputs("cancer-logreg", &program).swap_remove(0);
	let run = run(&program, &input, Mode::PublicWeights);
	let (assignment, _) = circuit.assign(&run, &statement(&run)).unwrap();
	let prove = |circuit: &Circuit, assignment, memory| {
		prove(circuit, &key, assignment, &Limits { memory }, &mut |_| ()).map(|_| ())
	};
	assert_eq!(prove(&circuit, &assignment, Some(1 << 30)), Ok(()));
	let refused = prove(&circuit, &assignment, Some(1 << 20));
	assert!(
		matches!(refused, Err(ProveError::Memory { needed, allowed: 0x10_0000 }) if needed > 1 << 20),
		"{refused:?}"
	);
	let changed = assignment.with(&[(20, Fr::from(5))]);
	let refused = prove(&circuit, &changed, None);
	assert!(matches!(&refused, Err(ProveError::Unsatisfied { section, .. }) if section == "inputs"), "{refused:?}");
	let other = compile(&imported("digits-mlp").program, Mode::PublicWeights).unwrap();
	assert!(matches!(prove(&other, &assignment, None), Err(ProveError::Key { what: "variables", .. })));
}

#[test]
fn assignment_should_be_refused_when_it_is_not_for_the_circuit() {
	let program = imported("cancer-logreg").program;
	let public = compile(&program, Mode::PublicWeights).unwrap();
	let private = compile(&program, Mode::PrivateWeights).unwrap();
	let input = inputs("cancer-logreg", &program).swap_remove(0);
	let given = run(&program, &input, Mode::PublicWeights);
	let refused = private.assign(&given, &[0; 32]).unwrap_err();
	assert!(matches!(refused, ProveError::WeightsSalt { mode: "private", .. }));
	let refused = public.assign(&Run { weights_salt: Some(Fr::from(1)), ..given }, &[0; 32]).unwrap_err();
	assert!(matches!(refused, ProveError::WeightsSalt { mode: "public", .. }));
	let refused = public.assign(&Run { input: &input[1..], ..given }, &[0; 32]).unwrap_err();
	assert!(matches!(refused, ProveError::Run(_)));
	let other = imported("cancer-gbt").program;
	let refused = public.assign(&Run { program: &other, input: &inputs("cancer-gbt", &other)[0], ..given }, &[0; 32]);
	assert_eq!(refused.unwrap_err(), ProveError::Structure);
}
