// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A runtime for tests, with a verifier that counts its calls. The registry of models is a simple table.

use aivm_traits::{Balance, Format, ModelInspect, RoyaltyTerms, VersionInfo, VersionRef, VersionState};
use aivm_verification::{Claim, Curve, Groth16, KeyError, Portable, ProofError, Scalar};
use frame_support::{
	derive_impl, parameter_types, storage_alias,
	traits::{ConstU32, Footprint, VariantCountOf},
	Blake2_128Concat,
};
use frame_system::EnsureRoot;
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::{
	traits::{Convert, IdentityLookup},
	BuildStorage,
};

use crate as pallet_verification;

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
	pub type System = frame_system::Pallet<Test>;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances::Pallet<Test>;
	#[runtime::pallet_index(2)]
	pub type Verification = pallet_verification::Pallet<Test>;
}

pub const FUNDS: Balance = 10_000_000;
pub const COMMITTED: u32 = 200;
pub const PAGE: u32 = 3;

parameter_types! {
	pub const ExistentialDeposit: Balance = 10;
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
	type ExistentialDeposit = ExistentialDeposit;
	type AccountStore = System;
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
}

impl pallet_verification::Config for Test {
	type WeightInfo = ();
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type DepositPrice = Price;
	type Models = Registry;
	type Groth16 = Host;
	type RevokeOrigin = EnsureRoot<AccountId32>;
	type MaxSystemLen = ConstU32<16>;
	type MaxCommittedLen = ConstU32<COMMITTED>;
	type MaxPageSize = ConstU32<PAGE>;
}

/// Stands for the chain's host functions.
pub struct Host;

parameter_types! {
	/// How often they were called.
	pub static HostCalls: u32 = 0;
}

impl Host {
	fn called() {
		HostCalls::mutate(|calls| *calls += 1);
	}
}

impl Groth16 for Host {
	fn prepare_key(curve: Curve, key: &[u8]) -> Result<Vec<u8>, KeyError> {
		Self::called();
		Portable::prepare_key(curve, key)
	}

	fn verify(curve: Curve, prepared: &[u8], proof: &[u8], inputs: &[Scalar]) -> Result<(), ProofError> {
		Self::called();
		Portable::verify(curve, prepared, proof, inputs)
	}

	fn verify_batch(curve: Curve, prepared: &[u8], claims: &[Claim]) -> Vec<Result<(), ProofError>> {
		Self::called();
		Portable::verify_batch(curve, prepared, claims)
	}
}

/// A hundred for each item and one for each byte.
pub struct Price;
impl Convert<Footprint, Balance> for Price {
	fn convert(footprint: Footprint) -> Balance {
		u128::from(100 * footprint.count + footprint.size)
	}
}

/// A table of versions.
pub struct Registry;

#[storage_alias]
pub type Versions = StorageMap<Mock, Blake2_128Concat, VersionRef, VersionInfo<AccountId32>>;

impl ModelInspect<AccountId32> for Registry {
	fn version(version: VersionRef) -> Option<VersionInfo<AccountId32>> {
		Versions::get(version)
	}

	fn program(_: VersionRef) -> Option<Vec<u8>> {
		None
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_program(owner: AccountId32, program: Vec<u8>, _: RoyaltyTerms) -> VersionRef {
		publish_artefact(owner, H256(sp_io::hashing::blake2_256(&program)))
	}
}

/// The artefact's hash of [`publish`].
pub const ARTEFACT: H256 = H256::repeat_byte(0xab);

/// Puts an active version into the registry.
pub fn publish(owner: AccountId32) -> VersionRef {
	publish_artefact(owner, ARTEFACT)
}

fn publish_artefact(owner: AccountId32, artefact_hash: H256) -> VersionRef {
	let version = VersionRef { model: Versions::iter().count() as u32, version: 1 };
	Versions::insert(
		version,
		VersionInfo {
			owner,
			state: VersionState::Active,
			format: Format::Program,
			artefact_hash,
			royalty: RoyaltyTerms::default(),
			summary: None,
		},
	);
	version
}

/// Changes the state of a version.
pub fn set_state(version: VersionRef, state: VersionState) {
	Versions::mutate(version, |info| info.as_mut().unwrap().state = state);
}

pub fn account(number: u8) -> AccountId32 {
	AccountId32::new([number; 32])
}

/// Who owns the model.
pub fn alice() -> AccountId32 {
	account(1)
}

/// Who has nothing to do with the model.
pub fn bob() -> AccountId32 {
	account(2)
}

/// Who has no money.
pub fn poor() -> AccountId32 {
	account(9)
}

/// A chain at block 1 with funds for Alice and Bob.
pub fn new_test_ext() -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: vec![(alice(), FUNDS), (bob(), FUNDS)],
			..Default::default()
		},
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs `test` on a new chain, and checks the pallet's state after it.
pub fn run_test(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		Verification::do_try_state().unwrap();
	});
}
