// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Policies, session keys, counters, and verdicts.

use aivm_traits::{AgentId, AssetKind, Balance, CallId, ModelId, PolicyApplied};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{pallet_prelude::ConstU32, weights::Weight, BoundedVec};
use scale_info::TypeInfo;
use sp_core::{crypto::AccountId32, H256};
use sp_io::hashing::blake2_256;

use crate::Refusal;

/// Most assets that a policy can limit.
pub const MAX_LIMITS: u32 = 8;
/// Most rules in the list of allowed calls.
pub const MAX_CALLS: u32 = 64;
/// Most accounts in each of the two lists of destinations.
pub const MAX_DESTINATIONS: u32 = 32;
/// Most models in the list of allowed models.
pub const MAX_MODELS: u32 = 32;
/// Most assets that one transaction is measured in: those with a limit, and the native token.
pub const MAX_MEASURED: u32 = MAX_LIMITS + 1;
/// Most limits that apply to one transaction: those of the agent and those of the key.
pub const MAX_ROOMS: u32 = 2 * MAX_MEASURED;
/// Most calls that one transaction can carry, wrappers included.
pub const MAX_NODES: u32 = 64;

/// Seconds in an hour.
pub const HOUR: u64 = 3_600;
/// Seconds in a day.
pub const DAY: u64 = 24 * HOUR;

/// What may leave the account in one asset, besides fees per transaction.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
pub struct Limit {
	/// The asset.
	pub asset: AssetKind,
	/// In one transaction. Fees do not count.
	pub per_transaction: Balance,
	/// In any 24 hours. In the native token, fees and tips count.
	pub per_day: Balance,
	/// Ever. In the native token, fees and tips count.
	pub lifetime: Balance,
}

/// Calls that are allowed: one, or all of a pallet.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
pub struct CallRule {
	/// The pallet's index in the runtime.
	pub pallet: u8,
	/// The call's index in the pallet, or `None` for every call of the pallet.
	pub call: Option<u8>,
}

/// Who may be paid.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug, Default)]
pub enum Destinations {
	/// Everybody who is not denied.
	#[codec(index = 0)]
	#[default]
	Any,
	/// These accounts, in ascending order.
	#[codec(index = 1)]
	Only(BoundedVec<AccountId32, ConstU32<MAX_DESTINATIONS>>),
}

/// Which models may be used.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug, Default)]
pub enum Models {
	/// Every model.
	#[codec(index = 0)]
	#[default]
	Any,
	/// These models, in ascending order.
	#[codec(index = 1)]
	Only(BoundedVec<ModelId, ConstU32<MAX_MODELS>>),
}

impl Models {
	/// Whether `model` may be used.
	pub fn allow(&self, model: ModelId) -> bool {
		match self {
			Self::Any => true,
			Self::Only(list) => list.binary_search(&model).is_ok(),
		}
	}
}

/// When a session key may act, in UTC.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub enum Hours {
	/// At any time.
	#[codec(index = 0)]
	#[default]
	Always,
	/// For each weekday from Monday on, the hours as bits: bit 0 is the hour that begins at 00:00.
	#[codec(index = 1)]
	Weekly([u32; 7]),
}

impl Hours {
	/// Every hour of a day.
	pub const WHOLE_DAY: u32 = 0x00ff_ffff;

	/// The hours of each weekday.
	pub const fn masks(self) -> [u32; 7] {
		match self {
			Self::Always => [Self::WHOLE_DAY; 7],
			Self::Weekly(masks) => masks,
		}
	}

	/// Whether the second `now` of the Unix epoch is in one of the hours.
	pub fn contain(self, now: u64) -> bool {
		// 1 January 1970 was a Thursday.
		let weekday = now.checked_div(DAY).unwrap_or_default().saturating_add(3).checked_rem(7).unwrap_or_default();
		let hour = now.checked_rem(DAY).unwrap_or_default().checked_div(HOUR).unwrap_or_default();
		let mask = usize::try_from(weekday).ok().and_then(|day| self.masks().get(day).copied()).unwrap_or_default();
		u32::try_from(hour).ok().and_then(|hour| mask.checked_shr(hour)).is_some_and(|bits| bits & 1 == 1)
	}
}

