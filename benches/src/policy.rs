// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What policies cost: transfers of plain accounts and of session keys under the largest policy in full blocks, one after the
//! other on the same chain.

use crate::{
	bars::{at_least, Bar},
	chain::SENDERS,
};
use aivm_client::{
	AccountId, Amount, Asset, BlockSummary, BlockUse, CallRule, Client, Expiry, HexBytes, Limit, Policy, RunWeight,
	Sender, Signer, Until, Watch, UNIT,
};
use aivm_devnet::{Node, NodeConfig};
use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::time::Duration;

/// Session keys together must do at least this part of what plain accounts do.
const LEAST: f64 = 0.8;
/// What each agent gets.
const FUNDS: u128 = 100_000 * UNIT;
/// The sizes of the largest policy: assets, calls, accounts in each list, models.
const LARGEST: (u32, usize, u8, u32) = (8, 64, 32, 32);
/// Transfers of each sender: enough for several full blocks.
const TRANSFERS: usize = 1_500;
/// Blocks that the node gets to come to rest after a load.
const REST: usize = 10;
/// Transactions that the node's pool may hold, a tenth of them out of order.
const POOL: usize = 20 * TRANSFERS * SENDERS.len();

/// Measures, prints a table and returns the numbers and bars.
pub async fn run() -> Result<(Value, Vec<Bar>)> {
	let pool = [format!("--pool-limit={POOL}"), "--pool-kbytes=1000000".into()];
	let mut node = Node::start(pool.into_iter().fold(NodeConfig::dev(), |config, arg| config.with_arg(arg)))?;
	node.wait_for_best(2, Duration::from_secs(60))?;
	let url = node.url();
	println!("{TRANSFERS} transfers each of {} plain accounts", SENDERS.len());
	let stash = |name: &str| -> Result<AccountId> { Ok(Signer::dev(&format!("{name}//stash"))?.account()) };
	let plain = SENDERS.iter().map(|name| Ok((Signer::dev(name)?, stash(name)?))).collect::<Result<_>>()?;
	let plain = Full::of(&saturate(&url, plain).await?)?;
	plain.print();

	println!("{TRANSFERS} transfers each of {} session keys under the largest policy", SENDERS.len());
	let client = Client::connect(&url).await?;
	let mut keys = Vec::new();
	for name in SENDERS {
		let to = stash(name)?;
		keys.push((agent(&client, name, &to).await?, to));
	}
	let session = Full::of(&saturate(&url, keys).await?)?;
	session.print();
	node.stop()?;
	let bars = vec![at_least(
		"transfers of session keys in a full block, over plain",
		session.in_block / plain.in_block,
		LEAST,
	)];
	Ok((json!({ "bench": "policy", "plain": plain.numbers(), "session": session.numbers() }), bars))
}

/// A block with transfers.
struct Block {
	transfers: u64,
	used: BlockUse,
}

/// Sends [`TRANSFERS`] of every signer to its receiver so that the pool has all of them at once, and returns the blocks that
/// hold them.
///
/// Everything is signed before. The first transfer of each signer comes last: until then the pool keeps the others, as
/// they are out of order.
async fn saturate(url: &str, pairs: Vec<(Signer, AccountId)>) -> Result<Vec<Block>> {
	let client = Client::connect(url).await?;
	let total = (pairs.len() * TRANSFERS) as u64;
	let (mut first, mut later) = (Vec::new(), Vec::new());
	for (signer, to) in pairs {
		let mut signed = Sender::new(&client, signer).sign_transfers(&to, Amount(UNIT / 100), TRANSFERS).await?;
		first.push(signed.remove(0));
		later.push(signed);
	}
	let mut tasks = Vec::new();
	for signed in later {
		tasks.push(tokio::spawn(submit(url.to_owned(), signed)));
	}
	for task in tasks {
		task.await??;
	}
	let mut blocks = client.watch(Watch::Best).await?;
	// What every block has: no transfer can be in this one.
	let usual = blocks.next().await?.transactions;
	submit(url.to_owned(), first).await?;

	let (mut included, mut found) = (0, Vec::new());
	while included < total {
		let next = tokio::time::timeout(Duration::from_secs(60), blocks.next());
		let block: BlockSummary = next.await.context("no block for a minute")??;
		let transfers = u64::from(block.transactions.saturating_sub(usual));
		if transfers > 0 {
			found.push(Block { transfers, used: client.block_use(block.hash).await? });
		}
		included += transfers;
		ensure!(found.len() < 200, "only {included} of {total} transfers are in after 200 blocks");
	}
	// The pool needs a while to forget so many.
	for _ in 0..REST {
		blocks.next().await?;
	}
	Ok(found)
}

