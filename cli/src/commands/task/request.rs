// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm task request`: asks a provider for a proved run.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{parse_account, Amount, Client, HexBytes, ProofRequest, Requested, Sender, TaskInput, Terms, H256};
use serde::Serialize;

use crate::{
	commands::{parse_amount, parse_hash, parse_row, published_program, Done},
	layout::Fields,
	model_ref::ModelRef,
	program::quantise,
	proofs, Context, Exit, Failure, Human,
};

/// For how many blocks the provider has time, if nothing else is said.
const BLOCKS: u32 = 600;

/// Ask a provider to run a model and prove the result.
///
/// With --private, the chain sees only a commitment to the input. The file that this writes holds the input and the salt:
/// give it to the provider, and to nobody else.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("source").required(true).args(["row", "raw", "commitment"])))]
pub struct Args {
	/// The model, by number or name, and maybe one version. Without a version, the active one.
	#[arg(value_name = "MODEL[@VERSION]")]
	model: ModelRef,
	/// Who runs it and proves the result.
	#[arg(long, value_name = "ACCOUNT")]
	provider: String,
	/// The verifying key that the proof must hold for; see `aivm zk key list`.
	#[arg(long, value_name = "KEY")]
	key: u32,
	/// What the work is worth. A royalty, if the owner asks for a minimum, comes on top.
	#[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
	price: Amount,
	/// Pay at most this in all. Without it, what the chain asks now.
	#[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
	max_payment: Option<Amount>,
	/// One row of numbers, separated by commas.
	#[arg(long, value_name = "NUMBERS", allow_hyphen_values = true)]
	row: Option<String>,
	/// The input's bytes as they are, in hexadecimal.
	#[arg(long, value_name = "HEX")]
	raw: Option<HexBytes>,
	/// A commitment to an input that the provider knows already.
	#[arg(long, value_name = "HASH", value_parser = parse_hash, conflicts_with = "private")]
	commitment: Option<H256>,
	/// Keep the input off the chain: commit to it with a random salt, and write input and salt to this new file.
	#[arg(long, value_name = "FILE")]
	private: Option<PathBuf>,
	/// The last block in which the proof may come.
	#[arg(long, value_name = "BLOCK", conflicts_with = "blocks")]
	deadline: Option<u32>,
	/// For how many blocks from now the proof may come. Without it, 600.
	#[arg(long, value_name = "COUNT")]
	blocks: Option<u32>,
	/// Take a key whose maker alone could forge proofs. For trying out only.
	#[arg(long)]
	accept_single_party: bool,
	/// The program's file, so that it need not be fetched. It must be the published one.
	#[arg(long, value_name = "FILE")]
	program: Option<PathBuf>,
}

/// A task that was requested.
#[derive(Debug, Serialize)]
struct Report {
	#[serde(flatten)]
	requested: Requested,
	#[serde(skip_serializing_if = "Option::is_none")]
	opening: Option<PathBuf>,
	#[serde(flatten)]
	done: Done,
}

