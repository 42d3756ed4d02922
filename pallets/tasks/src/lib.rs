// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # Tasks pallet
//!
//! Runs models, and pays for them out of escrow.
//!
//! ## Terminology
//!
//! - *Task*: one request to run one version of a model on one input. It has a [state](TaskState), a deadline, and the
//!   requester's payment in escrow.
//! - *Trust path*: how the requester wants to be convinced of the output. On the `OnChain` path, the runtime computes the
//!   output in the block, so every validator has computed it. On the `ZkProof` path, a provider computes it and proves it.
//! - *Terms*, *evidence*: what the requester demands, and what the provider brings, on paths with a provider. Which kinds of
//!   evidence there are is known to [`Config::Verifier`] alone.
//! - *Deposit*: what the requester puts on hold for the storage of a task, besides its payment. It comes back when the task
//!   ends, however it ends.
//! - *Receipt*: what stays of a task that ended. Storage holds open tasks only.
//!
//! ## Scenario: Alice asks a model
//!
//! 1. Alice calls the view function `quote`, which tells the input's length, the weight of a run and what it costs.
//!    `dry_run` runs the program as well.
//! 2. She sends [`infer`](Pallet::infer) with her input and the most that she wants to spend. [`CheckInference`]
//!    refuses the transaction for free if it could not succeed.
//! 3. In the block, the program runs, her payment is taken and split: the block's author, the
//!    model's owner and the treasury are paid, and a part is burnt.
//! 4. The output is in the event [`Inferred`](Event::Inferred); the receipt pins what ran and who got what.
//!
//! ## Scenario: Alice asks Bob, without telling anybody else what
//!
//! 1. Alice makes a commitment to her input with a random salt, and tells Bob both.
//! 2. She calls [`request`](Pallet::request) with the commitment, Bob as the provider, a verifying key of the version, and a
//!    deadline. Her payment goes into escrow, and a deposit on hold.
//! 3. Bob runs the program. The view function [`demand`](Pallet::demand) tells him what to prove for the output: the statement of
//!    this task, with him as the provider.
//! 4. He calls [`submit`](Pallet::submit) with the output and the proof, which is verified at once. He is paid, Alice gets her
//!    deposit back, and the receipt pins key and statement.
//!    Or he serves both at an endpoint that the chain lists: then a collector ([`Config::Collectors`]) fetches and verifies them,
//!    and calls [`submit_collected`](Pallet::submit_collected), without anyone's hand.
//! 5. If the proof is wrong, if he gives the task back with [`cancel`](Pallet::cancel), or if he is silent until the deadline, Alice
//!    gets everything back, and a receipt says why.
//!
//! ## Money
//!
//! While a task is open, its payment is on hold under [`HoldReason::Escrow`] and its deposit under [`HoldReason::Deposit`]. What
//! is on hold for an account is, at any time, the sum of its open tasks' escrow and deposits. On the on-chain path a task ends in the call that opened it, so its payment
//! goes from the requester's free balance to the receivers at once. A settlement pays out exactly the task's payment:
//!
//! - A part that its receiver cannot take, because it is below the existential deposit and the account does not exist,
//!   goes to the treasury. What the treasury cannot take is burnt.
//! - If a block has no known author, the provider's part goes to the treasury.
//!
//! The amounts in the receipt are those that were really paid.
//!
//! ## How another trust path plugs in
//!
//! [`TaskState`] has the states, edges and timeouts of every path. A path opens a task, moves it along the edges, and
//! ends it in a final state; opening takes escrow and deposit, ending settles or refunds the escrow and gives the deposit back. The on-chain path does all of that
//! in one call. Paths with evidence share [`Pallet::request`], [`Pallet::submit`] and the deadlines; a new kind of evidence is a
//! matter of [`Config::Verifier`].

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
mod extension;
mod impls;
pub mod lifecycle;
#[cfg(test)]
mod mock;
#[cfg(any(test, feature = "runtime-benchmarks"))]
mod programs;
#[cfg(test)]
mod tests;
mod types;
pub mod weights;

