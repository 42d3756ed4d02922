// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the model registry tells other pallets.

use aivm_inference::Summary;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

use crate::{ModelId, RoyaltyTerms, VersionNumber};

/// One immutable version of one model.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct VersionRef {
	/// The model.
	pub model: ModelId,
	/// Its version, counted from 1.
	pub version: VersionNumber,
}

/// What kind of artefact a version is, and so which trust paths can run it.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
	/// An AIVM program: the chain understands it, every trust path can run it.
	#[codec(index = 0)]
	Program,
	/// A deterministic WASM program for the provider's sandbox.
	#[codec(index = 1)]
	Wasm,
	/// An ONNX model that providers run natively.
	#[codec(index = 2)]
	Onnx,
	/// An OCI container that providers run natively.
	#[codec(index = 3)]
	Container,
}

/// Where a version is in its life.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum VersionState {
	/// Published; its program is not completely uploaded and validated yet.
	#[codec(index = 0)]
	Uploading,
	/// Complete and validated; not yet offered for use.
	#[codec(index = 1)]
	Ready,
	/// Offered for use.
	#[codec(index = 2)]
	Active,
	/// Still runs, but its owner points to a successor (or to none).
	#[codec(index = 3)]
	Deprecated {
		/// The version of the same model to move to.
		successor: Option<VersionNumber>,
	},
	/// Must not run any more.
	#[codec(index = 4)]
	Revoked,
}

impl VersionState {
	/// Whether new tasks may use a version in this state.
	pub fn is_runnable(&self) -> bool {
		matches!(self, Self::Active | Self::Deprecated { .. })
	}
}

/// What another pallet must know about a version before it runs or pays for it.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct VersionInfo<AccountId> {
	/// Who owns the model now, and so receives the royalty.
	pub owner: AccountId,
	/// State of the version.
	pub state: VersionState,
	/// Kind of artefact.
	pub format: Format,
	/// BLAKE2b-256 of the artefact's bytes.
	pub artefact_hash: H256,
	/// What the owner earns from each run.
	pub royalty: RoyaltyTerms,
	/// Cost and sizes of the program, present once a [`Format::Program`] version was validated.
	pub summary: Option<Summary>,
}

/// Read access to the model registry.
pub trait ModelInspect<AccountId> {
	/// What is known of `version`, or `None` if there is no such version.
	///
	/// One storage read for the model, one for the version.
	fn version(version: VersionRef) -> Option<VersionInfo<AccountId>>;

	/// The bytes of a validated program, or `None` if the version has none. They passed
	/// [`aivm_inference::Program::decode_and_validate`], so [`aivm_inference::Program::decode_validated`] takes them.
	///
	/// One storage read of up to the largest program.
	fn program(version: VersionRef) -> Option<Vec<u8>>;

	/// Makes an active version of `program` that belongs to `owner` and earns `royalty`, for benchmarks of pallets that run
	/// models.
	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_program(owner: AccountId, program: Vec<u8>, royalty: RoyaltyTerms) -> VersionRef;
}
