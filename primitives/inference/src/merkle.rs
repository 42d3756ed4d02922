// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Commitments: BLAKE2b-256, and binary Merkle trees of it.
//!
//! The trees are those of the crate `binary-merkle-tree`: leaves are hashed, a node without a neighbour moves up. Which leaf
//! is meant and how many there are comes from the verifier, never from the proof, so that leaves and inner nodes cannot be
//! confused.

use alloc::vec::Vec;
use binary_merkle_tree::{merkle_proof_raw, merkle_root, merkle_root_raw, verify_proof, Leaf};
use hash256_std_hasher::Hash256StdHasher;
use hash_db::Hasher;

/// A BLAKE2b-256 hash that stands for what was hashed.
pub type Commitment = [u8; 32];

/// The hash function of all trees.
#[derive(Debug)]
pub(crate) struct Blake2;

impl Hasher for Blake2 {
	type Out = Commitment;
	type StdHasher = Hash256StdHasher;
	const LENGTH: usize = 32;

	fn hash(bytes: &[u8]) -> Commitment {
		hash(bytes)
	}
}

pub(crate) fn hash(bytes: &[u8]) -> Commitment {
	sp_crypto_hashing::blake2_256(bytes)
}

/// The root over some leaves.
pub(crate) fn root<T: AsRef<[u8]>>(leaves: impl IntoIterator<Item = T>) -> Commitment {
	merkle_root::<Blake2, _>(leaves)
}

/// A tree whose leaves are known by their hashes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Hashes(Vec<Commitment>);

impl Hashes {
	pub(crate) fn new<T: AsRef<[u8]>>(leaves: impl IntoIterator<Item = T>) -> Self {
		Self(leaves.into_iter().map(|leaf| hash(leaf.as_ref())).collect())
	}

	pub(crate) fn root(&self) -> Commitment {
		merkle_root_raw::<Blake2, _>(self.0.iter().copied())
	}

	/// The path from a leaf to the root, or `None` if there is no such leaf.
	pub(crate) fn path(&self, leaf: u32) -> Option<Vec<Commitment>> {
		self.0.get(usize::try_from(leaf).ok()?)?;
		Some(merkle_proof_raw::<Blake2, _>(self.0.iter().copied(), leaf).proof)
	}
}

/// Whether `leaf` is leaf number `index` of `count` under `root`.
pub(crate) fn holds(root: &Commitment, count: u32, index: u32, leaf: &[u8], path: &[Commitment]) -> bool {
	verify_proof::<Blake2, _, _>(root, path.iter().copied(), count, index, Leaf::Value(leaf))
}
