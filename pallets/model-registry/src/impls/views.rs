// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What view functions show.

use aivm_traits::{ModelId, VersionNumber, VersionRef, VersionState};
use alloc::vec::Vec;
use frame_support::traits::Get;
use sp_core::H256;
use sp_io::hashing::blake2_256;

use crate::{
	types::AccountIdOf, Chunks, Config, DepositTicket, ModelView, ModelViewOf, Models, NextModelId, OwnedModels, Page,
	Pallet, ReceivedChunk, UploadStatus, VersionView, VersionViewOf, Versions,
};

impl<T: Config> Pallet<T> {
	/// See [`Pallet::model`].
	pub(crate) fn view_model(id: ModelId) -> Option<ModelViewOf<T>> {
		let record = Models::<T>::get(id)?;
		Some(ModelView {
			id,
			owner: record.owner,
			offered_to: record.offered_to,
			name: record.name,
			default_version: record.default_version,
			next_version: record.next_version,
			version_count: record.version_count,
			deposit: record.deposit.amount(),
		})
	}

	/// See [`Pallet::models`].
	pub(crate) fn view_models(start: ModelId, limit: u32) -> Page<ModelViewOf<T>> {
		Self::page(start, NextModelId::<T>::get(), limit, Self::view_model)
	}

	/// See [`Pallet::models_of`].
	pub(crate) fn view_models_of(owner: AccountIdOf<T>, start: ModelId, limit: u32) -> Page<ModelViewOf<T>> {
		// Iteration starts after the given key. The key need not exist.
		let ids = match start.checked_sub(1) {
			None => OwnedModels::<T>::iter_key_prefix(&owner),
			Some(before) => {
				let after = OwnedModels::<T>::hashed_key_for(&owner, before.to_be_bytes());
				OwnedModels::<T>::iter_key_prefix_from(&owner, after)
			}
		};
		let mut ids = ids.map(ModelId::from_be_bytes);
		let items = ids.by_ref().take(Self::page_size(limit) as usize).filter_map(Self::view_model).collect();
		Page { items, next: ids.next() }
	}

	/// See [`Pallet::version`].
	pub(crate) fn view_version(id: VersionRef) -> Option<VersionViewOf<T>> {
		let record = Versions::<T>::get(id.model, id.version)?;
		Some(VersionView {
			id,
			spec: record.spec,
			state: record.state,
			summary: record.summary,
			revocation: record.revocation,
			deposit: record.deposit.amount(),
			program_deposit: record.program_deposit.map(|deposit| deposit.amount()).unwrap_or_default(),
		})
	}

	/// See [`Pallet::versions`].
	pub(crate) fn view_versions(model: ModelId, start: VersionNumber, limit: u32) -> Page<VersionViewOf<T>> {
		let end = Models::<T>::get(model).map(|record| record.next_version).unwrap_or_default();
		// Numbers count from 1.
		Self::page(start.max(1), end, limit, |version| Self::view_version(VersionRef { model, version }))
	}

	/// See [`Pallet::upload_status`].
	pub(crate) fn view_upload_status(version: VersionRef) -> Option<UploadStatus> {
		let record = Versions::<T>::get(version.model, version.version)?;
		if record.state != VersionState::Uploading {
			return None;
		}
		let program_bytes = Self::program_bytes(&record.spec).ok()?;
		let chunks = Self::chunk_count(program_bytes);
		let mut received = Vec::new();
		let mut missing = Vec::new();
		for index in 0..chunks {
			match Chunks::<T>::get(version, index) {
				Some(bytes) => received.push(ReceivedChunk { index, hash: H256(blake2_256(&bytes)) }),
				None => missing.push(index),
			}
		}
		let last_chunk_bytes = Self::chunk_len(program_bytes, chunks.checked_sub(1)?)?;
		Some(UploadStatus {
			program_bytes,
			chunk_bytes: T::ChunkBytes::get(),
			chunks,
			last_chunk_bytes,
			received,
			missing,
		})
	}

	/// See [`Pallet::lineage`].
	pub(crate) fn view_lineage(version: VersionRef, limit: u32) -> Vec<VersionViewOf<T>> {
		let mut parent = Versions::<T>::get(version.model, version.version).and_then(|record| record.spec.parent);
		let mut ancestors = Vec::new();
		for _ in 0..Self::page_size(limit) {
			let Some(view) = parent.and_then(Self::view_version) else { break };
			parent = view.spec.parent;
			ancestors.push(view);
		}
		ancestors
	}

	/// Visits the numbers of one page from `start` to below `end`.
	fn page<Item>(start: u32, end: u32, limit: u32, view: impl Fn(u32) -> Option<Item>) -> Page<Item> {
		let stop = start.saturating_add(Self::page_size(limit)).min(end);
		Page { items: (start..stop).filter_map(view).collect(), next: (start < stop && stop < end).then_some(stop) }
	}

	/// How much of a page a caller gets: at least 1, so that paging always ends.
	fn page_size(limit: u32) -> u32 {
		limit.clamp(1, T::MaxPageSize::get().max(1))
	}
}
