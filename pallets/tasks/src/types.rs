// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tasks, quotes, dry runs, and the reasons why an inference is not run.

use aivm_inference::Cost;
use aivm_market_math::{Balance, MathError, Split};
use aivm_receipts::{PolicyDecision, TrustPath};
use aivm_traits::{VersionRef, VersionState};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_core::H256;

use crate::{Refusal, TaskState};

/// An open task. Everything that decides about money was fixed when it was requested.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Task<AccountId, BlockNumber, Terms> {
	/// Who asked and pays.
	pub requester: AccountId,
	/// What runs.
	pub version: VersionRef,
	/// BLAKE2b-256 of the artefact that runs.
	pub artefact_hash: H256,
	/// How the run is trusted.
	pub path: TrustPath,
	/// Where the task is in its life; never a final state.
	pub state: TaskState,
	/// Who computes, once that is known. On the on-chain path: the block's author.
	pub provider: Option<AccountId>,
	/// Who earns the royalty: the model's owner at the time of the request.
	pub royalty_to: AccountId,
	/// Who gets what if the task is settled.
	pub payment: Split,
	/// What is on hold from the requester for this task: the total of `payment`, or nothing on the on-chain path, where a
	/// task ends in the call that opened it.
	#[codec(compact)]
	pub escrow: Balance,
	/// What is on hold from the requester for the task's storage; it comes back when the task ends.
	#[codec(compact)]
	pub deposit: Balance,
	/// What stands for the input: BLAKE2b-256 of its bytes on the on-chain path, else the commitment to it.
	pub input_hash: H256,
	/// Exact length of the output in bytes, if the version is a program and so has one.
	pub output_len: Option<u32>,
	/// The last block in which the task may leave its state before it times out.
	pub deadline: BlockNumber,
	/// What the requester demands of the evidence, on the paths that have any.
	pub terms: Option<Terms>,
	/// What the requester's policy said.
	pub policy: PolicyDecision,
}

/// The input of a task that a provider computes.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Input<Bytes> {
	/// For everybody to see. The chain commits to it, with the salt 0.
	#[codec(index = 0)]
	Public(Bytes),
	/// For the provider alone: the requester made the commitment, and tells the provider the input and the salt.
	#[codec(index = 1)]
	Committed(H256),
}

/// What a request costs and takes now.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct RequestQuote<BlockNumber> {
	/// State of the version; a deprecated one still runs.
	pub state: VersionState,
	/// Exact length of the input in bytes, if the version is a program and so has one.
	pub input_len: Option<u32>,
	/// Exact length of the output in bytes, if the version is a program and so has one.
	pub output_len: Option<u32>,
	/// Longest public input, and longest output, in bytes.
	pub longest: u32,
	/// Who gets what.
	pub payment: Split,
	/// What the requester puts into escrow: the lowest `max_payment` that `request` takes.
	pub total: Balance,
	/// The lowest price that `request` takes: at a lower one, a provider's new account could not take its part.
	pub least_price: Balance,
	/// What the requester puts on hold besides until the task ends, for its storage.
	pub deposit: Balance,
	/// The latest deadline of a request in the next block.
	pub last_deadline: BlockNumber,
}

/// What an inference on the on-chain path costs now.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Quote {
	/// State of the version; a deprecated one still runs.
	pub state: VersionState,
	/// Exact length of the input, in bytes.
	pub input_len: u32,
	/// Exact length of the output, in bytes.
	pub output_len: u32,
	/// The work of one run.
	pub cost: Cost,
	/// Weight of one run: the lowest `weight_limit` that `infer` takes.
	pub weight: Weight,
	/// The highest weight that a run may have on the on-chain path.
	pub heaviest: Weight,
	/// Whether `weight` is within `heaviest`.
	pub fits_block: bool,
	/// Who gets what.
	pub payment: Split,
	/// What the requester pays besides the transaction's fee: the lowest `max_payment` that `infer` takes.
	pub total: Balance,
}

/// What an inference gives and costs, found out without a transaction.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct DryRun {
	/// The output's bytes.
	pub output: Vec<u8>,
	/// What the same inference costs in a transaction.
	pub quote: Quote,
}

