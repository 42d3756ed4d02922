// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What must be true of the configuration.

use aivm_attestation::{x509::Certificate, Part};
use frame_support::traits::Get;
use sp_runtime::traits::Zero;

use crate::{Config, Pallet};

impl<T: Config> Pallet<T> {
	/// Stops a node whose runtime is wired wrongly.
	#[allow(clippy::panic, reason = "an integrity test reports by panicking")]
	pub(crate) fn check_config() {
		assert!(!T::Period::get().is_zero(), "a period has blocks");
		assert!(T::MaxAge::get() > 0, "records must count for some time");
		assert!(T::MaxFailures::get() > 0, "collectors must be able to submit something");
		let roots = T::Roots::get();
		let amd = roots.amd.map(|(_, root)| root);
		for root in [roots.intel, roots.nitro, roots.nvidia].into_iter().chain(amd) {
			assert!(Certificate::read(root, Part::Root).is_ok(), "a root is no certificate");
		}
	}
}
