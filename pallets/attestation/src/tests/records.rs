// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Records, their deposits and their end.

use aivm_attestation::Kind;
use frame_support::{assert_noop, assert_ok};
use sp_core::{sr25519, Pair};

use crate::{evidence, mock::*, Error, Event, Evidence, Records};

#[test]
fn deposit_should_follow_the_size_of_the_record() {
	run_development(|| {
		assert_ok!(attest(&alice(), &development(&alice_key())));
		let stored = Records::<Test>::get(alice(), Kind::Development).unwrap();
		assert_eq!(held(&alice()), (0, stored.deposit));
		assert_eq!(stored.deposit, Attestation::deposit_for(&stored.record));
		// Another record of the kind replaces it, with its deposit.
		assert_ok!(attest(&alice(), &development(&alice_key())));
		assert_eq!(held(&alice()), (0, stored.deposit));
		assert_ok!(Attestation::remove_record(signed(&alice()), alice(), Kind::Development));
		assert_eq!(held(&alice()), (0, 0));
		assert_eq!(last_event(), Event::RecordRemoved { provider: alice(), kind: Kind::Development });
	});
}

#[test]
fn record_should_be_refused_when_the_provider_cannot_pay() {
	run_development(|| {
		let poor = sr25519::Pair::from_seed(&[3; 32]);
		let account = poor.public().into();
		assert_noop!(attest(&account, &development(&poor)), Error::<Test>::Deposit);
	});
}

#[test]
fn record_should_be_removed_by_anybody_once_it_has_expired() {
	run_development(|| {
		let remove = |who| Attestation::remove_record(signed(&who), alice(), Kind::Development);
		assert_noop!(remove(alice()), Error::<Test>::UnknownRecord);
		assert_ok!(attest(&alice(), &development(&alice_key())));
		let expires = Attestation::record(alice(), Kind::Development).unwrap().expires;
		set_time(expires);
		assert_noop!(remove(bob()), Error::<Test>::NotExpired);
		assert_eq!(Attestation::valid_kinds(alice()), [Kind::Development]);
		set_time(expires + 1);
		assert_eq!(Attestation::valid_kinds(alice()), []);
		assert_ok!(remove(bob()));
		assert_eq!(held(&alice()), (0, 0));
	});
}

#[test]
fn records_should_be_listed_by_kind() {
	run_development(|| {
		let gpu = evidence::recorded_gpu();
		list(&gpu);
		assert_ok!(attest(&alice(), &development(&alice_key())));
		assert_ok!(attest(&alice(), &Evidence::Device(gpu)));
		let kinds: Vec<_> = Attestation::records(alice()).iter().map(|record| record.kind).collect();
		assert_eq!(kinds, [Kind::NvidiaGpu, Kind::Development]);
		assert_eq!(Attestation::valid_kinds(alice()), kinds);
		assert_eq!(Attestation::records(bob()), []);
	});
}
