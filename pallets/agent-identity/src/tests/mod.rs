// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Helpers of the tests. Tests named `i_`, `r_` and `v_` are the conformance cases of ERC-8004's identity, reputation and
//! validation registries.

use aivm_receipts::{Evidence, Payment, PolicyDecision, ReceiptBody, ReceiptId, ReceiptV1, TrustPath, Verdict};
use aivm_traits::{AgentId, Balance, Wallet};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_core::{ecdsa, Pair, H160, H256};
use sp_runtime::AccountId32;

use crate::{mock::*, *};

mod identity;
mod link;
mod model;
mod money;
mod nonfungibles;
mod paid;
mod reputation;
mod transfer;
mod try_state;
mod validation;
mod views;
mod wallet;

pub fn signed(who: AccountId32) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn uri(text: &str) -> Uri {
	text.as_bytes().to_vec().try_into().expect("the URI is short")
}

pub fn key(text: &str) -> Key {
	text.as_bytes().to_vec().try_into().expect("the key is short")
}

pub fn value(bytes: &[u8]) -> Value {
	bytes.to_vec().try_into().expect("the value is short")
}

pub fn tag(text: &str) -> Tag {
	text.as_bytes().to_vec().try_into().expect("the tag is short")
}

pub fn entries(list: &[(&str, &[u8])]) -> MetadataOf<Test> {
	list.iter().map(|(name, bytes)| (key(name), value(bytes))).collect::<Vec<_>>().try_into().expect("they are few")
}

/// Registers an agent as the standard's `register()` does.
pub fn register(who: AccountId32) -> AgentId {
	let agent = NextAgentId::<Test>::get();
	assert_ok!(Identity::register(signed(who), None, None, entries(&[])));
	agent
}

/// Alice's agent, which Bob may act for as an operator and Charlie as the approved account. Dave is a stranger.
pub fn shared_agent() -> AgentId {
	let agent = register(ALICE);
	assert_ok!(Identity::set_approval_for_all(signed(ALICE), BOB, true));
	assert_ok!(Identity::approve(signed(ALICE), agent, Some(CHARLIE)));
	agent
}

pub fn record(agent: AgentId) -> Agent {
	Agents::<Test>::get(agent).expect("the agent exists")
}

pub fn metadata(agent: AgentId, name: &str) -> Vec<u8> {
	Identity::metadata(agent, name.as_bytes().to_vec())
}

/// What the pallet told since the last call, in order.
pub fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Identity(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}

/// The event that tells of a wallet.
pub fn wallet_event(agent: AgentId, bytes: &[u8]) -> Event<Test> {
	Event::MetadataSet { agent, key: key("agentWallet"), value: value(bytes) }
}

pub fn free(who: &AccountId32) -> Balance {
	Balances::free_balance(who)
}

/// The well-known Ethereum test keys number 0 and 1.
pub fn ethereum_key(number: usize) -> ecdsa::Pair {
	let secrets = [
		"ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
		"59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
	];
	ecdsa::Pair::from_seed_slice(&hex::decode(secrets[number]).expect("it is hex")).expect("it is a key")
}

/// Their addresses.
pub fn ethereum_address(number: usize) -> H160 {
	let addresses = ["f39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "70997970C51812dc3A010C7d01b50e0d17dc79C8"];
	H160::from_slice(&hex::decode(addresses[number]).expect("it is hex"))
}

/// What a wallet makes of a digest.
pub fn ethereum_sign(key: &ecdsa::Pair, digest: &[u8]) -> EthereumSignature {
	let digest = <[u8; 32]>::try_from(digest).expect("a digest has 32 bytes");
	let mut signature: [u8; 65] = key.sign_prehashed(&digest).0;
	signature[64] += 27;
	signature
}

/// Feedback with a value and nothing else.
pub fn feedback(value: i128, decimals: u8) -> FeedbackInput {
	tagged(value, decimals, "", "")
}

pub fn tagged(value: i128, decimals: u8, tag1: &str, tag2: &str) -> FeedbackInput {
	FeedbackInput {
		value,
		decimals,
		tag1: tag(tag1),
		tag2: tag(tag2),
		endpoint: Endpoint::default(),
		uri: Uri::default(),
		hash: H256::zero(),
	}
}

pub fn give(client: AccountId32, agent: AgentId, value: i128, decimals: u8) {
	assert_ok!(Identity::give_feedback(signed(client), agent, feedback(value, decimals)));
}

pub fn give_tagged(client: AccountId32, agent: AgentId, value: i128, tag1: &str, tag2: &str) {
	assert_ok!(Identity::give_feedback(signed(client), agent, tagged(value, 0, tag1, tag2)));
}

/// The summary as (count, value, decimals), without tags.
pub fn summary(agent: AgentId, clients: &[AccountId32]) -> Result<(u64, i128, u8), ReadError> {
	summary_of(agent, clients, "", "")
}

pub fn summary_of(
	agent: AgentId,
	clients: &[AccountId32],
	tag1: &str,
	tag2: &str,
) -> Result<(u64, i128, u8), ReadError> {
	Identity::summary(agent, clients.to_vec(), tag(tag1), tag(tag2)).map(|sum| (sum.count, sum.value, sum.decimals))
}

/// The receipt number `index` of block 1, by which `requester` paid `amount` to `provider`.
pub fn receipt(index: u32, requester: AccountId32, provider: AccountId32, amount: Balance) -> ReceiptV1 {
	ReceiptV1 {
		id: ReceiptId { block: 1, index },
		body: ReceiptBody {
			task: index.into(),
			requester,
			provider,
			model: 3,
			version: 2,
			artefact_hash: H256::repeat_byte(2),
			input_hash: H256::repeat_byte(3),
			output_hash: H256::repeat_byte(4),
			path: TrustPath::OnChain,
			evidence: Evidence::Consensus,
			policy: PolicyDecision::NotApplied,
			verdict: Verdict::Accepted,
			// All parts count.
			payment: Payment {
				provider: amount - amount / 2 - amount / 4 - amount / 8,
				royalty: amount / 2,
				treasury: amount / 4,
				burn: amount / 8,
			},
		},
	}
}

pub fn proof(receipt: &ReceiptV1) -> ProofOf<Test> {
	receipt.encode().try_into().expect("it is short")
}

pub fn hash(byte: u8) -> H256 {
	H256::repeat_byte(byte)
}
