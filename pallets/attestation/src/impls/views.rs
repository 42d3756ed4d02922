// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the view functions answer.

use aivm_attestation::{
	intel::{PckAuthorityKind, Quote},
	Error as Invalid, Kind, Part,
};
use alloc::{vec, vec::Vec};
use sp_core::crypto::AccountId32;

use crate::{
	CollateralId, CollateralStatus, Config, Evidence, MachineEvidence, Pallet, Record, Records, Refusal,
	StoredCollateral, StoredCollaterals,
};

impl<T: Config> Pallet<T> {
	/// Most items of a page.
	pub const PAGE: u32 = 64;

	pub(crate) fn view_records(provider: &AccountId32) -> Vec<Record> {
		let mut records: Vec<_> = Records::<T>::iter_prefix_values(provider).map(|stored| stored.record).collect();
		records.sort_by_key(|record| record.kind);
		records
	}

	pub(crate) fn view_valid_kinds(provider: &AccountId32) -> Vec<Kind> {
		let now = Self::now();
		let valid = Self::view_records(provider).into_iter().filter(|record| record.expires >= now);
		valid.map(|record| record.kind).collect()
	}

	pub(crate) fn view_collateral(start: Option<CollateralId>, limit: u32) -> Vec<CollateralStatus> {
		let entries = match start {
			Some(start) => StoredCollaterals::<T>::iter_from(StoredCollaterals::<T>::hashed_key_for(start)),
			None => StoredCollaterals::<T>::iter(),
		};
		let limit = usize::try_from(limit.min(Self::PAGE)).unwrap_or_default();
		let status = |(id, StoredCollateral { rank, window, .. })| CollateralStatus { id, rank, window };
		entries.take(limit).map(status).collect()
	}

	pub(crate) fn view_needed(evidence: &Evidence, seconds: u64) -> Result<Vec<CollateralId>, Refusal> {
		let until = Self::now().saturating_add(seconds);
		let mut needed = Self::collateral_of(evidence)?;
		needed.retain(|id| match StoredCollaterals::<T>::get(id) {
			Some(stored) => stored.window.until < until,
			// The CRL of AMD's roots is used if there is one.
			None => !matches!(id, CollateralId::ChipCrl(_)),
		});
		Ok(needed)
	}

	/// The collateral that evidence is verified against, in the order in which it is submitted.
	fn collateral_of(evidence: &Evidence) -> Result<Vec<CollateralId>, Refusal> {
		let Evidence::Machine { machine, .. } = evidence else { return Ok(Vec::new()) };
		Ok(match machine {
			MachineEvidence::Quote(bytes) => {
				let quote = Quote::read(bytes)?;
				let (tee, fmspc) = (quote.tee(), quote.platform()?.fmspc);
				let kind = PckAuthorityKind::of_name(&quote.issuer()?)
					.ok_or(Invalid::Issuer { part: Part::PckCertificate })?;
				vec![
					CollateralId::RootCrl,
					CollateralId::PckAuthority(kind),
					CollateralId::PckCrl(kind),
					CollateralId::TcbInfo(tee, fmspc),
					CollateralId::QeIdentity(tee),
				]
			}
			MachineEvidence::SevSnp { product, endorsed, .. } => {
				vec![CollateralId::ChipAuthority(*product, *endorsed), CollateralId::ChipCrl(*product)]
			}
			MachineEvidence::Nitro(_) | MachineEvidence::Development(_) => Vec::new(),
		})
	}
}
