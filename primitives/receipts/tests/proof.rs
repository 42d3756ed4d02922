// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Proofs against real headers and a real MMR: right ones hold, each wrong one fails with its own error.

mod common;

use aivm_receipts::{
	verify, Anchor, BlockLeaf, Header, LeafProof, MerkleProof, ProofError, Receipt, ReceiptLog, ReceiptProof,
	MAX_HEADER_LEN, MAX_MMR_ITEMS, MAX_PROOF_LEN, MAX_RECEIPT_LEN,
};
use codec::Encode;
use common::{receipt, Chain};
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::{Digest, DigestItem};

/// Changes the parts of a proof against a later header.
fn with_later(proof: &ReceiptProof, change: impl FnOnce(&mut BlockLeaf, &mut LeafProof<H256>)) -> ReceiptProof {
	let mut proof = proof.clone();
	match &mut proof.anchor {
		Anchor::LaterHeader { leaf, mmr } => change(leaf, mmr),
		Anchor::OwnHeader => panic!("not against a later header"),
	}
	proof
}

/// Puts another header into the proof and says under which hash to trust it.
fn with_header(proof: &ReceiptProof, header: Header) -> (ReceiptProof, H256) {
	let hash = header.hash();
	(ReceiptProof { header: header.encode(), ..proof.clone() }, hash)
}

#[test]
fn proof_should_verify_when_the_header_is_the_blocks_own() {
	let chain = Chain::new(&[3, 0, 1]);
	for (block, index) in [(1, 0), (1, 1), (1, 2), (3, 0)] {
		let verified = verify(&chain.own_proof(block, index), chain.hash(block)).unwrap();
		assert_eq!(verified.receipt, chain.block(block).receipts[index as usize]);
		assert_eq!(verified.leaf_hash, verified.receipt.leaf_hash());
		assert_eq!(verified.receipts_root, chain.block(block).receipts_root());
		assert_eq!(verified.block_hash, chain.hash(block));
		assert_eq!(verified.header_number, block);
	}
}

#[test]
fn proof_should_verify_against_every_later_header() {
	let chain = Chain::new(&[2, 1, 0, 5, 1, 1, 3, 0, 2, 1, 1, 0, 0, 0, 1, 4, 1]);
	let last = 17;
	let mut checked = 0;
	for block in 1..last {
		for at in block + 1..=last {
			for receipt in &chain.block(block).receipts {
				let proof = chain.later_proof(block, receipt.id().index, at);
				let verified = verify(&proof, chain.hash(at)).unwrap();
				assert_eq!(&verified.receipt, receipt);
				assert_eq!(verified.block_hash, chain.hash(block));
				assert_eq!(verified.header_number, at);
				checked += 1;
			}
		}
	}
	assert_eq!(checked, 200);
}

#[test]
fn proof_should_survive_its_encoding() {
	let chain = Chain::new(&[3, 1, 0, 1]);
	for proof in [chain.own_proof(1, 2), chain.later_proof(1, 2, 4)] {
		assert_eq!(ReceiptProof::from_bytes(&proof.to_bytes()), Ok(proof));
	}
}

#[test]
fn building_should_give_none_when_there_is_no_such_receipt() {
	let chain = Chain::new(&[2]);
	assert_eq!(ReceiptProof::against_own_header(&chain.block(1).receipts, 2, chain.header(1)), None);
	assert_eq!(ReceiptProof::against_own_header(&[], 0, chain.header(1)), None);
}

#[test]
fn decoding_should_fail_when_the_bytes_are_no_proof() {
	let bytes = Chain::new(&[1]).own_proof(1, 0).to_bytes();
	assert_eq!(ReceiptProof::from_bytes(&[]), Err(ProofError::ProofMalformed));
	assert_eq!(ReceiptProof::from_bytes(&bytes[..bytes.len() - 1]), Err(ProofError::ProofMalformed));
	assert_eq!(ReceiptProof::from_bytes(&[bytes.clone(), vec![0]].concat()), Err(ProofError::ProofMalformed));
	let mut newer = bytes.clone();
	newer[0] = 2;
	assert_eq!(ReceiptProof::from_bytes(&newer), Err(ProofError::ProofVersion { found: 2 }));
	let long = vec![1; MAX_PROOF_LEN + 1];
	assert_eq!(ReceiptProof::from_bytes(&long), Err(ProofError::ProofTooLong { found: long.len() }));
	// A length prefix that promises far more than there is must not make the decoder reserve it.
	assert_eq!(ReceiptProof::from_bytes(&[1, 0xfe, 0xff, 0xff, 0xff]), Err(ProofError::ProofMalformed));
}

