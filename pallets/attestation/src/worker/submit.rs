// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Verifying and submitting what an endpoint answered.

use aivm_traits::{CollectedProofs, ProofRefused};
use alloc::boxed::Box;
use codec::DecodeAll;
use frame_support::storage::{with_transaction, TransactionOutcome};
use frame_system::offchain::{CreateTransactionBase, SubmitTransaction};
use sp_core::{crypto::AccountId32, sr25519};
use sp_io::crypto::sr25519_sign;
use sp_runtime::DispatchError;

use super::{
	schedule::{Errand, Goal},
	status::FailureKind,
};
use crate::{Call, Config, Evidence, Pallet, Period, Refusal, KEY_TYPE};

/// Submits an answer, if the chain would record what it proves, or settle the task with it.
pub(super) fn submit<T: Config>(collector: sr25519::Public, errand: &Errand, answer: &[u8]) -> Result<(), FailureKind> {
	match errand.goal {
		Goal::Attestation(period) => submit_attestation::<T>(collector, &errand.provider, period, answer),
		Goal::Proof(task) => T::Proofs::submit(task, &collector, answer).map_err(FailureKind::from),
	}
}

impl From<ProofRefused> for FailureKind {
	fn from(refused: ProofRefused) -> Self {
		match refused {
			ProofRefused::Unreadable => Self::NoProof,
			ProofRefused::NotAllowed(refused) => Self::NotAllowed(refused.code()),
			ProofRefused::Invalid(error) => Self::InvalidProof(error.into()),
			ProofRefused::Rejected => Self::Rejected,
		}
	}
}

fn submit_attestation<T: Config>(
	collector: sr25519::Public,
	provider: &AccountId32,
	period: Period,
	answer: &[u8],
) -> Result<(), FailureKind> {
	let evidence = Evidence::decode_all(&mut &*answer).map_err(|_| FailureKind::NoEvidence)?;
	Pallet::<T>::may_collect(provider, period, &collector)
		.map_err(|refused| FailureKind::NotAllowed(refused.code()))?;
	// Exactly what the dispatch does, with the deposit.
	let recorded = with_transaction(|| {
		let recorded = Pallet::<T>::collect(provider, period, &evidence, collector);
		TransactionOutcome::Rollback(Ok::<Result<(), Refusal>, DispatchError>(recorded))
	});
	recorded.map_err(|_| FailureKind::Rejected)?.map_err(FailureKind::Invalid)?;
	let digest = Pallet::<T>::collection_digest(provider, period, &evidence);
	let signature = sr25519_sign(KEY_TYPE, &collector, &digest).ok_or(FailureKind::Rejected)?;
	let call = Call::<T>::attest_collected {
		provider: provider.clone(),
		period,
		evidence: Box::new(evidence),
		collector,
		signature,
	};
	let call = <T as CreateTransactionBase<Call<T>>>::RuntimeCall::from(call);
	let transaction = T::create_authorized_transaction(call);
	SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).map_err(|()| FailureKind::Rejected)
}
