// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Feedback with proof of payment.

use super::*;
use aivm_market_math::PaidSummary;

const ONE: i128 = 10i128.pow(18);

fn pay(who: AccountId32, agent: AgentId, value: i128, receipt: &ReceiptV1) -> sp_runtime::DispatchResult {
	Identity::give_paid_feedback(signed(who), agent, feedback(value, 0), proof(receipt))
}

fn paid_summary(agent: AgentId) -> Option<PaidSummary> {
	Identity::summary_paid(agent).expect("the agent exists")
}

#[test]
fn paid_feedback_should_count_in_both_summaries() {
	run_test(|| {
		let agent = register(ALICE);
		events();
		assert_ok!(pay(BOB, agent, 80, &receipt(0, BOB, ALICE, 1_000)));
		let paid = PaidFor { receipt: ReceiptId { block: 1, index: 0 }, amount: 1_000, at: START };
		assert_eq!(
			events(),
			[Event::NewFeedback { agent, client: BOB, index: 1, feedback: feedback(80, 0), paid: Some(paid) }]
		);
		assert_eq!(Identity::read_feedback(agent, BOB, 1).map(|read| read.paid), Ok(Some(paid)));
		give(CHARLIE, agent, 20, 0);
		assert_eq!(summary(agent, &[BOB, CHARLIE]), Ok((2, 50, 0)));
		assert_eq!(paid_summary(agent), Some(PaidSummary { count: 1, weight: 1_000, value: 80 * ONE, decimals: 18 }));
	});
}

#[test]
fn paid_summary_should_weigh_by_value_and_decay() {
	run_test(|| {
		let agent = register(ALICE);
		assert_eq!(paid_summary(agent), None);
		assert_ok!(pay(BOB, agent, 100, &receipt(0, BOB, ALICE, 600)));
		set_time(START + HALF_LIFE);
		assert_ok!(pay(CHARLIE, agent, 40, &receipt(1, CHARLIE, ALICE, 300)));
		// The older one weighs half of what it did: (100 * 300 + 40 * 300) / 600.
		assert_eq!(paid_summary(agent), Some(PaidSummary { count: 2, weight: 600, value: 70 * ONE, decimals: 18 }));
		// Time alone does not move the average.
		set_time(START + 2 * HALF_LIFE);
		let later = paid_summary(agent).expect("it weighs something");
		assert_eq!((later.weight, later.value), (300, 70 * ONE));
		set_time(START + 100 * HALF_LIFE);
		assert_eq!(paid_summary(agent), None);
		assert_eq!(Identity::summary_paid(999), Err(ReadError::NonexistentToken));
	});
}

#[test]
fn paid_feedback_should_fail_when_the_work_was_not_accepted() {
	run_test(|| {
		let agent = register(ALICE);
		for verdict in [Verdict::Rejected, Verdict::Expired, Verdict::Cancelled] {
			let mut receipt = receipt(0, BOB, ALICE, 1_000);
			receipt.body.verdict = verdict;
			assert_noop!(pay(BOB, agent, 80, &receipt), Error::<Test>::NotAccepted);
		}
	});
}

#[test]
fn paid_feedback_should_accept_the_account_the_wallet_and_the_owner_as_provider() {
	run_test(|| {
		let agent = register(ALICE);
		assert_ok!(Identity::propose_agent_wallet(signed(ALICE), agent, Some(DAVE)));
		assert_ok!(Identity::accept_agent_wallet(signed(DAVE), agent));
		for (index, provider) in (0..).zip([ALICE, DAVE, Identity::account_of(agent)]) {
			assert_ok!(pay(BOB, agent, 1, &receipt(index, BOB, provider, 10)));
		}
		for (index, provider) in (9..).zip([CHARLIE, BOB, Identity::account_of(agent + 1)]) {
			assert_noop!(pay(BOB, agent, 1, &receipt(index, BOB, provider, 10)), Error::<Test>::NotProvider);
		}
		// A former wallet is none any more.
		assert_ok!(Identity::unset_agent_wallet(signed(ALICE), agent));
		assert_noop!(pay(BOB, agent, 1, &receipt(20, BOB, DAVE, 10)), Error::<Test>::NotProvider);
	});
}