/// What session keys of an agent may do, or one session key. Whatever is not allowed is refused.
///
/// Lists are in strictly ascending order, so that equal policies have equal hashes.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug, Default)]
pub struct Policy {
	/// What may leave the account. An asset without a limit must not leave it at all, and without a limit for the native
	/// token no fee can be paid.
	pub limits: BoundedVec<Limit, ConstU32<MAX_LIMITS>>,
	/// The allowed calls. A call inside another one needs to be allowed itself, and the outer one too.
	pub calls: BoundedVec<CallRule, ConstU32<MAX_CALLS>>,
	/// Who may be paid.
	pub destinations: Destinations,
	/// Who must not be paid in any case.
	pub denied: BoundedVec<AccountId32, ConstU32<MAX_DESTINATIONS>>,
	/// When the key may act.
	pub hours: Hours,
	/// The most weight that the call of a transaction may have.
	pub max_weight: Weight,
	/// The highest fee, tip included, of a transaction.
	pub max_fee: Balance,
	/// Most transactions in any hour.
	pub transactions_per_hour: u32,
	/// Which models may be used.
	pub models: Models,
	/// The most that may be paid for one task.
	pub max_task_price: Balance,
	/// The second of the Unix epoch from which on nothing is allowed any more.
	pub expires: Option<u64>,
	/// How many seconds pass before a less strict policy replaces this one.
	pub loosening_delay: u64,
}

impl Policy {
	/// The limit for `asset`.
	pub fn limit(&self, asset: AssetKind) -> Option<&Limit> {
		self.limits.iter().find(|limit| limit.asset == asset)
	}

	/// Whether it is in the list of allowed calls.
	pub fn allows(&self, call: CallId) -> bool {
		let listed = |index| self.calls.binary_search(&CallRule { pallet: call.pallet, call: index }).is_ok();
		listed(None) || listed(Some(call.call))
	}

	/// Whether it is written in the one way that is accepted: lists strictly ascending, no hours beyond a day, and not two
	/// rules for one thing.
	pub fn is_canonical(&self) -> bool {
		fn ascending<T: Ord>(list: &[T]) -> bool {
			list.iter().zip(list.iter().skip(1)).all(|(left, right)| left < right)
		}
		let limits = self.limits.iter().map(|limit| limit.asset).collect::<Vec<_>>();
		ascending(&limits)
			&& ascending(&self.calls)
			&& ascending(&self.denied)
			&& match &self.destinations {
				Destinations::Any => true,
				Destinations::Only(list) => ascending(list),
			} && match &self.models {
			Models::Any => true,
			Models::Only(list) => ascending(list),
		} && self.hours.masks().iter().all(|mask| *mask <= Hours::WHOLE_DAY)
	}

	/// The hash of this policy as version `version`: BLAKE2b-256 of the SCALE encoding of both. Versions of an agent's policy
	/// count from 1; the restriction of a key never changes and has version 0.
	pub fn hash(&self, version: u32) -> H256 {
		H256(blake2_256(&(version, self).encode()))
	}
}

/// A policy that is in force.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Current {
	/// The policy.
	pub policy: Policy,
	/// [`Policy::hash`], kept so that a transaction does not compute it.
	pub hash: H256,
	/// What the owner paid for its storage.
	pub deposit: Balance,
}

/// A policy that comes into force later.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Pending {
	/// The policy.
	pub policy: Policy,
	/// Its hash as the version that it will be.
	pub hash: H256,
	/// The second of the Unix epoch from which on it is in force.
	pub due: u64,
	/// What the owner paid for its storage.
	pub deposit: Balance,
}

/// What is stored of an agent.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug, Default)]
pub struct AgentState {
	/// Version of the policy in force. It only counts up, and removing a policy does not reset it.
	pub version: u32,
	/// The policy in force. Without one, session keys can do nothing.
	pub current: Option<Current>,
	/// The policy that replaces it.
	pub pending: Option<Pending>,
	/// Whether every session key is stopped.
	pub frozen: bool,
	/// How many session keys the agent has.
	pub keys: u32,
}

/// When a session key stops to work.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expiry<BlockNumber> {
	/// From this block on it is refused.
	#[codec(index = 0)]
	Block(BlockNumber),
	/// From this second of the Unix epoch on it is refused.
	#[codec(index = 1)]
	Time(u64),
}

/// A session key that was not removed.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Grant<BlockNumber> {
	/// When it stops to work.
	pub expiry: Expiry<BlockNumber>,
	/// What it may do at most. The agent's policy must allow it as well.
	pub restriction: Policy,
	/// [`Policy::hash`] of the restriction, kept so that a transaction does not compute it.
	pub hash: H256,
	/// How often the agent had been transferred when the key was added. After another transfer the key is dead.
	pub transfers: u32,
}

/// What is stored of an account that is, or was, a session key.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct SessionKey<BlockNumber> {
	/// The agent that it acts for.
	pub agent: AgentId,
	/// What the owner paid for its storage. A part stays when the key is removed, as the account's nonce does.
	pub deposit: Balance,
	/// What it may do, or `None` once it was removed.
	pub grant: Option<Grant<BlockNumber>>,
}

