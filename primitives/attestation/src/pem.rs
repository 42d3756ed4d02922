// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Certificates in text form (RFC 7468), as quotes carry them: strictly what makers of quotes write.

use alloc::vec::Vec;

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----\n";
const END: &[u8] = b"-----END CERTIFICATE-----";

/// The certificates of a text, each as DER, in order. None if the text is anything but at most `limit` certificates, each
/// on its own lines, with no text between them.
///
/// For callers that hold evidence as its maker hands it out: an NVIDIA certificate chain becomes what
/// [`crate::nvidia::verify`] takes by joining the certificates.
pub fn certificates(text: &[u8], limit: usize) -> Option<Vec<Vec<u8>>> {
	let mut found = Vec::new();
	let mut rest = text;
	while !rest.is_empty() {
		if found.len() == limit {
			return None;
		}
		rest = rest.strip_prefix(BEGIN)?;
		// The first sign that is not of base64.
		let end = rest.iter().position(|sign| *sign == b'-')?;
		let (body, after) = rest.split_at_checked(end)?;
		found.push(base64(body)?);
		rest = after.strip_prefix(END)?;
		rest = rest.strip_prefix(b"\n").unwrap_or(rest);
	}
	Some(found)
}

/// Bytes of a base64 text with padding, in lines of 64 signs.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
	let mut bytes = Vec::with_capacity(text.len());
	let mut lines = text.strip_suffix(b"\n")?.split(|sign| *sign == b'\n').peekable();
	while let Some(line) = lines.next() {
		let last = lines.peek().is_none();
		let (quads, rest) = line.as_chunks::<4>();
		if !rest.is_empty() || line.is_empty() || line.len() > 64 || (!last && line.len() != 64) {
			return None;
		}
		for (index, quad) in quads.iter().enumerate() {
			let final_quad = last && index.checked_add(1)? == quads.len();
			quad_bytes(quad, final_quad, &mut bytes)?;
		}
	}
	Some(bytes)
}

/// Decodes four signs. Only the final ones may be padded, and padding hides no bits.
fn quad_bytes(quad: &[u8; 4], is_final: bool, bytes: &mut Vec<u8>) -> Option<()> {
	let padding = match quad {
		[.., b'=', b'='] => 2usize,
		[.., b'='] => 1,
		_ => 0,
	};
	if padding > 0 && !is_final {
		return None;
	}
	let kept = quad.len().saturating_sub(padding);
	let mut bits = 0u32;
	for (index, sign) in quad.iter().enumerate() {
		let value = if index < kept { value(*sign)? } else { 0 };
		bits = bits << 6 | u32::from(value);
	}
	let [_, decoded @ ..] = bits.to_be_bytes();
	let (decoded, hidden) = decoded.split_at_checked(decoded.len().checked_sub(padding)?)?;
	bytes.extend_from_slice(decoded);
	hidden.iter().all(|byte| *byte == 0).then_some(())
}

/// The value of a sign of the standard alphabet.
fn value(sign: u8) -> Option<u8> {
	match sign {
		b'A'..=b'Z' => sign.checked_sub(b'A'),
		b'a'..=b'z' => sign.checked_sub(b'a')?.checked_add(26),
		b'0'..=b'9' => sign.checked_sub(b'0')?.checked_add(52),
		b'+' => Some(62),
		b'/' => Some(63),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn text_should_be_refused_when_it_is_not_strictly_certificates() {
		let wrap =
			|body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n").into_bytes();
		assert_eq!(certificates(&wrap("AQID"), 1), Some(vec![vec![1, 2, 3]]));
		assert_eq!(certificates(&wrap("AQI="), 1), Some(vec![vec![1, 2]]));
		assert_eq!(certificates(&wrap("AQ=="), 1), Some(vec![vec![1]]));
		assert_eq!(certificates(&[wrap("AQID"), wrap("AQ==")].concat(), 2), Some(vec![vec![1, 2, 3], vec![1]]));
		for refused in ["AR==", "AQID AQID", "AQ=D", "AQI", "", "AQID\nAQID", "AQ==AQ==", "A-ID"] {
			assert_eq!(certificates(&wrap(refused), 1), None, "{refused}");
		}
		assert_eq!(certificates(&[wrap("AQID"), wrap("AQID")].concat(), 1), None);
		assert_eq!(certificates(&[b" ".to_vec(), wrap("AQID")].concat(), 2), None);
		assert_eq!(certificates(b"-----BEGIN CERTIFICATE-----\nAQID\n", 1), None);
	}
}
