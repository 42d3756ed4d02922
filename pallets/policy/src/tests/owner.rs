// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What owners do.

use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use sp_core::Pair;
use sp_runtime::{traits::BadOrigin, MultiSignature};

use crate::{mock::*, Agents, CallRule, Counters, Error, Event, Expiry, HoldReason, Keys, Refusal, Spender};

fn owner() -> RuntimeOrigin {
	RuntimeOrigin::signed(alice())
}

fn held() -> (u128, u128) {
	let on_hold = |reason: HoldReason| Balances::balance_on_hold(&reason.into(), &agent());
	(on_hold(HoldReason::Policy), on_hold(HoldReason::SessionKey))
}

fn looser() -> crate::Policy {
	let mut looser = policy();
	looser.max_fee += 1;
	looser.limits = vec![native(20 * UNIT, 50 * UNIT, 200 * UNIT)].try_into().unwrap();
	looser
}

fn stricter() -> crate::Policy {
	let mut stricter = policy();
	stricter.max_fee -= 1;
	stricter
}

#[test]
fn first_policy_should_be_in_force_at_once() {
	run_test(|| {
		assert_eq!(Policy::policy_of(0), None);
		assert_ok!(set_policy(policy()));
		let set = Policy::policy_of(0).unwrap();
		assert_eq!((set.version, set.policy, set.hash), (1, policy(), policy().hash(1)));
		assert_eq!(last_event(), Event::PolicySet { agent: 0, version: 1, hash: policy().hash(1) });
	});
}

#[test]
fn stricter_policy_should_be_in_force_at_once() {
	run_test(|| {
		assert_ok!(set_policy(policy()));
		assert_ok!(set_policy(stricter()));
		let set = Policy::policy_of(0).unwrap();
		assert_eq!((set.version, set.policy), (2, stricter()));
		assert_eq!(Policy::pending_of(0), None);
	});
}

#[test]
fn looser_policy_should_be_in_force_once_the_delay_has_passed() {
	run_session(|| {
		assert_ok!(set_policy(looser()));
		let due = MONDAY + 3_600;
		assert_eq!(last_event(), Event::PolicyPending { agent: 0, due, hash: looser().hash(2) });
		assert_eq!(Policy::pending_of(0).unwrap().due, due);
		// The key's own restriction stays, so give it one that does not matter.
		add_key(2, looser());
		set_time(due - 1);
		assert_eq!(Policy::policy_of(0).unwrap().version, 1);
		assert_eq!(refused(&key(2), transfer(&bob(), 11 * UNIT)), Refusal::AboveTransactionLimit);
		set_time(due);
		assert_eq!(Policy::policy_of(0).unwrap().version, 2);
		assert_eq!(Policy::pending_of(0), None);
		passes(&key(2), transfer(&bob(), 11 * UNIT));
		assert_noop!(Policy::cancel_pending(owner(), 0), Error::<Test>::NothingPending);
		assert_ok!(set_policy(policy()));
		assert_eq!(Policy::policy_of(0).unwrap().version, 3);
	});
}

#[test]
fn pending_policy_should_not_come_when_it_is_cancelled_or_replaced() {
	run_test(|| {
		assert_ok!(set_policy(policy()));
		let before = held();
		assert_ok!(set_policy(looser()));
		assert_ok!(Policy::cancel_pending(owner(), 0));
		assert_eq!(held(), before);
		// A stricter one cancels it as well.
		assert_ok!(set_policy(looser()));
		assert_ok!(set_policy(stricter()));
		assert_eq!(held(), before);
		// Another looser one begins its delay anew.
		assert_ok!(set_policy(policy()));
		set_time(MONDAY + 3_599);
		assert_ok!(set_policy(looser()));
		set_time(MONDAY + 3_600);
		assert_eq!(Policy::policy_of(0).unwrap().policy, stricter());
		set_time(MONDAY + 7_199);
		assert_eq!(Policy::policy_of(0).unwrap().policy, looser());
	});
}

#[test]
fn shorter_delay_should_wait_for_the_longer_one() {
	run_test(|| {
		assert_ok!(set_policy(policy()));
		let mut hasty = policy();
		hasty.loosening_delay = 0;
		assert_ok!(set_policy(hasty.clone()));
		assert_eq!(Policy::pending_of(0).unwrap().due, MONDAY + 3_600);
		set_time(MONDAY + 3_600);
		// Now without a delay.
		let mut looser = looser();
		looser.loosening_delay = 0;
		assert_eq!(Policy::policy_of(0).unwrap().policy, hasty);
		assert_ok!(set_policy(looser.clone()));
		assert_eq!(Policy::policy_of(0).unwrap().policy, looser);
	});
}

