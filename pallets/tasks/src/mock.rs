// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A runtime for tests. The registry and the receipts are simple tables, kept in storage so that they roll back with
//! it.

use aivm_inference::{Limits, Program};
use aivm_market_math::{Balance, Permill, Price, RoyaltyTerms, Shares};
use aivm_receipts::{ReceiptBody, ReceiptId};
use aivm_traits::{
	CollectorRefused, Collectors, Format, ModelInspect, PolicyApplied, PolicyGate, ReceiptSink, ReceiptsFull,
	VersionInfo, VersionRef, VersionState,
};
use frame_support::{
	derive_impl,
	dispatch::DispatchInfo,
	ensure, parameter_types, storage_alias,
	traits::{
		fungible::{InspectHold, MutateHold},
		ConstU32, ConstU64, Everything, Footprint, VariantCountOf,
	},
	weights::Weight,
	Blake2_128Concat,
};
use frame_system::{
	limits::BlockWeights,
	offchain::{CreateAuthorizedTransaction, CreateTransaction, CreateTransactionBase},
	AuthorizeCall, EnsureRoot,
};
use sp_core::{crypto::AccountId32, sr25519, Pair, H256};
use sp_runtime::{
	generic,
	traits::{BlakeTwo256, Convert, IdentityLookup},
	BuildStorage, MultiSignature, Perbill,
};

use crate as pallet_tasks;
use crate::InclusionFee;

/// What goes along with a transaction.
pub type Extension = (AuthorizeCall<Test>,);
pub type Extrinsic = generic::UncheckedExtrinsic<AccountId32, RuntimeCall, MultiSignature, Extension>;
pub type Block = generic::Block<generic::Header<u64, BlakeTwo256>, Extrinsic>;

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
	pub type Other = other_holds::Pallet<Test>;
	#[runtime::pallet_index(3)]
	pub type Tasks = pallet_tasks::Pallet<Test>;
	#[runtime::pallet_index(4)]
	pub type Verification = pallet_verification::Pallet<Test>;
}

/// Reasons for holds and freezes of somebody else.
#[frame_support::pallet]
pub mod other_holds {
	#[pallet::config]
	pub trait Config: frame_system::Config {}
	#[pallet::pallet]
	pub struct Pallet<T>(_);
	#[pallet::composite_enum]
	pub enum HoldReason {
		Stake,
	}
	#[pallet::composite_enum]
	pub enum FreezeReason {
		Vesting,
	}
}
impl other_holds::Config for Test {}

/// Weight of a second's work.
const SECOND: u64 = 1_000_000_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
pub const FUNDS: Balance = 1_000_000;
pub const PROVEN: u32 = 128;
pub const TASK_BLOCKS: u64 = 100;
pub const DEADLINES: u32 = 130;
pub const DEPOSIT: Balance = 70;

parameter_types! {
	pub Limit: BlockWeights =
		BlockWeights::with_sensible_defaults(Weight::from_parts(2 * SECOND, u64::MAX), Perbill::from_percent(75));
	pub const ExistentialDeposit: Balance = EXISTENTIAL_DEPOSIT;
	/// Every run costs the same, so that tests can state amounts.
	pub storage Prices: Price = Price { base: 1_000, per_mega_mac: 0, per_kibibyte: 0 };
	pub storage Cut: Shares = Shares { treasury: Permill::from_percent(10), burn: Permill::from_percent(5) };
	pub storage Author: Option<AccountId32> = Some(author());
	pub storage Applied: Option<PolicyApplied> = None;
	pub storage Fee: Balance = 0;
	pub storage Room: u32 = 3;
	/// Who has an endpoint.
	pub storage Served: Vec<AccountId32> = vec![];
	/// How often the collector was wrong.
	pub storage Wrong: u32 = 0;
	pub storage MaxOutput: u32 = 64;
	pub const MaxInputLen: u32 = 4_096;
	pub ReceiptWeight: Weight = Weight::from_parts(5_000_000, 7);
	pub Overhead: Weight = Weight::from_parts(300_000_000, 0);
	pub storage DryRunLimit: Weight = Weight::from_parts(60_000_000_000_000, u64::MAX);
	pub Treasury: AccountId32 = treasury();
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type BlockWeights = Limit;
	type BaseCallFilter = Everything;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ExistentialDeposit;
	type AccountStore = System;
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
}

