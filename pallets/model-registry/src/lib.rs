// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # Model registry pallet
//!
//! Who owns which model, which immutable versions it has, and the programs that the chain itself runs.
//!
//! ## Pallet API
//!
//! See the [`pallet`] module for the configuration, calls, events and errors, and the view functions of [`Pallet`] for reading.
//! Other pallets read through [`aivm_traits::ModelInspect`], which [`Pallet`] implements.
//!
//! ## Overview
//!
//! A *model* is a name with an owner. A *version* pins one artefact by hash and size, its manifest by hash and CID, its
//! format, licence, parent and royalty. Nothing of that ever changes; what changes is the version's state:
//!
//! ```text
//!              finalise          activate            deprecate
//! Uploading -------------> Ready ---------> Active <----------> Deprecated
//!     |                      |                |      activate       |
//!     |  (remove: record is gone, number stays used)                |
//!     +----------------------+------- revoke -+---------------------+----> Revoked
//! ```
//!
//! A version in format [`Format::Program`] starts as `Uploading`, every other one as `Ready`.
//!
//! ### Scenario 1: publishing a program
//!
//! 1. Alice calls `register_model` and `publish_version`. The deposit for the whole program is taken now, so an upload can
//!    not stop half-way for lack of money.
//! 2. She sends the chunks with `upload_chunk`, in any order. Every chunk but the last has exactly `ChunkBytes` bytes. A chunk
//!    that is sent again replaces the former one.
//! 3. Her connection breaks. `upload_status` tells which chunks are there, with their hashes, and which are missing.
//! 4. `finalise_version` puts the chunks together, compares size and hash with what she published, validates the program
//!    and stores it with its cost. If anything is wrong, nothing changes and the error names the cause.
//! 5. `activate` offers it for use and makes it the model's default version.
//!
//! ### Scenario 2: a faulty version
//!
//! Alice publishes version 2, activates it and calls `deprecate` on version 1 with 2 as the successor. Version 1 still runs.
//! If version 2 turns out to be the faulty one, she activates version 1 again and revokes version 2: its program is
//! deleted, the deposit for the program returns to her, and the record stays for ever so that old receipts can be
//! explained. [`Config::RevokeOrigin`] can revoke any version in the same way.
//!
//! ### Scenario 3: selling a model
//!
//! Alice offers the model to Bob with `transfer_ownership`. Nothing moves until Bob calls `accept_transfer`: then his
//! deposits replace hers for the model and all its versions, and royalties go to him. A mistyped account cannot accept, so
//! Alice cancels or replaces the offer.
//!
//! ## Low level
//!
//! Deposits are [`Consideration`](frame_support::traits::Consideration) tickets, one hold reason per kind of record. The
//! footprint of a model or version is the largest encoding that the record can reach with its name or specification; the
//! footprint of a program is its declared size.

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

#[cfg(feature = "runtime-benchmarks")]
pub(crate) mod benchmarking;
mod cid;
mod fault;
mod impls;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
mod types;
pub mod weights;
#[cfg(any(test, feature = "runtime-benchmarks"))]
mod worst_case;

pub use cid::{manifest_cid, MANIFEST_CID_LEN};
pub use fault::ProgramFault;
pub use pallet::*;
pub use types::{
	ChunkIndex, ChunkOf, DepositTicket, LicenceOf, ManifestCidOf, Model, ModelOf, ModelView, ModelViewOf, NameOf, Page,
	ProgramOf, ReasonOf, ReceivedChunk, Revocation, RevocationOf, Revoker, UploadStatus, Version, VersionOf,
	VersionSpec, VersionSpecOf, VersionView, VersionViewOf,
};
pub use weights::WeightInfo;

use aivm_traits::Format;

