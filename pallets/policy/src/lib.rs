// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # Policy pallet
//!
//! Lets an agent act with keys that can do no more than its owner allows. The chain enforces it, not the agent's good
//! behaviour.
//!
//! ## Terminology
//!
//! - *Agent's account*: an account without a key that follows from the agent's number. It holds the agent's money.
//! - *Policy*: what session keys of an agent may do. See [`Policy`]. Without a policy they can do nothing.
//! - *Session key*: an account whose signed transactions are dispatched as the agent's account, which pays their fees.
//!   It has a [restriction](Grant::restriction) of its own, of the same type: both must allow a transaction.
//! - *Refusal*: why a transaction of a session key is not let through. See [`Refusal`] for the codes.
//!
//! ## Scenario: Alice's agent pays for itself
//!
//! 1. Alice owns agent 7. She sends money to its account and calls [`set_policy`](Pallet::set_policy).
//! 2. The agent's software makes a key pair and signs [`Pallet::key_proof`] with it; Alice calls
//!    [`add_session_key`](Pallet::add_session_key) with that proof.
//! 3. The software signs ordinary transactions with the key, with the key's own nonce. [`AsAgent`] recognises the
//!    signer, applies the rules, and makes the agent's account the sender. What breaks a rule never enters the pool.
//! 4. What a plain call cannot bound (a batch, a proxy, an unknown call) is sent inside [`act`](Pallet::act). Known
//!    payments in it are checked in the pool as well; what really left the account is measured, and if that breaks a
//!    rule the call is rolled back, the event [`Refused`](Event::Refused) tells the rule and the numbers, and the fee
//!    is paid all the same.
//! 5. Alice can [`freeze`](Pallet::freeze) the agent at once, exchange keys, and get everything back with
//!    [`control`](Pallet::control).
//!
//! ## Rules
//!
//! - *Stricter at once, looser later*: a policy that is at most as permissive in every rule replaces the old one at
//!   once; another one after the delay that the policy in force states. See [`tightens`].
//! - *Day*: any 24 hours. Payments are counted by the hour, and the current hour with the 24 before it must stay within
//!   the limit, so that no 24 hours exceed it wherever they begin. Transactions are counted by five minutes likewise.
//! - *Fees and tips* count in the limits per day and lifetime of the native token, and have a maximum of their own.
//! - *Unlisted assets* must not leave the account: the native token is measured in any case, and [`SessionFreezer`]
//!   freezes the others while a session key's transaction runs. If every payment in a transaction is known, all assets
//!   but those that it pays are frozen.
//! - *Measured* is, in each asset, what the account has less afterwards, so that what came in meanwhile is set off; what
//!   the arguments say is counted in full at least. What a call puts on hold counts as paid, as it can be paid out
//!   later.
//! - *Inside wrappers* every payment counts, whoever pays it: the sum that a batch with a proxied transfer can move is
//!   bounded by the policy too. An interrupted batch counts in full.
//! - *Never*: this pallet's own calls, and calls that hand over control ([`aivm_traits::CallInfo::forbidden`]), are
//!   refused to session keys whatever the policy says.
//!
//! Rules about providers (tier, reputation, region) are not there: nothing on this chain states them yet.
//!
//! ## Session keys and nonces
//!
//! A key must be a fresh account, belongs to one agent, and proves by a signature that its holder agrees. Its account
//! is kept alive without money, also after the key was removed: so its nonce never restarts, no old transaction can be
//! replayed, and the key cannot be added again. Keys of one agent do not block one another. A transfer of the agent ends
//! every key that was added before. To change a key's restriction, exchange the key.
//!
//! Money that somebody sends to a key's own account can be moved once the key was removed: from then on, and as long as
//! it has money of its own, it is an ordinary account.
//!
//! ## Weight
//!
//! The records of a key and its agent are read from the database and written to it once in a block, however many
//! transactions the key sends. Every transaction is charged for that ([`WeightInfo::as_agent_first`]), and all but the
//! key's first one in the block get it back, fee included: [`Activity::block`] tells them apart.
//!
//! ## Deposits
//!
//! The owner pays for storage. Deposits lie on hold on the agent's account, go with the agent when it is transferred,
//! and are given back to who owns it when the storage is freed. A removed key leaves a small record and its deposit.

