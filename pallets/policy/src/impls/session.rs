// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A session key's transaction from its preparation to its end.

use aivm_traits::{AgentId, AgentInspect, AssetKind, Balance, PolicyApplied, PolicyGate};
use alloc::vec::Vec;
use frame_support::traits::{fungible::Inspect, fungibles};
use sp_core::crypto::AccountId32;

use super::{Actor, Spends};
use crate::{Act, Agents, Balances, Config, Event, Pallet, Running, RuntimeCallOf, Scope, Session, Spender};

/// What a transaction that was prepared remembers for its end.
pub struct Prepared {
	agent: AgentId,
	account: AccountId32,
	spenders: [Spender; 2],
	now: u64,
	/// What was counted for the call.
	reserved: Spends,
	/// What was counted for the fee.
	fee: Balance,
	/// What the fee extension took, and what the account had after that.
	withdrawn: Balance,
	/// The balances before the dispatch of a direct call.
	before: Vec<(AssetKind, Balances)>,
}

/// What a transaction really paid.
pub struct Outcome {
	spent: Spends,
	/// What the account had before the fee was corrected.
	native: Balance,
}

impl<T: Config> Pallet<T> {
	/// What `who` has of `asset`.
	pub(crate) fn balances(asset: AssetKind, who: &AccountId32) -> Balances {
		match asset {
			AssetKind::Native => Balances { total: T::Currency::total_balance(who), free: T::Currency::balance(who) },
			AssetKind::Asset(id) => Balances {
				total: <T::Assets as fungibles::Inspect<_>>::total_balance(id, who),
				free: <T::Assets as fungibles::Inspect<_>>::balance(id, who),
			},
		}
	}

	/// What `who` has of each of these assets.
	pub(crate) fn snapshot(assets: &[AssetKind], who: &AccountId32) -> Vec<(AssetKind, Balances)> {
		assets.iter().map(|asset| (*asset, Self::balances(*asset, who))).collect()
	}

	/// What left `who` since a snapshot.
	pub(crate) fn spent_since(before: &[(AssetKind, Balances)], who: &AccountId32) -> Spends {
		before.iter().map(|(asset, balances)| (*asset, balances.spent_until(Self::balances(*asset, who)))).collect()
	}

	/// Counts what a transaction may pay, and lets the fee extension take the fee.
	///
	/// # Errors
	///
	/// Those of `take_fee`; the transaction is invalid then, and nothing of this stays.
	pub(crate) fn prepare_session<Pre, Error>(
		actor: &Actor<T>,
		key: &AccountId32,
		call: &RuntimeCallOf<T>,
		reserved: Spends,
		fee: Balance,
		take_fee: impl FnOnce() -> Result<Pre, Error>,
	) -> Result<(Prepared, Pre), Error> {
		let account = T::Agents::account(actor.agent);
		let spenders = [actor.spender(Scope::Agent), actor.spender(Scope::Key)];
		for spender in &spenders {
			Self::count_transaction(spender, actor.now);
			for (asset, amount) in &reserved {
				Self::count(spender, *asset, actor.now, amount.saturating_add(fee_in(*asset, fee)));
			}
		}
		let had = T::Currency::total_balance(&account);
		let pre = take_fee()?;
		let withdrawn = had.saturating_sub(T::Currency::total_balance(&account));

		let measured = actor.rules.measured();
		let act = Self::inside_act(call).is_some();
		let before = if act { Vec::new() } else { Self::snapshot(&measured, &account) };
		Running::<T>::put(Session {
			agent: actor.agent,
			account: account.clone(),
			key: key.clone(),
			policy_hash: actor.hash,
			version: actor.version,
			measured: measured.try_into().unwrap_or_default(),
			reserved: reserved.clone().try_into().unwrap_or_default(),
			act: if act { Act::Expected } else { Act::Direct },
		});
		let prepared =
			Prepared { agent: actor.agent, account, spenders, now: actor.now, reserved, fee, withdrawn, before };
		Ok((prepared, pre))
	}

	/// Ends the context and tells what the call paid.
	pub(crate) fn end_session(prepared: &Prepared) -> Outcome {
		let spent = match Running::<T>::take().map(|session| session.act) {
			Some(Act::Done(spent)) => spent.into_inner(),
			Some(Act::Direct) => Self::spent_since(&prepared.before, &prepared.account),
			// An `act` that failed before it dispatched anything.
			Some(Act::Expected | Act::Running) | None => Spends::new(),
		};
		if !prepared.before.is_empty() {
			Self::guard(prepared, &spent);
		}
		Outcome { spent, native: T::Currency::total_balance(&prepared.account) }
	}

	/// Freezes the agent if a direct call spent more than its arguments say. The runtime's description of the call is
	/// wrong then, and the owner must know before more is lost.
	fn guard(prepared: &Prepared, spent: &Spends) {
		for (asset, spent) in spent {
			let bound = amount_of(&prepared.reserved, *asset);
			if *spent > bound {
				Agents::<T>::mutate(prepared.agent, |state| state.frozen = true);
				Self::deposit_event(Event::BoundExceeded {
					agent: prepared.agent,
					asset: *asset,
					bound,
					spent: *spent,
				});
			}
		}
	}

	/// Puts what the transaction really paid into the counters, once the fee is final.
	pub(crate) fn count_outcome(prepared: &Prepared, outcome: &Outcome) {
		let refunded = T::Currency::total_balance(&prepared.account).saturating_sub(outcome.native);
		let fee = prepared.withdrawn.saturating_sub(refunded);
		let unlisted =
			outcome.spent.iter().filter(|(asset, _)| !prepared.reserved.iter().any(|(known, _)| known == asset));
		for (asset, _) in prepared.reserved.iter().chain(unlisted) {
			let counted = amount_of(&prepared.reserved, *asset).saturating_add(fee_in(*asset, prepared.fee));
			let paid = amount_of(&outcome.spent, *asset).saturating_add(fee_in(*asset, fee));
			for spender in &prepared.spenders {
				Self::correct(spender, *asset, prepared.now, counted, paid);
			}
		}
	}
}

/// The part of the fee that is paid in `asset`.
fn fee_in(asset: AssetKind, fee: Balance) -> Balance {
	if asset == AssetKind::Native {
		fee
	} else {
		0
	}
}

/// What is paid in `asset`.
pub(crate) fn amount_of(spends: &[(AssetKind, Balance)], asset: AssetKind) -> Balance {
	spends.iter().find(|(known, _)| *known == asset).map_or(0, |(_, amount)| *amount)
}

impl<T: Config> PolicyGate for Pallet<T> {
	fn decision() -> Option<PolicyApplied> {
		let session = Running::<T>::get()?;
		Some(PolicyApplied {
			agent: session.agent,
			key: session.key,
			policy_hash: session.policy_hash,
			version: session.version,
		})
	}
}
