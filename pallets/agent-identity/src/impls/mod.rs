// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the calls and view functions do, one topic per file, and look-ups that all topics share.

use aivm_identifiers::eip712::Domain;
use aivm_traits::AgentId;
use frame_support::{
	ensure,
	traits::{Get, UnixTime},
};
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

use crate::{Agent, Agents, Config, Error, Operators, Pallet, Read, ReadError, WeightInfo, SIGNATURE_WINDOW};

mod deposits;
mod identity;
mod inspect;
mod link;
mod nonfungibles;
mod paid;
mod reputation;
mod summary;
mod transfer;
mod try_state;
mod validation;
mod views;
mod wallet;

impl<T: Config> Pallet<T> {
	/// The agent, if it exists.
	pub(crate) fn existing(agent: AgentId) -> Result<Agent, DispatchError> {
		Agents::<T>::get(agent).ok_or_else(|| Error::<T>::NonexistentToken.into())
	}

	/// The agent, if it exists and `who` may act for it.
	pub(crate) fn authorized(who: &AccountId32, agent: AgentId) -> Result<Agent, DispatchError> {
		let record = Self::existing(agent)?;
		ensure!(Self::may_act(who, &record), Error::<T>::NotAuthorized);
		Ok(record)
	}

	/// The agent, if it exists, for view functions.
	pub(crate) fn readable(agent: AgentId) -> Read<Agent> {
		Agents::<T>::get(agent).ok_or(ReadError::NonexistentToken)
	}

	/// Whether `who` is the owner, an operator of the owner, or the approved account.
	pub(crate) fn may_act(who: &AccountId32, record: &Agent) -> bool {
		record.owner == *who
			|| record.approved.as_ref() == Some(who)
			|| Operators::<T>::contains_key(&record.owner, who)
	}

	/// Whether an account is the one of zeroes, for which nobody can sign.
	pub(crate) fn is_zero(account: &AccountId32) -> bool {
		<AccountId32 as AsRef<[u8]>>::as_ref(account).iter().all(|byte| byte.is_zero())
	}

	/// Seconds of Unix time.
	pub(crate) fn now() -> u64 {
		T::Time::now().as_secs()
	}

	/// Both ends of the window count.
	pub(crate) fn ensure_in_time(deadline: u64) -> DispatchResult {
		let now = Self::now();
		ensure!(now <= deadline, Error::<T>::Expired);
		ensure!(deadline <= now.saturating_add(SIGNATURE_WINDOW), Error::<T>::DeadlineTooFar);
		Ok(())
	}

	/// Tells this chain from others in what keys sign. The chain never forgets it.
	pub(crate) fn genesis() -> H256 {
		frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::zero())
	}

	/// The EIP-712 domain of this chain's registry.
	pub(crate) fn domain() -> Domain<'static> {
		Domain::native(Self::genesis().0)
	}

	/// Length of a bounded list as the runtime counts it.
	pub(crate) fn saturated_len<Item>(items: &[Item]) -> u32 {
		u32::try_from(items.len()).unwrap_or(u32::MAX)
	}

	/// How much of a page a caller gets: at least 1, so that paging always ends.
	pub(crate) fn page_size(limit: u32) -> u32 {
		limit.clamp(1, T::MaxPageSize::get().max(1))
	}

	/// See the hook `integrity_test`.
	#[allow(clippy::panic, reason = "integrity_test runs in tests only and reports by panicking")]
	pub(crate) fn do_integrity_test() {
		assert!(T::MaxPageSize::get() > 0, "MaxPageSize is 0: view functions would show nothing");
		assert!(T::MaxScan::get() >= T::MaxPageSize::get(), "MaxScan is less than a page");
		assert!(T::MaxAccounts::get() > 0, "MaxAccounts is 0: no summary could be asked for");
		assert!(T::MaxProofLen::get() > 0, "MaxProofLen is 0: no payment could be proved");
		assert!(T::PaidHalfLife::get() > 0, "PaidHalfLife is 0: paid feedback would never count");
		if let Some(max) = T::BlockWeights::get().get(frame_support::dispatch::DispatchClass::Normal).max_extrinsic {
			for (call, weight) in [
				("register", T::WeightInfo::register(T::MaxMetadata::get())),
				("give_paid_feedback", T::WeightInfo::give_paid_feedback(T::MaxProofLen::get())),
			] {
				assert!(
					weight.all_lte(max),
					"{call} can need {weight:?}, which is more than one extrinsic may use: {max:?}"
				);
			}
		}
	}
}
