// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Session keys: accounts whose transactions are carried out as an agent's, within its policy.
//!
//! A [`Sender`] with a session key works as any other. It finds out that its key is one, looks at the agent's balance
//! instead of its own, and sends inside of `act` what the chain must measure.

use codec::Encode;
use serde::Serialize;
use subxt::{
	ext::scale_encode::{EncodeAsFields, Error as EncodeError, FieldIter, TypeResolver},
	tx::{Payload, StaticPayload},
};

use crate::{
	agents::Signature,
	bindings::{api, policy_types},
	policy::Policy,
	AccountId, Amount, Client, Error, Included, Refusal, Result, Sender, Signer, Until, H256,
};

/// How many keys are asked for at a time. The chain may give fewer.
const PAGE: u32 = 100;
/// Number of the refusal of a key that was removed.
const KEY_REMOVED: u8 = 64;
/// What a key's proof begins with, so that it is no signature over anything else.
const PROOF_CONTEXT: &[u8; 24] = b"aivm/policy/session-key\0";

/// When a session key stops to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Expiry {
	/// From this block on.
	Block(u32),
	/// From this second of Unix time on.
	Time(u64),
}

impl Expiry {
	fn from_chain(expiry: &policy_types::Expiry<u32>) -> Self {
		match expiry {
			policy_types::Expiry::Block(block) => Self::Block(*block),
			policy_types::Expiry::Time(time) => Self::Time(*time),
		}
	}

	fn to_chain(self) -> policy_types::Expiry<u32> {
		match self {
			Self::Block(block) => policy_types::Expiry::Block(block),
			Self::Time(time) => policy_types::Expiry::Time(time),
		}
	}
}

/// What a session key may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
	/// When it stops to work.
	pub expiry: Expiry,
	/// What it may do at most. The agent's policy must allow it as well.
	pub restriction: Policy,
	/// Hash of the restriction, which receipts pin.
	pub hash: H256,
	/// How often the agent had been transferred when the key was added. After another transfer the key is dead.
	pub transfers: u32,
}

/// An account that is, or was, a session key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionKey {
	/// The account.
	pub key: AccountId,
	/// The agent that it acts for.
	pub agent: u64,
	/// What the agent's account has on hold for it.
	pub deposit: Amount,
	/// What it may do, or `None` if it was removed.
	pub grant: Option<Grant>,
}

impl SessionKey {
	fn new(key: AccountId, found: policy_types::SessionKey<u32>) -> Self {
		Self {
			key,
			agent: found.agent,
			deposit: Amount(found.deposit),
			grant: found.grant.map(|grant| Grant {
				expiry: Expiry::from_chain(&grant.expiry),
				restriction: Policy::from_chain(grant.restriction),
				hash: grant.hash,
				transfers: grant.transfers,
			}),
		}
	}
}

/// For whom a session key acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acting {
	/// The agent.
	pub agent: u64,
	/// The agent's account, which pays.
	pub account: AccountId,
}

/// What a key must sign before `owner` can add it to an agent.
fn key_message(genesis: &H256, agent: u64, owner: &AccountId, expiry: Expiry) -> Vec<u8> {
	(PROOF_CONTEXT, genesis.0, agent, owner.0, expiry).encode()
}

/// Encoded calls as the arguments of another call.
pub(crate) struct Inner(pub Vec<u8>);

impl EncodeAsFields for Inner {
	fn encode_as_fields_to<R: TypeResolver>(
		&self,
		_: &mut dyn FieldIter<'_, R::TypeId>,
		_: &R,
		out: &mut Vec<u8>,
	) -> std::result::Result<(), EncodeError> {
		out.extend_from_slice(&self.0);
		Ok(())
	}
}

/// The call that has an encoded call carried out and measured.
pub(crate) fn act(call: Vec<u8>) -> StaticPayload<impl EncodeAsFields> {
	// The bindings know a part of the runtime's calls only, so that they cannot check a call that holds any of them.
	StaticPayload::new("Policy", "act", Inner(call))
}

/// The call that has an encoded call carried out as an agent's account, by its owner.
fn control(agent: u64, call: &[u8]) -> StaticPayload<impl EncodeAsFields> {
	let mut arguments = codec::Compact(agent).encode();
	arguments.extend_from_slice(call);
	StaticPayload::new("Policy", "control", Inner(arguments))
}

impl Client {
	/// What is known of a session key, also if it was removed; `None` if the account never was one.
	pub async fn session_key(&self, key: &AccountId) -> Result<Option<SessionKey>> {
		let call = api::view_functions().policy().session_key(*key);
		let found = self.view(&self.at_best().await?, call).await?;
		Ok(found.map(|found| SessionKey::new(*key, found)))
	}

	/// The session keys of an agent, without removed ones.
	pub async fn session_keys(&self, agent: u64) -> Result<Vec<SessionKey>> {
		let at = self.at_best().await?;
		let mut keys: Vec<SessionKey> = Vec::new();
		loop {
			let after = keys.last().map(|key| key.key);
			let call = api::view_functions().policy().session_keys(agent, after, PAGE);
			let page = self.view(&at, call).await?;
			let last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
			keys.extend(page.into_iter().map(|(key, found)| SessionKey::new(key, found)));
			if last {
				return Ok(keys);
			}
		}
	}

