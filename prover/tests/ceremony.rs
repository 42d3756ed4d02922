// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! From powers to a proof: the whole way of a committed model through files, as people would send them to each other.

mod common;

use aivm_prover::{
	circuit::{compile, Mode},
	prove::{prove, Limits},
	setup::{read_key, write_key, Beacon, Entropy, Powers, Setup, SetupKind, Step, Transcript, MIN_ITERATIONS},
};
use aivm_verification::{groth16::Curve, Groth16 as _, Portable};
use common::{imported, inputs, run, statement};

fn silent(_: Step) {}

#[test]
fn model_should_be_proved_when_its_key_comes_from_a_ceremony() {
	let folder = tempfile::tempdir().unwrap();
	let [ptau, key_file, transcript] =
		["powers.ptau", "model.key", "transcript.json"].map(|name| folder.path().join(name));
	let program = imported("cancer-logreg").program;
	let circuit = compile(&program, Mode::PublicWeights).unwrap();
	let equations = circuit.for_setup().unwrap();
	let power = equations.domain().trailing_zeros();
	Powers::generate(power, &[7; 32]).unwrap().write_ptau(&ptau, &mut silent).unwrap();
	let powers = Powers::read_ptau(&ptau, Some(power), &mut silent).unwrap();

	let mut setup = Setup::begin(&powers, &equations, &mut silent).unwrap();
	for name in ["Ada", "Grace"] {
		setup.contribute(name, &Entropy::gather(name.as_bytes()).unwrap(), &mut silent).unwrap();
		write_key(&setup, &key_file, &mut silent).unwrap();
		setup.transcript.write(&transcript).unwrap();
		let (header, key) = read_key(&key_file, &mut silent).unwrap();
		setup = Setup { key, transcript: Transcript::read(&transcript).unwrap() };
		assert_eq!(header.transcript, setup.transcript.hash());
	}
	let beacon = Beacon { genesis: [1; 32], block: 9, hash: [2; 32], iterations: MIN_ITERATIONS };
	setup.close(beacon, &mut silent).unwrap();
	let kind = setup.verify(&powers, &equations, Some(&beacon), &mut silent).unwrap();
	assert_eq!(kind, SetupKind::SingleParty, "the powers were made alone");

	// Anybody makes the circuit again; the circuit of another mode is another one.
	let again = compile(&program, Mode::PublicWeights).unwrap();
	setup.verify(&powers, &again.for_setup().unwrap(), None, &mut silent).unwrap();
	let other = compile(&program, Mode::PrivateWeights).unwrap();
	assert!(setup.verify(&powers, &other.for_setup().unwrap(), None, &mut silent).is_err());

	let input = inputs("cancer-logreg", &program).swap_remove(0);
	let run = run(&program, &input, Mode::PublicWeights);
	let (assignment, _) = circuit.assign(&run, &statement(&run)).unwrap();
	let proof = prove(&circuit, &setup.key, &assignment, &Limits::default(), &mut silent).unwrap();
	let prepared = Portable::prepare_key(Curve::Bls12_381, &setup.verifying_key()).unwrap();
	assert_eq!(Portable::verify(Curve::Bls12_381, &prepared, &proof.bytes, &proof.inputs), Ok(()));

	// Before anybody contributes, the chain refuses the key: anybody could forge proofs.
	let start = Setup::begin(&powers, &equations, &mut silent).unwrap();
	assert!(Portable::prepare_key(Curve::Bls12_381, &start.verifying_key()).is_err());
}
