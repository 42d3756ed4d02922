// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Proof systems that the chain did not write, whose last proof is a Groth16 proof on BN254: what their public inputs are.

pub mod risc0;
pub mod sp1;
