// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet and balances. Its constants differ from each other, so that no test passes by accident.

use aivm_inference::Limits;
use aivm_traits::Balance;
use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::HoldConsideration, ConstU128, ConstU32, LinearStoragePrice},
};
use frame_system::EnsureRoot;
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, Permill};

use crate::{self as pallet_model_registry, HoldReason};

pub type Block = frame_system::mocking::MockBlock<Test>;

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
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Registry = pallet_model_registry;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<{ EXISTENTIAL_DEPOSIT }>;
	type AccountStore = System;
}

pub const EXISTENTIAL_DEPOSIT: Balance = 7;
pub const PROGRAM_BASE: Balance = 3_000;
pub const PROGRAM_PER_BYTE: Balance = 13;
pub const CHUNK_BYTES: u32 = 64;
pub const MAX_PROGRAM_BYTES: u32 = 4_000;
pub const MAX_VERSIONS: u32 = 9;
pub const MAX_PAGE: u32 = 4;

parameter_types! {
	pub const ModelReason: RuntimeHoldReason = RuntimeHoldReason::Registry(HoldReason::Model);
	pub const VersionReason: RuntimeHoldReason = RuntimeHoldReason::Registry(HoldReason::Version);
	pub const ProgramReason: RuntimeHoldReason = RuntimeHoldReason::Registry(HoldReason::Program);
	pub const ProgramLimits: Limits = Limits { max_bytes: MAX_PROGRAM_BYTES, ..Limits::DEFAULT };
	pub storage MaxRoyaltyShare: Permill = Permill::from_percent(40);
	pub storage MaxRoyaltyMinimum: Balance = 5_000;
	pub storage ModelPrice: Balance = 1_000;
}

impl crate::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type ModelDeposit =
		HoldConsideration<AccountId32, Balances, ModelReason, LinearStoragePrice<ModelPrice, ConstU128<5>, Balance>>;
	type VersionDeposit = HoldConsideration<
		AccountId32,
		Balances,
		VersionReason,
		LinearStoragePrice<ConstU128<2_000>, ConstU128<11>, Balance>,
	>;
	type ProgramDeposit = HoldConsideration<
		AccountId32,
		Balances,
		ProgramReason,
		LinearStoragePrice<ConstU128<PROGRAM_BASE>, ConstU128<PROGRAM_PER_BYTE>, Balance>,
	>;
	type RevokeOrigin = EnsureRoot<AccountId32>;
	type ProgramLimits = ProgramLimits;
	type MaxRoyaltyShare = MaxRoyaltyShare;
	type MaxRoyaltyMinimum = MaxRoyaltyMinimum;
	type MaxNameLen = ConstU32<24>;
	type MaxManifestCidLen = ConstU32<96>;
	type MaxLicenceLen = ConstU32<48>;
	type MaxReasonLen = ConstU32<40>;
	type MaxProgramBytes = ConstU32<MAX_PROGRAM_BYTES>;
	type ChunkBytes = ConstU32<CHUNK_BYTES>;
	type MaxVersionsPerModel = ConstU32<MAX_VERSIONS>;
	type MaxPageSize = ConstU32<MAX_PAGE>;
	type WeightInfo = ();
}

pub const ALICE: AccountId32 = AccountId32::new([1; 32]);
pub const BOB: AccountId32 = AccountId32::new([2; 32]);
pub const CHARLIE: AccountId32 = AccountId32::new([3; 32]);
/// Has no money.
pub const POOR: AccountId32 = AccountId32::new([9; 32]);

pub const ALICE_BALANCE: Balance = 1_000_000;
pub const BOB_BALANCE: Balance = 900_000;
pub const CHARLIE_BALANCE: Balance = 800_000;

/// Storage in block 1.
pub fn new_test_ext() -> sp_io::TestExternalities {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().expect("the genesis builds");
	pallet_balances::GenesisConfig::<Test> {
		balances: vec![(ALICE, ALICE_BALANCE), (BOB, BOB_BALANCE), (CHARLIE, CHARLIE_BALANCE)],
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("the genesis builds");
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs a test and checks every invariant after it.
pub fn run_test(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		if let Err(error) = Registry::do_try_state() {
			panic!("the test left an inconsistent state: {error:?}");
		}
	});
}
