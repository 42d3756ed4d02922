// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A runtime for tests, with the real pallets that can wrap calls, and the real pipeline of transactions. Agents are a
//! simple table; a shop stands for calls with prices.

use aivm_traits::{
	AgentId, AgentInfo, AgentInspect, AssetKind, Balance, CallId, CallInfo, InspectCall, ModelId, ModelUse, Spend,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	derive_impl,
	dispatch::GetDispatchInfo,
	parameter_types,
	storage::TransactionOutcome,
	traits::{
		AsEnsureOriginWithArg, EqualPrivilegeOnly, Footprint, GetCallIndex, InstanceFilter, LinearStoragePrice,
		PalletInfoAccess,
	},
	weights::{ConstantMultiplier, Weight, WeightToFee},
};
use frame_system::{limits::BlockWeights, CheckNonce, CheckWeight, EnsureRoot, EnsureSigned};
use pallet_transaction_payment::{ChargeTransactionPayment, FungibleAdapter};
use scale_info::TypeInfo;
use sp_core::{crypto::AccountId32, sr25519, ConstU128, ConstU32, ConstU8, Pair, H256};
use sp_runtime::{
	generic::CheckedExtrinsic,
	traits::{Applyable, BlakeTwo256, Convert, IdentityLookup, TransactionExtension},
	transaction_validity::{TransactionSource, TransactionValidity, TransactionValidityError},
	BuildStorage, DispatchResult, DispatchResultWithInfo, MultiSignature, Perbill,
};

use crate as pallet_policy;
use crate::{
	AsAgent, CallRule, Destinations, Expiry, ExpiryOf, Hours, Limit, Models, Policy as Rules, Refusal, SessionFreezer,
};

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
	pub type Timestamp = pallet_timestamp::Pallet<Test>;
	#[runtime::pallet_index(2)]
	pub type Balances = pallet_balances::Pallet<Test>;
	#[runtime::pallet_index(3)]
	pub type TransactionPayment = pallet_transaction_payment::Pallet<Test>;
	#[runtime::pallet_index(4)]
	pub type Utility = pallet_utility::Pallet<Test>;
	#[runtime::pallet_index(5)]
	pub type Proxy = pallet_proxy::Pallet<Test>;
	#[runtime::pallet_index(6)]
	pub type Multisig = pallet_multisig::Pallet<Test>;
	#[runtime::pallet_index(7)]
	pub type Scheduler = pallet_scheduler::Pallet<Test>;
	#[runtime::pallet_index(8)]
	pub type Preimage = pallet_preimage::Pallet<Test>;
	#[runtime::pallet_index(9)]
	pub type Assets = pallet_assets::Pallet<Test>;
	#[runtime::pallet_index(10)]
	pub type VerifySignature = pallet_verify_signature::Pallet<Test>;
	#[runtime::pallet_index(11)]
	pub type MetaTx = pallet_meta_tx::Pallet<Test>;
	#[runtime::pallet_index(12)]
	pub type Policy = pallet_policy::Pallet<Test>;
	#[runtime::pallet_index(13)]
	pub type Registry = registry::Pallet<Test>;
	#[runtime::pallet_index(14)]
	pub type Shop = shop::Pallet<Test>;
}

/// A table of agents.
#[frame_support::pallet]
pub mod registry {
	use super::{AccountId32, AgentId, AgentInfo, AgentInspect, Weight};
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	#[pallet::config]
	pub trait Config: frame_system::Config<AccountId = AccountId32> {}

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::storage]
	pub type Table<T: Config> = StorageMap<_, Twox64Concat, AgentId, AgentInfo<AccountId32>>;

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		#[pallet::call_index(0)]
		#[pallet::weight(Weight::from_parts(1_000_000, 0))]
		pub fn transfer(origin: OriginFor<T>, agent: AgentId, to: AccountId32) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Table::<T>::try_mutate(agent, |info| {
				let info = info.as_mut().ok_or(DispatchError::CannotLookup)?;
				ensure!(info.owner == who, DispatchError::BadOrigin);
				info.owner = to;
				info.transfers += 1;
				Ok(())
			})
		}
	}

	impl<T: Config> AgentInspect<AccountId32> for Pallet<T> {
		fn agent(agent: AgentId) -> Option<AgentInfo<AccountId32>> {
			Table::<T>::get(agent)
		}

		fn account(agent: AgentId) -> AccountId32 {
			let mut bytes = [0xa9; 32];
			bytes[..8].copy_from_slice(&agent.to_be_bytes());
			AccountId32::new(bytes)
		}

		#[cfg(feature = "runtime-benchmarks")]
		fn set_up_agent(owner: AccountId32) -> AgentId {
			Self::register(owner)
		}
	}

	impl<T: Config> Pallet<T> {
		pub fn register(owner: AccountId32) -> AgentId {
			let agent = Table::<T>::iter().count() as AgentId;
			Table::<T>::insert(agent, AgentInfo { owner, transfers: 0 });
			frame_system::Pallet::<T>::inc_providers(&<Self as AgentInspect<_>>::account(agent));
			agent
		}
	}
}
impl registry::Config for Test {}

