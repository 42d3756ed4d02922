// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Publishing versions and moving them through their states.

use aivm_traits::{Format, ModelId, VersionNumber, VersionRef, VersionState};
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, PostDispatchInfo},
	ensure,
	pallet_prelude::DispatchResult,
	traits::{Consideration, Get},
};
use sp_runtime::{DispatchError, DispatchErrorWithPostInfo};

use crate::{
	cid::manifest_cid, types::AccountIdOf, Chunks, Config, Error, Event, Models, Pallet, Programs, ReasonOf,
	Revocation, Revoker, Version, VersionOf, VersionSpecOf, Versions, WeightInfo,
};

impl<T: Config> Pallet<T> {
	/// See [`Pallet::publish_version`].
	pub(crate) fn do_publish_version(who: AccountIdOf<T>, model: ModelId, spec: VersionSpecOf<T>) -> DispatchResult {
		let mut record = Self::owned_model(&who, model)?;
		ensure!(record.version_count < T::MaxVersionsPerModel::get(), Error::<T>::TooManyVersions);
		Self::check_spec(&spec)?;

		let version = record.next_version;
		record.next_version = version.checked_add(1).ok_or(Error::<T>::IdsExhausted)?;
		record.version_count = record.version_count.checked_add(1).ok_or(Error::<T>::TooManyVersions)?;

		let deposit = Self::take_version_deposit(&who, &spec)?;
		let (state, program_deposit) = match spec.format {
			Format::Program => {
				let bytes = Self::program_bytes(&spec)?;
				(VersionState::Uploading, Some(Self::take_program_deposit(&who, bytes)?))
			}
			Format::Wasm | Format::Onnx | Format::Container => (VersionState::Ready, None),
		};
		let event = Event::VersionPublished {
			model,
			version,
			format: spec.format,
			artefact_hash: spec.artefact_hash,
			artefact_size: spec.artefact_size,
			manifest_hash: spec.manifest_hash,
			parent: spec.parent,
		};
		Versions::<T>::insert(
			model,
			version,
			Version { spec, state, summary: None, revocation: None, deposit, program_deposit },
		);
		Models::<T>::insert(model, record);
		Self::deposit_event(event);
		Ok(())
	}

	/// See [`Pallet::activate`].
	pub(crate) fn do_activate(who: AccountIdOf<T>, version: VersionRef) -> DispatchResult {
		let mut model = Self::owned_model(&who, version.model)?;
		let mut record = Self::version_or_error(version)?;
		match record.state {
			VersionState::Ready | VersionState::Deprecated { .. } => {}
			VersionState::Uploading => return Err(Error::<T>::NotReady.into()),
			VersionState::Active => return Err(Error::<T>::AlreadyActive.into()),
			VersionState::Revoked => return Err(Error::<T>::Revoked.into()),
		}
		record.state = VersionState::Active;
		model.default_version = Some(version.version);
		Versions::<T>::insert(version.model, version.version, record);
		Models::<T>::insert(version.model, model);
		Self::deposit_event(Event::VersionActivated { model: version.model, version: version.version });
		Ok(())
	}

	/// See [`Pallet::deprecate`].
	pub(crate) fn do_deprecate(
		who: AccountIdOf<T>,
		version: VersionRef,
		successor: Option<VersionNumber>,
	) -> DispatchResult {
		let mut model = Self::owned_model(&who, version.model)?;
		let mut record = Self::version_or_error(version)?;
		match record.state {
			VersionState::Active | VersionState::Deprecated { .. } => {}
			VersionState::Uploading | VersionState::Ready => return Err(Error::<T>::NotActive.into()),
			VersionState::Revoked => return Err(Error::<T>::Revoked.into()),
		}
		if let Some(successor) = successor {
			ensure!(successor != version.version, Error::<T>::SuccessorIsSelf);
			let active = Versions::<T>::get(version.model, successor)
				.is_some_and(|successor| successor.state == VersionState::Active);
			ensure!(active, Error::<T>::SuccessorNotActive);
		}
		record.state = VersionState::Deprecated { successor };
		if model.default_version == Some(version.version) {
			model.default_version = successor;
			Models::<T>::insert(version.model, model);
		}
		Versions::<T>::insert(version.model, version.version, record);
		Self::deposit_event(Event::VersionDeprecated { model: version.model, version: version.version, successor });
		Ok(())
	}

