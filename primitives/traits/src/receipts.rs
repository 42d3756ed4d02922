// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How pallets write execution receipts.

use aivm_receipts::{ProofError, ReceiptBody, ReceiptId, ReceiptV1};

/// This block holds as many receipts as it can; the work must be tried again in a later block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReceiptsFull;

/// Takes the receipts of work that ended in this block, in order.
pub trait ReceiptSink {
	/// Whether another receipt fits into this block. Ask before money moves.
	fn has_room() -> bool;

	/// Writes one receipt. It is compiled into the block's Merkle root when the block ends.
	///
	/// Returns where the receipt will be found, or [`ReceiptsFull`] if [`Self::has_room`] is false; then nothing was written.
	fn record(body: ReceiptBody) -> Result<ReceiptId, ReceiptsFull>;
}

/// Why a receipt was not accepted as proof.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReceiptRefused {
	/// The proof is against a block that the chain has no hash of any more, or not yet.
	UnknownBlock,
	/// A check failed.
	Proof(ProofError),
}

/// Checks receipts that somebody brings from outside.
pub trait ReceiptInspect {
	/// The receipt that `proof` (an encoded [`aivm_receipts::ReceiptProof`]) shows to belong to this chain.
	///
	/// The proof's header must be of a block whose hash the chain still knows; nobody has to trust who brings it. Reads one
	/// block hash. Work is in proportion to the proof's length, which [`aivm_receipts::MAX_PROOF_LEN`] bounds.
	fn prove(proof: &[u8]) -> Result<ReceiptV1, ReceiptRefused>;

	/// A proof that this chain accepts now, of a receipt with this body, nearly `len` bytes long or else the shortest, for
	/// benchmarks of pallets that take proofs.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_proof(body: ReceiptBody, len: u32) -> alloc::vec::Vec<u8>;
}