#[test]
fn proof_should_fail_when_the_header_is_not_the_trusted_one() {
	let chain = Chain::new(&[1, 1, 1]);
	for (proof, right) in [(chain.own_proof(1, 0), 1), (chain.later_proof(1, 0, 3), 3)] {
		for wrong in (0..=3).filter(|number| *number != right) {
			assert_eq!(
				verify(&proof, chain.hash(wrong)),
				Err(ProofError::HeaderHashMismatch { trusted: chain.hash(wrong), found: chain.hash(right) })
			);
		}
	}
}

#[test]
fn proof_should_fail_when_its_version_is_unknown() {
	let chain = Chain::new(&[1]);
	let proof = ReceiptProof { version: 2, ..chain.own_proof(1, 0) };
	assert_eq!(verify(&proof, chain.hash(1)), Err(ProofError::ProofVersion { found: 2 }));
}

#[test]
fn proof_should_fail_when_the_header_is_no_header() {
	let chain = Chain::new(&[1]);
	let short = ReceiptProof { header: vec![1, 2, 3], ..chain.own_proof(1, 0) };
	let hash = H256(sp_crypto_hashing::blake2_256(&short.header));
	assert_eq!(verify(&short, hash), Err(ProofError::HeaderMalformed));
	let long = ReceiptProof { header: vec![0; MAX_HEADER_LEN + 1], ..chain.own_proof(1, 0) };
	assert_eq!(verify(&long, H256::zero()), Err(ProofError::HeaderTooLong { found: MAX_HEADER_LEN + 1 }));
}

#[test]
fn proof_should_fail_when_the_receipt_is_malformed() {
	let chain = Chain::new(&[1]);
	let good = chain.own_proof(1, 0);
	let with = |receipt: Vec<u8>| verify(&ReceiptProof { receipt, ..good.clone() }, chain.hash(1));
	assert_eq!(with(vec![]), Err(ProofError::ReceiptMalformed));
	assert_eq!(with([good.receipt.clone(), vec![0]].concat()), Err(ProofError::ReceiptMalformed));
	assert_eq!(with(good.receipt[..good.receipt.len() - 1].to_vec()), Err(ProofError::ReceiptMalformed));
	let mut other_version = good.receipt.clone();
	other_version[0] = 0;
	assert_eq!(with(other_version), Err(ProofError::ReceiptMalformed));
	assert_eq!(with(vec![1; MAX_RECEIPT_LEN + 1]), Err(ProofError::ReceiptTooLong { found: MAX_RECEIPT_LEN + 1 }));
}

#[test]
fn receipt_should_be_refused_when_an_amount_is_not_shortest() {
	let Receipt::V1(mut inner) = receipt(1, 0, 1);
	inner.body.payment.burn = 1;
	let canonical = Receipt::V1(inner).encode();
	let (last, front) = canonical.split_last().unwrap();
	assert_eq!(*last, 1 << 2);
	// The same amount in the compact encoding's modes for two, four and more bytes.
	for longer in [vec![(1 << 2) | 1, 0], vec![(1 << 2) | 2, 0, 0, 0], vec![3, 1, 0, 0, 0], vec![7, 1, 0, 0, 0, 0]] {
		let bytes = [front, &longer[..]].concat();
		let refused = Receipt::from_canonical(&bytes).unwrap_err();
		assert!(matches!(refused, ProofError::ReceiptMalformed | ProofError::ReceiptNotCanonical), "{longer:?}");
	}
}

#[test]
fn proof_should_fail_when_the_path_is_of_another_place() {
	let chain = Chain::new(&[3]);
	let good = chain.own_proof(1, 0);
	let proof = ReceiptProof { path: chain.own_proof(1, 1).path, ..good.clone() };
	assert_eq!(verify(&proof, chain.hash(1)), Err(ProofError::IndexMismatch { receipt: 0, path: 1 }));
	let proof = ReceiptProof { path: MerkleProof { siblings: vec![], ..good.path.clone() }, ..good };
	assert_eq!(verify(&proof, chain.hash(1)), Err(ProofError::PathMalformed));
}

