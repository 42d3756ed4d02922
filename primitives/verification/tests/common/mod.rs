// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Keys and proofs for tests: made by arkworks, which is the oracle, and read from other tools' files.

#![allow(dead_code)]

use aivm_verification::{scalar, Claim, Curve, Groth16 as _, Portable, Scalar};
use ark_ec::{
	pairing::Pairing,
	short_weierstrass::{Affine, SWCurveConfig},
	AffineRepr, CurveGroup,
};
use ark_ff::{AdditiveGroup, BigInt, Field, PrimeField, UniformRand};
use ark_groth16::{prepare_verifying_key, Groth16, Proof, ProvingKey};
use ark_relations::{
	gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError},
	lc,
};
use ark_serialize::CanonicalSerialize;
use ark_std::rand::{rngs::StdRng, Rng, SeedableRng};
use serde_json::Value;

pub fn random(seed: u64) -> StdRng {
	StdRng::seed_from_u64(seed)
}

/// A curve of arkworks with the parts that tests need.
pub trait Oracle:
	Pairing<ScalarField: PrimeField<BigInt = BigInt<4>>, G1Affine = Affine<Self::P1>, G2Affine = Affine<Self::P2>>
{
	type P1: SWCurveConfig<BaseField = Self::BaseField, ScalarField = Self::ScalarField>;
	type P2: SWCurveConfig<ScalarField = Self::ScalarField, BaseField: Field<BasePrimeField = Self::BaseField>>;
	const CURVE: Curve;
}

impl Oracle for ark_bn254::Bn254 {
	type P1 = ark_bn254::g1::Config;
	type P2 = ark_bn254::g2::Config;
	const CURVE: Curve = Curve::Bn254;
}

impl Oracle for ark_bls12_381::Bls12_381 {
	type P1 = ark_bls12_381::g1::Config;
	type P2 = ark_bls12_381::g2::Config;
	const CURVE: Curve = Curve::Bls12_381;
}

/// A circuit whose public inputs are the squares of its witnesses.
#[derive(Clone)]
struct Squares<F>(Vec<F>);

impl<F: PrimeField> ConstraintSynthesizer<F> for Squares<F> {
	fn generate_constraints(self, cs: ConstraintSystemRef<F>) -> Result<(), SynthesisError> {
		for root in self.0 {
			let witness = cs.new_witness_variable(|| Ok(root))?;
			let square = cs.new_input_variable(|| Ok(root.square()))?;
			cs.enforce_r1cs_constraint(|| lc!() + witness, || lc!() + witness, || lc!() + square)?;
		}
		Ok(())
	}
}

/// The circuit with some number of inputs, set up.
pub struct Circuit<E: Oracle> {
	pub parameters: ProvingKey<E>,
	pub key: Vec<u8>,
	pub prepared: Vec<u8>,
	pub inputs: usize,
}

impl<E: Oracle> Circuit<E> {
	pub fn new(inputs: usize, random: &mut StdRng) -> Self {
		let circuit = Squares(vec![E::ScalarField::ONE; inputs]);
		let parameters = Groth16::<E>::generate_random_parameters_with_reduction(circuit, random).unwrap();
		let vk = &parameters.vk;
		let key = key_bytes::<E>(vk.alpha_g1, [vk.beta_g2, vk.gamma_g2, vk.delta_g2], &vk.gamma_abc_g1);
		let prepared = Portable::prepare_key(E::CURVE, &key).unwrap();
		Self { parameters, key, prepared, inputs }
	}

	/// A proof of random inputs.
	pub fn prove(&self, random: &mut StdRng) -> (Proof<E>, Vec<E::ScalarField>) {
		let roots: Vec<_> = (0..self.inputs).map(|_| E::ScalarField::rand(random)).collect();
		let circuit = Squares(roots.clone());
		let proof = Groth16::<E>::create_random_proof_with_reduction(circuit, &self.parameters, random).unwrap();
		(proof, roots.iter().map(|root| root.square()).collect())
	}

	pub fn claim(&self, random: &mut StdRng) -> Claim {
		let (proof, inputs) = self.prove(random);
		claim(&proof, &inputs)
	}

	/// What arkworks says of a proof.
	pub fn holds(&self, proof: &Proof<E>, inputs: &[E::ScalarField]) -> bool {
		Groth16::<E>::verify_proof(&prepare_verifying_key(&self.parameters.vk), proof, inputs).unwrap()
	}
}

