// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # The oracle of tests and benchmarks
//!
//! Keys and proofs made by arkworks, and read from other tools' files. Arkworks is generic over curves, so it is compiled anew in
//! each crate that sets up or proves; here that happens once, for both curves, in [`Oracle`]'s functions.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "only tests and benchmarks use it")]

pub mod wire;

use aivm_verification::{scalar, Claim, Curve, Groth16 as _, Portable, Scalar};
use ark_ec::{
	pairing::Pairing,
	short_weierstrass::{Affine, SWCurveConfig},
	AffineRepr, CurveGroup,
};
use ark_ff::{AdditiveGroup, BigInt, Field, PrimeField, UniformRand};
use ark_groth16::{prepare_verifying_key, Groth16, Proof, ProvingKey, VerifyingKey};
use ark_relations::{
	gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError},
	lc,
};
use ark_serialize::CanonicalSerialize;
use ark_std::rand::{rngs::StdRng, Rng, SeedableRng};
use serde_json::Value;

/// Randomness that is the same in each run.
pub fn random(seed: u64) -> StdRng {
	StdRng::seed_from_u64(seed)
}

/// A curve of arkworks with the parts that tests need.
pub trait Oracle:
	Pairing<ScalarField: PrimeField<BigInt = BigInt<4>>, G1Affine = Affine<Self::P1>, G2Affine = Affine<Self::P2>>
{
	/// The curve of the first group.
	type P1: SWCurveConfig<BaseField = Self::BaseField, ScalarField = Self::ScalarField>;
	/// The curve of the second group.
	type P2: SWCurveConfig<ScalarField = Self::ScalarField, BaseField: Field<BasePrimeField = Self::BaseField>>;
	/// The chain's name for it.
	const CURVE: Curve;

	/// Keys of the circuit with some number of public inputs, of which the prover knows the squares.
	fn set_up(inputs: usize, random: &mut StdRng) -> ProvingKey<Self>;

	/// A proof for these public inputs.
	fn prove(key: &ProvingKey<Self>, inputs: &[Self::ScalarField], random: &mut StdRng) -> Proof<Self>;

	/// Another proof of the same, made without knowing what it proves.
	fn rerandomise(key: &VerifyingKey<Self>, proof: &Proof<Self>, random: &mut StdRng) -> Proof<Self>;

	/// What arkworks says of a proof.
	fn holds(key: &VerifyingKey<Self>, proof: &Proof<Self>, inputs: &[Self::ScalarField]) -> bool;
}

macro_rules! oracle {
	($pairing:ty, $crate_name:ident, $curve:expr) => {
		impl Oracle for $pairing {
			type P1 = $crate_name::g1::Config;
			type P2 = $crate_name::g2::Config;
			const CURVE: Curve = $curve;

			fn set_up(inputs: usize, random: &mut StdRng) -> ProvingKey<Self> {
				let circuit = Squares(vec![Self::ScalarField::ONE; inputs]);
				Groth16::<Self>::generate_random_parameters_with_reduction(circuit, random).unwrap()
			}

			fn prove(key: &ProvingKey<Self>, inputs: &[Self::ScalarField], random: &mut StdRng) -> Proof<Self> {
				let circuit = Squares(inputs.to_vec());
				Groth16::<Self>::create_random_proof_with_reduction(circuit, key, random).unwrap()
			}

			fn rerandomise(key: &VerifyingKey<Self>, proof: &Proof<Self>, random: &mut StdRng) -> Proof<Self> {
				Groth16::<Self>::rerandomize_proof(key, proof, random)
			}

			fn holds(key: &VerifyingKey<Self>, proof: &Proof<Self>, inputs: &[Self::ScalarField]) -> bool {
				Groth16::<Self>::verify_proof(&prepare_verifying_key(key), proof, inputs).unwrap()
			}
		}
	};
}
oracle!(ark_bn254::Bn254, ark_bn254, Curve::Bn254);
oracle!(ark_bls12_381::Bls12_381, ark_bls12_381, Curve::Bls12_381);

