// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What other pallets ask.

use aivm_attestation::Kind;
use aivm_traits::{AttestationInspect, Attested, Requirement};
use alloc::vec::Vec;
use sp_core::crypto::AccountId32;

use crate::{Bound, Config, Pallet, Record, Records};

impl Record {
	/// Whether no hardware vouches for the provider: a key did, or the evidence was recorded elsewhere.
	pub fn is_development(&self) -> bool {
		!self.kind.is_hardware() || self.bound == Bound::Nothing
	}

	/// Whether it counts at `now`, in seconds since 1970, and shows what is required.
	fn meets(&self, required: &Requirement, now: u64) -> bool {
		self.expires >= now
			&& required.kind.is_none_or(|kind| self.kind == kind)
			&& required.tier.is_none_or(|tier| self.tiers.contains(&tier))
			&& required.workload.is_none_or(|workload| self.workload == Some(workload))
			&& (required.accept_development || !self.is_development())
	}
}

impl<T: Config> AttestationInspect<AccountId32> for Pallet<T> {
	fn attested(provider: &AccountId32, required: &Requirement) -> Option<Attested> {
		let now = Self::now();
		let record_of = |kind: Kind| Records::<T>::get(provider, kind).map(|stored| stored.record);
		let records: Vec<Record> = match required.kind {
			Some(kind) => record_of(kind).into_iter().collect(),
			None => Self::view_records(provider),
		};
		let met = records.into_iter().filter(|record| record.meets(required, now));
		met.max_by_key(|record| record.expires).map(|record| Attested {
			kind: record.kind,
			development: record.is_development(),
			measured: record.measured,
			expires: record.expires,
		})
	}
}
