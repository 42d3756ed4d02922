// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Helpers of the tests.

use aivm_traits::{Balance, Format, ModelId, RoyaltyTerms, VersionNumber, VersionRef, VersionState};
use frame_support::{assert_ok, traits::fungible::InspectHold};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{AccountId32, Permill};

use crate::{mock::*, *};

mod cid;
mod deposits;
mod fault;
mod finalise;
mod inspect;
mod lifecycle;
mod lineage;
mod manifest;
mod programs;
mod publish;
mod random;
mod register;
mod remove;
mod transfer;
mod try_state;
mod upload;
mod views;
mod worst_case;

pub fn signed(who: AccountId32) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn name(text: &str) -> NameOf<Test> {
	text.as_bytes().to_vec().try_into().expect("the name is short")
}

pub fn reason(text: &str) -> ReasonOf<Test> {
	text.as_bytes().to_vec().try_into().expect("the reason is short")
}

/// A specification for `artefact` in `format`, with a manifest, licence and royalty, without a parent.
pub fn spec(format: Format, artefact: &[u8]) -> VersionSpecOf<Test> {
	let manifest_hash = H256(blake2_256(&[b"manifest of ", artefact].concat()));
	VersionSpec {
		manifest_cid: manifest_cid(&manifest_hash).try_into().expect("a CID fits"),
		manifest_hash,
		artefact_hash: H256(blake2_256(artefact)),
		artefact_size: artefact.len() as u64,
		format,
		licence: b"Apache-2.0 OR MIT".to_vec().try_into().expect("the licence is short"),
		parent: None,
		royalty: RoyaltyTerms { share: Permill::from_percent(10), minimum: 3 },
	}
}

/// A valid program of more than two chunks. Different seeds give different programs of the same size.
pub fn program(seed: u8) -> Vec<u8> {
	programs::dense(seed)
}

/// Alice's first model.
pub fn register(who: AccountId32) -> ModelId {
	let model = NextModelId::<Test>::get();
	assert_ok!(Registry::register_model(signed(who), name("digits")));
	model
}

/// Publishes a version and gives its number.
pub fn publish(who: AccountId32, model: ModelId, spec: VersionSpecOf<Test>) -> VersionNumber {
	let version = Models::<Test>::get(model).expect("the model exists").next_version;
	assert_ok!(Registry::publish_version(signed(who), model, spec));
	version
}

/// The chunks of a program, with their places.
pub fn chunks(program: &[u8]) -> Vec<(ChunkIndex, ChunkOf<Test>)> {
	(0..)
		.zip(program.chunks(CHUNK_BYTES as usize))
		.map(|(index, bytes)| (index, bytes.to_vec().try_into().expect("a chunk fits")))
		.collect()
}

pub fn upload(who: AccountId32, model: ModelId, version: VersionNumber, program: &[u8]) {
	for (index, bytes) in chunks(program) {
		assert_ok!(Registry::upload_chunk(signed(who.clone()), model, version, index, bytes));
	}
}

/// Publishes, uploads and finalises a program.
pub fn ready(who: AccountId32, model: ModelId, program: &[u8]) -> VersionNumber {
	let version = publish(who.clone(), model, spec(Format::Program, program));
	upload(who.clone(), model, version, program);
	assert_ok!(Registry::finalise_version(signed(who), model, version));
	version
}

/// Publishes, uploads, finalises and activates a program.
pub fn active(who: AccountId32, model: ModelId, program: &[u8]) -> VersionNumber {
	let version = ready(who.clone(), model, program);
	assert_ok!(Registry::activate(signed(who), model, version));
	version
}

/// What `who` has on hold for models, versions and programs.
pub fn held(who: &AccountId32) -> [Balance; 3] {
	[HoldReason::Model, HoldReason::Version, HoldReason::Program]
		.map(|reason| Balances::balance_on_hold(&reason.into(), who))
}

/// The stored record of a version.
pub fn record(model: ModelId, version: VersionNumber) -> VersionOf<Test> {
	Versions::<Test>::get(model, version).expect("the version exists")
}

pub fn version_ref(model: ModelId, version: VersionNumber) -> VersionRef {
	VersionRef { model, version }
}

pub fn assert_last_event(event: Event<Test>) {
	System::assert_last_event(event.into());
}
