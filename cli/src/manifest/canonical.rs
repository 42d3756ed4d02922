// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The canonical form of a manifest, its hash and its CID, as `docs/reference/model-manifest.md` fixes them.

use aivm_client::H256;
use serde_json::Value;

/// Longest canonical form, in bytes.
pub const MAX_CANONICAL: usize = 65_536;
/// Largest absolute value of an integer: every JSON reader keeps it exactly.
const MAX_INTEGER: u64 = (1 << 53) - 1;
/// CIDv1, codec `raw`, multihash `blake2b-256` of 32 bytes.
const CID_PREFIX: [u8; 6] = [0x01, 0x55, 0xa0, 0xe4, 0x02, 0x20];
/// RFC 4648 base32, lower case.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Writes a value in canonical form.
///
/// # Errors
/// What the value holds that has no canonical form.
pub fn canonical(value: &Value) -> Result<Vec<u8>, String> {
	let mut text = String::new();
	write(value, &mut text)?;
	if text.len() > MAX_CANONICAL {
		return Err(format!("its canonical form has {} bytes; at most {MAX_CANONICAL} are allowed", text.len()));
	}
	Ok(text.into_bytes())
}

fn write(value: &Value, text: &mut String) -> Result<(), String> {
	match value {
		Value::Null => return Err("it holds null; leave the member out".into()),
		Value::Bool(_) => return Err("it holds true or false; write a string".into()),
		Value::Number(number) => {
			let small =
				number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs)).is_some_and(|n| n <= MAX_INTEGER);
			if !small {
				return Err(format!(
					"it holds the number {number}; only integers below 2^53 are allowed, others are strings"
				));
			}
			text.push_str(&number.to_string());
		}
		Value::String(string) => quote(string, text),
		Value::Array(items) => {
			text.push('[');
			for (index, item) in items.iter().enumerate() {
				if index > 0 {
					text.push(',');
				}
				write(item, text)?;
			}
			text.push(']');
		}
		Value::Object(members) => {
			let mut names: Vec<&String> = members.keys().collect();
			names.sort_unstable();
			text.push('{');
			for (index, name) in names.into_iter().enumerate() {
				if !name.is_ascii() {
					return Err(format!("the member {name:?} has a name that is not ASCII"));
				}
				if index > 0 {
					text.push(',');
				}
				quote(name, text);
				text.push(':');
				write(&members[name], text)?;
			}
			text.push('}');
		}
	}
	Ok(())
}

fn quote(string: &str, text: &mut String) {
	text.push('"');
	for character in string.chars() {
		match character {
			'"' => text.push_str("\\\""),
			'\\' => text.push_str("\\\\"),
			'\u{8}' => text.push_str("\\b"),
			'\t' => text.push_str("\\t"),
			'\n' => text.push_str("\\n"),
			'\u{c}' => text.push_str("\\f"),
			'\r' => text.push_str("\\r"),
			control if control < ' ' => text.push_str(&format!("\\u{:04x}", u32::from(control))),
			other => text.push(other),
		}
	}
	text.push('"');
}

/// BLAKE2b-256.
pub fn hash(bytes: &[u8]) -> H256 {
	H256(sp_crypto_hashing::blake2_256(bytes))
}

/// The CID of the document with this hash.
pub fn cid(hash: H256) -> String {
	let bytes: Vec<u8> = CID_PREFIX.iter().chain(&hash.0).copied().collect();
	let mut text = String::from("b");
	let (mut bits, mut count) = (0u32, 0u32);
	for byte in bytes {
		bits = bits << 8 | u32::from(byte);
		count += 8;
		while count >= 5 {
			count -= 5;
			text.push(char::from(BASE32[(bits >> count & 31) as usize]));
		}
		bits &= (1 << count) - 1;
	}
	if count > 0 {
		text.push(char::from(BASE32[(bits << (5 - count) & 31) as usize]));
	}
	text
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The reference page, whose worked example is checked here.
	const PAGE: &str = include_str!("../../../docs/reference/model-manifest.md");

	/// The text between two fences.
	fn fenced(language: &str) -> &'static str {
		let start = PAGE.find(&format!("```{language}\n")).unwrap() + language.len() + 4;
		let end = PAGE[start..].find("\n```").unwrap();
		&PAGE[start..start + end]
	}

	#[test]
	fn worked_example_should_have_the_documented_form_hash_and_cid() {
		let source: Value = serde_json::from_str(fenced("json")).unwrap();
		let bytes = canonical(&source).unwrap();
		assert_eq!(String::from_utf8(bytes.clone()).unwrap(), fenced("canonical"));
		let hash = hash(&bytes);
		assert!(PAGE.contains(&format!("`{}`", hex::encode(hash.0))), "{hash:?}");
		assert!(PAGE.contains(&format!("`{}`", cid(hash))), "{}", cid(hash));
		assert_eq!(cid(hash).len(), 62);
	}

	#[test]
	fn canonical_should_escape_only_what_must_be() {
		let value: Value = serde_json::from_str(r#""\u0000\b\t\n\f\r\u001f\"\\/\u007f\u00e9\ud83d\ude00""#).unwrap();
		let expected = "\"\\u0000\\b\\t\\n\\f\\r\\u001f\\\"\\\\/\u{7f}é😀\"";
		assert_eq!(String::from_utf8(canonical(&value).unwrap()).unwrap(), expected);
	}

	#[test]
	fn canonical_should_refuse_what_has_no_canonical_form() {
		for text in ["null", "true", "1.5", "1e3", "9007199254740992", "-9007199254740992", r#"{"é":1}"#] {
			let value: Value = serde_json::from_str(text).unwrap();
			assert!(canonical(&value).is_err(), "{text}");
		}
		assert_eq!(
			canonical(&serde_json::json!({"b": -9007199254740991i64, "a": [1, 2]})).unwrap(),
			br#"{"a":[1,2],"b":-9007199254740991}"#
		);
		assert!(canonical(&Value::String("x".repeat(MAX_CANONICAL))).unwrap_err().contains("at most"));
	}
}
