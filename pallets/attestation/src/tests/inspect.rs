// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What other pallets learn about a provider.

use aivm_attestation::Kind;
use aivm_traits::{AttestationInspect, Attested, Requirement};
use frame_support::assert_ok;

use crate::{evidence, mock::*, Bound, Evidence, Record, Records, Tier};

/// What a provider proved, as far as it meets this.
fn attested(required: Requirement) -> Option<Attested> {
	<Attestation as AttestationInspect<_>>::attested(&alice(), &required)
}

const ANY: Requirement = Requirement { kind: None, tier: None, workload: None, accept_development: false };
const DEVELOPMENT: Requirement = Requirement { accept_development: true, ..ANY };

/// Changes the stored record of this kind.
fn change(kind: Kind, change: impl FnOnce(&mut Record)) {
	Records::<Test>::mutate(alice(), kind, |stored| change(&mut stored.as_mut().unwrap().record));
}

#[test]
fn attested_should_tell_development_from_hardware() {
	run_development(|| {
		assert_eq!(attested(DEVELOPMENT), None);
		assert_ok!(attest(&alice(), &development(&alice_key())));
		let record = Attestation::record(alice(), Kind::Development).unwrap();
		let expected =
			Attested { kind: Kind::Development, development: true, measured: record.measured, expires: record.expires };
		assert_eq!(attested(DEVELOPMENT), Some(expected));
		// Hardware's evidence that was made for something else, and a device alone, say nothing about the provider either.
		let gpu = evidence::recorded_gpu();
		list(&gpu);
		assert_ok!(attest(&alice(), &Evidence::Device(gpu)));
		assert_eq!(Attestation::record(alice(), Kind::NvidiaGpu).unwrap().bound, Bound::Nothing);
		let device = attested(Requirement { kind: Some(Kind::NvidiaGpu), ..DEVELOPMENT }).unwrap();
		assert!(device.development);
		assert_eq!(attested(ANY), None);
		// What is bound counts.
		change(Kind::NvidiaGpu, |record| record.bound = Bound::Challenge);
		let device = attested(ANY).unwrap();
		assert_eq!((device.kind, device.development), (Kind::NvidiaGpu, false));
		// But not for anybody else.
		assert_eq!(<Attestation as AttestationInspect<_>>::attested(&bob(), &DEVELOPMENT), None);
	});
}

#[test]
fn attested_should_ask_for_kind_tier_and_workload() {
	run_development(|| {
		assert_ok!(attest(&alice(), &development(&alice_key())));
		let with_kind = |kind| Requirement { kind: Some(kind), ..DEVELOPMENT };
		assert!(attested(with_kind(Kind::Development)).is_some());
		assert_eq!(attested(with_kind(Kind::Tdx)), None);

		let with_tier = |tier| Requirement { tier: Some(tier), ..DEVELOPMENT };
		assert_eq!(attested(with_tier(Tier::Entry)), None);
		change(Kind::Development, |record| record.tiers = vec![Tier::Entry, Tier::Standard].try_into().unwrap());
		assert!(attested(with_tier(Tier::Entry)).is_some() && attested(with_tier(Tier::Standard)).is_some());
		assert_eq!(attested(with_tier(Tier::HighPerformance)), None);
		change(Kind::Development, |record| record.tiers = Default::default());

		let with_workload = |workload| Requirement { workload: Some(workload), ..DEVELOPMENT };
		assert_eq!(attested(with_workload(7)), None);
		change(Kind::Development, |record| record.workload = Some(7));
		assert!(attested(with_workload(7)).is_some());
		assert_eq!(attested(with_workload(8)), None);
		change(Kind::Development, |record| record.workload = None);
	});
}

#[test]
fn attested_should_tell_what_counts_longest_and_nothing_that_expired() {
	run_development(|| {
		let gpu = evidence::recorded_gpu();
		list(&gpu);
		assert_ok!(attest(&alice(), &development(&alice_key())));
		assert_ok!(attest(&alice(), &Evidence::Device(gpu)));
		let expires = |kind, at: u64| change(kind, |record| record.expires = at);
		expires(Kind::Development, NOW + 100);
		expires(Kind::NvidiaGpu, NOW + 200);
		assert_eq!(attested(DEVELOPMENT).unwrap().kind, Kind::NvidiaGpu);
		expires(Kind::Development, NOW + 300);
		assert_eq!(attested(DEVELOPMENT).unwrap().kind, Kind::Development);
		set_time(NOW + 300);
		assert_eq!(attested(DEVELOPMENT).unwrap().expires, NOW + 300);
		assert_eq!(attested(Requirement { kind: Some(Kind::NvidiaGpu), ..DEVELOPMENT }), None);
		set_time(NOW + 301);
		assert_eq!(attested(DEVELOPMENT), None);
	});
}
