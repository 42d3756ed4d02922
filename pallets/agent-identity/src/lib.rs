// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
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
pub(crate) mod benchmarking;
mod error;
mod impls;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
mod types;
pub mod weights;

pub use error::ReadError;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

/// Configuration, storage, events, errors, view functions and calls.
#[allow(clippy::expect_used, reason = "the code that the macro writes for the metadata has `expect`s")]
#[frame_support::pallet]
pub mod pallet {
	use aivm_market_math::{FeedbackSummary, PaidSummary};
	use aivm_receipts::ReceiptId;
	use aivm_traits::{AgentId, Balance, ReceiptInspect, Wallet};
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Mutate, MutateHold},
			UnixTime,
		},
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use sp_core::{crypto::AccountId32, H256};
	use sp_runtime::traits::StaticLookup;

	use super::*;

	/// The version of the storage layout.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// Metadata that is set when an agent is registered.
	pub type MetadataOf<T> = BoundedVec<(Key, Value), <T as Config>::MaxMetadata>;
	/// An encoded proof of a receipt.
	pub type ProofOf<T> = BoundedVec<u8, <T as Config>::MaxProofLen>;
	type LookupOf<T> = <<T as frame_system::Config>::Lookup as StaticLookup>::Source;

	/// The pallet.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the runtime decides.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<AccountId = AccountId32, Hash = H256, RuntimeEvent: From<Event<Self>>>
	{
		/// The overarching hold reason.
		type RuntimeHoldReason: From<HoldReason>;

		/// The native token.
		type Currency: Mutate<Self::AccountId, Balance = Balance>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason, Balance = Balance>;

		/// What checks receipts.
		type Receipts: ReceiptInspect;

		/// The clock.
		type Time: UnixTime;

		/// Who gets the storage fees. The account must exist before the first one.
		type Treasury: Get<Self::AccountId>;

		/// Deposit for an agent, for each of its metadata entries, and for each operator. Who changes it must migrate the
		/// deposits of agents.
		#[pallet::constant]
		type ItemDeposit: Get<Balance>;

		/// Deposit for each byte of them. Who changes it must migrate the deposits of agents.
		#[pallet::constant]
		type ByteDeposit: Get<Balance>;

		/// Fee for each record that stays for ever.
		type ItemFee: Get<Balance>;

		/// Fee for each byte of them.
		type ByteFee: Get<Balance>;

		/// What the agents' keyless accounts are derived from. Never change it: they would lose their money.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// After how many seconds paid feedback counts half.
		#[pallet::constant]
		type PaidHalfLife: Get<u64>;

		/// The most metadata entries of an agent.
		#[pallet::constant]
		type MaxMetadata: Get<u32>;

		/// The longest proof of a receipt, in bytes.
		#[pallet::constant]
		type MaxProofLen: Get<u32>;

		/// The most items that one page of a view function holds.
		#[pallet::constant]
		type MaxPageSize: Get<u32>;

		/// The most entries that one answer of a view function is computed from.
		#[pallet::constant]
		type MaxScan: Get<u32>;

		/// The most clients, responders or validators that a view function can be asked about at once.
		#[pallet::constant]
		type MaxAccounts: Get<u32>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Why a part of an account's balance is on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Deposit of an agent for its own records, on its keyless account.
		#[codec(index = 0)]
		Agent,
		/// Deposit for the operators that an account appointed.
		#[codec(index = 1)]
		Operator,
	}

	// The chain itself counts agents, places and feedback, so nobody can choose keys that unbalance the trie and the cheap
	// `Twox64Concat` is enough for them. Ids in big-endian bytes behind `Identity` keep iteration in the order of ids.

	/// The id that the next agent gets. Ids are never used twice.
	#[pallet::storage]
	pub type NextAgentId<T: Config> = StorageValue<_, AgentId, ValueQuery>;

	/// The agents.
	#[pallet::storage]
	pub type Agents<T: Config> = StorageMap<_, Twox64Concat, AgentId, Agent>;

	/// Where registration files are found; nothing for an agent without URI and hash.
	#[pallet::storage]
	pub type Cards<T: Config> = StorageMap<_, Twox64Concat, AgentId, Card, ValueQuery>;

	/// The agents of each owner.
	#[pallet::storage]
	pub type OwnedAgents<T: Config> = StorageDoubleMap<_, Blake2_128Concat, AccountId32, Identity, [u8; 8], ()>;

	/// How many agents each owner has.
	#[pallet::storage]
	pub type OwnedCount<T: Config> = StorageMap<_, Blake2_128Concat, AccountId32, u64, ValueQuery>;

	/// The agents of each wallet.
	#[pallet::storage]
	pub type WalletAgents<T: Config> = StorageDoubleMap<_, Blake2_128Concat, Wallet, Identity, [u8; 8], ()>;

	/// Who may act for all agents of an owner, with the deposit that is on hold for it.
	#[pallet::storage]
	pub type Operators<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, AccountId32, Blake2_128Concat, AccountId32, Balance>;

	/// The metadata of each agent.
	#[pallet::storage]
	pub type Metadata<T: Config> = StorageDoubleMap<_, Twox64Concat, AgentId, Blake2_128Concat, Key, Value>;

	/// The claimed Ethereum identity of each agent.
	#[pallet::storage]
	pub type Links<T: Config> = StorageMap<_, Twox64Concat, AgentId, Link>;

	/// The running sums and counts of each agent's feedback.
	#[pallet::storage]
	pub type Reputations<T: Config> = StorageMap<_, Twox64Concat, AgentId, Reputation, ValueQuery>;

	/// The clients of each agent, by the order of their first feedback.
	#[pallet::storage]
	pub type ClientAt<T: Config> = StorageDoubleMap<_, Twox64Concat, AgentId, Twox64Concat, u32, AccountId32>;

	/// How much feedback each client gave to each agent.
	#[pallet::storage]
	pub type Clients<T: Config> = StorageDoubleMap<_, Twox64Concat, AgentId, Blake2_128Concat, AccountId32, Client>;

	/// All feedback, by agent, client and number.
	#[pallet::storage]
	pub type Feedbacks<T: Config> = StorageNMap<
		_,
		(NMapKey<Twox64Concat, AgentId>, NMapKey<Blake2_128Concat, AccountId32>, NMapKey<Twox64Concat, FeedbackIndex>),
		Feedback,
	>;

	/// How many responses there are, by agent, by what they respond to, and by who responded (nobody: by all).
	#[pallet::storage]
	pub type Responses<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Twox64Concat, AgentId>,
			NMapKey<Blake2_128Concat, ResponseScope>,
			NMapKey<Blake2_128Concat, Option<AccountId32>>,
		),
		u64,
		ValueQuery,
	>;

	/// The receipts that served as a proof of payment.
	#[pallet::storage]
	pub type UsedReceipts<T: Config> = StorageMap<_, Twox64Concat, ReceiptId, ()>;

	/// All validations, by agent and request hash.
	#[pallet::storage]
	pub type Validations<T: Config> = StorageDoubleMap<_, Twox64Concat, AgentId, Blake2_128Concat, H256, Validation>;

	/// The agent that a request hash was first used for.
	#[pallet::storage]
	pub type FirstByHash<T: Config> = StorageMap<_, Blake2_128Concat, H256, AgentId>;

	/// The request hashes of each agent, in order.
	#[pallet::storage]
	pub type AgentValidations<T: Config> = StorageDoubleMap<_, Twox64Concat, AgentId, Twox64Concat, u64, H256>;

	/// How many validations each agent has.
	#[pallet::storage]
	pub type AgentValidationCount<T: Config> = StorageMap<_, Twox64Concat, AgentId, u64, ValueQuery>;

	/// What each validator was asked, in order.
	#[pallet::storage]
	pub type ValidatorRequests<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, AccountId32, Twox64Concat, u64, ValidationRef>;

	/// How much each validator was asked.
	#[pallet::storage]
	pub type ValidatorRequestCount<T: Config> = StorageMap<_, Blake2_128Concat, AccountId32, u64, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An agent was registered (`from` is nobody) or has another owner. ERC-721's `Transfer`.
		Transferred {
			/// The agent.
			agent: AgentId,
			/// Who owned it.
			from: Option<AccountId32>,
			/// Who owns it now.
			to: AccountId32,
		},
		/// The agent's URI was set. ERC-4906's `MetadataUpdate`.
		MetadataUpdate {
			/// The agent.
			agent: AgentId,
		},
		/// An agent was registered.
		Registered {
			/// The agent.
			agent: AgentId,
			/// Where its registration file is found.
			uri: Uri,
			/// keccak-256 of the registration file.
			card_hash: Option<H256>,
			/// Its owner.
			owner: AccountId32,
		},
		/// A metadata entry was set; an empty value means that there is none. The key `agentWallet` tells of the wallet.
		MetadataSet {
			/// The agent.
			agent: AgentId,
			/// The key.
			key: Key,
			/// The value.
			value: Value,
		},
		/// An agent's URI was set.
		UriUpdated {
			/// The agent.
			agent: AgentId,
			/// Where its registration file is found.
			uri: Uri,
			/// keccak-256 of the registration file.
			card_hash: Option<H256>,
			/// Who did it.
			by: AccountId32,
		},
		/// An account may act for an agent, or nobody any more.
		Approval {
			/// The agent.
			agent: AgentId,
			/// Its owner.
			owner: AccountId32,
			/// Who may act.
			approved: Option<AccountId32>,
		},
		/// An account may act for all agents of another one, or may not any more.
		ApprovalForAll {
			/// The owner.
			owner: AccountId32,
			/// Who may act.
			operator: AccountId32,
			/// Whether it may.
			approved: bool,
		},
		/// An account may become an agent's wallet by accepting, or none any more.
		WalletProposed {
			/// The agent.
			agent: AgentId,
			/// The account.
			wallet: Option<AccountId32>,
		},
		/// Somebody showed that an Ethereum key says that an agent is also one of Ethereum's registry.
		AgentLinked {
			/// The agent.
			agent: AgentId,
			/// What is claimed.
			link: Link,
		},
		/// A link ended.
		AgentUnlinked {
			/// The agent.
			agent: AgentId,
		},
		/// A client gave feedback.
		NewFeedback {
			/// The agent.
			agent: AgentId,
			/// The client.
			client: AccountId32,
			/// Its number among the client's feedback for the agent.
			index: FeedbackIndex,
			/// What it says.
			feedback: FeedbackInput,
			/// The payment that was proved with it.
			paid: Option<PaidFor>,
		},
		/// A client took feedback back.
		FeedbackRevoked {
			/// The agent.
			agent: AgentId,
			/// The client.
			client: AccountId32,
			/// The feedback's number.
			index: FeedbackIndex,
		},
		/// Somebody responded to feedback.
		ResponseAppended {
			/// The agent.
			agent: AgentId,
			/// The client whose feedback it is.
			client: AccountId32,
			/// The feedback's number.
			index: FeedbackIndex,
			/// Who responded.
			responder: AccountId32,
			/// Where the response is found.
			uri: Uri,
			/// keccak-256 of it, zero if the URI itself commits to it.
			hash: H256,
		},
		/// A validation was requested.
		ValidationRequested {
			/// Who is asked.
			validator: AccountId32,
			/// The agent.
			agent: AgentId,
			/// Where the request is found.
			uri: Uri,
			/// keccak-256 of it.
			request_hash: H256,
		},
		/// A validator responded.
		ValidationResponded {
			/// The validator.
			validator: AccountId32,
			/// The agent.
			agent: AgentId,
			/// The request.
			request_hash: H256,
			/// 0 to 100.
			response: u8,
			/// Where the response is found.
			uri: Uri,
			/// keccak-256 of it.
			response_hash: H256,
			/// What the response is about.
			tag: Tag,
		},
	}

	/// Why a call failed.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no agent with this id. Look the id up with the view function `agents_of`.
		NonexistentToken,
		/// Only the agent's owner, an operator of the owner, or (but for `approve`) the approved account may do this. Sign
		/// with one of them.
		NotAuthorized,
		/// The key `agentWallet` is reserved. Set the wallet with `set_agent_wallet`.
		ReservedKey,
		/// The agent has as many metadata entries as it may. Remove one by setting it to an empty value.
		TooManyEntries,
		/// The account of zeroes belongs to nobody. Name another wallet, or unset it.
		BadWallet,
		/// The deadline has passed. Sign again with a later one.
		Expired,
		/// The deadline is more than 300 seconds ahead. Sign again with a nearer one.
		DeadlineTooFar,
		/// The wallet's key did not sign this message. Sign what the view function `wallet_message` shows: it changes when
		/// the owner does, or the wallet was set or unset.
		InvalidWalletSig,
		/// The agent's wallet was not proposed to the signer, or not any more. Ask the owner to propose it.
		NotProposed,
		/// The zero account and the agent's own account can not own an agent. Name another one.
		InvalidReceiver,
		/// The zero account and the signer can not be operators. Name another one.
		InvalidOperator,
		/// The Ethereum key did not sign this link. Sign what the view function `link_digest` shows: it changes when the
		/// owner does, or a link was made.
		InvalidLinkSig,
		/// The agent has no link. There is nothing to do.
		NotLinked,
		/// A value has at most 18 decimals. Round it.
		TooManyDecimals,
		/// A value is at most 10^38 either way. Use fewer decimals.
		ValueTooLarge,
		/// Who acts for an agent can not rate it, nor can its own account. Sign as a client.
		SelfFeedback,
		/// Feedback is counted from 1.
		IndexZero,
		/// The client has given less feedback than that. The view function `last_index` tells how much.
		OutOfBounds,
		/// The feedback was revoked already. There is nothing to do.
		AlreadyRevoked,
		/// A response needs a URI. Name where it is found.
		EmptyUri,
		/// The proof is against a block that the chain has no hash of. Make it against a recent block.
		ReceiptBlockUnknown,
		/// The bytes are no valid proof of a receipt of this chain. Verify the proof with `aivm receipt verify`.
		ReceiptInvalid,
		/// The receipt is of another account's task. Sign as its requester.
		NotRequester,
		/// The task was not settled in favour of its provider, so no payment is proved. Give open feedback.
		NotAccepted,
		/// The task cost nothing, so no payment is proved. Give open feedback.
		NothingPaid,
		/// Neither the agent's account nor its wallet nor its owner provided the task. Name the agent that did, or give open
		/// feedback.
		NotProvider,
		/// The receipt has served as a proof already. Give open feedback, or prove another payment.
		ReceiptUsed,
		/// The zero account belongs to nobody. Name a validator.
		BadValidator,
		/// The agent has a validation with this request hash. Change the request.
		Exists,
		/// The agent has no validation with this request hash. The view function `validations_of` lists them.
		Unknown,
		/// Only the validator that was asked can respond. Sign with it.
		NotValidator,
		/// A response is at most 100.
		RespOver100,
		/// A counter or sum has reached its largest number. No realistic use causes this; report it.
		Overflow,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			Self::do_integrity_test();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call(weight = <T as Config>::WeightInfo)]
	impl<T: Config> Pallet<T> {
		/// Registers an agent that belongs to the signer, who is its wallet at first.
		///
		/// - Origin: signed, by the future owner, who pays the deposit.
		/// - `uri` and `card_hash`: where the registration file is found, and its keccak-256. No URI and an empty one differ
		///   in the events only.
		/// - `metadata`: set in order; the last of equal keys stays.
		/// - Errors: [`Error::ReservedKey`], [`Error::Overflow`], the token's. Nothing is registered then.
		/// - Events, in order: [`Event::Transferred`], [`Event::MetadataUpdate`] if there is a URI, [`Event::Registered`],
		///   [`Event::MetadataSet`] for the wallet and for each entry.
		#[pallet::call_index(0)]
		#[pallet::weight(<T as Config>::WeightInfo::register(Pallet::<T>::saturated_len(metadata)))]
		pub fn register(
			origin: OriginFor<T>,
			uri: Option<Uri>,
			card_hash: Option<H256>,
			metadata: MetadataOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register(who, uri, card_hash, metadata).map(|_| ())
		}

		/// Sets where an agent's registration file is found, and its keccak-256. An empty URI is allowed.
		///
		/// - Origin: signed, by the owner, an operator or the approved account.
		/// - Errors: [`Error::NonexistentToken`], [`Error::NotAuthorized`], the token's.
		/// - Events, in order: [`Event::MetadataUpdate`], [`Event::UriUpdated`].
		#[pallet::call_index(1)]
		pub fn set_agent_uri(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			uri: Uri,
			card_hash: Option<H256>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_agent_uri(who, agent, uri, card_hash)
		}

		/// Sets a metadata entry. An empty value removes it.
		///
		/// - Origin: signed, by the owner, an operator or the approved account.
		/// - Errors: [`Error::NonexistentToken`], [`Error::NotAuthorized`], [`Error::ReservedKey`],
		///   [`Error::TooManyEntries`], the token's.
		/// - Event: [`Event::MetadataSet`].
		#[pallet::call_index(2)]
		pub fn set_metadata(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			key: Key,
			value: Value,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_metadata(who, agent, key, value)
		}

		/// Makes an account or an Ethereum address an agent's wallet, with its agreement.
		///
		/// - Origin: signed, by the owner, an operator or the approved account.
		/// - `deadline`: until when the proof holds, in seconds of Unix time; at most 300 seconds ahead.
		/// - `proof`: the wallet's signature of what the view function `wallet_message` shows.
		/// - Errors, in order: [`Error::NonexistentToken`], [`Error::NotAuthorized`], [`Error::BadWallet`],
		///   [`Error::Expired`], [`Error::DeadlineTooFar`], [`Error::InvalidWalletSig`].
		/// - Event: [`Event::MetadataSet`] with the key `agentWallet` and the wallet's 32 or 20 bytes.
		#[pallet::call_index(3)]
		pub fn set_agent_wallet(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			wallet: Wallet,
			#[pallet::compact] deadline: u64,
			proof: WalletProof,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_agent_wallet(who, agent, wallet, deadline, proof)
		}

		/// Ends an agent's wallet. Also allowed if there is none.
		///
		/// - Origin: signed, by the owner, an operator or the approved account.
		/// - Errors: [`Error::NonexistentToken`], [`Error::NotAuthorized`].
		/// - Event: [`Event::MetadataSet`] with the key `agentWallet` and no value.
		#[pallet::call_index(4)]
		pub fn unset_agent_wallet(origin: OriginFor<T>, #[pallet::compact] agent: AgentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_unset_agent_wallet(who, agent)
		}

		/// Lets an account become an agent's wallet by accepting, for accounts that can not sign messages: multisigs, proxied
		/// and pure accounts. Replaces an earlier proposal; nobody withdraws it.
		///
		/// - Origin: signed, by the owner, an operator or the approved account.
		/// - Errors: [`Error::NonexistentToken`], [`Error::NotAuthorized`], [`Error::BadWallet`].
		/// - Event: [`Event::WalletProposed`].
		#[pallet::call_index(5)]
		pub fn propose_agent_wallet(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			wallet: Option<AccountId32>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_propose_agent_wallet(who, agent, wallet)
		}

		/// Becomes an agent's wallet.
		///
		/// - Origin: signed, by the account that was proposed.
		/// - Errors: [`Error::NonexistentToken`], [`Error::NotProposed`].
		/// - Event: [`Event::MetadataSet`] with the key `agentWallet`.
		#[pallet::call_index(6)]
		pub fn accept_agent_wallet(origin: OriginFor<T>, #[pallet::compact] agent: AgentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_accept_agent_wallet(who, agent)
		}

		/// Gives an agent to another account. The wallet, a proposed one, the approved account and the link end, also if the
		/// receiver is the owner; URI, metadata, feedback and the deposit stay with the agent.
		///
		/// - Origin: signed, by the owner, an operator or the approved account.
		/// - Errors: [`Error::NonexistentToken`], [`Error::NotAuthorized`], [`Error::InvalidReceiver`].
		/// - Events, in order: [`Event::MetadataSet`] with the key `agentWallet` and no value, [`Event::AgentUnlinked`] if
		///   there was a link, [`Event::Transferred`].
		#[pallet::call_index(7)]
		pub fn transfer(origin: OriginFor<T>, #[pallet::compact] agent: AgentId, to: LookupOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let to = T::Lookup::lookup(to)?;
			Self::do_transfer(who, agent, to)
		}

		/// Lets one account act for an agent, until the next transfer. Replaces an earlier one; nobody ends it.
		///
		/// - Origin: signed, by the owner or an operator.
		/// - Errors: [`Error::NonexistentToken`], [`Error::NotAuthorized`].
		/// - Event: [`Event::Approval`].
		#[pallet::call_index(8)]
		pub fn approve(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			to: Option<AccountId32>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_approve(who, agent, to)
		}

		/// Lets an account act for all agents that the signer owns at any time, or not any more. Takes a deposit from the
		/// signer, or returns it.
		///
		/// - Origin: signed.
		/// - Errors: [`Error::InvalidOperator`], the token's.
		/// - Event: [`Event::ApprovalForAll`].
		#[pallet::call_index(9)]
		pub fn set_approval_for_all(origin: OriginFor<T>, operator: AccountId32, approved: bool) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_approval_for_all(who, operator, approved)
		}

		/// Claims that an agent is also one of an Ethereum registry. Replaces an earlier claim.
		///
		/// - Origin: signed, by the owner, an operator or the approved account.
		/// - `signature`: of `ethereum.owner`'s key, over the digest that the view function `link_digest` shows.
		/// - Errors, in order: [`Error::NonexistentToken`], [`Error::NotAuthorized`], [`Error::Expired`],
		///   [`Error::DeadlineTooFar`], [`Error::InvalidLinkSig`].
		/// - Event: [`Event::AgentLinked`].
		#[pallet::call_index(10)]
		pub fn link_ethereum_agent(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			ethereum: EthereumAgent,
			#[pallet::compact] deadline: u64,
			signature: EthereumSignature,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_link_ethereum_agent(who, agent, ethereum, deadline, signature)
		}

		/// Ends an agent's link.
		///
		/// - Origin: signed, by the owner, an operator or the approved account.
		/// - Errors: [`Error::NonexistentToken`], [`Error::NotAuthorized`], [`Error::NotLinked`].
		/// - Event: [`Event::AgentUnlinked`].
		#[pallet::call_index(11)]
		pub fn unlink_ethereum_agent(origin: OriginFor<T>, #[pallet::compact] agent: AgentId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_unlink_ethereum_agent(who, agent)
		}

		/// Rates an agent.
		///
		/// - Origin: signed, by the client, who pays the storage fee and does not act for the agent.
		/// - Errors, in order: [`Error::TooManyDecimals`], [`Error::ValueTooLarge`], [`Error::NonexistentToken`],
		///   [`Error::SelfFeedback`], the token's.
		/// - Event: [`Event::NewFeedback`].
		#[pallet::call_index(12)]
		pub fn give_feedback(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			feedback: FeedbackInput,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_give_feedback(who, agent, feedback)
		}

		/// Rates an agent and proves a payment to it.
		///
		/// - Origin: signed, by the client, who requested the receipt's task.
		/// - `receipt_proof`: an encoded [`aivm_receipts::ReceiptProof`] against a recent block.
		/// - Errors: as [`Pallet::give_feedback`], then [`Error::ReceiptBlockUnknown`], [`Error::ReceiptInvalid`],
		///   [`Error::NotRequester`], [`Error::NotAccepted`], [`Error::NotProvider`], [`Error::NothingPaid`],
		///   [`Error::ReceiptUsed`].
		/// - Event: [`Event::NewFeedback`].
		#[pallet::call_index(13)]
		#[pallet::weight(<T as Config>::WeightInfo::give_paid_feedback(Pallet::<T>::saturated_len(receipt_proof)))]
		pub fn give_paid_feedback(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			feedback: FeedbackInput,
			receipt_proof: ProofOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_give_paid_feedback(who, agent, feedback, &receipt_proof)
		}

		/// Takes feedback back, for ever. It stays readable and is in no summary any more.
		///
		/// - Origin: signed, by the client who gave it.
		/// - Errors, in order: [`Error::IndexZero`], [`Error::OutOfBounds`], [`Error::AlreadyRevoked`].
		/// - Event: [`Event::FeedbackRevoked`].
		#[pallet::call_index(14)]
		pub fn revoke_feedback(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			#[pallet::compact] index: FeedbackIndex,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_revoke_feedback(who, agent, index)
		}

		/// Responds to feedback, also to revoked one, and as often as somebody wants.
		///
		/// - Origin: signed, by anybody, who pays the storage fee of a first response.
		/// - Errors, in order: [`Error::IndexZero`], [`Error::EmptyUri`], [`Error::OutOfBounds`], the token's.
		/// - Event: [`Event::ResponseAppended`].
		#[pallet::call_index(15)]
		pub fn append_response(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			client: AccountId32,
			#[pallet::compact] index: FeedbackIndex,
			uri: Uri,
			hash: H256,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_append_response(who, agent, client, index, uri, hash)
		}

		/// Asks a validator to validate something of an agent.
		///
		/// - Origin: signed, by the owner, an operator or the approved account, who pays the storage fee.
		/// - `uri` and `request_hash`: where the request is found, and its keccak-256.
		/// - Errors, in order: [`Error::BadValidator`], [`Error::Exists`], [`Error::NonexistentToken`],
		///   [`Error::NotAuthorized`], the token's.
		/// - Event: [`Event::ValidationRequested`].
		#[pallet::call_index(16)]
		pub fn validation_request(
			origin: OriginFor<T>,
			validator: AccountId32,
			#[pallet::compact] agent: AgentId,
			uri: Uri,
			request_hash: H256,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_validation_request(who, validator, agent, uri, request_hash)
		}

		/// Answers a request for validation, also again.
		///
		/// - Origin: signed, by the validator that was asked.
		/// - `response`: 0 to 100. `uri`, `response_hash`: where more is found, and its keccak-256.
		/// - Errors, in order: [`Error::Unknown`], [`Error::NotValidator`], [`Error::RespOver100`].
		/// - Event: [`Event::ValidationResponded`].
		#[pallet::call_index(17)]
		#[allow(clippy::too_many_arguments, reason = "the standard's function has these, and the agent")]
		pub fn validation_response(
			origin: OriginFor<T>,
			#[pallet::compact] agent: AgentId,
			request_hash: H256,
			response: u8,
			uri: Uri,
			response_hash: H256,
			tag: Tag,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_validation_response(who, ValidationRef { agent, request_hash }, response, uri, response_hash, tag)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// One agent, or `None` if there is none with this id.
		pub fn agent(agent: AgentId) -> Option<AgentView> {
			Self::view_agent(agent)
		}

		/// The agents with ids from `start`, in order of id: at most `limit` and never more than `MaxPageSize`.
		pub fn agents(start: AgentId, limit: u32) -> Page<AgentView, AgentId> {
			Self::view_agents(start, limit)
		}

		/// The agents of `owner` with ids from `start`, in order of id.
		pub fn agents_of(owner: AccountId32, start: AgentId, limit: u32) -> Page<AgentView, AgentId> {
			Self::view_agents_of(owner, start, limit)
		}

		/// The agents whose wallet is `wallet`, with ids from `start`, in order of id.
		pub fn agents_of_wallet(wallet: Wallet, start: AgentId, limit: u32) -> Page<AgentView, AgentId> {
			Self::view_agents_of_wallet(wallet, start, limit)
		}

		/// How many agents `owner` has. ERC-721's `balanceOf`.
		pub fn balance_of(owner: AccountId32) -> u64 {
			OwnedCount::<T>::get(owner)
		}

		/// Who owns an agent.
		pub fn owner_of(agent: AgentId) -> Read<AccountId32> {
			Self::readable(agent).map(|record| record.owner)
		}

		/// An agent's URI; empty if none was set.
		pub fn token_uri(agent: AgentId) -> Read<Uri> {
			Self::readable(agent).map(|_| Cards::<T>::get(agent).uri)
		}

		/// The keyless account of an agent. It follows from the id alone.
		pub fn account_of(agent: AgentId) -> AccountId32 {
			Self::agent_account(agent)
		}

		/// Whether `who` is the agent's owner, an operator of the owner, or the approved account.
		pub fn is_authorized_or_owner(who: AccountId32, agent: AgentId) -> Read<bool> {
			Self::readable(agent).map(|record| Self::may_act(&who, &record))
		}

		/// Who may act for an agent besides the owner and the owner's operators.
		pub fn get_approved(agent: AgentId) -> Read<Option<AccountId32>> {
			Self::readable(agent).map(|record| record.approved)
		}

		/// Whether `operator` may act for all agents of `owner`.
		pub fn is_approved_for_all(owner: AccountId32, operator: AccountId32) -> bool {
			Operators::<T>::contains_key(owner, operator)
		}

		/// A metadata entry; empty if there is none. `agentWallet` gives the wallet's 32 or 20 bytes.
		pub fn metadata(agent: AgentId, key: Vec<u8>) -> Vec<u8> {
			Self::view_metadata(agent, key)
		}

		/// All metadata entries of an agent but the wallet, in storage order. Go on with the last key of the page before.
		pub fn metadata_of(agent: AgentId, after: Option<Key>, limit: u32) -> Page<(Key, Value), Key> {
			Self::view_metadata_of(agent, after, limit)
		}

		/// An agent's wallet; `None` if it has none or does not exist.
		pub fn agent_wallet(agent: AgentId) -> Option<Wallet> {
			Agents::<T>::get(agent).and_then(|record| record.wallet)
		}

		/// What the key of `wallet` must sign now to become the agent's wallet: the bytes for an account of this chain, the
		/// 32 bytes of the EIP-712 digest for an Ethereum address.
		pub fn wallet_message(agent: AgentId, wallet: Wallet, deadline: u64) -> Read<Vec<u8>> {
			Self::readable(agent).map(|record| Self::message_of(agent, &record, &wallet, deadline))
		}

		/// An agent's link to an Ethereum agent.
		pub fn link(agent: AgentId) -> Option<LinkView> {
			// No variant says "proven", as nothing could set it.
			Links::<T>::get(agent).map(|claim| LinkView { claim, proven: false })
		}

		/// The EIP-712 digest that the key of `ethereum.owner` must sign now to link the agent.
		pub fn link_digest(agent: AgentId, ethereum: EthereumAgent, deadline: u64) -> Read<H256> {
			Self::readable(agent).map(|record| Self::digest_of_link(agent, &record, &ethereum, deadline))
		}

		/// The version of the standard's reference contracts whose semantics this pallet has.
		pub fn standard_version() -> Vec<u8> {
			b"2.0.0".to_vec()
		}

		/// The summary of the feedback of `clients` with the given tags; an empty tag matches all. A client that is named
		/// twice counts twice.
		pub fn summary(agent: AgentId, clients: Vec<AccountId32>, tag1: Tag, tag2: Tag) -> Read<FeedbackSummary> {
			Self::view_summary(agent, clients, tag1, tag2)
		}

		/// The sum of one page of feedback of `clients`, or of all clients if none is named, for more feedback than one
		/// answer may visit. At most `limit`, and never more than `MaxScan`, entries are visited.
		pub fn summary_page(
			agent: AgentId,
			clients: Vec<AccountId32>,
			tag1: Tag,
			tag2: Tag,
			start: Option<FeedbackCursor>,
			limit: u32,
		) -> Read<SumPage> {
			Self::view_summary_page(agent, clients, tag1, tag2, start, limit)
		}

		/// The summary of all feedback that is not revoked.
		pub fn summary_all(agent: AgentId) -> Read<FeedbackSummary> {
			Self::view_summary_all(agent)
		}

		/// The summary of all feedback with proof of payment that is not revoked, weighted by value and age. `None` if all of
		/// it together weighs nothing.
		pub fn summary_paid(agent: AgentId) -> Read<Option<PaidSummary>> {
			Self::view_summary_paid(agent)
		}

		/// One piece of feedback, also a revoked one.
		pub fn read_feedback(agent: AgentId, client: AccountId32, index: FeedbackIndex) -> Read<Feedback> {
			Self::view_read_feedback(agent, client, index)
		}

		/// The feedback of `clients`, or of all if none is named, with the given tags, in order of client and number. At
		/// most `limit`, and never more than `MaxPageSize`, entries are visited.
		pub fn read_all_feedback(
			agent: AgentId,
			clients: Vec<AccountId32>,
			tag1: Tag,
			tag2: Tag,
			include_revoked: bool,
			start: Option<FeedbackCursor>,
			limit: u32,
		) -> Read<Page<FeedbackView, FeedbackCursor>> {
			Self::view_read_all_feedback(agent, clients, tag1, tag2, include_revoked, start, limit)
		}

		/// How many responses there are by `responders`, or by all if none is named: to the feedback `index` of `client`, to
		/// all feedback of `client` if the index is 0, or to all feedback of the agent if there is no client.
		pub fn response_count(
			agent: AgentId,
			client: Option<AccountId32>,
			index: FeedbackIndex,
			responders: Vec<AccountId32>,
		) -> Read<u64> {
			Self::view_response_count(agent, client, index, responders)
		}

		/// The clients of an agent, by the order of their first feedback.
		pub fn clients(agent: AgentId, start: u32, limit: u32) -> Page<AccountId32, u32> {
			Self::view_clients(agent, start, limit)
		}

		/// How much feedback a client gave to an agent.
		pub fn last_index(agent: AgentId, client: AccountId32) -> FeedbackIndex {
			Clients::<T>::get(agent, client).map(|client| client.last_index).unwrap_or_default()
		}

		/// One validation.
		pub fn validation_status(agent: AgentId, request_hash: H256) -> Read<Validation> {
			Validations::<T>::get(agent, request_hash).ok_or(ReadError::Unknown)
		}

		/// The validation of the agent that used this request hash first. Others may have used it too.
		pub fn validation_status_by_hash(request_hash: H256) -> Read<ValidationView> {
			Self::view_validation_by_hash(request_hash)
		}

		/// The validations of an agent, in order of their requests.
		pub fn validations_of(agent: AgentId, start: u64, limit: u32) -> Page<ValidationView, u64> {
			Self::view_validations_of(agent, start, limit)
		}

		/// What a validator was asked, in order.
		pub fn validator_requests(validator: AccountId32, start: u64, limit: u32) -> Page<ValidationView, u64> {
			Self::view_validator_requests(validator, start, limit)
		}

		/// The summary of the latest responses of `validators`, or of all if none is named, with the given tag; an empty tag
		/// matches all.
		pub fn validation_summary(agent: AgentId, validators: Vec<AccountId32>, tag: Tag) -> Read<ValidationSummary> {
			Self::view_validation_summary(agent, validators, tag)
		}

		/// The sum of one page of validations from the `start`-th on, for more than one answer may visit. Add counts and
		/// totals. At most `limit`, and never more than `MaxScan`, entries are visited.
		pub fn validation_summary_page(
			agent: AgentId,
			validators: Vec<AccountId32>,
			tag: Tag,
			start: u64,
			limit: u32,
		) -> Read<ValidationSum> {
			Self::view_validation_summary_page(agent, validators, tag, start, limit)
		}
	}
}
