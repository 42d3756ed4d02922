// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the calls do, one topic per file, and look-ups that all topics share.

use aivm_traits::{ModelId, VersionRef};
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchError;

use crate::{types::AccountIdOf, Config, Error, ModelOf, Models, Pallet, VersionOf, Versions};

mod deposits;
mod inspect;
mod integrity;
mod models;
mod transfer;
mod try_state;
mod upload;
mod versions;
mod views;

impl<T: Config> Pallet<T> {
	/// The model, if it exists.
	fn model_or_error(model: ModelId) -> Result<ModelOf<T>, DispatchError> {
		Models::<T>::get(model).ok_or_else(|| Error::<T>::ModelNotFound.into())
	}

	/// The model, if it exists and belongs to `who`.
	fn owned_model(who: &AccountIdOf<T>, model: ModelId) -> Result<ModelOf<T>, DispatchError> {
		let record = Self::model_or_error(model)?;
		ensure!(record.owner == *who, Error::<T>::NotOwner);
		Ok(record)
	}

	/// The version, if it exists.
	fn version_or_error(version: VersionRef) -> Result<VersionOf<T>, DispatchError> {
		Versions::<T>::get(version.model, version.version).ok_or_else(|| Error::<T>::VersionNotFound.into())
	}

	/// Length of a bounded byte string as the runtime counts it.
	pub(crate) fn saturated_len(bytes: &[u8]) -> u32 {
		u32::try_from(bytes.len()).unwrap_or(u32::MAX)
	}

	/// How many chunks a program of `bytes` bytes has.
	pub(crate) fn chunk_count(bytes: u32) -> u32 {
		// `integrity_test` excludes chunks of no bytes.
		bytes.div_ceil(T::ChunkBytes::get().max(1))
	}

	/// How many chunks the largest program has.
	pub fn max_chunks() -> u32 {
		Self::chunk_count(T::MaxProgramBytes::get())
	}
}
