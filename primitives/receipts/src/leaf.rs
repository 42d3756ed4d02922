// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The leaf of the chain's Merkle mountain range.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

use crate::BlockNumber;

/// The version that leaves carry.
pub const LEAF_VERSION: u8 = 1;

/// What the MMR says about one block.
///
/// Block N appends the leaf of block N-1, because a block's hash is known only to its child. The MMR starts with block
/// 1, so the leaf of block N has index N, and block N's MMR has N leaves. Leaves are hashed with Keccak-256 over their
/// SCALE encoding (69 bytes; inner nodes hash 64, so a node cannot pass for a leaf).
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockLeaf {
	/// [`LEAF_VERSION`].
	pub version: u8,
	/// Height and hash of the block.
	pub parent_number_and_hash: (BlockNumber, H256),
	/// Root over the block's receipts, zero if it has none. See [`crate::merkle`].
	pub receipts_root: H256,
}

impl BlockLeaf {
	/// The leaf of the block with this height, hash and receipts root.
	pub fn new(number: BlockNumber, hash: H256, receipts_root: H256) -> Self {
		Self { version: LEAF_VERSION, parent_number_and_hash: (number, hash), receipts_root }
	}

	/// Height of the block that the leaf describes.
	pub fn block(&self) -> BlockNumber {
		self.parent_number_and_hash.0
	}

	/// Hash of the block that the leaf describes.
	pub fn block_hash(&self) -> H256 {
		self.parent_number_and_hash.1
	}

	/// The leaf's hash in the MMR.
	pub fn mmr_hash(&self) -> H256 {
		self.using_encoded(sp_crypto_hashing::keccak_256).into()
	}
}
