// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Transactions that somebody else pays for.

use aivm_traits::AssetKind;
use codec::Encode;
use frame_system::CheckNonce;
use pallet_meta_tx::{MetaTx as Meta, MetaTxMarker};
use pallet_verify_signature::VerifySignature;
use sp_core::Pair;
use sp_runtime::traits::TransactionExtension;

use crate::{mock::*, AsAgent, Event, Refusal};

/// A meta-transaction that a session key signed.
fn meta(number: u8, nonce: u32, call: RuntimeCall) -> RuntimeCall {
	let bare: MetaBareExtension = (MetaTxMarker::new(), CheckNonce::from(nonce), AsAgent::new(()));
	let payload = (0_u8, &call, &bare, bare.implicit().unwrap()).using_encoded(sp_io::hashing::blake2_256);
	let signature = pair(number).sign(&payload).into();
	let extension = (VerifySignature::new_with_signature(signature, key(number)), bare);
	let meta_tx = Meta::new(call, 0, extension);
	let meta_tx_encoded_len = meta_tx.encoded_size() as u32;
	pallet_meta_tx::Call::dispatch { meta_tx: Box::new(meta_tx), meta_tx_encoded_len }.into()
}

/// Whether a relayer's transaction succeeds, and what Bob and the agent paid.
fn relay(call: RuntimeCall) -> (bool, u128, u128) {
	let before = (free(&bob()), free(&agent()));
	let ok = send(&bob(), call).unwrap().is_ok();
	(ok, before.0 - free(&bob()), before.1 - free(&agent()))
}

#[test]
fn session_key_should_act_without_a_fee_when_a_relayer_pays() {
	run_session(|| {
		let (ok, relayed, paid) = relay(meta(1, 0, transfer(&carol(), 3 * UNIT)));
		assert!(ok && relayed > 0);
		assert_eq!(paid, 3 * UNIT);
		assert_eq!(Policy::spent(0, AssetKind::Native).day, 3 * UNIT);
		// The nonce is the key's only one.
		assert_eq!(System::account_nonce(key(1)), 1);
		passes(&key(1), remark(1));
	});
}

#[test]
fn meta_transaction_should_fail_without_a_trace_when_it_breaks_a_rule() {
	run_session(|| {
		for call in [transfer(&carol(), 10 * UNIT + 1), batch(vec![remark(1)]), crate::Call::freeze { agent: 0 }.into()]
		{
			let (ok, relayed, paid) = relay(meta(1, 0, call));
			assert!(!ok && relayed > 0 && paid == 0);
			assert_eq!(System::account_nonce(key(1)), 0);
		}
		assert_eq!(Policy::spent(0, AssetKind::Native).day, 0);
	});
}

#[test]
fn meta_transaction_should_fail_when_it_is_sent_again() {
	run_session(|| {
		let once = meta(1, 0, transfer(&carol(), UNIT));
		assert!(relay(once.clone()).0);
		assert!(!relay(once).0);
		assert_eq!(free(&carol()), FUNDS + UNIT);
	});
}

#[test]
fn meta_transaction_should_fail_when_somebody_else_signed_it() {
	run_session(|| {
		let bare: MetaBareExtension = (MetaTxMarker::new(), CheckNonce::from(0), AsAgent::new(()));
		let call = transfer(&carol(), UNIT);
		let payload = (0_u8, &call, &bare, bare.implicit().unwrap()).using_encoded(sp_io::hashing::blake2_256);
		let extension = (VerifySignature::new_with_signature(pair(2).sign(&payload).into(), key(1)), bare);
		let meta_tx = Box::new(Meta::new(call, 0, extension));
		let meta_tx_encoded_len = meta_tx.encoded_size() as u32;
		assert!(!relay(pallet_meta_tx::Call::dispatch { meta_tx, meta_tx_encoded_len }.into()).0);
	});
}

#[test]
fn act_should_be_measured_when_it_comes_in_a_meta_transaction() {
	run_session(|| {
		let (ok, _, paid) = relay(meta(1, 0, act(shop::Call::buy { price: 4 * UNIT })));
		assert!(ok && paid == 4 * UNIT);
		let (ok, _, paid) = relay(meta(1, 1, act(shop::Call::buy { price: 11 * UNIT })));
		assert!(ok && paid == 0);
		assert!(matches!(last_event(), Event::Refused { rule: Refusal::AboveTransactionLimit, .. }));
		assert_eq!(Policy::spent(0, AssetKind::Native).day, 4 * UNIT);
	});
}

#[test]
fn meta_transactions_should_be_checked_one_by_one_when_a_relayer_batches_them() {
	run_session(|| {
		add_key(2, policy());
		let (ok, _, paid) = relay(batch(vec![
			meta(1, 0, transfer(&carol(), 10 * UNIT)),
			meta(2, 0, transfer(&carol(), 10 * UNIT)),
			meta(1, 1, transfer(&carol(), 10 * UNIT)),
		]));
		assert!(ok && paid == 30 * UNIT);
		let (ok, _, paid) = relay(batch(vec![
			meta(1, 2, transfer(&carol(), 10 * UNIT)),
			meta(2, 1, transfer(&carol(), 10 * UNIT)),
			meta(1, 3, transfer(&carol(), 10 * UNIT)),
		]));
		assert!(!ok && paid == 0, "the third one is above the day's limit");
	});
}

#[test]
fn session_key_should_not_relay_when_it_signs_itself() {
	run_session(|| {
		add_key(2, policy());
		let hidden = meta(2, 0, transfer(&carol(), UNIT));
		assert_eq!(refused(&key(1), hidden.clone()), Refusal::CallForbidden);
		assert_eq!(refused(&key(1), act(batch(vec![hidden]))), Refusal::CallForbidden);
	});
}
