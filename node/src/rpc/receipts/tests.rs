// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The methods on a chain in memory, whose headers and Merkle mountain range are made as the runtime makes them.

use std::{
	cell::Cell,
	collections::{BTreeMap, BTreeSet, HashMap},
};

use aivm_receipts::{
	merkle, verify, BlockLeaf, Evidence, Header, LeafProof, Payment, PolicyDecision, ProofError, Receipt, ReceiptBody,
	ReceiptId, ReceiptLog, ReceiptProof, ReceiptV1, TrustPath, Verdict,
};
use aivm_runtime::{BlockNumber, Hash};
use codec::Encode;
use jsonrpsee::types::ErrorObjectOwned;
use sp_mmr_primitives::{
	mmr_lib::{self, leaf_index_to_pos, util::MemStore, Merge, MMR},
	utils::NodesUtils,
};
use sp_runtime::{
	generic::Digest,
	traits::{Hash as _, Keccak256},
	DigestItem,
};

use super::{
	chain::Chain,
	error::Error,
	page,
	proof::{prove, receipts_of},
	BlockRef, ProvenReceipt, MAX_PAGE,
};

struct Keccak;

impl Merge for Keccak {
	type Item = Hash;

	fn merge(left: &Hash, right: &Hash) -> mmr_lib::Result<Hash> {
		Ok(Keccak256::hash(&[left.as_bytes(), right.as_bytes()].concat()))
	}
}

/// Twelve blocks after genesis, of which nine are finalised. Block 3 has one receipt, block 5 has three. Block 4 has a rival.
struct TestChain {
	best: Vec<Hash>,
	headers: HashMap<Hash, Header>,
	stored: HashMap<Hash, Vec<u8>>,
	leaves: Vec<BlockLeaf>,
	finalised: BlockNumber,
	rival: Hash,
	range_calls: Cell<u32>,
	range_missing: bool,
	wrong_leaf: bool,
}

const BEST: BlockNumber = 12;
const FINALISED: BlockNumber = 9;

fn receipt(block: BlockNumber, index: u32) -> Receipt {
	Receipt::V1(ReceiptV1 {
		id: ReceiptId { block, index },
		body: ReceiptBody {
			task: u64::from(index),
			requester: [1; 32].into(),
			provider: [2; 32].into(),
			model: 7,
			version: 1,
			artefact_hash: Hash::repeat_byte(3),
			input_hash: Hash::repeat_byte(4),
			output_hash: Hash::repeat_byte(5),
			path: TrustPath::OnChain,
			evidence: Evidence::Consensus,
			policy: PolicyDecision::NotApplied,
			verdict: Verdict::Accepted,
			payment: Payment::default(),
		},
	})
}

fn root_of(leaves: &[BlockLeaf]) -> Hash {
	let store = MemStore::default();
	let mut mmr = MMR::<Hash, Keccak, _>::new(0, &store);
	for leaf in leaves {
		mmr.push(leaf.mmr_hash()).unwrap();
	}
	mmr.get_root().unwrap()
}

fn test_chain() -> TestChain {
	let per_block = BTreeMap::from([(3, 1), (5, 3)]);
	let mut chain = TestChain {
		best: Vec::new(),
		headers: HashMap::new(),
		stored: HashMap::new(),
		leaves: Vec::new(),
		finalised: FINALISED,
		rival: Hash::zero(),
		range_calls: Cell::new(0),
		range_missing: false,
		wrong_leaf: false,
	};
	for number in 0..=BEST {
		let mut logs = Vec::new();
		if number > 0 {
			logs.push(DigestItem::from(ReceiptLog::MmrRoot(root_of(&chain.leaves))));
		}
		let mut receipts_root = Hash::zero();
		if let Some(count) = per_block.get(&number) {
			let receipts: Vec<_> = (0..*count).map(|index| receipt(number, index)).collect();
			let hashes: Vec<_> = receipts.iter().map(Receipt::leaf_hash).collect();
			receipts_root = merkle::root(&hashes).unwrap();
			logs.push(DigestItem::from(ReceiptLog::ReceiptsRoot(receipts_root)));
			chain.stored.insert(receipts_root, receipts.encode());
		}
		let header = Header {
			parent_hash: chain.best.last().copied().unwrap_or_default(),
			number,
			state_root: Hash::repeat_byte(9),
			extrinsics_root: Hash::repeat_byte(8),
			digest: Digest { logs },
		};
		if number == 4 {
			let rival = Header { state_root: Hash::repeat_byte(10), ..header.clone() };
			chain.rival = rival.hash();
			chain.headers.insert(rival.hash(), rival);
		}
		chain.leaves.push(BlockLeaf::new(number, header.hash(), receipts_root));
		chain.best.push(header.hash());
		chain.headers.insert(header.hash(), header);
	}
	chain
}

