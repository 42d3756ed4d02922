// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Refuses bad inference requests before they cost anything.

use aivm_market_math::Balance;
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::{fmt, marker::PhantomData};
use frame_support::{
	dispatch::{DispatchInfo, PostDispatchInfo},
	pallet_prelude::TransactionSource,
	traits::{IsSubType, OriginTrait},
	weights::Weight,
};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{
		AsSystemOriginSigner, DispatchInfoOf, Dispatchable, Implication, PostDispatchInfoOf, TransactionExtension,
		ValidateResult,
	},
	transaction_validity::{InvalidTransaction, TransactionValidityError, ValidTransaction},
	DispatchResult,
};

use crate::{Call, Config, Pallet, WeightInfo};

/// Why the pool does not take a transaction that calls `infer`: the `n` of `InvalidTransaction::Custom(n)`.
///
/// The codes 16 to 47 are this extension's. Its text says what is wrong and what to do about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Refusal {
	/// There is no such version.
	UnknownVersion = 16,
	/// The version's program is not completely uploaded and validated.
	VersionUploading = 17,
	/// The version's owner has not offered it for use.
	VersionNotActive = 18,
	/// The version must not run any more.
	VersionRevoked = 19,
	/// The version is no program that the chain can run.
	NotAProgram = 20,
	/// The input's length is not the one that the program takes.
	WrongInputLength = 21,
	/// The program's output does not fit in an event.
	OutputTooLong = 22,
	/// One run is more than one transaction may do in a block.
	TooHeavyForBlock = 23,
	/// The weight limit is below the weight of one run.
	WeightLimitTooLow = 24,
	/// The governed prices and shares give no price for this run.
	NoPrice = 25,
	/// The run costs more than `max_payment`.
	PaymentAboveMaximum = 26,
	/// The requester cannot pay the run and the transaction's fee and stay alive.
	InsufficientBalance = 27,
	/// The block takes no more receipts. Reported as `InvalidTransaction::ExhaustsResources`, so that the transaction
	/// stays in the pool for a later block.
	BlockReceiptsFull = 28,
}

impl Refusal {
	/// Every refusal, in the order of their codes.
	pub const ALL: [Self; 13] = [
		Self::UnknownVersion,
		Self::VersionUploading,
		Self::VersionNotActive,
		Self::VersionRevoked,
		Self::NotAProgram,
		Self::WrongInputLength,
		Self::OutputTooLong,
		Self::TooHeavyForBlock,
		Self::WeightLimitTooLow,
		Self::NoPrice,
		Self::PaymentAboveMaximum,
		Self::InsufficientBalance,
		Self::BlockReceiptsFull,
	];

	/// The code on the wire.
	pub const fn code(self) -> u8 {
		// A field-less enum with an explicit `u8` representation: the cast is exact.
		self as u8
	}

	/// The refusal that a code on the wire stands for.
	pub fn from_code(code: u8) -> Option<Self> {
		Self::ALL.into_iter().find(|refusal| refusal.code() == code)
	}
}

impl fmt::Display for Refusal {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::UnknownVersion => "the model has no such version: check the model and version numbers",
			Self::VersionUploading => "the version's program is not complete: its owner must finish the upload",
			Self::VersionNotActive => "the version is not offered for use yet: its owner must activate it",
			Self::VersionRevoked => "the version was revoked: use another version of the model",
			Self::NotAProgram => {
				"the version is not a program that the chain can run: use the Committee or Attested path"
			}
			Self::WrongInputLength => "the input's length is not the one that the program takes",
			Self::OutputTooLong => "the output is too long for an event: use the Optimistic or Committee path",
			Self::TooHeavyForBlock => "one run is too heavy for a block: use the Optimistic or Committee path",
			Self::WeightLimitTooLow => "weight_limit is below the weight of one run: raise it to the quoted weight",
			Self::NoPrice => "the governed prices and shares give no price for this run: governance must correct them",
			Self::PaymentAboveMaximum => "the run costs more than max_payment: raise it to the quoted total",
			Self::InsufficientBalance => {
				"the account cannot pay the run and the fee and keep the existential deposit: add funds"
			}
			Self::BlockReceiptsFull => "the block takes no more receipts: try again in a later block",
		})
	}
}

