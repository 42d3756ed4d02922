// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Lets session keys act, within the policy.

use aivm_traits::{Balance, PolicyApplied};
use alloc::{boxed::Box, rc::Rc, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::{fmt, marker::PhantomData};
use frame_support::{
	dispatch::{DispatchInfo, PostDispatchInfo},
	pallet_prelude::TransactionSource,
	traits::{fungible::Inspect, OriginTrait},
	weights::Weight,
};
use frame_system::RawOrigin;
use pallet_transaction_payment::{ChargeTransactionPayment, OnChargeTransaction};
use scale_info::{StaticTypeInfo, TypeInfo};
use sp_runtime::{
	traits::{
		AsSystemOriginSigner, DispatchInfoOf, DispatchOriginOf, Dispatchable, Implication, PostDispatchInfoOf,
		RefundWeight, TransactionExtension, TransactionExtensionMetadata, ValidateResult,
	},
	transaction_validity::TransactionValidityError,
	DispatchResult,
};

use crate::{
	impls::{first_broken, others, yes_or_no, Actor, Envelope, Judged, Outcome, Prepared},
	Check, Config, Keys, Pallet, Refusal, Running, RuntimeCallOf, Scope, WeightInfo, MAX_LIMITS,
};

/// What an extension that takes fees takes at most.
pub trait FeeBound<Call: Dispatchable> {
	/// The highest fee, with the tip, of a transaction of `len` encoded bytes.
	fn fee_bound(&self, info: &DispatchInfoOf<Call>, len: usize) -> Balance;
}

/// No fees.
impl<Call: Dispatchable> FeeBound<Call> for () {
	fn fee_bound(&self, _: &DispatchInfoOf<Call>, _: usize) -> Balance {
		0
	}
}

impl<T> FeeBound<T::RuntimeCall> for ChargeTransactionPayment<T>
where
	T: pallet_transaction_payment::Config<
		RuntimeCall: Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo>,
		OnChargeTransaction: OnChargeTransaction<T, Balance = Balance>,
	>,
{
	fn fee_bound(&self, info: &DispatchInfoOf<T::RuntimeCall>, len: usize) -> Balance {
		let len = u32::try_from(len).unwrap_or(u32::MAX);
		pallet_transaction_payment::Pallet::<T>::compute_fee(len, info, self.tip())
	}
}

/// Recognises session keys. Wraps the extension `S` that takes fees.
///
/// If the signer is a session key, the transaction is checked against the policies of the agent and the key; see
/// [`Refusal`] for the codes. If it passes, the agent's account becomes the sender, for `S` and everything after it too,
/// and every call that is dispatched on the way is checked as well. Other signers pass to `S` unchanged.
///
/// It is transparent: on the wire and in the metadata there is only `S`, so clients need to know nothing about it.
///
/// Put it behind `CheckNonce`, which must see the session key, and before every extension that must see the agent. `S`
/// must take fees from the origin's account in the native token, and nothing else.
#[derive(Encode, Decode, DecodeWithMemTracking)]
pub struct AsAgent<T, S>(pub S, PhantomData<T>);

impl<T, S> AsAgent<T, S> {
	/// Wraps `fees`.
	pub const fn new(fees: S) -> Self {
		Self(fees, PhantomData)
	}
}

impl<T, S> From<S> for AsAgent<T, S> {
	fn from(fees: S) -> Self {
		Self::new(fees)
	}
}

impl<T, S: Clone> Clone for AsAgent<T, S> {
	fn clone(&self) -> Self {
		Self::new(self.0.clone())
	}
}

impl<T, S: PartialEq> PartialEq for AsAgent<T, S> {
	fn eq(&self, other: &Self) -> bool {
		self.0 == other.0
	}
}

impl<T, S: Eq> Eq for AsAgent<T, S> {}

impl<T, S: fmt::Debug> fmt::Debug for AsAgent<T, S> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		self.0.fmt(f)
	}
}

impl<T: 'static, S: StaticTypeInfo> TypeInfo for AsAgent<T, S> {
	type Identity = S;

	fn type_info() -> scale_info::Type {
		S::type_info()
	}
}

/// What validation tells preparation.
pub enum Val<T: Config, V> {
	/// The signer is no session key.
	Plain(V),
	/// The signer is a session key, and its transaction passed.
	Session(Box<Ticket<T>>, V),
}

/// A session key's transaction that passed.
pub struct Ticket<T: Config> {
	actor: Actor<T>,
	applied: PolicyApplied,
	judged: Judged,
	fee: Balance,
}

/// What preparation tells the end.
pub enum Pre<P> {
	/// The signer is no session key. The weight is to be given back.
	Plain(Weight, P),
	/// A session key's transaction.
	Session(Box<Prepared>, P),
}

