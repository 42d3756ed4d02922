// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Activating, deprecating and revoking versions.

use super::*;
use frame_support::assert_noop;
use sp_runtime::DispatchError;

const NO: Option<VersionNumber> = None;

fn default_version(model: ModelId) -> Option<VersionNumber> {
	Registry::active_version(model)
}

fn state(model: ModelId, version: VersionNumber) -> VersionState {
	record(model, version).state
}

/// A model of Alice with one version in each state: uploading, ready, active, deprecated, revoked.
fn all_states() -> (ModelId, [VersionNumber; 5]) {
	let model = register(ALICE);
	let uploading = publish(ALICE, model, spec(Format::Program, &program(1)));
	let ready = ready(ALICE, model, &program(2));
	let deprecated = active(ALICE, model, &program(3));
	let revoked = active(ALICE, model, &program(4));
	let active = active(ALICE, model, &program(5));
	assert_ok!(Registry::deprecate(signed(ALICE), model, deprecated, NO));
	assert_ok!(Registry::revoke(signed(ALICE), model, revoked, reason("wrong")));
	(model, [uploading, ready, active, deprecated, revoked])
}

#[test]
fn activate_should_offer_the_version_and_make_it_the_default_when_it_is_ready() {
	run_test(|| {
		let model = register(ALICE);
		let first = ready(ALICE, model, &program(1));
		assert_eq!(default_version(model), None);
		assert_ok!(Registry::activate(signed(ALICE), model, first));
		assert_last_event(Event::VersionActivated { model, version: first });
		assert_eq!((state(model, first), default_version(model)), (VersionState::Active, Some(first)));

		let second = publish(ALICE, model, spec(Format::Wasm, b"module"));
		assert_ok!(Registry::activate(signed(ALICE), model, second));
		assert_eq!((state(model, first), default_version(model)), (VersionState::Active, Some(second)));
	});
}

#[test]
fn activate_should_take_a_deprecation_back_when_the_version_is_deprecated() {
	run_test(|| {
		let (model, [_, _, active, deprecated, _]) = all_states();
		assert_eq!(default_version(model), Some(active));
		assert_ok!(Registry::activate(signed(ALICE), model, deprecated));
		assert_eq!((state(model, deprecated), default_version(model)), (VersionState::Active, Some(deprecated)));
	});
}

#[test]
fn activate_should_fail_when_the_state_forbids_it() {
	run_test(|| {
		let (model, [uploading, _, active, _, revoked]) = all_states();
		for (version, error) in [
			(uploading, Error::<Test>::NotReady),
			(active, Error::AlreadyActive),
			(revoked, Error::Revoked),
			(99, Error::VersionNotFound),
		] {
			assert_noop!(Registry::activate(signed(ALICE), model, version), error);
		}
		assert_noop!(Registry::activate(signed(ALICE), model + 1, active), Error::<Test>::ModelNotFound);
	});
}

#[test]
fn activate_should_fail_when_the_signer_is_not_the_owner() {
	run_test(|| {
		let (model, [_, ready, ..]) = all_states();
		assert_noop!(Registry::activate(signed(BOB), model, ready), Error::<Test>::NotOwner);
	});
}

#[test]
fn deprecate_should_make_the_successor_the_default_when_the_default_is_deprecated() {
	run_test(|| {
		let model = register(ALICE);
		let first = active(ALICE, model, &program(1));
		let second = active(ALICE, model, &program(2));
		assert_ok!(Registry::deprecate(signed(ALICE), model, second, Some(first)));
		assert_last_event(Event::VersionDeprecated { model, version: second, successor: Some(first) });
		assert_eq!(state(model, second), VersionState::Deprecated { successor: Some(first) });
		assert_eq!(default_version(model), Some(first));
		assert!(state(model, second).is_runnable());
	});
}

#[test]
fn deprecate_should_leave_the_default_alone_when_another_version_is_deprecated() {
	run_test(|| {
		let model = register(ALICE);
		let first = active(ALICE, model, &program(1));
		let second = active(ALICE, model, &program(2));
		let third = active(ALICE, model, &program(3));
		assert_ok!(Registry::deprecate(signed(ALICE), model, first, Some(second)));
		assert_eq!(default_version(model), Some(third));
	});
}

