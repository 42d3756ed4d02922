// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm attestation endpoint`: where collectors fetch a provider's evidence.

use std::io::{self, Write};

use aivm_attestation::Kind;
use aivm_client::{kind_name, AccountId, EndpointInfo};
use clap::Subcommand;
use serde::Serialize;

use super::{account_or_own, parse_kind};
use crate::{commands::Done, layout::Fields, Context, Failure, Human};

/// State where collectors fetch your evidence.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// State the endpoint. Collectors ask for URL/attestation?nonce=… in each period. A deposit goes on hold.
	Set {
		/// The address: `http://…` or `https://…`, without a slash at its end.
		// Not named `url`: that is the option for the node's address.
		#[arg(value_name = "URL")]
		address: String,
		/// The kind of evidence that it serves, a machine's.
		#[arg(long, value_parser = parse_kind)]
		kind: Kind,
		/// The workload on whose allow-list what runs must be.
		#[arg(long, value_name = "NUMBER")]
		workload: Option<u32>,
	},
	/// End the endpoint and take the deposit back.
	Clear,
	/// Show the endpoint of a provider.
	Show {
		/// The provider. Without it, the account of the given key.
		provider: Option<String>,
	},
}

/// A provider's endpoint.
#[derive(Debug, Serialize)]
struct Shown {
	provider: AccountId,
	#[serde(flatten)]
	endpoint: EndpointInfo,
}

impl Human for Shown {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let EndpointInfo { url, kind, workload, deposit } = &self.endpoint;
		Fields::new()
			.add("provider", self.provider)
			.add("address", url)
			.add("kind", kind_name(*kind))
			.maybe("workload", *workload)
			.add("deposit", deposit)
			.write(out)
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Set { address, kind, workload } => {
			let sender = context.sender().await?;
			let waiting = context.waiting("stating the endpoint".into());
			let set = sender.set_endpoint(&address, kind, workload, context.until()).await;
			waiting.finish_and_clear();
			context.report(&Done::new(format!("collectors fetch {} evidence at {address}", kind_name(kind)), &set?))
		}
		Command::Clear => {
			let sender = context.sender().await?;
			let waiting = context.waiting("ending the endpoint".into());
			let cleared = sender.remove_endpoint(context.until()).await;
			waiting.finish_and_clear();
			context.report(&Done::new("collectors fetch no evidence any more", &cleared?))
		}
		Command::Show { provider } => {
			let provider = account_or_own(provider.as_deref(), context)?;
			let endpoint = context.client().await?.endpoint(&provider).await?;
			context.report(&Shown { provider, endpoint })
		}
	}
}
