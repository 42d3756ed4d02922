// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! One verdict on both sides of the WebAssembly border, from the portable verifier and from that of the host, for good proofs
//! and for every kind of bytes that are none.

use aivm_guest::{Guest, ProofAnswer, ProofWork};
use aivm_host::HostGroth16;
use aivm_verification::{groth16::MAX_BATCH, Claim, Curve, Groth16 as _, Portable, ProofError};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, PrimeField};
use ark_std::rand::{rngs::StdRng, Rng};

use aivm_oracle::{any_point, bad_points, claim, compressed, random, snarkjs, Circuit, Oracle};

type Bn254 = ark_bn254::Bn254;
type Bls12_381 = ark_bls12_381::Bls12_381;

/// The answer, which is the same natively from both verifiers.
fn native(work: &ProofWork) -> ProofAnswer {
	let answer = work.run::<Portable>();
	assert_eq!(work.run::<HostGroth16>(), answer, "native, host: {work:?}");
	answer
}

/// The answer, which is the same in all four ways.
fn agree(guest: &Guest, work: &ProofWork) -> ProofAnswer {
	let answer = native(work);
	assert_eq!(guest.host_proofs(work, 1).unwrap(), answer, "WASM, host: {work:?}");
	assert_eq!(guest.portable_proofs(work, 1).unwrap(), answer, "WASM, portable: {work:?}");
	answer
}

fn verify<E: Oracle>(circuit: &Circuit<E>, claim: &Claim) -> ProofWork {
	let Claim { proof, inputs } = claim.clone();
	ProofWork::Verify { curve: E::CURVE, prepared: circuit.prepared.clone(), proof, inputs }
}

fn batch<E: Oracle>(circuit: &Circuit<E>, claims: &[Claim]) -> ProofWork {
	ProofWork::VerifyBatch { curve: E::CURVE, prepared: circuit.prepared.clone(), claims: claims.to_vec() }
}

fn key<E: Oracle>(key: &[u8]) -> ProofWork {
	ProofWork::PrepareKey { curve: E::CURVE, key: key.to_vec() }
}

fn check_runtime<E: Oracle>() {
	let guest = Guest::new().unwrap();
	let mut random = random(30);
	for inputs in [1, 4, 16] {
		let circuit = Circuit::<E>::new(inputs, &mut random);
		assert_eq!(agree(&guest, &key::<E>(&circuit.key)), ProofAnswer::Key(Ok(circuit.prepared.clone())));
		let mut claims: Vec<_> = (0..5).map(|_| circuit.claim(&mut random)).collect();
		assert_eq!(agree(&guest, &verify(&circuit, &claims[0])), ProofAnswer::Proof(Ok(())));
		assert_eq!(agree(&guest, &batch(&circuit, &claims)), ProofAnswer::Batch(vec![Ok(()); 5]));
		claims[1].inputs.swap(0, inputs - 1);
		claims[3].inputs[0] = claims[4].inputs[0];
		let ProofAnswer::Batch(verdicts) = agree(&guest, &batch(&circuit, &claims)) else { panic!("a batch") };
		assert_eq!(verdicts[3], Err(ProofError::Equation));
		assert_eq!(agree(&guest, &verify(&circuit, &claims[3])), ProofAnswer::Proof(Err(ProofError::Equation)));
	}
}

#[test]
fn bn254_should_mean_the_same_in_the_runtime() {
	check_runtime::<Bn254>();
}

#[test]
fn bls12_381_should_mean_the_same_in_the_runtime() {
	check_runtime::<Bls12_381>();
}

fn check_bad_bytes<E: Oracle>() {
	let guest = Guest::new().unwrap();
	let mut random = random(31);
	let circuit = Circuit::<E>::new(2, &mut random);
	let good = circuit.claim(&mut random);
	let half = E::CURVE.point_len();
	let g1 = bad_points::<E::P1>(&mut random);
	let g2 = bad_points::<E::P2>(&mut random);
	for (start, bad) in [(0, &g1), (half, &g2), (3 * half, &g1)] {
		for (_, bytes) in bad {
			let mut other = good.clone();
			other.proof[start..start + bytes.len()].copy_from_slice(bytes);
			assert_ne!(agree(&guest, &verify(&circuit, &other)), ProofAnswer::Proof(Ok(())));
			agree(&guest, &batch(&circuit, &[good.clone(), other]));
		}
	}
	for (start, bad) in [(0, &g1), (half, &g2), (3 * half, &g2), (5 * half, &g2), (8 * half, &g1)] {
		for (_, bytes) in bad {
			let mut other = circuit.key.clone();
			other[start..start + bytes.len()].copy_from_slice(bytes);
			assert!(matches!(agree(&guest, &key::<E>(&other)), ProofAnswer::Key(Err(_))));
		}
	}
	for length in [0, 1, half, 4 * half - 1, 4 * half + 1, 8 * half] {
		let mut other = good.clone();
		other.proof.resize(length, 0);
		agree(&guest, &verify(&circuit, &other));
	}
	let mut other = good.clone();
	other.inputs[1] = [0xff; 32];
	agree(&guest, &verify(&circuit, &other));
	other.inputs.pop();
	agree(&guest, &verify(&circuit, &other));
	let without = ProofWork::Verify { curve: E::CURVE, prepared: vec![], proof: good.proof, inputs: good.inputs };
	assert_eq!(agree(&guest, &without), ProofAnswer::Proof(Err(ProofError::Key)));
}

#[test]
fn bad_bytes_should_be_refused_alike_everywhere() {
	check_bad_bytes::<Bn254>();
	check_bad_bytes::<Bls12_381>();
}

