// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The on-chain path.

use aivm_inference::{kernels::Kernels, Cost, Program, RunError, Summary};
use aivm_market_math::{compute_price, quote, Balance, MathError, Split};
use aivm_receipts::{Evidence, TrustPath, Verdict};
use aivm_traits::{Format, ModelInspect, PolicyGate, ReceiptSink, Verifier, VersionInfo, VersionRef, VersionState};
use alloc::vec::Vec;
use frame_support::{
	dispatch::{DispatchClass, DispatchErrorWithPostInfo, DispatchResultWithPostInfo, WithPostDispatchInfo},
	ensure,
	traits::Get,
	weights::Weight,
	BoundedVec,
};
use sp_core::H256;
use sp_runtime::{traits::Zero, DispatchError, SaturatedConversion};

use crate::{Config, Error, Event, InferError, Pallet, Task, TaskState, WeightInfo};

pub(crate) const LOG_TARGET: &str = "runtime::tasks";

/// Everything that is known of a run before it runs.
pub(crate) struct Plan<T: Config> {
	/// The version.
	pub info: VersionInfo<T::AccountId>,
	/// Cost and sizes of its program.
	pub summary: Summary,
	/// Weight of the run.
	pub weight: Weight,
	/// Who gets what.
	pub payment: Split,
}

impl<T: Config> Pallet<T> {
	/// The weight of `infer` with an input of `input_len` bytes, without the run itself.
	pub(crate) fn overhead(input_len: usize) -> Weight {
		T::WeightInfo::infer(u32::try_from(input_len).unwrap_or(u32::MAX)).saturating_add(T::ReceiptWeight::get())
	}

	/// The weight that `infer` declares.
	pub(crate) fn declared_weight(input_len: usize, weight_limit: Weight) -> Weight {
		Self::overhead(input_len).saturating_add(weight_limit)
	}

	/// The weight of one run of `cost`.
	///
	/// Weights are measured for thousands of multiply-accumulates and for KiB; both are rounded up. Of the kinds of
	/// operations that the measurements tell apart, the slowest counts.
	pub(crate) fn run_weight(cost: Cost) -> Weight {
		let units = |quantity: u64, unit: u64| u32::try_from(quantity.div_ceil(unit));
		let (Ok(kilo_macs), Ok(kibibytes)) = (units(cost.macs, 1_000), units(cost.bytes, 1_024)) else {
			return Weight::MAX;
		};
		T::WeightInfo::run_dense(kilo_macs)
			.max(T::WeightInfo::run_trees(kilo_macs))
			.saturating_add(T::WeightInfo::run_bytes(kibibytes))
	}

	/// The highest weight that a run may have: what the heaviest transaction of a block has left for it.
	pub(crate) fn heaviest(input_len: usize) -> Weight {
		let limits = T::BlockWeights::get();
		let class = limits.get(DispatchClass::Normal);
		let heaviest = class.max_extrinsic.or(class.max_total).unwrap_or(limits.max_block);
		heaviest
			.saturating_sub(Self::overhead(input_len))
			.saturating_sub(T::TransactionOverhead::get())
			// `CheckWeight` counts the transaction's bytes as proof.
			.saturating_sub(Weight::from_parts(0, u64::try_from(input_len).unwrap_or(u64::MAX)))
	}

	/// Looks a version up, if it may be run at all.
	pub(crate) fn runnable(version: VersionRef) -> Result<VersionInfo<T::AccountId>, InferError> {
		let info = T::Models::version(version).ok_or(InferError::UnknownVersion)?;
		match info.state {
			VersionState::Active | VersionState::Deprecated { .. } => Ok(info),
			VersionState::Uploading => Err(InferError::VersionUploading),
			VersionState::Ready => Err(InferError::VersionNotActive),
			VersionState::Revoked => Err(InferError::VersionRevoked),
		}
	}

	/// Looks a version up and tells what running it costs, if the chain can run it.
	pub(crate) fn plan(version: VersionRef) -> Result<Plan<T>, InferError> {
		let info = Self::runnable(version)?;
		let summary = match (info.format, info.summary) {
			(Format::Program, Some(summary)) => summary,
			_ => return Err(InferError::NotAProgram { try_path: TrustPath::Committee }),
		};
		let Cost { macs, bytes } = summary.cost;
		let payment = compute_price(T::Price::get(), macs, bytes)
			.ok_or(MathError::Overflow)
			.and_then(|price| quote(price, info.royalty, T::Shares::get()))
			.map_err(InferError::NoPrice)?;
		Ok(Plan { info, summary, weight: Self::run_weight(summary.cost), payment })
	}

