// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What receipts and proofs weigh. The documentation quotes these numbers.

mod common;

use aivm_receipts::{offchain_key, Evidence, PolicyApplied, PolicyDecision, Receipt, ReceiptLog};
use codec::Encode;
use common::{receipt, Chain};
use sp_core::H256;
use sp_runtime::DigestItem;

fn with_payment(amount: u128) -> Receipt {
	let Receipt::V1(mut inner) = receipt(1, 0, 1);
	let payment = &mut inner.body.payment;
	(payment.provider, payment.royalty, payment.treasury, payment.burn) = (amount, amount, amount, amount);
	Receipt::V1(inner)
}

#[test]
fn receipt_should_have_the_stated_length() {
	assert_eq!(with_payment(0).encoded_size(), 193, "smallest");
	assert_eq!(receipt(1, 0, 1).encoded_size(), 207, "typical: amounts of some thousandths of a token");
	let Receipt::V1(mut proved) = receipt(1, 0, 1);
	proved.body.evidence = Evidence::Groth16 { key: 3, statement: H256::repeat_byte(9) };
	assert_eq!(Receipt::V1(proved).encoded_size(), 243, "typical, of a proved run");
	assert_eq!(with_payment(1_000_000_000_000).encoded_size(), 213, "each share one token of 12 decimals");
	let Receipt::V1(mut largest) = with_payment(u128::MAX);
	largest.body.policy = PolicyDecision::Allowed(PolicyApplied {
		agent: u64::MAX,
		key: [7; 32].into(),
		policy_hash: H256::repeat_byte(8),
		version: u32::MAX,
		restriction_hash: H256::repeat_byte(9),
		checked: u32::MAX,
	});
	largest.body.evidence = Evidence::Groth16 { key: u32::MAX, statement: H256::repeat_byte(9) };
	let largest = Receipt::V1(largest);
	assert_eq!(largest.encoded_size(), 405, "largest: 112 of it for the policy of an agent, 36 for a proof");
	assert!(Receipt::from_canonical(&largest.encode()).is_ok(), "MAX_RECEIPT_LEN has room for it");
}

#[test]
fn block_should_grow_by_the_stated_bytes() {
	let mmr: DigestItem = ReceiptLog::MmrRoot(H256::zero()).into();
	let receipts: DigestItem = ReceiptLog::ReceiptsRoot(H256::zero()).into();
	assert_eq!(mmr.encoded_size(), 39, "in each header");
	assert_eq!(receipts.encoded_size(), 39, "in each header of a block with receipts");
	assert_eq!(Chain::new(&[1, 1]).leaves[0].encoded_size(), 69, "MMR leaf of each block");
	assert_eq!(offchain_key(H256::zero()).len(), 46);
}

#[test]
fn proof_should_have_the_stated_length() {
	let chain = Chain::new(&[1000, 1]);
	let header = chain.header(1).len();
	let own = chain.own_proof(1, 500);
	assert_eq!(own.path.siblings.len(), 10);
	// version, receipt with its length, path, anchor, header with its length
	assert_eq!(own.to_bytes().len(), 1 + (2 + 207) + (8 + 1 + 10 * 32) + 1 + (2 + header));

	// The path to an MMR root after N blocks has at most log2(N) + 1 items.
	let long = Chain::new(&[1; 300]);
	let most = (1..300).map(|block| long.mmr_proof(block, 300).items.len()).max().unwrap();
	assert!(most <= 9, "{most}");
}
