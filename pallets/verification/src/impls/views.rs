// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What clients read.

use aivm_traits::{KeyId, VersionRef};
use aivm_verification::{Portable, Scalar};
use frame_support::traits::Get;
use sp_runtime::DispatchResult;

use crate::{Config, KeyView, KeyViewOf, Keys, KeysOf, NextKeyId, Page, Pallet, Setup};

impl<T: Config> Pallet<T> {
	/// See [`Pallet::key`].
	pub(crate) fn view_key(id: KeyId) -> Option<KeyViewOf<T>> {
		let key = Keys::<T>::get(id)?;
		Some(KeyView {
			id,
			owner: key.owner,
			curve: key.curve,
			inputs: key.inputs,
			binding: key.binding,
			setup: key.setup,
			single_party: key.setup == Setup::SingleParty,
			state: key.state,
			digest: key.digest,
			deposit: key.deposit,
		})
	}

	/// See [`Pallet::keys`].
	pub(crate) fn view_keys(start: KeyId, limit: u32) -> Page<KeyViewOf<T>> {
		let end = NextKeyId::<T>::get();
		let stop = start.saturating_add(limit.min(T::MaxPageSize::get())).min(end);
		let items = (start..stop).filter_map(Self::view_key).collect();
		Page { items, next: (stop < end).then_some(stop.max(start)) }
	}

	/// See [`Pallet::keys_of`].
	pub(crate) fn view_keys_of(version: VersionRef, start: KeyId, limit: u32) -> Page<KeyViewOf<T>> {
		// Iteration starts after the given key. The key need not exist.
		let ids = match start.checked_sub(1) {
			None => KeysOf::<T>::iter_key_prefix(version),
			Some(before) => {
				let after = KeysOf::<T>::hashed_key_for(version, before.to_be_bytes());
				KeysOf::<T>::iter_key_prefix_from(version, after)
			}
		};
		let page = usize::try_from(limit.min(T::MaxPageSize::get())).unwrap_or_default();
		let mut ids = ids.map(KeyId::from_be_bytes);
		let items = ids.by_ref().take(page).filter_map(Self::view_key).collect();
		Page { items, next: ids.next() }
	}

	/// See [`Pallet::check`].
	pub(crate) fn view_check(id: KeyId, inputs: &[Scalar], proof: &[u8]) -> DispatchResult {
		Self::ensure_proven::<Portable>(id, inputs, proof)
	}
}
