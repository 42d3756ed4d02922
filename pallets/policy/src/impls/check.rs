// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The verdict: every rule, in one place, for the extension, the filter of nested calls and the view function.

use aivm_traits::{AgentId, AgentInspect, AssetKind, Balance, CallInfo, InspectCall, Spend};
use alloc::{rc::Rc, vec, vec::Vec};
use frame_support::{traits::IsSubType, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::SaturatedConversion;

use super::order::pays;
use crate::{
	Activities, Call, Check, Config, Destinations, Expiry, Grant, Pallet, Policy, Refusal, Room, RuntimeCallOf, Scope,
	Spender, Spent, MAX_NODES,
};

/// What one transaction pays, added up by asset.
pub(crate) type Spends = Vec<(AssetKind, Balance)>;

/// The policies that a transaction must respect.
#[derive(Debug)]
pub(crate) struct Rules {
	/// The agent's.
	pub agent: Policy,
	/// The session key's.
	pub key: Option<Policy>,
}

impl Rules {
	/// Each policy with its scope.
	pub(crate) fn each(&self) -> impl Iterator<Item = (Scope, &Policy)> {
		core::iter::once((Scope::Agent, &self.agent)).chain(self.key.as_ref().map(|policy| (Scope::Key, policy)))
	}

	/// The assets that may leave the account: those that every policy has a limit for, and the native token.
	pub(crate) fn measured(&self) -> Vec<AssetKind> {
		let mut assets = vec![AssetKind::Native];
		let listed = self.agent.limits.iter().map(|limit| limit.asset).filter(|asset| *asset != AssetKind::Native);
		assets.extend(listed.filter(|asset| self.key.as_ref().is_none_or(|key| key.limit(*asset).is_some())));
		assets
	}
}

/// Who wants to act.
#[derive(Debug)]
pub(crate) struct Actor<T: Config> {
	/// The agent.
	pub agent: AgentId,
	/// Its account.
	pub account: T::AccountId,
	/// The session key. Without one, the verdict is about the agent's policy alone.
	pub key: Option<T::AccountId>,
	/// When the key stops to work.
	pub expiry: Option<Expiry<BlockNumberFor<T>>>,
	/// Version of the agent's policy.
	pub version: u32,
	/// Hash of the agent's policy.
	pub hash: H256,
	/// The second of the Unix epoch that it is now.
	pub now: u64,
	/// The policies.
	pub rules: Rc<Rules>,
}

/// What a transaction's calls pay.
#[derive(Debug)]
pub(crate) struct Walked {
	/// The sums that their arguments tell. The native token is among them in any case, because of the fee.
	pub known: Spends,
	/// Whether nothing else can leave the account.
	pub all_known: bool,
	/// How many calls there are.
	pub nodes: u32,
}

/// What is known of a transaction that every rule allows.
#[derive(Debug)]
pub(crate) struct Judged {
	/// What its calls pay.
	pub walked: Walked,
	/// The assets that may leave the account.
	pub measured: Vec<AssetKind>,
	/// What both policies say about them.
	pub rooms: Vec<Room>,
	/// Whether this block has a transaction of the same key already.
	pub seen: bool,
}

/// What a transaction is besides its call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope {
	/// Weight of the call, without extensions.
	pub weight: Weight,
	/// The highest fee, tip included.
	pub fee: Balance,
}

/// Stops at the first rule that is broken.
pub(crate) fn first_broken(check: Check) -> Result<(), Refusal> {
	if check.allowed {
		Ok(())
	} else {
		Err(check.rule)
	}
}

/// A rule without a number.
pub(crate) fn yes_or_no(rule: Refusal, scope: Scope, allowed: bool) -> Check {
	Check { rule, scope, asset: None, allowed, limit: 0, used: 0, requested: 0 }
}

/// A rule that bounds a number.
fn at_most(rule: Refusal, scope: Scope, limit: u128, used: u128, requested: u128) -> Check {
	let allowed = used.checked_add(requested).is_some_and(|sum| sum <= limit);
	Check { rule, scope, asset: None, allowed, limit, used, requested }
}

