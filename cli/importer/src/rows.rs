// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tables of rows, for calibration and for checks.

use crate::error::RowsError;

/// What [`Rows::parse`] accepts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowsOptions {
	/// Longest table, in bytes.
	pub max_bytes: usize,
	/// Most rows.
	pub max_rows: usize,
	/// Most columns.
	pub max_columns: usize,
	/// Columns that are no features and are kept as text. Names that do not occur are ignored.
	pub text_columns: Vec<String>,
}

impl Default for RowsOptions {
	/// 64 MiB, a million rows, 65,536 columns; `label` and `float_label` are text.
	fn default() -> Self {
		Self {
			max_bytes: 64 << 20,
			max_rows: 1_000_000,
			max_columns: 65_536,
			text_columns: vec!["label".into(), "float_label".into()],
		}
	}
}

/// A table: rows of features, each a finite single-precision number, and columns of text beside them.
#[derive(Clone, PartialEq, Debug)]
pub struct Rows {
	features: Vec<String>,
	values: Vec<f32>,
	texts: Vec<(String, Vec<String>)>,
	len: usize,
}

impl Rows {
	/// A table of `width` unnamed features from their values, row by row; `None` if the values do not fill whole rows.
	pub fn from_values(width: usize, values: Vec<f32>) -> Option<Self> {
		let len = values.len().checked_div(width).filter(|len| len * width == values.len())?;
		let features = (0..width).map(|index| format!("x_{index}")).collect();
		values.iter().all(|value| value.is_finite()).then_some(Self { features, values, texts: Vec::new(), len })
	}

	/// Reads comma-separated values: a line of column names, then one line per row. Empty lines are skipped. A field
	/// may stand in double quotes, and a doubled quote inside stands for one.
	///
	/// # Errors
	/// [`RowsError`] with the line and column of the first fault.
	pub fn parse(bytes: &[u8], options: &RowsOptions) -> Result<Self, RowsError> {
		check("bytes", bytes.len(), options.max_bytes)?;
		let text = std::str::from_utf8(bytes).map_err(|_| RowsError::Encoding)?;
		let text = text.strip_prefix('\u{feff}').unwrap_or(text);
		let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());

		let (index, first) = lines.next().ok_or(RowsError::Header)?;
		let names = split(first, index + 1)?;
		check("columns", names.len(), options.max_columns)?;
		if names.iter().any(|name| name.is_empty() || name.parse::<f64>().is_ok()) {
			return Err(RowsError::Header);
		}
		let mut sorted: Vec<_> = names.iter().collect();
		sorted.sort_unstable();
		if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
			return Err(RowsError::Duplicate(pair[0].clone()));
		}
		let is_text: Vec<bool> = names.iter().map(|name| options.text_columns.contains(name)).collect();
		let features: Vec<String> =
			names.iter().zip(&is_text).filter(|(_, text)| !**text).map(|(name, _)| name.clone()).collect();
		if features.is_empty() {
			return Err(RowsError::NoFeatures);
		}
		let mut texts: Vec<(String, Vec<String>)> =
			names.iter().zip(&is_text).filter(|(_, text)| **text).map(|(name, _)| (name.clone(), Vec::new())).collect();

		let (mut values, mut len) = (Vec::new(), 0);
		for (index, line) in lines {
			let line_number = index + 1;
			len += 1;
			check("rows", len, options.max_rows)?;
			let fields = split(line, line_number)?;
			if fields.len() != names.len() {
				return Err(RowsError::Fields { line: line_number, expected: names.len(), given: fields.len() });
			}
			let mut columns = texts.iter_mut();
			for ((field, name), is_text) in fields.into_iter().zip(&names).zip(&is_text) {
				if *is_text {
					columns.next().into_iter().for_each(|(_, column)| column.push(field.clone()));
					continue;
				}
				let number = field.trim().parse::<f32>().ok().filter(|number| number.is_finite());
				values.push(number.ok_or_else(|| RowsError::Number {
					line: line_number,
					column: name.clone(),
					text: field.chars().take(40).collect(),
				})?);
			}
		}
		Ok(Self { features, values, texts, len })
	}

	/// Names of the features, in order.
	pub fn features(&self) -> &[String] {
		&self.features
	}

	/// Number of features.
	pub fn width(&self) -> usize {
		self.features.len()
	}

	/// Number of rows.
	pub fn len(&self) -> usize {
		self.len
	}

	/// Whether there are no rows.
	pub fn is_empty(&self) -> bool {
		self.len == 0
	}

	/// The features of each row, in order.
	pub fn iter(&self) -> impl Iterator<Item = &[f32]> {
		self.values.chunks_exact(self.width().max(1))
	}

	/// A column of text, one entry per row, if the table has it.
	pub fn text(&self, name: &str) -> Option<&[String]> {
		self.texts.iter().find(|(column, _)| column == name).map(|(_, column)| column.as_slice())
	}
}

