// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Dispatches a call and measures what it does.

use aivm_traits::{AssetKind, Balance};
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, GetDispatchInfo, PostDispatchInfo},
	ensure,
	storage::{with_transaction, TransactionOutcome},
	traits::{IsSubType, OriginTrait},
};
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResultWithInfo};

use super::{session::amount_of, Spends};
use crate::{
	Act, Call, Check, Config, Error, Event, Keys, Pallet, Running, RuntimeCallOf, Scope, Session, Spender, WeightInfo,
};

/// Why the effects of a call were undone.
enum Undone {
	/// The call failed.
	Failed(DispatchResultWithInfo<PostDispatchInfo>),
	/// No storage layer could be opened for it.
	TooDeep,
	/// What it did broke a rule.
	Refused(Check, DispatchResultWithInfo<PostDispatchInfo>),
}

impl From<DispatchError> for Undone {
	fn from(_: DispatchError) -> Self {
		Self::TooDeep
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_act(
		who: &T::AccountId,
		origin: T::RuntimeOrigin,
		call: RuntimeCallOf<T>,
	) -> DispatchResultWithPostInfo {
		let mut session = Running::<T>::get().ok_or(Error::<T>::NotASession)?;
		ensure!(session.account == *who && session.act == Act::Expected, Error::<T>::NotASession);
		session.act = Act::Running;
		Running::<T>::put(&session);

		let info = call.get_dispatch_info();
		let mut origin = origin;
		// The origin has the rules about calls already; they let `act` itself through, which must not nest.
		origin.add_filter(|call: &RuntimeCallOf<T>| {
			let own: Option<&Call<T>> = call.is_sub_type();
			own.is_none()
		});
		let before = Self::snapshot(&session.measured, &session.account);
		let done = with_transaction(|| {
			let result = call.dispatch(origin);
			if result.is_err() {
				return TransactionOutcome::Rollback(Err(Undone::Failed(result)));
			}
			let spent = Self::outcome(&session, Self::spent_since(&before, &session.account));
			match Self::broken_by(&session, &spent) {
				Some(check) => TransactionOutcome::Rollback(Err(Undone::Refused(check, result))),
				None => TransactionOutcome::Commit(Ok((spent, result))),
			}
		});

		let (agent, key) = (session.agent, session.key.clone());
		let (spent, result) = match done {
			Ok((spent, result)) => (spent, result),
			Err(Undone::TooDeep) => return Err(Error::<T>::TooDeep.into()),
			Err(Undone::Failed(result)) => (Spends::new(), result),
			Err(Undone::Refused(check, result)) => {
				Self::deposit_event(Event::Refused {
					agent,
					key: key.clone(),
					rule: check.rule,
					asset: check.asset.unwrap_or(AssetKind::Native),
					limit: check.limit,
					value: check.used.saturating_add(check.requested),
				});
				Self::finish(session, Spends::new());
				return Ok(Self::acted(&info, &result));
			}
		};
		let post = Self::acted(&info, &result);
		Self::deposit_event(Event::Acted {
			agent,
			key,
			policy_hash: session.policy_hash,
			version: session.version,
			result: result.map(|_| ()).map_err(|error| error.error),
		});
		Self::finish(session, spent);
		Ok(post)
	}

	/// What counts as paid: in each asset the larger one of what the arguments say and what left the account.
	fn outcome(session: &Session, measured: Spends) -> Spends {
		measured.into_iter().map(|(asset, spent)| (asset, spent.max(amount_of(&session.reserved, asset)))).collect()
	}

	/// The first limit that is broken if this is paid.
	fn broken_by(session: &Session, spent: &Spends) -> Option<Check> {
		let now = Self::now();
		let agent = Self::state_at(session.agent, now).current.map(|current| current.policy);
		let key = Keys::<T>::get(&session.key).and_then(|record| record.grant).map(|grant| grant.restriction);
		let scopes = [
			(Scope::Agent, agent, Spender::Agent(session.agent)),
			(Scope::Key, key, Spender::Key(session.key.clone())),
		];
		for (scope, policy, spender) in scopes {
			// Neither can go away while a session key's call runs, but if it did nothing would be allowed.
			let policy = policy.unwrap_or_default();
			for (asset, amount) in spent {
				let counted: Balance = amount_of(&session.reserved, *asset);
				// The fee is in the counters already.
				let checks = Self::amounts(scope, &policy, &spender, *asset, now, *amount, 0, counted);
				if let Some(broken) = checks.into_iter().find(|check| !check.allowed) {
					return Some(broken);
				}
			}
		}
		None
	}

	fn finish(mut session: Session, spent: Spends) {
		session.act = Act::Done(spent.try_into().unwrap_or_default());
		Running::<T>::put(session);
	}

	fn acted(
		info: &frame_support::dispatch::DispatchInfo,
		result: &DispatchResultWithInfo<PostDispatchInfo>,
	) -> PostDispatchInfo {
		let post = match result {
			Ok(post) => post,
			Err(error) => &error.post_info,
		};
		let weight = T::WeightInfo::act().saturating_add(post.calc_actual_weight(info));
		PostDispatchInfo { actual_weight: Some(weight), ..Default::default() }
	}
}
