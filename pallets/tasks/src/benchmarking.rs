// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks.
//!
//! The weight of a run is linear in its cost, as [`Pallet::run_weight`] puts it together: `run_dense` and `run_trees`
//! measure the time of a thousand multiply-accumulates (or what the cost model takes for them) for two kinds of
//! operations, of which the slower counts; `run_bytes` measures the time to read and decode a KiB of program. Each
//! varies its own number over real programs and keeps the other one small.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects)]

use aivm_inference::Program;
use aivm_market_math::{Permill, RoyaltyTerms};
use aivm_receipts::{Evidence, TaskId};
use aivm_traits::{Collectors, Judgement, ModelInspect, ReceiptSink, Verifier, VersionRef};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	dispatch::DispatchInfo,
	pallet_prelude::{Authorize, DispatchError, TransactionSource},
	traits::{
		fungible::{Inspect, Mutate},
		Get,
	},
	weights::Weight,
	BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::traits::One;

use crate::{programs, Call, Config, Deadlines, Event, InclusionFee, Input, NextTaskId, Pallet, Tasks, TermsOf};

/// Rows of the program that `make` makes for which one run is `kilo_macs` thousand multiply-accumulates.
fn rows(make: fn(u32) -> Vec<u8>, kilo_macs: u32) -> u32 {
	let macs = |rows| programs::summary(&make(rows)).cost.macs;
	let (one, two) = (macs(1), macs(2));
	let more = u64::from(kilo_macs).saturating_mul(1_000).saturating_sub(one);
	u32::try_from(more / (two - one)).unwrap() + 1
}

fn richly<T: Config>(who: &T::AccountId) {
	let _ = T::Currency::set_balance(who, T::Currency::minimum_balance() * 1_000_000_000);
}

/// An active version of `program`, whose owner can take any payment.
fn publish<T: Config>(program: Vec<u8>) -> VersionRef {
	let owner: T::AccountId = account("owner", 0, 0);
	richly::<T>(&owner);
	let minimum = T::Currency::minimum_balance();
	T::Models::set_up_program(owner, program, RoyaltyTerms { share: Permill::from_percent(5), minimum })
}

/// A version, and terms that tasks for it can be requested under.
fn provable<T: Config>() -> (VersionRef, TermsOf<T>) {
	let version = publish::<T>(programs::dense(1));
	(version, T::Verifier::set_up_terms(account("owner", 0, 0), version))
}

/// The deadline of all requests here.
fn deadline<T: Config>() -> BlockNumberFor<T> {
	frame_system::Pallet::<T>::block_number() + T::MaxTaskBlocks::get()
}

/// `who` asks `provider`, with a committed input.
fn request<T: Config>(
	who: T::AccountId,
	provider: T::AccountId,
	version: VersionRef,
	terms: TermsOf<T>,
) -> Result<TaskId, BenchmarkError> {
	let id = NextTaskId::<T>::get();
	let price = T::Currency::minimum_balance() * 1_000;
	let input = Input::Committed(H256::zero());
	Pallet::<T>::do_request(who, version, provider, input, terms, price, u128::MAX, deadline::<T>())
		.map_err(|_| BenchmarkError::Stop("the request failed"))?;
	Ok(id)
}

