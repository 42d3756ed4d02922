// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Real keys and proofs of other systems, and what must be refused of them.

use aivm_verification::{groth16::KeyPoint, Curve, KeyError};
use ark_bls12_381::Bls12_381;
use ark_bn254::{Bn254, Fq, Fr};
use ark_ec::{pairing::Pairing, short_weierstrass::Affine};
use ark_ff::{AdditiveGroup, BigInteger, One, PrimeField};
use ark_groth16::{Proof as ArkProof, VerifyingKey};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use proptest::prelude::*;
use serde_json::{json, Value};

use super::*;

/// Vectors that other tests use too: see the README files beside them.
macro_rules! shared {
	($path:literal) => {
		include_bytes!(concat!("../../../primitives/verification/tests/vectors/", $path))
	};
}
macro_rules! own {
	($path:literal) => {
		include_bytes!(concat!("../../tests/vectors/", $path))
	};
}

struct Triple {
	key: &'static [u8],
	proof: &'static [u8],
	inputs: &'static [u8],
}

const CIRCOM: Triple = Triple {
	key: own!("circom/verification_key.json"),
	proof: own!("circom/proof.json"),
	inputs: own!("circom/public.json"),
};
const MULTIPLIER: Triple = Triple {
	key: shared!("multiplier/verification_key.json"),
	proof: shared!("multiplier/proof.json"),
	inputs: shared!("multiplier/public.json"),
};
const BLS: Triple = Triple {
	key: shared!("bls12-381/verification_key.json"),
	proof: shared!("bls12-381/proof.json"),
	inputs: shared!("bls12-381/public.json"),
};

fn verify(triple: &Triple) -> Result<(), VerifyError> {
	let key = snarkjs::key(triple.key).unwrap();
	let inputs = snarkjs::inputs(key.curve, triple.inputs).unwrap();
	key.verify(&snarkjs::proof(triple.proof).unwrap(), &inputs)
}

fn changed(json: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
	let mut value: Value = serde_json::from_slice(json).unwrap();
	change(&mut value);
	serde_json::to_vec(&value).unwrap()
}

fn field(json: &[u8], name: &str) -> Vec<u8> {
	let value: Value = serde_json::from_slice(json).unwrap();
	hex::decode(value[name].as_str().unwrap()).unwrap()
}

fn digest(json: &[u8], name: &str) -> [u8; 32] {
	field(json, name).try_into().unwrap()
}

#[test]
fn snarkjs_proofs_should_verify_when_they_are_converted() {
	for (name, triple) in [("circom", &CIRCOM), ("multiplier", &MULTIPLIER), ("BLS12-381", &BLS)] {
		assert_eq!(verify(triple), Ok(()), "{name}");
	}
	assert_eq!(snarkjs::key(BLS.key).unwrap().curve, Curve::Bls12_381);
	let mut expected = [0; 32];
	expected[0] = 33;
	assert_eq!(snarkjs::inputs(Curve::Bn254, CIRCOM.inputs).unwrap(), [expected]);
}

