// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What is true of the storage after every transaction.

use aivm_traits::Balance;
use alloc::collections::BTreeMap;
use frame_support::{
	ensure,
	traits::{fungible::InspectHold, Get},
};
use sp_core::crypto::AccountId32;
use sp_runtime::TryRuntimeError;

use super::governance::is_canonical;
use crate::{
	AllowDevelopment, ChallengeSeeds, CollateralId, Collectors, Config, Endpoints, Goldens, HoldReason, Pallet,
	Records, StoredCollaterals, StoredRecord, Verified, Workloads,
};

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the pallet:
	///
	/// 1. what is on hold on every account is exactly the sum of the deposits for its endpoint and records;
	/// 2. records are stored under their kind, count for at most the longest time, are of no later period than the current
	///    one, and only development networks have records of development attestations or of what was recorded elsewhere;
	/// 3. collateral is what its key says;
	/// 4. what governance states is canonical.
	///
	/// # Errors
	///
	/// The first invariant that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut held = BTreeMap::<AccountId32, (Balance, Balance)>::new();
		for (provider, endpoint) in Endpoints::<T>::iter() {
			ensure!(!endpoint.kind.is_device(), "an endpoint serves a device's evidence");
			held.entry(provider).or_default().0 = endpoint.deposit;
		}
		for (provider, kind, stored) in Records::<T>::iter() {
			ensure!(stored.record.kind == kind, "a record is stored under another kind");
			Self::check_record(&stored)?;
			let sum = &mut held.entry(provider).or_default().1;
			*sum = sum.checked_add(stored.deposit).ok_or("deposits overflow")?;
		}
		Self::check_holds(held)?;
		Self::check_collateral()?;
		Self::check_governed()
	}

	fn check_record(StoredRecord { record, deposit }: &StoredRecord) -> Result<(), TryRuntimeError> {
		ensure!(Self::deposit_for(record) == *deposit, "a record's deposit is wrong");
		let longest = record.verified_at.saturating_add(T::MaxAge::get());
		ensure!(record.expires <= longest && record.expires >= record.verified_at, "a record counts for too long");
		let current = ChallengeSeeds::<T>::get().map(|seeds| seeds.period).unwrap_or_default();
		ensure!(record.period <= current, "a record is of a later period");
		ensure!(!record.is_development() || AllowDevelopment::<T>::get(), "a record is for development networks");
		Ok(())
	}

	fn check_holds(mut held: BTreeMap<AccountId32, (Balance, Balance)>) -> Result<(), TryRuntimeError> {
		for account in frame_system::Account::<T>::iter_keys() {
			let expected = held.remove(&account).unwrap_or_default();
			for (reason, expected) in [(HoldReason::Endpoint, expected.0), (HoldReason::Record, expected.1)] {
				ensure!(
					T::Currency::balance_on_hold(&reason.into(), &account) == expected,
					"a hold is not the sum of the deposits"
				);
			}
		}
		ensure!(held.is_empty(), "an account that does not exist has deposits");
		Ok(())
	}

	fn check_collateral() -> Result<(), TryRuntimeError> {
		for (id, stored) in StoredCollaterals::<T>::iter() {
			let named = match (id, &stored.verified) {
				(CollateralId::RootCrl | CollateralId::PckCrl(_) | CollateralId::ChipCrl(_), Verified::Crl(list)) => {
					list.window == stored.window && list.number == stored.rank.number
				}
				(CollateralId::PckAuthority(kind), Verified::PckAuthority(authority)) => authority.kind == kind,
				(CollateralId::TcbInfo(tee, fmspc), Verified::TcbInfo(info)) => {
					(info.tee, info.fmspc, info.window) == (tee, fmspc, stored.window)
				}
				(CollateralId::QeIdentity(tee), Verified::QeIdentity(identity)) => {
					(identity.tee, identity.window) == (tee, stored.window)
				}
				(CollateralId::ChipAuthority(product, endorsed), Verified::ChipAuthority(authority)) => {
					(authority.product, authority.endorsed) == (product, endorsed)
				}
				_ => false,
			};
			ensure!(named, "collateral is not what its key says");
		}
		Ok(())
	}

	fn check_governed() -> Result<(), TryRuntimeError> {
		for (_, workload) in Workloads::<T>::iter() {
			ensure!(workload.is_canonical(), "a workload is not canonical");
		}
		for ((driver, vbios), golden) in Goldens::<T>::iter() {
			ensure!(golden.driver == driver && golden.vbios == vbios, "measurements are stored under another firmware");
			ensure!(is_canonical(&golden.measurements), "measurements are not canonical");
		}
		let mut collectors = Collectors::<T>::get().into_inner();
		collectors.sort();
		ensure!(collectors.windows(2).all(|pair| pair.first() != pair.last()), "a collector is there twice");
		Ok(())
	}
}
