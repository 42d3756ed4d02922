// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! One inference for each row of a table.

use std::{
	collections::BTreeSet,
	io::{self, Write},
	path::Path,
	time::{Duration, Instant},
};

use aivm_client::{Amount, InferenceResult, ReceiptId, Sender, VersionId};
use serde::Serialize;

use super::{Args, Interpreted, Model};
use crate::{
	commands::model::read_rows,
	layout::Fields,
	program::quantise,
	score::{is_class, Score},
	Context, Failure, Human,
};

/// What became of a table.
#[derive(Debug, Serialize)]
struct Summary {
	version: VersionId,
	/// Rows that were to be run.
	rows: usize,
	/// Rows that were run.
	done: usize,
	/// Rows that failed.
	failed: usize,
	/// Whether this was without transactions.
	dry_run: bool,
	/// Rows whose output is bit for bit the one that this machine computes.
	identical: usize,
	/// Rows with a label, and those of them whose class is the label.
	#[serde(skip_serializing_if = "Option::is_none")]
	label: Option<Score>,
	/// The same for the column float_label: what the float model says.
	#[serde(skip_serializing_if = "Option::is_none")]
	float_label: Option<Score>,
	/// What was paid for all runs.
	paid: Amount,
	/// The fees of all transactions.
	fees: Amount,
	/// In how many blocks the runs are.
	blocks: usize,
	/// From the first transaction to the last result, in seconds.
	seconds: f64,
	/// The receipts of the first and the last row.
	#[serde(skip_serializing_if = "Option::is_none")]
	receipts: Option<(ReceiptId, ReceiptId)>,
	results: Vec<Row>,
	errors: Vec<RowError>,
}

/// A row that was run.
#[derive(Debug, Serialize)]
struct Row {
	row: usize,
	result: Interpreted,
	#[serde(skip_serializing_if = "Option::is_none")]
	label: Option<String>,
	/// Whether the output is the one that this machine computes.
	identical: bool,
	#[serde(flatten)]
	#[serde(skip_serializing_if = "Option::is_none")]
	inference: Option<InferenceResult>,
}

/// A row that failed.
#[derive(Debug, Serialize)]
struct RowError {
	row: usize,
	code: String,
	cause: String,
}

impl Human for Summary {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let mut fields = Fields::new()
			.add("version", self.version)
			.add("rows", format_args!("{} run, {} failed, of {}", self.done, self.failed, self.rows))
			.maybe("accuracy", self.label)
			.maybe("as the float model", self.float_label)
			.add("as on this machine", format_args!("{} of {}, bit for bit", self.identical, self.done));
		if !self.dry_run && self.done > 0 {
			let each = |amount: Amount| Amount(amount.0 / u128::try_from(self.done).unwrap_or(u128::MAX).max(1));
			#[allow(clippy::cast_precision_loss)]
			let rate = self.done as f64 / self.seconds.max(f64::EPSILON);
			fields = fields
				.add("paid", format_args!("{}, {} a run", self.paid, each(self.paid)))
				.add("fees", format_args!("{}, {} a run", self.fees, each(self.fees)))
				.add("blocks", self.blocks)
				.maybe("receipts", self.receipts.map(|(first, last)| format!("{first} to {last}")))
				.add("time", format_args!("{:.1} s, {rate:.1} runs a second", self.seconds));
		}
		fields.write(out)?;
		self.errors.iter().take(10).try_for_each(|error| writeln!(out, "row {}: {}", error.row, error.cause))
	}
}