#[test]
fn policy_should_be_refused_when_it_is_not_canonical() {
	run_test(|| {
		let rule = |pallet| CallRule { pallet, call: None };
		let mut unsorted = policy();
		unsorted.calls = vec![rule(2), rule(1)].try_into().unwrap();
		let mut twice = policy();
		twice.limits = vec![native(1, 1, 1), native(2, 2, 2)].try_into().unwrap();
		let mut hours = policy();
		hours.hours = crate::Hours::Weekly([1 << 24; 7]);
		for bad in [unsorted, twice, hours] {
			assert_noop!(set_policy(bad), Error::<Test>::NotCanonical);
		}
	});
}

#[test]
fn calls_should_be_refused_when_the_signer_is_not_the_owner() {
	run_session(|| {
		let bob = || RuntimeOrigin::signed(bob());
		let boxed = || Box::new(policy());
		let expiry = Expiry::Block(9);
		let signature = || proof(2, 0, &alice(), &expiry);
		let not_owner = Error::<Test>::NotOwner;
		assert_noop!(Policy::set_policy(bob(), 0, boxed()), not_owner);
		assert_noop!(Policy::cancel_pending(bob(), 0), Error::<Test>::NotOwner);
		assert_noop!(Policy::remove_policy(bob(), 0), Error::<Test>::NotOwner);
		assert_noop!(Policy::add_session_key(bob(), 0, key(2), expiry, boxed(), signature()), Error::<Test>::NotOwner);
		assert_noop!(Policy::remove_session_key(bob(), 0, key(1)), Error::<Test>::NotOwner);
		assert_noop!(
			Policy::rotate_session_key(bob(), 0, key(1), key(2), expiry, boxed(), signature()),
			Error::<Test>::NotOwner
		);
		assert_noop!(Policy::freeze(bob(), 0), Error::<Test>::NotOwner);
		assert_noop!(Policy::unfreeze(bob(), 0), Error::<Test>::NotOwner);
		assert_noop!(Policy::control(bob(), 0, Box::new(remark(1))), Error::<Test>::NotOwner);
		assert_noop!(Policy::freeze(owner(), 1), Error::<Test>::UnknownAgent);
		assert_noop!(Policy::freeze(RuntimeOrigin::root(), 0), BadOrigin);
	});
}

#[test]
fn deposits_should_go_back_to_the_owner_when_storage_is_freed() {
	run_test(|| {
		let (before, agents) = (free(&alice()), free(&agent()));
		assert_ok!(set_policy(policy()));
		let policy_deposit = Policy::policy_deposit(&policy());
		assert_eq!(held(), (policy_deposit, 0));
		assert_eq!(free(&alice()), before - policy_deposit);
		add_key(1, policy());
		let key_deposit = Policy::key_deposit(&policy());
		assert_eq!(held(), (policy_deposit, key_deposit));
		assert_noop!(Policy::remove_policy(owner(), 0), Error::<Test>::HasKeys);
		assert_ok!(Policy::remove_session_key(owner(), 0, key(1)));
		let removed = Policy::removed_key_deposit();
		assert_eq!(held(), (policy_deposit, removed));
		assert_ok!(Policy::remove_policy(owner(), 0));
		assert_eq!(held(), (0, removed));
		assert_eq!(free(&alice()), before - removed);
		assert_eq!(free(&agent()), agents);
		assert_noop!(Policy::remove_policy(owner(), 0), Error::<Test>::NoPolicy);
		// The version goes on.
		assert_ok!(set_policy(policy()));
		assert_eq!(Policy::policy_of(0).unwrap().version, 2);
	});
}

#[test]
fn deposit_of_a_replaced_policy_should_go_back_when_its_successor_came_by_itself() {
	run_test(|| {
		assert_ok!(set_policy(policy()));
		let mut longer = looser();
		longer.denied = vec![bob()].try_into().unwrap();
		assert_ok!(set_policy(longer.clone()));
		set_time(MONDAY + 3_600);
		assert_ok!(Policy::remove_policy(owner(), 0));
		assert_eq!(held(), (0, 0));
		assert_eq!(Agents::<Test>::get(0).version, 2);
	});
}

#[test]
fn deposit_should_change_by_little_when_the_agent_has_no_money() {
	run_test(|| {
		let drain = pallet_balances::Call::transfer_all { dest: bob(), keep_alive: false };
		assert_ok!(Policy::control(owner(), 0, Box::new(drain.into())));
		assert_eq!(free(&agent()), 0);
		assert_ok!(set_policy(policy()));
		let mut longer = policy();
		longer.denied = vec![bob()].try_into().unwrap();
		assert_ok!(set_policy(longer.clone()));
		assert_eq!(held(), (Policy::policy_deposit(&longer), 0));
		assert!(held().0 > Policy::policy_deposit(&policy()));
	});
}

