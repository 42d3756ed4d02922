// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Storage that was broken on purpose.

use super::*;
use frame_support::traits::{
	fungible::MutateHold,
	tokens::{Fortitude::Polite, Precision::Exact},
};

/// A rich and consistent state, on which each test then breaks one thing: Alice's agent 0 with everything, Bob's agent 1
/// with nothing.
fn consistent() {
	let list = entries(&[("a", &[1]), ("b", &[2])]);
	assert_ok!(Identity::register(signed(ALICE), Some(uri("u")), None, list));
	register(BOB);
	link::link(0, START);
	assert_ok!(Identity::set_approval_for_all(signed(ALICE), DAVE, true));
	give(BOB, 0, 5, 0);
	give(CHARLIE, 0, 7, 2);
	give(BOB, 0, 6, 0);
	assert_ok!(Identity::revoke_feedback(signed(BOB), 0, 2));
	let paid = receipt(0, CHARLIE, ALICE, 10);
	assert_ok!(Identity::give_paid_feedback(signed(CHARLIE), 0, feedback(9, 1), proof(&paid)));
	for (client, index) in [(BOB, 1), (CHARLIE, 1), (BOB, 1)] {
		assert_ok!(Identity::append_response(signed(DAVE), 0, client, index, uri("u"), hash(1)));
	}
	for byte in [1, 2] {
		assert_ok!(Identity::validation_request(signed(ALICE), DAVE, 0, uri("u"), hash(byte)));
	}
	assert_ok!(Identity::validation_response(signed(DAVE), 0, hash(1), 80, uri("u"), hash(3), tag("t")));
}

/// Breaks the consistent state and asserts what `do_try_state` says.
fn assert_detected(message: &'static str, break_it: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		consistent();
		assert_ok!(Identity::do_try_state());
		break_it();
		assert_eq!(Identity::do_try_state(), Err(message.into()));
	});
}

fn change(change: impl FnOnce(&mut Agent)) {
	Agents::<Test>::mutate(0, |agent| change(agent.as_mut().expect("the agent exists")));
}

fn change_feedback(client: AccountId32, index: FeedbackIndex, change: impl FnOnce(&mut Feedback)) {
	Feedbacks::<Test>::mutate((0, client, index), |feedback| change(feedback.as_mut().expect("it exists")));
}

fn first() -> [u8; 8] {
	0u64.to_be_bytes()
}

#[test]
fn try_state_should_fail_when_agents_and_indices_disagree() {
	assert_detected("an agent's id is not below the counter", || NextAgentId::<Test>::put(0));
	assert_detected("the counter is not the number of agents", || NextAgentId::<Test>::put(3));
	assert_detected("an agent is not in the index of its owner", || OwnedAgents::<Test>::remove(ALICE, first()));
	assert_detected("the index of owners is wrong", || OwnedAgents::<Test>::insert(BOB, first(), ()));
	assert_detected("the index of owners is wrong", || OwnedAgents::<Test>::insert(BOB, 9u64.to_be_bytes(), ()));
	assert_detected("an owner's count is wrong", || OwnedCount::<Test>::insert(ALICE, 2));
	assert_detected("an owner's count is wrong", || OwnedCount::<Test>::insert(CHARLIE, 0));
	let wallet = Wallet::Account(ALICE);
	assert_detected("an agent is not in the index of its wallet", || WalletAgents::<Test>::remove(&wallet, first()));
	assert_detected("the index of wallets is wrong", || {
		WalletAgents::<Test>::insert(Wallet::Account(BOB), first(), ());
	});
	assert_detected("a wallet is zero", || change(|agent| agent.wallet = Some(Wallet::Account(ZERO))));
	assert_detected("an agent owns itself", || {
		let account = Identity::account_of(0);
		OwnedAgents::<Test>::insert(&account, first(), ());
		change(|agent| agent.owner = account);
	});
	assert_detected("an agent's account does not exist", || {
		// A third reference is that of the free balance.
		assert_ok!(Balances::transfer_allow_death(signed(ALICE), Identity::account_of(1), 1_000));
		assert_ok!(System::dec_providers(&Identity::account_of(1)));
		assert_ok!(Identity::do_try_state());
		assert_ok!(System::dec_providers(&Identity::account_of(1)));
	});
	assert_detected("a card belongs to no agent", || {
		Cards::<Test>::insert(9, Card { uri: uri("u"), hash: None });
	});
	assert_detected("an empty card is stored", || Cards::<Test>::insert(1, Card::default()));
	assert_detected("metadata or a link belongs to no agent", || Metadata::<Test>::insert(9, key("a"), value(&[1])));
	assert_detected("metadata or a link belongs to no agent", || {
		let link = Links::<Test>::get(0).expect("it is linked");
		Links::<Test>::insert(9, link);
	});
}

