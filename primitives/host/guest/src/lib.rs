// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Runs programs inside WebAssembly, with the executor, the allocator and the host functions of the runtime, but without a
//! chain around them. Tests compare results across that border; benchmarks measure what it costs.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use codec::{Decode, Encode};

#[cfg(feature = "std")]
mod host;
#[cfg(feature = "std")]
pub use host::{Guest, GuestError};

/// What the guest does with a program.
#[derive(Encode, Decode, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
	/// Runs it once, after decoding, again and again.
	Run,
	/// Decodes it and runs it, again and again: what a block does for an inference.
	DecodeAndRun,
}

#[cfg(substrate_runtime)]
mod exports {
	use super::Work;
	use aivm_host::HostKernels;
	use aivm_inference::{
		kernels::{Kernels, Portable},
		Program,
	};
	use alloc::vec::Vec;
	// The allocator and the panic handler.
	use sp_io as _;

	/// The output of the last of `times` runs, or `None` if there was none or it failed.
	fn repeat<K: Kernels>(work: Work, program: &[u8], input: &[u8], times: u32) -> Option<Vec<u8>> {
		let decoded = Program::decode_validated(program).ok()?;
		let mut output = None;
		for _ in 0..times {
			output = Some(match work {
				Work::Run => decoded.run_with::<K>(input).ok()?,
				Work::DecodeAndRun => Program::decode_validated(program).ok()?.run_with::<K>(input).ok()?,
			});
		}
		output
	}

	sp_core::wasm_export_functions! {
		fn portable(work: Work, program: Vec<u8>, input: Vec<u8>, times: u32) -> Option<Vec<u8>> {
			repeat::<Portable>(work, &program, &input, times)
		}

		fn host(work: Work, program: Vec<u8>, input: Vec<u8>, times: u32) -> Option<Vec<u8>> {
			repeat::<HostKernels>(work, &program, &input, times)
		}
	}
}
