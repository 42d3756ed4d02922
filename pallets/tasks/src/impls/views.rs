// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What clients read.

use aivm_inference::kernels::Portable;
use aivm_receipts::{TaskId, TrustPath};
use aivm_traits::VersionRef;
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};

use crate::{impls::infer::Plan, Config, DryRun, InferError, Pallet, Quote, TaskOf, Tasks};

impl<T: Config> Pallet<T> {
	/// The most tasks that one page holds.
	pub const PAGE: u32 = 100;

	pub(crate) fn view_quote(version: VersionRef) -> Result<Quote, InferError> {
		Self::plan(version).map(|plan| Self::quote_of(&plan))
	}

	pub(crate) fn view_dry_run(version: VersionRef, input: &[u8]) -> Result<DryRun, InferError> {
		let plan = Self::plan(version)?;
		Self::ensure_input(&plan, input.len())?;
		let (required, available) = (plan.weight, T::DryRunLimit::get());
		ensure!(
			required.all_lte(available),
			InferError::TooHeavyForBlock { required, available, try_path: TrustPath::Optimistic }
		);
		let output = Self::execute::<Portable>(version, &plan, input)?;
		Ok(DryRun { output, quote: Self::quote_of(&plan) })
	}

	pub(crate) fn view_tasks(start: Option<TaskId>, limit: u32) -> Vec<(TaskId, TaskOf<T>)> {
		let page = usize::try_from(limit.min(Self::PAGE)).unwrap_or_default();
		match start {
			Some(last) => Tasks::<T>::iter_from(Tasks::<T>::hashed_key_for(last)).take(page).collect(),
			None => Tasks::<T>::iter().take(page).collect(),
		}
	}

	fn quote_of(plan: &Plan<T>) -> Quote {
		let summary = plan.summary;
		let heaviest = Self::heaviest(usize::try_from(summary.input_len).unwrap_or(usize::MAX));
		Quote {
			state: plan.info.state,
			input_len: summary.input_len,
			output_len: summary.output_len,
			cost: summary.cost,
			weight: plan.weight,
			heaviest,
			fits_block: plan.weight.all_lte(heaviest),
			payment: plan.payment,
			total: plan.payment.total(),
		}
	}
}
