// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Deposits and fees.

use super::*;
use codec::MaxEncodedLen;
use frame_support::traits::fungible::{InspectHold, Mutate};
use sp_runtime::TokenError;

/// Bytes that every agent is charged for.
fn fixed() -> Balance {
	let parts = [
		Agent::max_encoded_len(),
		Link::max_encoded_len(),
		Wallet::max_encoded_len(),
		// Owner, hash of the card, two ids.
		32 + 33 + 16,
	];
	parts.iter().sum::<usize>() as Balance
}

fn deposit(items: Balance, bytes: Balance) -> Balance {
	items * ITEM_DEPOSIT + (fixed() + bytes) * BYTE_DEPOSIT
}

fn held(agent: AgentId) -> Balance {
	Balances::balance_on_hold(&HoldReason::Agent.into(), &Identity::account_of(agent))
}

#[test]
fn deposit_should_lie_on_the_agents_account_and_follow_the_footprint() {
	run_test(|| {
		let list = entries(&[("a", &[1, 2, 3]), ("bc", &[1])]);
		assert_ok!(Identity::register(signed(ALICE), Some(uri("ipfs://x")), None, list));
		let expected = deposit(3, 8 + 4 + 3);
		assert_eq!(held(0), expected);
		assert_eq!(free(&ALICE), ALICE_BALANCE - expected);
		// It is nobody's free money.
		assert_eq!(free(&Identity::account_of(0)), 0);

		// Growing takes from who grows, however little it is.
		assert_ok!(Identity::set_approval_for_all(signed(ALICE), BOB, true));
		let before = free(&BOB);
		assert_ok!(Identity::set_metadata(signed(BOB), 0, key("a"), value(&[1, 2, 3, 4])));
		assert_eq!(before - free(&BOB), BYTE_DEPOSIT);
		assert_eq!(held(0), expected + BYTE_DEPOSIT);
		assert_ok!(Identity::set_agent_uri(signed(BOB), 0, uri("ipfs://xy"), Some(hash(1))));
		assert_eq!(before - free(&BOB), 2 * BYTE_DEPOSIT);

		// Shrinking gives to the owner.
		let (alice, bob) = (free(&ALICE), free(&BOB));
		assert_ok!(Identity::set_metadata(signed(BOB), 0, key("bc"), value(&[])));
		assert_eq!(free(&ALICE) - alice, ITEM_DEPOSIT + 3 * BYTE_DEPOSIT);
		assert_eq!(free(&BOB), bob);
		assert_eq!(held(0), deposit(2, 9 + 5));
	});
}

#[test]
fn deposit_should_stay_with_the_agent_when_it_is_transferred() {
	run_test(|| {
		assert_ok!(Identity::register(signed(ALICE), Some(uri("u")), None, entries(&[("a", &[7; 500])])));
		let (alice, bob, deposit) = (free(&ALICE), free(&BOB), held(0));
		link::link(0, START);
		assert_ok!(Identity::transfer(signed(ALICE), 0, BOB));
		assert_eq!((free(&ALICE), free(&BOB), held(0)), (alice, bob, deposit));
		// What is freed now is the new owner's.
		assert_ok!(Identity::set_metadata(signed(BOB), 0, key("a"), value(&[])));
		assert_eq!(free(&BOB) - bob, ITEM_DEPOSIT + 501 * BYTE_DEPOSIT);
		assert_eq!(free(&ALICE), alice);
	});
}