#[test]
fn proof_should_fail_when_the_receipt_is_not_in_the_block() {
	let chain = Chain::new(&[3, 1]);
	let stranger = receipt(1, 0, 99_999);
	let found = |proof: &ReceiptProof| proof.path.root(stranger.leaf_hash()).unwrap();
	for (good, at) in [(chain.own_proof(1, 0), 1), (chain.later_proof(1, 0, 2), 2)] {
		let proof = ReceiptProof { receipt: stranger.encode(), ..good };
		assert_eq!(
			verify(&proof, chain.hash(at)),
			Err(ProofError::ReceiptsRootMismatch { expected: chain.block(1).receipts_root(), found: found(&proof) })
		);
	}
}

#[test]
fn own_header_proof_should_fail_when_the_header_is_of_another_block() {
	let chain = Chain::new(&[1, 1]);
	let proof = ReceiptProof { header: chain.header(2), ..chain.own_proof(1, 0) };
	assert_eq!(verify(&proof, chain.hash(2)), Err(ProofError::NotOwnHeader { receipt: 1, header: 2 }));
}

#[test]
fn own_header_proof_should_fail_when_the_header_has_no_single_receipts_root() {
	let chain = Chain::new(&[1]);
	let good = chain.own_proof(1, 0);
	let mut none = chain.block(1).header.clone();
	let root: DigestItem = ReceiptLog::ReceiptsRoot(chain.block(1).receipts_root()).into();
	none.digest.logs.retain(|item| *item != root);
	let (proof, hash) = with_header(&good, none);
	assert_eq!(verify(&proof, hash), Err(ProofError::NoReceiptsRoot));

	let mut two = chain.block(1).header.clone();
	two.digest.logs.push(root);
	let (proof, hash) = with_header(&good, two);
	assert_eq!(verify(&proof, hash), Err(ProofError::NoReceiptsRoot));
}

#[test]
fn roots_should_be_ignored_when_they_are_not_the_runtimes() {
	let chain = Chain::new(&[1]);
	let data = ReceiptLog::ReceiptsRoot(chain.block(1).receipts_root()).encode();
	for item in [
		DigestItem::PreRuntime(*b"AIVM", data.clone()),
		DigestItem::Seal(*b"AIVM", data.clone()),
		DigestItem::Consensus(*b"BABE", data.clone()),
		DigestItem::Consensus(*b"AIVM", [data.clone(), vec![0]].concat()),
		DigestItem::Other(data.clone()),
	] {
		let mut header = chain.block(1).header.clone();
		header.digest = Digest { logs: vec![item] };
		let (proof, hash) = with_header(&chain.own_proof(1, 0), header);
		assert_eq!(verify(&proof, hash), Err(ProofError::NoReceiptsRoot));
	}
}

#[test]
fn later_header_proof_should_fail_when_the_header_is_not_younger() {
	let chain = Chain::new(&[1, 1, 1]);
	for header in [1, 2] {
		let proof = ReceiptProof { header: chain.header(header), ..chain.later_proof(2, 0, 3) };
		assert_eq!(verify(&proof, chain.hash(header)), Err(ProofError::HeaderTooOld { receipt: 2, header }));
	}
}

#[test]
fn later_header_proof_should_fail_when_the_leaf_is_wrong() {
	let chain = Chain::new(&[1, 1, 1, 1]);
	let good = chain.later_proof(2, 0, 4);
	let fails = |change: fn(&mut BlockLeaf, &mut LeafProof<H256>)| {
		verify(&with_later(&good, change), chain.hash(4)).unwrap_err()
	};
	assert_eq!(fails(|leaf, _| leaf.version = 2), ProofError::LeafVersion { found: 2 });
	assert_eq!(
		fails(|leaf, _| leaf.parent_number_and_hash.0 = 3),
		ProofError::LeafBlockMismatch { receipt: 2, leaf: 3 }
	);
	assert_eq!(
		fails(|leaf, _| leaf.receipts_root = H256::zero()),
		ProofError::ReceiptsRootMismatch { expected: H256::zero(), found: chain.block(2).receipts_root() }
	);
	assert!(matches!(
		fails(|leaf, _| leaf.parent_number_and_hash.1 = H256::zero()),
		ProofError::MmrRootMismatch { .. }
	));
}