/// Hands transactions to the pool, over a connection of its own.
async fn submit(url: String, signed: Vec<HexBytes>) -> Result<()> {
	let client = Client::connect(&url).await?;
	for transaction in &signed {
		client.submit_signed(transaction).await?;
	}
	Ok(())
}

/// What full blocks have in common.
struct Full {
	/// Transfers in a block, on average.
	in_block: f64,
	/// Weight of one, in microseconds.
	weight_us: f64,
	/// What kept more out.
	bound: &'static str,
	/// How many full blocks there are.
	blocks: usize,
}

impl Full {
	/// The first block may have been begun before the pool was full, and the last one has what is left.
	fn of(blocks: &[Block]) -> Result<Self> {
		let full = blocks.get(1..blocks.len().saturating_sub(1)).unwrap_or_default();
		ensure!(full.len() >= 2, "only {} blocks were full; send more", full.len());
		let transfers = full.iter().map(|block| block.transfers).sum::<u64>() as f64;
		let weight = full.iter().map(|block| block.used.weight).sum::<u64>() as f64 / transfers;
		let bounds = full.iter().map(Block::bound).collect::<Vec<_>>();
		let same = bounds.iter().all(|bound| Some(bound) == bounds.first());
		Ok(Self {
			in_block: transfers / full.len() as f64,
			weight_us: weight / 1e6,
			bound: bounds.first().copied().filter(|_| same).unwrap_or("several"),
			blocks: full.len(),
		})
	}

	fn print(&self) {
		let Self { in_block, weight_us, bound, blocks } = self;
		println!(
			"  {in_block:.0} in a full block, {weight_us:.0} us of weight each; {blocks} full blocks, bound by {bound}"
		);
	}

	fn numbers(&self) -> Value {
		json!({ "in_block": self.in_block, "weight_us": self.weight_us, "bound": self.bound, "blocks": self.blocks })
	}
}

impl Block {
	/// Why no further transfer got in: what one more would exceed, or else the author's time was over.
	fn bound(&self) -> &'static str {
		let one_more = |used: u64, most: u64| used.saturating_add(used / self.transfers.max(1)) > most;
		if one_more(self.used.weight, self.used.max_weight) {
			"weight"
		} else if one_more(self.used.len, self.used.max_len) {
			"length"
		} else {
			"time"
		}
	}
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

#[cfg(test)]
mod tests {
	use super::*;

	fn block(transfers: u64, weight: u64, len: u64) -> Block {
		Block { transfers, used: BlockUse { weight, max_weight: 1_000, len, max_len: 1_000 } }
	}

	#[test]
	fn bound_should_be_what_one_more_would_exceed() {
		assert_eq!(block(10, 950, 10).bound(), "weight");
		assert_eq!(block(10, 10, 950).bound(), "length");
		assert_eq!(block(10, 900, 900).bound(), "time");
	}

	#[test]
	fn full_blocks_should_be_those_between_the_first_and_the_last() {
		let blocks = [block(3, 1, 1), block(10, 950, 1), block(8, 950, 1), block(1, 1, 1)];
		let full = Full::of(&blocks).unwrap();
		assert_eq!((full.in_block, full.bound, full.blocks), (9.0, "weight", 2));
		assert!(Full::of(&blocks[..3]).is_err());
	}
}
