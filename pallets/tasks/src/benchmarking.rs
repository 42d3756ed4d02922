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
use aivm_traits::{ModelInspect, VersionRef};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	dispatch::DispatchInfo,
	traits::{
		fungible::{Inspect, Mutate},
		Get,
	},
	weights::Weight,
};

use crate::{programs, Config, InclusionFee, NextTaskId, Pallet, Tasks};

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

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
