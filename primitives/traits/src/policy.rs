// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the policy firewall asks of calls, and what it tells other pallets.

use aivm_receipts::PolicyApplied;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::{Balance, ModelId};

/// An asset that a policy can name.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Debug,
)]
pub enum AssetKind {
	/// The native token.
	#[codec(index = 0)]
	Native,
	/// An asset of `pallet-assets`.
	#[codec(index = 1)]
	Asset(u32),
}

/// A call as its first two bytes on the wire name it.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
pub struct CallId {
	/// The pallet's index in the runtime.
	pub pallet: u8,
	/// The call's index in the pallet.
	pub call: u8,
}

/// What a call's arguments say about what leaves the account that sends it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Spend<AccountId> {
	/// Nothing leaves the account.
	Nothing,
	/// At most `amount` of one asset leaves the account, and nothing of any other asset.
	Exact {
		/// The asset.
		asset: AssetKind,
		/// The most that can leave.
		amount: Balance,
		/// Who gets it, if the sender chose an account.
		to: Option<AccountId>,
	},
	/// The arguments do not bound it: it must be measured.
	Unknown,
}

/// The use of a model by a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ModelUse {
	/// The model.
	pub model: ModelId,
	/// The most that the call pays for the task.
	pub max_price: Balance,
}

/// What the policy firewall must know about a call.
#[derive(Debug)]
pub struct CallInfo<'a, Call, AccountId> {
	/// Which call it is.
	pub id: CallId,
	/// The calls that it dispatches, or may dispatch, as whatever account.
	pub inner: Vec<&'a Call>,
	/// What it spends itself, without its inner calls.
	pub spend: Spend<AccountId>,
	/// The model that it uses.
	pub model: Option<ModelUse>,
	/// Whether it hands control over the account, or over something that the account owns, to somebody else, now or
	/// later: no session key may send it, whatever its policy says.
	pub forbidden: bool,
}

impl<Call, AccountId> CallInfo<'_, Call, AccountId> {
	/// A call that is not known any further: what it spends must be measured.
	pub const fn unknown(id: CallId) -> Self {
		Self { id, inner: Vec::new(), spend: Spend::Unknown, model: None, forbidden: false }
	}
}

/// What the runtime knows about its calls.
pub trait InspectCall<Call, AccountId> {
	/// What `call` is and does. An implementation must never understate: what it does not know is [`Spend::Unknown`], and
	/// every call that can be dispatched because of this one is in [`CallInfo::inner`].
	///
	/// A transfer that takes a remainder below the minimum balance along is not exact. A call that stores another one to
	/// dispatch it later, without the rules that apply now, or that approves one by its hash, is forbidden.
	fn inspect(call: &Call) -> CallInfo<'_, Call, AccountId>;
}

/// Tells other pallets, while a transaction is dispatched, which policy let it through.
pub trait PolicyGate {
	/// The policy that was applied, or `None` if the transaction was not signed by a session key.
	fn decision() -> Option<PolicyApplied>;
}

/// No policies.
impl PolicyGate for () {
	fn decision() -> Option<PolicyApplied> {
		None
	}
}
