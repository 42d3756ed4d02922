// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What benchmarks of this kind start from.
//!
//! What a proof proves is not known before, so the keys are made with known secrets. To the verifier they are keys and proofs
//! like all others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects)]

use aivm_inference::{Dtype, Limits, ProgramBuilder, Quantisation, Shape, TensorSpec};
use aivm_traits::{ModelInspect, RoyaltyTerms, Verifier, VersionRef, Work};
use aivm_verification::{Curve, Scalar, PUBLIC_INPUTS};
use alloc::{vec, vec::Vec};
use frame_benchmarking::whitelisted_caller;
use frame_support::{
	assert_ok,
	traits::{
		fungible::{Inspect, Mutate},
		Get,
	},
};
use sp_core::{crypto::AccountId32, H256};

use super::{trapdoor, Evidence, Terms};
use crate::{
	kinds, Binding, BindingOf, Config, Inputs, Layout, NextKeyId, Pallet, Proof, Runs, Setup, Weights, WireKey,
};

/// Gives an account more money than it needs.
pub(crate) fn richly<T: Config>(who: &T::AccountId) {
	let _ = T::Currency::set_balance(who, T::Currency::minimum_balance().max(1) * 1_000_000_000);
}

/// A version of a model of `owner`.
fn publish<T: Config>(owner: T::AccountId) -> VersionRef {
	let input = TensorSpec { dtype: Dtype::I8, shape: Shape::new(&[4]).unwrap(), quantisation: Quantisation::Raw };
	let mut builder = ProgramBuilder::new(vec![input]);
	let largest = builder.arg_max(builder.input(0));
	builder.output(largest, Quantisation::Raw);
	let program = builder.build(&Limits::DEFAULT).unwrap().0.to_bytes();
	T::Models::set_up_program(owner, program, RoyaltyTerms::default())
}

/// A scalar of both curves with many bits, which all count for its multiplication.
pub(crate) const COSTLY: Scalar = {
	let mut scalar = [0xdb; 32];
	scalar[31] = 0x1d;
	scalar
};

/// How the keys here came to be.
pub(crate) const CEREMONY: Setup =
	Setup::Ceremony { contributions: 2, has_beacon: true, transcript: H256::repeat_byte(1) };

/// A key with so many inputs.
pub(crate) fn wire(curve: Curve, inputs: u32) -> WireKey {
	trapdoor::key(curve, inputs as usize).try_into().unwrap()
}

/// Terms that name a new key for runs of `version`, of the chain's own circuits.
pub(crate) fn set_up_terms<T: Config>(owner: AccountId32, version: VersionRef) -> Terms {
	richly::<T>(&owner);
	let key = NextKeyId::<T>::get();
	let binding = Binding::Version { version, weights: Weights::Public };
	let curve = Curve::Bls12_381;
	assert_ok!(Pallet::<T>::do_register_key(owner, curve, &wire(curve, PUBLIC_INPUTS as u32), binding, CEREMONY));
	Terms { key, accept_single_party: false }
}

/// A proof and public inputs that fill their places.
pub(crate) fn longest_evidence() -> Evidence {
	let (mut proof, mut free) = (Proof::new(), Inputs::new());
	while proof.try_push(0xff).is_ok() {}
	while free.try_push(COSTLY).is_ok() {}
	Evidence { proof, free }
}

/// A proof of `work`.
fn set_up_evidence<T: Config>(terms: &Terms, work: &Work<AccountId32>) -> Evidence {
	let kinds::Demand::Groth16(demand) = Pallet::<T>::demand(&kinds::Terms::Groth16(terms.clone()), work).unwrap();
	let mut free = Inputs::new();
	let mut inputs = Vec::new();
	for input in demand.inputs {
		inputs.push(input.unwrap_or(COSTLY));
		if input.is_none() {
			free.try_push(COSTLY).unwrap();
		}
	}
	let proof = trapdoor::prove(demand.curve, &inputs).try_into().unwrap();
	Evidence { proof, free }
}

/// An owner, and the key that it registers for runs of its version, in a layout that goes with any number of inputs.
pub(crate) fn key_for_runs<T: Config>(curve: Curve, inputs: u32) -> (T::AccountId, WireKey, BindingOf<T>) {
	let owner: T::AccountId = whitelisted_caller();
	richly::<T>(&owner);
	let version = publish::<T>(owner.clone());
	let system = vec![b'x'; T::MaxSystemLen::get() as usize].try_into().unwrap();
	let runs = Some(Runs { version, layout: Layout::Statement { at: 0 } });
	(owner, wire(curve, inputs), Binding::External { system, runs })
}

/// What [`judged`] set up, done by the owner of the key.
pub(crate) fn work(owner: &AccountId32) -> Work<'_, AccountId32> {
	Work {
		task: 0,
		// The only version, and the first one of its model.
		version: VersionRef { model: 0, version: 1 },
		artefact_hash: H256::repeat_byte(1),
		input: H256::repeat_byte(2),
		output: &[],
		provider: owner,
	}
}

/// The owner of a key, terms that name it, and evidence for [`work`] under them.
pub(crate) fn judged<T: Config>(curve: Curve, inputs: u32) -> (AccountId32, kinds::Terms, kinds::Evidence) {
	let (owner, key, binding) = key_for_runs::<T>(curve, inputs);
	assert_eq!(binding.version(), Some(work(&owner).version));
	assert_ok!(Pallet::<T>::do_register_key(owner.clone(), curve, &key, binding, CEREMONY));
	let terms = Terms { key: 0, accept_single_party: false };
	let evidence = set_up_evidence::<T>(&terms, &work(&owner));
	(owner, kinds::Terms::Groth16(terms), kinds::Evidence::Groth16(evidence))
}
