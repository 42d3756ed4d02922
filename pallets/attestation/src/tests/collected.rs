// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What collectors submit: what the pool lets through, and what the chain does with it.

use aivm_attestation::{Error as Invalid, Kind};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::GetDispatchInfo,
	pallet_prelude::{InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction},
};
use sp_core::{sr25519, Pair};
use sp_runtime::traits::{BadOrigin, DispatchTransaction};

use crate::{mock::*, Bound, Call, CollectorFailures, Event, Evidence, Failures, Refusal};

fn serve(kind: Kind) {
	let url = b"http://127.0.0.1:1".to_vec().try_into().unwrap();
	assert_ok!(Attestation::set_endpoint(signed(&alice()), url, kind, None));
}

fn extension() -> Extension {
	<Test as frame_system::offchain::CreateAuthorizedTransaction<Call<Test>>>::create_extension()
}

/// What the pool says.
fn validate(call: Call<Test>) -> Result<ValidTransaction, TransactionValidityError> {
	let call = RuntimeCall::Attestation(call);
	let info = call.get_dispatch_info();
	let origin = RuntimeOrigin::none();
	let checked = extension().validate_only(origin, &call, &info, 0, TransactionSource::External, 0);
	checked.map(|(validity, ..)| validity)
}

fn custom(code: u8) -> Result<ValidTransaction, TransactionValidityError> {
	Err(InvalidTransaction::Custom(code).into())
}

/// Sends it through everything that a transaction in a block goes through.
fn dispatch(call: Call<Test>) {
	let call = RuntimeCall::Attestation(call);
	let info = call.get_dispatch_info();
	extension().dispatch_transaction(RuntimeOrigin::none(), call, &info, 0, 0).unwrap().unwrap();
}

fn collect(period: u64, evidence: &Evidence) -> Call<Test> {
	collection(&collector_key(), &alice(), period, evidence)
}

#[test]
fn collected_evidence_should_be_recorded_once_in_a_period() {
	run_development(|| {
		serve(Kind::Development);
		let call = collect(0, &development(&alice_key()));
		let validity = validate(call.clone()).unwrap();
		assert_eq!(validity.provides.len(), 1);
		// Another collector's, or other evidence, excludes it in the pool.
		assert_eq!(validate(collect(0, &development(&bob_key()))).unwrap().provides, validity.provides);
		dispatch(call.clone());
		let record = Attestation::record(alice(), Kind::Development).unwrap();
		assert_eq!((record.bound, record.period), (Bound::Challenge, 0));
		let collector = Some(collector_key().public());
		assert_eq!(last_event(), Event::Attested { provider: alice(), collector, record });
		assert_eq!(validate(call), custom(133));
		next_period();
		let next = collect(1, &development(&alice_key()));
		assert_ne!(validate(next.clone()).unwrap().provides, validity.provides);
		dispatch(next);
		assert_eq!(Attestation::record(alice(), Kind::Development).unwrap().period, 1);
		// The record of a later period excludes an earlier one.
		assert_eq!(validate(collect(0, &development(&alice_key()))), custom(133));
	});
}

#[test]
fn call_should_be_refused_when_it_is_not_authorised() {
	run_development(|| {
		let good = development(&alice_key());
		assert_eq!(validate(collect(0, &good)), custom(131));
		serve(Kind::Development);
		let stranger = sr25519::Pair::from_seed(&[8; 32]);
		assert_eq!(validate(collection(&stranger, &alice(), 0, &good)), custom(130));
		assert_eq!(validate(collect(1, &good)), custom(132));
		next_period();
		assert_ok!(validate(collect(0, &good)));
		next_period();
		assert_eq!(validate(collect(0, &good)), custom(132));

		// Signed for another provider, period or evidence.
		let good = development(&alice_key());
		let Call::attest_collected { signature, collector, .. } = collect(2, &good) else { panic!() };
		for (provider, period, evidence) in
			[(bob(), 2, good.clone()), (alice(), 1, good.clone()), (alice(), 2, development(&bob_key()))]
		{
			let url = b"http://127.0.0.1:1".to_vec().try_into().unwrap();
			assert_ok!(Attestation::set_endpoint(signed(&bob()), url, Kind::Development, None));
			let evidence = Box::new(evidence);
			let call = Call::attest_collected { provider, period, evidence, collector, signature };
			assert_eq!(validate(call), Err(InvalidTransaction::BadProof.into()));
		}
		// Nobody can call it with an account.
		let evidence = Box::new(good);
		let call = Attestation::attest_collected(signed(&alice()), alice(), 2, evidence, collector, signature);
		assert_eq!(call, Err(BadOrigin.into()));
	});
}

#[test]
fn invalid_evidence_should_record_nothing_and_stop_the_collector() {
	run_development(|| {
		serve(Kind::Development);
		let unbound = development_for(&alice_key(), [0; 64]);
		let collector = collector_key().public();
		for count in 1..=2 {
			let call = collect(0, &unbound);
			assert_ok!(validate(call.clone()));
			dispatch(call);
			let reason = Refusal::Invalid(Invalid::Binding);
			assert_eq!(last_event(), Event::CollectionRefused { provider: alice(), collector, reason });
			assert_eq!(CollectorFailures::<Test>::get(collector), Failures { period: 0, count });
		}
		assert_eq!(Attestation::records(alice()), []);
		assert_eq!(validate(collect(0, &development(&alice_key()))), custom(134));
		// In the next period it can try again.
		next_period();
		dispatch(collect(1, &development(&alice_key())));
		assert_eq!(Attestation::records(alice()).len(), 1);
	});
}

#[test]
fn evidence_should_be_refused_when_the_endpoint_states_another_kind_or_the_period_is_another() {
	run_development(|| {
		serve(Kind::Tdx);
		let refused = |call| {
			dispatch(call);
			let Event::CollectionRefused { reason, .. } = last_event() else { panic!() };
			reason
		};
		assert_eq!(refused(collect(0, &development(&alice_key()))), Refusal::OtherKind);
		serve(Kind::Development);
		let first = development(&alice_key());
		next_period();
		assert_eq!(refused(collect(1, &first)), Refusal::OtherPeriod);
		dispatch(collect(0, &first));
		assert_eq!(Attestation::record(alice(), Kind::Development).unwrap().period, 0);
	});
}

#[test]
fn evidence_should_be_refused_when_the_provider_cannot_pay() {
	run_development(|| {
		serve(Kind::Development);
		let free = pallet_balances::Pallet::<Test>::free_balance(alice());
		let transfer = pallet_balances::Pallet::<Test>::transfer_allow_death(signed(&alice()), bob(), free - 20);
		assert_ok!(transfer);
		dispatch(collect(0, &development(&alice_key())));
		let collector = collector_key().public();
		let reason = Refusal::Deposit;
		assert_eq!(last_event(), Event::CollectionRefused { provider: alice(), collector, reason });
		assert_eq!(Attestation::records(alice()), []);
	});
}

#[test]
fn genesis_should_name_collectors() {
	run_production(|| {
		assert!(crate::Collectors::<Test>::get().contains(&collector_key().public()));
		assert!(!crate::AllowDevelopment::<Test>::get());
		assert_noop!(Attestation::remove_endpoint(signed(&alice())), crate::Error::<Test>::UnknownEndpoint);
	});
	run_development(|| assert!(crate::AllowDevelopment::<Test>::get()));
}
