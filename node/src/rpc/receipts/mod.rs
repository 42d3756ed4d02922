// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The `aivm_` namespace: what only a node can answer about execution receipts.
//!
//! Receipts are kept in the node's off-chain database, written while a block is executed, under a key that holds the root in
//! the block's header. Proofs join that list with the chain's Merkle mountain range, see `aivm_receipts`.

mod chain;
mod error;
mod proof;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use aivm_runtime::{BlockNumber, Hash};
use codec::Encode;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use serde::{Deserialize, Serialize};
use sp_core::Bytes;

use chain::{Chain, NodeChain};

/// The most receipts that one answer holds. A receipt has at most 257 bytes, so an answer has at most 0.6 MB.
pub const MAX_PAGE: u32 = 1_024;

/// Names a block: a JSON number is a height on the best chain, a string the block's hash.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(
	untagged,
	expecting = "a block is given as its height (a number) or as its hash (a string: 0x and 64 hex digits)"
)]
pub enum BlockRef {
	/// Height.
	Number(BlockNumber),
	/// Hash.
	Hash(Hash),
}

/// A receipt and the proof that it is part of the finalised chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProvenReceipt {
	/// The receipt in its canonical encoding.
	pub receipt: Bytes,
	/// The SCALE-encoded `aivm_receipts::ReceiptProof`; it holds the receipt too. Verify it offline with the hash `at_hash`,
	/// once that block is known to be final from a source of trust.
	pub proof: Bytes,
	/// Height of the receipt's block.
	pub block: BlockNumber,
	/// Hash of the receipt's block.
	pub block_hash: Hash,
	/// The receipt's place in its block, counted from 0.
	pub index: u32,
	/// Height of the block whose header the proof is against.
	pub at: BlockNumber,
	/// Hash of the block whose header the proof is against.
	pub at_hash: Hash,
}

/// Methods about execution receipts.
#[rpc(server, namespace = "aivm")]
pub trait ReceiptsApi {
	/// The receipts of a block, in order, each in its canonical encoding. Empty if the block has none.
	///
	/// An answer has at most 1,024 receipts. `start` skips that many; ask on with the number that you have until an answer is
	/// shorter than 1,024.
	#[method(name = "receipts", blocking)]
	fn receipts(&self, block: BlockRef, start: Option<u32>) -> RpcResult<Vec<Bytes>>;

	/// Proves that receipt number `index` of the finalised block at height `block` is part of the chain, against the header of
	/// the finalised block `at`: the last finalised one if absent, otherwise that block or any later one.
	///
	/// The node verifies the proof before it answers.
	#[method(name = "receiptProof", blocking)]
	fn receipt_proof(&self, block: BlockNumber, index: u32, at: Option<BlockRef>) -> RpcResult<ProvenReceipt>;
}

/// Answers [`ReceiptsApiServer`] from the node's database.
pub struct Receipts<C, S>(NodeChain<C, S>);

impl<C, S> Receipts<C, S> {
	/// Reads blocks from `client` and receipts from `offchain_db`.
	pub fn new(client: Arc<C>, offchain_db: S) -> Self {
		Self(NodeChain { client, offchain_db })
	}
}

impl<C, S> ReceiptsApiServer for Receipts<C, S>
where
	NodeChain<C, S>: Chain + Send + Sync + 'static,
	C: 'static,
	S: 'static,
{
	fn receipts(&self, block: BlockRef, start: Option<u32>) -> RpcResult<Vec<Bytes>> {
		let receipts = proof::receipts_of(&self.0, block)?;
		Ok(page(&receipts, start.unwrap_or(0)).iter().map(|receipt| Bytes(receipt.encode())).collect())
	}

	fn receipt_proof(&self, block: BlockNumber, index: u32, at: Option<BlockRef>) -> RpcResult<ProvenReceipt> {
		Ok(proof::prove(&self.0, block, index, at)?)
	}
}

/// At most [`MAX_PAGE`] of `items`, without the first `start`.
fn page<T>(items: &[T], start: u32) -> &[T] {
	let start = (start as usize).min(items.len());
	let end = start.saturating_add(MAX_PAGE as usize).min(items.len());
	&items[start..end]
}
