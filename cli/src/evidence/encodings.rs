// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The encodings in which tools hand out certificates, lists and reports: DER, PEM, and hexadecimal digits.

use base64::{engine::general_purpose::STANDARD, Engine};

/// Most blocks of a file.
const MAX_BLOCKS: usize = 16;

/// Bytes, from their hexadecimal digits if that is what they are.
pub fn from_hex(bytes: Vec<u8>) -> Vec<u8> {
	let digits = bytes.trim_ascii();
	let digits = digits.strip_prefix(b"0x").unwrap_or(digits);
	match hex::decode(digits) {
		Ok(decoded) if !decoded.is_empty() => decoded,
		_ => bytes,
	}
}

/// The certificates and lists of a file, each as DER: of PEM text each block, of DER each element that follows another.
///
/// # Errors
/// What is wrong, if the file is neither.
pub fn blocks(bytes: Vec<u8>) -> Result<Vec<Vec<u8>>, String> {
	let bytes = from_hex(bytes);
	match std::str::from_utf8(&bytes) {
		Ok(text) if text.contains("-----BEGIN ") => from_pem(text),
		_ => from_der(&bytes),
	}
}

/// The blocks of PEM text, whatever stands between them.
pub fn from_pem(text: &str) -> Result<Vec<Vec<u8>>, String> {
	let mut found = Vec::new();
	for block in text.split("-----BEGIN ").skip(1) {
		let body = block.split_once("-----").and_then(|(_, rest)| rest.split_once("-----END ")).map(|(body, _)| body);
		let signs: String = body.ok_or("a PEM block has no end")?.split_ascii_whitespace().collect();
		found.push(STANDARD.decode(signs).map_err(|error| format!("a PEM block is no base64: {error}"))?);
		if found.len() > MAX_BLOCKS {
			return Err(format!("there are more than {MAX_BLOCKS} PEM blocks"));
		}
	}
	Ok(found)
}

/// The elements of DER that follow each other. Each is a SEQUENCE, of which only the length is read here.
fn from_der(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
	let mut found = Vec::new();
	let mut rest = bytes;
	while !rest.is_empty() {
		let length = sequence_length(rest).ok_or("it is neither PEM nor DER")?;
		let (element, after) = rest.split_at_checked(length).ok_or("it is cut off")?;
		found.push(element.to_vec());
		rest = after;
		if found.len() > MAX_BLOCKS {
			return Err(format!("there are more than {MAX_BLOCKS} elements of DER"));
		}
	}
	if found.is_empty() {
		return Err("it is empty".into());
	}
	Ok(found)
}

/// Bytes of the SEQUENCE that begins here, with tag and length.
fn sequence_length(bytes: &[u8]) -> Option<usize> {
	let (0x30, rest) = bytes.split_first().map(|(tag, rest)| (*tag, rest))? else { return None };
	let (first, rest) = rest.split_first()?;
	match first {
		0..=0x7f => Some(2 + usize::from(*first)),
		0x81..=0x83 => {
			let count = usize::from(first - 0x80);
			let digits = rest.get(..count)?;
			let length = digits.iter().fold(0usize, |length, digit| length * 256 + usize::from(*digit));
			Some(2 + count + length)
		}
		_ => None,
	}
}

/// Whether a text is somewhere in bytes.
pub fn contains(bytes: &[u8], text: &[u8]) -> bool {
	bytes.windows(text.len()).any(|window| window == text)
}

/// The common name in a name of a certificate, given as DER.
pub fn common_name(name: &[u8]) -> String {
	/// The object identifier of common names, with its tag and length.
	const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
	let found = name.windows(COMMON_NAME.len()).position(|window| window == COMMON_NAME);
	let value = found.and_then(|place| name.get(place + COMMON_NAME.len()..)).and_then(|value| {
		let (length, text) = value.get(1..)?.split_first()?;
		text.get(..usize::from(*length))
	});
	let text = String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
	text.chars().filter(|sign| !sign.is_control()).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn digits_should_be_read_and_other_bytes_left() {
		assert_eq!(from_hex(b"0x0aFF\n".to_vec()), [0x0a, 0xff]);
		for bytes in [&b"abc"[..], b"xyz", b"", &[3, 0, 2]] {
			assert_eq!(from_hex(bytes.to_vec()), bytes);
		}
	}

	#[test]
	fn blocks_should_be_those_of_pem_or_der() {
		let pem = b"# a\r\n-----BEGIN CERTIFICATE-----\r\nMAEB\r\n-----END CERTIFICATE-----\r\n\
			-----BEGIN X509 CRL-----\nMAEC\n-----END X509 CRL-----";
		assert_eq!(blocks(pem.to_vec()), Ok(vec![vec![0x30, 1, 1], vec![0x30, 1, 2]]));
		assert_eq!(blocks(vec![0x30, 1, 1, 0x30, 0]), Ok(vec![vec![0x30, 1, 1], vec![0x30, 0]]));
		let long = [&[0x30, 0x82, 1, 0][..], &[7; 256]].concat();
		assert_eq!(blocks(long.clone()), Ok(vec![long.clone()]));
		assert_eq!(blocks(hex::encode(&long).into_bytes()), Ok(vec![long]));
		for bytes in [&b""[..], b"text", &[0x30, 5, 1], &[0x30, 0x80], b"-----BEGIN X-----\nMAEB", b"-----BEGIN X"] {
			assert!(blocks(bytes.to_vec()).is_err(), "{bytes:?}");
		}
		assert!(blocks([0x30, 0].repeat(MAX_BLOCKS + 1)).is_err());
	}

	#[test]
	fn common_name_should_be_found_in_a_name() {
		let name = [&[0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 2][..], b"AB"].concat();
		assert_eq!(common_name(&name), "AB");
		assert_eq!(common_name(b""), "");
		assert_eq!(common_name(&name[..name.len() - 1]), "");
	}
}
