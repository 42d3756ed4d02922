// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The tree: every path leads to the root, and nothing else does.

use aivm_receipts::{
	merkle::{self, MAX_LEAVES},
	MerkleProof,
};
use proptest::prelude::*;
use sp_core::H256;

fn leaves(count: u32) -> Vec<H256> {
	(0..count).map(|index| merkle::leaf_hash(&index.to_le_bytes())).collect()
}

#[test]
fn root_should_be_zero_when_there_are_no_leaves() {
	assert_eq!(merkle::root(&[]), Some(H256::zero()));
	assert_eq!(merkle::proof(&[], 0), None);
}

#[test]
fn root_should_commit_to_the_count_when_the_tops_are_equal() {
	let two = leaves(2);
	let three = leaves(3);
	// The top over two leaves, taken for a third tree's leaf, gives the top of a tree with fewer leaves.
	let top = merkle::proof(&three, 2).unwrap().siblings[0];
	assert_ne!(merkle::root(&[top, three[2]]), merkle::root(&three));
	assert_ne!(merkle::root(&[top]), merkle::root(&two));
}

#[test]
fn every_path_should_verify_when_sizes_are_small() {
	for count in 1..=40 {
		let leaves = leaves(count);
		let root = merkle::root(&leaves).unwrap();
		for index in 0..count {
			let proof = merkle::proof(&leaves, index).unwrap();
			for (other, leaf) in (0..).zip(&leaves) {
				assert_eq!(
					merkle::verify(root, *leaf, &proof),
					other == index,
					"leaf {other}, path {index} of {count}"
				);
			}
		}
		assert_eq!(merkle::proof(&leaves, count), None);
	}
}

#[test]
fn path_should_verify_when_the_tree_is_the_largest() {
	let leaves = leaves(MAX_LEAVES);
	let root = merkle::root(&leaves).unwrap();
	for index in [0, 1, MAX_LEAVES / 2, MAX_LEAVES - 1] {
		let proof = merkle::proof(&leaves, index).unwrap();
		assert_eq!(proof.siblings.len(), 16);
		assert!(merkle::verify(root, leaves[index as usize], &proof));
	}
}

#[test]
fn root_and_proof_should_be_refused_when_there_are_too_many_leaves() {
	let leaves = vec![H256::zero(); MAX_LEAVES as usize + 1];
	assert_eq!(merkle::root(&leaves), None);
	assert_eq!(merkle::proof(&leaves, 0), None);
	let proof = MerkleProof { index: 0, count: MAX_LEAVES + 1, siblings: vec![H256::zero(); 17] };
	assert_eq!(proof.root(H256::zero()), None);
}

#[test]
fn path_should_have_no_root_when_its_shape_is_impossible() {
	let leaves = leaves(5);
	let good = merkle::proof(&leaves, 2).unwrap();
	assert!(good.root(leaves[2]).is_some());
	let cases = [
		MerkleProof { index: 5, ..good.clone() },
		MerkleProof { count: 0, ..good.clone() },
		MerkleProof { index: u32::MAX, count: u32::MAX, ..good.clone() },
		MerkleProof { siblings: good.siblings[..2].to_vec(), ..good.clone() },
		MerkleProof { siblings: [good.siblings.clone(), vec![H256::zero()]].concat(), ..good.clone() },
	];
	for case in cases {
		assert_eq!(case.root(leaves[2]), None, "{case:?}");
	}
}

proptest! {
	#[test]
	fn path_should_verify_only_unchanged(
		count in 1u32..300,
		pick in any::<u32>(),
		byte in any::<prop::sample::Index>(),
		flip in 1u8..,
	) {
		let leaves = leaves(count);
		let root = merkle::root(&leaves).unwrap();
		let index = pick % count;
		let leaf = leaves[index as usize];
		let proof = merkle::proof(&leaves, index).unwrap();
		prop_assert!(merkle::verify(root, leaf, &proof));

		let mut other_leaf = leaf;
		other_leaf.0[byte.index(32)] ^= flip;
		prop_assert!(!merkle::verify(root, other_leaf, &proof));

		let mut other_root = root;
		other_root.0[byte.index(32)] ^= flip;
		prop_assert!(!merkle::verify(other_root, leaf, &proof));

		if !proof.siblings.is_empty() {
			let mut other = proof.clone();
			let at = byte.index(proof.siblings.len());
			other.siblings[at].0[byte.index(32)] ^= flip;
			prop_assert!(!merkle::verify(root, leaf, &other));
		}
		for other_count in [count - 1, count + 1, count * 2] {
			let other = MerkleProof { count: other_count, ..proof.clone() };
			prop_assert!(!merkle::verify(root, leaf, &other));
		}
		for other_index in (0..count).filter(|other| *other != index) {
			let other = MerkleProof { index: other_index, ..proof.clone() };
			prop_assert!(!merkle::verify(root, leaf, &other));
		}
	}
}
