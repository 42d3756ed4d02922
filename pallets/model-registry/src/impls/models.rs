// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Registering and removing models.

use aivm_traits::ModelId;
use frame_support::{ensure, traits::Consideration};
use sp_runtime::DispatchResult;

use crate::{types::AccountIdOf, Config, Error, Event, Model, Models, NameOf, NextModelId, OwnedModels, Pallet};

impl<T: Config> Pallet<T> {
	/// See [`Pallet::register_model`].
	pub(crate) fn do_register_model(owner: AccountIdOf<T>, name: NameOf<T>) -> DispatchResult {
		ensure!(Self::is_good_name(&name), Error::<T>::InvalidName);
		let model = NextModelId::<T>::get();
		let next = model.checked_add(1).ok_or(Error::<T>::IdsExhausted)?;
		let deposit = Self::take_model_deposit(&owner, &name)?;
		NextModelId::<T>::put(next);
		OwnedModels::<T>::insert(&owner, model.to_be_bytes(), ());
		Models::<T>::insert(
			model,
			Model {
				owner: owner.clone(),
				offered_to: None,
				name: name.clone(),
				next_version: 1,
				version_count: 0,
				default_version: None,
				deposit,
			},
		);
		Self::deposit_event(Event::ModelRegistered { model, owner, name });
		Ok(())
	}

	/// See [`Pallet::remove_model`].
	pub(crate) fn do_remove_model(who: AccountIdOf<T>, model: ModelId) -> DispatchResult {
		let record = Self::owned_model(&who, model)?;
		ensure!(record.version_count == 0, Error::<T>::ModelHasVersions);
		record.deposit.drop(&who)?;
		OwnedModels::<T>::remove(&who, model.to_be_bytes());
		Models::<T>::remove(model);
		Self::deposit_event(Event::ModelRemoved { model, owner: who });
		Ok(())
	}

	/// Whether people can read and compare this name.
	fn is_good_name(name: &[u8]) -> bool {
		core::str::from_utf8(name)
			.is_ok_and(|name| !name.is_empty() && name.trim() == name && !name.contains(char::is_control))
	}
}
