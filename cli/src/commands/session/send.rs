// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm session send`: several calls in one transaction.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{parse_account, AccountId, Amount, Client, HexBytes, InferLimits, Verdict};
use serde::Serialize;

use crate::{
	commands::Done,
	files,
	model_ref::ModelRef,
	program::{quantise, LoadedProgram},
	verdict::Explained,
	Context, Exit, Failure, Human,
};

/// Most calls that the chain takes in one transaction of a session key, without the two that hold them.
const MAX_CALLS: usize = 62;
/// Largest file of calls that is read, in bytes.
const MAX_FILE: u64 = 1024 * 1024;

/// Send several calls in one transaction: all are carried out, or none.
///
/// A call is `transfer TO AMOUNT`, `infer MODEL[@VERSION] NUMBERS` with the numbers of a row separated by commas, or `call
/// 0x…` with the bytes of any call. Each is one word for the shell, or one line of --file.
///
/// With a session key, the chain adds up what the calls pay, measures what they do, and undoes all of it if that breaks a
/// rule of the policy.
#[derive(Debug, clap::Args)]
pub struct Send {
	/// A call.
	#[arg(value_name = "CALL", required_unless_present = "file")]
	calls: Vec<String>,
	/// A file with a call on each line; empty lines and lines that begin with # do not count.
	#[arg(long, value_name = "FILE", conflicts_with = "calls")]
	file: Option<PathBuf>,
	/// Only ask the chain whether the policy allows it.
	#[arg(long)]
	dry_run: bool,
}

/// One call.
#[derive(Debug, PartialEq)]
enum Spec {
	/// Money.
	Transfer(AccountId, Amount),
	/// An inference with a row of numbers.
	Infer(ModelRef, Vec<f32>),
	/// Some call.
	Call(HexBytes),
}

impl Spec {
	fn parse(text: &str) -> Result<Self, Failure> {
		let words: Vec<&str> = text.split_whitespace().collect();
		match words.as_slice() {
			["transfer", to, amount] => {
				Ok(Self::Transfer(parse_account(to)?, amount.parse().map_err(aivm_client::Error::from)?))
			}
			["infer", model, row] => {
				Ok(Self::Infer(model.parse().map_err(Failure::usage)?, crate::commands::parse_row(row)?))
			}
			["call", bytes] => Ok(Self::Call(bytes.parse().map_err(|error: String| Failure::bad_input(error))?)),
			_ => Err(Failure::usage(format!("{text:?} is no call that this command knows"))
				.with_cure("write `transfer TO AMOUNT`, `infer MODEL[@VERSION] NUMBERS`, or `call 0x…`")),
		}
	}

	/// The call's bytes.
	async fn encode(self, client: &Client) -> Result<HexBytes, Failure> {
		match self {
			Self::Transfer(to, amount) => Ok(client.encode_transfer(&to, amount).await?),
			Self::Infer(model, row) => {
				let version = model.version(client).await?;
				let quote = client.quote(version).await?;
				let program = LoadedProgram::decode(client.program(version).await?)
					.map_err(|error| Failure::internal(format!("the program on the chain is not valid: {error}")))?;
				let input = quantise(&program.program, &row)?;
				Ok(client.encode_infer(version, input.0, InferLimits::of(&quote)).await?)
			}
			Self::Call(call) => Ok(call),
		}
	}
}

/// The calls on the command line or in the file.
fn read(args: &Send) -> Result<Vec<Spec>, Failure> {
	let text;
	let lines: Vec<&str> = match &args.file {
		Some(path) => {
			text = String::from_utf8(files::read(path, "file of calls", MAX_FILE)?)
				.map_err(|_| Failure::bad_input(format!("{} is no text", path.display())))?;
			text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
		}
		None => args.calls.iter().map(String::as_str).collect(),
	};
	if lines.is_empty() || lines.len() > MAX_CALLS {
		return Err(Failure::bad_input(format!("there are {} calls; the chain takes 1 to {MAX_CALLS}", lines.len()))
			.with_cure("split them up into several transactions"));
	}
	lines.into_iter().map(Spec::parse).collect()
}

/// What the policy says of the calls.
#[derive(Debug, Serialize)]
struct Judged {
	calls: usize,
	#[serde(flatten)]
	verdict: Explained,
}

impl Human for Judged {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let answer = if self.verdict.allowed { "allowed" } else { "refused" };
		writeln!(out, "{answer}: {} calls, for a fee of at most {}", self.calls, self.verdict.fee)?;
		for rule in &self.verdict.checks {
			writeln!(out, "  {}  {}", if rule.allowed { "ok" } else { "NO" }, rule.sentence)?;
		}
		Ok(())
	}
}

/// Runs the command.
pub async fn run(args: Send, context: &mut Context<'_>) -> Result<(), Failure> {
	let specs = read(&args)?;
	let sender = context.sender().await?;
	let mut calls = Vec::new();
	let waiting = context.waiting("preparing".into());
	for spec in specs {
		calls.push(spec.encode(sender.client()).await?);
	}
	waiting.finish_and_clear();
	if args.dry_run {
		let acting = sender.acting().await?.ok_or_else(|| {
			Failure::new(Exit::BadInput, "no_session_key", format!("{} is no session key", sender.account()))
				.with_cure("give a session key, or leave --dry-run out")
		})?;
		let batch = sender.client().encode_batch(&calls).await?;
		let verdict: Verdict = sender.client().would_allow(acting.agent, Some(sender.account()), batch.0).await?;
		return context.report(&Judged { calls: calls.len(), verdict: Explained::from(&verdict) });
	}
	let waiting = context.waiting("sending".into());
	let included = sender.send_batch(&calls, context.until()).await;
	waiting.finish_and_clear();
	context.report(&Done::new(format!("carried out {} calls", calls.len()), &included?))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn call_should_be_read_from_a_line() {
		let bob = parse_account("//Bob").unwrap();
		assert_eq!(Spec::parse("transfer //Bob  1.5").unwrap(), Spec::Transfer(bob, Amount(1_500_000_000_000)));
		assert_eq!(
			Spec::parse("infer digits@2 1,-2").unwrap(),
			Spec::Infer("digits@2".parse().unwrap(), vec![1.0, -2.0])
		);
		assert_eq!(Spec::parse("call 0x0303").unwrap(), Spec::Call(HexBytes(vec![3, 3])));
		for (text, exit) in [
			("", Exit::Usage),
			("transfer //Bob", Exit::Usage),
			("infer digits", Exit::Usage),
			("transfer nobody 1", Exit::BadInput),
			("infer digits x", Exit::BadInput),
			("call 0x0", Exit::BadInput),
			("steal //Bob 1", Exit::Usage),
		] {
			assert_eq!(Spec::parse(text).unwrap_err().exit, exit, "{text}");
		}
	}

	#[test]
	fn file_should_have_a_call_on_each_line() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("calls");
		let read = |text: &str| {
			std::fs::write(&path, text).unwrap();
			super::read(&Send { calls: Vec::new(), file: Some(path.clone()), dry_run: false })
		};
		assert_eq!(read("# pay\n\ncall 0x00\n  call 0x01\n").unwrap().len(), 2);
		assert!(read("# nothing\n").is_err());
		assert!(read(&"call 0x00\n".repeat(MAX_CALLS)).is_ok());
		assert!(read(&"call 0x00\n".repeat(MAX_CALLS + 1)).is_err());
	}
}
