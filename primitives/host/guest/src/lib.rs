// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Runs programs, and verifies proofs and evidence, inside WebAssembly, with the executor, the allocator and the host functions of the runtime, but without a
//! chain around them. Tests compare results across that border; benchmarks measure what it costs.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use aivm_verification::{Claim, Curve, KeyError, ProofError, Scalar};
use alloc::vec::Vec;
use codec::{Decode, Encode};

mod evidence;
#[cfg(feature = "std")]
mod host;
#[cfg(feature = "std")]
pub use host::{Guest, GuestError};

pub use evidence::Evidence;

/// What the guest does with a program.
#[derive(Encode, Decode, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
	/// Runs it once, after decoding, again and again.
	Run,
	/// Decodes it and runs it, again and again: what a block does for an inference.
	DecodeAndRun,
}

/// What the guest does with proofs.
#[derive(Encode, Decode, Clone, PartialEq, Eq, Debug)]
pub enum ProofWork {
	/// Checks a key.
	PrepareKey {
		/// Its curve.
		curve: Curve,
		/// Its compressed points.
		key: Vec<u8>,
	},
	/// Verifies a proof.
	Verify {
		/// Its curve.
		curve: Curve,
		/// A prepared key.
		prepared: Vec<u8>,
		/// The compressed proof.
		proof: Vec<u8>,
		/// The public inputs.
		inputs: Vec<Scalar>,
	},
	/// Verifies proofs together.
	VerifyBatch {
		/// Their curve.
		curve: Curve,
		/// A prepared key.
		prepared: Vec<u8>,
		/// The proofs.
		claims: Vec<Claim>,
	},
}

/// What comes of [`ProofWork`].
#[derive(Encode, Decode, Clone, PartialEq, Eq, Debug)]
pub enum ProofAnswer {
	/// The prepared key.
	Key(Result<Vec<u8>, KeyError>),
	/// What is said of the proof.
	Proof(Result<(), ProofError>),
	/// What is said of each proof.
	Batch(Vec<Result<(), ProofError>>),
}

impl ProofWork {
	/// Does the work with a verifier.
	pub fn run<G: aivm_verification::Groth16>(&self) -> ProofAnswer {
		match self {
			Self::PrepareKey { curve, key } => ProofAnswer::Key(G::prepare_key(*curve, key)),
			Self::Verify { curve, prepared, proof, inputs } => {
				ProofAnswer::Proof(G::verify(*curve, prepared, proof, inputs))
			}
			Self::VerifyBatch { curve, prepared, claims } => {
				ProofAnswer::Batch(G::verify_batch(*curve, prepared, claims))
			}
		}
	}
}

#[cfg(substrate_runtime)]
mod exports {
	use super::{Evidence, ProofAnswer, ProofWork, Work};
	use aivm_attestation::{Error, Proven};
	use aivm_host::{HostGroth16, HostKernels, HostSignatures};
	use aivm_inference::{
		kernels::{Kernels, Portable},
		Program,
	};
	use aivm_verification::Groth16;
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

	/// The answer of the last of `times` runs, or `None` if there was none.
	fn repeat_proofs<G: Groth16>(work: ProofWork, times: u32) -> Option<ProofAnswer> {
		(0..times).map(|_| work.run::<G>()).last()
	}

	sp_core::wasm_export_functions! {
		fn portable(work: Work, program: Vec<u8>, input: Vec<u8>, times: u32) -> Option<Vec<u8>> {
			repeat::<Portable>(work, &program, &input, times)
		}

		fn verify(evidence: Evidence, now: u64, times: u32) -> Option<Result<Proven, Error>> {
			evidence.repeat::<HostSignatures>(now, times)
		}

		fn host(work: Work, program: Vec<u8>, input: Vec<u8>, times: u32) -> Option<Vec<u8>> {
			repeat::<HostKernels>(work, &program, &input, times)
		}

		fn portable_proofs(work: ProofWork, times: u32) -> Option<ProofAnswer> {
			repeat_proofs::<aivm_verification::Portable>(work, times)
		}

		fn host_proofs(work: ProofWork, times: u32) -> Option<ProofAnswer> {
			repeat_proofs::<HostGroth16>(work, times)
		}
	}
}