/// What one call must respect by itself.
fn call_rules<Call>(
	scope: Scope,
	policy: &Policy,
	info: &CallInfo<'_, Call, AccountId32>,
	report: &mut impl FnMut(Check) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
	report(yes_or_no(Refusal::CallNotAllowed, scope, policy.allows(info.id)))?;
	match &info.spend {
		Spend::Exact { to: Some(to), .. } => {
			let denied = policy.denied.binary_search(to).is_ok();
			report(yes_or_no(Refusal::DestinationDenied, scope, !denied))?;
			report(yes_or_no(Refusal::DestinationNotAllowed, scope, denied || pays(policy, to)))?;
		}
		Spend::Unknown => {
			let open = policy.destinations == Destinations::Any && policy.denied.is_empty();
			report(yes_or_no(Refusal::DestinationUnknown, scope, open))?;
		}
		Spend::Exact { to: None, .. } | Spend::Nothing => {}
	}
	if let Some(usage) = info.model {
		report(yes_or_no(Refusal::ModelNotAllowed, scope, policy.models.allow(usage.model)))?;
		report(at_most(Refusal::TaskPriceAboveMaximum, scope, policy.max_task_price, 0, usage.max_price))?;
	}
	Ok(())
}

impl Room {
	/// The rules about an amount that leaves the account in a transaction: in this transaction, in a day, and ever. The
	/// fee does not count in the first one.
	pub(crate) fn checks(
		&self,
		amount: Balance,
		fee: Balance,
		report: &mut impl FnMut(Check) -> Result<(), Refusal>,
	) -> Result<(), Refusal> {
		let fee = if self.asset == AssetKind::Native { fee } else { 0 };
		let with_fee = amount.saturating_add(fee);
		let mut about = |rule, limit, used, requested| {
			report(Check { asset: Some(self.asset), ..at_most(rule, self.scope, limit, used, requested) })
		};
		let Some(limit) = &self.limit else { return about(Refusal::AssetNotListed, 0, 0, with_fee) };
		about(Refusal::AboveTransactionLimit, limit.per_transaction, 0, amount)?;
		about(Refusal::AboveDayLimit, limit.per_day, self.used.day, with_fee)?;
		about(Refusal::AboveLifetimeLimit, limit.lifetime, self.used.lifetime, with_fee)
	}
}

impl<T: Config> Pallet<T> {
	/// Who acts with this key, after every rule about the key and the agent as such.
	pub(crate) fn actor(
		agent: AgentId,
		key: Option<(&T::AccountId, Grant<BlockNumberFor<T>>)>,
		report: &mut impl FnMut(Check) -> Result<(), Refusal>,
	) -> Result<Actor<T>, Refusal> {
		let now = Self::now();
		let scope = Scope::Transaction;
		if let Some((_, grant)) = &key {
			let (limit, used) = match grant.expiry {
				Expiry::Block(block) => {
					(block.saturated_into::<u128>(), frame_system::Pallet::<T>::block_number().saturated_into::<u128>())
				}
				Expiry::Time(time) => (time.into(), now.into()),
			};
			let allowed = !Self::is_expired(&grant.expiry, now);
			report(Check { limit, used, ..yes_or_no(Refusal::KeyExpired, scope, allowed) })?;
		}
		let info = T::Agents::agent(agent);
		report(yes_or_no(Refusal::NoSuchAgent, scope, info.is_some()))?;
		let info = info.ok_or(Refusal::NoSuchAgent)?;
		if let Some((_, grant)) = &key {
			report(yes_or_no(Refusal::AgentTransferred, scope, grant.transfers == info.transfers))?;
		}
		let state = Self::state_at(agent, now);
		report(yes_or_no(Refusal::AgentFrozen, scope, !state.frozen))?;
		report(yes_or_no(Refusal::NoPolicy, scope, state.current.is_some()))?;
		let current = state.current.ok_or(Refusal::NoPolicy)?;
		Ok(Actor {
			agent,
			account: T::Agents::account(agent),
			key: key.as_ref().map(|(key, _)| (*key).clone()),
			expiry: key.as_ref().map(|(_, grant)| grant.expiry),
			version: state.version,
			hash: current.hash,
			now,
			rules: Rc::new(Rules { agent: current.policy, key: key.map(|(_, grant)| grant.restriction) }),
		})
	}

