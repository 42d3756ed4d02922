// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The worst case of each call, and the set-up of programs for benchmarks of other pallets.

#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	clippy::panic,
	reason = "a benchmark that panics is a benchmark that fails"
)]

use aivm_traits::{Balance, Format, ModelId, RoyaltyTerms, VersionNumber, VersionRef, VersionState};
use alloc::{vec, vec::Vec};
use frame_benchmarking::{account, v2::*};
use frame_support::{
	traits::{fungible::Mutate, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::traits::StaticLookup;

use crate::{types::AccountIdOf, worst_case::slowest_program, *};

/// Enough for every deposit, and so little that several accounts do not overflow the total issuance.
const WEALTH: Balance = 1 << 100;

/// Gives `who` the money for every deposit.
fn fund<T: Config>(who: &AccountIdOf<T>) {
	T::Currency::mint_into(who, WEALTH).expect("the total issuance does not overflow");
}

/// A rich account.
fn rich<T: Config>(name: &'static str) -> AccountIdOf<T> {
	let who = account(name, 0, 0);
	fund::<T>(&who);
	who
}

/// As many letters as fit.
fn longest<S: Get<u32>>() -> BoundedVec<u8, S> {
	vec![b'a'; S::get() as usize].try_into().expect("it has exactly the longest length")
}

/// A specification with the longest texts.
fn spec<T: Config>(format: Format, artefact_hash: H256, artefact_size: u64) -> VersionSpecOf<T> {
	let manifest_hash = H256::repeat_byte(1);
	VersionSpec {
		manifest_cid: manifest_cid(&manifest_hash).try_into().expect("integrity_test: a CID fits"),
		manifest_hash,
		artefact_hash,
		artefact_size,
		format,
		licence: longest(),
		parent: None,
		royalty: RoyaltyTerms { share: T::MaxRoyaltyShare::get(), minimum: T::MaxRoyaltyMinimum::get() },
	}
}

/// Registers a model with the longest name.
fn model<T: Config>(owner: &AccountIdOf<T>) -> ModelId {
	let id = NextModelId::<T>::get();
	Pallet::<T>::do_register_model(owner.clone(), longest()).expect("the owner is rich");
	id
}

/// Publishes a version and gives its number.
fn publish<T: Config>(owner: &AccountIdOf<T>, model: ModelId, spec: VersionSpecOf<T>) -> VersionNumber {
	let number = Models::<T>::get(model).expect("the model exists").next_version;
	Pallet::<T>::do_publish_version(owner.clone(), model, spec).expect("the specification is good");
	number
}

/// Publishes a version without a program and activates it.
fn active<T: Config>(owner: &AccountIdOf<T>, model: ModelId) -> VersionNumber {
	let version = publish::<T>(owner, model, spec::<T>(Format::Container, H256::zero(), 1));
	Pallet::<T>::do_activate(owner.clone(), VersionRef { model, version }).expect("the version is ready");
	version
}

/// Publishes a program and uploads all its chunks.
fn uploaded<T: Config>(owner: &AccountIdOf<T>, model: ModelId, program: &[u8]) -> VersionNumber {
	let hash = H256(blake2_256(program));
	let version = publish::<T>(owner, model, spec::<T>(Format::Program, hash, program.len() as u64));
	for (index, chunk) in (0..).zip(program.chunks(T::ChunkBytes::get() as usize)) {
		let chunk = chunk.to_vec().try_into().expect("a chunk fits");
		Pallet::<T>::do_upload_chunk(owner.clone(), VersionRef { model, version }, index, chunk)
			.expect("the chunk has its place");
	}
	version
}

/// See [`aivm_traits::ModelInspect::set_up_program`]. Writes the records without the checks of the calls, so that the
/// royalty may be above the governed bound.
pub(crate) fn set_up_program<T: Config>(owner: AccountIdOf<T>, program: Vec<u8>, royalty: RoyaltyTerms) -> VersionRef {
	fund::<T>(&owner);
	let model = model::<T>(&owner);
	let spec = VersionSpec { royalty, ..spec::<T>(Format::Program, H256(blake2_256(&program)), program.len() as u64) };
	let summary = Pallet::<T>::validate(&program).expect("the program is valid");
	let deposit = Pallet::<T>::take_version_deposit(&owner, &spec).expect("the owner is rich");
	let program_deposit = Pallet::<T>::take_program_deposit(&owner, program.len() as u32).expect("the owner is rich");
	let id = VersionRef { model, version: 1 };
	Programs::<T>::insert(id, ProgramOf::<T>::try_from(program).expect("the program is not too large"));
	Versions::<T>::insert(
		model,
		id.version,
		Version {
			spec,
			state: VersionState::Active,
			summary: Some(summary),
			revocation: None,
			deposit,
			program_deposit: Some(program_deposit),
		},
	);
	Models::<T>::mutate(model, |record| {
		let record = record.as_mut().expect("the model was registered above");
		record.next_version = 2;
		record.version_count = 1;
		record.default_version = Some(id.version);
	});
	id
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register_model() {
		let owner = rich::<T>("owner");
		let model = NextModelId::<T>::get();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), longest());

		assert!(Models::<T>::contains_key(model));
	}

	/// A program with a parent in another model: both deposits, and one more read.
	#[benchmark]
	fn publish_version() {
		let owner = rich::<T>("owner");
		let other = super::model::<T>(&owner);
		let parent = VersionRef { model: other, version: active::<T>(&owner, other) };
		let model = super::model::<T>(&owner);
		let spec = VersionSpec {
			parent: Some(parent),
			..spec::<T>(Format::Program, H256::zero(), T::MaxProgramBytes::get().into())
		};

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model, spec);

		assert!(Versions::<T>::contains_key(model, 1));
	}

	/// The only chunk of a program of `b` bytes.
	#[benchmark]
	fn upload_chunk(b: Linear<1, { T::ChunkBytes::get() }>) {
		let owner = rich::<T>("owner");
		let model = super::model::<T>(&owner);
		let version = publish::<T>(&owner, model, spec::<T>(Format::Program, H256::zero(), b.into()));
		let bytes: ChunkOf<T> = vec![7; b as usize].try_into().expect("a chunk fits");

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model, version, 0, bytes);

		assert!(Chunks::<T>::contains_key(VersionRef { model, version }, 0));
	}

	/// The program of `c` chunks whose validation takes longest.
	#[benchmark]
	fn finalise_version(c: Linear<1, { Pallet::<T>::max_chunks() }>) {
		let owner = rich::<T>("owner");
		let model = super::model::<T>(&owner);
		let bytes = T::ChunkBytes::get().saturating_mul(c).min(T::MaxProgramBytes::get());
		let version = uploaded::<T>(&owner, model, &slowest_program(bytes));

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model, version);

		assert!(Programs::<T>::contains_key(VersionRef { model, version }));
	}

	#[benchmark]
	fn activate() {
		let owner = rich::<T>("owner");
		let model = super::model::<T>(&owner);
		let version = publish::<T>(&owner, model, spec::<T>(Format::Container, H256::zero(), 1));

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model, version);

		assert_eq!(Pallet::<T>::active_version(model), Some(version));
	}

	/// The default version, so that the model changes too.
	#[benchmark]
	fn deprecate() {
		let owner = rich::<T>("owner");
		let model = super::model::<T>(&owner);
		let successor = active::<T>(&owner, model);
		let version = active::<T>(&owner, model);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model, version, Some(successor));

		assert_eq!(Pallet::<T>::active_version(model), Some(successor));
	}

	/// An upload of `c` chunks. A stored program is one value to delete, and so `c` is 1. The version is made the model's
	/// default, which only a version with a program can be, so that the model is written in every case.
	#[benchmark]
	fn revoke(c: Linear<1, { Pallet::<T>::max_chunks() }>) {
		let owner = rich::<T>("owner");
		let model = super::model::<T>(&owner);
		let bytes = T::ChunkBytes::get().saturating_mul(c).min(T::MaxProgramBytes::get());
		let version = uploaded::<T>(&owner, model, &vec![7; bytes as usize]);
		Models::<T>::mutate(model, |record| {
			record.as_mut().expect("the model was registered above").default_version = Some(version);
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model, version, longest());

		assert_eq!(Chunks::<T>::iter_prefix(VersionRef { model, version }).count(), 0);
	}

	/// An upload of `c` chunks. A stored program is one value to delete, and so `c` is 1.
	#[benchmark]
	fn remove_version(c: Linear<1, { Pallet::<T>::max_chunks() }>) {
		let owner = rich::<T>("owner");
		let model = super::model::<T>(&owner);
		let bytes = T::ChunkBytes::get().saturating_mul(c).min(T::MaxProgramBytes::get());
		let version = uploaded::<T>(&owner, model, &vec![7; bytes as usize]);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model, version);

		assert!(!Versions::<T>::contains_key(model, version));
	}

	#[benchmark]
	fn remove_model() {
		let owner = rich::<T>("owner");
		let model = super::model::<T>(&owner);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model);

		assert!(!Models::<T>::contains_key(model));
	}

	#[benchmark]
	fn transfer_ownership() {
		let owner = rich::<T>("owner");
		let new_owner = rich::<T>("new owner");
		let model = super::model::<T>(&owner);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model, T::Lookup::unlookup(new_owner.clone()));

		assert_eq!(Models::<T>::get(model).and_then(|record| record.offered_to), Some(new_owner));
	}

	#[benchmark]
	fn cancel_transfer() {
		let owner = rich::<T>("owner");
		let model = super::model::<T>(&owner);
		Pallet::<T>::do_transfer_ownership(owner.clone(), model, rich::<T>("new owner")).expect("they differ");

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model);

		assert_eq!(Models::<T>::get(model).and_then(|record| record.offered_to), None);
	}

	/// `n` versions with a program each: two deposits to replace.
	#[benchmark]
	fn accept_transfer(n: Linear<0, { T::MaxVersionsPerModel::get() }>) {
		let owner = rich::<T>("owner");
		let new_owner = rich::<T>("new owner");
		let model = super::model::<T>(&owner);
		for _ in 0..n {
			publish::<T>(&owner, model, spec::<T>(Format::Program, H256::zero(), T::MaxProgramBytes::get().into()));
		}
		Pallet::<T>::do_transfer_ownership(owner, model, new_owner.clone()).expect("they differ");

		#[extrinsic_call]
		_(RawOrigin::Signed(new_owner.clone()), model);

		assert_eq!(Models::<T>::get(model).map(|record| record.owner), Some(new_owner));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
