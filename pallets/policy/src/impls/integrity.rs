// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What must be true of the configuration.

use frame_support::traits::{fungible::Inspect, Footprint, Get};
use sp_runtime::traits::Convert;

use crate::{Config, Pallet};

impl<T: Config> Pallet<T> {
	/// Stops a node whose runtime is wired wrongly.
	#[allow(clippy::panic, reason = "an integrity test reports by panicking")]
	pub(crate) fn check_config() {
		assert!(T::MaxKeys::get() > 0, "agents must be able to have a session key");
		assert!(T::SecondsPerBlock::get() > 0, "a block takes at least a second");
		// A hold that is smaller could not be placed on an empty account, and would not protect it from being reaped when
		// a call empties it.
		assert!(
			T::DepositPrice::convert(Footprint::from_parts(1, 1)) >= T::Currency::minimum_balance(),
			"a deposit must be at least the existential deposit"
		);
	}
}
