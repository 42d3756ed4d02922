// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm model pack`: the manifest in its canonical form.

use std::{
	io::{self, Write},
	path::{Path, PathBuf},
};

use aivm_client::{Amount, Royalty, VersionId};
use serde::Serialize;

use super::check::ManifestReport;
use crate::{
	files,
	manifest::{Card, Packed, Terms},
	program::LoadedProgram,
	Context, Failure, Human,
};

/// Where the manifest comes from, for the commands that need one.
#[derive(Debug, clap::Args)]
pub struct Source {
	/// A complete manifest.
	#[arg(long, value_name = "FILE", conflicts_with = "card", required_unless_present = "card")]
	manifest: Option<PathBuf>,
	/// A model card: what the author writes. The rest follows from the program and the options below.
	#[arg(long, value_name = "FILE")]
	card: Option<PathBuf>,
	/// The owner's share of each payment for a run, in per cent.
	#[arg(long, value_name = "PER CENT", value_parser = per_cent, conflicts_with = "manifest")]
	royalty_share: Option<u32>,
	/// The least that the owner earns from a run, in AIVM.
	#[arg(long, value_name = "AMOUNT", value_parser = amount, conflicts_with = "manifest")]
	royalty_minimum: Option<Amount>,
	/// The version that this one was derived from.
	#[arg(long, value_name = "MODEL@VERSION", conflicts_with = "manifest")]
	parent: Option<VersionId>,
	/// The author's own version, such as 1.0.0.
	#[arg(long, value_name = "SEMVER", conflicts_with = "manifest")]
	semver: Option<String>,
	/// Who made the model, if the card does not say.
	#[arg(long, value_name = "NAME", conflicts_with = "manifest")]
	author: Option<String>,
}

impl Source {
	/// The manifest of a program.
	pub fn pack(&self, program: &LoadedProgram, file: &Path) -> Result<Packed, Failure> {
		let packed = match (&self.manifest, &self.card) {
			(Some(path), _) => Packed::read(path)?,
			(None, Some(path)) => {
				let terms = Terms {
					royalty: Royalty {
						share_ppm: self.royalty_share.unwrap_or_default(),
						minimum: self.royalty_minimum.unwrap_or_default(),
					},
					parent: self.parent,
					version: self.semver.clone(),
					author: self.author.clone(),
				};
				let file = file.file_name().unwrap_or_default().to_string_lossy();
				let card = Card::read(path)?;
				card.manifest(program, &file, terms)
					.and_then(Packed::new)
					.map_err(|reason| Failure::bad_input(format!("the card {}: {reason}", path.display())))?
			}
			(None, None) => return Err(Failure::usage("neither --manifest nor --card was given")),
		};
		packed.manifest.check_program(program).map_err(|reason| {
			Failure::bad_input(format!("the manifest does not fit the program: {reason}"))
				.with_cure("give the program that the manifest is about, or make it again from a card")
		})?;
		Ok(packed)
	}
}

/// Make the manifest of a program in canonical form, and show its hash and CID.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The program file.
	program: PathBuf,
	#[command(flatten)]
	source: Source,
	/// The manifest file to write. Without it, the program file's name with the ending .manifest.json.
	#[arg(long, short, value_name = "FILE")]
	out: Option<PathBuf>,
}

/// A manifest that was written.
#[derive(Debug, Serialize)]
struct Written {
	file: PathBuf,
	#[serde(flatten)]
	manifest: ManifestReport,
}

impl Human for Written {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		writeln!(out, "Wrote {}\n", self.file.display())?;
		self.manifest.human(out)
	}
}

/// Runs the command.
pub fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let program = LoadedProgram::read(&args.program)?;
	let packed = args.source.pack(&program, &args.program)?;
	let file = args.out.unwrap_or_else(|| args.program.with_extension("manifest.json"));
	files::write(&file, "manifest", &packed.bytes)?;
	context.report(&Written { file, manifest: ManifestReport::new(&packed) })
}

/// Reads a share in per cent as parts per million.
fn per_cent(text: &str) -> Result<u32, String> {
	let malformed = || "give a number from 0 to 100 with at most four decimals".to_owned();
	let number = text.trim().trim_end_matches('%').trim_end();
	let (whole, part) = number.split_once('.').unwrap_or((number, ""));
	if part.len() > 4 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
		return Err(malformed());
	}
	let whole: u32 = whole.parse().map_err(|_| malformed())?;
	let part: u32 = format!("{part:0<4}").parse().map_err(|_| malformed())?;
	whole
		.checked_mul(10_000)
		.and_then(|ppm| ppm.checked_add(part))
		.filter(|ppm| *ppm <= 1_000_000)
		.ok_or_else(malformed)
}

fn amount(text: &str) -> Result<Amount, String> {
	text.parse().map_err(|error: aivm_client::AmountError| error.to_string())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn per_cent_should_be_exact() {
		for (text, ppm) in [("0", 0), ("5", 50_000), ("2.5 %", 25_000), ("0.0001", 1), ("100", 1_000_000)] {
			assert_eq!(per_cent(text), Ok(ppm), "{text}");
		}
		for text in ["", "-1", "100.1", "0.00001", "x", "1.x"] {
			assert!(per_cent(text).is_err(), "{text}");
		}
	}
}
