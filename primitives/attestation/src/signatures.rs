// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The signatures that evidence is made of, as one interface.
//!
//! They take nearly all the time of a verification. A chain implements [`Signatures`] with host functions; every
//! implementation must accept exactly what [`Portable`] accepts.

use p256::ecdsa::signature::Verifier;
use rsa::BigUint;

/// Verifies signatures. All numbers are big-endian.
pub trait Signatures {
	/// ECDSA on P-256 with SHA-256. `signature` is r ‖ s and `key` is x ‖ y of a point on the curve.
	fn p256(message: &[u8], signature: &[u8; 64], key: &[u8; 64]) -> bool;

	/// ECDSA on P-384 with SHA-384. `signature` is r ‖ s and `key` is x ‖ y of a point on the curve.
	fn p384(message: &[u8], signature: &[u8; 96], key: &[u8; 96]) -> bool;

	/// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes, with a modulus of [`RSA_BYTES`] bytes and the
	/// exponent 65,537.
	fn rsa(message: &[u8], signature: &[u8; RSA_BYTES], modulus: &[u8; RSA_BYTES]) -> bool;

	/// Schnorrkel on Ristretto with the signing context `substrate`.
	fn sr25519(message: &[u8], signature: &[u8; 64], key: &[u8; 32]) -> bool;
}

/// Length of the one kind of RSA key in use, that of AMD: 4,096 bits.
pub const RSA_BYTES: usize = 512;

/// The signatures in portable Rust.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Portable;

impl Signatures for Portable {
	fn p256(message: &[u8], signature: &[u8; 64], key: &[u8; 64]) -> bool {
		let point = p256::EncodedPoint::from_untagged_bytes(key.into());
		let Ok(key) = p256::ecdsa::VerifyingKey::from_encoded_point(&point) else { return false };
		let Ok(signature) = p256::ecdsa::Signature::from_slice(signature) else { return false };
		key.verify(message, &signature).is_ok()
	}

	fn p384(message: &[u8], signature: &[u8; 96], key: &[u8; 96]) -> bool {
		let point = p384::EncodedPoint::from_untagged_bytes(key.as_slice().into());
		let Ok(key) = p384::ecdsa::VerifyingKey::from_encoded_point(&point) else { return false };
		let Ok(signature) = p384::ecdsa::Signature::from_slice(signature) else { return false };
		key.verify(message, &signature).is_ok()
	}

	fn rsa(message: &[u8], signature: &[u8; RSA_BYTES], modulus: &[u8; RSA_BYTES]) -> bool {
		let modulus = BigUint::from_bytes_be(modulus);
		let Ok(key) = rsa::RsaPublicKey::new(modulus, BigUint::from(65_537u32)) else { return false };
		let Ok(signature) = rsa::pss::Signature::try_from(&signature[..]) else { return false };
		rsa::pss::VerifyingKey::<rsa::sha2::Sha384>::new(key).verify(message, &signature).is_ok()
	}

	fn sr25519(message: &[u8], signature: &[u8; 64], key: &[u8; 32]) -> bool {
		let Ok(key) = schnorrkel::PublicKey::from_bytes(key) else { return false };
		let Ok(signature) = schnorrkel::Signature::from_bytes(signature) else { return false };
		key.verify_simple(b"substrate", message, &signature).is_ok()
	}
}