#[test]
fn snarkjs_proofs_should_be_refused_when_the_input_is_another() {
	for triple in [&CIRCOM, &MULTIPLIER, &BLS] {
		assert!(matches!(verify(&Triple { inputs: br#"["34"]"#, ..*triple }), Err(VerifyError::Proof(_))));
		assert!(matches!(verify(&Triple { inputs: br#"["33","1"]"#, ..*triple }), Err(VerifyError::Proof(_))));
		assert!(matches!(verify(&Triple { inputs: b"[]", ..*triple }), Err(VerifyError::Proof(_))));
	}
	// The two keys are of two setups of one circuit.
	assert!(matches!(verify(&Triple { key: MULTIPLIER.key, ..CIRCOM }), Err(VerifyError::Proof(_))));
}

#[test]
fn snarkjs_key_should_fail_its_check_when_nobody_contributed() {
	let key = snarkjs::key(shared!("without-contribution/verification_key.json")).unwrap();
	assert_eq!(key.check(), Err(KeyError::Related { first: KeyPoint::Gamma, second: KeyPoint::Delta }));
	assert_eq!(snarkjs::key(CIRCOM.key).unwrap().check(), Ok(()));
}

#[test]
fn snarkjs_key_should_be_refused_when_its_document_is_wrong() {
	let key = |change: &dyn Fn(&mut Value)| snarkjs::key(&changed(CIRCOM.key, change)).unwrap_err();
	assert_eq!(key(&|value| value["protocol"] = json!("plonk")), ConvertError::Protocol { found: "plonk".into() });
	assert_eq!(key(&|value| value["curve"] = json!("bls12377")), ConvertError::Curve { found: "bls12377".into() });
	assert_eq!(key(&|value| value["nPublic"] = json!(2)), ConvertError::InputCount { named: 2, found: 1 });
	assert_eq!(key(&|value| value["IC"] = json!([])), ConvertError::InputCount { named: 1, found: 0 });
	assert_eq!(
		key(&|value| {
			value["nPublic"] = json!(17);
			value["IC"] = vec![value["IC"][0].clone(); 18].into();
		}),
		ConvertError::TooManyInputs { found: 17, limit: 16 }
	);
	assert!(matches!(key(&|value| value["vk_alpha_1"] = json!(["1", "2"])), ConvertError::Json { .. }));
	assert!(matches!(snarkjs::key(b"{"), Err(ConvertError::Json { .. })));
	assert!(matches!(snarkjs::key(&vec![b' '; 1 << 20]), Err(ConvertError::TooLarge { .. })));
	// The points of BN254 are none of BLS12-381.
	assert_eq!(key(&|value| value["curve"] = json!("bls12381")), ConvertError::NotOnCurve(Part::Alpha));
}

#[test]
fn snarkjs_points_should_be_refused_when_they_are_no_points_of_the_group() {
	let key = |change: &dyn Fn(&mut Value)| snarkjs::key(&changed(CIRCOM.key, change)).unwrap_err();
	assert_eq!(key(&|value| value["vk_alpha_1"][2] = json!("2")), ConvertError::NotAffine(Part::Alpha));
	assert_eq!(key(&|value| value["vk_alpha_1"][2] = json!("0")), ConvertError::Infinity(Part::Alpha));
	assert_eq!(key(&|value| value["vk_beta_2"][2] = json!(["0", "1"])), ConvertError::NotAffine(Part::Beta));
	assert_eq!(key(&|value| value["vk_gamma_2"][2] = json!(["0", "0"])), ConvertError::Infinity(Part::Gamma));
	assert_eq!(key(&|value| value["IC"][1][0] = json!("1")), ConvertError::NotOnCurve(Part::Input(1)));
	let swapped = |value: &mut Value| {
		let pair = value["vk_delta_2"][0].as_array_mut().unwrap();
		pair.swap(0, 1);
	};
	assert_eq!(key(&swapped), ConvertError::NotOnCurve(Part::Delta));
	// A point of the twist outside the group of prime order.
	let outside = (1_u64..)
		.filter_map(|x| {
			Affine::<ark_bn254::g2::Config>::get_point_from_x_unchecked(Fq::from(x).into_extension(), false)
		})
		.find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
		.unwrap();
	let decimal = |number: Fq| number.into_bigint().to_string();
	let text = json!([
		[decimal(outside.x.c0), decimal(outside.x.c1)],
		[decimal(outside.y.c0), decimal(outside.y.c1)],
		["1", "0"]
	]);
	assert_eq!(key(&|value| value["vk_gamma_2"] = text.clone()), ConvertError::NotInSubgroup(Part::Gamma));
	let proof = |change: &dyn Fn(&mut Value)| snarkjs::proof(&changed(CIRCOM.proof, change)).unwrap_err();
	assert_eq!(proof(&|value| value["pi_b"] = text.clone()), ConvertError::NotInSubgroup(Part::B));
	assert_eq!(proof(&|value| value["pi_a"] = json!(["0", "1", "0"])), ConvertError::Infinity(Part::A));
	assert_eq!(proof(&|value| value["pi_c"][1] = json!("5")), ConvertError::NotOnCurve(Part::C));
	let twist = json!(["0", "0", "1"]);
	assert_eq!(proof(&|value| value["pi_c"] = twist.clone()), ConvertError::Infinity(Part::C));
}

/// An element of the base field as one of the extension.
trait IntoExtension {
	fn into_extension(self) -> ark_bn254::Fq2;
}

impl IntoExtension for Fq {
	fn into_extension(self) -> ark_bn254::Fq2 {
		ark_bn254::Fq2::new(self, Self::ZERO)
	}
}

#[test]
fn decimals_should_be_refused_when_they_are_not_canonical() {
	let inputs = |text: &str| {
		let json = serde_json::to_vec(&json!([text])).unwrap();
		snarkjs::inputs(Curve::Bn254, &json)
	};
	let part = Part::PublicInput(0);
	for text in ["", "-1", "+1", "0x21", " 33", "33 ", "033", "00", "3.0", "3e1", "\u{663}"] {
		assert_eq!(inputs(text), Err(ConvertError::NotDecimal(part)), "{text:?}");
	}
	let modulus = Fr::MODULUS.to_string();
	let alias = num_plus_modulus(33);
	for text in [modulus.as_str(), alias.as_str(), &"9".repeat(78), &"9".repeat(1000)] {
		assert_eq!(inputs(text), Err(ConvertError::NotCanonical(part)), "{text:?}");
	}
	assert_eq!(inputs("0").unwrap(), [[0; 32]]);
	let largest = (-Fr::one()).into_bigint();
	assert_eq!(inputs(&largest.to_string()).unwrap()[0].as_slice(), largest.to_bytes_le());
	let many = serde_json::to_vec(&vec!["1"; 17]).unwrap();
	let result = snarkjs::inputs(Curve::Bn254, &many);
	assert_eq!(result, Err(ConvertError::TooManyInputs { found: 17, limit: 16 }));
	assert!(matches!(snarkjs::inputs(Curve::Bn254, b"[1]"), Err(ConvertError::Json { .. })));
	// The modulus of one curve is an ordinary number of the other.
	let json = serde_json::to_vec(&json!([modulus])).unwrap();
	assert!(snarkjs::inputs(Curve::Bls12_381, &json).is_ok());
}

/// `number + r` for BN254, in decimal.
fn num_plus_modulus(number: u64) -> String {
	let mut sum = Fr::MODULUS;
	sum.add_with_carry(&ark_ff::BigInt::from(number));
	sum.to_string()
}

/// A key and a proof of ark-groth16 on a curve, from converted ones.
fn ark<E: Pairing>(key: &Key, proof: &Proof) -> (VerifyingKey<E>, ArkProof<E>) {
	let point = key.curve.point_len();
	let first = |at: usize| E::G1Affine::deserialize_compressed(&key.bytes[at..]).unwrap();
	let second = |at: usize| E::G2Affine::deserialize_compressed(&key.bytes[at..]).unwrap();
	let key = VerifyingKey {
		alpha_g1: first(0),
		beta_g2: second(point),
		gamma_g2: second(3 * point),
		delta_g2: second(5 * point),
		gamma_abc_g1: (7 * point..key.bytes.len()).step_by(point).map(first).collect(),
	};
	(key, ArkProof::deserialize_compressed(proof.bytes.as_slice()).unwrap())
}

fn arkworks_should_agree<E: Pairing>(triple: &Triple) {
	let (key, proof) = (snarkjs::key(triple.key).unwrap(), snarkjs::proof(triple.proof).unwrap());
	let inputs = snarkjs::inputs(key.curve, triple.inputs).unwrap();
	let (ark_key, ark_proof) = ark::<E>(&key, &proof);
	let numbers: Vec<E::ScalarField> =
		inputs.iter().map(|bytes| E::ScalarField::deserialize_compressed(bytes.as_slice()).unwrap()).collect();
	let compressed = |value: &dyn Fn(&mut Vec<u8>)| {
		let mut bytes = Vec::new();
		value(&mut bytes);
		bytes
	};
	let keys = [
		compressed(&|bytes| ark_key.serialize_compressed(bytes).unwrap()),
		compressed(&|bytes| ark_key.serialize_uncompressed(bytes).unwrap()),
	];
	let proofs = [
		compressed(&|bytes| ark_proof.serialize_compressed(bytes).unwrap()),
		compressed(&|bytes| ark_proof.serialize_uncompressed(bytes).unwrap()),
	];
	for bytes in &keys {
		assert_eq!(arkworks::key(key.curve, bytes).unwrap(), key);
		for changed in [&bytes[..bytes.len() - 1], &[bytes.as_slice(), &[0]].concat()] {
			assert!(matches!(arkworks::key(key.curve, changed), Err(ConvertError::Length { .. })));
		}
		for at in (0..bytes.len()).step_by(31) {
			let mut changed = bytes.clone();
			changed[at] ^= 1;
			assert_ne!(arkworks::key(key.curve, &changed), Ok(key.clone()), "byte {at}");
		}
	}
	for bytes in &proofs {
		assert_eq!(arkworks::proof(key.curve, bytes).unwrap(), proof);
		assert!(matches!(arkworks::proof(key.curve, &bytes[1..]), Err(ConvertError::Length { .. })));
	}
	let list = compressed(&|bytes| numbers.serialize_compressed(bytes).unwrap());
	assert_eq!(arkworks::inputs(key.curve, &list).unwrap(), inputs);
	assert_eq!(arkworks::inputs(key.curve, &list[8..]).unwrap(), inputs);
	assert!(arkworks::inputs(key.curve, &list[1..]).is_err());
	assert!(matches!(arkworks::inputs(key.curve, &[0xff; 32]), Err(ConvertError::NotCanonical(_))));
	assert!(matches!(arkworks::inputs(key.curve, &[0; 17 * 32]), Err(ConvertError::TooManyInputs { .. })));
	assert!(matches!(arkworks::key(key.curve, &[0; 1 << 14]), Err(ConvertError::TooLarge { .. })));
}

#[test]
fn arkworks_bytes_should_convert_when_they_are_compressed_or_not() {
	arkworks_should_agree::<Bn254>(&CIRCOM);
	arkworks_should_agree::<Bls12_381>(&BLS);
}

#[test]
fn arkworks_points_should_be_refused_when_they_are_off_the_curve_but_pass_its_subgroup_check() {
	// arkworks 0.6 itself accepts this point of BLS12-381 uncompressed: (s^2 x, s^3 y) is not on the curve.
	let (_, proof) = ark::<Bls12_381>(&snarkjs::key(BLS.key).unwrap(), &snarkjs::proof(BLS.proof).unwrap());
	let s = ark_bls12_381::Fq::from(5);
	let mut forged = proof;
	forged.a = ark_bls12_381::G1Affine::new_unchecked(forged.a.x * s * s, forged.a.y * s * s * s);
	let mut bytes = Vec::new();
	forged.serialize_uncompressed(&mut bytes).unwrap();
	assert_eq!(arkworks::proof(Curve::Bls12_381, &bytes), Err(ConvertError::NotOnCurve(Part::A)));
	let mut infinity = Vec::new();
	ArkProof::<Bn254>::default().serialize_compressed(&mut infinity).unwrap();
	assert_eq!(arkworks::proof(Curve::Bn254, &infinity), Err(ConvertError::Infinity(Part::A)));
}

const RECEIPT: &[u8] = shared!("risc0/receipt.json");

#[test]
fn risc0_receipt_should_verify_when_it_is_converted() {
	let (image, journal) = (digest(RECEIPT, "image_id"), field(RECEIPT, "journal"));
	let seal = field(RECEIPT, "seal");
	assert_eq!(risc0::V5_0.control_root, digest(RECEIPT, "control_root"));
	assert_eq!(risc0::V5_0.control_id, digest(RECEIPT, "bn254_control_id"));
	assert_eq!(risc0::selector(&risc0::V5_0).unwrap(), [0xc2, 0x7d, 0x1b, 0xc0]);
	let key = risc0::key().unwrap();
	assert_eq!(key.check(), Ok(()));
	let receipt = |image: &[u8; 32], journal: &[u8]| risc0::receipt(&risc0::V5_0, &seal, image, journal).unwrap();
	let (proof, inputs) = receipt(&image, &journal);
	assert_eq!(key.verify(&proof, &inputs), Ok(()));
	let (_, other) = receipt(&image, b"another journal");
	assert!(matches!(key.verify(&proof, &other), Err(VerifyError::Proof(_))));
	let (_, other) = receipt(&[7; 32], &journal);
	assert!(matches!(key.verify(&proof, &other), Err(VerifyError::Proof(_))));
}

#[test]
fn risc0_receipt_should_be_refused_when_its_seal_is_wrong() {
	let seal = field(RECEIPT, "seal");
	let convert = |seal: &[u8]| risc0::receipt(&risc0::V5_0, seal, &[0; 32], b"");
	let mut other = seal.clone();
	other[0] ^= 1;
	assert!(matches!(convert(&other), Err(ConvertError::Selector { expected: [0xc2, 0x7d, 0x1b, 0xc0], .. })));
	for length in [0, 3, 259] {
		assert!(matches!(convert(&seal[..length]), Err(ConvertError::Length { .. })));
	}
	assert!(matches!(convert(&[seal.as_slice(), &[0]].concat()), Err(ConvertError::Length { .. })));
	for (at, part) in [(4 + 63, Part::A), (4 + 191, Part::B), (4 + 255, Part::C)] {
		let mut changed = seal.clone();
		changed[at] ^= 1;
		assert_eq!(convert(&changed).unwrap_err(), ConvertError::NotOnCurve(part));
	}
	let mut changed = seal.clone();
	changed[4..36].copy_from_slice(&Fq::MODULUS.to_bytes_be());
	assert_eq!(convert(&changed).unwrap_err(), ConvertError::NotCanonical(Part::A));
	changed[4..68].fill(0);
	assert_eq!(convert(&changed).unwrap_err(), ConvertError::Infinity(Part::A));
	let other_version = aivm_verification::external::risc0::Version { control_root: [1; 32], ..risc0::V5_0 };
	let result = risc0::receipt(&other_version, &seal, &[0; 32], b"");
	assert!(matches!(result, Err(ConvertError::Selector { .. })));
}

const SP1_V5: &[u8] = own!("sp1/proof_v5.0.0.json");
const SP1_V6_1: &[u8] = own!("sp1/proof_v6.1.0.json");

#[test]
fn sp1_proofs_should_verify_when_they_are_converted() {
	for (version, vector) in [(sp1::Version::V5, SP1_V5), (sp1::Version::V6_1, SP1_V6_1)] {
		let (program, values) = (digest(vector, "vkey"), field(vector, "public_values"));
		let (found, proof, inputs) = sp1::proof(&field(vector, "proof"), &program, &values).unwrap();
		assert_eq!(found, version);
		let key = version.key().unwrap();
		assert_eq!(key.inputs(), inputs.len());
		assert_eq!(key.verify(&proof, &inputs), Ok(()), "{version:?}");
		let (_, _, other) = sp1::proof(&field(vector, "proof"), &program, b"others").unwrap();
		assert!(matches!(key.verify(&proof, &other), Err(VerifyError::Proof(_))));
		let (_, _, other) = sp1::proof(&field(vector, "proof"), &[1; 32], &values).unwrap();
		assert!(matches!(key.verify(&proof, &other), Err(VerifyError::Proof(_))));
	}
	assert_eq!(sp1::Version::V5.selector(), [0xa4, 0x59, 0x4c, 0x59]);
	assert_eq!(sp1::Version::V6_1.selector(), [0x43, 0x88, 0xa2, 0x1c]);
}

#[test]
fn sp1_proofs_should_be_refused_when_their_header_is_wrong() {
	let proof = field(SP1_V6_1, "proof");
	let convert = |change: &dyn Fn(&mut Vec<u8>)| {
		let mut proof = proof.clone();
		change(&mut proof);
		sp1::proof(&proof, &[0; 32], b"").unwrap_err()
	};
	assert!(matches!(convert(&|proof| proof[0] ^= 1), ConvertError::Selector { .. }));
	assert_eq!(convert(&|proof| proof[35] = 1), ConvertError::ExitCode);
	assert!(matches!(convert(&|proof| proof[67] ^= 1), ConvertError::KeyRoot { .. }));
	assert_eq!(convert(&|proof| proof[68..100].fill(0xff)), ConvertError::NotCanonical(Part::PublicInput(4)));
	assert_eq!(convert(&|proof| proof[100..132].fill(0xff)), ConvertError::NotCanonical(Part::A));
	assert!(matches!(convert(&|proof| proof.truncate(260)), ConvertError::Selector { .. }));
	assert!(matches!(convert(&|proof| proof.push(0)), ConvertError::Length { .. }));
	assert!(matches!(convert(&|proof| proof.clear()), ConvertError::Length { .. }));
	let result = sp1::proof(&proof, &[0xff; 32], b"");
	assert_eq!(result.unwrap_err(), ConvertError::NotCanonical(Part::PublicInput(0)));
}

#[test]
fn gnark_key_should_be_refused_when_it_is_malformed() {
	let bytes = include_bytes!("keys/sp1_v6.1.0.bin");
	let convert = |change: &dyn Fn(&mut Vec<u8>)| {
		let mut bytes = bytes.to_vec();
		change(&mut bytes);
		gnark::key(&bytes).unwrap_err()
	};
	assert!(gnark::key(bytes).is_ok());
	assert_eq!(convert(&|bytes| bytes[0] &= 0x3f), ConvertError::Flags(Part::Alpha));
	assert_eq!(convert(&|bytes| bytes[64] = 0x40), ConvertError::Infinity(Part::Beta));
	assert_eq!(convert(&|bytes| bytes[0..32].fill(0xbf)), ConvertError::NotCanonical(Part::Alpha));
	assert!(matches!(convert(&|bytes| bytes[291] = 7), ConvertError::Length { .. } | ConvertError::Flags(_)));
	assert_eq!(convert(&|bytes| bytes[290] = 1), ConvertError::TooManyInputs { found: 261, limit: 16 });
	assert_eq!(convert(&|bytes| bytes[487] = 1), ConvertError::Commitments);
	assert_eq!(convert(&|bytes| bytes[491] = 1), ConvertError::Commitments);
	assert!(matches!(convert(&|bytes| bytes.push(0)), ConvertError::Length { .. }));
	assert!(matches!(convert(&|bytes| bytes.truncate(491)), ConvertError::Length { .. }));
	assert!(matches!(convert(&|bytes| bytes.resize(5000, 0)), ConvertError::TooLarge { .. }));
	// The other sign of y is another key, not the same one.
	let other = gnark::key(&{
		let mut bytes = bytes.to_vec();
		bytes[0] ^= 0x40;
		bytes
	});
	assert_ne!(other, gnark::key(bytes));
}

/// The seeds of the fuzzer are whole, so that it starts behind the first checks.
#[test]
fn seeds_of_the_fuzzer_should_convert() {
	for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/convert")).unwrap() {
		let path = entry.unwrap().path();
		let bytes = std::fs::read(&path).unwrap();
		let on_either = [Curve::Bn254, Curve::Bls12_381].into_iter().any(|curve| {
			arkworks::key(curve, &bytes).is_ok()
				|| arkworks::proof(curve, &bytes).is_ok()
				|| arkworks::inputs(curve, &bytes).is_ok()
				|| snarkjs::inputs(curve, &bytes).is_ok()
		});
		let converts = on_either
			|| snarkjs::key(&bytes).is_ok()
			|| snarkjs::proof(&bytes).is_ok()
			|| gnark::key(&bytes).is_ok()
			|| gnark::proof(&bytes).is_ok()
			|| risc0::seal(&bytes).is_ok()
			|| sp1::proof(&bytes, &[1; 32], b"").is_ok();
		assert!(converts, "{}", path.display());
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn converters_should_never_panic_when_bytes_are_random(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
		for curve in [Curve::Bn254, Curve::Bls12_381] {
			let _ = arkworks::key(curve, &bytes);
			let _ = arkworks::proof(curve, &bytes);
			let _ = arkworks::inputs(curve, &bytes);
			let _ = snarkjs::inputs(curve, &bytes);
		}
		prop_assert!(snarkjs::key(&bytes).is_err());
		prop_assert!(snarkjs::proof(&bytes).is_err());
		prop_assert!(gnark::key(&bytes).is_err());
		prop_assert!(gnark::proof(&bytes).is_err());
		prop_assert!(risc0::seal(&bytes).is_err());
		prop_assert!(sp1::proof(&bytes, &[0; 32], &bytes).is_err());
	}

	#[test]
	fn converters_should_never_panic_when_real_bytes_are_changed(
		changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
	) {
		let change = |bytes: &[u8]| {
			let mut bytes = bytes.to_vec();
			for (at, value) in &changes {
				*at.get_mut(&mut bytes) = *value;
			}
			bytes
		};
		let _ = snarkjs::key(&change(CIRCOM.key));
		let _ = snarkjs::proof(&change(CIRCOM.proof));
		let _ = snarkjs::proof(&change(BLS.proof));
		let _ = gnark::key(&change(include_bytes!("keys/sp1_v5.0.0.bin")));
		let _ = risc0::seal(&change(&field(RECEIPT, "seal")));
		let _ = sp1::proof(&change(&field(SP1_V6_1, "proof")), &[0; 32], b"");
	}
}
