// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Requests that are proved, for the tests of each of their steps. The proofs are real: the circuit has the public inputs that
//! the chain's own circuits have.

use aivm_oracle::wire::Circuit;
use aivm_traits::KeyId;
use aivm_verification::{Curve, Scalar};
use ark_bls12_381::Bls12_381;
use frame_support::assert_ok;
use pallet_verification::{
	kinds::{
		groth16::{Demand as ProofDemand, Evidence as Proof, Terms as ProofTerms},
		Demand, Evidence, Terms,
	},
	Binding, Setup, Weights,
};
use sp_runtime::DispatchResult;

use super::*;
use crate::{Input, InputOf, ProvenOf};

/// The last block in which Carol can submit.
pub const DEADLINE: u64 = 20;

/// What Alice offers, so that she pays [`TOTAL`].
pub const PRICE: Balance = 1_000;

/// Who proves.
pub fn carol() -> AccountId32 {
	account(5)
}

pub fn circuit() -> Circuit<Bls12_381> {
	Circuit::new(4, 1)
}

/// Bob registers a key for his version, made by one party or in a ceremony.
pub fn key(version: VersionRef, setup: Setup) -> KeyId {
	let id = pallet_verification::NextKeyId::<Test>::get();
	let binding = Binding::Version { version, weights: Weights::Public };
	let wire = circuit().wire_key().try_into().unwrap();
	assert_ok!(Verification::register_key(RuntimeOrigin::signed(bob()), Curve::Bls12_381, wire, binding, setup));
	id
}

pub const CEREMONY: Setup = Setup::Ceremony { contributions: 3, has_beacon: true, transcript: H256::zero() };

pub fn terms(key: KeyId) -> Terms {
	Terms::Groth16(ProofTerms { key, accept_single_party: false })
}

/// Bob's model with a key.
pub fn provable() -> (VersionRef, Terms) {
	let version = model();
	(version, terms(key(version, CEREMONY)))
}

pub fn public(input: &[u8]) -> InputOf<Test> {
	Input::Public(input.to_vec().try_into().unwrap())
}

/// Alice asks Carol, and pays whatever it takes.
pub fn request(version: VersionRef, input: InputOf<Test>, terms: Terms) -> DispatchResult {
	Tasks::request(RuntimeOrigin::signed(alice()), version, carol(), input, terms, PRICE, Balance::MAX, DEADLINE)
}

/// Alice asks Carol to prove a run of Bob's model. Its output is [`OUTPUT`].
pub fn requested() -> TaskId {
	let (version, terms) = provable();
	requested_of(version, terms)
}

/// Alice asks Carol to prove a run of this version.
pub fn requested_of(version: VersionRef, terms: Terms) -> TaskId {
	let id = crate::NextTaskId::<Test>::get();
	assert_ok!(request(version, public(&INPUT), terms));
	id
}

pub fn output() -> ProvenOf<Test> {
	OUTPUT.to_vec().try_into().unwrap()
}

pub fn demand(task: TaskId, output: &[u8]) -> ProofDemand {
	let Demand::Groth16(demand) = Tasks::demand(task, output.to_vec()).unwrap();
	demand
}

pub fn public_inputs(task: TaskId, output: &[u8]) -> Vec<Scalar> {
	demand(task, output).inputs.into_iter().map(Option::unwrap).collect()
}

pub fn evidence(proof: &[u8]) -> Evidence {
	Evidence::Groth16(Proof { proof: proof.to_vec().try_into().unwrap(), free: Default::default() })
}

/// The proof that this task's output is [`OUTPUT`].
pub fn proof(task: TaskId) -> Vec<u8> {
	circuit().prove(&public_inputs(task, &OUTPUT))
}

/// Carol submits; only the error counts.
pub fn submit(task: TaskId, output: ProvenOf<Test>, evidence: Evidence) -> DispatchResult {
	submit_as(carol(), task, output, evidence)
}

pub fn submit_as(who: AccountId32, task: TaskId, output: ProvenOf<Test>, evidence: Evidence) -> DispatchResult {
	frame_support::storage::with_storage_layer(|| {
		Tasks::submit(RuntimeOrigin::signed(who), task, output, evidence).map(|_| ()).map_err(|error| error.error)
	})
}

pub fn last_event() -> RuntimeEvent {
	System::events().pop().unwrap().event
}
