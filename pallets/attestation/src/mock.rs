// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A runtime for tests.

use aivm_attestation::{
	development::Development, Binding, Portable, Roots, Statuses, Subject, TcbPolicy, TcbStatus, Window,
};
use aivm_traits::{Balance, CollectedProofs, CollectorRefused, Collectors, ProofRefused, TaskId};
use codec::DecodeAll;
use frame_support::{
	derive_impl, ensure, parameter_types,
	traits::{fungible::InspectHold, EitherOfDiverse, Footprint, Get, Hooks},
};
use frame_system::{
	offchain::{CreateAuthorizedTransaction, CreateTransaction, CreateTransactionBase},
	AuthorizeCall, EnsureRoot, EnsureSignedBy,
};
use sp_core::{crypto::AccountId32, sr25519, Pair, H256};
use sp_runtime::{
	generic,
	traits::{BlakeTwo256, Convert, IdentityLookup},
	BuildStorage, MultiSignature,
};

use crate as pallet_attestation;
use crate::{evidence, Collateral, DevicesEvidence, Evidence, HoldReason, MachineEvidence, Tier};

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
	pub type Timestamp = pallet_timestamp::Pallet<Test>;
	#[runtime::pallet_index(2)]
	pub type Balances = pallet_balances::Pallet<Test>;
	#[runtime::pallet_index(3)]
	pub type Attestation = pallet_attestation::Pallet<Test>;
}

/// 2025-01-01, when what is forged is valid.
pub const NOW: u64 = evidence::forge::NOW;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
pub const FUNDS: Balance = 1_000_000;
pub const PERIOD: u64 = 10;
pub const MAX_AGE: u64 = 7_200;

parameter_types! {
	pub const ExistentialDeposit: Balance = EXISTENTIAL_DEPOSIT;
	pub const Period: u64 = PERIOD;
	pub const MaxAge: u64 = MAX_AGE;
	pub const MaxFailures: u32 = 2;
	pub storage Forged: bool = false;
	/// Tasks that wait for a proof, with their providers.
	pub storage WaitingTasks: Vec<(TaskId, AccountId32)> = vec![];
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ExistentialDeposit;
	type AccountStore = System;
}

/// A unit for each byte.
pub struct Price;
impl Convert<Footprint, Balance> for Price {
	fn convert(footprint: Footprint) -> Balance {
		(footprint.count * 100 + footprint.size).into()
	}
}

/// The makers' roots, or roots of our own where [`Forged`] says so.
pub struct SomeRoots;
impl Get<Roots<'static>> for SomeRoots {
	fn get() -> Roots<'static> {
		if Forged::get() {
			evidence::forged_roots()
		} else {
			Roots::PRODUCTION
		}
	}
}

frame_support::ord_parameter_types! {
	pub const CouncilAccount: AccountId32 = AccountId32::new([9; 32]);
}

impl pallet_attestation::Config for Test {
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = SetTime;
	type Currency = Balances;
	type DepositPrice = Price;
	type GovernanceOrigin = EitherOfDiverse<EnsureRoot<AccountId32>, EnsureSignedBy<CouncilAccount, AccountId32>>;
	type MaxAge = MaxAge;
	type MaxFailures = MaxFailures;
	type Period = Period;
	type Proofs = Waiting;
	type Roots = SomeRoots;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Signatures = Portable;
	type Time = Timestamp;
	type WeightInfo = ();
}

/// The [`WaitingTasks`]. The proof of each is its number, and ends it.
pub struct Waiting;
impl CollectedProofs<AccountId32> for Waiting {
	fn longest_answer() -> usize {
		8
	}

	fn tasks(after: Option<TaskId>) -> impl Iterator<Item = (TaskId, Option<AccountId32>)> {
		let rest = move |(task, _): &(TaskId, AccountId32)| after.is_none_or(|after| *task > after);
		WaitingTasks::get().into_iter().filter(rest).map(|(task, provider)| (task, Some(provider)))
	}

	fn submit(task: TaskId, collector: &sr25519::Public, answer: &[u8]) -> Result<(), ProofRefused> {
		let number = TaskId::decode_all(&mut &*answer).map_err(|_| ProofRefused::Unreadable)?;
		ensure!(number == task, ProofRefused::Invalid("NotConvincing"));
		let mut waiting = WaitingTasks::get();
		let place = waiting.iter().position(|(waiting, _)| *waiting == task);
		let (_, provider) = waiting.remove(place.ok_or(ProofRefused::NotAllowed(CollectorRefused::NotWaiting))?);
		<Attestation as Collectors<_>>::may_bring(&provider, collector).map_err(ProofRefused::NotAllowed)?;
		WaitingTasks::set(&waiting);
		Ok(())
	}
}

#[cfg(feature = "runtime-benchmarks")]
pub struct SetTime;
#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper for SetTime {
	fn set_time(now: u64) {
		set_time(now);
	}

	fn fund(who: &AccountId32) {
		use frame_support::traits::fungible::Mutate;
		Balances::set_balance(who, FUNDS * 1_000);
	}
}