/// Runs the command for `--rows`.
pub async fn run(args: &Args, path: &Path, context: &mut Context<'_>) -> Result<(), Failure> {
	let rows = read_rows(path, "table")?;
	if rows.is_empty() {
		return Err(Failure::bad_input(format!("the table {} has no rows", path.display())));
	}
	let signer = if args.dry_run { None } else { Some(context.signer()?) };
	let client = context.client().await?;
	let model = Model::load(args, &client, context).await?;
	let count = args.limit.unwrap_or(usize::MAX).min(rows.len());
	let inputs = rows
		.iter()
		.take(count)
		.map(|row| quantise(&model.program.program, row).map(|input| input.0))
		.collect::<Result<Vec<_>, _>>()?;
	let first = inputs.first().ok_or_else(|| Failure::usage("--limit 0 leaves no rows"))?;
	let dry = client.dry_run(model.version, first).await?;
	model.compare(first, &dry.output)?;

	let started = Instant::now();
	let mut collected = Collected { outputs: Vec::with_capacity(count), failed: Vec::new() };
	let bar = context.count_bar(count, if args.dry_run { "dry runs" } else { "inferences" });
	match signer {
		None => {
			for (row, input) in inputs.iter().enumerate() {
				let run = client.dry_run(model.version, input).await?;
				collected.outputs.push((row, run.output.0, None));
				bar.inc(1);
			}
		}
		Some(signer) => {
			let limits = model.limits(args)?;
			let sender = Sender::new(&client, signer);
			let fee = sender.infer_fee(model.version, first.clone(), limits).await?;
			sender.ensure_can_infer(count, model.quote.total, fee).await?;
			let ended = |ended: usize| bar.set_position(u64::try_from(ended).unwrap_or(u64::MAX));
			let batch = sender.infer_many(model.version, inputs.iter().cloned(), limits, context.until(), ended).await;
			for (row, inference) in batch.done {
				collected.outputs.push((row, inference.output.0.clone(), Some(inference)));
			}
			collected.failed = batch.failed.into_iter().map(|(row, error)| (row, Failure::from(error))).collect();
		}
	}
	bar.finish_and_clear();
	let summary = collected.summary(&model, &rows, &inputs, args.dry_run, started.elapsed())?;
	context.report(&summary)?;

	// The table is shown in any case; the exit code says whether all is well.
	if let Some((row, failure)) = collected.failed.into_iter().next() {
		return Err(Failure { cause: format!("row {row}: {}", failure.cause), ..failure });
	}
	if summary.done != summary.identical {
		return Err(Failure::new(
			crate::Exit::Verification,
			"output_mismatch",
			format!("{} outputs are not the ones that this machine computes", summary.done - summary.identical),
		)
		.with_cure("report this with the model, version and rows: programs must give the same output everywhere"));
	}
	Ok(())
}

/// What came back.
struct Collected {
	outputs: Vec<(usize, Vec<u8>, Option<InferenceResult>)>,
	failed: Vec<(usize, Failure)>,
}

impl Collected {
	fn summary(
		&self,
		model: &Model,
		rows: &aivm_importer::Rows,
		inputs: &[Vec<u8>],
		dry_run: bool,
		elapsed: Duration,
	) -> Result<Summary, Failure> {
		let text = |column: &str, row: usize| rows.text(column).and_then(|texts| texts.get(row)).cloned();
		let mut results = Vec::with_capacity(self.outputs.len());
		for (row, output, inference) in &self.outputs {
			let input = inputs.get(*row).map(Vec::as_slice).unwrap_or_default();
			results.push(Row {
				row: *row,
				result: model.interpret(output)?,
				label: text("label", *row),
				identical: model.compare(input, output).is_ok(),
				inference: inference.clone(),
			});
		}
		let score = |column: &str| {
			Score::new(results.iter().filter_map(|row| {
				let expected = text(column, row.row)?;
				is_class(row.result.class, row.result.label.as_deref(), &expected)
			}))
		};
		let inferences = || results.iter().filter_map(|row| row.inference.as_ref());
		let sum = |amount: fn(&InferenceResult) -> Amount| {
			Amount(inferences().map(|inference| amount(inference).0).fold(0, u128::saturating_add))
		};
		Ok(Summary {
			version: model.version,
			rows: inputs.len(),
			done: results.len(),
			failed: self.failed.len(),
			dry_run,
			identical: results.iter().filter(|row| row.identical).count(),
			label: score("label"),
			float_label: score("float_label"),
			paid: sum(|inference| inference.paid),
			fees: sum(|inference| inference.fee),
			blocks: inferences().map(|inference| inference.receipt.block).collect::<BTreeSet<_>>().len(),
			seconds: elapsed.as_secs_f64(),
			receipts: inferences()
				.next()
				.zip(inferences().next_back())
				.map(|(first, last)| (first.receipt, last.receipt)),
			errors: self
				.failed
				.iter()
				.map(|(row, failure)| RowError { row: *row, code: failure.code.clone(), cause: failure.cause.clone() })
				.collect(),
			results,
		})
	}
}
