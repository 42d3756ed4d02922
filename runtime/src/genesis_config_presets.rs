// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Genesis states with well-known keys, for development and tests.

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
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::Perbill;

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

fn genesis(validators: Vec<(AccountId, SessionKeys)>) -> serde_json::Value {
	let endowed: Vec<AccountId> = Sr25519Keyring::well_known().map(|key| key.to_account_id()).collect();
	let count = validators.len() as u32;
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig {
			balances: endowed.into_iter().map(|account| (account, ENDOWMENT)).collect::<Vec<_>>(),
		},
		// For development: a key's word, or what was recorded elsewhere, stands for hardware.
		attestation: AttestationConfig { allow_development: true, collectors: vec![Sr25519Keyring::Alice.public()] },
		babe: BabeConfig { epoch_config: BABE_GENESIS_EPOCH_CONFIG },
		session: SessionConfig {
			keys: validators
				.iter()
				.map(|(account, keys)| (account.clone(), account.clone(), keys.clone()))
				.collect::<Vec<_>>(),
		},
		staking: StakingConfig {
			validator_count: count,
			minimum_validator_count: 1,
			stakers: validators
				.iter()
				.map(|(account, _)| (account.clone(), account.clone(), BOND, StakerStatus::<AccountId>::Validator))
				.collect::<Vec<_>>(),
			force_era: Forcing::NotForcing,
			slash_reward_fraction: Perbill::from_percent(10),
		},
		council: CouncilConfig {
			members: vec![
				Sr25519Keyring::Alice.to_account_id(),
				Sr25519Keyring::Bob.to_account_id(),
				Sr25519Keyring::Charlie.to_account_id(),
			],
		},
	})
}

/// The genesis state named `id`, as a JSON patch of the default one.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let patch = match id.as_ref() {
		DEV_RUNTIME_PRESET => genesis(vec![validator(Sr25519Keyring::Alice, Ed25519Keyring::Alice)]),
		LOCAL_TESTNET_RUNTIME_PRESET => genesis(vec![
			validator(Sr25519Keyring::Alice, Ed25519Keyring::Alice),
			validator(Sr25519Keyring::Bob, Ed25519Keyring::Bob),
			validator(Sr25519Keyring::Charlie, Ed25519Keyring::Charlie),
			validator(Sr25519Keyring::Dave, Ed25519Keyring::Dave),
		]),
		_ => return None,
	};
	serde_json::to_vec(&patch).ok()
}

/// Names of the presets.
pub fn preset_names() -> Vec<PresetId> {
	vec![PresetId::from(DEV_RUNTIME_PRESET), PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET)]
}