/// A chain for benchmarks, with a keystore.
#[cfg(feature = "runtime-benchmarks")]
pub fn new_benchmark_chain() -> sp_io::TestExternalities {
	let mut chain = new_chain(true, false);
	chain.register_extension(sp_keystore::KeystoreExt::new(sp_keystore::testing::MemoryKeystore::new()));
	chain
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

pub fn account(number: u8) -> AccountId32 {
	AccountId32::new([number; 32])
}

/// The key of the provider [`alice`].
pub fn alice_key() -> sr25519::Pair {
	sr25519::Pair::from_seed(&[1; 32])
}

pub fn alice() -> AccountId32 {
	alice_key().public().into()
}

pub fn bob_key() -> sr25519::Pair {
	sr25519::Pair::from_seed(&[2; 32])
}

pub fn bob() -> AccountId32 {
	bob_key().public().into()
}

pub fn signed(who: &AccountId32) -> RuntimeOrigin {
	RuntimeOrigin::signed(who.clone())
}

/// A collector's key.
pub fn collector_key() -> sr25519::Pair {
	sr25519::Pair::from_string("//Collector", None).unwrap()
}

/// A chain at block 1, in production or for development, with the makers' roots or our own.
pub fn new_chain(allow_development: bool, forged: bool) -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: vec![(alice(), FUNDS), (bob(), FUNDS)],
			..Default::default()
		},
		attestation: pallet_attestation::GenesisConfig {
			allow_development,
			collectors: vec![collector_key().public()],
			..Default::default()
		},
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		Forged::set(&forged);
		set_time(NOW);
		start_block(1);
	});
	ext
}

/// Starts a block.
pub fn start_block(number: u64) {
	System::reset_events();
	System::set_block_number(number - 1);
	// So the hash of the genesis block is 7 7 7 … .
	System::initialize(&number, &H256::repeat_byte(6 + number as u8), &Default::default());
	Attestation::on_initialize(number);
}

/// Goes to the first block of the next period.
pub fn next_period() {
	let period = Attestation::period() + 1;
	start_block(period * PERIOD);
}

/// Changes the time of the block, in seconds since 1970.
pub fn set_time(now: u64) {
	pallet_timestamp::Now::<Test>::put(now * 1_000);
}

/// Runs `test` on this chain, and checks the pallet's state after it.
fn run(mut ext: sp_io::TestExternalities, test: impl FnOnce()) {
	ext.execute_with(|| {
		test();
		Attestation::do_try_state().unwrap();
	});
}

/// A production chain with the makers' roots.
pub fn run_production(test: impl FnOnce()) {
	run(new_chain(false, false), test);
}

/// A development chain with the makers' roots: what was recorded is accepted.
pub fn run_development(test: impl FnOnce()) {
	run(new_chain(true, false), test);
}

/// A production chain with roots of our own: what was forged is bound to it.
pub fn run_forged(test: impl FnOnce()) {
	run(new_chain(false, true), test);
}

/// A development chain with roots of our own.
pub fn run_forged_development(test: impl FnOnce()) {
	run(new_chain(true, true), test);
}

pub fn last_event() -> crate::Event<Test> {
	match System::events().pop().unwrap().event {
		RuntimeEvent::Attestation(event) => event,
		event => panic!("{event:?}"),
	}
}

/// What `who` has on hold for its endpoint and its records.
pub fn held(who: &AccountId32) -> (Balance, Balance) {
	let on_hold = |reason: HoldReason| Balances::balance_on_hold(&reason.into(), who);
	(on_hold(HoldReason::Endpoint), on_hold(HoldReason::Record))
}

pub fn submit(collateral: &Collateral) -> sp_runtime::DispatchResult {
	Attestation::submit_collateral(signed(&bob()), Box::new(collateral.clone()))
}

/// Submits everything.
pub fn submit_all(collateral: &[Collateral]) {
	for piece in collateral {
		submit(piece).unwrap();
	}
}

pub fn attest(who: &AccountId32, evidence: &Evidence) -> sp_runtime::DispatchResult {
	Attestation::attest(signed(who), Box::new(evidence.clone()), None)
}

/// What evidence of `provider` must be bound to now.
pub fn binding(provider: &AccountId32) -> Binding {
	let challenge = Attestation::challenge(provider.clone()).unwrap();
	Binding { genesis: [7; 32], provider: *provider.as_ref(), subject: Subject::Nonce(challenge.nonce) }
}

/// A development attestation with this report data.
pub fn development_for(key: &sr25519::Pair, report_data: [u8; 64]) -> Evidence {
	let mut development = Development {
		key: key.public().0,
		claim: [5; 32],
		report_data,
		window: Window { from: NOW - 60, until: NOW + 3_600 },
		signature: [0; 64],
	};
	development.signature = key.sign(&development.message()).0;
	Evidence::Machine { machine: MachineEvidence::Development(development), devices: DevicesEvidence::new() }
}

/// A development attestation of the account of `key`, as it must be.
pub fn development(key: &sr25519::Pair) -> Evidence {
	let provider = key.public().into();
	development_for(key, binding(&provider).report_data(&[]))
}

/// Lets Entry accept these statuses and advisories.
pub fn accept(statuses: &[TcbStatus], advisories: &[&str]) {
	let advisories: Vec<_> = advisories.iter().map(|name| name.as_bytes().to_vec().try_into().unwrap()).collect();
	let policy = TcbPolicy {
		statuses: Statuses::try_from(statuses.to_vec()).unwrap(),
		advisories: advisories.try_into().unwrap(),
		..TcbPolicy::strict()
	};
	Attestation::set_policy(RuntimeOrigin::root(), Tier::Entry, Box::new(policy)).unwrap();
}

/// Lists the measurements of a device.
pub fn list(device: &crate::DeviceEvidence) {
	let report = aivm_attestation::nvidia::Report::read(&device.report).unwrap();
	let allowed = evidence::allowed(device).try_into().unwrap();
	Attestation::set_golden(RuntimeOrigin::root(), report.driver, report.vbios, Some(allowed)).unwrap();
}

/// A collector's transaction.
pub fn collection(key: &sr25519::Pair, provider: &AccountId32, period: u64, evidence: &Evidence) -> crate::Call<Test> {
	let digest = Attestation::collection_digest(provider, period, evidence);
	crate::Call::attest_collected {
		provider: provider.clone(),
		period,
		evidence: Box::new(evidence.clone()),
		collector: key.public(),
		signature: key.sign(&digest),
	}
}
