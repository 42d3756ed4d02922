// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Lets a node that skipped the chain's history prove receipts of the blocks that it does execute.
//!
//! A node of the Merkle mountain range reaches the off-chain database when the block that makes it is executed. After warp or
//! state sync the older ones are missing. A proof for a later block needs just a few of them: the peaks that the range had
//! when the node joined. Their hashes are in the state, so they are copied from there, once per start.

use std::sync::Arc;

use aivm_runtime::{BlockNumber, Hash, Runtime};
use codec::{Decode, Encode};
use futures::StreamExt;
use sc_client_api::{Backend, BlockchainEvents, StorageKey, StorageProvider};
use sp_core::offchain::{OffchainStorage, STORAGE_PREFIX};
use sp_mmr_primitives::{
	mmr_lib::helper::get_peaks, utils::NodesUtils, DataOrHash, LeafIndex, NodeIndex, OpaqueLeaf, INDEXING_PREFIX,
};
use sp_runtime::traits::Keccak256;

use super::{FullBackend, FullClient};

/// Where log lines come from.
const LOG_TARGET: &str = "aivm::range";

/// The most blocks that are walked back to find the oldest state. Nodes keep 256 states unless told otherwise.
const MAX_WALK: BlockNumber = 4_096;

/// Waits for the first finalised block, then copies the peaks that are missing. Ends when that is done.
pub async fn complete(client: Arc<FullClient>, backend: Arc<FullBackend>) {
	let mut finalised = client.finality_notification_stream();
	while let Some(notification) = finalised.next().await {
		match copy_peaks(&client, &backend, notification.hash) {
			Ok(0) => return,
			Ok(count) => {
				log::info!(
					target: LOG_TARGET,
					"Copied {count} peaks of the Merkle mountain range from the state; receipts of blocks executed from now on \
					 can be proved",
				);
				return;
			}
			Err(error) => log::warn!(
				target: LOG_TARGET,
				"Cannot copy the peaks of the Merkle mountain range from the state, will try again: {error}",
			),
		}
	}
}

/// Copies the peaks of the oldest state on the chain of `finalised`, and returns how many were missing.
fn copy_peaks(client: &FullClient, backend: &FullBackend, finalised: Hash) -> Result<usize, String> {
	let mut offchain_db = backend.offchain_storage().ok_or("the database has no place for off-chain data")?;
	if offchain_db.get(STORAGE_PREFIX, &key(0)).is_some() {
		// The node executed the first block, so it has everything.
		return Ok(0);
	}
	let Some((oldest, leaves)) = oldest_state(client, finalised)? else { return Ok(0) };
	let mut copied = 0;
	for position in get_peaks(NodesUtils::new(leaves).size()) {
		let hash = read(client, oldest, &pallet_mmr::Nodes::<Runtime>::hashed_key_for(position))?;
		// Never over what the node made itself, which holds leaves in full.
		if offchain_db.compare_and_set(STORAGE_PREFIX, &key(position), None, &stored(hash)) {
			copied += 1;
		}
	}
	Ok(copied)
}

/// The oldest block on the chain of `finalised` whose state is kept, and how many leaves the range has there. `None` if the chain
/// is kept from the start.
fn oldest_state(client: &FullClient, finalised: Hash) -> Result<Option<(Hash, LeafIndex)>, String> {
	let count_key = pallet_mmr::NumberOfLeaves::<Runtime>::hashed_key();
	let mut oldest = (finalised, read(client, finalised, &count_key)?);
	for _ in 0..MAX_WALK {
		let Some(header) = client.header(oldest.0).map_err(|error| error.to_string())? else { break };
		if header.number <= 1 {
			return Ok(None);
		}
		// The database may list a state that it does not hold, so only reading tells.
		let Ok(leaves) = read(client, header.parent_hash, &count_key) else { break };
		oldest = (header.parent_hash, leaves);
	}
	Ok(Some(oldest))
}

/// Reads a value that the state of the block `at` must hold.
fn read<T: Decode>(client: &FullClient, at: Hash, key: &[u8]) -> Result<T, String> {
	let value = client
		.storage(at, &StorageKey(key.to_vec()))
		.map_err(|error| error.to_string())?
		.ok_or("the state has no such entry")?;
	T::decode(&mut &value.0[..]).map_err(|error| error.to_string())
}

/// Where the off-chain database holds the node at a position of the finalised range.
fn key(position: NodeIndex) -> Vec<u8> {
	NodesUtils::node_canon_offchain_key(INDEXING_PREFIX, position)
}

/// A node of which only the hash is known, in the form that `pallet-mmr` reads.
fn stored(hash: Hash) -> Vec<u8> {
	DataOrHash::<Keccak256, OpaqueLeaf>::Hash(hash).encode()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn stored_should_be_what_the_pallet_reads() {
		let hash = Hash::repeat_byte(7);
		let node = DataOrHash::<Keccak256, (u32, Hash)>::decode(&mut &stored(hash)[..]).unwrap();
		assert_eq!(node.hash(), hash);
	}
}
