// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks. What those of a kind of evidence start from is in its module.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects)]

use aivm_traits::{KeyId, Verifier};
use aivm_verification::Curve;
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
	assert_ok,
	traits::{ConstU32, Get},
	BoundedVec,
};
use frame_system::RawOrigin;

use crate::{
	kinds::groth16::{
		set_up::{judged, key_for_runs, richly, wire, work, CEREMONY, COSTLY},
		trapdoor,
	},
	Binding, Call, Config, KeyState, Keys, NextKeyId, Pallet, Proven, Setup, Statements, MAX_BATCH, MAX_INPUTS,
};

/// Registers a key with so many inputs for proofs of another system.
fn register<T: Config>(who: &T::AccountId, curve: Curve, inputs: u32) -> KeyId {
	let id = NextKeyId::<T>::get();
	let system = vec![b'x'; T::MaxSystemLen::get() as usize].try_into().unwrap();
	let binding = Binding::External { system, runs: None };
	assert_ok!(Pallet::<T>::register_key(
		RawOrigin::Signed(who.clone()).into(),
		curve,
		wire(curve, inputs),
		binding,
		Setup::SingleParty
	));
	id
}

/// Inputs that no other `number` has, as costly as any, and the proof for them.
fn proven(curve: Curve, inputs: u32, number: u32) -> Proven {
	let mut inputs = vec![COSTLY; inputs as usize];
	if let Some(first) = inputs.first_mut() {
		first[..4].copy_from_slice(&number.to_le_bytes());
	}
	let proof = trapdoor::prove(curve, &inputs);
	Proven { inputs: inputs.try_into().unwrap(), proof: proof.try_into().unwrap() }
}

/// A registered key, and so many proofs for it.
fn batch<T: Config>(
	caller: &T::AccountId,
	curve: Curve,
	inputs: u32,
	proofs: u32,
) -> BoundedVec<Proven, ConstU32<MAX_BATCH>> {
	richly::<T>(caller);
	register::<T>(caller, curve, inputs);
	(0..proofs).map(|number| proven(curve, inputs, number)).collect::<Vec<_>>().try_into().unwrap()
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register_key_bn254(n: Linear<1, MAX_INPUTS>) {
		let (owner, key, binding) = key_for_runs::<T>(Curve::Bn254, n);

		#[block]
		{
			assert_ok!(Pallet::<T>::do_register_key(owner, Curve::Bn254, &key, binding, CEREMONY));
		}

		assert_eq!(NextKeyId::<T>::get(), 1);
	}

	#[benchmark]
	fn verify_bn254(n: Linear<1, MAX_INPUTS>) {
		let caller: T::AccountId = whitelisted_caller();
		richly::<T>(&caller);
		let key = register::<T>(&caller, Curve::Bn254, n);
		let proven = proven(Curve::Bn254, n, 0);

		#[block]
		{
			assert_ok!(Pallet::<T>::do_verify(caller, key, proven));
		}

		assert_eq!(Statements::<T>::iter().count(), 1);
	}

	#[benchmark]
	fn verify_batch_bn254(n: Linear<1, MAX_INPUTS>, p: Linear<1, MAX_BATCH>) {
		let caller: T::AccountId = whitelisted_caller();
		let batch = batch::<T>(&caller, Curve::Bn254, n, p);

		#[block]
		{
			assert_ok!(Pallet::<T>::do_verify_batch(caller, 0, batch).map_err(|error| error.error));
		}

		assert_eq!(Statements::<T>::iter().count(), p as usize);
	}

	/// The judgement of a proof, without the commitment to the output.
	#[benchmark]
	fn judge_bn254(n: Linear<1, MAX_INPUTS>) {
		let (owner, terms, evidence) = judged::<T>(Curve::Bn254, n);
		let work = work(&owner);
		let judgement;

		#[block]
		{
			judgement = Pallet::<T>::judge(&terms, &work, &evidence);
		}

		assert!(judgement.unwrap().convinces);
	}

	#[benchmark]
	fn register_key_bls12_381(n: Linear<1, MAX_INPUTS>) {
		let (owner, key, binding) = key_for_runs::<T>(Curve::Bls12_381, n);

		#[block]
		{
			assert_ok!(Pallet::<T>::do_register_key(owner, Curve::Bls12_381, &key, binding, CEREMONY));
		}

		assert_eq!(NextKeyId::<T>::get(), 1);
	}

	#[benchmark]
	fn verify_bls12_381(n: Linear<1, MAX_INPUTS>) {
		let caller: T::AccountId = whitelisted_caller();
		richly::<T>(&caller);
		let key = register::<T>(&caller, Curve::Bls12_381, n);
		let proven = proven(Curve::Bls12_381, n, 0);

		#[block]
		{
			assert_ok!(Pallet::<T>::do_verify(caller, key, proven));
		}

		assert_eq!(Statements::<T>::iter().count(), 1);
	}

	#[benchmark]
	fn verify_batch_bls12_381(n: Linear<1, MAX_INPUTS>, p: Linear<1, MAX_BATCH>) {
		let caller: T::AccountId = whitelisted_caller();
		let batch = batch::<T>(&caller, Curve::Bls12_381, n, p);

		#[block]
		{
			assert_ok!(Pallet::<T>::do_verify_batch(caller, 0, batch).map_err(|error| error.error));
		}

		assert_eq!(Statements::<T>::iter().count(), p as usize);
	}

	/// The judgement of a proof, without the commitment to the output.
	#[benchmark]
	fn judge_bls12_381(n: Linear<1, MAX_INPUTS>) {
		let (owner, terms, evidence) = judged::<T>(Curve::Bls12_381, n);
		let work = work(&owner);
		let judgement;

		#[block]
		{
			judgement = Pallet::<T>::judge(&terms, &work, &evidence);
		}

		assert!(judgement.unwrap().convinces);
	}

	#[benchmark]
	fn revoke_key() {
		let (owner, key, binding) = key_for_runs::<T>(Curve::Bls12_381, MAX_INPUTS);
		assert_ok!(Pallet::<T>::do_register_key(owner.clone(), Curve::Bls12_381, &key, binding, CEREMONY));

		#[extrinsic_call]
		revoke_key(RawOrigin::Signed(owner), 0);

		assert_eq!(Keys::<T>::get(0).unwrap().state, KeyState::Revoked);
	}

	#[benchmark]
	fn forget() {
		let caller: T::AccountId = whitelisted_caller();
		richly::<T>(&caller);
		let key = register::<T>(&caller, Curve::Bn254, 1);
		let proven = proven(Curve::Bn254, 1, 0);
		let statement = Pallet::<T>::hash_of(key, &proven.inputs);
		assert_ok!(Pallet::<T>::do_verify(caller.clone(), key, proven));
		assert_ok!(Pallet::<T>::do_revoke_key(None, key));

		#[extrinsic_call]
		forget(RawOrigin::Signed(caller), statement);

		assert_eq!(Statements::<T>::iter().count(), 0);
	}

	/// A commitment to so much that it takes `p` permutations.
	#[benchmark]
	fn commit(p: Linear<1, 40>) {
		// The salt takes the place of the first 31 bytes.
		let input = vec![0xab; (p * 4 - 1) as usize * 31];
		let len = input.len() as u32;
		let commitment;

		#[block]
		{
			commitment = aivm_verification::commit_input(Default::default(), &input);
		}

		assert_eq!(Pallet::<T>::permutations(len), p);
		assert_ne!(commitment, [0; 32]);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
