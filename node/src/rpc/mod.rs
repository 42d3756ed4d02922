// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The node's JSON-RPC methods besides those that every SDK node has (`author_`, `chain_`, `state_`, `system_`, `offchain_`,
//! `chainHead_v1_`, `chainSpec_v1_`, `transaction_v1_`, and `archive_v1_` on archive nodes).

pub mod collector;
mod receipts;

use std::sync::Arc;

use aivm_runtime::{opaque::Block, BlockNumber, Hash};
use jsonrpsee::RpcModule;
use sc_chain_spec::ChainSpec;
use sc_client_api::Backend;
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_rpc::SubscriptionTaskExecutor;
use sp_keystore::KeystorePtr;

use crate::service::{FullBackend, FullClient, SelectChain, TransactionPool};

/// What the methods read from.
pub struct Deps {
	/// Blocks, state and the runtime.
	pub client: Arc<FullClient>,
	/// The database.
	pub backend: Arc<FullBackend>,
	/// Transactions that wait for a block.
	pub pool: Arc<TransactionPool>,
	/// Picks the best chain.
	pub select_chain: SelectChain,
	/// The chain that the node follows.
	pub chain_spec: Box<dyn ChainSpec>,
	/// The node's keys.
	pub keystore: KeystorePtr,
	/// Answers questions about BABE epochs.
	pub babe_worker: BabeWorkerHandle<Block>,
	/// The state of the GRANDPA rounds.
	pub voter_state: SharedVoterState,
	/// The GRANDPA validators.
	pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
	/// New GRANDPA justifications.
	pub justifications: GrandpaJustificationStream<Block>,
	/// Makes finality proofs.
	pub finality_proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// Builds the module with all methods; subscriptions run on `executor`.
///
/// # Errors
/// If two methods have the same name, or the database or the chain specification lacks what a method needs.
pub fn create(
	deps: &Deps,
	executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, Box<dyn std::error::Error + Send + Sync>> {
	use collector::{Collector, CollectorApiServer};
	use mmr_rpc::{Mmr, MmrApiServer};
	use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
	use receipts::{Receipts, ReceiptsApiServer};
	use sc_consensus_babe_rpc::{Babe, BabeApiServer};
	use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
	use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
	use substrate_frame_rpc_system::{System, SystemApiServer};

	let client = &deps.client;
	let offchain_db = deps.backend.offchain_storage().ok_or("the database has no place for off-chain data")?;

	let mut module = RpcModule::new(());
	module.merge(System::new(client.clone(), deps.pool.clone()).into_rpc())?;
	module.merge(TransactionPayment::new(client.clone()).into_rpc())?;
	module.merge(Mmr::new(client.clone(), offchain_db.clone()).into_rpc())?;
	module.merge(
		Babe::new(client.clone(), deps.babe_worker.clone(), deps.keystore.clone(), deps.select_chain.clone())
			.into_rpc(),
	)?;
	module.merge(
		Grandpa::new(
			executor,
			deps.authority_set.clone(),
			deps.voter_state.clone(),
			deps.justifications.clone(),
			deps.finality_proofs.clone(),
		)
		.into_rpc(),
	)?;
	module.merge(
		SyncState::new(
			deps.chain_spec.cloned_box(),
			client.clone(),
			deps.authority_set.clone(),
			deps.babe_worker.clone(),
		)?
		.into_rpc(),
	)?;
	module.merge(Receipts::new(client.clone(), offchain_db.clone()).into_rpc())?;
	module.merge(Collector(offchain_db).into_rpc())?;
	Ok(module)
}
