// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Storage that was broken on purpose.

use super::*;

/// A rich and consistent state, on which each test then breaks one thing.
fn consistent() -> [VersionRef; 4] {
	let model = register(ALICE);
	register(BOB);
	let program = program(1);
	let uploading = publish(ALICE, model, spec(Format::Program, &program));
	let (index, bytes) = chunks(&program).remove(0);
	assert_ok!(Registry::upload_chunk(signed(ALICE), model, uploading, index, bytes));
	let active = active(ALICE, model, &super::program(2));
	let revoked = super::active(ALICE, model, &super::program(3));
	assert_ok!(Registry::deprecate(signed(ALICE), model, revoked, Some(active)));
	assert_ok!(Registry::revoke(signed(ALICE), model, revoked, reason("wrong")));
	let plain = publish(ALICE, model, spec(Format::Wasm, b"module"));
	[uploading, active, revoked, plain].map(|version| version_ref(model, version))
}

/// Breaks the consistent state and asserts what `do_try_state` says.
fn assert_detected(message: &'static str, break_it: impl FnOnce([VersionRef; 4])) {
	new_test_ext().execute_with(|| {
		let versions = consistent();
		assert_ok!(Registry::do_try_state());
		break_it(versions);
		assert_eq!(Registry::do_try_state(), Err(message.into()));
	});
}

fn change_model(change: impl FnOnce(&mut ModelOf<Test>)) {
	Models::<Test>::mutate(0, |model| change(model.as_mut().expect("the model exists")));
}

fn change(id: VersionRef, change: impl FnOnce(&mut VersionOf<Test>)) {
	Versions::<Test>::mutate(id.model, id.version, |version| change(version.as_mut().expect("the version exists")));
}

#[test]
fn try_state_should_fail_when_a_hold_is_not_the_sum_of_the_tickets() {
	use frame_support::traits::{fungible::MutateHold, tokens::Precision::Exact};
	const MESSAGE: &str = "a hold is not the sum of the deposit tickets";
	for reason in [HoldReason::Model, HoldReason::Version, HoldReason::Program] {
		// Too much, too little, and something where nothing should be.
		assert_detected(MESSAGE, |_| {
			assert_ok!(Balances::hold(&reason.into(), &ALICE, 1));
		});
		assert_detected(MESSAGE, |_| {
			assert_ok!(Balances::release(&reason.into(), &ALICE, 1, Exact));
		});
		assert_detected(MESSAGE, |_| {
			assert_ok!(Balances::hold(&reason.into(), &CHARLIE, 1));
		});
	}
}

#[test]
fn try_state_should_fail_when_a_ticket_belongs_to_nobody() {
	assert_detected("an account that does not exist has deposit tickets", |_| {
		change_model(|model| model.owner = POOR);
		OwnedModels::<Test>::remove(ALICE, 0u32.to_be_bytes());
		OwnedModels::<Test>::insert(POOR, 0u32.to_be_bytes(), ());
		// Alice's holds must not be noticed first.
		for reason in [HoldReason::Model, HoldReason::Version, HoldReason::Program] {
			use frame_support::traits::{fungible::MutateHold, tokens::Precision::Exact};
			assert_ok!(Balances::release_all(&reason.into(), &ALICE, Exact));
		}
	});
}

#[test]
fn try_state_should_fail_when_counters_are_wrong() {
	assert_detected("a model's id is not below the counter", |_| NextModelId::<Test>::put(1));
	assert_detected("the version count is not the number of versions", |_| {
		change_model(|model| model.version_count += 1);
	});
	assert_detected("a version's number is 0 or not below the counter", |_| {
		change_model(|model| model.next_version = 4);
	});
	assert_detected("a version's number is 0 or not below the counter", |[uploading, ..]| {
		let version = Versions::<Test>::take(0, uploading.version).expect("it exists");
		Versions::<Test>::insert(0, 0, version);
	});
}

#[test]
fn try_state_should_fail_when_the_index_by_owner_is_wrong() {
	assert_detected("a model is not in the index of its owner", |_| {
		OwnedModels::<Test>::remove(ALICE, 0u32.to_be_bytes());
	});
	assert_detected("the index names another owner", |_| {
		OwnedModels::<Test>::insert(BOB, 0u32.to_be_bytes(), ());
	});
	assert_detected("the index names a model that does not exist", |_| {
		OwnedModels::<Test>::insert(BOB, 2u32.to_be_bytes(), ());
	});
}

