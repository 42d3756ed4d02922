// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What passes, and who pays.

use aivm_traits::{AssetKind, PolicyApplied, PolicyGate};
use codec::Encode;
use frame_support::dispatch::GetDispatchInfo;
use pallet_transaction_payment::ChargeTransactionPayment;
use scale_info::TypeInfo;
use sp_runtime::{
	traits::TransactionExtension,
	transaction_validity::{InvalidTransaction, TransactionValidityError},
};

use crate::{mock::*, AsAgent, Expiry, Limit, Refusal, Running};

#[test]
fn transfer_should_be_the_agents_and_cost_the_agent_when_a_session_key_signs() {
	run_session(|| {
		let before = free(&agent());
		let transaction = Transaction::new(&key(1), transfer(&bob(), 3 * UNIT));
		let fee = transaction.fee();
		send_transaction(transaction).unwrap().unwrap();
		assert_eq!(free(&bob()), FUNDS + 3 * UNIT);
		assert_eq!(free(&key(1)), 0);
		let paid = before - free(&agent());
		assert!(paid > 3 * UNIT && paid <= 3 * UNIT + fee, "{paid}");
		assert_eq!(Policy::spent(0, AssetKind::Native).lifetime, paid);
		assert_eq!(Policy::spent(0, AssetKind::Native).day, paid);
		assert_eq!(Policy::spent_by_key(key(1), AssetKind::Native).day, paid);
	});
}

#[test]
fn counters_should_have_the_fee_alone_when_a_direct_call_fails() {
	run_session(|| {
		let before = free(&agent());
		// Nobody there, and less than the existential deposit.
		let result = send(&key(1), transfer(&account(9), 1)).unwrap();
		assert!(result.is_err());
		let paid = before - free(&agent());
		assert!(paid > 0 && paid < UNIT);
		assert_eq!(Policy::spent(0, AssetKind::Native).lifetime, paid);
	});
}

#[test]
fn counters_should_have_what_was_paid_when_a_call_pays_less_than_its_maximum() {
	run_session(|| {
		let before = free(&agent());
		passes(&key(1), shop::Call::infer { model: 1, max_payment: 4 * UNIT });
		let paid = before - free(&agent());
		assert!((2 * UNIT..3 * UNIT).contains(&paid));
		assert_eq!(Policy::spent(0, AssetKind::Native).day, paid);
	});
}

#[test]
fn tip_should_be_counted_when_one_is_paid() {
	run_session(|| {
		let before = free(&agent());
		let mut transaction = Transaction::new(&key(1), remark(1));
		transaction.tip = UNIT / 2;
		send_transaction(transaction).unwrap().unwrap();
		let paid = before - free(&agent());
		assert!(paid > UNIT / 2);
		assert_eq!(Policy::spent(0, AssetKind::Native).lifetime, paid);
	});
}

#[test]
fn parallel_keys_should_have_their_own_nonces_when_they_act_for_one_agent() {
	run_session(|| {
		add_key(2, policy());
		let first = Transaction::new(&key(1), transfer(&bob(), UNIT));
		let second = Transaction::new(&key(2), transfer(&bob(), UNIT));
		assert_eq!((first.nonce, second.nonce), (0, 0));
		// Either order: neither waits for the other.
		let provides = |transaction: &Transaction| {
			let valid = transaction.validate().unwrap();
			assert_eq!(valid.requires, Vec::<Vec<u8>>::new());
			valid.provides
		};
		assert_ne!(provides(&first), provides(&second));
		second.apply().unwrap().unwrap();
		first.apply().unwrap().unwrap();
		assert_eq!(free(&bob()), FUNDS + 2 * UNIT);
	});
}

#[test]
fn transaction_should_be_stale_when_it_is_sent_again() {
	run_session(|| {
		let transaction = Transaction::new(&key(1), transfer(&bob(), UNIT));
		send_transaction(transaction.clone()).unwrap().unwrap();
		let again = send_transaction(transaction);
		assert_eq!(again, Err(TransactionValidityError::Invalid(InvalidTransaction::Stale)));
		assert_eq!(free(&bob()), FUNDS + UNIT);
	});
}

