// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Intel SGX and TDX quotes (DCAP), with the collateral given separately.
//!
//! Collateral is what Intel signs about its platforms. Each piece is verified once, when it is submitted, and becomes a
//! compact value to store:
//!
//! | Piece | Stored form | Valid |
//! |---|---|---|
//! | CRL of the root | [`RevocationList`] | about a year |
//! | PCK authority (processor or platform CA) | [`PckAuthority`] | until 2033 |
//! | CRL of the authority | [`RevocationList`] | 30 days |
//! | TCB info, for each platform model (FMSPC) and [`Tee`] | [`TcbInfo`] | 30 days |
//! | QE identity, for each [`Tee`] | [`QeIdentity`] | 30 days |
//!
//! A quote then takes three P-256 signatures: platform certificate, quoting enclave's report, quote. [`Quote::verify`] lists
//! the checks. The rules for matching security versions follow Intel's "DCAP ECDSA Quote Library API" and the "API
//! specification of Intel's provisioning certification service"; the results agree with Intel's reference on all test
//! vectors.

mod collateral;
mod pck;
mod quote;
mod verify;

pub use collateral::{
	Module, PckAuthority, PckAuthorityKind, QeIdentity, SecurityVersion, Statement, TcbInfo, TcbLevel, TcbLevels,
	MAX_LEVELS, MAX_MODULES, MAX_STATEMENT,
};
pub use pck::Pck;
pub use quote::{Quote, MAX_QUOTE};
pub use verify::Collateral;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

pub use crate::crl::RevocationList;

/// Which of Intel's environments a quote, or a piece of collateral, is of.
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
pub enum Tee {
	/// Enclaves.
	#[codec(index = 0)]
	Sgx,
	/// Virtual machines.
	#[codec(index = 1)]
	Tdx,
}

/// A model of platforms, by Intel's name "FMSPC".
pub type Fmspc = [u8; 6];
