// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Endpoints.

use aivm_attestation::Kind;
use frame_support::ensure;
use sp_core::crypto::AccountId32;
use sp_runtime::DispatchResult;

use crate::{
	AllowDevelopment, Config, Endpoint, Endpoints, Error, Event, HoldReason, Pallet, Url, WorkloadId, Workloads,
};

/// Whether an address is `http://…` or `https://…`, in printable ASCII that needs no escape, without query and final slash.
fn is_url(url: &[u8]) -> bool {
	let rest = url.strip_prefix(b"http://").or_else(|| url.strip_prefix(b"https://"));
	let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:/[]%@!$&'()*+,;=".contains(byte);
	rest.is_some_and(|rest| {
		rest.first().is_some_and(|first| *first != b'/') && rest.last() != Some(&b'/') && rest.iter().all(allowed)
	})
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_set_endpoint(
		provider: AccountId32,
		url: Url,
		kind: Kind,
		workload: Option<WorkloadId>,
	) -> DispatchResult {
		ensure!(is_url(&url), Error::<T>::BadUrl);
		ensure!(!kind.is_device(), Error::<T>::DeviceKind);
		ensure!(kind.is_hardware() || AllowDevelopment::<T>::get(), Error::<T>::DevelopmentNotAllowed);
		if let Some(id) = workload {
			ensure!(Workloads::<T>::contains_key(id), Error::<T>::UnknownWorkload);
		}
		let old = Endpoints::<T>::get(&provider).map(|endpoint| endpoint.deposit).unwrap_or_default();
		let mut endpoint = Endpoint { url: url.clone(), kind, workload, deposit: 0 };
		endpoint.deposit = Self::deposit_for(&endpoint);
		Self::change_hold(HoldReason::Endpoint, &provider, old, endpoint.deposit)?;
		Endpoints::<T>::insert(&provider, endpoint);
		Self::deposit_event(Event::EndpointSet { provider, url, kind });
		Ok(())
	}

	pub(crate) fn do_remove_endpoint(provider: AccountId32) -> DispatchResult {
		let endpoint = Endpoints::<T>::take(&provider).ok_or(Error::<T>::UnknownEndpoint)?;
		Self::change_hold(HoldReason::Endpoint, &provider, endpoint.deposit, 0)?;
		Self::deposit_event(Event::EndpointRemoved { provider });
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::is_url;

	#[test]
	fn urls_should_be_plain() {
		for good in ["http://a", "https://example.org:8443/x", "http://[::1]:9/a", "http://127.0.0.1:8080"] {
			assert!(is_url(good.as_bytes()), "{good}");
		}
		for bad in [
			"",
			"http://",
			"http:///",
			"ftp://a",
			"http://a/",
			"http://a b",
			"http://a?b",
			"http://a#b",
			"http://\u{e4}",
		] {
			assert!(!is_url(bad.as_bytes()), "{bad}");
		}
	}
}
