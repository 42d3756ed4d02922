// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # Traits between pallets
//!
//! No pallet depends on another pallet's crate. What one pallet offers to others is a trait in this crate; the runtime
//! wires the implementation to the user. The vocabulary types that those traits speak live here too.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod agents;
mod attestation;
mod collected;
mod models;
mod policy;
mod receipts;
mod verification;

pub use agents::{AgentInfo, AgentInspect, Wallet};
pub use aivm_market_math::{Balance, RoyaltyTerms};
pub use aivm_receipts::{AgentId, KeyId, ModelId, PolicyApplied, TaskId, VersionNumber};
pub use attestation::{AttestationInspect, Attested, Requirement, Tier, WorkloadId};
pub use collected::{CollectedProofs, CollectorRefused, Collectors, ProofRefused};
pub use models::{Format, ModelInspect, VersionInfo, VersionRef, VersionState};
pub use policy::{AssetKind, CallId, CallInfo, InspectCall, ModelUse, PolicyGate, Spend};
pub use receipts::{ReceiptInspect, ReceiptRefused, ReceiptSink, ReceiptsFull};
pub use verification::{Judgement, Verifier, Wire, Work};
