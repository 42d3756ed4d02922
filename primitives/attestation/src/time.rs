// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Points in time: seconds since 1970-01-01T00:00:00Z, without leap seconds.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::{der::tag, Error, Part};

/// A time from which something holds, and until which it does; both still belong to it.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
	/// First second.
	pub from: u64,
	/// Last second.
	pub until: u64,
}

impl Window {
	/// Whether `now` lies inside; otherwise which side of it `part` is on.
	pub fn check(&self, now: u64, part: Part) -> Result<(), Error> {
		if now < self.from {
			return Err(Error::NotYetValid { part, from: self.from });
		}
		if now > self.until {
			return Err(Error::Expired { part, until: self.until });
		}
		Ok(())
	}

	/// Whether `now` is not after the end. For lists, which are no less true before they are published.
	pub fn check_end(&self, now: u64, part: Part) -> Result<(), Error> {
		Self { from: 0, until: self.until }.check(now, part)
	}

	/// The part of this window that is also in `other`.
	pub fn overlap(&self, other: &Self) -> Self {
		Self { from: self.from.max(other.from), until: self.until.min(other.until) }
	}
}

/// The time of an ASN.1 UTCTime or GeneralizedTime, in the form that RFC 5280 asks for.
pub(crate) fn asn1(tag: u8, text: &[u8]) -> Option<u64> {
	let (year, rest) = match tag {
		tag::UTC_TIME => {
			let (year, rest) = digits::<2>(text)?;
			(if year < 50 { year.saturating_add(2000) } else { year.saturating_add(1900) }, rest)
		}
		tag::GENERALIZED_TIME => digits::<4>(text)?,
		_ => return None,
	};
	let (month, rest) = digits::<2>(rest)?;
	let (day, rest) = digits::<2>(rest)?;
	let (hour, rest) = digits::<2>(rest)?;
	let (minute, rest) = digits::<2>(rest)?;
	let (second, rest) = digits::<2>(rest)?;
	(rest == b"Z").then_some(())?;
	unix(year, month, day, hour, minute, second)
}

/// The time of a text like `2025-06-19T10:16:03Z`.
pub(crate) fn rfc3339(text: &str) -> Option<u64> {
	let (year, rest) = digits::<4>(text.as_bytes())?;
	let (month, rest) = digits::<2>(rest.strip_prefix(b"-")?)?;
	let (day, rest) = digits::<2>(rest.strip_prefix(b"-")?)?;
	let (hour, rest) = digits::<2>(rest.strip_prefix(b"T")?)?;
	let (minute, rest) = digits::<2>(rest.strip_prefix(b":")?)?;
	let (second, rest) = digits::<2>(rest.strip_prefix(b":")?)?;
	(rest == b"Z").then_some(())?;
	unix(year, month, day, hour, minute, second)
}

/// `N` decimal digits, and what follows them.
fn digits<const N: usize>(text: &[u8]) -> Option<(u64, &[u8])> {
	let (digits, rest) = text.split_first_chunk::<N>()?;
	let mut number = 0u64;
	for digit in digits {
		let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
		number = number.saturating_mul(10).saturating_add(u64::from(digit));
	}
	Some((number, rest))
}

/// Seconds since 1970 of a date of the Gregorian calendar, from 1970 to 9999.
fn unix(year: u64, month: u64, day: u64, hour: u64, minute: u64, second: u64) -> Option<u64> {
	const DAYS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
	let leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
	// Leap days up to the end of `year`.
	let leap_days = |year: u64| (year / 4).saturating_sub(year / 100).saturating_add(year / 400);
	if !(1970..=9999).contains(&year) || hour > 23 || minute > 59 || second > 59 {
		return None;
	}
	let index = usize::try_from(month.checked_sub(1)?).ok()?;
	let extra = u64::from(leap(year) && month == 2);
	let last = DAYS.get(index)?.saturating_add(extra);
	if day == 0 || day > last {
		return None;
	}
	let months: u64 = DAYS.get(..index)?.iter().sum();
	let days = year
		.saturating_sub(1970)
		.saturating_mul(365)
		.saturating_add(leap_days(year.saturating_sub(1)).saturating_sub(leap_days(1969)))
		.saturating_add(months)
		.saturating_add(u64::from(leap(year) && month > 2))
		.saturating_add(day.saturating_sub(1));
	let seconds = hour.saturating_mul(3600).saturating_add(minute.saturating_mul(60)).saturating_add(second);
	Some(days.saturating_mul(86_400).saturating_add(seconds))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn dates_should_be_read_as_seconds_of_unix() {
		for (text, expected) in [
			("1970-01-01T00:00:00Z", Some(0)),
			("2000-02-29T12:34:56Z", Some(951_827_696)),
			("2022-11-09T22:52:00Z", Some(1_668_034_320)),
			("2025-07-19T10:16:03Z", Some(1_752_920_163)),
			("9999-12-31T23:59:59Z", Some(253_402_300_799)),
			("2100-02-29T00:00:00Z", None),
			("2024-13-01T00:00:00Z", None),
			("2024-00-01T00:00:00Z", None),
			("2024-01-00T00:00:00Z", None),
			("2024-01-01T24:00:00Z", None),
			("2024-01-01T00:00:00+00:00", None),
			("1969-12-31T23:59:59Z", None),
			("", None),
		] {
			assert_eq!(rfc3339(text), expected, "{text}");
		}
		assert_eq!(asn1(tag::UTC_TIME, b"221109225200Z"), Some(1_668_034_320));
		assert_eq!(asn1(tag::GENERALIZED_TIME, b"20221109225200Z"), Some(1_668_034_320));
		assert_eq!(asn1(tag::UTC_TIME, b"99123123595Z"), None);
		assert_eq!(asn1(tag::SEQUENCE, b"221109225200Z"), None);
	}
}
