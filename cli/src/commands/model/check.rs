// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm model check`: everything that can be known about a program before it is published.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{Client, Quote};
use serde::Serialize;

use crate::{
	layout::Fields,
	manifest::Packed,
	model_ref::ModelRef,
	program::{LoadedProgram, ProgramReport},
	Context, Exit, Failure, Human,
};

/// Check a program, and a manifest against it; show shapes and cost.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The program file.
	program: PathBuf,
	/// The manifest to check against the program.
	#[arg(long, value_name = "FILE")]
	manifest: Option<PathBuf>,
	/// A published version to compare with. It must be the same program, and tells the price of a run now.
	#[arg(long, value_name = "MODEL[@VERSION]")]
	published: Option<ModelRef>,
}

/// What was found out.
#[derive(Debug, Serialize)]
struct Checked {
	program: ProgramReport,
	#[serde(skip_serializing_if = "Option::is_none")]
	manifest: Option<ManifestReport>,
	/// What a run costs now, if the same program is published.
	#[serde(skip_serializing_if = "Option::is_none")]
	quote: Option<Quote>,
}

/// What was found out about a manifest.
#[derive(Debug, Serialize)]
pub struct ManifestReport {
	/// Name of the model.
	pub name: String,
	/// The author's version.
	pub version: String,
	/// Size of the canonical form.
	pub bytes: usize,
	/// BLAKE2b-256 of the canonical form.
	pub hash: aivm_client::H256,
	/// Its CID.
	pub cid: String,
}

impl ManifestReport {
	/// What there is to say about a packed manifest.
	pub fn new(packed: &Packed) -> Self {
		Self {
			name: packed.manifest.name.clone(),
			version: packed.manifest.version.clone(),
			bytes: packed.bytes.len(),
			hash: packed.hash,
			cid: packed.cid.clone(),
		}
	}
}

impl Human for ManifestReport {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("manifest", format_args!("{} {}, {} bytes", self.name, self.version, self.bytes))
			.add("hash", format_args!("{:?}", self.hash))
			.add("CID", &self.cid)
			.write(out)
	}
}

impl Human for Checked {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		writeln!(out, "The program is valid.\n")?;
		self.program.human(out)?;
		if let Some(manifest) = &self.manifest {
			writeln!(out, "\nThe manifest is valid and is about this program.\n")?;
			manifest.human(out)?;
		}
		if let Some(quote) = &self.quote {
			writeln!(out)?;
			quote.human(out)?;
		}
		Ok(())
	}
}

impl Human for Quote {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("version", format_args!("{}, {}", self.version, self.state))
			.add("a run takes", format_args!("{} of block time, at most {}", self.weight, self.heaviest))
			.add("fits in a block", if self.fits_block { "yes" } else { "no" })
			.add("a run costs", format_args!("{}, and the transaction's fee", self.total))
			.add("  provider", self.payment.provider)
			.add("  royalty", self.payment.royalty)
			.add("  treasury", self.payment.treasury)
			.add("  burnt", self.payment.burn)
			.write(out)
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let program = LoadedProgram::read(&args.program)?;
	let manifest = match &args.manifest {
		None => None,
		Some(path) => {
			let packed = Packed::read(path)?;
			packed.manifest.check_program(&program).map_err(|reason| {
				Failure::bad_input(format!("the manifest {} does not fit the program: {reason}", path.display()))
					.with_cure("make it again with `aivm model pack`")
			})?;
			Some(ManifestReport::new(&packed))
		}
	};
	let quote = match &args.published {
		None => None,
		Some(published) => {
			let client = context.client().await?;
			Some(quote(&client, published, &program).await?)
		}
	};
	context.report(&Checked { program: program.describe(), manifest, quote })
}

/// What a run of a published version costs, which must be this program.
pub async fn quote(client: &Client, published: &ModelRef, program: &LoadedProgram) -> Result<Quote, Failure> {
	let id = published.version(client).await?;
	let version = client.version(id).await?;
	if version.spec.artefact_hash != program.hash() {
		return Err(Failure::new(
			Exit::Verification,
			"other_program",
			format!("version {id} is the program {:?}, not {:?}", version.spec.artefact_hash, program.hash()),
		)
		.with_cure("give the version that was published from this file"));
	}
	Ok(client.quote(id).await?)
}
