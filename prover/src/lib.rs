// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Zero-knowledge proofs that an AIVM program was run.
//!
//! 1. [`circuit::compile`] turns a program into a circuit: equations over the scalar field of BLS12-381 that hold exactly if
//!    the output is what the interpreter gives, bit for bit. It depends on nothing but the program (public weights) or its
//!    structure (private weights), so anybody can make it again and compare.
//! 2. [`setup`] makes the keys of a circuit.
//! 3. [`witness`] runs the program and assigns every variable; [`prove`] makes the proof, and [`estimate`] says before how
//!    long it takes and how much memory it needs.
//! 4. [`convert`] brings keys and proofs of other systems into the form that the chain reads.

pub mod circuit;
pub mod convert;
pub mod error;
pub mod estimate;
pub mod prove;
pub mod setup;
pub mod witness;
