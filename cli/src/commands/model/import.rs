// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm model import`: ONNX in, program out.

use std::{
	io::{self, Write},
	path::{Path, PathBuf},
};

use aivm_importer::{import, ImportError, Imported, Options, RangeMethod, Report, Rows, RowsOptions, Task};
use clap::ValueEnum;
use serde::Serialize;

use crate::{
	files,
	layout::Fields,
	program::{LoadedProgram, ProgramReport, CHAIN_LIMITS},
	Context, Failure, Human,
};

/// Largest ONNX file that is read, in bytes.
const MAX_ONNX: u64 = 64 << 20;
/// Largest table of rows that is read, in bytes.
pub const MAX_ROWS: u64 = 64 << 20;

/// What the result of a model is.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum TaskArg {
	/// By the graph.
	Auto,
	/// A class.
	Classification,
	/// Numbers.
	Regression,
}

/// Turn an ONNX model into a program that the chain can run.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The ONNX file.
	onnx: PathBuf,
	#[command(flatten)]
	how: How,
	/// The program file to write. Without it, the ONNX file's name with the ending .aivm.
	#[arg(long, short, value_name = "FILE")]
	out: Option<PathBuf>,
	/// Write the report as JSON to this file too.
	#[arg(long, value_name = "FILE")]
	report: Option<PathBuf>,
}

/// How a model is imported.
#[derive(Debug, clap::Args)]
pub struct How {
	/// Typical inputs as CSV, a few hundred rows. Networks of floats need them to find their number ranges, trees do not.
	#[arg(long, value_name = "CSV")]
	pub calibration: Option<PathBuf>,
	/// What the result is.
	#[arg(long, value_enum, default_value = "auto")]
	task: TaskArg,
	/// Cut off this share of the smallest and of the largest numbers when ranges are found, from 0 to 0.5. Rare extremes
	/// then saturate, and the rest is more precise.
	#[arg(long, value_name = "SHARE", value_parser = share)]
	percentile: Option<f64>,
	/// Widen the range of each feature by this part of its width at both ends, from 0 to 10, because later inputs go beyond
	/// the calibration rows.
	#[arg(long, value_name = "PART", default_value_t = 0.1, value_parser = headroom)]
	headroom: f64,
}

impl How {
	/// Imports an ONNX file, and checks the program as everybody else will.
	pub fn import(&self, onnx: &Path) -> Result<(Imported, LoadedProgram), Failure> {
		let bytes = files::read(onnx, "ONNX file", MAX_ONNX)?;
		let calibration = self.calibration.as_deref().map(|path| read_rows(path, "calibration table")).transpose()?;
		let options = Options {
			max_onnx_bytes: usize::try_from(MAX_ONNX).unwrap_or(usize::MAX),
			task: match self.task {
				TaskArg::Auto => Task::Auto,
				TaskArg::Classification => Task::Classification,
				TaskArg::Regression => Task::Regression,
			},
			range: self.percentile.map_or(RangeMethod::MinMax, RangeMethod::Percentile),
			headroom: self.headroom,
			limits: CHAIN_LIMITS,
			..Options::default()
		};
		let imported = import(&bytes, calibration.as_ref(), &options).map_err(|error| refuse(onnx, &error))?;
		let loaded = LoadedProgram::decode(imported.bytes.clone())
			.map_err(|error| Failure::internal(format!("the imported program is not valid: {error}")))?;
		Ok((imported, loaded))
	}
}

/// What the import did.
#[derive(Debug, Serialize)]
struct Written {
	file: PathBuf,
	labels: Option<Vec<String>>,
	program: ProgramReport,
	report: Report,
}

impl Human for Written {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		writeln!(out, "Imported into {}\n", self.file.display())?;
		self.program.human(out)?;
		let mut fields = Fields::new().maybe("classes", self.labels.as_ref().map(|labels| labels.join(", ")));
		if let Some(comparison) = &self.report.calibration {
			fields = fields
				.add("compared rows", comparison.rows)
				.maybe("same class", comparison.agreement().map(|share| format!("{:.2} %", share * 100.0)))
				.add(
					"score error",
					format_args!(
						"mean {:.6}, largest {:.6}, scores range over {:.6}",
						comparison.mean_error, comparison.max_error, comparison.score_range
					),
				)
				.add("saturated", format_args!("{} numbers", comparison.saturated));
		}
		fields.write(out)
	}
}