#[test]
fn later_header_proof_should_fail_when_the_mmr_proof_is_wrong() {
	let chain = Chain::new(&[1; 9]);
	let good = chain.later_proof(2, 0, 9);
	let fails = |change: fn(&mut BlockLeaf, &mut LeafProof<H256>)| {
		verify(&with_later(&good, change), chain.hash(9)).unwrap_err()
	};
	for change in [
		(|_, mmr| mmr.leaf_indices = vec![]) as fn(&mut BlockLeaf, &mut LeafProof<H256>),
		|_, mmr| mmr.leaf_indices = vec![3],
		|_, mmr| mmr.leaf_indices = vec![2, 2],
		|_, mmr| mmr.leaf_indices = vec![2, 3],
	] {
		assert_eq!(fails(change), ProofError::LeafIndexMismatch);
	}
	assert_eq!(fails(|_, mmr| mmr.leaf_count = 10), ProofError::LeafCountMismatch { header: 9, proof: 10 });
	assert_eq!(fails(|_, mmr| mmr.leaf_count = 8), ProofError::LeafCountMismatch { header: 9, proof: 8 });
	assert_eq!(fails(|_, mmr| mmr.leaf_count = u64::MAX), ProofError::LeafCountMismatch { header: 9, proof: u64::MAX });
	assert_eq!(fails(|_, mmr| mmr.items.clear()), ProofError::MmrProofMalformed);
	assert_eq!(fails(|_, mmr| mmr.items.extend([H256::zero(); 2])), ProofError::MmrProofMalformed);
	assert_eq!(fails(|_, mmr| mmr.items = vec![H256::zero(); MAX_MMR_ITEMS + 1]), ProofError::MmrProofMalformed);
	assert!(matches!(fails(|_, mmr| mmr.items.reverse()), ProofError::MmrRootMismatch { .. }));
	assert!(matches!(fails(|_, mmr| mmr.items[0].0[31] ^= 1), ProofError::MmrRootMismatch { .. }));
}

#[test]
fn later_header_proof_should_fail_when_the_mmr_proof_is_of_another_height() {
	let chain = Chain::new(&[1; 9]);
	let other = chain.later_proof(2, 0, 8);
	let proof = ReceiptProof { header: chain.header(9), ..other };
	assert_eq!(verify(&proof, chain.hash(9)), Err(ProofError::LeafCountMismatch { header: 9, proof: 8 }));
}

#[test]
fn later_header_proof_should_fail_when_the_header_has_no_mmr_root() {
	let chain = Chain::new(&[1, 1]);
	let mut header = chain.block(2).header.clone();
	header.digest = Digest::default();
	let (proof, hash) = with_header(&chain.later_proof(1, 0, 2), header);
	assert_eq!(verify(&proof, hash), Err(ProofError::NoMmrRoot));
}

#[test]
fn later_header_proof_should_fail_when_the_receipt_is_of_another_fork() {
	// Both forks have the same first block; only the second blocks differ.
	let ours = Chain::new(&[1, 2, 1]);
	let theirs = Chain::new(&[1, 3, 1]);
	assert_eq!(ours.hash(1), theirs.hash(1));
	let proof = theirs.later_proof(2, 0, 3);
	assert!(verify(&proof, theirs.hash(3)).is_ok());
	let moved = ReceiptProof { header: ours.header(3), ..proof };
	assert!(matches!(verify(&moved, ours.hash(3)), Err(ProofError::MmrRootMismatch { .. })));
}

#[test]
fn single_leaf_mmr_should_take_no_items() {
	// Block 1's MMR has one leaf, the genesis block's, so no receipt can be proved against it; the helper must still be
	// strict.
	let chain = Chain::new(&[0]);
	let leaf = chain.leaves[0];
	let mut path = chain.mmr_proof(0, 1);
	assert_eq!(aivm_receipts::mmr_root(&leaf, &path), Some(chain.mmr_root(1)));
	path.items.push(H256::zero());
	assert_eq!(aivm_receipts::mmr_root(&leaf, &path), None);
}

