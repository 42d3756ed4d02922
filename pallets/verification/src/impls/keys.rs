// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Registering and revoking keys.

use aivm_traits::{KeyId, ModelInspect, VersionRef, VersionState};
use aivm_verification::{scalar_of, Curve, Fr, Groth16, PUBLIC_INPUTS};
use frame_support::{ensure, weights::Weight};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{DispatchError, DispatchResult};

use crate::{
	Binding, BindingOf, Config, Error, Event, HoldReason, Key, KeyFault, KeyOf, KeyState, Keys, KeysOf, NextKeyId,
	Pallet, PinnedWeights, Prepared, PreparedKey, Setup, WeightInfo, Weights,
};

impl<T: Config> Pallet<T> {
	/// The weight of registering a key of so many bytes.
	pub(crate) fn register_weight(curve: Curve, key_len: usize) -> Weight {
		// A key of another length is refused before its points are looked at.
		let inputs = u32::try_from(curve.inputs(key_len).unwrap_or_default()).unwrap_or(u32::MAX);
		match curve {
			Curve::Bn254 => T::WeightInfo::register_key_bn254(inputs),
			Curve::Bls12_381 => T::WeightInfo::register_key_bls12_381(inputs),
		}
	}

	/// See [`Pallet::register_key`].
	pub(crate) fn do_register_key(
		who: T::AccountId,
		curve: Curve,
		wire: &[u8],
		binding: BindingOf<T>,
		setup: Setup,
	) -> DispatchResult {
		let inputs = Self::input_count(curve, wire)?;
		Self::ensure_setup(setup)?;
		Self::ensure_binding(&who, curve, inputs, &binding)?;
		let prepared = T::Groth16::prepare_key(curve, wire).map_err(|fault| Error::<T>::InvalidKey(fault.into()))?;
		let prepared = PreparedKey::try_from(prepared).map_err(|_| Error::<T>::Corrupt)?;

		let id = NextKeyId::<T>::get();
		NextKeyId::<T>::put(id.checked_add(1).ok_or(Error::<T>::IdsExhausted)?);
		let deposit = Self::deposit_for_key(prepared.len());
		Self::take_deposit(HoldReason::Key, &who, deposit)?;
		if let Binding::Version { version, weights: Weights::Private { commitment } } = binding {
			PinnedWeights::<T>::insert(version, commitment);
		}
		if let Some(version) = binding.version() {
			KeysOf::<T>::insert(version, id.to_be_bytes(), ());
		}
		Prepared::<T>::insert(id, prepared);
		let digest = H256(blake2_256(wire));
		let state = KeyState::Active;
		Keys::<T>::insert(id, Key { owner: who.clone(), curve, inputs, binding, setup, state, digest, deposit });
		let single_party = setup == Setup::SingleParty;
		Self::deposit_event(Event::KeyRegistered { key: id, owner: who, curve, inputs, digest, single_party });
		Ok(())
	}

	/// See [`Pallet::revoke_key`]. `who` is `None` for governance.
	pub(crate) fn do_revoke_key(who: Option<T::AccountId>, id: KeyId) -> DispatchResult {
		let key = Self::active_key(id)?;
		if let Some(who) = who {
			let owns_model = || {
				let info = key.binding.version().and_then(T::Models::version);
				info.is_some_and(|info| info.owner == who)
			};
			ensure!(key.owner == who || owns_model(), Error::<T>::NotOwner);
		}
		let deposit = Self::deposit_for_record().min(key.deposit);
		Self::return_deposit(HoldReason::Key, &key.owner, key.deposit.saturating_sub(deposit))?;
		Prepared::<T>::remove(id);
		Keys::<T>::insert(id, Key { state: KeyState::Revoked, deposit, ..key });
		Self::deposit_event(Event::KeyRevoked { key: id });
		Ok(())
	}

	/// The key `id`, if it exists and was not revoked.
	pub(crate) fn active_key(id: KeyId) -> Result<KeyOf<T>, DispatchError> {
		let key = Keys::<T>::get(id).ok_or(Error::<T>::KeyNotFound)?;
		ensure!(key.state == KeyState::Active, Error::<T>::KeyRevoked);
		Ok(key)
	}

	/// What is needed of the active key `id` to verify with it.
	pub(crate) fn prepared_key(id: KeyId) -> Result<PreparedKey, DispatchError> {
		Prepared::<T>::get(id).ok_or(Error::<T>::Corrupt.into())
	}

	/// How many public inputs a key of this length has.
	fn input_count(curve: Curve, wire: &[u8]) -> Result<u8, DispatchError> {
		let inputs = curve.inputs(wire.len()).ok_or(Error::<T>::InvalidKey(KeyFault::Length))?;
		u8::try_from(inputs).map_err(|_| Error::<T>::InvalidKey(KeyFault::TooManyInputs).into())
	}

	fn ensure_setup(setup: Setup) -> DispatchResult {
		match setup {
			Setup::SingleParty => Ok(()),
			Setup::Ceremony { contributions, .. } => {
				ensure!(contributions >= Setup::PARTIES, Error::<T>::TooFewParties);
				Ok(())
			}
		}
	}

	/// Whether `who` may register a key on `curve` with `inputs` public inputs for this purpose.
	fn ensure_binding(who: &T::AccountId, curve: Curve, inputs: u8, binding: &BindingOf<T>) -> DispatchResult {
		match binding {
			Binding::Version { version, weights } => {
				Self::ensure_model_owner(who, *version)?;
				ensure!(curve == Curve::Bls12_381, Error::<T>::WrongCurve);
				ensure!(usize::from(inputs) == PUBLIC_INPUTS, Error::<T>::WrongInputCount);
				if let Weights::Private { commitment } = weights {
					ensure!(scalar_of::<Fr>(commitment).is_some(), Error::<T>::ScalarNotCanonical);
					let pinned = PinnedWeights::<T>::get(version);
					ensure!(pinned.is_none_or(|pinned| pinned == *commitment), Error::<T>::OtherWeights);
				}
			}
			Binding::External { system, runs } => {
				ensure!(!system.is_empty() && core::str::from_utf8(system).is_ok(), Error::<T>::InvalidSystem);
				if let Some(runs) = runs {
					Self::ensure_model_owner(who, runs.version)?;
					runs.layout.ensure_fits::<T>(curve, inputs)?;
				}
			}
		}
		Ok(())
	}

	/// Only the model's owner says what proves runs of its versions: a key that accepts too much would give it false receipts.
	fn ensure_model_owner(who: &T::AccountId, version: VersionRef) -> DispatchResult {
		let info = T::Models::version(version).ok_or(Error::<T>::VersionNotFound)?;
		ensure!(info.owner == *who, Error::<T>::NotModelOwner);
		ensure!(info.state != VersionState::Revoked, Error::<T>::VersionRevoked);
		Ok(())
	}
}
