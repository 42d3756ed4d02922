// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Where a leaf and its path lead in the chain's Merkle mountain range.

use sp_core::H256;
use sp_mmr_primitives::{
	mmr_lib::{self, leaf_index_to_pos, Merge},
	utils::NodesUtils,
	LeafProof,
};

use crate::BlockLeaf;

/// The most path items of an MMR proof. An MMR with a leaf for each possible block number needs at most 33.
pub const MAX_MMR_ITEMS: usize = 64;

/// Joins two MMR nodes as `pallet-mmr` does: Keccak-256 over both hashes.
struct Keccak;

impl Merge for Keccak {
	type Item = H256;

	fn merge(left: &H256, right: &H256) -> mmr_lib::Result<H256> {
		let mut input = [0; 64];
		input[..32].copy_from_slice(left.as_bytes());
		input[32..].copy_from_slice(right.as_bytes());
		Ok(sp_crypto_hashing::keccak_256(&input).into())
	}
}

/// The root of the MMR in which `leaf` has the path `proof`, by the algorithm of `pallet-mmr`.
///
/// `None` if no MMR has a path of this shape: not exactly one leaf index, an index that is not below the number of
/// leaves, more than 2^32 leaves, or a wrong number of items.
pub fn mmr_root(leaf: &BlockLeaf, proof: &LeafProof<H256>) -> Option<H256> {
	let [index] = proof.leaf_indices.as_slice() else { return None };
	if *index >= proof.leaf_count || proof.leaf_count > u64::from(u32::MAX) || proof.items.len() > MAX_MMR_ITEMS {
		return None;
	}
	if proof.leaf_count == 1 && !proof.items.is_empty() {
		// The library ignores items here.
		return None;
	}
	let size = NodesUtils::new(proof.leaf_count).size();
	let path = mmr_lib::MerkleProof::<H256, Keccak>::new(size, proof.items.clone());
	path.calculate_root(alloc::vec![(leaf_index_to_pos(*index), leaf.mmr_hash())]).ok()
}
