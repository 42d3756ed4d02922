// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the agent registry tells other pallets.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{crypto::AccountId32, H160};

use crate::AgentId;

/// Where an agent is paid: ERC-8004's `agentWallet`.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
pub enum Wallet {
	/// An account of this chain.
	#[codec(index = 0)]
	Account(AccountId32),
	/// An account of an Ethereum chain.
	#[codec(index = 1)]
	Ethereum(H160),
}

impl Wallet {
	/// Whether it is the account of zeroes, which belongs to nobody.
	pub fn is_zero(&self) -> bool {
		match self {
			Self::Account(account) => <AccountId32 as AsRef<[u8]>>::as_ref(account).iter().all(|byte| *byte == 0),
			Self::Ethereum(address) => address.is_zero(),
		}
	}

	/// The address alone, as the metadata entry `agentWallet` has it: 32 or 20 bytes.
	pub fn as_bytes(&self) -> &[u8] {
		match self {
			Self::Account(account) => account.as_ref(),
			Self::Ethereum(address) => address.as_bytes(),
		}
	}
}

/// What another pallet must know about an agent before it lets somebody act for it.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct AgentInfo<AccountId> {
	/// Who owns the agent now.
	pub owner: AccountId,
	/// How often the agent was transferred. What an earlier owner granted ends when this number changes.
	pub transfers: u32,
}

/// Read access to the agent registry.
pub trait AgentInspect<AccountId> {
	/// What is known of `agent`, or `None` if there is no such agent. One storage read.
	fn agent(agent: AgentId) -> Option<AgentInfo<AccountId>>;

	/// The keyless account of `agent`. It follows from the number alone: no storage read, and it answers for agents that
	/// do not exist too.
	fn account(agent: AgentId) -> AccountId;

	/// Registers an agent of `owner`, for benchmarks of pallets that serve agents.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_agent(owner: AccountId) -> AgentId;
}
