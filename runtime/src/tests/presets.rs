// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn presets_should_have_their_validators_with_stake_and_keys() {
	for (preset, count) in [("development", 1), ("local_testnet", 4)] {
		genesis(preset).execute_with(|| {
			assert_eq!(Session::validators().len(), count, "{preset}");
			assert_eq!(Babe::authorities().len(), count, "{preset}");
			assert_eq!(Grandpa::grandpa_authorities().len(), count, "{preset}");
			assert_eq!(AuthorityDiscovery::authorities().len(), count, "{preset}");
			assert!(pallet_staking::Invulnerables::<Runtime>::get().is_empty(), "{preset} has nobody above the rules");
			for validator in Session::validators() {
				let ledger = Staking::ledger(sp_staking::StakingAccount::Stash(validator)).unwrap();
				assert!(ledger.active > 0);
			}
		});
	}
}

#[test]
fn production_preset_should_name_nobody_and_allow_no_development() {
	let patch = patch_of("production");
	assert_eq!(patch["attestation"], serde_json::json!({ "allowDevelopment": false, "collectors": [] }));
	for list in ["/balances/balances", "/council/members", "/session/keys", "/staking/stakers"] {
		assert_eq!(patch.pointer(list).unwrap(), &serde_json::json!([]), "{list}");
	}
	// With validators it starts.
	production().execute_with(|| {
		assert_eq!(Session::validators().len(), 1);
		assert!(!pallet_attestation::AllowDevelopment::<Runtime>::get());
	});
}

#[test]
fn every_preset_that_is_named_should_exist_and_no_other() {
	for name in genesis_config_presets::preset_names() {
		assert!(genesis_config_presets::get_preset(&name).is_some());
	}
	assert!(genesis_config_presets::get_preset(&PresetId::from("mainnet")).is_none());
}
