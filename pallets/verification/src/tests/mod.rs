// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Helpers for the tests, which are sorted by topic.

use aivm_traits::{Balance, KeyId, VersionRef};
use aivm_verification::{Curve, Scalar};
use ark_bls12_381::Bls12_381;
use ark_bn254::Bn254;
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::DispatchResult;

use crate::{mock::*, *};

mod fault;
mod keys;
pub mod points;
mod random;
mod statements;
mod try_state;
mod vectors;
mod views;

pub use aivm_oracle::wire::Circuit;

pub const CEREMONY: Setup = Setup::Ceremony { contributions: 2, has_beacon: true, transcript: H256::repeat_byte(5) };

pub fn signed(who: AccountId32) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn name(text: &str) -> SystemOf<Test> {
	text.as_bytes().to_vec().try_into().unwrap()
}

/// For proofs that are verified standalone.
pub fn standalone() -> BindingOf<Test> {
	Binding::External { system: name("circom"), runs: None }
}

/// For runs of a version, in AIVM's own circuits.
pub fn of_version(version: VersionRef) -> BindingOf<Test> {
	Binding::Version { version, weights: Weights::Public }
}

/// For runs of a version, in circuits of others.
pub fn of_runs(version: VersionRef, layout: Layout) -> BindingOf<Test> {
	Binding::External { system: name("other"), runs: Some(Runs { version, layout }) }
}

pub fn register_as(
	who: AccountId32,
	curve: Curve,
	key: &[u8],
	binding: BindingOf<Test>,
	setup: Setup,
) -> DispatchResult {
	Verification::register_key(signed(who), curve, key.to_vec().try_into().unwrap(), binding, setup)
}

/// Alice registers a key, made in a ceremony.
pub fn register(curve: Curve, key: &[u8], binding: BindingOf<Test>) -> KeyId {
	let id = NextKeyId::<Test>::get();
	assert_ok!(register_as(alice(), curve, key, binding, CEREMONY));
	id
}

/// Small numbers as public inputs.
pub fn numbers(numbers: &[u8]) -> Vec<Scalar> {
	numbers
		.iter()
		.map(|number| {
			let mut scalar = [0; 32];
			scalar[0] = *number;
			scalar
		})
		.collect()
}

pub fn proven(inputs: &[Scalar], proof: &[u8]) -> Proven {
	Proven { inputs: inputs.to_vec().try_into().unwrap(), proof: proof.to_vec().try_into().unwrap() }
}

pub fn held(reason: HoldReason, who: &AccountId32) -> Balance {
	Balances::balance_on_hold(&reason.into(), who)
}

pub fn last_event() -> RuntimeEvent {
	System::events().pop().unwrap().event
}
