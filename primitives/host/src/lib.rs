// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The chain's own host functions: what the WASM runtime asks the node to compute natively.
//!
//! - [`inference`] holds the kernels in which programs spend their time. Natively they use the widest vector instructions
//!   that the processor has (`simd`); whatever it has, the result is that of [`aivm_inference::kernels::Portable`], bit for
//!   bit. [`HostKernels`] calls them from both sides: in the WASM runtime through the host, natively without a detour.
//! - [`proofs`] checks Groth16 keys and verifies proofs, with the results of [`aivm_verification::Portable`]. [`HostGroth16`] calls
//!   it from both sides. See `docs/adr/0008-groth16-host-functions.md`.
//!
//! [`attestation`] holds the signatures in which verifying evidence spends its time. [`HostSignatures`] calls them from both
//! sides.
//!
//! A node's executor must offer `HostFunctions` to a runtime that uses them. Host functions are pure and versioned, and
//! never change once a chain has used them: a new meaning is a new version.

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

#[cfg(not(substrate_runtime))]
mod bls12_381;
mod groth16;
mod kernels;
mod signatures;
#[cfg(not(substrate_runtime))]
pub mod simd;

pub use groth16::{proofs, HostGroth16};
pub use kernels::{inference, HostKernels};
pub use signatures::{attestation, HostSignatures};

/// All host functions of the chain, for an executor.
#[cfg(not(substrate_runtime))]
pub type HostFunctions = (inference::HostFunctions, proofs::HostFunctions, attestation::HostFunctions);
