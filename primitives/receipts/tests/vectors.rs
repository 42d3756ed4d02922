// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The crate against vectors from an implementation that shares no code with it (`vectors/generate.py`).

mod common;

use aivm_receipts::{
	digest, merkle, mmr_root, offchain_key, store, BlockLeaf, Evidence, Payment, PolicyApplied, PolicyDecision,
	Receipt, ReceiptBody, ReceiptId, ReceiptLog, ReceiptV1, TrustPath, Verdict,
};
use codec::{Decode, Encode};
use common::Chain;
use serde_json::Value;
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::{Digest, DigestItem};

const RECEIPTS: &str = include_str!("vectors/receipts_v1.json");
const CHAIN: &str = include_str!("vectors/chain_v1.json");

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
	value[key].as_str().unwrap_or_else(|| panic!("{key} of {value}"))
}

fn bytes(value: &Value, key: &str) -> Vec<u8> {
	hex::decode(text(value, key)).unwrap()
}

fn hash(value: &Value, key: &str) -> H256 {
	H256::from_slice(&bytes(value, key))
}

fn number(value: &Value, key: &str) -> u32 {
	u32::try_from(value[key].as_u64().unwrap()).unwrap()
}

fn receipt(value: &Value) -> Receipt {
	let account = |key| AccountId32::new(hash(value, key).0);
	let amount = |key| text(&value["payment"], key).parse().unwrap();
	Receipt::V1(ReceiptV1 {
		id: ReceiptId { block: number(value, "block"), index: number(value, "index") },
		body: ReceiptBody {
			task: text(value, "task").parse().unwrap(),
			requester: account("requester"),
			provider: account("provider"),
			model: number(value, "model"),
			version: number(value, "version"),
			artefact_hash: hash(value, "artefact_hash"),
			input_hash: hash(value, "input_hash"),
			output_hash: hash(value, "output_hash"),
			path: match text(value, "path") {
				"OnChain" => TrustPath::OnChain,
				"ZkProof" => TrustPath::ZkProof,
				"Optimistic" => TrustPath::Optimistic,
				"Committee" => TrustPath::Committee,
				"Attested" => TrustPath::Attested,
				other => panic!("unknown path {other}"),
			},
			evidence: match &value["evidence"] {
				Value::String(name) if name == "Consensus" => Evidence::Consensus,
				Value::String(name) if name == "Absent" => Evidence::Absent,
				proof => Evidence::Groth16 { key: number(proof, "key"), statement: hash(proof, "statement") },
			},
			policy: match &value["policy"] {
				Value::Null => PolicyDecision::NotApplied,
				policy => PolicyDecision::Allowed(PolicyApplied {
					agent: text(policy, "agent").parse().unwrap(),
					key: AccountId32::new(hash(policy, "key").0),
					policy_hash: hash(policy, "policy_hash"),
					version: number(policy, "version"),
					restriction_hash: hash(policy, "restriction_hash"),
					checked: number(policy, "checked"),
				}),
			},
			verdict: match text(value, "verdict") {
				"Accepted" => Verdict::Accepted,
				"Rejected" => Verdict::Rejected,
				"Expired" => Verdict::Expired,
				"Cancelled" => Verdict::Cancelled,
				other => panic!("unknown verdict {other}"),
			},
			payment: Payment {
				provider: amount("provider"),
				royalty: amount("royalty"),
				treasury: amount("treasury"),
				burn: amount("burn"),
			},
		},
	})
}

#[test]
fn receipts_should_encode_and_hash_as_in_the_vectors() {
	let blocks: Value = serde_json::from_str(RECEIPTS).unwrap();
	let mut seen = 0;
	for block in blocks.as_array().unwrap() {
		for value in block["receipts"].as_array().unwrap() {
			let receipt = receipt(value);
			assert_eq!(hex::encode(receipt.encode()), text(value, "encoded"), "{}", text(block, "name"));
			assert_eq!(Receipt::from_canonical(&bytes(value, "encoded")), Ok(receipt.clone()));
			assert_eq!(receipt.leaf_hash(), hash(value, "leaf"));
			seen += 1;
		}
	}
	assert_eq!(seen, 46);
}

#[test]
fn roots_and_paths_should_be_as_in_the_vectors() {
	let blocks: Value = serde_json::from_str(RECEIPTS).unwrap();
	for block in blocks.as_array().unwrap() {
		let receipts: Vec<_> = block["receipts"].as_array().unwrap().iter().map(receipt).collect();
		let leaves: Vec<_> = receipts.iter().map(Receipt::leaf_hash).collect();
		let root = hash(block, "root");
		assert_eq!(merkle::root(&leaves), Some(root), "{}", text(block, "name"));
		assert_eq!(store::decode(&receipts.encode(), root), Ok(receipts));
		for (index, leaf) in (0..).zip(&leaves) {
			assert!(merkle::verify(root, *leaf, &merkle::proof(&leaves, index).unwrap()));
		}
	}
}

#[test]
fn mmr_leaves_and_roots_should_be_as_in_the_vectors() {
	let chain: Value = serde_json::from_str(CHAIN).unwrap();
	let leaves = chain["leaves"].as_array().unwrap();
	assert_eq!(leaves.len(), 12);
	let mut all = vec![];
	for value in leaves {
		let leaf = BlockLeaf::new(number(value, "block"), hash(value, "block_hash"), hash(value, "receipts_root"));
		assert_eq!(leaf.encode(), bytes(value, "encoded"));
		assert_eq!(BlockLeaf::decode(&mut &bytes(value, "encoded")[..]), Ok(leaf));
		assert_eq!(leaf.mmr_hash(), hash(value, "mmr_hash"));
		all.push(leaf);
		// Each leaf so far has a path to the root of the MMR that ends with this one.
		let chain = Chain { blocks: vec![], leaves: all.clone() };
		for older in &all {
			let path = chain.mmr_proof(older.block(), leaf.block() + 1);
			assert_eq!(mmr_root(older, &path), Some(hash(value, "mmr_root")), "{} of {}", older.block(), leaf.block());
		}
	}
}

#[test]
fn digest_items_and_offchain_key_should_be_as_in_the_vectors() {
	let chain: Value = serde_json::from_str(CHAIN).unwrap();
	let value = &chain["digest"];
	let root = hash(value, "root");
	let mmr: DigestItem = ReceiptLog::MmrRoot(root).into();
	let receipts: DigestItem = ReceiptLog::ReceiptsRoot(root).into();
	assert_eq!(mmr.encode(), bytes(value, "mmr_root_item"));
	assert_eq!(receipts.encode(), bytes(value, "receipts_root_item"));
	assert_eq!(digest::mmr_root(&Digest { logs: vec![mmr.clone()] }), Some(root));
	assert_eq!(digest::receipts_root(&Digest { logs: vec![mmr] }), None);
	assert_eq!(digest::receipts_root(&Digest { logs: vec![receipts] }), Some(root));
	assert_eq!(offchain_key(root), bytes(&chain, "offchain_key"));
}
