// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Strict decoding of receipts and the hash that stands for one in the tree.

use alloc::vec::Vec;
use codec::{DecodeAll, Encode};
use sp_core::H256;

use crate::{merkle, ProofError, Receipt, ReceiptBody, ReceiptId};

/// The longest encoding that [`Receipt::from_canonical`] looks at, in bytes. The largest [`Receipt::V1`] has 405.
pub const MAX_RECEIPT_LEN: usize = 1024;

impl Receipt {
	/// Where the receipt is found.
	pub fn id(&self) -> ReceiptId {
		match self {
			Self::V1(receipt) => receipt.id,
		}
	}

	/// What the receipt says.
	pub fn body(&self) -> &ReceiptBody {
		match self {
			Self::V1(receipt) => &receipt.body,
		}
	}

	/// The hash of the receipt as a leaf of its block's tree: [`merkle::leaf_hash`] of the canonical encoding.
	pub fn leaf_hash(&self) -> H256 {
		self.using_encoded(merkle::leaf_hash)
	}

	/// Decodes a receipt from exactly its canonical encoding.
	///
	/// # Errors
	/// - [`ProofError::ReceiptTooLong`] above [`MAX_RECEIPT_LEN`] bytes;
	/// - [`ProofError::ReceiptMalformed`] if the bytes are no receipt of a known version, or more bytes follow it;
	/// - [`ProofError::ReceiptNotCanonical`] if the same receipt has another, canonical encoding.
	pub fn from_canonical(bytes: &[u8]) -> Result<Self, ProofError> {
		if bytes.len() > MAX_RECEIPT_LEN {
			return Err(ProofError::ReceiptTooLong { found: bytes.len() });
		}
		let receipt = Self::decode_all(&mut &*bytes).map_err(|_| ProofError::ReceiptMalformed)?;
		if receipt.using_encoded(|canonical| canonical != bytes) {
			return Err(ProofError::ReceiptNotCanonical);
		}
		Ok(receipt)
	}
}

/// The leaf hashes of `receipts`, in order.
pub(crate) fn leaf_hashes(receipts: &[Receipt]) -> Vec<H256> {
	receipts.iter().map(Receipt::leaf_hash).collect()
}
