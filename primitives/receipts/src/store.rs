// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Where nodes keep receipts outside of the state.
//!
//! When a block with receipts ends, the runtime hands their encoded list to the node's off-chain database through
//! off-chain indexing. The key holds the receipts root, so entries of competing forks never clash and a reader can
//! check what it got.

use alloc::vec::Vec;
use codec::DecodeAll;
use sp_core::H256;

use crate::{canonical::leaf_hashes, merkle, Receipt};

/// First bytes of each key.
pub const OFFCHAIN_PREFIX: &[u8] = b"aivm:receipts:";

/// Longest list that [`decode`] looks at, in bytes.
pub const MAX_STORED_LEN: usize = 32 << 20;

/// Key of the SCALE-encoded `Vec<Receipt>` whose Merkle root is `root`, in the persistent off-chain database.
pub fn offchain_key(root: H256) -> Vec<u8> {
	[OFFCHAIN_PREFIX, root.as_bytes()].concat()
}

/// Why what was found under a key is not the list of receipts that belongs there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StoredError {
	/// It is no encoded list of receipts, or longer than [`MAX_STORED_LEN`].
	Malformed,
	/// It is a list of other receipts: the root over them is not the one in the key.
	OtherRoot,
}

impl core::fmt::Display for StoredError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::Malformed => "the stored bytes are not a list of receipts: the off-chain database is damaged",
			Self::OtherRoot => {
				"the stored receipts do not have the root in their key: the off-chain database is damaged"
			}
		})
	}
}

impl core::error::Error for StoredError {}

/// Decodes the list of receipts that was found under [`offchain_key`] of `root`, and checks that it is that list.
///
/// # Errors
/// [`StoredError`] if the database entry is damaged.
pub fn decode(bytes: &[u8], root: H256) -> Result<Vec<Receipt>, StoredError> {
	if bytes.len() > MAX_STORED_LEN {
		return Err(StoredError::Malformed);
	}
	let receipts = Vec::<Receipt>::decode_all(&mut &*bytes).map_err(|_| StoredError::Malformed)?;
	if merkle::root(&leaf_hashes(&receipts)) != Some(root) {
		return Err(StoredError::OtherRoot);
	}
	Ok(receipts)
}