/// Why an inference is not run. [`InferError::refusal`] gives the code under which the transaction pool reports it.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum InferError {
	/// There is no such version.
	#[codec(index = 0)]
	UnknownVersion,
	/// The version's program is not completely uploaded and validated.
	#[codec(index = 1)]
	VersionUploading,
	/// The version's owner has not offered it for use.
	#[codec(index = 2)]
	VersionNotActive,
	/// The version must not run any more.
	#[codec(index = 3)]
	VersionRevoked,
	/// The version is no program that the chain can run.
	#[codec(index = 4)]
	NotAProgram {
		/// A path that can run it.
		try_path: TrustPath,
	},
	/// The input's length is not the one that the program takes.
	#[codec(index = 5)]
	WrongInputLength {
		/// What the program takes, in bytes.
		expected: u32,
		/// What it was given, in bytes.
		given: u32,
	},
	/// The program's output does not fit in an event.
	#[codec(index = 6)]
	OutputTooLong {
		/// What the program gives, in bytes.
		length: u32,
		/// The most that fits, in bytes.
		most: u32,
		/// A path that can run it.
		try_path: TrustPath,
	},
	/// One run is more than one transaction may do in a block.
	#[codec(index = 7)]
	TooHeavyForBlock {
		/// Weight of one run.
		required: Weight,
		/// The highest weight that a run may have.
		available: Weight,
		/// A path that can run it; `Committee` is another.
		try_path: TrustPath,
	},
	/// The weight limit is below the weight of one run.
	#[codec(index = 8)]
	WeightLimitTooLow {
		/// Weight of one run.
		required: Weight,
		/// The limit.
		given: Weight,
	},
	/// The governed prices and shares give no price for this run.
	#[codec(index = 9)]
	NoPrice(MathError),
	/// The run costs more than the requester is ready to pay.
	#[codec(index = 10)]
	PaymentAboveMaximum {
		/// What the run costs.
		required: Balance,
		/// The maximum.
		most: Balance,
	},
	/// The requester cannot pay for the run and stay alive.
	#[codec(index = 11)]
	InsufficientBalance {
		/// What the run costs.
		required: Balance,
		/// What the requester can spend, after the transaction's fee and without the existential deposit.
		available: Balance,
	},
	/// The block takes no more receipts.
	#[codec(index = 12)]
	BlockReceiptsFull,
	/// An element of the input stands for no number. Only running the program finds that out.
	#[codec(index = 13)]
	InvalidInput {
		/// Number of the program's input, counted from 0.
		input: u16,
		/// Number of the element in it, counted from 0.
		element: u32,
	},
	/// The registry's program cannot be read. No transaction can cause this.
	#[codec(index = 14)]
	ProgramUnreadable,
	/// A validated program stopped, or gave an output of another length. No transaction can cause this.
	#[codec(index = 15)]
	RunFailed,
}

impl InferError {
	/// The code under which the transaction pool reports this, or `None` if only running the program finds it out.
	pub const fn refusal(&self) -> Option<Refusal> {
		Some(match self {
			Self::UnknownVersion => Refusal::UnknownVersion,
			Self::VersionUploading => Refusal::VersionUploading,
			Self::VersionNotActive => Refusal::VersionNotActive,
			Self::VersionRevoked => Refusal::VersionRevoked,
			Self::NotAProgram { .. } => Refusal::NotAProgram,
			Self::WrongInputLength { .. } => Refusal::WrongInputLength,
			Self::OutputTooLong { .. } => Refusal::OutputTooLong,
			Self::TooHeavyForBlock { .. } => Refusal::TooHeavyForBlock,
			Self::WeightLimitTooLow { .. } => Refusal::WeightLimitTooLow,
			Self::NoPrice(_) => Refusal::NoPrice,
			Self::PaymentAboveMaximum { .. } => Refusal::PaymentAboveMaximum,
			Self::InsufficientBalance { .. } => Refusal::InsufficientBalance,
			Self::BlockReceiptsFull => Refusal::BlockReceiptsFull,
			Self::InvalidInput { .. } | Self::ProgramUnreadable | Self::RunFailed => return None,
		})
	}
}

impl core::fmt::Display for InferError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		if let Some(refusal) = self.refusal() {
			write!(f, "{refusal}")?;
		}
		match self {
			Self::WrongInputLength { expected, given } => write!(f, " (expected {expected} bytes, given {given})"),
			Self::OutputTooLong { length, most, .. } => write!(f, " ({length} bytes, most {most})"),
			Self::TooHeavyForBlock { required, available, .. } => {
				write!(f, " (required {required}, available {available})")
			}
			Self::WeightLimitTooLow { required, given } => write!(f, " (required {required}, given {given})"),
			Self::NoPrice(error) => write!(f, " ({error})"),
			Self::PaymentAboveMaximum { required, most } => write!(f, " (required {required}, maximum {most})"),
			Self::InsufficientBalance { required, available } => {
				write!(f, " (required {required}, available {available})")
			}
			Self::InvalidInput { input, element } => {
				write!(f, "element {element} of input {input} stands for no number: replace it by one")
			}
			Self::ProgramUnreadable => {
				f.write_str("the registry's program cannot be read: report this fault of the chain")
			}
			Self::RunFailed => f.write_str("a validated program stopped: report this fault of the chain"),
			Self::UnknownVersion
			| Self::VersionUploading
			| Self::VersionNotActive
			| Self::VersionRevoked
			| Self::NotAProgram { .. }
			| Self::BlockReceiptsFull => Ok(()),
		}
	}
}

impl core::error::Error for InferError {}
