// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Self-contained proofs of receipts, and their offline check.

use alloc::vec::Vec;
use codec::{Decode, DecodeAll, Encode};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_mmr_primitives::LeafProof;
use sp_runtime::traits::BlakeTwo256;

use crate::{
	canonical::leaf_hashes, digest, merkle, mmr_root, BlockLeaf, BlockNumber, MerkleProof, ProofError, Receipt,
	LEAF_VERSION, MAX_MMR_ITEMS,
};

/// The version that proofs carry.
pub const PROOF_VERSION: u8 = 1;

/// The longest header that [`verify`] looks at, in bytes. A header has about 350; one that announces a new session's
/// authorities has about 80 more for each of them.
pub const MAX_HEADER_LEN: usize = 128 << 10;

/// The longest encoded proof that [`ReceiptProof::from_bytes`] looks at, in bytes.
pub const MAX_PROOF_LEN: usize = MAX_HEADER_LEN + (8 << 10);

/// The chain's header. Its hash is BLAKE2b-256 over its SCALE encoding.
pub type Header = sp_runtime::generic::Header<BlockNumber, BlakeTwo256>;

/// How the header in a proof speaks about the receipt's block.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Anchor {
	/// It is the header of the receipt's own block and carries the receipts root.
	#[codec(index = 0)]
	OwnHeader,
	/// It is the header of a later block and carries the root of the MMR over all blocks before it.
	#[codec(index = 1)]
	LaterHeader {
		/// The MMR leaf of the receipt's block.
		leaf: BlockLeaf,
		/// The leaf's path in the MMR of the header's block. `leaf_indices` is the height of the receipt's block,
		/// `leaf_count` the height of the header's.
		mmr: LeafProof<H256>,
	},
}

/// Shows that a receipt belongs to the chain that a header is part of.
///
/// The encoding is SCALE, the fields in order. Trust comes from outside: who verifies must know, from a node or light
/// client that it trusts, that the header with the given hash is final.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct ReceiptProof {
	/// [`PROOF_VERSION`].
	pub version: u8,
	/// The receipt in its canonical encoding.
	pub receipt: Vec<u8>,
	/// The receipt's path to its block's receipts root.
	pub path: MerkleProof,
	/// How that root is bound to the header.
	pub anchor: Anchor,
	/// The SCALE-encoded [`Header`] that the proof is against, with its seal.
	pub header: Vec<u8>,
}

/// A receipt that was proved to belong to the trusted header's chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedReceipt {
	/// The receipt.
	pub receipt: Receipt,
	/// The receipt's hash in its block's tree, as in the event that announced it.
	pub leaf_hash: H256,
	/// Root over all receipts of the receipt's block.
	pub receipts_root: H256,
	/// Hash of the receipt's block.
	pub block_hash: H256,
	/// Height of the trusted header.
	pub header_number: BlockNumber,
}

impl ReceiptProof {
	/// A proof of number `index` of `receipts`, which are all receipts of a block, against that block's own `header`.
	///
	/// `None` if there is no such receipt. Whether the parts fit together is for [`verify`] to say.
	pub fn against_own_header(receipts: &[Receipt], index: u32, header: Vec<u8>) -> Option<Self> {
		Self::new(receipts, index, Anchor::OwnHeader, header)
	}

	/// A proof of number `index` of `receipts`, which are all receipts of a block, against a later block's `header`.
	///
	/// For a receipt of block B and a header of block H, `leaf` and `mmr` are what `MmrApi::generate_proof` answers for
	/// the block numbers `[B + 1]` (the block that appended the leaf) and the best known block `H`.
	///
	/// `None` if there is no such receipt. Whether the parts fit together is for [`verify`] to say.
	pub fn against_later_header(
		receipts: &[Receipt],
		index: u32,
		leaf: BlockLeaf,
		mmr: LeafProof<H256>,
		header: Vec<u8>,
	) -> Option<Self> {
		Self::new(receipts, index, Anchor::LaterHeader { leaf, mmr }, header)
	}

	fn new(receipts: &[Receipt], index: u32, anchor: Anchor, header: Vec<u8>) -> Option<Self> {
		let receipt = receipts.get(usize::try_from(index).ok()?)?.encode();
		let path = merkle::proof(&leaf_hashes(receipts), index)?;
		Some(Self { version: PROOF_VERSION, receipt, path, anchor, header })
	}

	/// Decodes a proof from exactly its encoding. Memory use is in proportion to the length of `bytes`.
	///
	/// # Errors
	/// - [`ProofError::ProofTooLong`] above [`MAX_PROOF_LEN`] bytes;
	/// - [`ProofError::ProofVersion`] if the first byte is not [`PROOF_VERSION`];
	/// - [`ProofError::ProofMalformed`] if the bytes are no proof, or more bytes follow it.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
		if bytes.len() > MAX_PROOF_LEN {
			return Err(ProofError::ProofTooLong { found: bytes.len() });
		}
		match bytes.first() {
			Some(&PROOF_VERSION) => Self::decode_all(&mut &*bytes).map_err(|_| ProofError::ProofMalformed),
			Some(&found) => Err(ProofError::ProofVersion { found }),
			None => Err(ProofError::ProofMalformed),
		}
	}

	/// The proof's encoding, which [`Self::from_bytes`] reads.
	pub fn to_bytes(&self) -> Vec<u8> {
		self.encode()
	}
}

