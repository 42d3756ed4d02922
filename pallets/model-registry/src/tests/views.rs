// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! View functions.

use super::*;

fn ids(page: Page<ModelViewOf<Test>>) -> (Vec<ModelId>, Option<u32>) {
	(page.items.into_iter().map(|model| model.id).collect(), page.next)
}

fn numbers(page: Page<VersionViewOf<Test>>) -> (Vec<VersionNumber>, Option<u32>) {
	(page.items.into_iter().map(|version| version.id.version).collect(), page.next)
}

#[test]
fn model_should_show_the_record_when_it_exists() {
	run_test(|| {
		let id = register(ALICE);
		let version = active(ALICE, id, &program(1));
		assert_ok!(Registry::transfer_ownership(signed(ALICE), id, BOB));
		assert_eq!(
			Registry::model(id),
			Some(ModelView {
				id,
				owner: ALICE,
				offered_to: Some(BOB),
				name: name("digits"),
				default_version: Some(version),
				next_version: 2,
				version_count: 1,
				deposit: held(&ALICE)[0],
			})
		);
		assert_eq!(Registry::model(id + 1), None);
		assert_eq!(Registry::active_version(id), Some(version));
		assert_eq!(Registry::active_version(id + 1), None);
	});
}

#[test]
fn version_should_show_the_record_when_it_exists() {
	run_test(|| {
		let model = register(ALICE);
		let version = active(ALICE, model, &program(1));
		let stored = record(model, version);
		let [_, deposit, program_deposit] = held(&ALICE);
		assert_eq!(
			Registry::version(model, version),
			Some(VersionView {
				id: version_ref(model, version),
				spec: stored.spec,
				state: VersionState::Active,
				summary: stored.summary,
				revocation: None,
				deposit,
				program_deposit,
			})
		);
		assert_eq!(Registry::version(model, version + 1), None);
		assert_eq!(Registry::version(model + 1, version), None);
	});
}

#[test]
fn models_should_list_every_model_once_when_paged() {
	run_test(|| {
		for _ in 0..7 {
			register(ALICE);
		}
		assert_ok!(Registry::remove_model(signed(ALICE), 2));
		assert_eq!(ids(Registry::models(0, 3)), (vec![0, 1], Some(3)));
		assert_eq!(ids(Registry::models(3, 3)), (vec![3, 4, 5], Some(6)));
		assert_eq!(ids(Registry::models(6, 3)), (vec![6], None));
		// The hard limit, a limit of 0, and starts beyond the end.
		assert_eq!(ids(Registry::models(0, u32::MAX)), (vec![0, 1, 3], Some(MAX_PAGE)));
		assert_eq!(ids(Registry::models(0, 0)), (vec![0], Some(1)));
		assert_eq!(ids(Registry::models(3, MAX_PAGE)), (vec![3, 4, 5, 6], None));
		assert_eq!(ids(Registry::models(7, 3)), (vec![], None));
		assert_eq!(ids(Registry::models(u32::MAX, 3)), (vec![], None));
	});
}

#[test]
fn models_of_should_list_the_owners_models_in_order_when_paged() {
	run_test(|| {
		// So many that the second-lowest byte of the id matters for the order.
		NextModelId::<Test>::put(253);
		for _ in 0..6 {
			register(ALICE);
			register(BOB);
		}
		assert_eq!(ids(Registry::models_of(ALICE, 0, 4)), (vec![253, 255, 257, 259], Some(261)));
		assert_eq!(ids(Registry::models_of(ALICE, 261, 4)), (vec![261, 263], None));
		assert_eq!(ids(Registry::models_of(ALICE, 254, 1)), (vec![255], Some(257)));
		assert_eq!(ids(Registry::models_of(ALICE, 255, 1)), (vec![255], Some(257)));
		assert_eq!(ids(Registry::models_of(BOB, 0, u32::MAX)), (vec![254, 256, 258, 260], Some(262)));
		assert_eq!(ids(Registry::models_of(BOB, 0, 0)), (vec![254], Some(256)));
		assert_eq!(ids(Registry::models_of(ALICE, 264, 4)), (vec![], None));
		assert_eq!(ids(Registry::models_of(CHARLIE, 0, 4)), (vec![], None));
	});
}

#[test]
fn versions_should_list_every_version_once_when_paged() {
	run_test(|| {
		let model = register(ALICE);
		for seed in 0..7 {
			publish(ALICE, model, spec(Format::Onnx, &[seed]));
		}
		assert_ok!(Registry::remove_version(signed(ALICE), model, 3));
		assert_eq!(numbers(Registry::versions(model, 0, 3)), (vec![1, 2], Some(4)));
		assert_eq!(numbers(Registry::versions(model, 4, 3)), (vec![4, 5, 6], Some(7)));
		assert_eq!(numbers(Registry::versions(model, 7, 3)), (vec![7], None));
		assert_eq!(numbers(Registry::versions(model, 1, u32::MAX)), (vec![1, 2, 4], Some(1 + MAX_PAGE)));
		assert_eq!(numbers(Registry::versions(model, 8, 3)), (vec![], None));
		assert_eq!(numbers(Registry::versions(model, u32::MAX, 3)), (vec![], None));
		assert_eq!(numbers(Registry::versions(model + 1, 1, 3)), (vec![], None));
	});
}

#[test]
fn upload_status_should_be_nothing_when_nothing_is_uploaded() {
	run_test(|| {
		let model = register(ALICE);
		publish(ALICE, model, spec(Format::Onnx, b"x"));
		assert_eq!(Registry::upload_status(model, 1), None);
		assert_eq!(Registry::upload_status(model, 2), None);
		assert_eq!(Registry::upload_status(model + 1, 1), None);
	});
}
