// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Why a proof does not hold.

use core::fmt;
use sp_core::H256;

use crate::{BlockNumber, LEAF_VERSION, MAX_HEADER_LEN, MAX_MMR_ITEMS, MAX_PROOF_LEN, MAX_RECEIPT_LEN, PROOF_VERSION};

/// Why a proof does not hold. Each variant names the first check that failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofError {
	/// The encoded proof is longer than [`MAX_PROOF_LEN`].
	ProofTooLong {
		/// Its length in bytes.
		found: usize,
	},
	/// The bytes are no encoded proof, or more bytes follow it.
	ProofMalformed,
	/// The proof has a version that this verifier does not know.
	ProofVersion {
		/// The version of the proof.
		found: u8,
	},
	/// The header is longer than [`MAX_HEADER_LEN`].
	HeaderTooLong {
		/// Its length in bytes.
		found: usize,
	},
	/// The header in the proof is not the trusted one.
	HeaderHashMismatch {
		/// The hash that the caller trusts.
		trusted: H256,
		/// The hash of the header in the proof.
		found: H256,
	},
	/// The header has the trusted hash but is no header of this chain's kind.
	HeaderMalformed,
	/// The receipt is longer than [`MAX_RECEIPT_LEN`].
	ReceiptTooLong {
		/// Its length in bytes.
		found: usize,
	},
	/// The receipt's bytes are no receipt of a known version, or more bytes follow it.
	ReceiptMalformed,
	/// The receipt's bytes are not its canonical encoding.
	ReceiptNotCanonical,
	/// The Merkle path is one of another place than the receipt's own id says.
	IndexMismatch {
		/// The place in the receipt's id.
		receipt: u32,
		/// The place of the path.
		path: u32,
	},
	/// The Merkle path has a shape that no tree has.
	PathMalformed,
	/// The proof claims that the header is the one of the receipt's block, but its height is another.
	NotOwnHeader {
		/// The height in the receipt's id.
		receipt: BlockNumber,
		/// The height of the header.
		header: BlockNumber,
	},
	/// The header says that its block has no receipts.
	NoReceiptsRoot,
	/// The receipt is not among those of its block: the path leads to another root.
	ReceiptsRootMismatch {
		/// The root of the block's receipts.
		expected: H256,
		/// The root that the receipt and its path lead to.
		found: H256,
	},
	/// The header is not younger than the receipt's block, so it says nothing about it.
	HeaderTooOld {
		/// The height in the receipt's id.
		receipt: BlockNumber,
		/// The height of the header.
		header: BlockNumber,
	},
	/// The MMR leaf has a version that this verifier does not know.
	LeafVersion {
		/// The version of the leaf.
		found: u8,
	},
	/// The MMR leaf describes another block than the receipt's.
	LeafBlockMismatch {
		/// The height in the receipt's id.
		receipt: BlockNumber,
		/// The height in the leaf.
		leaf: BlockNumber,
	},
	/// The MMR proof is not one of exactly the leaf of the receipt's block.
	LeafIndexMismatch,
	/// The MMR proof is one of an MMR of another size than the header's.
	LeafCountMismatch {
		/// How many leaves the header's MMR has.
		header: u64,
		/// How many leaves the proof's MMR has.
		proof: u64,
	},
	/// The header has no MMR root.
	NoMmrRoot,
	/// The MMR proof has a shape that no MMR of its size has.
	MmrProofMalformed,
	/// The receipt's block is not in the header's past: the MMR proof leads to another root.
	MmrRootMismatch {
		/// The root in the header.
		expected: H256,
		/// The root that the leaf and its path lead to.
		found: H256,
	},
}

impl fmt::Display for ProofError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::ProofTooLong { found } => {
				write!(f, "the proof has {found} bytes; a proof has at most {MAX_PROOF_LEN}")
			}
			Self::ProofMalformed => {
				write!(f, "the bytes are not a receipt proof, or they are cut off or followed by others")
			}
			Self::ProofVersion { found } => {
				write!(f, "the proof has version {found}; this verifier knows version {PROOF_VERSION}: use a newer one")
			}
			Self::HeaderTooLong { found } => {
				write!(f, "the header in the proof has {found} bytes; at most {MAX_HEADER_LEN} are read")
			}
			Self::HeaderHashMismatch { trusted, found } => write!(
				f,
				"the proof is against the header with hash {found:?}, but the trusted one is {trusted:?}: \
				 ask for a proof against the trusted block"
			),
			Self::HeaderMalformed => write!(f, "the header in the proof is not a header of this chain"),
			Self::ReceiptTooLong { found } => {
				write!(f, "the receipt has {found} bytes; a receipt has at most {MAX_RECEIPT_LEN}")
			}
			Self::ReceiptMalformed => write!(f, "the receipt's bytes are not a receipt of a known version"),
			Self::ReceiptNotCanonical => write!(f, "the receipt's bytes are not its canonical encoding"),
			Self::IndexMismatch { receipt, path } => write!(
				f,
				"the receipt is number {receipt} of its block, but the Merkle path is the one of number {path}"
			),
			Self::PathMalformed => write!(f, "no tree has a Merkle path with this index, count and number of siblings"),
			Self::NotOwnHeader { receipt, header } => {
				write!(f, "the receipt is of block {receipt}, but the header is the one of block {header}")
			}
			Self::NoReceiptsRoot => write!(f, "the header says that its block has no receipts"),
			Self::ReceiptsRootMismatch { expected, found } => write!(
				f,
				"the receipt is not one of its block's: the block's receipts root is {expected:?}, the path leads \
				 to {found:?}"
			),
			Self::HeaderTooOld { receipt, header } => {
				write!(f, "the receipt is of block {receipt}; the header of block {header} says nothing about it yet")
			}
			Self::LeafVersion { found } => write!(
				f,
				"the MMR leaf has version {found}; this verifier knows version {LEAF_VERSION}: use a newer one"
			),
			Self::LeafBlockMismatch { receipt, leaf } => {
				write!(f, "the receipt is of block {receipt}, but the MMR leaf is the one of block {leaf}")
			}
			Self::LeafIndexMismatch => write!(f, "the MMR proof is not one of exactly the leaf of the receipt's block"),
			Self::LeafCountMismatch { header, proof } => write!(
				f,
				"the header's MMR has {header} leaves, but the MMR proof is one for {proof}: \
				 generate it at the header's height"
			),
			Self::NoMmrRoot => write!(f, "the header has no MMR root"),
			Self::MmrProofMalformed => {
				write!(f, "no MMR of this size has a path with this number of items (at most {MAX_MMR_ITEMS} are read)")
			}
			Self::MmrRootMismatch { expected, found } => write!(
				f,
				"the receipt's block is not in the header's past: the header's MMR root is {expected:?}, the path \
				 leads to {found:?}"
			),
		}
	}
}

impl core::error::Error for ProofError {}
