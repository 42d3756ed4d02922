// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Accounts and their money.

use serde::Serialize;
use subxt::{tx::StaticPayload, utils::MultiAddress};

use crate::{bindings::api, AccountId, Amount, Client, Error, Included, Pending, Result, Sender, Until};

/// What an account has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Balance {
	/// What belongs to it and is not on hold.
	pub free: Amount,
	/// What is on hold: deposits, escrow, stakes.
	pub held: Amount,
	/// What may not be spent although it is free or on hold, for instance because it votes.
	pub frozen: Amount,
	/// What it can pay with and stay alive.
	pub spendable: Amount,
	/// How many transactions it has made.
	pub transactions: u32,
}

impl Client {
	/// What an account has at the best block. An account that nobody used has nothing.
	pub async fn balance(&self, account: &AccountId) -> Result<Balance> {
		let at = self.at_best().await?;
		let failed = |error: subxt::error::StorageError| self.error(error, "accounts");
		let stored = at.storage().try_fetch(api::storage().system().account(), (*account,)).await.map_err(failed)?;
		let Some(stored) = stored else { return Ok(Balance::default()) };
		let info = stored.decode().map_err(Error::unexpected)?;
		let existential = at
			.constants()
			.entry(api::constants().balances().existential_deposit())
			.map_err(|error| self.error(error, "existential deposit"))?;
		let (free, held, frozen) = (info.data.free, info.data.reserved, info.data.frozen);
		Ok(Balance {
			free: Amount(free),
			held: Amount(held),
			frozen: Amount(frozen),
			spendable: Amount(spendable(free, held, frozen, existential)),
			transactions: info.nonce,
		})
	}
}

impl Sender {
	/// Sends money to another account; refuses what would kill the own one.
	///
	/// # Errors
	/// [`Error::InsufficientBalance`] before anything is sent, if the account cannot pay the amount and the fee.
	pub async fn transfer(&self, to: &AccountId, amount: Amount, until: Until) -> Result<Included> {
		let call = transfer_call(to, amount);
		let need = Amount(amount.0.saturating_add(self.fee(&call).await?.0));
		self.ensure_spendable("the transfer and its fee", need).await?;
		self.send(&call, until).await
	}

	/// Hands a transfer to the node's pool without looking at balances first, so that many can be on their way.
	pub async fn submit_transfer(&self, to: &AccountId, amount: Amount) -> Result<Pending<'_>> {
		self.submit(&transfer_call(to, amount)).await
	}

	/// Fails if the account that pays cannot spend `need`.
	pub(crate) async fn ensure_spendable(&self, purpose: &str, need: Amount) -> Result<()> {
		let account = self.payer().await?;
		let have = self.client().balance(&account).await?.spendable;
		if have < need {
			return Err(Error::InsufficientBalance {
				account: account.to_string(),
				purpose: purpose.into(),
				have,
				need,
			});
		}
		Ok(())
	}
}

/// The call that sends money.
pub(crate) fn transfer_call(to: &AccountId, amount: Amount) -> StaticPayload<api::balances::calls::TransferKeepAlive> {
	api::tx().balances().transfer_keep_alive(MultiAddress::Id(*to), amount.0)
}

/// What an account can pay with and stay alive: frozen money and the existential deposit stay, and money on hold counts
/// towards the frozen part.
fn spendable(free: u128, held: u128, frozen: u128, existential: u128) -> u128 {
	free.saturating_sub(frozen.saturating_sub(held).max(existential))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn spendable_should_leave_the_existential_deposit_and_what_is_frozen() {
		assert_eq!(spendable(100, 0, 0, 10), 90);
		assert_eq!(spendable(100, 0, 60, 10), 40);
		// What is on hold covers the frozen part.
		assert_eq!(spendable(100, 60, 60, 10), 90);
		assert_eq!(spendable(100, 30, 60, 10), 70);
		assert_eq!(spendable(5, 0, 0, 10), 0);
	}
}