#[test]
fn deprecate_should_leave_no_default_when_there_is_no_successor() {
	run_test(|| {
		let model = register(ALICE);
		let only = active(ALICE, model, &program(1));
		assert_ok!(Registry::deprecate(signed(ALICE), model, only, NO));
		assert_eq!(default_version(model), None);
	});
}

#[test]
fn deprecate_should_name_another_successor_when_the_version_is_deprecated_already() {
	run_test(|| {
		let (model, [_, _, active, deprecated, _]) = all_states();
		assert_ok!(Registry::deprecate(signed(ALICE), model, deprecated, Some(active)));
		assert_eq!(state(model, deprecated), VersionState::Deprecated { successor: Some(active) });
		assert_eq!(default_version(model), Some(active));
	});
}

#[test]
fn deprecate_should_fail_when_the_state_forbids_it() {
	run_test(|| {
		let (model, [uploading, ready, active, _, revoked]) = all_states();
		for (version, error) in [
			(uploading, Error::<Test>::NotActive),
			(ready, Error::NotActive),
			(revoked, Error::Revoked),
			(99, Error::VersionNotFound),
		] {
			assert_noop!(Registry::deprecate(signed(ALICE), model, version, NO), error);
		}
		assert_noop!(Registry::deprecate(signed(ALICE), model + 1, active, NO), Error::<Test>::ModelNotFound);
	});
}

#[test]
fn deprecate_should_fail_when_the_successor_is_not_another_active_version() {
	run_test(|| {
		let (model, [uploading, ready, active, deprecated, revoked]) = all_states();
		let other_model = register(ALICE);
		for _ in 0..7 {
			publish(ALICE, other_model, spec(Format::Onnx, b"x"));
		}
		assert_ok!(Registry::activate(signed(ALICE), other_model, 7));
		for successor in [uploading, ready, deprecated, revoked, 7] {
			assert_noop!(
				Registry::deprecate(signed(ALICE), model, active, Some(successor)),
				Error::<Test>::SuccessorNotActive
			);
		}
		assert_noop!(Registry::deprecate(signed(ALICE), model, active, Some(active)), Error::<Test>::SuccessorIsSelf);
	});
}

#[test]
fn deprecate_should_fail_when_the_signer_is_not_the_owner() {
	run_test(|| {
		let (model, [_, _, active, ..]) = all_states();
		assert_noop!(Registry::deprecate(signed(BOB), model, active, NO), Error::<Test>::NotOwner);
	});
}

#[test]
fn successors_should_never_form_a_circle_when_versions_change_places() {
	run_test(|| {
		let model = register(ALICE);
		let first = active(ALICE, model, &program(1));
		let second = active(ALICE, model, &program(2));
		assert_ok!(Registry::deprecate(signed(ALICE), model, first, Some(second)));
		assert_noop!(Registry::deprecate(signed(ALICE), model, second, Some(first)), Error::<Test>::SuccessorNotActive);
		// Rolling back takes the first edge away before the second one appears.
		assert_ok!(Registry::activate(signed(ALICE), model, first));
		assert_ok!(Registry::deprecate(signed(ALICE), model, second, Some(first)));
		assert_eq!(state(model, first), VersionState::Active);
	});
}

#[test]
fn revoke_should_delete_the_program_and_keep_the_record_when_the_owner_revokes() {
	run_test(|| {
		let model = register(ALICE);
		let [model_deposit, ..] = held(&ALICE);
		let version = active(ALICE, model, &program(1));
		let before = record(model, version);
		let [_, version_deposit, program_deposit] = held(&ALICE);
		let free = Balances::free_balance(ALICE);
		let post_info = Registry::revoke(signed(ALICE), model, version, reason("leaks data")).expect("the owner may");
		assert_eq!(post_info.actual_weight, Some(<() as WeightInfo>::revoke(1)));
		assert_last_event(Event::VersionRevoked { model, version, by: Revoker::Owner, reason: reason("leaks data") });

		let after = record(model, version);
		assert_eq!(after.state, VersionState::Revoked);
		assert_eq!(after.revocation, Some(Revocation { by: Revoker::Owner, reason: reason("leaks data") }));
		assert_eq!((after.spec, after.summary), (before.spec, before.summary));
		assert!(!Programs::<Test>::contains_key(version_ref(model, version)));
		assert_eq!(default_version(model), None);
		assert_eq!(held(&ALICE), [model_deposit, version_deposit, 0]);
		assert_eq!(Balances::free_balance(ALICE), free + program_deposit);
	});
}

