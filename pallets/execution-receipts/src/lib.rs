// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # Execution receipts pallet
//!
//! Collects the receipts of work that ended in the current block and compiles them when the block ends, so that anyone
//! can prove for ever what the chain ran, for whom and for how much.
//!
//! ## How receipts flow
//!
//! 1. While block N runs, other pallets call [`ReceiptSink::record`](aivm_traits::ReceiptSink::record). Each receipt
//!    gets the next place in the block, and [`Event::ReceiptRecorded`] announces it. A receipt rolls back with the call
//!    that wrote it.
//! 2. When block N ends, the pallet computes the Merkle root over its receipts ([`aivm_receipts::merkle`]), puts it
//!    into the header's digest ([`ReceiptLog::ReceiptsRoot`](aivm_receipts::ReceiptLog)), hands the encoded receipts to
//!    the node's off-chain database under [`aivm_receipts::offchain_key`], and forgets them. Blocks without receipts
//!    have no such digest.
//! 3. When block N+1 starts, `pallet-mmr` appends the leaf of block N, which this pallet provides
//!    ([`sp_mmr_primitives::LeafDataProvider`]): its height, hash and receipts root. The new MMR root goes into the
//!    header's digest ([`ReceiptLog::MmrRoot`](aivm_receipts::ReceiptLog)).
//!
//! So the header of each later block commits to the receipts of all blocks before it, and [`aivm_receipts::verify`]
//! checks a receipt against any one of them.
//!
//! ## What the runtime must see to
//!
//! - In `on_finalize`, this pallet runs after all pallets that record receipts in theirs: declare it last.
//! - `pallet-mmr` is there since genesis with `Hashing = Keccak256`, this pallet as `LeafData`, and this pallet (or
//!   anything that calls [`Pallet::deposit_mmr_root`]) as `OnNewRoot`. Its place among the pallets does not matter: the
//!   root that it reads was stored when the block before ended.
//! - Nodes that serve receipts run with off-chain indexing enabled.
//!
//! ## How the work is paid for
//!
//! The number of receipts is unknown when a block starts, so `on_initialize` charges what the end of a block costs
//! without receipts, and whoever records a receipt charges [`Pallet::record_weight`] for it: the recording itself and
//! the receipt's share of the end of the block. Both are constant per receipt, however many the block has, because
//! receipts are appended and never read before the block ends.
//!
//! ## Growth
//!
//! A receipt takes 193 to 333 bytes (207 with amounts of some thousandths of a token) in the off-chain database of
//! nodes with off-chain indexing, and nothing in the state of later blocks. A block with receipts adds 39 bytes to its
//! header, each block adds 39 for the MMR root. The state holds 32 bytes for the latest root, and one hash per MMR
//! peak.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects,
		clippy::panic
	)
)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod impls;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
pub mod weights;

pub use pallet::*;
pub use weights::WeightInfo;

// The code that the macro makes for the metadata uses `expect`.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use aivm_receipts::{merkle, Receipt, ReceiptId, TaskId};
	use alloc::vec::Vec;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use sp_core::H256;
	use sp_runtime::traits::{Bounded, SaturatedConversion};

	/// The storage version.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the runtime decides. Receipts name blocks by height, so block numbers must fit into 32 bits.
	#[pallet::config]
	pub trait Config: frame_system::Config<Hash = H256, RuntimeEvent: From<Event<Self>>> {
		/// Most receipts in a block, 1 to [`merkle::MAX_LEAVES`]. Work whose receipt has no room must wait for a later
		/// block.
		#[pallet::constant]
		type MaxReceiptsPerBlock: Get<u32>;

		/// Weights of the pallet's work.
		type WeightInfo: WeightInfo;
	}

	/// How many receipts this block has so far. Gone when the block ends.
	#[pallet::storage]
	#[pallet::whitelist_storage]
	pub type PendingCount<T> = StorageValue<_, u32, ValueQuery>;

	/// The receipts of this block so far, in order. Gone when the block ends.
	///
	/// Holds at most [`Config::MaxReceiptsPerBlock`] items. It is a plain `Vec` because only that can be appended to
	/// without reading what is there; [`PendingCount`] enforces the bound.
	#[pallet::storage]
	#[pallet::unbounded]
	#[pallet::whitelist_storage]
	pub type Pending<T> = StorageValue<_, Vec<Receipt>, ValueQuery>;

	/// The leaf hashes of [`Pending`], in the same order and with the same bound. Gone when the block ends.
	#[pallet::storage]
	#[pallet::unbounded]
	#[pallet::whitelist_storage]
	pub type PendingLeaves<T> = StorageValue<_, Vec<H256>, ValueQuery>;

	/// Root over the receipts of the last block that ended; zero if it had none. The next block's MMR leaf takes it.
	#[pallet::storage]
	pub type LatestRoot<T> = StorageValue<_, H256, ValueQuery>;

	/// What the pallet announces.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A receipt was written. It is compiled into the block's Merkle root when the block ends.
		ReceiptRecorded {
			/// Where the receipt is found.
			id: ReceiptId,
			/// The task that it reports.
			task: TaskId,
			/// Its leaf hash in the block's tree: Keccak-256 over a zero byte and the receipt's encoding.
			hash: H256,
		},
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Charges for the end of a block without receipts, and for the first look at the storage that collects them.
		fn on_initialize(_now: BlockNumberFor<T>) -> Weight {
			T::WeightInfo::on_finalize(0).saturating_add(T::DbWeight::get().reads(3))
		}

		/// Compiles the block's receipts.
		fn on_finalize(_now: BlockNumberFor<T>) {
			Self::compile();
		}

		fn integrity_test() {
			let max = T::MaxReceiptsPerBlock::get();
			assert!(max > 0, "MaxReceiptsPerBlock is 0: no receipt could be written");
			assert!(
				max <= merkle::MAX_LEAVES,
				"MaxReceiptsPerBlock is {max}, but a tree has at most {} leaves",
				merkle::MAX_LEAVES
			);
			assert!(
				BlockNumberFor::<T>::max_value().saturated_into::<u64>() <= u64::from(u32::MAX),
				"block numbers do not fit into the 32 bits that receipts have for them"
			);
			let half = T::BlockWeights::get().max_block.saturating_div(2);
			let worst = T::WeightInfo::on_finalize(max);
			assert!(
				worst.all_lte(half),
				"compiling {max} receipts weighs {worst:?}, more than half of a block ({half:?}): lower \
				 MaxReceiptsPerBlock"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_now: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// Root over the receipts of the block whose state is read; zero if it has none.
		pub fn receipts_root() -> H256 {
			LatestRoot::<T>::get()
		}

		/// How many receipts the running block has so far. Zero in the state of a block that ended.
		pub fn pending_count() -> u32 {
			PendingCount::<T>::get()
		}
	}
}
