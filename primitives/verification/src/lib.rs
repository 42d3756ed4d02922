// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the chain and everybody around it must agree on when a run is proved: Groth16 proofs on two curves, the statement
//! that evidence binds to, and the hash and the commitments that circuits use. No storage, no I/O.
//!
//! - [`groth16`] decodes, checks and verifies keys and proofs on BN254 and BLS12-381. [`Portable`] is the code that runs
//!   anywhere; the chain uses the same behind host functions.
//! - [`Statement`] says which task on which chain a proof is for, and who made it. Its hash is one of the public inputs.
//! - [`poseidon`] is the hash of circuits, over the scalar field of BLS12-381; [`commitment`] makes the public inputs of the
//!   chain's own circuits with it.
//! - [`external`] makes the public inputs of proof systems that the chain did not write.

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

pub mod commitment;
pub mod external;
mod field;
pub mod groth16;
pub mod poseidon;
mod statement;

pub use ark_bls12_381::Fr;
pub use commitment::{commit_input, output_field, public_inputs, weights_commitment, PUBLIC_INPUTS};
pub use field::{field_of_hash, pack, scalar, scalar_of, Scalar, PACKED};
pub use groth16::{Claim, Curve, Groth16, KeyError, Portable, ProofError, MAX_INPUTS};
pub use statement::{Statement, STATEMENT_DOMAIN};
