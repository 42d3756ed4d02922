// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the provider of a task does: bring the output with the evidence for it, or give the task back.

use aivm_receipts::{Evidence, ReceiptBody, TaskId, Verdict};
use aivm_traits::{Judgement, ReceiptSink, Verifier, Work};
use frame_support::{dispatch::DispatchResultWithPostInfo, ensure, traits::Get, weights::Weight};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

use crate::{
	impls::state::Step, Config, DemandOf, Error, Event, EvidenceOf, Pallet, ProvenOf, TaskOf, TaskState, Tasks,
	TermsOf, WeightInfo,
};

impl<T: Config> Pallet<T> {
	/// The weight of a submission, without the judgement.
	pub(crate) fn submit_overhead(output_len: usize) -> Weight {
		T::WeightInfo::submit()
			.saturating_add(T::Verifier::commit_weight(u32::try_from(output_len).unwrap_or(u32::MAX)))
			.saturating_add(T::ReceiptWeight::get())
	}

	/// The weight that `submit` declares.
	pub(crate) fn submit_weight(output_len: usize, evidence: &EvidenceOf<T>) -> Weight {
		Self::submit_overhead(output_len).saturating_add(T::Verifier::judge_weight(evidence))
	}

	/// The weight of `cancel`.
	pub(crate) fn cancel_weight() -> Weight {
		T::WeightInfo::cancel().saturating_add(T::ReceiptWeight::get())
	}

	/// The task `id` that waits for its provider `who`.
	pub(crate) fn assigned(id: TaskId, who: &T::AccountId) -> Result<TaskOf<T>, DispatchError> {
		let task = Tasks::<T>::get(id).ok_or(Error::<T>::NoSuchTask)?;
		ensure!(task.provider.as_ref() == Some(who), Error::<T>::NotProvider);
		ensure!(task.state == TaskState::Assigned, Error::<T>::BadTransition);
		Ok(task)
	}

	/// The terms of a task and what its provider claims, if the output has the right length.
	pub(crate) fn claim<'a>(
		id: TaskId,
		task: &'a TaskOf<T>,
		output: &'a [u8],
	) -> Result<(&'a TermsOf<T>, Work<'a, T::AccountId>), DispatchError> {
		let terms = task.terms.as_ref().ok_or(Error::<T>::NoEvidenceWanted)?;
		let provider = task.provider.as_ref().ok_or(Error::<T>::NoEvidenceWanted)?;
		if let Some(expected) = task.output_len {
			ensure!(u32::try_from(output.len()) == Ok(expected), Error::<T>::WrongOutputLength);
		}
		let work = Work {
			task: id,
			version: task.version,
			artefact_hash: task.artefact_hash,
			input: task.input_hash,
			output,
			provider,
		};
		Ok((terms, work))
	}

	/// See [`Pallet::submit`].
	pub(crate) fn do_submit(
		who: T::AccountId,
		id: TaskId,
		output: ProvenOf<T>,
		evidence: &EvidenceOf<T>,
	) -> DispatchResultWithPostInfo {
		let overhead = Self::submit_overhead(output.len());
		let task = Self::assigned(id, &who)?;
		let (terms, work) = Self::claim(id, &task, &output)?;
		ensure!(T::Receipts::has_room(), Error::<T>::BlockReceiptsFull);
		let judgement = T::Verifier::judge(terms, &work, evidence)?;
		Self::conclude(id, output, judgement)?;
		Ok(Some(overhead.saturating_add(judgement.weight)).into())
	}

	/// Ends a task by what its evidence came to.
	pub(crate) fn conclude(id: TaskId, output: ProvenOf<T>, judgement: Judgement) -> DispatchResult {
		use TaskState::*;
		let (states, verdict): (&[TaskState], _) = if judgement.convinces {
			(&[Running, Submitted, Verifying, Accepted, Settled], Verdict::Accepted)
		} else {
			(&[Running, Submitted, Failed], Verdict::Rejected)
		};
		let ended = Self::finish(id, states)?;
		let receipt = T::Receipts::record(Self::receipt_of(id, &ended, judgement.output, judgement.evidence, verdict))
			.map_err(|_| Error::<T>::BlockReceiptsFull)?;
		let task = ended.task;
		let provider = task.provider.unwrap_or_else(T::Treasury::get);
		Self::deposit_event(if judgement.convinces {
			Event::Settled {
				task: id,
				version: task.version,
				requester: task.requester,
				provider,
				output,
				paid: task.escrow,
				receipt,
			}
		} else {
			Event::Refused { task: id, requester: task.requester, provider, refunded: task.escrow, receipt }
		});
		Ok(())
	}

	/// See [`Pallet::cancel`].
	pub(crate) fn do_cancel(who: T::AccountId, id: TaskId) -> DispatchResult {
		Self::assigned(id, &who)?;
		let ended = Self::finish(id, &[TaskState::Running, TaskState::Failed])?;
		let receipt =
			T::Receipts::record(Self::receipt_of(id, &ended, H256::zero(), Evidence::Absent, Verdict::Cancelled))
				.map_err(|_| Error::<T>::BlockReceiptsFull)?;
		let task = ended.task;
		Self::deposit_event(Event::Cancelled {
			task: id,
			requester: task.requester,
			provider: who,
			refunded: task.escrow,
			receipt,
		});
		Ok(())
	}

	/// The receipt of a task that ended.
	pub(crate) fn receipt_of(
		id: TaskId,
		ended: &Step<T>,
		output_hash: H256,
		evidence: Evidence,
		verdict: Verdict,
	) -> ReceiptBody {
		let task = &ended.task;
		ReceiptBody {
			task: id,
			requester: task.requester.clone(),
			// Without a provider, the treasury stands in for it.
			provider: task.provider.clone().unwrap_or_else(T::Treasury::get),
			model: task.version.model,
			version: task.version.version,
			artefact_hash: task.artefact_hash,
			input_hash: task.input_hash,
			output_hash,
			path: task.path,
			evidence,
			policy: task.policy.clone(),
			verdict,
			payment: ended.payment,
		}
	}

	/// See [`Pallet::demand`].
	pub(crate) fn view_demand(id: TaskId, output: &[u8]) -> Result<DemandOf<T>, DispatchError> {
		let task = Tasks::<T>::get(id).ok_or(Error::<T>::NoSuchTask)?;
		let (terms, work) = Self::claim(id, &task, Self::bounded(output)?)?;
		T::Verifier::demand(terms, &work)
	}

	/// See [`Pallet::check_submission`].
	pub(crate) fn view_check_submission(
		id: TaskId,
		output: &[u8],
		evidence: &EvidenceOf<T>,
	) -> Result<bool, DispatchError> {
		let task = Tasks::<T>::get(id).ok_or(Error::<T>::NoSuchTask)?;
		let (terms, work) = Self::claim(id, &task, Self::bounded(output)?)?;
		T::Verifier::dry_judge(terms, &work, evidence).map(|judgement| judgement.convinces)
	}

	/// An output that `submit` could take.
	fn bounded(output: &[u8]) -> Result<&[u8], DispatchError> {
		let longest = usize::try_from(T::MaxProvenLen::get()).unwrap_or(usize::MAX);
		ensure!(output.len() <= longest, Error::<T>::WrongOutputLength);
		Ok(output)
	}
}
