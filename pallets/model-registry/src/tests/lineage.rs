// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Parents and ancestors.

use super::*;
use frame_support::assert_noop;

fn derived(seed: u8, parent: VersionRef) -> VersionSpecOf<Test> {
	VersionSpec { parent: Some(parent), ..spec(Format::Onnx, &[seed]) }
}

#[test]
fn publish_version_should_take_the_parent_when_it_is_usable() {
	run_test(|| {
		let theirs = register(BOB);
		let parent = version_ref(theirs, active(BOB, theirs, &program(1)));
		let mine = register(ALICE);
		// A version of another owner's model.
		publish(ALICE, mine, derived(1, parent));
		assert_ok!(Registry::deprecate(signed(BOB), theirs, parent.version, None));
		// A deprecated one.
		publish(ALICE, mine, derived(2, parent));
		assert_eq!(record(mine, 2).spec.parent, Some(parent));
	});
}

#[test]
fn publish_version_should_fail_when_the_parent_does_not_exist() {
	run_test(|| {
		let model = register(ALICE);
		let version = publish(ALICE, model, spec(Format::Onnx, b"x"));
		assert_ok!(Registry::activate(signed(ALICE), model, version));
		// Its own future number does not exist either.
		for parent in [version_ref(model + 1, version), version_ref(model, version + 1), version_ref(model, 0)] {
			assert_noop!(
				Registry::publish_version(signed(ALICE), model, derived(1, parent)),
				Error::<Test>::ParentNotFound
			);
		}
	});
}

#[test]
fn publish_version_should_fail_when_the_parent_is_not_usable() {
	run_test(|| {
		let model = register(ALICE);
		let uploading = publish(ALICE, model, spec(Format::Program, &program(1)));
		let ready = ready(ALICE, model, &program(2));
		let revoked = active(ALICE, model, &program(3));
		assert_ok!(Registry::revoke(signed(ALICE), model, revoked, reason("wrong")));
		for parent in [uploading, ready, revoked] {
			assert_noop!(
				Registry::publish_version(signed(ALICE), model, derived(1, version_ref(model, parent))),
				Error::<Test>::ParentNotUsable
			);
		}
	});
}

#[test]
fn lineage_should_list_the_ancestors_when_a_version_has_some() {
	run_test(|| {
		let model = register(ALICE);
		let mut parent = None;
		for seed in 0..MAX_PAGE + 3 {
			let spec = VersionSpec { parent, ..spec(Format::Onnx, &[seed as u8]) };
			let version = publish(ALICE, model, spec);
			assert_ok!(Registry::activate(signed(ALICE), model, version));
			parent = Some(version_ref(model, version));
		}
		let last = MAX_PAGE + 3;
		let numbers = |version, limit| {
			Registry::lineage(model, version, limit).into_iter().map(|view| view.id.version).collect::<Vec<_>>()
		};
		assert_eq!(numbers(1, 10), Vec::<u32>::new());
		assert_eq!(numbers(3, 10), [2, 1]);
		assert_eq!(numbers(3, 1), [2]);
		// No page is longer than the hard limit; the rest follows from its last entry.
		assert_eq!(numbers(last, 1_000), [last - 1, last - 2, last - 3, last - 4]);
		assert_eq!(numbers(last - 4, 1_000), [2, 1]);
		assert_eq!(numbers(last + 1, 10), Vec::<u32>::new());

		// An ancestor that was revoked later still shows.
		assert_ok!(Registry::revoke(signed(ALICE), model, 2, reason("wrong")));
		let ancestors = Registry::lineage(model, 3, 10);
		assert_eq!(ancestors.first().map(|view| view.state), Some(VersionState::Revoked));
		assert_eq!(ancestors.len(), 2);
	});
}
