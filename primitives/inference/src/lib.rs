// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Quantised, integer-only programs: one artefact with one meaning, bit for bit, wherever it runs.
//!
//! A [`Program`] is a compute graph: typed inputs, then operations in an order in which each uses only earlier values, then
//! the list of outputs. It has exactly one encoding, described in `docs/reference/program-format.md`.
//!
//! 1. [`Program::decode_and_validate`] checks everything once: shapes, canonical form, that no accumulator can leave `i32`
//!    on any input, memory, work. It returns a [`Summary`] that prices every later run.
//! 2. [`Program::decode_validated`] decodes bytes that passed the first, at about the speed of a copy.
//! 3. [`Program::run`] executes. A validated program fails only on an input of the wrong length, or on NaN.
//!
//! Nothing here uses floating point, except the helpers of the `std` feature that turn real numbers into integers and
//! back for clients. There is one rounding rule, in [`rounding`].

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

mod builder;
pub mod cost;
mod decode;
mod error;
mod execute;
pub mod interval;
pub mod kernels;
mod limits;
mod merkle;
mod operation;
mod program;
#[cfg(feature = "std")]
pub mod quantise;
pub mod rounding;
mod scale;
mod tensor;
mod tile;
pub mod transcript;
mod tree;
mod validate;
mod window;

pub use builder::ProgramBuilder;
pub use cost::{Cost, Summary};
pub use error::{OperationError, Parameter, Part, ProgramError, Quantity, RunError};
pub use execute::{execute_op, execute_rows, needed_elements, Elements, Slice};
pub use limits::{Limits, MAX_ELEMENTS, MAX_INPUTS, MAX_OPERANDS, MAX_OPERATIONS, MAX_OUTPUTS, MAX_RANK};
pub use merkle::Commitment;
pub use operation::{
	Add, AveragePool, Clamp, Conv2d, Dense, Embed, Lookup, MaxPool, Multiply, Op, Operation, Requantise, Softmax,
	ValueId, TABLE,
};
pub use program::{Program, ProgramOutput, FORMAT_VERSION, RUN_OVERHEAD};
pub use scale::{Multiplier, PerChannel, Scale};
pub use tensor::{
	float_order_bits, float_order_key, Data, Dtype, Quantisation, Shape, Tensor, TensorSpec, TensorType,
	FLOAT_ORDER_MAX, FLOAT_ORDER_MIN,
};
pub use tile::Tile;
pub use tree::{Comparison, Leaves, Tree, TreeEnsemble};
pub use validate::PER_VALUE;
pub use window::{Geometry, Window};