	/// See [`Pallet::revoke`]. `who` is `None` for [`Config::RevokeOrigin`].
	pub(crate) fn do_revoke(
		who: Option<AccountIdOf<T>>,
		version: VersionRef,
		reason: ReasonOf<T>,
	) -> DispatchResultWithPostInfo {
		Self::refund_unused_chunks(T::WeightInfo::revoke, || {
			let readable = core::str::from_utf8(&reason).is_ok_and(|reason| !reason.trim().is_empty());
			ensure!(readable, Error::<T>::InvalidReason);
			let mut model = match &who {
				Some(who) => Self::owned_model(who, version.model)?,
				None => Self::model_or_error(version.model)?,
			};
			let mut record = Self::version_or_error(version)?;
			ensure!(record.state != VersionState::Revoked, Error::<T>::Revoked);

			let chunks = Self::delete_program(&model.owner, version, &mut record)?;
			let by = if who.is_some() { Revoker::Owner } else { Revoker::Governance };
			record.state = VersionState::Revoked;
			record.revocation = Some(Revocation { by, reason: reason.clone() });
			if model.default_version == Some(version.version) {
				model.default_version = None;
				Models::<T>::insert(version.model, model);
			}
			Versions::<T>::insert(version.model, version.version, record);
			Self::deposit_event(Event::VersionRevoked { model: version.model, version: version.version, by, reason });
			Ok(chunks)
		})
	}

	/// See [`Pallet::remove_version`].
	pub(crate) fn do_remove_version(who: AccountIdOf<T>, version: VersionRef) -> DispatchResultWithPostInfo {
		Self::refund_unused_chunks(T::WeightInfo::remove_version, || {
			let mut model = Self::owned_model(&who, version.model)?;
			let mut record = Self::version_or_error(version)?;
			match record.state {
				VersionState::Uploading | VersionState::Ready => {}
				VersionState::Active | VersionState::Deprecated { .. } | VersionState::Revoked => {
					return Err(Error::<T>::VersionInUse.into())
				}
			}
			let chunks = Self::delete_program(&who, version, &mut record)?;
			record.deposit.drop(&who)?;
			// The count is at least 1 because this version exists.
			model.version_count = model.version_count.saturating_sub(1);
			Versions::<T>::remove(version.model, version.version);
			Models::<T>::insert(version.model, model);
			Self::deposit_event(Event::VersionRemoved { model: version.model, version: version.version });
			Ok(chunks)
		})
	}

	/// Deletes the program or the chunks of a version and returns their deposit. Says how many values it deleted or looked for.
	fn delete_program(
		owner: &AccountIdOf<T>,
		version: VersionRef,
		record: &mut VersionOf<T>,
	) -> Result<u32, DispatchError> {
		let Some(deposit) = record.program_deposit.take() else { return Ok(0) };
		deposit.drop(owner)?;
		if record.state != VersionState::Uploading {
			Programs::<T>::remove(version);
			return Ok(1);
		}
		let chunks = Self::chunk_count(Self::program_bytes(&record.spec)?);
		(0..chunks).for_each(|index| Chunks::<T>::remove(version, index));
		Ok(chunks)
	}

	/// Runs `action`, which says how many chunks it deleted, and charges for those only. A program counts as one chunk.
	fn refund_unused_chunks(
		weight: fn(u32) -> frame_support::weights::Weight,
		action: impl FnOnce() -> Result<u32, DispatchError>,
	) -> DispatchResultWithPostInfo {
		match action() {
			Ok(chunks) => Ok(Some(weight(chunks)).into()),
			Err(error) => {
				let post_info = PostDispatchInfo { actual_weight: Some(weight(0)), ..Default::default() };
				Err(DispatchErrorWithPostInfo { post_info, error })
			}
		}
	}

	/// Size of the program that a specification in format [`Format::Program`] declares.
	pub(crate) fn program_bytes(spec: &VersionSpecOf<T>) -> Result<u32, DispatchError> {
		u32::try_from(spec.artefact_size)
			.ok()
			.filter(|bytes| *bytes <= T::MaxProgramBytes::get())
			.ok_or_else(|| Error::<T>::ProgramTooLarge.into())
	}

	/// Checks what does not depend on the model.
	fn check_spec(spec: &VersionSpecOf<T>) -> DispatchResult {
		ensure!(Self::is_licence(&spec.licence), Error::<T>::InvalidLicence);
		ensure!(spec.manifest_cid.as_slice() == manifest_cid(&spec.manifest_hash), Error::<T>::ManifestCidMismatch);
		ensure!(spec.artefact_size > 0, Error::<T>::EmptyArtefact);
		if spec.format == Format::Program {
			Self::program_bytes(spec)?;
		}
		ensure!(spec.royalty.share <= T::MaxRoyaltyShare::get(), Error::<T>::RoyaltyShareTooHigh);
		ensure!(spec.royalty.minimum <= T::MaxRoyaltyMinimum::get(), Error::<T>::RoyaltyMinimumTooHigh);
		if let Some(parent) = spec.parent {
			let parent = Versions::<T>::get(parent.model, parent.version).ok_or(Error::<T>::ParentNotFound)?;
			ensure!(parent.state.is_runnable(), Error::<T>::ParentNotUsable);
		}
		Ok(())
	}

	/// Whether this has only characters of SPDX licence expressions and some that name a licence.
	fn is_licence(licence: &[u8]) -> bool {
		licence.iter().any(u8::is_ascii_alphanumeric)
			&& licence.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-.+:() ".contains(byte))
			&& !licence.starts_with(b" ")
			&& !licence.ends_with(b" ")
	}
}