impl From<Refusal> for TransactionValidityError {
	fn from(refusal: Refusal) -> Self {
		match refusal {
			Refusal::BlockReceiptsFull => InvalidTransaction::ExhaustsResources.into(),
			other => InvalidTransaction::Custom(other.code()).into(),
		}
	}
}

/// The runtime's calls.
type RuntimeCallOf<T> = <T as frame_system::Config>::RuntimeCall;

/// What a transaction's inclusion in a block costs its signer, without a tip.
pub trait InclusionFee {
	/// The fee of a transaction of `len` encoded bytes with this dispatch information.
	fn inclusion_fee(len: u32, info: &DispatchInfo) -> Balance;
}

/// Transactions are free.
impl InclusionFee for () {
	fn inclusion_fee(_: u32, _: &DispatchInfo) -> Balance {
		0
	}
}

/// Checks a transaction that calls `infer` directly, without running the program, so that the pool refuses what
/// dispatch would refuse. See [`Refusal`] for the codes.
///
/// Every other transaction passes unchanged. An `infer` inside another call (a batch, a proxy) is checked by dispatch
/// only. A tip is not known here: who tips must have it on top of the run and the fee.
///
/// Put it before `CheckWeight`, which would answer a too heavy run with a code that names no cure.
#[derive(Encode, Decode, DecodeWithMemTracking, Clone, Eq, PartialEq, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct CheckInference<T: Config + Send + Sync>(PhantomData<T>);

impl<T: Config + Send + Sync> CheckInference<T> {
	/// The extension has no data.
	pub const fn new() -> Self {
		Self(PhantomData)
	}
}

impl<T: Config + Send + Sync> Default for CheckInference<T> {
	fn default() -> Self {
		Self::new()
	}
}

impl<T: Config + Send + Sync> fmt::Debug for CheckInference<T> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("CheckInference")
	}
}

impl<T: Config + Send + Sync> TransactionExtension<RuntimeCallOf<T>> for CheckInference<T>
where
	RuntimeCallOf<T>: Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo> + IsSubType<Call<T>>,
	<RuntimeCallOf<T> as Dispatchable>::RuntimeOrigin: AsSystemOriginSigner<T::AccountId> + OriginTrait + Clone,
{
	const IDENTIFIER: &'static str = "CheckInference";
	type Implicit = ();
	/// Weight to give back: nothing was checked.
	type Val = Weight;
	type Pre = Weight;

	fn weight(&self, call: &RuntimeCallOf<T>) -> Weight {
		match call.is_sub_type() {
			Some(Call::infer { .. }) => T::WeightInfo::check_inference(),
			_ => Weight::zero(),
		}
	}

	fn validate(
		&self,
		origin: T::RuntimeOrigin,
		call: &RuntimeCallOf<T>,
		info: &DispatchInfoOf<RuntimeCallOf<T>>,
		len: usize,
		_self_implicit: Self::Implicit,
		_inherited_implication: &impl Implication,
		_source: TransactionSource,
	) -> ValidateResult<Self::Val, RuntimeCallOf<T>> {
		let (Some(who), Some(Call::infer { version, input, weight_limit, max_payment })) =
			(origin.as_system_origin_signer(), call.is_sub_type())
		else {
			return Ok((ValidTransaction::default(), self.weight(call), origin));
		};
		let fee = T::InclusionFee::inclusion_fee(u32::try_from(len).unwrap_or(u32::MAX), info);
		Pallet::<T>::check(who, *version, input.len(), *weight_limit, *max_payment, fee)
			.map_err(|error| error.refusal().map_or(InvalidTransaction::Call.into(), TransactionValidityError::from))?;
		Ok((ValidTransaction::default(), Weight::zero(), origin))
	}

	fn prepare(
		self,
		val: Self::Val,
		_origin: &T::RuntimeOrigin,
		_call: &RuntimeCallOf<T>,
		_info: &DispatchInfoOf<RuntimeCallOf<T>>,
		_len: usize,
	) -> Result<Self::Pre, TransactionValidityError> {
		Ok(val)
	}

	fn post_dispatch_details(
		pre: Self::Pre,
		_info: &DispatchInfoOf<RuntimeCallOf<T>>,
		_post_info: &PostDispatchInfoOf<RuntimeCallOf<T>>,
		_len: usize,
		_result: &DispatchResult,
	) -> Result<Weight, TransactionValidityError> {
		Ok(pre)
	}
}
