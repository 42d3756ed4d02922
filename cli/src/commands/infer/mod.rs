// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm infer`: runs a model on the chain.

mod batch;
mod single;

use std::path::PathBuf;

use aivm_client::{Amount, Client, HexBytes, InferLimits, Quote, VersionId};

use super::{parse_amount, published_program, Interpreted};
use crate::{manifest::Packed, model_ref::ModelRef, program::LoadedProgram, Context, Exit, Failure};

/// Run a model on the chain.
///
/// Before a transaction is sent, the node runs the model without one. So a run that is too heavy, an input of the wrong shape
/// or an account without money is refused before it costs anything.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("input").required(true).args(["row", "rows", "raw"])))]
pub struct Args {
	/// The model, by number or name, and maybe one version. Without a version, the active one.
	#[arg(value_name = "MODEL[@VERSION]")]
	model: ModelRef,
	/// One row of numbers, separated by commas.
	#[arg(long, value_name = "NUMBERS", allow_hyphen_values = true)]
	row: Option<String>,
	/// A table: one inference for each row, many at a time. A column named label is compared with the result.
	#[arg(long, value_name = "CSV")]
	rows: Option<PathBuf>,
	/// The input's bytes as they are, in hexadecimal.
	#[arg(long, value_name = "HEX")]
	raw: Option<HexBytes>,
	/// Only let the node run it, without a transaction.
	#[arg(long)]
	dry_run: bool,
	/// Pay at most this for each run, besides the fee. Without it, what the chain asks now.
	#[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
	max_payment: Option<Amount>,
	/// The program's file, so that it need not be fetched. It must be the published one.
	#[arg(long, value_name = "FILE")]
	program: Option<PathBuf>,
	/// The manifest, for the names of the classes.
	#[arg(long, value_name = "FILE")]
	manifest: Option<PathBuf>,
	/// Run at most this many rows of the table.
	#[arg(long, value_name = "COUNT", requires = "rows")]
	limit: Option<usize>,
}

/// What is known of the model before it is run.
struct Model {
	version: VersionId,
	quote: Quote,
	program: LoadedProgram,
	labels: Option<Vec<String>>,
}

impl Model {
	/// Finds out what there is to know.
	async fn load(args: &Args, client: &Client, context: &Context<'_>) -> Result<Self, Failure> {
		let version = args.model.version(client).await?;
		// The price first: it fails for a version that cannot be run, and says why.
		let quote = client.quote(version).await?;
		if !args.dry_run {
			quote.ensure_fits_block()?;
		}
		let program = published_program(args.program.as_deref(), client, version, context).await?;
		let labels = match &args.manifest {
			Some(path) => {
				let packed = Packed::read(path)?;
				packed.manifest.check_program(&program).map_err(|reason| {
					Failure::bad_input(format!(
						"the manifest {} is not that of version {version}: {reason}",
						path.display()
					))
				})?;
				packed.manifest.labels().map(<[String]>::to_vec)
			}
			None => None,
		};
		Ok(Self { version, quote, program, labels })
	}

	/// The most that one run may need.
	fn limits(&self, args: &Args) -> Result<InferLimits, Failure> {
		let limits = InferLimits::of(&self.quote);
		match args.max_payment {
			Some(most) if most < self.quote.total => Err(Failure::new(
				Exit::Refused,
				"PaymentAboveMaximum",
				format!("a run costs {}, which is above the given maximum of {most}", self.quote.total),
			)
			.with_cure("raise --max-payment")),
			Some(most) => Ok(limits.with_payment(most)),
			None => Ok(limits),
		}
	}

	/// What an output means.
	fn interpret(&self, output: &[u8]) -> Result<Interpreted, Failure> {
		let interpreted = Interpreted::of(&self.program, output)?;
		let label = interpreted.class.and_then(|class| self.labels.as_ref()?.get(class).cloned());
		Ok(Interpreted { label, ..interpreted })
	}

	/// Fails unless an output is the one that this machine computes.
	fn compare(&self, input: &[u8], output: &[u8]) -> Result<(), Failure> {
		let own = self
			.program
			.program
			.run(input)
			.map_err(|error| Failure::bad_input(format!("the program does not take this input: {error}")))?;
		if own == output {
			return Ok(());
		}
		Err(Failure::new(
			Exit::Verification,
			"output_mismatch",
			format!(
				"the chain's output 0x{} is not the one that this machine computes, 0x{}",
				hex::encode(output),
				hex::encode(own)
			),
		)
		.with_cure("report this with the model, version and input: programs must give the same output everywhere"))
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match &args.rows {
		Some(path) => {
			let path = path.clone();
			batch::run(&args, &path, context).await
		}
		None => single::run(&args, context).await,
	}
}