/// A circuit whose witnesses are the squares of its public inputs.
#[derive(Clone)]
struct Squares<F>(Vec<F>);

impl<F: PrimeField> ConstraintSynthesizer<F> for Squares<F> {
	fn generate_constraints(self, cs: ConstraintSystemRef<F>) -> Result<(), SynthesisError> {
		for input in self.0 {
			let public = cs.new_input_variable(|| Ok(input))?;
			let square = cs.new_witness_variable(|| Ok(input.square()))?;
			cs.enforce_r1cs_constraint(|| lc!() + public, || lc!() + public, || lc!() + square)?;
		}
		Ok(())
	}
}

/// The circuit with some number of inputs, set up.
pub struct Circuit<E: Oracle> {
	/// The proving key, which holds the verifying key.
	pub parameters: ProvingKey<E>,
	/// The verifying key, as the chain takes it.
	pub key: Vec<u8>,
	/// The verifying key, checked and prepared.
	pub prepared: Vec<u8>,
	/// How many public inputs it has.
	pub inputs: usize,
}

impl<E: Oracle> Circuit<E> {
	/// Sets it up.
	pub fn new(inputs: usize, random: &mut StdRng) -> Self {
		let parameters = E::set_up(inputs, random);
		let vk = &parameters.vk;
		let key = key_bytes::<E>(vk.alpha_g1, [vk.beta_g2, vk.gamma_g2, vk.delta_g2], &vk.gamma_abc_g1);
		let prepared = Portable::prepare_key(E::CURVE, &key).unwrap();
		Self { parameters, key, prepared, inputs }
	}

	/// A proof of random inputs.
	pub fn prove(&self, random: &mut StdRng) -> (Proof<E>, Vec<E::ScalarField>) {
		let inputs: Vec<_> = (0..self.inputs).map(|_| E::ScalarField::rand(random)).collect();
		(E::prove(&self.parameters, &inputs, random), inputs)
	}

	/// The same, as the chain takes it.
	pub fn claim(&self, random: &mut StdRng) -> Claim {
		let (proof, inputs) = self.prove(random);
		claim(&proof, &inputs)
	}

	/// What arkworks says of a proof.
	pub fn holds(&self, proof: &Proof<E>, inputs: &[E::ScalarField]) -> bool {
		E::holds(&self.parameters.vk, proof, inputs)
	}
}

/// A proof and its inputs, as the chain takes them.
pub fn claim<E: Oracle>(proof: &Proof<E>, inputs: &[E::ScalarField]) -> Claim {
	Claim { proof: proof_bytes::<E>(proof.a, proof.b, proof.c), inputs: inputs.iter().copied().map(scalar).collect() }
}

/// A point in compressed form.
pub fn compressed(point: &impl CanonicalSerialize) -> Vec<u8> {
	let mut bytes = Vec::new();
	point.serialize_compressed(&mut bytes).unwrap();
	bytes
}

/// A verifying key, as the chain takes it.
pub fn key_bytes<E: Oracle>(alpha: E::G1Affine, g2: [E::G2Affine; 3], ic: &[E::G1Affine]) -> Vec<u8> {
	[compressed(&alpha)]
		.into_iter()
		.chain(g2.iter().map(compressed))
		.chain(ic.iter().map(compressed))
		.flatten()
		.collect()
}

/// A proof, as the chain takes it.
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
	/// The curve.
	pub curve: Curve,
	/// The verifying key.
	pub key: Vec<u8>,
	/// The proof.
	pub proof: Vec<u8>,
	/// The public inputs.
	pub inputs: Vec<Scalar>,
}

/// A file of `primitives/verification/tests/vectors`.
pub fn read(path: &str) -> Vec<u8> {
	let path = format!("{}/../tests/vectors/{path}", env!("CARGO_MANIFEST_DIR"));
	std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A file of that folder, as JSON.
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

/// Bytes of a string of hexadecimal digits.
pub fn hex_of<const N: usize>(value: &Value) -> [u8; N] {
	hex::decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
}
