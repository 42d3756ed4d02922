// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Who may act for an owner's agents: the approved account of one agent, and operators of all.

use futures::StreamExt;
use serde::Serialize;

use crate::{bindings::api, AccountId, Amount, Client, Error, Included, Result, Sender, Until};

/// An account that may act for all agents of an owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Operator {
	/// The account.
	pub operator: AccountId,
	/// What the owner has on hold for it.
	pub deposit: Amount,
}

impl Client {
	/// The operators of an owner, in no order; at most `limit`.
	pub async fn agent_operators(&self, owner: &AccountId, limit: usize) -> Result<Vec<Operator>> {
		let at = self.at_best().await?;
		let failed = |error: subxt::error::StorageError| self.error(error, "storage AgentIdentity.Operators");
		let entry = at.storage().iter(api::storage().agent_identity().operators(), (*owner,)).await;
		let mut entries = entry.map_err(failed)?.take(limit);
		let mut operators = Vec::new();
		while let Some(found) = entries.next().await {
			let found = found.map_err(failed)?;
			// The key ends with the operator's account.
			let account = found.key_bytes().last_chunk::<32>().copied();
			let account = account.ok_or_else(|| Error::Unexpected("the node's key of an operator is short".into()))?;
			let deposit = Amount(found.value().decode().map_err(Error::unexpected)?);
			operators.push(Operator { operator: account.into(), deposit });
		}
		Ok(operators)
	}

	/// Whether an account is an operator of an owner.
	pub async fn is_agent_operator(&self, owner: &AccountId, operator: &AccountId) -> Result<bool> {
		let call = api::view_functions().agent_identity().is_approved_for_all(*owner, *operator);
		self.view(&self.at_best().await?, call).await
	}
}

impl Sender {
	/// Lets one account act for an agent until its next transfer, or nobody any more.
	pub async fn approve_for_agent(&self, agent: u64, to: Option<AccountId>, until: Until) -> Result<Included> {
		self.send(&api::tx().agent_identity().approve(agent, to), until).await
	}

	/// Lets an account act for all agents of the signer, or not any more. It takes a deposit, or returns it.
	pub async fn set_agent_operator(&self, operator: &AccountId, is_one: bool, until: Until) -> Result<Included> {
		self.send(&api::tx().agent_identity().set_approval_for_all(*operator, is_one), until).await
	}
}
