// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Each invariant, broken.

use aivm_attestation::{intel::Tee, Kind};
use frame_support::{assert_ok, traits::fungible::MutateHold};
use sp_core::Pair;

use crate::{
	evidence::{self, RawCollateral},
	mock::*,
	AllowDevelopment, CollateralId, Collectors, Endpoints, Goldens, HoldReason, Records, StoredCollaterals,
	StoredRecord, Workload, Workloads,
};

#[track_caller]
fn broken(change: impl FnOnce(), message: &'static str) {
	new_chain(true, false).execute_with(|| {
		let url = b"http://127.0.0.1:1".to_vec().try_into().unwrap();
		assert_ok!(Attestation::set_endpoint(signed(&alice()), url, Kind::Tdx, None));
		assert_ok!(attest(&alice(), &development(&alice_key())));
		list(&evidence::recorded_gpu());
		let workload =
			Workload { name: b"llm".to_vec().try_into().unwrap(), measurements: vec![[1; 32]].try_into().unwrap() };
		assert_ok!(Attestation::set_workload(RuntimeOrigin::root(), 1, Some(Box::new(workload))));
		set_time(1_751_624_924);
		submit_all(&RawCollateral::recorded("tdx_quote").pieces());
		Attestation::do_try_state().unwrap();
		change();
		assert_eq!(Attestation::do_try_state(), Err(message.into()));
	});
}

fn change_record(change: impl FnOnce(&mut StoredRecord)) {
	Records::<Test>::mutate(alice(), Kind::Development, |stored| change(stored.as_mut().unwrap()));
}

#[test]
fn broken_records_should_be_found() {
	broken(|| change_record(|stored| stored.record.kind = Kind::Sgx), "a record is stored under another kind");
	broken(|| change_record(|stored| stored.deposit += 1), "a record's deposit is wrong");
	broken(|| change_record(|stored| stored.record.expires += MAX_AGE), "a record counts for too long");
	broken(|| change_record(|stored| stored.record.period = 1), "a record is of a later period");
	broken(|| AllowDevelopment::<Test>::put(false), "a record is for development networks");
}

#[test]
fn broken_holds_should_be_found() {
	let hold = |who, reason: HoldReason| Balances::hold(&reason.into(), &who, 1).unwrap();
	broken(|| hold(alice(), HoldReason::Endpoint), "a hold is not the sum of the deposits");
	broken(|| hold(bob(), HoldReason::Record), "a hold is not the sum of the deposits");
	broken(|| Endpoints::<Test>::remove(alice()), "a hold is not the sum of the deposits");
	let device = |endpoint: &mut Option<crate::Endpoint>| endpoint.as_mut().unwrap().kind = Kind::NvidiaGpu;
	broken(|| Endpoints::<Test>::mutate(alice(), device), "an endpoint serves a device's evidence");
	broken(
		|| {
			let stored = Records::<Test>::get(alice(), Kind::Development).unwrap();
			Records::<Test>::insert(account(77), Kind::Development, stored);
		},
		"an account that does not exist has deposits",
	);
}

#[test]
fn broken_collateral_should_be_found() {
	let message = "collateral is not what its key says";
	let other = CollateralId::TcbInfo(Tee::Sgx, [0xb0, 0xc0, 0x6f, 0, 0, 0]);
	let id = CollateralId::TcbInfo(Tee::Tdx, [0xb0, 0xc0, 0x6f, 0, 0, 0]);
	broken(|| StoredCollaterals::<Test>::swap(id, other), message);
	broken(|| StoredCollaterals::<Test>::swap(id, CollateralId::RootCrl), message);
	broken(|| StoredCollaterals::<Test>::mutate(id, |stored| stored.as_mut().unwrap().window.until += 1), message);
}

#[test]
fn broken_governance_should_be_found() {
	broken(
		|| Workloads::<Test>::mutate(1, |workload| workload.as_mut().unwrap().name = Default::default()),
		"a workload is not canonical",
	);
	let key = || Goldens::<Test>::iter_keys().next().unwrap();
	broken(
		|| Goldens::<Test>::mutate(key(), |golden| golden.as_mut().unwrap().driver = Default::default()),
		"measurements are stored under another firmware",
	);
	broken(
		|| Goldens::<Test>::mutate(key(), |golden| golden.as_mut().unwrap().measurements = Default::default()),
		"measurements are not canonical",
	);
	let twice = vec![collector_key().public(); 2];
	broken(
		|| Collectors::<Test>::put(sp_core::bounded::BoundedVec::truncate_from(twice)),
		"a collector is there twice",
	);
}
