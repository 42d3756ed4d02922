// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Uploading programs.

use super::*;
use frame_support::assert_noop;

/// A model of Alice with one version that is being uploaded, and its program.
fn uploading() -> (ModelId, VersionNumber, Vec<u8>) {
	let program = program(1);
	assert!(program.len() as u32 > 2 * CHUNK_BYTES && !(program.len() as u32).is_multiple_of(CHUNK_BYTES));
	let model = register(ALICE);
	let version = publish(ALICE, model, spec(Format::Program, &program));
	(model, version, program)
}

#[test]
fn upload_chunk_should_store_the_chunk_when_it_fits() {
	run_test(|| {
		let (model, version, program) = uploading();
		for (index, bytes) in chunks(&program) {
			assert_ok!(Registry::upload_chunk(signed(ALICE), model, version, index, bytes.clone()));
			let hash = H256(blake2_256(&bytes));
			assert_last_event(Event::ChunkUploaded { model, version, index, hash });
			assert_eq!(Chunks::<Test>::get(version_ref(model, version), index), Some(bytes));
		}
	});
}

#[test]
fn upload_chunk_should_take_no_deposit_when_publication_took_it() {
	run_test(|| {
		let (model, version, program) = uploading();
		let before = (held(&ALICE), Balances::free_balance(ALICE));
		assert_eq!(before.0[2], PROGRAM_BASE + PROGRAM_PER_BYTE * program.len() as Balance);
		upload(ALICE, model, version, &program);
		assert_eq!((held(&ALICE), Balances::free_balance(ALICE)), before);
	});
}

#[test]
fn upload_chunk_should_work_when_chunks_come_out_of_order() {
	run_test(|| {
		let (model, version, program) = uploading();
		for (index, bytes) in chunks(&program).into_iter().rev() {
			assert_ok!(Registry::upload_chunk(signed(ALICE), model, version, index, bytes));
		}
		assert_ok!(Registry::finalise_version(signed(ALICE), model, version));
		assert_eq!(Programs::<Test>::get(version_ref(model, version)).map(|p| p.into_inner()), Some(program));
	});
}

#[test]
fn upload_chunk_should_replace_the_chunk_when_it_comes_again() {
	run_test(|| {
		let (model, version, program) = uploading();
		upload(ALICE, model, version, &super::program(2));
		assert_noop!(
			Registry::finalise_version(signed(ALICE), model, version).map_err(|error| error.error),
			Error::<Test>::ArtefactHashMismatch
		);
		upload(ALICE, model, version, &program);
		upload(ALICE, model, version, &program);
		assert_ok!(Registry::finalise_version(signed(ALICE), model, version));
	});
}

#[test]
fn upload_should_resume_when_it_was_interrupted() {
	run_test(|| {
		let (model, version, program) = uploading();
		let chunks = chunks(&program);
		let status = Registry::upload_status(model, version).expect("the upload is in progress");
		assert_eq!(status.program_bytes as usize, program.len());
		assert_eq!((status.chunk_bytes, status.chunks as usize), (CHUNK_BYTES, chunks.len()));
		assert_eq!(status.last_chunk_bytes as usize, program.len() % CHUNK_BYTES as usize);
		assert!(status.received.is_empty());
		assert_eq!(status.missing, (0..status.chunks).collect::<Vec<_>>());

		// Chunk 0 arrives, and chunk 2 arrives from the wrong file.
		let wrong = super::chunks(&super::program(2)).remove(2).1;
		assert_ok!(Registry::upload_chunk(signed(ALICE), model, version, 2, wrong));
		assert_ok!(Registry::upload_chunk(signed(ALICE), model, version, 0, chunks[0].1.clone()));

		// The client comes back and sends what is missing or differs.
		let status = Registry::upload_status(model, version).expect("the upload is in progress");
		let mut to_send = status.missing;
		assert_eq!(to_send, (0..status.chunks).filter(|index| ![0, 2].contains(index)).collect::<Vec<_>>());
		for received in status.received {
			if received.hash != H256(blake2_256(&chunks[received.index as usize].1)) {
				to_send.push(received.index);
			}
		}
		assert_eq!(to_send.last(), Some(&2));
		for index in to_send {
			let bytes = chunks[index as usize].1.clone();
			assert_ok!(Registry::upload_chunk(signed(ALICE), model, version, index, bytes));
		}
		assert_eq!(Registry::upload_status(model, version).map(|status| status.missing), Some(Vec::new()));
		assert_ok!(Registry::finalise_version(signed(ALICE), model, version));
		assert_eq!(Registry::upload_status(model, version), None);
	});
}

