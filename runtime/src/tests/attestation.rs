// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Attestations on the runtime as a whole.

use super::*;
use aivm_attestation::{development::Development, Binding, Kind, Subject, Window};
use frame_support::{assert_ok, traits::Get};
use frame_system::offchain::CreateAuthorizedTransaction;
use pallet_attestation::{Call, DevicesEvidence, Error, Evidence, MachineEvidence};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionSource};

/// A development attestation of Bob that answers its challenge.
fn evidence() -> Evidence {
	let provider = Sr25519Keyring::Bob.to_account_id();
	let nonce = Attestation::challenge(provider.clone()).unwrap().nonce;
	let genesis = System::block_hash(0).0;
	let binding = Binding { genesis, provider: provider.into(), subject: Subject::Nonce(nonce) };
	let now = Timestamp::get() / 1_000;
	let mut development = Development {
		key: Sr25519Keyring::Bob.public().0,
		claim: [5; 32],
		report_data: binding.report_data(&[]),
		window: Window { from: now, until: now + 3_600 },
		signature: [0; 64],
	};
	development.signature = Sr25519Keyring::Bob.sign(&development.message()).0;
	Evidence::Machine { machine: MachineEvidence::Development(development), devices: DevicesEvidence::new() }
}

fn collected(collector: Sr25519Keyring) -> UncheckedExtrinsic {
	let (provider, evidence) = (Sr25519Keyring::Bob.to_account_id(), evidence());
	let digest = Attestation::collection_digest(&provider, 0, &evidence);
	let call = Call::<Runtime>::attest_collected {
		provider,
		period: 0,
		evidence: Box::new(evidence),
		collector: collector.public(),
		signature: collector.sign(&digest),
	};
	<Runtime as CreateAuthorizedTransaction<Call<Runtime>>>::create_authorized_transaction(call.into())
}

fn serve() {
	let url = b"http://127.0.0.1:1".to_vec().try_into().unwrap();
	let provider = RuntimeOrigin::signed(Sr25519Keyring::Bob.to_account_id());
	assert_ok!(Attestation::set_endpoint(provider, url, Kind::Development, None));
}

#[test]
fn collectors_transaction_should_be_recorded_without_a_fee() {
	genesis("development").execute_with(|| {
		start_block(1);
		serve();
		let issuance = Balances::total_issuance();
		let free = Balances::free_balance(Sr25519Keyring::Bob.to_account_id());
		let transaction = collected(Sr25519Keyring::Alice);
		let valid = Executive::validate_transaction(TransactionSource::External, transaction.clone(), Hash::zero());
		assert_eq!(valid.unwrap().provides.len(), 1);
		assert_ok!(Executive::apply_extrinsic(transaction.clone()).unwrap());
		let provider = Sr25519Keyring::Bob.to_account_id();
		assert_eq!(Attestation::valid_kinds(provider.clone()), [Kind::Development]);
		let held = free - Balances::free_balance(&provider);
		assert_eq!(Balances::reserved_balance(&provider) - held, {
			let record = pallet_attestation::Endpoints::<Runtime>::get(&provider).unwrap();
			record.deposit
		});
		assert_eq!(Balances::total_issuance(), issuance);
		// The same once more.
		assert_eq!(Executive::apply_extrinsic(transaction), Err(InvalidTransaction::Custom(133).into()));
		end_block();
	});
}

#[test]
fn strangers_transaction_should_be_refused() {
	genesis("development").execute_with(|| {
		start_block(1);
		serve();
		let refused = Executive::apply_extrinsic(collected(Sr25519Keyring::Bob));
		assert_eq!(refused, Err(InvalidTransaction::Custom(130).into()));
	});
}

#[test]
fn development_attestations_should_be_allowed_by_the_presets_for_development_only() {
	let provider = || RuntimeOrigin::signed(Sr25519Keyring::Bob.to_account_id());
	for preset in ["development", "local_testnet"] {
		genesis(preset).execute_with(|| {
			start_block(1);
			assert_ok!(Attestation::attest(provider(), Box::new(evidence()), None));
		});
	}
	production().execute_with(|| {
		start_block(1);
		let refused = Err(Error::<Runtime>::DevelopmentNotAllowed.into());
		assert_eq!(Attestation::attest(provider(), Box::new(evidence()), None), refused);
		let url = b"http://127.0.0.1:1".to_vec().try_into().unwrap();
		assert_eq!(Attestation::set_endpoint(provider(), url, Kind::Development, None), refused);
	});
	// What a genesis state does not say is off.
	let default = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
	assert_eq!(default["attestation"]["allowDevelopment"], false);
}

#[test]
fn records_should_outlive_two_periods() {
	let period: u32 = <Runtime as pallet_attestation::Config>::Period::get();
	let seconds = u64::from(period) * SLOT_DURATION / 1_000;
	assert!(<<Runtime as pallet_attestation::Config>::MaxAge as Get<u64>>::get() > 2 * seconds);
}
