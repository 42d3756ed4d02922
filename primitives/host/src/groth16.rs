// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Groth16 proofs.

#[cfg(not(substrate_runtime))]
use aivm_verification::{
	groth16::{verify, verify_batch},
	Portable,
};
use aivm_verification::{Claim, Curve, Groth16, KeyError, ProofError, Scalar};
use alloc::vec::Vec;
use sp_runtime_interface::{
	pass_by::{AllocateAndReturnByCodec, PassFatPointerAndDecode, PassFatPointerAndDecodeSlice, PassFatPointerAndRead},
	runtime_interface,
};

#[cfg(not(substrate_runtime))]
use crate::bls12_381::Blst;

/// Groth16 proofs on both curves: reading, every check and the pairing. One call for each proof or batch, because reading a
/// point and finding out whether it is in its group would take longer in WASM than the pairing on the host.
#[runtime_interface]
pub trait Proofs {
	/// [`Groth16::prepare_key`].
	fn groth16_prepare_key(
		curve: PassFatPointerAndDecode<Curve>,
		key: PassFatPointerAndRead<&[u8]>,
	) -> AllocateAndReturnByCodec<Result<Vec<u8>, KeyError>> {
		Portable::prepare_key(curve, key)
	}

	/// [`Groth16::verify`].
	fn groth16_verify(
		curve: PassFatPointerAndDecode<Curve>,
		prepared: PassFatPointerAndRead<&[u8]>,
		proof: PassFatPointerAndRead<&[u8]>,
		inputs: PassFatPointerAndDecodeSlice<&[Scalar]>,
	) -> AllocateAndReturnByCodec<Result<(), ProofError>> {
		match curve {
			Curve::Bn254 => Portable::verify(curve, prepared, proof, inputs),
			Curve::Bls12_381 => verify::<Blst>(prepared, proof, inputs),
		}
	}

	/// [`Groth16::verify_batch`].
	fn groth16_verify_batch(
		curve: PassFatPointerAndDecode<Curve>,
		prepared: PassFatPointerAndRead<&[u8]>,
		claims: PassFatPointerAndDecodeSlice<&[Claim]>,
	) -> AllocateAndReturnByCodec<Vec<Result<(), ProofError>>> {
		match curve {
			Curve::Bn254 => Portable::verify_batch(curve, prepared, claims),
			Curve::Bls12_381 => verify_batch::<Blst>(prepared, claims),
		}
	}
}

/// Groth16 on the host: natively at once, in the WASM runtime through [`proofs`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostGroth16;

impl Groth16 for HostGroth16 {
	fn prepare_key(curve: Curve, key: &[u8]) -> Result<Vec<u8>, KeyError> {
		proofs::groth16_prepare_key(curve, key)
	}

	fn verify(curve: Curve, prepared: &[u8], proof: &[u8], inputs: &[Scalar]) -> Result<(), ProofError> {
		proofs::groth16_verify(curve, prepared, proof, inputs)
	}

	fn verify_batch(curve: Curve, prepared: &[u8], claims: &[Claim]) -> Vec<Result<(), ProofError>> {
		proofs::groth16_verify_batch(curve, prepared, claims)
	}
}
