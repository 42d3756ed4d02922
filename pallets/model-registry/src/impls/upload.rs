// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Uploading programs in chunks and putting them together.

use aivm_inference::{Program, Summary};
use aivm_traits::{VersionRef, VersionState};
use alloc::vec::Vec;
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, PostDispatchInfo},
	ensure,
	pallet_prelude::DispatchResult,
	traits::Get,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{DispatchError, DispatchErrorWithPostInfo};

use crate::{
	types::AccountIdOf, ChunkIndex, ChunkOf, Chunks, Config, Error, Event, Pallet, ProgramFault, ProgramOf, Programs,
	VersionOf, Versions, WeightInfo,
};

impl<T: Config> Pallet<T> {
	/// See [`Pallet::upload_chunk`].
	pub(crate) fn do_upload_chunk(
		who: AccountIdOf<T>,
		version: VersionRef,
		index: ChunkIndex,
		bytes: ChunkOf<T>,
	) -> DispatchResult {
		let (_, program_bytes) = Self::uploading_version(&who, version)?;
		let expected = Self::chunk_len(program_bytes, index).ok_or(Error::<T>::ChunkIndexTooHigh)?;
		ensure!(Self::saturated_len(&bytes) == expected, Error::<T>::ChunkSizeMismatch);
		let hash = H256(blake2_256(&bytes));
		Chunks::<T>::insert(version, index, bytes);
		Self::deposit_event(Event::ChunkUploaded { model: version.model, version: version.version, index, hash });
		Ok(())
	}

	/// See [`Pallet::finalise_version`].
	pub(crate) fn do_finalise_version(who: AccountIdOf<T>, version: VersionRef) -> DispatchResultWithPostInfo {
		let post_info = |chunks: u32| PostDispatchInfo {
			actual_weight: Some(T::WeightInfo::finalise_version(chunks)),
			..Default::default()
		};
		let (record, program_bytes) = Self::uploading_version(&who, version)
			.map_err(|error| DispatchErrorWithPostInfo { post_info: post_info(0), error })?;
		let chunks = Self::chunk_count(program_bytes);
		Self::finalise(version, record, program_bytes)
			.map_err(|error| DispatchErrorWithPostInfo { post_info: post_info(chunks), error })?;
		Ok(post_info(chunks))
	}

	/// Reads, checks and stores the program of `program_bytes` bytes, and removes its chunks.
	fn finalise(version: VersionRef, mut record: VersionOf<T>, program_bytes: u32) -> DispatchResult {
		let mut program = Vec::with_capacity(program_bytes as usize);
		for index in 0..Self::chunk_count(program_bytes) {
			program.extend(Chunks::<T>::get(version, index).ok_or(Error::<T>::ChunkMissing)?);
		}
		let program = ProgramOf::<T>::try_from(program).map_err(|_| Error::<T>::ProgramTooLarge)?;
		let artefact_hash = record.spec.artefact_hash;
		ensure!(H256(blake2_256(&program)) == artefact_hash, Error::<T>::ArtefactHashMismatch);
		record.summary = Some(Self::validate(&program)?);
		record.state = VersionState::Ready;

		(0..Self::chunk_count(program_bytes)).for_each(|index| Chunks::<T>::remove(version, index));
		Programs::<T>::insert(version, program);
		Versions::<T>::insert(version.model, version.version, record);
		Self::deposit_event(Event::VersionFinalised { model: version.model, version: version.version, artefact_hash });
		Ok(())
	}

	/// Validates a complete program.
	pub(crate) fn validate(program: &[u8]) -> Result<Summary, DispatchError> {
		let (_, summary) = Program::decode_and_validate(program, &T::ProgramLimits::get())
			.map_err(|error| Error::<T>::InvalidProgram(ProgramFault::from(&error)))?;
		Ok(summary)
	}

	/// A version of a model that belongs to `who` and that is being uploaded, with the size of its program in bytes.
	fn uploading_version(who: &AccountIdOf<T>, version: VersionRef) -> Result<(VersionOf<T>, u32), DispatchError> {
		Self::owned_model(who, version.model)?;
		let record = Self::version_or_error(version)?;
		ensure!(record.state == VersionState::Uploading, Error::<T>::NotUploading);
		let bytes = Self::program_bytes(&record.spec)?;
		Ok((record, bytes))
	}

	/// Size in bytes of chunk `index` of a program of `program_bytes` bytes, or `None` if it has no such chunk.
	pub(crate) fn chunk_len(program_bytes: u32, index: ChunkIndex) -> Option<u32> {
		let start = index.checked_mul(T::ChunkBytes::get())?;
		let rest = program_bytes.checked_sub(start).filter(|rest| *rest > 0)?;
		Some(rest.min(T::ChunkBytes::get()))
	}
}
