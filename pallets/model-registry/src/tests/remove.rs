// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Removing versions and models.

use super::*;
use frame_support::assert_noop;

#[test]
fn remove_version_should_restore_the_balance_exactly_when_an_upload_is_aborted() {
	run_test(|| {
		let model = register(ALICE);
		let (before, free) = (held(&ALICE), Balances::free_balance(ALICE));
		let program = program(1);
		let version = publish(ALICE, model, spec(Format::Program, &program));
		upload(ALICE, model, version, &program);
		assert_ne!(held(&ALICE), before);

		let post_info = Registry::remove_version(signed(ALICE), model, version).expect("it was never activated");
		let chunks = chunks(&program).len() as u32;
		assert_eq!(post_info.actual_weight, Some(<() as WeightInfo>::remove_version(chunks)));
		assert_last_event(Event::VersionRemoved { model, version });
		assert_eq!((held(&ALICE), Balances::free_balance(ALICE)), (before, free));
		assert!(!Versions::<Test>::contains_key(model, version));
		assert_eq!(Chunks::<Test>::iter_keys().count(), 0);
		assert_eq!(Models::<Test>::get(model).map(|model| model.version_count), Some(0));
	});
}

#[test]
fn remove_version_should_delete_the_program_when_the_version_is_ready() {
	run_test(|| {
		let model = register(ALICE);
		let (before, free) = (held(&ALICE), Balances::free_balance(ALICE));
		let version = ready(ALICE, model, &program(1));
		let post_info = Registry::remove_version(signed(ALICE), model, version).expect("it was never activated");
		assert_eq!(post_info.actual_weight, Some(<() as WeightInfo>::remove_version(1)));
		assert_eq!((held(&ALICE), Balances::free_balance(ALICE)), (before, free));
		assert!(!Programs::<Test>::contains_key(version_ref(model, version)));
	});
}

#[test]
fn remove_version_should_not_free_the_number_when_the_version_is_gone() {
	run_test(|| {
		let model = register(ALICE);
		let first = publish(ALICE, model, spec(Format::Onnx, b"x"));
		assert_ok!(Registry::remove_version(signed(ALICE), model, first));
		assert_eq!(publish(ALICE, model, spec(Format::Onnx, b"x")), first + 1);
	});
}

#[test]
fn remove_version_should_fail_when_the_version_was_ever_activated_or_revoked() {
	run_test(|| {
		let model = register(ALICE);
		let version = active(ALICE, model, &program(1));
		let assert_in_use = || {
			assert_noop!(
				Registry::remove_version(signed(ALICE), model, version).map_err(|error| error.error),
				Error::<Test>::VersionInUse
			);
		};
		assert_in_use();
		assert_ok!(Registry::deprecate(signed(ALICE), model, version, None));
		assert_in_use();
		assert_ok!(Registry::revoke(signed(ALICE), model, version, reason("wrong")));
		assert_in_use();
	});
}

#[test]
fn remove_version_should_fail_when_the_signer_is_not_the_owner() {
	run_test(|| {
		let model = register(ALICE);
		let version = ready(ALICE, model, &program(1));
		let error = Registry::remove_version(signed(BOB), model, version).expect_err("Bob is not the owner");
		assert_eq!(error.error, Error::<Test>::NotOwner.into());
		assert_eq!(error.post_info.actual_weight, Some(<() as WeightInfo>::remove_version(0)));
		assert!(Versions::<Test>::contains_key(model, version));
	});
}

#[test]
fn remove_version_should_fail_when_there_is_no_such_version() {
	run_test(|| {
		let model = register(ALICE);
		assert_noop!(
			Registry::remove_version(signed(ALICE), model, 1).map_err(|error| error.error),
			Error::<Test>::VersionNotFound
		);
		assert_noop!(
			Registry::remove_version(signed(ALICE), model + 1, 1).map_err(|error| error.error),
			Error::<Test>::ModelNotFound
		);
	});
}

#[test]
fn remove_model_should_restore_the_balance_exactly_when_it_has_no_versions() {
	run_test(|| {
		let model = register(ALICE);
		assert_ne!(held(&ALICE), [0, 0, 0]);
		let version = publish(ALICE, model, spec(Format::Onnx, b"x"));
		assert_ok!(Registry::remove_version(signed(ALICE), model, version));
		assert_ok!(Registry::remove_model(signed(ALICE), model));
		assert_last_event(Event::ModelRemoved { model, owner: ALICE });
		assert_eq!((held(&ALICE), Balances::free_balance(ALICE)), ([0, 0, 0], ALICE_BALANCE));
		assert!(!Models::<Test>::contains_key(model));
		assert_eq!(OwnedModels::<Test>::iter_prefix(ALICE).count(), 0);
		// The id is not used again.
		assert_eq!(register(ALICE), model + 1);
	});
}

#[test]
fn remove_model_should_return_what_was_paid_when_the_price_rose() {
	run_test(|| {
		let model = register(ALICE);
		let paid = held(&ALICE)[0];
		ModelPrice::set(&(ModelPrice::get() * 3));
		register(ALICE);
		assert!(held(&ALICE)[0] > 2 * paid);
		assert_ok!(Registry::remove_model(signed(ALICE), model));
		assert_eq!(held(&ALICE)[0], paid + 2_000);
	});
}

#[test]
fn remove_model_should_fail_when_it_has_versions() {
	run_test(|| {
		let model = register(ALICE);
		publish(ALICE, model, spec(Format::Onnx, b"x"));
		assert_noop!(Registry::remove_model(signed(ALICE), model), Error::<Test>::ModelHasVersions);
		assert_ok!(Registry::revoke(signed(ALICE), model, 1, reason("wrong")));
		assert_noop!(Registry::remove_model(signed(ALICE), model), Error::<Test>::ModelHasVersions);
	});
}

#[test]
fn remove_model_should_fail_when_it_is_not_the_signers() {
	run_test(|| {
		let model = register(ALICE);
		assert_noop!(Registry::remove_model(signed(BOB), model), Error::<Test>::NotOwner);
		assert_noop!(Registry::remove_model(signed(BOB), model + 1), Error::<Test>::ModelNotFound);
	});
}
