// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Judging evidence, of whatever kind.

use aivm_receipts::TrustPath;
use aivm_traits::{Judgement, Verifier, VersionRef, Work};
use aivm_verification::{commit_input, poseidon::RATE, scalar_of, Fr, PACKED};
use frame_support::{traits::Get, weights::Weight};
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::{DispatchError, DispatchResult};

use crate::{
	kinds::{groth16, Demand, Evidence, Kind, Terms},
	Config, Pallet, WeightInfo,
};

impl<T: Config> Pallet<T> {
	/// How many permutations it takes to commit to so many bytes: each takes [`RATE`] elements of [`PACKED`] bytes, and the
	/// salt is an element too.
	pub(crate) fn permutations(len: u32) -> u32 {
		let unit = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
		len.div_ceil(unit(PACKED)).saturating_add(1).div_ceil(unit(RATE))
	}

	fn do_judge(
		terms: &Terms,
		work: &Work<AccountId32>,
		evidence: &Evidence,
		dry: bool,
	) -> Result<Judgement, DispatchError> {
		match (terms, evidence) {
			(Terms::Groth16(terms), Evidence::Groth16(evidence)) => {
				groth16::Proofs::<T>::judge(terms, work, evidence, dry)
			}
		}
	}
}

impl<T: Config> Verifier<AccountId32> for Pallet<T> {
	type Terms = Terms;
	type Evidence = Evidence;
	type Demand = Demand;

	fn path(terms: &Terms) -> TrustPath {
		match terms {
			Terms::Groth16(_) => TrustPath::ZkProof,
		}
	}

	fn accepts(terms: &Terms, version: VersionRef) -> DispatchResult {
		match terms {
			Terms::Groth16(terms) => groth16::Proofs::<T>::accepts(terms, version),
		}
	}

	fn commit(input: &[u8]) -> Option<H256> {
		let limit = usize::try_from(T::MaxCommittedLen::get()).unwrap_or(usize::MAX);
		(input.len() <= limit).then(|| H256(commit_input(Fr::default(), input)))
	}

	fn is_commitment(input: &H256) -> bool {
		scalar_of::<Fr>(&input.0).is_some()
	}

	fn commit_weight(len: u32) -> Weight {
		T::WeightInfo::commit(Self::permutations(len))
	}

	fn demand(terms: &Terms, work: &Work<AccountId32>) -> Result<Demand, DispatchError> {
		match terms {
			Terms::Groth16(terms) => groth16::Proofs::<T>::demand(terms, work).map(Demand::Groth16),
		}
	}

	fn judge(terms: &Terms, work: &Work<AccountId32>, evidence: &Evidence) -> Result<Judgement, DispatchError> {
		Self::do_judge(terms, work, evidence, false)
	}

	fn judge_weight(evidence: &Evidence) -> Weight {
		match evidence {
			Evidence::Groth16(evidence) => groth16::Proofs::<T>::judge_weight(evidence),
		}
	}

	fn dry_judge(terms: &Terms, work: &Work<AccountId32>, evidence: &Evidence) -> Result<Judgement, DispatchError> {
		Self::do_judge(terms, work, evidence, true)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_terms(owner: AccountId32, version: VersionRef) -> Terms {
		Terms::Groth16(groth16::Proofs::<T>::set_up_terms(owner, version))
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn longest_evidence() -> Evidence {
		Evidence::Groth16(groth16::Proofs::<T>::longest_evidence())
	}
}