/// Calls that pay in other ways than a transfer.
#[frame_support::pallet]
pub mod shop {
	use super::{AccountId32, Balance, ModelId, Weight, SHOP};
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Mutate, MutateHold},
			tokens::Preservation::Expendable,
		},
	};
	use frame_system::pallet_prelude::*;

	#[pallet::config]
	pub trait Config: frame_system::Config<AccountId = AccountId32> {
		type RuntimeHoldReason: From<HoldReason>;
		type Currency: Mutate<AccountId32, Balance = Balance>
			+ MutateHold<AccountId32, Balance = Balance, Reason = Self::RuntimeHoldReason>;
	}

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::composite_enum]
	pub enum HoldReason {
		Escrow,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Uses a model and pays half of the maximum.
		#[pallet::call_index(0)]
		#[pallet::weight(Weight::from_parts(1_000_000, 0))]
		pub fn infer(origin: OriginFor<T>, model: ModelId, max_payment: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			ensure!(model < 100, DispatchError::CannotLookup);
			T::Currency::transfer(&who, &SHOP, max_payment / 2, Expendable)?;
			Ok(())
		}

		/// Pays; the policy does not know how much.
		#[pallet::call_index(1)]
		#[pallet::weight(Weight::from_parts(1_000_000, 0))]
		pub fn buy(origin: OriginFor<T>, price: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			T::Currency::transfer(&who, &SHOP, price, Expendable)?;
			Ok(())
		}

		/// Puts on hold; the policy does not know how much.
		#[pallet::call_index(2)]
		#[pallet::weight(Weight::from_parts(1_000_000, 0))]
		pub fn order(origin: OriginFor<T>, price: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			T::Currency::hold(&HoldReason::Escrow.into(), &who, price)
		}

		/// Pays more than the policy is told.
		#[pallet::call_index(3)]
		#[pallet::weight(Weight::from_parts(1_000_000, 0))]
		pub fn cheat(origin: OriginFor<T>, price: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			T::Currency::transfer(&who, &SHOP, price + 1, Expendable)?;
			Ok(())
		}
	}
}
impl shop::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
}

pub const SHOP: AccountId32 = AccountId32::new([0x50; 32]);
/// One unit of the native token; fees are about a thousandth of it.
pub const UNIT: Balance = 1_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 100;
pub const FUNDS: Balance = 10_000 * UNIT;
/// Monday, 16 November 2026, 00:00 UTC.
pub const MONDAY: u64 = 1_794_787_200;

/// Weight of a second's work.
const SECOND: u64 = 1_000_000_000_000;

parameter_types! {
	pub Limits: BlockWeights =
		BlockWeights::with_sensible_defaults(Weight::from_parts(2 * SECOND, u64::MAX), Perbill::from_percent(75));
	pub const ExistentialDeposit: Balance = EXISTENTIAL_DEPOSIT;
	pub Overhead: Weight = Weight::from_parts(3_000_000_000, 0);
	pub MaximumSchedulerWeight: Weight = Weight::from_parts(SECOND, u64::MAX);
	pub const SecondsPerBlock: u64 = 3;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type BlockWeights = Limits;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ExistentialDeposit;
	type AccountStore = System;
}

/// A millionth of the computation time.
pub struct MillionthFee;
impl WeightToFee for MillionthFee {
	type Balance = Balance;

	fn weight_to_fee(weight: &Weight) -> Balance {
		(weight.ref_time() / 1_000_000).into()
	}
}

impl pallet_transaction_payment::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, ()>;
	type WeightToFee = MillionthFee;
	type LengthToFee = ConstantMultiplier<Balance, ConstU128<1>>;
	type FeeMultiplierUpdate = ();
	type OperationalFeeMultiplier = ConstU8<5>;
	type WeightInfo = ();
}

impl pallet_utility::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = ();
}

