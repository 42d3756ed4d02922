// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Deposits by footprint. This pallet's only producer of its holds.

use aivm_traits::{Balance, KeyId, VersionRef};
use aivm_verification::Scalar;
use codec::MaxEncodedLen;
use frame_support::traits::{fungible::MutateHold, tokens::Precision, Footprint};
use sp_core::H256;
use sp_runtime::{traits::Convert, DispatchResult};

use crate::{Config, HoldReason, KeyOf, Pallet, VerifiedOf};

impl<T: Config> Pallet<T> {
	/// The deposit for the record of a key, with its place in the index and the commitment to weights that it may pin. It
	/// stays for ever.
	pub(crate) fn deposit_for_record() -> Balance {
		let record = KeyId::max_encoded_len().saturating_add(KeyOf::<T>::max_encoded_len());
		let index = VersionRef::max_encoded_len().saturating_add(KeyId::max_encoded_len());
		let pinned = VersionRef::max_encoded_len().saturating_add(Scalar::max_encoded_len());
		let bytes = record.saturating_add(index).saturating_add(pinned);
		T::DepositPrice::convert(Footprint::from_parts(3, bytes))
	}

	/// The deposit for a key whose prepared form has so many bytes.
	pub(crate) fn deposit_for_key(prepared_len: usize) -> Balance {
		let bytes = KeyId::max_encoded_len().saturating_add(prepared_len);
		Self::deposit_for_record().saturating_add(T::DepositPrice::convert(Footprint::from_parts(1, bytes)))
	}

	/// The deposit for a statement that was verified standalone.
	pub(crate) fn deposit_for_statement() -> Balance {
		let bytes = H256::max_encoded_len().saturating_add(VerifiedOf::<T>::max_encoded_len());
		T::DepositPrice::convert(Footprint::from_parts(1, bytes))
	}

	/// Puts `amount` of `who` on hold, if it is free and the account stays alive without it.
	pub(crate) fn take_deposit(reason: HoldReason, who: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		T::Currency::hold(&reason.into(), who, amount)
	}

	/// Gives `amount` on hold back to `who`, all of it or nothing.
	pub(crate) fn return_deposit(reason: HoldReason, who: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		T::Currency::release(&reason.into(), who, amount, Precision::Exact)?;
		Ok(())
	}
}
