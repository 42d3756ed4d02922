// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The host's side: loads the guest once and calls it.

use aivm_attestation::Proven;
use alloc::borrow::Cow;
use codec::{Decode, Encode};
use sc_executor::{HeapAllocStrategy, WasmExecutor};
use sp_core::traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode};
use sp_io::TestExternalities;

use crate::{Evidence, ProofAnswer, ProofWork, Work};

/// The compiled guest, in the forms that the builder writes.
#[allow(dead_code)]
mod wasm {
	include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
}

/// Why the guest gave no output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GuestError {
	/// The guest was not compiled: the build was told to skip WASM.
	NotBuilt,
	/// The executor stopped the call, with its reason.
	Call(String),
	/// The program is not valid, the input does not fit it, or the work should have been done no times.
	NoOutput,
}

impl core::fmt::Display for GuestError {
	fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::NotBuilt => formatter.write_str("the guest was not compiled; build without SKIP_WASM_BUILD"),
			Self::Call(reason) => write!(formatter, "the executor stopped the guest: {reason}"),
			Self::NoOutput => formatter.write_str("no output; give a valid program, its input and at least one run"),
		}
	}
}

impl core::error::Error for GuestError {}

/// The guest in the executor that a node runs its runtime with.
pub struct Guest {
	executor: WasmExecutor<(sp_io::SubstrateHostFunctions, aivm_host::HostFunctions)>,
	code: &'static [u8],
}

impl Guest {
	/// Loads the guest. It is compiled to machine code at the first call.
	///
	/// # Errors
	/// [`GuestError::NotBuilt`].
	pub fn new() -> Result<Self, GuestError> {
		// As much memory as WASM can address: tests run programs that no block would.
		let memory = HeapAllocStrategy::Dynamic { maximum_pages: None };
		Ok(Self {
			executor: WasmExecutor::builder().with_onchain_heap_alloc_strategy(memory).build(),
			code: wasm::WASM_BINARY.ok_or(GuestError::NotBuilt)?,
		})
	}

	/// Runs a program `times` times with the portable kernels compiled to WASM, and returns the last output.
	///
	/// # Errors
	/// [`GuestError`].
	pub fn portable(&self, work: Work, program: &[u8], input: &[u8], times: u32) -> Result<Vec<u8>, GuestError> {
		self.call("portable", &(work, program, input, times))
	}

	/// The same with the kernels of the host.
	///
	/// # Errors
	/// [`GuestError`].
	pub fn host(&self, work: Work, program: &[u8], input: &[u8], times: u32) -> Result<Vec<u8>, GuestError> {
		self.call("host", &(work, program, input, times))
	}

	/// Does work on proofs `times` times with the portable verifier compiled to WASM, and returns the last answer.
	///
	/// # Errors
	/// [`GuestError`].
	pub fn portable_proofs(&self, work: &ProofWork, times: u32) -> Result<ProofAnswer, GuestError> {
		self.call("portable_proofs", &(work, times))
	}

	/// The same with the verifier of the host.
	///
	/// # Errors
	/// [`GuestError`].
	pub fn host_proofs(&self, work: &ProofWork, times: u32) -> Result<ProofAnswer, GuestError> {
		self.call("host_proofs", &(work, times))
	}

	/// Verifies evidence `times` times with the signatures of the host, and returns the last result.
	///
	/// # Errors
	/// [`GuestError`].
	pub fn verify(
		&self,
		evidence: &Evidence,
		now: u64,
		times: u32,
	) -> Result<Result<Proven, aivm_attestation::Error>, GuestError> {
		self.call("verify", &(evidence, now, times))
	}

	/// Calls a function of the guest.
	fn call<T: Decode>(&self, function: &str, arguments: &impl Encode) -> Result<T, GuestError> {
		let fetcher = WrappedRuntimeCode(Cow::Borrowed(self.code));
		let code = RuntimeCode { code_fetcher: &fetcher, heap_pages: None, hash: vec![1] };
		let mut externalities = TestExternalities::default();
		let arguments = arguments.encode();
		let mut externalities = externalities.ext();
		let (output, _) =
			self.executor.call(&mut externalities, &code, function, &arguments, CallContext::Onchain { import: false });
		let output = output.map_err(|error| GuestError::Call(error.to_string()))?;
		let output = Option::<T>::decode(&mut &output[..]).map_err(|error| GuestError::Call(error.to_string()))?;
		output.ok_or(GuestError::NoOutput)
	}
}
