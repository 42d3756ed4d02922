// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Chain specifications: the three that are built in, and those read from JSON files.
//!
//! Genesis lives in the runtime's presets; a built-in specification only names the preset. No specification lists telemetry
//! endpoints, so a node reports to nobody unless `--telemetry-url` is given.

use std::path::PathBuf;

use aivm_runtime::{genesis_config_presets::PRODUCTION_RUNTIME_PRESET, opaque::Block};
use sc_chain_spec::{ChainSpecExtension, ChainType, Properties};
use serde::{Deserialize, Serialize};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};

/// The symbol of the native token.
const TOKEN_SYMBOL: &str = "AIVM";
/// How many decimals the native token has: one AIVM is 10^12 of its smallest unit.
const TOKEN_DECIMALS: u8 = 12;
/// The prefix of addresses in text form.
const SS58_PREFIX: u16 = 42;
/// The prefix of the chain's network protocols.
const PROTOCOL_ID: &str = "aivm";

/// Parts of a specification that only nodes read.
#[derive(Default, Clone, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub struct Extensions {
	/// Heights at which only the given block is accepted.
	pub fork_blocks: sc_client_api::ForkBlocks<Block>,
	/// Blocks that are never accepted.
	pub bad_blocks: sc_client_api::BadBlocks<Block>,
	/// A recent finalised state for light clients; `sync_state_genSyncSpec` fills it in.
	pub light_sync_state: sc_sync_state_rpc::LightSyncStateExtension,
}

/// A specification of an AIVM chain.
pub type ChainSpec = sc_service::GenericChainSpec<Extensions>;

/// Finds the specification that `--chain` names: `dev`, `local` (also when nothing is given), `production`, or a path to a JSON
/// file.
///
/// `production` is a template without validators: export it, and fill them in.
///
/// # Errors
/// Says which names exist when `id` is neither one of them nor a readable file, and where a file is malformed.
pub fn load(id: &str) -> Result<ChainSpec, String> {
	match id {
		"dev" => built_in("AIVM Development", "aivm_dev", ChainType::Development, DEV_RUNTIME_PRESET),
		"" | "local" => built_in("AIVM Local Testnet", "aivm_local", ChainType::Local, LOCAL_TESTNET_RUNTIME_PRESET),
		"production" => built_in("AIVM", "aivm", ChainType::Live, PRODUCTION_RUNTIME_PRESET),
		path => {
			let path = PathBuf::from(path);
			if !path.is_file() {
				return Err(format!(
					"there is no chain `{id}`: give `dev`, `local`, `production`, or the path of an existing chain \
					 specification in JSON (`export-chain-spec` writes one)"
				));
			}
			ChainSpec::from_json_file(path)
				.map_err(|error| format!("cannot use the chain specification `{id}`: {error}"))
		}
	}
}

/// A specification whose genesis is a preset of the runtime in this binary.
fn built_in(name: &str, id: &str, chain_type: ChainType, preset: &str) -> Result<ChainSpec, String> {
	let wasm = aivm_runtime::WASM_BINARY.ok_or_else(|| {
		"this binary was built without the WASM runtime (SKIP_WASM_BUILD was set), so it knows no chain of its own: \
		 build it without that variable, or give a raw chain specification with `--chain <file>`"
			.to_string()
	})?;
	Ok(ChainSpec::builder(wasm, Extensions::default())
		.with_name(name)
		.with_id(id)
		.with_chain_type(chain_type)
		.with_genesis_config_preset_name(preset)
		.with_protocol_id(PROTOCOL_ID)
		.with_properties(properties())
		.build())
}

/// What wallets and explorers need to show amounts and addresses.
fn properties() -> Properties {
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), TOKEN_SYMBOL.into());
	properties.insert("tokenDecimals".into(), TOKEN_DECIMALS.into());
	properties.insert("ss58Format".into(), SS58_PREFIX.into());
	properties
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_runtime::BuildStorage;

	#[test]
	fn built_in_specs_should_build_genesis_and_have_no_telemetry() {
		for (id, chain_type) in [("dev", ChainType::Development), ("local", ChainType::Local), ("", ChainType::Local)] {
			let spec = load(id).unwrap();
			assert!(spec.telemetry_endpoints().is_none());
			assert_eq!(sc_chain_spec::ChainSpec::chain_type(&spec), chain_type);
			assert_eq!(spec.properties()["tokenSymbol"], "AIVM");
			assert_eq!(spec.properties()["tokenDecimals"], 12);
			assert_eq!(spec.properties()["ss58Format"], 42);
			let storage = spec.build_storage().unwrap();
			assert!(storage.top.contains_key(sp_core::storage::well_known_keys::CODE));
		}
	}

	#[test]
	fn load_should_name_the_known_chains_when_the_chain_is_unknown() {
		let error = load("mainnet").err().unwrap();
		assert!(error.contains("no chain `mainnet`"), "{error}");
		for known in ["`dev`", "`local`", "`production`", "JSON"] {
			assert!(error.contains(known), "{error}");
		}
	}

	#[test]
	fn load_should_name_the_file_when_it_is_not_a_spec() {
		let file = tempfile::NamedTempFile::new().unwrap();
		std::fs::write(file.path(), "{}").unwrap();
		let path = file.path().to_string_lossy().to_string();
		let error = load(&path).err().unwrap();
		assert!(error.contains(&path), "{error}");
	}

	#[test]
	fn load_should_read_an_exported_spec() {
		let exported = load("dev").unwrap().as_json(true).unwrap();
		let file = tempfile::NamedTempFile::new().unwrap();
		std::fs::write(file.path(), exported).unwrap();
		let spec = load(&file.path().to_string_lossy()).unwrap();
		assert_eq!(spec.id(), "aivm_dev");
		assert_eq!(spec.protocol_id(), Some("aivm"));
	}
}
