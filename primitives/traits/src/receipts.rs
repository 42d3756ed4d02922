// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How pallets write execution receipts.

use aivm_receipts::{ReceiptBody, ReceiptId};

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