#[test]
fn nothing_should_change_when_the_deposit_can_not_be_paid() {
	run_test(|| {
		assert_noop!(Identity::register(signed(POOR), None, None, entries(&[])), TokenError::FundsUnavailable);
		// Exactly what is needed beside the existential deposit is enough.
		let needed = deposit(1, 0);
		assert_ok!(Balances::mint_into(&POOR, needed + EXISTENTIAL_DEPOSIT - 1));
		assert_noop!(Identity::register(signed(POOR), None, None, entries(&[])), TokenError::FundsUnavailable);
		assert_ok!(Balances::mint_into(&POOR, 1));
		assert_eq!(register(POOR), 0);
		assert_eq!(free(&POOR), EXISTENTIAL_DEPOSIT);
		assert_noop!(Identity::set_metadata(signed(POOR), 0, key("a"), value(&[1])), TokenError::FundsUnavailable);
		assert_noop!(Identity::set_agent_uri(signed(POOR), 0, uri("u"), None), TokenError::FundsUnavailable);
		assert_noop!(Identity::set_approval_for_all(signed(POOR), BOB, true), TokenError::FundsUnavailable);
		assert_noop!(
			Identity::validation_request(signed(POOR), BOB, 0, uri("u"), hash(1)),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn freed_deposit_should_wait_for_an_owner_who_can_take_it() {
	run_test(|| {
		let agent = register(ALICE);
		assert_ok!(Identity::set_metadata(signed(ALICE), agent, key("a"), value(&[1, 2])));
		assert_ok!(Identity::set_approval_for_all(signed(ALICE), BOB, true));
		assert_ok!(Identity::transfer(signed(ALICE), agent, POOR));
		// A byte's deposit is less than an account must have.
		let shrink = || Identity::set_metadata(signed(POOR), agent, key("a"), value(&[1]));
		assert_noop!(shrink(), TokenError::CannotCreate);
		assert_ok!(Balances::mint_into(&POOR, EXISTENTIAL_DEPOSIT));
		assert_ok!(shrink());
		assert_eq!(free(&POOR), EXISTENTIAL_DEPOSIT + BYTE_DEPOSIT);
	});
}

#[test]
fn operator_deposit_should_return_when_the_operator_ends() {
	run_test(|| {
		let deposit = ITEM_DEPOSIT + (32 + 32 + 16) * BYTE_DEPOSIT;
		let held = || Balances::balance_on_hold(&HoldReason::Operator.into(), &ALICE);
		for operator in [BOB, BOB, CHARLIE] {
			assert_ok!(Identity::set_approval_for_all(signed(ALICE), operator, true));
		}
		assert_eq!(held(), 2 * deposit);
		for operator in [BOB, BOB] {
			assert_ok!(Identity::set_approval_for_all(signed(ALICE), operator, false));
		}
		assert_eq!(held(), deposit);
		assert_eq!(free(&ALICE), ALICE_BALANCE - deposit);
	});
}

/// What `act` brings the treasury, and that nobody but `who` pays it.
fn fee(who: AccountId32, act: impl FnOnce()) -> Balance {
	let (treasury, payer, issued) = (free(&TREASURY), free(&who), Balances::total_issuance());
	act();
	assert_eq!(Balances::total_issuance(), issued);
	let fee = free(&TREASURY) - treasury;
	assert_eq!(payer - free(&who), fee);
	fee
}

#[test]
fn feedback_should_cost_its_storage() {
	run_test(|| {
		let agent = register(ALICE);
		let first = fee(BOB, || give(BOB, agent, 1, 0));
		let second = fee(BOB, || give(BOB, agent, 1, 0));
		let other_client = fee(CHARLIE, || give(CHARLIE, agent, 1, 0));
		let tagged = fee(BOB, || give_tagged(BOB, agent, 1, "ten bytes!", ""));
		// A value, its decimals, two empty tags, a flag, no payment; and the key.
		assert_eq!(second, ITEM_FEE + (16 + 1 + 2 + 1 + 1 + 48) * BYTE_FEE);
		assert_eq!(other_client, second + 2 * ITEM_FEE + (12 + 64 + 16) * BYTE_FEE);
		assert_eq!(first, other_client + ITEM_FEE + Reputation::max_encoded_len() as Balance * BYTE_FEE);
		assert_eq!(tagged, second + 10 * BYTE_FEE);
		// What is in events only costs no storage, and revoking costs nothing.
		let long = FeedbackInput { uri: uri(&"u".repeat(2_000)), ..feedback(1, 0) };
		assert_eq!(
			fee(BOB, || {
				assert_ok!(Identity::give_feedback(signed(BOB), agent, long));
			}),
			second
		);
		assert_eq!(
			fee(BOB, || {
				assert_ok!(Identity::revoke_feedback(signed(BOB), agent, 1));
			}),
			0
		);
	});
}

#[test]
fn responses_and_validations_should_cost_what_they_add() {
	run_test(|| {
		let agent = register(ALICE);
		give(BOB, agent, 1, 0);
		let respond = || {
			fee(DAVE, || {
				assert_ok!(Identity::append_response(signed(DAVE), agent, BOB, 1, uri("u"), hash(1)));
			})
		};
		let entry = ITEM_FEE + (41 + 33 + 16) * BYTE_FEE;
		assert_eq!(respond(), 6 * entry);
		assert_eq!(respond(), 0);
		let request = |who: AccountId32, agent, byte| {
			fee(who.clone(), || {
				assert_ok!(Identity::validation_request(signed(who), DAVE, agent, uri("u"), hash(byte)));
			})
		};
		let first = request(ALICE, agent, 1);
		let second = request(ALICE, agent, 2);
		assert_eq!(first, second + 2 * ITEM_FEE);
		// Another agent's request with a hash that is known: one count more, one entry by hash less.
		let other = register(BOB);
		assert_eq!(request(BOB, other, 1), second);
		assert_eq!(
			fee(DAVE, || {
				assert_ok!(Identity::validation_response(
					signed(DAVE),
					agent,
					hash(1),
					100,
					uri("u"),
					hash(2),
					tag(&"t".repeat(64))
				));
			}),
			0
		);
	});
}

#[test]
fn agents_account_should_spend_its_free_money_and_keep_the_deposit() {
	run_test(|| {
		let agent = register(ALICE);
		let (account, deposit) = (Identity::account_of(agent), held(agent));
		// Money may be there before the agent is.
		let next = Identity::account_of(agent + 1);
		for who in [&account, &next] {
			assert_ok!(Balances::transfer_allow_death(signed(ALICE), who.clone(), 10_000));
		}
		assert_eq!(register(BOB), agent + 1);
		for who in [&account, &next] {
			assert_eq!(free(who), 10_000);
			// All but one unit, and all.
			assert_ok!(Balances::transfer_allow_death(signed(who.clone()), DAVE, 9_999));
			assert_eq!(free(who), 1);
			assert_ok!(Balances::transfer_all(signed(who.clone()), DAVE, false));
			assert_eq!(free(who), 0);
			assert_noop!(Balances::transfer_allow_death(signed(who.clone()), DAVE, 1), TokenError::FundsUnavailable);
		}
		assert_eq!((held(agent), held(agent + 1)), (deposit, deposit));
		// The records can still grow and shrink.
		assert_ok!(Identity::set_metadata(signed(ALICE), agent, key("a"), value(&[1])));
		assert_ok!(Identity::set_metadata(signed(ALICE), agent, key("a"), value(&[])));
		assert_eq!(held(agent), deposit);
	});
}
