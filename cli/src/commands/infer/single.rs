// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! One inference.

use std::io::{self, Write};

use aivm_client::{Amount, HexBytes, InferenceResult, Quote, Sender, VersionId};
use serde::Serialize;

use super::{Args, Interpreted, Model};
use crate::{commands::parse_row, layout::Fields, program::quantise, Context, Failure, Human};

/// A run without a transaction.
#[derive(Debug, Serialize)]
struct Dry {
	version: VersionId,
	result: Interpreted,
	output: HexBytes,
	quote: Quote,
}

impl Human for Dry {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("result", &self.result)
			.maybe("scores", scores(&self.result))
			.add("output", &self.output)
			.write(out)?;
		writeln!(out, "\nNothing was paid. In a transaction:\n")?;
		self.quote.human(out)
	}
}

/// An inference in a block.
#[derive(Debug, Serialize)]
struct Inferred {
	result: Interpreted,
	#[serde(flatten)]
	inference: InferenceResult,
	/// Fee and payment.
	total: Amount,
}

impl Human for Inferred {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let inference = &self.inference;
		Fields::new()
			.add("result", &self.result)
			.maybe("scores", scores(&self.result))
			.add("output", &inference.output)
			.add("version", inference.version)
			.add("paid", format_args!("{}, and a fee of {}", inference.paid, inference.fee))
			.add("receipt", inference.receipt)
			.add(
				"block",
				format_args!("{:?}{}", inference.block_hash, if inference.finalised { ", final" } else { "" }),
			)
			.add("transaction", format_args!("{:?}", inference.transaction))
			.write(out)
	}
}

/// The scores behind a class.
fn scores(result: &Interpreted) -> Option<String> {
	result.class?;
	Some(result.scores.iter().map(|score| format!("{score:.4}")).collect::<Vec<_>>().join(" "))
}

/// Runs the command for `--row` and `--raw`.
pub async fn run(args: &Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let row = args.row.as_deref().map(parse_row).transpose()?;
	// The key before anything is asked, because it needs no node.
	let signer = if args.dry_run { None } else { Some(context.signer()?) };
	let client = context.client().await?;
	let model = Model::load(args, &client, context).await?;
	let input = match (&row, &args.raw) {
		(Some(row), _) => quantise(&model.program.program, row)?,
		(None, Some(raw)) => raw.clone(),
		(None, None) => return Err(Failure::usage("none of --row, --rows and --raw was given")),
	};
	let dry = client.dry_run(model.version, &input).await?;
	model.compare(&input, &dry.output)?;
	let Some(signer) = signer else {
		let result = model.interpret(&dry.output)?;
		return context.report(&Dry { version: model.version, result, output: dry.output, quote: dry.quote });
	};

	let limits = model.limits(args)?;
	let sender = Sender::new(&client, signer);
	let fee = sender.infer_fee(model.version, input.0.clone(), limits).await?;
	sender.ensure_can_infer(1, model.quote.total, fee).await?;
	let waiting = context.waiting("the chain runs the model".into());
	let inference = sender.infer(model.version, input.0.clone(), limits, context.until()).await;
	waiting.finish_and_clear();
	let inference = inference?;
	model.compare(&input, &inference.output)?;
	let total = Amount(inference.paid.0.saturating_add(inference.fee.0));
	context.report(&Inferred { result: model.interpret(&inference.output)?, inference, total })
}
