// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use proptest::prelude::*;
use sp_core::{ecdsa, Pair, H160, U256};

use super::{address, bytes};
use crate::ethereum::{address_of, checksummed, parse_address, recover, AddressError, SignatureError};

/// Order of the curve.
const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const HALF_ORDER: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";

/// Signs as Ethereum's wallets do.
fn sign(seed: &[u8; 32], digest: &[u8; 32]) -> [u8; 65] {
	let mut signature = ecdsa::Pair::from_seed(seed).sign_prehashed(digest).0;
	signature[64] += 27;
	signature
}

fn with(signature: [u8; 65], at: usize, part: &[u8]) -> [u8; 65] {
	let mut changed = signature;
	changed[at..at + part.len()].copy_from_slice(part);
	changed
}

/// The second form of a signature, which anyone can make of the first.
fn malleated(signature: [u8; 65]) -> [u8; 65] {
	let s = U256::from_big_endian(&signature[32..64]);
	let other = U256::from_big_endian(&bytes::<32>(ORDER)) - s;
	let changed = with(signature, 32, &other.to_big_endian());
	with(changed, 64, &[27 + 28 - signature[64]])
}

#[test]
fn address_should_be_that_of_the_key_when_the_key_is_known() {
	// The first accounts of the Hardhat development chain.
	for (secret, expected) in [
		(
			"ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
			"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
		),
		(
			"59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
			"0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
		),
	] {
		let digest = [7; 32];
		let signer = recover(&digest, &sign(&bytes(secret), &digest)).unwrap();
		assert_eq!(checksummed(signer), expected);
		assert_eq!(parse_address(expected), Ok(signer));
	}
}

#[test]
fn address_should_be_checksummed_as_in_the_examples_of_the_standard() {
	for text in [
		"0x52908400098527886E0F7030069857D2E4169EE7",
		"0x8617E340B3D01FA5F11F306F4090FD50E238070D",
		"0xde709f2102306220921060314715629080e2fb77",
		"0x27b1fdb04752bbc536007a920d24acb045561c26",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		"0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
		"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
		"0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
	] {
		assert_eq!(checksummed(address(text)), text);
		assert_eq!(parse_address(text), Ok(address(text)));
	}
	assert_eq!(parse_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"), Err(AddressError::BadChecksum));
	assert_eq!(parse_address("0x5Aaeb6053f3e94c9b9a09f33669435e7ef1beaed"), Err(AddressError::BadChecksum));
	for text in ["", "0x", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed11"] {
		assert_eq!(parse_address(text), Err(AddressError::Malformed), "{text:?}");
	}
	// 40 bytes, but not 40 characters.
	assert_eq!(parse_address(&format!("0x{}", "é".repeat(20))), Err(AddressError::Malformed));
}

#[test]
fn recovery_should_fail_with_a_name_when_the_signature_is_out_of_range() {
	let digest = [1; 32];
	let good = sign(&[5; 32], &digest);
	let signer = recover(&digest, &good).unwrap();
	let order = bytes::<32>(ORDER);
	let half = bytes::<32>(HALF_ORDER);
	let above_half = (U256::from_big_endian(&half) + 1).to_big_endian();

	for v in (0..=255).filter(|v| ![27, 28].contains(v)) {
		assert_eq!(recover(&digest, &with(good, 64, &[v])), Err(SignatureError::BadV), "{v}");
	}
	for r in [[0; 32], order, [255; 32]] {
		assert_eq!(recover(&digest, &with(good, 0, &r)), Err(SignatureError::BadR));
	}
	for s in [[0; 32], order, [255; 32]] {
		assert_eq!(recover(&digest, &with(good, 32, &s)), Err(SignatureError::BadS));
	}
	assert_eq!(recover(&digest, &malleated(good)), Err(SignatureError::HighS));
	assert_eq!(recover(&digest, &with(good, 32, &above_half)), Err(SignatureError::HighS));
	// The largest low s is fine, but then it is another signature.
	assert_ne!(recover(&digest, &with(good, 32, &half)), Ok(signer));
	assert!(!matches!(recover(&digest, &with(good, 32, &half)), Err(SignatureError::HighS | SignatureError::BadS)));
	// No point of the curve has this r: 5 is no coordinate.
	let no_point = with(good, 0, &U256::from(5).to_big_endian());
	assert_eq!(recover(&digest, &no_point), Err(SignatureError::NoSigner));
}

#[test]
fn recovery_should_report_the_first_reason_when_there_are_several() {
	let digest = [1; 32];
	let good = sign(&[5; 32], &digest);
	assert_eq!(recover(&digest, &[0; 65]), Err(SignatureError::BadV));
	assert_eq!(recover(&digest, &with([0; 65], 64, &[27])), Err(SignatureError::BadR));
	assert_eq!(recover(&digest, &with(with(good, 32, &[255; 32]), 64, &[27])), Err(SignatureError::BadS));
}

#[test]
fn constants_should_be_the_order_and_its_half() {
	let order = U256::from_big_endian(&bytes::<32>(ORDER));
	assert_eq!(order / 2, U256::from_big_endian(&bytes::<32>(HALF_ORDER)));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn recovery_should_find_the_signer_and_nobody_else(seed in any::<[u8; 32]>(), digest: [u8; 32], bit in 0..256usize) {
		prop_assume!(seed != [0; 32] && seed < bytes::<32>(ORDER));
		let signature = sign(&seed, &digest);
		let key = sp_core::ecdsa::Pair::from_seed(&seed);
		let recovered = sp_io::crypto::secp256k1_ecdsa_recover(&signature, &digest).ok().unwrap();
		prop_assert_eq!(key.public(), ecdsa::Signature::from(with(signature, 64, &[signature[64] - 27])).recover_prehashed(&digest).unwrap());
		let signer = recover(&digest, &signature).unwrap();
		prop_assert_eq!(signer, address_of(&recovered));
		prop_assert_ne!(signer, H160::zero());
		prop_assert_eq!(recover(&digest, &malleated(signature)), Err(SignatureError::HighS));
		// Another digest has another signer, or none.
		let mut other = digest;
		other[bit / 8] ^= 1 << (bit % 8);
		prop_assert_ne!(recover(&other, &signature), Ok(signer));
	}

	#[test]
	fn recovery_should_never_panic(digest: [u8; 32], signature in prop::collection::vec(any::<u8>(), 65), v in 26..30u8) {
		let mut signature: [u8; 65] = signature.try_into().unwrap();
		let _ = recover(&digest, &signature);
		signature[64] = v;
		let _ = recover(&digest, &signature);
	}
}
