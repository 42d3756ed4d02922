// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Deposits by footprint.

use aivm_traits::{AssetKind, Balance};
use codec::{Encode, MaxEncodedLen};
use frame_support::traits::{
	fungible::MutateHold,
	tokens::{Fortitude, Precision, Preservation, Restriction},
	Footprint,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Convert, DispatchResult};

use crate::{Activity, Config, Counter, Grant, HoldReason, Pallet, Pending, Policy, SessionKeyOf};

impl<T: Config> Pallet<T> {
	/// The deposit for a policy, pending or in force, and for the counters of what it limits.
	pub(crate) fn policy_deposit(policy: &Policy) -> Balance {
		Self::price(Pending::max_encoded_len().saturating_sub(Policy::max_encoded_len()), policy)
	}

	/// The deposit for a session key and its counters.
	pub(crate) fn key_deposit(restriction: &Policy) -> Balance {
		let record = SessionKeyOf::<T>::max_encoded_len().saturating_sub(Policy::max_encoded_len());
		Self::price(record.saturating_add(Self::account_len()), restriction)
	}

	/// The deposit for what is left of a removed session key: its record and its account.
	pub(crate) fn removed_key_deposit() -> Balance {
		let record = SessionKeyOf::<T>::max_encoded_len().saturating_sub(Grant::<BlockNumberFor<T>>::max_encoded_len());
		T::DepositPrice::convert(Footprint::from_parts(1, record.saturating_add(Self::account_len())))
	}

	fn price(record: usize, policy: &Policy) -> Balance {
		// The native token is counted in any case.
		let others = policy.limits.iter().filter(|limit| limit.asset != AssetKind::Native).count();
		let bytes = record
			.saturating_add(policy.encoded_size())
			.saturating_add(Activity::<BlockNumberFor<T>>::max_encoded_len())
			.saturating_add(others.saturating_mul(Counter::max_encoded_len()));
		T::DepositPrice::convert(Footprint::from_parts(1, bytes))
	}

	fn account_len() -> usize {
		T::AccountId::max_encoded_len()
			.saturating_add(frame_system::AccountInfo::<T::Nonce, T::AccountData>::max_encoded_len())
	}

	/// Gives the deposit `old` back to the owner and takes `new` from it.
	///
	/// Never only the difference: what comes onto an empty account must be at least the existential deposit.
	pub(crate) fn change_deposit(
		reason: HoldReason,
		owner: &T::AccountId,
		account: &T::AccountId,
		old: Balance,
		new: Balance,
	) -> DispatchResult {
		let reason = reason.into();
		if old > 0 {
			T::Currency::transfer_on_hold(
				&reason,
				account,
				owner,
				old,
				Precision::Exact,
				Restriction::Free,
				// It was never the agent's money: what freezes that must not keep it back.
				Fortitude::Force,
			)?;
		}
		if new > 0 {
			T::Currency::transfer_and_hold(
				&reason,
				owner,
				account,
				new,
				Precision::Exact,
				Preservation::Preserve,
				Fortitude::Polite,
			)?;
		}
		Ok(())
	}
}
