// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Transfers.

use super::*;

#[test]
fn i_18_transfer_should_clear_the_wallet_first_and_keep_the_rest() {
	run_test(|| {
		let list = entries(&[("a", &[1]), ("b", &[2])]);
		assert_ok!(Identity::register(signed(ALICE), Some(uri("ipfs://x")), Some(hash(3)), list));
		assert_ok!(Identity::approve(signed(ALICE), 0, Some(CHARLIE)));
		assert_ok!(Identity::propose_agent_wallet(signed(ALICE), 0, Some(DAVE)));
		let before = record(0);
		events();
		assert_ok!(Identity::transfer(signed(ALICE), 0, BOB));
		assert_eq!(events(), [wallet_event(0, &[]), Event::Transferred { agent: 0, from: Some(ALICE), to: BOB }]);
		assert_eq!(Identity::agent_wallet(0), None);
		assert!(metadata(0, "agentWallet").is_empty());
		assert_eq!(metadata(0, "a"), [1]);
		assert_eq!(metadata(0, "b"), [2]);
		assert_eq!(Identity::token_uri(0), Ok(uri("ipfs://x")));
		assert_eq!(
			record(0),
			Agent {
				owner: BOB,
				wallet: None,
				wallet_nonce: 1,
				proposed_wallet: None,
				approved: None,
				transfers: 1,
				..before
			}
		);
		assert_eq!((Identity::balance_of(ALICE), Identity::balance_of(BOB)), (0, 1));
		// The former owner and those who acted by its leave are strangers now.
		for who in [ALICE, CHARLIE] {
			assert_noop!(Identity::transfer(signed(who), 0, CHARLIE), Error::<Test>::NotAuthorized);
		}
	});
}

#[test]
fn i_18_transfer_to_the_owner_should_clear_the_wallet_too() {
	run_test(|| {
		let agent = shared_agent();
		events();
		assert_ok!(Identity::transfer(signed(ALICE), agent, ALICE));
		assert_eq!(events(), [wallet_event(agent, &[]), Event::Transferred { agent, from: Some(ALICE), to: ALICE }]);
		let record = record(agent);
		assert_eq!((record.wallet, record.approved, record.transfers), (None, None, 1));
		assert_eq!(Identity::balance_of(ALICE), 1);
		// The operator is one of the owner, not of the agent.
		assert_eq!(Identity::is_authorized_or_owner(BOB, agent), Ok(true));
	});
}

#[test]
fn transfer_should_be_possible_for_the_owner_an_operator_and_the_approved_account() {
	run_test(|| {
		for who in [ALICE, BOB, CHARLIE] {
			let agent = shared_agent();
			assert_noop!(Identity::transfer(signed(DAVE), agent, DAVE), Error::<Test>::NotAuthorized);
			assert_ok!(Identity::transfer(signed(who), agent, DAVE));
			assert_eq!(Identity::owner_of(agent), Ok(DAVE));
		}
		assert_noop!(Identity::transfer(signed(ALICE), 999, DAVE), Error::<Test>::NonexistentToken);
	});
}

#[test]
fn transfer_should_refuse_receivers_that_nobody_can_act_for() {
	run_test(|| {
		let agent = register(ALICE);
		for to in [ZERO, Identity::account_of(agent)] {
			assert_noop!(Identity::transfer(signed(ALICE), agent, to), Error::<Test>::InvalidReceiver);
		}
		// Another agent's account is as good as any.
		let other = register(ALICE);
		assert_ok!(Identity::transfer(signed(ALICE), agent, Identity::account_of(other)));
		assert_ok!(Identity::set_metadata(signed(Identity::account_of(other)), agent, key("a"), value(&[])));
	});
}

#[test]
fn transfer_should_clear_the_link() {
	run_test(|| {
		let agent = register(ALICE);
		link::link(agent, START);
		events();
		assert_ok!(Identity::transfer(signed(ALICE), agent, BOB));
		assert_eq!(Identity::link(agent), None);
		assert_eq!(events()[1], Event::AgentUnlinked { agent });
	});
}

#[test]
fn agent_inspect_should_show_the_owner_and_count_transfers() {
	use aivm_traits::{AgentInfo, AgentInspect};
	run_test(|| {
		let agent = register(ALICE);
		let info = |owner, transfers| Some(AgentInfo { owner, transfers });
		assert_eq!(<Identity as AgentInspect<_>>::agent(agent), info(ALICE, 0));
		assert_ok!(Identity::transfer(signed(ALICE), agent, BOB));
		assert_ok!(Identity::transfer(signed(BOB), agent, ALICE));
		assert_eq!(<Identity as AgentInspect<_>>::agent(agent), info(ALICE, 2));
		assert_eq!(<Identity as AgentInspect<_>>::agent(9), None);
		assert_eq!(<Identity as AgentInspect<_>>::account(9), Identity::account_of(9));
	});
}

#[test]
fn accounts_should_follow_from_ids_and_differ() {
	run_test(|| {
		let expected = |id: u64| {
			let mut bytes = [0; 32];
			bytes[..4].copy_from_slice(b"modl");
			bytes[4..12].copy_from_slice(b"aivm/agt");
			bytes[12..20].copy_from_slice(&id.to_le_bytes());
			AccountId32::new(bytes)
		};
		for id in [0, 1, 255, 256, u64::from(u32::MAX) + 1, u64::MAX] {
			assert_eq!(Identity::account_of(id), expected(id));
		}
	});
}
