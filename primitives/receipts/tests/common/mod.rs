// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A chain in memory: headers that follow each other, receipts, and a real MMR over all blocks.

#![allow(dead_code, missing_docs)]

use aivm_receipts::{
	merkle, BlockLeaf, Evidence, Header, LeafProof, Payment, PolicyDecision, Receipt, ReceiptBody, ReceiptId,
	ReceiptLog, ReceiptProof, ReceiptV1, TrustPath, Verdict,
};
use codec::Encode;
use sp_core::{crypto::AccountId32, H256};
use sp_mmr_primitives::{
	mmr_lib::{leaf_index_to_pos, util::MemStore, Merge, Result as MmrResult, MMR},
	DataOrHash,
};
use sp_runtime::{
	traits::{Hash, Header as _, Keccak256},
	Digest, DigestItem,
};

pub type Node = DataOrHash<Keccak256, BlockLeaf>;

/// Joins nodes over the leaf data itself, as the chain does.
pub struct NodeMerge;

impl Merge for NodeMerge {
	type Item = Node;

	fn merge(left: &Node, right: &Node) -> MmrResult<Node> {
		Ok(Node::Hash(Keccak256::hash(&[left.hash().as_bytes(), right.hash().as_bytes()].concat())))
	}
}

pub fn receipt(block: u32, index: u32, seed: u64) -> Receipt {
	let mark = |what: &str| Keccak256::hash(format!("{what} {seed}").as_bytes());
	Receipt::V1(ReceiptV1 {
		id: ReceiptId { block, index },
		body: ReceiptBody {
			task: seed,
			requester: AccountId32::new(mark("requester").0),
			provider: AccountId32::new(mark("provider").0),
			model: 3,
			version: 2,
			artefact_hash: mark("artefact"),
			input_hash: mark("input"),
			output_hash: mark("output"),
			path: TrustPath::OnChain,
			evidence: Evidence::Consensus,
			policy: PolicyDecision::NotApplied,
			verdict: Verdict::Accepted,
			payment: Payment {
				provider: 8_000_000_000 + u128::from(seed),
				royalty: 1_000_000_000,
				treasury: 500_000_000,
				burn: 500_000_000,
			},
		},
	})
}

pub struct Block {
	pub header: Header,
	pub receipts: Vec<Receipt>,
}

impl Block {
	pub fn receipts_root(&self) -> H256 {
		root(&self.receipts)
	}
}

pub fn root(receipts: &[Receipt]) -> H256 {
	merkle::root(&receipts.iter().map(Receipt::leaf_hash).collect::<Vec<_>>()).unwrap()
}

/// Blocks from genesis on.
pub struct Chain {
	pub blocks: Vec<Block>,
	pub leaves: Vec<BlockLeaf>,
}

impl Chain {
	/// A chain whose block N, from 1 on, has `receipts[N - 1]` receipts.
	pub fn new(receipts: &[u32]) -> Self {
		let genesis = Header::new(0, H256::zero(), H256::repeat_byte(1), H256::zero(), Digest::default());
		let mut chain = Self { blocks: vec![Block { header: genesis, receipts: vec![] }], leaves: vec![] };
		for (number, count) in (1..).zip(receipts) {
			let receipts = (0..*count).map(|index| receipt(number, index, u64::from(1000 * number + index))).collect();
			chain.push(receipts);
		}
		chain
	}

	fn push(&mut self, receipts: Vec<Receipt>) {
		let parent = self.blocks.last().unwrap();
		let (number, parent_hash) = (parent.header.number + 1, parent.header.hash());
		self.leaves.push(BlockLeaf::new(number - 1, parent_hash, parent.receipts_root()));
		let mut digest = Digest::default();
		digest.push(DigestItem::PreRuntime(*b"BABE", vec![7; 30]));
		digest.push(ReceiptLog::MmrRoot(self.mmr_root(number)).into());
		digest.push(DigestItem::Consensus(*b"FRNK", vec![1, 2, 3]));
		if !receipts.is_empty() {
			digest.push(ReceiptLog::ReceiptsRoot(root(&receipts)).into());
		}
		digest.push(DigestItem::Seal(*b"BABE", vec![9; 64]));
		let header = Header::new(number, H256::repeat_byte(2), Keccak256::hash(&number.encode()), parent_hash, digest);
		self.blocks.push(Block { header, receipts });
	}

	fn with_mmr<R>(&self, at: u32, f: impl FnOnce(&MMR<Node, NodeMerge, &MemStore<Node>>) -> R) -> R {
		let store = MemStore::default();
		let mut mmr = MMR::<Node, NodeMerge, _>::new(0, &store);
		for leaf in &self.leaves[..at as usize] {
			mmr.push(Node::Data(*leaf)).unwrap();
		}
		mmr.commit().unwrap();
		f(&mmr)
	}

	pub fn mmr_root(&self, at: u32) -> H256 {
		self.with_mmr(at, |mmr| mmr.get_root().unwrap().hash())
	}

	/// The path of the leaf of `block` in the MMR of block `at`.
	pub fn mmr_proof(&self, block: u32, at: u32) -> LeafProof<H256> {
		let index = u64::from(block);
		self.with_mmr(at, |mmr| LeafProof {
			leaf_indices: vec![index],
			leaf_count: u64::from(at),
			items: mmr
				.gen_proof(vec![leaf_index_to_pos(index)])
				.unwrap()
				.proof_items()
				.iter()
				.map(|node| node.hash())
				.collect(),
		})
	}

	pub fn block(&self, number: u32) -> &Block {
		&self.blocks[number as usize]
	}

	pub fn hash(&self, number: u32) -> H256 {
		self.block(number).header.hash()
	}

	pub fn header(&self, number: u32) -> Vec<u8> {
		self.block(number).header.encode()
	}

	pub fn own_proof(&self, block: u32, index: u32) -> ReceiptProof {
		ReceiptProof::against_own_header(&self.block(block).receipts, index, self.header(block)).unwrap()
	}

	pub fn later_proof(&self, block: u32, index: u32, at: u32) -> ReceiptProof {
		ReceiptProof::against_later_header(
			&self.block(block).receipts,
			index,
			self.leaves[block as usize],
			self.mmr_proof(block, at),
			self.header(at),
		)
		.unwrap()
	}
}