#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
	Default,
)]
pub enum ProxyType {
	#[default]
	Any,
}
impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, _: &RuntimeCall) -> bool {
		true
	}
}

impl pallet_proxy::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type ProxyType = ProxyType;
	type ProxyDepositBase = ConstU128<10>;
	type ProxyDepositFactor = ConstU128<1>;
	type MaxProxies = ConstU32<4>;
	type WeightInfo = ();
	type MaxPending = ConstU32<4>;
	type CallHasher = BlakeTwo256;
	type AnnouncementDepositBase = ConstU128<10>;
	type AnnouncementDepositFactor = ConstU128<1>;
	type BlockNumberProvider = System;
}

impl pallet_multisig::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type DepositBase = ConstU128<1_000>;
	type DepositFactor = ConstU128<100>;
	type MaxSignatories = ConstU32<4>;
	type WeightInfo = ();
	type BlockNumberProvider = System;
}

impl pallet_scheduler::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type PalletsOrigin = OriginCaller;
	type RuntimeCall = RuntimeCall;
	type MaximumWeight = MaximumSchedulerWeight;
	// Whoever signs, so that the tests can try.
	type ScheduleOrigin = EnsureSigned<AccountId32>;
	type OriginPrivilegeCmp = EqualPrivilegeOnly;
	type MaxScheduledPerBlock = ConstU32<10>;
	type WeightInfo = ();
	type Preimages = Preimage;
	type BlockNumberProvider = System;
}

impl pallet_preimage::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type Currency = Balances;
	type ManagerOrigin = EnsureRoot<AccountId32>;
	type Consideration = ();
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
	type Balance = Balance;
	type AssetId = u32;
	type AssetIdParameter = u32;
	type Currency = Balances;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId32>>;
	type ForceOrigin = EnsureRoot<AccountId32>;
	type Freezer = SessionFreezer<Test>;
}

impl pallet_verify_signature::Config for Test {
	type Signature = MultiSignature;
	type AccountIdentifier = sp_runtime::MultiSigner;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
}

#[cfg(not(feature = "runtime-benchmarks"))]
pub type MetaBareExtension = (pallet_meta_tx::MetaTxMarker<Test>, CheckNonce<Test>, AsAgent<Test, ()>);
#[cfg(not(feature = "runtime-benchmarks"))]
pub type MetaExtension = (pallet_verify_signature::VerifySignature<Test>, MetaBareExtension);
#[cfg(feature = "runtime-benchmarks")]
pub type MetaExtension = pallet_meta_tx::WeightlessExtension<Test>;

impl pallet_meta_tx::Config for Test {
	type WeightInfo = ();
	type RuntimeEvent = RuntimeEvent;
	type Extension = MetaExtension;
}

/// The smallest deposit is above the existential deposit.
pub struct DepositPrice;
impl Convert<Footprint, Balance> for DepositPrice {
	fn convert(footprint: Footprint) -> Balance {
		LinearStoragePrice::<ConstU128<1_000>, ConstU128<10>, Balance>::convert(footprint)
	}
}

impl pallet_policy::Config for Test {
	type WeightInfo = ();
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Assets = Assets;
	type Agents = Registry;
	type Calls = Calls;
	type Time = Timestamp;
	type Fees = TransactionPayment;
	type DepositPrice = DepositPrice;
	type MaxKeys = ConstU32<4>;
	type SecondsPerBlock = SecondsPerBlock;
	type TransactionOverhead = Overhead;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Calls;
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<RuntimeCall, AccountId32> for Calls {
	fn pay(asset: AssetKind, to: &AccountId32, amount: Balance) -> RuntimeCall {
		match asset {
			AssetKind::Native => transfer(to, amount),
			AssetKind::Asset(id) => pallet_assets::Call::transfer_keep_alive { id, target: to.clone(), amount }.into(),
		}
	}

	fn batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
		batch(calls)
	}

	fn read_of(agent: AgentId) -> Vec<Vec<u8>> {
		vec![registry::Table::<Test>::hashed_key_for(agent), pallet_timestamp::Now::<Test>::hashed_key().to_vec()]
	}
}

/// What this runtime knows about its calls.
pub struct Calls;

fn id<P: PalletInfoAccess>(call: &impl GetCallIndex) -> CallId {
	CallId { pallet: P::index() as u8, call: call.get_call_index() }
}

