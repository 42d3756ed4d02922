// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Registering models.

use super::*;
use frame_support::assert_noop;
use sp_runtime::TokenError;

#[test]
fn register_model_should_store_the_model_when_the_name_is_good() {
	run_test(|| {
		assert_ok!(Registry::register_model(signed(ALICE), name("Handwritten digits")));
		assert_last_event(Event::ModelRegistered { model: 0, owner: ALICE, name: name("Handwritten digits") });
		let model = Models::<Test>::get(0).expect("the model is stored");
		assert_eq!((model.owner, model.next_version, model.version_count), (ALICE, 1, 0));
		assert_eq!((model.offered_to, model.default_version), (None, None));
		assert!(OwnedModels::<Test>::contains_key(ALICE, 0u32.to_be_bytes()));
		assert_eq!(NextModelId::<Test>::get(), 1);
	});
}

#[test]
fn register_model_should_give_another_id_when_the_name_is_taken() {
	run_test(|| {
		assert_eq!(register(ALICE), 0);
		assert_eq!(register(BOB), 1);
		assert_eq!(Models::<Test>::get(1).expect("the model is stored").owner, BOB);
	});
}

#[test]
fn register_model_should_fail_when_the_name_is_not_readable() {
	run_test(|| {
		for bad in [&b""[..], b" ", b" digits", b"digits ", b"di\ngits", b"di\0gits", b"\xff\xfe", "\u{85}x".as_bytes()]
		{
			let bad: NameOf<Test> = bad.to_vec().try_into().expect("the name is short");
			assert_noop!(Registry::register_model(signed(ALICE), bad), Error::<Test>::InvalidName);
		}
		assert_ok!(Registry::register_model(signed(ALICE), name("Ziffern für Zürich")));
	});
}

#[test]
fn register_model_should_fail_when_the_owner_cannot_pay_the_deposit() {
	run_test(|| {
		assert_noop!(Registry::register_model(signed(POOR), name("digits")), TokenError::FundsUnavailable);
	});
}

#[test]
fn register_model_should_fail_when_ids_are_used_up() {
	run_test(|| {
		NextModelId::<Test>::put(u32::MAX);
		assert_noop!(Registry::register_model(signed(ALICE), name("digits")), Error::<Test>::IdsExhausted);
	});
}

#[test]
fn register_model_should_fail_when_the_origin_is_not_signed() {
	run_test(|| {
		assert_noop!(
			Registry::register_model(RuntimeOrigin::root(), name("digits")),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}
