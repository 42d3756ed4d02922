// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Helpers for the tests, which are sorted by topic.

use aivm_market_math::{Balance, Permill, RoyaltyTerms, Shares, Split};
use aivm_receipts::{Payment, PolicyDecision, TaskId, TrustPath};
use aivm_traits::VersionRef;
use frame_support::{dispatch::PostDispatchInfo, weights::Weight, BoundedVec};
use sp_core::H256;
use sp_runtime::{AccountId32, DispatchError, DispatchErrorWithPostInfo};

use crate::{mock::*, programs, Task, TaskOf, TaskState};

mod collected;
mod deadlines;
mod extension;
mod infer;
mod lifecycle;
mod money;
mod proven;
mod request;
mod state;
mod submit;
mod try_state;
mod views;
mod weight;

/// An input for [`model`].
const INPUT: [u8; 4] = [5, 1, 2, 3];

/// What [`model`] gives for [`INPUT`].
const OUTPUT: [u8; 8] = [15, 0, 0, 0, 5, 0, 0, 0];

/// What a run of [`model`] costs.
const TOTAL: Balance = 1_050;

/// Who gets what of [`TOTAL`].
const SPLIT: Split = Split { provider: 650, royalty: 250, treasury: 100, burn: 50 };

/// Bob's model: a fifth of the compute price, and at least 250.
fn model() -> VersionRef {
	model_with(Permill::from_percent(20), 250)
}

/// Bob's model with this royalty.
fn model_with(share: Permill, minimum: Balance) -> VersionRef {
	publish(bob(), programs::sums(), RoyaltyTerms { share, minimum })
}

/// Alice asks, and allows whatever it needs.
fn ask(version: VersionRef, input: &[u8]) -> Result<PostDispatchInfo, DispatchErrorWithPostInfo<PostDispatchInfo>> {
	ask_within(version, input, Weight::MAX, Balance::MAX)
}

/// Alice asks, and allows so much.
fn ask_within(
	version: VersionRef,
	input: &[u8],
	weight_limit: Weight,
	max_payment: Balance,
) -> Result<PostDispatchInfo, DispatchErrorWithPostInfo<PostDispatchInfo>> {
	let input = BoundedVec::try_from(input.to_vec()).unwrap();
	Tasks::infer(RuntimeOrigin::signed(alice()), version, input, weight_limit, max_payment)
}

/// Alice asks; only the error counts.
fn ask_plain(version: VersionRef, input: &[u8]) -> Result<PostDispatchInfo, DispatchError> {
	ask(version, input).map_err(|error| error.error)
}

/// The payment in the last receipt.
fn paid() -> Payment {
	Recorded::get().last().unwrap().payment
}

fn payment(provider: Balance, royalty: Balance, treasury: Balance, burn: Balance) -> Payment {
	Payment { provider, royalty, treasury, burn }
}

fn free(who: AccountId32) -> Balance {
	Balances::free_balance(who)
}

fn no_shares() {
	Cut::set(&Shares::default());
}

/// A task of Alice in its first state.
fn task() -> TaskOf<Test> {
	Task {
		requester: alice(),
		version: VersionRef { model: 0, version: 1 },
		artefact_hash: H256::repeat_byte(1),
		path: TrustPath::Optimistic,
		state: TaskState::Requested,
		provider: Some(author()),
		royalty_to: bob(),
		payment: SPLIT,
		escrow: TOTAL,
		deposit: DEPOSIT,
		input_hash: H256::repeat_byte(2),
		output_len: None,
		deadline: 9,
		terms: None,
		policy: PolicyDecision::NotApplied,
	}
}

/// Opens [`task`] and puts it into `state`.
fn task_in(state: TaskState) -> TaskId {
	let id = Tasks::open(task()).unwrap();
	crate::Tasks::<Test>::mutate(id, |task| task.as_mut().unwrap().state = state);
	id
}

/// Does something, and checks that it changed nothing in storage.
fn unchanged<R>(act: impl FnOnce() -> R) -> R {
	let root = || sp_io::storage::root(sp_runtime::StateVersion::V1);
	let before = root();
	let result = act();
	assert_eq!(root(), before, "the storage was changed");
	result
}
