// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Passing models on.

use super::*;
use frame_support::{assert_noop, storage::with_storage_layer};
use sp_runtime::TokenError;

/// A model of Alice with versions of every kind: uploading, active, revoked, and one without a program.
fn rich_model() -> ModelId {
	let model = register(ALICE);
	let first = program(1);
	let uploading = publish(ALICE, model, spec(Format::Program, &first));
	let chunk = chunks(&first).remove(0).1;
	assert_ok!(Registry::upload_chunk(signed(ALICE), model, uploading, 0, chunk));
	active(ALICE, model, &program(2));
	let revoked = active(ALICE, model, &program(3));
	assert_ok!(Registry::revoke(signed(ALICE), model, revoked, reason("wrong")));
	publish(ALICE, model, spec(Format::Container, b"image"));
	model
}

#[test]
fn transfer_should_move_the_model_and_all_deposits_when_it_is_accepted() {
	run_test(|| {
		let model = rich_model();
		let keep = register(ALICE);
		let deposits = held(&ALICE);
		let kept = Registry::model(keep).expect("it exists").deposit;
		assert_ok!(Registry::transfer_ownership(signed(ALICE), model, BOB));
		assert_last_event(Event::TransferOffered { model, owner: ALICE, to: BOB });
		// An offer moves nothing.
		assert_eq!((held(&ALICE), held(&BOB)), (deposits, [0, 0, 0]));
		assert_eq!(Models::<Test>::get(model).map(|model| model.owner), Some(ALICE));

		let post_info = Registry::accept_transfer(signed(BOB), model).expect("it is offered to Bob");
		assert_eq!(post_info.actual_weight, Some(<() as WeightInfo>::accept_transfer(4)));
		assert_last_event(Event::OwnershipTransferred { model, from: ALICE, to: BOB });
		assert_eq!(held(&ALICE), [kept, 0, 0]);
		assert_eq!(held(&BOB), [deposits[0] - kept, deposits[1], deposits[2]]);
		assert_eq!(Balances::free_balance(ALICE), ALICE_BALANCE - kept);
		assert_eq!(Balances::free_balance(BOB), BOB_BALANCE - held(&BOB).iter().sum::<Balance>());
		let record = Models::<Test>::get(model).expect("it exists");
		assert_eq!((record.owner, record.offered_to), (BOB, None));
		assert_eq!(OwnedModels::<Test>::iter_key_prefix(ALICE).collect::<Vec<_>>(), [keep.to_be_bytes()]);
		assert_eq!(OwnedModels::<Test>::iter_key_prefix(BOB).collect::<Vec<_>>(), [model.to_be_bytes()]);

		// Only the new owner may go on, where the former one stopped.
		let rest = chunks(&program(1)).remove(1);
		assert_noop!(Registry::upload_chunk(signed(ALICE), model, 1, rest.0, rest.1.clone()), Error::<Test>::NotOwner);
		upload(BOB, model, 1, &program(1));
		assert_ok!(Registry::finalise_version(signed(BOB), model, 1));
	});
}

#[test]
fn transfer_should_change_nothing_when_the_new_owner_cannot_pay() {
	run_test(|| {
		let model = rich_model();
		assert_ok!(Registry::transfer_ownership(signed(ALICE), model, POOR));
		let cost = held(&ALICE).iter().sum::<Balance>();
		let accept = || Registry::accept_transfer(signed(POOR), model);

		// All but the last unit: every deposit but one could be paid.
		assert_ok!(Balances::transfer_keep_alive(signed(BOB), POOR, EXISTENTIAL_DEPOSIT + cost - 1));
		assert_noop!(with_storage_layer(|| accept().map_err(|error| error.error)), TokenError::FundsUnavailable);
		let error = with_storage_layer(accept).expect_err("a unit is missing");
		assert_eq!(error.post_info.actual_weight, Some(<() as WeightInfo>::accept_transfer(4)));
		assert_ok!(Balances::transfer_keep_alive(signed(BOB), POOR, 1));
		assert_ok!(accept());
		assert_eq!(Balances::free_balance(POOR), EXISTENTIAL_DEPOSIT);
	});
}

#[test]
fn transfer_ownership_should_replace_the_offer_when_another_was_made() {
	run_test(|| {
		let model = register(ALICE);
		assert_ok!(Registry::transfer_ownership(signed(ALICE), model, CHARLIE));
		assert_ok!(Registry::transfer_ownership(signed(ALICE), model, BOB));
		assert_noop!(
			Registry::accept_transfer(signed(CHARLIE), model).map_err(|error| error.error),
			Error::<Test>::NotOffered
		);
		assert_ok!(Registry::accept_transfer(signed(BOB), model));
	});
}

#[test]
fn transfer_ownership_should_fail_when_the_signer_is_not_the_owner() {
	run_test(|| {
		let model = register(ALICE);
		assert_noop!(Registry::transfer_ownership(signed(BOB), model, BOB), Error::<Test>::NotOwner);
		assert_noop!(Registry::transfer_ownership(signed(ALICE), model + 1, BOB), Error::<Test>::ModelNotFound);
	});
}

#[test]
fn transfer_ownership_should_fail_when_the_new_owner_owns_the_model() {
	run_test(|| {
		let model = register(ALICE);
		assert_noop!(Registry::transfer_ownership(signed(ALICE), model, ALICE), Error::<Test>::AlreadyOwner);
	});
}

#[test]
fn cancel_transfer_should_void_the_offer_when_the_owner_cancels() {
	run_test(|| {
		let model = register(ALICE);
		assert_ok!(Registry::transfer_ownership(signed(ALICE), model, BOB));
		assert_ok!(Registry::cancel_transfer(signed(ALICE), model));
		assert_last_event(Event::TransferCancelled { model, to: BOB });
		assert_noop!(
			Registry::accept_transfer(signed(BOB), model).map_err(|error| error.error),
			Error::<Test>::NotOffered
		);
		assert_noop!(Registry::cancel_transfer(signed(ALICE), model), Error::<Test>::NoTransferOffered);
	});
}

#[test]
fn cancel_transfer_should_fail_when_the_signer_is_not_the_owner() {
	run_test(|| {
		let model = register(ALICE);
		assert_ok!(Registry::transfer_ownership(signed(ALICE), model, BOB));
		assert_noop!(Registry::cancel_transfer(signed(BOB), model), Error::<Test>::NotOwner);
		assert_noop!(Registry::cancel_transfer(signed(ALICE), model + 1), Error::<Test>::ModelNotFound);
	});
}

#[test]
fn accept_transfer_should_fail_when_the_model_is_not_offered_to_the_signer() {
	run_test(|| {
		let model = register(ALICE);
		for who in [ALICE, BOB] {
			let error = Registry::accept_transfer(signed(who), model).expect_err("it is not offered");
			assert_eq!(error.error, Error::<Test>::NotOffered.into());
			assert_eq!(error.post_info.actual_weight, Some(<() as WeightInfo>::accept_transfer(0)));
		}
		assert_noop!(
			Registry::accept_transfer(signed(BOB), model + 1).map_err(|error| error.error),
			Error::<Test>::ModelNotFound
		);
	});
}
