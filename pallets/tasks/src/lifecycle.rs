// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The life of a task, as data: its states, the edges between them, and what silence leads to.
//!
//! ```text
//! Requested --on-chain path--> Executed --------------------------------------------> Settled
//! Requested -> Matching -> Assigned -> Running -> Submitted -> Verifying -> Accepted -> Settled
//!                                                              Verifying -> Rejected -> Resolved
//!                                                              Verifying -> Disputed -> Resolved
//!                                                                           Resolved -> Settled | Slashed
//! ```
//!
//! A state that nobody leaves before its deadline times out:
//!
//! | state | on timeout | at fault | money then |
//! |---|---|---|---|
//! | `Requested` | `Expired` | the chain | refunded |
//! | `Executed` | `Failed` | the chain | refunded |
//! | `Matching` | `Expired` | nobody | refunded |
//! | `Assigned` | `Expired` | the provider | refunded |
//! | `Running` | `Failed` | the provider | refunded |
//! | `Submitted` | `Failed` | the provider | refunded |
//! | `Verifying` | `Expired` | the verifiers | refunded |
//! | `Accepted` | `Expired` | the provider | refunded |
//! | `Rejected` | `Resolved` | the provider | still in escrow |
//! | `Disputed` | `Resolved` | the party to move | still in escrow |
//! | `Resolved` | `Expired` | the chain | refunded |
//!
//! A request that names its provider goes from `Requested` to `Assigned` in one call. From there the provider's submission goes
//! to `Settled` (over `Running`, `Submitted`, `Verifying`, `Accepted`) or to `Failed` (over `Running`, `Submitted`) in one
//! call, as proofs are verified in the dispatch; giving the task back goes to `Failed` over `Running`.
//!
//! `Settled`, `Slashed`, `Expired` and `Failed` are final. Only `Settled` pays the provider, and no timeout leads
//! there: silence never pays a provider.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Where a task is in its life. See the [module's documentation](self) for the edges and the timeouts.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
pub enum TaskState {
	/// Paid into escrow; nothing was done yet.
	#[codec(index = 0)]
	Requested,
	/// The runtime computed the output in this block.
	#[codec(index = 1)]
	Executed,
	/// Looking for a provider.
	#[codec(index = 2)]
	Matching,
	/// A provider was found and must start.
	#[codec(index = 3)]
	Assigned,
	/// The provider computes.
	#[codec(index = 4)]
	Running,
	/// The provider handed in an output and must back it with evidence.
	#[codec(index = 5)]
	Submitted,
	/// The evidence is being checked.
	#[codec(index = 6)]
	Verifying,
	/// The evidence convinced the chain.
	#[codec(index = 7)]
	Accepted,
	/// The evidence did not convince the chain; the provider may contest that.
	#[codec(index = 8)]
	Rejected,
	/// Somebody claims that the output is wrong.
	#[codec(index = 9)]
	Disputed,
	/// The dispute, or the provider's objection, was decided.
	#[codec(index = 10)]
	Resolved,
	/// Final: the payment was split.
	#[codec(index = 11)]
	Settled,
	/// Final: the provider lied; the payer was refunded and the provider slashed.
	#[codec(index = 12)]
	Slashed,
	/// Final: somebody was silent for too long; the payer was refunded.
	#[codec(index = 13)]
	Expired,
	/// Final: the work was not done; the payer was refunded.
	#[codec(index = 14)]
	Failed,
}

/// Whose silence let a state time out, and so who bears its cost.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
	/// The runtime itself should have gone on; nobody is punished.
	#[codec(index = 0)]
	Chain,
	/// Nobody offered to do the work; nobody is punished.
	#[codec(index = 1)]
	Nobody,
	/// The provider did not do its next step.
	#[codec(index = 2)]
	Provider,
	/// Those who were drawn to verify did not answer.
	#[codec(index = 3)]
	Verifiers,
	/// The one of the two sides of a dispute whose answer was due.
	#[codec(index = 4)]
	PartyToMove,
}

/// What happens when nobody leaves a state before its deadline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timeout {
	/// The state that the task goes on to. Never [`TaskState::Settled`].
	pub next: TaskState,
	/// Whose silence it was.
	pub fault: Fault,
}

impl TaskState {
	/// Every state, in the order of their encoding.
	pub const ALL: [Self; 15] = [
		Self::Requested,
		Self::Executed,
		Self::Matching,
		Self::Assigned,
		Self::Running,
		Self::Submitted,
		Self::Verifying,
		Self::Accepted,
		Self::Rejected,
		Self::Disputed,
		Self::Resolved,
		Self::Settled,
		Self::Slashed,
		Self::Expired,
		Self::Failed,
	];

	/// Whether a task may go from this state to `next` in one step. Timeouts are such steps too.
	pub const fn may_become(self, next: Self) -> bool {
		use TaskState::*;
		matches!(
			(self, next),
			(Requested, Executed | Matching | Expired)
				| (Executed, Settled | Failed)
				| (Matching, Assigned | Expired)
				| (Assigned, Running | Expired)
				| (Running, Submitted | Failed)
				| (Submitted, Verifying | Failed)
				| (Verifying, Accepted | Rejected | Disputed | Expired)
				| (Accepted, Settled | Expired)
				| (Rejected | Disputed, Resolved)
				| (Resolved, Settled | Slashed | Expired)
		)
	}

	/// Whether the task's life is over. A final task is not in storage; its receipt tells how it ended.
	pub const fn is_final(self) -> bool {
		matches!(self, Self::Settled | Self::Slashed | Self::Expired | Self::Failed)
	}

	/// What silence until the deadline leads to, or `None` for a final state, which has no deadline.
	pub const fn on_timeout(self) -> Option<Timeout> {
		use TaskState::*;
		let (next, fault) = match self {
			Requested | Resolved => (Expired, Fault::Chain),
			Executed => (Failed, Fault::Chain),
			Matching => (Expired, Fault::Nobody),
			Assigned | Accepted => (Expired, Fault::Provider),
			Running | Submitted => (Failed, Fault::Provider),
			Verifying => (Expired, Fault::Verifiers),
			Rejected => (Resolved, Fault::Provider),
			Disputed => (Resolved, Fault::PartyToMove),
			Settled | Slashed | Expired | Failed => return None,
		};
		Some(Timeout { next, fault })
	}
}