impl Human for ProgramReport {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let mut fields = Fields::new()
			.add("program", format_args!("{} bytes", self.bytes))
			.add("hash", format_args!("{:?}", self.artefact_hash));
		for input in &self.inputs {
			fields = fields.add("input", input);
		}
		for output in &self.outputs {
			fields = fields.add("output", output);
		}
		fields
			.add("input length", format_args!("{} bytes", self.input_len))
			.add("output length", format_args!("{} bytes", self.output_len))
			.add("operations", self.operations.join(", "))
			.add("work", format_args!("{} MACs, {} bytes moved", self.macs, self.bytes_moved))
			.add("memory", format_args!("{} bytes", self.memory_peak))
			.write(out)
	}
}

/// Runs the command.
pub fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let (imported, loaded) = args.how.import(&args.onnx)?;
	let file = args.out.unwrap_or_else(|| args.onnx.with_extension("aivm"));
	files::write(&file, "program", &loaded.bytes)?;
	let result = Written { file, labels: imported.labels, program: loaded.describe(), report: imported.report };
	if let Some(path) = &args.report {
		let json = serde_json::to_string_pretty(&result).map_err(|error| Failure::internal(error.to_string()))?;
		files::write(path, "report", (json + "\n").as_bytes())?;
	}
	context.report(&result)
}

/// Reads a table of rows.
pub fn read_rows(path: &Path, what: &str) -> Result<Rows, Failure> {
	let bytes = files::read(path, what, MAX_ROWS)?;
	Rows::parse(&bytes, &RowsOptions::default()).map_err(|error| {
		Failure::bad_input(format!("the {what} {} cannot be read: {error}", path.display()))
			.with_cure("give comma-separated values: a line of column names, then one line of numbers per row")
	})
}

/// The failure of an import, with its cure.
pub fn refuse(path: &Path, error: &ImportError) -> Failure {
	let cure = match error {
		ImportError::NeedsCalibration => "add --calibration rows.csv",
		ImportError::Calibration { .. } => {
			"give rows with exactly the model's features; columns named label are ignored"
		}
		ImportError::Unsupported(_) => {
			"export the model without these operators; docs/reference/import.md lists those that work"
		}
		ImportError::TooLarge { .. } | ImportError::Program(_) => "use a smaller model",
		ImportError::Malformed(_) => "check that the file is an ONNX model and is complete",
		ImportError::Quantisation(_) => "look for weights or rows that are infinite or not a number",
	};
	Failure::new(crate::Exit::BadInput, "cannot_import", format!("cannot import {}: {error}", path.display()))
		.with_cure(cure)
}

/// Reads a share from 0 to 0.5.
fn share(text: &str) -> Result<f64, String> {
	text.parse::<f64>()
		.ok()
		.filter(|share| (0.0..=0.5).contains(share))
		.ok_or_else(|| "give a number from 0 to 0.5".into())
}

/// Reads a part from 0 to 10.
fn headroom(text: &str) -> Result<f64, String> {
	text.parse::<f64>()
		.ok()
		.filter(|part| (0.0..=10.0).contains(part))
		.ok_or_else(|| "give a number from 0 to 10".into())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn refuse_should_name_the_missing_calibration() {
		let failure = refuse("m.onnx".as_ref(), &ImportError::NeedsCalibration);
		assert_eq!(failure.exit, crate::Exit::BadInput);
		assert!(failure.cause.contains("m.onnx") && failure.cure.unwrap().contains("--calibration"));
	}

	#[test]
	fn share_should_be_between_0_and_a_half() {
		assert_eq!(share("0.01"), Ok(0.01));
		for text in ["", "-0.1", "0.6", "NaN"] {
			assert!(share(text).is_err(), "{text}");
		}
	}
}
