// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What policies cost: transfers of plain accounts and of session keys under the largest policy, one after the other on the same
//! chain, and the weights of both.

use crate::{
	bars::{at_least, Bar},
	chain::{fill, Filled, SENDERS, TRANSFERS},
};
use aivm_client::{
	AccountId, Amount, Asset, CallRule, Client, Expiry, Limit, Policy, RunWeight, Sender, Signer, Until, UNIT,
};
use aivm_devnet::{Node, NodeConfig};
use anyhow::{Context, Result};
use serde_json::{json, Value};
use std::time::Duration;

/// Session keys together must do at least this part of what plain accounts do.
const LEAST: f64 = 0.8;
/// What each agent gets.
const FUNDS: u128 = 100_000 * UNIT;
/// The sizes of the largest policy: assets, calls, accounts in each list, models.
const LARGEST: (u32, usize, u8, u32) = (8, 64, 32, 32);

/// Measures, prints a table and returns the numbers and bars.
pub async fn run() -> Result<(Value, Vec<Bar>)> {
	let mut node = Node::start(NodeConfig::dev())?;
	node.wait_for_best(2, Duration::from_secs(60))?;
	let url = node.url();
	println!("{} transfers each of {} plain accounts", TRANSFERS, SENDERS.len());
	let stash = |name: &str| -> Result<AccountId> { Ok(Signer::dev(&format!("{name}//stash"))?.account()) };
	let plain = SENDERS.iter().map(|name| Ok((Signer::dev(name)?, stash(name)?))).collect::<Result<_>>()?;
	let plain = fill(&url, plain, TRANSFERS).await?;

	println!("{} transfers each of {} session keys under the largest policy", TRANSFERS, SENDERS.len());
	let client = Client::connect(&url).await?;
	let mut keys = Vec::new();
	for name in SENDERS {
		let to = stash(name)?;
		keys.push((agent(&client, name, &to).await?, to));
	}
	let session = fill(&url, keys, TRANSFERS).await?;
	node.stop()?;

	println!("\n{:<44} {:>10} {:>14} {:>8}", "transfers", "a second", "fullest block", "blocks");
	let row = |what: &str, filled: &Filled| {
		println!("{what:<44} {:>10.1} {:>14} {:>8}", filled.per_second, filled.fullest, filled.blocks);
	};
	row("plain accounts", &plain);
	row("session keys, largest policy", &session);
	let numbers = |filled: &Filled| json!({ "per_second": filled.per_second, "fullest_block": filled.fullest, "blocks": filled.blocks });
	let bars = vec![at_least("transfers by session keys over plain", session.per_second / plain.per_second, LEAST)];
	Ok((json!({ "bench": "policy", "plain": numbers(&plain), "session": numbers(&session) }), bars))
}

/// An agent of `owner` with money and the largest policy that lets its key pay `to`; returns the key.
async fn agent(client: &Client, owner: &str, to: &AccountId) -> Result<Signer> {
	let owner = Sender::new(client, Signer::dev(owner)?);
	let (agent, _) = owner.register_agent(None, None, &[], Until::InBlock).await?;
	let account = client.agent(agent).await?.account;
	owner.transfer(&account, Amount(FUNDS), Until::InBlock).await?;
	let policy = largest(client, to).await?;
	owner.set_policy(agent, &policy, Until::InBlock).await?;
	let (key, _) = Signer::generate()?;
	let expiry = Expiry::Block(1_000_000);
	let proof = key.prove_session_key(client, agent, &owner.account(), expiry).await?;
	owner.add_session_key(agent, &key.account(), expiry, &policy, proof, Until::InBlock).await?;
	Ok(key)
}

/// A policy with every list at its longest.
async fn largest(client: &Client, to: &AccountId) -> Result<Policy> {
	let (assets, calls, accounts, models) = LARGEST;
	let transfer =
		client.call_names().await?.rule("balances.transfer_keep_alive").context("the chain has transfers")?;
	let limit = |asset| Limit { asset, per_transaction: UNIT, per_day: FUNDS, lifetime: FUNDS };
	// Pallets from the end of the numbers do not exist.
	let others = (0..=u8::MAX).rev().map(|pallet| CallRule { pallet, call: Some(u8::MAX) });
	let account = |from: u8| (0..accounts).map(move |place| AccountId::from([from.saturating_add(place); 32]));
	Ok(Policy {
		limits: std::iter::once(Asset::Native).chain((1..assets).map(Asset::Other)).map(limit).collect(),
		calls: std::iter::once(transfer).chain(others).take(calls).collect(),
		destinations: Some(std::iter::once(*to).chain(account(1)).take(accounts.into()).collect()),
		denied: account(100).collect(),
		hours: Some([0x00ff_ffff; 7]),
		max_weight: RunWeight { ref_time: u64::MAX, proof_size: u64::MAX },
		max_fee: Amount(UNIT),
		transactions_per_hour: u32::MAX,
		models: Some((0..models).collect()),
		max_task_price: Amount(UNIT),
		expires: Some(u64::MAX),
		loosening_delay: 0,
	}
	.canonical())
}
