// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Why a view function has no answer.

use codec::{Decode, DecodeWithMemTracking, Encode};
use core::fmt;
use scale_info::TypeInfo;

/// Why a view function has no answer. The names are those of [`crate::Error`] where a call can fail in the same way.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadError {
	/// There is no agent with this id.
	#[codec(index = 0)]
	NonexistentToken,
	/// Feedback is counted from 1.
	#[codec(index = 1)]
	IndexZero,
	/// The client has given less feedback than that.
	#[codec(index = 2)]
	OutOfBounds,
	/// A summary needs to know whose feedback it shall count. Name clients, or ask for the summary of all.
	#[codec(index = 3)]
	ClientsRequired,
	/// The list of accounts is too long.
	#[codec(index = 4)]
	TooManyAccounts {
		/// How many there may be.
		limit: u32,
	},
	/// Too much would have to be read. Ask for fewer accounts, or page.
	#[codec(index = 5)]
	TooManyEntries {
		/// How many entries one answer may visit.
		limit: u32,
	},
	/// The average does not fit in 128 bits with the decimals that most of the feedback has.
	#[codec(index = 6)]
	SummaryOverflow,
	/// There is no such validation.
	#[codec(index = 7)]
	Unknown,
}

impl fmt::Display for ReadError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::NonexistentToken => f.write_str("there is no agent with this id"),
			Self::IndexZero => f.write_str("feedback is counted from 1"),
			Self::OutOfBounds => f.write_str("the client has given less feedback than that"),
			Self::ClientsRequired => f.write_str("name at least one client, or ask for the summary of all"),
			Self::TooManyAccounts { limit } => write!(f, "the list of accounts is longer than {limit}; split it"),
			Self::TooManyEntries { limit } => {
				write!(f, "more than {limit} entries would have to be read; ask for fewer accounts, or page")
			}
			Self::SummaryOverflow => {
				f.write_str("the average does not fit in 128 bits with the decimals that most of the feedback has")
			}
			Self::Unknown => f.write_str("there is no such validation"),
		}
	}
}

impl core::error::Error for ReadError {}
