// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Hours of weekdays, as people write them: `mon-fri 08-18`, `sat 09-12,14-16`, `sun`.

/// The weekdays in the order of the chain's masks.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Every hour of a day.
const WHOLE_DAY: u32 = 0x00ff_ffff;

/// Reads what the lines name, added up: for each weekday from Monday on the hours as bits.
pub fn parse(lines: &[String]) -> Result<[u32; 7], String> {
	let mut masks = [0; 7];
	for line in lines {
		let (days, mask) = parse_line(line)?;
		for (day, hours) in masks.iter_mut().enumerate() {
			if days.contains(&day) {
				*hours |= mask;
			}
		}
	}
	Ok(masks)
}

/// The lines that [`parse`] reads.
pub fn show(masks: [u32; 7]) -> Vec<String> {
	let mut lines: Vec<(usize, usize, u32)> = Vec::new();
	for (day, mask) in masks.into_iter().enumerate() {
		match lines.last_mut() {
			Some((_, last, same)) if *same == mask && *last + 1 == day => *last = day,
			_ => lines.push((day, day, mask)),
		}
	}
	let name = |day: usize| DAYS.get(day).copied().unwrap_or_default();
	let line = |(first, last, mask): (usize, usize, u32)| {
		let days = if first == last { name(first).to_owned() } else { format!("{}-{}", name(first), name(last)) };
		format!("{days} {}", ranges(mask))
	};
	lines.into_iter().filter(|(_, _, mask)| *mask != 0).map(line).collect()
}

/// The weekdays and hours that a line names.
fn parse_line(line: &str) -> Result<(std::ops::RangeInclusive<usize>, u32), String> {
	let wrong =
		|reason: String| {
			format!("{line:?} names no hours: {reason}; write for example \"mon-fri 08-18\", \"sat 09-12,14-16\" or \"sun\"")
		};
	let (days, hours) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), "00-24"));
	let day = |name: &str| {
		let found = DAYS.iter().position(|day| day.eq_ignore_ascii_case(name));
		found.ok_or_else(|| wrong(format!("{name:?} is no weekday of {}", DAYS.join(", "))))
	};
	let (first, last) = match days.split_once('-') {
		_ if days.eq_ignore_ascii_case("daily") => (0, DAYS.len() - 1),
		Some((first, last)) => (day(first)?, day(last)?),
		None => (day(days)?, day(days)?),
	};
	if first > last {
		return Err(wrong("the week begins on Monday, so write two lines".into()));
	}
	let mut mask = 0;
	for range in hours.split(',') {
		let hour = |text: &str| {
			let hour = text.trim().strip_suffix(":00").unwrap_or(text.trim()).parse::<u32>().ok();
			hour.filter(|hour| *hour <= 24).ok_or_else(|| wrong(format!("{text:?} is no full hour from 00 to 24")))
		};
		let (from, to) = range.split_once('-').ok_or_else(|| wrong(format!("{range:?} is no range of hours")))?;
		let (from, to) = (hour(from)?, hour(to)?);
		if from >= to {
			return Err(wrong(format!("{range:?} ends before it begins; what goes over midnight takes two lines")));
		}
		mask |= (from..to).fold(0u32, |mask, hour| mask | 1 << hour);
	}
	Ok((first..=last, mask))
}

/// The hours of a day as ranges.
fn ranges(mask: u32) -> String {
	let mask = mask & WHOLE_DAY;
	let mut found: Vec<String> = Vec::new();
	let mut begin = None;
	for hour in 0..=24u32 {
		match (begin, mask >> hour & 1 == 1) {
			(None, true) => begin = Some(hour),
			(Some(from), false) => {
				found.push(format!("{from:02}-{hour:02}"));
				begin = None;
			}
			_ => {}
		}
	}
	found.join(",")
}

#[cfg(test)]
mod tests {
	use super::*;

	fn lines(texts: &[&str]) -> Vec<String> {
		texts.iter().map(|text| (*text).to_owned()).collect()
	}

	#[test]
	fn hours_should_be_read_as_they_are_written() {
		let office = 0x0003_ff00;
		for (texts, masks) in [
			(&["mon-fri 08-18"][..], [office, office, office, office, office, 0, 0]),
			(&["mon-sun 00-24"], [WHOLE_DAY; 7]),
			(&["sat 09-12,14-16", "sun 23-24"], [0, 0, 0, 0, 0, 0xce00, 0x0080_0000]),
			(&[], [0; 7]),
		] {
			assert_eq!(parse(&lines(texts)), Ok(masks), "{texts:?}");
			assert_eq!(show(masks), lines(texts));
		}
	}

	#[test]
	fn lines_should_add_up() {
		assert_eq!(parse(&lines(&["DAILY"])), Ok([WHOLE_DAY; 7]));
		assert_eq!(parse(&lines(&["sun"])), parse(&lines(&["sun 00-12", "sun 12:00-24:00", "sun 3-5"])));
	}

	#[test]
	fn every_set_of_hours_should_survive() {
		// Every mask with a period of twelve hours, which has every border that there is.
		for half in 0..4_096u32 {
			let mask = half | half << 12;
			let masks = [mask, mask, 0, half, mask, WHOLE_DAY, half];
			assert_eq!(parse(&show(masks)), Ok(masks), "{half}");
		}
	}

	#[test]
	fn hours_should_be_refused_when_they_are_malformed() {
		for (text, expected) in [
			("", "no weekday"),
			("monday 08-18", "no weekday"),
			("sat-mon 08-18", "two lines"),
			("mon 18-08", "two lines"),
			("mon 08-08", "ends before"),
			("mon 08", "no range"),
			("mon 08-25", "full hour"),
			("mon 08:30-18", "full hour"),
		] {
			let error = parse(&lines(&[text])).unwrap_err();
			assert!(error.contains(expected), "{text}: {error}");
		}
	}
}
