// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Groth16 proofs as evidence.
//!
//! The requester names a key. The chain makes the statement of the task and from it the public inputs that the key's circuit
//! has; the provider brings the proof for them. So the proof holds for this chain, this task, this version, the committed input,
//! this output and this provider, and for nothing else. It may be changed into another proof of the same, which is worth no
//! more: the task ends with the first one.

#[cfg(feature = "runtime-benchmarks")]
pub(crate) mod set_up;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "runtime-benchmarks"))]
pub(crate) mod trapdoor;

use aivm_receipts::Evidence as Receipted;
use aivm_traits::{Judgement, KeyId, VersionRef, Work};
use aivm_verification::{
	external::{risc0, sp1},
	field_of_hash, output_field, public_inputs, scalar_of, Curve, Groth16, Portable, ProofError, Scalar, Statement,
};
use alloc::vec::Vec;
use ark_bn254::Fr;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{ensure, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

use crate::{
	Binding, Config, Error, Inputs, KeyOf, Layout, Pallet, Proof, Runs, Setup, WeightInfo, Weights as ModelWeights,
};

/// The version of this kind, which every statement holds. A change of what a statement or its inputs mean gets another number.
pub const VERSION: u8 = 1;

/// Which proof a requester demands.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Terms {
	/// The key that the proof must hold for. It must be bound to the version.
	pub key: KeyId,
	/// Whether a key of a single party, who may be able to forge proofs, is good enough.
	pub accept_single_party: bool,
}

/// A proof, and those public inputs that the chain does not know.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
	/// The proof, compressed: 128 bytes on BN254, 192 on BLS12-381.
	pub proof: Proof,
	/// The public inputs that the key's layout leaves to the prover, in their order. None for AIVM's own circuits and for RISC
	/// Zero; the nonce for SP1 version 6.
	pub free: Inputs,
}

/// What a proof must show.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Demand {
	/// The key that the proof must hold for.
	pub key: KeyId,
	/// The key's curve.
	pub curve: Curve,
	/// The statement.
	pub statement: Statement,
	/// The statement's hash: the journal of a RISC Zero receipt, the public values of an SP1 proof.
	pub hash: H256,
	/// The public inputs. `None` are left to the prover.
	pub inputs: Vec<Option<Scalar>>,
}

impl Demand {
	/// The public inputs with those that are left to the prover filled in, or `None` if there are more or fewer of them.
	fn filled(&self, free: &[Scalar]) -> Option<Vec<Scalar>> {
		let mut free = free.iter().copied();
		let inputs: Option<Vec<_>> = self.inputs.iter().map(|input| (*input).or_else(|| free.next())).collect();
		inputs.filter(|_| free.next().is_none())
	}
}

impl Layout {
	/// Whether a key on `curve` with so many public inputs can have this layout.
	pub(crate) fn ensure_fits<T: Config>(&self, curve: Curve, inputs: u8) -> DispatchResult {
		let external = |expected: usize| {
			ensure!(curve == Curve::Bn254, Error::<T>::WrongCurve);
			ensure!(usize::from(inputs) == expected, Error::<T>::WrongInputCount);
			let mut known = self.inputs(inputs, &[0; 32]).into_iter().flatten();
			ensure!(known.all(|input| scalar_of::<Fr>(&input).is_some()), Error::<T>::ScalarNotCanonical);
			Ok(())
		};
		match self {
			Self::Statement { at } => {
				ensure!(*at < inputs, Error::<T>::WrongInputCount);
				Ok(())
			}
			Self::Risc0 { .. } => external(risc0::INPUTS),
			Self::Sp1V5 { .. } => external(sp1::INPUTS_V5),
			Self::Sp1V6 { .. } => external(sp1::INPUTS_V6),
		}
	}

	/// The public inputs that hold the statement with this hash.
	fn inputs(&self, count: u8, hash: &[u8; 32]) -> Vec<Option<Scalar>> {
		match self {
			Self::Statement { at } => (0..count).map(|number| (number == *at).then(|| field_of_hash(hash))).collect(),
			Self::Risc0 { control_root, control_id, image } => {
				let version = risc0::Version { control_root: *control_root, control_id: *control_id };
				risc0::public_inputs(&version, &risc0::claim_digest(image, hash)).map(Some).to_vec()
			}
			Self::Sp1V5 { program } => sp1::public_inputs_v5(program, hash).map(Some).to_vec(),
			Self::Sp1V6 { program, vk_root } => {
				// The program must have ended well. The last input is the nonce.
				let [known @ .., _] = sp1::public_inputs_v6(program, hash, &[0; 32], vk_root, &[0; 32]);
				known.into_iter().map(Some).chain([None]).collect()
			}
		}
	}
}