#[test]
fn deposits_should_go_to_the_new_owner_when_the_agent_was_transferred() {
	run_session(|| {
		assert_ok!(Registry::transfer(owner(), 0, bob()));
		let before = free(&bob());
		let (policies, keys) = held();
		assert_ok!(Policy::remove_session_key(RuntimeOrigin::signed(bob()), 0, key(1)));
		assert_ok!(Policy::remove_policy(RuntimeOrigin::signed(bob()), 0));
		assert_eq!(free(&bob()), before + policies + keys - Policy::removed_key_deposit());
	});
}

#[test]
fn key_should_be_refused_when_its_account_was_used() {
	run_session(|| {
		let expiry = Expiry::Block(1_000_000);
		assert_noop!(add_key_until(1, policy(), expiry), Error::<Test>::KeyInUse);
		assert_ok!(Balances::transfer_keep_alive(RuntimeOrigin::signed(bob()), key(2), UNIT));
		assert_noop!(add_key_until(2, policy(), expiry), Error::<Test>::KeyInUse);
		assert_ok!(Policy::remove_session_key(owner(), 0, key(1)));
		assert_noop!(add_key_until(1, policy(), expiry), Error::<Test>::KeyInUse);
		// Nor for another agent.
		let other = Registry::register(alice());
		let signature = proof(1, other, &alice(), &expiry);
		assert_noop!(
			Policy::add_session_key(owner(), other, key(1), expiry, Box::new(policy()), signature),
			Error::<Test>::KeyInUse
		);
	});
}

#[test]
fn nonce_should_go_on_when_a_key_was_removed() {
	run_session(|| {
		let transaction = Transaction::new(&key(1), remark(1));
		send_transaction(transaction.clone()).unwrap().unwrap();
		assert_ok!(Policy::remove_session_key(owner(), 0, key(1)));
		assert_eq!(System::account_nonce(key(1)), 1);
		assert_ok!(Balances::transfer_keep_alive(RuntimeOrigin::signed(bob()), key(1), UNIT));
		assert_ok!(Balances::transfer_allow_death(RuntimeOrigin::signed(key(1)), bob(), UNIT));
		assert_eq!(System::account_nonce(key(1)), 1);
		use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
		let stale = Err(TransactionValidityError::Invalid(InvalidTransaction::Stale));
		assert_eq!(send_transaction(transaction), stale);
	});
}

#[test]
fn key_should_be_refused_when_the_proof_is_for_something_else() {
	run_test(|| {
		let expiry = Expiry::Block(9);
		let add = |signature: MultiSignature| {
			Policy::add_session_key(owner(), 0, key(2), expiry, Box::new(policy()), signature)
		};
		let payload = Policy::key_proof(0, alice(), expiry);
		for bad in [
			proof(3, 0, &alice(), &expiry),
			proof(2, 1, &alice(), &expiry),
			proof(2, 0, &bob(), &expiry),
			proof(2, 0, &alice(), &Expiry::Block(10)),
			proof(2, 0, &alice(), &Expiry::Time(9)),
			pair(2).sign(&payload[1..]).into(),
			MultiSignature::Sr25519(Default::default()),
			MultiSignature::Ed25519(Default::default()),
			MultiSignature::Ecdsa(Default::default()),
		] {
			assert_noop!(add(bad), Error::<Test>::BadProof);
		}
		// On another chain.
		let signature = proof(2, 0, &alice(), &expiry);
		frame_system::BlockHash::<Test>::insert(0, sp_core::H256([0x78; 32]));
		assert_noop!(add(signature), Error::<Test>::BadProof);
		// As wallets sign.
		let payload = Policy::key_proof(0, alice(), expiry);
		let wrapped = [&b"<Bytes>"[..], &payload, &b"</Bytes>"[..]].concat();
		assert_ok!(add(pair(2).sign(&wrapped).into()));
	});
}

#[test]
fn key_of_every_signature_scheme_should_be_taken_when_it_signs_its_proof() {
	run_test(|| {
		use sp_core::{crypto::AccountId32, ecdsa, ed25519};
		let expiry = Expiry::Block(9);
		let payload = Policy::key_proof(0, alice(), expiry);
		let edwards = ed25519::Pair::from_seed(&[1; 32]);
		let account = AccountId32::from(edwards.public().0);
		let signature = edwards.sign(&payload).into();
		assert_ok!(Policy::add_session_key(owner(), 0, account, expiry, Box::new(policy()), signature));
		let secp = ecdsa::Pair::from_seed(&[1; 32]);
		let account = AccountId32::new(sp_io::hashing::blake2_256(&secp.public().0));
		let signature = secp.sign(&payload).into();
		assert_ok!(Policy::add_session_key(owner(), 0, account, expiry, Box::new(policy()), signature));
	});
}

