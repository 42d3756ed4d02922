// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What other pallets read.

use aivm_traits::{ModelInspect, VersionInfo, VersionRef};
use alloc::vec::Vec;

use crate::{types::AccountIdOf, Config, Models, Pallet, Programs, Versions};

impl<T: Config> ModelInspect<AccountIdOf<T>> for Pallet<T> {
	fn version(version: VersionRef) -> Option<VersionInfo<AccountIdOf<T>>> {
		let owner = Models::<T>::get(version.model)?.owner;
		let record = Versions::<T>::get(version.model, version.version)?;
		Some(VersionInfo {
			owner,
			state: record.state,
			format: record.spec.format,
			artefact_hash: record.spec.artefact_hash,
			royalty: record.spec.royalty,
			summary: record.summary,
		})
	}

	fn program(version: VersionRef) -> Option<Vec<u8>> {
		Programs::<T>::get(version).map(|program| program.into_inner())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_program(owner: AccountIdOf<T>, program: Vec<u8>, royalty: aivm_traits::RoyaltyTerms) -> VersionRef {
		crate::benchmarking::set_up_program::<T>(owner, program, royalty)
	}
}