/// Judges Groth16 proofs.
pub(crate) struct Proofs<T>(PhantomData<T>);

impl<T: Config> Proofs<T> {
	/// The key that the terms name, if its proofs count.
	fn key(terms: &Terms, version: VersionRef) -> Result<KeyOf<T>, DispatchError> {
		let key = Pallet::<T>::active_key(terms.key)?;
		ensure!(key.binding.version() == Some(version), Error::<T>::KeyForOtherVersion);
		ensure!(terms.accept_single_party || key.setup != Setup::SingleParty, Error::<T>::SinglePartyKey);
		Ok(key)
	}

	/// What a proof for `work` must show.
	fn demand_of(terms: &Terms, key: &KeyOf<T>, work: &Work<AccountId32>) -> Result<Demand, DispatchError> {
		let program = match &key.binding {
			Binding::Version { weights: ModelWeights::Private { commitment }, .. } => *commitment,
			_ => field_of_hash(&work.artefact_hash.0),
		};
		let statement = Statement {
			genesis: frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()).0,
			task: work.task,
			program,
			input: work.input.0,
			output: output_field(work.output),
			provider: *work.provider.as_ref(),
			kind: VERSION,
		};
		let hash = statement.hash();
		let inputs = match &key.binding {
			Binding::Version { .. } => public_inputs(&statement).map(Some).to_vec(),
			Binding::External { runs: Some(Runs { layout, .. }), .. } => layout.inputs(key.inputs, &hash),
			Binding::External { runs: None, .. } => return Err(Error::<T>::KeyForOtherVersion.into()),
		};
		Ok(Demand { key: terms.key, curve: key.curve, statement, hash: H256(hash), inputs })
	}

	fn weight(curve: Curve, inputs: u32) -> Weight {
		match curve {
			Curve::Bn254 => T::WeightInfo::judge_bn254(inputs),
			Curve::Bls12_381 => T::WeightInfo::judge_bls12_381(inputs),
		}
	}
}

impl<T: Config> super::Kind<T> for Proofs<T> {
	type Terms = Terms;
	type Evidence = Evidence;
	type Demand = Demand;

	fn accepts(terms: &Terms, version: VersionRef) -> DispatchResult {
		Self::key(terms, version).map(|_| ())
	}

	fn demand(terms: &Terms, work: &Work<AccountId32>) -> Result<Demand, DispatchError> {
		Self::demand_of(terms, &Self::key(terms, work.version)?, work)
	}

	fn judge(
		terms: &Terms,
		work: &Work<AccountId32>,
		evidence: &Evidence,
		dry: bool,
	) -> Result<Judgement, DispatchError> {
		let key = Self::key(terms, work.version)?;
		ensure!(evidence.proof.len() == key.curve.proof_len(), Error::<T>::WrongProofLength);
		let demand = Self::demand_of(terms, &key, work)?;
		let inputs = demand.filled(&evidence.free).ok_or(Error::<T>::WrongFreeInputCount)?;
		let prepared = Pallet::<T>::prepared_key(terms.key)?;
		let verify = if dry { Portable::verify } else { T::Groth16::verify };
		let convinces = match verify(key.curve, &prepared, &evidence.proof, &inputs) {
			Ok(()) => true,
			// The chain's fault must not cost the provider its task.
			Err(ProofError::Key | ProofError::InputCount { .. }) => return Err(Error::<T>::Corrupt.into()),
			Err(_) => false,
		};
		Ok(Judgement {
			convinces,
			evidence: Receipted::Groth16 { key: terms.key, statement: demand.hash },
			output: H256(demand.statement.output),
			weight: Self::weight(key.curve, key.inputs.into()),
		})
	}

	fn judge_weight(evidence: &Evidence) -> Weight {
		// The number of inputs is the key's, which is not known yet.
		Self::weight(Pallet::<T>::curve_of(&evidence.proof), crate::MAX_INPUTS)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_terms(owner: AccountId32, version: VersionRef) -> Terms {
		set_up::set_up_terms::<T>(owner, version)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn longest_evidence() -> Evidence {
		set_up::longest_evidence()
	}
}
