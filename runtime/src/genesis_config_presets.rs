// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Genesis states: two with well-known keys, for development and tests, and the one that a production chain fills in.

use crate::{
	configs::BABE_GENESIS_EPOCH_CONFIG, AccountId, AttestationConfig, BabeConfig, Balance, BalancesConfig,
	CouncilConfig, RuntimeGenesisConfig, SessionConfig, SessionKeys, StakingConfig, UNIT,
};
use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use pallet_staking::{Forcing, StakerStatus};
use sp_authority_discovery::AuthorityId as AuthorityDiscoveryId;
use sp_consensus_babe::AuthorityId as BabeId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::sr25519;
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::Perbill;

/// The genesis state of a production chain, but for those who are there at its start.
pub const PRODUCTION_RUNTIME_PRESET: &str = "production";

/// What each well-known account owns.
const ENDOWMENT: Balance = 10_000_000 * UNIT;
/// What each validator bonds.
const BOND: Balance = 1_000_000 * UNIT;

/// A validator: its account, which is its own stash, and its session keys.
fn validator(name: Sr25519Keyring, finality: Ed25519Keyring) -> (AccountId, SessionKeys) {
	let keys = SessionKeys {
		grandpa: GrandpaId::from(finality.public()),
		babe: BabeId::from(name.public()),
		authority_discovery: AuthorityDiscoveryId::from(name.public()),
	};
	(name.to_account_id(), keys)
}

/// Who is there in the first block, and what else differs between chains.
#[derive(Default)]
struct Start {
	validators: Vec<(AccountId, SessionKeys)>,
	endowed: Vec<AccountId>,
	council: Vec<AccountId>,
	collectors: Vec<sr25519::Public>,
	allow_development: bool,
}

impl Start {
	/// A network with these validators and the well-known accounts.
	fn with_known_keys(validators: Vec<(AccountId, SessionKeys)>) -> Self {
		Self {
			validators,
			endowed: Sr25519Keyring::well_known().map(|key| key.to_account_id()).collect(),
			council: [Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie]
				.map(|key| key.to_account_id())
				.to_vec(),
			collectors: vec![Sr25519Keyring::Alice.public()],
			// A key's word, or what was recorded elsewhere, stands for hardware.
			allow_development: true,
		}
	}

	fn genesis(self) -> serde_json::Value {
		let (known, count) = (&self.validators, self.validators.len() as u32);
		build_struct_json_patch!(RuntimeGenesisConfig {
			balances: BalancesConfig {
				balances: self.endowed.into_iter().map(|account| (account, ENDOWMENT)).collect::<Vec<_>>(),
			},
			attestation: AttestationConfig { allow_development: self.allow_development, collectors: self.collectors },
			babe: BabeConfig { epoch_config: BABE_GENESIS_EPOCH_CONFIG },
			session: SessionConfig {
				keys: known
					.iter()
					.map(|(account, keys)| (account.clone(), account.clone(), keys.clone()))
					.collect::<Vec<_>>(),
			},
			staking: StakingConfig {
				validator_count: count,
				minimum_validator_count: 1,
				stakers: known
					.iter()
					.map(|(account, _)| (account.clone(), account.clone(), BOND, StakerStatus::<AccountId>::Validator))
					.collect::<Vec<_>>(),
				force_era: Forcing::NotForcing,
				slash_reward_fraction: Perbill::from_percent(10),
			},
			council: CouncilConfig { members: self.council },
		})
	}
}

/// The genesis state named `id`, as a JSON patch of the default one.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let start = match id.as_ref() {
		DEV_RUNTIME_PRESET => Start::with_known_keys(vec![validator(Sr25519Keyring::Alice, Ed25519Keyring::Alice)]),
		LOCAL_TESTNET_RUNTIME_PRESET => Start::with_known_keys(vec![
			validator(Sr25519Keyring::Alice, Ed25519Keyring::Alice),
			validator(Sr25519Keyring::Bob, Ed25519Keyring::Bob),
			validator(Sr25519Keyring::Charlie, Ed25519Keyring::Charlie),
			validator(Sr25519Keyring::Dave, Ed25519Keyring::Dave),
		]),
		// Nobody yet: who starts the chain fills in its validators, balances, council and collectors.
		PRODUCTION_RUNTIME_PRESET => Start::default(),
		_ => return None,
	};
	serde_json::to_vec(&start.genesis()).ok()
}

/// Names of the presets.
pub fn preset_names() -> Vec<PresetId> {
	[DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET, PRODUCTION_RUNTIME_PRESET].map(PresetId::from).to_vec()
}
