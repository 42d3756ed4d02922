// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks, with policies of the largest size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]

use aivm_traits::{AgentId, AgentInspect, AssetKind, Balance, InspectCall};
use alloc::{boxed::Box, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_benchmarking::v2::*;
use frame_support::{
	dispatch::GetDispatchInfo,
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
	Act, Agents, AsAgent, Call, CallRule, Config, Counter, Counters, Destinations, Expiry, ExpiryOf, FeeBound, Hours,
	Keys, Limit, Models, Pallet, Policy, Rates, Running, RuntimeCallOf, Session, Spender, Window, MAX_CALLS,
	MAX_DESTINATIONS, MAX_LIMITS, MAX_MODELS,
};

/// Makes calls of the runtime.
pub trait BenchmarkHelper<Call, AccountId> {
	/// A transfer that [`InspectCall`] knows as exact.
	fn pay(asset: AssetKind, to: &AccountId, amount: Balance) -> Call;

	/// All of these calls in one.
	fn batch(calls: Vec<Call>) -> Call;
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
		for limit in largest::<T>().limits {
			let mut counter = Counter::default();
			counter.add(now, 1);
			Counters::<T>::insert(&spender, limit.asset, counter);
		}
		Rates::<T>::insert(&spender, Window::default());
	}
	(owner, agent, key)
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

	/// The call does nothing; every asset is measured and judged.
	#[benchmark]
	fn act() -> Result<(), BenchmarkError> {
		let (_, agent, key) = session::<T>();
		let account = T::Agents::account(agent);
		let assets = largest::<T>().limits.into_iter().map(|limit| limit.asset).collect::<Vec<_>>();
		Running::<T>::put(Session {
			agent,
			account: account.clone(),
			key,
			policy_hash: Default::default(),
			version: 1,
			reserved: assets.iter().map(|asset| (*asset, 1)).collect::<Vec<_>>().try_into().unwrap(),
			measured: assets.try_into().unwrap(),
			act: Act::Expected,
		});
		let call = Box::new(frame_system::Call::remark { remark: Vec::new() }.into());
		#[extrinsic_call]
		_(RawOrigin::Signed(account), call);
		let done = Running::<T>::take().unwrap();
		assert!(matches!(done.act, Act::Done(spent) if spent.len() == MAX_LIMITS as usize));
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

	/// A session key pays.
	#[benchmark]
	fn as_agent_direct() -> Result<(), BenchmarkError> {
		let (_, agent, key) = session::<T>();
		let call = T::BenchmarkHelper::pay(AssetKind::Asset(MAX_LIMITS - 2), &receiver(), 1);
		let info = call.get_dispatch_info();
		let extension = AsAgent::<T, _>::new(Fee);
		let origin = T::RuntimeOrigin::from(RawOrigin::Signed(key));
		#[block]
		{
			extension.test_run(origin, &call, &info, 0, 0, |_| Ok(().into())).unwrap().unwrap();
		}
		assert!(Rates::<T>::get(Spender::Agent(agent)).sums.iter().any(|sum| *sum > 0));
		Ok(())
	}

	/// A session key pays in every asset with `n` calls.
	#[benchmark]
	fn as_agent_act(n: Linear<10, 64>) -> Result<(), BenchmarkError> {
		let (_, agent, key) = session::<T>();
		let assets = largest::<T>().limits.into_iter().map(|limit| limit.asset).collect::<Vec<_>>();
		let pays =
			(0..n as usize - 1).map(|index| T::BenchmarkHelper::pay(assets[index % assets.len()], &receiver(), 1));
		let call: RuntimeCallOf<T> = Call::act { call: Box::new(T::BenchmarkHelper::batch(pays.collect())) }.into();
		let info = call.get_dispatch_info();
		let extension = AsAgent::<T, _>::new(Fee);
		let origin = T::RuntimeOrigin::from(RawOrigin::Signed(key));
		#[block]
		{
			extension.test_run(origin, &call, &info, 0, 0, |_| Ok(().into())).unwrap().unwrap();
		}
		assert!(Rates::<T>::get(Spender::Agent(agent)).sums.iter().any(|sum| *sum > 0));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
