// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Carries out what the command line asks for.

use aivm_runtime::opaque::Block;
use sc_cli::{Result, SubstrateCli};

use crate::{
	chain_spec,
	cli::{Cli, Subcommand},
	service,
};

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"AIVM Node".into()
	}

	fn impl_version() -> String {
		env!("SUBSTRATE_CLI_IMPL_VERSION").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		env!("CARGO_PKG_AUTHORS").into()
	}

	fn support_url() -> String {
		"the place that you got this program from".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> std::result::Result<Box<dyn sc_service::ChainSpec>, String> {
		chain_spec::load(id).map(|spec| Box::new(spec) as _)
	}
}

/// Parses the command line and does what it says. A node runs until it gets a signal to stop.
pub fn run() -> Result<()> {
	let cli = Cli::from_args();
	let Some(subcommand) = &cli.subcommand else {
		return cli
			.create_runner(&cli.run)?
			.run_node_until_exit(|config| async move { service::start(config).map_err(sc_cli::Error::Service) });
	};

	match subcommand {
		Subcommand::Key(cmd) => cmd.run(&cli),
		Subcommand::ExportChainSpec(cmd) => cmd.run(cli.load_spec(&cmd.chain)?),
		Subcommand::BuildSpec(cmd) => {
			cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.chain_spec, config.network))
		}
		Subcommand::CheckBlock(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			let ops = service::chain_ops(config)?;
			Ok((cmd.run(ops.client, ops.import_queue), ops.task_manager))
		}),
		Subcommand::ExportBlocks(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			let ops = service::chain_ops(config)?;
			Ok((cmd.run(ops.client, ops.config.database), ops.task_manager))
		}),
		Subcommand::ImportBlocks(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			let ops = service::chain_ops(config)?;
			Ok((cmd.run(ops.client, ops.import_queue), ops.task_manager))
		}),
		Subcommand::ExportState(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			let ops = service::chain_ops(config)?;
			Ok((cmd.run(ops.client, ops.config.chain_spec), ops.task_manager))
		}),
		Subcommand::PurgeChain(cmd) => cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.database)),
		Subcommand::Revert(cmd) => cli.create_runner(cmd)?.async_run(|config| {
			let ops = service::chain_ops(config)?;
			let revert_consensus = Box::new(|client, backend, blocks| {
				service::revert_consensus(client, backend, blocks).map_err(sc_cli::Error::from)
			});
			Ok((cmd.run(ops.client, ops.backend, Some(revert_consensus)), ops.task_manager))
		}),
		Subcommand::ChainInfo(cmd) => cli.create_runner(cmd)?.sync_run(|config| cmd.run::<Block>(&config)),
	}
}
