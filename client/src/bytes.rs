// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Bytes, as people and JSON write them.

use std::{fmt, ops::Deref, str::FromStr};

use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};

/// Bytes that are written as `0x` and hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct HexBytes(pub Vec<u8>);

impl fmt::Display for HexBytes {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "0x{}", hex::encode(&self.0))
	}
}

impl Deref for HexBytes {
	type Target = [u8];

	fn deref(&self) -> &[u8] {
		&self.0
	}
}

impl FromStr for HexBytes {
	type Err = String;

	/// Reads hexadecimal digits, with or without `0x`.
	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let digits = text.trim();
		let digits = digits.strip_prefix("0x").unwrap_or(digits);
		hex::decode(digits).map(Self).map_err(|error| format!("not hexadecimal: {error}"))
	}
}

impl Serialize for HexBytes {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl<'de> Deserialize<'de> for HexBytes {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bytes_should_be_read_as_they_are_written() {
		let bytes = HexBytes(vec![0, 171]);
		assert_eq!(bytes.to_string(), "0x00ab");
		assert_eq!("00AB".parse(), Ok(bytes.clone()));
		assert_eq!(serde_json::from_str::<HexBytes>("\"0x00ab\"").unwrap(), bytes);
		for text in ["0x0", "xyz", "0x00 ab"] {
			assert!(text.parse::<HexBytes>().is_err(), "{text}");
		}
	}
}
