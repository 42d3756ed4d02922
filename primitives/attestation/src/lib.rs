// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Evidence of confidential hardware, parsed and verified down to the pinned root of its maker.
//!
//! | Kind | Module | Evidence | Collateral, verified once and stored |
//! |---|---|---|---|
//! | Intel SGX, TDX | [`intel`] | quote | TCB info, QE identity, authority, CRLs |
//! | AMD SEV-SNP | [`snp`] | report and VCEK or VLEK | ASK or ASVK, CRL |
//! | AWS Nitro | [`nitro`] | document | none |
//! | NVIDIA GPU, switch | [`nvidia`] | report and certificate chain | measurements that governance allows |
//! | Development | [`development`] | a key's signature | none |
//!
//! Each verification returns a [`Proven`], or an [`Error`] that says what is wrong and what to do. Four questions are then left
//! to the caller:
//! - Was it made for this? [`Binding::check`] compares the report data, and ties devices to the machine that uses them.
//! - Is the firmware new enough? [`TcbPolicy::check`], and for NVIDIA's [`nvidia::Golden::check`].
//! - May this software run? [`Measured::id`] is its name in an allow-list.
//! - Until when does it count? [`Proven::valid_until`] is the latest.
//!
//! All evidence in debug mode is refused. Every length has a limit, nothing is recursive, and nothing panics. Time is an
//! argument, in seconds since 1970; clocks in evidence are never trusted to make it fresher.
//!
//! Signatures are behind [`Signatures`], so that a chain can have its host verify them; [`Portable`] is the reference.

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

pub mod binding;
mod cbor;
pub mod crl;
mod der;
pub mod development;
mod error;
pub mod intel;
pub mod nitro;
pub mod nvidia;
pub mod pem;
mod policy;
pub mod proven;
mod roots;
mod signatures;
pub mod snp;
mod time;
pub mod x509;

pub use binding::{Binding, Subject};
pub use crl::RevocationList;
pub use error::{Error, Part};
pub use policy::{Statuses, TcbPolicy, TcbStatus};
pub use proven::{IntelTcb, Kind, Measured, Proven, Tcb};
pub use roots::Roots;
pub use signatures::{Portable, Signatures, RSA_BYTES};
pub use time::Window;