	/// Whether the program takes an input of this length.
	pub(crate) fn ensure_input(plan: &Plan<T>, input_len: usize) -> Result<(), InferError> {
		let expected = plan.summary.input_len;
		let given = u32::try_from(input_len).unwrap_or(u32::MAX);
		ensure!(given == expected, InferError::WrongInputLength { expected, given });
		Ok(())
	}

	/// Every check of `infer` that can be done without running the program. `fee` is what `who` must have left besides.
	pub(crate) fn check(
		who: &T::AccountId,
		version: VersionRef,
		input_len: usize,
		weight_limit: Weight,
		max_payment: Balance,
		fee: Balance,
	) -> Result<Plan<T>, InferError> {
		let plan = Self::plan(version)?;
		Self::ensure_input(&plan, input_len)?;

		let (length, most) = (plan.summary.output_len, T::MaxOutputLen::get());
		ensure!(length <= most, InferError::OutputTooLong { length, most, try_path: TrustPath::Optimistic });

		let (required, available) = (plan.weight, Self::heaviest(input_len));
		ensure!(
			required.all_lte(available),
			InferError::TooHeavyForBlock { required, available, try_path: TrustPath::Optimistic }
		);
		ensure!(required.all_lte(weight_limit), InferError::WeightLimitTooLow { required, given: weight_limit });

		let required = plan.payment.total();
		ensure!(required <= max_payment, InferError::PaymentAboveMaximum { required, most: max_payment });
		Self::ensure_can_pay(who, required, fee)?;
		ensure!(T::Receipts::has_room(), InferError::BlockReceiptsFull);
		Ok(plan)
	}

	/// Reads the program of a planned version and runs it.
	pub(crate) fn execute<K: Kernels>(
		version: VersionRef,
		plan: &Plan<T>,
		input: &[u8],
	) -> Result<Vec<u8>, InferError> {
		// The registry and the interpreter promise that only the input can be at fault.
		let broken = |cause: &dyn core::fmt::Debug, error: InferError| {
			log::error!(target: LOG_TARGET, "{version:?} cannot run: {cause:?}");
			error
		};
		let bytes = T::Models::program(version)
			.ok_or_else(|| broken(&"the registry has no program", InferError::ProgramUnreadable))?;
		let program =
			Program::decode_validated(&bytes).map_err(|cause| broken(&cause, InferError::ProgramUnreadable))?;
		let output = program.run_with::<K>(input).map_err(|cause| match cause {
			RunError::InputValue { input, element } => InferError::InvalidInput { input, element },
			cause => broken(&cause, InferError::RunFailed),
		})?;
		let given = u32::try_from(output.len()).unwrap_or(u32::MAX);
		ensure!(given == plan.summary.output_len, broken(&"the output has another length", InferError::RunFailed));
		Ok(output)
	}

	/// Runs `version` on `input` for `who`; `author` is the provider.
	pub(crate) fn do_infer(
		who: T::AccountId,
		version: VersionRef,
		input: &[u8],
		weight_limit: Weight,
		max_payment: Balance,
		author: Option<T::AccountId>,
	) -> DispatchResultWithPostInfo {
		let overhead = Self::overhead(input.len());
		let plan = Self::check(&who, version, input.len(), weight_limit, max_payment, 0)
			.map_err(|error| Error::<T>::from(error).with_weight(overhead))?;
		let actual = overhead.saturating_add(plan.weight);
		Self::run_on_chain(who, version, input, plan, author)
			.map_err(|error: DispatchError| -> DispatchErrorWithPostInfo { error.with_weight(actual) })?;
		Ok(Some(actual).into())
	}

