// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm policy init`.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::parse_account;
use clap::builder::PossibleValuesParser;
use serde::Serialize;

use crate::{
	files,
	model_ref::ModelRef,
	policy_file::{Filled, LimitFile, NumberOrText, PolicyFile},
	policy_templates::{self, TEMPLATES},
	time, Context, Exit, Failure, Human,
};

/// Write a policy file from a template.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The template.
	#[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(TEMPLATES.map(|template| template.name)))]
	template: String,
	/// An account that may be paid. May be repeated.
	#[arg(long = "destination", value_name = "ACCOUNT")]
	destinations: Vec<String>,
	/// An asset that may leave the account, with what may leave in one transaction, in 24 hours, and ever, in its smallest
	/// unit. May be repeated.
	#[arg(long = "asset", value_name = "ID:TRANSACTION:DAY:LIFETIME", value_parser = asset)]
	assets: Vec<LimitFile>,
	/// A model that may be used, by number or name. May be repeated.
	#[arg(long = "model", value_name = "MODEL", value_parser = model)]
	models: Vec<NumberOrText>,
	/// From when on nothing is allowed any more, such as 2027-01-01.
	#[arg(long, value_name = "TIME", value_parser = time::parse_time)]
	expires: Option<u64>,
	/// The file to write.
	#[arg(long, value_name = "FILE", default_value = "policy.json")]
	out: PathBuf,
	/// Replace the file if there is one.
	#[arg(long)]
	force: bool,
}

/// A file that was written.
#[derive(Debug, Serialize)]
struct Written {
	file: PathBuf,
	template: &'static str,
	summary: &'static str,
	/// What the owner still has to say.
	open: Vec<&'static str>,
	policy: PolicyFile,
}

impl Human for Written {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		writeln!(out, "{}: {}", self.file.display(), self.summary)?;
		for open in &self.open {
			writeln!(out, "still to be filled in: {open}")?;
		}
		writeln!(out, "\nRead and change it, then: aivm policy set AGENT {}", self.file.display())
	}
}

/// Runs the command.
pub fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let template = policy_templates::find(&args.template)
		.ok_or_else(|| Failure::usage(format!("there is no template {}", args.template)))?;
	if args.out.exists() && !args.force {
		return Err(Failure::new(Exit::BadInput, "file_exists", format!("{} exists already", args.out.display()))
			.with_cure("give another name with --out, or --force"));
	}
	let mut destinations = Vec::new();
	for account in &args.destinations {
		destinations.push(parse_account(account)?);
	}
	let filled = Filled { destinations, assets: args.assets, models: args.models, expires: args.expires };
	let open = filled.still_open(template).into_iter().map(|open| open.question()).collect();
	let policy = PolicyFile::from_template(template, filled);
	files::write(&args.out, "policy file", policy.to_json().as_bytes())?;
	context.report(&Written { file: args.out, template: template.name, summary: template.summary, open, policy })
}

/// Reads `7:100:1000:100000`.
fn asset(text: &str) -> Result<LimitFile, String> {
	let parts: Vec<&str> = text.split(':').collect();
	let [id, per_transaction, per_day, lifetime] = parts.as_slice() else {
		return Err("write ID:TRANSACTION:DAY:LIFETIME, for example 7:100:1000:100000".into());
	};
	let id = id.parse().map_err(|_| format!("{id:?} is no number of an asset"))?;
	for amount in [per_transaction, per_day, lifetime] {
		amount.parse::<u128>().map_err(|_| format!("{amount:?} is no whole number of the asset's smallest unit"))?;
	}
	Ok(LimitFile {
		asset: NumberOrText::Number(id),
		per_transaction: (*per_transaction).into(),
		per_day: (*per_day).into(),
		lifetime: (*lifetime).into(),
	})
}

/// Reads a model.
fn model(text: &str) -> Result<NumberOrText, String> {
	let model: ModelRef = text.parse()?;
	if model.version.is_some() {
		return Err("a policy allows models, not versions; leave the version out".into());
	}
	Ok(text.parse().map_or_else(|_| NumberOrText::Text(text.to_owned()), NumberOrText::Number))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn asset_should_be_read_with_its_three_limits() {
		let limit = asset("7:1:2:3").unwrap();
		assert_eq!((limit.asset, limit.lifetime.as_str()), (NumberOrText::Number(7), "3"));
		for text in ["", "7", "7:1:2", "7:1:2:3:4", "x:1:2:3", "7:1.5:2:3", "7:-1:2:3"] {
			assert!(asset(text).is_err(), "{text}");
		}
	}

	#[test]
	fn model_should_be_a_number_or_a_name_without_a_version() {
		assert_eq!(model("7"), Ok(NumberOrText::Number(7)));
		assert_eq!(model("digits"), Ok(NumberOrText::Text("digits".into())));
		assert!(model("digits@1").is_err());
		assert!(model("").is_err());
	}
}
