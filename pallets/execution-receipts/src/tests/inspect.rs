// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Proofs that come back to the chain.

use super::*;
use aivm_receipts::{ProofError, ReceiptProof, MAX_PROOF_LEN};
use aivm_traits::{ReceiptInspect, ReceiptRefused};

/// A chain with three receipts in block 1 and some blocks after it.
fn chain() -> TestChain {
	let mut chain = TestChain::new();
	chain.block_with(3);
	for _ in 0..3 {
		chain.block_with(0);
	}
	chain
}

/// A proof of receipt 2 of block 1 against the header of `at`.
fn proof(chain: &mut TestChain, at: u32) -> (Receipt, ReceiptProof) {
	let receipts = chain.receipts(1);
	let header = chain.header(at).encode();
	let proof = if at == 1 {
		ReceiptProof::against_own_header(&receipts, 2, header)
	} else {
		let (leaf, mmr) = chain.mmr_proof(1, at);
		ReceiptProof::against_later_header(&receipts, 2, leaf, mmr, header)
	};
	(receipts[2].clone(), proof.unwrap())
}

#[test]
fn prove_should_give_the_receipt_when_the_chain_knows_the_header() {
	let mut chain = chain();
	for at in 1..=3 {
		let (expected, proof) = proof(&mut chain, at);
		let found = chain.read(|| Receipts::prove(&proof.to_bytes()));
		assert_eq!(found.map(Receipt::V1), Ok(expected), "against block {at}");
	}
}

#[test]
fn prove_should_fail_when_the_chain_knows_no_such_header() {
	let mut chain = chain();
	// The latest block's hash gets known with the next one.
	let (_, latest) = proof(&mut chain, 4);
	assert_eq!(chain.read(|| Receipts::prove(&latest.to_bytes())), Err(ReceiptRefused::UnknownBlock));
	chain.block_with(0);
	assert!(chain.read(|| Receipts::prove(&latest.to_bytes())).is_ok());
	// Old hashes get forgotten.
	chain.read(|| frame_system::BlockHash::<Test>::remove(4));
	assert_eq!(chain.read(|| Receipts::prove(&latest.to_bytes())), Err(ReceiptRefused::UnknownBlock));
}

#[test]
fn prove_should_fail_when_the_header_is_of_another_chain() {
	let mut ours = chain();
	let mut theirs = TestChain::new();
	theirs.block_with(4);
	for _ in 0..3 {
		theirs.block_with(0);
	}
	for at in 1..=3 {
		let (_, proof) = proof(&mut theirs, at);
		let refused = ours.read(|| Receipts::prove(&proof.to_bytes()));
		assert!(matches!(refused, Err(ReceiptRefused::Proof(ProofError::HeaderHashMismatch { .. }))), "{refused:?}");
	}
}

#[test]
fn prove_should_fail_when_the_bytes_are_no_proof() {
	let mut chain = chain();
	let (_, good) = proof(&mut chain, 2);
	let bytes = good.to_bytes();
	chain.read(|| {
		for end in 0..bytes.len() {
			assert!(Receipts::prove(&bytes[..end]).is_err(), "the first {end} bytes are enough");
		}
		for position in 0..bytes.len() {
			let mut changed = bytes.clone();
			changed[position] ^= 1;
			assert!(Receipts::prove(&changed).is_err(), "byte {position} does not matter");
		}
		let refused = |error| Err(ReceiptRefused::Proof(error));
		assert_eq!(Receipts::prove(&[]), refused(ProofError::ProofMalformed));
		let found = MAX_PROOF_LEN + 1;
		assert_eq!(Receipts::prove(&vec![1; found]), refused(ProofError::ProofTooLong { found }));
		let no_header = ReceiptProof { header: vec![], ..good };
		assert_eq!(Receipts::prove(&no_header.to_bytes()), refused(ProofError::HeaderMalformed));
	});
}

#[cfg(feature = "runtime-benchmarks")]
#[test]
fn set_up_proof_should_be_accepted_and_nearly_as_long_as_asked_for() {
	in_block(|| {
		let shortest = Receipts::set_up_proof(body(1), 0).len();
		assert!(shortest < 3_000, "the shortest proof has {shortest} bytes");
		for len in [3_000, 5_000, 16 * 1024, 20_000] {
			let proof = Receipts::set_up_proof(body(1), len);
			assert!((len as usize - 16..=len as usize).contains(&proof.len()), "{} for {len}", proof.len());
			assert_eq!(Receipts::prove(&proof).map(|receipt| receipt.body), Ok(body(1)));
		}
	});
}