impl<T: Config, S> AsAgent<T, S> {
	/// What of it a session key's transaction does not need.
	fn unused_weight(call: &RuntimeCallOf<T>, judged: &Judged) -> Weight {
		let nodes = Pallet::<T>::inside_act(call).map(|_| judged.walked.nodes);
		let unused = own_weight::<T>(call).saturating_sub(key_weight::<T>(nodes, others(&judged.measured)));
		// What the block has used already is neither read from the database nor written to it once more.
		let again = if judged.seen { T::WeightInfo::as_agent_first(0) } else { Weight::zero() };
		unused.saturating_add(again)
	}

	/// Checks the transaction if `who` is a session key.
	fn recognise(
		&self,
		who: &T::AccountId,
		call: &RuntimeCallOf<T>,
		info: &DispatchInfo,
		len: usize,
	) -> Result<Option<Ticket<T>>, Refusal>
	where
		S: FeeBound<RuntimeCallOf<T>>,
	{
		let Some(record) = Keys::<T>::get(who) else { return Ok(None) };
		if record.grant.is_none() && T::Currency::balance(who) > 0 {
			// Its money must not be stuck, and there is no agent that it could pay with.
			return Ok(None);
		}
		let mut checked = 0;
		let mut report = |check: Check| {
			checked |= check.rule.bit();
			first_broken(check)
		};
		report(yes_or_no(Refusal::KeyRemoved, Scope::Transaction, record.grant.is_some()))?;
		let grant = record.grant.ok_or(Refusal::KeyRemoved)?;
		report(yes_or_no(Refusal::SessionRunning, Scope::Transaction, !Running::<T>::exists()))?;
		let restriction_hash = grant.hash;
		let actor = Pallet::<T>::actor(record.agent, Some((who, grant)), &mut report)?;
		let fee = self.0.fee_bound(info, len);
		let envelope = Envelope { weight: info.call_weight, fee };
		let judged = Pallet::<T>::judge(&actor, call, envelope, &mut report)?;
		// What is measured after an `act` are limits on amounts, which were checked here for the native token at least.
		let (agent, policy_hash, version) = (actor.agent, actor.hash, actor.version);
		let applied = PolicyApplied { agent, key: who.clone(), policy_hash, version, restriction_hash, checked };
		Ok(Some(Ticket { actor, applied, judged, fee }))
	}
}

/// The weight of [`AsAgent`], without the extension that it wraps, for any signer of `call`.
pub(crate) fn own_weight<T: Config>(call: &RuntimeCallOf<T>) -> Weight {
	match Pallet::<T>::nodes(call) {
		Some(nodes) => key_weight::<T>(Some(nodes), MAX_LIMITS),
		None => key_weight::<T>(None, Pallet::<T>::spends_other_asset(call).into()),
	}
}

/// The weight of [`AsAgent`], without the extension that it wraps, for a session key's first transaction in a block: with
/// an `act` of so many `nodes` if there is one, and so many assets besides the native token that are measured.
pub fn key_weight<T: Config>(nodes: Option<u32>, assets: u32) -> Weight {
	let checks = match nodes {
		Some(nodes) => T::WeightInfo::as_agent_act(nodes, assets),
		None if assets == 0 => T::WeightInfo::as_agent_direct(),
		None => T::WeightInfo::as_agent_asset(),
	};
	T::WeightInfo::as_agent_first(assets).saturating_add(checks)
}

/// Ends the wrapped extension, and gives weight back. The fee is not for weight that is given back.
fn give_back<S: TransactionExtension<Call>, Call: Dispatchable>(
	unused: Weight,
	pre: S::Pre,
	info: &DispatchInfoOf<Call>,
	post_info: &PostDispatchInfoOf<Call>,
	len: usize,
	result: &DispatchResult,
) -> Result<Weight, TransactionValidityError>
where
	PostDispatchInfoOf<Call>: RefundWeight + Copy,
{
	let mut post_info = *post_info;
	post_info.refund(unused);
	let more = S::post_dispatch_details(pre, info, &post_info, len, result)?;
	Ok(unused.saturating_add(more))
}

