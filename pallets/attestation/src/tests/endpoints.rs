// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Endpoints.

use aivm_attestation::Kind;
use frame_support::{assert_noop, assert_ok};

use crate::{mock::*, Endpoints, Error, Event};

fn set(url: &str, kind: Kind, workload: Option<u32>) -> sp_runtime::DispatchResult {
	Attestation::set_endpoint(signed(&alice()), url.as_bytes().to_vec().try_into().unwrap(), kind, workload)
}

#[test]
fn endpoint_should_be_stated_stated_anew_and_removed() {
	run_production(|| {
		assert_ok!(set("http://127.0.0.1:8080", Kind::Tdx, None));
		let first = held(&alice()).0;
		assert_eq!(first, Attestation::deposit_for(&Endpoints::<Test>::get(alice()).unwrap()));
		assert_ok!(set("http://127.0.0.1:8080/longer", Kind::Sgx, None));
		assert_eq!(held(&alice()).0, first + 7);
		let url = b"http://127.0.0.1:8080/longer".to_vec().try_into().unwrap();
		assert_eq!(last_event(), Event::EndpointSet { provider: alice(), url, kind: Kind::Sgx });
		assert_ok!(Attestation::remove_endpoint(signed(&alice())));
		assert_eq!(held(&alice()), (0, 0));
		assert_eq!(last_event(), Event::EndpointRemoved { provider: alice() });
		assert_noop!(Attestation::remove_endpoint(signed(&alice())), Error::<Test>::UnknownEndpoint);
	});
}

#[test]
fn endpoint_should_be_refused_when_it_cannot_serve() {
	run_production(|| {
		assert_noop!(set("ftp://example.org", Kind::Tdx, None), Error::<Test>::BadUrl);
		assert_noop!(set("http://example.org", Kind::NvidiaGpu, None), Error::<Test>::DeviceKind);
		assert_noop!(set("http://example.org", Kind::Development, None), Error::<Test>::DevelopmentNotAllowed);
		assert_noop!(set("http://example.org", Kind::Tdx, Some(1)), Error::<Test>::UnknownWorkload);
	});
	run_development(|| {
		assert_ok!(set("http://example.org", Kind::Development, None));
	});
}
