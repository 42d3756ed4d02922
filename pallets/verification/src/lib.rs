// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # Verification pallet
//!
//! Keeps verifying keys, verifies proofs, and judges the evidence that providers bring for tasks.
//!
//! ## Terminology
//!
//! - *Key*: a verifying key of one circuit. It is checked once, when it is registered, and never changes.
//! - *Statement*: what a proof proves. Standalone, that is the key with its public inputs; for a task, it is
//!   [`aivm_verification::Statement`], whose hash is one of the public inputs.
//! - *Kind*: one way to convince the chain of a run. Each is a module of [`kinds`].
//!
//! ## Scenario 1: a model's runs become provable
//!
//! 1. Alice compiles her model's version into a circuit and runs a ceremony with others.
//! 2. She calls [`register_key`](Pallet::register_key) with the verifying key, bound to the version. The chain checks every point
//!    of it, and that its secrets do not give each other away.
//! 3. Anybody compiles the version as well, checks the ceremony's transcript, and compares the digest that the view function
//!    `key` shows.
//! 4. Requesters name the key in their terms. A key of a single party is taken only from requesters who say so.
//! 5. If its secrets get out, [`revoke_key`](Pallet::revoke_key) ends it: what is verified after that does not count.
//!
//! ## Scenario 2: a proof of another system
//!
//! 1. Bob registers the key of a circuit that has nothing to do with models, under the name of its system.
//! 2. Anybody calls [`verify`](Pallet::verify) with public inputs and a proof. The chain announces the statement, once: proofs can
//!    be changed into other proofs of the same statement, so it is the statement that is remembered.
//!
//! ## How another kind of evidence plugs in
//!
//! See [`kinds`]: one module, one variant in each of its enums.
//!
//! ## Money
//!
//! What is stored is paid for with deposits: [`HoldReason::Key`] for a key, most of which comes back when it is revoked, and
//! [`HoldReason::Statement`] for a statement, which comes back with [`forget`](Pallet::forget) once its key is revoked: only then
//! can the statement not be verified again.

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
mod benchmarking;
mod fault;
mod impls;
pub mod kinds;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
mod types;
pub mod weights;

pub use fault::{KeyFault, ProofFault};
pub use pallet::*;
pub use types::{
	Binding, BindingOf, Inputs, Key, KeyOf, KeyState, KeyView, KeyViewOf, Layout, Page, PreparedKey, Proof, Proven,
	Runs, Setup, SystemOf, VerifiedOf, VerifiedStatement, Weights, WireKey, MAX_BATCH, MAX_INPUTS, MAX_KEY_LEN,
	MAX_PREPARED_LEN, MAX_PROOF_LEN,
};
pub use weights::WeightInfo;

