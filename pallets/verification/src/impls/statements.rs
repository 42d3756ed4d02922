// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Verifying proofs standalone, and remembering what they proved.

use aivm_traits::KeyId;
use aivm_verification::{Claim, Curve, Groth16, Scalar};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{dispatch::DispatchResultWithPostInfo, ensure, traits::ConstU32, weights::Weight, BoundedVec};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{DispatchError, DispatchResult};

use crate::{
	Config, Error, Event, HoldReason, Inputs, Pallet, Proven, Statements, VerifiedStatement, WeightInfo, MAX_BATCH,
};

impl<T: Config> Pallet<T> {
	/// The weight of verifying one proof standalone.
	pub(crate) fn verify_weight(proven: &Proven) -> Weight {
		let inputs = Self::saturated(proven.inputs.len());
		match Self::curve_of(&proven.proof) {
			Curve::Bn254 => T::WeightInfo::verify_bn254(inputs),
			Curve::Bls12_381 => T::WeightInfo::verify_bls12_381(inputs),
		}
	}

	/// The weight of verifying proofs together; `one_wrong` counts what it takes to find a wrong one.
	pub(crate) fn batch_weight(proven: &[Proven], one_wrong: bool) -> Weight {
		let inputs = Self::saturated(proven.iter().map(|proven| proven.inputs.len()).max().unwrap_or_default());
		let proofs = Self::saturated(proven.len());
		let is_large = proven.iter().any(|proven| Self::curve_of(&proven.proof) == Curve::Bls12_381);
		let (batch, single) = if is_large {
			(T::WeightInfo::verify_batch_bls12_381(inputs, proofs), T::WeightInfo::judge_bls12_381(inputs))
		} else {
			(T::WeightInfo::verify_batch_bn254(inputs, proofs), T::WeightInfo::judge_bn254(inputs))
		};
		if one_wrong {
			batch.saturating_add(single.saturating_mul(proofs.into()))
		} else {
			batch
		}
	}

	/// The curve of a proof of this length; one of another length is refused before its points are looked at.
	pub(crate) fn curve_of(proof: &[u8]) -> Curve {
		if proof.len() > Curve::Bn254.proof_len() {
			Curve::Bls12_381
		} else {
			Curve::Bn254
		}
	}

	pub(crate) fn saturated(len: usize) -> u32 {
		u32::try_from(len).unwrap_or(u32::MAX)
	}

	/// See [`Pallet::statement_hash`].
	pub(crate) fn hash_of(key: KeyId, inputs: &[Scalar]) -> H256 {
		H256((key, inputs).using_encoded(blake2_256))
	}

	/// See [`Pallet::verify`].
	pub(crate) fn do_verify(who: T::AccountId, id: KeyId, proven: Proven) -> DispatchResult {
		Self::ensure_proven::<T::Groth16>(id, &proven.inputs, &proven.proof)?;
		Self::remember(&who, id, proven.inputs)
	}

	/// See [`Pallet::check`].
	pub(crate) fn ensure_proven<G: Groth16>(id: KeyId, inputs: &[Scalar], proof: &[u8]) -> DispatchResult {
		let key = Self::active_key(id)?;
		ensure!(!Statements::<T>::contains_key(Self::hash_of(id, inputs)), Error::<T>::AlreadyVerified);
		let prepared = Self::prepared_key(id)?;
		G::verify(key.curve, &prepared, proof, inputs).map_err(|fault| Error::<T>::WrongProof(fault.into()))?;
		Ok(())
	}

	/// See [`Pallet::verify_batch`].
	pub(crate) fn do_verify_batch(
		who: T::AccountId,
		id: KeyId,
		proven: BoundedVec<Proven, ConstU32<MAX_BATCH>>,
	) -> DispatchResultWithPostInfo {
		ensure!(!proven.is_empty(), Error::<T>::EmptyBatch);
		let key = Self::active_key(id)?;
		let prepared = Self::prepared_key(id)?;
		let weight = Self::batch_weight(&proven, false);
		let claims: Vec<Claim> = proven
			.iter()
			.map(|proven| Claim { proof: proven.proof.to_vec(), inputs: proven.inputs.to_vec() })
			.collect();
		let results = T::Groth16::verify_batch(key.curve, &prepared, &claims);
		ensure!(results.len() == claims.len(), Error::<T>::Corrupt);
		if let Some(wrong) = results.iter().position(Result::is_err) {
			return Err(Error::<T>::WrongProofInBatch(u8::try_from(wrong).unwrap_or(u8::MAX)).into());
		}
		for proven in proven {
			Self::remember(&who, id, proven.inputs)?;
		}
		Ok(Some(weight).into())
	}

	/// Remembers that a statement was verified, and announces it.
	fn remember(who: &T::AccountId, key: KeyId, inputs: Inputs) -> Result<(), DispatchError> {
		let statement = Self::hash_of(key, &inputs);
		ensure!(!Statements::<T>::contains_key(statement), Error::<T>::AlreadyVerified);
		let deposit = Self::deposit_for_statement();
		Self::take_deposit(HoldReason::Statement, who, deposit)?;
		Statements::<T>::insert(statement, VerifiedStatement { key, submitter: who.clone(), deposit });
		Self::deposit_event(Event::Verified { key, statement, inputs, submitter: who.clone() });
		Ok(())
	}

	/// See [`Pallet::forget`].
	pub(crate) fn do_forget(who: T::AccountId, statement: H256) -> DispatchResult {
		let record = Statements::<T>::get(statement).ok_or(Error::<T>::StatementNotFound)?;
		ensure!(record.submitter == who, Error::<T>::NotSubmitter);
		ensure!(Self::active_key(record.key).is_err(), Error::<T>::KeyStillActive);
		Self::return_deposit(HoldReason::Statement, &who, record.deposit)?;
		Statements::<T>::remove(statement);
		Self::deposit_event(Event::Forgotten { statement });
		Ok(())
	}
}