/// Configuration, storage, events, errors and calls.
#[allow(clippy::expect_used, reason = "the code that the macro writes has `expect`s that cannot fail")]
#[frame_support::pallet]
pub mod pallet {
	use aivm_inference::Limits;
	use aivm_traits::{Balance, ModelId, VersionNumber, VersionRef};
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{fungible::MutateHold, EnsureOrigin},
	};
	use frame_system::pallet_prelude::*;
	use sp_core::H256;
	use sp_runtime::{traits::StaticLookup, Permill};

	use super::*;

	/// The version of the storage layout.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the runtime decides.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The overarching hold reason.
		type RuntimeHoldReason: From<HoldReason>;

		/// The native token, on which the deposits are held.
		#[cfg(not(feature = "runtime-benchmarks"))]
		type Currency: MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason, Balance = Balance>;
		/// The native token, on which the deposits are held.
		#[cfg(feature = "runtime-benchmarks")]
		type Currency: MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason, Balance = Balance>
			+ frame_support::traits::fungible::Mutate<Self::AccountId, Balance = Balance>;

		/// Deposit for a model's record, held under [`HoldReason::Model`]. The footprint is one item with the largest size
		/// that the record can reach with its name.
		type ModelDeposit: DepositTicket<Self::AccountId>;

		/// Deposit for a version's record, held under [`HoldReason::Version`]. The footprint is one item with the largest
		/// size that the record can reach with its specification.
		type VersionDeposit: DepositTicket<Self::AccountId>;

		/// Deposit for a program, held under [`HoldReason::Program`] from its publication to its revocation or removal. The
		/// footprint is one item with the declared size of the artefact.
		type ProgramDeposit: DepositTicket<Self::AccountId>;

		/// Who can revoke any version, besides the owner of its model.
		type RevokeOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// What [`aivm_inference::Program::decode_and_validate`] accepts. Its `max_bytes` equals [`Config::MaxProgramBytes`].
		type ProgramLimits: Get<Limits>;

		/// Governed upper bound of a new version's royalty share.
		type MaxRoyaltyShare: Get<Permill>;

		/// Governed upper bound of a new version's minimum royalty, in the smallest unit of the native token.
		type MaxRoyaltyMinimum: Get<Balance>;

		/// Longest name of a model in bytes. Never reduce it: stored names would not decode.
		#[pallet::constant]
		type MaxNameLen: Get<u32>;

		/// Longest manifest CID in bytes, at least [`MANIFEST_CID_LEN`]. Never reduce it.
		#[pallet::constant]
		type MaxManifestCidLen: Get<u32>;

		/// Longest SPDX licence expression in bytes. Never reduce it.
		#[pallet::constant]
		type MaxLicenceLen: Get<u32>;

		/// Longest reason of a revocation in bytes. Never reduce it.
		#[pallet::constant]
		type MaxReasonLen: Get<u32>;

		/// Largest program in bytes. Never reduce it.
		#[pallet::constant]
		type MaxProgramBytes: Get<u32>;

		/// Size in bytes of every chunk of an upload but the last one. Changing it breaks the uploads in progress.
		#[pallet::constant]
		type ChunkBytes: Get<u32>;

		/// How many versions a model may have at a time. It bounds the work of `accept_transfer`.
		#[pallet::constant]
		type MaxVersionsPerModel: Get<u32>;

		/// The most items that one page of a view function holds.
		#[pallet::constant]
		type MaxPageSize: Get<u32>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Why a part of an account's balance is on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Deposit for the records of its models.
		#[codec(index = 0)]
		Model,
		/// Deposit for the records of its models' versions.
		#[codec(index = 1)]
		Version,
		/// Deposit for its models' programs.
		#[codec(index = 2)]
		Program,
	}

	/// The id that the next model gets. Ids are never used twice.
	#[pallet::storage]
	pub type NextModelId<T: Config> = StorageValue<_, ModelId, ValueQuery>;

	// The chain itself counts model ids, version numbers and chunk indices, so nobody can choose keys that unbalance the trie
	// and the cheap `Twox64Concat` is enough for them.

	/// The models.
	#[pallet::storage]
	pub type Models<T: Config> = StorageMap<_, Twox64Concat, ModelId, ModelOf<T>>;

	/// The models of each owner. The second key is the id in big-endian bytes, so that iteration is in the order of ids.
	#[pallet::storage]
	pub type OwnedModels<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, [u8; 4], ()>;

	/// The versions of each model.
	#[pallet::storage]
	pub type Versions<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ModelId, Twox64Concat, VersionNumber, VersionOf<T>>;

	/// The chunks that arrived for versions that are being uploaded.
	#[pallet::storage]
	pub type Chunks<T: Config> = StorageDoubleMap<_, Twox64Concat, VersionRef, Twox64Concat, ChunkIndex, ChunkOf<T>>;

	/// The validated programs of versions that are not revoked.
	#[pallet::storage]
	pub type Programs<T: Config> = StorageMap<_, Twox64Concat, VersionRef, ProgramOf<T>>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A model was registered.
		ModelRegistered {
			/// Its id.
			model: ModelId,
			/// Its owner.
			owner: T::AccountId,
			/// Its name, UTF-8.
			name: NameOf<T>,
		},
		/// A version was published.
		VersionPublished {
			/// The model.
			model: ModelId,
			/// The version.
			version: VersionNumber,
			/// Kind of artefact.
			format: Format,
			/// BLAKE2b-256 of the artefact.
			artefact_hash: H256,
			/// Size of the artefact in bytes.
			artefact_size: u64,
			/// BLAKE2b-256 of the manifest.
			manifest_hash: H256,
			/// The version it was derived from.
			parent: Option<VersionRef>,
		},
		/// A chunk of a program was stored.
		ChunkUploaded {
			/// The model.
			model: ModelId,
			/// The version.
			version: VersionNumber,
			/// The chunk's place.
			index: ChunkIndex,
			/// BLAKE2b-256 of the chunk.
			hash: H256,
		},
		/// A program is complete, validated and stored. Its version is now `Ready`.
		VersionFinalised {
			/// The model.
			model: ModelId,
			/// The version.
			version: VersionNumber,
			/// BLAKE2b-256 of the program.
			artefact_hash: H256,
		},
		/// A version is offered for use and is the model's default.
		VersionActivated {
			/// The model.
			model: ModelId,
			/// The version.
			version: VersionNumber,
		},
		/// A version still runs, but should be replaced.
		VersionDeprecated {
			/// The model.
			model: ModelId,
			/// The version.
			version: VersionNumber,
			/// The version to move to.
			successor: Option<VersionNumber>,
		},
		/// A version must not run any more. Its program, if it had one, is deleted.
		VersionRevoked {
			/// The model.
			model: ModelId,
			/// The version.
			version: VersionNumber,
			/// Who did it.
			by: Revoker,
			/// Why, UTF-8.
			reason: ReasonOf<T>,
		},
		/// A version that had never been activated was removed, and its deposits returned.
		VersionRemoved {
			/// The model.
			model: ModelId,
			/// The version.
			version: VersionNumber,
		},
		/// A model without versions was removed, and its deposit returned.
		ModelRemoved {
			/// The model.
			model: ModelId,
			/// Who owned it.
			owner: T::AccountId,
		},
		/// The owner offered a model to another account. An earlier offer is void.
		TransferOffered {
			/// The model.
			model: ModelId,
			/// Its owner.
			owner: T::AccountId,
			/// Who may accept.
			to: T::AccountId,
		},
		/// The owner withdrew the offer.
		TransferCancelled {
			/// The model.
			model: ModelId,
			/// Who could have accepted.
			to: T::AccountId,
		},
		/// A model and all its deposits have a new owner.
		OwnershipTransferred {
			/// The model.
			model: ModelId,
			/// Who owned it.
			from: T::AccountId,
			/// Who owns it now.
			to: T::AccountId,
		},
	}

	/// Why a call failed.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no model with this id, or it was removed. Look the id up with the view function `models_of`.
		ModelNotFound,
		/// The model has no version with this number, or it was removed. Look it up with the view function `versions`.
		VersionNotFound,
		/// Only the model's owner may do this. Sign with the account that the view function `model` shows as the owner.
		NotOwner,
		/// The name is empty, is not UTF-8, has control characters, or starts or ends with white space. Choose another one.
		InvalidName,
		/// The licence is empty or has characters that no SPDX expression has. Use an SPDX identifier such as `Apache-2.0`, or
		/// `LicenseRef-` with a name of your own.
		InvalidLicence,
		/// The manifest's CID does not belong to the manifest's hash. Compute it as CIDv1, raw, blake2b-256, base32 from the
		/// canonical bytes of the manifest.
		ManifestCidMismatch,
		/// The reason is empty or is not UTF-8. Say in words why the version is revoked.
		InvalidReason,
		/// The artefact has size 0. State its real size in bytes.
		EmptyArtefact,
		/// The program is larger than `MaxProgramBytes`. Make it smaller, or publish it in a format that providers run.
		ProgramTooLarge,
		/// The royalty's share is above the governed bound. Lower it.
		RoyaltyShareTooHigh,
		/// The royalty's minimum is above the governed bound. Lower it.
		RoyaltyMinimumTooHigh,
		/// The parent does not exist. Give the model and version it really was derived from, or none.
		ParentNotFound,
		/// The parent is not active or deprecated. Activate it first, or choose a version that was not revoked.
		ParentNotUsable,
		/// The model has `MaxVersionsPerModel` versions. Remove versions that were never activated, or register another model.
		TooManyVersions,
		/// All ids or numbers are used up. Register another model; if models themselves are used up, the chain must be upgraded.
		IdsExhausted,
		/// The version takes no chunks: its program is complete, or its format keeps the artefact off the chain. Publish a new
		/// version to change anything.
		NotUploading,
		/// The program has fewer chunks than that. Indices count from 0 in steps of `ChunkBytes`.
		ChunkIndexTooHigh,
		/// Every chunk must have `ChunkBytes` bytes, and the last one the rest of the program. Cut the artefact that way.
		ChunkSizeMismatch,
		/// A chunk has not arrived yet. The view function `upload_status` lists what is missing.
		ChunkMissing,
		/// The uploaded bytes do not have the hash that was published. Send the wrong chunks again, or remove the version and
		/// publish it with the right hash.
		ArtefactHashMismatch,
		/// The uploaded bytes are no valid program. Check the file with `aivm model check`, remove the version and publish a
		/// program that passes.
		InvalidProgram(ProgramFault),
		/// The program is not finalised yet. Upload what is missing and finalise.
		NotReady,
		/// The version is active already. There is nothing to do.
		AlreadyActive,
		/// The version was revoked, which is final. Publish a new version.
		Revoked,
		/// Only an active or deprecated version can be deprecated. Activate it, or remove it if nobody shall use it.
		NotActive,
		/// A version cannot succeed itself. Name another one, or none.
		SuccessorIsSelf,
		/// The successor is not an active version of the same model. Activate it first.
		SuccessorNotActive,
		/// The version was activated or revoked, so receipts may point to it for ever. Deprecate or revoke it instead.
		VersionInUse,
		/// The model still has versions. Remove them first; a model whose versions were activated or revoked stays for ever.
		ModelHasVersions,
		/// The model already belongs to that account. Offer it to another one.
		AlreadyOwner,
		/// The model is not offered to anybody. Offer it first.
		NoTransferOffered,
		/// The model is not offered to the signer. Sign with the account that the view function `model` shows as `offered_to`.
		NotOffered,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			Self::do_integrity_test();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call(weight = <T as Config>::WeightInfo)]
	impl<T: Config> Pallet<T> {
		/// Registers a model that belongs to the signer.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the future owner.
		///
		/// ## Details
		///
		/// Takes the deposit for the model's record. Names need not be unique: the id in the event identifies the model.
		///
		/// ## Errors
		///
		/// [`Error::InvalidName`], [`Error::IdsExhausted`], or the token's error if the signer cannot pay the deposit.
		///
		/// ## Events
		///
		/// [`Event::ModelRegistered`].
		#[pallet::call_index(0)]
		pub fn register_model(origin: OriginFor<T>, name: NameOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register_model(who, name)
		}

		/// Publishes the next version of a model.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the model's owner.
		///
		/// ## Details
		///
		/// Nothing of `spec` can be changed later. Takes the deposit for the version's record and, in format
		/// [`Format::Program`], for the whole program. Such a version starts as `Uploading`; every other one is `Ready` at once.
		/// The parent must be active or deprecated, and may belong to any model.
		///
		/// ## Errors
		///
		/// [`Error::ModelNotFound`], [`Error::NotOwner`], [`Error::InvalidLicence`], [`Error::ManifestCidMismatch`],
		/// [`Error::EmptyArtefact`], [`Error::ProgramTooLarge`], [`Error::RoyaltyShareTooHigh`],
		/// [`Error::RoyaltyMinimumTooHigh`], [`Error::ParentNotFound`], [`Error::ParentNotUsable`],
		/// [`Error::TooManyVersions`], [`Error::IdsExhausted`], or the token's error if the signer cannot pay the deposits.
		///
		/// ## Events
		///
		/// [`Event::VersionPublished`].
		#[pallet::call_index(1)]
		pub fn publish_version(origin: OriginFor<T>, model: ModelId, spec: VersionSpecOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_publish_version(who, model, spec)
		}

		/// Stores one chunk of a version's program.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the model's owner.
		///
		/// ## Details
		///
		/// Chunk `index` holds the bytes from `index * ChunkBytes`. It has exactly `ChunkBytes` bytes; the last one has the rest.
		/// Chunks may come in any order, and one that comes again replaces the former one. The deposit was taken when the
		/// version was published.
		///
		/// ## Errors
		///
		/// [`Error::ModelNotFound`], [`Error::NotOwner`], [`Error::VersionNotFound`], [`Error::NotUploading`],
		/// [`Error::ChunkIndexTooHigh`], [`Error::ChunkSizeMismatch`].
		///
		/// ## Events
		///
		/// [`Event::ChunkUploaded`].
		#[pallet::call_index(2)]
		#[pallet::weight(<T as Config>::WeightInfo::upload_chunk(Pallet::<T>::saturated_len(bytes)))]
		pub fn upload_chunk(
			origin: OriginFor<T>,
			model: ModelId,
			version: VersionNumber,
			index: ChunkIndex,
			bytes: ChunkOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_upload_chunk(who, VersionRef { model, version }, index, bytes)
		}

		/// Puts the chunks of a version together, validates the program and stores it.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the model's owner.
		///
		/// ## Details
		///
		/// The version becomes `Ready`. If anything is wrong, nothing changes and the chunks stay, so that the wrong ones can be
		/// sent again. The weight for the largest program is charged first; what the declared size does not need is returned,
		/// also on failure.
		///
		/// ## Errors
		///
		/// [`Error::ModelNotFound`], [`Error::NotOwner`], [`Error::VersionNotFound`], [`Error::NotUploading`],
		/// [`Error::ChunkMissing`], [`Error::ArtefactHashMismatch`], [`Error::InvalidProgram`].
		///
		/// ## Events
		///
		/// [`Event::VersionFinalised`].
		#[pallet::call_index(3)]
		#[pallet::weight(<T as Config>::WeightInfo::finalise_version(Pallet::<T>::max_chunks()))]
		pub fn finalise_version(
			origin: OriginFor<T>,
			model: ModelId,
			version: VersionNumber,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_finalise_version(who, VersionRef { model, version })
		}

		/// Offers a version for use and makes it the model's default.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the model's owner.
		///
		/// ## Details
		///
		/// The version must be `Ready`, or `Deprecated` to take a deprecation back. The formerly default version stays as it is.
		///
		/// ## Errors
		///
		/// [`Error::ModelNotFound`], [`Error::NotOwner`], [`Error::VersionNotFound`], [`Error::NotReady`],
		/// [`Error::AlreadyActive`], [`Error::Revoked`].
		///
		/// ## Events
		///
		/// [`Event::VersionActivated`].
		#[pallet::call_index(4)]
		pub fn activate(origin: OriginFor<T>, model: ModelId, version: VersionNumber) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_activate(who, VersionRef { model, version })
		}

		/// Says that a version should be replaced, and by which one. It still runs.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the model's owner.
		///
		/// ## Details
		///
		/// The successor must be an active version of the same model. If the deprecated version was the model's default, the
		/// successor becomes it; without a successor the model has none. A deprecated version can be deprecated again to name
		/// another successor. Following successors always ends, because each was active when it was named.
		///
		/// ## Errors
		///
		/// [`Error::ModelNotFound`], [`Error::NotOwner`], [`Error::VersionNotFound`], [`Error::NotActive`],
		/// [`Error::Revoked`], [`Error::SuccessorIsSelf`], [`Error::SuccessorNotActive`].
		///
		/// ## Events
		///
		/// [`Event::VersionDeprecated`].
		#[pallet::call_index(5)]
		pub fn deprecate(
			origin: OriginFor<T>,
			model: ModelId,
			version: VersionNumber,
			successor: Option<VersionNumber>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_deprecate(who, VersionRef { model, version }, successor)
		}

		/// Forbids a version for ever.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the model's owner; or [`Config::RevokeOrigin`].
		///
		/// ## Details
		///
		/// Deletes the program or its chunks and returns their deposit to the model's owner. The record stays for ever, with its
		/// deposit, so that old receipts can be explained. Works in every state but `Revoked`.
		///
		/// ## Errors
		///
		/// [`Error::ModelNotFound`], [`Error::NotOwner`], [`Error::VersionNotFound`], [`Error::Revoked`],
		/// [`Error::InvalidReason`].
		///
		/// ## Events
		///
		/// [`Event::VersionRevoked`].
		#[pallet::call_index(6)]
		#[pallet::weight(<T as Config>::WeightInfo::revoke(Pallet::<T>::max_chunks()))]
		pub fn revoke(
			origin: OriginFor<T>,
			model: ModelId,
			version: VersionNumber,
			reason: ReasonOf<T>,
		) -> DispatchResultWithPostInfo {
			let who = match T::RevokeOrigin::try_origin(origin) {
				Ok(_) => None,
				Err(origin) => Some(ensure_signed(origin)?),
			};
			Self::do_revoke(who, VersionRef { model, version }, reason)
		}

		/// Removes a version that was never activated, for instance to abort its upload.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the model's owner.
		///
		/// ## Details
		///
		/// Deletes the record, the program and the chunks, and returns all their deposits. The number is not used again.
		///
		/// ## Errors
		///
		/// [`Error::ModelNotFound`], [`Error::NotOwner`], [`Error::VersionNotFound`], [`Error::VersionInUse`].
		///
		/// ## Events
		///
		/// [`Event::VersionRemoved`].
		#[pallet::call_index(7)]
		#[pallet::weight(<T as Config>::WeightInfo::remove_version(Pallet::<T>::max_chunks()))]
		pub fn remove_version(
			origin: OriginFor<T>,
			model: ModelId,
			version: VersionNumber,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_remove_version(who, VersionRef { model, version })
		}

		/// Removes a model that has no versions.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the model's owner.
		///
		/// ## Details
		///
		/// Returns the deposit for the model's record. The id is not used again.
		///
		/// ## Errors
		///
		/// [`Error::ModelNotFound`], [`Error::NotOwner`], [`Error::ModelHasVersions`].
		///
		/// ## Events
		///
		/// [`Event::ModelRemoved`].
		#[pallet::call_index(8)]
		pub fn remove_model(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_remove_model(who, model)
		}

		/// Offers a model to another account.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the model's owner.
		///
		/// ## Details
		///
		/// Nothing moves until `new_owner` accepts. A new offer replaces the former one.
		///
		/// ## Errors
		///
		/// [`Error::ModelNotFound`], [`Error::NotOwner`], [`Error::AlreadyOwner`].
		///
		/// ## Events
		///
		/// [`Event::TransferOffered`].
		#[pallet::call_index(9)]
		pub fn transfer_ownership(
			origin: OriginFor<T>,
			model: ModelId,
			new_owner: <T::Lookup as StaticLookup>::Source,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let new_owner = T::Lookup::lookup(new_owner)?;
			Self::do_transfer_ownership(who, model, new_owner)
		}

		/// Withdraws the offer of a model.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the model's owner.
		///
		/// ## Details
		///
		/// The model stays with its owner.
		///
		/// ## Errors
		///
		/// [`Error::ModelNotFound`], [`Error::NotOwner`], [`Error::NoTransferOffered`].
		///
		/// ## Events
		///
		/// [`Event::TransferCancelled`].
		#[pallet::call_index(10)]
		pub fn cancel_transfer(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel_transfer(who, model)
		}

		/// Takes over a model that was offered to the signer.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the account that the model is offered to.
		///
		/// ## Details
		///
		/// The signer pays the deposits for the model, its versions and programs at the present prices, and the former owner gets
		/// back what was held for them. Royalties go to the signer from now on. The weight for `MaxVersionsPerModel` versions is
		/// charged first; what the model does not need is returned, also on failure.
		///
		/// ## Errors
		///
		/// [`Error::ModelNotFound`], [`Error::NotOffered`], or the token's error if the signer cannot pay the deposits.
		///
		/// ## Events
		///
		/// [`Event::OwnershipTransferred`].
		#[pallet::call_index(11)]
		#[pallet::weight(<T as Config>::WeightInfo::accept_transfer(T::MaxVersionsPerModel::get()))]
		pub fn accept_transfer(origin: OriginFor<T>, model: ModelId) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_accept_transfer(who, model)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// One model, or `None` if there is none with this id.
		pub fn model(model: ModelId) -> Option<ModelViewOf<T>> {
			Self::view_model(model)
		}

		/// The models with ids from `start`, in order of id. At most `limit`, and never more than `MaxPageSize`, ids are
		/// visited; removed ones leave gaps.
		pub fn models(start: ModelId, limit: u32) -> Page<ModelViewOf<T>> {
			Self::view_models(start, limit)
		}

		/// The models of `owner` with ids from `start`, in order of id: at most `limit` and never more than `MaxPageSize`.
		pub fn models_of(owner: T::AccountId, start: ModelId, limit: u32) -> Page<ModelViewOf<T>> {
			Self::view_models_of(owner, start, limit)
		}

		/// One version of a model, or `None` if there is no such version.
		pub fn version(model: ModelId, version: VersionNumber) -> Option<VersionViewOf<T>> {
			Self::view_version(VersionRef { model, version })
		}

		/// The versions of `model` with numbers from `start`, in order of number. At most `limit`, and never more than
		/// `MaxPageSize`, numbers are visited; removed ones leave gaps.
		pub fn versions(model: ModelId, start: VersionNumber, limit: u32) -> Page<VersionViewOf<T>> {
			Self::view_versions(model, start, limit)
		}

		/// How far the upload of a version is, or `None` if it is not being uploaded.
		pub fn upload_status(model: ModelId, version: VersionNumber) -> Option<UploadStatus> {
			Self::view_upload_status(VersionRef { model, version })
		}

		/// The version that clients use when they name none: the one activated last, or its successor. `None` if the model
		/// has none.
		pub fn active_version(model: ModelId) -> Option<VersionNumber> {
			Models::<T>::get(model).and_then(|record| record.default_version)
		}

		/// The ancestors of a version, from its parent on: at most `limit` and never more than `MaxPageSize`. If the last one
		/// has a parent, ask again with that one.
		pub fn lineage(model: ModelId, version: VersionNumber, limit: u32) -> Vec<VersionViewOf<T>> {
			Self::view_lineage(VersionRef { model, version }, limit)
		}
	}
}
