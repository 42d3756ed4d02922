// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Relations between constants that the runtime must keep.

use frame_support::{dispatch::DispatchClass, traits::Get};

use crate::{Config, Pallet, WeightInfo, MAX_BATCH, MAX_INPUTS};

#[allow(clippy::panic, reason = "integrity_test runs in tests only and reports by panicking")]
impl<T: Config> Pallet<T> {
	/// See the hook `integrity_test`.
	pub(crate) fn do_integrity_test() {
		assert!(T::MaxSystemLen::get() > 0, "MaxSystemLen is 0: no key of an external system could be registered");
		assert!(T::MaxPageSize::get() > 0, "MaxPageSize is 0: view functions would show nothing");
		assert!(T::MaxCommittedLen::get() > 0, "MaxCommittedLen is 0: no run could be proved");
		if let Some(max) = T::BlockWeights::get().get(DispatchClass::Normal).max_extrinsic {
			let singles = T::WeightInfo::judge_bls12_381(MAX_INPUTS).saturating_mul(MAX_BATCH.into());
			for (what, weight) in [
				("register_key", T::WeightInfo::register_key_bls12_381(MAX_INPUTS)),
				("verify_batch", T::WeightInfo::verify_batch_bls12_381(MAX_INPUTS, MAX_BATCH).saturating_add(singles)),
				("a commitment", T::WeightInfo::commit(Self::permutations(T::MaxCommittedLen::get()))),
			] {
				assert!(
					weight.all_lte(max),
					"{what} can need {weight:?}, which is more than one extrinsic may use: {max:?}"
				);
			}
		}
	}
}
