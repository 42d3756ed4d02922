// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What other pallets read.

use aivm_traits::{AgentId, AgentInfo, AgentInspect};
use frame_support::traits::Get;
use sp_core::crypto::AccountId32;
use sp_runtime::traits::AccountIdConversion;

use crate::{Agents, Config, Pallet};

impl<T: Config> Pallet<T> {
	/// The keyless account of an agent: 4 bytes `modl`, 8 of [`Config::PalletId`], 8 of the id, zeroes.
	pub(crate) fn agent_account(agent: AgentId) -> AccountId32 {
		T::PalletId::get().into_sub_account_truncating(agent)
	}
}

impl<T: Config> AgentInspect<AccountId32> for Pallet<T> {
	fn agent(agent: AgentId) -> Option<AgentInfo<AccountId32>> {
		Agents::<T>::get(agent).map(|record| AgentInfo { owner: record.owner, transfers: record.transfers })
	}

	fn account(agent: AgentId) -> AccountId32 {
		Self::agent_account(agent)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_agent(owner: AccountId32) -> AgentId {
		crate::benchmarking::set_up_agent::<T>(owner)
	}
}
