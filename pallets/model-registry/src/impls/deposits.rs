// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Deposits by footprint.

use codec::{Encode, MaxEncodedLen};
use frame_support::traits::{Consideration, Footprint};
use sp_runtime::DispatchError;

use crate::{types::AccountIdOf, Config, ModelOf, NameOf, Pallet, VersionOf, VersionSpecOf};

impl<T: Config> Pallet<T> {
	/// Takes the deposit for the record of a model with this name.
	pub(crate) fn take_model_deposit(who: &AccountIdOf<T>, name: &NameOf<T>) -> Result<T::ModelDeposit, DispatchError> {
		T::ModelDeposit::new(who, Self::model_footprint(name))
	}

	/// Takes the deposit for the record of a version with this specification.
	pub(crate) fn take_version_deposit(
		who: &AccountIdOf<T>,
		spec: &VersionSpecOf<T>,
	) -> Result<T::VersionDeposit, DispatchError> {
		T::VersionDeposit::new(who, Self::version_footprint(spec))
	}

	/// Takes the deposit for a program of `bytes` bytes.
	pub(crate) fn take_program_deposit(who: &AccountIdOf<T>, bytes: u32) -> Result<T::ProgramDeposit, DispatchError> {
		T::ProgramDeposit::new(who, Self::program_footprint(bytes))
	}

	/// The largest record that a model with this name can have.
	pub(crate) fn model_footprint(name: &NameOf<T>) -> Footprint {
		let bytes = ModelOf::<T>::max_encoded_len()
			.saturating_sub(NameOf::<T>::max_encoded_len())
			.saturating_add(name.encoded_size());
		Footprint::from_parts(1, bytes)
	}

	/// The largest record that a version with this specification can have.
	pub(crate) fn version_footprint(spec: &VersionSpecOf<T>) -> Footprint {
		let bytes = VersionOf::<T>::max_encoded_len()
			.saturating_sub(VersionSpecOf::<T>::max_encoded_len())
			.saturating_add(spec.encoded_size());
		Footprint::from_parts(1, bytes)
	}

	/// A program of `bytes` bytes.
	pub(crate) fn program_footprint(bytes: u32) -> Footprint {
		Footprint { count: 1, size: bytes.into() }
	}
}
