// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What other pallets read.

use super::*;
use aivm_traits::{ModelInspect, VersionInfo};

fn info(model: ModelId, version: VersionNumber) -> Option<VersionInfo<AccountId32>> {
	<Registry as ModelInspect<AccountId32>>::version(version_ref(model, version))
}

fn stored_program(model: ModelId, version: VersionNumber) -> Option<Vec<u8>> {
	<Registry as ModelInspect<AccountId32>>::program(version_ref(model, version))
}

#[test]
fn inspect_should_show_state_and_program_when_a_version_moves_through_its_life() {
	run_test(|| {
		let model = register(ALICE);
		let program = program(1);
		let version = publish(ALICE, model, spec(Format::Program, &program));
		let uploading = info(model, version).expect("it exists");
		assert_eq!((uploading.state, uploading.summary), (VersionState::Uploading, None));
		assert_eq!(stored_program(model, version), None);

		upload(ALICE, model, version, &program);
		assert_ok!(Registry::finalise_version(signed(ALICE), model, version));
		assert_ok!(Registry::activate(signed(ALICE), model, version));
		let active = info(model, version).expect("it exists");
		assert_eq!(active.owner, ALICE);
		assert_eq!((active.state, active.format), (VersionState::Active, Format::Program));
		assert_eq!(active.artefact_hash, H256(blake2_256(&program)));
		assert_eq!(active.royalty, RoyaltyTerms { share: Permill::from_percent(10), minimum: 3 });
		assert_eq!(active.summary, record(model, version).summary);
		assert!(active.summary.is_some());
		assert_eq!(stored_program(model, version), Some(program));

		assert_ok!(Registry::transfer_ownership(signed(ALICE), model, BOB));
		assert_ok!(Registry::accept_transfer(signed(BOB), model));
		assert_eq!(info(model, version).map(|info| info.owner), Some(BOB));

		assert_ok!(Registry::revoke(signed(BOB), model, version, reason("wrong")));
		assert_eq!(info(model, version).map(|info| info.state), Some(VersionState::Revoked));
		assert_eq!(stored_program(model, version), None);
	});
}

#[test]
fn inspect_should_show_nothing_when_there_is_no_such_version() {
	run_test(|| {
		let model = register(ALICE);
		assert_eq!(info(model, 1), None);
		assert_eq!(info(model + 1, 1), None);
		assert_eq!(stored_program(model, 1), None);
		publish(ALICE, model, spec(Format::Wasm, b"module"));
		assert_eq!(info(model, 1).map(|info| (info.format, info.summary)), Some((Format::Wasm, None)));
		assert_eq!(stored_program(model, 1), None);
	});
}

#[cfg(feature = "runtime-benchmarks")]
#[test]
fn set_up_program_should_make_an_active_version_when_the_owner_is_poor_and_the_royalty_high() {
	run_test(|| {
		let royalty = RoyaltyTerms { share: Permill::one(), minimum: Balance::MAX };
		let id = <Registry as ModelInspect<AccountId32>>::set_up_program(POOR, program(1), royalty);
		let info = info(id.model, id.version).expect("it exists");
		assert_eq!((info.owner, info.state, info.royalty), (POOR, VersionState::Active, royalty));
		assert!(info.summary.is_some());
		assert_eq!(stored_program(id.model, id.version), Some(program(1)));
		// A second one of the same owner is another model.
		let other = <Registry as ModelInspect<AccountId32>>::set_up_program(POOR, program(2), royalty);
		assert_ne!(other, id);
	});
}
