// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Finds receipts and proves them.

use aivm_receipts::{digest, store, verify, Header, Receipt, ReceiptProof};
use aivm_runtime::{BlockNumber, Hash};
use codec::Encode;
use sp_core::Bytes;

use super::{chain::Chain, error::Error, BlockRef, ProvenReceipt};

/// All receipts of a block of any chain that the node knows.
pub fn receipts_of(chain: &impl Chain, block: BlockRef) -> Result<Vec<Receipt>, Error> {
	let hash = match block {
		BlockRef::Number(number) => chain.hash(number)?.ok_or(Error::UnknownBlock(block))?,
		BlockRef::Hash(hash) => hash,
	};
	let header = chain.header(hash)?.ok_or(Error::UnknownBlock(block))?;
	match digest::receipts_root(&header.digest) {
		Some(root) => stored_receipts(chain, header.number, root),
		None => Ok(Vec::new()),
	}
}

/// Proves receipt number `index` of the finalised block at height `block` against the finalised block `at`, or the last
/// finalised one. The proof is verified before it is returned.
pub fn prove(chain: &impl Chain, block: BlockNumber, index: u32, at: Option<BlockRef>) -> Result<ProvenReceipt, Error> {
	let (_, last) = chain.finalised();
	let (_, own_header) = finalised(chain, BlockRef::Number(block))?;
	let (at_hash, at_header) = finalised(chain, at.unwrap_or(BlockRef::Hash(last)))?;
	if at_header.number < block {
		return Err(Error::AnchorTooOld { block, at: at_header.number });
	}

	let root = digest::receipts_root(&own_header.digest).ok_or(Error::NoReceipts(block))?;
	let receipts = stored_receipts(chain, block, root)?;
	let out_of_range = || Error::IndexOutOfRange { index, count: receipts.len() };
	let proof = if at_header.number == block {
		ReceiptProof::against_own_header(&receipts, index, at_header.encode()).ok_or_else(out_of_range)?
	} else {
		// Checked first, so that a wrong index does not cost a runtime call.
		if index as usize >= receipts.len() {
			return Err(out_of_range());
		}
		let (leaf, path) = chain.range_proof(block, at_header.number)?;
		ReceiptProof::against_later_header(&receipts, index, leaf, path, at_header.encode()).ok_or_else(out_of_range)?
	};

	let verified = verify(&proof, at_hash).map_err(Error::SelfCheck)?;
	Ok(ProvenReceipt {
		receipt: Bytes(proof.receipt.clone()),
		proof: Bytes(proof.to_bytes()),
		block,
		block_hash: verified.block_hash,
		index,
		at: at_header.number,
		at_hash,
	})
}

/// The hash and header of a block of the finalised chain.
fn finalised(chain: &impl Chain, block: BlockRef) -> Result<(Hash, Header), Error> {
	let (last, _) = chain.finalised();
	let hash = match block {
		BlockRef::Number(number) if number > last => return Err(Error::NotFinalised { block, finalised: last }),
		BlockRef::Number(number) => chain.hash(number)?.ok_or(Error::UnknownBlock(block))?,
		BlockRef::Hash(hash) => hash,
	};
	let header = chain.header(hash)?.ok_or(Error::UnknownBlock(block))?;
	if header.number > last {
		return Err(Error::NotFinalised { block, finalised: last });
	}
	if chain.hash(header.number)? != Some(hash) {
		return Err(Error::OffChain(block));
	}
	Ok((hash, header))
}

/// Reads the receipts of the block at a height, and checks them against the root in its header.
fn stored_receipts(chain: &impl Chain, block: BlockNumber, root: Hash) -> Result<Vec<Receipt>, Error> {
	let stored = chain.stored_receipts(root).ok_or(Error::NotKept(block))?;
	store::decode(&stored, root).map_err(|cause| Error::Damaged { block, cause })
}
