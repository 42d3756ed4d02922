// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Why a session key's transaction is refused.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

/// Why the pool does not take a session key's transaction: the `n` of `InvalidTransaction::Custom(n)`. The same values
/// name the rule in events and verdicts.
///
/// The codes 64 to 111 are this pallet's. The text says what is wrong and what to do about it.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
#[repr(u8)]
pub enum Refusal {
	/// The key was removed.
	#[codec(index = 64)]
	KeyRemoved = 64,
	/// The key's time is over.
	#[codec(index = 65)]
	KeyExpired = 65,
	/// The agent does not exist any more.
	#[codec(index = 66)]
	NoSuchAgent = 66,
	/// The agent was transferred after the key had been added.
	#[codec(index = 67)]
	AgentTransferred = 67,
	/// The owner stopped every key.
	#[codec(index = 68)]
	AgentFrozen = 68,
	/// The agent has no policy.
	#[codec(index = 69)]
	NoPolicy = 69,
	/// The policy's time is over.
	#[codec(index = 70)]
	PolicyExpired = 70,
	/// It is outside the active hours.
	#[codec(index = 71)]
	OutsideHours = 71,
	/// Too many transactions in the last hour.
	#[codec(index = 72)]
	TooManyTransactions = 72,
	/// The call is too heavy.
	#[codec(index = 73)]
	WeightAboveMaximum = 73,
	/// The fee with the tip is too high.
	#[codec(index = 74)]
	FeeAboveMaximum = 74,
	/// No session key may send this call.
	#[codec(index = 75)]
	CallForbidden = 75,
	/// The call is not in the list of allowed calls.
	#[codec(index = 76)]
	CallNotAllowed = 76,
	/// The call must be sent inside `act`.
	#[codec(index = 77)]
	NeedsAct = 77,
	/// The call holds too many other calls.
	#[codec(index = 78)]
	TooManyCalls = 78,
	/// The receiver is not in the list of allowed destinations.
	#[codec(index = 79)]
	DestinationNotAllowed = 79,
	/// The receiver is denied.
	#[codec(index = 80)]
	DestinationDenied = 80,
	/// It cannot be told who the receiver is, and destinations are restricted.
	#[codec(index = 81)]
	DestinationUnknown = 81,
	/// The model is not in the list of allowed models.
	#[codec(index = 82)]
	ModelNotAllowed = 82,
	/// The task may cost too much.
	#[codec(index = 83)]
	TaskPriceAboveMaximum = 83,
	/// The asset has no limit, so it must not leave the account.
	#[codec(index = 84)]
	AssetNotListed = 84,
	/// More than one transaction may pay.
	#[codec(index = 85)]
	AboveTransactionLimit = 85,
	/// More than 24 hours may pay.
	#[codec(index = 86)]
	AboveDayLimit = 86,
	/// More than may ever be paid.
	#[codec(index = 87)]
	AboveLifetimeLimit = 87,
	/// Another session key's transaction is running.
	#[codec(index = 88)]
	SessionRunning = 88,
}

impl Refusal {
	/// Every refusal, in the order of their codes.
	pub const ALL: [Self; 25] = [
		Self::KeyRemoved,
		Self::KeyExpired,
		Self::NoSuchAgent,
		Self::AgentTransferred,
		Self::AgentFrozen,
		Self::NoPolicy,
		Self::PolicyExpired,
		Self::OutsideHours,
		Self::TooManyTransactions,
		Self::WeightAboveMaximum,
		Self::FeeAboveMaximum,
		Self::CallForbidden,
		Self::CallNotAllowed,
		Self::NeedsAct,
		Self::TooManyCalls,
		Self::DestinationNotAllowed,
		Self::DestinationDenied,
		Self::DestinationUnknown,
		Self::ModelNotAllowed,
		Self::TaskPriceAboveMaximum,
		Self::AssetNotListed,
		Self::AboveTransactionLimit,
		Self::AboveDayLimit,
		Self::AboveLifetimeLimit,
		Self::SessionRunning,
	];

	/// The bit that stands for the rule in [`PolicyApplied::checked`](aivm_traits::PolicyApplied): bit `n` for code `64 + n`.
	pub fn bit(self) -> u32 {
		let place = self.code().saturating_sub(Self::KeyRemoved.code());
		1_u32.checked_shl(place.into()).unwrap_or_default()
	}

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
			Self::KeyRemoved => "the session key was removed: ask the agent's owner for a new one",
			Self::KeyExpired => "the session key has expired: ask the agent's owner for a new one",
			Self::NoSuchAgent => "the session key's agent does not exist: register the agent",
			Self::AgentTransferred => {
				"the agent has a new owner since the key was added: ask the new owner for a new key"
			}
			Self::AgentFrozen => "the agent is frozen: its owner must unfreeze it",
			Self::NoPolicy => "the agent has no policy, so session keys can do nothing: its owner must set one",
			Self::PolicyExpired => "the policy has expired: the owner must set a later time",
			Self::OutsideHours => "it is outside the active hours (UTC): try again within them",
			Self::TooManyTransactions => "too many transactions within an hour: wait until the oldest is an hour ago",
			Self::WeightAboveMaximum => "the call is heavier than the policy allows: split it up",
			Self::FeeAboveMaximum => "the fee with the tip is above the policy's maximum: lower the tip or the call",
			Self::CallForbidden => "no session key may send this call: the owner must, through control",
			Self::CallNotAllowed => "the call, or one inside it, is not on the policy's list of allowed calls",
			Self::NeedsAct => "what the call spends must be measured: send it inside policy.act",
			Self::TooManyCalls => "the call holds too many calls: split it up",
			Self::DestinationNotAllowed => "the receiver is not on the policy's list of destinations",
			Self::DestinationDenied => "the policy denies payments to the receiver",
			Self::DestinationUnknown => {
				"the policy restricts destinations and it cannot be told whom this call pays: send a plain transfer"
			}
			Self::ModelNotAllowed => "the model is not on the policy's list of models",
			Self::TaskPriceAboveMaximum => "the task's maximum payment is above the policy's maximum: lower it",
			Self::AssetNotListed => "the policy has no limit for the asset, so it must not leave the account",
			Self::AboveTransactionLimit => "the amount is above the limit for one transaction: lower it",
			Self::AboveDayLimit => "the amount with the fee is above what 24 hours may pay: wait, or lower it",
			Self::AboveLifetimeLimit => "the amount with the fee is above what may ever be paid: ask the owner",
			Self::SessionRunning => "a session key's transaction cannot carry another one: send them one by one",
		})
	}
}

impl From<Refusal> for TransactionValidityError {
	fn from(refusal: Refusal) -> Self {
		InvalidTransaction::Custom(refusal.code()).into()
	}
}