#[test]
fn try_state_should_fail_when_metadata_is_wrong() {
	assert_detected("the reserved key is stored as metadata", || {
		Metadata::<Test>::insert(0, key("agentWallet"), value(&[1]));
	});
	assert_detected("an empty metadata entry is stored", || Metadata::<Test>::insert(0, key("a"), value(&[])));
	assert_detected("the metadata count is not the number of entries", || Metadata::<Test>::remove(0, key("a")));
	assert_detected("the metadata bytes are not those of the entries", || {
		Metadata::<Test>::insert(0, key("a"), value(&[1, 2]));
	});
	assert_detected("an agent has too many metadata entries", || {
		for name in ["c", "d", "e", "f"] {
			Metadata::<Test>::insert(0, key(name), value(&[1]));
		}
		change(|agent| (agent.metadata_count, agent.metadata_bytes) = (6, 12));
	});
}

#[test]
fn try_state_should_fail_when_a_hold_is_not_the_deposits() {
	let account = || Identity::account_of(0);
	assert_detected("a deposit is not the price of the agent's footprint", || change(|agent| agent.deposit += 1));
	assert_detected("a deposit is not the price of the agent's footprint", || {
		Cards::<Test>::insert(0, Card { uri: uri("uu"), hash: None });
	});
	for (reason, who) in [(HoldReason::Agent, account()), (HoldReason::Operator, ALICE)] {
		assert_detected("a hold is not the sum of the deposits", || {
			assert_ok!(Balances::burn_held(&reason.into(), &who, 1, Exact, Polite));
		});
	}
	for reason in [HoldReason::Agent, HoldReason::Operator] {
		assert_detected("a hold is not the sum of the deposits", || {
			assert_ok!(Balances::hold(&reason.into(), &CHARLIE, 1));
		});
	}
	assert_detected("a hold is not the sum of the deposits", || Operators::<Test>::insert(BOB, ALICE, 1));
	assert_detected("an account is its own operator", || Operators::<Test>::insert(BOB, BOB, 0));
	assert_detected("an account that does not exist has deposits", || Operators::<Test>::insert(POOR, ALICE, 0));
}

#[test]
fn try_state_should_fail_when_feedback_and_sums_disagree() {
	assert_detected("feedback belongs to no agent", || {
		let feedback = Feedbacks::<Test>::get((0, BOB, 1)).expect("it exists");
		Feedbacks::<Test>::insert((9, BOB, 1), feedback);
	});
	assert_detected("the running sum is not the sum of the feedback", || {
		change_feedback(BOB, 1, |feedback| feedback.value += 1);
	});
	assert_detected("the feedback is not counted right", || {
		change_feedback(BOB, 1, |feedback| feedback.is_revoked = true);
	});
	assert_detected("the feedback is not counted right", || {
		Reputations::<Test>::mutate(0, |reputation| reputation.given += 1);
	});
	assert_detected("stored feedback can not be counted", || {
		change_feedback(BOB, 1, |feedback| feedback.decimals = 19);
	});
	assert_detected("the running sum is not the sum of the feedback", || {
		Reputations::<Test>::mutate(0, |reputation| reputation.all = Default::default());
	});
	assert_detected("the paid feedback is not counted right", || {
		Reputations::<Test>::mutate(0, |reputation| reputation.paid = Default::default());
	});
	assert_detected("feedback has no running sum", || Reputations::<Test>::remove(0));
	assert_detected("a receipt is not marked as used", || {
		UsedReceipts::<Test>::remove(ReceiptId { block: 1, index: 0 });
	});
	assert_detected("a receipt is marked as used and is not", || {
		UsedReceipts::<Test>::insert(ReceiptId { block: 1, index: 1 }, ());
	});
	assert_detected("a receipt served twice", || {
		let paid = Feedbacks::<Test>::get((0, CHARLIE, 2)).expect("it exists").paid;
		change_feedback(BOB, 1, |feedback| feedback.paid = paid);
	});
}

