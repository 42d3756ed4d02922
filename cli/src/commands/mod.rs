// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! One file for each command.

pub mod account;
pub mod agent;
pub mod attestation;
pub mod chain;
pub mod infer;
pub mod model;
pub mod policy;
pub mod receipt;
pub mod session;
pub mod task;
pub mod zk;

use std::{
	io::{self, Write},
	path::Path,
};

use aivm_client::{Amount, AmountError, BlockId, Client, Included, VersionId, H256};
use aivm_importer::{interpret_output, Output};
use serde::Serialize;

use crate::{layout::Fields, program::LoadedProgram, Context, Failure, Human};

/// A transaction that was carried out, for commands that have nothing else to say.
#[derive(Debug, Serialize)]
pub struct Done {
	/// What was done.
	#[serde(rename = "did")]
	pub what: String,
	/// The block.
	pub block: BlockId,
	/// The transaction's hash.
	pub transaction: H256,
	/// The transaction's fee.
	pub fee: Amount,
	/// Whether the block was final when this was found out.
	pub finalised: bool,
}

impl Done {
	/// What was done, and in which transaction.
	pub fn new(what: impl Into<String>, included: &Included) -> Self {
		Self {
			what: what.into(),
			block: included.block,
			transaction: included.hash,
			fee: included.fee,
			finalised: included.finalised,
		}
	}
}

impl Human for Done {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		writeln!(out, "{}", self.what)?;
		Fields::new()
			.add("block", format_args!("{}{}", self.block.number, if self.finalised { ", final" } else { "" }))
			.add("transaction", format_args!("{:?}", self.transaction))
			.add("fee", self.fee)
			.write(out)
	}
}

/// An amount, as an option takes it.
pub fn parse_amount(text: &str) -> Result<Amount, String> {
	text.parse().map_err(|error: AmountError| error.to_string())
}

/// A hash of 32 bytes, as an option takes it.
pub fn parse_hash(text: &str) -> Result<H256, String> {
	receipt::parse_hash(text).map_err(|failure| format!("{}; {}", failure.cause, failure.cure.unwrap_or_default()))
}

/// Reads a row of numbers.
pub fn parse_row(text: &str) -> Result<Vec<f32>, Failure> {
	text.split(',')
		.enumerate()
		.map(|(index, number)| {
			number.trim().parse::<f32>().ok().filter(|number| number.is_finite()).ok_or_else(|| {
				let number: String = number.chars().take(40).collect();
				Failure::bad_input(format!(
					"number {index} of the row is {number:?}, which is no finite number (counted from 0)"
				))
				.with_cure("write numbers separated by commas, for example --row 5.1,3.5,1.4,0.2")
			})
		})
		.collect()
}

/// The program of a version: from a file, which must be the published one, or from the chain.
pub async fn published_program(
	file: Option<&Path>,
	client: &Client,
	version: VersionId,
	context: &Context<'_>,
) -> Result<LoadedProgram, Failure> {
	let Some(path) = file else {
		let waiting = context.waiting("fetching the program".into());
		let bytes = client.program(version).await;
		waiting.finish_and_clear();
		return LoadedProgram::decode(bytes?)
			.map_err(|error| Failure::internal(format!("the program on the chain is not valid: {error}")));
	};
	let program = LoadedProgram::read(path)?;
	let published = client.version(version).await?.spec.artefact_hash;
	if published != program.hash() {
		return Err(Failure::bad_input(format!(
			"{} is the program {:?}, but version {version} is {published:?}",
			path.display(),
			program.hash()
		))
		.with_cure("leave --program out: the program is fetched from the chain"));
	}
	Ok(program)
}

/// What an output means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Interpreted {
	/// Index of the class, if the model classifies.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub class: Option<usize>,
	/// Name of the class, if a manifest was given.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub label: Option<String>,
	/// One score for each class, or the values.
	pub scores: Vec<f64>,
}

impl Interpreted {
	/// What an output of a program means, without the names of classes.
	pub fn of(program: &LoadedProgram, output: &[u8]) -> Result<Self, Failure> {
		let Output { class, scores } = interpret_output(&program.program, output)
			.map_err(|error| Failure::internal(format!("the output makes no sense: {error}")))?;
		Ok(Self { class, label: None, scores })
	}
}

impl std::fmt::Display for Interpreted {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match (&self.class, &self.label) {
			(Some(class), Some(label)) => write!(f, "{label} (class {class})"),
			(Some(class), None) => write!(f, "class {class}"),
			(None, _) => {
				let values = self.scores.iter().map(|score| format!("{score:.6}")).collect::<Vec<_>>();
				f.write_str(&values.join(", "))
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Exit;

	#[test]
	fn parse_row_should_read_numbers_and_name_the_wrong_one() {
		assert_eq!(parse_row("1, -2.5 ,3e2").unwrap(), [1.0, -2.5, 300.0]);
		for text in ["", "1,,2", "1,x", "1,NaN", "1,inf", "1,1e99"] {
			let failure = parse_row(text).unwrap_err();
			assert_eq!(failure.exit, Exit::BadInput, "{text}");
			assert!(failure.cause.contains("number "), "{failure}");
		}
	}

	#[test]
	fn interpreted_should_name_the_class_if_it_can() {
		let output =
			|class, label: Option<&str>| Interpreted { class, label: label.map(Into::into), scores: vec![0.5, 2.0] };
		assert_eq!(output(Some(1), Some("benign")).to_string(), "benign (class 1)");
		assert_eq!(output(Some(1), None).to_string(), "class 1");
		assert_eq!(output(None, None).to_string(), "0.500000, 2.000000");
	}
}
