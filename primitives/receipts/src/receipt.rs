// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The receipt itself: its fields and its canonical, versioned SCALE encoding.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{crypto::AccountId32, H256};

/// Identifies a model, counted from 0.
pub type ModelId = u32;
/// Identifies a version of a model, counted from 1.
pub type VersionNumber = u32;
/// Identifies a task, counted from 0.
pub type TaskId = u64;
/// Identifies an agent, counted from 0; never used again.
pub type AgentId = u64;
/// Identifies a verifying key, counted from 0; never used again.
pub type KeyId = u32;
/// Height of a block.
pub type BlockNumber = u32;
/// An amount in the smallest unit of the native token.
pub type Balance = u128;

/// Where a receipt is found: the block whose work it reports and its place among that block's receipts.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
pub struct ReceiptId {
	/// Height of the block.
	pub block: BlockNumber,
	/// Place in the block, counted from 0.
	pub index: u32,
}

/// How the requester chose to trust the run.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrustPath {
	/// The runtime computed it in the block; consensus is the evidence.
	#[codec(index = 0)]
	OnChain,
	/// A provider computed it and proved it in zero knowledge.
	#[codec(index = 1)]
	ZkProof,
	/// A provider computed it under a bond and nobody disputed it in time.
	#[codec(index = 2)]
	Optimistic,
	/// A provider computed it and a drawn committee re-executed it.
	#[codec(index = 3)]
	Committee,
	/// A provider computed it in attested hardware.
	#[codec(index = 4)]
	Attested,
}

/// What convinced the chain.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Evidence {
	/// Every validator executed the program while it imported the block.
	#[codec(index = 0)]
	Consensus,
	/// Nothing: the task ended before anybody brought evidence.
	#[codec(index = 1)]
	Absent,
	/// A Groth16 proof. The verdict says whether it convinced.
	#[codec(index = 2)]
	Groth16 {
		/// The verifying key. Its record stays in the chain's state for ever.
		key: KeyId,
		/// Hash of the statement that was to be proved: it holds the chain, the task, the program, the commitments to input
		/// and output, and the provider.
		statement: H256,
	},
}

/// How the work ended.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
	/// The output is right; the payment was split.
	#[codec(index = 0)]
	Accepted,
	/// The evidence did not convince; the requester was refunded.
	#[codec(index = 1)]
	Rejected,
	/// Nobody acted in time; the requester was refunded.
	#[codec(index = 2)]
	Expired,
	/// The provider gave the task back; the requester was refunded.
	#[codec(index = 3)]
	Cancelled,
}

/// The policy that let an agent's session key act: the two sets of limits, pinned by their hashes, and which of their rules
/// were checked.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct PolicyApplied {
	/// The agent that acted.
	pub agent: AgentId,
	/// The session key that signed.
	pub key: AccountId32,
	/// Hash of the agent's policy with its version.
	pub policy_hash: H256,
	/// Version of the agent's policy.
	pub version: u32,
	/// Hash of the session key's own limits, which never change.
	pub restriction_hash: H256,
	/// The rules that the transaction was checked against and respected. Bit `n` stands for the rule whose refusal has the
	/// code `64 + n`.
	pub checked: u32,
}

/// What the requester's policy said.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum PolicyDecision {
	/// No policy applied: the account acted for itself.
	#[codec(index = 0)]
	NotApplied,
	/// An agent acted within its policy.
	#[codec(index = 1)]
	Allowed(PolicyApplied),
}

impl From<Option<PolicyApplied>> for PolicyDecision {
	fn from(applied: Option<PolicyApplied>) -> Self {
		applied.map_or(Self::NotApplied, Self::Allowed)
	}
}

/// Who got what. The parts sum up to what the requester paid, to the last unit.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct Payment {
	/// To who computed. On the on-chain path that is the block's author.
	#[codec(compact)]
	pub provider: Balance,
	/// To the model's owner.
	#[codec(compact)]
	pub royalty: Balance,
	/// To the treasury.
	#[codec(compact)]
	pub treasury: Balance,
	/// Taken out of the total issuance.
	#[codec(compact)]
	pub burn: Balance,
}

/// Everything that a receipt pins, but for its place in the chain.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct ReceiptBody {
	/// The task that ended.
	pub task: TaskId,
	/// Who asked and paid.
	pub requester: AccountId32,
	/// Who computed. On the on-chain path: the block's author.
	pub provider: AccountId32,
	/// The model.
	pub model: ModelId,
	/// Its version.
	pub version: VersionNumber,
	/// BLAKE2b-256 of the artefact that ran.
	pub artefact_hash: H256,
	/// What stands for the input: BLAKE2b-256 of its bytes; on the ZK path the commitment to it.
	pub input_hash: H256,
	/// What stands for the output: BLAKE2b-256 of its bytes; on the ZK path the field element that stands for it. Zero if
	/// there is no output.
	pub output_hash: H256,
	/// How the run is trusted.
	pub path: TrustPath,
	/// What convinced the chain.
	pub evidence: Evidence,
	/// What the requester's policy said.
	pub policy: PolicyDecision,
	/// How it ended.
	pub verdict: Verdict,
	/// Who got what.
	pub payment: Payment,
}

/// A receipt: a body and its place in the chain.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct ReceiptV1 {
	/// Where it is found.
	pub id: ReceiptId,
	/// What it says.
	pub body: ReceiptBody,
}

/// A receipt in its canonical encoding: one version byte, then the fields in order, SCALE.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Receipt {
	/// The first version.
	#[codec(index = 1)]
	V1(ReceiptV1),
}
