// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the pallet stores and what it shows.

use aivm_inference::Summary;
use aivm_traits::{Balance, Format, ModelId, RoyaltyTerms, VersionNumber, VersionRef, VersionState};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{
		fungible::{HoldConsideration, MutateHold},
		Consideration, Footprint,
	},
	BoundedVec,
};
use scale_info::TypeInfo;
use sp_core::H256;

use crate::Config;

/// Identifies an account.
pub(crate) type AccountIdOf<T> = <T as frame_system::Config>::AccountId;
/// Name of a model, UTF-8.
pub type NameOf<T> = BoundedVec<u8, <T as Config>::MaxNameLen>;
/// CID of a manifest, ASCII.
pub type ManifestCidOf<T> = BoundedVec<u8, <T as Config>::MaxManifestCidLen>;
/// Licence of a version, an SPDX expression in ASCII.
pub type LicenceOf<T> = BoundedVec<u8, <T as Config>::MaxLicenceLen>;
/// Why a version was revoked, UTF-8.
pub type ReasonOf<T> = BoundedVec<u8, <T as Config>::MaxReasonLen>;
/// One piece of a program that is being uploaded.
pub type ChunkOf<T> = BoundedVec<u8, <T as Config>::ChunkBytes>;
/// A complete program in its canonical encoding.
pub type ProgramOf<T> = BoundedVec<u8, <T as Config>::MaxProgramBytes>;
/// What the owner fixes for ever when publishing a version.
pub type VersionSpecOf<T> = VersionSpec<ManifestCidOf<T>, LicenceOf<T>>;
/// Why and by whom a version was revoked.
pub type RevocationOf<T> = Revocation<ReasonOf<T>>;
/// The stored record of a model.
pub type ModelOf<T> = Model<AccountIdOf<T>, NameOf<T>, <T as Config>::ModelDeposit>;
/// The stored record of a version.
pub type VersionOf<T> =
	Version<VersionSpecOf<T>, RevocationOf<T>, <T as Config>::VersionDeposit, <T as Config>::ProgramDeposit>;
/// What view functions show of a model.
pub type ModelViewOf<T> = ModelView<AccountIdOf<T>, NameOf<T>>;
/// What view functions show of a version.
pub type VersionViewOf<T> = VersionView<VersionSpecOf<T>, RevocationOf<T>>;

/// Place of a chunk in its program, counted from 0.
pub type ChunkIndex = u32;

/// A storage deposit that tells its amount, so that [`crate::Pallet::do_try_state`] can compare it with the hold.
pub trait DepositTicket<AccountId>: Consideration<AccountId, Footprint> {
	/// What the deposit holds, in the smallest unit of the native token.
	fn amount(&self) -> Balance;
}

impl<AccountId, F, R, D> DepositTicket<AccountId> for HoldConsideration<AccountId, F, R, D, Footprint>
where
	F: MutateHold<AccountId, Balance = Balance>,
	Self: Consideration<AccountId, Footprint>,
{
	fn amount(&self) -> Balance {
		// The ticket's only field with an encoding is the amount.
		self.using_encoded(|mut bytes| Balance::decode(&mut bytes)).unwrap_or_default()
	}
}

impl<AccountId> DepositTicket<AccountId> for () {
	fn amount(&self) -> Balance {
		0
	}
}

/// What the owner fixes for ever when publishing a version.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct VersionSpec<Cid, Licence> {
	/// Where the manifest is found: CIDv1, `raw`, blake2b-256, base32 text. It must be [`crate::manifest_cid`] of
	/// `manifest_hash`.
	pub manifest_cid: Cid,
	/// BLAKE2b-256 of the manifest's canonical bytes.
	pub manifest_hash: H256,
	/// BLAKE2b-256 of the artefact's bytes.
	pub artefact_hash: H256,
	/// Size of the artefact in bytes, at least 1. For [`Format::Program`] at most [`Config::MaxProgramBytes`].
	pub artefact_size: u64,
	/// Kind of artefact.
	pub format: Format,
	/// The terms of use, an SPDX licence expression.
	pub licence: Licence,
	/// The version this one was derived from, of any model.
	pub parent: Option<VersionRef>,
	/// What the model's owner earns from each run.
	pub royalty: RoyaltyTerms,
}

