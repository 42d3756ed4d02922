// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A session key's transaction from its preparation to its end.

use aivm_traits::{AgentId, AssetKind, Balance, PolicyApplied, PolicyGate};
use alloc::vec::Vec;
use frame_support::{
	traits::{fungible::Inspect, fungibles},
	weights::Weight,
};
use sp_core::crypto::AccountId32;

use super::{Actor, Judged, Spends};
use crate::{Act, Acting, Agents, Balances, Config, Event, Expected, Pallet, Running, Session, Spender};

/// What a transaction that was prepared remembers for its end.
pub struct Prepared {
	/// Weight that it was charged and does not need.
	pub(crate) unused: Weight,
	agent: AgentId,
	account: AccountId32,
	spenders: [Spender; 2],
	now: u64,
	/// What the arguments say.
	known: Spends,
	/// What the fee extension took.
	withdrawn: Balance,
	/// The balances before the dispatch of a direct call, or `None` for an `act`.
	before: Option<Vec<(AssetKind, Balances)>>,
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
	pub(crate) fn snapshot<'a>(
		assets: impl IntoIterator<Item = &'a AssetKind>,
		who: &AccountId32,
	) -> Vec<(AssetKind, Balances)> {
		assets.into_iter().map(|asset| (*asset, Self::balances(*asset, who))).collect()
	}

	/// Opens the context of a transaction, and lets the fee extension take the fee.
	///
	/// # Errors
	///
	/// Those of `take_fee`; the transaction is invalid then, and nothing of this stays.
	pub(crate) fn prepare_session<Pre, Error>(
		actor: Actor<T>,
		applied: PolicyApplied,
		is_act: bool,
		judged: Judged,
		fee: Balance,
		take_fee: impl FnOnce() -> Result<Pre, Error>,
	) -> Result<(Prepared, Pre), Error> {
		let account = actor.account;
		let had = T::Currency::total_balance(&account);
		let pre = take_fee()?;
		let before = (!is_act).then(|| Self::snapshot(&judged.measured, &account));
		let left = native_in(before.as_deref()).unwrap_or_else(|| T::Currency::total_balance(&account));

		let spenders = [Spender::Agent(actor.agent), Spender::Key(applied.key.clone())];
		// Neither list is longer than what it is put into: every asset in it has a limit, or is the native token.
		let measured = judged.measured.try_into().unwrap_or_default();
		Running::<T>::put(Session { applied, account: account.clone(), measured });
		let known = judged.walked.known;
		if is_act {
			let (known, rooms) = (known.clone(), judged.rooms);
			let (known, rooms) = (known.try_into().unwrap_or_default(), rooms.try_into().unwrap_or_default());
			Acting::<T>::put(Act::Expected(Expected { fee, known, rooms }));
		}
		let prepared = Prepared {
			unused: Weight::zero(),
			agent: actor.agent,
			account,
			spenders,
			now: actor.now,
			known,
			withdrawn: had.saturating_sub(left),
			before,
		};
		Ok((prepared, pre))
	}

	/// Ends the context and tells what the call paid.
	pub(crate) fn end_session(prepared: &Prepared) -> Outcome {
		Running::<T>::kill();
		let account = &prepared.account;
		let Some(before) = &prepared.before else {
			let spent = match Acting::<T>::take() {
				Some(Act::Done(spent)) => spent.into_inner(),
				// It failed before it dispatched anything.
				Some(Act::Expected(_) | Act::Running) | None => Spends::new(),
			};
			return Outcome { spent, native: T::Currency::total_balance(account) };
		};
		let after = Self::snapshot(before.iter().map(|(asset, _)| asset), account);
		let spent = spent_between(before, &after);
		Self::guard(prepared, &spent);
		Outcome { spent, native: native_in(Some(&after)).unwrap_or_default() }
	}

	/// Freezes the agent if a direct call spent more than its arguments say. The runtime's description of the call is
	/// wrong then, and the owner must know before more is lost.
	fn guard(prepared: &Prepared, spent: &Spends) {
		for (asset, spent) in spent {
			let bound = amount_of(&prepared.known, *asset);
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

	/// Counts what the transaction really paid, once the fee is final. Until then no other transaction of the agent can
	/// begin, see [`Running`].
	pub(crate) fn count_outcome(prepared: &Prepared, outcome: &Outcome) {
		let refunded = T::Currency::total_balance(&prepared.account).saturating_sub(outcome.native);
		let fee = prepared.withdrawn.saturating_sub(refunded);
		for spender in &prepared.spenders {
			Self::count(spender, prepared.now, &outcome.spent, fee);
		}
	}
}

/// What left an account between two snapshots of the same assets.
pub(crate) fn spent_between(before: &[(AssetKind, Balances)], after: &[(AssetKind, Balances)]) -> Spends {
	let pairs = before.iter().zip(after);
	pairs.map(|((asset, before), (_, after))| (*asset, before.spent_until(*after))).collect()
}

/// The whole native balance in a snapshot.
fn native_in(snapshot: Option<&[(AssetKind, Balances)]>) -> Option<Balance> {
	let (_, native) = snapshot?.iter().find(|(asset, _)| *asset == AssetKind::Native)?;
	Some(native.total)
}

/// What is paid in `asset`.
pub(crate) fn amount_of(spends: &[(AssetKind, Balance)], asset: AssetKind) -> Balance {
	spends.iter().find(|(known, _)| *known == asset).map_or(0, |(_, amount)| *amount)
}

impl<T: Config> PolicyGate for Pallet<T> {
	fn decision() -> Option<PolicyApplied> {
		Running::<T>::get().map(|session| session.applied)
	}
}
