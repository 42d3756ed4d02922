// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Finalising versions.

use super::*;
use frame_support::{assert_noop, assert_storage_noop, dispatch::DispatchErrorWithPostInfo};

/// A model of Alice with one version for `artefact`, completely uploaded.
fn uploaded(artefact: &[u8]) -> (ModelId, VersionNumber) {
	let model = register(ALICE);
	let version = publish(ALICE, model, spec(Format::Program, artefact));
	upload(ALICE, model, version, artefact);
	(model, version)
}

/// Asserts that finalising fails with `error`, changes nothing, and costs what the chunks cost.
fn assert_not_finalised(who: AccountId32, model: ModelId, version: VersionNumber, chunks: u32, error: Error<Test>) {
	let result = Registry::finalise_version(signed(who.clone()), model, version);
	let DispatchErrorWithPostInfo { post_info, error: given } = result.expect_err("finalising fails");
	assert_eq!(given, error.into());
	assert_eq!(post_info.actual_weight, Some(<() as WeightInfo>::finalise_version(chunks)));
	assert_storage_noop!({
		let _ = frame_support::storage::with_storage_layer(|| {
			Registry::finalise_version(signed(who), model, version).map_err(|error| error.error)
		});
	});
}

#[test]
fn finalise_version_should_store_the_program_when_everything_is_right() {
	run_test(|| {
		let program = program(1);
		let (model, version) = uploaded(&program);
		let before = held(&ALICE);
		let post_info = Registry::finalise_version(signed(ALICE), model, version).expect("the program is good");

		assert_last_event(Event::VersionFinalised { model, version, artefact_hash: H256(blake2_256(&program)) });
		let id = version_ref(model, version);
		assert_eq!(Programs::<Test>::get(id).map(|program| program.into_inner()), Some(program.clone()));
		assert_eq!(Chunks::<Test>::iter_prefix(id).count(), 0);
		let record = record(model, version);
		assert_eq!(record.state, VersionState::Ready);
		let (_, summary) = aivm_inference::Program::decode_and_validate(&program, &ProgramLimits::get())
			.expect("the program is valid");
		assert_eq!(record.summary, Some(summary));
		// The deposit for the chunks is now the one for the program.
		assert_eq!(held(&ALICE), before);

		let chunks = chunks(&program).len() as u32;
		assert_eq!(post_info.actual_weight, Some(<() as WeightInfo>::finalise_version(chunks)));
		assert!(<() as WeightInfo>::finalise_version(chunks)
			.all_lte(<() as WeightInfo>::finalise_version(Pallet::<Test>::max_chunks())));
	});
}

#[test]
fn finalise_version_should_fail_when_a_chunk_is_missing() {
	run_test(|| {
		let program = program(1);
		let count = chunks(&program).len() as u32;
		for missing in 0..count {
			let (model, version) = uploaded(&program);
			Chunks::<Test>::remove(version_ref(model, version), missing);
			assert_not_finalised(ALICE, model, version, count, Error::ChunkMissing);
		}
	});
}

#[test]
fn finalise_version_should_fail_when_the_hash_is_wrong() {
	run_test(|| {
		let program = program(1);
		let model = register(ALICE);
		let artefact_hash = H256::repeat_byte(7);
		let version = publish(ALICE, model, VersionSpec { artefact_hash, ..spec(Format::Program, &program) });
		upload(ALICE, model, version, &program);
		let count = chunks(&program).len() as u32;
		assert_not_finalised(ALICE, model, version, count, Error::ArtefactHashMismatch);
	});
}

#[test]
fn finalise_version_should_name_the_fault_when_the_program_is_invalid() {
	run_test(|| {
		let good = program(1);
		let truncated = good[..good.len() - 1].to_vec();
		let longer = [good.as_slice(), &[0]].concat();
		let mut other_format = good.clone();
		other_format[0] = 200;
		for (artefact, fault) in [
			(longer, ProgramFault::TrailingBytes),
			(other_format, ProgramFault::UnsupportedVersion(200)),
			(truncated.clone(), fault_of(&truncated)),
		] {
			let (model, version) = uploaded(&artefact);
			let count = chunks(&artefact).len() as u32;
			assert_not_finalised(ALICE, model, version, count, Error::InvalidProgram(fault));
		}
	});
}

/// The fault that the program's own crate finds.
fn fault_of(bytes: &[u8]) -> ProgramFault {
	let error = aivm_inference::Program::decode_and_validate(bytes, &ProgramLimits::get());
	ProgramFault::from(&error.expect_err("the program is invalid"))
}

#[test]
fn finalise_version_should_fail_when_the_signer_is_not_the_owner() {
	run_test(|| {
		let (model, version) = uploaded(&program(1));
		assert_not_finalised(BOB, model, version, 0, Error::NotOwner);
	});
}

#[test]
fn finalise_version_should_fail_when_there_is_nothing_to_finalise() {
	run_test(|| {
		let program = program(1);
		let (model, version) = uploaded(&program);
		assert_not_finalised(ALICE, model + 1, version, 0, Error::ModelNotFound);
		assert_not_finalised(ALICE, model, version + 1, 0, Error::VersionNotFound);
		assert_ok!(Registry::finalise_version(signed(ALICE), model, version));
		assert_not_finalised(ALICE, model, version, 0, Error::NotUploading);
		let onnx = publish(ALICE, model, spec(Format::Onnx, &program));
		assert_not_finalised(ALICE, model, onnx, 0, Error::NotUploading);
	});
}

#[test]
fn finalise_version_should_fail_when_the_origin_is_not_signed() {
	run_test(|| {
		let (model, version) = uploaded(&program(1));
		assert_noop!(
			Registry::finalise_version(RuntimeOrigin::none(), model, version).map_err(|error| error.error),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}
