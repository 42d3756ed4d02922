// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The kinds of evidence, and the one place where they are registered.
//!
//! A kind is a module here, with what a requester demands (its terms), what a provider brings (its evidence), what that must
//! show (its demand), their limits, the judgement, its weight, its benchmark and its tests. It implements [`Kind`] and gets one
//! variant in each of [`Terms`], [`Evidence`] and [`Demand`]; the compiler then asks for it wherever the router (the
//! implementation of [`aivm_traits::Verifier`]) tells kinds apart. Tasks, escrow, deadlines and receipts know no kinds.

pub mod groth16;

use aivm_traits::{Judgement, VersionRef, Work};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_core::crypto::AccountId32;
use sp_runtime::{DispatchError, DispatchResult};

use crate::Config;

/// What a requester demands of the evidence for a task.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Terms {
	/// A Groth16 proof.
	#[codec(index = 0)]
	Groth16(groth16::Terms),
}

/// What a provider brings.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Evidence {
	/// A Groth16 proof.
	#[codec(index = 0)]
	Groth16(groth16::Evidence),
}

/// What evidence must show, for who makes it.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Demand {
	/// The public inputs of a Groth16 proof.
	#[codec(index = 0)]
	Groth16(groth16::Demand),
}

/// How one kind of evidence is judged. See [`aivm_traits::Verifier`] for what each function promises.
pub(crate) trait Kind<T: Config> {
	/// What a requester demands.
	type Terms;
	/// What a provider brings.
	type Evidence;
	/// What the evidence must show.
	type Demand;

	/// Whether tasks for `version` can be requested under `terms` now.
	fn accepts(terms: &Self::Terms, version: VersionRef) -> DispatchResult;

	/// What evidence for `work` must show.
	fn demand(terms: &Self::Terms, work: &Work<AccountId32>) -> Result<Self::Demand, DispatchError>;

	/// Judges `evidence` for `work`; `dry` without the chain's own host functions.
	fn judge(
		terms: &Self::Terms,
		work: &Work<AccountId32>,
		evidence: &Self::Evidence,
		dry: bool,
	) -> Result<Judgement, DispatchError>;

	/// What [`Self::judge`] weighs at most for this evidence, without the commitment to the output.
	fn judge_weight(evidence: &Self::Evidence) -> Weight;

	/// Terms for `version`, of the model of `owner`, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_terms(owner: AccountId32, version: VersionRef) -> Self::Terms;

	/// The longest evidence, right or wrong, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn longest_evidence() -> Self::Evidence;
}