/// Bytes that look like a compressed point, mostly.
fn like_a_point(random: &mut StdRng, bytes: &mut [u8], curve: Curve) {
	match random.gen_range(0..6) {
		0 => random.fill(bytes),
		1 => bytes.fill(0),
		2 => bytes.fill(0xff),
		3 => {
			let bit = random.gen_range(0..bytes.len() * 8);
			bytes[bit / 8] ^= 1 << (bit % 8);
		}
		_ => {}
	}
	// Every combination of flags, and the largest and smallest coordinates behind them.
	let flags = match curve {
		Curve::Bn254 => bytes.last_mut(),
		Curve::Bls12_381 => bytes.first_mut(),
	};
	if let Some(flags) = flags.filter(|_| random.gen_range(0..3) != 0) {
		*flags = (*flags & 0x1f) | (random.gen_range(0..8u8) << 5);
	}
	if random.gen_range(0..8) == 0 {
		let (at_begin, at_end) = (random.gen_range(1..4), random.gen_range(1..4));
		let length = bytes.len();
		bytes[at_begin..length - at_end].fill(if random.gen() { 0xff } else { 0 });
	}
}

/// blst and arkworks read, check and multiply the same points, bit for bit, and refuse the same ones for the same reason.
#[test]
fn blst_should_agree_with_the_portable_verifier_on_any_bytes() {
	let mut random = random(32);
	let circuit = Circuit::<Bls12_381>::new(1, &mut random);
	let claims: Vec<_> = (0..8).map(|_| circuit.claim(&mut random)).collect();
	let mut verdicts = std::collections::BTreeMap::new();
	for number in 0..6_000 {
		let mut claim = claims[number % 8].clone();
		let point = [0..48, 48..144, 144..192][random.gen_range(0..3)].clone();
		like_a_point(&mut random, &mut claim.proof[point], Curve::Bls12_381);
		let ProofAnswer::Proof(verdict) = native(&verify(&circuit, &claim)) else { panic!("a proof") };
		*verdicts.entry(format!("{verdict:?}")).or_insert(0) += 1;
	}
	println!("{verdicts:#?}");
	assert!(verdicts.len() >= 8, "the bytes cover the verdicts: {verdicts:?}");
}

#[test]
fn blst_should_agree_on_points_of_and_outside_the_groups() {
	type P1 = ark_bls12_381::g1::Config;
	type P2 = ark_bls12_381::g2::Config;
	let mut random = random(33);
	let circuit = Circuit::<Bls12_381>::new(1, &mut random);
	let order = ark_bls12_381::Fr::MODULUS;
	let (proof, inputs) = circuit.prove(&mut random);
	let good = claim(&proof, &inputs);
	for number in 0..200 {
		let mut other = good.clone();
		let (g1, g2) = (any_point::<P1>(&mut random), any_point::<P2>(&mut random));
		let (g1, g2) = match number % 4 {
			0 => (g1, g2),
			1 => (g1.clear_cofactor(), g2.clear_cofactor()),
			2 => (g1.mul_bigint(order).into_affine(), g2.mul_bigint(order).into_affine()),
			_ => ((g1.mul_bigint(order) + proof.a).into_affine(), (g2.mul_bigint(order) + proof.b).into_affine()),
		};
		match number % 3 {
			0 => other.proof[..48].copy_from_slice(&compressed(&g1)),
			1 => other.proof[48..144].copy_from_slice(&compressed(&g2)),
			_ => other.proof[144..].copy_from_slice(&compressed(&g1)),
		}
		native(&verify(&circuit, &other));
	}
	// Points of order 3, where the endomorphism's checks of other curves have failed: x = 0 is on the curve of G1.
	let mut other = good;
	other.proof[..48].fill(0);
	other.proof[0] = 0x80;
	let verdict = native(&verify(&circuit, &other));
	assert!(matches!(verdict, ProofAnswer::Proof(Err(ProofError::Subgroup { .. }))));
}

#[test]
fn host_should_take_the_vectors_of_other_tools() {
	let guest = Guest::new().unwrap();
	for vector in
		[snarkjs::<Bn254>("multiplier"), snarkjs::<Bn254>("with-contribution"), snarkjs::<Bls12_381>("bls12-381")]
	{
		let curve = vector.curve;
		let prepared = Portable::prepare_key(curve, &vector.key).unwrap();
		let work = ProofWork::Verify { curve, prepared, proof: vector.proof, inputs: vector.inputs };
		assert_eq!(agree(&guest, &work), ProofAnswer::Proof(Ok(())));
	}
}

fn check_long_batches<E: Oracle>() {
	let mut random = random(34);
	let circuit = Circuit::<E>::new(1, &mut random);
	let mut claims: Vec<_> = (0..MAX_BATCH + 1).map(|_| circuit.claim(&mut random)).collect();
	assert_eq!(native(&batch(&circuit, &claims)), ProofAnswer::Batch(vec![Ok(()); MAX_BATCH + 1]));
	let one = E::ScalarField::ONE;
	claims[MAX_BATCH].inputs[0] = aivm_verification::scalar(one);
	let ProofAnswer::Batch(verdicts) = native(&batch(&circuit, &claims)) else { panic!("a batch") };
	assert_eq!(verdicts.iter().filter(|verdict| verdict.is_err()).count(), 1);
	assert_eq!(native(&batch(&circuit, &[])), ProofAnswer::Batch(vec![]));
}

#[test]
fn long_and_empty_batches_should_agree() {
	check_long_batches::<Bn254>();
	check_long_batches::<Bls12_381>();
}