pub use extension::{CheckInference, InclusionFee, Refusal};
pub use lifecycle::{Fault, TaskState, Timeout};
pub use pallet::*;
pub use types::{DryRun, InferError, Input, Quote, RequestQuote, Task};
pub use weights::WeightInfo;

/// Configuration, storage, events, errors, view functions and calls.
#[allow(clippy::expect_used, reason = "the code that the macro writes for the metadata has `expect`s")]
#[frame_support::pallet]
pub mod pallet {
	use aivm_inference::kernels::Kernels;
	use aivm_market_math::{Balance, Price, Shares};
	use aivm_receipts::{ReceiptId, TaskId};
	use aivm_traits::{Collectors, ModelInspect, PolicyGate, ReceiptSink, Verifier, VersionRef};
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, BalancedHold, Inspect, Mutate, MutateHold},
			Footprint,
		},
	};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use sp_core::{crypto::AccountId32, sr25519, H256};
	use sp_runtime::traits::Convert;

	use crate::{DryRun, InclusionFee, InferError, Input, Quote, Refusal, RequestQuote, Task, WeightInfo};

	/// A task of this chain.
	pub type TaskOf<T> = Task<<T as frame_system::Config>::AccountId, BlockNumberFor<T>, TermsOf<T>>;
	/// What requesters demand of evidence.
	pub type TermsOf<T> = <<T as Config>::Verifier as Verifier<AccountId32>>::Terms;
	/// What providers bring.
	pub type EvidenceOf<T> = <<T as Config>::Verifier as Verifier<AccountId32>>::Evidence;
	/// What evidence must show.
	pub type DemandOf<T> = <<T as Config>::Verifier as Verifier<AccountId32>>::Demand;
	/// A public input or an output of a run that a provider computes.
	pub type ProvenOf<T> = BoundedVec<u8, <T as Config>::MaxProvenLen>;
	/// The input of such a run.
	pub type InputOf<T> = Input<ProvenOf<T>>;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<AccountId = AccountId32, RuntimeEvent: From<Event<Self>>>
		+ CreateAuthorizedTransaction<Call<Self>>
	{
		/// Weights of this pallet's functions and of program runs.
		type WeightInfo: WeightInfo;

		/// The runtime's reason for a hold.
		type RuntimeHoldReason: From<HoldReason>;

		/// The native token.
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ Mutate<Self::AccountId>
			+ Balanced<Self::AccountId>
			+ BalancedHold<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// What the deposit for storage is, by its footprint.
		type DepositPrice: Convert<Footprint, Balance>;

		/// What computes the products of programs in [`Pallet::infer`]. It must agree with
		/// [`aivm_inference::kernels::Portable`], which dry runs use and weights are measured with.
		type Kernels: Kernels;

		/// Where models come from.
		type Models: ModelInspect<Self::AccountId>;

		/// Judges what providers bring.
		type Verifier: Verifier<Self::AccountId>;

		/// Who may bring the proofs that providers serve at their endpoints.
		type Collectors: Collectors<Self::AccountId>;

		/// Where receipts go to.
		type Receipts: ReceiptSink;

		/// Tells which policy let the requester act, for the receipt.
		type Policy: PolicyGate;

		/// Who made this block, and so is the provider on the on-chain path. If nobody is known, the treasury gets its
		/// part.
		type BlockAuthor: Get<Option<Self::AccountId>>;

		/// The treasury's account.
		type Treasury: Get<Self::AccountId>;

		/// The governed price list of computation.
		type Price: Get<Price>;

		/// The governed shares of the treasury and the burn. With the royalty's share they must not exceed 100 %, or
		/// the model cannot be run.
		type Shares: Get<Shares>;

		/// What a transaction's inclusion costs, so that [`crate::CheckInference`] can tell what is left for the run.
		type InclusionFee: InclusionFee;

		/// Longest input, in bytes.
		#[pallet::constant]
		type MaxInputLen: Get<u32>;

		/// Longest output that an event carries, in bytes.
		#[pallet::constant]
		type MaxOutputLen: Get<u32>;

		/// Longest public input, and longest output, of a run that a provider computes, in bytes. The verifier must be able to
		/// commit to it.
		#[pallet::constant]
		type MaxProvenLen: Get<u32>;

		/// The longest time from a request to its deadline, in blocks.
		#[pallet::constant]
		type MaxTaskBlocks: Get<BlockNumberFor<Self>>;

		/// How many tasks can have their deadline in the same block. The next block ends them all, so a block must have room for
		/// as many receipts. Never reduce it.
		#[pallet::constant]
		type MaxDeadlinesPerBlock: Get<u32>;

		/// What one receipt adds to the weight of the block's end.
		#[pallet::constant]
		type ReceiptWeight: Get<Weight>;

		/// What the transaction extensions of a signed transaction weigh at most. A run may not be so heavy that it
		/// does not fit in a block together with them.
		#[pallet::constant]
		type TransactionOverhead: Get<Weight>;

		/// The heaviest run that `dry_run` does. It may be above what fits in a block, as a node runs it for its own
		/// user.
		#[pallet::constant]
		type DryRunLimit: Get<Weight>;
	}

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The payment of open tasks.
		#[codec(index = 0)]
		Escrow,
		/// The deposit for the storage of open tasks.
		#[codec(index = 1)]
		Deposit,
	}

	/// Open tasks. A task that ended is not here; its receipt tells how it ended.
	// The chain counts the identifiers itself, so nobody can choose them to unbalance the trie.
	#[pallet::storage]
	pub type Tasks<T: Config> = StorageMap<_, Twox64Concat, TaskId, TaskOf<T>, OptionQuery>;

	/// The identifier of the next task.
	#[pallet::storage]
	pub type NextTaskId<T: Config> = StorageValue<_, TaskId, ValueQuery>;

	/// The tasks whose deadline is each block.
	// Requesters choose blocks, but only among the next `MaxTaskBlocks`.
	#[pallet::storage]
	pub type Deadlines<T: Config> =
		StorageMap<_, Twox64Concat, BlockNumberFor<T>, BoundedVec<TaskId, T::MaxDeadlinesPerBlock>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// The runtime ran a program, and the payment was split.
		Inferred {
			/// The task.
			task: TaskId,
			/// What ran.
			version: VersionRef,
			/// Who asked and paid.
			requester: T::AccountId,
			/// The output's bytes.
			output: BoundedVec<u8, T::MaxOutputLen>,
			/// What the requester paid, besides the transaction's fee.
			paid: Balance,
			/// Where the receipt is found.
			receipt: ReceiptId,
		},
		/// A task was paid into escrow, and its provider may start.
		Requested {
			/// The task.
			task: TaskId,
			/// What is to run.
			version: VersionRef,
			/// Who asked and pays.
			requester: T::AccountId,
			/// Who is to run it.
			provider: T::AccountId,
			/// The input, or the commitment to it.
			input: InputOf<T>,
			/// The commitment to the input.
			commitment: H256,
			/// What the requester demands of the evidence.
			terms: TermsOf<T>,
			/// What was put into escrow.
			escrow: Balance,
			/// What was put on hold besides until the task ends.
			deposit: Balance,
			/// The last block in which the provider can submit.
			deadline: BlockNumberFor<T>,
		},
		/// The provider's evidence convinced, and the escrow was split.
		Settled {
			/// The task.
			task: TaskId,
			/// What ran.
			version: VersionRef,
			/// Who asked and paid.
			requester: T::AccountId,
			/// Who ran it.
			provider: T::AccountId,
			/// The output's bytes.
			output: ProvenOf<T>,
			/// What the requester paid, besides the transaction's fee.
			paid: Balance,
			/// Where the receipt is found.
			receipt: ReceiptId,
		},
		/// The provider's evidence did not convince: the task failed, and the requester got the escrow back.
		Refused {
			/// The task.
			task: TaskId,
			/// Who asked.
			requester: T::AccountId,
			/// Who brought the evidence.
			provider: T::AccountId,
			/// What the requester got back.
			refunded: Balance,
			/// Where the receipt is found.
			receipt: ReceiptId,
		},
		/// What a collector brought is no evidence for the task, or does not convince. The task waits as before.
		CollectionRefused {
			/// The task.
			task: TaskId,
			/// Who brought it.
			collector: sr25519::Public,
			/// Why.
			reason: DispatchError,
		},
		/// The provider gave the task back: it failed, and the requester got the escrow back.
		Cancelled {
			/// The task.
			task: TaskId,
			/// Who asked.
			requester: T::AccountId,
			/// Who gave it back.
			provider: T::AccountId,
			/// What the requester got back.
			refunded: Balance,
			/// Where the receipt is found.
			receipt: ReceiptId,
		},
		/// The deadline passed: the requester got the escrow back.
		Expired {
			/// The task.
			task: TaskId,
			/// Who asked.
			requester: T::AccountId,
			/// Who should have acted; the treasury's account if it was nobody.
			provider: T::AccountId,
			/// What the requester got back.
			refunded: Balance,
			/// Where the receipt is found; `None` if the block had no room for it.
			receipt: Option<ReceiptId>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such version. Check the numbers of the model and the version.
		UnknownVersion,
		/// The version's program is not completely uploaded and validated. Its owner must finish the upload.
		VersionUploading,
		/// The version is not offered for use. Its owner must activate it.
		VersionNotActive,
		/// The version was revoked and must not run any more. Use another version of the model.
		VersionRevoked,
		/// The version is not a program that the chain can run. Use the `Committee` or the `Attested` path.
		NotAProgram,
		/// The input's length is not the one that the program takes. `quote` tells the length.
		WrongInputLength,
		/// The program's output does not fit in an event. Use the `Optimistic` or the `Committee` path.
		OutputTooLong,
		/// One run is more than one transaction may do in a block. Use the `Optimistic` or the `Committee` path.
		TooHeavyForBlock,
		/// The weight limit is below the weight of one run. Raise it to the weight that `quote` tells.
		WeightLimitTooLow,
		/// The governed prices and shares give no price for this run: the shares and the model's royalty exceed 100 %,
		/// or an amount is too large. Governance, or the model's owner, must lower one of them.
		NoPrice,
		/// The run costs more than the maximum. Raise it to the total that `quote` tells.
		PaymentAboveMaximum,
		/// The requester cannot pay for the run, and put a request's deposit on hold, and keep the existential deposit. Add
		/// funds.
		InsufficientBalance,
		/// The block takes no more receipts. Try again in a later block.
		BlockReceiptsFull,
		/// An element of the input stands for no number. `dry_run` tells which; replace it by a number.
		InvalidInput,
		/// The registry's program cannot be read. No transaction causes this; report it.
		ProgramUnreadable,
		/// A validated program stopped, or gave an output of another length. No transaction causes this; report it.
		RunFailed,
		/// There is no such open task. It may have ended: look for its receipt.
		NoSuchTask,
		/// The task's state has no edge to the wanted one. Look at the task's state first.
		BadTransition,
		/// Every task identifier is used up.
		TaskIdsExhausted,
		/// The escrow is not what the parts of the payment add up to. No transaction causes this; report it.
		EscrowMismatch,
		/// The deadline is not after this block, or too far away. `quote_request` tells the latest one.
		DeadlineOutOfRange,
		/// Too many tasks have their deadline in that block. Choose a block before or after it.
		DeadlineFull,
		/// The public input is longer than the chain commits to. Make the commitment yourself, and tell the provider the input.
		InputTooLong,
		/// The commitment is not the encoding of a field element, so no evidence could show it. Make it with the SDK.
		NotACommitment,
		/// Only the task's provider may do this.
		NotProvider,
		/// The output's length is not the one that the program gives.
		WrongOutputLength,
		/// The task takes no evidence. Look at its path and its state.
		NoEvidenceWanted,
		/// The evidence that a collector brought does not convince. `check_submission` tells whether other evidence would.
		NotConvincing,
		/// The price leaves the provider less than the existential deposit, which a new account could not take. `quote_request`
		/// tells the least price.
		PriceTooLow,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Ends the tasks whose deadline was the block before.
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::sweep(now)
		}

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
		/// What an inference with `version` takes and costs now, on the on-chain path.
		///
		/// A version that is too heavy for a block has a quote too; its `fits_block` is false.
		pub fn quote(version: VersionRef) -> Result<Quote, InferError> {
			Self::view_quote(version)
		}

		/// Runs `version` on `input` and tells the output and what it costs, without a transaction.
		///
		/// The output is bit for bit that of the transaction. A run that is too heavy for a block is done too, up to
		/// [`Config::DryRunLimit`]; the quote's `fits_block` is false then.
		pub fn dry_run(version: VersionRef, input: Vec<u8>) -> Result<DryRun, InferError> {
			Self::view_dry_run(version, &input)
		}

		/// The open task `id`, or `None` if there is none: it may have ended.
		pub fn task(id: TaskId) -> Option<TaskOf<T>> {
			Tasks::<T>::get(id)
		}

		/// Up to `limit` (at most [`crate::Pallet::PAGE`]) open tasks, in storage order, which does not change while a
		/// task is open.
		///
		/// Begin with `None`, and go on with the last identifier of the page before. A page that is shorter than its
		/// limit is the last one.
		pub fn tasks(start: Option<TaskId>, limit: u32) -> Vec<(TaskId, TaskOf<T>)> {
			Self::view_tasks(start, limit)
		}

		/// What a request of `version` under `terms` takes and costs now, at a compute price of `price`.
		///
		/// A price that is too low has a quote too, which tells the least one. The errors are those of [`Pallet::request`], and of
		/// the verifier.
		pub fn quote_request(
			version: VersionRef,
			terms: TermsOf<T>,
			price: Balance,
		) -> Result<RequestQuote<BlockNumberFor<T>>, DispatchError> {
			Self::view_quote_request(version, &terms, price)
		}

		/// What a requester puts on hold for the storage of one task, until it ends.
		pub fn task_deposit() -> Balance {
			Self::deposit_for_task()
		}

		/// What the evidence for an output of the open task `id` must show: for a proof, the statement and the public inputs.
		pub fn demand(id: TaskId, output: Vec<u8>) -> Result<DemandOf<T>, DispatchError> {
			Self::view_demand(id, &output)
		}

		/// Whether this evidence would convince, if the provider of the open task `id` submitted it with this output. If not,
		/// submitting it would end the task. An error is what `submit` would fail with, and would end nothing.
		pub fn check_submission(id: TaskId, output: Vec<u8>, evidence: EvidenceOf<T>) -> Result<bool, DispatchError> {
			Self::view_check_submission(id, &output, &evidence)
		}

		/// What the code `n` of `InvalidTransaction::Custom(n)` means and what to do about it, as UTF-8 text, or `None`
		/// if it is not one of [`Refusal`].
		pub fn explain_refusal(code: u8) -> Option<Vec<u8>> {
			Refusal::from_code(code).map(|refusal| alloc::format!("{refusal}").into_bytes())
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Run a program in this block and pay for it.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the requester, who pays.
		///
		/// ## Details
		///
		/// - `version`: an active or deprecated version of a model, with a validated program.
		/// - `input`: exactly as many bytes as the program takes.
		/// - `weight_limit`: the most weight that the run may have. It is part of the call's declared weight; what the
		///   run does not need is given back.
		/// - `max_payment`: the most that the requester pays, besides the transaction's fee.
		///
		/// The view function `quote` tells the lowest values of the last two.
		///
		/// The program runs, the payment is taken from the requester's free balance and split between the block's author, the model's
		/// owner, the treasury and the burn, and a receipt is written. If anything fails, nothing of that happened.
		///
		/// ## Errors
		///
		/// - [`Error::UnknownVersion`], [`Error::VersionUploading`], [`Error::VersionNotActive`],
		///   [`Error::VersionRevoked`], [`Error::NotAProgram`]: the version cannot be run.
		/// - [`Error::WrongInputLength`]: the input does not suit the program.
		/// - [`Error::OutputTooLong`], [`Error::TooHeavyForBlock`]: the program does not suit the on-chain path.
		/// - [`Error::WeightLimitTooLow`], [`Error::PaymentAboveMaximum`]: the run needs more than the requester
		///   allows.
		/// - [`Error::NoPrice`]: governed values give no price for this run.
		/// - [`Error::InsufficientBalance`]: the requester cannot pay.
		/// - [`Error::BlockReceiptsFull`]: a later block will do.
		/// - [`Error::InvalidInput`]: the input holds something that is no number. Nothing is paid, but the run's
		///   weight is charged.
		///
		/// ## Events
		///
		/// - [`Event::Inferred`] with the output.
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::declared_weight(input.len(), *weight_limit))]
		pub fn infer(
			origin: OriginFor<T>,
			version: VersionRef,
			input: BoundedVec<u8, T::MaxInputLen>,
			weight_limit: Weight,
			#[pallet::compact] max_payment: Balance,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_infer(who, version, &input, weight_limit, max_payment, T::BlockAuthor::get())
		}

		/// Ask a provider to run a version and to bring evidence for the output, and put the payment into escrow and a deposit
		/// on hold.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the requester, who pays.
		///
		/// ## Details
		///
		/// - `version`: an active or deprecated version of a model.
		/// - `provider`: who is to run it. Nobody else can submit.
		/// - `input`: its bytes, or a commitment to it, which only the provider can open.
		/// - `terms`: what the evidence must be, and so which trust path the task takes.
		/// - `price`: the price of the computation. The royalty, the treasury's share and the burnt share are taken out of it; what
		///   the royalty's minimum exceeds its share by comes on top. It must leave the provider at least the existential deposit.
		/// - `max_payment`: the most that the requester pays, besides the transaction's fee and the deposit.
		/// - `deadline`: the last block in which the provider can submit.
		///
		/// The view function `quote_request` tells the payment, the least price, the deposit and the latest deadline. What is agreed here stands: a version that
		/// is revoked later is still paid for, a royalty goes to who owns the model now. If the evidence convinces, the escrow is
		/// split; in every other case the requester gets all of it back. The deposit comes back in every case.
		///
		/// ## Errors
		///
		/// - [`Error::DeadlineOutOfRange`], [`Error::DeadlineFull`]: another deadline is needed.
		/// - [`Error::UnknownVersion`], [`Error::VersionUploading`], [`Error::VersionNotActive`],
		///   [`Error::VersionRevoked`]: the version cannot be run.
		/// - The verifier's errors: the terms do not suit the version.
		/// - [`Error::WrongInputLength`], [`Error::InputTooLong`], [`Error::NotACommitment`]: the input does not suit.
		/// - [`Error::OutputTooLong`]: the version's output is too long for this path.
		/// - [`Error::NoPrice`], [`Error::PriceTooLow`], [`Error::PaymentAboveMaximum`], [`Error::InsufficientBalance`]: the
		///   payment does not suit.
		///
		/// ## Events
		///
		/// - [`Event::Requested`].
		#[pallet::call_index(1)]
		#[pallet::weight(Pallet::<T>::request_weight(input))]
		#[allow(clippy::too_many_arguments, reason = "they are the request's")]
		pub fn request(
			origin: OriginFor<T>,
			version: VersionRef,
			provider: T::AccountId,
			input: InputOf<T>,
			terms: TermsOf<T>,
			#[pallet::compact] price: Balance,
			#[pallet::compact] max_payment: Balance,
			deadline: BlockNumberFor<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_request(who, version, provider, input, terms, price, max_payment, deadline)
		}

		/// Bring the output of a task, with the evidence for it.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the task's provider.
		///
		/// ## Details
		///
		/// - `task`: an open task that names the signer as its provider.
		/// - `output`: the output's bytes.
		/// - `evidence`: what the task's terms demand. The view function `demand` tells what it must show, and `check_submission`
		///   whether it does.
		///
		/// The evidence is judged at once. If it convinces, the escrow is split and the task is settled. If it does not, the call
		/// succeeds nevertheless, the task fails, and the requester gets the escrow back: there is one try. Both write a receipt.
		/// What cannot be evidence for this task, by who brings it, its kind or its size, is an error and changes nothing.
		///
		/// ## Errors
		///
		/// - [`Error::NoSuchTask`]: the task ended, perhaps at its deadline.
		/// - [`Error::NotProvider`], [`Error::BadTransition`], [`Error::NoEvidenceWanted`]: the task does not wait for the signer.
		/// - [`Error::WrongOutputLength`]: the program's outputs have another length.
		/// - The verifier's errors: the terms cannot be met any more, for instance because a key was revoked, or the evidence is of
		///   another kind or size.
		/// - [`Error::BlockReceiptsFull`]: a later block will do.
		///
		/// ## Events
		///
		/// - [`Event::Settled`] with the output, or [`Event::Refused`].
		#[pallet::call_index(2)]
		#[pallet::weight(Pallet::<T>::submit_weight(output.len(), evidence))]
		pub fn submit(
			origin: OriginFor<T>,
			task: TaskId,
			output: ProvenOf<T>,
			evidence: EvidenceOf<T>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_submit(who, task, output, &evidence)
		}

		/// Give a task back.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the task's provider.
		///
		/// ## Details
		///
		/// The task fails, and the requester gets the escrow back at once instead of at the deadline. A receipt says so.
		///
		/// ## Errors
		///
		/// - [`Error::NoSuchTask`], [`Error::NotProvider`], [`Error::BadTransition`]: the task does not wait for the signer.
		/// - [`Error::BlockReceiptsFull`]: a later block will do.
		///
		/// ## Events
		///
		/// - [`Event::Cancelled`].
		#[pallet::call_index(3)]
		#[pallet::weight(Pallet::<T>::cancel_weight())]
		pub fn cancel(origin: OriginFor<T>, task: TaskId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel(who, task)
		}

		/// Bring the output of a task, with the proof of it, from the endpoint of the task's provider.
		///
		/// ## Dispatch Origin
		///
		/// A general transaction that a collector's key authorises. It has no fee.
		///
		/// ## Details
		///
		/// - `task`: an open task on the `ZkProof` path that waits for its provider, who has an endpoint.
		/// - `output`, `evidence`: as in [`Pallet::submit`].
		/// - `collector`, `signature`: the collector's key, and its signature over [`Pallet::collection_digest`].
		///
		/// If the evidence convinces, everything is as if the provider had submitted it. If not, only the collector was wrong: the
		/// task waits as before, and the provider keeps its try. A collector that is wrong too often is stopped for a time.
		///
		/// Before it enters a block, only what is cheap is checked: everything but the evidence itself.
		///
		/// ## Errors
		///
		/// None: what is wrong with the evidence is the reason in [`Event::CollectionRefused`].
		///
		/// ## Events
		///
		/// - [`Event::Settled`] with the output, or [`Event::CollectionRefused`].
		#[pallet::call_index(4)]
		#[pallet::weight(Pallet::<T>::collected_weight(output.len(), evidence))]
		#[pallet::authorize(Pallet::<T>::authorize_collected)]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_submit_collected())]
		pub fn submit_collected(
			origin: OriginFor<T>,
			task: TaskId,
			output: ProvenOf<T>,
			evidence: EvidenceOf<T>,
			collector: sr25519::Public,
			_signature: sr25519::Signature,
		) -> DispatchResultWithPostInfo {
			ensure_authorized(origin)?;
			Self::do_submit_collected(task, output, &evidence, collector)
		}
	}
}
