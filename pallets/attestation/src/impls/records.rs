// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Records and their deposits.

use aivm_attestation::Kind;
use aivm_traits::Balance;
use codec::Encode;
use frame_support::{
	ensure,
	traits::{fungible::MutateHold, tokens::Precision, Footprint},
};
use sp_core::{crypto::AccountId32, sr25519};
use sp_runtime::{traits::Convert, DispatchResult};

use crate::{Config, Error, Event, Evidence, HoldReason, Pallet, Record, Records, Refusal, StoredRecord, WorkloadId};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_attest(
		provider: &AccountId32,
		evidence: &Evidence,
		workload: Option<WorkloadId>,
	) -> DispatchResult {
		let record = Self::verify::<T::Signatures>(provider, evidence, workload).map_err(Error::<T>::from)?;
		Self::store(provider, record, None).map_err(Error::<T>::from)?;
		Ok(())
	}

	/// Stores a record instead of the one of its kind.
	///
	/// # Errors
	/// [`Refusal::Deposit`], after which nothing has changed.
	pub(crate) fn store(
		provider: &AccountId32,
		record: Record,
		collector: Option<sr25519::Public>,
	) -> Result<(), Refusal> {
		let deposit = Self::deposit_for(&record);
		let old = Records::<T>::get(provider, record.kind).map(|stored| stored.deposit).unwrap_or_default();
		Self::change_hold(HoldReason::Record, provider, old, deposit).map_err(|_| Refusal::Deposit)?;
		Records::<T>::insert(provider, record.kind, StoredRecord { record: record.clone(), deposit });
		Self::deposit_event(Event::Attested { provider: provider.clone(), collector, record });
		Ok(())
	}

	pub(crate) fn do_remove_record(who: &AccountId32, provider: &AccountId32, kind: Kind) -> DispatchResult {
		let stored = Records::<T>::get(provider, kind).ok_or(Error::<T>::UnknownRecord)?;
		ensure!(who == provider || stored.record.expires < Self::now(), Error::<T>::NotExpired);
		Self::change_hold(HoldReason::Record, provider, stored.deposit, 0)?;
		Records::<T>::remove(provider, kind);
		Self::deposit_event(Event::RecordRemoved { provider: provider.clone(), kind });
		Ok(())
	}

	/// The deposit for something stored under an account.
	pub(crate) fn deposit_for(value: &impl Encode) -> Balance {
		// The key: two hashes of 16 and 8 bytes, the account, and a byte for the kind.
		let bytes = value.encoded_size().saturating_add(57);
		T::DepositPrice::convert(Footprint::from_parts(1, bytes))
	}

	/// Puts `new` instead of `old` on hold.
	pub(crate) fn change_hold(
		reason: HoldReason,
		provider: &AccountId32,
		old: Balance,
		new: Balance,
	) -> DispatchResult {
		let reason = reason.into();
		if new > old {
			T::Currency::hold(&reason, provider, new.saturating_sub(old))
		} else {
			T::Currency::release(&reason, provider, old.saturating_sub(new), Precision::Exact).map(|_| ())
		}
	}
}
