// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The network and the tasks of a running node.

use std::{path::PathBuf, sync::Arc, time::Duration};

use aivm_runtime::{opaque::Block, BlockNumber, Hash, MAXIMUM_BLOCK_LENGTH};
use futures::StreamExt;
use sc_chain_spec::ChainType;
use sc_client_api::Backend;
use sc_consensus_babe::{BabeParams, SlotProportion};
use sc_consensus_grandpa::{
	warp_proof::NetworkProvider, FinalityProofProvider, GrandpaParams, SharedVoterState, VotingRulesBuilder,
};
use sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging;
use sc_network::{
	config::FullNetworkConfiguration, service::traits::NetworkService, Event, Multiaddr, NetworkBackend,
	NetworkEventStream,
};
use sc_network_sync::WarpSyncConfig;
use sc_offchain::{OffchainWorkerOptions, OffchainWorkers};
use sc_service::{Configuration, Error, SpawnTaskHandle, TaskManager};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_keystore::KeystorePtr;
use substrate_prometheus_endpoint::Registry;

use super::{
	collector,
	parts::{self, Parts, JUSTIFICATION_PERIOD},
	range, FullClient,
};
use crate::rpc;

/// How long a GRANDPA vote takes to reach the other validators. A round waits up to twice this for prevotes and four times
/// this for precommits, so one round (1.3 s at most) fits into a two-second slot; with the SDK's usual second it would take two
/// slots.
const GOSSIP_DURATION: Duration = Duration::from_millis(333);

/// The part of a slot that may be spent on building a block. The rest is for sending it and for executing it elsewhere before
/// the next author begins.
const PROPOSAL_SLOT_PORTION: f32 = 2.0 / 3.0;