impl<T, S> TransactionExtension<RuntimeCallOf<T>> for AsAgent<T, S>
where
	T: Config + Send + Sync,
	S: TransactionExtension<RuntimeCallOf<T>> + FeeBound<RuntimeCallOf<T>>,
	DispatchOriginOf<RuntimeCallOf<T>>: AsSystemOriginSigner<T::AccountId>
		+ OriginTrait<Call = RuntimeCallOf<T>>
		+ From<RawOrigin<T::AccountId>>
		+ Clone,
{
	const IDENTIFIER: &'static str = S::IDENTIFIER;
	type Implicit = S::Implicit;
	type Val = Val<T, S::Val>;
	type Pre = Pre<S::Pre>;

	fn implicit(&self) -> Result<Self::Implicit, TransactionValidityError> {
		self.0.implicit()
	}

	fn metadata() -> Vec<TransactionExtensionMetadata> {
		S::metadata()
	}

	fn weight(&self, call: &RuntimeCallOf<T>) -> Weight {
		self.0.weight(call).saturating_add(own_weight::<T>(call))
	}

	fn validate(
		&self,
		mut origin: DispatchOriginOf<RuntimeCallOf<T>>,
		call: &RuntimeCallOf<T>,
		info: &DispatchInfoOf<RuntimeCallOf<T>>,
		len: usize,
		self_implicit: Self::Implicit,
		inherited_implication: &impl Implication,
		source: TransactionSource,
	) -> ValidateResult<Self::Val, RuntimeCallOf<T>> {
		let ticket = match origin.as_system_origin_signer() {
			Some(who) => self.recognise(who, call, info, len)?,
			None => None,
		};
		let Some(ticket) = ticket else {
			let (valid, val, origin) =
				self.0.validate(origin, call, info, len, self_implicit, inherited_implication, source)?;
			return Ok((valid, Val::Plain(val), origin));
		};
		// What filtered the signer filters the agent as well.
		origin.set_caller_from(RawOrigin::Signed(ticket.actor.account.clone()));
		let rules = Rc::clone(&ticket.actor.rules);
		origin.add_filter(move |call: &RuntimeCallOf<T>| {
			Pallet::<T>::inside_act(call).is_some() || Pallet::<T>::may_dispatch(&rules, call)
		});
		let (mut valid, val, origin) =
			self.0.validate(origin, call, info, len, self_implicit, inherited_implication, source)?;
		valid.longevity = valid.longevity.min(ticket.actor.longevity());
		Ok((valid, Val::Session(Box::new(ticket), val), origin))
	}

	fn prepare(
		self,
		val: Self::Val,
		origin: &DispatchOriginOf<RuntimeCallOf<T>>,
		call: &RuntimeCallOf<T>,
		info: &DispatchInfoOf<RuntimeCallOf<T>>,
		len: usize,
	) -> Result<Self::Pre, TransactionValidityError> {
		match val {
			Val::Plain(val) => {
				let unused = own_weight::<T>(call).saturating_sub(T::WeightInfo::as_agent_plain());
				Ok(Pre::Plain(unused, self.0.prepare(val, origin, call, info, len)?))
			}
			Val::Session(ticket, val) => {
				let Ticket { actor, applied, judged, fee } = *ticket;
				let unused = Self::unused_weight(call, &judged);
				let is_act = Pallet::<T>::inside_act(call).is_some();
				let take_fee = || self.0.prepare(val, origin, call, info, len);
				let (mut prepared, pre) = Pallet::<T>::prepare_session(actor, applied, is_act, judged, fee, take_fee)?;
				prepared.unused = unused;
				Ok(Pre::Session(Box::new(prepared), pre))
			}
		}
	}

	fn post_dispatch_details(
		pre: Self::Pre,
		info: &DispatchInfoOf<RuntimeCallOf<T>>,
		post_info: &PostDispatchInfoOf<RuntimeCallOf<T>>,
		len: usize,
		result: &DispatchResult,
	) -> Result<Weight, TransactionValidityError> {
		match pre {
			Pre::Plain(unused, pre) => give_back::<S, _>(unused, pre, info, post_info, len, result),
			Pre::Session(prepared, pre) => {
				let outcome: Outcome = Pallet::<T>::end_session(&prepared);
				let unused = give_back::<S, _>(prepared.unused, pre, info, post_info, len, result)?;
				Pallet::<T>::count_outcome(&prepared, &outcome);
				Ok(unused)
			}
		}
	}

	fn bare_validate(
		call: &RuntimeCallOf<T>,
		info: &DispatchInfoOf<RuntimeCallOf<T>>,
		len: usize,
	) -> sp_runtime::transaction_validity::TransactionValidity {
		S::bare_validate(call, info, len)
	}

	fn bare_validate_and_prepare(
		call: &RuntimeCallOf<T>,
		info: &DispatchInfoOf<RuntimeCallOf<T>>,
		len: usize,
	) -> Result<(), TransactionValidityError> {
		S::bare_validate_and_prepare(call, info, len)
	}

	fn bare_post_dispatch(
		info: &DispatchInfoOf<RuntimeCallOf<T>>,
		post_info: &mut PostDispatchInfoOf<RuntimeCallOf<T>>,
		len: usize,
		result: &DispatchResult,
	) -> Result<(), TransactionValidityError> {
		S::bare_post_dispatch(info, post_info, len, result)
	}
}
