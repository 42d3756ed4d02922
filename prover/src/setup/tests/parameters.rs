// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use ark_bls12_381::{G1Projective, G2Projective};
use ark_ec::PrimeGroup;
use ark_poly::{EvaluationDomain, GeneralEvaluationDomain};
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable};
use ark_std::rand::{rngs::StdRng, SeedableRng};

use super::{super::powers::Secrets, *};

/// The chain as ark-groth16's own generator wants it.
impl ConstraintSynthesizer<Fr> for &Chain {
	fn generate_constraints(self, system: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
		let assignment = self.assign(9);
		let mut variables = vec![Variable::one()];
		for (index, value) in assignment.iter().enumerate().skip(1) {
			variables.push(if index < PUBLIC {
				system.new_input_variable(|| Ok(*value))?
			} else {
				system.new_witness_variable(|| Ok(*value))?
			});
		}
		let combination = |row: &Row| {
			let mut sum = LinearCombination::<Fr>::new();
			for (coefficient, variable) in row {
				sum += (*coefficient, variables[*variable]);
			}
			sum
		};
		for ((a, b), c) in self.a.iter().zip(&self.b).zip(&self.c) {
			system.enforce_r1cs_constraint(|| combination(a), || combination(b), || combination(c))?;
		}
		Ok(())
	}
}

#[test]
fn first_key_should_equal_that_of_ark_groth16_when_the_secrets_are_known() {
	for length in [1, 7, 23] {
		let chain = Chain::new(length);
		let circuit = chain.circuit();
		let mut rng = StdRng::seed_from_u64(length as u64);
		let tau = GeneralEvaluationDomain::<Fr>::new(circuit.domain())
			.unwrap()
			.sample_element_outside_domain(&mut rng.clone());
		let secrets = Secrets { tau, alpha: Fr::from(11_u64), beta: Fr::from(13_u64) };
		let expected = Groth16::<Bls12_381>::generate_parameters_with_qap(
			&chain,
			secrets.alpha,
			secrets.beta,
			Fr::one(),
			Fr::one(),
			G1Projective::generator(),
			G2Projective::generator(),
			&mut rng,
		)
		.unwrap();
		for is_prepared in [true, false] {
			let mut powers = Powers::from_secrets(circuit.domain().trailing_zeros() + 1, &secrets);
			if !is_prepared {
				powers.lagrange.clear();
			}
			let setup = Setup::begin(&powers, &circuit, &mut silent).unwrap();
			assert!(setup.key == expected, "length {length}, prepared {is_prepared}");
		}
	}
}

#[test]
fn transform_should_equal_known_lagrange_points() {
	let mut powers = Powers::generate(6, &[7; 32]).unwrap();
	let known = powers.lagrange.remove(&64).unwrap();
	let computed = powers.lagrange(64, &mut silent).unwrap();
	assert_eq!(computed.tau_g1, known.tau_g1);
	assert_eq!(computed.alpha_g1, known.alpha_g1);
	assert_eq!(computed.beta_g1, known.beta_g1);
	assert_eq!(computed.tau_g2, known.tau_g2);
}

#[test]
fn setup_should_be_refused_when_the_powers_do_not_suffice() {
	let chain = Chain::new(20);
	let result = Setup::begin(&Powers::generate(4, &[7; 32]).unwrap(), &chain.circuit(), &mut silent);
	assert!(matches!(result, Err(SetupError::TooFewPowers { needed: 5, found: 4 })));
}

#[test]
fn proofs_should_verify_when_the_powers_are_those_of_snarkjs() {
	// 100 + 4 equations and 5 public variables: a domain of 128, all that the file holds.
	let chain = Chain::new(100);
	let setup = ceremony(&snarkjs_powers(), &chain);
	assert!(proves(&chain, &setup.key));
}

#[test]
fn progress_should_reach_the_end_of_every_stage() {
	let mut last = std::collections::BTreeMap::new();
	let mut listen = |step: Step| {
		assert!(step.done <= step.total, "{step:?}");
		last.insert(step.stage, step);
	};
	let powers = snarkjs_powers();
	let chain = Chain::new(20);
	let mut setup = Setup::begin(&powers, &chain.circuit(), &mut listen).unwrap();
	setup.contribute("Ada", &Entropy::known([3; 32]), &mut listen).unwrap();
	setup.verify(&powers, &chain.circuit(), None, &mut listen).unwrap();
	assert!(last.len() >= 8);
	assert!(last.values().all(|step| step.done == step.total), "{last:?}");
}