/// Starts a node that uses the network backend `Net`. It runs until the returned task manager is dropped.
pub fn start<Net: NetworkBackend<Block, Hash>>(mut config: Configuration) -> Result<TaskManager, Error> {
	let Parts {
		client,
		backend,
		mut task_manager,
		keystore,
		select_chain,
		import_queue,
		transaction_pool,
		block_import,
		grandpa_link,
		babe_link,
		babe_worker,
		mut telemetry,
	} = parts::open(&mut config)?;

	let test_chain = matches!(config.chain_spec.chain_type(), ChainType::Development | ChainType::Local);
	if test_chain {
		// A test network may have a single other node; on public ones the SDK's minimum of three peers stays.
		config.network.min_peers_to_start_warp_sync = Some(1);
	}

	let role = config.role;
	let keystore = keystore.keystore();
	let prometheus = config.prometheus_registry().cloned();
	let telemetry_handle = telemetry.as_ref().map(|telemetry| telemetry.handle());
	let equivocation_reports = OffchainTransactionPoolFactory::new(transaction_pool.clone());

	let mut net_config = FullNetworkConfiguration::<Block, Hash, Net>::new(&config.network, prometheus.clone());
	let metrics = Net::register_notification_metrics(prometheus.as_ref());
	let grandpa_protocol =
		sc_consensus_grandpa::protocol_standard_name(&client.chain_info().genesis_hash, &config.chain_spec);
	let (grandpa_peers, grandpa_notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<_, Net>(
		grandpa_protocol.clone(),
		metrics.clone(),
		net_config.peer_store_handle(),
	);
	net_config.add_notification_protocol(grandpa_peers);
	let warp_proofs = NetworkProvider::new(backend.clone(), grandpa_link.shared_authority_set().clone(), Vec::new());

	let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
		sc_service::build_network(sc_service::BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: transaction_pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(Arc::new(warp_proofs))),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	task_manager.spawn_essential_handle().spawn_blocking(
		"mmr-gadget",
		None,
		mmr_gadget::MmrGadget::start(client.clone(), backend.clone(), sp_mmr_primitives::INDEXING_PREFIX.to_vec()),
	);

	task_manager.spawn_handle().spawn_blocking("mmr-peaks", None, range::complete(client.clone(), backend.clone()));

	if config.offchain_worker.enabled {
		let workers = OffchainWorkers::new(OffchainWorkerOptions {
			runtime_api_provider: client.clone(),
			keystore: Some(keystore.clone()),
			offchain_db: backend.offchain_storage(),
			transaction_pool: Some(OffchainTransactionPoolFactory::new(transaction_pool.clone())),
			network_provider: Arc::new(network.clone()),
			is_validator: role.is_authority(),
			enable_http_requests: true,
			custom_extensions: |_| Vec::new(),
		})?;
		let spawner = task_manager.spawn_handle();
		task_manager.spawn_handle().spawn(
			"offchain-workers-runner",
			"offchain-worker",
			workers.run(client.clone(), spawner),
		);
		if let Some(registry) = &prometheus {
			let metrics = collector::Metrics::register(registry)?;
			let watch = collector::watch(client.clone(), backend.clone(), metrics);
			task_manager.spawn_handle().spawn("collector-metrics", "offchain-worker", watch);
		}
	}

	if role.is_authority() {
		spawn_authority_discovery(
			&task_manager.spawn_handle(),
			client.clone(),
			network.clone(),
			keystore.clone(),
			DiscoverySettings {
				publish_non_global_ips: config.network.allow_non_globals_in_dht,
				public_addresses: config.network.public_addresses.clone(),
				cache: config.network.net_config_path.clone(),
			},
			prometheus.clone(),
		);
	}

	let voter_state = SharedVoterState::empty();
	let rpc_builder = {
		let deps = rpc::Deps {
			client: client.clone(),
			backend: backend.clone(),
			pool: transaction_pool.clone(),
			select_chain: select_chain.clone(),
			chain_spec: config.chain_spec.cloned_box(),
			keystore: keystore.clone(),
			babe_worker,
			voter_state: voter_state.clone(),
			authority_set: grandpa_link.shared_authority_set().clone(),
			justifications: grandpa_link.justification_stream(),
			finality_proofs: FinalityProofProvider::new_for_service(
				backend.clone(),
				Some(grandpa_link.shared_authority_set().clone()),
			),
		};
		Box::new(move |executor| rpc::create(&deps, executor).map_err(Error::Application))
	};

	let node_name = config.network.node_name.clone();
	let force_authoring = config.force_authoring;
	let disable_grandpa = config.disable_grandpa;
	sc_service::spawn_tasks(sc_service::SpawnTasksParams {
		config,
		client: client.clone(),
		backend,
		task_manager: &mut task_manager,
		keystore: keystore.clone(),
		transaction_pool: transaction_pool.clone(),
		rpc_builder,
		network: network.clone(),
		system_rpc_tx,
		tx_handler_controller,
		sync_service: sync_service.clone(),
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;

	if role.is_authority() {
		let slot_duration = babe_link.config().slot_duration();
		let mut proposer = sc_basic_authorship::ProposerFactory::new(
			task_manager.spawn_handle(),
			client.clone(),
			transaction_pool,
			prometheus.as_ref(),
			telemetry_handle.clone(),
		);
		// The runtime's own limit is the one that counts.
		proposer.set_default_block_size_limit(MAXIMUM_BLOCK_LENGTH as usize);
		let author = sc_consensus_babe::start_babe(BabeParams {
			keystore: keystore.clone(),
			client: client.clone(),
			select_chain,
			env: proposer,
			block_import,
			sync_oracle: sync_service.clone(),
			justification_sync_link: sync_service.clone(),
			create_inherent_data_providers: move |_, ()| async move { Ok(parts::current_slot(slot_duration)) },
			force_authoring,
			backoff_authoring_blocks: authoring_backoff(test_chain),
			babe_link,
			block_proposal_slot_portion: SlotProportion::new(PROPOSAL_SLOT_PORTION),
			max_block_proposal_slot_portion: None,
			telemetry: telemetry_handle.clone(),
		})?;
		task_manager.spawn_essential_handle().spawn_blocking("babe", "block-authoring", author);
	}

	if !disable_grandpa {
		// Every node runs the full voter; without keys it only follows the votes.
		let voter = sc_consensus_grandpa::run_grandpa_voter(GrandpaParams {
			config: sc_consensus_grandpa::Config {
				gossip_duration: GOSSIP_DURATION,
				justification_generation_period: JUSTIFICATION_PERIOD,
				observer_enabled: false,
				local_role: role,
				name: Some(node_name),
				keystore: role.is_authority().then_some(keystore),
				telemetry: telemetry_handle.clone(),
				protocol_name: grandpa_protocol,
			},
			link: grandpa_link,
			network,
			sync: sync_service,
			notification_service: grandpa_notifications,
			voting_rule: VotingRulesBuilder::default().build(),
			prometheus_registry: prometheus,
			shared_voter_state: voter_state,
			telemetry: telemetry_handle,
			offchain_tx_pool_factory: equivocation_reports,
		})?;
		task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
	}

	Ok(task_manager)
}

/// Slows authoring down when finality falls behind, so that a stalled network does not pile up unfinalised blocks. Test chains
/// keep authoring: their validators come and go.
fn authoring_backoff(test_chain: bool) -> Option<BackoffAuthoringOnFinalizedHeadLagging<BlockNumber>> {
	(!test_chain).then(BackoffAuthoringOnFinalizedHeadLagging::default)
}

/// What authority discovery publishes, and where it remembers what it found.
struct DiscoverySettings {
	/// Whether addresses of private networks are published.
	publish_non_global_ips: bool,
	/// Addresses that the operator says are reachable.
	public_addresses: Vec<Multiaddr>,
	/// The folder of the address cache.
	cache: Option<PathBuf>,
}

/// Publishes this validator's signed addresses in the DHT and looks up those of the others.
fn spawn_authority_discovery(
	spawner: &SpawnTaskHandle,
	client: Arc<FullClient>,
	network: Arc<dyn NetworkService>,
	keystore: KeystorePtr,
	settings: DiscoverySettings,
	prometheus: Option<Registry>,
) {
	let dht_events = network.event_stream("authority-discovery").filter_map(|event| async move {
		match event {
			Event::Dht(event) => Some(event),
			_ => None,
		}
	});
	let (worker, _service) = sc_authority_discovery::new_worker_and_service_with_config(
		sc_authority_discovery::WorkerConfig {
			publish_non_global_ips: settings.publish_non_global_ips,
			public_addresses: settings.public_addresses,
			strict_record_validation: true,
			persisted_cache_directory: settings.cache,
			..Default::default()
		},
		client,
		Arc::new(network),
		Box::pin(dht_events),
		sc_authority_discovery::Role::PublishAndDiscover(keystore),
		prometheus,
		spawner.clone(),
	);
	spawner.spawn("authority-discovery-worker", Some("authority-discovery"), worker.run());
}