pub fn claim<E: Oracle>(proof: &Proof<E>, inputs: &[E::ScalarField]) -> Claim {
	Claim { proof: proof_bytes::<E>(proof.a, proof.b, proof.c), inputs: inputs.iter().copied().map(scalar).collect() }
}

pub fn compressed(point: &impl CanonicalSerialize) -> Vec<u8> {
	let mut bytes = Vec::new();
	point.serialize_compressed(&mut bytes).unwrap();
	bytes
}

pub fn key_bytes<E: Oracle>(alpha: E::G1Affine, g2: [E::G2Affine; 3], ic: &[E::G1Affine]) -> Vec<u8> {
	[compressed(&alpha)]
		.into_iter()
		.chain(g2.iter().map(compressed))
		.chain(ic.iter().map(compressed))
		.flatten()
		.collect()
}

pub fn proof_bytes<E: Oracle>(a: E::G1Affine, b: E::G2Affine, c: E::G1Affine) -> Vec<u8> {
	[compressed(&a), compressed(&b), compressed(&c)].concat()
}

/// A random point of a curve, hardly ever in its group of prime order if there is more than that.
pub fn any_point<P: SWCurveConfig>(random: &mut StdRng) -> Affine<P> {
	loop {
		let x = P::BaseField::rand(random);
		if let Some(point) = Affine::get_point_from_x_unchecked(x, random.gen()) {
			return point;
		}
	}
}

/// Bytes of an `x` that no point of the curve has.
pub fn no_point<P: SWCurveConfig>(random: &mut StdRng) -> Vec<u8> {
	let flags = compressed(&Affine::<P>::generator());
	loop {
		let x = P::BaseField::rand(random);
		if Affine::<P>::get_ys_from_x_unchecked(x).is_none() {
			// The flags of a real point, the `x` of none: through a point that arkworks does not check.
			let bytes = compressed(&Affine::<P>::new_unchecked(x, Affine::<P>::generator().y));
			assert_eq!(bytes.len(), flags.len());
			return bytes;
		}
	}
}

/// A point in compressed form whose first coordinate is its `x` plus the modulus: the same point, if that were reduced.
pub fn not_reduced<P: SWCurveConfig>() -> Vec<u8> {
	let mut x = P::BaseField::ZERO;
	loop {
		x += P::BaseField::ONE;
		if let Some(point) = Affine::<P>::get_point_from_x_unchecked(x, false) {
			let mut bytes = compressed(&point);
			let modulus =
				ark_ff::BigInteger::to_bytes_le(&<<P::BaseField as Field>::BasePrimeField as PrimeField>::MODULUS);
			// The real part comes first and little-endian for BN254, last and big-endian for BLS12-381.
			let is_little_endian = modulus.len() == 32;
			let mut carry = 0u16;
			let length = bytes.len();
			for (place, byte) in modulus.iter().enumerate() {
				let to = if is_little_endian { &mut bytes[place] } else { &mut bytes[length - 1 - place] };
				let sum = u16::from(*to) + u16::from(*byte) + carry;
				*to = sum as u8;
				carry = sum >> 8;
			}
			assert_eq!(carry, 0);
			return bytes;
		}
	}
}

/// Infinity in compressed form.
pub fn infinity<P: SWCurveConfig>() -> Vec<u8> {
	compressed(&Affine::<P>::identity())
}

/// Every way in which bytes of a point are refused, by the words of the errors.
pub fn bad_points<P: SWCurveConfig>(random: &mut StdRng) -> Vec<(&'static str, Vec<u8>)> {
	let length = infinity::<P>().len();
	let mut bad = vec![
		("Infinity", infinity::<P>()),
		("Encoding", no_point::<P>(random)),
		("Encoding", not_reduced::<P>()),
		("Encoding", vec![0xff; length]),
	];
	if P::cofactor_is_one() {
		return bad;
	}
	let any = any_point::<P>(random);
	bad.push(("Subgroup", compressed(&any)));
	bad.push((
		"Subgroup",
		compressed(&(any.mul_bigint(P::ScalarField::MODULUS) + Affine::<P>::generator()).into_affine()),
	));
	bad
}

// Files of other tools.