	/// Applies every rule to a transaction, and tells what is known of it.
	pub(crate) fn judge(
		actor: &Actor<T>,
		call: &RuntimeCallOf<T>,
		envelope: Envelope,
		report: &mut impl FnMut(Check) -> Result<(), Refusal>,
	) -> Result<Judged, Refusal> {
		let mut natives = Vec::new();
		let mut seen = false;
		for (scope, policy) in actor.rules.each() {
			let activity = Activities::<T>::get(actor.spender(scope));
			natives.push(activity.native.spent_at(actor.now));
			// The key comes last, and the agent's part in a block is at least the key's.
			seen = activity.block == frame_system::Pallet::<T>::block_number();
			if let Some(expires) = policy.expires {
				let allowed = actor.now < expires;
				let check = yes_or_no(Refusal::PolicyExpired, scope, allowed);
				report(Check { limit: expires.into(), used: actor.now.into(), ..check })?;
			}
			report(yes_or_no(Refusal::OutsideHours, scope, policy.hours.contain(actor.now)))?;
			let rate = activity.rate_at(actor.now);
			report(at_most(Refusal::TooManyTransactions, scope, policy.transactions_per_hour.into(), rate, 1))?;
			let (weight, max) = (envelope.weight, policy.max_weight);
			let check = at_most(Refusal::WeightAboveMaximum, scope, max.ref_time().into(), 0, weight.ref_time().into());
			report(Check { allowed: weight.all_lte(max), ..check })?;
			report(at_most(Refusal::FeeAboveMaximum, scope, policy.max_fee, 0, envelope.fee))?;
		}
		let walked = Self::walk(&actor.rules, call, report)?;
		// What can be neither known nor measured must not leave the account, so nothing has to look at it.
		let mut measured = if walked.all_known { Vec::new() } else { actor.rules.measured() };
		for (asset, _) in &walked.known {
			if !measured.contains(asset) {
				measured.push(*asset);
			}
		}
		let mut rooms = Vec::new();
		for ((scope, policy), native) in actor.rules.each().zip(natives) {
			let spender = actor.spender(scope);
			for asset in &measured {
				let limit = policy.limit(*asset).copied();
				let used = match (asset, limit) {
					(AssetKind::Native, _) => native,
					(AssetKind::Asset(_), Some(_)) => Self::spent_at(&spender, *asset, actor.now),
					(AssetKind::Asset(_), None) => Spent::default(),
				};
				let room = Room { scope, asset: *asset, limit, used };
				if let Some((_, amount)) = walked.known.iter().find(|(known, _)| known == asset) {
					room.checks(*amount, envelope.fee, report)?;
				}
				rooms.push(room);
			}
		}
		Ok(Judged { walked, measured, rooms, seen })
	}

	/// Applies the rules about calls to `root` and every call in it, and adds up what they pay.
	fn walk(
		rules: &Rules,
		root: &RuntimeCallOf<T>,
		report: &mut impl FnMut(Check) -> Result<(), Refusal>,
	) -> Result<Walked, Refusal> {
		let act = Self::inside_act(root);
		let mut known: Spends = vec![(AssetKind::Native, 0)];
		let mut all_known = true;
		let mut stack = vec![act.unwrap_or(root)];
		let mut nodes = 1_u32;
		while let Some(call) = stack.pop() {
			let info = T::Calls::inspect(call);
			let forbidden = Self::is_forbidden(call, &info);
			report(yes_or_no(Refusal::CallForbidden, Scope::Transaction, !forbidden))?;
			for (scope, policy) in rules.each() {
				call_rules(scope, policy, &info, report)?;
			}
			// Nothing helps a forbidden call.
			let plain = forbidden || Self::is_plain(&info);
			report(yes_or_no(Refusal::NeedsAct, Scope::Transaction, act.is_some() || plain))?;
			// What pays nothing needs no limit, and so would not be bounded in number.
			if let Spend::Exact { asset, amount: amount @ 1.., .. } = info.spend {
				match known.iter_mut().find(|(listed, _)| *listed == asset) {
					Some((_, sum)) => *sum = sum.saturating_add(amount),
					None => known.push((asset, amount)),
				}
			}
			all_known &= info.spend != Spend::Unknown;
			nodes = nodes.saturating_add(u32::try_from(info.inner.len()).unwrap_or(u32::MAX));
			let check = at_most(Refusal::TooManyCalls, Scope::Transaction, MAX_NODES.into(), 0, nodes.into());
			let fits = check.allowed;
			report(check)?;
			if fits {
				stack.extend(info.inner);
			}
		}
		Ok(Walked { known, all_known, nodes })
	}

