// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The JSON documents of snarkjs: `verification_key.json`, `proof.json` and `public.json`.
//!
//! Points are projective with decimal coordinates; snarkjs exports them with a last coordinate of 1. Coordinates of the
//! second group are pairs `[c0, c1]`.

use aivm_verification::{Curve, Scalar};
use ark_ec::short_weierstrass::Affine;
use serde::Deserialize;

use super::{
	error::{ConvertError, Part},
	points::{self, affine, check_inputs, decimal, pair, Bls12381, Bn254, KeyPoints, ScalarOf, Suite},
	Key, Proof,
};

/// Largest document in bytes: a key with 16 inputs has about 8,000.
pub const MAX_BYTES: usize = 64 << 10;

type G1Json = [String; 3];
type G2Json = [[String; 2]; 3];

#[derive(Deserialize)]
struct KeyJson {
	protocol: String,
	curve: String,
	#[serde(rename = "nPublic")]
	public: usize,
	vk_alpha_1: G1Json,
	vk_beta_2: G2Json,
	vk_gamma_2: G2Json,
	vk_delta_2: G2Json,
	#[serde(rename = "IC")]
	inputs: Vec<G1Json>,
}

#[derive(Deserialize)]
struct ProofJson {
	protocol: String,
	curve: String,
	pi_a: G1Json,
	pi_b: G2Json,
	pi_c: G1Json,
}

fn parse<'a, T: Deserialize<'a>>(what: &'static str, json: &'a [u8]) -> Result<T, ConvertError> {
	if json.len() > MAX_BYTES {
		return Err(ConvertError::TooLarge { found: json.len(), limit: MAX_BYTES });
	}
	serde_json::from_slice(json).map_err(|error| ConvertError::Json { what, reason: error.to_string() })
}

/// The curve of a document for the protocol that the chain knows.
fn curve(protocol: String, curve: String) -> Result<Curve, ConvertError> {
	if protocol != "groth16" {
		return Err(ConvertError::Protocol { found: protocol });
	}
	match curve.as_str() {
		"bn128" | "bn254" => Ok(Curve::Bn254),
		"bls12381" => Ok(Curve::Bls12_381),
		_ => Err(ConvertError::Curve { found: curve }),
	}
}

fn first<S: Suite>(part: Part, [x, y, z]: &G1Json) -> Result<Affine<S::G1>, ConvertError> {
	match z.as_str() {
		"1" => affine(part, decimal(part, x)?, decimal(part, y)?),
		"0" => Err(ConvertError::Infinity(part)),
		_ => Err(ConvertError::NotAffine(part)),
	}
}

fn second<S: Suite>(part: Part, [x, y, z]: &G2Json) -> Result<Affine<S::G2>, ConvertError> {
	match z.each_ref().map(String::as_str) {
		["1", "0"] => {
			let coordinate = |[c0, c1]: &[String; 2]| pair::<S>(part, decimal(part, c0)?, decimal(part, c1)?);
			affine(part, coordinate(x)?, coordinate(y)?)
		}
		["0", "0"] => Err(ConvertError::Infinity(part)),
		_ => Err(ConvertError::NotAffine(part)),
	}
}

/// Converts a `verification_key.json`. Its `vk_alphabeta_12` is not read: it follows from the rest.
///
/// # Errors
/// See [`ConvertError`]. gamma = delta (a setup without contribution) passes here; [`Key::check`] refuses it.
pub fn key(json: &[u8]) -> Result<Key, ConvertError> {
	let json: KeyJson = parse("verification key", json)?;
	match curve(json.protocol.clone(), json.curve.clone())? {
		Curve::Bn254 => key_on::<Bn254>(&json),
		Curve::Bls12_381 => key_on::<Bls12381>(&json),
	}
}

/// The points of a key on BN254.
pub(super) fn bn254_key(json: &[u8]) -> Result<KeyPoints<Bn254>, ConvertError> {
	points_on::<Bn254>(&parse("verification key", json)?)
}

fn key_on<S: Suite>(json: &KeyJson) -> Result<Key, ConvertError> {
	points_on::<S>(json)?.key()
}

fn points_on<S: Suite>(json: &KeyJson) -> Result<KeyPoints<S>, ConvertError> {
	let found = json.inputs.len().saturating_sub(1);
	if json.inputs.is_empty() || json.public != found {
		return Err(ConvertError::InputCount { named: json.public, found });
	}
	check_inputs(found)?;
	let inputs = json.inputs.iter().enumerate().map(|(at, point)| first::<S>(Part::Input(at), point));
	Ok(KeyPoints {
		alpha: first::<S>(Part::Alpha, &json.vk_alpha_1)?,
		second: [
			second::<S>(Part::Beta, &json.vk_beta_2)?,
			second::<S>(Part::Gamma, &json.vk_gamma_2)?,
			second::<S>(Part::Delta, &json.vk_delta_2)?,
		],
		inputs: inputs.collect::<Result<_, _>>()?,
	})
}

/// Converts a `proof.json`.
///
/// # Errors
/// See [`ConvertError`].
pub fn proof(json: &[u8]) -> Result<Proof, ConvertError> {
	let json: ProofJson = parse("proof", json)?;
	match curve(json.protocol.clone(), json.curve.clone())? {
		Curve::Bn254 => proof_on::<Bn254>(&json),
		Curve::Bls12_381 => proof_on::<Bls12381>(&json),
	}
}

fn proof_on<S: Suite>(json: &ProofJson) -> Result<Proof, ConvertError> {
	Ok(points::proof::<S>(
		&first::<S>(Part::A, &json.pi_a)?,
		&second::<S>(Part::B, &json.pi_b)?,
		&first::<S>(Part::C, &json.pi_c)?,
	))
}

/// Converts a `public.json` for a curve, which the document does not name.
///
/// # Errors
/// See [`ConvertError`].
pub fn inputs(curve: Curve, json: &[u8]) -> Result<Vec<Scalar>, ConvertError> {
	let json: Vec<String> = parse("list of public inputs", json)?;
	check_inputs(json.len())?;
	let read = |(at, text): (usize, &String)| {
		let part = Part::PublicInput(at);
		Ok(match curve {
			Curve::Bn254 => points::scalar(decimal::<ScalarOf<Bn254>>(part, text)?),
			Curve::Bls12_381 => points::scalar(decimal::<ScalarOf<Bls12381>>(part, text)?),
		})
	};
	json.iter().enumerate().map(read).collect()
}