impl InspectCall<RuntimeCall, AccountId32> for Calls {
	fn inspect(call: &RuntimeCall) -> CallInfo<'_, RuntimeCall, AccountId32> {
		let exact = |asset, amount, to: Option<&AccountId32>| Spend::Exact { asset, amount, to: to.cloned() };
		match call {
			RuntimeCall::System(call) => {
				use frame_system::Call::*;
				let mut info = CallInfo::<RuntimeCall, _>::unknown(id::<System>(call));
				if let remark { .. } | remark_with_event { .. } = call {
					info.spend = Spend::Nothing;
				}
				info
			}
			RuntimeCall::Balances(call) => {
				use pallet_balances::Call::*;
				let mut info = CallInfo::<RuntimeCall, _>::unknown(id::<Balances>(call));
				if let transfer_keep_alive { dest, value } | transfer_allow_death { dest, value } = call {
					info.spend = exact(AssetKind::Native, *value, Some(dest));
				}
				info
			}
			RuntimeCall::Utility(call) => {
				use pallet_utility::Call::*;
				let mut info = CallInfo::<RuntimeCall, _>::unknown(id::<Utility>(call));
				info.spend = Spend::Nothing;
				info.inner = match call {
					batch { calls } | batch_all { calls } | force_batch { calls } => calls.iter().collect(),
					as_derivative { call, .. }
					| dispatch_as { call, .. }
					| dispatch_as_fallible { call, .. }
					| with_weight { call, .. } => vec![call],
					if_else { main, fallback } => vec![main, fallback],
					__Ignore(..) => unreachable!(),
				};
				info
			}
			RuntimeCall::Proxy(call) => {
				use pallet_proxy::Call::*;
				let mut info = CallInfo::<RuntimeCall, _>::unknown(id::<Proxy>(call));
				match call {
					proxy { call, .. } | proxy_announced { call, .. } => {
						info.spend = Spend::Nothing;
						info.inner = vec![call];
					}
					_ => info.forbidden = true,
				}
				info
			}
			RuntimeCall::Multisig(call) => {
				use pallet_multisig::Call::*;
				let mut info = CallInfo::<RuntimeCall, _>::unknown(id::<Multisig>(call));
				match call {
					as_multi { call, .. } | as_multi_threshold_1 { call, .. } => info.inner = vec![call],
					approve_as_multi { .. } => info.forbidden = true,
					_ => {}
				}
				info
			}
			RuntimeCall::Assets(call) => {
				use pallet_assets::Call::*;
				let mut info = CallInfo::<RuntimeCall, _>::unknown(id::<Assets>(call));
				match call {
					transfer_keep_alive { id, target, amount } => {
						info.spend = exact(AssetKind::Asset(*id), *amount, Some(target))
					}
					approve_transfer { .. } | transfer_ownership { .. } | set_team { .. } => info.forbidden = true,
					_ => {}
				}
				info
			}
			RuntimeCall::Shop(call) => {
				use shop::Call::*;
				let mut info = CallInfo::<RuntimeCall, _>::unknown(id::<Shop>(call));
				match call {
					infer { model, max_payment } => {
						info.spend = exact(AssetKind::Native, *max_payment, None);
						info.model = Some(ModelUse { model: *model, max_price: *max_payment });
					}
					cheat { price } => info.spend = exact(AssetKind::Native, *price, None),
					_ => {}
				}
				info
			}
			RuntimeCall::Scheduler(call) => CallInfo { forbidden: true, ..CallInfo::unknown(id::<Scheduler>(call)) },
			RuntimeCall::MetaTx(call) => CallInfo { forbidden: true, ..CallInfo::unknown(id::<MetaTx>(call)) },
			RuntimeCall::Registry(call) => CallInfo { forbidden: true, ..CallInfo::unknown(id::<Registry>(call)) },
			RuntimeCall::Timestamp(call) => CallInfo::unknown(id::<Timestamp>(call)),
			RuntimeCall::Preimage(call) => CallInfo::unknown(id::<Preimage>(call)),
			RuntimeCall::Policy(call) => CallInfo::unknown(id::<Policy>(call)),
		}
	}
}

pub fn account(number: u8) -> AccountId32 {
	AccountId32::new([number; 32])
}

/// Who owns agent 0.
pub fn alice() -> AccountId32 {
	account(1)
}

/// Who is paid.
pub fn bob() -> AccountId32 {
	account(2)
}

/// Somebody else.
pub fn carol() -> AccountId32 {
	account(3)
}

/// The account of agent 0.
pub fn agent() -> AccountId32 {
	<Registry as AgentInspect<_>>::account(0)
}

