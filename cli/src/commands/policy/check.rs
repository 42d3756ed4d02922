// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm policy check`: a verdict before anything is sent.

use std::io::{self, Write};

use aivm_client::{parse_account, AccountId, Amount, Client, HexBytes, InferLimits};
use serde::Serialize;

use crate::{model_ref::ModelRef, verdict::Explained, Context, Failure, Human};

/// Ask whether session keys of an agent may send a call now, rule by rule.
///
/// The call is `transfer TO AMOUNT`, `infer MODEL[@VERSION]`, or the bytes of any call with --call.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The agent's number.
	agent: u64,
	/// What would be sent: transfer TO AMOUNT, or infer MODEL[@VERSION].
	#[arg(value_name = "CALL", required_unless_present = "call", num_args = 1..=3)]
	spec: Vec<String>,
	/// The encoded call that would be sent, in hexadecimal.
	#[arg(long, value_name = "HEX", conflicts_with = "spec")]
	call: Option<HexBytes>,
	/// The session key that would send it; its restriction is applied as well.
	#[arg(long, value_name = "ACCOUNT")]
	key: Option<String>,
}

/// What would be sent.
#[derive(Debug, PartialEq)]
enum Spec {
	/// Money.
	Transfer(AccountId, Amount),
	/// An inference.
	Infer(ModelRef),
	/// Some call.
	Call(HexBytes),
}

impl Spec {
	fn parse(words: &[String], call: Option<HexBytes>) -> Result<Self, Failure> {
		if let Some(call) = call {
			return Ok(Self::Call(call));
		}
		let words: Vec<&str> = words.iter().map(String::as_str).collect();
		match words.as_slice() {
			["transfer", to, amount] => {
				Ok(Self::Transfer(parse_account(to)?, amount.parse().map_err(aivm_client::Error::from)?))
			}
			["infer", model] => Ok(Self::Infer(model.parse().map_err(Failure::usage)?)),
			_ => Err(Failure::usage(format!("{:?} is no call that this command knows", words.join(" ")))
				.with_cure("write `transfer TO AMOUNT` or `infer MODEL@VERSION`, or give --call 0x…")),
		}
	}

	/// The call's bytes.
	async fn encode(self, client: &Client) -> Result<HexBytes, Failure> {
		match self {
			Self::Transfer(to, amount) => Ok(client.encode_transfer(&to, amount).await?),
			Self::Infer(model) => {
				let version = model.version(client).await?;
				let quote = client.quote(version).await?;
				// The bytes of the input change nothing, their number changes the fee.
				let input = vec![0; usize::try_from(quote.input_len).unwrap_or_default()];
				Ok(client.encode_infer(version, input, InferLimits::of(&quote)).await?)
			}
			Self::Call(call) => Ok(call),
		}
	}
}

/// A verdict.
#[derive(Debug, Serialize)]
struct Checked {
	agent: u64,
	#[serde(skip_serializing_if = "Option::is_none")]
	key: Option<AccountId>,
	/// Which call it is.
	call: String,
	#[serde(flatten)]
	verdict: Explained,
}

impl Human for Checked {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let verdict = &self.verdict;
		let answer = if verdict.allowed { "allowed" } else { "refused" };
		writeln!(out, "{answer}: {} for agent {}", self.call, self.agent)?;
		writeln!(out, "it costs a fee of at most {}", verdict.fee)?;
		if verdict.needs_act {
			writeln!(out, "what it spends is measured when it runs; if that breaks a rule, it is undone")?;
		}
		writeln!(out)?;
		// What is refused is what people look for.
		let (broken, kept): (Vec<_>, Vec<_>) = verdict.checks.iter().partition(|rule| !rule.allowed);
		for rule in broken {
			let code = rule.code.map(|code| format!(" {code}")).unwrap_or_default();
			writeln!(out, "  NO  {} ({}{code})", rule.sentence, rule.rule)?;
		}
		for rule in kept {
			writeln!(out, "  ok  {}", rule.sentence)?;
		}
		Ok(())
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let spec = Spec::parse(&args.spec, args.call)?;
	let key = args.key.as_deref().map(parse_account).transpose()?;
	let client = context.client().await?;
	let call = spec.encode(&client).await?;
	let name = client.call_names().await?.of_call(&call).unwrap_or_else(|| "the call".into());
	let verdict = client.would_allow(args.agent, key, call.0).await?;
	context.report(&Checked { agent: args.agent, key, call: name, verdict: Explained::from(&verdict) })
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Exit;

	fn spec(words: &str) -> Result<Spec, Failure> {
		let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
		Spec::parse(&words, None)
	}

	#[test]
	fn call_should_be_read_from_words_or_bytes() {
		let bob = parse_account("//Bob").unwrap();
		assert_eq!(spec("transfer //Bob 1.5").unwrap(), Spec::Transfer(bob, Amount(1_500_000_000_000)));
		assert_eq!(spec("infer digits@2").unwrap(), Spec::Infer("digits@2".parse().unwrap()));
		let bytes = HexBytes(vec![3, 3]);
		assert_eq!(Spec::parse(&[], Some(bytes.clone())).unwrap(), Spec::Call(bytes));
	}

	#[test]
	fn call_should_be_refused_when_a_word_is_missing_or_wrong() {
		for (words, exit) in [
			("transfer //Bob", Exit::Usage),
			("infer", Exit::Usage),
			("infer digits@0", Exit::Usage),
			("steal //Bob 1", Exit::Usage),
			("transfer nobody 1", Exit::BadInput),
			("transfer //Bob much", Exit::BadInput),
		] {
			assert_eq!(spec(words).unwrap_err().exit, exit, "{words}");
		}
	}
}
