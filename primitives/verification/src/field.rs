// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Elements of the scalar field and their bytes.

use alloc::vec::Vec;
use ark_bls12_381::Fr;
use ark_ff::{BigInt, PrimeField};

/// A scalar as it is stored and sent: 32 bytes, little-endian, below the order of the curve's group. Other bytes are
/// refused wherever a scalar is read, so that each scalar has one encoding.
pub type Scalar = [u8; 32];

/// Bytes that one field element holds in [`pack`].
pub const PACKED: usize = 31;

/// The bytes of an element of any field of 256 bits.
pub fn scalar<F: PrimeField<BigInt = BigInt<4>>>(element: F) -> Scalar {
	let mut bytes = [0; 32];
	for (bytes, limb) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(element.into_bigint().0) {
		*bytes = limb.to_le_bytes();
	}
	bytes
}

/// The element that the bytes stand for, or `None` if they are not below the modulus.
pub fn scalar_of<F: PrimeField<BigInt = BigInt<4>>>(bytes: &Scalar) -> Option<F> {
	let mut limbs = [0; 4];
	for (limb, bytes) in limbs.iter_mut().zip(bytes.as_chunks::<8>().0) {
		*limb = u64::from_le_bytes(*bytes);
	}
	F::from_bigint(BigInt(limbs))
}

/// Bytes as field elements: 31 to each, little-endian, the last one filled up with zeros. Only bytes of the same length
/// have different elements, so the length must be fixed elsewhere.
pub fn pack(bytes: &[u8]) -> Vec<Fr> {
	bytes.chunks(PACKED).map(Fr::from_le_bytes_mod_order).collect()
}

/// A hash as a scalar of either curve: its last byte, which is the most significant one, becomes 0.
pub fn field_of_hash(hash: &[u8; 32]) -> Scalar {
	let mut scalar = *hash;
	if let Some(last) = scalar.last_mut() {
		*last = 0;
	}
	scalar
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ff::BigInteger;

	#[test]
	fn scalars_should_have_one_encoding() {
		for element in [Fr::from(0), Fr::from(1), -Fr::from(1), Fr::from(u128::MAX)] {
			assert_eq!(scalar_of(&scalar(element)), Some(element));
		}
		let mut modulus = [0; 32];
		modulus.copy_from_slice(&Fr::MODULUS.to_bytes_le());
		assert_eq!(scalar_of::<Fr>(&modulus), None);
		assert_eq!(scalar_of::<Fr>(&[0xff; 32]), None);
		assert_eq!(scalar_of::<ark_bn254::Fr>(&modulus), None);
	}

	#[test]
	fn pack_should_take_31_bytes_little_endian_each() {
		let bytes: Vec<u8> = (1..=40).collect();
		let packed = pack(&bytes);
		assert_eq!(packed.len(), 2);
		assert_eq!(scalar(packed[0])[..31], bytes[..31]);
		assert_eq!(scalar(packed[1])[..9], bytes[31..]);
		assert!(scalar(packed[1])[9..].iter().all(|byte| *byte == 0));
		assert!(pack(&[]).is_empty());
		assert_eq!(pack(&[0xff; 31]).len(), 1);
	}

	#[test]
	fn field_of_hash_should_be_a_scalar_of_both_curves() {
		let scalar = field_of_hash(&[0xff; 32]);
		assert!(scalar_of::<Fr>(&scalar).is_some() && scalar_of::<ark_bn254::Fr>(&scalar).is_some());
		assert_eq!(scalar[..31], [0xff; 31]);
	}
}
