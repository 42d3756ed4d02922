// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What every command has: the global options, the node, the key, and where to write.

use std::{
	io::{self, IsTerminal, Write},
	path::PathBuf,
	time::Duration,
};

use aivm_client::{Client, Sender, Signer, Until};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::Failure;

/// How often a waiting line moves.
const TICK: Duration = Duration::from_millis(120);

/// The options that every command takes.
#[derive(Clone, Debug, clap::Args)]
pub struct Globals {
	/// Address of the node.
	#[arg(long, global = true, env = "AIVM_URL", default_value = "ws://127.0.0.1:9944", value_name = "URL")]
	pub url: String,
	/// Write one JSON document instead of text; errors are JSON on stderr.
	#[arg(long, global = true)]
	pub json: bool,
	/// Say nothing but the result.
	#[arg(long, short, global = true)]
	pub quiet: bool,
	/// Key that signs, as a secret URI: //Alice, a phrase, or a seed. Others can see command lines: prefer AIVM_SURI.
	#[arg(long, global = true, env = "AIVM_SURI", hide_env_values = true, value_name = "URI")]
	pub suri: Option<String>,
	/// Key that signs, from a file that `aivm account new --out` made. Goes before --suri and AIVM_SURI.
	#[arg(long, global = true, value_name = "FILE")]
	pub key_file: Option<PathBuf>,
	/// Wait until the block of each transaction is final, not only until there is one.
	#[arg(long, global = true)]
	pub finalised: bool,
}

/// A result that people can read. Machines get it as JSON.
pub trait Human: Serialize {
	/// Writes the result for people.
	fn human(&self, out: &mut dyn Write) -> io::Result<()>;
}

/// What a command has.
pub struct Context<'a> {
	/// The options that every command takes.
	pub globals: Globals,
	out: &'a mut dyn Write,
	err: &'a mut dyn Write,
	bars: bool,
}

impl<'a> Context<'a> {
	/// A context that writes results to `out` and everything else to `err`. Progress bars go to the terminal, if stderr is
	/// one.
	pub fn new(globals: Globals, out: &'a mut dyn Write, err: &'a mut dyn Write) -> Self {
		let bars = !globals.quiet && !globals.json && io::stderr().is_terminal();
		Self { globals, out, err, bars }
	}

	/// Connects to the node.
	pub async fn client(&mut self) -> Result<Client, Failure> {
		let waiting = self.waiting(format!("connecting to {}", self.globals.url));
		let client = Client::connect(&self.globals.url).await;
		waiting.finish_and_clear();
		Ok(client?)
	}

	/// The key that signs.
	pub fn signer(&self) -> Result<Signer, Failure> {
		match (&self.globals.key_file, &self.globals.suri) {
			(Some(path), _) => Ok(Signer::from_file(path)?),
			(None, Some(suri)) => Ok(Signer::from_suri(suri)?),
			(None, None) => Err(Failure::usage("this command signs a transaction, and no key was given")
				.with_cure("give --suri //Alice on a development chain, or --key-file FILE (see `aivm account new`)")),
		}
	}

	/// Connects to the node with the key that signs.
	pub async fn sender(&mut self) -> Result<Sender, Failure> {
		// The key first: it needs no node.
		let signer = self.signer()?;
		Ok(Sender::new(&self.client().await?, signer))
	}

	/// When a transaction counts as carried out.
	pub fn until(&self) -> Until {
		if self.globals.finalised {
			Until::Finalised
		} else {
			Until::InBlock
		}
	}

	/// Writes the result of the command.
	pub fn report(&mut self, result: &impl Human) -> Result<(), Failure> {
		let written = if self.globals.json {
			serde_json::to_string_pretty(result).map_err(io::Error::from).and_then(|json| writeln!(self.out, "{json}"))
		} else {
			result.human(self.out)
		};
		match written.and_then(|()| self.out.flush()) {
			// Who reads the output may stop when it has enough.
			Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
			other => Ok(other?),
		}
	}

	/// Says something that is not the result.
	pub fn note(&mut self, text: impl std::fmt::Display) {
		if !self.globals.quiet && !self.globals.json {
			let _ = writeln!(self.err, "{text}");
		}
	}

	/// Says why the command failed.
	pub fn fail(&mut self, failure: &Failure) {
		let _ = if self.globals.json {
			writeln!(self.err, "{}", failure.to_json())
		} else {
			writeln!(self.err, "{failure}")
		};
	}

	/// A line that shows that something is waited for. Invisible unless stderr is a terminal.
	pub fn waiting(&self, message: String) -> ProgressBar {
		let bar = self.bar(None, "{spinner} {msg} ({elapsed})");
		bar.set_message(message);
		if self.bars {
			bar.enable_steady_tick(TICK);
		}
		bar
	}

	/// A bar for `total` bytes. Invisible unless stderr is a terminal.
	pub fn byte_bar(&self, total: u64, message: &str) -> ProgressBar {
		let bar = self.bar(Some(total), "{msg} [{bar:30}] {bytes}/{total_bytes} ({eta})");
		bar.set_message(message.to_owned());
		bar
	}

	/// A bar for `total` things. Invisible unless stderr is a terminal.
	pub fn count_bar(&self, total: usize, message: &str) -> ProgressBar {
		let bar = self.bar(u64::try_from(total).ok(), "{msg} [{bar:30}] {pos}/{len} ({eta})");
		bar.set_message(message.to_owned());
		bar
	}

	/// A bar for the stages of a long computation. Invisible unless stderr is a terminal.
	pub fn stage_bar(&self) -> ProgressBar {
		self.bar(Some(1), "{msg} [{bar:30}] {percent} % ({elapsed})")
	}

	fn bar(&self, total: Option<u64>, template: &str) -> ProgressBar {
		let target = if self.bars { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
		let bar = ProgressBar::with_draw_target(total, target);
		match ProgressStyle::with_template(template) {
			Ok(style) => bar.with_style(style),
			Err(_) => bar,
		}
	}
}