impl Human for Report {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		self.done.human(out)?;
		let requested = &self.requested;
		Fields::new()
			.add("task", requested.task)
			.add("version", requested.version)
			.add("provider", requested.provider)
			.add("on hold", requested.escrow)
			.add("deposit", requested.deposit)
			.add("deadline", format_args!("block {}", requested.deadline))
			.add("input", format_args!("{:?}, a commitment", requested.commitment))
			.write(out)?;
		match &self.opening {
			Some(file) => writeln!(
				out,
				"\n{} opens the commitment: it holds the input and the salt. Give it to the provider, and to nobody else.",
				file.display()
			),
			None => Ok(()),
		}
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let signer = context.signer()?;
	let provider = parse_account(&args.provider)?;
	if args.private.as_ref().is_some_and(|path| path.exists()) {
		let path = args.private.clone().unwrap_or_default();
		return Err(Failure::bad_input(format!("{} exists", path.display()))
			.with_cure("give --private a new name: an opening is never overwritten"));
	}
	let client = context.client().await?;
	let version = args.model.version(&client).await?;
	let terms = Terms { key: args.key, accept_single_party: args.accept_single_party };
	let quote = client.quote_request(version, terms, args.price).await?;
	if args.price < quote.least_price {
		return Err(Failure::new(
			Exit::Refused,
			"PriceTooLow",
			format!(
				"a price of {} leaves the provider less than an account must have; the least is {}",
				args.price, quote.least_price
			),
		)
		.with_cure("raise --price"));
	}
	let max_payment = match args.max_payment {
		Some(most) if most < quote.total => {
			return Err(Failure::new(
				Exit::Refused,
				"PaymentAboveMaximum",
				format!("the request costs {}, which is above the given maximum of {most}", quote.total),
			)
			.with_cure("raise --max-payment"));
		}
		Some(most) => most,
		None => quote.total,
	};
	let deadline = deadline(&args, &client, quote.last_deadline).await?;

	let mut opening = None;
	let input = match (input(&args, &client, version, context).await?, args.commitment) {
		(Some(bytes), _) if args.private.is_some() => {
			let salt = aivm_client::random_salt()?;
			let commitment = proofs::commitment(&bytes, &salt)?;
			opening = Some(aivm_client::OpeningFile::new(bytes, salt, commitment));
			TaskInput::Committed(commitment)
		}
		(Some(bytes), _) => {
			if bytes.len() > usize::try_from(quote.longest).unwrap_or(usize::MAX) {
				return Err(Failure::bad_input(format!(
					"the input has {} bytes, and a public one may have {}",
					bytes.len(),
					quote.longest
				))
				.with_cure("commit to it with --private FILE"));
			}
			TaskInput::Public(bytes)
		}
		(None, Some(commitment)) => TaskInput::Committed(commitment),
		(None, None) => return Err(Failure::usage("none of --row, --raw and --commitment was given")),
	};
	// The opening first: without it, nobody can prove the task.
	if let (Some(opening), Some(path)) = (&opening, &args.private) {
		opening.write_new(path)?;
	}
	let request = ProofRequest { version, provider, input, terms, price: args.price, max_payment, deadline };
	let sender = Sender::new(&client, signer);
	let waiting = context.waiting("requesting the task".into());
	let requested = sender.request_proof(&request, context.until()).await;
	waiting.finish_and_clear();
	let (requested, included) = match requested {
		Ok(requested) => requested,
		Err(error) => {
			// It opens nothing then.
			if let (Some(_), Some(path)) = (&opening, &args.private) {
				let _ = std::fs::remove_file(path);
			}
			return Err(error.into());
		}
	};
	let done = Done::new(format!("requested task {}", requested.task), &included);
	context.report(&Report { requested, opening: args.private, done })
}

/// The input's bytes, if they were given.
async fn input(
	args: &Args,
	client: &Client,
	version: aivm_client::VersionId,
	context: &Context<'_>,
) -> Result<Option<Vec<u8>>, Failure> {
	if let Some(raw) = &args.raw {
		return Ok(Some(raw.0.clone()));
	}
	let Some(row) = &args.row else { return Ok(None) };
	let program = published_program(args.program.as_deref(), client, version, context).await?;
	Ok(Some(quantise(&program.program, &parse_row(row)?)?.0))
}

/// The last block in which the proof may come.
async fn deadline(args: &Args, client: &Client, last: u32) -> Result<u32, Failure> {
	let deadline = match args.deadline {
		Some(deadline) => deadline,
		None => client.best().await?.number.saturating_add(args.blocks.unwrap_or(BLOCKS)).min(last),
	};
	if deadline > last {
		return Err(Failure::bad_input(format!("the deadline is block {deadline}, and the latest one now is {last}"))
			.with_cure("give an earlier --deadline"));
	}
	Ok(deadline)
}