#[test]
fn every_error_should_name_a_cause() {
	let text = ProofError::HeaderTooOld { receipt: 7, header: 5 }.to_string();
	assert_eq!(text, "the receipt is of block 7; the header of block 5 says nothing about it yet");
	let text = ProofError::LeafCountMismatch { header: 9, proof: 8 }.to_string();
	assert!(text.contains("generate it at the header's height"), "{text}");
}

/// Whatever a changed proof says, it must be nothing, or what the right proof says.
fn holds_for_nothing_else(bytes: &[u8], trusted: H256, right: &Receipt) -> Result<(), String> {
	match ReceiptProof::from_bytes(bytes).and_then(|proof| verify(&proof, trusted)) {
		Ok(verified) if verified.receipt != *right => Err(format!("a changed proof shows {:?}", verified.receipt)),
		_ => Ok(()),
	}
}

#[test]
fn no_flipped_bit_should_prove_another_receipt() {
	let chain = Chain::new(&[5, 1, 0, 2, 1, 1, 1]);
	for (proof, at) in [(chain.own_proof(1, 3), 1), (chain.later_proof(1, 3, 7), 7), (chain.later_proof(6, 0, 7), 7)] {
		let right = verify(&proof, chain.hash(at)).unwrap().receipt;
		let bytes = proof.to_bytes();
		let mut accepted = 0;
		for position in 0..bytes.len() {
			for bit in 0..8 {
				let mut changed = bytes.clone();
				changed[position] ^= 1 << bit;
				holds_for_nothing_else(&changed, chain.hash(at), &right).unwrap();
				accepted += ReceiptProof::from_bytes(&changed).and_then(|p| verify(&p, chain.hash(at))).is_ok() as u32;
			}
		}
		assert_eq!(accepted, 0, "each bit of a proof matters");
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn proofs_should_hold_for_their_receipt_alone(
		counts in prop::collection::vec(0u32..9, 2..40),
		block in any::<prop::sample::Index>(),
		at in any::<prop::sample::Index>(),
		index in any::<prop::sample::Index>(),
		changes in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..4),
		cut in any::<prop::sample::Index>(),
		noise in prop::collection::vec(any::<u8>(), 1..300),
	) {
		let chain = Chain::new(&counts);
		let last = counts.len() as u32;
		let with_receipts: Vec<u32> = (1..=last).filter(|number| counts[*number as usize - 1] > 0).collect();
		prop_assume!(!with_receipts.is_empty());
		let block = with_receipts[block.index(with_receipts.len())];
		let index = index.index(counts[block as usize - 1] as usize) as u32;
		let right = &chain.block(block).receipts[index as usize];

		let mut proofs = vec![(chain.own_proof(block, index), block)];
		if block < last {
			let at = block + 1 + at.index((last - block) as usize) as u32;
			proofs.push((chain.later_proof(block, index, at), at));
		}
		for (proof, at) in proofs {
			let trusted = chain.hash(at);
			let verified = verify(&proof, trusted);
			prop_assert_eq!(&verified.unwrap().receipt, right);
			for other in (0..=last).filter(|other| *other != at) {
				prop_assert!(verify(&proof, chain.hash(other)).is_err());
			}
			let bytes = proof.to_bytes();
			let mut changed = bytes.clone();
			for (position, flip) in &changes {
				changed[position.index(bytes.len())] ^= flip;
			}
			prop_assert_eq!(holds_for_nothing_else(&changed, trusted, right), Ok(()));
			prop_assert!(ReceiptProof::from_bytes(&bytes[..cut.index(bytes.len())]).is_err());
			let mut spliced = bytes.clone();
			let from = cut.index(bytes.len());
			for (to, from) in spliced[from..].iter_mut().zip(&noise) {
				*to = *from;
			}
			prop_assert_eq!(holds_for_nothing_else(&spliced, trusted, right), Ok(()));
		}
	}

	#[test]
	fn decoding_should_not_panic_when_bytes_are_random(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
		if let Ok(proof) = ReceiptProof::from_bytes(&bytes) {
			prop_assert!(verify(&proof, H256::zero()).is_err());
		}
		let with_version = [&[1], &bytes[..]].concat();
		if let Ok(proof) = ReceiptProof::from_bytes(&with_version) {
			prop_assert!(verify(&proof, H256::zero()).is_err());
		}
	}
}
