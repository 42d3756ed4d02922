// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A reader of CBOR (RFC 8949), for the documents of AWS Nitro: definite lengths in their shortest form.

/// The first byte's upper bits.
mod major {
	pub const UNSIGNED: u8 = 0;
	pub const BYTES: u8 = 2;
	pub const TEXT: u8 = 3;
	pub const ARRAY: u8 = 4;
	pub const MAP: u8 = 5;
	pub const TAG: u8 = 6;
}

/// The byte that stands for null.
const NULL: u8 = 0xf6;

/// Items that follow each other in some bytes.
pub(crate) struct Cbor<'a>(&'a [u8]);

impl<'a> Cbor<'a> {
	pub fn new(bytes: &'a [u8]) -> Self {
		Self(bytes)
	}

	/// Fails unless all is read.
	pub fn end(&self) -> Option<()> {
		self.0.is_empty().then_some(())
	}

	/// The next item's number, length or tag, if it is of this major type.
	fn head(&mut self, expected: u8) -> Option<u64> {
		let (&first, rest) = self.0.split_first()?;
		if first >> 5 != expected {
			return None;
		}
		let (value, rest, least) = match first & 0x1f {
			small @ 0..24 => (u64::from(small), rest, 0),
			24 => {
				let (&[byte], rest) = rest.split_first_chunk()?;
				(u64::from(byte), rest, 24)
			}
			25 => {
				let (bytes, rest) = rest.split_first_chunk()?;
				(u64::from(u16::from_be_bytes(*bytes)), rest, 1 << 8)
			}
			26 => {
				let (bytes, rest) = rest.split_first_chunk()?;
				(u64::from(u32::from_be_bytes(*bytes)), rest, 1 << 16)
			}
			27 => {
				let (bytes, rest) = rest.split_first_chunk()?;
				(u64::from_be_bytes(*bytes), rest, 1 << 32)
			}
			_ => return None,
		};
		if value < least {
			return None;
		}
		self.0 = rest;
		Some(value)
	}

	fn string(&mut self, major: u8) -> Option<&'a [u8]> {
		let length = usize::try_from(self.head(major)?).ok()?;
		let (string, rest) = self.0.split_at_checked(length)?;
		self.0 = rest;
		Some(string)
	}

	/// A number that is not negative.
	pub fn unsigned(&mut self) -> Option<u64> {
		self.head(major::UNSIGNED)
	}

	/// A byte string.
	pub fn bytes(&mut self) -> Option<&'a [u8]> {
		self.string(major::BYTES)
	}

	/// A text.
	pub fn text(&mut self) -> Option<&'a [u8]> {
		self.string(major::TEXT)
	}

	/// A byte string, or null.
	pub fn optional_bytes(&mut self) -> Option<Option<&'a [u8]>> {
		match self.0.strip_prefix(&[NULL]) {
			Some(rest) => {
				self.0 = rest;
				Some(None)
			}
			None => self.bytes().map(Some),
		}
	}

	/// The number of items of an array that follow.
	pub fn array(&mut self) -> Option<u64> {
		self.head(major::ARRAY)
	}

	/// The number of pairs of a map that follow.
	pub fn map(&mut self) -> Option<u64> {
		self.head(major::MAP)
	}

	/// Skips this tag, if it is there.
	pub fn skip_tag(&mut self, tag: u64) -> Option<()> {
		let before = self.0;
		match self.head(major::TAG) {
			Some(found) => (found == tag).then_some(()),
			None => {
				self.0 = before;
				Some(())
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn items_should_be_refused_when_not_in_their_shortest_form() {
		for (bytes, expected) in [
			(&[0x17][..], Some(23)),
			(&[0x18, 24], Some(24)),
			(&[0x18, 23], None),
			(&[0x19, 0, 255], None),
			(&[0x19, 1, 0], Some(256)),
			(&[0x1a, 0, 0, 255, 255], None),
			(&[0x1f], None),
			(&[0x41, 0], None),
			(&[], None),
		] {
			assert_eq!(Cbor::new(bytes).unsigned(), expected, "{bytes:?}");
		}
		assert_eq!(Cbor::new(&[0x5b, 255, 255, 255, 255, 255, 255, 255, 255]).bytes(), None);
		assert_eq!(Cbor::new(&[NULL]).optional_bytes(), Some(None));
		assert_eq!(Cbor::new(&[0x41, 7]).optional_bytes(), Some(Some(&[7][..])));
	}
}