#![cfg_attr(not(feature = "std"), no_std)]
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

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod counter;
mod extension;
mod impls;
#[cfg(test)]
mod mock;
mod refusal;
#[cfg(test)]
mod tests;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use counter::{Activity, Counter, Window};
pub use extension::{key_weight, AsAgent, FeeBound};
pub use impls::{freezer::SessionFreezer, order::tightens};
pub use pallet::*;
pub use refusal::Refusal;
pub use types::*;
pub use weights::WeightInfo;

/// Configuration, storage, events, errors, view functions and calls.
#[allow(clippy::expect_used, reason = "the code that the macro writes for the metadata has `expect`s")]
#[frame_support::pallet]
pub mod pallet {
	use aivm_traits::{AgentId, AgentInspect, AssetKind, Balance, InspectCall};
	use alloc::{boxed::Box, vec::Vec};
	use frame_support::{
		dispatch::{DispatchInfo, GetDispatchInfo, PostDispatchInfo},
		pallet_prelude::*,
		traits::{
			fungible::{Inspect, Mutate, MutateHold},
			fungibles, EstimateFee, Footprint, IsSubType, UnixTime,
		},
	};
	use frame_system::pallet_prelude::*;
	use sp_core::{crypto::AccountId32, H256};
	use sp_runtime::{
		traits::{Convert, Dispatchable},
		MultiSignature,
	};

	use crate::{
		Act, Activity, AgentState, Counter, Expiry, NoVerdict, Pending, Policy, PolicyInForce, Refusal, Session,
		SessionKey, Spender, Spent, Verdict, WeightInfo, MAX_LIMITS,
	};

	/// When a session key stops to work, on this chain.
	pub type ExpiryOf<T> = Expiry<BlockNumberFor<T>>;
	/// What is stored of a session key, on this chain.
	pub type SessionKeyOf<T> = SessionKey<BlockNumberFor<T>>;
	/// The runtime's call.
	pub type RuntimeCallOf<T> = <T as frame_system::Config>::RuntimeCall;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<
		AccountId = AccountId32,
		RuntimeEvent: From<Event<Self>>,
		RuntimeCall: Dispatchable<
			Info = DispatchInfo,
			PostInfo = PostDispatchInfo,
			RuntimeOrigin = <Self as frame_system::Config>::RuntimeOrigin,
		> + GetDispatchInfo
		                 + IsSubType<Call<Self>>
		                 + From<Call<Self>>,
	>
	{
		/// Weights of this pallet's functions.
		type WeightInfo: WeightInfo;

		/// The runtime's reason for a hold.
		type RuntimeHoldReason: From<HoldReason>;

		/// The native token.
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ Mutate<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// Every other asset. [`crate::SessionFreezer`] must be among what freezes them.
		type Assets: fungibles::Inspect<Self::AccountId, AssetId = u32, Balance = Balance>;

		/// Where agents come from. An agent's account must have a provider reference that this pallet has not given.
		type Agents: AgentInspect<Self::AccountId>;

		/// What is known about calls.
		type Calls: InspectCall<RuntimeCallOf<Self>, Self::AccountId>;

		/// The time.
		type Time: UnixTime;

		/// What a transaction costs without a tip, for verdicts.
		type Fees: EstimateFee<Balance>;

		/// The deposit for storage.
		type DepositPrice: Convert<Footprint, Balance>;

		/// Most session keys that an agent can have.
		#[pallet::constant]
		type MaxKeys: Get<u32>;

		/// How many seconds a block takes, to tell the pool how long a key's transaction is valid.
		#[pallet::constant]
		type SecondsPerBlock: Get<u64>;

		/// What the extensions of a session key's transaction weigh that sends a call in the native token, for verdicts.
		#[pallet::constant]
		type TransactionOverhead: Get<Weight>;

		/// Makes calls for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::BenchmarkHelper<RuntimeCallOf<Self>, Self::AccountId>;
	}

