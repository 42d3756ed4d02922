// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Signatures and addresses of Ethereum keys.

use alloc::string::String;

use sp_core::H160;
use sp_crypto_hashing::keccak_256;

/// Number of points of secp256k1, big endian: `r` and `s` are below it.
const ORDER: [u8; 32] = [
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc,
	0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];
/// Half of [`ORDER`], rounded down: the largest `s` that is not malleable (EIP-2).
const HALF_ORDER: [u8; 32] = [
	0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e,
	0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];
const ZERO: [u8; 32] = [0; 32];

/// Why a signature names no signer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignatureError {
	/// `v`, the last byte, is neither 27 nor 28.
	BadV,
	/// `r`, the first 32 bytes, is zero or not below the order of the curve.
	BadR,
	/// `s`, the second 32 bytes, is zero or not below the order of the curve.
	BadS,
	/// `s` is in the upper half of the order. Whoever sees a signature can make this second form of it, so only the lower
	/// one counts.
	HighS,
	/// No key of the curve made it.
	NoSigner,
}

impl core::fmt::Display for SignatureError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::BadV => "the last byte of the signature is neither 27 nor 28",
			Self::BadR => "r of the signature is zero or too large",
			Self::BadS => "s of the signature is zero or too large",
			Self::HighS => "s of the signature is in the upper half of the curve's order",
			Self::NoSigner => "no key made the signature",
		})
	}
}

impl core::error::Error for SignatureError {}

/// The address of who signed `digest`, as Ethereum's wallets sign: `r`, `s` and `v`, together 65 bytes.
///
/// As in OpenZeppelin's `ECDSA`, a signature has exactly one accepted form. A digest that somebody else signed gives
/// another address, not an error: compare what comes back. One call of the host, nothing else.
///
/// # Errors
/// The first of [`SignatureError`]'s cases that applies, in its order.
pub fn recover(digest: &[u8; 32], signature: &[u8; 65]) -> Result<H160, SignatureError> {
	let (r, rest) = signature.split_first_chunk::<32>().ok_or(SignatureError::BadR)?;
	let (s, v) = rest.split_first_chunk::<32>().ok_or(SignatureError::BadS)?;
	if !matches!(v, [27 | 28]) {
		return Err(SignatureError::BadV);
	}
	if *r == ZERO || *r >= ORDER {
		return Err(SignatureError::BadR);
	}
	if *s == ZERO || *s >= ORDER {
		return Err(SignatureError::BadS);
	}
	if *s > HALF_ORDER {
		return Err(SignatureError::HighS);
	}
	sp_io::crypto::secp256k1_ecdsa_recover(signature, digest)
		.map(|key| address_of(&key))
		.map_err(|_| SignatureError::NoSigner)
}

/// The address of a public key: its two coordinates, big endian.
pub fn address_of(public_key: &[u8; 64]) -> H160 {
	let [_, _, _, _, _, _, _, _, _, _, _, _, address @ ..] = keccak_256(public_key);
	H160(address)
}

/// Writes an address with the checksum of EIP-55: `0x` and 40 hexadecimal digits, some letters of which are upper case.
pub fn checksummed(address: H160) -> String {
	let mut digits = [0u8; 40];
	for (pair, byte) in digits.chunks_exact_mut(2).zip(address.0) {
		pair.copy_from_slice(&[hex_digit(byte >> 4), hex_digit(byte & 15)]);
	}
	let hash = keccak_256(&digits);
	let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
	let mut text = String::with_capacity(42);
	text.push_str("0x");
	for (digit, nibble) in digits.iter().zip(nibbles) {
		text.push(char::from(if nibble >= 8 { digit.to_ascii_uppercase() } else { *digit }));
	}
	text
}

/// Why a text is no address of an Ethereum account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AddressError {
	/// It is not `0x` and 40 hexadecimal digits.
	Malformed,
	/// It has letters of both cases, but not those that EIP-55 demands: a digit is wrong.
	BadChecksum,
}

impl core::fmt::Display for AddressError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::Malformed => "the address is not 0x and 40 hexadecimal digits",
			Self::BadChecksum => "the address fails its checksum (EIP-55): a digit is wrong",
		})
	}
}

impl core::error::Error for AddressError {}

/// Reads an address.
///
/// Addresses in one case have no checksum and are accepted; with letters of both cases, the checksum must be right.
pub fn parse_address(text: &str) -> Result<H160, AddressError> {
	let digits = text.strip_prefix("0x").ok_or(AddressError::Malformed)?.as_bytes();
	if digits.len() != 40 {
		return Err(AddressError::Malformed);
	}
	let mut address = H160::zero();
	for (byte, pair) in address.0.iter_mut().zip(digits.chunks_exact(2)) {
		let [high, low] = pair else { return Err(AddressError::Malformed) };
		let (high, low) =
			(hex_value(*high).ok_or(AddressError::Malformed)?, hex_value(*low).ok_or(AddressError::Malformed)?);
		*byte = high << 4 | low;
	}
	let mixed = digits.iter().any(u8::is_ascii_lowercase) && digits.iter().any(u8::is_ascii_uppercase);
	if mixed && checksummed(address) != text {
		return Err(AddressError::BadChecksum);
	}
	Ok(address)
}

/// The lower-case digit of a number below 16.
pub(crate) fn hex_digit(nibble: u8) -> u8 {
	match nibble {
		0..=9 => b'0'.saturating_add(nibble),
		_ => b'a'.saturating_add(nibble.saturating_sub(10)),
	}
}

/// The number that a hexadecimal digit stands for.
fn hex_value(digit: u8) -> Option<u8> {
	char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