impl Chain for TestChain {
	fn finalised(&self) -> (BlockNumber, Hash) {
		(self.finalised, self.best[self.finalised as usize])
	}

	fn hash(&self, number: BlockNumber) -> Result<Option<Hash>, Error> {
		Ok(self.best.get(number as usize).copied())
	}

	fn header(&self, hash: Hash) -> Result<Option<Header>, Error> {
		Ok(self.headers.get(&hash).cloned())
	}

	fn stored_receipts(&self, root: Hash) -> Option<Vec<u8>> {
		self.stored.get(&root).cloned()
	}

	fn range_proof(&self, block: BlockNumber, at: BlockNumber) -> Result<(BlockLeaf, LeafProof<Hash>), Error> {
		self.range_calls.set(self.range_calls.get() + 1);
		if self.range_missing {
			return Err(Error::RangeNotKept { block, cause: sp_mmr_primitives::Error::LeafNotFound });
		}
		let store = MemStore::default();
		let mut mmr = MMR::<Hash, Keccak, _>::new(0, &store);
		for leaf in &self.leaves[..at as usize] {
			mmr.push(leaf.mmr_hash()).unwrap();
		}
		let path = mmr.gen_proof(vec![leaf_index_to_pos(u64::from(block))]).unwrap();
		assert_eq!(path.mmr_size(), NodesUtils::new(u64::from(at)).size());
		let mut leaf = self.leaves[block as usize];
		if self.wrong_leaf {
			leaf.receipts_root = Hash::repeat_byte(0xee);
		}
		let proof = LeafProof {
			leaf_indices: vec![u64::from(block)],
			leaf_count: u64::from(at),
			items: path.proof_items().to_vec(),
		};
		Ok((leaf, proof))
	}
}

fn check(chain: &TestChain, answer: &ProvenReceipt, expected: &Receipt) {
	let proof = ReceiptProof::from_bytes(&answer.proof).unwrap();
	let verified = verify(&proof, answer.at_hash).unwrap();
	assert_eq!(&verified.receipt, expected);
	assert_eq!(answer.receipt.0, expected.encode());
	assert_eq!(answer.block_hash, chain.best[answer.block as usize]);
	assert_eq!(answer.at_hash, chain.best[answer.at as usize]);
	assert_eq!(ReceiptId { block: answer.block, index: answer.index }, expected.id());
}

#[test]
fn prove_should_hold_against_each_finalised_header_from_the_block_on() {
	let chain = test_chain();
	for (block, count) in [(3, 1), (5, 3)] {
		for index in 0..count {
			for at in block..=FINALISED {
				let answer = prove(&chain, block, index, Some(BlockRef::Number(at))).unwrap();
				assert_eq!(answer.at, at);
				check(&chain, &answer, &receipt(block, index));
			}
		}
	}
}

#[test]
fn prove_should_use_the_last_finalised_header_when_none_is_given() {
	let chain = test_chain();
	let answer = prove(&chain, 5, 2, None).unwrap();
	assert_eq!(answer.at, FINALISED);
	check(&chain, &answer, &receipt(5, 2));
}

#[test]
fn prove_should_accept_the_header_by_hash() {
	let chain = test_chain();
	let answer = prove(&chain, 5, 0, Some(BlockRef::Hash(chain.best[7]))).unwrap();
	assert_eq!(answer.at, 7);
	check(&chain, &answer, &receipt(5, 0));
}