#[test]
fn revoke_should_return_the_deposit_to_the_owner_when_governance_revokes() {
	run_test(|| {
		let (model, [_, _, active, deprecated, _]) = all_states();
		let [_, _, before] = held(&ALICE);
		let deposit = record(model, active).program_deposit.expect("it has a program").amount();
		assert_ok!(Registry::revoke(RuntimeOrigin::root(), model, active, reason("court order")));
		assert_last_event(Event::VersionRevoked {
			model,
			version: active,
			by: Revoker::Governance,
			reason: reason("court order"),
		});
		assert_eq!(held(&ALICE)[2], before - deposit);
		// Another version is not the default, and the default is not replaced by guessing.
		assert_eq!((default_version(model), state(model, deprecated).is_runnable()), (None, true));
	});
}

#[test]
fn revoke_should_leave_the_default_alone_when_another_version_is_revoked() {
	run_test(|| {
		let (model, [_, _, active, deprecated, _]) = all_states();
		assert_ok!(Registry::revoke(signed(ALICE), model, deprecated, reason("wrong")));
		assert_eq!(default_version(model), Some(active));
	});
}

#[test]
fn revoke_should_delete_the_chunks_when_the_version_is_being_uploaded() {
	run_test(|| {
		let model = register(ALICE);
		let program = program(1);
		let version = publish(ALICE, model, spec(Format::Program, &program));
		upload(ALICE, model, version, &program);
		let post_info =
			Registry::revoke(RuntimeOrigin::root(), model, version, reason("illegal")).expect("governance may");
		assert_eq!(post_info.actual_weight, Some(<() as WeightInfo>::revoke(chunks(&program).len() as u32)));
		assert_eq!(Chunks::<Test>::iter_keys().count(), 0);
		assert_eq!((state(model, version), held(&ALICE)[2]), (VersionState::Revoked, 0));
	});
}

#[test]
fn revoke_should_work_when_the_version_has_no_program() {
	run_test(|| {
		let model = register(ALICE);
		let version = publish(ALICE, model, spec(Format::Container, b"image"));
		let post_info = Registry::revoke(signed(ALICE), model, version, reason("wrong")).expect("the owner may");
		assert_eq!(post_info.actual_weight, Some(<() as WeightInfo>::revoke(0)));
		assert_eq!(state(model, version), VersionState::Revoked);
	});
}

#[test]
fn revoke_should_fail_when_the_version_is_revoked_already() {
	run_test(|| {
		let (model, [.., revoked]) = all_states();
		for origin in [signed(ALICE), RuntimeOrigin::root()] {
			let error = Registry::revoke(origin, model, revoked, reason("again")).expect_err("it is final");
			assert_eq!(error.error, Error::<Test>::Revoked.into());
			assert_eq!(error.post_info.actual_weight, Some(<() as WeightInfo>::revoke(0)));
		}
	});
}

#[test]
fn revoke_should_fail_when_the_reason_says_nothing() {
	run_test(|| {
		let (model, [_, _, active, ..]) = all_states();
		for bad in [&b""[..], b"  ", b"\xff"] {
			let bad: ReasonOf<Test> = bad.to_vec().try_into().expect("the reason is short");
			assert_noop!(
				Registry::revoke(signed(ALICE), model, active, bad).map_err(|error| error.error),
				Error::<Test>::InvalidReason
			);
		}
	});
}

#[test]
fn revoke_should_fail_when_the_origin_has_no_right() {
	run_test(|| {
		let (model, [_, _, active, ..]) = all_states();
		for (origin, error) in
			[(signed(BOB), Error::<Test>::NotOwner.into()), (RuntimeOrigin::none(), DispatchError::BadOrigin)]
		{
			assert_noop!(Registry::revoke(origin, model, active, reason("no")).map_err(|error| error.error), error);
		}
	});
}

#[test]
fn revoke_should_fail_when_there_is_no_such_version() {
	run_test(|| {
		let (model, [_, _, active, ..]) = all_states();
		for origin in [signed(ALICE), RuntimeOrigin::root()] {
			assert_noop!(
				Registry::revoke(origin.clone(), model + 1, active, reason("no")).map_err(|error| error.error),
				Error::<Test>::ModelNotFound
			);
			assert_noop!(
				Registry::revoke(origin, model, 99, reason("no")).map_err(|error| error.error),
				Error::<Test>::VersionNotFound
			);
		}
	});
}