#[test]
fn upload_chunk_should_fail_when_its_size_is_wrong() {
	run_test(|| {
		let (model, version, program) = uploading();
		let chunks = chunks(&program);
		let last = chunks.len() - 1;
		let resized = |index: usize, by: i32| {
			let mut bytes = chunks[index].1.to_vec();
			bytes.resize((bytes.len() as i32 + by) as usize, 0);
			bytes.try_into().expect("a chunk fits")
		};
		for (index, by) in [(0, -1), (0, -(CHUNK_BYTES as i32)), (last, -1), (last, 1)] {
			assert_noop!(
				Registry::upload_chunk(signed(ALICE), model, version, index as u32, resized(index, by)),
				Error::<Test>::ChunkSizeMismatch
			);
		}
	});
}

#[test]
fn upload_chunk_should_fail_when_its_place_is_beyond_the_program() {
	run_test(|| {
		let (model, version, program) = uploading();
		let chunks = chunks(&program);
		for index in [chunks.len() as u32, u32::MAX] {
			assert_noop!(
				Registry::upload_chunk(signed(ALICE), model, version, index, chunks[0].1.clone()),
				Error::<Test>::ChunkIndexTooHigh
			);
		}
		// A program of exactly two chunks has no third one, not even an empty one.
		let artefact = [1; 2 * CHUNK_BYTES as usize];
		let version = publish(ALICE, model, spec(Format::Program, &artefact));
		assert_noop!(
			Registry::upload_chunk(signed(ALICE), model, version, 2, ChunkOf::<Test>::default()),
			Error::<Test>::ChunkIndexTooHigh
		);
	});
}

#[test]
fn upload_chunk_should_fail_when_the_signer_is_not_the_owner() {
	run_test(|| {
		let (model, version, program) = uploading();
		let bytes = chunks(&program).remove(0).1;
		assert_noop!(Registry::upload_chunk(signed(BOB), model, version, 0, bytes), Error::<Test>::NotOwner);
	});
}

#[test]
fn upload_chunk_should_fail_when_there_is_no_such_version() {
	run_test(|| {
		let (model, version, program) = uploading();
		let bytes = chunks(&program).remove(0).1;
		assert_noop!(
			Registry::upload_chunk(signed(ALICE), model + 1, version, 0, bytes.clone()),
			Error::<Test>::ModelNotFound
		);
		assert_noop!(
			Registry::upload_chunk(signed(ALICE), model, version + 1, 0, bytes),
			Error::<Test>::VersionNotFound
		);
	});
}

#[test]
fn upload_chunk_should_fail_when_the_version_is_not_being_uploaded() {
	run_test(|| {
		let (model, version, program) = uploading();
		upload(ALICE, model, version, &program);
		assert_ok!(Registry::finalise_version(signed(ALICE), model, version));
		let onnx = publish(ALICE, model, spec(Format::Onnx, &program));
		let bytes = chunks(&program).remove(0).1;
		for version in [version, onnx] {
			assert_noop!(
				Registry::upload_chunk(signed(ALICE), model, version, 0, bytes.clone()),
				Error::<Test>::NotUploading
			);
		}
	});
}
