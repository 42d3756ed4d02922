// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # Execution receipts
//!
//! A receipt says what ran, for whom, how it was verified, what was paid and to whom. Receipts of one block are the
//! leaves of a Merkle tree; its root is in the block's header and in the block's leaf of the chain's Merkle mountain
//! range (MMR), whose root is in every later header. So a receipt can be checked for ever, offline, against any later
//! finalised header.
//!
//! | module | what it fixes |
//! |---|---|
//! | this one | the receipt's fields and their canonical encoding |
//! | [`merkle`] | the tree over the receipts of one block |
//! | [`digest`] | what a header says about receipts |
//! | [`store`] | where nodes keep receipts outside of the state |
//!
//! [`BlockLeaf`] is the MMR leaf, [`ReceiptProof`] the self-contained proof and [`verify`] its check. The crate is
//! `no_std`, hashes in plain Rust (no host calls) and never panics on bytes from outside, so wallets, other chains and
//! audit tools can embed it.

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

mod canonical;
pub mod digest;
mod error;
mod leaf;
pub mod merkle;
mod mmr;
mod proof;
mod receipt;
pub mod store;

pub use canonical::MAX_RECEIPT_LEN;
pub use digest::{ReceiptLog, AIVM_ENGINE_ID};
pub use error::ProofError;
pub use leaf::{BlockLeaf, LEAF_VERSION};
pub use merkle::MerkleProof;
pub use mmr::{mmr_root, MAX_MMR_ITEMS};
pub use proof::{verify, Anchor, Header, ReceiptProof, VerifiedReceipt, MAX_HEADER_LEN, MAX_PROOF_LEN, PROOF_VERSION};
pub use receipt::*;
pub use sp_mmr_primitives::LeafProof;
pub use store::offchain_key;
