// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm policy show`.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{Amount, Asset, Limit, Spent, H256};
use serde::Serialize;

use crate::{
	files,
	layout::{Fields, Table},
	policy_file::PolicyFile,
	time, Context, Exit, Failure, Human,
};

/// Show the policy of an agent.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The agent's number.
	agent: u64,
	/// Write the policy to this file, so that it can be changed and set.
	#[arg(long, value_name = "FILE")]
	out: Option<PathBuf>,
}

/// A policy in force.
#[derive(Debug, Serialize)]
struct Shown {
	agent: u64,
	version: u32,
	hash: H256,
	frozen: bool,
	policy: PolicyFile,
	/// What was paid, for each limit.
	spent: Vec<Used>,
	/// What comes into force later.
	pending: Option<Waiting>,
}

/// What was paid of a limit, in the asset's smallest unit.
#[derive(Debug, Serialize)]
struct Used {
	asset: Asset,
	day: String,
	day_left: String,
	lifetime: String,
	lifetime_left: String,
}

impl Used {
	fn new(limit: &Limit, spent: Spent) -> Self {
		Self {
			asset: limit.asset,
			day: spent.day.to_string(),
			day_left: limit.per_day.saturating_sub(spent.day).to_string(),
			lifetime: spent.lifetime.to_string(),
			lifetime_left: limit.lifetime.saturating_sub(spent.lifetime).to_string(),
		}
	}

	/// One of the numbers as people write it.
	fn amount(&self, units: &str) -> String {
		match (self.asset, units.parse()) {
			(Asset::Native, Ok(units)) => Amount(units).to_string(),
			_ => units.to_owned(),
		}
	}
}

/// A policy that is waiting.
#[derive(Debug, Serialize)]
struct Waiting {
	/// From this second of Unix time on it is in force.
	due: u64,
	hash: H256,
	policy: PolicyFile,
}

impl Human for Shown {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("agent", self.agent)
			.add("version", self.version)
			.add("hash", format_args!("{:?}", self.hash))
			.add("frozen", if self.frozen { "yes: no session key can act" } else { "no" })
			.write(out)?;
		if !self.spent.is_empty() {
			writeln!(out)?;
			let mut table = Table::new(&["asset", ">in 24 hours", ">left", ">ever", ">left"]);
			for used in &self.spent {
				let numbers = [&used.day, &used.day_left, &used.lifetime, &used.lifetime_left];
				let cells = std::iter::once(used.asset.to_string()).chain(numbers.map(|units| used.amount(units)));
				table.row(cells.collect());
			}
			table.write(out)?;
		}
		write!(out, "\n{}", self.policy.to_json())?;
		if let Some(waiting) = &self.pending {
			writeln!(out, "\nfrom {} on, {:?}:\n", time::show_time(waiting.due), waiting.hash)?;
			write!(out, "{}", waiting.policy.to_json())?;
		}
		Ok(())
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let client = context.client().await?;
	let agent = args.agent;
	// It must exist: an agent without a policy and no agent would look the same.
	client.agent(agent).await?;
	let found = client.policy(agent).await?.ok_or_else(|| {
		Failure::new(
			Exit::NotFound,
			"not_found",
			format!("agent {agent} has no policy, so its session keys can do nothing"),
		)
		.with_cure("make one with `aivm policy init` and `aivm policy set`")
	})?;
	let names = client.call_names().await?;
	let mut spent = Vec::new();
	for limit in &found.policy.limits {
		spent.push(Used::new(limit, client.spent(agent, limit.asset).await?));
	}
	let policy = PolicyFile::from_policy(&found.policy, &names);
	if let Some(path) = &args.out {
		files::write(path, "policy file", policy.to_json().as_bytes())?;
	}
	let pending = client.pending_policy(agent).await?.map(|pending| Waiting {
		due: pending.due,
		hash: pending.hash,
		policy: PolicyFile::from_policy(&pending.policy, &names),
	});
	context.report(&Shown {
		agent,
		version: found.version,
		hash: found.hash,
		frozen: found.frozen,
		policy,
		spent,
		pending,
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn used_should_say_what_is_left() {
		let limit = Limit { asset: Asset::Native, per_transaction: 1, per_day: 5, lifetime: 7 };
		let used = Used::new(&limit, Spent { day: 2, lifetime: 9 });
		assert_eq!((used.day_left.as_str(), used.lifetime_left.as_str()), ("3", "0"));
		assert_eq!(used.amount("1000000000000"), "1 AIVM");
		let other = Used::new(&Limit { asset: Asset::Other(3), ..limit }, Spent::default());
		assert_eq!(other.amount("5"), "5");
	}
}
