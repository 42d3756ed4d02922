// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The chain as a whole: where it stands, and its blocks as they come.

use serde::Serialize;
use subxt::{client::Blocks, config::substrate::SubstrateHeader};

use crate::{
	client::{AtBlock, Config},
	Client, Error, Result, H256,
};

/// A block's height and hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BlockId {
	/// Height.
	pub number: u32,
	/// Hash.
	pub hash: H256,
}

/// Where a chain stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainStatus {
	/// Address of the node that answered.
	pub url: String,
	/// Name of the chain.
	pub chain: String,
	/// Name of the node's software.
	pub node: String,
	/// Version of the node's software.
	pub node_version: String,
	/// Version of the runtime.
	pub spec_version: u32,
	/// Version of the form of transactions.
	pub transaction_version: u32,
	/// Hash of the first block.
	pub genesis: H256,
	/// The best block, which may still change its place.
	pub best: BlockId,
	/// The last finalised block.
	pub finalised: BlockId,
	/// How many peers the node has.
	pub peers: usize,
	/// Whether the node is still catching up.
	pub syncing: bool,
}

/// How large things may be on this chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ChainLimits {
	/// Largest program, in bytes.
	pub max_program_bytes: u32,
	/// Size of every chunk of an upload but the last.
	pub chunk_bytes: u32,
	/// Longest input of an inference, in bytes.
	pub max_input_len: u32,
	/// Longest output of an inference, in bytes.
	pub max_output_len: u32,
}

/// A block that was just seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BlockSummary {
	/// Height.
	pub number: u32,
	/// Hash.
	pub hash: H256,
	/// Hash of the block before.
	pub parent: H256,
	/// When its author says it was made, in milliseconds since 1970.
	pub timestamp_ms: Option<u64>,
	/// Transactions in it, with those that the author must add.
	pub transactions: u32,
	/// Receipts in it.
	pub receipts: u32,
}

/// Which blocks to watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
	/// Every new best block; some may lose their place again.
	Best,
	/// Every finalised block.
	Finalised,
}

/// Blocks as they come, see [`Client::watch`].
pub struct BlockStream {
	client: Client,
	blocks: Blocks<Config>,
}

impl BlockStream {
	/// The next block. Waits as long as it takes.
	pub async fn next(&mut self) -> Result<BlockSummary> {
		let block = match self.blocks.next().await {
			Some(block) => block.map_err(|error| self.client.error(error, "blocks"))?,
			None => {
				return Err(Error::ConnectionLost {
					url: self.client.url().into(),
					reason: "the node ended the stream of blocks".into(),
				});
			}
		};
		self.client.summary(block.hash(), block.header()).await
	}
}

impl Client {
	/// Where the chain stands.
	pub async fn status(&self) -> Result<ChainStatus> {
		let rpc = |error: subxt::rpcs::Error| self.rpc_error(&error);
		let health = self.legacy.system_health().await.map_err(rpc)?;
		let version = self.legacy.state_get_runtime_version(None).await.map_err(rpc)?;
		Ok(ChainStatus {
			url: self.url().into(),
			chain: self.legacy.system_chain().await.map_err(rpc)?,
			node: self.legacy.system_name().await.map_err(rpc)?,
			node_version: self.legacy.system_version().await.map_err(rpc)?,
			spec_version: version.spec_version,
			transaction_version: version.transaction_version,
			genesis: self.genesis_hash(),
			best: self.best().await?,
			finalised: self.finalised().await?,
			peers: health.peers,
			syncing: health.is_syncing,
		})
	}

	/// How large things may be.
	pub async fn limits(&self) -> Result<ChainLimits> {
		let at = self.at_best().await?;
		let failed = |error: subxt::error::ConstantError| self.error(error, "constants");
		let constants = crate::bindings::api::constants();
		Ok(ChainLimits {
			max_program_bytes: at.constants().entry(constants.model_registry().max_program_bytes()).map_err(failed)?,
			chunk_bytes: at.constants().entry(constants.model_registry().chunk_bytes()).map_err(failed)?,
			max_input_len: at.constants().entry(constants.tasks().max_input_len()).map_err(failed)?,
			max_output_len: at.constants().entry(constants.tasks().max_output_len()).map_err(failed)?,
		})
	}

	/// The best block.
	pub async fn best(&self) -> Result<BlockId> {
		block_id(&self.at_best().await?)
	}

	/// The last finalised block.
	pub async fn finalised(&self) -> Result<BlockId> {
		block_id(&self.at_finalised().await?)
	}

	/// The hash of the best chain's block at this height.
	pub async fn block_hash(&self, number: u32) -> Result<H256> {
		let hash =
			self.legacy.chain_get_block_hash(Some(number.into())).await.map_err(|error| self.rpc_error(&error))?;
		hash.ok_or_else(|| Error::NotFound(format!("there is no block {number} yet")))
	}

	/// Blocks as they come.
	pub async fn watch(&self, which: Watch) -> Result<BlockStream> {
		let blocks = match which {
			Watch::Best => self.online.stream_best_blocks().await,
			Watch::Finalised => self.online.stream_blocks().await,
		};
		let blocks = blocks.map_err(|error| self.error(error, "blocks"))?;
		Ok(BlockStream { client: self.clone(), blocks })
	}

	/// What is worth knowing about a block.
	async fn summary(&self, hash: H256, header: &SubstrateHeader<H256>) -> Result<BlockSummary> {
		let at = self.at_hash(hash).await?;
		let extrinsics = at.extrinsics().fetch().await.map_err(|error| self.error(error, "transactions"))?;
		let timestamp = at
			.storage()
			.try_fetch(crate::bindings::api::storage().timestamp().now(), ())
			.await
			.map_err(|error| self.error(error, "clock"))?
			.map(|value| value.decode())
			.transpose()
			.map_err(|error| self.error(error, "clock"))?;
		Ok(BlockSummary {
			number: height(header.number)?,
			hash,
			parent: header.parent_hash,
			timestamp_ms: timestamp,
			transactions: u32::try_from(extrinsics.len()).unwrap_or(u32::MAX),
			receipts: self.receipt_count(hash).await?,
		})
	}
}

/// A block's height and hash.
pub(crate) fn block_id(at: &AtBlock) -> Result<BlockId> {
	Ok(BlockId { number: height(at.block_number())?, hash: at.block_hash() })
}

/// A height as the chain counts it.
fn height(number: u64) -> Result<u32> {
	u32::try_from(number).map_err(|_| Error::Unexpected(format!("block {number} is above the highest height")))
}