/// A key pair.
pub fn pair(number: u8) -> sr25519::Pair {
	sr25519::Pair::from_seed(&[number; 32])
}

/// The account of a key pair.
pub fn key(number: u8) -> AccountId32 {
	AccountId32::from(pair(number).public().0)
}

/// A limit in the native token.
pub fn native(per_transaction: Balance, per_day: Balance, lifetime: Balance) -> Limit {
	Limit { asset: AssetKind::Native, per_transaction, per_day, lifetime }
}

/// A policy that allows every call of these pallets, and 10, 50 and 200 units.
pub fn policy() -> Rules {
	let calls = [0, 2, 4, 5, 6, 7, 9, 11, 12, 13, 14].map(|pallet| CallRule { pallet, call: None });
	Rules {
		limits: vec![native(10 * UNIT, 50 * UNIT, 200 * UNIT)].try_into().unwrap(),
		calls: calls.to_vec().try_into().unwrap(),
		destinations: Destinations::Any,
		denied: Default::default(),
		hours: Hours::Always,
		max_weight: Weight::from_parts(SECOND, u64::MAX),
		max_fee: UNIT,
		transactions_per_hour: 1_000,
		models: Models::Any,
		max_task_price: 10 * UNIT,
		expires: None,
		loosening_delay: 3_600,
	}
}

/// A key's proof.
pub fn proof(number: u8, agent: AgentId, owner: &AccountId32, expiry: &ExpiryOf<Test>) -> MultiSignature {
	pair(number).sign(&Policy::key_proof(agent, owner.clone(), *expiry)).into()
}

/// Lets `key(number)` act for agent 0 with this restriction, until block 1,000,000.
pub fn add_key(number: u8, restriction: Rules) {
	add_key_until(number, restriction, Expiry::Block(1_000_000)).unwrap()
}

pub fn add_key_until(number: u8, restriction: Rules, expiry: ExpiryOf<Test>) -> DispatchResult {
	let owner = Registry::agent(0).unwrap().owner;
	let proof = proof(number, 0, &owner, &expiry);
	Policy::add_session_key(RuntimeOrigin::signed(owner), 0, key(number), expiry, Box::new(restriction), proof)
}

pub fn set_policy(policy: Rules) -> DispatchResult {
	Policy::set_policy(RuntimeOrigin::signed(Registry::agent(0).unwrap().owner), 0, Box::new(policy))
}

/// The second of the Unix epoch that it is from now on.
pub fn set_time(seconds: u64) {
	Timestamp::set_timestamp(seconds * 1_000);
}

pub fn now() -> u64 {
	Timestamp::get() / 1_000
}

/// The pipeline of a signed transaction.
pub type Extension = (CheckNonce<Test>, CheckWeight<Test>, AsAgent<Test, ChargeTransactionPayment<Test>>);

pub fn extension(nonce: u32, tip: Balance) -> Extension {
	(CheckNonce::from(nonce), CheckWeight::new(), AsAgent::new(ChargeTransactionPayment::from(tip)))
}

/// What a transaction became.
pub type Applied = Result<DispatchResultWithInfo<frame_support::dispatch::PostDispatchInfo>, TransactionValidityError>;

/// A signed transaction.
#[derive(Clone)]
pub struct Transaction {
	pub signer: AccountId32,
	pub nonce: u32,
	pub tip: Balance,
	pub call: RuntimeCall,
}

impl Transaction {
	/// With the signer's next nonce and no tip.
	pub fn new(signer: &AccountId32, call: impl Into<RuntimeCall>) -> Self {
		let nonce = System::account_nonce(signer);
		Self { signer: signer.clone(), nonce, tip: 0, call: call.into() }
	}

	fn parts(
		&self,
	) -> (CheckedExtrinsic<AccountId32, RuntimeCall, Extension>, frame_support::dispatch::DispatchInfo, usize) {
		let extension = extension(self.nonce, self.tip);
		let mut info = self.call.get_dispatch_info();
		info.extension_weight = extension.weight(&self.call);
		let len = self.call.encoded_size() + 110;
		let format = sp_runtime::generic::ExtrinsicFormat::Signed(self.signer.clone(), extension);
		(CheckedExtrinsic { format, function: self.call.clone() }, info, len)
	}

	/// What the pool says.
	pub fn validate(&self) -> TransactionValidity {
		let (extrinsic, info, len) = self.parts();
		extrinsic.validate::<Test>(TransactionSource::External, &info, len)
	}

