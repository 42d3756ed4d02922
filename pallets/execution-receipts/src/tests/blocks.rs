// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The end of a block.

use super::*;
use crate::{LatestRoot, Pending, PendingCount, PendingLeaves};
use aivm_receipts::{digest, merkle, ReceiptLog, ReceiptV1};

fn expected(block: u32, count: u64) -> Vec<Receipt> {
	(0..count)
		.map(|index| {
			let id = ReceiptId { block, index: index as u32 };
			Receipt::V1(ReceiptV1 { id, body: body(1_000 * u64::from(block) + index) })
		})
		.collect()
}

#[test]
fn block_should_carry_its_root_and_hand_out_its_receipts_when_it_has_some() {
	let mut chain = TestChain::new();
	for (number, count) in [(1, 1), (2, 2), (3, 7), (4, 100)] {
		chain.block_with(count);
		let receipts = expected(number, count);
		let root = merkle::root(&receipts.iter().map(Receipt::leaf_hash).collect::<Vec<_>>()).unwrap();
		assert_eq!(digest::receipts_root(&chain.header(number).digest), Some(root));
		assert_eq!(chain.read(Receipts::receipts_root), root);
		assert_eq!(chain.stored(root), Some(receipts.encode()), "exactly the encoded list");
		assert_eq!(chain.receipts(number), receipts);
	}
}

#[test]
fn block_should_forget_its_receipts_when_it_ends() {
	let mut chain = TestChain::new();
	chain.block_with(5);
	chain.read(|| {
		assert!(!Pending::<Test>::exists());
		assert!(!PendingLeaves::<Test>::exists());
		assert!(!PendingCount::<Test>::exists());
	});
	// The next block counts from 0 again.
	chain.block(|| assert_eq!(record(1), ReceiptId { block: 2, index: 0 }));
}

#[test]
fn block_should_have_no_root_when_it_has_no_receipts() {
	let mut chain = TestChain::new();
	chain.block_with(1);
	chain.block_with(0);
	assert_eq!(digest::receipts_root(&chain.header(2).digest), None);
	assert_eq!(chain.read(Receipts::receipts_root), H256::zero());
	chain.read(|| assert!(!LatestRoot::<Test>::exists()));
}

#[test]
fn header_should_carry_the_mmr_root_in_every_block() {
	let mut chain = TestChain::new();
	for (number, count) in [(1, 0), (2, 3), (3, 0), (4, 1)] {
		chain.block_with(count);
		let root = chain.read(pallet_mmr::RootHash::<Test>::get);
		let logs: Vec<_> = digest::logs(&chain.header(number).digest).collect();
		assert_eq!(logs[0], ReceiptLog::MmrRoot(root));
		assert_eq!(logs.len(), if count > 0 { 2 } else { 1 });
		assert_eq!(digest::mmr_root(&chain.header(number).digest), Some(root));
	}
}

#[test]
fn block_should_grow_by_the_stated_bytes() {
	let mut chain = TestChain::new();
	chain.block_with(0);
	chain.block_with(0);
	chain.block_with(1);
	let length = |number| chain.header(number).encoded_size();
	assert_eq!(length(3) - length(2), 39, "header of a block with receipts");
	assert_eq!(length(2) - chain.header(0).encoded_size() - (1 + 4 + 1 + 3), 39, "MMR root of each header");
	let root = digest::receipts_root(&chain.header(3).digest).unwrap();
	assert_eq!(chain.stored(root).unwrap().len(), 1 + 207, "off-chain: a length and the receipt");
	assert_eq!(offchain_key(root).len(), 46, "off-chain: the key of each block with receipts");
}

#[test]
fn full_block_should_compile() {
	let mut chain = TestChain::new();
	chain.block(|| {
		for task in 0..1_000 {
			record(task);
		}
		assert!(!Receipts::has_room());
	});
	assert_eq!(chain.receipts(1).len(), 1_000);
}