/// A key, a proof and its public inputs, as the chain takes them.
pub struct Vector {
	pub curve: Curve,
	pub key: Vec<u8>,
	pub proof: Vec<u8>,
	pub inputs: Vec<Scalar>,
}

pub fn read(path: &str) -> Vec<u8> {
	let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
	let root = root.trim_end_matches("host/guest/").trim_end_matches("verification/");
	let path = format!("{root}verification/tests/vectors/{path}");
	std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn json(path: &str) -> Value {
	serde_json::from_slice(&read(path)).unwrap()
}

fn number<F: PrimeField>(value: &Value) -> F {
	let text = value.as_str().unwrap();
	text.bytes().fold(F::ZERO, |number, digit| number * F::from(10u8) + F::from(digit - b'0'))
}

fn g1<E: Oracle>(value: &Value) -> E::G1Affine {
	Affine::<E::P1>::new(number(&value[0]), number(&value[1]))
}

fn g2<E: Oracle>(value: &Value) -> E::G2Affine {
	let coordinate = |value: &Value| {
		<E::P2 as ark_ec::CurveConfig>::BaseField::from_base_prime_field_elems([number(&value[0]), number(&value[1])])
			.unwrap()
	};
	Affine::<E::P2>::new_unchecked(coordinate(&value[0]), coordinate(&value[1]))
}

/// The key in a file of snarkjs.
pub fn snarkjs_key<E: Oracle>(path: &str) -> Vec<u8> {
	let key = json(path);
	let ic: Vec<_> = key["IC"].as_array().unwrap().iter().map(g1::<E>).collect();
	let points = [&key["vk_beta_2"], &key["vk_gamma_2"], &key["vk_delta_2"]].map(g2::<E>);
	key_bytes::<E>(g1::<E>(&key["vk_alpha_1"]), points, &ic)
}

/// The files of snarkjs in a folder.
pub fn snarkjs<E: Oracle>(folder: &str) -> Vector {
	let proof = json(&format!("{folder}/proof.json"));
	let inputs = json(&format!("{folder}/public.json"));
	Vector {
		curve: E::CURVE,
		key: snarkjs_key::<E>(&format!("{folder}/verification_key.json")),
		proof: proof_bytes::<E>(g1::<E>(&proof["pi_a"]), g2::<E>(&proof["pi_b"]), g1::<E>(&proof["pi_c"])),
		inputs: inputs.as_array().unwrap().iter().map(|input| scalar(number::<E::ScalarField>(input))).collect(),
	}
}

/// The proof in the bytes that Ethereum's precompile takes: big-endian, imaginary parts first.
pub fn ethereum_proof(bytes: &[u8]) -> Vec<u8> {
	type E = ark_bn254::Bn254;
	assert_eq!(bytes.len(), 256);
	let numbers: Vec<_> = bytes.chunks(32).map(ark_bn254::Fq::from_be_bytes_mod_order).collect();
	let [ax, ay, bx1, bx0, by1, by0, cx, cy] = numbers[..] else { unreachable!() };
	let b = Affine::new_unchecked(ark_bn254::Fq2::new(bx0, bx1), ark_bn254::Fq2::new(by0, by1));
	proof_bytes::<E>(Affine::new_unchecked(ax, ay), b, Affine::new_unchecked(cx, cy))
}

/// The key in the bytes of gnark: compressed, big-endian, with flags of its own, and two points more than are needed.
pub fn gnark_key(bytes: &[u8]) -> Vec<u8> {
	let point = |bytes: &[u8]| {
		let mut bytes = bytes.to_vec();
		let is_largest = bytes[0] >> 6 == 0b11;
		assert!(bytes[0] >> 7 == 1, "it is compressed, and not infinity");
		bytes[0] &= 0x3f;
		bytes.reverse();
		*bytes.last_mut().unwrap() |= if is_largest { 0x80 } else { 0 };
		bytes
	};
	let count = u32::from_be_bytes(bytes[288..292].try_into().unwrap()) as usize;
	let mut key = point(&bytes[..32]);
	for start in [64, 128, 224] {
		key.extend(point(&bytes[start..start + 64]));
	}
	for ic in bytes[292..292 + 32 * count].chunks(32) {
		key.extend(point(ic));
	}
	key
}

pub fn hex_of<const N: usize>(value: &Value) -> [u8; N] {
	hex::decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
}
