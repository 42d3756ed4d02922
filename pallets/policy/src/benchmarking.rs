// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks, with policies of the largest size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]

use aivm_traits::{AgentId, AgentInspect, AssetKind, Balance, InspectCall, PolicyApplied};
use alloc::{boxed::Box, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_benchmarking::v2::*;
use frame_support::{
	dispatch::GetDispatchInfo,
	storage::unhashed,
	traits::{
		fungible::{Inspect, Mutate},
		OriginTrait,
	},
	weights::Weight,
};
use frame_system::RawOrigin;
use scale_info::TypeInfo;
use sp_core::{
	crypto::{AccountId32, KeyTypeId},
	sr25519,
};
use sp_io::crypto::{sr25519_generate, sr25519_sign};
use sp_runtime::{
	impl_tx_ext_default,
	traits::{
		AsSystemOriginSigner, AsTransactionAuthorizedOrigin, DispatchInfoOf, DispatchTransaction, Dispatchable,
		TransactionExtension,
	},
	MultiSignature,
};

use crate::{
	Act, Acting, Activities, Agents, AsAgent, Call, CallRule, Config, Counters, Destinations, Expected, Expiry,
	ExpiryOf, FeeBound, Hours, Keys, Limit, Models, Pallet, Policy, Room, Running, RuntimeCallOf, Scope, Session,
	Spender, Spent, MAX_CALLS, MAX_DESTINATIONS, MAX_LIMITS, MAX_MODELS,
};

/// Makes calls of the runtime.
pub trait BenchmarkHelper<Call, AccountId> {
	/// A transfer that [`InspectCall`] knows as exact.
	fn pay(asset: AssetKind, to: &AccountId, amount: Balance) -> Call;

	/// All of these calls in one.
	fn batch(calls: Vec<Call>) -> Call;

	/// The storage keys that [`Config::Agents`] and [`Config::Time`] read to tell of an agent and the time.
	fn read_of(agent: AgentId) -> Vec<Vec<u8>>;
}

/// Says that it takes a fee, so that fees are counted, and takes none.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
struct Fee;

impl<Call: Dispatchable> FeeBound<Call> for Fee {
	fn fee_bound(&self, _: &DispatchInfoOf<Call>, _: usize) -> Balance {
		1
	}
}

impl<Call: Dispatchable> TransactionExtension<Call> for Fee {
	const IDENTIFIER: &'static str = "Fee";
	type Implicit = ();
	type Val = ();
	type Pre = ();

	impl_tx_ext_default!(Call; weight validate prepare);
}

/// The assets besides the native token that the largest policy limits.
const OTHERS: u32 = MAX_LIMITS - 1;
const KEYS: KeyTypeId = KeyTypeId(*b"aivm");

/// The last allowed destination.
fn receiver() -> AccountId32 {
	AccountId32::new([MAX_DESTINATIONS as u8 + 99; 32])
}

fn call_rule<T: Config>(call: &RuntimeCallOf<T>) -> CallRule {
	CallRule { pallet: T::Calls::inspect(call).id.pallet, call: None }
}

/// A policy of the largest size that allows payments to [`receiver`], one by one and in a batch.
fn largest<T: Config>() -> Policy {
	let assets = core::iter::once(AssetKind::Native).chain((0..MAX_LIMITS - 1).map(AssetKind::Asset));
	let most = Balance::MAX / 4;
	let limits = assets.map(|asset| Limit { asset, per_transaction: most, per_day: most, lifetime: most });
	let pay = |asset| T::BenchmarkHelper::pay(asset, &receiver(), 1);
	let mut calls = [pay(AssetKind::Native), pay(AssetKind::Asset(0)), T::BenchmarkHelper::batch(Vec::new())]
		.iter()
		.map(call_rule::<T>)
		.chain(core::iter::once(call_rule::<T>(&frame_system::Call::remark { remark: Vec::new() }.into())))
		.collect::<Vec<_>>();
	for pallet in (0..=u8::MAX).rev() {
		let rule = CallRule { pallet, call: Some(255) };
		if calls.len() < MAX_CALLS as usize {
			calls.push(rule);
		}
	}
	calls.sort();
	calls.dedup();
	let accounts = |from: u8| (0..MAX_DESTINATIONS as u8).map(move |index| AccountId32::new([from + index; 32]));
	Policy {
		limits: limits.collect::<Vec<_>>().try_into().unwrap(),
		calls: calls.try_into().unwrap(),
		destinations: Destinations::Only(accounts(100).collect::<Vec<_>>().try_into().unwrap()),
		denied: accounts(10).collect::<Vec<_>>().try_into().unwrap(),
		hours: Hours::Weekly([Hours::WHOLE_DAY; 7]),
		max_weight: Weight::MAX,
		max_fee: most,
		transactions_per_hour: u32::MAX,
		models: Models::Only((0..MAX_MODELS).collect::<Vec<_>>().try_into().unwrap()),
		max_task_price: most,
		expires: Some(u64::MAX),
		loosening_delay: 0,
	}
}

/// An owner with funds, and its agent, whose account has funds.
fn agent<T: Config>() -> (T::AccountId, AgentId) {
	let owner: T::AccountId = account("owner", 0, 0);
	let funds = T::Currency::minimum_balance() * 1_000_000_000;
	let _ = T::Currency::set_balance(&owner, funds);
	let agent = T::Agents::set_up_agent(owner.clone());
	let _ = T::Currency::set_balance(&T::Agents::account(agent), funds);
	(owner, agent)
}

/// A key of the keystore, with its proof in the costlier form.
fn proven<T: Config>(agent: AgentId, owner: &T::AccountId) -> (T::AccountId, ExpiryOf<T>, MultiSignature) {
	let public: sr25519::Public = sr25519_generate(KEYS, None);
	let expiry = Expiry::Time(u64::MAX);
	let payload = Pallet::<T>::proof_payload(agent, owner, &expiry);
	let wrapped = [&b"<Bytes>"[..], &payload, &b"</Bytes>"[..]].concat();
	let signature = sr25519_sign(KEYS, &public, &wrapped).unwrap();
	(AccountId32::new(public.0), expiry, signature.into())
}

/// An agent with the largest policy and a key with the largest restriction, both of which paid in every asset.
fn session<T: Config>() -> (T::AccountId, AgentId, T::AccountId) {
	let (owner, agent) = agent::<T>();
	Pallet::<T>::do_set_policy(&owner, agent, largest::<T>()).unwrap();
	let (key, expiry, proof) = proven::<T>(agent, &owner);
	Pallet::<T>::do_add_key(&owner, agent, key.clone(), expiry, largest::<T>(), &proof).unwrap();
	let now = Pallet::<T>::now();
	for spender in [Spender::Agent(agent), Spender::Key(key.clone())] {
		let paid = largest::<T>().limits.into_iter().map(|limit| (limit.asset, 1)).collect::<Vec<_>>();
		Pallet::<T>::count(&spender, now, &paid, 0);
		// In another block.
		Activities::<T>::mutate(spender, |activity| activity.block = 0_u32.into());
	}
	(owner, agent, key)
}

/// As [`session`], with another policy of the largest size that has come into force by itself.
fn busy<T: Config>() -> (AgentId, T::AccountId) {
	let (owner, agent, key) = session::<T>();
	let mut looser = largest::<T>();
	looser.max_fee += 1;
	Pallet::<T>::do_set_policy(&owner, agent, looser).unwrap();
	(agent, key)
}

/// The storage keys of a session key's transaction that pays in `assets` besides the native token: what it only reads,
/// and what it writes as well.
fn records<T: Config>(agent: AgentId, key: &T::AccountId, assets: u32) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
	let mut read = T::BenchmarkHelper::read_of(agent);
	read.push(Keys::<T>::hashed_key_for(key));
	read.push(Agents::<T>::hashed_key_for(agent));
	// The fee is taken from the agent's account, not from the signer's, which is in memory because of its nonce.
	let mut written = Vec::from([frame_system::Account::<T>::hashed_key_for(T::Agents::account(agent))]);
	for spender in [Spender::Agent(agent), Spender::Key(key.clone())] {
		written.push(Activities::<T>::hashed_key_for(&spender));
		written.extend((0..assets).map(|asset| Counters::<T>::hashed_key_for(&spender, asset)));
	}
	(read, written)
}