	/// Walks a task through the on-chain path: Requested, Executed, Settled.
	fn run_on_chain(
		who: T::AccountId,
		version: VersionRef,
		input: &[u8],
		plan: Plan<T>,
		author: Option<T::AccountId>,
	) -> Result<(), DispatchError> {
		// The task never outlives the call: nothing of it is stored, so it needs neither escrow nor deposit.
		let now = frame_system::Pallet::<T>::block_number();
		let id = Self::number()?;
		let task = Task {
			requester: who,
			version,
			artefact_hash: plan.info.artefact_hash,
			path: TrustPath::OnChain,
			state: TaskState::Requested,
			provider: author,
			royalty_to: plan.info.owner.clone(),
			payment: plan.payment,
			escrow: 0,
			deposit: 0,
			input_hash: H256(sp_io::hashing::blake2_256(input)),
			output_len: Some(plan.summary.output_len),
			deadline: now,
			terms: None,
			policy: T::Policy::decision().into(),
		};

		let output = Self::execute::<T::Kernels>(version, &plan, input).map_err(Error::<T>::from)?;
		let executed = Self::step(task, TaskState::Executed, now)?;
		let settled = Self::step(executed.task, TaskState::Settled, now)?;

		let output_hash = H256(sp_io::hashing::blake2_256(&output));
		let receipt = Self::receipt_of(id, &settled, output_hash, Evidence::Consensus, Verdict::Accepted);
		let receipt = T::Receipts::record(receipt).map_err(|_| Error::<T>::BlockReceiptsFull)?;

		let task = settled.task;
		Self::deposit_event(Event::Inferred {
			task: id,
			version,
			requester: task.requester,
			output: BoundedVec::try_from(output).map_err(|_| Error::<T>::OutputTooLong)?,
			paid: task.payment.total(),
			receipt,
		});
		Ok(())
	}

	/// Checks how the runtime configured this pallet.
	///
	/// # Panics
	/// If the configuration makes no sense. Called by `integrity_test` only.
	#[allow(clippy::panic)]
	pub(crate) fn check_config() {
		let shares = T::Shares::get();
		assert!(
			quote(0, Default::default(), shares).is_ok(),
			"the treasury's and the burnt share exceed 100 %, so no model has a price"
		);
		assert!(
			compute_price(T::Price::get(), 0, 0).is_some_and(|price| price < Balance::MAX),
			"the base price leaves no room for the price of computation"
		);
		assert!(
			Self::heaviest(T::MaxInputLen::get().saturated_into()).all_gt(Weight::zero()),
			"a block has no room for `infer` with the longest input"
		);
		assert!(
			Self::heaviest(0).all_lte(T::DryRunLimit::get()),
			"`dry_run` must be able to do every run that fits in a block"
		);
		assert!(T::MaxOutputLen::get() > 0, "no program has an empty output");
		assert!(T::MaxProvenLen::get() > 0, "no program has an empty output, so none could be proved");
		let longest = alloc::vec![0; T::MaxProvenLen::get().saturated_into()];
		assert!(T::Verifier::commit(&longest).is_some(), "the verifier cannot commit to inputs of MaxProvenLen bytes");
		assert!(T::MaxTaskBlocks::get() > Zero::zero(), "no request could have a deadline");
		let most = T::MaxDeadlinesPerBlock::get();
		assert!(most > 0, "no request could have a deadline");
		let sweep = T::WeightInfo::sweep(most).saturating_add(T::ReceiptWeight::get().saturating_mul(most.into()));
		assert!(
			sweep.all_lte(T::BlockWeights::get().max_block.saturating_div(4)),
			"ending {most} tasks at their deadline weighs {sweep:?}, more than a quarter of a block"
		);
	}
}

impl<T: Config> From<InferError> for Error<T> {
	fn from(error: InferError) -> Self {
		match error {
			InferError::UnknownVersion => Self::UnknownVersion,
			InferError::VersionUploading => Self::VersionUploading,
			InferError::VersionNotActive => Self::VersionNotActive,
			InferError::VersionRevoked => Self::VersionRevoked,
			InferError::NotAProgram { .. } => Self::NotAProgram,
			InferError::WrongInputLength { .. } => Self::WrongInputLength,
			InferError::OutputTooLong { .. } => Self::OutputTooLong,
			InferError::TooHeavyForBlock { .. } => Self::TooHeavyForBlock,
			InferError::WeightLimitTooLow { .. } => Self::WeightLimitTooLow,
			InferError::NoPrice(_) => Self::NoPrice,
			InferError::PaymentAboveMaximum { .. } => Self::PaymentAboveMaximum,
			InferError::InsufficientBalance { .. } => Self::InsufficientBalance,
			InferError::BlockReceiptsFull => Self::BlockReceiptsFull,
			InferError::InvalidInput { .. } => Self::InvalidInput,
			InferError::ProgramUnreadable => Self::ProgramUnreadable,
			InferError::RunFailed => Self::RunFailed,
		}
	}
}
