// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Why a question about receipts has no answer, and what to do about it.

use aivm_receipts::{store::StoredError, ProofError};
use aivm_runtime::BlockNumber;
use jsonrpsee::types::ErrorObjectOwned;
use serde_json::{json, Value};

use super::BlockRef;

/// Why a question about receipts has no answer. The code of each is part of the interface.
#[derive(Debug)]
pub enum Error {
	/// The node knows no such block.
	UnknownBlock(BlockRef),
	/// The block is not final yet.
	NotFinalised {
		/// The block asked for.
		block: BlockRef,
		/// Height of the last finalised block.
		finalised: BlockNumber,
	},
	/// The block lost against another one at the same height.
	OffChain(BlockRef),
	/// The header is older than the receipt.
	AnchorTooOld {
		/// Height of the receipt's block.
		block: BlockNumber,
		/// Height of the header.
		at: BlockNumber,
	},
	/// The block has no receipts.
	NoReceipts(BlockNumber),
	/// The block has fewer receipts.
	IndexOutOfRange {
		/// The place asked for.
		index: u32,
		/// How many receipts the block has.
		count: usize,
	},
	/// The node did not execute the block, so it never saw the receipts.
	NotKept(BlockNumber),
	/// The node lacks nodes of the Merkle mountain range, for the same reason.
	RangeNotKept {
		/// Height of the receipt's block.
		block: BlockNumber,
		/// What the runtime answered.
		cause: sp_mmr_primitives::Error,
	},
	/// The database entry is damaged.
	Damaged {
		/// Height of the receipt's block.
		block: BlockNumber,
		/// What is wrong.
		cause: StoredError,
	},
	/// The database or the runtime failed.
	Internal(String),
	/// The proof does not hold.
	SelfCheck(ProofError),
}

impl Error {
	/// The number that tells errors apart in an answer.
	pub fn code(&self) -> i32 {
		match self {
			Self::UnknownBlock(_) => 12_001,
			Self::NotFinalised { .. } => 12_002,
			Self::OffChain(_) => 12_003,
			Self::AnchorTooOld { .. } => 12_004,
			Self::NoReceipts(_) => 12_005,
			Self::IndexOutOfRange { .. } => 12_006,
			Self::NotKept(_) => 12_007,
			Self::RangeNotKept { .. } => 12_008,
			Self::Damaged { .. } => 12_009,
			Self::Internal(_) => 12_010,
			Self::SelfCheck(_) => 12_011,
		}
	}

	/// The cause and the cure.
	pub fn message(&self) -> String {
		match self {
			Self::UnknownBlock(block) => format!(
				"this node has no block {}: it does not exist, or the node is still synchronising; compare with \
				 `system_syncState` and ask again later or ask another node",
				name(block)
			),
			Self::NotFinalised { block, finalised } => format!(
				"block {} is not finalised yet, the last finalised one is {finalised}: wait some seconds and ask again",
				name(block)
			),
			Self::OffChain(block) => format!(
				"block {} is not part of the finalised chain, another block won at its height: its work was undone; ask for \
				 a block by its height instead",
				name(block)
			),
			Self::AnchorTooOld { block, at } => format!(
				"the header of block {at} cannot prove a receipt of the later block {block}: give `at` as {block} or more, or \
				 leave it out for the last finalised block"
			),
			Self::NoReceipts(block) => format!(
				"block {block} has no receipts: nothing that ended in it is receipted; the event that announces a receipt \
				 names its block and index"
			),
			Self::IndexOutOfRange { index, count } => format!(
				"the block has {count} receipt(s), so there is no number {index}: give an index from 0 to {}",
				count.saturating_sub(1)
			),
			Self::NotKept(block) => format!(
				"this node does not keep the receipts of block {block}, because it did not execute that block (it was warp- or \
				 state-synchronised past it): ask a node that executed the block, such as one that synchronised in full"
			),
			Self::RangeNotKept { block, cause } => format!(
				"this node lacks a part of the Merkle mountain range that the proof for block {block} needs ({cause}), because \
				 it did not execute the blocks before: ask a node that synchronised in full, or give `at` as {block} for a \
				 proof against the block's own header"
			),
			Self::Damaged { block, cause } => format!(
				"the receipts of block {block} cannot be read: {cause}; ask another node, and purge and synchronise this one"
			),
			Self::Internal(cause) => format!("the node failed: {cause}; see its log"),
			Self::SelfCheck(cause) => format!(
				"the node made a proof that does not hold: {cause}; this is a defect, please report it with the parameters"
			),
		}
	}

	/// The numbers in the message, for programs.
	fn data(&self) -> Option<Value> {
		match self {
			Self::UnknownBlock(block) | Self::OffChain(block) => Some(json!({ "block": block })),
			Self::NotFinalised { block, finalised } => Some(json!({ "block": block, "finalised": finalised })),
			Self::AnchorTooOld { block, at } => Some(json!({ "block": block, "at": at })),
			Self::IndexOutOfRange { index, count } => Some(json!({ "index": index, "count": count })),
			Self::NoReceipts(block)
			| Self::NotKept(block)
			| Self::RangeNotKept { block, .. }
			| Self::Damaged { block, .. } => Some(json!({ "block": block })),
			Self::Internal(_) | Self::SelfCheck(_) => None,
		}
	}
}

impl From<Error> for ErrorObjectOwned {
	fn from(error: Error) -> Self {
		ErrorObjectOwned::owned(error.code(), error.message(), error.data())
	}
}

/// A block in a message.
fn name(block: &BlockRef) -> String {
	match block {
		BlockRef::Number(number) => number.to_string(),
		BlockRef::Hash(hash) => format!("{hash:?}"),
	}
}