#[test]
fn key_should_be_refused_when_it_is_expired_or_one_too_many() {
	run_session(|| {
		System::set_block_number(9);
		assert_noop!(add_key_until(2, policy(), Expiry::Block(9)), Error::<Test>::AlreadyExpired);
		assert_noop!(add_key_until(2, policy(), Expiry::Time(MONDAY)), Error::<Test>::AlreadyExpired);
		let mut bad = policy();
		bad.denied = vec![carol(), bob()].try_into().unwrap();
		assert_noop!(add_key_until(2, bad, Expiry::Block(10)), Error::<Test>::NotCanonical);
		for number in 2..=4 {
			add_key(number, policy());
		}
		assert_noop!(add_key_until(5, policy(), Expiry::Block(10)), Error::<Test>::TooManyKeys);
		assert_ok!(Policy::remove_session_key(owner(), 0, key(3)));
		add_key(5, policy());
	});
}

#[test]
fn key_should_be_exchanged_when_it_is_rotated() {
	run_session(|| {
		passes(&key(1), transfer(&bob(), UNIT));
		let expiry = Expiry::Block(99);
		let rotate = |old| {
			let signature = proof(2, 0, &alice(), &expiry);
			Policy::rotate_session_key(owner(), 0, old, key(2), expiry, Box::new(policy()), signature)
		};
		assert_noop!(rotate(key(7)), Error::<Test>::UnknownKey);
		assert_ok!(rotate(key(1)));
		assert_eq!(refused(&key(1), remark(1)), Refusal::KeyRemoved);
		passes(&key(2), transfer(&bob(), UNIT));
		// The agent's counters go on, the old key's are gone.
		assert!(Policy::spent(0, aivm_traits::AssetKind::Native).day > 2 * UNIT);
		assert_eq!(Counters::<Test>::iter_prefix(Spender::Key(key(1))).count(), 0);
		assert_noop!(Policy::remove_session_key(owner(), 0, key(1)), Error::<Test>::UnknownKey);
	});
}

#[test]
fn key_should_be_removed_by_its_agents_owner_only() {
	run_session(|| {
		let other = Registry::register(bob());
		assert_noop!(
			Policy::remove_session_key(RuntimeOrigin::signed(bob()), other, key(1)),
			Error::<Test>::UnknownKey
		);
		assert!(Keys::<Test>::get(key(1)).unwrap().grant.is_some());
	});
}

#[test]
fn agent_should_be_frozen_and_unfrozen_once() {
	run_session(|| {
		assert_noop!(Policy::unfreeze(owner(), 0), Error::<Test>::NotFrozen);
		assert_ok!(Policy::freeze(owner(), 0));
		assert_eq!(last_event(), Event::Frozen { agent: 0 });
		assert_noop!(Policy::freeze(owner(), 0), Error::<Test>::AlreadyFrozen);
		// The owner still can.
		assert_ok!(Policy::control(owner(), 0, Box::new(transfer(&bob(), UNIT))));
		assert_ok!(Policy::unfreeze(owner(), 0));
		assert_eq!(last_event(), Event::Unfrozen { agent: 0 });
	});
}

#[test]
fn owner_should_recover_every_asset_when_it_takes_control() {
	run_session(|| {
		assert_ok!(Assets::force_create(RuntimeOrigin::root(), 1, SHOP, true, 10));
		assert_ok!(Assets::mint(RuntimeOrigin::signed(SHOP), 1, agent(), 1_000));
		let native = pallet_balances::Call::transfer_all { dest: alice(), keep_alive: false }.into();
		let asset = pallet_assets::Call::transfer_all { id: 1, dest: alice(), keep_alive: false }.into();
		assert_ok!(Policy::control(owner(), 0, Box::new(batch(vec![native, asset]))));
		assert_eq!(last_event(), Event::Controlled { agent: 0, result: Ok(()) });
		assert_eq!((free(&agent()), Assets::balance(1, agent())), (0, 0));
		assert_eq!(Assets::balance(1, alice()), 1_000);
	});
}

#[test]
fn control_should_report_the_error_when_the_call_fails() {
	run_test(|| {
		assert_ok!(Policy::control(owner(), 0, Box::new(transfer(&account(9), 1))));
		assert!(matches!(last_event(), Event::Controlled { agent: 0, result: Err(_) }));
	});
}