#[test]
fn paid_feedback_should_come_from_the_payer_only() {
	run_test(|| {
		let agent = shared_agent();
		assert_noop!(pay(DAVE, agent, 1, &receipt(0, BOB, ALICE, 10)), Error::<Test>::NotRequester);
		// Who acts for the agent can not rate it, however much was paid.
		for who in [ALICE, BOB, CHARLIE] {
			assert_noop!(pay(who.clone(), agent, 1, &receipt(0, who, ALICE, 10)), Error::<Test>::SelfFeedback);
		}
		assert_noop!(pay(DAVE, 999, 1, &receipt(0, DAVE, ALICE, 10)), Error::<Test>::NonexistentToken);
		assert_noop!(pay(DAVE, agent, 1, &receipt(0, DAVE, ALICE, 0)), Error::<Test>::NothingPaid);
	});
}

#[test]
fn receipts_should_serve_once_for_all_agents() {
	run_test(|| {
		let agent = register(ALICE);
		let other = register(ALICE);
		let first = receipt(0, BOB, ALICE, 10);
		assert_ok!(pay(BOB, agent, 5, &first));
		for again in [agent, other] {
			assert_noop!(pay(BOB, again, 5, &first), Error::<Test>::ReceiptUsed);
		}
		// Also after the feedback was revoked.
		assert_ok!(Identity::revoke_feedback(signed(BOB), agent, 1));
		assert_noop!(pay(BOB, agent, 5, &first), Error::<Test>::ReceiptUsed);
		// The same place in another block is another receipt.
		let mut second = first.clone();
		second.id.block = 2;
		assert_ok!(pay(BOB, other, 5, &second));
	});
}

#[test]
fn revoking_should_take_paid_feedback_out_of_both_sums() {
	run_test(|| {
		let agent = register(ALICE);
		assert_ok!(pay(BOB, agent, 100, &receipt(0, BOB, ALICE, 600)));
		set_time(START + 10);
		assert_ok!(pay(CHARLIE, agent, 40, &receipt(1, CHARLIE, ALICE, 300)));
		set_time(START + 500);
		assert_ok!(Identity::revoke_feedback(signed(BOB), agent, 1));
		let left = paid_summary(agent).expect("it weighs something");
		assert_eq!((left.count, left.value), (1, 40 * ONE));
		assert_eq!(summary(agent, &[BOB, CHARLIE]), Ok((1, 40, 0)));
		assert_ok!(Identity::revoke_feedback(signed(CHARLIE), agent, 1));
		assert_eq!(paid_summary(agent), None);
	});
}

#[test]
fn paid_feedback_should_name_what_is_wrong_with_the_proof() {
	run_test(|| {
		let agent = register(ALICE);
		let send = |bytes: Vec<u8>| {
			let proof = bytes.try_into().expect("it is short");
			Identity::give_paid_feedback(signed(BOB), agent, feedback(1, 0), proof)
		};
		assert_noop!(send(vec![]), Error::<Test>::ReceiptInvalid);
		assert_noop!(send(vec![1; 300]), Error::<Test>::ReceiptInvalid);
		let mut unknown = receipt(0, BOB, ALICE, 10);
		unknown.id.block = 13;
		assert_noop!(pay(BOB, agent, 1, &unknown), Error::<Test>::ReceiptBlockUnknown);
		// What the feedback says is checked first, as without a proof.
		let bad = Identity::give_paid_feedback(signed(BOB), agent, feedback(1, 19), proof(&unknown));
		assert_noop!(bad, Error::<Test>::TooManyDecimals);
	});
}
