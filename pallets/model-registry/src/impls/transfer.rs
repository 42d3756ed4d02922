// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Passing a model on, with its deposits, in two steps.

use aivm_traits::ModelId;
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, PostDispatchInfo},
	ensure,
	pallet_prelude::DispatchResult,
	traits::Consideration,
};
use sp_runtime::DispatchErrorWithPostInfo;

use crate::{
	types::AccountIdOf, Config, Error, Event, ModelOf, Models, OwnedModels, Pallet, VersionOf, Versions, WeightInfo,
};

impl<T: Config> Pallet<T> {
	/// See [`Pallet::transfer_ownership`].
	pub(crate) fn do_transfer_ownership(who: AccountIdOf<T>, model: ModelId, to: AccountIdOf<T>) -> DispatchResult {
		let mut record = Self::owned_model(&who, model)?;
		ensure!(to != who, Error::<T>::AlreadyOwner);
		record.offered_to = Some(to.clone());
		Models::<T>::insert(model, record);
		Self::deposit_event(Event::TransferOffered { model, owner: who, to });
		Ok(())
	}

	/// See [`Pallet::cancel_transfer`].
	pub(crate) fn do_cancel_transfer(who: AccountIdOf<T>, model: ModelId) -> DispatchResult {
		let mut record = Self::owned_model(&who, model)?;
		let to = record.offered_to.take().ok_or(Error::<T>::NoTransferOffered)?;
		Models::<T>::insert(model, record);
		Self::deposit_event(Event::TransferCancelled { model, to });
		Ok(())
	}

	/// See [`Pallet::accept_transfer`].
	pub(crate) fn do_accept_transfer(who: AccountIdOf<T>, model: ModelId) -> DispatchResultWithPostInfo {
		let post_info = |versions: u32| PostDispatchInfo {
			actual_weight: Some(T::WeightInfo::accept_transfer(versions)),
			..Default::default()
		};
		let record = Self::offered_model(&who, model)
			.map_err(|error| DispatchErrorWithPostInfo { post_info: post_info(0), error })?;
		let versions = record.version_count;
		Self::accept(who, model, record)
			.map_err(|error| DispatchErrorWithPostInfo { post_info: post_info(versions), error })?;
		Ok(post_info(versions))
	}

	/// The model, if it exists and is offered to `who`.
	fn offered_model(who: &AccountIdOf<T>, model: ModelId) -> Result<ModelOf<T>, sp_runtime::DispatchError> {
		let record = Self::model_or_error(model)?;
		ensure!(record.offered_to.as_ref() == Some(who), Error::<T>::NotOffered);
		Ok(record)
	}

	/// Makes `who` the owner and replaces all deposits.
	fn accept(who: AccountIdOf<T>, model: ModelId, mut record: ModelOf<T>) -> DispatchResult {
		let from = core::mem::replace(&mut record.owner, who.clone());
		record.offered_to = None;
		let deposit = Self::take_model_deposit(&who, &record.name)?;
		core::mem::replace(&mut record.deposit, deposit).drop(&from)?;

		// At most `MaxVersionsPerModel`, collected because the loop changes the map it reads.
		let versions = Versions::<T>::iter_prefix(model).collect::<alloc::vec::Vec<_>>();
		for (number, mut version) in versions {
			Self::move_deposits(&from, &who, &mut version)?;
			Versions::<T>::insert(model, number, version);
		}

		OwnedModels::<T>::remove(&from, model.to_be_bytes());
		OwnedModels::<T>::insert(&who, model.to_be_bytes(), ());
		Models::<T>::insert(model, record);
		Self::deposit_event(Event::OwnershipTransferred { model, from, to: who });
		Ok(())
	}

	/// Takes the deposits of one version from `to` and returns those of `from`.
	fn move_deposits(from: &AccountIdOf<T>, to: &AccountIdOf<T>, version: &mut VersionOf<T>) -> DispatchResult {
		let deposit = Self::take_version_deposit(to, &version.spec)?;
		core::mem::replace(&mut version.deposit, deposit).drop(from)?;
		if let Some(former) = version.program_deposit.take() {
			let bytes = Self::program_bytes(&version.spec)?;
			version.program_deposit = Some(Self::take_program_deposit(to, bytes)?);
			former.drop(from)?;
		}
		Ok(())
	}
}
