// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The command line: without a subcommand the binary runs a node.

use sc_cli::{
	BuildSpecCmd, ChainInfoCmd, CheckBlockCmd, ExportBlocksCmd, ExportChainSpecCmd, ExportStateCmd, ImportBlocksCmd,
	KeySubcommand, PurgeChainCmd, RevertCmd, RunCmd,
};

/// What the user asked for.
#[derive(Debug, clap::Parser)]
pub struct Cli {
	/// The task to do instead of running a node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// How to run a node.
	#[clap(flatten)]
	pub run: RunCmd,
}

/// The tasks besides running a node. None of them opens a network connection.
#[derive(Debug, clap::Subcommand)]
pub enum Subcommand {
	/// Make, show and store keys
	#[command(subcommand)]
	Key(KeySubcommand),

	/// Print a chain specification as JSON, readable or (`--raw`) as genesis storage
	ExportChainSpec(ExportChainSpecCmd),

	/// Same as `export-chain-spec`, but adds this machine as a boot node unless told otherwise
	BuildSpec(BuildSpecCmd),

	/// Execute a stored block again
	CheckBlock(CheckBlockCmd),

	/// Write stored blocks to a file
	ExportBlocks(ExportBlocksCmd),

	/// Read blocks from a file, execute and store them
	ImportBlocks(ImportBlocksCmd),

	/// Print the state at a block as a raw chain specification
	ExportState(ExportStateCmd),

	/// Delete the chain's database
	PurgeChain(PurgeChainCmd),

	/// Take back the newest blocks that are not finalised
	Revert(RevertCmd),

	/// Print the best, finalised and genesis blocks of the database
	ChainInfo(ChainInfoCmd),
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::{CommandFactory, Parser};

	#[test]
	fn command_line_should_be_consistent() {
		Cli::command().debug_assert();
	}

	#[test]
	fn defaults_should_be_quiet_and_use_litep2p() {
		let cli = Cli::try_parse_from(["aivm-node"]).unwrap();
		assert!(cli.subcommand.is_none());
		assert!(cli.run.telemetry_params.telemetry_endpoints.is_empty());
		assert_eq!(cli.run.network_params.network_backend, sc_cli::NetworkBackendType::Litep2p);
	}

	#[test]
	fn database_should_be_paritydb_when_none_is_named() {
		use sc_cli::CliConfiguration;

		let cli = Cli::try_parse_from(["aivm-node", "--dev"]).unwrap();
		assert_eq!(cli.run.database().unwrap(), None);
		assert_eq!(sc_cli::Database::variants().first(), Some(&"paritydb"));
		assert!(Cli::try_parse_from(["aivm-node", "--dev", "--database", "rocksdb"]).is_err());
	}

	#[test]
	fn subcommands_should_parse() {
		for line in [
			"aivm-node key generate",
			"aivm-node export-chain-spec --chain dev --raw",
			"aivm-node build-spec --chain local",
			"aivm-node check-block 7 --dev",
			"aivm-node export-blocks --chain local blocks",
			"aivm-node import-blocks --chain local blocks",
			"aivm-node export-state --chain local",
			"aivm-node purge-chain --chain local -y",
			"aivm-node revert --chain local 3",
			"aivm-node chain-info --chain local",
		] {
			assert!(Cli::try_parse_from(line.split(' ')).unwrap().subcommand.is_some(), "{line}");
		}
	}
}