/// Whose payments and transactions are counted.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
pub enum Spender {
	/// All session keys of an agent together.
	#[codec(index = 0)]
	Agent(AgentId),
	/// One session key.
	#[codec(index = 1)]
	Key(AccountId32),
}

/// The context of the running transaction, from its preparation to its end.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Session {
	/// What receipts pin of it.
	pub applied: PolicyApplied,
	/// The agent's account.
	pub account: AccountId32,
	/// The assets that may leave the account and are measured; every other one is frozen there.
	pub measured: BoundedVec<AssetKind, ConstU32<MAX_MEASURED>>,
}

/// Where the running transaction's `act` is, if it is one.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Act {
	/// It has not begun.
	#[codec(index = 0)]
	Expected(Expected),
	/// It is running.
	#[codec(index = 1)]
	Running,
	/// It ended and spent this.
	#[codec(index = 2)]
	Done(BoundedVec<(AssetKind, Balance), ConstU32<MAX_MEASURED>>),
}

/// What is known of an `act` before it begins. Nothing of it can change until it ends.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Expected {
	/// The highest fee, tip included.
	pub fee: Balance,
	/// What its arguments say that it pays.
	pub known: BoundedVec<(AssetKind, Balance), ConstU32<MAX_MEASURED>>,
	/// What both policies say about each asset that is measured.
	pub rooms: BoundedVec<Room, ConstU32<MAX_ROOMS>>,
}

/// What one policy says about one asset, and what is used up of it.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room {
	/// Whose policy it is.
	pub scope: Scope,
	/// The asset.
	pub asset: AssetKind,
	/// The policy's limit.
	pub limit: Option<Limit>,
	/// What is used up before the transaction.
	pub used: Spent,
}

/// An account's balances in one asset.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Balances {
	/// Everything, holds included.
	pub total: Balance,
	/// What is not on hold.
	pub free: Balance,
}

impl Balances {
	/// What left the account between two moments: the larger one of what it has less in total and what it has less at its
	/// free disposal. What was put on hold counts as gone, because a hold can be paid out to others later.
	pub fn spent_until(self, after: Self) -> Balance {
		self.total.saturating_sub(after.total).max(self.free.saturating_sub(after.free))
	}
}

/// Whose rule a [`Check`] is about.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
pub enum Scope {
	/// The transaction and the key as such.
	#[codec(index = 0)]
	Transaction,
	/// The agent's policy.
	#[codec(index = 1)]
	Agent,
	/// The session key's own restriction.
	#[codec(index = 2)]
	Key,
}

/// One rule, applied to one transaction.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Check {
	/// The rule, named by the refusal that breaking it gives.
	pub rule: Refusal,
	/// Whose rule it is.
	pub scope: Scope,
	/// The asset that it is about.
	pub asset: Option<AssetKind>,
	/// Whether the transaction respects it.
	pub allowed: bool,
	/// The rule's number, for rules with one.
	pub limit: u128,
	/// What is used up of it before the transaction.
	pub used: u128,
	/// What the transaction needs of it.
	pub requested: u128,
}

impl Check {
	/// What the rule would leave for further transactions.
	pub fn remaining(&self) -> u128 {
		self.limit.saturating_sub(self.used).saturating_sub(if self.allowed { self.requested } else { 0 })
	}
}

/// The full answer to whether a transaction would be let through now.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
	/// Whether every rule is respected.
	pub allowed: bool,
	/// Whether the call must be sent inside `act`. A verdict about such a call is about the `act` that holds it.
	pub needs_act: bool,
	/// The highest fee that the transaction can cost, without a tip.
	pub fee: Balance,
	/// Every rule that was applied, with what it leaves after the transaction.
	pub checks: Vec<(Check, u128)>,
}

/// Why there is no verdict.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoVerdict {
	/// There is no such agent.
	UnknownAgent,
	/// The bytes are not a call of this runtime.
	UndecodableCall,
	/// The account is not a session key of the agent.
	UnknownKey,
}

/// What session keys paid in one asset.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct Spent {
	/// In the last 24 hours, rounded up to whole hours.
	pub day: Balance,
	/// Ever.
	pub lifetime: Balance,
}

/// The policy in force, for the view functions.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct PolicyInForce {
	/// The policy.
	pub policy: Policy,
	/// Its version.
	pub version: u32,
	/// Its hash.
	pub hash: H256,
	/// Whether every session key is stopped.
	pub frozen: bool,
}
