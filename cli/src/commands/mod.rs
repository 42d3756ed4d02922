// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! One file for each command.

pub mod account;
pub mod agent;
pub mod chain;
pub mod infer;
pub mod model;
pub mod policy;
pub mod receipt;
pub mod session;

use std::io::{self, Write};

use aivm_client::{Amount, BlockId, Included, H256};
use serde::Serialize;

use crate::{layout::Fields, Human};

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
