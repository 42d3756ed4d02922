// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Times and durations, as people write them.

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// The first second that is not shown as a date any more: the year 10000.
const FAR: u64 = 253_402_300_800;

/// The units of durations, from the largest on.
const UNITS: [(char, u64); 4] = [('d', DAY), ('h', HOUR), ('m', MINUTE), ('s', 1)];

/// Reads a time: `2026-12-31T23:59:59Z`, `2026-12-31`, or seconds of Unix time.
pub fn parse_time(text: &str) -> Result<u64, String> {
	let text = text.trim();
	let malformed = || {
		format!("{text:?} is no time; write 2026-12-31T18:00:00Z or 2026-12-31, both in UTC, or seconds of Unix time")
	};
	if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
		return text.parse().map_err(|_| malformed());
	}
	let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
	let time = time.strip_suffix('Z').ok_or_else(malformed)?;
	let number = |text: &str, digits: usize, range: std::ops::RangeInclusive<u64>| {
		let valid = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
		text.parse::<u64>().ok().filter(|number| valid && range.contains(number)).ok_or_else(malformed)
	};
	let parts = |text: &str, separator: char| -> Vec<String> { text.split(separator).map(str::to_owned).collect() };
	let (date, time) = (parts(date, '-'), parts(time, ':'));
	let [year, month, day] = date.as_slice() else { return Err(malformed()) };
	let (hour, minute, second) = match time.as_slice() {
		[hour, minute] => (hour, minute, "00"),
		[hour, minute, second] => (hour, minute, second.as_str()),
		_ => return Err(malformed()),
	};
	let (year, month, day) = (number(year, 4, 1970..=9999)?, number(month, 2, 1..=12)?, number(day, 2, 1..=31)?);
	let (hour, minute, second) = (number(hour, 2, 0..=23)?, number(minute, 2, 0..=59)?, number(second, 2, 0..=59)?);
	let days = days_until(year, month, day);
	if date_of(days) != (year, month, day) {
		return Err(format!("{text:?} is no time: that month has no day {day}"));
	}
	Ok(days * DAY + hour * HOUR + minute * MINUTE + second)
}

/// A time in the form that [`parse_time`] reads.
pub fn show_time(seconds: u64) -> String {
	if seconds >= FAR {
		return seconds.to_string();
	}
	let (year, month, day) = date_of(seconds / DAY);
	let (hour, minute, second) = (seconds % DAY / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE);
	format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Reads a duration such as `30d`, `12h`, `1d12h` or `90s`.
pub fn parse_duration(text: &str) -> Result<u64, String> {
	let text = text.trim();
	let malformed = || format!("{text:?} is no duration; write for example 30d, 12h, 1d12h, 45m or 90s");
	let (mut total, mut digits, mut units) = (0u64, String::new(), UNITS.iter());
	for letter in text.chars() {
		if letter.is_ascii_digit() {
			digits.push(letter);
			continue;
		}
		// Each unit once, the larger ones first.
		let (_, seconds) = units.find(|(unit, _)| *unit == letter).ok_or_else(malformed)?;
		let count: u64 = digits.parse().map_err(|_| malformed())?;
		total = count.checked_mul(*seconds).and_then(|part| total.checked_add(part)).ok_or_else(malformed)?;
		digits.clear();
	}
	if text.is_empty() || !digits.is_empty() {
		return Err(malformed());
	}
	Ok(total)
}

/// A duration in the form that [`parse_duration`] reads.
pub fn show_duration(seconds: u64) -> String {
	let mut text = String::new();
	let mut rest = seconds;
	for (unit, length) in UNITS {
		if rest >= length {
			text.push_str(&format!("{}{unit}", rest / length));
			rest %= length;
		}
	}
	if text.is_empty() {
		text.push_str("0s");
	}
	text
}

/// Days from 1 January 1970 until a date of the Gregorian calendar.
fn days_until(year: u64, month: u64, day: u64) -> u64 {
	// Years begin in March, so that the day that may be missing is the last one. The year 1600 begins a cycle.
	let (year, month) = if month > 2 { (year - 1600, month - 3) } else { (year - 1601, month + 9) };
	let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
	// From 1 March 1600 until 1 January 1970.
	days - 135_080
}

/// The year, month and day that is so many days after 1 January 1970.
fn date_of(days: u64) -> (u64, u64, u64) {
	let (mut year, mut rest) = (1970, days);
	loop {
		let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
		let length = if leap { 366 } else { 365 };
		if rest < length {
			let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
			for (month, length) in (1..).zip(lengths) {
				if rest < length {
					return (year, month, rest + 1);
				}
				rest -= length;
			}
		}
		rest -= length;
		year += 1;
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn time_should_be_read_as_it_is_written() {
		for (text, seconds) in [
			("1970-01-01T00:00:00Z", 0),
			("1972-02-29T12:34:56Z", 68_214_896),
			("2000-03-01T00:00:00Z", 951_868_800),
			("2026-12-31T23:59:59Z", 1_798_761_599),
			("9999-12-31T23:59:59Z", FAR - 1),
		] {
			assert_eq!(parse_time(text), Ok(seconds), "{text}");
			assert_eq!(show_time(seconds), text);
		}
		assert_eq!(parse_time("2026-12-31"), parse_time("2026-12-31T00:00Z"));
		assert_eq!(parse_time("1798761599"), Ok(1_798_761_599));
		assert_eq!(show_time(u64::MAX), u64::MAX.to_string());
	}

	#[test]
	fn every_day_of_four_centuries_should_be_its_own_date() {
		for day in 0..146_097 {
			let (year, month, of_month) = date_of(day);
			assert_eq!(days_until(year, month, of_month), day, "{year}-{month}-{of_month}");
		}
	}

	#[test]
	fn time_should_be_refused_when_there_is_none_such() {
		for text in [
			"",
			"now",
			"2026-02-29",
			"2026-13-01",
			"2026-1-1",
			"2026-01-01T24:00:00Z",
			"2026-01-01T10:00:00",
			"2026-01-01T10:00:00+02:00",
			"1969-12-31",
			"99999999999999999999",
		] {
			assert!(parse_time(text).is_err(), "{text}");
		}
	}

	#[test]
	fn duration_should_be_read_as_it_is_written() {
		for (text, seconds) in
			[("0s", 0), ("90s", 90), ("1m30s", 90), ("12h", 43_200), ("1d", 86_400), ("30d12h", 2_635_200)]
		{
			assert_eq!(parse_duration(text), Ok(seconds), "{text}");
			assert_eq!(parse_duration(&show_duration(seconds)), Ok(seconds));
		}
		assert_eq!(show_duration(90_061), "1d1h1m1s");
		for text in ["", "10", "d", "1w", "1h1d", "1h1h", "-1d", "99999999999999999999d", "999999999999999d"] {
			assert!(parse_duration(text).is_err(), "{text}");
		}
	}
}
