// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What a block's header says about receipts.
//!
//! Headers carry consensus digest items of the engine [`AIVM_ENGINE_ID`], each a SCALE-encoded [`ReceiptLog`]. The
//! runtime alone writes consensus items (authors may only add pre-runtime ones), so they are as final as the header.

use codec::{Decode, DecodeAll, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{ConsensusEngineId, Digest, DigestItem};

/// The engine id of the digest items.
pub const AIVM_ENGINE_ID: ConsensusEngineId = *b"AIVM";

/// One statement of a header about receipts.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReceiptLog {
	/// Root of the MMR over all blocks before this one. In every header from block 1 on.
	#[codec(index = 1)]
	MmrRoot(H256),
	/// Root over the receipts of this block. Only in headers of blocks that have receipts.
	#[codec(index = 2)]
	ReceiptsRoot(H256),
}

impl From<ReceiptLog> for DigestItem {
	fn from(log: ReceiptLog) -> Self {
		DigestItem::Consensus(AIVM_ENGINE_ID, log.encode())
	}
}

/// The statements about receipts in `digest`, in order. Items of kinds that this crate does not know are left out.
pub fn logs(digest: &Digest) -> impl Iterator<Item = ReceiptLog> + '_ {
	digest.logs.iter().filter_map(|item| match item {
		DigestItem::Consensus(AIVM_ENGINE_ID, data) => ReceiptLog::decode_all(&mut data.as_slice()).ok(),
		_ => None,
	})
}

/// The MMR root in `digest`. `None` if there is none, or more than one.
pub fn mmr_root(digest: &Digest) -> Option<H256> {
	only(logs(digest).filter_map(|log| match log {
		ReceiptLog::MmrRoot(root) => Some(root),
		ReceiptLog::ReceiptsRoot(_) => None,
	}))
}

/// The receipts root in `digest`. `None` if there is none, or more than one.
pub fn receipts_root(digest: &Digest) -> Option<H256> {
	only(logs(digest).filter_map(|log| match log {
		ReceiptLog::ReceiptsRoot(root) => Some(root),
		ReceiptLog::MmrRoot(_) => None,
	}))
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
	let first = items.next()?;
	match items.next() {
		Some(_) => None,
		None => Some(first),
	}
}