impl pallet_tasks::Config for Test {
	type WeightInfo = ();
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type DepositPrice = FixedDeposit;
	type Kernels = aivm_inference::kernels::Portable;
	type Models = Registry;
	type Verifier = Verification;
	type Collectors = OneCollector;
	type Receipts = Receipts;
	type Policy = Gate;
	type BlockAuthor = Author;
	type Treasury = Treasury;
	type Price = Prices;
	type Shares = Cut;
	type InclusionFee = FixedFee;
	type MaxInputLen = MaxInputLen;
	type MaxOutputLen = MaxOutput;
	type MaxProvenLen = ConstU32<PROVEN>;
	type MaxTaskBlocks = ConstU64<TASK_BLOCKS>;
	type MaxDeadlinesPerBlock = ConstU32<DEADLINES>;
	type ReceiptWeight = ReceiptWeight;
	type TransactionOverhead = Overhead;
	type DryRunLimit = DryRunLimit;
}

impl pallet_verification::Config for Test {
	type WeightInfo = ();
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type DepositPrice = NoDeposit;
	type Models = Registry;
	type Groth16 = aivm_verification::Portable;
	type RevokeOrigin = EnsureRoot<AccountId32>;
	type MaxSystemLen = ConstU32<16>;
	type MaxCommittedLen = ConstU32<PROVEN>;
	type MaxPageSize = ConstU32<10>;
}

/// The one collector's key.
pub fn collector_key() -> sr25519::Pair {
	sr25519::Pair::from_seed(&[9; 32])
}

/// One collector, which may be [`Wrong`] twice, and the endpoints of those who are [`Served`].
pub struct OneCollector;
impl Collectors<AccountId32> for OneCollector {
	fn may_bring(provider: &AccountId32, collector: &sr25519::Public) -> Result<(), CollectorRefused> {
		ensure!(*collector == collector_key().public(), CollectorRefused::UnknownCollector);
		ensure!(Served::get().contains(provider), CollectorRefused::NoEndpoint);
		ensure!(Wrong::get() < 2, CollectorRefused::TooManyFailures);
		Ok(())
	}

	fn was_wrong(_: &sr25519::Public) {
		Wrong::set(&(Wrong::get() + 1));
	}

