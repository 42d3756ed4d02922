// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the pallet stores and what it shows.

use aivm_traits::{Balance, KeyId, VersionRef};
use aivm_verification::{groth16, Curve, Scalar};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_core::H256;

use crate::Config;

/// Bytes of the longest verifying key in its wire form.
pub const MAX_KEY_LEN: u32 = groth16::MAX_KEY_LEN as u32;
/// Bytes of the longest proof.
pub const MAX_PROOF_LEN: u32 = groth16::MAX_PROOF_LEN as u32;
/// Bytes of the longest prepared key.
pub const MAX_PREPARED_LEN: u32 = groth16::MAX_PREPARED_LEN as u32;
/// Most public inputs that a key may have.
pub const MAX_INPUTS: u32 = groth16::MAX_INPUTS as u32;
/// Most proofs that are verified together.
pub const MAX_BATCH: u32 = groth16::MAX_BATCH as u32;

/// A verifying key in its wire form.
pub type WireKey = BoundedVec<u8, ConstU32<MAX_KEY_LEN>>;
/// A verifying key as the chain prepared it.
pub type PreparedKey = BoundedVec<u8, ConstU32<MAX_PREPARED_LEN>>;
/// A proof in its wire form.
pub type Proof = BoundedVec<u8, ConstU32<MAX_PROOF_LEN>>;
/// Public inputs.
pub type Inputs = BoundedVec<Scalar, ConstU32<MAX_INPUTS>>;
/// Name of an external proof system, UTF-8.
pub type SystemOf<T> = BoundedVec<u8, <T as Config>::MaxSystemLen>;
/// What a key of this chain is for.
pub type BindingOf<T> = Binding<SystemOf<T>>;
/// The stored record of a key.
pub type KeyOf<T> = Key<<T as frame_system::Config>::AccountId, SystemOf<T>>;
/// What view functions show of a key.
pub type KeyViewOf<T> = KeyView<<T as frame_system::Config>::AccountId, SystemOf<T>>;
/// The stored record of a statement that was verified.
pub type VerifiedOf<T> = VerifiedStatement<<T as frame_system::Config>::AccountId>;

/// Public inputs and the proof for them.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Proven {
	/// The public inputs: 32 bytes each, little-endian, below the order of the curve's group.
	pub inputs: Inputs,
	/// The proof, compressed: 128 bytes on BN254, 192 on BLS12-381.
	pub proof: Proof,
}

/// Who sees the weights of a model.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weights {
	/// Everybody: they are constants of the circuit, and the first public input names the artefact.
	#[codec(index = 0)]
	Public,
	/// Only provers: the first public input is a commitment to them.
	#[codec(index = 1)]
	Private {
		/// The commitment. The first key of a version pins it for all its keys.
		commitment: Scalar,
	},
}

/// How the public inputs of an external system's proof hold the statement.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layout {
	/// One input is the statement's hash, with its last byte 0. The others are left to the prover, and the circuit must bind
	/// them to the statement.
	#[codec(index = 0)]
	Statement {
		/// Which input, counted from 0.
		at: u8,
	},
	/// A RISC Zero receipt whose journal is the statement's hash.
	#[codec(index = 1)]
	Risc0 {
		/// Root of the control tree.
		control_root: [u8; 32],
		/// Control id of the circuit that the Groth16 proof wraps: a big-endian number below the order of BN254's group.
		control_id: [u8; 32],
		/// Image id of the guest program.
		image: [u8; 32],
	},
	/// A proof of SP1 version 5 whose public values are the statement's hash.
	#[codec(index = 2)]
	Sp1V5 {
		/// Hash of the program's verifying key: a big-endian number below the order of BN254's group.
		program: [u8; 32],
	},
	/// A proof of SP1 version 6 whose public values are the statement's hash. The nonce is left to the prover.
	#[codec(index = 3)]
	Sp1V6 {
		/// Hash of the program's verifying key: a big-endian number below the order of BN254's group.
		program: [u8; 32],
		/// Root of the tree of recursion keys: a big-endian number below the order of BN254's group.
		vk_root: [u8; 32],
	},
}

