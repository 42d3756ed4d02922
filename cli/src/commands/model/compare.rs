// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm model compare`: what quantisation costs in accuracy, and in which layer.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::H256;
use aivm_importer::{compare, interpret_output, quantise_row, Comparison, Imported, LayerError, Rows};
use serde::Serialize;

use super::{
	import::{read_rows, refuse, How},
	inspect::MOST_NAME,
};
use crate::{
	inspect::shorten,
	layout::{Fields, Table},
	program::LoadedProgram,
	score::{is_class, Score},
	Context, Failure, Human,
};

/// Compare a program with the float model that it comes from, on a table of rows and layer by layer.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The ONNX file.
	onnx: PathBuf,
	/// Inputs to compare on, as CSV. A column named label says what is right. Rows that are not used for calibration tell
	/// more.
	#[arg(value_name = "CSV")]
	rows: PathBuf,
	/// Compare at most this many rows.
	#[arg(long, value_name = "COUNT")]
	limit: Option<usize>,
	#[command(flatten)]
	how: How,
}

/// How far a program is from its float model.
#[derive(Debug, Serialize)]
struct Compared {
	onnx: PathBuf,
	/// The program that was compared.
	artefact_hash: H256,
	/// Rows with a label: for how many the float model and the program give it.
	#[serde(skip_serializing_if = "Option::is_none")]
	label: Option<Labels>,
	/// Rows for which both give the same class; absent for a regression.
	#[serde(skip_serializing_if = "Option::is_none")]
	agreement: Option<Score>,
	/// The results.
	scores: Comparison,
	/// Each value that both compute, in the order of the program.
	layers: Vec<LayerError>,
}

/// How many rows get the label of the table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
struct Labels {
	float: Score,
	program: Score,
}

impl Human for Compared {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let mut table = Table::new(&["layer", ">#", "operator", ">elements", ">largest error", ">mean error", ">SQNR"]);
		for layer in &self.layers {
			table.row(vec![
				shorten(&layer.name, MOST_NAME),
				layer.operation.map_or_else(String::new, |number| number.to_string()),
				layer.op.clone(),
				layer.elements.to_string(),
				error(layer.max_error),
				error(layer.mean_error),
				ratio(layer.signal_to_noise_db),
			]);
		}
		table.write(out)?;
		writeln!(out)?;
		let scores = &self.scores;
		Fields::new()
			.add("program", format_args!("{:?}", self.artefact_hash))
			.add("rows", scores.rows)
			.maybe("float model right", self.label.map(|label| label.float))
			.maybe("program right", self.label.map(|label| label.program))
			.maybe("same class", self.agreement)
			.add(
				"score error",
				format_args!(
					"mean {}, largest {}, scores range over {}",
					error(scores.mean_error),
					error(scores.max_error),
					error(scores.score_range)
				),
			)
			.add("saturated", format_args!("{} numbers of the inputs", scores.saturated))
			.write(out)
	}
}

/// An error in a few digits.
fn error(value: f64) -> String {
	match value.abs() {
		0.0 => "0".into(),
		1e-3..100.0 => format!("{value:.6}"),
		100.0..1e5 => format!("{value:.1}"),
		_ => format!("{value:.3e}"),
	}
}

/// A ratio in decibels.
fn ratio(decibels: f64) -> String {
	if decibels.is_finite() {
		format!("{decibels:.1} dB")
	} else if decibels > 0.0 {
		"exact".into()
	} else {
		"-".into()
	}
}

/// Runs the command.
pub fn run(args: &Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let rows = read_rows(&args.rows, "table")?;
	let (imported, program) = args.how.import(&args.onnx)?;
	let expected = imported.float.inputs();
	if rows.width() != expected {
		return Err(Failure::bad_input(format!(
			"the rows of {} have {} numbers, but the model takes {expected}",
			args.rows.display(),
			rows.width()
		))
		.with_cure("give rows with exactly the model's features; columns named label are ignored"));
	}
	let count = args.limit.unwrap_or(usize::MAX).min(rows.len());
	let values = rows.iter().take(count).flatten().copied().collect();
	let compared = Rows::from_values(rows.width(), values).filter(|rows| !rows.is_empty()).ok_or_else(|| {
		Failure::bad_input(format!("there are no rows to compare in {}", args.rows.display()))
			.with_cure("give a table with rows, and a --limit above 0")
	})?;

	let waiting = context.waiting(format!("comparing {count} rows"));
	let result = differences(&imported, &program, &rows, &compared, args);
	waiting.finish_and_clear();
	context.report(&result?)
}

/// Compares on the first rows of a table, `compared`.
fn differences(
	imported: &Imported,
	program: &LoadedProgram,
	rows: &Rows,
	compared: &Rows,
	args: &Args,
) -> Result<Compared, Failure> {
	let refused = |error| refuse(&args.onnx, &error);
	let scores = compare(&program.program, &imported.float, compared).map_err(refused)?;
	let agreement = scores.same_class.and_then(|same| Score::new((0..scores.rows).map(|place| place < same)));
	Ok(Compared {
		onnx: args.onnx.clone(),
		artefact_hash: program.hash(),
		label: labels(imported, program, rows, compared.len())?,
		agreement,
		scores,
		layers: imported.compare_layers(compared).map_err(refused)?,
	})
}

/// How many of the first `count` rows get their label, if the table has labels and the model classifies.
fn labels(imported: &Imported, program: &LoadedProgram, rows: &Rows, count: usize) -> Result<Option<Labels>, Failure> {
	let Some(texts) = rows.text("label").filter(|_| imported.labels.is_some()) else { return Ok(None) };
	let wrong = |row: usize, error: &dyn std::fmt::Display| {
		Failure::bad_input(format!("row {row} of the table (counted from 0) cannot be run: {error}"))
			.with_cure("correct or remove the row")
	};
	let hit = |class: Option<usize>, expected: &str| {
		let name = class.and_then(|class| imported.labels.as_ref()?.get(class));
		is_class(class, name.map(String::as_str), expected)
	};
	let (mut float, mut quantised) = (Vec::with_capacity(count), Vec::with_capacity(count));
	for (number, (row, expected)) in rows.iter().zip(texts).take(count).enumerate() {
		let class = imported.float.run(row).map_err(|error| wrong(number, &error))?.class;
		float.extend(hit(class, expected));
		let input = quantise_row(&program.program, row).map_err(|error| wrong(number, &error))?;
		let output = program.program.run(&input).map_err(|error| wrong(number, &error))?;
		let output = interpret_output(&program.program, &output).map_err(|error| wrong(number, &error))?;
		quantised.extend(hit(output.class, expected));
	}
	Ok(Score::new(float.into_iter())
		.zip(Score::new(quantised.into_iter()))
		.map(|(float, program)| Labels { float, program }))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn errors_should_be_short() {
		assert_eq!([0.0, 0.012_345_678, 250.04, 1e-9].map(error), ["0", "0.012346", "250.0", "1.000e-9"]);
		assert_eq!([35.26, f64::INFINITY, f64::NAN].map(ratio), ["35.3 dB", "exact", "-"]);
	}
}