	fn sign(collector: &sr25519::Public, message: &[u8]) -> Option<sr25519::Signature> {
		let key = collector_key();
		(key.public() == *collector).then(|| key.sign(message))
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_collector(provider: &AccountId32) -> sr25519::Public {
		Served::set(&vec![provider.clone()]);
		collector_key().public()
	}
}

impl<C> CreateTransactionBase<C> for Test
where
	RuntimeCall: From<C>,
{
	type Extrinsic = Extrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<C> CreateTransaction<C> for Test
where
	RuntimeCall: From<C>,
{
	type Extension = Extension;

	fn create_transaction(call: RuntimeCall, extension: Extension) -> Extrinsic {
		Extrinsic::new_transaction(call, extension)
	}
}

impl<C> CreateAuthorizedTransaction<C> for Test
where
	RuntimeCall: From<C>,
{
	fn create_extension() -> Extension {
		(AuthorizeCall::new(),)
	}
}

/// Keys cost nothing here, so that tests can state amounts.
pub struct NoDeposit;
impl Convert<Footprint, Balance> for NoDeposit {
	fn convert(_: Footprint) -> Balance {
		0
	}
}

/// Every task has the same deposit, so that tests can state amounts.
pub struct FixedDeposit;
impl Convert<Footprint, Balance> for FixedDeposit {
	fn convert(footprint: Footprint) -> Balance {
		assert!(footprint.count > 0 && footprint.size > 0);
		DEPOSIT
	}
}

/// What [`Applied`] says let the requester act.
pub struct Gate;
impl PolicyGate for Gate {
	fn decision() -> Option<PolicyApplied> {
		Applied::get()
	}
}

/// Every transaction costs [`Fee`].
pub struct FixedFee;
impl InclusionFee for FixedFee {
	fn inclusion_fee(_: u32, _: &DispatchInfo) -> Balance {
		Fee::get()
	}
}

/// A table of versions.
pub struct Registry;

#[storage_alias]
pub type Versions = StorageMap<Mock, Blake2_128Concat, VersionRef, VersionInfo<AccountId32>>;
#[storage_alias]
pub type Programs = StorageMap<Mock, Blake2_128Concat, VersionRef, Vec<u8>>;

impl ModelInspect<AccountId32> for Registry {
	fn version(version: VersionRef) -> Option<VersionInfo<AccountId32>> {
		Versions::get(version)
	}

	fn program(version: VersionRef) -> Option<Vec<u8>> {
		Programs::get(version)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_program(owner: AccountId32, program: Vec<u8>, royalty: RoyaltyTerms) -> VersionRef {
		publish(owner, program, royalty)
	}
}

/// Puts an active version with this program into the registry.
pub fn publish(owner: AccountId32, program: Vec<u8>, royalty: RoyaltyTerms) -> VersionRef {
	let (_, summary) = Program::decode_and_validate(&program, &Limits::DEFAULT).unwrap();
	let version = VersionRef { model: Versions::iter().count() as u32, version: 1 };
	Versions::insert(
		version,
		VersionInfo {
			owner,
			state: VersionState::Active,
			format: Format::Program,
			artefact_hash: H256(sp_io::hashing::blake2_256(&program)),
			royalty,
			summary: Some(summary),
		},
	);
	Programs::insert(version, program);
	version
}

/// A list of receipts with [`Room`] for so many.
pub struct Receipts;

#[storage_alias]
pub type Recorded = StorageValue<Mock, Vec<ReceiptBody>, frame_support::pallet_prelude::ValueQuery>;

impl ReceiptSink for Receipts {
	fn has_room() -> bool {
		Recorded::get().len() < Room::get() as usize
	}

	fn record(body: ReceiptBody) -> Result<ReceiptId, ReceiptsFull> {
		if !Self::has_room() {
			return Err(ReceiptsFull);
		}
		Recorded::append(body);
		Ok(ReceiptId { block: System::block_number() as u32, index: Recorded::get().len() as u32 - 1 })
	}
}

pub fn account(number: u8) -> AccountId32 {
	AccountId32::new([number; 32])
}

/// Who asks.
pub fn alice() -> AccountId32 {
	account(1)
}

/// Who owns the model.
pub fn bob() -> AccountId32 {
	account(2)
}

/// Who makes blocks.
pub fn author() -> AccountId32 {
	account(3)
}

pub fn treasury() -> AccountId32 {
	account(4)
}

/// A chain at block 1 with funds for everyone named above.
pub fn new_test_ext() -> sp_io::TestExternalities {
	new_test_ext_with([alice(), bob(), author(), treasury(), account(5)].map(|who| (who, FUNDS)).to_vec())
}

/// A chain at block 1 with these balances.
pub fn new_test_ext_with(balances: Vec<(AccountId32, Balance)>) -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
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
	run_test_on(new_test_ext(), test)
}

/// Runs `test` on this chain, and checks the pallet's state after it.
pub fn run_test_on(mut ext: sp_io::TestExternalities, test: impl FnOnce()) {
	ext.execute_with(|| {
		test();
		Tasks::do_try_state().unwrap();
		Verification::do_try_state().unwrap();
	});
}

/// What `who` has on hold for open tasks.
pub fn escrow_of(who: &AccountId32) -> Balance {
	Balances::balance_on_hold(&pallet_tasks::HoldReason::Escrow.into(), who)
}

/// What `who` has on hold for the storage of open tasks.
pub fn deposits_of(who: &AccountId32) -> Balance {
	Balances::balance_on_hold(&pallet_tasks::HoldReason::Deposit.into(), who)
}

/// Puts `amount` of `who` on hold for a reason that is not this pallet's.
pub fn hold_elsewhere(who: &AccountId32, amount: Balance) {
	Balances::hold(&other_holds::HoldReason::Stake.into(), who, amount).unwrap();
}