/// Checks that `proof` shows a receipt of the chain that the block with hash `trusted_header_hash` is part of.
///
/// Needs nothing but its arguments. If the trusted block is final, then so are the receipt and everything that it says.
///
/// # Errors
/// The [`ProofError`] of the first check that failed, in this order: version, header, receipt, Merkle path, anchor.
pub fn verify(proof: &ReceiptProof, trusted_header_hash: H256) -> Result<VerifiedReceipt, ProofError> {
	if proof.version != PROOF_VERSION {
		return Err(ProofError::ProofVersion { found: proof.version });
	}
	let header = trusted_header(&proof.header, trusted_header_hash)?;
	let receipt = Receipt::from_canonical(&proof.receipt)?;
	let id = receipt.id();
	if proof.path.index != id.index {
		return Err(ProofError::IndexMismatch { receipt: id.index, path: proof.path.index });
	}
	let leaf_hash = merkle::leaf_hash(&proof.receipt);
	let receipts_root = proof.path.root(leaf_hash).ok_or(ProofError::PathMalformed)?;
	let block_hash = match &proof.anchor {
		Anchor::OwnHeader => {
			check_own_header(&header, id.block, receipts_root)?;
			trusted_header_hash
		}
		Anchor::LaterHeader { leaf, mmr } => {
			check_later_header(&header, id.block, receipts_root, leaf, mmr)?;
			leaf.block_hash()
		}
	};
	Ok(VerifiedReceipt { receipt, leaf_hash, receipts_root, block_hash, header_number: header.number })
}

/// Decodes a header that must have the trusted hash.
fn trusted_header(bytes: &[u8], trusted: H256) -> Result<Header, ProofError> {
	if bytes.len() > MAX_HEADER_LEN {
		return Err(ProofError::HeaderTooLong { found: bytes.len() });
	}
	let found = H256(sp_crypto_hashing::blake2_256(bytes));
	if found != trusted {
		return Err(ProofError::HeaderHashMismatch { trusted, found });
	}
	Header::decode_all(&mut &*bytes).map_err(|_| ProofError::HeaderMalformed)
}

/// The header must be the one of `block` and carry `receipts_root`.
fn check_own_header(header: &Header, block: BlockNumber, receipts_root: H256) -> Result<(), ProofError> {
	if header.number != block {
		return Err(ProofError::NotOwnHeader { receipt: block, header: header.number });
	}
	let expected = digest::receipts_root(&header.digest).ok_or(ProofError::NoReceiptsRoot)?;
	if expected != receipts_root {
		return Err(ProofError::ReceiptsRootMismatch { expected, found: receipts_root });
	}
	Ok(())
}

/// The leaf must be the one of `block`, carry `receipts_root`, and be in the header's MMR.
fn check_later_header(
	header: &Header,
	block: BlockNumber,
	receipts_root: H256,
	leaf: &BlockLeaf,
	mmr: &LeafProof<H256>,
) -> Result<(), ProofError> {
	if header.number <= block {
		return Err(ProofError::HeaderTooOld { receipt: block, header: header.number });
	}
	if leaf.version != LEAF_VERSION {
		return Err(ProofError::LeafVersion { found: leaf.version });
	}
	if leaf.block() != block {
		return Err(ProofError::LeafBlockMismatch { receipt: block, leaf: leaf.block() });
	}
	if leaf.receipts_root != receipts_root {
		return Err(ProofError::ReceiptsRootMismatch { expected: leaf.receipts_root, found: receipts_root });
	}
	// The MMR starts with block 1, so both numbers follow from heights that are already known. An MMR root does not
	// commit to its size: without these checks a proof could claim another shape.
	if mmr.leaf_indices != [u64::from(block)] {
		return Err(ProofError::LeafIndexMismatch);
	}
	if mmr.leaf_count != u64::from(header.number) {
		return Err(ProofError::LeafCountMismatch { header: u64::from(header.number), proof: mmr.leaf_count });
	}
	if mmr.items.len() > MAX_MMR_ITEMS {
		return Err(ProofError::MmrProofMalformed);
	}
	let expected = digest::mmr_root(&header.digest).ok_or(ProofError::NoMmrRoot)?;
	let found = mmr_root(leaf, mmr).ok_or(ProofError::MmrProofMalformed)?;
	if expected != found {
		return Err(ProofError::MmrRootMismatch { expected, found });
	}
	Ok(())
}
