// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the tests of the set-up share: a circuit, powers and proofs.

mod ceremony;
mod files;
mod parameters;
mod powers;

use ark_bls12_381::{Bls12_381, Fr};
use ark_ff::{Field, One, Zero};
use ark_groth16::{prepare_verifying_key, r1cs_to_qap::LibsnarkReduction, Groth16, Proof, ProvingKey};

use super::*;

/// Public variables of the test circuit: the constant 1 and four inputs.
const PUBLIC: usize = 5;
/// A chain of products whose end, square, sum and fourth power are public.
struct Chain {
	a: Vec<Row>,
	b: Vec<Row>,
	c: Vec<Row>,
	variables: usize,
	length: usize,
}

fn term(coefficient: i64, variable: usize) -> (Fr, usize) {
	(if coefficient < 0 { -Fr::from(coefficient.unsigned_abs()) } else { Fr::from(coefficient as u64) }, variable)
}

impl Chain {
	/// A chain of `length` products: `length + 4` equations.
	fn new(length: usize) -> Self {
		let x = PUBLIC;
		let (mut a, mut b, mut c) = (Vec::new(), Vec::new(), Vec::new());
		let large = Fr::from(3_u64).pow([150]);
		for step in 0..length {
			let last = x + step;
			a.push(vec![term(1, last), term(-3, x), (large, 0)]);
			b.push(vec![(-large, last), term(7, 0)]);
			c.push(vec![term(1, last + 1)]);
		}
		let end = x + length;
		a.extend([vec![term(1, end)], vec![term(1, x)], vec![term(1, 0)], vec![term(1, 2)]]);
		b.extend([vec![term(1, 0)], vec![term(1, x)], vec![term(1, x), term(5, 0)], vec![term(1, 2)]]);
		c.extend([vec![term(1, 1)], vec![term(1, 2)], vec![term(1, 3)], vec![term(1, 4)]]);
		Self { a, b, c, variables: end + 1, length }
	}

	fn circuit(&self) -> Circuit<'_> {
		Circuit::new(&self.a, &self.b, &self.c, PUBLIC, self.variables).unwrap()
	}

	/// All variables for a private start.
	fn assign(&self, x: u64) -> Vec<Fr> {
		let x = Fr::from(x);
		let large = Fr::from(3_u64).pow([150]);
		let mut chain = vec![x];
		for step in 0..self.length {
			let last = chain[step];
			chain.push((last - Fr::from(3_u64) * x + large) * (Fr::from(7_u64) - large * last));
		}
		let square = x * x;
		let mut all = vec![Fr::one(), chain[self.length], square, x + Fr::from(5_u64), square * square];
		all.extend(chain);
		all
	}

	fn prove(&self, key: &ProvingKey<Bls12_381>, x: u64) -> (Proof<Bls12_381>, Vec<Fr>) {
		let assignment = self.assign(x);
		let matrices = [self.a.clone(), self.b.clone(), self.c.clone()];
		let proof = Groth16::<Bls12_381, LibsnarkReduction>::create_proof_with_reduction_and_matrices(
			key,
			Fr::from(1234567_u64),
			Fr::from(7654321_u64),
			&matrices,
			PUBLIC,
			self.a.len(),
			&assignment,
		)
		.unwrap();
		(proof, assignment[1..PUBLIC].to_vec())
	}
}

/// Whether ark-groth16 accepts a proof of the chain.
fn proves(chain: &Chain, key: &ProvingKey<Bls12_381>) -> bool {
	let (proof, mut inputs) = chain.prove(key, 9);
	let prepared = prepare_verifying_key(&key.vk);
	let verify = |inputs: &[Fr]| Groth16::<Bls12_381>::verify_proof(&prepared, &proof, inputs).unwrap();
	let accepted = verify(&inputs);
	inputs[0] += Fr::one();
	assert!(!verify(&inputs), "a wrong input must be refused");
	accepted
}

/// A listener that ignores everything.
fn silent(_: Step) {}

/// The powers that snarkjs made: see `tests/vectors/README.md`.
fn vector() -> &'static [u8] {
	include_bytes!("../../../tests/vectors/powers/bls12381_7.ptau")
}

fn snarkjs_powers() -> Powers {
	Powers::from_ptau(std::io::Cursor::new(vector()), None, &mut silent).unwrap()
}

fn beacon() -> Beacon {
	Beacon { genesis: [1; 32], block: 77, hash: [2; 32], iterations: MIN_ITERATIONS }
}

/// A ceremony of two contributors and a beacon.
fn ceremony(powers: &Powers, chain: &Chain) -> Setup {
	let mut setup = Setup::begin(powers, &chain.circuit(), &mut silent).unwrap();
	setup.contribute("Ada", &Entropy::known([3; 32]), &mut silent).unwrap();
	setup.contribute("Grace", &Entropy::known([4; 32]), &mut silent).unwrap();
	setup.close(beacon(), &mut silent).unwrap();
	setup
}

#[test]
fn circuit_should_be_refused_when_it_is_malformed() {
	let chain = Chain::new(3);
	let make = |public, variables| Circuit::new(&chain.a, &chain.b, &chain.c, public, variables);
	assert!(make(PUBLIC, chain.variables).is_ok());
	assert!(matches!(make(PUBLIC, chain.variables - 1), Err(SetupError::Circuit(_))));
	assert!(matches!(make(1, chain.variables), Err(SetupError::Circuit(_))));
	assert!(matches!(make(PUBLIC, PUBLIC), Err(SetupError::Circuit(_))));
	assert!(matches!(make(PUBLIC, 1000), Err(SetupError::Circuit(_))));
	assert!(Circuit::new(&chain.a, &chain.b[1..], &chain.c, PUBLIC, chain.variables).is_err());
	assert!(Circuit::new(&[], &[], &[], PUBLIC, chain.variables).is_err());
}

#[test]
fn circuit_digest_should_change_when_anything_changes() {
	let digest = |change: &dyn Fn(&mut Chain)| {
		let mut chain = Chain::new(4);
		change(&mut chain);
		chain.circuit().digest()
	};
	let digests = [
		digest(&|_| ()),
		digest(&|chain| chain.a[0][0].0 += Fr::one()),
		digest(&|chain| chain.b[1][0].1 += 1),
		digest(&|chain| chain.c.swap(0, 1)),
		digest(&|chain| chain.variables += 1),
		digest(&|chain| std::mem::swap(&mut chain.a, &mut chain.b)),
		digest(&|chain| {
			let moved = chain.a[0].pop().unwrap();
			chain.a[1].push(moved);
		}),
		digest(&|chain| chain.a[0].push((Fr::zero(), 0))),
	];
	let distinct: std::collections::BTreeSet<_> = digests.iter().collect();
	assert_eq!(distinct.len(), digests.len());
}
