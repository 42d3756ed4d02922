// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The whole way: receipts recorded in blocks of a chain with `pallet-mmr` are proved against headers.

use super::*;
use aivm_receipts::{digest, verify, ProofError, ReceiptProof, LEAF_VERSION};

/// Receipts per block, from block 1 on.
const COUNTS: [u64; 13] = [2, 0, 5, 1, 0, 0, 1, 3, 64, 0, 1, 1, 0];

fn chain() -> TestChain {
	let mut chain = TestChain::new();
	for count in COUNTS {
		chain.block_with(count);
	}
	chain
}

#[test]
fn mmr_leaf_should_describe_the_block_before() {
	let mut chain = chain();
	for number in 0..chain.height() {
		let (leaf, path) = chain.mmr_proof(number, chain.height());
		assert_eq!(leaf.version, LEAF_VERSION);
		assert_eq!(leaf.parent_number_and_hash, (number, chain.hash(number)));
		let root = digest::receipts_root(&chain.header(number).digest);
		assert_eq!(leaf.receipts_root, root.unwrap_or_default());
		assert_eq!(path.leaf_indices, [u64::from(number)]);
		assert_eq!(path.leaf_count, u64::from(chain.height()));
	}
}

#[test]
fn every_receipt_should_verify_against_its_own_and_every_later_header() {
	let mut chain = chain();
	let mut verified = 0;
	for block in 1..=chain.height() {
		let receipts = chain.receipts(block);
		assert_eq!(receipts.len() as u64, COUNTS[block as usize - 1]);
		for (index, receipt) in (0..).zip(&receipts) {
			let own = ReceiptProof::against_own_header(&receipts, index, chain.header(block).encode()).unwrap();
			assert_eq!(&verify(&own, chain.hash(block)).unwrap().receipt, receipt);
			for at in block + 1..=chain.height() {
				let (leaf, mmr) = chain.mmr_proof(block, at);
				let header = chain.header(at).encode();
				let proof = ReceiptProof::against_later_header(&receipts, index, leaf, mmr, header).unwrap();
				let bytes = proof.to_bytes();
				let proven = verify(&ReceiptProof::from_bytes(&bytes).unwrap(), chain.hash(at)).unwrap();
				assert_eq!(&proven.receipt, receipt);
				assert_eq!(proven.block_hash, chain.hash(block));
				assert_eq!(verify(&proof, chain.hash(at - 1)).map_err(|_| ()), Err(()));
				verified += 1;
			}
		}
	}
	assert_eq!(verified, COUNTS.iter().zip(1..).map(|(count, block)| count * (13 - block)).sum::<u64>());
}

#[test]
fn announced_hash_should_be_the_proven_leaf() {
	let mut chain = TestChain::new();
	chain.block_with(3);
	let announced: Vec<_> = chain.read(|| {
		System::events()
			.into_iter()
			.filter_map(|record| match record.event {
				RuntimeEvent::Receipts(crate::Event::ReceiptRecorded { id, hash, .. }) => Some((id, hash)),
				_ => None,
			})
			.collect()
	});
	assert_eq!(announced.len(), 3);
	let receipts = chain.receipts(1);
	for (id, hash) in announced {
		let proof = ReceiptProof::against_own_header(&receipts, id.index, chain.header(1).encode()).unwrap();
		let verified = verify(&proof, chain.hash(1)).unwrap();
		assert_eq!((verified.receipt.id(), verified.leaf_hash), (id, hash));
	}
}

#[test]
fn proof_should_fail_when_a_byte_of_a_real_proof_changes() {
	let mut chain = chain();
	let receipts = chain.receipts(3);
	let (leaf, mmr) = chain.mmr_proof(3, 13);
	let proof = ReceiptProof::against_later_header(&receipts, 2, leaf, mmr, chain.header(13).encode()).unwrap();
	let trusted = chain.hash(13);
	assert!(verify(&proof, trusted).is_ok());
	let bytes = proof.to_bytes();
	for position in 0..bytes.len() {
		let mut changed = bytes.clone();
		changed[position] ^= 0x10;
		let outcome = ReceiptProof::from_bytes(&changed).and_then(|proof| verify(&proof, trusted));
		assert!(outcome.is_err(), "byte {position} does not matter");
	}
}

#[test]
fn proof_should_fail_when_the_header_is_of_a_fork() {
	// Two chains that differ in what block 3 ran.
	let mut ours = TestChain::new();
	let mut theirs = TestChain::new();
	for chain in [&mut ours, &mut theirs] {
		chain.block_with(1);
		chain.block_with(1);
	}
	ours.block_with(2);
	theirs.block_with(3);
	ours.block_with(0);
	theirs.block_with(0);
	assert_eq!(ours.hash(2), theirs.hash(2));
	let receipts = theirs.receipts(3);
	let (leaf, mmr) = theirs.mmr_proof(3, 4);
	let mut proof = ReceiptProof::against_later_header(&receipts, 2, leaf, mmr, theirs.header(4).encode()).unwrap();
	assert!(verify(&proof, theirs.hash(4)).is_ok());
	assert!(matches!(verify(&proof, ours.hash(4)), Err(ProofError::HeaderHashMismatch { .. })));
	proof.header = ours.header(4).encode();
	assert!(matches!(verify(&proof, ours.hash(4)), Err(ProofError::MmrRootMismatch { .. })));
}

#[test]
fn forks_should_keep_their_receipts_apart() {
	// Both forks of block 1 write to one database: a node that saw both serves both.
	let mut chain = TestChain::new();
	chain.block_with(2);
	let first = digest::receipts_root(&chain.header(1).digest).unwrap();
	chain.headers.pop();
	chain.read(|| System::set_block_number(0));
	chain.block(|| {
		record(77);
	});
	let second = digest::receipts_root(&chain.header(1).digest).unwrap();
	assert_ne!(first, second);
	assert_eq!(store::decode(&chain.stored(first).unwrap(), first).unwrap().len(), 2);
	assert_eq!(store::decode(&chain.stored(second).unwrap(), second).unwrap().len(), 1);
}
