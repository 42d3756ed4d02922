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
//! - *Trust path*: how the requester wants to be convinced of the output. This pallet runs the `OnChain` path: the
//!   runtime computes the output in the block, so every validator has computed it.
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
//! ## Money
//!
//! While a task is open, its payment is on hold under [`HoldReason::Escrow`]. What is on hold for an account is, at any
//! time, the sum of its open tasks' escrow. On the on-chain path a task ends in the call that opened it, so its payment
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
//! ends it in a final state; opening takes the escrow, ending settles or refunds it. The on-chain path does all of that
//! in one call.

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
pub use types::{DryRun, InferError, Quote, Task};
pub use weights::WeightInfo;

/// Configuration, storage, events, errors, view functions and calls.
#[allow(clippy::expect_used, reason = "the code that the macro writes for the metadata has `expect`s")]
#[frame_support::pallet]
pub mod pallet {
	use aivm_inference::kernels::Kernels;
	use aivm_market_math::{Balance, Price, Shares};
	use aivm_receipts::{ReceiptId, TaskId};
	use aivm_traits::{ModelInspect, PolicyGate, ReceiptSink, VersionRef};
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::fungible::{Balanced, BalancedHold, Inspect, Mutate, MutateHold},
	};
	use frame_system::pallet_prelude::*;
	use sp_core::crypto::AccountId32;

	use crate::{DryRun, InclusionFee, InferError, Quote, Refusal, Task, WeightInfo};

	/// A task of this chain.
	pub type TaskOf<T> = Task<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<AccountId = AccountId32, RuntimeEvent: From<Event<Self>>> {
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

		/// What computes the products of programs in [`Pallet::infer`]. It must agree with
		/// [`aivm_inference::kernels::Portable`], which dry runs use and weights are measured with.
		type Kernels: Kernels;

		/// Where models come from.
		type Models: ModelInspect<Self::AccountId>;

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
	}

	/// Open tasks. A task that ended is not here; its receipt tells how it ended.
	// The chain counts the identifiers itself, so nobody can choose them to unbalance the trie.
	#[pallet::storage]
	pub type Tasks<T: Config> = StorageMap<_, Twox64Concat, TaskId, TaskOf<T>, OptionQuery>;

	/// The identifier of the next task.
	#[pallet::storage]
	pub type NextTaskId<T: Config> = StorageValue<_, TaskId, ValueQuery>;

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
		/// The requester cannot pay for the run and keep the existential deposit. Add funds.
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
	}
}