/// Lets the records be as if they were in memory: [`benchmarks::as_agent_first`] has what they cost.
fn in_memory<T: Config>(agent: AgentId, key: &T::AccountId, assets: u32) {
	let (read, written) = records::<T>(agent, key, assets);
	for record in read.into_iter().chain(written) {
		frame_benchmarking::benchmarking::add_to_whitelist(record.into());
	}
}

/// Sends `call` through the extension as `key`, and does `dispatch` in its place.
fn run<T>(key: T::AccountId, call: &RuntimeCallOf<T>, dispatch: impl FnOnce())
where
	T: Config + Send + Sync,
	T::RuntimeOrigin: AsSystemOriginSigner<T::AccountId>
		+ AsTransactionAuthorizedOrigin
		+ OriginTrait<Call = RuntimeCallOf<T>>
		+ From<RawOrigin<T::AccountId>>
		+ Clone,
	RuntimeCallOf<T>: Dispatchable<RuntimeOrigin = T::RuntimeOrigin> + Encode,
{
	let info = call.get_dispatch_info();
	let origin = T::RuntimeOrigin::from(RawOrigin::Signed(key));
	let substitute = |_| {
		dispatch();
		Ok(().into())
	};
	AsAgent::<T, _>::new(Fee).test_run(origin, call, &info, 0, 0, substitute).unwrap().unwrap();
}