fn check(unit: &'static str, size: usize, limit: usize) -> Result<(), RowsError> {
	if size > limit {
		return Err(RowsError::TooLarge { unit, size, limit });
	}
	Ok(())
}

/// Splits one line into fields.
fn split(line: &str, number: usize) -> Result<Vec<String>, RowsError> {
	let mut fields = vec![String::new()];
	let mut quoted = false;
	let mut characters = line.chars().peekable();
	while let Some(character) = characters.next() {
		match (character, quoted) {
			('"', true) if characters.peek() == Some(&'"') => {
				characters.next();
				fields.last_mut().into_iter().for_each(|field| field.push('"'));
			}
			('"', _) => quoted = !quoted,
			(',', false) => fields.push(String::new()),
			_ => fields.last_mut().into_iter().for_each(|field| field.push(character)),
		}
	}
	if quoted {
		return Err(RowsError::Quote(number));
	}
	Ok(fields.into_iter().map(|field| field.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
	use super::*;

	fn parse(text: &str) -> Result<Rows, RowsError> {
		Rows::parse(text.as_bytes(), &RowsOptions::default())
	}

	#[test]
	fn rows_should_separate_features_and_text_when_label_columns_are_present() {
		let rows = parse("a,label,\"b, c\"\n1,yes,-2.5\n\n3e2,\"n\"\"o\",0\r\n").unwrap();
		assert_eq!(rows.features(), ["a", "b, c"]);
		assert_eq!(rows.iter().collect::<Vec<_>>(), [[1.0, -2.5], [300.0, 0.0]]);
		assert_eq!(rows.text("label").unwrap(), ["yes", "n\"o"]);
		assert_eq!(rows.text("float_label"), None);
		assert_eq!((rows.len(), rows.width(), rows.is_empty()), (2, 2, false));
	}

	#[test]
	fn rows_should_name_line_and_column_when_a_field_is_no_finite_number() {
		for text in ["", "abc", "NaN", "inf", "1e99"] {
			let error = parse(&format!("a,b\n1,2\n3,{text}\n")).unwrap_err();
			assert_eq!(error, RowsError::Number { line: 3, column: "b".into(), text: text.into() }, "{text}");
		}
	}

	#[test]
	fn rows_should_be_refused_when_their_form_is_wrong() {
		assert_eq!(parse("").unwrap_err(), RowsError::Header);
		assert_eq!(parse("1,2\n3,4\n").unwrap_err(), RowsError::Header);
		assert_eq!(parse("a,a\n").unwrap_err(), RowsError::Duplicate("a".into()));
		assert_eq!(parse("label\n1\n").unwrap_err(), RowsError::NoFeatures);
		assert_eq!(parse("a,b\n1\n").unwrap_err(), RowsError::Fields { line: 2, expected: 2, given: 1 });
		assert_eq!(parse("a,b\n1,\"2\n").unwrap_err(), RowsError::Quote(2));
		assert_eq!(Rows::parse(b"a\n\xff\n", &RowsOptions::default()).unwrap_err(), RowsError::Encoding);
	}

	#[test]
	fn rows_should_be_refused_when_over_a_limit() {
		let small = RowsOptions { max_bytes: 20, max_rows: 2, max_columns: 3, ..RowsOptions::default() };
		let error = |text: &str| Rows::parse(text.as_bytes(), &small).unwrap_err();
		assert_eq!(error("a\n1111111111111111111111\n"), RowsError::TooLarge { unit: "bytes", size: 25, limit: 20 });
		assert_eq!(error("a\n1\n2\n3\n"), RowsError::TooLarge { unit: "rows", size: 3, limit: 2 });
		assert_eq!(error("a,b,c,d\n"), RowsError::TooLarge { unit: "columns", size: 4, limit: 3 });
	}

	#[test]
	fn rows_should_be_refused_when_values_fill_no_whole_rows() {
		assert!(Rows::from_values(2, vec![1.0; 3]).is_none());
		assert!(Rows::from_values(0, vec![1.0]).is_none());
		assert!(Rows::from_values(1, vec![f32::NAN]).is_none());
		assert_eq!(Rows::from_values(2, vec![1.0; 4]).map(|rows| rows.len()), Some(2));
	}
}
