// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How evidence for the work of providers is judged.

use aivm_receipts::{Evidence, TrustPath};
use codec::{Codec, DecodeWithMemTracking, MaxEncodedLen};
use core::fmt::Debug;
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::DispatchError;
use sp_weights::Weight;

use crate::{TaskId, VersionRef};

/// What calls carry and view functions show.
pub trait Wire: Codec + DecodeWithMemTracking + TypeInfo + Clone + Eq + Debug + 'static {}
impl<T: Codec + DecodeWithMemTracking + TypeInfo + Clone + Eq + Debug + 'static> Wire for T {}

/// What a provider claims: that a version, run on the input behind a commitment, gave an output, for one task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Work<'a, AccountId> {
	/// The task that it works for.
	pub task: TaskId,
	/// What ran.
	pub version: VersionRef,
	/// BLAKE2b-256 of the artefact that ran.
	pub artefact_hash: H256,
	/// The commitment to the input, as [`Verifier::commit`] makes it.
	pub input: H256,
	/// The output's bytes.
	pub output: &'a [u8],
	/// Who ran it.
	pub provider: &'a AccountId,
}

/// What evidence came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Judgement {
	/// Whether it convinces.
	pub convinces: bool,
	/// What the receipt says of it.
	pub evidence: Evidence,
	/// What the receipt names as the output's hash.
	pub output: H256,
	/// What the judgement really weighed; at most [`Verifier::judge_weight`].
	pub weight: Weight,
}

/// Judges evidence of every kind.
///
/// The kinds are in the implementation: terms and evidence are enums with one variant for each. A task holds its terms
/// from its request on, and the provider's evidence is judged against them.
pub trait Verifier<AccountId> {
	/// What a requester demands of the evidence for a task, and so which kind it is of.
	type Terms: Wire + MaxEncodedLen;

	/// What a provider brings.
	type Evidence: Wire + MaxEncodedLen;

	/// What exactly the evidence for work must show, for who makes it.
	type Demand: Wire;

	/// The trust path that `terms` belong to.
	fn path(terms: &Self::Terms) -> TrustPath;

	/// Whether tasks for `version` can be requested under `terms` now.
	///
	/// # Errors
	/// The implementation's own, which says why not and what to do.
	fn accepts(terms: &Self::Terms, version: VersionRef) -> Result<(), DispatchError>;

	/// The commitment to a public `input`, or `None` if the input is longer than the implementation's limit.
	fn commit(input: &[u8]) -> Option<H256>;

	/// Whether [`Self::commit`] can have made this commitment, of an input with any salt.
	fn is_commitment(input: &H256) -> bool;

	/// What a commitment to an input, or to the output, of `len` bytes weighs.
	fn commit_weight(len: u32) -> Weight;

	/// What evidence for `work` must show.
	///
	/// # Errors
	/// The terms can no longer be met.
	fn demand(terms: &Self::Terms, work: &Work<AccountId>) -> Result<Self::Demand, DispatchError>;

	/// Judges `evidence` for `work`.
	///
	/// # Errors
	/// What was brought can be no evidence for this work: it is of another kind, has the wrong size, or the terms can no longer
	/// be met. Whatever else does not convince is a [`Judgement`].
	fn judge(
		terms: &Self::Terms,
		work: &Work<AccountId>,
		evidence: &Self::Evidence,
	) -> Result<Judgement, DispatchError>;

	/// What [`Self::judge`] weighs at most for this evidence, without the commitment to the output.
	fn judge_weight(evidence: &Self::Evidence) -> Weight;

	/// [`Self::judge`] without the chain's own host functions, for view functions.
	fn dry_judge(
		terms: &Self::Terms,
		work: &Work<AccountId>,
		evidence: &Self::Evidence,
	) -> Result<Judgement, DispatchError>;

	/// Terms for `version`, whose model `owner` owns, that are the most work to accept, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_terms(owner: AccountId, version: VersionRef) -> Self::Terms;

	/// The longest evidence, right or wrong, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn longest_evidence() -> Self::Evidence;
}
