// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the pallet stores and what it shows.

use aivm_market_math::{FeedbackSum, PaidSum};
use aivm_receipts::ReceiptId;
use aivm_traits::{AgentId, Balance, Wallet};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_core::{crypto::AccountId32, H160, H256, U256};
use sp_runtime::MultiSignature;

use crate::ReadError;

/// Longest URI, in bytes.
pub const MAX_URI_LEN: u32 = 2_048;
/// Longest endpoint of feedback, in bytes.
pub const MAX_ENDPOINT_LEN: u32 = 1_024;
/// Longest tag, in bytes.
pub const MAX_TAG_LEN: u32 = 64;
/// Longest metadata key, in bytes.
pub const MAX_KEY_LEN: u32 = 64;
/// Longest metadata value, in bytes.
pub const MAX_VALUE_LEN: u32 = 4_096;
/// How far ahead the deadline of a signature may lie, in seconds.
pub const SIGNATURE_WINDOW: u64 = 300;
/// The metadata key that only wallet proofs can set.
pub const WALLET_KEY: &[u8] = b"agentWallet";

/// Where a registration file, a feedback file or a response is found.
pub type Uri = BoundedVec<u8, ConstU32<MAX_URI_LEN>>;
/// Which of an agent's endpoints feedback is about.
pub type Endpoint = BoundedVec<u8, ConstU32<MAX_ENDPOINT_LEN>>;
/// A tag of feedback or of a validation.
pub type Tag = BoundedVec<u8, ConstU32<MAX_TAG_LEN>>;
/// A metadata key.
pub type Key = BoundedVec<u8, ConstU32<MAX_KEY_LEN>>;
/// A metadata value.
pub type Value = BoundedVec<u8, ConstU32<MAX_VALUE_LEN>>;
/// A signature of an Ethereum key: `r`, `s`, `v`.
pub type EthereumSignature = [u8; 65];
/// The number of a piece of feedback among those of one client for one agent, counted from 1.
pub type FeedbackIndex = u64;

/// Shows that who owns a wallet agrees to be an agent's wallet.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum WalletProof {
	/// By the key of a [`Wallet::Account`], over [`crate::Pallet::wallet_message`], as it is or between `<Bytes>` and
	/// `</Bytes>`.
	#[codec(index = 0)]
	Native(MultiSignature),
	/// By the key of a [`Wallet::Ethereum`], over the EIP-712 digest that [`crate::Pallet::wallet_message`] gives.
	#[codec(index = 1)]
	Eip712(EthereumSignature),
}

/// The stored record of an agent. What is long or rare lies in maps of its own.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Agent {
	/// Who owns it.
	pub owner: AccountId32,
	/// Where it is paid.
	pub wallet: Option<Wallet>,
	/// How often the wallet was set or unset. Wallet proofs carry it, so that none counts twice.
	pub wallet_nonce: u32,
	/// The account that may become the wallet by accepting.
	pub proposed_wallet: Option<AccountId32>,
	/// Who may act for it besides the owner and the owner's operators.
	pub approved: Option<AccountId32>,
	/// How often it was transferred.
	pub transfers: u32,
	/// How often it was linked to an Ethereum agent. Link signatures carry it.
	pub link_nonce: u32,
	/// How many metadata entries it has.
	pub metadata_count: u32,
	/// Bytes of their keys and values.
	pub metadata_bytes: u32,
	/// What is on hold on the agent's account for its records.
	pub deposit: Balance,
}

/// Where an agent's registration file is found.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug, Default)]
pub struct Card {
	/// The agent's URI, as given. Nothing of it is checked.
	pub uri: Uri,
	/// keccak-256 of the registration file.
	pub hash: Option<H256>,
}

/// An agent in an Ethereum registry, as somebody claimed it.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct EthereumAgent {
	/// EIP-155 number of the chain.
	pub chain_id: u64,
	/// The identity registry.
	pub registry: H160,
	/// The agent's id in it.
	pub agent_id: U256,
	/// Who owns it, by the word of who links.
	pub owner: H160,
}

/// A link to an Ethereum agent.
///
/// All that was checked is that the key of `ethereum.owner` signed the link. Whether that address owns the agent is
/// unknown here; no path makes a link proven until a bridge can check it.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Link {
	/// The claimed identity.
	pub ethereum: EthereumAgent,
	/// Who brought the signature.
	pub claimed_by: AccountId32,
	/// When, in seconds of Unix time.
	pub claimed_at: u64,
}

/// What is known of an agent's reputation without looking at single feedback.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug, Default)]
pub struct Reputation {
	/// How many clients gave feedback. They keep their places when they revoke it.
	pub clients: u32,
	/// How much feedback was given.
	pub given: u64,
	/// How much of it was revoked.
	pub revoked: u64,
	/// Over all feedback that is not revoked.
	pub all: FeedbackSum,
	/// Over all feedback with proof of payment that is not revoked.
	pub paid: PaidSum,
}

/// The stored record of one piece of feedback.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Feedback {
	/// The value, in units of `10^-decimals`.
	pub value: i128,
	/// Its decimals.
	pub decimals: u8,
	/// What it is about.
	pub tag1: Tag,
	/// What it is about, more finely.
	pub tag2: Tag,
	/// Whether its client took it back.
	pub is_revoked: bool,
	/// The payment that was proved with it.
	pub paid: Option<PaidFor>,
}

