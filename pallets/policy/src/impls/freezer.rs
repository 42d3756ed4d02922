// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Keeps assets that a policy does not list where they are.

use aivm_traits::{AssetKind, Balance};
use core::marker::PhantomData;
use pallet_assets::FrozenBalance;
use sp_core::crypto::AccountId32;

use crate::{Config, Pallet, Running};

impl<T: Config> Pallet<T> {
	/// Whether a session key's transaction is running as `who`, and `asset` must not leave the account in it.
	pub fn is_locked(asset: u32, who: &AccountId32) -> bool {
		Running::<T>::get()
			.is_some_and(|session| session.account == *who && !session.measured.contains(&AssetKind::Asset(asset)))
	}
}

/// For `pallet_assets::Config::Freezer`: while a session key's transaction runs, assets that may not leave the agent's
/// account are frozen there. `Next` says what is frozen besides.
pub struct SessionFreezer<T, Next = ()>(PhantomData<(T, Next)>);

impl<T: Config, Next: FrozenBalance<u32, AccountId32, Balance>> FrozenBalance<u32, AccountId32, Balance>
	for SessionFreezer<T, Next>
{
	fn frozen_balance(asset: u32, who: &AccountId32) -> Option<Balance> {
		if Pallet::<T>::is_locked(asset, who) {
			return Some(Balance::MAX);
		}
		Next::frozen_balance(asset, who)
	}

	fn died(asset: u32, who: &AccountId32) {
		Next::died(asset, who)
	}

	fn contains_freezes(asset: u32) -> bool {
		Next::contains_freezes(asset)
	}
}
