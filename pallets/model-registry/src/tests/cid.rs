// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The CID of a manifest.

use super::*;

#[test]
fn manifest_cid_should_be_the_base32_of_prefix_and_hash_when_given_a_known_hash() {
	// Computed with another implementation of RFC 4648 base32.
	let cid = manifest_cid(&H256(blake2_256(b"{}")));
	assert_eq!(
		core::str::from_utf8(&cid).expect("a CID is ASCII"),
		"bafk2bzacedaj3jjc3lbgdq6skzrdbpwrbuxt54j7rz3fiv3mclufpyd7pbqjq"
	);
	let cid = manifest_cid(&H256::zero());
	assert_eq!(
		core::str::from_utf8(&cid).expect("a CID is ASCII"),
		"bafk2bzaceaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	);
}

#[test]
fn manifest_cid_should_have_its_length_when_given_any_hash() {
	for byte in [0, 1, 127, 255] {
		assert_eq!(manifest_cid(&H256::repeat_byte(byte)).len(), MANIFEST_CID_LEN as usize);
	}
}