	/// What a key must sign before `owner` can add it to an agent.
	///
	/// # Errors
	/// [`Error::Unexpected`] if the node gives something else to sign.
	pub async fn session_key_message(&self, agent: u64, owner: &AccountId, expiry: Expiry) -> Result<Vec<u8>> {
		let call = api::view_functions().policy().key_proof(agent, *owner, expiry.to_chain());
		let message = self.view(&self.at_best().await?, call).await?;
		// What is signed must be nothing but this, whatever the node says.
		if message != key_message(&self.genesis_hash(), agent, owner, expiry) {
			return Err(Error::Unexpected("the node gives something else to sign than a session key's proof".into()));
		}
		Ok(message)
	}

	/// For whom the account acts, if it is a session key.
	///
	/// # Errors
	/// [`Error::Invalid`] if the key was removed and has no money of its own, with which it would be an ordinary account.
	pub(crate) async fn acting(&self, account: &AccountId) -> Result<Option<Acting>> {
		let Some(key) = self.session_key(account).await? else { return Ok(None) };
		if key.grant.is_none() {
			let own = self.balance(account).await?.free;
			return if own.0 == 0 { Err(Error::Invalid(Refusal::from_number(KEY_REMOVED))) } else { Ok(None) };
		}
		let call = api::view_functions().agent_identity().account_of(key.agent);
		let account = self.view(&self.at_best().await?, call).await?;
		Ok(Some(Acting { agent: key.agent, account }))
	}
}

impl Signer {
	/// Signs the proof that [`Sender::add_session_key`] takes, so that `owner` can add this key to an agent.
	pub async fn prove_session_key(
		&self,
		client: &Client,
		agent: u64,
		owner: &AccountId,
		expiry: Expiry,
	) -> Result<Signature> {
		Ok(self.sign(&client.session_key_message(agent, owner, expiry).await?))
	}
}

impl Sender {
	/// Lets a key act for an agent. `proof` is its signature of [`Client::session_key_message`].
	pub async fn add_session_key(
		&self,
		agent: u64,
		key: &AccountId,
		expiry: Expiry,
		restriction: &Policy,
		proof: Signature,
		until: Until,
	) -> Result<Included> {
		let call = api::tx().policy().add_session_key(
			agent,
			*key,
			expiry.to_chain(),
			restriction.to_chain(),
			proof.to_chain(),
		);
		self.send(&call, until).await
	}

	/// Removes the key `old` and lets another one act for an agent.
	#[allow(clippy::too_many_arguments, reason = "they are those of the call")]
	pub async fn rotate_session_key(
		&self,
		agent: u64,
		old: &AccountId,
		key: &AccountId,
		expiry: Expiry,
		restriction: &Policy,
		proof: Signature,
		until: Until,
	) -> Result<Included> {
		let call = api::tx().policy().rotate_session_key(
			agent,
			*old,
			*key,
			expiry.to_chain(),
			restriction.to_chain(),
			proof.to_chain(),
		);
		self.send(&call, until).await
	}

	/// Takes a key back for good.
	pub async fn remove_session_key(&self, agent: u64, key: &AccountId, until: Until) -> Result<Included> {
		self.send(&api::tx().policy().remove_session_key(agent, *key), until).await
	}

	/// Sends money from an agent's account to another one, as the agent's owner and whatever its policy says.
	///
	/// # Errors
	/// [`Error::InsufficientBalance`] before anything is sent, if the agent's account does not have the amount.
	pub async fn withdraw_from_agent(
		&self,
		agent: u64,
		to: &AccountId,
		amount: Amount,
		until: Until,
	) -> Result<Included> {
		let account = self.client().agent(agent).await?.account;
		let have = self.client().balance(&account).await?.spendable;
		if have < amount {
			let purpose = "the withdrawal".into();
			return Err(Error::InsufficientBalance { account: account.to_string(), purpose, have, need: amount });
		}
		let inner = self.client().encode_transfer(to, amount).await?;
		self.send(&control(agent, &inner), until).await
	}
}

/// Whether a call must be sent inside of `act`: the encoded call if so.
pub(crate) async fn needs_act(client: &Client, acting: Acting, key: AccountId, call: Vec<u8>) -> Result<bool> {
	Ok(client.would_allow(acting.agent, Some(key), call).await?.needs_act)
}

/// The name of a call, for remembering what is known of it.
pub(crate) fn name_of(call: &impl Payload) -> (String, String) {
	(call.pallet_name().to_owned(), call.call_name().to_owned())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn key_message_should_be_that_of_the_pallet() {
		let owner = AccountId::from([2; 32]);
		let message = key_message(&H256([1; 32]), 7, &owner, Expiry::Block(9));
		let expected =
			[&b"aivm/policy/session-key\0"[..], &[1; 32], &7u64.to_le_bytes(), &[2; 32], &[0], &9u32.to_le_bytes()];
		assert_eq!(message, expected.concat());
		let message = key_message(&H256([1; 32]), 7, &owner, Expiry::Time(9));
		assert_eq!(message.get(96..), Some(&[&[1][..], &9u64.to_le_bytes()].concat()[..]));
	}
}
