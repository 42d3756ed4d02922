// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What calls weigh, by what they are given.

use frame_support::weights::Weight;

use crate::{Collateral, Config, Evidence, MachineEvidence, Pallet, WeightInfo};

/// The length of bytes that a call is given.
fn length(bytes: &[u8]) -> u32 {
	u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

impl<T: Config> Pallet<T> {
	/// The weight of submitting collateral.
	pub(crate) fn weight_of_collateral(collateral: &Collateral) -> Weight {
		match collateral {
			Collateral::RootCrl(crl) | Collateral::PckCrl { crl, .. } => T::WeightInfo::submit_crl(length(crl)),
			Collateral::PckAuthority(_) => T::WeightInfo::submit_pck_authority(),
			Collateral::TcbInfo(signed) | Collateral::QeIdentity(signed) => {
				T::WeightInfo::submit_statement(length(&signed.text))
			}
			Collateral::ChipAuthority { .. } => T::WeightInfo::submit_chip_authority(),
			// The signature is that of an authority.
			Collateral::ChipCrl { crl, .. } => {
				T::WeightInfo::submit_chip_authority().saturating_add(T::WeightInfo::submit_crl(length(crl)))
			}
		}
	}

	/// The weight of a collector's transaction.
	pub(crate) fn weight_of_collected(evidence: &Evidence) -> Weight {
		T::WeightInfo::attest_collected().saturating_add(Self::weight_of(evidence))
	}

	/// The weight of verifying evidence and recording what it proves.
	pub(crate) fn weight_of(evidence: &Evidence) -> Weight {
		match evidence {
			Evidence::Machine { machine, devices } => {
				let machine = match machine {
					MachineEvidence::Quote(_) => T::WeightInfo::attest_quote(),
					MachineEvidence::SevSnp { .. } => T::WeightInfo::attest_sev_snp(),
					MachineEvidence::Nitro(_) => T::WeightInfo::attest_nitro(),
					MachineEvidence::Development(_) => T::WeightInfo::attest_development(),
				};
				let devices = u64::try_from(devices.len()).unwrap_or(u64::MAX);
				machine.saturating_add(T::WeightInfo::attest_device().saturating_mul(devices))
			}
			Evidence::Device(_) => T::WeightInfo::attest_device(),
		}
	}
}