/// Who revoked a version.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Revoker {
	/// The model's owner.
	#[codec(index = 0)]
	Owner,
	/// [`Config::RevokeOrigin`].
	#[codec(index = 1)]
	Governance,
}

/// Why and by whom a version was revoked.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Revocation<Reason> {
	/// Who did it.
	pub by: Revoker,
	/// Why, UTF-8.
	pub reason: Reason,
}

/// The stored record of a model.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Model<AccountId, Name, Deposit> {
	/// Who may change it, who receives its royalties, and whose deposits keep it.
	pub owner: AccountId,
	/// Who may become the owner by accepting.
	pub offered_to: Option<AccountId>,
	/// Its name. Names are not unique; the id is.
	pub name: Name,
	/// The number that the next version gets. Numbers are never used twice.
	pub next_version: VersionNumber,
	/// How many version records exist.
	pub version_count: u32,
	/// The [`VersionState::Active`] version that clients use when they name none.
	pub default_version: Option<VersionNumber>,
	/// Deposit for this record.
	pub deposit: Deposit,
}

/// The stored record of a version.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Version<Spec, Revocation, VersionDeposit, ProgramDeposit> {
	/// What never changes.
	pub spec: Spec,
	/// Where it is in its life.
	pub state: VersionState,
	/// Cost and sizes of its program, once validated.
	pub summary: Option<Summary>,
	/// Present when the state is [`VersionState::Revoked`].
	pub revocation: Option<Revocation>,
	/// Deposit for this record.
	pub deposit: VersionDeposit,
	/// Deposit for the program or its chunks, until the version is revoked.
	pub program_deposit: Option<ProgramDeposit>,
}

/// What view functions show of a model.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct ModelView<AccountId, Name> {
	/// Its id.
	pub id: ModelId,
	/// Who owns it.
	pub owner: AccountId,
	/// To whom the ownership is offered.
	pub offered_to: Option<AccountId>,
	/// Its name, UTF-8.
	pub name: Name,
	/// The active version that clients use when they name none.
	pub default_version: Option<VersionNumber>,
	/// The number that the next version will get.
	pub next_version: VersionNumber,
	/// How many versions exist.
	pub version_count: u32,
	/// What the owner has on hold for this record, without its versions.
	pub deposit: Balance,
}

/// What view functions show of a version.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct VersionView<Spec, Revocation> {
	/// Its id.
	pub id: VersionRef,
	/// What never changes.
	pub spec: Spec,
	/// Where it is in its life.
	pub state: VersionState,
	/// Cost and sizes of its program, once validated.
	pub summary: Option<Summary>,
	/// Why and by whom it was revoked.
	pub revocation: Option<Revocation>,
	/// What the owner has on hold for the record.
	pub deposit: Balance,
	/// What the owner has on hold for the program.
	pub program_deposit: Balance,
}

/// A page of a list.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Page<Item> {
	/// What was found, in ascending order. A page with gaps is shorter than the limit.
	pub items: Vec<Item>,
	/// Where the next page starts; `None` at the end of the list.
	pub next: Option<u32>,
}

/// A chunk that arrived.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct ReceivedChunk {
	/// Its place.
	pub index: ChunkIndex,
	/// BLAKE2b-256 of its bytes, so that a client knows whether it sent the same ones.
	pub hash: H256,
}

/// How far an upload is.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct UploadStatus {
	/// Size of the whole program in bytes.
	pub program_bytes: u32,
	/// Size of every chunk but the last.
	pub chunk_bytes: u32,
	/// Into how many chunks the program is cut.
	pub chunks: u32,
	/// Size of the last chunk.
	pub last_chunk_bytes: u32,
	/// The chunks that arrived, in order.
	pub received: Vec<ReceivedChunk>,
	/// The chunks still to send, in order. When it is empty, finalise.
	pub missing: Vec<ChunkIndex>,
}
