// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet and the MMR that it feeds.

use frame_support::{derive_impl, parameter_types, traits::ConstU32, weights::Weight};
use sp_runtime::{
	traits::{IdentityLookup, Keccak256},
	AccountId32, BuildStorage,
};

use crate::{self as pallet_execution_receipts, WeightInfo};

pub type Block = frame_system::mocking::MockBlockU32<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Mmr = pallet_mmr;
	#[runtime::pallet_index(2)]
	pub type Receipts = pallet_execution_receipts;
}

parameter_types! {
	pub static MaxReceipts: u32 = 1_000;
	pub static Slowdown: u64 = 1;
}

/// The pallet's weights on a machine that compiles receipts so many times slower.
pub struct SlowWeights;
impl WeightInfo for SlowWeights {
	fn record(n: u32) -> Weight {
		<() as WeightInfo>::record(n)
	}

	fn on_finalize(n: u32) -> Weight {
		<() as WeightInfo>::on_finalize(n) * Slowdown::get()
	}
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
	// Without a node that makes final MMR nodes findable by position, the MMR finds them by the hashes of recent
	// blocks.
	type BlockHashCount = ConstU32<250>;
}

impl pallet_mmr::Config for Test {
	type BlockHashProvider = pallet_mmr::DefaultBlockHashProvider<Test>;
	type Hashing = Keccak256;
	type LeafData = Receipts;
	type OnNewRoot = Receipts;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();

	const INDEXING_PREFIX: &'static [u8] = sp_mmr_primitives::INDEXING_PREFIX;
}

impl crate::Config for Test {
	type MaxReceiptsPerBlock = MaxReceipts;
	type WeightInfo = SlowWeights;
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	MaxReceipts::set(1_000);
	Slowdown::set(1);
	frame_system::GenesisConfig::<Test>::default().build_storage().expect("it builds").into()
}