#[test]
fn longevity_should_end_with_the_key_when_it_expires() {
	run_session(|| {
		add_key_until(2, policy(), Expiry::Block(11)).unwrap();
		add_key_until(3, policy(), Expiry::Time(MONDAY + 30)).unwrap();
		let longevity = |number| Transaction::new(&key(number), remark(1)).validate().unwrap().longevity;
		assert_eq!(longevity(2), 10);
		assert_eq!(longevity(3), 11);
		let mut short = policy();
		short.expires = Some(MONDAY + 6);
		add_key(4, short);
		assert_eq!(longevity(4), 3);
	});
}

#[test]
fn plain_account_should_pay_itself_when_it_signs() {
	run_session(|| {
		let (agents, bobs) = (free(&agent()), free(&bob()));
		passes(&bob(), transfer(&carol(), UNIT));
		assert_eq!(free(&agent()), agents);
		assert!(free(&bob()) < bobs - UNIT);
		assert_eq!(Policy::decision(), None);
	});
}

#[test]
fn plain_account_should_get_the_extensions_fee_back_when_it_signs() {
	run_session(|| {
		use crate::WeightInfo;
		use frame_support::weights::WeightToFee;
		let transaction = Transaction::new(&bob(), remark(1));
		let most = transaction.fee();
		let before = free(&bob());
		send_transaction(transaction).unwrap().unwrap();
		let unused = <()>::as_agent_first(0) + <()>::as_agent_direct() - <()>::as_agent_plain();
		assert!(before - free(&bob()) <= most - MillionthFee::weight_to_fee(&unused) + 1);
	});
}

#[test]
fn key_should_pay_for_its_records_once_when_it_signs_again_in_a_block() {
	run_session(|| {
		use crate::WeightInfo;
		use frame_support::weights::WeightToFee;
		add_key(2, policy());
		let paid = |number| {
			let before = free(&agent());
			passes(&key(number), remark(1));
			before - free(&agent())
		};
		let first = paid(1);
		let again = MillionthFee::weight_to_fee(&<()>::as_agent_first(0));
		assert!(again > 0);
		assert!((first - again..=first - again + 1).contains(&paid(1)));
		// Another key has records of its own, and so has the next block.
		assert_eq!(paid(2), first);
		System::set_block_number(2);
		assert_eq!(paid(1), first);
		assert_ne!(paid(1), first);
	});
}

#[test]
fn act_should_pay_for_the_assets_that_it_touches_when_more_are_listed() {
	run_test(|| {
		let mut many = policy();
		for id in 1..8 {
			let limit = Limit { asset: AssetKind::Asset(id), per_transaction: 1, per_day: 1, lifetime: 1 };
			many.limits.try_push(limit).unwrap();
		}
		set_policy(many.clone()).unwrap();
		add_key(1, many.clone());
		add_key(2, many);
		let paid = |number, call: RuntimeCall| {
			let before = free(&agent());
			passes(&key(number), act(call));
			before - free(&agent())
		};
		// All of the first one is known, so nothing but the native token can leave; the other one is measured.
		let known = paid(1, remark(1));
		let unknown = paid(2, pallet_assets::Call::touch { id: 9 }.into());
		assert!(known < unknown, "{known} {unknown}");
	});
}

#[test]
fn extension_should_be_invisible_when_clients_look_at_it() {
	type Wrapped = ChargeTransactionPayment<Test>;
	type Wrapper = AsAgent<Test, Wrapped>;
	assert_eq!(<Wrapper as TransactionExtension<RuntimeCall>>::IDENTIFIER, "ChargeTransactionPayment");
	assert_eq!(Wrapper::new(Wrapped::from(7)).encode(), Wrapped::from(7).encode());
	assert_eq!(Wrapper::type_info(), Wrapped::type_info());
	let of = |metadata: Vec<sp_runtime::traits::TransactionExtensionMetadata>| {
		metadata.into_iter().map(|entry| (entry.identifier, entry.ty, entry.implicit)).collect::<Vec<_>>()
	};
	assert_eq!(
		of(<Wrapper as TransactionExtension<RuntimeCall>>::metadata()),
		of(<Wrapped as TransactionExtension<RuntimeCall>>::metadata())
	);
}

