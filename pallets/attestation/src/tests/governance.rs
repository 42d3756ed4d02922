// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What governance states.

use aivm_attestation::{nvidia::Allowed, TcbPolicy};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

use crate::{evidence, mock::*, Collectors, Denied, DenyList, Error, Event, Goldens, Tier, Workload, Workloads};

fn root() -> RuntimeOrigin {
	RuntimeOrigin::root()
}

fn workload(name: &[u8], measurements: &[u8]) -> Option<Box<Workload>> {
	let measurements: Vec<_> = measurements.iter().map(|byte| [*byte; 32]).collect();
	Some(Box::new(Workload { name: name.to_vec().try_into().unwrap(), measurements: measurements.try_into().unwrap() }))
}

#[test]
fn calls_should_be_refused_when_not_by_governance() {
	run_production(|| {
		let who = || signed(&alice());
		let denied = Denied::Device([1; 32]);
		let version = || vec![1].try_into().unwrap();
		assert_noop!(Attestation::set_policy(who(), Tier::Entry, Box::new(TcbPolicy::strict())), BadOrigin);
		assert_noop!(Attestation::set_workload(who(), 1, None), BadOrigin);
		assert_noop!(Attestation::set_golden(who(), version(), version(), None), BadOrigin);
		assert_noop!(Attestation::set_denied(who(), denied, true), BadOrigin);
		assert_noop!(Attestation::set_collectors(who(), Default::default()), BadOrigin);
		assert_ok!(Attestation::set_denied(signed(&account(9)), denied, true));
	});
}

#[test]
fn workload_should_be_stated_changed_and_removed() {
	run_production(|| {
		let set = |workload| Attestation::set_workload(root(), 4, workload);
		assert_noop!(set(None), Error::<Test>::NoChange);
		assert_noop!(set(workload(b"", &[1])), Error::<Test>::BadName);
		assert_noop!(set(workload(&[0xff], &[1])), Error::<Test>::BadName);
		assert_noop!(set(workload(b"llm", &[])), Error::<Test>::BadList);
		assert_noop!(set(workload(b"llm", &[1, 1])), Error::<Test>::BadList);
		assert_ok!(set(workload(b"llm", &[1, 2])));
		assert_eq!(last_event(), Event::WorkloadSet { id: 4 });
		assert_noop!(set(workload(b"llm", &[1, 2])), Error::<Test>::NoChange);
		assert_ok!(set(None));
		assert_eq!(Workloads::<Test>::get(4), None);
	});
}

#[test]
fn measurements_should_be_stated_and_removed() {
	run_production(|| {
		let gpu = evidence::recorded_gpu();
		list(&gpu);
		assert_eq!(Goldens::<Test>::iter().count(), 1);
		let report = aivm_attestation::nvidia::Report::read(&gpu.report).unwrap();
		let set = |measurements: Option<Vec<Allowed>>| {
			let measurements = measurements.map(|measurements| measurements.try_into().unwrap());
			Attestation::set_golden(root(), report.driver.clone(), report.vbios.clone(), measurements)
		};
		let allowed = evidence::allowed(&gpu);
		assert_noop!(set(Some(allowed.clone())), Error::<Test>::NoChange);
		assert_noop!(set(Some(vec![])), Error::<Test>::BadList);
		let mut unsorted = allowed.clone();
		unsorted.swap(0, 1);
		assert_noop!(set(Some(unsorted)), Error::<Test>::BadList);
		let mut empty = allowed;
		empty[0].values = Default::default();
		assert_noop!(set(Some(empty)), Error::<Test>::BadList);
		assert_ok!(set(None));
		assert_eq!(Goldens::<Test>::iter().count(), 0);
	});
}

#[test]
fn denials_should_be_stated_and_taken_back() {
	run_production(|| {
		let item = Denied::Device([1; 32]);
		let set = |denied| Attestation::set_denied(root(), item, denied);
		assert_noop!(set(false), Error::<Test>::NoChange);
		assert_ok!(set(true));
		assert_eq!(last_event(), Event::DenialSet { item, denied: true });
		assert_noop!(set(true), Error::<Test>::NoChange);
		assert_ok!(set(false));
		assert!(!DenyList::<Test>::contains_key(item));
	});
}

#[test]
fn collectors_should_be_stated_each_once() {
	run_production(|| {
		let key = sp_core::Pair::public(&collector_key());
		let set = |keys: Vec<_>| Attestation::set_collectors(root(), keys.try_into().unwrap());
		assert_noop!(set(vec![key, key]), Error::<Test>::BadList);
		assert_ok!(set(vec![]));
		assert_eq!(Collectors::<Test>::get().len(), 0);
		assert_ok!(set(vec![key]));
		assert_eq!(last_event(), Event::CollectorsSet { count: 1 });
	});
}