#[test]
fn try_state_should_fail_when_clients_are_wrong() {
	assert_detected("a client is not stored", || Clients::<Test>::remove(0, BOB));
	assert_detected("a client's last index is not the number of its feedback", || {
		Clients::<Test>::insert(0, BOB, Client { place: 0, last_index: 3 });
	});
	assert_detected("a client is not at its place", || ClientAt::<Test>::insert(0, 0, DAVE));
	assert_detected("a client gave no feedback", || {
		Clients::<Test>::insert(0, DAVE, Client { place: 2, last_index: 0 });
	});
	assert_detected("a place belongs to no client", || ClientAt::<Test>::insert(0, 2, DAVE));
	assert_detected("the number of clients is not that of places", || {
		Reputations::<Test>::mutate(0, |reputation| reputation.clients = 3);
	});
}

#[test]
fn try_state_should_fail_when_responses_do_not_add_up() {
	let by = |who| Some::<AccountId32>(who);
	let nobody = None::<AccountId32>;
	assert_detected("an empty count of responses is stored", || {
		Responses::<Test>::insert((0, ResponseScope::Agent, by(ALICE)), 0);
	});
	assert_detected("a response belongs to no feedback", || {
		Responses::<Test>::insert((0, ResponseScope::Feedback(BOB, 7), by(ALICE)), 1);
	});
	assert_detected("the responders of feedback do not add up to its responses", || {
		Responses::<Test>::insert((0, ResponseScope::Feedback(BOB, 1), by(ALICE)), 1);
	});
	for scope in [ResponseScope::Agent, ResponseScope::Client(BOB)] {
		assert_detected("a count of responses does not add up", || {
			Responses::<Test>::insert((0, &scope, &nobody), 9);
		});
		assert_detected("a count of responses does not add up", || {
			Responses::<Test>::insert((0, &scope, by(ALICE)), 1);
		});
		assert_detected("a count of responses is missing", || Responses::<Test>::remove((0, &scope, by(DAVE))));
	}
}

#[test]
fn try_state_should_fail_when_validations_are_wrong() {
	let id = ValidationRef { agent: 0, request_hash: hash(1) };
	let stored = || Validations::<Test>::get(0, hash(1)).expect("it exists");
	assert_detected("a validation's place is not below the count", || AgentValidationCount::<Test>::insert(0, 1));
	assert_detected("a listed validation does not exist", || Validations::<Test>::remove(0, hash(2)));
	assert_detected("a validation is listed twice", || AgentValidations::<Test>::insert(0, 1, hash(1)));
	assert_detected("a request's place is not below the count", || ValidatorRequestCount::<Test>::insert(DAVE, 1));
	assert_detected("a validator was not asked that", || {
		Validations::<Test>::insert(0, hash(1), Validation { validator: BOB, ..stored() });
	});
	assert_detected("a validator was asked twice", || ValidatorRequests::<Test>::insert(DAVE, 1, id));
	assert_detected("a validation is not listed", || Validations::<Test>::insert(1, hash(1), stored()));
	assert_detected("validations are not counted right", || AgentValidationCount::<Test>::insert(0, 3));
	assert_detected("a validation is not found by its hash", || FirstByHash::<Test>::remove(hash(1)));
	assert_detected("a hash leads to no validation", || FirstByHash::<Test>::insert(hash(1), 1));
	assert_detected("a response is above 100", || {
		Validations::<Test>::insert(0, hash(1), Validation { response: 101, ..stored() });
	});
	assert_detected("a pending validation has a response", || {
		Validations::<Test>::insert(0, hash(1), Validation { has_response: false, ..stored() });
	});
}