#[test]
fn prove_should_not_need_the_range_when_the_header_is_the_blocks_own() {
	let mut chain = test_chain();
	chain.range_missing = true;
	let answer = prove(&chain, 5, 1, Some(BlockRef::Number(5))).unwrap();
	check(&chain, &answer, &receipt(5, 1));
	assert_eq!(chain.range_calls.get(), 0);
}

#[test]
fn prove_should_refuse_when_the_block_is_not_finalised() {
	let chain = test_chain();
	for block in [FINALISED + 1, BEST, BEST + 1, BlockNumber::MAX] {
		let error = prove(&chain, block, 0, None).unwrap_err();
		assert!(matches!(error, Error::NotFinalised { finalised: FINALISED, .. }), "{error:?}");
		assert_eq!(error.code(), 12_002);
	}
}

#[test]
fn prove_should_refuse_when_the_header_is_not_finalised() {
	let chain = test_chain();
	for at in [BlockRef::Number(FINALISED + 1), BlockRef::Hash(chain.best[BEST as usize])] {
		let error = prove(&chain, 5, 0, Some(at)).unwrap_err();
		assert!(matches!(error, Error::NotFinalised { block, .. } if block == at), "{error:?}");
	}
}

#[test]
fn prove_should_refuse_when_the_header_lost_to_another() {
	let chain = test_chain();
	let error = prove(&chain, 3, 0, Some(BlockRef::Hash(chain.rival))).unwrap_err();
	assert!(matches!(error, Error::OffChain(_)), "{error:?}");
	assert_eq!(error.code(), 12_003);
}

#[test]
fn prove_should_refuse_when_the_header_is_unknown() {
	let chain = test_chain();
	let error = prove(&chain, 3, 0, Some(BlockRef::Hash(Hash::repeat_byte(0xab)))).unwrap_err();
	assert!(matches!(error, Error::UnknownBlock(_)), "{error:?}");
	assert_eq!(error.code(), 12_001);
}

#[test]
fn prove_should_refuse_when_the_header_is_older() {
	let chain = test_chain();
	let error = prove(&chain, 5, 0, Some(BlockRef::Number(4))).unwrap_err();
	assert!(matches!(error, Error::AnchorTooOld { block: 5, at: 4 }), "{error:?}");
	assert_eq!(error.code(), 12_004);
}

#[test]
fn prove_should_refuse_when_the_block_has_no_receipts() {
	let chain = test_chain();
	for block in [0, 1, 4, 9] {
		let error = prove(&chain, block, 0, None).unwrap_err();
		assert!(matches!(error, Error::NoReceipts(found) if found == block), "{error:?}");
		assert_eq!(error.code(), 12_005);
	}
}

#[test]
fn prove_should_say_how_many_there_are_when_the_index_is_out_of_range() {
	let chain = test_chain();
	for (at, index) in [(5, 3), (6, 3), (9, u32::MAX)] {
		let error = prove(&chain, 5, index, Some(BlockRef::Number(at))).unwrap_err();
		assert_eq!(error.code(), 12_006);
		assert!(error.message().contains("has 3 receipt(s)") && error.message().contains("0 to 2"), "{error:?}");
	}
	assert_eq!(chain.range_calls.get(), 0);
}

#[test]
fn prove_should_name_another_node_when_receipts_are_not_kept() {
	let mut chain = test_chain();
	chain.stored.clear();
	let error = prove(&chain, 5, 0, None).unwrap_err();
	assert!(matches!(error, Error::NotKept(5)), "{error:?}");
	assert_eq!(error.code(), 12_007);
	assert!(error.message().contains("ask a node that executed the block"));
}

#[test]
fn prove_should_name_the_own_header_when_the_range_is_not_kept() {
	let mut chain = test_chain();
	chain.range_missing = true;
	let error = prove(&chain, 5, 0, None).unwrap_err();
	assert!(matches!(error, Error::RangeNotKept { block: 5, .. }), "{error:?}");
	assert_eq!(error.code(), 12_008);
	assert!(error.message().contains("`at` as 5"));
}

#[test]
fn prove_should_notice_when_the_stored_list_is_damaged() {
	let mut chain = test_chain();
	for damaged in [vec![receipt(5, 0)].encode(), vec![0xff; 40]] {
		chain.stored.values_mut().for_each(|list| *list = damaged.clone());
		let error = prove(&chain, 5, 0, None).unwrap_err();
		assert!(matches!(error, Error::Damaged { block: 5, .. }), "{error:?}");
		assert_eq!(error.code(), 12_009);
	}
}

