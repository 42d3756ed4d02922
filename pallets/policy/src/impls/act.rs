// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Dispatches a call and measures what it does.

use aivm_traits::{AssetKind, PolicyApplied};
use frame_support::{
	dispatch::{DispatchInfo, DispatchResultWithPostInfo, GetDispatchInfo, PostDispatchInfo},
	ensure,
	storage::{with_transaction, TransactionOutcome},
	traits::{IsSubType, OriginTrait},
};
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResultWithInfo};

use super::{
	session::{amount_of, spent_between},
	Spends,
};
use crate::{
	Act, Acting, Call, Check, Config, Error, Event, Expected, Pallet, Running, RuntimeCallOf, Session, WeightInfo,
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
		let session = Running::<T>::get().ok_or(Error::<T>::NotASession)?;
		ensure!(session.account == *who, Error::<T>::NotASession);
		let Some(Act::Expected(expected)) = Acting::<T>::get() else { return Err(Error::<T>::NotASession.into()) };
		Acting::<T>::put(Act::Running);

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
			let after = Self::snapshot(&session.measured, &session.account);
			let spent = outcome(&expected, spent_between(&before, &after));
			match broken_by(&expected, &spent) {
				Some(check) => TransactionOutcome::Rollback(Err(Undone::Refused(check, result))),
				None => TransactionOutcome::Commit(Ok((spent, result))),
			}
		});

		let Session { applied: PolicyApplied { agent, key, policy_hash, version, .. }, measured, .. } = session;
		let acted = |result: &DispatchResultWithInfo<PostDispatchInfo>| Self::acted(&measured, &info, result);
		let (spent, result) = match done {
			Ok((spent, result)) => (spent, result),
			Err(Undone::TooDeep) => return Err(Error::<T>::TooDeep.into()),
			Err(Undone::Failed(result)) => (Spends::new(), result),
			Err(Undone::Refused(check, result)) => {
				Self::deposit_event(Event::Refused {
					agent,
					key,
					rule: check.rule,
					asset: check.asset.unwrap_or(AssetKind::Native),
					limit: check.limit,
					value: check.used.saturating_add(check.requested),
				});
				Self::finish(Spends::new());
				return Ok(acted(&result));
			}
		};
		let post = acted(&result);
		let result = result.map(|_| ()).map_err(|error| error.error);
		Self::deposit_event(Event::Acted { agent, key, policy_hash, version, result });
		Self::finish(spent);
		Ok(post)
	}

	fn finish(spent: Spends) {
		Acting::<T>::put(Act::Done(spent.try_into().unwrap_or_default()));
	}

	fn acted(
		measured: &[AssetKind],
		info: &DispatchInfo,
		result: &DispatchResultWithInfo<PostDispatchInfo>,
	) -> PostDispatchInfo {
		let post = match result {
			Ok(post) => post,
			Err(error) => &error.post_info,
		};
		let weight = T::WeightInfo::act(others(measured)).saturating_add(post.calc_actual_weight(info));
		PostDispatchInfo { actual_weight: Some(weight), ..Default::default() }
	}
}

/// How many assets besides the native token are measured.
pub(crate) fn others(measured: &[AssetKind]) -> u32 {
	let others = measured.iter().filter(|asset| **asset != AssetKind::Native).count();
	u32::try_from(others).unwrap_or(u32::MAX)
}

/// What counts as paid: in each asset the larger one of what the arguments say and what left the account.
fn outcome(expected: &Expected, measured: Spends) -> Spends {
	measured.into_iter().map(|(asset, spent)| (asset, spent.max(amount_of(&expected.known, asset)))).collect()
}

/// The first limit that is broken if this is paid.
fn broken_by(expected: &Expected, spent: &Spends) -> Option<Check> {
	let mut broken = None;
	let mut stop_at_broken = |check: Check| {
		if check.allowed {
			return Ok(());
		}
		broken = Some(check);
		Err(check.rule)
	};
	let checked = expected.rooms.iter().try_for_each(|room| {
		// The native token pays the fee at least.
		let spends = amount_of(spent, room.asset);
		if spends == 0 && room.asset != AssetKind::Native {
			return Ok(());
		}
		room.checks(spends, expected.fee, &mut stop_at_broken)
	});
	checked.err().and(broken)
}
