// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm attestation`: evidence of confidential hardware, what it proved, and what it is checked against.

mod attest;
mod challenge;
mod collateral;
mod endpoint;
mod records;
mod rules;

use aivm_attestation::Kind;
use aivm_client::{kind_name, parse_account, AccountId, KIND_NAMES};
use clap::Subcommand;

use crate::{
	evidence::{EvidenceArgs, Inspected},
	Context, Failure,
};

/// Prove what a machine is: challenges, evidence, records, collateral.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Show what the next evidence of a provider must be made for.
	Challenge(challenge::Challenge),
	/// Make a development attestation: a key's word instead of hardware's, for development networks.
	Develop(challenge::Develop),
	/// Show what evidence says. Needs no node, and verifies nothing.
	Inspect(EvidenceArgs),
	/// Ask the chain what it would record of evidence, or why not. Sends nothing.
	Check(attest::Check),
	/// Send evidence of the signer's machine. A deposit goes on hold as long as the record is stored.
	Attest(attest::Attest),
	/// Look at what providers' evidence proved, and remove records.
	Records(records::Args),
	/// State where collectors fetch your evidence.
	Endpoint(endpoint::Args),
	/// Look at what makers sign about their hardware, and submit it.
	Collateral(collateral::Args),
	/// Show what governance states: policies of tiers, workloads, devices, denials, collectors.
	Rules,
	/// Show what the node's off-chain worker did, which collects evidence.
	Status,
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Challenge(args) => challenge::challenge(args, context).await,
		Command::Develop(args) => challenge::develop(args, context).await,
		Command::Inspect(args) => context.report(&Inspected::of(&args.read()?)?),
		Command::Check(args) => attest::check(args, context).await,
		Command::Attest(args) => attest::attest(args, context).await,
		Command::Records(args) => records::run(args, context).await,
		Command::Endpoint(args) => endpoint::run(args, context).await,
		Command::Collateral(args) => collateral::run(args, context).await,
		Command::Rules => rules::rules(context).await,
		Command::Status => rules::status(context).await,
	}
}

/// A kind of evidence, as an option takes it.
fn parse_kind(text: &str) -> Result<Kind, String> {
	let found = KIND_NAMES.iter().find(|(kind, _)| kind_name(*kind) == text);
	found.map(|(kind, _)| *kind).ok_or_else(|| {
		let names: Vec<_> = KIND_NAMES.iter().map(|(_, name)| *name).collect();
		format!("{text:?} is no kind of evidence; write one of {}", names.join(", "))
	})
}

/// The named account, or that of the given key.
fn account_or_own(account: Option<&str>, context: &Context<'_>) -> Result<AccountId, Failure> {
	match account {
		Some(account) => Ok(parse_account(account)?),
		None => Ok(context.signer()?.account()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn kind_should_be_read_by_its_name() {
		assert_eq!(parse_kind("sev-snp"), Ok(Kind::SevSnp));
		assert_eq!(parse_kind("development"), Ok(Kind::Development));
		let refused = parse_kind("SGX").unwrap_err();
		assert!(refused.contains("sgx, tdx"), "{refused}");
	}
}