/// A payment that was proved with feedback.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct PaidFor {
	/// The receipt of the settled task.
	pub receipt: ReceiptId,
	/// What the client paid for the task, in the smallest unit of the native token.
	pub amount: Balance,
	/// When the feedback was given, in seconds of Unix time.
	pub at: u64,
}

/// What a client says.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct FeedbackInput {
	/// The value, in units of `10^-decimals`; at most 10^38 either way.
	pub value: i128,
	/// Its decimals, at most 18.
	pub decimals: u8,
	/// What it is about.
	pub tag1: Tag,
	/// What it is about, more finely.
	pub tag2: Tag,
	/// The endpoint that was used. It is in the event only.
	pub endpoint: Endpoint,
	/// Where more is found. It is in the event only.
	pub uri: Uri,
	/// keccak-256 of what is found there, zero if the URI itself commits to it. It is in the event only.
	pub hash: H256,
}

/// Over what responses are counted.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum ResponseScope {
	/// All feedback of an agent.
	#[codec(index = 0)]
	Agent,
	/// The feedback of one client.
	#[codec(index = 1)]
	Client(AccountId32),
	/// One piece of feedback.
	#[codec(index = 2)]
	Feedback(AccountId32, FeedbackIndex),
}

/// The stored record of a client of an agent.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Client {
	/// Its place among the agent's clients.
	pub place: u32,
	/// The number of its latest feedback.
	pub last_index: FeedbackIndex,
}

/// The stored record of a validation.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Validation {
	/// Who was asked.
	pub validator: AccountId32,
	/// The latest response, 0 to 100; 0 before the first one.
	pub response: u8,
	/// keccak-256 of the latest response's content.
	pub response_hash: H256,
	/// The tag of the latest response.
	pub tag: Tag,
	/// When it was requested or last responded to, in seconds of Unix time.
	pub last_update: u64,
	/// Whether the validator responded.
	pub has_response: bool,
}

/// Names a validation.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct ValidationRef {
	/// The agent.
	pub agent: AgentId,
	/// keccak-256 of the request's content.
	pub request_hash: H256,
}

/// What view functions show of an agent.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct AgentView {
	/// Its id.
	pub id: AgentId,
	/// Who owns it.
	pub owner: AccountId32,
	/// Its keyless account.
	pub account: AccountId32,
	/// Where its registration file is found.
	pub uri: Uri,
	/// keccak-256 of the registration file.
	pub card_hash: Option<H256>,
	/// Where it is paid.
	pub wallet: Option<Wallet>,
	/// The account that may become the wallet by accepting.
	pub proposed_wallet: Option<AccountId32>,
	/// What the next wallet proof must carry.
	pub wallet_nonce: u32,
	/// Who may act for it besides the owner and the owner's operators.
	pub approved: Option<AccountId32>,
	/// How often it was transferred.
	pub transfers: u32,
	/// How many metadata entries it has.
	pub metadata_count: u32,
	/// How many clients gave feedback.
	pub clients: u32,
	/// How much feedback is not revoked.
	pub feedback: u64,
	/// How many validations were requested.
	pub validations: u64,
	/// What is on hold on the agent's account for its records.
	pub deposit: Balance,
}

/// What view functions show of a link.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct LinkView {
	/// What was claimed, by whom and when.
	pub claim: Link,
	/// Whether the chain knows the claim to be true. It never does yet: that takes a bridge.
	pub proven: bool,
}

/// One piece of feedback in a list.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct FeedbackView {
	/// Who gave it.
	pub client: AccountId32,
	/// Its number among the client's feedback for the agent.
	pub index: FeedbackIndex,
	/// What it says.
	pub feedback: Feedback,
}

/// Where a scan of feedback goes on.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct FeedbackCursor {
	/// The client's place: in the list that the scan was given, or else among the agent's clients.
	pub client: u32,
	/// The number of the client's feedback.
	pub index: FeedbackIndex,
}

/// A part of a summary over a list of clients.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct SumPage {
	/// Over the feedback of this page. Merge the sums of all pages, then take the summary of it.
	pub sum: FeedbackSum,
	/// Where the next page starts; `None` at the end.
	pub next: Option<FeedbackCursor>,
}

/// What view functions show of a validation.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct ValidationView {
	/// Which one.
	pub id: ValidationRef,
	/// Its state.
	pub validation: Validation,
}

/// The summary of validations.
#[derive(Encode, Decode, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ValidationSummary {
	/// How many validations with a response it covers.
	pub count: u64,
	/// The average of their latest responses, rounded down.
	pub average: u8,
}

/// A part of a summary of validations.
#[derive(Encode, Decode, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct ValidationSum {
	/// How many validations with a response this page covers.
	pub count: u64,
	/// The sum of their latest responses.
	pub total: u64,
	/// Where the next page starts; `None` at the end.
	pub next: Option<u64>,
}

/// A page of a list.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Page<Item, Cursor> {
	/// What was found, in the list's order.
	pub items: Vec<Item>,
	/// Where the next page starts; `None` at the end of the list.
	pub next: Option<Cursor>,
}

/// What a view function answers that can refuse.
pub type Read<T> = Result<T, ReadError>;