/// A task that waits for its provider, among as many others as can have the same deadline.
fn requested<T: Config>(provider: &T::AccountId) -> Result<TaskId, BenchmarkError> {
	let requester: T::AccountId = account("requester", 0, 0);
	for who in [&requester, provider, &T::Treasury::get()] {
		richly::<T>(who);
	}
	let (version, terms) = provable::<T>();
	let id = request::<T>(requester, provider.clone(), version, terms)?;
	let others = (1..u64::from(T::MaxDeadlinesPerBlock::get())).map(|other| id + other);
	Deadlines::<T>::insert(deadline::<T>(), BoundedVec::truncate_from(core::iter::once(id).chain(others).collect()));
	Ok(id)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// Everything of `infer` but the run, by the length of the input. The lightest run there is for such an input is
	/// measured with it.
	#[benchmark]
	fn infer(i: Linear<1, { T::MaxInputLen::get() }>) -> Result<(), BenchmarkError> {
		let caller: T::AccountId = whitelisted_caller();
		let author: T::AccountId = account("author", 0, 0);
		for who in [&caller, &author, &T::Treasury::get()] {
			richly::<T>(who);
		}
		let version = publish::<T>(programs::largest(i));
		let input = programs::noise(i);

		#[block]
		{
			Pallet::<T>::do_infer(caller, version, &input, Weight::MAX, u128::MAX, Some(author))
				.map_err(|_| BenchmarkError::Stop("the inference failed"))?;
		}

		assert_eq!(NextTaskId::<T>::get(), 1);
		assert_eq!(Tasks::<T>::iter().count(), 0);
		Ok(())
	}

	/// What the transaction extension does for a call of `infer`.
	#[benchmark]
	fn check_inference() -> Result<(), BenchmarkError> {
		let caller: T::AccountId = whitelisted_caller();
		richly::<T>(&caller);
		let version = publish::<T>(programs::dense(1));
		let found;

		#[block]
		{
			let fee = T::InclusionFee::inclusion_fee(1_000, &DispatchInfo::default());
			found = Pallet::<T>::check(&caller, version, 784, Weight::MAX, u128::MAX, fee);
		}

		assert!(found.is_ok());
		Ok(())
	}

	/// A run of `m` thousand multiply-accumulates in a dense layer.
	#[benchmark]
	fn run_dense(m: Linear<1, 2_000>) -> Result<(), BenchmarkError> {
		let bytes = programs::dense(rows(programs::dense, m));
		let input = programs::noise(programs::summary(&bytes).input_len);
		let output;

		#[block]
		{
			output = Program::decode_validated(&bytes).map(|program| program.run(&input));
		}

		assert!(matches!(output, Ok(Ok(_))));
		Ok(())
	}

	/// A run of `m` thousand multiply-accumulates, or what the cost model takes for them, in an ensemble of decision
	/// trees.
	#[benchmark]
	fn run_trees(m: Linear<1, 4_000>) -> Result<(), BenchmarkError> {
		let bytes = programs::trees(rows(programs::trees, m));
		let input = programs::noise(programs::summary(&bytes).input_len);
		let output;

		#[block]
		{
			output = Program::decode_validated(&bytes).map(|program| program.run(&input));
		}

		assert!(matches!(output, Ok(Ok(_))));
		Ok(())
	}

	/// Reading and decoding a program of `k` KiB.
	#[benchmark]
	fn run_bytes(k: Linear<1, 500>) -> Result<(), BenchmarkError> {
		let version = publish::<T>(programs::wide(k));
		let program;

		#[block]
		{
			program = T::Models::program(version).map(|bytes| Program::decode_validated(&bytes));
		}

		assert!(matches!(program, Some(Ok(_))));
		Ok(())
	}

	/// Everything of `request` but the commitment to a public input.
	#[benchmark]
	fn request() -> Result<(), BenchmarkError> {
		let caller: T::AccountId = whitelisted_caller();
		richly::<T>(&caller);
		let (version, terms) = provable::<T>();
		let others = 1..u64::from(T::MaxDeadlinesPerBlock::get());
		Deadlines::<T>::insert(deadline::<T>(), BoundedVec::truncate_from(others.collect()));

		#[block]
		{
			super::request::<T>(caller, account("provider", 0, 0), version, terms)?;
		}

		assert_eq!(Tasks::<T>::iter().count(), 1);
		Ok(())
	}

	/// Everything of `submit` but the judgement and the commitment to the output, when the evidence convinces.
	#[benchmark]
	fn submit() -> Result<(), BenchmarkError> {
		let caller: T::AccountId = whitelisted_caller();
		let id = requested::<T>(&caller)?;
		let output = BoundedVec::truncate_from(programs::noise(T::MaxProvenLen::get()));
		let evidence = Evidence::Groth16 { key: 0, statement: H256::zero() };
		let judgement = Judgement { convinces: true, evidence, output: H256::zero(), weight: Weight::zero() };

		#[block]
		{
			Pallet::<T>::assigned(id, &caller).map_err(|_| BenchmarkError::Stop("the task does not wait"))?;
			assert!(T::Receipts::has_room());
			Pallet::<T>::conclude(id, output, judgement).map_err(|_| BenchmarkError::Stop("the task did not end"))?;
		}

		assert_eq!(Tasks::<T>::iter().count(), 0);
		Ok(())
	}

	/// What `submit_collected` does beyond what `submit` does: it tells that a collector was wrong.
	#[benchmark]
	fn submit_collected() -> Result<(), BenchmarkError> {
		let provider: T::AccountId = account("provider", 0, 0);
		let collector = T::Collectors::set_up_collector(&provider);

		#[block]
		{
			T::Collectors::was_wrong(&collector);
			Pallet::<T>::deposit_event(Event::CollectionRefused {
				task: 0,
				collector,
				reason: DispatchError::BadOrigin,
			});
		}

		Ok(())
	}

	#[benchmark]
	fn authorize_submit_collected() -> Result<(), BenchmarkError> {
		let provider: T::AccountId = account("provider", 0, 0);
		let task = requested::<T>(&provider)?;
		let collector = T::Collectors::set_up_collector(&provider);
		let output = BoundedVec::truncate_from(programs::noise(T::MaxProvenLen::get()));
		let evidence = T::Verifier::longest_evidence();
		let digest = Pallet::<T>::collection_digest(task, &output, &evidence);
		let signature = T::Collectors::sign(&collector, &digest).ok_or(BenchmarkError::Stop("no key"))?;
		let call = Call::<T>::submit_collected { task, output, evidence, collector, signature };

		#[block]
		{
			call.authorize(TransactionSource::External).ok_or("the call has a rule")??;
		}

		Ok(())
	}

	#[benchmark]
	fn cancel() -> Result<(), BenchmarkError> {
		let caller: T::AccountId = whitelisted_caller();
		let id = requested::<T>(&caller)?;

		#[extrinsic_call]
		cancel(frame_system::RawOrigin::Signed(caller), id);

		assert_eq!(Tasks::<T>::iter().count(), 0);
		Ok(())
	}

	/// What the block after the deadline of `n` tasks does.
	#[benchmark]
	fn sweep(n: Linear<0, { T::MaxDeadlinesPerBlock::get() }>) -> Result<(), BenchmarkError> {
		let (version, terms) = provable::<T>();
		for number in 0..n {
			let requester: T::AccountId = account("requester", number, 0);
			richly::<T>(&requester);
			super::request::<T>(requester, account("provider", number, 0), version, terms.clone())?;
		}
		let now = deadline::<T>() + One::one();
		frame_system::Pallet::<T>::set_block_number(now);

		#[block]
		{
			Pallet::<T>::sweep(now);
		}

		assert_eq!(Tasks::<T>::iter().count(), 0);
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
