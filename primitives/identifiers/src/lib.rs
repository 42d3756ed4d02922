// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # Identifiers
//!
//! The one place for names that other chains understand, and for signatures of Ethereum keys.
//!
//! | module | what it fixes |
//! |---|---|
//! | [`caip`] | CAIP-2 names of chains and CAIP-10 names of accounts: reading, checking and writing them |
//! | [`eip712`] | the typed data that Ethereum wallets sign for agents, and their digests |
//! | [`ethereum`] | who signed a digest, and addresses with the checksum of EIP-55 |
//!
//! The crate is `no_std`, has no state and never panics on bytes from outside. Keccak-256 runs in plain Rust; only
//! [`ethereum::recover`] calls the host.

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

pub mod caip;
pub mod eip712;
pub mod ethereum;
#[cfg(test)]
mod tests;

pub use sp_core::{crypto::AccountId32, H160, U256};
