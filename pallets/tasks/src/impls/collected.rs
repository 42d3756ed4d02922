// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Proofs that collectors fetch from providers' endpoints.

use aivm_receipts::{TaskId, TrustPath};
use aivm_traits::{CollectedProofs, CollectorRefused, Collectors, Judgement, ProofRefused, ReceiptSink, Verifier};
use codec::{DecodeAll, Encode, MaxEncodedLen};
use frame_support::{
	dispatch::DispatchResultWithPostInfo,
	ensure,
	pallet_prelude::{InvalidTransaction, TransactionSource, TransactionValidityWithRefund, ValidTransaction},
	storage::with_storage_layer,
	weights::Weight,
};
use frame_system::{
	offchain::{CreateTransactionBase, SubmitTransaction},
	pallet_prelude::BlockNumberFor,
};
use sp_core::sr25519;
use sp_io::{crypto::sr25519_verify, hashing::blake2_256};
use sp_runtime::{traits::Zero, DispatchError};

use crate::{Call, Config, Error, Event, EvidenceOf, Pallet, ProvenOf, TaskOf, TaskState, Tasks, WeightInfo};

/// Starts what collectors sign.
const DOMAIN: &[u8; 20] = b"aivm/tasks/collected";
/// For how many blocks a collector's transaction stays in the pool.
const LONGEVITY: u64 = 64;

impl<T: Config> Pallet<T> {
	/// What a collector signs: the BLAKE2-256 digest of a domain, the genesis hash, task, output and evidence.
	pub fn collection_digest(task: TaskId, output: &ProvenOf<T>, evidence: &EvidenceOf<T>) -> [u8; 32] {
		let genesis = frame_system::BlockHash::<T>::get(BlockNumberFor::<T>::zero());
		blake2_256(&(DOMAIN, genesis, task, output, evidence).encode())
	}

	/// The weight that `submit_collected` declares.
	pub(crate) fn collected_weight(output_len: usize, evidence: &EvidenceOf<T>) -> Weight {
		T::WeightInfo::submit_collected().saturating_add(Self::submit_weight(output_len, evidence))
	}

	/// The provider whose proof a task waits for, if it does.
	fn awaited(task: &TaskOf<T>) -> Option<&T::AccountId> {
		let waits = task.path == TrustPath::ZkProof && task.state == TaskState::Assigned;
		task.provider.as_ref().filter(|_| waits)
	}

	/// Decides on a collector's transaction. The proof is not verified here: that takes host functions, which light clients do
	/// not have.
	pub(crate) fn authorize_collected(
		_: TransactionSource,
		id: &TaskId,
		output: &ProvenOf<T>,
		evidence: &EvidenceOf<T>,
		collector: &sr25519::Public,
		signature: &sr25519::Signature,
	) -> TransactionValidityWithRefund {
		let task = Tasks::<T>::get(id).ok_or(CollectorRefused::NotWaiting)?;
		let provider = Self::awaited(&task).ok_or(CollectorRefused::NotWaiting)?;
		T::Collectors::may_bring(provider, collector)?;
		ensure!(T::Receipts::has_room(), InvalidTransaction::ExhaustsResources);
		let digest = Self::collection_digest(*id, output, evidence);
		ensure!(sr25519_verify(signature, &digest, collector), InvalidTransaction::BadProof);
		let validity = ValidTransaction::with_tag_prefix("aivm/tasks/collected")
			.and_provides(id)
			.longevity(LONGEVITY)
			.propagate(true)
			.build()?;
		Ok((validity, Weight::zero()))
	}

	/// What the evidence for a task that waits for a proof comes to, if it convinces.
	fn convincing(id: TaskId, output: &[u8], evidence: &EvidenceOf<T>) -> Result<Judgement, DispatchError> {
		let task = Tasks::<T>::get(id).ok_or(Error::<T>::NoSuchTask)?;
		ensure!(Self::awaited(&task).is_some(), Error::<T>::BadTransition);
		let (terms, work) = Self::claim(id, &task, output)?;
		let judgement = T::Verifier::judge(terms, &work, evidence)?;
		ensure!(judgement.convinces, Error::<T>::NotConvincing);
		Ok(judgement)
	}

	/// See [`Pallet::submit_collected`].
	pub(crate) fn do_submit_collected(
		id: TaskId,
		output: ProvenOf<T>,
		evidence: &EvidenceOf<T>,
		collector: sr25519::Public,
	) -> DispatchResultWithPostInfo {
		let overhead = T::WeightInfo::submit_collected().saturating_add(Self::submit_overhead(output.len()));
		let settled: Result<Weight, DispatchError> = with_storage_layer(|| {
			let judgement = Self::convincing(id, &output, evidence)?;
			Self::conclude(id, output, judgement)?;
			Ok(judgement.weight)
		});
		match settled {
			Ok(weight) => Ok(Some(overhead.saturating_add(weight)).into()),
			Err(reason) => {
				T::Collectors::was_wrong(&collector);
				Self::deposit_event(Event::CollectionRefused { task: id, collector, reason });
				Ok(().into())
			}
		}
	}
}

impl<T: Config> CollectedProofs<T::AccountId> for Pallet<T> {
	fn longest_answer() -> usize {
		ProvenOf::<T>::max_encoded_len().saturating_add(EvidenceOf::<T>::max_encoded_len())
	}

	fn tasks(after: Option<TaskId>) -> impl Iterator<Item = (TaskId, Option<T::AccountId>)> {
		let tasks = match after {
			Some(last) => Tasks::<T>::iter_from(Tasks::<T>::hashed_key_for(last)),
			None => Tasks::<T>::iter(),
		};
		tasks.map(|(id, task)| (id, Self::awaited(&task).cloned()))
	}

	fn submit(id: TaskId, collector: &sr25519::Public, answer: &[u8]) -> Result<(), ProofRefused> {
		let (output, evidence) =
			<(ProvenOf<T>, EvidenceOf<T>)>::decode_all(&mut &*answer).map_err(|_| ProofRefused::Unreadable)?;
		let task = Tasks::<T>::get(id).ok_or(ProofRefused::NotAllowed(CollectorRefused::NotWaiting))?;
		let provider = Self::awaited(&task).ok_or(ProofRefused::NotAllowed(CollectorRefused::NotWaiting))?;
		T::Collectors::may_bring(provider, collector).map_err(ProofRefused::NotAllowed)?;
		// Exactly what the dispatch asks for.
		Self::convincing(id, &output, &evidence).map_err(|error| ProofRefused::Invalid(error.into()))?;
		let digest = Self::collection_digest(id, &output, &evidence);
		let signature = T::Collectors::sign(collector, &digest).ok_or(ProofRefused::Rejected)?;
		let call = Call::<T>::submit_collected { task: id, output, evidence, collector: *collector, signature };
		let call = <T as CreateTransactionBase<Call<T>>>::RuntimeCall::from(call);
		let transaction = T::create_authorized_transaction(call);
		SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).map_err(|()| ProofRefused::Rejected)
	}
}