	/// Puts it into the block. What is invalid leaves no trace.
	pub fn apply(&self) -> Applied {
		System::set_block_consumed_resources(Weight::zero(), 0);
		let (extrinsic, info, len) = self.parts();
		frame_support::storage::with_transaction(|| {
			let result = extrinsic.apply::<Test>(&info, len);
			match &result {
				Ok(_) => TransactionOutcome::Commit(Ok::<_, sp_runtime::DispatchError>(result)),
				Err(_) => TransactionOutcome::Rollback(Ok(result)),
			}
		})
		.unwrap()
	}

	/// The highest fee, with the tip.
	pub fn fee(&self) -> Balance {
		let (_, info, len) = self.parts();
		TransactionPayment::compute_fee(len as u32, &info, self.tip)
	}
}

/// Sends a call: through the pool and into the block. Both must agree.
pub fn send(signer: &AccountId32, call: impl Into<RuntimeCall>) -> Applied {
	send_transaction(Transaction::new(signer, call))
}

pub fn send_transaction(transaction: Transaction) -> Applied {
	let pool = transaction.validate();
	System::set_block_consumed_resources(Weight::zero(), 0);
	let root = sp_io::storage::root(sp_core::storage::StateVersion::V1);
	let block = transaction.apply();
	match (pool, &block) {
		(Ok(_), Ok(_)) => {}
		(Err(pool), Err(block)) => {
			assert_eq!(pool, *block);
			assert_eq!(root, sp_io::storage::root(sp_core::storage::StateVersion::V1));
		}
		(pool, block) => panic!("the pool says {pool:?}, the block {block:?}"),
	}
	block
}

/// Sends a call that must be refused, and checks that nothing changed.
#[track_caller]
pub fn refused(signer: &AccountId32, call: impl Into<RuntimeCall>) -> Refusal {
	refusal_of(send(signer, call))
}

#[track_caller]
pub fn refusal_of(applied: Applied) -> Refusal {
	match applied {
		Err(TransactionValidityError::Invalid(sp_runtime::transaction_validity::InvalidTransaction::Custom(code))) => {
			Refusal::from_code(code).unwrap()
		}
		other => panic!("not refused: {other:?}"),
	}
}

/// Sends a call that must pass and succeed.
#[track_caller]
pub fn passes(signer: &AccountId32, call: impl Into<RuntimeCall>) {
	send(signer, call).unwrap().unwrap();
}

pub fn transfer(to: &AccountId32, value: Balance) -> RuntimeCall {
	pallet_balances::Call::transfer_keep_alive { dest: to.clone(), value }.into()
}

pub fn remark(len: usize) -> RuntimeCall {
	frame_system::Call::remark { remark: vec![7; len] }.into()
}

pub fn act(call: impl Into<RuntimeCall>) -> RuntimeCall {
	pallet_policy::Call::act { call: Box::new(call.into()) }.into()
}

pub fn batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
	pallet_utility::Call::batch_all { calls }.into()
}

pub fn free(who: &AccountId32) -> Balance {
	Balances::free_balance(who)
}

/// The last event of the policy pallet.
pub fn last_event() -> crate::Event<Test> {
	let events = System::events().into_iter().rev().filter_map(|record| match record.event {
		RuntimeEvent::Policy(event) => Some(event),
		_ => None,
	});
	events.into_iter().next().unwrap()
}

/// A chain at block 1, on Monday at 00:00 UTC, with funds for everyone named above. Alice owns agent 0, which has funds
/// but no policy.
pub fn new_test_ext() -> sp_io::TestExternalities {
	let balances = [alice(), bob(), carol(), SHOP].map(|who| (who, FUNDS)).to_vec();
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.register_extension(sp_keystore::KeystoreExt::new(sp_keystore::testing::MemoryKeystore::new()));
	ext.execute_with(|| {
		System::set_block_number(1);
		frame_system::BlockHash::<Test>::insert(0, H256([0x77; 32]));
		set_time(MONDAY);
		assert_eq!(Registry::register(alice()), 0);
		Balances::transfer_keep_alive(RuntimeOrigin::signed(alice()), agent(), 1_000 * UNIT).unwrap();
	});
	ext
}

/// Runs `test` on a new chain, and checks the pallet's state after it.
pub fn run_test(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		Policy::do_try_state().unwrap();
	});
}

/// As [`run_test`], with [`policy`] for the agent and its key 1.
pub fn run_session(test: impl FnOnce()) {
	run_test(|| {
		set_policy(policy()).unwrap();
		add_key(1, policy());
		test();
	});
}
