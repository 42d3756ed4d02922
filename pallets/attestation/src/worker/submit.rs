// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Verifying and submitting what an endpoint answered.

use alloc::boxed::Box;
use codec::DecodeAll;
use frame_support::storage::{with_transaction, TransactionOutcome};
use frame_system::offchain::{CreateTransactionBase, SubmitTransaction};
use sp_core::sr25519;
use sp_io::crypto::sr25519_sign;
use sp_runtime::DispatchError;

use super::{schedule::Task, status::FailureKind};
use crate::{Call, Config, Evidence, Pallet, Refusal, KEY_TYPE};

/// Submits an answer, if the chain would record what it proves.
pub(super) fn submit<T: Config>(
	collector: sr25519::Public,
	Task { provider, period, .. }: &Task,
	answer: &[u8],
) -> Result<(), FailureKind> {
	let evidence = Evidence::decode_all(&mut &*answer).map_err(|_| FailureKind::NoEvidence)?;
	Pallet::<T>::may_collect(provider, *period, &collector).map_err(|code| FailureKind::NotAllowed(code as u8))?;
	// Exactly what the dispatch does, with the deposit.
	let recorded = with_transaction(|| {
		let recorded = Pallet::<T>::collect(provider, *period, &evidence, collector);
		TransactionOutcome::Rollback(Ok::<Result<(), Refusal>, DispatchError>(recorded))
	});
	recorded.map_err(|_| FailureKind::Rejected)?.map_err(FailureKind::Invalid)?;
	let digest = Pallet::<T>::collection_digest(provider, *period, &evidence);
	let signature = sr25519_sign(KEY_TYPE, &collector, &digest).ok_or(FailureKind::Rejected)?;
	let call = Call::<T>::attest_collected {
		provider: provider.clone(),
		period: *period,
		evidence: Box::new(evidence),
		collector,
		signature,
	};
	let call = <T as CreateTransactionBase<Call<T>>>::RuntimeCall::from(call);
	let transaction = T::create_authorized_transaction(call);
	SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).map_err(|()| FailureKind::Rejected)
}