#[test]
fn prove_should_not_answer_when_the_proof_does_not_hold() {
	let mut chain = test_chain();
	chain.wrong_leaf = true;
	let error = prove(&chain, 5, 0, None).unwrap_err();
	assert!(matches!(error, Error::SelfCheck(ProofError::ReceiptsRootMismatch { .. })), "{error:?}");
	assert_eq!(error.code(), 12_011);
}

#[test]
fn receipts_of_should_give_the_list_when_the_block_has_one() {
	let chain = test_chain();
	let expected: Vec<_> = (0..3).map(|index| receipt(5, index)).collect();
	assert_eq!(receipts_of(&chain, BlockRef::Number(5)).unwrap(), expected);
	assert_eq!(receipts_of(&chain, BlockRef::Hash(chain.best[5])).unwrap(), expected);
}

#[test]
fn receipts_of_should_be_empty_when_the_block_has_none() {
	let chain = test_chain();
	for block in [BlockRef::Number(0), BlockRef::Number(BEST), BlockRef::Hash(chain.rival)] {
		assert!(receipts_of(&chain, block).unwrap().is_empty());
	}
}

#[test]
fn receipts_of_should_refuse_when_the_block_is_unknown() {
	let chain = test_chain();
	for block in [BlockRef::Number(BEST + 1), BlockRef::Hash(Hash::repeat_byte(0xab))] {
		let error = receipts_of(&chain, block).unwrap_err();
		assert!(matches!(error, Error::UnknownBlock(found) if found == block), "{error:?}");
	}
}

#[test]
fn page_should_be_bounded_and_reach_every_item() {
	let items: Vec<u32> = (0..2_500).collect();
	let mut seen = Vec::new();
	loop {
		let next = page(&items, seen.len() as u32);
		assert!(next.len() <= MAX_PAGE as usize);
		seen.extend_from_slice(next);
		if next.len() < MAX_PAGE as usize {
			break;
		}
	}
	assert_eq!(seen, items);
	assert!(page(&items, 2_500).is_empty());
	assert!(page(&items, u32::MAX).is_empty());
}

#[test]
fn block_ref_should_tell_numbers_from_hashes() {
	let hash = Hash::repeat_byte(0x11);
	assert_eq!(serde_json::from_str::<BlockRef>("7").unwrap(), BlockRef::Number(7));
	assert_eq!(serde_json::from_str::<BlockRef>(&format!("\"{hash:?}\"")).unwrap(), BlockRef::Hash(hash));
	for wrong in ["-1", "4294967296", "\"7\"", "\"0x11\"", "null", "[7]", "1.5"] {
		let error = serde_json::from_str::<BlockRef>(wrong).unwrap_err();
		assert!(error.to_string().contains("as its height (a number) or as its hash"), "{wrong}: {error}");
	}
}

#[test]
fn errors_should_have_different_codes_and_carry_their_numbers() {
	let block = BlockRef::Number(5);
	let errors = [
		Error::UnknownBlock(block),
		Error::NotFinalised { block, finalised: 4 },
		Error::OffChain(block),
		Error::AnchorTooOld { block: 5, at: 4 },
		Error::NoReceipts(5),
		Error::IndexOutOfRange { index: 3, count: 3 },
		Error::NotKept(5),
		Error::RangeNotKept { block: 5, cause: sp_mmr_primitives::Error::LeafNotFound },
		Error::Damaged { block: 5, cause: aivm_receipts::store::StoredError::OtherRoot },
		Error::Internal("cause".into()),
		Error::SelfCheck(ProofError::NoMmrRoot),
	];
	let codes: BTreeSet<_> = errors.iter().map(Error::code).collect();
	assert_eq!(codes.len(), errors.len());

	let object = ErrorObjectOwned::from(Error::NotFinalised { block, finalised: 4 });
	assert_eq!(object.code(), 12_002);
	assert!(object.message().contains("not finalised yet") && object.message().contains("wait"));
	assert_eq!(object.data().unwrap().get(), r#"{"block":5,"finalised":4}"#);
}