	/// The call inside `act`, if the transaction is one.
	pub(crate) fn inside_act(call: &RuntimeCallOf<T>) -> Option<&RuntimeCallOf<T>> {
		match call.is_sub_type() {
			Some(Call::act { call }) => Some(call),
			_ => None,
		}
	}

	/// How many calls an `act` holds, up to the most that are let through, or `None` if the transaction is another call.
	/// It prices the extension.
	pub(crate) fn nodes(root: &RuntimeCallOf<T>) -> Option<u32> {
		let mut stack = vec![Self::inside_act(root)?];
		let mut nodes = 1_u32;
		while let Some(call) = stack.pop() {
			let inner = T::Calls::inspect(call).inner;
			nodes = nodes.saturating_add(u32::try_from(inner.len()).unwrap_or(u32::MAX));
			if nodes > MAX_NODES {
				return Some(MAX_NODES);
			}
			stack.extend(inner);
		}
		Some(nodes)
	}

	/// Whether a call's arguments say that another asset than the native token leaves the account. It prices the extension.
	pub(crate) fn spends_other_asset(call: &RuntimeCallOf<T>) -> bool {
		matches!(T::Calls::inspect(call).spend, Spend::Exact { asset: AssetKind::Asset(_), .. })
	}

	/// Whether a call's arguments bound what it spends.
	fn is_plain(info: &CallInfo<'_, RuntimeCallOf<T>, T::AccountId>) -> bool {
		info.inner.is_empty() && info.spend != Spend::Unknown
	}

	/// Whether a call would pass inside `act` only.
	pub(crate) fn needs_act(call: &RuntimeCallOf<T>) -> bool {
		let info = T::Calls::inspect(call);
		!Self::is_forbidden(call, &info) && !Self::is_plain(&info)
	}

	fn is_forbidden(call: &RuntimeCallOf<T>, info: &CallInfo<'_, RuntimeCallOf<T>, T::AccountId>) -> bool {
		let own: Option<&Call<T>> = call.is_sub_type();
		info.forbidden || own.is_some()
	}

	/// Whether a call that is dispatched on the way respects the rules about calls. Payments are added up elsewhere.
	pub(crate) fn may_dispatch(rules: &Rules, call: &RuntimeCallOf<T>) -> bool {
		let info = T::Calls::inspect(call);
		!Self::is_forbidden(call, &info)
			&& rules.each().all(|(scope, policy)| call_rules(scope, policy, &info, &mut first_broken).is_ok())
	}
}

impl<T: Config> Actor<T> {
	/// For how many blocks a transaction is valid at most: until the key or a policy expires.
	pub(crate) fn longevity(&self) -> u64 {
		let policies = self.rules.each().filter_map(|(_, policy)| policy.expires).map(Expiry::Time);
		let all = self.expiry.into_iter().chain(policies);
		all.map(|expiry| Pallet::<T>::longevity(&expiry, self.now)).min().unwrap_or(u64::MAX)
	}

	/// Whose counters a scope has.
	pub(crate) fn spender(&self, scope: Scope) -> Spender {
		match (scope, &self.key) {
			(Scope::Key, Some(key)) => Spender::Key(key.clone()),
			_ => Spender::Agent(self.agent),
		}
	}
}
