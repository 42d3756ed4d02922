// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Assembles the node from the SDK's parts.
//!
//! [`parts`] opens the database and builds everything that runs without a network: client, transaction pool, BABE and GRANDPA
//! block import. The subcommands stop there. [`full`] adds the network and the tasks of a running node.

mod collector;
mod full;
mod parts;
mod range;

use std::sync::Arc;

use aivm_runtime::{opaque::Block, BlockNumber, Hash, RuntimeApi};
use sc_executor::WasmExecutor;
use sc_network::config::NetworkBackendType;
use sc_service::{config::KeystoreConfig, Configuration, Error, TaskManager};

use parts::{ImportQueue, Parts};

/// The functions that the runtime may import from the node.
pub type HostFunctions = (sp_io::SubstrateHostFunctions, aivm_host::HostFunctions);
/// Executes blocks and answers runtime calls.
pub type FullClient = sc_service::TFullClient<Block, RuntimeApi, WasmExecutor<HostFunctions>>;
/// The database.
pub type FullBackend = sc_service::TFullBackend<Block>;
/// The rule that picks the best chain: the longest one that contains the last finalised block.
pub type SelectChain = sc_consensus::LongestChain<FullBackend, Block>;
/// Transactions that wait for a block.
pub type TransactionPool = sc_transaction_pool::TransactionPoolHandle<Block, FullClient>;

/// Starts a node on the network backend that `--network-backend` selects (litep2p unless told otherwise).
pub fn start(config: Configuration) -> Result<TaskManager, Error> {
	match config.network.network_backend {
		NetworkBackendType::Litep2p => full::start::<sc_network::Litep2pNetworkBackend>(config),
		NetworkBackendType::Libp2p => full::start::<sc_network::NetworkWorker<Block, Hash>>(config),
	}
}

/// What the subcommands that read or write the database need.
pub struct ChainOps {
	/// Executes blocks.
	pub client: Arc<FullClient>,
	/// The database.
	pub backend: Arc<FullBackend>,
	/// Verifies and imports blocks.
	pub import_queue: ImportQueue,
	/// Owns the background tasks.
	pub task_manager: TaskManager,
	/// The configuration that the others were built from.
	pub config: Configuration,
}

/// Opens the database without a network and without keys.
pub fn chain_ops(mut config: Configuration) -> Result<ChainOps, Error> {
	config.keystore = KeystoreConfig::InMemory;
	let Parts { client, backend, import_queue, task_manager, .. } = parts::open(&mut config)?;
	Ok(ChainOps { client, backend, import_queue, task_manager, config })
}

/// Takes the newest `blocks` blocks out of what BABE and GRANDPA remember, but never a finalised one. The caller reverts the
/// blocks themselves.
pub fn revert_consensus(
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	blocks: BlockNumber,
) -> sp_blockchain::Result<()> {
	sc_consensus_babe::revert(client.clone(), backend, blocks)?;
	sc_consensus_grandpa::revert(client, blocks)
}
