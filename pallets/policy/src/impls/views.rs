// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the view functions compute.

use aivm_traits::{AgentId, AgentInspect, AssetKind};
use alloc::{boxed::Box, vec::Vec};
use codec::{DecodeLimit, Encode};
use frame_support::{
	dispatch::GetDispatchInfo,
	traits::{EstimateFee, Get},
};

use super::check::Envelope;
use crate::{
	extension::{key_weight, own_weight},
	AgentKeys, Agents, Call, Check, Config, Keys, NoVerdict, Pallet, Pending, PolicyInForce, Refusal, RuntimeCallOf,
	SessionKeyOf, Spender, Spent, Verdict,
};

/// How deep calls may nest in a transaction, as everywhere in the SDK.
const MAX_CALL_DEPTH: u32 = 256;

/// The length of a transaction besides its call: version, address, signature, extensions and the length itself.
const USUAL_OVERHEAD: usize = 160;

impl<T: Config> Pallet<T> {
	/// Most session keys that one page has.
	pub const PAGE: u32 = 100;

	pub(crate) fn view_policy(agent: AgentId) -> Option<PolicyInForce> {
		let state = Self::state_at(agent, Self::now());
		let current = state.current?;
		Some(PolicyInForce { policy: current.policy, version: state.version, hash: current.hash, frozen: state.frozen })
	}

	pub(crate) fn view_pending(agent: AgentId) -> Option<Pending> {
		let now = Self::now();
		Agents::<T>::get(agent).pending.filter(|pending| pending.due > now)
	}

	pub(crate) fn view_session_keys(
		agent: AgentId,
		start: Option<T::AccountId>,
		limit: u32,
	) -> Vec<(T::AccountId, SessionKeyOf<T>)> {
		let keys = match start {
			Some(start) => AgentKeys::<T>::iter_key_prefix_from(agent, AgentKeys::<T>::hashed_key_for(agent, start)),
			None => AgentKeys::<T>::iter_key_prefix(agent),
		};
		let limit = usize::try_from(limit.min(Self::PAGE)).unwrap_or_default();
		keys.take(limit).filter_map(|key| Keys::<T>::get(&key).map(|record| (key, record))).collect()
	}

	pub(crate) fn view_spent(spender: &Spender, asset: AssetKind) -> Spent {
		Self::spent_at(spender, asset, Self::now())
	}

	pub(crate) fn view_would_allow(
		agent: AgentId,
		key: Option<T::AccountId>,
		call: &[u8],
		len: Option<u32>,
	) -> Result<Verdict, NoVerdict> {
		T::Agents::agent(agent).ok_or(NoVerdict::UnknownAgent)?;
		let record = match &key {
			Some(key) => Some(Keys::<T>::get(key).filter(|record| record.agent == agent).ok_or(NoVerdict::UnknownKey)?),
			None => None,
		};
		let call = RuntimeCallOf::<T>::decode_all_with_depth_limit(MAX_CALL_DEPTH, &mut &call[..])
			.map_err(|_| NoVerdict::UndecodableCall)?;
		let needs_act = Self::needs_act(&call);
		let call = if needs_act { RuntimeCallOf::<T>::from(Call::act { call: Box::new(call) }) } else { call };

		let mut info = call.get_dispatch_info();
		let others = T::TransactionOverhead::get().saturating_sub(key_weight::<T>(None, 0));
		info.extension_weight = others.saturating_add(own_weight::<T>(&call));
		let len = len
			.unwrap_or_else(|| u32::try_from(call.encoded_size().saturating_add(USUAL_OVERHEAD)).unwrap_or(u32::MAX));
		let fee = T::Fees::estimate_fee(len, &info);

		let mut checks = Vec::<Check>::new();
		let mut collect = |check: Check| {
			merge(&mut checks, check);
			Ok(())
		};
		let grant = record.map(|record| record.grant);
		let judged = if let Some(None) = grant {
			Err(Refusal::KeyRemoved)
		} else {
			let key = key.as_ref().zip(grant.flatten());
			Self::actor(agent, key, &mut collect).and_then(|actor| {
				let envelope = Envelope { weight: info.call_weight, fee };
				Self::judge(&actor, &call, envelope, &mut collect).map(|_| ())
			})
		};
		if let Err(rule) = judged {
			// Beyond this rule there is nothing to check against.
			let check = Check {
				rule,
				scope: crate::Scope::Transaction,
				asset: None,
				allowed: false,
				limit: 0,
				used: 0,
				requested: 0,
			};
			merge(&mut checks, check);
		}
		Ok(Verdict {
			allowed: checks.iter().all(|check| check.allowed),
			needs_act,
			fee,
			checks: checks.into_iter().map(|check| (check, check.remaining())).collect(),
		})
	}
}

/// Keeps one check per rule, scope and asset: a broken one, or else the one that asks for the most.
fn merge(checks: &mut Vec<Check>, check: Check) {
	let same =
		|known: &&mut Check| known.rule == check.rule && known.scope == check.scope && known.asset == check.asset;
	match checks.iter_mut().find(same) {
		Some(known) if !known.allowed => {}
		Some(known) if !check.allowed || check.requested > known.requested => *known = check,
		Some(_) => {}
		None => checks.push(check),
	}
}