/// Configuration, storage, events, errors, view functions and calls.
#[allow(clippy::expect_used, reason = "the code that the macro writes for the metadata has `expect`s")]
#[frame_support::pallet]
pub mod pallet {
	use aivm_traits::{Balance, KeyId, ModelInspect, VersionRef};
	use aivm_verification::{Curve, Groth16, Scalar};
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Inspect, InspectHold, MutateHold},
			EnsureOrigin, Footprint,
		},
	};
	use frame_system::pallet_prelude::*;
	use sp_core::{crypto::AccountId32, H256};
	use sp_runtime::traits::Convert;

	use crate::{
		BindingOf, KeyFault, KeyOf, KeyViewOf, Page, PreparedKey, ProofFault, Proven, Setup, VerifiedOf, WeightInfo,
		WireKey, MAX_BATCH,
	};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<AccountId = AccountId32, Hash = H256, RuntimeEvent: From<Event<Self>>>
	{
		/// Weights of this pallet's work.
		type WeightInfo: WeightInfo;

		/// The runtime's reason for a hold.
		type RuntimeHoldReason: From<HoldReason>;

		/// The native token, on which the deposits are held.
		#[cfg(not(feature = "runtime-benchmarks"))]
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;
		/// The native token, on which the deposits are held.
		#[cfg(feature = "runtime-benchmarks")]
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ frame_support::traits::fungible::Mutate<Self::AccountId, Balance = Balance>;

		/// What the deposit for storage is, by its footprint.
		type DepositPrice: Convert<Footprint, Balance>;

		/// Where models come from.
		type Models: ModelInspect<Self::AccountId>;

		/// What verifies proofs. It must agree with [`aivm_verification::Portable`], which view functions use.
		type Groth16: Groth16;

		/// Who can revoke any key, besides its owner and the owner of its model.
		type RevokeOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Longest name of an external system, in bytes. Never reduce it: stored names would not decode.
		#[pallet::constant]
		type MaxSystemLen: Get<u32>;

		/// Longest input or output, in bytes, that the chain commits to.
		#[pallet::constant]
		type MaxCommittedLen: Get<u32>;

		/// The most items that one page of a view function holds.
		#[pallet::constant]
		type MaxPageSize: Get<u32>;
	}

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Deposit for keys.
		#[codec(index = 0)]
		Key,
		/// Deposit for statements that were verified standalone.
		#[codec(index = 1)]
		Statement,
	}

	// The chain counts keys itself, and only the owner of a version writes under it, so nobody can choose keys that unbalance
	// the trie and the cheap `Twox64Concat` is enough.

	/// The id that the next key gets.
	#[pallet::storage]
	pub type NextKeyId<T: Config> = StorageValue<_, KeyId, ValueQuery>;

	/// The keys. None is ever removed, so that receipts can be explained for ever.
	#[pallet::storage]
	pub type Keys<T: Config> = StorageMap<_, Twox64Concat, KeyId, KeyOf<T>>;

	/// What is needed of each active key to verify proofs with it.
	#[pallet::storage]
	pub type Prepared<T: Config> = StorageMap<_, Twox64Concat, KeyId, PreparedKey>;

	/// The keys of each version. The second key is the id in big-endian bytes, so that iteration is in the order of ids.
	#[pallet::storage]
	pub type KeysOf<T: Config> = StorageDoubleMap<_, Twox64Concat, VersionRef, Identity, [u8; 4], ()>;

	/// The commitment to the weights of each version that has keys for private weights. Never changes.
	#[pallet::storage]
	pub type PinnedWeights<T: Config> = StorageMap<_, Twox64Concat, VersionRef, Scalar>;

	/// The statements that were verified standalone, by their hash.
	// The key is a hash already.
	#[pallet::storage]
	pub type Statements<T: Config> = StorageMap<_, Identity, H256, VerifiedOf<T>>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A key was checked and stored.
		KeyRegistered {
			/// Its id.
			key: KeyId,
			/// Who registered it.
			owner: T::AccountId,
			/// Its curve.
			curve: Curve,
			/// Its number of public inputs.
			inputs: u8,
			/// BLAKE2b-256 of its wire form.
			digest: H256,
			/// Whether one party may be able to forge proofs.
			single_party: bool,
		},
		/// A key does not count any more.
		KeyRevoked {
			/// The key.
			key: KeyId,
		},
		/// A statement was proved.
		Verified {
			/// The key that it was proved for.
			key: KeyId,
			/// The statement's hash.
			statement: H256,
			/// The public inputs.
			inputs: crate::Inputs,
			/// Who brought the proof.
			submitter: T::AccountId,
		},
		/// The record of a statement was removed, as its key is revoked.
		Forgotten {
			/// The statement's hash.
			statement: H256,
		},
	}

	/// Why a call failed.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no key with this id. Look it up with the view function `keys` or `keys_of`.
		KeyNotFound,
		/// The key was revoked, so its proofs do not count any more. Use another key.
		KeyRevoked,
		/// Only the key's owner, the owner of its model, or governance may do this.
		NotOwner,
		/// The key is not acceptable.
		InvalidKey(KeyFault),
		/// The version does not exist. Check the numbers of the model and the version.
		VersionNotFound,
		/// The version was revoked, so no runs of it are to be proved. Use another version.
		VersionRevoked,
		/// Only the model's owner may bind keys to its versions.
		NotModelOwner,
		/// The key is on a curve that is not used for this purpose: BLS12-381 for AIVM's own circuits, BN254 for RISC Zero and
		/// SP1.
		WrongCurve,
		/// The key does not have as many public inputs as its purpose takes.
		WrongInputCount,
		/// A commitment or a control id is not below the order of the curve's group. Reduce it.
		ScalarNotCanonical,
		/// Another commitment to this version's weights was pinned by an earlier key. Publish other weights as a new version.
		OtherWeights,
		/// The system's name is empty or not UTF-8. Use the name that its makers use.
		InvalidSystem,
		/// A ceremony has at least two parties, and a beacon is none of them. Declare the key as `SingleParty`.
		TooFewParties,
		/// All key ids are used up. The chain must be upgraded.
		IdsExhausted,
		/// The proof does not prove these inputs with this key.
		WrongProof(ProofFault),
		/// The proof with this number in the batch, counted from 0, does not prove its inputs. The view function `check` tells
		/// why. Nothing of the batch counts.
		WrongProofInBatch(u8),
		/// The batch has no proofs. Give at least one.
		EmptyBatch,
		/// The statement was verified before. Its event is in the block in which it was.
		AlreadyVerified,
		/// There is no record of this statement. Compute its hash with the view function `statement_hash`.
		StatementNotFound,
		/// Only who brought the proof may do this.
		NotSubmitter,
		/// The statement's key is not revoked, so the record must stay: without it, the statement could be verified again.
		KeyStillActive,
		/// The key does not prove runs of this version. Look the version's keys up with the view function `keys_of`.
		KeyForOtherVersion,
		/// The key was made by a single party, who may be able to forge proofs. Accept that in the terms, or use another key.
		SinglePartyKey,
		/// The proof does not have the length of proofs of the key's curve.
		WrongProofLength,
		/// The evidence does not hold exactly the public inputs that the key's layout leaves to the prover. The view function
		/// `demand` of the tasks tells how many.
		WrongFreeInputCount,
		/// What the chain stored cannot be read. No transaction causes this; report it.
		Corrupt,
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
		/// Registers a verifying key.
		///
		/// ## Dispatch Origin
		///
		/// Signed. A key for runs of a version: by the owner of its model. Any other: by anybody.
		///
		/// ## Details
		///
		/// - `curve`, `key`: the key, compressed: alpha, beta, gamma, delta, IC. Each point is checked, and that no two of them
		///   give the secrets away.
		/// - `binding`: what the key is for. See [`crate::Binding`].
		/// - `setup`: how the key came to be. The chain cannot check it; the transcript's hash lets others do so.
		///
		/// Takes a deposit by the key's length. Nothing of the key ever changes, but that it can be revoked.
		///
		/// ## Errors
		///
		/// [`Error::InvalidKey`], [`Error::TooFewParties`], [`Error::InvalidSystem`], [`Error::VersionNotFound`],
		/// [`Error::VersionRevoked`], [`Error::NotModelOwner`], [`Error::WrongCurve`], [`Error::WrongInputCount`],
		/// [`Error::ScalarNotCanonical`], [`Error::OtherWeights`], [`Error::IdsExhausted`], or the token's error if the signer
		/// cannot pay the deposit.
		///
		/// ## Events
		///
		/// [`Event::KeyRegistered`].
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::register_weight(*curve, key.len()))]
		pub fn register_key(
			origin: OriginFor<T>,
			curve: Curve,
			key: WireKey,
			binding: BindingOf<T>,
			setup: Setup,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register_key(who, curve, &key, binding, setup)
		}

		/// Ends a key for ever.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by the key's owner or the owner of the model that it is bound to; or [`Config::RevokeOrigin`].
		///
		/// ## Details
		///
		/// Nothing is verified with the key any more, also not for tasks that were requested before: their requesters are
		/// refunded. The key's owner gets the deposit for the prepared key back; the record stays, with its deposit.
		///
		/// ## Errors
		///
		/// [`Error::KeyNotFound`], [`Error::KeyRevoked`], [`Error::NotOwner`].
		///
		/// ## Events
		///
		/// [`Event::KeyRevoked`].
		#[pallet::call_index(1)]
		pub fn revoke_key(origin: OriginFor<T>, key: KeyId) -> DispatchResult {
			let who = match T::RevokeOrigin::try_origin(origin) {
				Ok(_) => None,
				Err(origin) => Some(ensure_signed(origin)?),
			};
			Self::do_revoke_key(who, key)
		}

		/// Verifies a proof and announces its statement.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by anybody.
		///
		/// ## Details
		///
		/// A statement, which is a key with public inputs, is verified once. It says nothing about who brings the proof: a
		/// circuit that must not be answered by a copy binds the submitter in its inputs.
		///
		/// Takes a deposit for the record of the statement; see [`Pallet::forget`].
		///
		/// ## Errors
		///
		/// [`Error::KeyNotFound`], [`Error::KeyRevoked`], [`Error::AlreadyVerified`], [`Error::WrongProof`], or the token's error
		/// if the signer cannot pay the deposit.
		///
		/// ## Events
		///
		/// [`Event::Verified`].
		#[pallet::call_index(2)]
		#[pallet::weight(Pallet::<T>::verify_weight(proven))]
		pub fn verify(origin: OriginFor<T>, key: KeyId, proven: Proven) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_verify(who, key, proven)
		}

		/// Verifies up to 64 proofs for one key together, which is much cheaper than one by one.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by anybody.
		///
		/// ## Details
		///
		/// As [`Pallet::verify`] for each of them, but all or nothing: if one is wrong, nothing happened. The weight for finding the
		/// wrong one is charged first; it is given back if there is none.
		///
		/// ## Errors
		///
		/// [`Error::EmptyBatch`], [`Error::KeyNotFound`], [`Error::KeyRevoked`], [`Error::AlreadyVerified`] (also if a statement is
		/// in the batch twice), [`Error::WrongProofInBatch`], or the token's error if the signer cannot pay the deposits.
		///
		/// ## Events
		///
		/// [`Event::Verified`] for each.
		#[pallet::call_index(3)]
		#[pallet::weight(Pallet::<T>::batch_weight(proven, true))]
		pub fn verify_batch(
			origin: OriginFor<T>,
			key: KeyId,
			proven: BoundedVec<Proven, ConstU32<MAX_BATCH>>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_verify_batch(who, key, proven)
		}

		/// Removes the record of a statement, and gives its deposit back.
		///
		/// ## Dispatch Origin
		///
		/// Signed, by who brought the proof.
		///
		/// ## Details
		///
		/// - `statement`: the hash in [`Event::Verified`].
		///
		/// The statement's key must be revoked: as long as it is not, the record keeps the statement from being verified again.
		///
		/// ## Errors
		///
		/// [`Error::StatementNotFound`], [`Error::NotSubmitter`], [`Error::KeyStillActive`].
		///
		/// ## Events
		///
		/// [`Event::Forgotten`].
		#[pallet::call_index(4)]
		pub fn forget(origin: OriginFor<T>, statement: H256) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_forget(who, statement)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// One key, or `None` if there is none with this id.
		pub fn key(key: KeyId) -> Option<KeyViewOf<T>> {
			Self::view_key(key)
		}

		/// The keys with ids from `start`, in order: at most `limit` and never more than `MaxPageSize`.
		pub fn keys(start: KeyId, limit: u32) -> Page<KeyViewOf<T>> {
			Self::view_keys(start, limit)
		}

		/// The keys for runs of `version` with ids from `start`, in order: at most `limit` and never more than `MaxPageSize`.
		pub fn keys_of(version: VersionRef, start: KeyId, limit: u32) -> Page<KeyViewOf<T>> {
			Self::view_keys_of(version, start, limit)
		}

		/// The commitment that the private weights of `version` have, if a key pinned one.
		pub fn pinned_weights(version: VersionRef) -> Option<Scalar> {
			PinnedWeights::<T>::get(version)
		}

		/// The deposit for a key on `curve` with so many public inputs.
		pub fn key_deposit(curve: Curve, inputs: u8) -> Balance {
			Self::deposit_for_key(curve.prepared_len(usize::from(inputs)))
		}

		/// The deposit for a statement.
		pub fn statement_deposit() -> Balance {
			Self::deposit_for_statement()
		}

		/// The hash under which a statement is remembered: BLAKE2b-256 of the encoded key id and public inputs.
		pub fn statement_hash(key: KeyId, inputs: Vec<Scalar>) -> H256 {
			Self::hash_of(key, &inputs)
		}

		/// Whether a statement was verified standalone.
		pub fn is_nullified(key: KeyId, inputs: Vec<Scalar>) -> bool {
			Statements::<T>::contains_key(Self::hash_of(key, &inputs))
		}

		/// Whether [`Pallet::verify`] would succeed, the deposit aside, or why not.
		pub fn check(key: KeyId, inputs: Vec<Scalar>, proof: Vec<u8>) -> Result<(), DispatchError> {
			Self::view_check(key, &inputs, &proof)
		}
	}
}
