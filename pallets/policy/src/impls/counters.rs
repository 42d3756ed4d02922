// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Counters of payments and transactions.

use aivm_traits::{AssetKind, Balance};

use crate::{Activities, Config, Counters, Pallet, Spender, Spent};

impl<T: Config> Pallet<T> {
	/// What a spender has used up of its limits for an asset, if it is the second `now`.
	pub(crate) fn spent_at(spender: &Spender, asset: AssetKind, now: u64) -> Spent {
		match asset {
			AssetKind::Native => Activities::<T>::get(spender).native.spent_at(now),
			AssetKind::Asset(id) => Counters::<T>::get(spender, id).spent_at(now),
		}
	}

	/// Counts a transaction that spent this, and `fee` besides.
	pub(crate) fn count(spender: &Spender, now: u64, spent: &[(AssetKind, Balance)], fee: Balance) {
		let mut native = fee;
		for (asset, amount) in spent {
			match asset {
				AssetKind::Native => native = native.saturating_add(*amount),
				AssetKind::Asset(_) if *amount == 0 => {}
				AssetKind::Asset(id) => Counters::<T>::mutate(spender, id, |counter| counter.add(now, *amount)),
			}
		}
		let block = frame_system::Pallet::<T>::block_number();
		Activities::<T>::mutate(spender, |activity| activity.add(block, now, native));
	}
}
