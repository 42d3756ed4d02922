// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! When a policy is at most as permissive as another one.

use sp_core::crypto::AccountId32;

use crate::{Destinations, Models, Policy};

/// Whether `new` is at most as permissive as `old` in every rule, so that it may replace it at once.
///
/// It is a partial order: reflexive and transitive, and two policies that tighten each other allow the same. A longer
/// delay before loosening is stricter.
pub fn tightens(old: &Policy, new: &Policy) -> bool {
	limits(old, new)
		&& calls(old, new)
		&& destinations(old, new)
		&& old.hours.masks().iter().zip(new.hours.masks()).all(|(old, new)| new & !old == 0)
		&& new.max_weight.all_lte(old.max_weight)
		&& new.max_fee <= old.max_fee
		&& new.transactions_per_hour <= old.transactions_per_hour
		&& models(old, new)
		&& new.max_task_price <= old.max_task_price
		&& new.expires.unwrap_or(u64::MAX) <= old.expires.unwrap_or(u64::MAX)
		&& new.loosening_delay >= old.loosening_delay
}

fn limits(old: &Policy, new: &Policy) -> bool {
	new.limits.iter().all(|new| {
		old.limit(new.asset).is_some_and(|old| {
			new.per_transaction <= old.per_transaction && new.per_day <= old.per_day && new.lifetime <= old.lifetime
		})
	})
}

fn calls(old: &Policy, new: &Policy) -> bool {
	new.calls
		.iter()
		.all(|new| old.calls.iter().any(|old| old.pallet == new.pallet && (old.call.is_none() || old.call == new.call)))
}

/// Whether the policy lets this account be paid.
pub(crate) fn pays(policy: &Policy, account: &AccountId32) -> bool {
	let listed = match &policy.destinations {
		Destinations::Any => true,
		Destinations::Only(list) => list.binary_search(account).is_ok(),
	};
	listed && policy.denied.binary_search(account).is_err()
}

fn destinations(old: &Policy, new: &Policy) -> bool {
	match &new.destinations {
		Destinations::Only(list) => list.iter().all(|account| !pays(new, account) || pays(old, account)),
		Destinations::Any => {
			old.destinations == Destinations::Any
				&& old.denied.iter().all(|account| new.denied.binary_search(account).is_ok())
		}
	}
}

fn models(old: &Policy, new: &Policy) -> bool {
	match (&old.models, &new.models) {
		(Models::Any, _) => true,
		(Models::Only(_), Models::Any) => false,
		(old, Models::Only(list)) => list.iter().all(|model| old.allow(*model)),
	}
}