#[test]
fn try_state_should_fail_when_a_model_points_to_the_wrong_thing() {
	assert_detected("a model is offered to its own owner", |_| {
		change_model(|model| model.offered_to = Some(ALICE));
	});
	assert_detected("the default version does not exist", |_| change_model(|model| model.default_version = Some(9)));
	assert_detected("the default version is not active", |[_, _, revoked, _]| {
		change_model(|model| model.default_version = Some(revoked.version));
	});
	assert_detected("a version belongs to no model", |_| {
		Models::<Test>::remove(0);
		OwnedModels::<Test>::remove(ALICE, 0u32.to_be_bytes());
	});
}

#[test]
fn try_state_should_fail_when_a_version_points_to_the_wrong_thing() {
	assert_detected("a parent does not exist", |[uploading, ..]| {
		change(uploading, |version| version.spec.parent = Some(version_ref(0, 9)));
	});
	assert_detected("a version is its own parent", |[uploading, ..]| {
		change(uploading, |version| version.spec.parent = Some(uploading));
	});
	let deprecate = |active: VersionRef, successor| {
		change_model(|model| model.default_version = None);
		change(active, |version| version.state = VersionState::Deprecated { successor: Some(successor) });
	};
	assert_detected("a version is its own successor", |[_, active, ..]| deprecate(active, active.version));
	assert_detected("a successor does not exist", |[_, active, ..]| deprecate(active, 9));
}

#[test]
fn try_state_should_fail_when_a_part_does_not_fit_the_state() {
	assert_detected("the revocation does not fit the state", |[_, active, ..]| {
		change(active, |version| {
			version.revocation = Some(Revocation { by: Revoker::Owner, reason: reason("wrong") });
		});
	});
	assert_detected("the revocation does not fit the state", |[_, _, revoked, _]| {
		change(revoked, |version| version.revocation = None);
	});
	assert_detected("the program deposit does not fit the state", |[_, active, ..]| {
		change(active, |version| version.program_deposit = None);
	});
	assert_detected("the program deposit does not fit the state", |[uploading, _, revoked, _]| {
		let ticket = record(0, uploading.version).program_deposit;
		change(revoked, |version| version.program_deposit = ticket);
	});
	assert_detected("a version without a program is being uploaded", |[.., plain]| {
		change(plain, |version| version.state = VersionState::Uploading);
	});
	assert_detected("the summary does not fit the state", |[_, active, ..]| {
		change(active, |version| version.summary = None);
	});
	assert_detected("a version without a program has a summary", |[_, active, _, plain]| {
		let summary = record(0, active.version).summary;
		change(plain, |version| {
			version.summary = summary;
			version.state = VersionState::Revoked;
			version.revocation = Some(Revocation { by: Revoker::Owner, reason: reason("wrong") });
		});
	});
}

#[test]
fn try_state_should_fail_when_a_program_is_not_what_was_published() {
	assert_detected("the stored program does not fit the state", |[_, active, ..]| Programs::<Test>::remove(active));
	assert_detected("the stored program does not fit the state", |[_, active, revoked, _]| {
		let program = Programs::<Test>::get(active).expect("it exists");
		Programs::<Test>::insert(revoked, program);
	});
	assert_detected("a program does not have the published size", |[_, active, ..]| {
		Programs::<Test>::mutate(active, |program| assert!(program.as_mut().expect("it exists").pop().is_some()));
	});
	assert_detected("a program does not have the published hash", |[_, active, ..]| {
		let other = program(9).try_into().expect("it fits");
		Programs::<Test>::insert(active, ProgramOf::<Test>::from(other));
	});
	assert_detected("a program does not validate to its summary", |[_, active, ..]| {
		change(active, |version| version.summary.as_mut().expect("it is validated").cost.macs += 1);
	});
	assert_detected("a program belongs to no version", |[_, active, ..]| {
		let program = Programs::<Test>::get(active).expect("it exists");
		Programs::<Test>::insert(version_ref(1, 1), program);
	});
}

#[test]
fn try_state_should_fail_when_a_chunk_is_out_of_place() {
	let chunk = || ChunkOf::<Test>::try_from(vec![1; CHUNK_BYTES as usize]).expect("a chunk fits");
	assert_detected("a chunk belongs to no version", |_| {
		Chunks::<Test>::insert(version_ref(1, 1), 0, chunk());
	});
	assert_detected("a chunk belongs to a version that is not being uploaded", |[_, active, ..]| {
		Chunks::<Test>::insert(active, 0, chunk());
	});
	assert_detected("a chunk has no place", |[uploading, ..]| {
		Chunks::<Test>::insert(uploading, 99, chunk());
	});
	assert_detected("a chunk has the wrong size", |[uploading, ..]| {
		Chunks::<Test>::mutate(uploading, 0, |chunk| assert!(chunk.as_mut().expect("it exists").pop().is_some()));
	});
}
