// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # The AIVM runtime
//!
//! Composes pallets into the chain's state transition function. Each theme has a file under `configs`; the values that
//! governance may change are in `parameters`; runtime APIs are in `apis`.

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "512"]
// The macros that compose a runtime generate items that nothing else can document.
#![allow(missing_docs)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects,
		clippy::panic
	)
)]

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

extern crate alloc;

mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
pub mod constants;
pub mod genesis_config_presets;
pub mod parameters;
#[cfg(test)]
mod tests;

use alloc::{borrow::Cow, vec::Vec};
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::{runtime_version, RuntimeVersion};

pub use apis::RuntimeApi;
pub use constants::*;

/// Signature of a transaction: sr25519, ed25519 or ECDSA.
pub type Signature = MultiSignature;
/// An account's 32-byte id.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// How transactions name accounts.
pub type Address = MultiAddress<AccountId, ()>;
/// An amount in the smallest unit of the native token, 10^-12 AIVM.
pub type Balance = u128;
/// Height of a block.
pub type BlockNumber = u32;
/// Count of an account's transactions.
pub type Nonce = u32;
/// Hash of blocks and storage.
pub type Hash = sp_core::H256;
/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// A block with its justification.
pub type SignedBlock = generic::SignedBlock<Block>;
/// A transaction as it comes from outside.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What a signer signs.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// What every transaction passes through, in this order.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckMortality<Runtime>,
	// The nonce is the session key's; from here on, the agent is the sender.
	frame_system::CheckNonce<Runtime>,
	pallet_policy::AsAgent<Runtime, pallet_transaction_payment::ChargeTransactionPayment<Runtime>>,
	pallet_tasks::CheckInference<Runtime>,
	frame_system::CheckWeight<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

/// What a transaction passes through that another account sends, and pays for, on behalf of its signer.
pub type MetaTxExtension = (
	pallet_verify_signature::VerifySignature<Runtime>,
	pallet_meta_tx::MetaTxMarker<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckMortality<Runtime>,
	frame_system::CheckNonce<Runtime>,
	pallet_policy::AsAgent<Runtime, ()>,
);

/// Runs blocks: hooks, transactions, hooks.
pub type Executive =
	frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

/// The types of the node, which does not know the runtime's calls.
pub mod opaque {
	use super::{generic, BlakeTwo256, BlockNumber};
	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

	/// A block's header.
	pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
	/// A block with undecoded transactions.
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
}

impl_opaque_keys! {
	/// The keys of a validator's session.
	pub struct SessionKeys {
		/// Votes on finality.
		pub grandpa: Grandpa,
		/// Authors blocks.
		pub babe: Babe,
		/// Signs the validator's addresses.
		pub authority_discovery: AuthorityDiscovery,
	}
}

/// Version of the runtime.
#[runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("aivm"),
	impl_name: Cow::Borrowed("aivm"),
	authoring_version: 1,
	spec_version: 1,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 3,
};

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;

	// Babe stands before Session, which asks it whether the session ends.
	#[runtime::pallet_index(1)]
	pub type Babe = pallet_babe;

	#[runtime::pallet_index(2)]
	pub type Timestamp = pallet_timestamp;

	#[runtime::pallet_index(3)]
	pub type Balances = pallet_balances;

	#[runtime::pallet_index(4)]
	pub type TransactionPayment = pallet_transaction_payment;

	#[runtime::pallet_index(5)]
	pub type Parameters = pallet_parameters;

	#[runtime::pallet_index(6)]
	pub type Assets = pallet_assets;

	// Authorship stands before Session, so that the author is noted in the right session and era.
	#[runtime::pallet_index(10)]
	pub type Authorship = pallet_authorship;

	#[runtime::pallet_index(11)]
	pub type Staking = pallet_staking;

	#[runtime::pallet_index(12)]
	pub type Offences = pallet_offences;

	#[runtime::pallet_index(13)]
	pub type Historical = pallet_session::historical;

	#[runtime::pallet_index(14)]
	pub type Session = pallet_session;

	#[runtime::pallet_index(15)]
	pub type Grandpa = pallet_grandpa;

	#[runtime::pallet_index(16)]
	pub type AuthorityDiscovery = pallet_authority_discovery;

	#[runtime::pallet_index(17)]
	pub type VoterList = pallet_bags_list<Instance1>;

	#[runtime::pallet_index(18)]
	pub type Mmr = pallet_mmr;

	#[runtime::pallet_index(20)]
	pub type Utility = pallet_utility;

	#[runtime::pallet_index(21)]
	pub type Multisig = pallet_multisig;

	#[runtime::pallet_index(22)]
	pub type Proxy = pallet_proxy;

	#[runtime::pallet_index(23)]
	pub type MetaTx = pallet_meta_tx;

	#[runtime::pallet_index(24)]
	pub type VerifySignature = pallet_verify_signature;

	#[runtime::pallet_index(30)]
	pub type Preimage = pallet_preimage;

	#[runtime::pallet_index(31)]
	pub type Scheduler = pallet_scheduler;

	#[runtime::pallet_index(32)]
	pub type Council = pallet_collective<Instance1>;

	#[runtime::pallet_index(33)]
	pub type ConvictionVoting = pallet_conviction_voting;

	#[runtime::pallet_index(34)]
	pub type Referenda = pallet_referenda;

	#[runtime::pallet_index(35)]
	pub type Treasury = pallet_treasury;

	#[runtime::pallet_index(50)]
	pub type ModelRegistry = pallet_model_registry;

	#[runtime::pallet_index(51)]
	pub type Tasks = pallet_tasks;

	#[runtime::pallet_index(52)]
	pub type AgentIdentity = pallet_agent_identity;

	#[runtime::pallet_index(53)]
	pub type Policy = pallet_policy;

	#[runtime::pallet_index(54)]
	pub type Verification = pallet_verification;

	#[runtime::pallet_index(55)]
	pub type Attestation = pallet_attestation;

	// Receipts stand last: they are compiled when everything else of the block is done.
	#[runtime::pallet_index(100)]
	pub type ExecutionReceipts = pallet_execution_receipts;
}