/// A stricter policy of the same size.
fn stricter<T: Config>() -> Policy {
	let mut policy = largest::<T>();
	policy.max_fee -= 1;
	policy
}

#[benchmarks(
	where
		T: Send + Sync,
		T::RuntimeOrigin: AsSystemOriginSigner<T::AccountId> + AsTransactionAuthorizedOrigin
			+ OriginTrait<Call = RuntimeCallOf<T>> + From<RawOrigin<T::AccountId>> + Clone,
		RuntimeCallOf<T>: Dispatchable<RuntimeOrigin = T::RuntimeOrigin> + Encode,
)]
mod benchmarks {
	use super::*;

	/// A looser policy, while another one has come into force by itself.
	#[benchmark]
	fn set_policy() -> Result<(), BenchmarkError> {
		let (owner, agent) = agent::<T>();
		let mut least = stricter::<T>();
		least.max_fee -= 1;
		Pallet::<T>::do_set_policy(&owner, agent, least)?;
		Pallet::<T>::do_set_policy(&owner, agent, stricter::<T>())?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), agent, Box::new(largest::<T>()));
		let state = Agents::<T>::get(agent);
		assert!(state.version == 2 && state.pending.is_some());
		Ok(())
	}

	#[benchmark]
	fn cancel_pending() -> Result<(), BenchmarkError> {
		let (owner, agent) = agent::<T>();
		let mut slow = stricter::<T>();
		slow.loosening_delay = 1_000;
		Pallet::<T>::do_set_policy(&owner, agent, slow)?;
		Pallet::<T>::do_set_policy(&owner, agent, largest::<T>())?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), agent);
		assert!(Agents::<T>::get(agent).pending.is_none());
		Ok(())
	}

	#[benchmark]
	fn remove_policy() -> Result<(), BenchmarkError> {
		let (owner, agent) = agent::<T>();
		let mut slow = stricter::<T>();
		slow.loosening_delay = 1_000;
		Pallet::<T>::do_set_policy(&owner, agent, slow)?;
		Pallet::<T>::do_set_policy(&owner, agent, largest::<T>())?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), agent);
		assert!(Agents::<T>::get(agent).current.is_none());
		Ok(())
	}

	#[benchmark]
	fn add_session_key() -> Result<(), BenchmarkError> {
		let (owner, agent) = agent::<T>();
		let (key, expiry, proof) = proven::<T>(agent, &owner);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), agent, key.clone(), expiry, Box::new(largest::<T>()), proof);
		assert!(Keys::<T>::contains_key(key));
		Ok(())
	}

	#[benchmark]
	fn remove_session_key() -> Result<(), BenchmarkError> {
		let (owner, agent, key) = session::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), agent, key.clone());
		assert!(Keys::<T>::get(key).unwrap().grant.is_none());
		Ok(())
	}

	#[benchmark]
	fn rotate_session_key() -> Result<(), BenchmarkError> {
		let (owner, agent, old) = session::<T>();
		let (key, expiry, proof) = proven::<T>(agent, &owner);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), agent, old, key.clone(), expiry, Box::new(largest::<T>()), proof);
		assert!(Keys::<T>::contains_key(key));
		Ok(())
	}

	#[benchmark]
	fn freeze() -> Result<(), BenchmarkError> {
		let (owner, agent, _) = session::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), agent);
		assert!(Agents::<T>::get(agent).frozen);
		Ok(())
	}

	#[benchmark]
	fn unfreeze() -> Result<(), BenchmarkError> {
		let (owner, agent, _) = session::<T>();
		Agents::<T>::mutate(agent, |state| state.frozen = true);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), agent);
		assert!(!Agents::<T>::get(agent).frozen);
		Ok(())
	}

	#[benchmark]
	fn control() -> Result<(), BenchmarkError> {
		let (owner, agent) = agent::<T>();
		let call = Box::new(frame_system::Call::remark { remark: Vec::new() }.into());
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), agent, call);
		Ok(())
	}

	/// The call does nothing; the native token and `a` other assets are measured and judged.
	#[benchmark]
	fn act(a: Linear<0, 7>) -> Result<(), BenchmarkError> {
		let (_, agent, key) = session::<T>();
		let account = T::Agents::account(agent);
		let limits = || largest::<T>().limits.into_iter().take(a as usize + 1);
		let assets = limits().map(|limit| limit.asset).collect::<Vec<_>>();
		let used = Spent { day: 1, lifetime: 1 };
		let rooms = [Scope::Agent, Scope::Key]
			.into_iter()
			.flat_map(|scope| limits().map(move |limit| Room { scope, asset: limit.asset, limit: Some(limit), used }));
		Acting::<T>::put(Act::Expected(Expected {
			fee: 1,
			known: assets.iter().map(|asset| (*asset, 1)).collect::<Vec<_>>().try_into().unwrap(),
			rooms: rooms.collect::<Vec<_>>().try_into().unwrap(),
		}));
		let applied = PolicyApplied {
			agent,
			key,
			policy_hash: Default::default(),
			version: 1,
			restriction_hash: Default::default(),
			checked: u32::MAX,
		};
		Running::<T>::put(Session { applied, account: account.clone(), measured: assets.try_into().unwrap() });
		let call = Box::new(frame_system::Call::remark { remark: Vec::new() }.into());
		#[extrinsic_call]
		_(RawOrigin::Signed(account), call);
		assert!(matches!(Acting::<T>::take(), Some(Act::Done(spent)) if spent.len() == a as usize + 1));
		Ok(())
	}

	/// The signer is no session key.
	#[benchmark]
	fn as_agent_plain() -> Result<(), BenchmarkError> {
		let caller: T::AccountId = account("caller", 0, 0);
		let call: RuntimeCallOf<T> = frame_system::Call::remark { remark: Vec::new() }.into();
		let info = call.get_dispatch_info();
		let extension = AsAgent::<T, _>::new(Fee);
		let origin = T::RuntimeOrigin::from(RawOrigin::Signed(caller));
		#[block]
		{
			extension.test_run(origin, &call, &info, 0, 0, |_| Ok(().into())).unwrap().unwrap();
		}
		Ok(())
	}

	/// What a key's first transaction in a block costs besides: its records and its agent's are read from the database and
	/// written to it, with the counters of `a` assets besides the native token.
	#[benchmark]
	fn as_agent_first(a: Linear<0, 7>) -> Result<(), BenchmarkError> {
		let (agent, key) = busy::<T>();
		let (read, written) = records::<T>(agent, &key, a);
		let count = written.len();
		let mut found = 0;
		#[block]
		{
			for record in &read {
				let _ = unhashed::get_raw(record);
			}
			for record in &written {
				if let Some(value) = unhashed::get_raw(record) {
					unhashed::put_raw(record, &value);
					found += 1;
				}
			}
		}
		assert_eq!(found, count);
		Ok(())
	}

	/// A session key pays in the native token.
	#[benchmark]
	fn as_agent_direct() -> Result<(), BenchmarkError> {
		let (agent, key) = busy::<T>();
		let call = T::BenchmarkHelper::pay(AssetKind::Native, &receiver(), 1);
		in_memory::<T>(agent, &key, OTHERS);
		#[block]
		{
			run::<T>(key, &call, || ());
		}
		assert!(Activities::<T>::get(Spender::Agent(agent)).block == frame_system::Pallet::<T>::block_number());
		Ok(())
	}

	/// A session key pays in another asset.
	#[benchmark]
	fn as_agent_asset() -> Result<(), BenchmarkError> {
		let (agent, key) = busy::<T>();
		let asset = AssetKind::Asset(MAX_LIMITS - 2);
		let call = T::BenchmarkHelper::pay(asset, &receiver(), 1);
		in_memory::<T>(agent, &key, OTHERS);
		// Nothing is really paid, so nothing would be counted but the fee.
		let spenders = [Spender::Agent(agent), Spender::Key(key.clone())];
		let count = |spender| Pallet::<T>::count(spender, Pallet::<T>::now(), &[(asset, 1)], 0);
		#[block]
		{
			run::<T>(key, &call, || spenders.iter().for_each(count));
		}
		assert!(Activities::<T>::get(Spender::Agent(agent)).block == frame_system::Pallet::<T>::block_number());
		Ok(())
	}

	/// A session key acts: `n` calls, and `a` assets besides the native token that are measured.
	#[benchmark]
	fn as_agent_act(n: Linear<10, 64>, a: Linear<0, 7>) -> Result<(), BenchmarkError> {
		let (agent, key) = busy::<T>();
		let assets =
			largest::<T>().limits.into_iter().take(a as usize + 1).map(|limit| limit.asset).collect::<Vec<_>>();
		let pays =
			(0..n as usize - 1).map(|index| T::BenchmarkHelper::pay(assets[index % assets.len()], &receiver(), 1));
		let call: RuntimeCallOf<T> = Call::act { call: Box::new(T::BenchmarkHelper::batch(pays.collect())) }.into();
		in_memory::<T>(agent, &key, OTHERS);
		let spent = assets.iter().map(|asset| (*asset, 1)).collect::<Vec<_>>();
		#[block]
		{
			run::<T>(key, &call, || Acting::<T>::put(Act::Done(spent.try_into().unwrap_or_default())));
		}
		assert!(Counters::<T>::get(Spender::Agent(agent), 0).lifetime == if a == 0 { 1 } else { 2 });
		assert!(Activities::<T>::get(Spender::Agent(agent)).block == frame_system::Pallet::<T>::block_number());
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
