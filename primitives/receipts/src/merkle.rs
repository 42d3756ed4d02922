// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The Merkle tree over the receipts of one block.
//!
//! Keccak-256, so that EVM contracts can verify cheaply, with the domain separation and the shape of RFC 6962 (section
//! 2.1):
//!
//! ```text
//! leaf = keccak256(0x00 ‖ data)
//! node = keccak256(0x01 ‖ left ‖ right)
//! root = keccak256(0x02 ‖ count as u32 little-endian ‖ top)
//! ```
//!
//! Hashes are paired level by level; the last one of an odd level moves up unchanged. `top` is what is left. Leaves,
//! nodes and roots are hashes of different domains, so none can pass for another; the root also commits to the number
//! of leaves, so a path has one possible length and a place in the tree cannot be forged. The root of no leaves is all
//! zeros by definition.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_crypto_hashing::keccak_256;

/// The most leaves of a tree. A path has at most 16 siblings.
pub const MAX_LEAVES: u32 = 1 << 16;

const LEAF_TAG: u8 = 0;
const NODE_TAG: u8 = 1;
const ROOT_TAG: u8 = 2;

/// Shows that a leaf is at a place of a tree.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct MerkleProof {
	/// The leaf's place, counted from 0.
	pub index: u32,
	/// How many leaves the tree has, 1 to [`MAX_LEAVES`].
	pub count: u32,
	/// The hashes that meet the path on the way up, from the leaf's level. Levels where the path is the odd one out
	/// have none.
	pub siblings: Vec<H256>,
}

impl MerkleProof {
	/// The root of the tree in which `leaf` has this path, or `None` if no tree has a path of this shape: the index is
	/// outside of the tree, the tree is empty or too large, or there are too many or too few siblings.
	pub fn root(&self, leaf: H256) -> Option<H256> {
		if self.index >= self.count || self.count > MAX_LEAVES {
			return None;
		}
		let mut hash = leaf;
		let mut siblings = self.siblings.iter();
		for step in path(self.index, self.count) {
			hash = match step {
				Step::Left => node_hash(siblings.next()?, &hash),
				Step::Right => node_hash(&hash, siblings.next()?),
				Step::Alone => hash,
			};
		}
		match siblings.next() {
			Some(_) => None,
			None => Some(root_hash(self.count, &hash)),
		}
	}
}

/// The hash of a leaf that holds `data`.
pub fn leaf_hash(data: &[u8]) -> H256 {
	let mut input = Vec::with_capacity(data.len().saturating_add(1));
	input.push(LEAF_TAG);
	input.extend_from_slice(data);
	keccak_256(&input).into()
}

/// The root over `leaves`, which are leaf hashes in order; zero if there are none. `None` above [`MAX_LEAVES`].
///
/// Costs one hash per leaf and the memory of one and a half copies of `leaves`.
pub fn root(leaves: &[H256]) -> Option<H256> {
	let count = u32::try_from(leaves.len()).ok().filter(|count| *count <= MAX_LEAVES)?;
	if count == 0 {
		return Some(H256::zero());
	}
	let mut level = leaves.to_vec();
	while level.len() > 1 {
		level = level_above(&level);
	}
	level.first().map(|top| root_hash(count, top))
}

/// The path of leaf `index` in the tree over `leaves`, or `None` if there is no such leaf or there are more than
/// [`MAX_LEAVES`].
pub fn proof(leaves: &[H256], index: u32) -> Option<MerkleProof> {
	let count = u32::try_from(leaves.len()).ok().filter(|count| *count <= MAX_LEAVES)?;
	if index >= count {
		return None;
	}
	let mut siblings = Vec::new();
	let mut level = leaves.to_vec();
	let mut place = usize::try_from(index).ok()?;
	for step in path(index, count) {
		let sibling = match step {
			Step::Left => place.checked_sub(1),
			Step::Right => place.checked_add(1),
			Step::Alone => None,
		};
		if let Some(sibling) = sibling {
			siblings.push(*level.get(sibling)?);
		}
		level = level_above(&level);
		place >>= 1;
	}
	Some(MerkleProof { index, count, siblings })
}

/// Whether `proof` shows that `leaf`, a leaf hash, is in the tree with this `root`.
pub fn verify(root: H256, leaf: H256, proof: &MerkleProof) -> bool {
	proof.root(leaf) == Some(root)
}

/// Where the sibling is on one level of a path.
enum Step {
	/// The path is the right child.
	Left,
	/// The path is the left child.
	Right,
	/// The path is the odd one out and moves up unchanged.
	Alone,
}

/// The steps from leaf `index` up to the top of a tree of `count` leaves; one per level, so at most 32.
fn path(index: u32, count: u32) -> impl Iterator<Item = Step> {
	let (mut index, mut width) = (index, count);
	core::iter::from_fn(move || {
		if width <= 1 {
			return None;
		}
		let step = if index & 1 == 1 {
			Step::Left
		} else if index.saturating_add(1) < width {
			Step::Right
		} else {
			Step::Alone
		};
		index >>= 1;
		width = width.div_ceil(2);
		Some(step)
	})
}

fn level_above(level: &[H256]) -> Vec<H256> {
	level
		.chunks(2)
		.filter_map(|pair| match pair {
			[left, right] => Some(node_hash(left, right)),
			alone => alone.first().copied(),
		})
		.collect()
}

fn node_hash(left: &H256, right: &H256) -> H256 {
	let mut input = [NODE_TAG; 65];
	input[1..33].copy_from_slice(left.as_bytes());
	input[33..65].copy_from_slice(right.as_bytes());
	keccak_256(&input).into()
}

fn root_hash(count: u32, top: &H256) -> H256 {
	let mut input = [ROOT_TAG; 37];
	input[1..5].copy_from_slice(&count.to_le_bytes());
	input[5..37].copy_from_slice(top.as_bytes());
	keccak_256(&input).into()
}