/// That proofs of an external system are evidence for tasks.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Runs {
	/// The version whose runs they prove.
	pub version: VersionRef,
	/// Where the statement is.
	pub layout: Layout,
}

/// What a key is for.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Binding<System> {
	/// Runs of a version, in a circuit that AIVM's compiler made: on BLS12-381, with the public inputs program, input, output
	/// and statement.
	#[codec(index = 0)]
	Version {
		/// The version.
		version: VersionRef,
		/// Who sees its weights.
		weights: Weights,
	},
	/// Proofs of another system.
	#[codec(index = 1)]
	External {
		/// What its makers call it, UTF-8.
		system: System,
		/// Which runs its proofs are evidence for, if any. Without it, proofs are only verified standalone.
		runs: Option<Runs>,
	},
}

impl<System> Binding<System> {
	/// The version whose runs the key proves.
	pub fn version(&self) -> Option<VersionRef> {
		match self {
			Self::Version { version, .. } => Some(*version),
			Self::External { runs, .. } => runs.map(|runs| runs.version),
		}
	}
}

/// How a key's secrets came to be. Who registers a key declares it; the transcript lets anybody check it.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setup {
	/// One party made the key, and can forge proofs if it kept the secrets.
	#[codec(index = 0)]
	SingleParty,
	/// Several parties made the key: forging takes the secrets of all of them.
	#[codec(index = 1)]
	Ceremony {
		/// How many parties contributed, at least 2. A public beacon is none of them: everybody knows its secret.
		contributions: u32,
		/// Whether a public beacon was mixed in at the end, so that the last party could not choose the result.
		has_beacon: bool,
		/// Hash of the transcript.
		transcript: H256,
	},
}

impl Setup {
	/// Fewest parties of a ceremony.
	pub const PARTIES: u32 = 2;
}

/// Whether a key still counts.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyState {
	/// Proofs are verified with it.
	#[codec(index = 0)]
	Active,
	/// Final: nothing is verified with it any more. Its record explains old receipts.
	#[codec(index = 1)]
	Revoked,
}

/// The stored record of a key. It is never removed.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Key<AccountId, System> {
	/// Who registered it, and whose deposit keeps it.
	pub owner: AccountId,
	/// Its curve.
	pub curve: Curve,
	/// Its number of public inputs.
	pub inputs: u8,
	/// What it is for.
	pub binding: Binding<System>,
	/// How its secrets came to be.
	pub setup: Setup,
	/// Whether it still counts.
	pub state: KeyState,
	/// BLAKE2b-256 of its wire form.
	pub digest: H256,
	/// What is on hold from the owner for it.
	#[codec(compact)]
	pub deposit: Balance,
}

/// What view functions show of a key.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct KeyView<AccountId, System> {
	/// Its id.
	pub id: KeyId,
	/// Who registered it.
	pub owner: AccountId,
	/// Its curve.
	pub curve: Curve,
	/// Its number of public inputs.
	pub inputs: u8,
	/// What it is for.
	pub binding: Binding<System>,
	/// How its secrets came to be.
	pub setup: Setup,
	/// Whether one party may be able to forge proofs: tasks take such a key only if the requester says so.
	pub single_party: bool,
	/// Whether it still counts.
	pub state: KeyState,
	/// BLAKE2b-256 of its wire form, to compare with a key that one has compiled or set up oneself.
	pub digest: H256,
	/// What is on hold from the owner for it.
	pub deposit: Balance,
}

/// The stored record of a statement that was verified standalone.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct VerifiedStatement<AccountId> {
	/// The key that it was proved for.
	pub key: KeyId,
	/// Who brought the proof, and whose deposit keeps the record.
	pub submitter: AccountId,
	/// What is on hold from the submitter for it.
	#[codec(compact)]
	pub deposit: Balance,
}

/// A page of a list.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Page<Item> {
	/// What was found, in ascending order.
	pub items: Vec<Item>,
	/// Where the next page starts; `None` at the end of the list.
	pub next: Option<KeyId>,
}
