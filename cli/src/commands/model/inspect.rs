// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm model inspect`: a program operation by operation.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{Quote, H256};
use serde::Serialize;

use super::{check, import::How};
use crate::{
	files,
	inspect::{grouped, per_cent, shape_text, shorten, svg, Inspection, Port, Share},
	layout::{Fields, Table},
	model_ref::ModelRef,
	program::LoadedProgram,
	Context, Failure, Human,
};

/// Most characters of a name in a table.
pub const MOST_NAME: usize = 48;

/// Show a program operation by operation, with its work, memory and price; draw it.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The program file, or an ONNX file, which is imported first.
	file: PathBuf,
	/// Draw the program to this SVG file.
	#[arg(long, value_name = "FILE")]
	svg: Option<PathBuf>,
	/// A published version to ask the chain about. It must be the same program, and tells the price of a run now.
	#[arg(long, value_name = "MODEL[@VERSION]")]
	published: Option<ModelRef>,
	#[command(flatten)]
	how: How,
}

/// A program taken apart.
#[derive(Debug, Serialize)]
struct Inspected {
	file: PathBuf,
	artefact_hash: H256,
	#[serde(flatten)]
	inspection: Inspection,
	/// The picture, if one was drawn.
	#[serde(skip_serializing_if = "Option::is_none")]
	svg: Option<PathBuf>,
	/// What a run takes and costs now, if the same program is published.
	#[serde(skip_serializing_if = "Option::is_none")]
	quote: Option<Quote>,
}

impl Human for Inspected {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let inspection = &self.inspection;
		ports(&inspection.inputs, "input", inspection).write(out)?;
		writeln!(out)?;
		operations(inspection).write(out)?;
		writeln!(out)?;
		ports(&inspection.outputs, "output", inspection).write(out)?;
		writeln!(out)?;
		let totals = &inspection.totals;
		let peak = inspection.operations.iter().find(|operation| operation.memory_peak);
		let at = peak.map_or_else(String::new, |peak| format!(", most while #{} {} runs", peak.number, peak.operator));
		let takes = std::time::Duration::from_nanos(totals.ref_time / 1_000).as_secs_f64() * 1e3;
		let fits = if totals.fits_block { "" } else { ": it does not fit, other paths than OnChain can run it" };
		Fields::new()
			.add("program", format_args!("{}, {} bytes", self.file.display(), grouped(totals.program_bytes as u64)))
			.add("hash", format_args!("{:?}", self.artefact_hash))
			.add("work", format_args!("{} MACs, {} bytes moved", grouped(totals.macs), grouped(totals.bytes_moved)))
			.add("memory", format_args!("{} bytes{at}", grouped(totals.memory_peak.into())))
			.add("a run takes", format_args!("{takes:.3} ms of block time"))
			.add("share of a block", format_args!("{}{fits}", per_cent(totals.block_share)))
			.add("a run costs", format_args!("{} with the prices at genesis", totals.cost))
			.add("  price", totals.price)
			.add("  fee", format_args!("{}, and that of the transaction around the run", totals.fee))
			.maybe("picture", self.svg.as_ref().map(|path| path.display()))
			.write(out)?;
		match &self.quote {
			Some(quote) => {
				writeln!(out, "\nOn the chain now:\n")?;
				quote.human(out)
			}
			None => Ok(()),
		}
	}
}

/// The inputs or outputs.
fn ports(ports: &[Port], what: &str, inspection: &Inspection) -> Table {
	let mut table = Table::new(&[what, "value", "type", "meaning"]);
	for (number, port) in ports.iter().enumerate() {
		table.row(vec![
			number.to_string(),
			inspection.value_name(port.value),
			format!("{} {}", port.dtype, shape_text(&port.shape, " x ")),
			port.meaning(),
		]);
	}
	table
}

/// The operations, what a run does besides, and the sums.
fn operations(inspection: &Inspection) -> Table {
	let named = inspection.operations.iter().any(|operation| operation.name.is_some());
	let mut columns = vec![
		">#",
		"operator",
		"from",
		"result",
		"scales and zeros",
		">parameters",
		">MACs",
		">share",
		">moved",
		">alive",
		">cost",
		">block",
	];
	if named {
		columns.push("name");
	}
	let mut table = Table::new(&columns);
	for operation in &inspection.operations {
		let from: Vec<_> = operation.inputs.iter().map(|value| inspection.value_name(*value)).collect();
		let mut row = vec![
			operation.number.to_string(),
			format!("{} {}", operation.operator, operation.details).trim_end().to_owned(),
			list(&from),
			format!("{} {}", operation.dtype, shape_text(&operation.shape, " x ")),
			operation.scales.to_string(),
			grouped(operation.parameter_bytes as u64),
			grouped(operation.share.macs),
			per_cent(operation.share.macs_share),
			grouped(operation.share.bytes_moved),
			format!("{}{}", grouped(operation.live_bytes), if operation.memory_peak { "*" } else { " " }),
		];
		row.extend(shares(&operation.share));
		row.extend(operation.name.as_deref().map(|name| shorten(name, MOST_NAME)));
		table.row(row);
	}
	let totals = &inspection.totals;
	let cells = |texts: [&str; 5]| texts.map(str::to_owned).to_vec();
	let mut row = cells(["", "every run, and in and out", "", "", ""]);
	row.extend([
		"".into(),
		grouped(inspection.overhead.macs),
		per_cent(inspection.overhead.macs_share),
		grouped(inspection.overhead.bytes_moved),
		"".into(),
	]);
	row.extend(shares(&inspection.overhead));
	table.row(row);
	let mut row = cells(["", "all", "", "", ""]);
	row.extend([
		grouped(totals.parameter_bytes as u64),
		grouped(totals.macs),
		per_cent(1.0),
		grouped(totals.bytes_moved),
		format!("{} ", grouped(totals.memory_peak.into())),
		per_cent(1.0),
		per_cent(totals.block_share),
	]);
	table.row(row);
	table
}

fn shares(share: &Share) -> [String; 2] {
	[per_cent(share.cost_share), per_cent(share.block_share)]
}

/// The first of many names.
fn list(names: &[String]) -> String {
	const SHOWN: usize = 6;
	match names.len().checked_sub(SHOWN) {
		None | Some(0) => names.join(" "),
		Some(more) => format!("{} and {more} more", names[..SHOWN].join(" ")),
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let is_onnx = args.file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("onnx"));
	let (program, names) = if is_onnx {
		let (imported, program) = args.how.import(&args.file)?;
		(program, imported.values)
	} else if args.how.calibration.is_some() {
		return Err(Failure::usage(format!(
			"{} is no ONNX file, so there is nothing to calibrate",
			args.file.display()
		))
		.with_cure("leave --calibration out, or give the ONNX file"));
	} else {
		(LoadedProgram::read(&args.file)?, Vec::new())
	};
	let mut inspection = Inspection::new(&program.program, &program.summary);
	for name in names {
		inspection.name_value(name.value.0, &name.name);
	}
	if let Some(path) = &args.svg {
		let title = args.file.file_name().unwrap_or_default().to_string_lossy();
		let picture = svg::draw(&inspection, &title);
		files::write(path, "picture", picture.as_bytes())?;
	}
	let quote = match &args.published {
		None => None,
		Some(published) => {
			let client = context.client().await?;
			Some(check::quote(&client, published, &program).await?)
		}
	};
	let artefact_hash = program.hash();
	context.report(&Inspected { file: args.file, artefact_hash, inspection, svg: args.svg, quote })
}