/// What a call of the first key can pin while it is dispatched.
fn pinned(call: RuntimeCall) -> PolicyApplied {
	use sp_runtime::traits::DispatchTransaction;
	let extension = extension(System::account_nonce(key(1)), 0);
	let mut info = call.get_dispatch_info();
	info.extension_weight = extension.weight(&call);
	let mut decision = None;
	let substitute = |origin: RuntimeOrigin| {
		assert_eq!(frame_system::ensure_signed(origin).ok(), Some(agent()));
		decision = Policy::decision();
		// No other session can begin meanwhile.
		let inner = Transaction::new(&key(1), remark(1));
		assert_eq!(inner.validate(), Err(Refusal::SessionRunning.into()));
		Ok(().into())
	};
	let origin = RuntimeOrigin::signed(key(1));
	extension.test_run(origin, &call, &info, 120, 0, substitute).unwrap().unwrap();
	assert!(!Running::<Test>::exists());
	decision.unwrap()
}

#[test]
fn context_should_name_policy_and_key_when_a_call_is_dispatched() {
	run_test(|| {
		set_policy(policy()).unwrap();
		let restriction = crate::Policy { max_fee: UNIT / 2, ..policy() };
		add_key(1, restriction.clone());
		let decision = pinned(remark(1));
		assert_eq!((decision.agent, decision.key, decision.version), (0, key(1), 1));
		assert_eq!((decision.policy_hash, decision.restriction_hash), (policy().hash(1), restriction.hash(0)));
		assert_ne!(policy().hash(0), policy().hash(1), "a restriction's hash is no policy's");
	});
}

#[test]
fn context_should_name_the_rules_that_were_checked() {
	/// Rules that are about every transaction, also one that pays its fee alone.
	const ALWAYS: [Refusal; 18] = [
		Refusal::KeyRemoved,
		Refusal::KeyExpired,
		Refusal::NoSuchAgent,
		Refusal::AgentTransferred,
		Refusal::AgentFrozen,
		Refusal::NoPolicy,
		Refusal::OutsideHours,
		Refusal::TooManyTransactions,
		Refusal::WeightAboveMaximum,
		Refusal::FeeAboveMaximum,
		Refusal::CallForbidden,
		Refusal::CallNotAllowed,
		Refusal::NeedsAct,
		Refusal::TooManyCalls,
		Refusal::AboveTransactionLimit,
		Refusal::AboveDayLimit,
		Refusal::AboveLifetimeLimit,
		Refusal::SessionRunning,
	];
	let bits = |rules: &[Refusal]| ALWAYS.iter().chain(rules).fold(0, |bits, rule| bits | rule.bit());
	let destination = [Refusal::DestinationNotAllowed, Refusal::DestinationDenied];
	let model = [Refusal::ModelNotAllowed, Refusal::TaskPriceAboveMaximum];
	let infer = || RuntimeCall::from(shop::Call::infer { model: 1, max_payment: UNIT });
	run_session(|| {
		assert_eq!(pinned(remark(1)).checked, bits(&[]));
		assert_eq!(pinned(transfer(&bob(), UNIT)).checked, bits(&destination));
		assert_eq!(pinned(infer()).checked, bits(&model));
		let all = [&destination[..], &model].concat();
		assert_eq!(pinned(act(batch(vec![transfer(&bob(), UNIT), infer()]))).checked, bits(&all));
		assert_eq!(pinned(act(shop::Call::buy { price: 1 })).checked, bits(&[Refusal::DestinationUnknown]));
		set_policy(crate::Policy { expires: Some(MONDAY + 1_000), ..policy() }).unwrap();
		assert_eq!(pinned(remark(1)).checked, bits(&[Refusal::PolicyExpired]));
	});
}

#[test]
fn bits_of_rules_should_be_their_codes_above_the_first() {
	for refusal in Refusal::ALL {
		assert_eq!(refusal.bit(), 1 << (refusal.code() - 64), "{refusal:?}");
	}
}
