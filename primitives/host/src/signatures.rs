// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The signatures of evidence, verified by the host.

use aivm_attestation::{Signatures, RSA_BYTES};
use sp_runtime_interface::{
	pass_by::{PassFatPointerAndRead, PassPointerAndRead},
	runtime_interface,
};

#[cfg(not(substrate_runtime))]
use aivm_attestation::Portable;

/// [`Signatures`], each with the meaning that [`aivm_attestation::Portable`] gives it.
#[runtime_interface]
pub trait Attestation {
	/// [`Signatures::p256`].
	fn p256(
		message: PassFatPointerAndRead<&[u8]>,
		signature: PassPointerAndRead<&[u8; 64], 64>,
		key: PassPointerAndRead<&[u8; 64], 64>,
	) -> bool {
		Portable::p256(message, signature, key)
	}

	/// [`Signatures::p384`].
	fn p384(
		message: PassFatPointerAndRead<&[u8]>,
		signature: PassPointerAndRead<&[u8; 96], 96>,
		key: PassPointerAndRead<&[u8; 96], 96>,
	) -> bool {
		Portable::p384(message, signature, key)
	}

	/// [`Signatures::rsa`].
	fn rsa(
		message: PassFatPointerAndRead<&[u8]>,
		signature: PassPointerAndRead<&[u8; RSA_BYTES], RSA_BYTES>,
		modulus: PassPointerAndRead<&[u8; RSA_BYTES], RSA_BYTES>,
	) -> bool {
		Portable::rsa(message, signature, modulus)
	}

	/// [`Signatures::sr25519`].
	fn sr25519(
		message: PassFatPointerAndRead<&[u8]>,
		signature: PassPointerAndRead<&[u8; 64], 64>,
		key: PassPointerAndRead<&[u8; 32], 32>,
	) -> bool {
		Portable::sr25519(message, signature, key)
	}
}

/// The signatures of the host: natively [`aivm_attestation::Portable`], in the WASM runtime calls to [`attestation`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostSignatures;

impl Signatures for HostSignatures {
	fn p256(message: &[u8], signature: &[u8; 64], key: &[u8; 64]) -> bool {
		attestation::p256(message, signature, key)
	}

	fn p384(message: &[u8], signature: &[u8; 96], key: &[u8; 96]) -> bool {
		attestation::p384(message, signature, key)
	}

	fn rsa(message: &[u8], signature: &[u8; RSA_BYTES], modulus: &[u8; RSA_BYTES]) -> bool {
		attestation::rsa(message, signature, modulus)
	}

	fn sr25519(message: &[u8], signature: &[u8; 64], key: &[u8; 32]) -> bool {
		attestation::sr25519(message, signature, key)
	}
}
