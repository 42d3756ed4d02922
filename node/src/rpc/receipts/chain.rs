// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! What proofs are made from, and where a node finds it.

use std::sync::Arc;

use aivm_receipts::{offchain_key, BlockLeaf, Header, LeafProof};
use aivm_runtime::{opaque::Block, BlockNumber, Hash};
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_core::offchain::{storage::OffchainDb, OffchainDbExt, OffchainStorage, STORAGE_PREFIX};
use sp_mmr_primitives::MmrApi;

use super::error::Error;

/// What proofs are made from.
pub trait Chain {
	/// Height and hash of the last finalised block.
	fn finalised(&self) -> (BlockNumber, Hash);

	/// The hash of the best chain's block at a height.
	fn hash(&self, number: BlockNumber) -> Result<Option<Hash>, Error>;

	/// The header of a block of any chain.
	fn header(&self, hash: Hash) -> Result<Option<Header>, Error>;

	/// The encoded list of receipts with this root.
	fn stored_receipts(&self, root: Hash) -> Option<Vec<u8>>;

	/// The leaf of the finalised block at height `block` and its path in the Merkle mountain range of the finalised block at
	/// height `at`, which must be later.
	fn range_proof(&self, block: BlockNumber, at: BlockNumber) -> Result<(BlockLeaf, LeafProof<Hash>), Error>;
}

/// A node's database and runtime.
pub struct NodeChain<C, S> {
	/// Blocks and the runtime.
	pub client: Arc<C>,
	/// What the runtime wrote while blocks were executed.
	pub offchain_db: S,
}

impl<C, S> Chain for NodeChain<C, S>
where
	C: HeaderBackend<Block> + ProvideRuntimeApi<Block>,
	C::Api: MmrApi<Block, Hash, BlockNumber>,
	S: OffchainStorage + Clone + 'static,
{
	fn finalised(&self) -> (BlockNumber, Hash) {
		let info = self.client.info();
		(info.finalized_number, info.finalized_hash)
	}

	fn hash(&self, number: BlockNumber) -> Result<Option<Hash>, Error> {
		self.client.hash(number).map_err(database)
	}

	fn header(&self, hash: Hash) -> Result<Option<Header>, Error> {
		self.client.header(hash).map_err(database)
	}

	fn stored_receipts(&self, root: Hash) -> Option<Vec<u8>> {
		self.offchain_db.get(STORAGE_PREFIX, &offchain_key(root))
	}

	fn range_proof(&self, block: BlockNumber, at: BlockNumber) -> Result<(BlockLeaf, LeafProof<Hash>), Error> {
		let appended_in = block.checked_add(1).ok_or_else(|| Error::Internal("there is no later block".into()))?;
		let (_, state) = self.finalised();
		let mut api = self.client.runtime_api();
		api.register_extension(OffchainDbExt::new(OffchainDb::new(self.offchain_db.clone())));
		// The state of the last finalised block is always there, unlike the one at `at`; the runtime goes back to `at` itself.
		let (leaves, path) = api
			.generate_proof(state, vec![appended_in], Some(at))
			.map_err(|error| Error::Internal(format!("the runtime call failed: {error}")))?
			.map_err(|cause| Error::RangeNotKept { block, cause })?;
		let [leaf] = <[_; 1]>::try_from(leaves).map_err(|leaves| {
			Error::Internal(format!("the runtime answered {} leaves instead of one", leaves.len()))
		})?;
		let leaf = leaf
			.into_opaque_leaf()
			.try_decode()
			.ok_or_else(|| Error::Internal("the leaf of the Merkle mountain range has an unknown form".into()))?;
		Ok((leaf, path))
	}
}

fn database(error: sp_blockchain::Error) -> Error {
	Error::Internal(format!("the database failed: {error}"))
}
