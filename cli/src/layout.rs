// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Aligned text: lists of names with values, and tables.

use std::{
	fmt::Display,
	io::{self, Write},
};

/// Names with values, one a line, the values aligned.
#[derive(Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
	/// An empty list.
	pub fn new() -> Self {
		Self::default()
	}

	/// Adds a value.
	pub fn add(mut self, name: &str, value: impl Display) -> Self {
		self.0.push((name.into(), value.to_string()));
		self
	}

	/// Adds a value, if there is one.
	pub fn maybe(self, name: &str, value: Option<impl Display>) -> Self {
		match value {
			Some(value) => self.add(name, value),
			None => self,
		}
	}

	/// Writes the list.
	pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
		let width = self.0.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
		self.0.iter().try_for_each(|(name, value)| writeln!(out, "{name:width$}  {value}"))
	}
}

/// Rows and columns. Columns whose name starts with `>` are aligned to the right.
pub struct Table {
	head: Vec<String>,
	right: Vec<bool>,
	rows: Vec<Vec<String>>,
}

impl Table {
	/// A table with these columns.
	pub fn new(columns: &[&str]) -> Self {
		Self {
			head: columns.iter().map(|name| name.trim_start_matches('>').to_owned()).collect(),
			right: columns.iter().map(|name| name.starts_with('>')).collect(),
			rows: Vec::new(),
		}
	}

	/// Adds a row with one cell for each column.
	pub fn row(&mut self, cells: Vec<String>) {
		self.rows.push(cells);
	}

	/// Writes the table.
	pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
		let all = || std::iter::once(&self.head).chain(&self.rows);
		let width = |column: usize| {
			all().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
		};
		let widths: Vec<usize> = (0..self.head.len()).map(width).collect();
		for row in all() {
			let cells = row.iter().zip(&widths).zip(&self.right).map(|((cell, width), right)| {
				if *right {
					format!("{cell:>width$}")
				} else {
					format!("{cell:width$}")
				}
			});
			writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn fields_should_align_their_values() {
		let mut out = Vec::new();
		Fields::new()
			.add("a", 1)
			.add("long name", "x")
			.maybe("none", None::<u8>)
			.maybe("é", Some(2))
			.write(&mut out)
			.unwrap();
		assert_eq!(String::from_utf8(out).unwrap(), "a          1\nlong name  x\né          2\n");
	}

	#[test]
	fn table_should_align_columns_to_the_asked_side() {
		let mut table = Table::new(&["name", ">count", "end"]);
		table.row(vec!["x".into(), "10000".into(), "e".into()]);
		table.row(vec!["longer".into(), "1".into(), String::new()]);
		let mut out = Vec::new();
		table.write(&mut out).unwrap();
		assert_eq!(String::from_utf8(out).unwrap(), "name    count  end\nx       10000  e\nlonger      1\n");
	}
}
