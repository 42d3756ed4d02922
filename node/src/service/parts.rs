// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Everything that runs without a network.

use std::sync::Arc;

use aivm_runtime::opaque::Block;
use sc_consensus_babe::{BabeBlockImport, BabeLink, BabeWorkerHandle};
use sc_consensus_grandpa::{GrandpaBlockImport, GrandpaPruningFilter, LinkHalf};
use sc_service::{Configuration, Error, KeystoreContainer, TaskManager};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::{
	inherents::{BabeCreateInherentDataProviders, InherentDataProvider as SlotProvider},
	SlotDuration,
};
use sp_timestamp::InherentDataProvider as TimestampProvider;

use super::{FullBackend, FullClient, HostFunctions, SelectChain, TransactionPool};

/// A GRANDPA justification is made and kept at least every so many blocks, about once a minute with two-second slots.
/// Changes of the authority set always have one, which is what warp sync follows; the others let it end close to the newest
/// finalised block and serve `grandpa_proveFinality`.
pub const JUSTIFICATION_PERIOD: u32 = 32;

/// How many telemetry messages wait before the newest are dropped.
const TELEMETRY_BUFFER: usize = 16;

/// Verifies and imports blocks.
pub type ImportQueue = sc_consensus::DefaultImportQueue<Block>;
/// Imports a block's finality.
type FinalityImport = GrandpaBlockImport<FullBackend, Block, FullClient, SelectChain>;
/// Imports a block: BABE's rules around GRANDPA's.
pub type BlockImport =
	BabeBlockImport<Block, FullClient, FinalityImport, BabeCreateInherentDataProviders<Block>, SelectChain>;

/// What [`open`] builds.
pub struct Parts {
	/// Executes blocks.
	pub client: Arc<FullClient>,
	/// The database.
	pub backend: Arc<FullBackend>,
	/// Owns the background tasks.
	pub task_manager: TaskManager,
	/// The node's keys.
	pub keystore: KeystoreContainer,
	/// Picks the best chain.
	pub select_chain: SelectChain,
	/// Verifies and imports blocks from the network.
	pub import_queue: ImportQueue,
	/// Transactions that wait for a block.
	pub transaction_pool: Arc<TransactionPool>,
	/// Imports blocks that this node authors.
	pub block_import: BlockImport,
	/// Ties the GRANDPA voter to the block import.
	pub grandpa_link: LinkHalf<Block, FullClient, SelectChain>,
	/// Ties the BABE author to the block import.
	pub babe_link: BabeLink<Block>,
	/// Answers questions about BABE epochs.
	pub babe_worker: BabeWorkerHandle<Block>,
	/// Present only if the user gave telemetry endpoints.
	pub telemetry: Option<Telemetry>,
}

/// Opens the database, creating it from the chain specification if there is none.
///
/// Off-chain indexing is switched on whatever the command line says: the runtime hands execution receipts and the nodes of the
/// Merkle mountain range to the off-chain database while a block is executed, and without them this node could not prove
/// a receipt.
pub fn open(config: &mut Configuration) -> Result<Parts, Error> {
	config.offchain_worker.indexing_enabled = true;

	let telemetry = config
		.telemetry_endpoints
		.clone()
		.filter(|endpoints| !endpoints.is_empty())
		.map(|endpoints| -> Result<_, sc_telemetry::Error> {
			let worker = TelemetryWorker::new(TELEMETRY_BUFFER)?;
			let telemetry = worker.handle().new_telemetry(endpoints);
			Ok((worker, telemetry))
		})
		.transpose()?;
	let telemetry_handle = telemetry.as_ref().map(|(_, telemetry)| telemetry.handle());

	// The filter keeps blocks with a GRANDPA justification when bodies are pruned, so that pruned nodes serve warp sync too.
	let (client, backend, keystore, task_manager) = sc_service::new_full_parts(
		config,
		telemetry_handle.clone(),
		sc_service::new_wasm_executor::<HostFunctions>(&config.executor),
		vec![Arc::new(GrandpaPruningFilter)],
	)?;
	let client: Arc<FullClient> = Arc::new(client);

	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select_chain = SelectChain::new(backend.clone());
	let transaction_pool = Arc::from(
		sc_transaction_pool::Builder::new(
			task_manager.spawn_essential_handle(),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);

	let (finality_import, grandpa_link) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		telemetry_handle.clone(),
	)?;

	let babe_config = sc_consensus_babe::configuration(&*client)?;
	let slot_duration = babe_config.slot_duration();
	let (block_import, babe_link) = sc_consensus_babe::block_import(
		babe_config,
		finality_import.clone(),
		client.clone(),
		Arc::new(move |_, ()| async move { Ok(current_slot(slot_duration)) }) as BabeCreateInherentDataProviders<Block>,
		select_chain.clone(),
		OffchainTransactionPoolFactory::new(transaction_pool.clone()),
	)?;

	let (import_queue, babe_worker) = sc_consensus_babe::import_queue(sc_consensus_babe::ImportQueueParams {
		link: babe_link.clone(),
		block_import: block_import.clone(),
		justification_import: Some(Box::new(finality_import)),
		client: client.clone(),
		slot_duration,
		spawner: &task_manager.spawn_essential_handle(),
		registry: config.prometheus_registry(),
		telemetry: telemetry_handle,
	})?;

	Ok(Parts {
		client,
		backend,
		task_manager,
		keystore,
		select_chain,
		import_queue,
		transaction_pool,
		block_import,
		grandpa_link,
		babe_link,
		babe_worker,
		telemetry,
	})
}

/// The inherents of a block that would be built now.
pub fn current_slot(slot_duration: SlotDuration) -> (SlotProvider, TimestampProvider) {
	let timestamp = TimestampProvider::from_system_time();
	(SlotProvider::from_timestamp_and_slot_duration(*timestamp, slot_duration), timestamp)
}
