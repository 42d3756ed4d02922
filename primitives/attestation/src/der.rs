// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A strict reader of DER (ITU-T X.690): definite lengths in their shortest form, one byte of tag, nothing recursive.

/// The tags that certificates use.
pub(crate) mod tag {
	pub const BOOLEAN: u8 = 0x01;
	pub const INTEGER: u8 = 0x02;
	pub const BIT_STRING: u8 = 0x03;
	pub const OCTET_STRING: u8 = 0x04;
	pub const OBJECT_IDENTIFIER: u8 = 0x06;
	pub const UTC_TIME: u8 = 0x17;
	pub const GENERALIZED_TIME: u8 = 0x18;
	pub const SEQUENCE: u8 = 0x30;
	/// The context tag with this number, which holds other elements.
	pub const fn context(number: u8) -> u8 {
		0xa0 | number
	}
}

/// One element.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
	pub tag: u8,
	/// What the element holds.
	pub contents: &'a [u8],
	/// The element with its tag and length.
	pub raw: &'a [u8],
}

/// The elements that follow each other in some bytes.
#[derive(Clone)]
pub(crate) struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
	pub fn new(bytes: &'a [u8]) -> Self {
		Self(bytes)
	}

	/// The elements inside the one SEQUENCE that `bytes` are.
	pub fn sequence(bytes: &'a [u8]) -> Option<Self> {
		let mut outer = Self(bytes);
		let inner = outer.take(tag::SEQUENCE)?;
		outer.end()?;
		Some(Self(inner))
	}

	pub fn is_empty(&self) -> bool {
		self.0.is_empty()
	}

	/// Fails unless all is read.
	pub fn end(&self) -> Option<()> {
		self.is_empty().then_some(())
	}

	/// The next element.
	pub fn element(&mut self) -> Option<Element<'a>> {
		let start = self.0;
		let (&tag, rest) = start.split_first()?;
		if tag & 0x1f == 0x1f {
			return None;
		}
		let (&first, rest) = rest.split_first()?;
		let (length, rest) = match first {
			0..=0x7f => (usize::from(first), rest),
			0x81 => {
				let (&[a], rest) = rest.split_first_chunk()?;
				(usize::from(a), rest)
			}
			0x82 => {
				let (bytes, rest) = rest.split_first_chunk()?;
				(usize::from(u16::from_be_bytes(*bytes)), rest)
			}
			0x83 => {
				let (&[a, b, c], rest) = rest.split_first_chunk()?;
				(usize::try_from(u32::from_be_bytes([0, a, b, c])).ok()?, rest)
			}
			_ => return None,
		};
		let shortest = match first {
			0x81 => 0x80,
			0x82 => 0x100,
			0x83 => 0x1_0000,
			_ => 0,
		};
		if length < shortest {
			return None;
		}
		let (contents, rest) = rest.split_at_checked(length)?;
		let (raw, _) = start.split_at_checked(start.len().checked_sub(rest.len())?)?;
		self.0 = rest;
		Some(Element { tag, contents, raw })
	}

	/// The contents of the next element, which must have this tag.
	pub fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
		let element = self.element()?;
		(element.tag == tag).then_some(element.contents)
	}

	/// The contents of the next element if it has this tag; otherwise nothing is read.
	pub fn optional(&mut self, tag: u8) -> Option<Option<&'a [u8]>> {
		match self.0.first() {
			Some(first) if *first == tag => self.take(tag).map(Some),
			_ => Some(None),
		}
	}
}

/// The digits of an INTEGER that is not negative, without leading zeros. Empty for 0.
pub(crate) fn unsigned(contents: &[u8]) -> Option<&[u8]> {
	let (first, rest) = contents.split_first()?;
	match (*first, rest.first()) {
		(0x80.., _) => None,
		// Another zero, or one that is not needed.
		(0, Some(0..=0x7f)) => None,
		(0, _) => Some(rest),
		_ => Some(contents),
	}
}

/// An INTEGER that is not negative, as a number.
pub(crate) fn number(contents: &[u8]) -> Option<u64> {
	let digits = unsigned(contents)?;
	if digits.len() > 8 {
		return None;
	}
	Some(digits.iter().fold(0, |number, digit| number << 8 | u64::from(*digit)))
}

/// The contents of a BIT STRING without unused bits.
pub(crate) fn bits(contents: &[u8]) -> Option<&[u8]> {
	contents.strip_prefix(&[0])
}

/// A BOOLEAN.
pub(crate) fn boolean(contents: &[u8]) -> Option<bool> {
	match contents {
		[0] => Some(false),
		[0xff] => Some(true),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn element_should_be_refused_when_its_length_is_not_the_shortest() {
		for (bytes, expected) in [
			(&[0x04, 0x01, 7][..], Some(&[7][..])),
			(&[0x04, 0x81, 0x01, 7], None),
			(&[0x04, 0x82, 0x00, 0x01, 7], None),
			(&[0x04, 0x80, 7], None),
			(&[0x04, 0x02, 7], None),
			(&[0x1f, 0x01, 7], None),
		] {
			assert_eq!(Der::new(bytes).element().map(|element| element.contents), expected, "{bytes:?}");
		}
	}

	#[test]
	fn integer_should_be_refused_when_negative_or_padded() {
		assert_eq!(number(&[0]), Some(0));
		assert_eq!(number(&[0, 0x80]), Some(128));
		assert_eq!(number(&[0x7f]), Some(127));
		assert_eq!(number(&[0x80]), None);
		assert_eq!(number(&[0, 0x7f]), None);
		assert_eq!(number(&[]), None);
		assert_eq!(number(&[1; 9]), None);
	}
}
