// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm account`: keys, balances, transfers.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{parse_account, write_key_file, AccountId, Amount, Balance, Signer};
use clap::Subcommand;
use serde::Serialize;

use super::Done;
use crate::{layout::Fields, Context, Failure, Human};

/// Make keys, look at balances, send money.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Make a new key.
	New {
		/// Write the key to this file, readable by you only, instead of showing its phrase.
		#[arg(long, value_name = "FILE")]
		out: Option<PathBuf>,
	},
	/// Show an account and what it has.
	Show {
		/// The account: an SS58 address, 0x and 64 hexadecimal digits, or //Name. Without it, that of the given key.
		account: Option<String>,
	},
	/// Show what an account can spend.
	Balance {
		/// The account. Without it, that of the given key.
		account: Option<String>,
	},
	/// Send money.
	Transfer {
		/// Who gets it.
		to: String,
		/// How much: 1.5 is one and a half AIVM, 250units are 250 of the smallest unit.
		amount: String,
	},
}

/// A new key.
#[derive(Debug, Serialize)]
struct NewKey {
	account: AccountId,
	public_key: String,
	#[serde(skip_serializing_if = "Option::is_none")]
	phrase: Option<String>,
	#[serde(skip_serializing_if = "Option::is_none")]
	file: Option<PathBuf>,
}

impl Human for NewKey {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("account", self.account)
			.add("public key", &self.public_key)
			.maybe("phrase", self.phrase.as_ref())
			.maybe("key file", self.file.as_ref().map(|path| path.display()))
			.write(out)?;
		if self.phrase.is_some() {
			writeln!(out, "\nWrite the phrase down: who has it controls the account, and nobody can restore it.")?;
		}
		Ok(())
	}
}

/// An account and what it has.
#[derive(Debug, Serialize)]
struct Shown {
	account: AccountId,
	public_key: String,
	#[serde(flatten)]
	balance: Balance,
}

impl Human for Shown {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("account", self.account)
			.add("public key", &self.public_key)
			.add("spendable", self.balance.spendable)
			.add("free", self.balance.free)
			.add("on hold", self.balance.held)
			.add("frozen", self.balance.frozen)
			.add("transactions", self.balance.transactions)
			.write(out)
	}
}

/// What an account can spend.
#[derive(Debug, Serialize)]
struct Spendable {
	account: AccountId,
	spendable: Amount,
}

impl Human for Spendable {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		writeln!(out, "{}", self.spendable)
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::New { out } => new(out, context),
		Command::Show { account } => {
			let account = named_or_own(account, context)?;
			let balance = context.client().await?.balance(&account).await?;
			context.report(&Shown { account, public_key: public_key(&account), balance })
		}
		Command::Balance { account } => {
			let account = named_or_own(account, context)?;
			let spendable = context.client().await?.balance(&account).await?.spendable;
			context.report(&Spendable { account, spendable })
		}
		Command::Transfer { to, amount } => {
			let to = parse_account(&to)?;
			let amount: Amount = amount.parse().map_err(aivm_client::Error::from)?;
			let sender = context.sender().await?;
			let waiting = context.waiting("sending".into());
			let included = sender.transfer(&to, amount, context.until()).await;
			waiting.finish_and_clear();
			context.report(&Done::new(format!("sent {amount} to {to}"), &included?))
		}
	}
}

fn new(out: Option<PathBuf>, context: &mut Context<'_>) -> Result<(), Failure> {
	let (signer, phrase) = Signer::generate()?;
	let account = signer.account();
	if let Some(path) = &out {
		write_key_file(path, &phrase, &account)?;
	}
	context.report(&NewKey {
		account,
		public_key: public_key(&account),
		phrase: out.is_none().then_some(phrase),
		file: out,
	})
}

/// The named account, or that of the given key.
fn named_or_own(account: Option<String>, context: &Context<'_>) -> Result<AccountId, Failure> {
	match account {
		Some(account) => Ok(parse_account(&account)?),
		None => Ok(context.signer()?.account()),
	}
}

/// The bytes of an account.
fn public_key(account: &AccountId) -> String {
	format!("0x{}", hex::encode(account.0))
}
