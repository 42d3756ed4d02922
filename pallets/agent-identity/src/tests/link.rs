// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Links to Ethereum agents.

use super::*;
use sp_core::U256;

pub fn ethereum() -> EthereumAgent {
	EthereumAgent {
		chain_id: 1,
		registry: H160::repeat_byte(0x80),
		agent_id: U256::from(42),
		owner: ethereum_address(0),
	}
}

fn signature(agent: AgentId, ethereum: &EthereumAgent, deadline: u64) -> EthereumSignature {
	let digest = Identity::link_digest(agent, ethereum.clone(), deadline).expect("the agent exists");
	ethereum_sign(&ethereum_key(0), digest.as_bytes())
}

fn send(
	who: AccountId32,
	agent: AgentId,
	ethereum: EthereumAgent,
	deadline: u64,
	signature: EthereumSignature,
) -> sp_runtime::DispatchResult {
	Identity::link_ethereum_agent(signed(who), agent, ethereum, deadline, signature)
}

/// Links an agent, by its owner.
pub fn link(agent: AgentId, deadline: u64) {
	let signature = signature(agent, &ethereum(), deadline);
	assert_ok!(send(record(agent).owner, agent, ethereum(), deadline, signature));
}

#[test]
fn link_should_be_claimed_and_never_proven() {
	run_test(|| {
		let agent = shared_agent();
		events();
		assert_ok!(send(CHARLIE, agent, ethereum(), START + 300, signature(agent, &ethereum(), START + 300)));
		let claim = Link { ethereum: ethereum(), claimed_by: CHARLIE, claimed_at: START };
		assert_eq!(events(), [Event::AgentLinked { agent, link: claim.clone() }]);
		assert_eq!(Identity::link(agent), Some(LinkView { claim, proven: false }));
		assert_eq!(Identity::link(agent + 1), None);
	});
}

#[test]
fn link_should_need_authority_and_a_deadline_in_the_window() {
	run_test(|| {
		let agent = shared_agent();
		let attempt = |who: AccountId32, agent, deadline| {
			send(who, agent, ethereum(), deadline, signature(0, &ethereum(), deadline))
		};
		assert_noop!(attempt(ALICE, 999, START), Error::<Test>::NonexistentToken);
		assert_noop!(attempt(DAVE, agent, START), Error::<Test>::NotAuthorized);
		assert_noop!(attempt(ALICE, agent, START - 1), Error::<Test>::Expired);
		assert_noop!(attempt(ALICE, agent, START + 301), Error::<Test>::DeadlineTooFar);
		assert_ok!(attempt(ALICE, agent, START));
	});
}

#[test]
fn link_should_fail_when_anything_differs_from_what_was_signed() {
	run_test(|| {
		let agent = register(ALICE);
		let other = register(ALICE);
		let good = signature(agent, &ethereum(), START);
		let refused = |agent, ethereum: EthereumAgent, deadline, signature| {
			assert_noop!(send(ALICE, agent, ethereum, deadline, signature), Error::<Test>::InvalidLinkSig);
		};
		refused(other, ethereum(), START, good);
		refused(agent, ethereum(), START + 1, good);
		refused(agent, EthereumAgent { chain_id: 10, ..ethereum() }, START, good);
		refused(agent, EthereumAgent { registry: H160::repeat_byte(0x81), ..ethereum() }, START, good);
		refused(agent, EthereumAgent { agent_id: U256::from(43), ..ethereum() }, START, good);
		refused(agent, EthereumAgent { owner: ethereum_address(1), ..ethereum() }, START, good);
		refused(agent, EthereumAgent { owner: H160::zero(), ..ethereum() }, START, [0; 65]);
		let mut bad = good;
		bad[64] -= 27;
		refused(agent, ethereum(), START, bad);
		// Another chain.
		frame_system::BlockHash::<Test>::insert(0, hash(9));
		refused(agent, ethereum(), START, good);
		frame_system::BlockHash::<Test>::insert(0, GENESIS);
		assert_ok!(send(ALICE, agent, ethereum(), START, good));
		// It counts once, also after the link ended.
		refused(agent, ethereum(), START, good);
		assert_ok!(Identity::unlink_ethereum_agent(signed(ALICE), agent));
		refused(agent, ethereum(), START, good);
	});
}

#[test]
fn link_should_be_void_after_a_transfer() {
	run_test(|| {
		let agent = register(ALICE);
		let unused = signature(agent, &ethereum(), START);
		assert_ok!(Identity::transfer(signed(ALICE), agent, BOB));
		assert_noop!(send(BOB, agent, ethereum(), START, unused), Error::<Test>::InvalidLinkSig);
	});
}

#[test]
fn wallet_signature_should_be_no_link() {
	run_test(|| {
		let agent = register(ALICE);
		let wallet = Wallet::Ethereum(ethereum_address(0));
		let message = Identity::wallet_message(agent, wallet, START).expect("the agent exists");
		let signature = ethereum_sign(&ethereum_key(0), &message);
		assert_noop!(send(ALICE, agent, ethereum(), START, signature), Error::<Test>::InvalidLinkSig);
	});
}

#[test]
fn unlink_should_need_authority_and_a_link() {
	run_test(|| {
		let agent = shared_agent();
		let unlink = |who: AccountId32| Identity::unlink_ethereum_agent(signed(who), agent);
		assert_noop!(unlink(ALICE), Error::<Test>::NotLinked);
		link(agent, START);
		assert_noop!(unlink(DAVE), Error::<Test>::NotAuthorized);
		assert_noop!(Identity::unlink_ethereum_agent(signed(ALICE), 999), Error::<Test>::NonexistentToken);
		assert_ok!(unlink(BOB));
		assert_eq!(events().last(), Some(&Event::AgentUnlinked { agent }));
		assert_eq!(Identity::link(agent), None);
	});
}

#[test]
fn later_link_should_replace_the_former_one() {
	run_test(|| {
		let agent = register(ALICE);
		link(agent, START);
		let later = EthereumAgent { agent_id: U256::MAX, ..ethereum() };
		set_time(START + 50);
		assert_ok!(send(ALICE, agent, later.clone(), START + 60, signature(agent, &later, START + 60)));
		let view = Identity::link(agent).expect("it is linked");
		assert_eq!((view.claim.ethereum, view.claim.claimed_at, view.proven), (later, START + 50, false));
	});
}