	/// Why this pallet holds money. It lies on the account of the agent that it is for.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// For the agent's policies.
		#[codec(index = 0)]
		Policy,
		/// For the agent's session keys, removed ones too.
		#[codec(index = 1)]
		SessionKey,
	}

	/// What owners stated for their agents.
	#[pallet::storage]
	pub type Agents<T: Config> = StorageMap<_, Twox64Concat, AgentId, AgentState, ValueQuery>;

	/// Every account that is, or was, a session key.
	#[pallet::storage]
	pub type Keys<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, SessionKeyOf<T>, OptionQuery>;

	/// The session keys of each agent, without removed ones.
	#[pallet::storage]
	pub type AgentKeys<T: Config> =
		StorageDoubleMap<_, Twox64Concat, AgentId, Blake2_128Concat, T::AccountId, (), OptionQuery>;

	/// The transactions that were sent, and what was paid in the native token.
	#[pallet::storage]
	pub type Activities<T: Config> = StorageMap<_, Blake2_128Concat, Spender, Activity<BlockNumberFor<T>>, ValueQuery>;

	/// What was paid in every other asset.
	#[pallet::storage]
	pub type Counters<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, Spender, Twox64Concat, u32, Counter, ValueQuery>;

	/// The session key's transaction that is running. Nothing is stored between transactions.
	#[pallet::storage]
	#[pallet::whitelist_storage]
	pub type Running<T: Config> = StorageValue<_, Session, OptionQuery>;

	/// Where its `act` is. Nothing is stored between transactions.
	#[pallet::storage]
	#[pallet::whitelist_storage]
	pub type Acting<T: Config> = StorageValue<_, Act, OptionQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A policy is in force.
		PolicySet {
			/// The agent.
			agent: AgentId,
			/// Its version.
			version: u32,
			/// Its hash.
			hash: H256,
		},
		/// A less strict policy will be in force.
		PolicyPending {
			/// The agent.
			agent: AgentId,
			/// From this second of the Unix epoch on.
			due: u64,
			/// Its hash.
			hash: H256,
		},
		/// The policy that was to come into force will not.
		PendingCancelled {
			/// The agent.
			agent: AgentId,
		},
		/// The agent has no policy any more.
		PolicyRemoved {
			/// The agent.
			agent: AgentId,
		},
		/// A session key can act for the agent.
		SessionKeyAdded {
			/// The agent.
			agent: AgentId,
			/// The key.
			key: T::AccountId,
			/// Until when.
			expiry: ExpiryOf<T>,
		},
		/// A session key can act no more.
		SessionKeyRemoved {
			/// The agent.
			agent: AgentId,
			/// The key.
			key: T::AccountId,
		},
		/// No session key of the agent can act.
		Frozen {
			/// The agent.
			agent: AgentId,
		},
		/// Session keys of the agent can act again.
		Unfrozen {
			/// The agent.
			agent: AgentId,
		},
		/// The owner acted as the agent's account.
		Controlled {
			/// The agent.
			agent: AgentId,
			/// How the call ended.
			result: DispatchResult,
		},
		/// A session key acted, within the policy.
		Acted {
			/// The agent.
			agent: AgentId,
			/// The key.
			key: T::AccountId,
			/// Hash of the agent's policy.
			policy_hash: H256,
			/// Version of the agent's policy.
			version: u32,
			/// How the call ended.
			result: DispatchResult,
		},
		/// What a session key's call did broke a rule; it was rolled back.
		Refused {
			/// The agent.
			agent: AgentId,
			/// The key.
			key: T::AccountId,
			/// The rule.
			rule: Refusal,
			/// The asset that it is about.
			asset: AssetKind,
			/// The rule's limit.
			limit: Balance,
			/// What it would have become.
			value: Balance,
		},
		/// A direct call spent more than its arguments say, and the agent was frozen. No call does this; report it.
		BoundExceeded {
			/// The agent.
			agent: AgentId,
			/// The asset.
			asset: AssetKind,
			/// What the arguments say.
			bound: Balance,
			/// What left the account.
			spent: Balance,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such agent. Check its number.
		UnknownAgent,
		/// The signer does not own the agent. Sign with the owner's account.
		NotOwner,
		/// The policy is not in its canonical form. Sort its lists, drop duplicates, and use the lowest 24 bits of a day.
		NotCanonical,
		/// The agent has no policy. Set one first.
		NoPolicy,
		/// No policy is waiting to come into force.
		NothingPending,
		/// The agent still has session keys. Remove them first.
		HasKeys,
		/// The agent has as many session keys as it can. Remove one first.
		TooManyKeys,
		/// The account was used already: it has a nonce, money, or was a session key. Make a new key.
		KeyInUse,
		/// The expiry has passed already. Choose a later one.
		AlreadyExpired,
		/// The signature is not the key's over `key_proof`. Check the genesis hash, agent, owner and expiry in it.
		BadProof,
		/// The account is no session key of the agent.
		UnknownKey,
		/// The agent is frozen already.
		AlreadyFrozen,
		/// The agent is not frozen.
		NotFrozen,
		/// The call is for transactions that a session key signs, directly. It cannot be nested.
		NotASession,
		/// Every version number is used up.
		VersionsExhausted,
		/// Runtime code could not open another storage layer. Nest fewer calls.
		TooDeep,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			Self::check_config();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// Whether session keys of `agent`, or `key` if given, can send `call` (an encoded call of this runtime) now, with
		/// every rule.
		///
		/// `len` is the length of the whole transaction; without it, a usual one is assumed. A tip comes on top of the fee.
		/// What `act` measures is known only once it has run.
		pub fn would_allow(
			agent: AgentId,
			key: Option<T::AccountId>,
			call: Vec<u8>,
			len: Option<u32>,
		) -> Result<Verdict, NoVerdict> {
			Self::view_would_allow(agent, key, &call, len)
		}

		/// The policy of `agent` that is in force now, or `None` if it has none.
		pub fn policy_of(agent: AgentId) -> Option<PolicyInForce> {
			Self::view_policy(agent)
		}

		/// The policy of `agent` that is waiting to come into force.
		pub fn pending_of(agent: AgentId) -> Option<Pending> {
			Self::view_pending(agent)
		}

		/// What is known of the session key `key`, also if it was removed.
		pub fn session_key(key: T::AccountId) -> Option<SessionKeyOf<T>> {
			Keys::<T>::get(key)
		}

		/// Up to `limit` (at most [`crate::Pallet::PAGE`]) session keys of `agent`, in storage order. Go on with the last
		/// key of the page before.
		pub fn session_keys(
			agent: AgentId,
			start: Option<T::AccountId>,
			limit: u32,
		) -> Vec<(T::AccountId, SessionKeyOf<T>)> {
			Self::view_session_keys(agent, start, limit)
		}

		/// What the session keys of `agent` paid in `asset`.
		pub fn spent(agent: AgentId, asset: AssetKind) -> Spent {
			Self::view_spent(&Spender::Agent(agent), asset)
		}

		/// What `key` paid in `asset`.
		pub fn spent_by_key(key: T::AccountId, asset: AssetKind) -> Spent {
			Self::view_spent(&Spender::Key(key), asset)
		}

		/// What a key must sign before `owner` can add it to `agent`.
		pub fn key_proof(agent: AgentId, owner: T::AccountId, expiry: ExpiryOf<T>) -> Vec<u8> {
			Self::proof_payload(agent, &owner, &expiry)
		}

		/// What the code `n` of `InvalidTransaction::Custom(n)` means and what to do about it, as UTF-8 text, or `None`
		/// if it is not one of [`Refusal`].
		pub fn explain_refusal(code: u8) -> Option<Vec<u8>> {
			Refusal::from_code(code).map(|refusal| alloc::format!("{refusal}").into_bytes())
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// State what session keys may do. Signed by the agent's owner, who pays the deposit.
		///
		/// The first policy, and one that is at most as permissive in every rule, is in force at once, and cancels what
		/// was pending; another one comes into force after the delay of the policy in force.
		///
		/// Errors: [`Error::UnknownAgent`], [`Error::NotOwner`], [`Error::NotCanonical`]. Events: [`Event::PolicySet`] or
		/// [`Event::PolicyPending`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::set_policy())]
		pub fn set_policy(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			policy: Box<Policy>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_policy(&who, agent, *policy)
		}

		/// Do not let the pending policy come into force. Signed by the agent's owner.
		///
		/// Errors: [`Error::NothingPending`]. Events: [`Event::PendingCancelled`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::cancel_pending())]
		pub fn cancel_pending(origin: OriginFor<T>, #[pallet::compact] agent: AgentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel_pending(&who, agent)
		}

		/// Remove the policy and get its deposit back. Signed by the agent's owner. All keys must be removed before, so
		/// that this is no way around the delay for a key that is in use.
		///
		/// Errors: [`Error::NoPolicy`], [`Error::HasKeys`]. Events: [`Event::PolicyRemoved`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::remove_policy())]
		pub fn remove_policy(origin: OriginFor<T>, #[pallet::compact] agent: AgentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_remove_policy(&who, agent)
		}

		/// Let a key act for the agent. Signed by the agent's owner, who pays the deposit.
		///
		/// `proof` is the key's signature over [`Pallet::key_proof`], plain or between `<Bytes>` and `</Bytes>` as wallets
		/// sign. The key's account must not have been used for anything.
		///
		/// Errors: [`Error::TooManyKeys`], [`Error::KeyInUse`], [`Error::AlreadyExpired`], [`Error::BadProof`],
		/// [`Error::NotCanonical`]. Events: [`Event::SessionKeyAdded`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::add_session_key())]
		pub fn add_session_key(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			key: T::AccountId,
			expiry: ExpiryOf<T>,
			restriction: Box<Policy>,
			proof: MultiSignature,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_add_key(&who, agent, key, expiry, *restriction, &proof)
		}

		/// Take a key back for good. Signed by the agent's owner.
		///
		/// Errors: [`Error::UnknownKey`]. Events: [`Event::SessionKeyRemoved`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::remove_session_key())]
		pub fn remove_session_key(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			key: T::AccountId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_remove_key(&who, agent, &key)
		}

		/// Remove `old` and add `key`, as the two calls do. Signed by the agent's owner.
		///
		/// Errors and events: those of the two calls.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::rotate_session_key())]
		pub fn rotate_session_key(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			old: T::AccountId,
			key: T::AccountId,
			expiry: ExpiryOf<T>,
			restriction: Box<Policy>,
			proof: MultiSignature,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_remove_key(&who, agent, &old)?;
			Self::do_add_key(&who, agent, key, expiry, *restriction, &proof)
		}

		/// Stop every session key of the agent at once. Signed by the agent's owner.
		///
		/// Errors: [`Error::AlreadyFrozen`]. Events: [`Event::Frozen`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::freeze())]
		pub fn freeze(origin: OriginFor<T>, #[pallet::compact] agent: AgentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_freeze(&who, agent)
		}

		/// Let session keys of the agent act again. Signed by the agent's owner.
		///
		/// Errors: [`Error::NotFrozen`]. Events: [`Event::Unfrozen`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::unfreeze())]
		pub fn unfreeze(origin: OriginFor<T>, #[pallet::compact] agent: AgentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_unfreeze(&who, agent)
		}

		/// Dispatch a call as the agent's account, whatever the policy says. Signed by the agent's owner, who pays the fee.
		///
		/// How the call ended is in the event; only an error of the owner's makes this call fail.
		///
		/// Errors: [`Error::UnknownAgent`], [`Error::NotOwner`]. Events: [`Event::Controlled`].
		#[pallet::call_index(8)]
		#[pallet::weight({
			let info = call.get_dispatch_info();
			(T::WeightInfo::control().saturating_add(info.call_weight), info.class)
		})]
		pub fn control(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			call: Box<RuntimeCallOf<T>>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_control(&who, agent, *call)
		}

		/// Dispatch a call as the agent's account and measure what it does. Signed by a session key.
		///
		/// If what left the account breaks a rule, the call is rolled back as a whole. The fee is paid in every case.
		///
		/// Errors: [`Error::NotASession`]. Events: [`Event::Acted`] or [`Event::Refused`].
		#[pallet::call_index(9)]
		#[pallet::weight({
			let info = call.get_dispatch_info();
			(T::WeightInfo::act(MAX_LIMITS).saturating_add(info.call_weight), info.class)
		})]
		pub fn act(origin: OriginFor<T>, call: Box<RuntimeCallOf<T>>) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin.clone())?;
			Self::do_act(&who, origin, *call)
		}
	}
}
