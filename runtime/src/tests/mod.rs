// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tests of the runtime as a whole, on the genesis of its presets.

mod agents;
mod attestation;
mod inference;
mod presets;
mod proofs;
mod upgrade;
mod weights;

use crate::*;
use codec::Encode;
use frame_support::{
	genesis_builder_helper::build_state,
	traits::{OnFinalize, OnInitialize},
};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryPlainPreDigest},
	Slot, BABE_ENGINE_ID,
};
use sp_core::{crypto::Pair as _, sr25519};
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{generic::Era, Digest, DigestItem};

/// The state at the genesis of a preset.
pub fn genesis(preset: &str) -> sp_io::TestExternalities {
	genesis_of(patch_of(preset))
}

/// The production preset, filled in with those who are there at the start of the development chain.
pub fn production() -> sp_io::TestExternalities {
	let (mut production, mut development) = (patch_of("production"), patch_of("development"));
	for part in ["balances", "council", "session", "staking"] {
		production[part] = development[part].take();
	}
	production["attestation"]["collectors"] = development["attestation"]["collectors"].take();
	genesis_of(production)
}

/// A preset, as a JSON patch of the default genesis state.
pub fn patch_of(preset: &str) -> serde_json::Value {
	let patch = genesis_config_presets::get_preset(&PresetId::from(preset)).unwrap();
	serde_json::from_slice(&patch).unwrap()
}

fn genesis_of(patch: serde_json::Value) -> sp_io::TestExternalities {
	let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
	merge(&mut config, patch);
	let mut state = sp_io::TestExternalities::default();
	// As a node does it.
	state.execute_with(|| build_state::<RuntimeGenesisConfig>(serde_json::to_vec(&config).unwrap()).unwrap());
	state
}

fn merge(into: &mut serde_json::Value, patch: serde_json::Value) {
	match (into, patch) {
		(serde_json::Value::Object(into), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(into.entry(key).or_insert(serde_json::Value::Null), value);
			}
		}
		(into, patch) => *into = patch,
	}
}

/// Starts block `number`, authored by the first validator.
pub fn start_block(number: BlockNumber) {
	start_block_on(number, Hash::repeat_byte(number as u8));
}

/// [`start_block`] on a block with this hash.
pub fn start_block_on(number: BlockNumber, parent: Hash) {
	let slot = 1_000 + u64::from(number);
	let author = PreDigest::SecondaryPlain(SecondaryPlainPreDigest { authority_index: 0, slot: Slot::from(slot) });
	let digest = Digest { logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, author.encode())] };
	System::reset_events();
	System::initialize(&number, &parent, &digest);
	AllPalletsWithSystem::on_initialize(number);
	Timestamp::set_timestamp(slot * SLOT_DURATION);
}

/// Ends the block that runs.
pub fn end_block() {
	AllPalletsWithSystem::on_finalize(System::block_number());
}

/// What goes along with a transaction, without a tip.
pub fn extension(era: Era, nonce: Nonce) -> TxExtension {
	(
		frame_system::AuthorizeCall::new(),
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckMortality::from(era),
		frame_system::CheckNonce::from(nonce),
		pallet_transaction_payment::ChargeTransactionPayment::from(0).into(),
		pallet_tasks::CheckInference::new(),
		frame_system::CheckWeight::new(),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
		frame_system::WeightReclaim::new(),
	)
}

/// A transaction that `signer` signed, as it comes from outside.
pub fn signed(signer: Sr25519Keyring, call: RuntimeCall) -> UncheckedExtrinsic {
	signed_by(&signer.pair(), call)
}

/// [`signed`] with any key.
pub fn signed_by(signer: &sr25519::Pair, call: RuntimeCall) -> UncheckedExtrinsic {
	let account = AccountId::from(signer.public());
	let extension = extension(Era::Immortal, System::account_nonce(&account));
	let payload = SignedPayload::new(call, extension).unwrap();
	let signature = payload.using_encoded(|bytes| signer.sign(bytes));
	let (call, extension, _) = payload.deconstruct();
	UncheckedExtrinsic::new_signed(call, account.into(), Signature::Sr25519(signature), extension)
}
