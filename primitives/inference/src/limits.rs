// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Bounds that a program must keep to be accepted.

use crate::cost::Cost;

/// Most dimensions of a tensor.
pub const MAX_RANK: usize = 4;
/// Most elements of a tensor.
pub const MAX_ELEMENTS: u32 = 1 << 24;
/// Most inputs of a program.
pub const MAX_INPUTS: u16 = 64;
/// Most outputs of a program.
pub const MAX_OUTPUTS: u16 = 64;
/// Most inputs of one operation.
pub const MAX_OPERANDS: u16 = 16;
/// Most operations of a program, whatever the [`Limits`] say.
pub const MAX_OPERATIONS: u16 = 16_384;

/// What a caller accepts. [`Limits::DEFAULT`] suits programs that run inside a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
	/// Longest encoded program, in bytes.
	pub max_bytes: u32,
	/// Most operations.
	pub max_operations: u32,
	/// Most work of one run, in MAC equivalents (see [`crate::Cost::macs`]).
	pub max_macs: u64,
	/// Largest memory peak of one run, in bytes.
	pub max_memory: u32,
	/// Longest input, in bytes.
	pub max_input_len: u32,
	/// Longest output, in bytes.
	pub max_output_len: u32,
	/// Deepest decision tree: most comparisons on one path.
	pub max_tree_depth: u16,
	/// Most work of one step of a dispute: one row of an operation's result must not take more. See [`crate::Tile`].
	pub max_step: Cost,
}

impl Limits {
	/// Bounds for programs that a runtime executes: 4 MiB of program, 1,024 operations, 4 G MAC, 16 MiB of tensors, 1 MiB of
	/// input, 64 KiB of output, trees of depth 64, and steps of 500 M MAC and 1 MiB.
	pub const DEFAULT: Self = Self {
		max_bytes: 4 << 20,
		max_operations: 1_024,
		max_macs: 4_000_000_000,
		max_memory: 16 << 20,
		max_input_len: 1 << 20,
		max_output_len: 64 << 10,
		max_tree_depth: 64,
		max_step: Cost { macs: 500_000_000, bytes: 1 << 20 },
	};
}

impl Default for Limits {
	fn default() -> Self {
		Self::DEFAULT
	}
}
