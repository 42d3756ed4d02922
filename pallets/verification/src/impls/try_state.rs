// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What must be true of the storage at the end of every block.

use aivm_traits::{Balance, KeyId};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::TryRuntimeError;

use crate::{
	Binding, Config, HoldReason, KeyOf, KeyState, Keys, KeysOf, NextKeyId, Pallet, PinnedWeights, Prepared, Statements,
	Weights,
};

impl<T: Config> Pallet<T> {
	/// Checks, over all keys, statements and accounts:
	///
	/// 1. Every key's identifier was given out, exactly the active keys have a prepared form of the length of their curve and
	///    inputs, and the index of versions names exactly the keys that are bound to one.
	/// 2. Every key for private weights has the commitment that is pinned for its version.
	/// 3. Every statement's key exists.
	/// 4. What each account has on hold is exactly the sum of the deposits of its keys, and of its statements.
	///
	/// # Errors
	///
	/// The first that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut held = BTreeMap::<T::AccountId, (Balance, Balance)>::new();
		let next = NextKeyId::<T>::get();
		let mut bound = 0usize;
		for (id, key) in Keys::<T>::iter() {
			ensure!(id < next, "a key's identifier was never given out");
			Self::check_key(id, &key)?;
			bound = bound.saturating_add(usize::from(key.binding.version().is_some()));
			let sums = held.entry(key.owner).or_default();
			sums.0 = sums.0.checked_add(key.deposit).ok_or("deposits overflow")?;
		}
		ensure!(KeysOf::<T>::iter_keys().count() == bound, "the index names a key that is not bound to the version");
		for id in Prepared::<T>::iter_keys() {
			ensure!(Self::active_key(id).is_ok(), "what is no active key has a prepared form");
		}
		for statement in Statements::<T>::iter_values() {
			ensure!(Keys::<T>::contains_key(statement.key), "a statement's key does not exist");
			let sums = held.entry(statement.submitter).or_default();
			sums.1 = sums.1.checked_add(statement.deposit).ok_or("deposits overflow")?;
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let expected = held.remove(&account).unwrap_or_default();
			for (reason, expected) in [(HoldReason::Key, expected.0), (HoldReason::Statement, expected.1)] {
				ensure!(
					T::Currency::balance_on_hold(&reason.into(), &account) == expected,
					"a hold is not the sum of the deposits"
				);
			}
		}
		ensure!(held.into_values().all(|sums| sums == (0, 0)), "an account that does not exist has deposits");
		Ok(())
	}

	fn check_key(id: KeyId, key: &KeyOf<T>) -> Result<(), TryRuntimeError> {
		let prepared = Prepared::<T>::decode_len(id);
		match key.state {
			KeyState::Active => {
				let expected = key.curve.prepared_len(usize::from(key.inputs));
				ensure!(prepared == Some(expected), "an active key's prepared form has the wrong length");
			}
			KeyState::Revoked => ensure!(prepared.is_none(), "a revoked key has a prepared form"),
		}
		if let Some(version) = key.binding.version() {
			ensure!(KeysOf::<T>::contains_key(version, id.to_be_bytes()), "a bound key is not in the index");
		}
		if let Binding::Version { version, weights: Weights::Private { commitment } } = &key.binding {
			let pinned = PinnedWeights::<T>::get(version);
			ensure!(pinned.as_ref() == Some(commitment), "a key's weights are not those that are pinned");
		}
		Ok(())
	}
}
