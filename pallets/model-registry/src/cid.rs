// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The one CID that belongs to a manifest hash.

use alloc::vec::Vec;
use sp_core::H256;

/// Length of a manifest's CID in characters: the letter `b` and 61 base32 digits.
pub const MANIFEST_CID_LEN: u32 = 62;

/// CIDv1, codec `raw` (0x55), multihash `blake2b-256` (0xb220 as a varint), digest length 32.
const PREFIX: [u8; 6] = [0x01, 0x55, 0xa0, 0xe4, 0x02, 0x20];

/// RFC 4648 base32, lower case, as multibase `b` uses it.
const ALPHABET: [u8; 32] = *b"abcdefghijklmnopqrstuvwxyz234567";

/// The CID of a manifest whose canonical bytes have the BLAKE2b-256 hash `hash`: CIDv1, `raw`, blake2b-256, in multibase
/// base32 (lower case, no padding), [`MANIFEST_CID_LEN`] ASCII characters.
pub fn manifest_cid(hash: &H256) -> Vec<u8> {
	let bytes: Vec<u8> = PREFIX.iter().chain(hash.as_bytes()).copied().collect();
	// Five bytes are eight digits. The last group has only three bytes: its missing bytes are zero bits and the digits that
	// hold nothing else are cut off.
	let digits = bytes.chunks(5).flat_map(|group| {
		let bits = (0..5).fold(0u64, |bits, i| bits << 8 | u64::from(group.get(i).copied().unwrap_or(0)));
		[35u32, 30, 25, 20, 15, 10, 5, 0]
			.into_iter()
			.filter_map(move |shift| ALPHABET.get((bits.checked_shr(shift).unwrap_or(0) & 31) as usize).copied())
	});
	core::iter::once(b'b').chain(digits).take(MANIFEST_CID_LEN as usize).collect()
}
